"""Editing an order: alone, by two people at once, after the order was packed, with lost answers."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided
from tests.browser.orders import address, edit_elsewhere, items_of, move_elsewhere, sees_status, timeline
from tests.browser.tab import Person, Tab
from tests.browser.words import Part

pytestmark = pytest.mark.browser

YOURS = re.compile("^Yours")


def test_lines_and_customer_of_a_placed_order_can_be_edited(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("Quantity of Browsertest bleach 5 L", "10")
    tab.press("Remove Browsertest gloves, box of 100")
    tab.fill("Phone", "+44 20 7946 0123")
    expect(tab.css("#running-total")).to_have_text("£64.90")
    tab.press("Save changes")
    tab.sees_link("+44 20 7946 0123")
    assert timeline(tab) == ["Edited", "Placed"]
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["version"], stored["total"]) == (2, 6490)


def test_a_reopened_edit_form_searches_once_and_adds_one_line(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    for leave in ("Discard changes", ""):
        tab.press("Edit")
        expect(tab.field("Name")).to_be_focused()
        if leave:
            tab.press(leave)
    searches = tab.requests("/api/products?")
    tab.add_line("BT-HOSTILE", "4")
    tab.press("Save changes")
    tab.sees_heading("Timeline")
    assert len(searches) == 1
    stored = decided(admin_api, open_order["orderID"])
    assert [item["quantity"] for item in stored["items"]] == [2, 1, 4]


def test_an_edit_that_breaks_a_rule_is_explained_at_the_field(tab: Tab, open_order: Json) -> None:
    tab.press("Edit")
    tab.fill("Quantity of Browsertest bleach 5 L", "0")
    tab.press("Save changes")
    tab.sees_errors(["Quantity of line 1, Browsertest bleach 5 L, must be at least 1, got 0"])
    expect(tab.error_at("items[0].quantity")).to_have_text("Quantity must be at least 1, got 0")


def test_discarded_changes_change_nothing(tab: Tab, open_order: Json) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    tab.press("Discard changes")
    tab.sees("Leave at the back door")
    tab.reload()
    tab.sees("Leave at the back door")


def test_discarded_changes_can_be_brought_back(tab: Tab, open_order: Json) -> None:
    tab.press("Edit")
    tab.press("Discard changes")
    expect(tab.css("#notice")).to_be_hidden()  # nothing was typed
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    tab.press("Discard changes")
    tab.sees_alert("Your changes were discarded.")
    tab.press("Undo")
    expect(tab.field("For packing and delivery")).to_have_value("Side door")
    tab.press("Save changes")
    tab.sees("Side door", exact=True)
    expect(tab.css("#notice")).to_be_hidden()


def test_an_edit_is_refused_once_the_order_is_packed(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    move_elsewhere(admin_api, open_order, "packed")
    tab.press("Save changes")
    tab.sees_alert("can no longer be edited")
    sees_status(tab, "Packed")


def test_what_was_typed_is_shown_until_it_is_discarded_if_the_order_was_packed(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    tab.reload()
    expect(tab.field("For packing and delivery")).to_have_value("Side door")
    move_elsewhere(admin_api, open_order, "packed")
    tab.reload()
    tab.sees_alert("can no longer be edited")
    unsaved = tab.css("#notice-list li")
    expect(unsaved).to_have_text(["Notes: Leave at the back door → Side door"])
    tab.reload()
    expect(unsaved).to_have_text(["Notes: Leave at the back door → Side door"])
    tab.button("Discard").click()
    expect(tab.css("#notice")).to_be_hidden()
    tab.reload()
    tab.sees_heading("Timeline")
    expect(tab.css("#notice")).to_be_hidden()


def test_an_edit_that_came_too_late_can_be_sent_as_a_new_order(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("Quantity of Browsertest bleach 5 L", "12")
    tab.fill("Address", "2 Mill Lane")
    tab.fill("For packing and delivery", "Side door")
    move_elsewhere(admin_api, open_order, "packed")
    tab.press("Save changes")
    tab.sees_alert("the order is packed by now")
    sees_status(tab, "Packed")
    expect(tab.css("#notice-list li")).to_have_text(
        [
            "Address: (empty) → 2 Mill Lane",
            "Notes: Leave at the back door → Side door",
            "Browsertest bleach 5 L, bottle (BT-BLEACH): Quantity 2 → Quantity 12",
        ]
    )
    tab.press("Send as a new order …")
    expect(tab.field("Quantity of Browsertest bleach 5 L")).to_have_value("12")
    expect(tab.field("Address")).to_have_value("2 Mill Lane")
    expect(tab.field("For packing and delivery")).to_have_value("Side door")
    tab.goto(f"/order.html?id={open_order['orderID']}")
    tab.sees_heading("Timeline")
    expect(tab.css("#notice")).to_be_hidden()


# -- two people at once


def test_the_second_of_two_editors_chooses_between_both_versions(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    tab.fill("Phone", "020 1")
    tab.fill("Reference", "PO-7")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.press("Save changes")
    dialog = tab.dialog("Someone else changed this order")
    dialog.says(f"{admin.email} saved it while you were editing")
    # A value that both people changed has no suggestion. For any other, the changed value is suggested.
    assert suggested(dialog) == {"Phone": "mine", "Reference": "mine", "Notes": ""}
    dialog.press("Save what is chosen")
    expect(dialog.locator).to_be_visible()  # because nothing is chosen for the notes yet
    dialog.group("Notes").tick(YOURS)
    dialog.press("Save what is chosen")
    tab.sees_heading("Timeline")
    stored = decided(admin_api, open_order["orderID"])
    assert stored["reference"] == "PO-7"
    assert (stored["notes"], stored["customer"]["phone"], stored["version"]) == ("Side door", "020 1", 3)


def test_lines_that_two_people_changed_are_chosen_line_by_line(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(items_of(("BT-BLEACH", 2), ("BT-GLOVES", 1), ("BT-HOSTILE", 3)))
    tab.sign_in(staff, address(order))
    tab.press("Edit")
    tab.fill("Quantity of Browsertest bleach 5 L", "10")
    tab.press(f"Remove Browsertest zero {HOSTILE}")
    edit_elsewhere(admin_api, order, items=items_of(("BT-BLEACH", 5), ("BT-HOSTILE", 9)))
    tab.press("Save changes")
    dialog = tab.dialog("Someone else changed this order")
    bleach, gloves, hostile = (dialog.group(sku) for sku in ("BT-BLEACH", "BT-GLOVES", "BT-HOSTILE"))
    expect(bleach.locator).to_be_visible()
    assert suggested(dialog) == {
        "Browsertest bleach 5 L, bottle BT-BLEACH": "",
        f"Browsertest zero {HOSTILE}, piece BT-HOSTILE": "",
        "Browsertest gloves, box of 100, box BT-GLOVES": "theirs",
    }
    both = "Now stored, changed from 2\nQuantity 5\nYours, changed from 2\nQuantity 10"
    assert both in words(bleach)
    assert "Now stored, removed, was 1\nNot on the order\nYours, unchanged\nQuantity 1" in words(gloves)
    removed = "Now stored, changed from 3\nQuantity 9\nYours, removed, was 3\nNot on the order"
    assert removed in words(hostile)
    for line in (bleach, gloves, hostile):
        line.tick(YOURS)
    dialog.press("Save what is chosen")
    tab.sees_heading("Timeline")
    stored = decided(admin_api, order["orderID"])
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-BLEACH", 10),
        ("BT-GLOVES", 1),
    ]


def test_two_identical_edits_ask_no_question(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    edit_elsewhere(admin_api, open_order, notes="Side door")
    tab.press("Save changes")
    expect(tab.css("#reading")).to_contain_text("Side door")
    tab.sees_no("dialog")
    assert decided(admin_api, open_order["orderID"])["version"] == 2


def test_the_second_editor_can_go_back_or_drop_their_changes(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    notes = tab.field("For packing and delivery")
    notes.fill("Side door")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.press("Save changes")
    tab.press("Back to editing")
    expect(notes).to_have_value("Side door")
    expect(notes).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["version"] == 2
    tab.press("Save changes")
    tab.press("Drop my changes")
    tab.inside("#reading").sees("Front door after all", exact=True)
    assert decided(admin_api, open_order["orderID"])["version"] == 2


def test_choosing_a_version_after_packing_is_refused_in_a_focused_notice(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("Phone", "020 1")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.button("Save changes").press("Enter")
    dialog = tab.dialog("Someone else changed this order")
    expect(dialog.locator).to_be_visible()
    move_elsewhere(admin_api, open_order, "packed")
    dialog.button("Save what is chosen").press("Enter")
    expect(tab.css("#notice")).to_contain_text("can no longer be edited")
    expect(tab.css("#notice")).to_be_focused()


def test_going_back_to_editing_returns_the_focus_to_the_form(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.button("Save changes").press("Enter")
    tab.button("Back to editing").press("Enter")
    expect(tab.button("Save changes")).to_be_focused()


def suggested(dialog: Part) -> Json:
    """The side that is already chosen for each difference: "mine", "theirs", or "" for neither."""
    return {
        group.locator("legend").inner_text(): "".join(
            group.locator("input:checked").evaluate_all("all => all.map(one => one.value)")
        )
        for group in dialog.find("group").all()
    }


def words(group: Part) -> str:
    """The texts of a group, each on a line of its own."""
    return "\n".join(line.strip() for line in group.locator.inner_text().splitlines() if line.strip())


# -- the network


def test_an_edit_continues_from_a_saved_edit_whose_answer_was_lost(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    save_without_an_answer(tab)
    tab.fill("For packing and delivery", "Side door")
    with tab.offline():  # this edit does not reach the API
        tab.press("Save changes")
        expect(tab.css("#error-summary")).to_contain_text("cannot be reached")
    tab.reload()
    tab.fill("For packing and delivery", "Front door")
    tab.press("Save changes")
    tab.sees_heading("Timeline")
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["notes"], stored["customer"]["phone"], stored["version"]) == ("Front door", "020 1", 3)


def test_a_saved_edit_with_a_lost_answer_is_recognised_after_packing(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    save_without_an_answer(tab)
    move_elsewhere(admin_api, open_order, "packed")
    tab.press("Save changes")
    sees_status(tab, "Packed")
    tab.sees_link("020 1")
    expect(tab.css("#notice")).to_be_hidden()


def test_an_edit_and_a_move_can_be_repeated_after_being_offline(tab: Tab, open_order: Json) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    with tab.offline():
        tab.press("Save changes")
        tab.sees_errors(["The server cannot be reached. Check the connection."])
    tab.press("Save changes")
    expect(tab.css("#reading")).to_contain_text("Side door")
    with tab.offline():
        tab.press("Mark as packed")
        expect(tab.css("#notice")).to_contain_text("The server cannot be reached")
    tab.press("Mark as packed")
    sees_status(tab, "Packed")
    expect(tab.css("#notice")).to_be_hidden()


# -- a colleague acts while the form is open


@pytest.mark.parametrize("how", ["after a minute", "when the tab is visible again"])
def test_the_form_shows_what_a_colleague_did_with_the_order_meanwhile(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person, how: str
) -> None:
    tab.replace_clock()
    tab.reload()
    tab.press("Edit")
    tab.fill("Phone", "020 1")
    edit_elsewhere(admin_api, open_order, notes="Front door")
    look_again(tab, how)
    tab.sees_alert("When you save, you choose between both versions.")
    changes = ["Notes: Leave at the back door → Front door"]
    expect(tab.css("#notice li")).to_have_text([f"{admin.email}: Edited", *changes])
    move_elsewhere(admin_api, open_order, "packed")
    look_again(tab, how)
    tab.sees_alert("Only its address, phone and notes can still be changed.")
    events = [f"{admin.email}: Edited", f"{admin.email}: Packed"]
    expect(tab.css("#notice li")).to_have_text([*events, *changes])
    expect(tab.field("Phone")).to_have_value("020 1")
    tab.css("#notes").scroll_into_view_if_needed()
    expect(tab.css("#notice")).to_be_in_viewport()
    tab.press("Discard changes")
    sees_status(tab, "Packed")
    expect(tab.css("#notice-text")).to_have_text("Your changes were discarded.")
    tab.press("Undo")
    expect(tab.css("#notice-list li")).to_have_text(["Phone: (empty) → 020 1"])


def look_again(tab: Tab, how: str) -> None:
    if how == "after a minute":
        tab.advance(61_000)
    else:
        tab.set_hidden(True)
        tab.set_hidden(False)


# -- address, phone and notes of a packed order


def test_an_edit_of_only_notes_and_phone_is_saved_with_the_packed_order(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "")
    tab.fill("Phone", "020 1")
    move_elsewhere(admin_api, open_order, "packed")
    tab.press("Save changes")
    tab.press("Save address, phone and notes")
    tab.sees_link("020 1")
    assert timeline(tab) == ["Edited", "Packed", "Placed"]
    stored = decided(admin_api, open_order["orderID"])
    assert ("notes" in stored, stored["customer"]["phone"], stored["status"]) == (False, "020 1", "packed")
    tab.reload()
    tab.sees_heading("Timeline")
    expect(tab.css("#notice")).to_be_hidden()


@pytest.mark.parametrize("other", ["a line of mine", "the same notes of a colleague"])
def test_an_edit_with_other_changes_is_not_saved_in_part(
    tab: Tab, open_order: Json, admin_api: Api, other: str
) -> None:
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    if other == "a line of mine":
        tab.fill("Quantity of Browsertest bleach 5 L", "12")
    else:
        edit_elsewhere(admin_api, open_order, notes="Front door")
    move_elsewhere(admin_api, open_order, "packed")
    tab.press("Save changes")
    tab.sees_button("Send as a new order …")
    tab.sees_no("button", "Save address")


CHANGE_DETAILS = "Change address, phone or notes …"
DETAILS = "Change address, phone or notes"


def test_address_phone_and_notes_of_a_packed_order_are_changed(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.sees_no("button", CHANGE_DETAILS)
    tab.press("Mark as packed")
    tab.press(CHANGE_DETAILS)
    dialog = tab.dialog(DETAILS)
    dialog.fill("Delivery address", "2 Mill Lane\nPort")
    dialog.fill("Notes for packing and delivery", "")
    tab.reload()
    expect(dialog.field("Delivery address")).to_have_value("2 Mill Lane\nPort")
    dialog.press("Save")
    expect(dialog.locator).to_be_hidden()
    expect(tab.css("dd[data-slot=customer-address]")).to_have_text("2 Mill Lane Port")
    assert timeline(tab) == ["Edited", "Packed", "Placed"]
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["customer"]["address"], "notes" in stored) == ("2 Mill Lane\nPort", False)
    assert stored["total"] == open_order["total"]


def test_details_changed_by_a_colleague_are_shown_before_mine_are_saved(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    tab.press("Mark as packed")
    tab.press(CHANGE_DETAILS)
    dialog = tab.dialog(DETAILS)
    dialog.fill("Phone number", "020 1")
    path, colleague = f"/orders/{open_order['orderID']}", {"details": {"notes": "Front door"}}
    assert admin_api.call("PATCH", path, colleague, {"If-Match": '"2"'}).status == 200
    dialog.press("Save")
    expect(dialog.find("alert")).to_contain_text(f"{admin.email} changed this order in the meantime.")
    expect(dialog.find("alert")).to_contain_text("Notes: Leave at the back door → Front door")
    dialog.press("Save")
    expect(dialog.locator).to_be_hidden()
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["notes"], stored["customer"]["phone"], stored["version"]) == ("Front door", "020 1", 4)


def save_without_an_answer(tab: Tab) -> None:
    """Change the customer's phone number to 020 1. The API stores the change, but its answer is lost."""
    tab.press("Edit")
    tab.fill("Phone", "020 1")
    tab.lose_answers("**/api/orders/*", times=1)
    tab.press("Save changes")
    expect(tab.css("#error-summary")).to_contain_text("cannot be reached")
