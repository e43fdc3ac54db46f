"""Views of the list that a person has given a name."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import HOSTILE
from tests.browser.desk import Desk, Person

pytestmark = pytest.mark.browser


def views(desk: Desk) -> Locator:
    return desk.page.get_by_role("navigation", name="Saved views").get_by_role("link")


def save(desk: Desk, name: str) -> None:
    desk.page.get_by_role("button", name="Save view").click()
    desk.page.get_by_role("textbox", name="Name").fill(name)
    desk.page.get_by_role("textbox", name="Name").press("Enter")


def test_a_view_is_saved_by_name_found_again_after_a_reload_and_marked_while_it_is_on_screen(
    desk: Desk, staff: Person
) -> None:
    desk.sign_in(staff, "/orders.html?status=placed&sort=oldest")
    save(desk, "To pack")
    expect(views(desk)).to_have_text(["To pack"])
    expect(views(desk)).to_have_attribute("aria-current", "true")
    expect(desk.page.get_by_role("button", name="Save view")).to_be_hidden()
    desk.page.get_by_role("link", name=re.compile("^Packed")).click()
    expect(views(desk)).not_to_have_attribute("aria-current", "true")
    desk.page.reload()
    views(desk).click()
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?status=placed&sort=oldest")
    expect(views(desk)).to_have_attribute("aria-current", "true")


def test_a_view_is_renamed_and_deleted(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/orders.html?status=placed")
    save(desk, "To pack")
    desk.goto("/orders.html?status=packed")
    save(desk, "To send")
    desk.page.get_by_role("button", name="Rename or delete To send").click()
    desk.page.get_by_role("textbox", name="Name").fill("Going out")
    desk.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(views(desk)).to_have_text(["To pack", "Going out"])
    views(desk).first.click()
    desk.page.get_by_role("button", name="Rename or delete To pack").click()
    desk.page.get_by_role("button", name="Delete view").click()
    expect(views(desk)).to_have_text(["Going out"])
    desk.page.reload()
    expect(views(desk)).to_have_text(["Going out"])


def test_a_name_that_is_taken_says_so_and_stands_for_the_new_view(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/orders.html?status=placed")
    save(desk, "Mine")
    desk.page.get_by_role("link", name=re.compile("^Packed")).click()
    desk.page.get_by_role("button", name="Save view").click()
    desk.page.get_by_role("textbox", name="Name").fill("mine")
    expect(desk.page.get_by_text("There is a view of this name already")).to_be_visible()
    desk.page.get_by_role("textbox", name="Name").press("Enter")
    expect(views(desk)).to_have_text(["mine"])
    expect(views(desk)).to_have_attribute("href", "/orders.html?status=packed")


def test_a_view_that_is_given_the_name_of_another_takes_its_place(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/orders.html?status=placed")
    save(desk, "Y")
    desk.goto("/orders.html?status=packed")
    save(desk, "X")
    expect(views(desk)).to_have_text(["Y", "X"])
    desk.page.get_by_role("button", name="Rename or delete X").click()
    desk.page.get_by_role("textbox", name="Name").fill("y")
    expect(desk.page.get_by_text("There is a view of this name already")).to_be_visible()
    desk.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(views(desk)).to_have_text(["y"])
    expect(views(desk)).to_have_attribute("href", "/orders.html?status=packed")


def test_views_belong_to_a_person_and_survive_signing_out(desk: Desk, staff: Person, admin: Person) -> None:
    desk.sign_in(staff, "/orders.html?status=placed")
    save(desk, "Only mine")
    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.wait_for_url("**/signed-out.html")
    desk.sign_in(admin)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    expect(views(desk)).to_have_count(0)
    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.wait_for_url("**/signed-out.html")
    desk.sign_in(staff)
    expect(views(desk)).to_have_text(["Only mine"])


def test_the_plain_list_needs_no_name(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    expect(desk.page.get_by_role("button", name="Save view")).to_be_hidden()


def test_markup_in_the_name_of_a_view_is_text(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/orders.html?status=placed")
    name = HOSTILE[:40]
    save(desk, name)
    expect(views(desk)).to_have_text([name])
    assert desk.page.locator("img").count() == 0
