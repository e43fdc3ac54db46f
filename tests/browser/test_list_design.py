"""The list in each of its states: accessible in light and dark, at any width, without a jump as it loads."""

import re
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.desk import Desk, Person
from tests.browser.test_design import OVERLAPS, assert_accessible, assert_nothing_sticks_out
from tests.browser.test_new_orders import look, watch

pytestmark = pytest.mark.browser

Scene = Callable[[Desk], None]
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


def selected(desk: Desk) -> None:
    for row in range(2):
        desk.page.locator("#order-rows input").nth(row).click()
    expect(desk.page.locator("#bulk-bar")).to_contain_text("2 orders selected")


def the_plan(desk: Desk) -> None:
    selected(desk)
    desk.page.locator("#move-selected").click()
    expect(desk.page.locator("#bulk-plan li").first).to_be_visible()


def the_results(desk: Desk) -> None:
    desk.page.route("**/api/orders/*", lambda route: route.fulfill(status=503))
    the_plan(desk)
    desk.page.locator("#bulk-start").click()
    expect(desk.page.locator("#bulk-summary")).to_contain_text("2 failed")


def exporting(desk: Desk) -> None:
    desk.page.route(READS, lambda route: route.fulfill(status=503, body="{}"))
    desk.page.get_by_role("button", name="Export", exact=True).click()
    expect(desk.page.get_by_role("button", name="Go on")).to_be_visible()


def naming_a_view(desk: Desk) -> None:
    desk.goto("/orders.html?status=placed")
    desk.page.get_by_role("button", name="Save view").click()
    expect(desk.page.get_by_role("dialog", name="Save this view")).to_be_visible()


def saved_views(desk: Desk) -> None:
    for status, name in (("placed", "To pack"), ("packed", HOSTILE[:40])):
        desk.goto(f"/orders.html?status={status}")
        desk.page.get_by_role("button", name="Save view").click()
        desk.page.get_by_role("textbox", name="Name").fill(name)
        desk.page.get_by_role("textbox", name="Name").press("Enter")
        expect(desk.page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def dates(desk: Desk) -> None:
    desk.goto("/orders.html?from=2020-01-01&sort=oldest")
    expect(desk.page.get_by_label("To, that day included")).to_be_visible()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()


def nothing_found(desk: Desk) -> None:
    desk.goto("/orders.html?q=nobodyofthatname")
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()


def nothing_to_search_for(desk: Desk) -> None:
    desk.goto("/orders.html?q=z")
    expect(desk.page.locator("#orders")).to_contain_text("Type at least two letters")


def a_filter_that_cannot_be(desk: Desk) -> None:
    desk.goto("/orders.html?from=2026-03-02&to=2026-03-01")
    expect(desk.page.get_by_text("From must not be after To")).to_be_visible()


def moved_by_key(desk: Desk) -> None:
    desk.page.route("**/api/orders/*", lambda route: route.fulfill(status=503))
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("e")
    expect(desk.page.locator("#list-note")).to_be_visible()


SCENES: list[Scene] = [
    selected, the_plan, the_results, exporting, naming_a_view, saved_views, dates, nothing_found,
    nothing_to_search_for, a_filter_that_cannot_be, moved_by_key,
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_the_list_passes_axe_in_light_and_dark_and_fits_from_320_px_to_4k(
    desk: Desk, staff: Person, place_order: PlaceOrder, scene: Scene
) -> None:
    for _ in range(2):
        place_order()
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").nth(1)).to_be_visible()
    scene(desk)
    assert_accessible(desk)
    assert_nothing_sticks_out(desk)


def test_what_came_in_meanwhile_passes_axe_and_fits(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(desk, staff)
    assert admin_api.call("DELETE", f"/orders/{orders[0]['orderID']}").status == 204
    orders.append(place_order())
    look(desk)
    expect(desk.row(orders[2])).to_contain_text("New")
    desk.row(orders[1]).hover()
    place_order()
    look(desk)
    expect(desk.row(orders[0])).to_contain_text("Erased")
    expect(desk.page.locator("#arrivals")).to_be_visible()
    assert_accessible(desk)
    assert_nothing_sticks_out(desk)
    for width in (320, 390, 768, 1280):
        desk.page.set_viewport_size({"width": width, "height": 800})
        assert desk.row(orders[2]).evaluate(OVERLAPS) == [], f"at {width} px"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_jumps_while_orders_and_counts_come(
    desk: Desk, staff: Person, regular: Json, width: int
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 800})
    desk.sign_in(staff)
    desk.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map((shift) => shift.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    held: list[Route] = []
    desk.page.route("**/api/**", lambda route: held.append(route))
    desk.page.reload()
    expect(desk.page.locator("#order-rows .skeleton").first).to_be_visible()
    desk.page.evaluate(PAINTED)
    stood = desk.page.evaluate(PLACES)
    for route in held:
        route.continue_()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    expect(desk.page.locator("a[data-status=''] .tally")).not_to_be_empty()
    desk.page.evaluate(PAINTED)
    assert desk.page.evaluate("shifts") == []
    assert desk.page.evaluate(PLACES) == pytest.approx(stood, abs=0.5)


def test_the_list_begins_on_the_first_page_that_is_printed(desk: Desk, staff: Person, regular: Json) -> None:
    desk.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(desk.page.locator("#order-rows a")).to_have_count(50)
    words = words_on_pages(desk.page.pdf(format="A4"))
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
