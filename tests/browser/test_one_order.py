"""One order: read, moved on, cancelled, edited (also by two people at once), printed, passed on, erased."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder, decided
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def open_order(tab: Tab, staff: Person, place_order: PlaceOrder) -> Json:
    """An order that a member of staff has open."""
    order = place_order(notes="Leave at the back door")
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    return order


def address(order: Json) -> str:
    return f"/order.html?id={order['orderID']}"


def timeline(page: Page) -> list[str]:
    return page.locator(".timeline .event").all_inner_texts()


def edit_elsewhere(api: Api, order: Json, **changes: object) -> None:
    items = [{"sku": item["sku"], "quantity": item["quantity"]} for item in order["items"]]
    body = {"customer": order["customer"], "items": items, "notes": order.get("notes", ""), **changes}
    answer = api.call("PUT", f"/orders/{order['orderID']}", body, {"If-Match": f'"{order["version"]}"'})
    assert answer.status == 200


def pack_elsewhere(api: Api, order: Json) -> None:
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"status": "packed"}).status == 200


def items_of(lines: list[tuple[str, int]]) -> list[Json]:
    return [{"sku": sku, "quantity": quantity} for sku, quantity in lines]


def status_badge(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1).get_by_text(name)).to_be_visible()


def test_an_order_shows_lines_totals_customer_notes_and_timeline(
    tab: Tab, open_order: Json, admin: Person
) -> None:
    lines = tab.page.get_by_role("table", name="Lines")
    first = lines.get_by_role("row").nth(1)
    expect(first).to_contain_text("Browsertest bleach 5 L")
    assert first.get_by_role("cell").all_inner_texts() == ["£6.49", "2", "£12.98"]
    expect(lines.get_by_role("row").last).to_contain_text("£20.97")
    expect(tab.page.get_by_text("Leave at the back door")).to_be_visible()
    expect(tab.page.get_by_role("link", name=open_order["customer"]["email"])).to_be_visible()
    assert timeline(tab.page) == ["Placed"]
    expect(tab.page.locator(".timeline")).to_contain_text(admin.email)
    expect(tab.page.locator(".timeline time")).to_have_attribute("datetime", open_order["createdAt"])
    taken = tab.page.locator(".page-head").filter(has_text=admin.email)
    expect(taken.locator("time")).to_have_attribute("datetime", open_order["createdAt"])


def test_one_button_names_the_next_step_and_takes_it(
    tab: Tab, open_order: Json, staff: Person, admin_api: Api
) -> None:
    for step, status in (("packed", "Packed"), ("shipped", "Shipped"), ("delivered", "Delivered")):
        tab.page.get_by_role("button", name=f"Mark as {step}").click()
        status_badge(tab.page, status)
        expect(tab.page.get_by_role("button", name="Edit")).to_have_count(0)
    assert timeline(tab.page) == ["Delivered", "Shipped", "Packed", "Placed"]
    expect(tab.page.get_by_role("button", name=re.compile("^(Mark|Edit|Cancel)"))).to_have_count(0)
    stored = decided(admin_api, open_order["orderID"])
    assert [entry["by"] for entry in stored["history"][1:]] == [staff.email] * 3


def test_a_double_click_takes_one_step_only(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.page.get_by_role("button", name="Mark as packed").dblclick()
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_enabled()
    # A slow second click comes when the button already offers the step after this one.
    tab.page.get_by_role("button", name="Mark as shipped").hover()
    tab.page.mouse.down(click_count=2)
    tab.page.mouse.up(click_count=2)
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_one_press_of_enter_takes_one_step_however_long_it_is_held_down(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Mark as packed").focus()
    for _ in range(40):  # as a keyboard repeats a key: some 1.5 s
        tab.page.keyboard.down("Enter")
        tab.page.wait_for_timeout(33)
    tab.page.keyboard.up("Enter")
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_enter_hit_twice_takes_one_step_only(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.page.get_by_role("button", name="Mark as packed").focus()
    tab.page.keyboard.press("Enter")
    status_badge(tab.page, "Packed")
    tab.page.wait_for_timeout(50)
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_cancelling_asks_why_and_the_reason_is_in_the_timeline(tab: Tab, open_order: Json) -> None:
    tab.page.get_by_role("button", name="Cancel order").click()
    dialog = tab.page.get_by_role("dialog", name="Cancel this order?")
    dialog.get_by_role("button", name="Cancel the order").click()
    expect(dialog).to_be_visible()  # no reason, no cancelling
    dialog.get_by_label("Why is it cancelled?").fill("   ")
    dialog.get_by_role("button", name="Cancel the order").click()
    expect(dialog).to_be_visible()  # blanks are none
    dialog.get_by_label("Why is it cancelled?").fill(f"Ordered twice {HOSTILE}")
    dialog.get_by_role("button", name="Cancel the order").click()
    status_badge(tab.page, "Cancelled")
    expect(tab.page.locator(".timeline li").first).to_contain_text(f"Ordered twice {HOSTILE}")


def test_a_reason_outlives_the_session_and_a_reload(
    tab: Tab, open_order: Json, staff: Person, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Cancel order").click()
    tab.page.get_by_label("Why is it cancelled?").press_sequentially("Ordered twice, as they said")
    tab.end_session()
    tab.page.get_by_role("button", name="Cancel the order").click()
    tab.sign_in_again(staff)
    for again in (lambda: None, tab.page.reload):
        again()
        expect(tab.page.get_by_label("Why is it cancelled?")).to_have_value("Ordered twice, as they said")
    tab.page.get_by_role("button", name="Cancel the order").click()
    status_badge(tab.page, "Cancelled")
    expect(tab.page.locator(".timeline li").first).to_contain_text("Ordered twice, as they said")
    tab.page.reload()
    status_badge(tab.page, "Cancelled")
    expect(tab.page.get_by_role("dialog")).to_be_hidden()


def test_a_reason_is_there_again_when_the_order_comes_at_the_second_try(tab: Tab, open_order: Json) -> None:
    tab.page.get_by_role("button", name="Cancel order").click()
    tab.page.get_by_label("Why is it cancelled?").press_sequentially("Ordered twice")
    tab.page.route("**/api/orders/*", lambda route: route.abort(), times=1)
    tab.page.reload()
    tab.page.get_by_role("button", name="Try again").click()
    expect(tab.page.get_by_label("Why is it cancelled?")).to_have_value("Ordered twice")


def test_a_reason_for_an_order_that_was_shipped_meanwhile_comes_too_late(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Cancel order").click()
    tab.page.get_by_label("Why is it cancelled?").press_sequentially("Ordered twice")
    for status in ("packed", "shipped"):
        assert admin_api.call("PATCH", f"/orders/{open_order['orderID']}", {"status": status}).status == 200
    for notice in ("The order was not cancelled: it is shipped by now.", ""):
        tab.page.reload()
        status_badge(tab.page, "Shipped")
        expect(tab.page.locator("#notice-text")).to_have_text(notice)
        expect(tab.page.get_by_role("dialog")).to_be_hidden()


def test_an_order_is_kept_when_cancelling_is_thought_better_of(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    for give_up in ("button", "Escape"):
        tab.page.get_by_role("button", name="Cancel order").click()
        tab.page.get_by_label("Why is it cancelled?").press_sequentially("Twice")
        if give_up == "button":
            tab.page.get_by_role("button", name="Keep the order").click()
        else:
            tab.page.keyboard.press("Escape")
        expect(tab.page.get_by_role("dialog")).to_be_hidden()
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(tab.page.get_by_role("dialog")).to_be_hidden()
    assert decided(admin_api, open_order["orderID"])["version"] == 1


def test_moving_an_order_that_someone_else_has_changed_shows_it_and_does_nothing(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    lines = [("BT-BLEACH", 2), ("BT-GLOVES", 4), ("BT-HOSTILE", 3)]
    edit_elsewhere(admin_api, open_order, notes="Front door after all", items=items_of(lines))
    tab.page.get_by_role("button", name="Mark as packed").click()
    expect(tab.page.get_by_role("alert").filter(has_text=f"{admin.email} changed this order")).to_be_visible()
    expect(tab.page.locator("#reading")).to_contain_text("Front door after all")
    assert tab.page.locator("#notice li").all_inner_texts() == [
        "Notes: Leave at the back door → Front door after all",
        "Browsertest gloves, box of 100 (BT-GLOVES): Quantity 1 → Quantity 4",
        f"Browsertest zero {HOSTILE} (BT-HOSTILE): Not on the order → Quantity 3",
    ]
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    tab.page.get_by_role("button", name="Mark as packed").click()
    status_badge(tab.page, "Packed")


def test_lines_customer_and_notes_are_edited_while_placed(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("10")
    tab.page.get_by_role("button", name="Remove Browsertest gloves").click()
    tab.page.get_by_label("Phone").fill("+44 20 7946 0123")
    expect(tab.page.locator("#running-total")).to_have_text("£64.90")
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.get_by_role("link", name="+44 20 7946 0123")).to_be_visible()
    assert timeline(tab.page) == ["Edited", "Placed"]
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["version"], stored["total"]) == (2, 6490)


def test_a_form_that_is_opened_again_searches_once_and_adds_one_line(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    for leave in ("Discard changes", ""):
        tab.page.get_by_role("button", name="Edit").click()
        expect(tab.page.get_by_label("Name")).to_be_focused()
        if leave:
            tab.page.get_by_role("button", name=leave).click()
    searches: list[str] = []
    tab.page.on("request", lambda sent: searches.append(sent.url) if "/api/products?" in sent.url else None)
    tab.add_line("BT-HOSTILE", "4")
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert len(searches) == 1
    stored = decided(admin_api, open_order["orderID"])
    assert [item["quantity"] for item in stored["items"]] == [2, 1, 4]


def test_an_edit_that_breaks_a_rule_is_explained_at_the_field(tab: Tab, open_order: Json) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("0")
    tab.page.get_by_role("button", name="Save changes").click()
    assert tab.error_lines() == ["Quantity of line 1, Browsertest bleach 5 L, must be at least 1, got 0"]
    expect(tab.error_at("items[0].quantity")).to_have_text("Quantity must be at least 1, got 0")


def test_two_people_edit_one_order_and_the_second_chooses(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    tab.page.get_by_label("Phone").fill("020 1")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.page.get_by_role("button", name="Save changes").click()
    dialog = tab.page.get_by_role("dialog", name="Someone else changed this order")
    expect(dialog).to_contain_text(f"{admin.email} saved it while you were editing")
    # Only what both have changed is left open; the rest is suggested from the side that changed it.
    assert suggested(dialog) == {"Phone": "mine", "Notes": ""}
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(dialog).to_be_visible()  # the open question first
    dialog.get_by_role("group", name="Notes").get_by_label("Yours").check()
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["notes"], stored["customer"]["phone"], stored["version"]) == ("Side door", "020 1", 3)


def suggested(dialog: Locator) -> Json:
    """Which side is chosen already, for each difference that the dialog shows."""
    return {
        group.locator("legend").inner_text(): "".join(
            group.locator("input:checked").evaluate_all("all => all.map(one => one.value)")
        )
        for group in dialog.get_by_role("group").all()
    }


def test_lines_that_two_people_changed_are_chosen_line_by_line(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(items_of([("BT-BLEACH", 2), ("BT-GLOVES", 1), ("BT-HOSTILE", 3)]))
    tab.sign_in(staff, address(order))
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("10")
    tab.page.get_by_role("button", name="Remove Browsertest zero").click()
    edit_elsewhere(admin_api, order, items=items_of([("BT-BLEACH", 5), ("BT-HOSTILE", 9)]))
    tab.page.get_by_role("button", name="Save changes").click()
    dialog = tab.page.get_by_role("dialog", name="Someone else changed this order")
    bleach, gloves, hostile = (
        dialog.get_by_role("group", name=sku) for sku in ("BT-BLEACH", "BT-GLOVES", "BT-HOSTILE")
    )
    expect(bleach).to_be_visible()
    assert suggested(dialog) == {
        "Browsertest bleach 5 L BT-BLEACH": "",
        f"Browsertest zero {HOSTILE} BT-HOSTILE": "",
        "Browsertest gloves, box of 100 BT-GLOVES": "theirs",
    }
    both = "Now stored, changed from 2\nQuantity 5\nYours, changed from 2\nQuantity 10"
    assert both in words(bleach)
    assert "Now stored, removed, was 1\nNot on the order\nYours, unchanged\nQuantity 1" in words(gloves)
    removed = "Now stored, changed from 3\nQuantity 9\nYours, removed, was 3\nNot on the order"
    assert removed in words(hostile)
    for line in (bleach, gloves, hostile):
        line.get_by_label("Yours").check()
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    stored = decided(admin_api, order["orderID"])
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-BLEACH", 10),
        ("BT-GLOVES", 1),
    ]


def words(group: Locator) -> str:
    """The texts of a group, one a line whatever the layout."""
    return "\n".join(line.strip() for line in group.inner_text().splitlines() if line.strip())


def test_two_people_who_changed_an_order_to_the_same_are_asked_nothing(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    edit_elsewhere(admin_api, open_order, notes="Side door")
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.locator("#reading")).to_contain_text("Side door")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert decided(admin_api, open_order["orderID"])["version"] == 2


def test_the_second_editor_can_go_back_and_can_drop_the_own_changes(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    notes = tab.page.get_by_label("For packing and delivery")
    notes.fill("Side door")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.page.get_by_role("button", name="Save changes").click()
    tab.page.get_by_role("button", name="Back to editing").click()
    expect(notes).to_have_value("Side door")
    expect(notes).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["version"] == 2
    tab.page.get_by_role("button", name="Save changes").click()
    tab.page.get_by_role("button", name="Drop my changes").click()
    expect(tab.page.locator("#reading").get_by_text("Front door after all")).to_be_visible()
    assert decided(admin_api, open_order["orderID"])["version"] == 2


def test_an_edit_of_an_order_that_was_packed_meanwhile_is_not_saved_and_says_so(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    pack_elsewhere(admin_api, open_order)
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.get_by_role("alert").filter(has_text="can no longer be edited")).to_be_visible()
    status_badge(tab.page, "Packed")


def test_a_choice_that_comes_too_late_says_so_where_the_keyboard_is(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("Phone").fill("020 1")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.page.get_by_role("button", name="Save changes").press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Someone else changed this order")
    expect(dialog).to_be_visible()
    pack_elsewhere(admin_api, open_order)
    dialog.get_by_role("button", name="Save what is chosen").press("Enter")
    expect(tab.page.locator("#notice")).to_contain_text("can no longer be edited")
    expect(tab.page.locator("#notice")).to_be_focused()


def test_whoever_goes_back_to_editing_is_in_the_form_again(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    tab.page.get_by_role("button", name="Save changes").press("Enter")
    tab.page.get_by_role("button", name="Back to editing").press("Enter")
    expect(tab.page.get_by_role("button", name="Save changes")).to_be_focused()


def test_a_step_whose_answer_was_lost_is_found_to_be_done(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.lose_answers("**/api/orders/*", times=1)
    tab.page.get_by_role("button", name="Mark as packed").click()
    expect(tab.page.locator("#notice")).to_contain_text("cannot be reached")
    tab.page.get_by_role("button", name="Mark as packed").click()
    status_badge(tab.page, "Packed")
    expect(tab.page.locator("#notice")).to_be_hidden()
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_another_step_than_the_one_whose_answer_was_lost_is_said_to_follow_ones_own(
    tab: Tab, open_order: Json
) -> None:
    tab.lose_answers("**/api/orders/*", times=1)
    tab.page.get_by_role("button", name="Mark as packed").click()
    expect(tab.page.locator("#notice")).to_contain_text("cannot be reached")
    tab.page.get_by_role("button", name="Cancel order").click()
    tab.page.get_by_label("Why is it cancelled?").fill("Ordered twice")
    tab.page.get_by_role("button", name="Cancel the order").click()
    expect(tab.page.locator("#notice")).to_contain_text("You have changed this order already")
    status_badge(tab.page, "Packed")


def save_without_an_answer(tab: Tab) -> None:
    """Edit the customer's phone number to 020 1, which is stored without the page being told."""
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("Phone").fill("020 1")
    tab.lose_answers("**/api/orders/*", times=1)
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.locator("#error-summary")).to_contain_text("cannot be reached")


