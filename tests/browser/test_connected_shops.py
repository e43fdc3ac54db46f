"""The page on which admins connect shops."""

import uuid

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

CALLS = "**/api/shops"


def test_admin_connects_a_shop_and_changes_its_secret(open_tab: OpenTab, admin: Person) -> None:
    name, copied = f"Shop {uuid.uuid4().hex[:8]}", "navigator.clipboard.readText()"
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(admin, "/account.html")
    tab.inside("main").follow("Connected shops")
    tab.press("Connect a shop")
    dialog = tab.dialog("Connect a shop")
    dialog.press("Connect")
    tab.sees_errors(["Name of the shop is missing."])
    tab.fill("Name of the shop", "SAMPLE shop")
    dialog.press("Connect")
    expect(tab.error_summary()).to_contain_text("another connected shop has this name")
    assert_accessible(tab)
    tab.fill("Name of the shop", name)
    dialog.press("Connect")
    dialog.sees_button("I have copied it")
    dialog.says("The secret is not shown again")
    secret = dialog.field("Client secret").input_value()
    dialog.press("Copy Client secret")
    dialog.sees_button("Copied Client secret")
    assert tab.evaluate(copied) == secret != ""
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    dialog.press("I have copied it")
    expect(tab.button("Connect a shop")).to_be_focused()

    tab.press(name)
    dialog = tab.dialog(name)
    dialog.says("0 today, 0 in all")
    dialog.says("None yet")
    dialog.press("New secret")
    dialog.sees_button("I have copied it")
    dialog.says("The old one works until you remove it.")
    assert dialog.field("Client secret").input_value() not in ("", secret)
    tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    dialog.press("Copy Client secret")
    dialog.sees_button("Copy it by hand Client secret")
    expect(dialog.field("Client secret")).to_be_focused()
    dialog.press("I have copied it")
    expect(dialog.button("New secret")).to_have_count(0)
    dialog.press("Remove the old secret")
    dialog.says("First make sure that the shop’s system uses the other one.")
    expect(dialog.find("button", "Back")).to_be_focused()
    dialog.press("Remove the secret")
    dialog.says("The secret is removed.")
    dialog.sees_no("button", "Remove the")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)

    dialog.fill("Name", f"{name} 2")
    dialog.press("Rename")
    tab.dialog(f"{name} 2").says("Saved.")
    tab.key("Escape")
    expect(tab.button(f"{name} 2")).to_be_focused()
    tab.press(f"{name} 2")
    dialog = tab.dialog(f"{name} 2")
    dialog.fill("Name", "sample shop")
    dialog.press("Rename")
    dialog.says("another connected shop has this name")
    dialog.press("Disable")
    dialog.press("Back")
    dialog.press("Disable")
    dialog.says("A token that it already has works for up to an hour")
    dialog.press("Disable")
    dialog.says("Disabled.")
    dialog.press("Enable")
    dialog.says("Enabled.")
    dialog.text("Changes", exact=True).click()
    expect(dialog.css("#shop-change-rows .event")).to_have_text(
        [
            "Enabled",
            "Disabled",
            f"Renamed from {name} to {name} 2",
            "Secret removed",
            "New secret",
            "Connected",
        ]
    )
    dialog.press("Delete")
    dialog.says("The orders that it sent stay, with its name.")
    dialog.press("Delete")
    tab.sees_no("button", name)
    expect(tab.button("Connect a shop")).to_be_focused()


def test_states_of_the_page(tab: Tab, open_tab: OpenTab, admin: Person, staff: Person) -> None:
    tab.become(admin)
    assert_small_first_visit(tab, "/connected-shops.html")
    tab.sees_button("Sample shop")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    for width in (768, 1151, 1152):
        tab.resize(width)
        assert tab.evaluate("document.querySelector('#shop-rows th').clientWidth") > 150, f"at {width} px"
    tab.resize(1280)
    tab.answer_error(CALLS)
    tab.reload()
    tab.sees_heading("The connected shops could not be loaded")
    tab.let_through(CALLS)
    tab.answer(CALLS, json={"shops": [], "tokenUrl": "https://x.example", "scope": "inbox/orders"})
    tab.press("Try again")
    tab.sees_heading("No shop is connected")
    assert_accessible(tab)
    tab.let_through(CALLS)
    tab.answer(CALLS, status=403, json={"error": {"code": "forbidden", "message": "No."}})
    tab.reload()
    tab.sees_heading("Only admins see connected shops")
    tab.sees_no("button", "Connect a shop")

    clerk, asked = open_tab(), []
    clerk.page.on("request", lambda request: asked.append(request.url))
    clerk.sign_in(staff, "/connected-shops.html")
    clerk.sees_heading("Only admins see connected shops")
    clerk.sees_no("button", "Connect a shop")
    assert not [url for url in asked if "/api/" in url]
    clerk.goto("/account.html")
    clerk.sees_heading("Keyboard")
    clerk.sees_no("link", "Connected shops")


def test_deleting_a_shop_that_is_gone_says_so(tab: Tab, admin: Person, admin_api: Api) -> None:
    name = f"Shop {uuid.uuid4().hex[:8]}"
    shop = admin_api.call("POST", "/shops", {"name": name}).document
    tab.sign_in(admin, "/connected-shops.html")
    tab.press(name)
    assert admin_api.call("DELETE", f"/shops/{shop['id']}").status == 204
    dialog = tab.dialog(name)
    dialog.press("New secret")
    dialog.says("there is no such connected shop")
