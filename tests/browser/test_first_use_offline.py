"""Parts of a page that come when they are first used: without a connection, they come once it is back."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, OpenTab, PlaceOrder, decided
from tests.browser.orders import address, edit_elsewhere
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def order(place_order: PlaceOrder) -> Json:
    return place_order()


@pytest.fixture
def at_the_order(tab: Tab, staff: Person, order: Json) -> Tab:
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    return tab


@pytest.fixture
def at_the_list(tab: Tab, staff: Person, order: Json) -> Tab:
    tab.sign_in(staff, f"/orders.html?customer={order['customer']['email']}")
    expect(tab.row(order)).to_be_visible()
    tab.settle()
    return tab


def said_to_be_lost(tab: Tab) -> None:
    expect(tab.page.locator("#connection")).to_contain_text("You are offline")


def test_edit_form_opens_once_the_connection_is_back(at_the_order: Tab) -> None:
    edit = at_the_order.page.get_by_role("button", name="Edit")
    with at_the_order.offline():
        edit.click()
        said_to_be_lost(at_the_order)
        edit.click()
    expect(at_the_order.page.get_by_label("Name")).to_be_focused()
    at_the_order.page.get_by_label("For packing and delivery").fill("Side door")
    at_the_order.page.get_by_role("button", name="Save changes").click()
    expect(at_the_order.page.locator("#reading")).to_contain_text("Side door")
    expect(edit).to_be_focused()


def test_changes_by_others_are_shown_once_the_connection_is_back(
    at_the_order: Tab, order: Json, admin_api: Api
) -> None:
    edit_elsewhere(admin_api, order, notes="Front door")
    at_the_order.page.route("**/order/changes.js", lambda route: route.abort(), times=1)
    at_the_order.page.get_by_role("button", name="Mark as packed").click()
    expect(at_the_order.page.locator("#connection")).to_contain_text("The server does not answer")
    expect(at_the_order.page.locator("#notice")).to_contain_text("Notes: (empty) → Front door")


def test_page_reloads_when_a_module_fails_to_load_twice(at_the_order: Tab) -> None:
    at_the_order.page.route("**/order/edit.js", lambda route: route.abort(), times=2)
    with at_the_order.page.expect_event("load"):
        at_the_order.page.get_by_role("button", name="Edit").click()
    at_the_order.page.get_by_role("button", name="Edit").click()
    expect(at_the_order.page.get_by_label("Name")).to_be_focused()


def test_rows_pasted_offline_are_shown_once_the_connection_is_back(open_tab: OpenTab, staff: Person) -> None:
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(staff, "/new-order.html")
    expect(tab.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    tab.page.evaluate("navigator.clipboard.writeText('BT-BLEACH\\t3\\nBT-GLOVES\\t12')")
    with tab.offline():
        tab.page.keyboard.press("ControlOrMeta+v")
        said_to_be_lost(tab)
        expect(tab.page.get_by_text("Some pasted rows are not on the order yet")).to_be_visible()
    tab.page.get_by_role("dialog", name="Paste lines").get_by_role("button", name="Add 2 lines").click()
    expect(tab.page.locator("#running-total")).to_have_text("£115.35")


def test_row_ticked_offline_is_selected_once_the_connection_is_back(at_the_list: Tab, order: Json) -> None:
    with at_the_list.offline():
        at_the_list.row(order).get_by_role("checkbox").click()
        said_to_be_lost(at_the_list)
    expect(at_the_list.page.get_by_text("1 order selected")).to_be_visible()


def test_list_buttons_pressed_offline_work_once_connected(at_the_list: Tab) -> None:
    at_the_list.goto("/orders.html?status=placed")
    expect(at_the_list.page.locator("#order-rows a").first).to_be_visible()
    at_the_list.settle()
    with at_the_list.offline():
        at_the_list.page.get_by_role("button", name="Filter").click()
        at_the_list.page.get_by_role("button", name="Save view").click()
        said_to_be_lost(at_the_list)
    expect(at_the_list.page.get_by_role("dialog", name="Save this view")).to_be_visible()
    expect(at_the_list.page.locator("#filter")).to_be_visible()


def test_key_pressed_offline_moves_no_order_later(at_the_list: Tab, order: Json, admin_api: Api) -> None:
    at_the_list.page.keyboard.press("?")  # keys are known here, what they do to the list is not
    at_the_list.page.get_by_role("dialog", name="Keyboard").get_by_role("button", name="Close").click()
    at_the_list.row(order).get_by_role("link").focus()
    with at_the_list.offline():
        at_the_list.page.keyboard.press("e")
        said_to_be_lost(at_the_list)
        at_the_list.page.wait_for_timeout(3100)
    expect(at_the_list.page.locator("#announcement")).to_have_text("You are connected again.")
    at_the_list.settle()
    assert decided(admin_api, order["orderID"])["status"] == "placed"
    at_the_list.page.keyboard.press("e")
    expect(at_the_list.row(order)).to_contain_text("Packed")


def test_keyboard_dialog_opens_once_the_connection_is_back(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    with tab.offline():
        tab.page.locator("#show-keys").click()
        said_to_be_lost(tab)
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
