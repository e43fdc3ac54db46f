"""Views of the list that a person has given a name."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import HOSTILE
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def views(tab: Tab) -> Locator:
    return tab.page.get_by_role("navigation", name="Saved views").get_by_role("link")


def save(tab: Tab, name: str) -> None:
    tab.page.get_by_role("button", name="Save view").click()
    tab.page.get_by_role("textbox", name="Name").fill(name)
    tab.page.get_by_role("textbox", name="Name").press("Enter")


def test_a_view_is_saved_by_name_found_again_after_a_reload_and_marked_while_it_is_on_screen(
    tab: Tab, staff: Person
) -> None:
    tab.sign_in(staff, "/orders.html?status=placed&sort=oldest")
    save(tab, "To pack")
    expect(views(tab)).to_have_text(["To pack"])
    expect(views(tab)).to_have_attribute("aria-current", "true")
    expect(tab.page.get_by_role("button", name="Save view")).to_be_hidden()
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    expect(views(tab)).not_to_have_attribute("aria-current", "true")
    tab.page.reload()
    views(tab).click()
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=placed&sort=oldest")
    expect(views(tab)).to_have_attribute("aria-current", "true")


def test_a_view_is_renamed_and_deleted(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "To pack")
    tab.goto("/orders.html?status=packed")
    save(tab, "To send")
    tab.page.get_by_role("button", name="Rename or delete To send").click()
    tab.page.get_by_role("textbox", name="Name").fill("Going out")
    tab.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(views(tab)).to_have_text(["To pack", "Going out"])
    views(tab).first.click()
    tab.page.get_by_role("button", name="Rename or delete To pack").click()
    tab.page.get_by_role("button", name="Delete view").click()
    expect(views(tab)).to_have_text(["Going out"])
    tab.page.reload()
    expect(views(tab)).to_have_text(["Going out"])


def test_a_name_that_is_taken_says_so_and_stands_for_the_new_view(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Mine")
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    tab.page.get_by_role("button", name="Save view").click()
    tab.page.get_by_role("textbox", name="Name").fill("mine")
    expect(tab.page.get_by_text("There is a view of this name already")).to_be_visible()
    tab.page.get_by_role("textbox", name="Name").press("Enter")
    expect(views(tab)).to_have_text(["mine"])
    expect(views(tab)).to_have_attribute("href", "/orders.html?status=packed")


def test_a_view_that_is_given_the_name_of_another_takes_its_place(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Y")
    tab.goto("/orders.html?status=packed")
    save(tab, "X")
    expect(views(tab)).to_have_text(["Y", "X"])
    tab.page.get_by_role("button", name="Rename or delete X").click()
    tab.page.get_by_role("textbox", name="Name").fill("y")
    expect(tab.page.get_by_text("There is a view of this name already")).to_be_visible()
    tab.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(views(tab)).to_have_text(["y"])
    expect(views(tab)).to_have_attribute("href", "/orders.html?status=packed")


def test_views_belong_to_a_person_and_survive_signing_out(tab: Tab, staff: Person, admin: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    save(tab, "Only mine")
    tab.page.get_by_role("button", name="Sign out").click()
    tab.page.wait_for_url("**/signed-out.html")
    tab.sign_in(admin)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    expect(views(tab)).to_have_count(0)
    tab.page.get_by_role("button", name="Sign out").click()
    tab.page.wait_for_url("**/signed-out.html")
    tab.sign_in(staff)
    expect(views(tab)).to_have_text(["Only mine"])


def test_the_plain_list_needs_no_name(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    expect(tab.page.get_by_role("button", name="Save view")).to_be_hidden()


def test_markup_in_the_name_of_a_view_is_text(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=placed")
    name = HOSTILE[:40]
    save(tab, name)
    expect(views(tab)).to_have_text([name])
    assert tab.page.locator("img").count() == 0
