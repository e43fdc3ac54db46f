"""The open list updates itself: other people's new orders appear, and their changes show in the rows."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.orders import (
    POLL_MS,
    label_elsewhere,
    move_elsewhere,
    move_mouse_away,
    open_list,
    wait_for_poll,
)
from tests.browser.tab import Person, Tab, number_of
from tests.browser.words import Part

pytestmark = pytest.mark.browser

SLOW_POLL_MS = 61_000  # a little more than the interval between two polls of a hidden tab

COUNT_TONES = """
    window.tones = 0;
    const Tone = OscillatorNode;
    window.OscillatorNode = class extends Tone { constructor(...given) { super(...given); window.tones++; } };
"""


def wait_for_requests(tab: Tab) -> None:
    """Send one request and wait for its response. The test has then seen every earlier request."""
    tab.evaluate("fetch('/signed-out.html', { method: 'HEAD' }).then(() => null)")


def first_row(tab: Tab) -> Locator:
    return tab.css("#order-rows tr").first


def bar(tab: Tab) -> Part:
    """The bar above the list that counts new orders and has a button to show them."""
    return tab.inside("#arrivals")


def test_new_order_appears_on_top_and_is_marked_as_new(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    open_list(tab, staff)
    customer["name"] = HOSTILE
    new = place_order()
    wait_for_poll(tab)
    expect(first_row(tab)).to_contain_text(number_of(new))
    expect(first_row(tab)).to_contain_text("New")
    expect(first_row(tab)).to_contain_text(HOSTILE)
    expect(tab.row(known)).not_to_contain_text("New")
    expect(bar(tab).locator).to_be_hidden()
    expect(tab.css("#announcement")).to_have_text("1 new order")


@pytest.fixture
def burst(tab: Tab, known: Json) -> Callable[[], None]:
    """From the call on, the API has a page of new orders, and more between them and the known one."""
    fields = {**known, "createdAt": "2100-01-01T00:00:00.000Z", "version": 1}
    orders = [{**fields, "orderID": f"burst-{number}", "number": 9000 + number} for number in range(50)]

    def arrive() -> None:
        tab.answer("**/api/orders?*", json={"orders": orders, "nextCursor": "more"})

    return arrive


@pytest.fixture
def known(place_order: PlaceOrder) -> Json:
    """An order that the list has before others come."""
    return place_order()


def test_more_new_orders_than_a_page_has_leave_no_gap_above_older_rows(
    tab: Tab, staff: Person, burst: Callable[[], None]
) -> None:
    open_list(tab, staff)
    burst()
    wait_for_poll(tab)
    expect(tab.css("#order-rows tr")).to_have_count(50)
    expect(tab.css("#order-rows .mark")).to_have_count(50)
    expect(tab.css("#sums")).to_contain_text("50 of")


def test_the_bar_says_that_there_may_be_more_new_orders(
    tab: Tab, staff: Person, known: Json, burst: Callable[[], None]
) -> None:
    open_list(tab, staff)
    with_a_selection(tab, known)
    burst()
    wait_for_poll(tab)
    bar(tab).sees("At least 50 new orders")
    bar(tab).press("Show")
    expect(tab.css("#order-rows tr")).to_have_count(50)
    tab.sees("1 order selected, 0 of them on this page")


def test_impossible_filter_does_not_slow_down_later_polling(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    open_list(tab, staff, "/orders.html?from=2026-03-02&to=2026-03-01")
    for _ in range(3):
        wait_for_poll(tab)
    tab.follow("Show all orders")
    move_mouse_away(tab)
    expect(first_row(tab)).to_be_visible()
    new = place_order()
    wait_for_poll(tab)
    expect(first_row(tab)).to_contain_text(number_of(new))


def with_the_pointer(tab: Tab, order: Json) -> None:
    tab.row(order).hover()


def with_the_focus(tab: Tab, order: Json) -> None:
    tab.key("j")
    expect(first_row(tab)).to_be_focused()


def with_a_selection(tab: Tab, order: Json) -> None:
    tab.row(order).get_by_role("checkbox").check()
    move_mouse_away(tab)
    tab.evaluate("document.activeElement.blur()")
    tab.sees("1 order selected")


def with_marked_text(tab: Tab, order: Json) -> None:
    tab.row(order).evaluate("(row) => getSelection().selectAllChildren(row)")


def with_a_dialog(tab: Tab, order: Json) -> None:
    tab.key("?")
    tab.sees_dialog("Keyboard")


def with_a_scrolled_list(tab: Tab, order: Json) -> None:
    tab.resize(1280, 300)
    tab.page.mouse.wheel(0, 10_000)
    expect(first_row(tab)).not_to_be_in_viewport()


Use = Callable[[Tab, Json], None]
USES: list[Use] = [
    with_the_pointer, with_the_focus, with_a_selection, with_marked_text, with_a_dialog, with_a_scrolled_list,
]  # fmt: skip


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_no_row_moves_while_a_person_uses_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder, use: Use
) -> None:
    known = place_order()
    open_list(tab, staff)
    use(tab, known)
    before = tab.row(known).bounding_box()
    new = [place_order(), place_order()]
    wait_for_poll(tab)
    expect(tab.text("2 new orders", exact=True).first).to_be_visible()
    assert tab.row(known).bounding_box() == before
    expect(tab.row(new[0])).to_have_count(0)
    tab.sees_title("(2) Orders · Order desk")


def test_show_button_in_the_bar_adds_the_new_orders(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    known = place_order()
    open_list(tab, staff)
    tab.row(known).hover()
    new = place_order()
    wait_for_poll(tab)
    bar(tab).says("1 new order")
    bar(tab).press("Show")
    expect(first_row(tab)).to_contain_text(number_of(new))
    expect(first_row(tab)).to_be_focused()
    expect(bar(tab).locator).to_be_hidden()
    tab.sees_title("Orders · Order desk")


def test_title_counts_new_orders_until_the_tab_is_visible(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    open_list(tab, staff)
    tab.set_hidden(True)
    new = [place_order(), place_order()]
    wait_for_poll(tab, SLOW_POLL_MS)
    tab.sees_order(new[0])
    tab.sees_title("(2) Orders · Order desk")
    tab.set_hidden(False)
    tab.sees_title("Orders · Order desk")


def test_status_change_by_others_updates_row_and_counts_in_place(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    open_list(tab, staff)
    count = packed_count(tab)
    tab.row(orders[0]).hover()
    before = tab.row(orders[0]).bounding_box()
    move_elsewhere(admin_api, orders[0], "packed")
    wait_for_poll(tab)
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert tab.row(orders[0]).bounding_box() == before
    for _ in range(20):  # the counts change about a second later
        wait_for_poll(tab)
        if packed_count(tab) != count:
            break
        tab.wait(250)
    assert packed_count(tab) == count + 1


def packed_count(tab: Tab) -> int:
    return int(tab.css("a[data-status=packed] .tally").inner_text().replace(",", ""))


def test_row_of_moved_or_erased_order_shows_its_status(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order(), place_order()]
    open_list(tab, staff, "/orders.html?status=placed")
    move_elsewhere(admin_api, orders[1], "packed")
    assert admin_api.call("DELETE", f"/orders/{orders[2]['orderID']}").status == 204
    wait_for_poll(tab)
    expect(tab.row(orders[1])).to_contain_text("Packed")
    expect(tab.row(orders[2])).to_contain_text("Erased")
    expect(tab.row(orders[2]).get_by_role("checkbox")).to_be_disabled()
    expect(tab.row(orders[0])).to_contain_text("Placed")


def test_bulk_actions_change_when_others_move_a_selected_order(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    open_list(tab, staff)
    for order in orders:
        tab.row(order).get_by_role("checkbox").click()
    tab.sees_button("Mark as packed")
    move_elsewhere(admin_api, orders[0], "packed")
    wait_for_poll(tab)
    tab.press("Move to next status")
    plan = tab.css("#bulk-plan li")
    expect(plan).to_have_text(["1 placed → packed", "1 packed → shipped"])


def test_order_that_starts_to_match_the_filter_appears_at_its_place(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    orders = [place_order(), place_order(), place_order()]
    for order in (orders[0], orders[2]):
        move_elsewhere(admin_api, order, "packed")
    open_list(tab, staff, f"/orders.html?status=packed&customer={customer['email']}")
    move_elsewhere(admin_api, orders[1], "packed")
    wait_for_poll(tab)
    numbers = [number_of(order) for order in reversed(orders)]
    expect(tab.css("#order-rows code")).to_have_text(numbers)
    expect(tab.row(orders[1])).to_contain_text("Moved here")
    tab.sees_title("Orders · Order desk")


def test_order_that_gets_the_label_of_the_list_is_no_new_order(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    name = f"Eve{uuid.uuid4().hex[:8]}"
    orders = [place_order(), place_order()]
    label_elsewhere(admin_api, orders[0], {"assignee": name})
    open_list(tab, staff, f"/orders.html?label={name}")
    label_elsewhere(admin_api, orders[1], {"assignee": name})
    wait_for_poll(tab)
    expect(tab.css("#order-rows code")).to_have_text([number_of(order) for order in reversed(orders)])
    expect(tab.row(orders[1])).to_contain_text("Moved here")
    tab.sees_title("Orders · Order desk")


def test_list_sorted_otherwise_shows_new_orders_only_in_the_bar(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    open_list(tab, staff, f"/orders.html?customer={customer['email']}&sort=oldest")
    expect(bar(tab).locator).to_be_hidden()
    new = place_order()
    wait_for_poll(tab)
    bar(tab).says("1 new order")
    expect(tab.css("#order-rows code")).to_have_text([number_of(known)])
    bar(tab).press("Show")
    expect(first_row(tab)).to_contain_text(number_of(new))
    tab.arrives_at(re.compile(r"\?customer=[^&]+$"))


def test_later_page_shows_new_orders_only_in_the_bar(
    tab: Tab, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    open_list(tab, staff)
    tab.follow("Next page")
    tab.sees_link("Previous page")
    expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
    move_mouse_away(tab)
    tab.evaluate("document.activeElement.blur()")
    tab.evaluate("scrollTo(0, 0)")
    wait_for_poll(tab)
    shown = tab.css("#order-rows code").all_inner_texts()
    place_order()
    wait_for_poll(tab)
    bar(tab).says("1 new order")
    expect(tab.css("#order-rows code")).to_have_text(shown)


def test_empty_list_shows_a_new_order_without_a_reload(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    open_list(tab, staff, f"/orders.html?customer={customer['email']}")
    tab.sees_heading("No order matches")
    new = place_order()
    wait_for_poll(tab)
    expect(tab.row(new)).to_contain_text("New")


@pytest.fixture
def polls(tab: Tab) -> list[str]:
    """A list that collects the URLs of the page's requests for orders."""
    return tab.requests("/api/orders?")


