"""The list in each of its states: accessible in light and dark, at any width, without a jump as it loads."""

import re
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.tab import Person, Tab
from tests.browser.test_design import OVERLAPS, assert_accessible, assert_nothing_sticks_out
from tests.browser.test_new_orders import look, watch

pytestmark = pytest.mark.browser

Scene = Callable[[Tab], None]
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Where the words of the tabs, the search, the headers and the rows stand.
PLACES = """() => {
    const place = (node) => {
        const range = document.createRange();
        range.selectNode(node);
        const { left, top } = range.getBoundingClientRect();
        return [left, top];
    };
    const words = [...document.querySelectorAll(".tabs a")].map((link) => link.firstChild);
    const others = document.querySelectorAll("[data-search], thead th, tbody tr:nth-child(-n + 3)");
    return [...words, ...others].flatMap(place);
}"""
READS = "**/api/orders?**"


def selected(tab: Tab) -> None:
    for row in range(2):
        tab.page.locator("#order-rows input").nth(row).click()
    expect(tab.page.locator("#bulk-bar")).to_contain_text("2 orders selected")


def the_plan(tab: Tab) -> None:
    selected(tab)
    tab.page.locator("#move-selected").click()
    expect(tab.page.locator("#bulk-plan li").first).to_be_visible()


def the_results(tab: Tab) -> None:
    tab.page.route("**/api/orders/*", lambda route: route.fulfill(status=503))
    the_plan(tab)
    tab.page.locator("#bulk-start").click()
    expect(tab.page.locator("#bulk-summary")).to_contain_text("2 failed")


def exporting(tab: Tab) -> None:
    tab.page.route(READS, lambda route: route.fulfill(status=503, body="{}"))
    tab.page.get_by_role("button", name="Export", exact=True).click()
    expect(tab.page.get_by_role("button", name="Go on")).to_be_visible()


def naming_a_view(tab: Tab) -> None:
    tab.goto("/orders.html?status=placed")
    tab.page.get_by_role("button", name="Save view").click()
    expect(tab.page.get_by_role("dialog", name="Save this view")).to_be_visible()


def saved_views(tab: Tab) -> None:
    for status, name in (("placed", "To pack"), ("packed", HOSTILE[:40])):
        tab.goto(f"/orders.html?status={status}")
        tab.page.get_by_role("button", name="Save view").click()
        tab.page.get_by_role("textbox", name="Name").fill(name)
        tab.page.get_by_role("textbox", name="Name").press("Enter")
        expect(tab.page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def dates(tab: Tab) -> None:
    tab.goto("/orders.html?from=2020-01-01&sort=oldest")
    expect(tab.page.get_by_label("To, that day included")).to_be_visible()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()


def nothing_found(tab: Tab) -> None:
    tab.goto("/orders.html?q=nobodyofthatname")
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()


def nothing_to_search_for(tab: Tab) -> None:
    tab.goto("/orders.html?q=z")
    expect(tab.page.locator("#orders")).to_contain_text("Type at least two letters")


def a_filter_that_cannot_be(tab: Tab) -> None:
    tab.goto("/orders.html?from=2026-03-02&to=2026-03-01")
    expect(tab.page.get_by_text("From must not be after To")).to_be_visible()


def moved_by_key(tab: Tab) -> None:
    tab.page.route("**/api/orders/*", lambda route: route.fulfill(status=503))
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("e")
    expect(tab.page.locator("#list-note")).to_be_visible()


SCENES: list[Scene] = [
    selected, the_plan, the_results, exporting, naming_a_view, saved_views, dates, nothing_found,
    nothing_to_search_for, a_filter_that_cannot_be, moved_by_key,
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_the_list_passes_axe_in_light_and_dark_and_fits_from_320_px_to_4k(
    tab: Tab, staff: Person, place_order: PlaceOrder, scene: Scene
) -> None:
    for _ in range(2):
        place_order()
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").nth(1)).to_be_visible()
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


def test_what_came_in_meanwhile_passes_axe_and_fits(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(tab, staff)
    assert admin_api.call("DELETE", f"/orders/{orders[0]['orderID']}").status == 204
    orders.append(place_order())
    look(tab)
    expect(tab.row(orders[2])).to_contain_text("New")
    tab.row(orders[1]).hover()
    place_order()
    look(tab)
    expect(tab.row(orders[0])).to_contain_text("Erased")
    expect(tab.page.locator("#arrivals")).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    for width in (320, 390, 768, 1280):
        tab.page.set_viewport_size({"width": width, "height": 800})
        assert tab.row(orders[2]).evaluate(OVERLAPS) == [], f"at {width} px"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_jumps_while_orders_and_counts_come(
    tab: Tab, staff: Person, regular: Json, width: int
) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.sign_in(staff)
    tab.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map((shift) => shift.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    held: list[Route] = []
    tab.page.route("**/api/**", lambda route: held.append(route))
    tab.page.reload()
    expect(tab.page.locator("#order-rows .skeleton").first).to_be_visible()
    tab.page.evaluate(PAINTED)
    stood = tab.page.evaluate(PLACES)
    for route in held:
        route.continue_()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    expect(tab.page.locator("a[data-status=''] .tally")).not_to_be_empty()
    tab.page.evaluate(PAINTED)
    assert tab.page.evaluate("shifts") == []
    assert tab.page.evaluate(PLACES) == pytest.approx(stood, abs=0.5)


def test_the_list_begins_on_the_first_page_that_is_printed(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(tab.page.locator("#order-rows a")).to_have_count(50)
    words = words_on_pages(tab.page.pdf(format="A4"))
    assert len(words) > 1
    assert words[0] > words[-1] > 0


def words_on_pages(pdf: bytes) -> list[int]:
    """How often each page of a PDF file puts text on the paper, from the first page on."""
    objects = {int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S)}
    drawings = [
        int(match[1])
        for body in objects.values()
        if b"/Type /Page\n" in body and (match := re.search(rb"/Contents (\d+) 0 R", body))
    ]
    streams = [objects[number].partition(b"stream\n")[2] for number in sorted(drawings)]
    return [len(re.findall(rb"T[jJ]\n", zlib.decompressobj().decompress(stream))) for stream in streams]
