"""What others do while the list is open: new orders come by themselves, others change where they stand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

LOOK_MS = 10_500  # a little more than there is between two looks
SLOW_LOOK_MS = 61_000

COUNT_TONES = """
    window.tones = 0;
    const Tone = OscillatorNode;
    window.OscillatorNode = class extends Tone { constructor(...given) { super(...given); window.tones++; } };
"""
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def asks_for_orders(request: Request) -> bool:
    return "/api/orders?" in request.url


def watch(tab: Tab, person: Person, path: str = "/orders.html") -> None:
    """Open the list with the hand away from it, until it looks for new orders by itself."""
    tab.page.clock.install()
    tab.sign_in(person, path)
    expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    tab.page.mouse.move(1, 1)
    tab.settle()
    look(tab)


def look(tab: Tab, wait_ms: int = LOOK_MS) -> None:
    """Let time pass until the page has looked again."""
    with tab.page.expect_response(lambda answer: asks_for_orders(answer.request)):
        tab.page.clock.fast_forward(wait_ms)
    tab.settle()


def let_it_ask(tab: Tab) -> None:
    """Return when whatever the page has begun to ask by now would have been seen: after a round trip."""
    tab.page.evaluate("fetch('/signed-out.html', { method: 'HEAD' }).then(() => null)")


def first_row(tab: Tab) -> Locator:
    return tab.page.locator("#order-rows tr").first


def bar(tab: Tab) -> Locator:
    return tab.page.locator("#arrivals")


def moved(api: Api, order: Json, status: str) -> None:
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"status": status}).status == 200


def test_new_order_appears_on_top_and_is_marked_as_new(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    watch(tab, staff)
    customer["name"] = HOSTILE
    new = place_order()
    look(tab)
    expect(first_row(tab)).to_contain_text(new["orderID"][:8])
    expect(first_row(tab)).to_contain_text("New")
    expect(first_row(tab)).to_contain_text(HOSTILE)
    expect(tab.row(known)).not_to_contain_text("New")
    expect(bar(tab)).to_be_hidden()
    expect(tab.page.locator("#announcement")).to_have_text("1 new order")


def test_impossible_filter_does_not_slow_down_later_polling(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    watch(tab, staff, "/orders.html?from=2026-03-02&to=2026-03-01")
    for _ in range(3):
        look(tab)
    tab.page.get_by_role("link", name="Show all orders").click()
    tab.page.mouse.move(1, 1)
    expect(first_row(tab)).to_be_visible()
    new = place_order()
    look(tab)
    expect(first_row(tab)).to_contain_text(new["orderID"][:8])


def with_the_pointer(tab: Tab, order: Json) -> None:
    tab.row(order).hover()


def with_the_focus(tab: Tab, order: Json) -> None:
    tab.page.keyboard.press("j")
    expect(first_row(tab)).to_be_focused()


def with_a_selection(tab: Tab, order: Json) -> None:
    tab.row(order).get_by_role("checkbox").check()
    tab.page.mouse.move(1, 1)
    tab.page.evaluate("document.activeElement.blur()")
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()


def with_marked_text(tab: Tab, order: Json) -> None:
    tab.row(order).evaluate("(row) => getSelection().selectAllChildren(row)")


def with_a_dialog(tab: Tab, order: Json) -> None:
    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def further_down(tab: Tab, order: Json) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 300})
    tab.page.mouse.wheel(0, 10_000)
    expect(first_row(tab)).not_to_be_in_viewport()


Hand = Callable[[Tab, Json], None]
HANDS: list[Hand] = [
    with_the_pointer, with_the_focus, with_a_selection, with_marked_text, with_a_dialog, further_down,
]  # fmt: skip


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
def test_no_row_moves_while_a_person_uses_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder, hand: Hand
) -> None:
    known = place_order()
    watch(tab, staff)
    hand(tab, known)
    stood = tab.row(known).bounding_box()
    new = [place_order(), place_order()]
    look(tab)
    expect(tab.page.get_by_text("2 new orders", exact=True).first).to_be_visible()
    assert tab.row(known).bounding_box() == stood
    expect(tab.row(new[0])).to_have_count(0)
    expect(tab.page).to_have_title("(2) Orders · Order desk")


def test_show_button_in_the_bar_adds_the_new_orders(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    known = place_order()
    watch(tab, staff)
    tab.row(known).hover()
    new = place_order()
    look(tab)
    expect(bar(tab)).to_contain_text("1 new order")
    bar(tab).get_by_role("button", name="Show").click()
    expect(first_row(tab)).to_contain_text(new["orderID"][:8])
    expect(first_row(tab)).to_be_focused()
    expect(bar(tab)).to_be_hidden()
    expect(tab.page).to_have_title("Orders · Order desk")


def test_title_counts_new_orders_until_the_tab_is_visible(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    watch(tab, staff)
    tab.page.evaluate(HIDE, True)
    new = [place_order(), place_order()]
    look(tab, SLOW_LOOK_MS)
    expect(tab.row(new[0])).to_be_visible()
    expect(tab.page).to_have_title("(2) Orders · Order desk")
    tab.page.evaluate(HIDE, False)
    expect(tab.page).to_have_title("Orders · Order desk")


def test_status_change_by_others_updates_row_and_counts_in_place(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(tab, staff)
    counted = packed_count(tab)
    tab.row(orders[0]).hover()
    stood = tab.row(orders[0]).bounding_box()
    moved(admin_api, orders[0], "packed")
    look(tab)
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert tab.row(orders[0]).bounding_box() == stood
    for _ in range(20):  # the counts follow the stream, about a second behind
        look(tab)
        if packed_count(tab) != counted:
            break
        tab.page.wait_for_timeout(250)
    assert packed_count(tab) == counted + 1


def packed_count(tab: Tab) -> int:
    return int(tab.page.locator("a[data-status=packed] .tally").inner_text().replace(",", ""))


def test_row_of_moved_or_erased_order_shows_its_status(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order(), place_order()]
    watch(tab, staff, "/orders.html?status=placed")
    moved(admin_api, orders[1], "packed")
    assert admin_api.call("DELETE", f"/orders/{orders[2]['orderID']}").status == 204
    look(tab)
    expect(tab.row(orders[1])).to_contain_text("Packed")
    expect(tab.row(orders[2])).to_contain_text("Erased")
    expect(tab.row(orders[2]).get_by_role("checkbox")).to_be_disabled()
    expect(tab.row(orders[0])).to_contain_text("Placed")


def test_bulk_actions_follow_when_others_move_a_selected_order(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(tab, staff)
    for order in orders:
        tab.row(order).get_by_role("checkbox").click()
    expect(tab.page.get_by_role("button", name="Mark as packed")).to_be_visible()
    moved(admin_api, orders[0], "packed")
    look(tab)
    tab.page.get_by_role("button", name="Move to next status").click()
    plan = tab.page.locator("#bulk-plan li")
    expect(plan).to_have_text(["1 placed → packed", "1 packed → shipped"])


def test_order_moved_into_the_filter_appears_at_its_place(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    orders = [place_order(), place_order(), place_order()]
    for order in (orders[0], orders[2]):
        moved(admin_api, order, "packed")
    watch(tab, staff, f"/orders.html?status=packed&customer={customer['email']}")
    moved(admin_api, orders[1], "packed")
    look(tab)
    numbers = [order["orderID"][:8] for order in reversed(orders)]
    expect(tab.page.locator("#order-rows code")).to_have_text(numbers)
    expect(tab.row(orders[1])).to_contain_text("Moved here")
    expect(tab.page).to_have_title("Orders · Order desk")


def test_other_sort_shows_new_orders_only_in_the_bar(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    watch(tab, staff, f"/orders.html?customer={customer['email']}&sort=oldest")
    expect(bar(tab)).to_be_hidden()
    new = place_order()
    look(tab)
    expect(bar(tab)).to_contain_text("1 new order")
    expect(tab.page.locator("#order-rows code")).to_have_text([known["orderID"][:8]])
    bar(tab).get_by_role("button", name="Show").click()
    expect(first_row(tab)).to_contain_text(new["orderID"][:8])
    expect(tab.page).to_have_url(re.compile(r"\?customer=[^&]+$"))


def test_later_page_shows_new_orders_only_in_the_bar(
    tab: Tab, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    watch(tab, staff)
    tab.page.get_by_role("link", name="Next page").click()
    expect(tab.page.get_by_role("link", name="Previous page")).to_be_visible()
    expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    tab.page.mouse.move(1, 1)
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.evaluate("scrollTo(0, 0)")
    look(tab)
    shown = tab.page.locator("#order-rows code").all_inner_texts()
    place_order()
    look(tab)
    expect(bar(tab)).to_contain_text("1 new order")
    expect(tab.page.locator("#order-rows code")).to_have_text(shown)


def test_empty_list_shows_a_new_order_by_itself(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    watch(tab, staff, f"/orders.html?customer={customer['email']}")
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    new = place_order()
    look(tab)
    expect(tab.row(new)).to_contain_text("New")


@pytest.fixture
def asked(tab: Tab) -> list[str]:
    """The requests for orders that the page has made so far."""
    found: list[str] = []
    tab.page.on("request", lambda request: found.append(request.url) if asks_for_orders(request) else None)
    return found


def test_polling_slows_down_after_errors_and_then_recovers(
    tab: Tab, staff: Person, place_order: PlaceOrder, asked: list[str]
) -> None:
    watch(tab, staff)
    tab.page.route("**/api/**", lambda route: route.fulfill(status=502, body="{}"))
    look(tab)
    so_far = len(asked)
    tab.page.clock.fast_forward(LOOK_MS)
    let_it_ask(tab)
    assert len(asked) == so_far
    tab.page.unroute("**/api/**")
    new = place_order()
    look(tab)
    expect(tab.row(new)).to_be_visible()


def test_hidden_tab_polls_for_new_orders_less_often(tab: Tab, staff: Person, asked: list[str]) -> None:
    watch(tab, staff)
    tab.page.evaluate(HIDE, True)
    so_far = len(asked)
    for _ in range(3):
        tab.page.clock.fast_forward(LOOK_MS)
    let_it_ask(tab)
    assert len(asked) == so_far
    look(tab, SLOW_LOOK_MS - 3 * LOOK_MS)


def test_ended_session_stops_polling_for_new_orders(tab: Tab, staff: Person) -> None:
    watch(tab, staff)
    tab.end_session()
    tab.page.clock.fast_forward(LOOK_MS)
    expect(tab.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    sent: list[str] = []
    tab.page.on("request", lambda request: sent.append(request.url))
    for _ in range(5):
        tab.page.clock.fast_forward(SLOW_LOOK_MS)
        let_it_ask(tab)
    assert [url for url in sent if not url.endswith("/signed-out.html")] == []


def test_sound_for_new_orders_is_off_by_default_and_remembered(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    tab.page.add_init_script(COUNT_TONES)
    watch(tab, staff)
    switch = tab.page.get_by_role("button", name="Sound for new orders")
    expect(switch).to_have_attribute("aria-pressed", "false")
    place_order()
    look(tab)
    assert tones(tab) == 0
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    tab.page.wait_for_function("() => window.tones === 2")  # a sample of it
    place_order()
    look(tab)
    tab.page.wait_for_function("() => window.tones === 4")
    look(tab)
    assert tones(tab) == 4
    tab.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    tab.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")


def tones(tab: Tab) -> int:
    found: int = tab.page.evaluate("window.tones")
    return found