def test_polling_slows_down_after_errors_and_then_recovers(
    tab: Tab, staff: Person, place_order: PlaceOrder, polls: list[str]
) -> None:
    open_list(tab, staff)
    tab.answer("**/api/**", status=502, body="{}")
    wait_for_poll(tab)
    so_far = len(polls)
    tab.advance(POLL_MS)
    wait_for_requests(tab)
    assert len(polls) == so_far
    tab.let_through("**/api/**")
    new = place_order()
    wait_for_poll(tab)
    tab.sees_order(new)


def test_hidden_tab_polls_for_new_orders_less_often(tab: Tab, staff: Person, polls: list[str]) -> None:
    open_list(tab, staff)
    tab.set_hidden(True)
    so_far = len(polls)
    for _ in range(3):
        tab.advance(POLL_MS)
    wait_for_requests(tab)
    assert len(polls) == so_far
    wait_for_poll(tab, SLOW_POLL_MS - 3 * POLL_MS)


def test_ended_session_stops_polling_for_new_orders(tab: Tab, staff: Person) -> None:
    open_list(tab, staff)
    tab.end_session()
    tab.advance(POLL_MS)
    tab.sees_dialog("Your session has ended")
    sent = tab.requests()
    for _ in range(5):
        tab.advance(SLOW_POLL_MS)
        wait_for_requests(tab)
    assert [url for url in sent if not url.endswith("/signed-out.html")] == []


def test_sound_for_new_orders_is_off_by_default_and_remembered(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    tab.page.add_init_script(COUNT_TONES)
    open_list(tab, staff)
    switch = tab.button("Sound for new orders")
    expect(switch).to_have_attribute("aria-pressed", "false")
    place_order()
    wait_for_poll(tab)
    assert tones(tab) == 0
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    tab.page.wait_for_function("() => window.tones === 2")  # a sample of the sound
    place_order()
    wait_for_poll(tab)
    tab.page.wait_for_function("() => window.tones === 4")
    wait_for_poll(tab)
    assert tones(tab) == 4
    tab.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    tab.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")


def tones(tab: Tab) -> int:
    found: int = tab.evaluate("window.tones")
    return found