def test_an_edit_goes_on_from_ones_own_whose_answer_was_lost(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    save_without_an_answer(tab)
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    with tab.offline():  # this one does not even arrive
        tab.page.get_by_role("button", name="Save changes").click()
        expect(tab.page.locator("#error-summary")).to_contain_text("cannot be reached")
    tab.page.reload()
    tab.page.get_by_label("For packing and delivery").fill("Front door")
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["notes"], stored["customer"]["phone"], stored["version"]) == ("Front door", "020 1", 3)


def test_an_edit_whose_answer_was_lost_is_saved_although_the_order_was_packed_since(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    save_without_an_answer(tab)
    pack_elsewhere(admin_api, open_order)
    tab.page.get_by_role("button", name="Save changes").click()
    status_badge(tab.page, "Packed")
    expect(tab.page.get_by_role("link", name="020 1")).to_be_visible()
    expect(tab.page.locator("#notice")).to_be_hidden()


def test_an_edit_that_comes_back_after_the_order_was_packed_says_that_it_is_lost(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    tab.page.reload()
    expect(tab.page.get_by_label("For packing and delivery")).to_have_value("Side door")
    pack_elsewhere(admin_api, open_order)
    tab.page.reload()
    expect(tab.page.get_by_role("alert").filter(has_text="can no longer be edited")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(tab.page.locator("#notice")).to_be_hidden()


def test_without_a_network_neither_an_edit_nor_a_step_is_lost(tab: Tab, open_order: Json) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    with tab.offline():
        tab.page.get_by_role("button", name="Save changes").click()
        assert tab.error_lines() == ["The server cannot be reached. Check the connection."]
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.locator("#reading")).to_contain_text("Side door")
    with tab.offline():
        tab.page.get_by_role("button", name="Mark as packed").click()
        expect(tab.page.locator("#notice")).to_contain_text("The server cannot be reached")
    tab.page.get_by_role("button", name="Mark as packed").click()
    status_badge(tab.page, "Packed")
    expect(tab.page.locator("#notice")).to_be_hidden()


def test_changes_that_are_discarded_change_nothing(tab: Tab, open_order: Json) -> None:
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Side door")
    tab.page.get_by_role("button", name="Discard changes").click()
    expect(tab.page.get_by_text("Leave at the back door")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_text("Leave at the back door")).to_be_visible()


def test_staff_are_not_offered_to_erase(tab: Tab, open_order: Json) -> None:
    expect(tab.page.get_by_role("button", name="Erase order")).to_have_count(0)


def test_an_admin_erases_an_order_after_confirming(tab: Tab, admin: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(admin, address(order))
    tab.page.get_by_role("button", name="Erase order").click()
    tab.page.get_by_role("button", name="Keep the order").click()
    tab.page.get_by_role("button", name="Erase order").click()
    tab.page.get_by_role("button", name="Erase for good").click()
    expect(tab.page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    tab.goto(address(order))
    expect(tab.page.get_by_role("heading", name="No such order")).to_be_visible()


@pytest.mark.parametrize("link", ["/order.html", "/order.html?id=nonsense%2F..%2F<b>"])
def test_a_link_to_no_order_says_so(tab: Tab, staff: Person, link: str) -> None:
    tab.sign_in(staff, link)
    expect(tab.page.get_by_role("heading", name="No such order")).to_be_visible()


def test_a_rejected_order_shows_its_reasons_and_goes_on_as_a_new_one(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    lines = [
        {"sku": "BT-BLEACH", "quantity": 2},
        {"sku": "BT-RETIRED", "quantity": 1},
        {"sku": "NOT-OURS", "quantity": 1},
    ]
    rejected = place_order(lines, notes="Mind the step")
    tab.sign_in(staff, address(rejected))
    reasons = tab.page.locator(".rejection li")
    expect(reasons).to_contain_text(["Line 2, BT-RETIRED", "Line 3, NOT-OURS"])
    tab.page.get_by_role("link", name="Fix and send again as a new order").click()
    expect(tab.error_at("items[1].sku")).to_contain_text("BT-RETIRED")
    expect(tab.error_at("items[2].sku")).to_contain_text("NOT-OURS")
    tab.page.get_by_role("button", name="Remove NOT-OURS").click()
    tab.page.get_by_role("button", name="Remove BT-RETIRED").click()
    tab.send()
    tab.progress("Placed").get_by_role("link", name="Open the order").click()
    expect(tab.page.get_by_text("Mind the step")).to_be_visible()
    assert decided(admin_api, rejected["orderID"])["status"] == "rejected"


def test_markup_in_every_text_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE, "phone": "<b>1</b>", "address": HOSTILE}
    order = place_order([{"sku": "BT-HOSTILE", "quantity": 1}], notes=HOSTILE)
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert tab.page.locator("#reading").inner_text().count(HOSTILE) == 5
    assert tab.page.locator("main img, main script, main b").count() == 0
    tab.page.get_by_role("button", name="Edit").click()
    expect(tab.page.get_by_label("Name")).to_have_value(HOSTILE)
    expect(tab.page.locator("#line-rows")).to_contain_text(HOSTILE)


def test_the_customer_leads_to_the_customers_own_page(tab: Tab, open_order: Json) -> None:
    link = tab.page.get_by_role("link", name="All about this customer")
    expect(link).to_have_attribute(
        "href", f"/customer.html?email={open_order['customer']['email'].replace('@', '%40')}"
    )


def test_an_order_is_worked_on_by_single_keys(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.page.route(
        "**/shell/keyboard-help.js", lambda _: None
    )  # a key acts when it is pressed, whatever is missing
    tab.page.get_by_role("button", name="Edit").click()
    expect(tab.page.get_by_role("button", name="Save changes")).to_be_visible()
    notes = tab.page.get_by_label("For packing and delivery")
    notes.fill("")
    notes.press_sequentially("epic? n/d")
    expect(notes).to_have_value("epic? n/d")
    tab.page.locator("#customer-title").click()
    tab.page.keyboard.press("e")  # there is no next step while one edits
    tab.page.get_by_role("button", name="Discard changes").click()
    expect(tab.page.locator("#reading")).to_be_visible()
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    tab.page.keyboard.press("e")
    status_badge(tab.page, "Packed")
    tab.page.keyboard.press("e")  # hit twice, meant once
    expect(tab.page.get_by_role("button", name="Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"
    tab.page.keyboard.press("d")
    expect(tab.page.get_by_role("heading", name="New order")).to_be_visible()


def test_a_copied_link_is_confirmed(open_tab: OpenTab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(staff, address(order))
    copied = "navigator.clipboard.readText()"
    tab.page.get_by_role("button", name="Copy link").click()
    expect(tab.page.get_by_role("button", name="Link copied")).to_be_visible()
    expect(tab.page.locator("#announcement")).to_have_text("The link to this order is copied.")
    assert tab.page.evaluate(copied) == tab.site_url + address(order)
    tab.page.reload()
    expect(tab.page.get_by_role("button", name="Copy link")).to_be_visible()
    tab.page.evaluate("navigator.clipboard.writeText('')")
    tab.page.keyboard.press("c")
    expect(tab.page.get_by_role("button", name="Link copied")).to_be_visible()
    assert tab.page.evaluate(copied) == tab.site_url + address(order)


def test_a_link_that_the_browser_does_not_let_a_page_copy_is_shown_to_be_copied(
    tab: Tab, open_order: Json
) -> None:
    refuse = "Promise.reject(new DOMException('not allowed', 'NotAllowedError'))"
    tab.page.evaluate(f"() => {{ navigator.clipboard.writeText = () => {refuse}; }}")
    tab.page.get_by_role("button", name="Copy link").click()
    expect(tab.page.get_by_role("dialog", name="Copy this link")).to_be_visible()
    link = tab.page.get_by_label("Link to this order")
    expect(link).to_be_focused()
    expect(link).to_have_value(tab.site_url + address(open_order))
    assert tab.page.evaluate("getSelection().toString()") == tab.site_url + address(open_order)


def test_an_order_is_duplicated_with_customer_and_lines_at_the_prices_of_now(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    gloves = admin_api.call("GET", "/products/BT-GLOVES").document
    product = {key: gloves[key] for key in ("name", "category", "unit", "active")}
    assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "unitPrice": 1000}).status == 200
    try:
        tab.page.get_by_role("link", name="Duplicate").click()
        expect(tab.page.locator("#running-total")).to_have_text("£22.98")
    finally:
        price = {"unitPrice": gloves["unitPrice"]}
        assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, **price}).status == 200
    expect(tab.page.get_by_label("E-mail")).to_have_value(open_order["customer"]["email"])
    expect(tab.page.get_by_label("For packing and delivery")).to_have_value("")
    expect(tab.page.locator("#origin")).to_contain_text(open_order["orderID"][:8])
    tab.send()
    tab.progress("Placed").get_by_role("link", name="Open the order").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert open_order["orderID"] not in tab.page.url


def test_prices_that_come_while_somebody_types_leave_the_field_alone(tab: Tab, open_order: Json) -> None:
    held: list[Route] = []
    tab.page.route("**/api/products/*", lambda route: held.append(route))
    tab.page.get_by_role("link", name="Duplicate").click()
    quantity = tab.page.get_by_label("Quantity of Browsertest bleach 5 L")
    quantity.click()
    quantity.press("End")
    tab.page.keyboard.type("4")
    for route in held:
        route.fulfill(json={**route.fetch().json(), "unitPrice": 500, "name": "Browsertest bleach, new can"})
    expect(tab.page.locator("#running-total")).to_have_text("£125.00")  # 24 at £5, and the gloves at £5
    tab.page.keyboard.type("1n")
    expect(tab.page.get_by_label("Quantity of Browsertest bleach, new can").first).to_have_value("241n")
    expect(tab.page.get_by_label("Quantity of Browsertest bleach, new can").first).to_be_focused()


def paper(page: Page, name: str) -> str:
    """What stands on the paper that would be printed now; no other text may."""
    page.emulate_media(media="print")
    expect(page.locator("header.masthead, #order")).to_have_count(2)
    for part in page.locator("body > *, main > *").all():
        if part.evaluate("part => part.localName !== 'main' && !part.classList.contains('paper')"):
            expect(part).to_be_hidden()
    expect(page.locator(".paper:visible")).to_have_attribute("id", name)
    text = page.locator(".paper:visible").inner_text()
    page.emulate_media(media="screen")
    return text


def test_printing_the_page_prints_the_invoice(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"company": "Harbour Hotel", "address": "1 Quay\nPort", "phone": "020 1"}
    order = place_order(notes="Back door")
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    invoice = paper(tab.page, "invoice")
    date = tab.page.evaluate(
        "date => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date(date))",
        order["createdAt"],
    )
    for text in (
        "Invoice", order["orderID"], date, "Maria Okafor", "Harbour Hotel", "1 Quay\nPort",
        customer["email"], "BT-BLEACH\tBrowsertest bleach 5 L\t2\t£6.49\t£12.98", "Total\t£20.97",
    ):  # fmt: skip
        assert text in invoice
    assert "VAT" not in invoice
    assert "Back door" not in invoice


def test_the_packing_slip_has_tick_boxes_notes_and_address_and_no_price(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"company": "Harbour Hotel", "address": "1 Quay\nPort", "phone": "020 1"}
    order = place_order(notes="Back door")
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, address(order))
    tab.page.get_by_role("button", name="Print packing slip").click()
    slip = paper(tab.page, "packing-slip")
    for text in (
        "Packing slip",
        order["orderID"][:8],
        "Maria Okafor",
        "1 Quay\nPort",
        "Back door",
        "3 units",
    ):
        assert text in slip
    assert re.search(r"2\s+BT-BLEACH\s+Browsertest bleach 5 L", slip)
    assert not re.search(r"£|\d\.\d\d", slip)
    tab.page.get_by_role("button", name="Print packing slip").click()
    tab.page.emulate_media(media="print")
    expect(tab.page.locator("#packing-slip .tick:visible")).to_have_count(2)
    sizes = tab.page.locator("#packing-slip .order-number, #packing-slip h1").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes[1] > sizes[0]  # the number is the largest of all
    tab.page.emulate_media(media="screen")
    tab.page.get_by_role("button", name="Print invoice").click()
    assert "Invoice" in paper(tab.page, "invoice")


def test_a_long_order_prints_on_pages_that_repeat_the_header_and_break_no_row(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order([{"sku": "BT-BLEACH", "quantity": number} for number in range(1, 101)])
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    pages = tab.page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages >= 3
    tab.page.emulate_media(media="print")
    styles = tab.page.locator("#invoice").evaluate(
        """invoice => ["thead", "tbody tr", "tfoot"].map((part) => {
            const style = getComputedStyle(invoice.querySelector(part));
            return [style.display, style.breakInside];
        })"""
    )
    assert [styles[0][0], styles[1][1], styles[2][0]] == ["table-header-group", "avoid", "table-row-group"]
    expect(tab.page.locator("#invoice .running")).to_contain_text(f"Invoice, order {order['orderID'][:8]}")


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_an_order_that_is_not_to_be_paid_prints_no_invoice(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api, status: str
) -> None:
    order = place_order([{"sku": "BT-BLEACH" if status == "cancelled" else "NOT-OURS", "quantity": 1}])
    if status == "cancelled":
        change = {"status": "cancelled", "note": "Ordered twice"}
        assert admin_api.call("PATCH", f"/orders/{order['orderID']}", change).status == 200
    tab.sign_in(staff, address(order))
    status_badge(tab.page, status.capitalize())
    expect(tab.page.get_by_role("button", name=re.compile("^Print"))).to_have_count(0)
    text = paper(tab.page, "invoice")
    assert "Invoice" not in text
    assert f"This order is {status}: nothing is to be sent or paid." in text


def test_markup_is_printed_as_text(tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE, "phone": "<b>1</b>", "address": HOSTILE}
    order = place_order([{"sku": "BT-HOSTILE", "quantity": 1}], notes=HOSTILE)
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, address(order))
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert paper(tab.page, "invoice").count(HOSTILE) == 4
    tab.page.get_by_role("button", name="Print packing slip").click()
    assert paper(tab.page, "packing-slip").count(HOSTILE) == 5
    tab.page.emulate_media(media="print")
    assert tab.page.locator(".paper img, .paper script, .paper b").count() == 0
