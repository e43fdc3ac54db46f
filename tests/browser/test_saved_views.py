"""Saved views: filters of the list that a person saves under a name."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import HOSTILE
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def views(tab: Tab) -> Locator:
    """The links to the saved views."""
    return tab.find("navigation", "Saved views").get_by_role("link")


def save(tab: Tab, name: str) -> None:
    """Save the present filter under a name."""
    tab.press("Save view")
    tab.find("textbox", "Name").fill(name)
    tab.find("textbox", "Name").press("Enter")


def test_a_saved_view_survives_a_reload_and_is_marked_while_shown(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed&sort=oldest")
    save(tab, "To pack")
    expect(views(tab)).to_have_text(["To pack"])
    expect(views(tab)).to_have_attribute("aria-current", "true")
    tab.sees_no("button", "Save view")
    tab.follow(re.compile("^Packed"))
    expect(views(tab)).not_to_have_attribute("aria-current", "true")
    tab.reload()
    views(tab).click()
    tab.arrives_at("/orders.html?status=placed&sort=oldest")
    expect(views(tab)).to_have_attribute("aria-current", "true")


def test_a_view_is_renamed_and_deleted(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "To pack")
    tab.goto("/orders.html?status=packed")
    save(tab, "To send")
    tab.press("Rename or delete To send")
    tab.find("textbox", "Name").fill("Going out")
    tab.inside(tab.find("dialog")).press("Save")
    expect(views(tab)).to_have_text(["To pack", "Going out"])
    views(tab).first.click()
    tab.press("Rename or delete To pack")
    tab.press("Delete view")
    expect(views(tab)).to_have_text(["Going out"])
    tab.reload()
    expect(views(tab)).to_have_text(["Going out"])


def test_saving_under_a_taken_name_warns_and_replaces_the_view(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Mine")
    tab.follow(re.compile("^Packed"))
    tab.press("Save view")
    tab.find("textbox", "Name").fill("mine")
    tab.sees("There is a view of this name already")
    tab.find("textbox", "Name").press("Enter")
    expect(views(tab)).to_have_text(["mine"])
    expect(views(tab)).to_have_attribute("href", "/orders.html?status=packed")


def test_renaming_a_view_to_a_taken_name_replaces_the_other(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Y")
    tab.goto("/orders.html?status=packed")
    save(tab, "X")
    expect(views(tab)).to_have_text(["Y", "X"])
    tab.press("Rename or delete X")
    tab.find("textbox", "Name").fill("y")
    tab.sees("There is a view of this name already")
    tab.inside(tab.find("dialog")).press("Save")
    expect(views(tab)).to_have_text(["y"])
    expect(views(tab)).to_have_attribute("href", "/orders.html?status=packed")


def test_views_belong_to_a_person_and_survive_signing_out(tab: Tab, staff: Person, admin: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Only mine")
    tab.press("Sign out")
    tab.arrives_at("/signed-out.html")
    tab.sign_in(admin)
    tab.sees_orders()
    expect(views(tab)).to_have_count(0)
    tab.press("Sign out")
    tab.arrives_at("/signed-out.html")
    tab.sign_in(staff)
    expect(views(tab)).to_have_text(["Only mine"])


def test_an_unfiltered_list_cannot_be_saved(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.sees_orders()
    tab.sees_no("button", "Save view")


def test_markup_in_the_name_of_a_view_is_shown_as_text(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    name = HOSTILE[:40]
    save(tab, name)
    expect(views(tab)).to_have_text([name])
    assert tab.css("img").count() == 0
