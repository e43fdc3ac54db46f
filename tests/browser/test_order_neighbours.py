"""The way from an order back to its list, and to the orders before and after it."""

import json

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import Json, decided, sent
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


@pytest.fixture
def orders(admin_api: Api, customer: Json) -> list[Json]:
    """Three placed orders of this test's customer, newest first."""
    order_ids = [sent(admin_api, customer) for _ in range(3)]
    placed = [decided(admin_api, order_id) for order_id in order_ids]
    return sorted(placed, key=lambda order: (order["createdAt"], order["orderID"]), reverse=True)


def open_order(tab: Tab, order: Json) -> None:
    tab.row(order).get_by_role("link").click()
    shows(tab, order)


def shows(tab: Tab, order: Json) -> None:
    shows_number(tab, number_of(order))


def shows_number(tab: Tab, number: str) -> None:
    expect(tab.css('#order h1 [data-slot="number"]')).to_have_text(number)


@pytest.fixture
def listed(tab: Tab, staff: Person, customer: Json, orders: list[Json]) -> str:
    """The address of the customer's placed orders, open in the tab."""
    address = f"/orders.html?status=placed&customer={customer['email'].replace('@', '%40')}"
    tab.sign_in(staff, address)
    tab.sees_orders(3)
    return address


def test_orders_link_leads_back_to_the_filter_and_the_row(tab: Tab, orders: list[Json], listed: str) -> None:
    open_order(tab, orders[1])
    tab.inside("main").follow("Orders")
    tab.arrives_at(listed)
    expect(tab.row(orders[1])).to_be_focused()


def test_erasing_an_order_leads_back_to_the_list_and_the_next_row(
    tab: Tab, admin: Person, customer: Json, orders: list[Json]
) -> None:
    address = f"/orders.html?customer={customer['email'].replace('@', '%40')}"
    tab.sign_in(admin, address)
    tab.sees_orders(3)
    open_order(tab, orders[1])
    tab.press("Erase order …")
    tab.press("Erase for good")
    tab.arrives_at(address)
    tab.sees_orders(2)
    expect(tab.row(orders[2])).to_be_focused()


def test_orders_link_leads_back_to_the_same_page(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders(50)
    first = tab.css("#order-rows th a").first.inner_text()
    tab.follow("Next page")
    expect(tab.css("#order-rows th a").first).not_to_have_text(first)
    seventh = tab.css("#order-rows th a").nth(6)
    number = seventh.inner_text()
    seventh.click()
    shows_number(tab, number)
    tab.inside("main").follow("Orders")
    expect(tab.css("#order-rows tr:focus")).to_contain_text(number)
    tab.follow("Previous page")
    expect(tab.css("#order-rows th a").first).to_have_text(first)


def test_previous_and_next_order_follow_the_list(tab: Tab, orders: list[Json], listed: str) -> None:
    open_order(tab, orders[0])
    tab.sees("1 of 3")
    tab.sees_no("link", "Previous order")
    tab.follow("Next order")
    shows(tab, orders[1])
    tab.follow("Next order")
    shows(tab, orders[2])
    tab.sees_no("link", "Next order")
    tab.follow("Previous order")
    shows(tab, orders[1])
    tab.inside("main").follow("Orders")
    tab.arrives_at(listed)
    expect(tab.row(orders[1])).to_be_focused()


def test_keys_lead_to_the_neighbours_and_back(tab: Tab, orders: list[Json], listed: str) -> None:
    open_order(tab, orders[0])
    tab.sees("1 of 3")
    tab.key("k")
    expect(tab.css("#announcement")).to_have_text("No earlier order on this page of the list.")
    tab.key("j")
    shows(tab, orders[1])
    tab.sees("2 of 3")
    tab.key("?")
    for words in ("Next order of the list", "Previous order of the list", "Back to the list"):
        tab.dialog("Keyboard").sees(words)
    tab.key("Escape")
    tab.key("k")
    shows(tab, orders[0])
    tab.sees("1 of 3")
    tab.key("u")
    tab.arrives_at(listed)


def test_a_key_waits_for_a_step_that_is_being_stored(
    tab: Tab, orders: list[Json], listed: str, admin_api: Api
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PATCH":
            held.append(route)
        else:
            route.continue_()

    # From the beginning: the browser may send a call right after this without asking.
    tab.page.route(f"**/api/orders/{orders[0]['orderID']}", hold)
    open_order(tab, orders[0])
    tab.sees("1 of 3")
    tab.key("e")
    expect(tab.button("Mark as packed")).to_be_disabled()
    tab.key("j")
    tab.page.wait_for_timeout(300)
    shows(tab, orders[0])
    held[0].continue_()
    shows(tab, orders[1])
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"
    tab.inside("main").follow("Orders")
    tab.arrives_at(listed)
    tab.sees_orders(2)


def test_an_order_that_left_the_list_leads_back_to_its_neighbour(
    tab: Tab, orders: list[Json], listed: str
) -> None:
    open_order(tab, orders[1])
    tab.press("Mark as packed")
    tab.sees_button("Mark as shipped")
    tab.inside("main").follow("Orders")
    tab.arrives_at(listed)
    tab.sees_orders(2)
    expect(tab.row(orders[2])).to_be_focused()


def test_an_order_of_no_list_leads_to_all_orders(tab: Tab, staff: Person, orders: list[Json]) -> None:
    tab.sign_in(staff, f"/order.html?id={orders[0]['orderID']}")
    shows(tab, orders[0])
    expect(tab.inside("main").link("Orders")).to_have_attribute("href", "/orders.html")
    expect(tab.css("#neighbours")).to_be_hidden()


def test_the_tab_keeps_only_the_address_and_ids_of_a_list(
    tab: Tab, orders: list[Json], staff: Person, listed: str
) -> None:
    open_order(tab, orders[1])
    kept = json.loads(tab.evaluate(f"sessionStorage.getItem('order-desk:list:{staff.email}:')"))
    assert kept == {"address": listed, "orderIDs": [order["orderID"] for order in orders]}
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.press("Sign out")
    tab.sees_heading("You are signed out")
    assert tab.evaluate("sessionStorage.length") == 0
