"""The page of the best sellers: a month or all time, by units or revenue."""

import csv
import json
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_what_was_sold_is_among_the_best_at_once(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder, tmp_path: Path
) -> None:
    sku = f"BS-{uuid.uuid4().hex[:12]}"
    plain = {"name": f"Sold {sku}", "category": "Top", "unitPrice": 3, "unit": "each", "active": True}
    admin_api.call("POST", "/products", {"sku": sku, **plain})
    for _ in range(2):
        place_order([{"sku": sku, "quantity": 90_000}])

    def counted() -> bool:
        items = admin_api.call("GET", "/reports/top-sellers?limit=100").document["items"]
        return any(one["sku"] == sku and one["orders"] == 2 for one in items)

    wait_for(counted)
    tab.sign_in(staff, "/sales.html")
    tab.follow("Best sellers")
    row = tab.css("#best-rows tr").filter(has_text=sku)
    expect(row).to_contain_text("180,000")
    expect(row).to_contain_text("£5,400.00")
    expect(row).to_contain_text("not among the best the month before")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    with tab.page.expect_download() as download:
        tab.press("Export")
    assert download.value.suggested_filename == f"best-sellers-{datetime.now(UTC):%Y-%m}-by-units.csv"
    download.value.save_as(tmp_path / "best.csv")
    with (tmp_path / "best.csv").open(encoding="utf-8-sig", newline="") as file:
        (mine,) = (one for one in csv.DictReader(file) if one["SKU"] == sku)
    assert (mine["Units"], mine["Revenue"], mine["Orders"]) == ("180000", "5400.00", "2")
    row.get_by_role("link").click()
    tab.sees_heading(f"Sold {sku}")


def test_periods_are_compared_and_kept_in_the_address(tab: Tab, staff: Person) -> None:
    def item(sku: str, units: int) -> dict[str, object]:
        return {"sku": sku, "name": f"Name of {sku}", "units": units, "revenue": units * 5, "orders": 1}

    months = {"2025-12": [item("A", 9), item("B", 3)], "2026-01": [item("B", 8), item("A", 2)]}

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        (period,), (by,) = query["period"], query["by"]
        body = {"period": period, "by": by, "items": months.get(period, [])}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    tab.page.route("**/api/reports/top-sellers?**", answer)
    tab.sign_in(staff, "/best-sellers.html?period=2026-01")
    rows = tab.css("#best-rows tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("up 1 place since the month before")
    expect(rows.last).to_contain_text("down 1 place since the month before")
    assert rows.locator("rect").evaluate_all("all => all.map((one) => one.getAttribute('width'))") == [
        "100",
        "25",
    ]
    tab.follow("By revenue")
    tab.arrives_at("/best-sellers.html?period=2026-01&by=revenue")
    tab.follow("Previous month")
    tab.sees_heading("December 2025")
    expect(rows.first).to_contain_text("Name of A")
    tab.follow("All time")
    tab.sees("Nothing was sold in this period.")
    assert_accessible(tab)
    tab.back()
    tab.sees_heading("December 2025")
    tab.answer_error("**/api/reports/**")
    tab.follow("Next month")
    tab.sees_button("Try again")


def test_a_first_visit_of_the_best_sellers_is_small(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    assert_small_first_visit(tab, "/best-sellers.html")
    tab.sees_title(re.compile("Best sellers"))
