"""The list in each of its states: accessible in light and dark, at any width, and steady while it loads."""

import re
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.looks import OVERLAPS, assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import open_list, status_link, wait_for, wait_for_poll
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

Scene = Callable[[Tab], None]
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Return the positions of the status links' texts, the search field, the column headers and three rows.
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
        tab.css("#order-rows input").nth(row).click()
    expect(tab.css("#bulk-bar")).to_contain_text("2 orders selected")


def plan_of_a_move(tab: Tab) -> None:
    selected(tab)
    tab.css("#move-selected").click()
    expect(tab.css("#bulk-plan li").first).to_be_visible()


def results_of_a_failed_move(tab: Tab) -> None:
    tab.answer("**/api/orders/*", status=503)
    plan_of_a_move(tab)
    tab.css("#bulk-start").click()
    expect(tab.css("#bulk-summary")).to_contain_text("2 failed")


def exporting(tab: Tab) -> None:
    tab.answer(READS, status=503, body="{}")
    tab.press("Export")
    tab.sees_button("Go on")


def naming_a_view(tab: Tab) -> None:
    tab.goto("/orders.html?status=cancelled")
    tab.press("Save view")
    expect(tab.dialog("Save this view").locator).to_be_visible()


def saved_views(tab: Tab) -> None:
    for status, name in (("cancelled", "Not needed"), ("rejected", HOSTILE[:40])):
        tab.goto(f"/orders.html?status={status}")
        tab.press("Save view")
        tab.find("textbox", "Name").fill(name)
        tab.find("textbox", "Name").press("Enter")
        expect(tab.link(name)).to_have_attribute("aria-current", "true")


def dates(tab: Tab) -> None:
    tab.goto("/orders.html?status=cancelled&from=2020-01-01&sort=oldest")
    expect(tab.field("To (inclusive)")).to_be_visible()
    tab.sees_orders()


def minutes(tab: Tab) -> None:
    tab.goto("/orders.html?status=cancelled&from=2020-01-01T09:30Z&to=2030-01-01T09:29Z")
    expect(tab.field("To (inclusive)")).to_be_visible()
    tab.sees_orders()


def nothing_found(tab: Tab) -> None:
    tab.goto("/orders.html?q=nobodyofthatname")
    tab.sees_heading("No order matches")


def a_search_without_a_word(tab: Tab) -> None:
    tab.goto("/orders.html?q=z")
    expect(tab.css("#orders")).to_contain_text("Type at least two letters")


def an_impossible_filter(tab: Tab) -> None:
    tab.goto("/orders.html?from=2026-03-02&to=2026-03-01")
    tab.sees("From must not be after To")


def a_mistake_in_the_address(tab: Tab) -> None:
    tab.goto("/orders.html?status=lost")
    tab.region("Orders").sees("The address of this list has a mistake")


def offered_customers(tab: Tab) -> None:
    tab.field("Customer").click()
    tab.field("Customer").clear()
    tab.type("maria")
    tab.sees("known customer")


def failed_move_by_key(tab: Tab) -> None:
    tab.answer("**/api/orders/*", status=503)
    tab.key("j", "e")
    expect(tab.css("#list-note")).to_be_visible()


# Scenes of a list with two orders, and scenes that open a list of their own. No list is longer than needed,
# because axe takes seconds for fifty rows. test_design.py checks the longest list.
OF_TWO_ORDERS: list[Scene] = [
    selected, plan_of_a_move, results_of_a_failed_move, exporting, failed_move_by_key, offered_customers,
]  # fmt: skip
OTHERS: list[Scene] = [
    naming_a_view, saved_views, dates, minutes, nothing_found, a_search_without_a_word, an_impossible_filter,
    a_mistake_in_the_address,
]  # fmt: skip


@pytest.mark.parametrize("scene", OTHERS, ids=lambda scene: scene.__name__)
def test_a_state_of_the_list_is_accessible_and_fits_any_width(tab: Tab, staff: Person, scene: Scene) -> None:
    tab.become(staff)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


@pytest.mark.parametrize("scene", OF_TWO_ORDERS, ids=lambda scene: scene.__name__)
def test_two_orders_in_use_are_accessible_and_fits_any_width(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, scene: Scene
) -> None:
    place_order()
    place_order()
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_orders(2)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


