"""The figures of the first page, and the orders from which they come."""

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json
from tests.browser.orders import wait_for
from tests.browser.tab import Tab
from tests.browser.words import Part

UTC = ZoneInfo("UTC")


def all_orders(api: Api) -> list[Json]:
    """All orders of the shop, from the list of the API."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.call("GET", f"/orders?limit=100&cursor={cursor}").document
        found, cursor = found + page["orders"], page["nextCursor"]
    return found


def reported_orders(api: Api) -> list[Json]:
    """All orders of the shop, once the reports count each of them."""
    orders = all_orders(api)

    def all_counted() -> bool:
        counts: Json = api.call("GET", "/reports/workload").document["counts"]
        return counts == dict.fromkeys(counts, 0) | Counter(order["status"] for order in orders)

    wait_for(all_counted)
    return orders


def iso(at: datetime) -> str:
    """A time as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def figure(tab: Tab, name: str) -> Part:
    """The card of a figure: "Orders" or "Revenue"."""
    return tab.region(f"{name} so far today")


def sees_figures(tab: Tab) -> None:
    """Assert that the page has loaded and shows its charts."""
    expect(tab.css("#today")).to_have_attribute("aria-busy", "false")
    expect(tab.find("img", re.compile("^Orders by hour"))).to_be_visible()
