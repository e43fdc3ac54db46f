"""A day's work without the features that the oldest supported browsers do not have."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, expect

from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import address, search, sees_status
from tests.browser.tab import Person, Tab, number_of
from tests.site.oldest_browsers import REMOVE

pytestmark = pytest.mark.browser


def test_a_days_work_needs_no_feature_of_newer_browsers(
    tab: Tab, staff: Person, customer: Json, place_order: PlaceOrder
) -> None:
    orders = [place_order(), place_order()]
    errors: list[str] = []
    tab.page.on("pageerror", lambda error: errors.append(str(error)))
    tab.page.on("console", lambda message: errors.extend(_errors(message)))
    tab.page.add_init_script(REMOVE)
    tab.sign_in_on_hosted_page(staff, f"/orders.html?customer={customer['email']}")
    assert not tab.evaluate("'any' in AbortSignal || 'size' in URLSearchParams.prototype")
    tab.sees_orders(2)
    tab.find("checkbox", "Select all on this page").check()
    tab.press("Mark as packed")
    tab.inside("#bulk-dialog").press("Move 2 orders")
    tab.inside("#bulk-dialog").sees("2 of 2: 2 moved")
    tab.goto("/orders.html")
    search(tab).fill(number_of(orders[0]))
    tab.arrives_at(re.compile(r"\?q="))
    tab.sees_orders(1)
    tab.goto(address(orders[0]))
    tab.sees_heading("Timeline")
    tab.key("e")
    sees_status(tab, "Shipped")

    tab.goto("/new-order.html")
    tab.add_line("browsertest bleach", "3")
    tab.fill_customer(Name=customer["name"], E_mail=customer["email"])
    tab.send()
    expect(tab.progress("Placed")).to_contain_text("£19.47")
    tab.goto("/customers.html")
    expect(tab.css("#customer-rows a").first).to_be_visible()
    tab.goto("/")
    tab.sees_heading("Latest orders")
    expect(tab.css("#latest li:not(.skeleton)").first).to_be_visible()
    tab.goto("/sales.html")
    expect(tab.css("#total td").first).to_be_visible()
    assert errors == []


def _errors(message: ConsoleMessage) -> list[str]:
    """Return an error of a script. A new order answers 404 until it is stored, which is no error."""
    is_error = message.type == "error" and not message.text.startswith("Failed to load resource")
    return [message.text] if is_error else []
