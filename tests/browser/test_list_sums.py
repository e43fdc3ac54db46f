"""The line above the list with the number of orders and what they bring."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, new_customer
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
