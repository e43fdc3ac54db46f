"""Many orders at once: how they are selected, moved on together, and what is said of each."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.tab import Person, Tab
from tests.browser.test_one_order import edit_elsewhere

pytestmark = pytest.mark.browser

Select = Callable[[list[Json]], None]


@pytest.fixture
def orders(place_order: PlaceOrder) -> list[Json]:
    """Six placed orders of this test's customer, newest first."""
    return [place_order() for _ in range(6)][::-1]


@pytest.fixture
def select(tab: Tab, staff: Person, customer: Json) -> Select:
    """Open the customer's orders and tick some."""

    def tick(chosen: list[Json]) -> None:
        tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
        for order in chosen:
            box(tab, order).click()
            expect(box(tab, order)).to_be_checked()

    return tick


def box(tab: Tab, order: Json) -> Locator:
    return tab.row(order).get_by_role("checkbox")


def dialog(tab: Tab) -> Locator:
    return tab.page.locator("#bulk-dialog")


def result(tab: Tab, order: Json) -> Locator:
    """What is said of one order at the end."""
    return dialog(tab).get_by_role("listitem").filter(has_text=order["orderID"][:8]).locator(".outcome")


def start(tab: Tab, count: int) -> None:
    tab.page.get_by_role("button", name=re.compile("Mark as|Move to next")).click()
    dialog(tab).get_by_role("button", name=f"Move {count} order").click()


def statuses(api: Api, orders: list[Json]) -> list[str]:
    return [api.call("GET", f"/orders/{order['orderID']}").document["status"] for order in orders]


def moved(api: Api, order: Json, *steps: str) -> None:
    for status in steps:
        assert api.call("PATCH", f"/orders/{order['orderID']}", {"status": status}).status == 200


