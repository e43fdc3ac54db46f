"""What others do while the list is open: new orders come by themselves, others change where they stand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.desk import Desk, Person

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


def watch(desk: Desk, person: Person, path: str = "/orders.html") -> None:
    """Open the list with the hand away from it, until it looks for new orders by itself."""
    desk.page.clock.install()
    desk.sign_in(person, path)
    expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    desk.page.mouse.move(1, 1)
    desk.settle()
    look(desk)


def look(desk: Desk, wait_ms: int = LOOK_MS) -> None:
    """Let time pass until the page has looked again."""
    with desk.page.expect_response(lambda answer: asks_for_orders(answer.request)):
        desk.page.clock.fast_forward(wait_ms)
    desk.settle()


def let_it_ask(desk: Desk) -> None:
    """Return when whatever the page has begun to ask by now would have been seen: after a round trip."""
    desk.page.evaluate("fetch('/signed-out.html', { method: 'HEAD' }).then(() => null)")


def first_row(desk: Desk) -> Locator:
    return desk.page.locator("#order-rows tr").first


def bar(desk: Desk) -> Locator:
    return desk.page.locator("#arrivals")


def moved(api: Api, order: Json, status: str) -> None:
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"status": status}).status == 200


def test_new_order_appears_on_top_and_is_marked_as_new(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    watch(desk, staff)
    customer["name"] = HOSTILE
    new = place_order()
    look(desk)
    expect(first_row(desk)).to_contain_text(new["orderID"][:8])
    expect(first_row(desk)).to_contain_text("New")
    expect(first_row(desk)).to_contain_text(HOSTILE)
    expect(desk.row(known)).not_to_contain_text("New")
    expect(bar(desk)).to_be_hidden()
    expect(desk.page.locator("#announcement")).to_have_text("1 new order")


def test_impossible_filter_does_not_slow_down_later_polling(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    watch(desk, staff, "/orders.html?from=2026-03-02&to=2026-03-01")
    for _ in range(3):
        look(desk)
    desk.page.get_by_role("link", name="Show all orders").click()
    desk.page.mouse.move(1, 1)
    expect(first_row(desk)).to_be_visible()
    new = place_order()
    look(desk)
    expect(first_row(desk)).to_contain_text(new["orderID"][:8])


def with_the_pointer(desk: Desk, order: Json) -> None:
    desk.row(order).hover()


def with_the_focus(desk: Desk, order: Json) -> None:
    desk.page.keyboard.press("j")
    expect(first_row(desk)).to_be_focused()


def with_a_selection(desk: Desk, order: Json) -> None:
    desk.row(order).get_by_role("checkbox").check()
    desk.page.mouse.move(1, 1)
    desk.page.evaluate("document.activeElement.blur()")
    expect(desk.page.get_by_text("1 order selected")).to_be_visible()


def with_marked_text(desk: Desk, order: Json) -> None:
    desk.row(order).evaluate("(row) => getSelection().selectAllChildren(row)")


def with_a_dialog(desk: Desk, order: Json) -> None:
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def further_down(desk: Desk, order: Json) -> None:
    desk.page.set_viewport_size({"width": 1280, "height": 300})
    desk.page.mouse.wheel(0, 10_000)
    expect(first_row(desk)).not_to_be_in_viewport()


Hand = Callable[[Desk, Json], None]
HANDS: list[Hand] = [
    with_the_pointer, with_the_focus, with_a_selection, with_marked_text, with_a_dialog, further_down,
]  # fmt: skip


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
def test_no_row_moves_while_a_person_uses_the_list(
    desk: Desk, staff: Person, place_order: PlaceOrder, hand: Hand
) -> None:
    known = place_order()
    watch(desk, staff)
    hand(desk, known)
    stood = desk.row(known).bounding_box()
    new = [place_order(), place_order()]
    look(desk)
    expect(desk.page.get_by_text("2 new orders", exact=True).first).to_be_visible()
    assert desk.row(known).bounding_box() == stood
    expect(desk.row(new[0])).to_have_count(0)
    expect(desk.page).to_have_title("(2) Orders · Order desk")


def test_show_button_in_the_bar_adds_the_new_orders(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    known = place_order()
    watch(desk, staff)
    desk.row(known).hover()
    new = place_order()
    look(desk)
    expect(bar(desk)).to_contain_text("1 new order")
    bar(desk).get_by_role("button", name="Show").click()
    expect(first_row(desk)).to_contain_text(new["orderID"][:8])
    expect(first_row(desk)).to_be_focused()
    expect(bar(desk)).to_be_hidden()
    expect(desk.page).to_have_title("Orders · Order desk")


def test_title_counts_new_orders_until_the_tab_is_visible(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    watch(desk, staff)
    desk.page.evaluate(HIDE, True)
    new = [place_order(), place_order()]
    look(desk, SLOW_LOOK_MS)
    expect(desk.row(new[0])).to_be_visible()
    expect(desk.page).to_have_title("(2) Orders · Order desk")
    desk.page.evaluate(HIDE, False)
    expect(desk.page).to_have_title("Orders · Order desk")


def test_status_change_by_others_updates_row_and_counts_in_place(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(desk, staff)
    counted = packed_count(desk)
    desk.row(orders[0]).hover()
    stood = desk.row(orders[0]).bounding_box()
    moved(admin_api, orders[0], "packed")
    look(desk)
    expect(desk.row(orders[0])).to_contain_text("Packed")
    assert desk.row(orders[0]).bounding_box() == stood
    for _ in range(20):  # the counts follow the stream, about a second behind
        look(desk)
        if packed_count(desk) != counted:
            break
        desk.page.wait_for_timeout(250)
    assert packed_count(desk) == counted + 1


def packed_count(desk: Desk) -> int:
    return int(desk.page.locator("a[data-status=packed] .tally").inner_text().replace(",", ""))


def test_row_of_moved_or_erased_order_shows_its_status(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order(), place_order()]
    watch(desk, staff, "/orders.html?status=placed")
    moved(admin_api, orders[1], "packed")
    assert admin_api.call("DELETE", f"/orders/{orders[2]['orderID']}").status == 204
    look(desk)
    expect(desk.row(orders[1])).to_contain_text("Packed")
    expect(desk.row(orders[2])).to_contain_text("Erased")
    expect(desk.row(orders[2]).get_by_role("checkbox")).to_be_disabled()
    expect(desk.row(orders[0])).to_contain_text("Placed")


def test_bulk_actions_follow_when_others_move_a_selected_order(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    orders = [place_order(), place_order()]
    watch(desk, staff)
    for order in orders:
        desk.row(order).get_by_role("checkbox").click()
    expect(desk.page.get_by_role("button", name="Mark as packed")).to_be_visible()
    moved(admin_api, orders[0], "packed")
    look(desk)
    desk.page.get_by_role("button", name="Move to next status").click()
    plan = desk.page.locator("#bulk-plan li")
    expect(plan).to_have_text(["1 placed → packed", "1 packed → shipped"])


def test_order_moved_into_the_filter_appears_at_its_place(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    orders = [place_order(), place_order(), place_order()]
    for order in (orders[0], orders[2]):
        moved(admin_api, order, "packed")
    watch(desk, staff, f"/orders.html?status=packed&customer={customer['email']}")
    moved(admin_api, orders[1], "packed")
    look(desk)
    numbers = [order["orderID"][:8] for order in reversed(orders)]
    expect(desk.page.locator("#order-rows code")).to_have_text(numbers)
    expect(desk.row(orders[1])).to_contain_text("Moved here")
    expect(desk.page).to_have_title("Orders · Order desk")


def test_other_sort_shows_new_orders_only_in_the_bar(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    known = place_order()
    watch(desk, staff, f"/orders.html?customer={customer['email']}&sort=oldest")
    expect(bar(desk)).to_be_hidden()
    new = place_order()
    look(desk)
    expect(bar(desk)).to_contain_text("1 new order")
    expect(desk.page.locator("#order-rows code")).to_have_text([known["orderID"][:8]])
    bar(desk).get_by_role("button", name="Show").click()
    expect(first_row(desk)).to_contain_text(new["orderID"][:8])
    expect(desk.page).to_have_url(re.compile(r"\?customer=[^&]+$"))


def test_later_page_shows_new_orders_only_in_the_bar(
    desk: Desk, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    watch(desk, staff)
    desk.page.get_by_role("link", name="Next page").click()
    expect(desk.page.get_by_role("link", name="Previous page")).to_be_visible()
    expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    desk.page.mouse.move(1, 1)
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.evaluate("scrollTo(0, 0)")
    look(desk)
    shown = desk.page.locator("#order-rows code").all_inner_texts()
    place_order()
    look(desk)
    expect(bar(desk)).to_contain_text("1 new order")
    expect(desk.page.locator("#order-rows code")).to_have_text(shown)


def test_empty_list_shows_a_new_order_by_itself(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    watch(desk, staff, f"/orders.html?customer={customer['email']}")
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    new = place_order()
    look(desk)
    expect(desk.row(new)).to_contain_text("New")


@pytest.fixture
def asked(desk: Desk) -> list[str]:
    """The requests for orders that the page has made so far."""
    found: list[str] = []
    desk.page.on("request", lambda request: found.append(request.url) if asks_for_orders(request) else None)
    return found


def test_polling_slows_down_after_errors_and_then_recovers(
    desk: Desk, staff: Person, place_order: PlaceOrder, asked: list[str]
) -> None:
    watch(desk, staff)
    desk.page.route("**/api/**", lambda route: route.fulfill(status=502, body="{}"))
    look(desk)
    so_far = len(asked)
    desk.page.clock.fast_forward(LOOK_MS)
    let_it_ask(desk)
    assert len(asked) == so_far
    desk.page.unroute("**/api/**")
    new = place_order()
    look(desk)
    expect(desk.row(new)).to_be_visible()


def test_hidden_tab_polls_for_new_orders_less_often(desk: Desk, staff: Person, asked: list[str]) -> None:
    watch(desk, staff)
    desk.page.evaluate(HIDE, True)
    so_far = len(asked)
    for _ in range(3):
        desk.page.clock.fast_forward(LOOK_MS)
    let_it_ask(desk)
    assert len(asked) == so_far
    look(desk, SLOW_LOOK_MS - 3 * LOOK_MS)


def test_ended_session_stops_polling_for_new_orders(desk: Desk, staff: Person) -> None:
    watch(desk, staff)
    desk.end_session()
    desk.page.clock.fast_forward(LOOK_MS)
    expect(desk.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url))
    for _ in range(5):
        desk.page.clock.fast_forward(SLOW_LOOK_MS)
        let_it_ask(desk)
    assert [url for url in sent if not url.endswith("/signed-out.html")] == []


def test_sound_for_new_orders_is_off_by_default_and_remembered(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    desk.page.add_init_script(COUNT_TONES)
    watch(desk, staff)
    switch = desk.page.get_by_role("button", name="Sound for new orders")
    expect(switch).to_have_attribute("aria-pressed", "false")
    place_order()
    look(desk)
    assert tones(desk) == 0
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    desk.page.wait_for_function("() => window.tones === 2")  # a sample of it
    place_order()
    look(desk)
    desk.page.wait_for_function("() => window.tones === 4")
    look(desk)
    assert tones(desk) == 4
    desk.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    desk.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")


def tones(desk: Desk) -> int:
    found: int = desk.page.evaluate("window.tones")
    return found
