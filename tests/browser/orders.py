"""Steps on the list of orders and on the page of one order, and changes by somebody else by the API."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.tab import Person, Tab

Json = dict[str, Any]

API_LIST = "**/api/orders**"
PAUSE_MS = 1_100  # a little more than the pause in which further presses are ignored
POLL_MS = 10_500  # a little more than the interval between two polls


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true, 20 s at most."""
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("the condition did not become true within 20 s")


# -- the list


def status_link(tab: Tab, status: str) -> Locator:
    """The link above the list that shows only orders of this status."""
    return tab.find("navigation", "Status").get_by_role("link", name=status)


def search(tab: Tab) -> Locator:
    return tab.find("searchbox", "Search orders")


def open_list(tab: Tab, person: Person, path: str = "/orders.html") -> None:
    """Open the list with the mouse away from the rows, and wait until it has polled once."""
    tab.replace_clock()
    tab.sign_in(person, path)
    expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
    move_mouse_away(tab)
    tab.settle()
    wait_for_poll(tab)


def wait_for_poll(tab: Tab, wait_ms: int = POLL_MS) -> None:
    """Advance the clock until the page has polled the orders."""
    with tab.page.expect_response("**/api/orders?*"):
        tab.advance(wait_ms)
    tab.settle()


def move_mouse_away(tab: Tab) -> None:
    """Move the mouse to a corner of the page, away from the rows."""
    tab.page.mouse.move(1, 1)


# -- one order


def address(order: Json) -> str:
    return f"/order.html?id={order['orderID']}"


def sees_status(tab: Tab, name: str) -> None:
    """Assert that the heading of an order's page shows this status."""
    expect(tab.find("heading", level=1).get_by_text(name)).to_be_visible()


def timeline(tab: Tab) -> list[str]:
    """The events in the timeline of an order, newest first."""
    return tab.css(".timeline .event").all_inner_texts()


def edit_elsewhere(api: Api, order: Json, **changes: object) -> None:
    """Edit an order by the API, with the version that `order` has."""
    items = [{"sku": item["sku"], "quantity": item["quantity"]} for item in order["items"]]
    body = {"customer": order["customer"], "items": items, "notes": order.get("notes", ""), **changes}
    answer = api.call("PUT", f"/orders/{order['orderID']}", body, {"If-Match": f'"{order["version"]}"'})
    assert answer.status == 200


def move_elsewhere(api: Api, order: Json, status: str, **note: str) -> None:
    """Move an order to a status by the API."""
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"status": status, **note}).status == 200


def label_elsewhere(api: Api, order: Json, labels: Json) -> None:
    """Label an order, as a colleague does, and wait until a list of its label has it."""
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"labels": labels}).status == 200
    asked = labels.get("assignee") or labels["tags"][0]
    wait_for(lambda: order["orderID"] in str(api.call("GET", f"/orders?label={asked}").document))


def items_of(*lines: tuple[str, int]) -> list[Json]:
    """Line items from pairs of SKU and quantity."""
    return [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
