"""The line above the list with the number of orders and what they bring."""

import re
import uuid

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, new_customer, orders_of
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import open_list, status_link, wait_for_poll
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

LIST = "**/api/orders?*"


def test_sums_and_counts_follow_orders_that_were_moved_out_of_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    """Their rows stay, because the person goes on with them."""
    orders = [place_order() for _ in range(3)]
    counts = {"placed": 3, "packed": 0, "shipped": 0, "delivered": 0, "cancelled": 0, "rejected": 0}
    tab.answer(LIST, json={"orders": orders, "nextCursor": None})
    tab.answer("**/api/reports/workload", json={"counts": counts, "deadLetters": {}})
    tab.sign_in(staff, "/orders.html?status=placed")
    expect(tab.css("#sums")).to_have_text("3 orders · £62.91")
    expect(status_link(tab, "Placed")).to_have_text("Placed 3")
    for order in orders[:2]:
        tab.row(order).get_by_role("checkbox").click()
    tab.press("Mark as packed")
    tab.press("Move 2 orders")
    tab.press("Close")
    tab.sees_orders(3)
    expect(tab.css("#sums")).to_have_text("1 order · £20.97 · 2 no longer match")
    expect(status_link(tab, "Placed")).to_have_text("Placed 1")
    expect(status_link(tab, "Packed")).to_have_text("Packed 2")
    tab.row(orders[2]).focus()
    tab.key("j", "j", "j", "e")
    expect(tab.css("#sums")).to_have_text("0 orders · 3 no longer match")


def test_a_list_in_which_nothing_is_sold_has_no_sum(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = {**place_order(), "status": "rejected"}
    tab.answer(LIST, json={"orders": [order, {**order, "orderID": "other"}], "nextCursor": None})
    tab.sign_in(staff, "/orders.html?status=rejected")
    expect(tab.css("#sums")).to_have_text("2 orders · none sold")


def test_sums_leave_out_orders_that_others_erased_or_gave_to_another_customer(
    tab: Tab, staff: Person, customer: Json, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order() for _ in range(3)]
    open_list(tab, staff, f"/orders.html?customer={customer['email']}")
    expect(tab.css("#sums")).to_have_text("3 orders · £62.91")
    assert admin_api.call("DELETE", f"/orders/{orders[0]['orderID']}").status == 204
    other = {"customer": {"email": new_customer()["email"]}}
    assert admin_api.call("PATCH", f"/orders/{orders[1]['orderID']}", other).status == 200
    wait_for_poll(tab)
    tab.sees_orders(3)
    expect(tab.css("#sums")).to_have_text("1 order · £20.97 · 2 no longer match")


def answer_with_pages(tab: Tab, *pages: list[Json]) -> None:
    """Answer reads of the list with pages of 50 orders, the last of them shorter."""

    def answer(route: Route) -> None:
        found = re.search(r"[?&]cursor=page(\d+)", route.request.url)
        at = int(found[1]) if found else 0
        cursor = f"page{at + 1}" if at + 1 < len(pages) else None
        route.fulfill(json={"orders": pages[at], "nextCursor": cursor})

    tab.page.route(LIST, answer)


def copies(order: Json, number: int) -> list[Json]:
    return [{**order, "orderID": str(uuid.uuid4()), "number": 900_000 + index} for index in range(number)]


def test_all_orders_that_the_list_finds_are_added_up_by_keyboard(
    tab: Tab, staff: Person, regular: Json, admin_api: Api
) -> None:
    total = sum(order["total"] for order in orders_of(admin_api, regular))
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(tab.css("#sums")).to_have_text(re.compile("^50 orders on this page · £"))
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.button("Add up all").focus()
    tab.key("Enter")
    wanted = f"220 orders on all pages · £{total / 100:,.2f}"
    expect(tab.css("#sums")).to_have_text(wanted)
    expect(tab.css("#announcement")).to_have_text(wanted)
    expect(tab.button("Add up all")).to_be_focused()
    tab.follow("Next page")
    expect(tab.css("#sums")).to_have_text(re.compile("^50 orders on this page · £"))
    tab.sign_in(staff, f"/orders.html?q={uuid.uuid4().hex}")
    tab.sees_heading("No order matches")
    expect(tab.css("#add-up")).to_be_hidden()


def test_the_sum_of_all_pages_is_forgotten_when_the_list_changes(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    answer_with_pages(tab, [order, *copies(order, 49)], copies(order, 10))
    tab.answer("**/api/reports/workload", status=503, body="{}")
    tab.sign_in(staff)
    tab.press("Add up all")
    expect(tab.css("#sums")).to_have_text("60 orders on all pages · £1,258.20")
    tab.row(order).get_by_role("checkbox").click()
    tab.sees("1 order selected")
    expect(tab.css("#sums")).to_have_text("60 orders on all pages · £1,258.20")
    tab.press("Clear selection")
    tab.row(order).focus()
    tab.key("e")
    expect(tab.row(order)).to_contain_text("Packed")
    expect(tab.css("#sums")).to_have_text("50 orders on this page · £1,048.50")


def test_adding_up_shows_its_progress_and_is_left_with_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    answer_with_pages(tab, copies(order, 50), copies(order, 50), copies(order, 10))
    tab.sign_in(staff)
    tab.sees_orders(50)
    held = tab.hold("**/api/orders?*cursor=page2*")
    tab.press("Add up all")
    tab.sees_button("100 orders read …")
    status_link(tab, "Placed").click()
    expect(tab.css("#add-up")).to_have_text("Add up all")
    assert len(held) == 1
    expect(tab.css("#sums")).to_have_text(re.compile("^50 .*orders on this page · £"))
    expect(tab.css("#list-note")).to_be_hidden()


def test_more_orders_than_the_limit_are_not_added_up(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    answer_with_pages(tab, *[copies(order, 50) for _ in range(20)])
    tab.sign_in(staff)
    tab.press("Add up all")
    tab.inside("#list-note").says("The list has more than 500 orders, which are not added up at once.")
    expect(tab.css("#sums")).to_have_text(re.compile("on this page"))


def test_a_failed_sum_is_explained(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    answer_with_pages(tab, copies(order, 50), copies(order, 10))
    tab.sign_in(staff)
    tab.sees_orders(50)
    tab.answer_error("**/api/orders?*cursor=page1*")
    tab.press("Add up all")
    tab.inside("#list-note").says("Try later The orders on the other pages were not added up.")
