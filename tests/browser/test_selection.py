"""Several orders at once: selecting them, moving them together, and the result of each."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided, orders_of, placed, sent
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import edit_elsewhere, move_elsewhere, status_link, wait_for
from tests.browser.tab import Person, Tab, number_of
from tests.browser.words import Part

pytestmark = pytest.mark.browser

# The selected orders that the tab keeps for a reload, as JSON, or null.
KEPT = "Object.entries(sessionStorage).find(([key]) => key.includes(':selection:'))?.[1] ?? null"

Select = Callable[[list[Json]], None]


@pytest.fixture
def orders(admin_api: Api, customer: Json) -> list[Json]:
    """Six placed orders of this test's customer, newest first."""
    order_ids = [sent(admin_api, customer) for _ in range(6)]
    return [decided(admin_api, order_id) for order_id in reversed(order_ids)]


@pytest.fixture
def select(tab: Tab, staff: Person, customer: Json) -> Select:
    """Sign in, open the customer's orders and select some of them."""

    def tick(chosen: list[Json]) -> None:
        tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
        for order in chosen:
            box(tab, order).click()
            expect(box(tab, order)).to_be_checked()

    return tick


def box(tab: Tab, order: Json) -> Locator:
    """The checkbox of an order."""
    return tab.row(order).get_by_role("checkbox")


def dialog(tab: Tab) -> Part:
    """The dialog that moves the selected orders."""
    return tab.inside("#bulk-dialog")


def result(tab: Tab, order: Json) -> Locator:
    """The result of one order in the dialog."""
    return dialog(tab).find("listitem").filter(has_text=number_of(order)).locator(".outcome")


def move(tab: Tab, count: int) -> None:
    """Move the selected orders by the button that shows their number, `count`."""
    tab.press(re.compile("Mark as|Move to next"))
    dialog(tab).press(f"Move {count} order{'s' if count > 1 else ''}")


def statuses(api: Api, orders: list[Json]) -> list[str]:
    return [api.call("GET", f"/orders/{order['orderID']}").document["status"] for order in orders]


