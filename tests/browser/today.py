"""Reading the first page: its figures, and the orders that they must agree with."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import Json
from tests.browser.orders import wait_for
from tests.browser.tab import Tab

UTC = ZoneInfo("UTC")


def every_order(api: Api) -> list[Json]:
    """Every order of the shop, as the list has it."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.call("GET", f"/orders?limit=100&cursor={cursor}").document
        found, cursor = found + page["orders"], page["nextCursor"]
    return found


def counted(api: Api) -> list[Json]:
    """Every order, once the reports have caught up with them."""
    orders = every_order(api)

    def caught_up() -> bool:
        counts: Json = api.call("GET", "/reports/workload").document["counts"]
        return counts == dict.fromkeys(counts, 0) | Counter(order["status"] for order in orders)

    wait_for(caught_up)
    return orders


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def figure(tab: Tab, name: str) -> Locator:
    return tab.page.get_by_role("region", name=f"{name} so far today")


def shown(tab: Tab) -> None:
    expect(tab.page.locator("#today")).to_have_attribute("aria-busy", "false")
    expect(tab.page.get_by_role("img", name="Orders by hour")).to_be_visible()
