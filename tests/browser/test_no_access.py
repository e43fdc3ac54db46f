"""Accounts without a group: every page shows that they have no access yet."""

import re

import pytest
from playwright.sync_api import expect

from components.site_files import TEMPLATES
from tests.browser.accounts import Office
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_account_without_a_group_sees_no_orders(tab: Tab, office: Office) -> None:
    tab.sign_in_on_hosted_page(office.employ(group=None))
    tab.sees_heading("No access yet")
    expect(tab.css("#order-rows th a")).to_have_count(0)
    tab.sees_button("Sign out")


def test_losing_access_while_working_shows_no_access(tab: Tab, office: Office) -> None:
    person = office.employ()
    tab.sign_in(person)
    office.shut_out(person.email)
    tab.expire_token()
    tab.follow(re.compile("^Packed"))
    tab.sees_heading("No access yet")
    expect(tab.css("#order-rows th a").first).to_be_hidden()


def pages_for_work() -> list[str]:
    """The paths of all pages that need a group: those for signed-in people except the account page."""
    signed_in = [
        page for page in TEMPLATES.glob("[!_]*.html") if '{% extends "base.html" %}' in page.read_text()
    ]
    return sorted(f"/{page.name}" for page in signed_in if page.name != "account.html")


@pytest.mark.parametrize("path", pages_for_work())
def test_every_page_shows_no_access_without_a_group(tab: Tab, office: Office, path: str) -> None:
    tab.sign_in(office.employ(group=None), path)
    tab.sees_heading("No access yet")
    tab.sees_no("alert")
    expect(tab.inside("main").find("heading")).to_have_count(1)
    tab.press("Sign out")
    tab.sees_heading("You are signed out")


def test_no_access_page_is_accessible_and_fits_any_width(tab: Tab, office: Office) -> None:
    tab.sign_in(office.employ(group=None))
    tab.sees_heading("No access yet")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
