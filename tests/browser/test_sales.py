"""The page Sales: revenue of a day, a week or a month beside the one before."""

import csv
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.today import reported_orders

pytestmark = pytest.mark.browser


def sees_report(tab: Tab, title: str) -> None:
    """Assert that the report on a period is on screen."""
    expect(tab.css("#sales")).to_have_attribute("aria-busy", "false")
    tab.sees_heading(title)


def pounds(pence: int) -> str:
    return f"£{pence / 100:,.2f}"


def test_the_report_of_a_month_equals_the_orders_of_the_shop(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder
) -> None:
    place_order()
    gone = place_order()
    admin_api.call("PATCH", f"/orders/{gone['orderID']}", {"status": "cancelled"})
    sold = [order for order in reported_orders(admin_api) if order["status"] not in ("cancelled", "rejected")]
    today = datetime.now().astimezone()
    revenue = pounds(sum(order["total"] for order in sold))
    tab.sign_in(staff, f"/sales.html?month={today:%Y-%m}")
    sees_report(tab, f"{today:%B %Y}")
    expect(tab.region("Revenue").css("strong")).to_have_text(revenue)
    expect(tab.region("Orders").css("strong")).to_have_text(str(len(sold)))
    expect(tab.css("#total td")).to_have_text([str(len(sold)), revenue, "£0.00"])
    expect(tab.find("img", re.compile(f"^Revenue by day. {today:%B %Y}: {revenue}"))).to_be_visible()
    tab.css("#rows").get_by_role("link", name=re.compile(r"^\d+ orders: ")).click()
    tab.arrives_at(f"/orders.html?from={today:%Y-%m-%d}&to={today:%Y-%m-%d}")


def test_address_keeps_the_period_and_back_returns_to_it(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/sales.html?day=2025-03-31")
    sees_report(tab, "Monday, 31 March 2025")
    tab.follow("Month")
    sees_report(tab, "March 2025")
    tab.sees("No orders in this period, nor in the one before.")
    tab.follow("Sat 1 Mar")
    sees_report(tab, "Saturday, 1 March 2025")
    expect(tab.heading("Saturday, 1 March 2025")).to_be_focused()
    tab.follow("Previous day")
    tab.arrives_at("/sales.html?day=2025-02-28")
    tab.field("Show the period with this day").fill("2025-12-29")
    tab.follow("Week")
    tab.arrives_at("/sales.html?week=2026-W01")
    sees_report(tab, "Week 1: 29 December 2025 – 4 January 2026")
    tab.sees_title("Week 1: 29 December 2025 – 4 January 2026 · Sales · Order desk")
    for title in (
        "Monday, 29 December 2025",
        "Friday, 28 February 2025",
        "Saturday, 1 March 2025",
        "March 2025",
    ):
        tab.back()
        sees_report(tab, title)
    tab.follow("This month")
    expect(tab.find("link", "Next month")).to_have_attribute("aria-disabled", "true")


def test_table_is_exported_to_a_file_that_names_its_period(tab: Tab, staff: Person, tmp_path: Path) -> None:
    tab.sign_in(staff, "/sales.html?week=2025-W14")
    sees_report(tab, "Week 14: 31 March – 6 April 2025")
    with tab.page.expect_download() as download:
        tab.press("Export")
    assert download.value.suggested_filename == "sales-2025-W14.csv"
    download.value.save_as(tmp_path / "sales.csv")
    with (tmp_path / "sales.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["From"] for row in rows][::6] == ["2025-03-31 00:00:00", "2025-04-06 00:00:00"]
    assert [row["From before"] for row in rows][::6] == ["2025-03-24 00:00:00", "2025-03-30 00:00:00"]
    assert {row["Revenue"] for row in rows} == {"0.00"}


def test_the_format_of_exported_tables_is_chosen_by_keyboard(tab: Tab, staff: Person) -> None:
    """This browser keeps the choice, for exports of orders too."""
    tab.sign_in(staff, "/sales.html?week=2025-W14")
    sees_report(tab, "Week 14: 31 March – 6 April 2025")
    tab.button("Format of exported files").focus()
    tab.key("Enter")
    chosen = tab.inside("#export-format-dialog")
    expect(chosen.field(re.compile("^Excel workbook"))).to_be_focused()
    expect(chosen.field(re.compile("^CSV with commas"))).to_be_checked()
    chosen.sees_no("radio", "Line of an order")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.key("Space", "Enter")
    expect(tab.button("Format of exported files")).to_be_focused()
    with tab.page.expect_download() as download:
        tab.press("Export")
    assert download.value.suggested_filename == "sales-2025-W14.xlsx"
    tab.goto("/orders.html")
    tab.press("Format of exported files")
    expect(chosen.field(re.compile("^Excel workbook"))).to_be_checked()


def test_failed_report_loads_again_and_an_ended_session_is_shown(tab: Tab, staff: Person) -> None:
    tab.answer_error("**/api/reports/sales?*")
    tab.sign_in(staff, "/sales.html?day=2025-03-31")
    tab.sees_heading("The sales could not be loaded")
    tab.let_through("**/api/reports/sales?*")
    tab.press("Try again")
    sees_report(tab, "Monday, 31 March 2025")
    expect(tab.heading("The sales could not be loaded")).to_be_hidden()
    tab.end_session()
    tab.follow("Previous day")
    tab.sees_dialog("Your session has ended")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_layout_does_not_shift_while_the_report_loads(
    tab: Tab, staff: Person, place_order: PlaceOrder, width: int
) -> None:
    place_order(charges=[{"kind": "delivery", "amount": 500}])
    tab.resize(width)
    tab.become(staff)
    held = tab.hold("**/api/reports/sales?*")
    tab.watch_shifts()
    tab.goto("/sales.html")
    expect(tab.css("#sales")).to_have_attribute("aria-busy", "true")
    tab.wait(200)
    held[0].continue_()
    expect(tab.css("#sales")).to_have_attribute("aria-busy", "false")
    tab.wait(100)
    assert tab.shifted() < 0.01
