"""The first page on quiet and busy days, while it loads, when it fails, and as time passes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.today import counted, figure, iso, shown

pytestmark = pytest.mark.browser

MINUTE_MS = 60_500  # a little more than there is between two looks
WEEK = timedelta(days=7)

QUIET: Json = {
    "counts": dict.fromkeys(("placed", "packed", "shipped", "delivered", "cancelled", "rejected"), 0)
}

NO_LETTERS = {"deadLetters": {"orders": 0, "notifications": 0, "views": 0}}


def answer(tab: Tab, address: str, document: Any) -> None:
    tab.page.route(address, lambda route: route.fulfill(json=document))


def quiet_day(tab: Tab, slots: list[Json] | None = None) -> None:
    """A shop in which nothing waits and nothing is wrong."""
    answer(tab, "**/api/orders?*", {"orders": [], "nextCursor": None})
    answer(tab, "**/api/reports/workload", QUIET | NO_LETTERS)
    answer(tab, "**/api/reports/activity?*", {"currency": "GBP", "slots": slots or []})


def slot(at: datetime, orders: int, revenue: int) -> Json:
    return {"at": iso(at), "orders": orders, "revenue": revenue, "placed": 0, "packed": 0}


def test_day_without_problems_is_all_clear(tab: Tab, staff: Person) -> None:
    quiet_day(tab)
    tab.sign_in(staff, "/")
    panel = tab.page.get_by_role("region", name="Needs attention")
    expect(panel.get_by_text("All clear")).to_be_visible()
    expect(tab.page.get_by_role("link", name="All clear")).to_be_visible()
    expect(panel.get_by_role("listitem")).to_have_count(0)
    expect(tab.page.get_by_text("No order yet.")).to_be_visible()


@pytest.mark.parametrize(
    ("now", "then", "orders", "revenue"),
    [
        ((0, 0), (0, 0), "None by {by} either", "None by {by} either"),
        ((2, 1500), (0, 0), "None by {by}", "None by {by}"),
        ((0, 0), (3, 900), "3 fewer than by {by} (3)", "£9.00 less than by {by} (£9.00)"),
        ((3, 900), (3, 900), "As many as by {by}", "As much as by {by}"),
        ((5, 1234), (3, 900), "2 more than by {by} (3)", "£3.34 more than by {by} (£9.00)"),
    ],
)
def test_comparison_with_last_week_has_words_for_every_case(
    tab: Tab, staff: Person, now: tuple[int, int], then: tuple[int, int], orders: str, revenue: str
) -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=20, second=0, microsecond=0)
    past = [slot(noon.replace(hour=9, minute=0), *now), slot(noon.replace(hour=9, minute=0) - WEEK, *then)]
    later = [slot(noon.replace(minute=15) - WEEK, 7, 70_000), slot(noon.replace(hour=20) - WEEK, 9, 90_000)]
    quiet_day(tab, past + later)
    tab.page.clock.set_fixed_time(noon)
    tab.sign_in(staff, "/")
    by = f"12:15 last {noon:%A}"
    expect(figure(tab, "Orders").locator("[data-slot=compared]")).to_have_text(said(orders, by))
    expect(figure(tab, "Revenue").locator("[data-slot=compared]")).to_have_text(said(revenue, by))


def said(words: str, by: str) -> str:
    return words.replace("by {by}", f"by {by}")


def test_chart_has_a_description_and_needs_no_colour(tab: Tab, staff: Person) -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=20, second=0, microsecond=0)
    nine = noon.replace(hour=9, minute=0)
    quiet_day(
        tab, [slot(nine, 4, 4000), slot(nine - WEEK, 6, 5000), slot(nine - WEEK + timedelta(hours=5), 8, 1)]
    )
    tab.page.clock.set_fixed_time(noon)
    tab.sign_in(staff, "/")
    chart = tab.page.get_by_role("img", name="Orders by hour")
    expect(chart).to_have_accessible_name(
        "Orders by hour. Today so far 4, most from 09 to 10: 4. "
        f"Last {noon:%A} 14 in all, most from 14 to 15: 8."
    )
    height = [chart.locator(f".{day}").first.bounding_box() for day in ("today", "last")]
    assert height[0]
    assert height[1]
    assert round(height[0]["height"] / height[1]["height"], 1) == 0.7  # 4 of 6
    revenue = tab.page.get_by_role("img", name="Revenue by hour")
    tall = "(bar) => bar.getBoundingClientRect().height"
    today, last = (revenue.locator(f".{day}").first.evaluate(tall) for day in ("today", "last"))
    assert today / last == pytest.approx(0.8, abs=0.02)  # £40 of £50
    for looks in (
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"media": "print"},
        {"forced_colors": "active"},
    ):
        tab.page.emulate_media(**looks)  # type: ignore[arg-type]
        fills = [
            chart.locator(f".{day}").first.evaluate("(bar) => getComputedStyle(bar).fill")
            for day in ("today", "last")
        ]
        assert fills[0] != "none", looks
        assert fills[1] == "none", looks


HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def wait_a_minute(tab: Tab) -> None:
    with tab.page.expect_response("**/api/orders?limit=5"):
        tab.page.clock.fast_forward(MINUTE_MS)
    tab.settle()


def tops(cards: Locator) -> list[float]:
    """Where each card begins, in px from the top."""
    found: list[float] = cards.evaluate_all("(all) => all.map((card) => card.getBoundingClientRect().y)")
    return found


def test_page_updates_after_a_minute_without_moving(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    known = place_order()
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    link = tab.page.locator("#latest").get_by_role("link", name=known["orderID"][:8])
    link.focus()
    cards = tab.page.locator("main .card:visible")
    before = tops(cards)
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    placed = place_order()
    counted(admin_api)
    wait_a_minute(tab)
    latest = tab.page.locator("#latest > li")
    expect(latest.nth(0)).to_contain_text(placed["orderID"][:8])
    expect(latest.nth(1)).to_contain_text("Rejected")
    expect(tab.page.locator("#concerns")).to_contain_text(rejected["orderID"][:8])
    expect(link).to_be_focused()
    assert tops(cards) == before


def test_hidden_page_sends_no_requests_until_visible(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    tab.page.evaluate(HIDE, True)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.clock.run_for(5 * MINUTE_MS)
    assert asked == []
    with tab.page.expect_response("**/api/reports/workload"):
        tab.page.evaluate(HIDE, False)


def test_failed_update_keeps_the_figures_and_shows_a_notice(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    orders = figure(tab, "Orders").locator("strong").inner_text()
    tab.answer_error("**/api/reports/workload")
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_text("it cannot be brought up to date just now")).to_be_visible()
    expect(figure(tab, "Orders").locator("strong")).to_have_text(orders)
    tab.page.unroute("**/api/reports/workload")
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_text("it cannot be brought up to date just now")).to_be_hidden()


def test_ended_session_shows_its_dialog_on_an_open_page(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    tab.end_session()
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_loading_the_day_moves_nothing(tab: Tab, staff: Person, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.sign_in(staff, "/")
    held: list[Route] = []
    tab.page.route("**/api/**", lambda route: held.append(route))
    tab.watch_shifts()
    tab.page.reload()
    expect(tab.page.locator("#latest .skeleton").first).to_be_visible()
    expect(tab.page.locator("#today")).to_have_attribute("aria-busy", "true")
    while tab.page.locator("#today").get_attribute("aria-busy") == "true":
        for route in held:
            route.continue_()
        held.clear()
        tab.page.wait_for_timeout(50)
    shown(tab)
    assert tab.shifted() < 0.01


def test_failed_day_can_be_loaded_again(tab: Tab, staff: Person) -> None:
    tab.answer_error("**/api/reports/activity?*")
    tab.sign_in(staff, "/")
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_visible()
    expect(tab.page.get_by_text("Try later")).to_be_visible()
    tab.page.unroute("**/api/reports/activity?*")
    tab.page.get_by_role("button", name="Try again").click()
    shown(tab)
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_hidden()


def test_quiet_loading_and_failed_days_are_accessible_and_fit(tab: Tab, staff: Person) -> None:
    quiet_day(tab)
    tab.sign_in(staff, "/")
    shown(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.page.route("**/api/**", lambda _: None)
    tab.page.reload()
    expect(tab.page.locator("#latest .skeleton").first).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.answer_error("**/api/reports/activity?*")
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