def test_new_and_erased_orders_are_accessible_and_fit_any_width(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    open_list(tab, staff)
    assert admin_api.call("DELETE", f"/orders/{orders[0]['orderID']}").status == 204
    orders.append(place_order())
    wait_for_poll(tab)
    expect(tab.row(orders[2])).to_contain_text("New")
    tab.row(orders[1]).hover()
    place_order()
    wait_for_poll(tab)
    expect(tab.row(orders[0])).to_contain_text("Erased")
    expect(tab.css("#arrivals")).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    for width in (320, 390, 768, 1280):
        tab.resize(width)
        assert tab.row(orders[2]).evaluate(OVERLAPS) == [], f"at {width} px"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_layout_does_not_shift_while_orders_and_counts_load(
    tab: Tab, staff: Person, regular: Json, width: int
) -> None:
    tab.resize(width)
    tab.become(staff)
    tab.page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map((shift) => shift.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    scripts = tab.hold("**/*.js")
    held = tab.hold("**/api/**")
    tab.open_without_waiting("/orders.html")
    tab.page.wait_for_function("document.readyState === 'interactive'")
    tab.evaluate(PAINTED)
    tab.evaluate("shifts.length = 0")  # a busy browser also paints a page of which it has read only a part
    before = tab.evaluate(PLACES)
    for route in scripts:
        route.continue_()
    tab.let_through("**/*.js")
    expect(tab.css("#account")).to_be_visible()
    tab.evaluate(PAINTED)
    for route in held:
        route.continue_()
    tab.let_through("**/api/**")  # a request may come after those that were held
    tab.sees_orders()
    expect(tab.css("a[data-status=''] .tally")).not_to_be_empty()
    tab.evaluate(PAINTED)
    assert tab.evaluate("shifts") == []
    assert tab.evaluate(PLACES) == pytest.approx(before, abs=0.5)


@pytest.mark.parametrize("status", ["placed", "delivered", "rejected"])
def test_a_phone_shows_which_status_is_chosen(tab: Tab, staff: Person, status: str) -> None:
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.sign_in(staff, f"/orders.html?status={status}")
    expect(status_link(tab, status.capitalize())).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_first_order_begins_within_300_pixels(tab: Tab, staff: Person) -> None:
    """Export and other tools are behind one button there."""
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.sign_in(staff, "/orders.html")
    tab.sees_orders()
    first = tab.css("#order-rows tr").first.bounding_box()
    assert first
    assert first["y"] <= 300
    expect(tab.css("#export")).to_be_hidden()
    tab.press("More tools")
    expect(tab.css("#export")).to_be_visible()


def test_the_list_uses_the_width_of_a_large_screen(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    """With columns for what a smaller screen shows on the order's page only."""
    customer |= {"company": "Harbour Hotel", "phone": "020 1"}
    order = place_order(notes="Back door")
    tab.page.set_viewport_size({"width": 1920, "height": 1080})
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_orders(1)
    texts = tab.row(order).get_by_role("cell").all_inner_texts()
    assert texts[2:6] == ["Maria Okafor", "Harbour Hotel", "020 1", order["submittedBy"]]
    expect(tab.row(order).get_by_title("Has notes")).to_be_visible()
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    expect(tab.row(order).get_by_role("cell")).to_have_count(6)
    before = tab.row(order).bounding_box()
    tab.press("Compact rows")
    tab.reload()
    tab.sees_orders(1)
    after = tab.row(order).bounding_box()
    assert before
    assert after
    assert after["height"] <= 36 < 50 <= before["height"]
    tab.page.set_viewport_size({"width": 1920, "height": 1080})
    table = tab.css("table.orders").bounding_box()
    assert table
    assert 1600 < table["width"] <= 1680


def test_the_printed_list_begins_on_the_first_page(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders(50)
    words = words_on_pages(tab.page.pdf(format="A4"))
    assert len(words) > 1
    assert words[0] > words[-1] > 0


def words_on_pages(pdf: bytes) -> list[int]:
    """The number of drawn texts on each page of a PDF file."""
    objects = {int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S)}
    drawings = [
        int(match[1])
        for body in objects.values()
        if b"/Type /Page\n" in body and (match := re.search(rb"/Contents (\d+) 0 R", body))
    ]
    streams = [objects[number].partition(b"stream\n")[2] for number in sorted(drawings)]
    return [len(re.findall(rb"T[jJ]\n", zlib.decompressobj().decompress(stream))) for stream in streams]


def test_a_phone_lays_out_only_the_rows_near_the_screen(tab: Tab, staff: Person, regular: Json) -> None:
    tab.resize(390)
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders(50)
    orders = tab.css("#order-rows th a")
    is_laid_out = "one => one.checkVisibility({ contentVisibilityAuto: true })"
    assert orders.first.evaluate(is_laid_out)
    assert not orders.last.evaluate(is_laid_out)
    orders.last.scroll_into_view_if_needed()
    wait_for(lambda: bool(orders.last.evaluate(is_laid_out)))
