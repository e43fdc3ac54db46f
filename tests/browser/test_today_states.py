"""The first page on quiet and busy days, while it loads, when it fails, and as time passes."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab, number_of
from tests.browser.today import figure, iso, reported_orders, sees_figures

pytestmark = pytest.mark.browser

UPDATE_MS = 60_500  # a little more than the minute between two updates
WEEK = timedelta(days=7)

QUIET: Json = {
    "counts": dict.fromkeys(("placed", "packed", "shipped", "delivered", "cancelled", "rejected"), 0)
}

NO_LETTERS = {"deadLetters": {"orders": 0, "notifications": 0, "views": 0}}


def answer_quiet_day(tab: Tab, slots: list[Json] | None = None) -> None:
    """Answer like the API of a shop with no open orders and no problems. `slots` are its figures."""
    tab.answer("**/api/orders?*", json={"orders": [], "nextCursor": None})
    tab.answer("**/api/reports/workload", json=QUIET | NO_LETTERS)
    tab.answer("**/api/reports/activity?*", json={"currency": "GBP", "slots": slots or []})


def slot(at: datetime, orders: int, revenue: int) -> Json:
    """A quarter of an hour in the activity report."""
    return {"at": iso(at), "orders": orders, "revenue": revenue, "charges": 0, "placed": 0, "packed": 0}


def test_day_without_problems_shows_all_clear(tab: Tab, staff: Person) -> None:
    answer_quiet_day(tab)
    tab.sign_in(staff, "/")
    panel = tab.region("Needs attention")
    panel.sees("All clear")
    tab.sees_link("All clear")
    panel.sees_no("listitem")
    tab.sees("No order yet.")


def test_chart_has_a_description_and_needs_no_colour(tab: Tab, staff: Person) -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=20, second=0, microsecond=0)
    nine = noon.replace(hour=9, minute=0)
    answer_quiet_day(
        tab, [slot(nine, 4, 4000), slot(nine - WEEK, 6, 5000), slot(nine - WEEK + timedelta(hours=5), 8, 1)]
    )
    tab.set_time(noon)
    tab.sign_in(staff, "/")
    chart = tab.find("img", re.compile("^Orders by hour"))
    expect(chart).to_have_accessible_name(
        "Orders by hour. Today so far 4, most from 09 to 10: 4. "
        f"Last {noon:%A} 14 in all, most from 14 to 15: 8."
    )
    by = f"by 12:15 last {noon:%A}"  # without the orders of later hours
    compared = [figure(tab, name).css("[data-slot=compared]") for name in ("Orders", "Revenue")]
    expect(compared[0]).to_have_text(f"2 fewer than {by} (6)")
    expect(compared[1]).to_have_text(f"£10.00 less than {by} (£50.00)")
    height = [chart.locator(f".{day}").first.bounding_box() for day in ("today", "last")]
    assert height[0]
    assert height[1]
    assert round(height[0]["height"] / height[1]["height"], 1) == 0.7  # 4 orders compared with 6
    revenue = tab.find("img", re.compile("^Revenue by hour"))
    height_of = "(bar) => bar.getBoundingClientRect().height"
    today, last = (revenue.locator(f".{day}").first.evaluate(height_of) for day in ("today", "last"))
    assert today / last == pytest.approx(0.8, abs=0.02)  # £40 compared with £50
    for media in (
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"media": "print"},
        {"forced_colors": "active"},
    ):
        tab.page.emulate_media(**media)  # type: ignore[arg-type]
        fills = [
            chart.locator(f".{day}").first.evaluate("(bar) => getComputedStyle(bar).fill")
            for day in ("today", "last")
        ]
        assert fills[0] != "none", media
        assert fills[1] == "none", media


def wait_for_update(tab: Tab) -> None:
    """Advance the clock until the page has updated itself."""
    with tab.page.expect_response("**/api/orders?limit=5"):
        tab.advance(UPDATE_MS)
    tab.settle()


def tops(cards: Locator) -> list[float]:
    """The distance of each card from the top, in px."""
    found: list[float] = cards.evaluate_all("(all) => all.map((card) => card.getBoundingClientRect().y)")
    return found


def test_page_updates_after_a_minute_without_layout_shifts(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    known = place_order()
    tab.replace_clock()
    tab.sign_in(staff, "/")
    link = tab.inside("#latest").link(number_of(known), exact=False)
    link.focus()
    cards = tab.css("main .card:visible")
    before = tops(cards)
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    placed = place_order()
    reported_orders(admin_api)
    wait_for_update(tab)
    latest = tab.css("#latest > li")
    expect(latest.nth(0)).to_contain_text(number_of(placed))
    expect(latest.nth(1)).to_contain_text("Rejected")
    tab.inside("#concerns").says(number_of(rejected))
    expect(link).to_be_focused()
    assert tops(cards) == before


def test_the_focus_stays_on_a_number_whose_address_changes_with_the_time(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    place_order()
    reported_orders(admin_api)
    tab.replace_clock()
    tab.sign_in(staff, "/")
    number = tab.link(re.compile(r"^\d+ placed, Under 4 hours$"))
    before = number.get_attribute("href")
    number.focus()
    tab.advance(16 * 60_000)
    expect(number).not_to_have_attribute("href", before or "")
    expect(number).to_be_focused()


def test_hidden_page_sends_no_requests_until_visible(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff, "/")
    sees_figures(tab)
    tab.set_hidden(True)
    asked = tab.requests()
    tab.page.clock.run_for(5 * UPDATE_MS)
    assert asked == []
    with tab.page.expect_response("**/api/reports/workload"):
        tab.set_hidden(False)


def test_failed_update_keeps_the_figures_and_shows_a_notice(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff, "/")
    sees_figures(tab)
    orders = figure(tab, "Orders").css("strong").inner_text()
    tab.answer_error("**/api/reports/workload")
    tab.advance(UPDATE_MS)
    tab.sees("it cannot be brought up to date just now")
    expect(figure(tab, "Orders").css("strong")).to_have_text(orders)
    tab.let_through("**/api/reports/workload")
    tab.advance(UPDATE_MS)
    tab.sees_not("it cannot be brought up to date just now")


def test_ended_session_shows_its_dialog_on_an_open_page(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff, "/")
    sees_figures(tab)
    tab.end_session()
    tab.advance(UPDATE_MS)
    tab.sees_dialog("Your session has ended")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_layout_does_not_shift_while_todays_figures_load(tab: Tab, staff: Person, width: int) -> None:
    tab.resize(width)
    tab.become(staff)
    held = tab.hold("**/api/**")
    tab.watch_shifts()
    tab.goto("/")
    expect(tab.css("#latest .skeleton").first).to_be_visible()
    expect(tab.css("#today")).to_have_attribute("aria-busy", "true")
    while tab.css("#today").get_attribute("aria-busy") == "true":
        for route in held:
            route.continue_()
        held.clear()
        tab.wait(50)
    sees_figures(tab)
    assert tab.shifted() < 0.01


def test_failed_figures_of_today_can_be_loaded_again(tab: Tab, staff: Person) -> None:
    tab.answer_error("**/api/reports/activity?*")
    tab.sign_in(staff, "/")
    tab.sees_heading("The day could not be loaded")
    tab.sees("Try later")
    tab.let_through("**/api/reports/activity?*")
    tab.press("Try again")
    sees_figures(tab)
    expect(tab.heading("The day could not be loaded")).to_be_hidden()


def test_quiet_loading_and_failed_pages_are_accessible_and_fit_any_width(tab: Tab, staff: Person) -> None:
    answer_quiet_day(tab)
    tab.sign_in(staff, "/")
    sees_figures(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.hold("**/api/**")
    tab.reload()
    expect(tab.css("#latest .skeleton").first).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.answer_error("**/api/reports/activity?*")
    tab.reload()
    tab.sees_heading("The day could not be loaded")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
