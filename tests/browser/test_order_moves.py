"""Moving an order forward and back by button or key, double presses, lost answers, and cancelling."""

import re

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided
from tests.browser.orders import (
    PAUSE_MS,
    address,
    edit_elsewhere,
    items_of,
    move_elsewhere,
    sees_status,
    timeline,
)
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_one_button_names_the_next_status_and_moves_the_order(
    tab: Tab, open_order: Json, staff: Person, admin_api: Api
) -> None:
    tab.replace_clock()
    for step, status in (("packed", "Packed"), ("shipped", "Shipped"), ("delivered", "Delivered")):
        tab.press(f"Mark as {step}")
        sees_status(tab, status)
        tab.sees_no("button", "Edit")
        tab.advance(PAUSE_MS)
    assert timeline(tab) == ["Delivered", "Shipped", "Packed", "Placed"]
    tab.sees_no("button", re.compile("^(Mark|Edit|Cancel)"))
    stored = decided(admin_api, open_order["orderID"])
    assert [entry["by"] for entry in stored["history"][1:]] == [staff.email] * 3


@pytest.mark.usefixtures("whole_pauses")
def test_a_double_click_moves_an_order_one_step_only(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.button("Mark as packed").dblclick()
    expect(tab.button("Mark as shipped")).to_be_enabled()
    # In a slow double click, the second click hits the button of the following step.
    tab.button("Mark as shipped").hover()
    tab.page.mouse.down(click_count=2)
    tab.page.mouse.up(click_count=2)
    expect(tab.button("Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


@pytest.mark.usefixtures("whole_pauses")
@pytest.mark.parametrize("place", ["where the button was", "on the next button"])
def test_clicks_in_quick_succession_move_an_order_one_step_only(
    tab: Tab, open_order: Json, admin_api: Api, place: str
) -> None:
    first = tab.button("Mark as packed").bounding_box()
    for _ in range(5):
        at = first if place == "where the button was" else tab.css("#move").bounding_box()
        assert at is not None
        tab.page.mouse.click(at["x"] + 20, at["y"] + at["height"] / 2)
        tab.wait(350)
        tab.sees_no("dialog")
    expect(tab.button("Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


@pytest.mark.usefixtures("whole_pauses")
def test_holding_the_enter_key_moves_an_order_one_step_only(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.replace_clock()
    tab.button("Mark as packed").focus()
    tab.page.keyboard.down("Enter")
    sees_status(tab, "Packed")
    for _ in range(40):  # a keyboard repeats a held key about 30 times a second
        tab.page.keyboard.down("Enter")
        tab.advance(33)
    tab.page.keyboard.up("Enter")
    expect(tab.button("Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


@pytest.mark.usefixtures("whole_pauses")
def test_pressing_enter_twice_moves_an_order_one_step_only(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.button("Mark as packed").focus()
    tab.key("Enter")
    sees_status(tab, "Packed")
    tab.wait(50)
    tab.key("Enter")
    expect(tab.button("Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


@pytest.mark.usefixtures("whole_pauses")
def test_single_keys_act_on_an_order_but_not_while_typing(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.hold("**/shell/keyboard-help.js")  # keys work although this module has not arrived
    tab.press("Edit")
    tab.sees_button("Save changes")
    notes = tab.field("For packing and delivery")
    notes.fill("")
    notes.press_sequentially("epic? n/d")
    expect(notes).to_have_value("epic? n/d")
    tab.css("#customer-title").click()
    tab.key("e")  # the e key does nothing while editing
    tab.press("Discard changes")
    expect(tab.css("#reading")).to_be_visible()
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    tab.key("e")
    sees_status(tab, "Packed")
    tab.key("e")  # a second press at once is ignored
    expect(tab.button("Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"
    tab.key("d")
    tab.sees_heading("New order")


def test_moving_an_order_changed_by_someone_else_shows_the_changes_instead(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    lines = items_of(("BT-BLEACH", 2), ("BT-GLOVES", 4), ("BT-HOSTILE", 3))
    edit_elsewhere(admin_api, open_order, notes="Front door after all", items=lines)
    tab.press("Mark as packed")
    tab.sees_alert(f"{admin.email} changed this order")
    expect(tab.css("#reading")).to_contain_text("Front door after all")
    assert tab.css("#notice li").all_inner_texts() == [
        "Notes: Leave at the back door → Front door after all",
        "Browsertest gloves, box of 100, box (BT-GLOVES): Quantity 1 → Quantity 4",
        f"Browsertest zero {HOSTILE}, piece (BT-HOSTILE): Not on the order → Quantity 3",
    ]
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    tab.press("Mark as packed")
    sees_status(tab, "Packed")


def test_repeating_a_move_whose_answer_was_lost_succeeds(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.lose_answers("**/api/orders/*", times=1)
    tab.press("Mark as packed")
    expect(tab.css("#notice")).to_contain_text("cannot be reached")
    tab.press("Mark as packed")
    sees_status(tab, "Packed")
    expect(tab.css("#notice")).to_be_hidden()
    expect(tab.button("Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_cancelling_after_a_move_with_a_lost_answer_is_refused(tab: Tab, open_order: Json) -> None:
    tab.lose_answers("**/api/orders/*", times=1)
    tab.press("Mark as packed")
    expect(tab.css("#notice")).to_contain_text("cannot be reached")
    tab.press("Cancel order …")
    tab.fill("Why is it cancelled?", "Ordered twice")
    tab.press("Cancel the order")
    expect(tab.css("#notice")).to_contain_text("You have changed this order already")
    sees_status(tab, "Packed")


# -- undo and steps back


def undo(tab: Tab) -> Locator:
    """The Undo button after a move."""
    return tab.css("#moved").get_by_role("button", name="Undo")


def test_a_move_is_undone_in_place_with_a_note(
    tab: Tab, open_order: Json, staff: Person, admin_api: Api
) -> None:
    tab.press("Mark as packed")
    expect(tab.css("#announcement")).to_have_text(
        "The order is now packed. There is an Undo button for some seconds."
    )
    undo(tab).click()
    sees_status(tab, "Placed")
    expect(undo(tab)).to_be_hidden()
    expect(tab.css("#moved")).to_have_text(re.compile("The order is placed again."))
    expect(tab.button("Mark as packed")).to_be_focused()
    assert timeline(tab) == ["Back to placed", "Packed", "Placed"]
    expect(tab.css(".timeline li").first).to_contain_text(f"Undone at once by {staff.email}")
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    tab.press("Edit")
    expect(tab.css("#moved")).to_be_hidden()


def test_undo_is_there_for_ten_seconds_and_while_it_has_focus_or_mouse(tab: Tab, open_order: Json) -> None:
    tab.replace_clock()
    tab.press("Mark as packed")
    expect(undo(tab)).to_be_visible()
    tab.advance(9_000)
    expect(undo(tab)).to_be_visible()
    undo(tab).focus()
    tab.advance(20_000)
    expect(undo(tab)).to_be_visible()
    undo(tab).hover()
    tab.button("Mark as shipped").focus()
    tab.advance(20_000)
    expect(undo(tab)).to_be_visible()
    tab.page.mouse.move(1, 1)
    tab.advance(10_000)
    expect(undo(tab)).to_be_hidden()


def test_tab_key_leads_from_the_moved_order_to_undo(tab: Tab, open_order: Json) -> None:
    tab.key("e")
    expect(tab.button("Mark as shipped")).to_be_enabled()
    tab.button("Mark as shipped").focus()
    tab.key("Tab")
    expect(undo(tab)).to_be_focused()
    tab.key("Enter")
    sees_status(tab, "Placed")


def test_staff_see_no_step_back_of_a_shipped_order(tab: Tab, open_order: Json) -> None:
    tab.press("Mark as packed")
    tab.sees_button("Back to placed …")
    tab.press("Mark as shipped")
    expect(tab.css("#announcement")).to_have_text("The order is now shipped.")
    assert not tab.css("#moved").is_visible()
    tab.sees_no("button", "Back to")


def test_an_admin_undoes_a_delivery_and_moves_the_order_back(
    tab: Tab, admin: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    for status in ("packed", "shipped"):
        move_elsewhere(admin_api, order, status)
    tab.sign_in(admin, address(order))
    tab.press("Mark as delivered")
    undo(tab).click()
    sees_status(tab, "Shipped")
    tab.press("Mark as delivered")
    for status in ("shipped", "packed", "placed"):
        tab.press(f"Back to {status} …")
        dialog = tab.dialog(f"Back to {status}?")
        expect(dialog.field("Why does it go back?")).to_have_value("")
        dialog.fill("Why does it go back?", f"It is still {status}")
        dialog.press(f"Back to {status}")
        sees_status(tab, status.capitalize())
        expect(tab.css(".timeline li").first).to_contain_text(f"It is still {status}")
    assert timeline(tab)[:3] == ["Back to placed", "Back to packed", "Back to shipped"]


def test_a_step_back_requires_a_reason_that_survives_a_reload(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Mark as packed")
    tab.press("Back to placed …")
    tab.dialog("Back to placed?").press("Back to placed")
    tab.fill("Why does it go back?", "  ")
    tab.dialog("Back to placed?").press("Back to placed")
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"
    tab.field("Why does it go back?").press_sequentially("One is missing")
    tab.reload()
    expect(tab.field("Why does it go back?")).to_have_value(re.compile("One is missing"))
    move_elsewhere(admin_api, open_order, "shipped")
    tab.reload()
    expect(tab.css("#notice-text")).to_have_text("The order was not moved back: it is shipped by now.")
    tab.sees_no("dialog")


# -- cancelling


def test_cancelling_requires_a_reason_and_shows_it_in_the_timeline(tab: Tab, open_order: Json) -> None:
    tab.press("Cancel order …")
    dialog = tab.dialog("Cancel this order?")
    dialog.press("Cancel the order")
    expect(dialog.locator).to_be_visible()  # a reason is required
    dialog.fill("Why is it cancelled?", "   ")
    dialog.press("Cancel the order")
    expect(dialog.locator).to_be_visible()  # blanks are no reason
    dialog.fill("Why is it cancelled?", f"Ordered twice {HOSTILE}")
    dialog.press("Cancel the order")
    sees_status(tab, "Cancelled")
    expect(tab.css(".timeline li").first).to_contain_text(f"Ordered twice {HOSTILE}")


def test_a_typed_cancellation_reason_survives_an_ended_session_and_a_reload(
    tab: Tab, open_order: Json, staff: Person, admin_api: Api
) -> None:
    tab.press("Cancel order …")
    tab.field("Why is it cancelled?").press_sequentially("Ordered twice, as they said")
    tab.end_session()
    tab.press("Cancel the order")
    tab.sign_in_again(staff)
    for reloaded in (False, True):
        if reloaded:
            tab.reload()
        expect(tab.field("Why is it cancelled?")).to_have_value("Ordered twice, as they said")
    tab.press("Cancel the order")
    sees_status(tab, "Cancelled")
    expect(tab.css(".timeline li").first).to_contain_text("Ordered twice, as they said")
    tab.reload()
    sees_status(tab, "Cancelled")
    tab.sees_no("dialog")


def test_a_typed_cancellation_reason_survives_a_failed_load_of_the_order(tab: Tab, open_order: Json) -> None:
    tab.press("Cancel order …")
    tab.field("Why is it cancelled?").press_sequentially("Ordered twice")
    tab.lose_requests("**/api/orders/*", times=1)
    tab.reload()
    tab.press("Try again")
    expect(tab.field("Why is it cancelled?")).to_have_value("Ordered twice")


def test_an_order_shipped_meanwhile_is_not_cancelled(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.press("Cancel order …")
    tab.field("Why is it cancelled?").press_sequentially("Ordered twice")
    for status in ("packed", "shipped"):
        move_elsewhere(admin_api, open_order, status)
    for notice in ("The order was not cancelled: it is shipped by now.", ""):
        tab.reload()
        sees_status(tab, "Shipped")
        expect(tab.css("#notice-text")).to_have_text(notice)
        tab.sees_no("dialog")


def test_leaving_the_cancel_dialog_keeps_the_order(tab: Tab, open_order: Json, admin_api: Api) -> None:
    for give_up in ("button", "Escape"):
        tab.press("Cancel order …")
        tab.field("Why is it cancelled?").press_sequentially("Twice")
        if give_up == "button":
            tab.press("Keep the order")
        else:
            tab.key("Escape")
        tab.sees_no("dialog")
    tab.reload()
    tab.sees_heading("Timeline")
    tab.sees_no("dialog")
    assert decided(admin_api, open_order["orderID"])["version"] == 1