def patched(tab: Tab) -> list[str]:
    """The order IDs of the changes that the page sends from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(request.url.rpartition("/")[2])

    tab.page.on("request", note)
    return sent


# Selecting.


def test_shift_selects_from_here_to_there(tab: Tab, orders: list[Json], select: Select) -> None:
    select([orders[1]])
    box(tab, orders[4]).click(modifiers=["Shift"])
    expect(tab.page.get_by_text("4 orders selected")).to_be_visible()
    ticked = [box(tab, order).is_checked() for order in orders]
    assert ticked == [False, True, True, True, True, False]
    box(tab, orders[2]).click(modifiers=["Shift"])
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()


def test_shift_selects_anywhere_in_the_cell_of_a_box(tab: Tab, orders: list[Json], select: Select) -> None:
    select([])
    tab.row(orders[1]).locator("label").click(position={"x": 3, "y": 3})
    tab.row(orders[4]).locator("label").click(position={"x": 3, "y": 3}, modifiers=["Shift"])
    expect(tab.page.get_by_text("4 orders selected")).to_be_visible()
    assert tab.page.evaluate("getSelection().isCollapsed")


def test_the_box_of_the_page_selects_all_of_it_and_shows_when_it_is_some(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    select([orders[0]])
    whole = tab.page.get_by_role("checkbox", name="Select all on this page")
    expect(whole).to_have_js_property("indeterminate", True)
    whole.click()
    expect(tab.page.get_by_text("6 orders selected")).to_be_visible()
    whole.click()
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()
    assert not any(box(tab, order).is_checked() for order in orders)


def test_clearing_the_selection_leaves_none(tab: Tab, orders: list[Json], select: Select) -> None:
    select(orders[:2])
    tab.page.get_by_role("button", name="Clear selection").click()
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()
    assert not any(box(tab, order).is_checked() for order in orders)


def test_another_view_begins_with_nothing_selected(tab: Tab, orders: list[Json], select: Select) -> None:
    select(orders[:2])
    tab.page.get_by_role("link", name=re.compile("^Placed")).click()
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()


def test_on_a_phone_the_bar_stays_at_the_bottom_of_the_screen(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    for width in (320, 390):
        tab.page.set_viewport_size({"width": width, "height": 560})
        select([orders[0]])
        expect(tab.page.locator("#bulk-bar")).to_be_visible()
        edge = tab.page.locator("#bulk-bar").bounding_box()
        assert edge is not None
        assert edge["y"] + edge["height"] == 560
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        tab.page.get_by_role("button", name="Sign out").click()
        expect(tab.page.get_by_role("heading", name="You are signed out")).to_be_visible()


# Moving.


def test_selected_orders_move_to_their_next_status_with_a_result_for_each(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    select(orders[:3])
    start(tab, 3)
    for order in orders[:3]:
        expect(result(tab, order)).to_have_text("Moved to packed")
    expect(dialog(tab).get_by_role("progressbar")).to_have_js_property("value", 3)
    expect(dialog(tab).get_by_text("3 of 3: 3 moved")).to_be_visible()
    dialog(tab).get_by_role("button", name="Close").click()
    for order in orders[:3]:
        expect(tab.row(order)).to_contain_text("Packed")
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()
    expect(tab.row(orders[0])).to_be_focused()
    assert statuses(admin_api, orders) == ["packed"] * 3 + ["placed"] * 3


def test_what_will_happen_is_said_before_it_does(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    moved(admin_api, orders[0], "packed")
    moved(admin_api, orders[1], "cancelled")
    select(orders[:3])
    tab.page.get_by_role("button", name="Move to next status").click()
    plan = dialog(tab).get_by_role("listitem")
    expect(plan).to_have_text(
        ["1 packed → shipped", "1 cancelled – no next status, will stay", "1 placed → packed"]
    )
    dialog(tab).get_by_role("button", name="Cancel").click()
    assert statuses(admin_api, orders[:3]) == ["packed", "cancelled", "placed"]


def test_an_order_that_somebody_else_moved_first_is_left_alone_and_said(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, admin: Person
) -> None:
    select(orders[:3])
    moved(admin_api, orders[1], "packed")
    start(tab, 3)
    expect(result(tab, orders[1])).to_have_text(f"Not moved: changed by {admin.email}, Packed now")
    expect(dialog(tab).get_by_text("3 of 3: 2 moved, 1 changed by someone else")).to_be_visible()
    dialog(tab).get_by_role("button", name="Close").click()
    expect(tab.row(orders[1])).to_contain_text("Packed")
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3


def test_an_order_that_somebody_else_edited_first_is_not_moved(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, admin: Person
) -> None:
    select(orders[:2])
    edit_elsewhere(admin_api, orders[0], notes="Side door")
    start(tab, 2)
    expect(result(tab, orders[0])).to_have_text(f"Not moved: changed by {admin.email}, Placed now")
    assert statuses(admin_api, orders[:2]) == ["placed", "packed"]


def test_orders_that_are_final_or_gone_are_said_to_be(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    moved(admin_api, orders[0], "cancelled")
    select(orders[:3])
    assert admin_api.call("DELETE", f"/orders/{orders[1]['orderID']}").status == 204
    start(tab, 2)
    expect(result(tab, orders[0])).to_have_text("Not possible: cancelled has no next status")
    expect(result(tab, orders[1])).to_have_text("Erased by someone else")
    expect(result(tab, orders[2])).to_have_text("Moved to packed")


def test_only_what_failed_is_tried_again(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    fail_at = f"**/api/orders/{orders[1]['orderID']}"
    error = {"error": {"code": "internal_error", "message": "Try later"}}
    tab.page.route(fail_at, lambda route: route.fulfill(status=502, body=json.dumps(error)))
    select(orders[:3])
    start(tab, 3)
    expect(result(tab, orders[1])).to_have_text("Failed: Try later")
    expect(dialog(tab).get_by_text("3 of 3: 2 moved, 1 failed")).to_be_visible()
    tab.page.unroute(fail_at)
    sent = patched(tab)
    dialog(tab).get_by_role("button", name="Try 1 order again").click()
    expect(result(tab, orders[1])).to_have_text("Moved to packed")
    assert sent == [orders[1]["orderID"]]
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3


def test_what_failed_stays_selected(tab: Tab, orders: list[Json], select: Select) -> None:
    tab.page.route(f"**/api/orders/{orders[1]['orderID']}", lambda route: route.fulfill(status=503))
    select(orders[:3])
    start(tab, 3)
    dialog(tab).get_by_role("button", name="Close").click()
    assert [box(tab, order).is_checked() for order in orders[:3]] == [False, True, False]
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()


def test_a_move_whose_answer_was_lost_is_found_to_be_done_when_it_is_tried_again(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    path = f"**/api/orders/{orders[0]['orderID']}"
    tab.lose_answers(path)
    select(orders[:1])
    start(tab, 1)
    expect(result(tab, orders[0])).to_contain_text("The server cannot be reached")
    tab.page.unroute(path)
    dialog(tab).get_by_role("button", name="Try 1 order again").click()
    expect(result(tab, orders[0])).to_have_text("Moved to packed")
    assert statuses(admin_api, orders[:1]) == ["packed"]


@pytest.fixture
def held(tab: Tab) -> list[Route]:
    """Changes that were sent and do not arrive until they are let go."""
    held: list[Route] = []
    tab.page.route(
        "**/api/orders/*",
        lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
    )
    return held


def test_stopping_leaves_the_rest_unmoved_and_says_so(
    tab: Tab, orders: list[Json], select: Select, held: list[Route], admin_api: Api
) -> None:
    select(orders)
    start(tab, 6)
    expect(dialog(tab).get_by_text("0 of 6")).to_be_visible()
    tab.page.wait_for_function("() => document.querySelectorAll('[data-outcome=moving]').length === 4")
    dialog(tab).get_by_role("button", name="Stop").click()
    for route in held:
        route.continue_()
    expect(dialog(tab).get_by_text("6 of 6: 4 moved, 2 not moved")).to_be_visible()
    tab.page.unroute("**/api/orders/*")
    assert sorted(statuses(admin_api, orders)) == ["packed"] * 4 + ["placed"] * 2
    dialog(tab).get_by_role("button", name="Try 2 orders again").click()
    expect(dialog(tab).get_by_text("6 of 6: 6 moved")).to_be_visible()


def test_leaving_while_orders_move_is_warned_of_and_escape_does_not_hide_it(
    tab: Tab, orders: list[Json], select: Select, held: list[Route]
) -> None:
    select(orders[:2])
    start(tab, 2)
    expect(dialog(tab).get_by_text("0 of 2")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(dialog(tab)).to_be_visible()
    with tab.page.expect_event("dialog") as warning:
        tab.page.once("dialog", lambda asked: asked.dismiss())
        tab.page.evaluate("setTimeout(() => location.reload())")
    assert warning.value.type == "beforeunload"
    for route in held:
        route.continue_()
    expect(dialog(tab).get_by_text("2 of 2: 2 moved")).to_be_visible()


@pytest.mark.parametrize("browser", ["new", "old"])
def test_escape_again_and_again_hides_neither_the_move_nor_its_results(
    tab: Tab, orders: list[Json], select: Select, held: list[Route], browser: str
) -> None:
    if browser == "old":
        tab.page.add_init_script("delete HTMLDialogElement.prototype.closedBy")
    select(orders[:2])
    start(tab, 2)
    expect(dialog(tab).get_by_text("0 of 2")).to_be_visible()
    for _ in range(4):
        tab.page.keyboard.press("Escape")
    expect(dialog(tab)).to_be_visible()
    for route in held:
        route.continue_()
    expect(dialog(tab).get_by_text("2 of 2: 2 moved")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(dialog(tab)).to_be_hidden()
    expect(tab.row(orders[0])).to_be_focused()


def test_a_session_that_ends_in_the_middle_leaves_the_rest_to_be_tried_after_the_sign_in(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, staff: Person
) -> None:
    select(orders[:3])
    tab.page.get_by_role("button", name="Mark as packed").click()
    tab.end_session()
    dialog(tab).get_by_role("button", name="Move 3 orders").click()
    tab.sign_in_again(staff)
    for order in orders[:3]:
        expect(result(tab, order)).to_have_text("Not moved: the session ended")
    dialog(tab).get_by_role("button", name="Try 3 orders again").click()
    expect(dialog(tab).get_by_text("3 of 3: 3 moved")).to_be_visible()
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3


def test_markup_in_a_name_is_text_in_the_results(
    tab: Tab, place_order: PlaceOrder, customer: Json, select: Select
) -> None:
    customer["name"] = HOSTILE
    order = place_order()
    select([order])
    start(tab, 1)
    expect(dialog(tab).get_by_role("listitem")).to_contain_text(HOSTILE)
    assert tab.page.locator("img").count() == 0