def patched(tab: Tab) -> list[str]:
    """A list that collects the IDs of the orders that the page changes from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(request.url.rpartition("/")[2])

    tab.page.on("request", note)
    return sent


# -- selecting


def test_shift_click_selects_every_order_between_two_clicks(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    select([orders[1]])
    box(tab, orders[4]).click(modifiers=["Shift"])
    tab.sees("4 orders selected")
    ticked = [box(tab, order).is_checked() for order in orders]
    assert ticked == [False, True, True, True, True, False]
    box(tab, orders[2]).click(modifiers=["Shift"])
    tab.sees("1 order selected")


def test_shift_click_works_anywhere_in_the_cell_of_a_checkbox(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    select([])
    tab.row(orders[1]).locator("label").click(position={"x": 3, "y": 3})
    tab.row(orders[4]).locator("label").click(position={"x": 3, "y": 3}, modifiers=["Shift"])
    tab.sees("4 orders selected")
    assert tab.evaluate("getSelection().isCollapsed")


def test_the_checkbox_in_the_header_selects_the_whole_page(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    select([orders[0]])
    whole = tab.find("checkbox", "Select all on this page")
    expect(whole).to_have_js_property("indeterminate", True)
    whole.click()
    tab.sees("6 orders selected")
    whole.click()
    expect(tab.css("#bulk-bar")).to_be_hidden()
    assert not any(box(tab, order).is_checked() for order in orders)


def test_the_checkbox_in_the_header_waits_for_the_rows(tab: Tab, staff: Person, orders: list[Json]) -> None:
    held = tab.hold("**/api/orders?*")
    tab.sign_in(staff, f"/orders.html?customer={orders[0]['customer']['email']}")
    whole = tab.find("checkbox", "Select all on this page")
    expect(whole).to_be_disabled()
    expect(tab.css("#order-rows .skeleton").first).to_be_visible()
    held[0].continue_()
    whole.click()
    tab.sees("6 orders selected")


def test_clearing_the_selection_leaves_no_order_selected(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    select(orders[:2])
    tab.press("Clear selection")
    expect(tab.css("#bulk-bar")).to_be_hidden()
    assert not any(box(tab, order).is_checked() for order in orders)


def test_choosing_another_status_clears_the_selection(tab: Tab, orders: list[Json], select: Select) -> None:
    select(orders[:2])
    tab.follow(re.compile("^Placed"))
    expect(tab.css("#bulk-bar")).to_be_hidden()


@pytest.fixture
def many(admin_api: Api, regular: Json) -> list[Json]:
    """The orders of a regular customer, newest first: several pages of the list."""
    return orders_of(admin_api, regular)


def test_a_selection_is_kept_over_the_pages_of_one_filter(tab: Tab, staff: Person, many: list[Json]) -> None:
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    for order in (many[0], many[2]):
        box(tab, order).click()
    tab.follow("Next page")
    tab.sees("2 orders selected, 0 of them on this page")
    box(tab, many[60]).click()
    tab.sees("3 orders selected, 1 of them on this page")
    tab.follow("Previous page")
    tab.sees("3 orders selected, 2 of them on this page")
    assert [box(tab, order).is_checked() for order in many[:3]] == [True, False, True]
    tab.press("Print selected")
    tab.sees_dialog("Print 3 orders")
    tab.press("Cancel")
    tab.press(re.compile("Mark as|Move to next"))
    tab.sees_dialog("Move 3 orders to the next status")
    tab.press("Cancel")
    tab.press("Clear selection")
    tab.follow("Next page")
    expect(box(tab, many[60])).not_to_be_checked()
    expect(tab.css("#bulk-bar")).to_be_hidden()
    box(tab, many[60]).click()
    tab.sees("1 order selected")
    status_link(tab, "Shipped").click()
    tab.sees("No order matches")
    status_link(tab, "All").click()
    expect(box(tab, many[0])).to_be_visible()
    expect(tab.css("#bulk-bar")).to_be_hidden()


def test_a_reload_keeps_the_selection_of_all_pages(
    tab: Tab, staff: Person, many: list[Json], admin_api: Api
) -> None:
    address = f"/orders.html?customer={many[0]['customer']['email']}"
    gone = placed(admin_api, many[0]["customer"])
    tab.sign_in(staff, address)
    for order in (gone, many[0], many[1]):
        box(tab, order).click()
    tab.follow("Next page")
    box(tab, many[60]).click()
    tab.sees("4 orders selected, 1 of them on this page")
    assert admin_api.call("DELETE", f"/orders/{gone['orderID']}").status == 204
    tab.reload()
    tab.sees("3 orders selected, 1 of them on this page")
    expect(box(tab, many[60])).to_be_checked()
    assert json.loads(tab.evaluate(KEPT)).keys() == {"filter", "orderIDs"}
    tab.goto(address)
    tab.sees("3 orders selected, 2 of them on this page")
    tab.press(re.compile("Mark as|Move to next"))
    tab.sees_dialog("Move 3 orders to the next status")
    tab.press("Cancel")
    tab.goto(f"{address}&status=shipped")
    tab.sees("No order matches")
    wait_for(lambda: tab.evaluate(KEPT) is None)
    tab.goto(address)
    expect(box(tab, many[0])).to_be_visible()
    expect(tab.css("#bulk-bar")).to_be_hidden()


def test_orders_that_cannot_be_read_after_a_reload_are_no_longer_selected(
    tab: Tab, staff: Person, many: list[Json]
) -> None:
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    box(tab, many[0]).click()
    tab.follow("Next page")
    box(tab, many[60]).click()
    tab.sees("2 orders selected, 1 of them on this page")
    tab.answer_error("**/api/orders/*")
    tab.reload()
    tab.inside("#list-note").says("Orders on other pages are no longer selected.")
    tab.sees("1 order selected")
    expect(box(tab, many[60])).to_be_checked()


def test_a_click_before_a_reload_has_restored_the_selection_adds_an_order(
    tab: Tab, staff: Person, orders: list[Json], customer: Json
) -> None:
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    for order in orders[:2]:
        box(tab, order).click()
    held = tab.hold("**/list/restore-selection*.js")
    with tab.page.expect_request("**/list/restore-selection*.js"):
        tab.reload()
    box(tab, orders[3]).click()
    tab.sees("1 order selected")
    held[0].continue_()
    tab.sees("3 orders selected")


def test_clicks_count_while_the_selection_is_still_loading(
    tab: Tab, staff: Person, orders: list[Json], customer: Json
) -> None:
    held = tab.hold("**/list/selection*.js")
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    box(tab, orders[0]).click()
    tab.find("checkbox", "Select all on this page").click()
    tab.wait(100)
    held[0].continue_()
    tab.sees("6 orders selected")
    assert all(box(tab, order).is_checked() for order in orders)


def test_all_orders_that_the_list_finds_are_selected(tab: Tab, staff: Person, many: list[Json]) -> None:
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    box(tab, many[0]).click()
    expect(tab.css("#select-found")).to_be_hidden()
    tab.find("checkbox", "Select all on this page").click()
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    assert_accessible(tab)
    tab.press("Select all that this finds")
    tab.sees(f"{len(many)} orders selected, 50 of them on this page")
    expect(tab.css("#select-found")).to_be_hidden()
    tab.press(re.compile("Mark as|Move to next"))
    tab.sees_dialog(f"Move {len(many)} orders to the next status")


def test_more_orders_than_one_document_has_are_not_selected_at_once(
    tab: Tab, staff: Person, many: list[Json]
) -> None:
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    tab.find("checkbox", "Select all on this page").click()
    page = {"orders": [many[0]] * 100, "nextCursor": "more"}
    tab.answer("**/api/orders?*limit=100*", json=page)
    tab.press("Select all that this finds")
    tab.inside("#list-note").says("The list has more than 500 orders")
    tab.sees("50 orders selected")


def test_a_phone_shows_the_selection_bar_at_the_bottom_of_the_screen(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    for width in (320, 390):
        tab.resize(width, 560)
        select([orders[0]])
        expect(tab.css("#bulk-bar")).to_be_visible()
        edge = tab.css("#bulk-bar").bounding_box()
        assert edge is not None
        assert edge["y"] + edge["height"] == 560
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.press("Sign out")
        tab.sees_heading("You are signed out")


def test_a_phone_shows_the_selection_bar_below_a_long_list(tab: Tab, staff: Person, many: list[Json]) -> None:
    """The rows below the screen are not laid out, so their place is only about what they need."""
    tab.resize(390, 560)
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    for order in (many[0], many[20], many[49]):
        box(tab, order).click()
        expect(box(tab, order)).to_be_checked()
        expect(tab.css("#bulk-bar")).to_be_in_viewport(ratio=0.99)


# -- moving


def test_moving_selected_orders_shows_a_result_for_each(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    select(orders[:3])
    move(tab, 3)
    for order in orders[:3]:
        expect(result(tab, order)).to_have_text("Moved to packed")
    dialog(tab).sees("3 of 3: 3 moved")
    expect(tab.css("#bulk-progress")).to_be_hidden()
    dialog(tab).press("Close")
    for order in orders[:3]:
        expect(tab.row(order)).to_contain_text("Packed")
    expect(tab.css("#bulk-bar")).to_be_hidden()
    expect(tab.row(orders[0])).to_be_focused()
    assert statuses(admin_api, orders) == ["packed"] * 3 + ["placed"] * 3


def test_moved_orders_can_be_selected_again_and_shipped(
    tab: Tab, orders: list[Json], staff: Person, customer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, f"/orders.html?status=placed&customer={customer['email']}")
    for order in orders[:3]:
        box(tab, order).click()
    move(tab, 3)
    dialog(tab).sees("3 of 3: 3 moved")
    dialog(tab).press("Select these 3 orders again")
    expect(dialog(tab).locator).to_be_hidden()
    tab.sees("3 orders selected")
    expect(tab.button("Mark as shipped")).to_be_focused()
    move(tab, 3)
    dialog(tab).sees("3 of 3: 3 moved")
    assert statuses(admin_api, orders[:4]) == ["shipped"] * 3 + ["placed"]


def test_moved_orders_of_several_pages_are_selected_again(
    tab: Tab, staff: Person, many: list[Json], admin_api: Api
) -> None:
    chosen = [many[0], many[1], many[60]]
    tab.sign_in(staff, f"/orders.html?customer={many[0]['customer']['email']}")
    for order in chosen[:2]:
        box(tab, order).click()
    tab.follow("Next page")
    box(tab, chosen[2]).click()
    move(tab, 3)
    dialog(tab).press("Select these 3 orders again")
    tab.sees("3 orders selected, 1 of them on this page")
    tab.sees_button("Mark as shipped")
    for width in (1280, 390):
        tab.resize(width, 800)
        tab.evaluate("scrollTo(0, document.body.scrollHeight)")
        toast, bar = (tab.css(one).bounding_box() for one in ("#list-note", "#bulk-bar"))
        assert toast
        assert bar
        assert toast["y"] + toast["height"] <= bar["y"], f"at {width} px"
    tab.press("Undo")
    dialog(tab).sees("3 of 3: 3 moved")
    assert statuses(admin_api, chosen) == ["placed"] * 3


def test_only_moved_orders_are_offered_for_selection(tab: Tab, orders: list[Json], select: Select) -> None:
    tab.answer_error(f"**/api/orders/{orders[1]['orderID']}")
    select(orders[:2])
    move(tab, 2)
    dialog(tab).sees("2 of 2: 1 moved, 1 failed")
    dialog(tab).press("Select this order again")
    tab.sees("1 order selected")
    assert [box(tab, order).is_checked() for order in orders[:2]] == [True, False]


def test_a_bulk_move_is_undone_from_its_results(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, staff: Person
) -> None:
    tab.answer_error(f"**/api/orders/{orders[2]['orderID']}")
    select(orders[:3])
    move(tab, 3)
    dialog(tab).sees("3 of 3: 2 moved, 1 failed")
    dialog(tab).press("Undo 2 moves")
    dialog(tab).sees("2 of 2: 2 moved")
    expect(result(tab, orders[0])).to_have_text("Moved back to placed")
    expect(dialog(tab).button("Undo", exact=False)).to_be_hidden()
    dialog(tab).press("Select these 2 orders again")
    expect(tab.row(orders[0])).to_contain_text("Placed")
    assert statuses(admin_api, orders[:2]) == ["placed"] * 2
    last = decided(admin_api, orders[0]["orderID"])["history"][-1]
    assert last["note"] == f"Undone at once by {staff.email}"


def test_a_bulk_move_is_undone_after_its_results_are_closed(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    select(orders[:2])
    move(tab, 2)
    dialog(tab).press("Close")
    note = tab.inside("#list-note")
    note.says("2 orders moved.")
    note.press("Undo")
    dialog(tab).sees("2 of 2: 2 moved")
    dialog(tab).press("Close")
    expect(note.locator).to_be_hidden(timeout=2_000)  # sooner than it disappears by itself
    assert statuses(admin_api, orders[:2]) == ["placed"] * 2


def test_staff_cannot_undo_a_bulk_shipment(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    move_elsewhere(admin_api, orders[0], "packed")
    select(orders[:2])
    move(tab, 2)
    dialog(tab).sees("2 of 2: 2 moved")
    dialog(tab).press("Undo 1 move")
    expect(result(tab, orders[1])).to_have_text("Moved back to placed")
    assert statuses(admin_api, orders[:2]) == ["shipped", "placed"]


@pytest.mark.usefixtures("whole_pauses")
def test_more_clicks_on_the_button_of_a_bulk_move_do_nothing(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    select(orders[:2])
    tab.press("Mark as packed")
    box = dialog(tab).button("Move 2 orders").bounding_box()
    assert box is not None
    dialog(tab).button("Move 2 orders").click()
    dialog(tab).sees("2 of 2: 2 moved")
    for button in dialog(tab).css("#bulk-actions button:visible").all():
        button.click(force=True)
    dialog(tab).sees("2 of 2: 2 moved")
    assert statuses(admin_api, orders[:2]) == ["packed"] * 2


def test_no_selection_is_offered_where_nothing_was_moved(
    tab: Tab, orders: list[Json], select: Select
) -> None:
    tab.answer_error(f"**/api/orders/{orders[0]['orderID']}")
    select(orders[:1])
    move(tab, 1)
    dialog(tab).sees("1 of 1: 1 failed")
    dialog(tab).sees_no("button", "Select")


def test_next_order_goes_through_the_selected_orders(tab: Tab, orders: list[Json], select: Select) -> None:
    chosen = [orders[0], orders[2], orders[5]]
    select(chosen)
    move(tab, 3)
    dialog(tab).press("Select these 3 orders again")
    tab.row(chosen[0]).get_by_role("link").click()
    for place, order in enumerate(chosen, 1):
        expect(tab.css('#order h1 [data-slot="number"]')).to_have_text(number_of(order))
        tab.sees(f"{place} of 3")
        if place < 3:
            tab.follow("Next order")
    tab.sees_no("link", "Next order")


def test_the_dialog_lists_each_move_before_it_starts(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    move_elsewhere(admin_api, orders[0], "packed")
    move_elsewhere(admin_api, orders[1], "cancelled")
    select(orders[:3])
    tab.press("Move to next status")
    plan = dialog(tab).find("listitem")
    expect(plan).to_have_text(
        ["1 packed → shipped", "1 cancelled – no next status, will stay", "1 placed → packed"]
    )
    dialog(tab).press("Cancel")
    assert statuses(admin_api, orders[:3]) == ["packed", "cancelled", "placed"]


def test_an_order_moved_by_someone_else_is_left_alone(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, admin: Person
) -> None:
    select(orders[:3])
    move_elsewhere(admin_api, orders[1], "packed")
    move(tab, 3)
    expect(result(tab, orders[1])).to_have_text(f"Not moved: changed by {admin.email}, Packed now")
    dialog(tab).sees("3 of 3: 2 moved, 1 changed by someone else")
    dialog(tab).press("Close")
    expect(tab.row(orders[1])).to_contain_text("Packed")
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3


def test_an_order_that_was_only_commented_on_is_moved(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    select(orders[:2])
    for text in ("one", "two"):
        path = f"/orders/{orders[0]['orderID']}"
        assert admin_api.call("PATCH", path, {"comment": text}).status == 200
    move(tab, 2)
    dialog(tab).sees("2 of 2: 2 moved")
    assert statuses(admin_api, orders[:2]) == ["packed"] * 2


def test_an_order_edited_by_someone_else_is_not_moved(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, admin: Person
) -> None:
    select(orders[:2])
    edit_elsewhere(admin_api, orders[0], notes="Side door")
    move(tab, 2)
    expect(result(tab, orders[0])).to_have_text(f"Not moved: changed by {admin.email}, Placed now")
    assert statuses(admin_api, orders[:2]) == ["placed", "packed"]


def test_cancelled_and_erased_orders_are_named_in_the_results(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    move_elsewhere(admin_api, orders[0], "cancelled")
    select(orders[:3])
    assert admin_api.call("DELETE", f"/orders/{orders[1]['orderID']}").status == 204
    move(tab, 2)
    expect(result(tab, orders[0])).to_have_text("Not possible: cancelled has no next status")
    expect(result(tab, orders[1])).to_have_text("Erased by someone else")
    expect(result(tab, orders[2])).to_have_text("Moved to packed")


def test_selected_orders_are_cancelled_with_one_reason(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    """Those that can no longer be cancelled are named, and come first in the results."""
    move_elsewhere(admin_api, orders[0], "packed")
    for status in ("packed", "shipped"):
        move_elsewhere(admin_api, orders[2], status)
    tab.resize(390, 800)
    select(orders[:3])
    expect(tab.button("Cancel …")).to_be_hidden()
    tab.press("More")
    assert_nothing_sticks_out(tab)
    tab.press("Cancel …")
    asked = tab.inside("#cancel-many-dialog")
    shipped = f"1 shipped – left out: {number_of(orders[2])}"
    expect(asked.find("listitem")).to_have_text(
        ["1 packed → cancelled", "1 placed → cancelled", shipped], ignore_case=True
    )
    asked.press("Cancel 2 orders")
    expect(asked.locator).to_be_visible()  # a reason is required
    assert_accessible(tab)
    asked.fill("Why are they cancelled?", "Out of stock")
    asked.press("Cancel 2 orders")
    dialog(tab).sees("3 of 3: 2 cancelled, 1 not possible")
    expect(dialog(tab).find("listitem").first).to_contain_text(number_of(orders[2]))
    dialog(tab).sees_no("button", "Undo")
    stored = [decided(admin_api, order["orderID"]) for order in orders[:3]]
    assert [order["status"] for order in stored] == ["cancelled", "cancelled", "shipped"]
    assert [order["history"][-1].get("note") for order in stored] == ["Out of stock", "Out of stock", None]


def test_selected_orders_are_labelled_beside_a_colleagues_tag_and_then_moved(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, staff: Person
) -> None:
    select(orders[:2])
    tag = {"labels": {"tags": ["fragile"]}}
    assert admin_api.call("PATCH", f"/orders/{orders[0]['orderID']}", tag).status == 200
    tab.press("Labels …")
    asked = tab.inside("#labels-dialog")
    names = asked.css("#label-names option")
    expect(names.first).to_have_attribute("value", staff.email)
    assert_accessible(tab)
    asked.fill("Assign to", "Bob")
    asked.fill("Add tags, with commas between them", "rush, cold")
    asked.press("Save")
    dialog(tab).sees("2 of 2: 2 labelled")
    dialog(tab).press("Select these 2 orders again")
    expect(tab.row(orders[0]).locator(".chip")).to_have_text(["Bob", "fragile", "rush", "cold"])
    expect(tab.row(orders[1]).locator(".chip")).to_have_text(["Bob", "rush", "cold"])
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    move(tab, 2)
    dialog(tab).sees("2 of 2: 2 moved")
    dialog(tab).press("Close")
    tab.row(orders[1]).get_by_role("link", name="Bob").click()
    tab.sees_heading("Orders labelled Bob")


def test_only_failed_orders_are_tried_again(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    fail_at = f"**/api/orders/{orders[1]['orderID']}"
    tab.answer_error(fail_at)
    select(orders[:3])
    move(tab, 3)
    expect(result(tab, orders[1])).to_have_text("Failed: Try later")
    dialog(tab).sees("3 of 3: 2 moved, 1 failed")
    tab.let_through(fail_at)
    sent = patched(tab)
    dialog(tab).press("Try 1 order again")
    expect(result(tab, orders[1])).to_have_text("Moved to packed")
    assert sent == [orders[1]["orderID"]]
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3


def test_failed_orders_stay_selected(tab: Tab, orders: list[Json], select: Select) -> None:
    tab.answer(f"**/api/orders/{orders[1]['orderID']}", status=503)
    select(orders[:3])
    move(tab, 3)
    dialog(tab).press("Close")
    assert [box(tab, order).is_checked() for order in orders[:3]] == [False, True, False]
    tab.sees("1 order selected")


def test_retrying_a_move_whose_answer_was_lost_succeeds(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api
) -> None:
    path = f"**/api/orders/{orders[0]['orderID']}"
    tab.lose_answers(path)
    select(orders[:1])
    move(tab, 1)
    expect(result(tab, orders[0])).to_contain_text("The server cannot be reached")
    tab.let_through(path)
    dialog(tab).press("Try 1 order again")
    expect(result(tab, orders[0])).to_have_text("Moved to packed")
    assert statuses(admin_api, orders[:1]) == ["packed"]


@pytest.fixture
def held(tab: Tab) -> list[Route]:
    """A list that collects the page's requests to change orders. The test continues each of them."""
    held: list[Route] = []
    tab.page.route(
        "**/api/orders/*",
        lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
    )
    return held


