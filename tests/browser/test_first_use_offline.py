"""Parts of a page whose scripts load at first use. Offline, they load once the connection is back."""

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
def order_page(tab: Tab, staff: Person, order: Json) -> Tab:
    tab.replace_clock()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    return tab


@pytest.fixture
def list_page(tab: Tab, staff: Person, order: Json) -> Tab:
    tab.replace_clock()
    tab.sign_in(staff, f"/orders.html?customer={order['customer']['email']}")
    tab.sees_order(order)
    tab.settle()
    return tab


def sees_offline(tab: Tab) -> None:
    tab.inside("#connection").says("You are offline")


def test_edit_form_opens_once_the_connection_is_back(order_page: Tab) -> None:
    edit = order_page.button("Edit")
    with order_page.offline():
        edit.click()
        sees_offline(order_page)
        edit.click()
    expect(order_page.field("Name")).to_be_focused()
    order_page.fill("For packing and delivery", "Side door")
    order_page.press("Save changes")
    order_page.inside("#reading").says("Side door")
    expect(edit).to_be_focused()


def test_changes_by_others_are_shown_once_the_connection_is_back(
    order_page: Tab, order: Json, admin_api: Api
) -> None:
    edit_elsewhere(admin_api, order, notes="Front door")
    order_page.lose_requests("**/order/differences.js", times=1)
    order_page.press("Mark as packed")
    order_page.inside("#connection").says("The server does not answer")
    order_page.look_for_server()
    order_page.inside("#notice").says("Notes: (empty) → Front door")


def test_page_reloads_when_a_module_fails_to_load_twice(order_page: Tab) -> None:
    order_page.lose_requests("**/order/edit.js", times=2)
    with order_page.page.expect_event("load"):
        order_page.press("Edit")
        order_page.inside("#connection").says("The server does not answer")
        order_page.look_for_server()
    order_page.press("Edit")
    expect(order_page.field("Name")).to_be_focused()


def test_rows_pasted_offline_are_shown_once_the_connection_is_back(open_tab: OpenTab, staff: Person) -> None:
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    with tab.offline():
        tab.paste("BT-BLEACH\t3\nBT-GLOVES\t12")
        sees_offline(tab)
        tab.sees("Some pasted rows are not on the order yet")
    tab.dialog("Paste lines").press("Add 2 lines")
    expect(tab.css("#running-total")).to_have_text("£115.35")


def test_row_ticked_offline_is_selected_once_the_connection_is_back(list_page: Tab, order: Json) -> None:
    with list_page.offline():
        list_page.row(order).get_by_role("checkbox").click()
        sees_offline(list_page)
    list_page.sees("1 order selected")


def test_list_buttons_pressed_offline_work_once_connected(list_page: Tab) -> None:
    list_page.goto("/orders.html?status=placed")
    list_page.sees_orders()
    list_page.settle()
    with list_page.offline():
        list_page.press("Filter")
        list_page.press("Save view")
        sees_offline(list_page)
    list_page.sees_dialog("Save this view")
    expect(list_page.css("#filter")).to_be_visible()


def test_key_pressed_offline_moves_no_order_later(list_page: Tab, order: Json, admin_api: Api) -> None:
    list_page.key("?")  # loads the help on keys, but not the script by which keys act on the list
    list_page.dialog("Keyboard").press("Close")
    list_page.row(order).get_by_role("link").focus()
    with list_page.offline():
        list_page.key("e")
        sees_offline(list_page)
        list_page.advance(3100)
    expect(list_page.css("#announcement")).to_have_text("You are connected again.")
    list_page.settle()
    assert decided(admin_api, order["orderID"])["status"] == "placed"
    list_page.key("e")
    expect(list_page.row(order)).to_contain_text("Packed")


def test_keyboard_dialog_opens_once_the_connection_is_back(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    with tab.offline():
        tab.css("#show-keys").click()
        sees_offline(tab)
    tab.sees_dialog("Keyboard")