def test_stopping_a_move_shows_how_many_orders_were_not_moved(
    tab: Tab, orders: list[Json], select: Select, held: list[Route], admin_api: Api
) -> None:
    select(orders)
    move(tab, 6)
    dialog(tab).sees("0 of 6")
    tab.page.wait_for_function("() => document.querySelectorAll('[data-outcome=moving]').length === 4")
    dialog(tab).press("Stop")
    for route in held:
        route.continue_()
    dialog(tab).sees("6 of 6: 4 moved, 2 not moved")
    tab.let_through("**/api/orders/*")
    assert sorted(statuses(admin_api, orders)) == ["packed"] * 4 + ["placed"] * 2
    dialog(tab).press("Try 2 orders again")
    dialog(tab).sees("6 of 6: 6 moved")


def test_leaving_the_page_during_a_move_warns_and_escape_keeps_the_dialog(
    tab: Tab, orders: list[Json], select: Select, held: list[Route]
) -> None:
    select(orders[:2])
    move(tab, 2)
    dialog(tab).sees("0 of 2")
    tab.key("Escape")
    expect(dialog(tab).locator).to_be_visible()
    with tab.page.expect_event("dialog") as warning:
        tab.page.once("dialog", lambda asked: asked.dismiss())
        tab.evaluate("setTimeout(() => location.reload())")
    assert warning.value.type == "beforeunload"
    for route in held:
        route.continue_()
    dialog(tab).sees("2 of 2: 2 moved")


@pytest.mark.parametrize("browser", ["new", "old"])
def test_repeated_escape_hides_neither_a_move_nor_its_results(
    tab: Tab, orders: list[Json], select: Select, held: list[Route], browser: str
) -> None:
    if browser == "old":
        tab.page.add_init_script("delete HTMLDialogElement.prototype.closedBy")
    select(orders[:2])
    move(tab, 2)
    dialog(tab).sees("0 of 2")
    for _ in range(4):
        tab.key("Escape")
    expect(dialog(tab).locator).to_be_visible()
    for route in held:
        route.continue_()
    dialog(tab).sees("2 of 2: 2 moved")
    tab.key("Escape")
    expect(dialog(tab).locator).to_be_hidden()
    expect(tab.row(orders[0])).to_be_focused()


def test_a_move_can_be_retried_after_the_session_ended(
    tab: Tab, orders: list[Json], select: Select, admin_api: Api, staff: Person
) -> None:
    select(orders[:3])
    tab.press("Mark as packed")
    tab.end_session()
    dialog(tab).press("Move 3 orders")
    held = tab.hold("**/list/restore-selection*.js")
    tab.sign_in_again(staff)
    for order in orders[:3]:
        expect(result(tab, order)).to_have_text("Not moved: the session ended")
    dialog(tab).press("Try 3 orders again")
    dialog(tab).sees("3 of 3: 3 moved")
    assert statuses(admin_api, orders[:3]) == ["packed"] * 3
    dialog(tab).press("Close")
    expect(tab.css("#bulk-bar")).to_be_hidden()
    assert held == [], "the selection of before the move is not restored"


def test_markup_in_a_name_is_shown_as_text_in_the_results(
    tab: Tab, place_order: PlaceOrder, customer: Json, select: Select
) -> None:
    customer["name"] = HOSTILE
    order = place_order()
    select([order])
    move(tab, 1)
    expect(dialog(tab).find("listitem")).to_contain_text(HOSTILE)
    assert tab.css("img").count() == 0
