"""One order: read, moved on, cancelled, edited (also by two people at once), erased."""

import re

import pytest
from playwright.sync_api import Page, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided
from tests.browser.desk import Desk, Person

pytestmark = pytest.mark.browser


@pytest.fixture
def open_order(desk: Desk, staff: Person, place_order: PlaceOrder) -> Json:
    """An order that a member of staff has open."""
    order = place_order(notes="Leave at the back door")
    desk.sign_in(staff, address(order))
    expect(desk.page.get_by_role("heading", name="Timeline")).to_be_visible()
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


def status_badge(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1).get_by_text(name)).to_be_visible()


def test_an_order_shows_lines_totals_customer_notes_and_timeline(
    desk: Desk, open_order: Json, admin: Person
) -> None:
    lines = desk.page.get_by_role("table", name="Lines")
    first = lines.get_by_role("row").nth(1)
    expect(first).to_contain_text("Browsertest bleach 5 L")
    assert first.get_by_role("cell").all_inner_texts() == ["£6.49", "2", "£12.98"]
    expect(lines.get_by_role("row").last).to_contain_text("£20.97")
    expect(desk.page.get_by_text("Leave at the back door")).to_be_visible()
    expect(desk.page.get_by_role("link", name=open_order["customer"]["email"])).to_be_visible()
    assert timeline(desk.page) == ["Placed"]
    expect(desk.page.locator(".timeline")).to_contain_text(admin.email)


def test_one_button_names_the_next_step_and_takes_it(
    desk: Desk, open_order: Json, staff: Person, admin_api: Api
) -> None:
    for step, status in (("packed", "Packed"), ("shipped", "Shipped"), ("delivered", "Delivered")):
        desk.page.get_by_role("button", name=f"Mark as {step}").click()
        status_badge(desk.page, status)
    assert timeline(desk.page) == ["Delivered", "Shipped", "Packed", "Placed"]
    expect(desk.page.get_by_role("button", name=re.compile("^(Mark|Edit|Cancel)"))).to_have_count(0)
    stored = decided(admin_api, open_order["orderID"])
    assert [entry["by"] for entry in stored["history"][1:]] == [staff.email] * 3


def test_a_double_click_takes_one_step_only(desk: Desk, open_order: Json, admin_api: Api) -> None:
    desk.page.get_by_role("button", name="Mark as packed").dblclick()
    expect(desk.page.get_by_role("button", name="Mark as shipped")).to_be_enabled()
    # A slow second click comes when the button already offers the step after this one.
    desk.page.get_by_role("button", name="Mark as shipped").hover()
    desk.page.mouse.down(click_count=2)
    desk.page.mouse.up(click_count=2)
    expect(desk.page.get_by_role("button", name="Mark as shipped")).to_be_enabled()
    assert decided(admin_api, open_order["orderID"])["status"] == "packed"


def test_cancelling_asks_why_and_the_reason_is_in_the_timeline(desk: Desk, open_order: Json) -> None:
    desk.page.get_by_role("button", name="Cancel order").click()
    dialog = desk.page.get_by_role("dialog", name="Cancel this order?")
    dialog.get_by_role("button", name="Cancel the order").click()
    expect(dialog).to_be_visible()  # no reason, no cancelling
    dialog.get_by_label("Why is it cancelled?").fill(f"Ordered twice {HOSTILE}")
    dialog.get_by_role("button", name="Cancel the order").click()
    status_badge(desk.page, "Cancelled")
    expect(desk.page.locator(".timeline li").first).to_contain_text(f"Ordered twice {HOSTILE}")


def test_an_order_is_kept_when_cancelling_is_thought_better_of(
    desk: Desk, open_order: Json, admin_api: Api
) -> None:
    for give_up in ("button", "Escape"):
        desk.page.get_by_role("button", name="Cancel order").click()
        if give_up == "button":
            desk.page.get_by_role("button", name="Keep the order").click()
        else:
            desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("dialog")).to_be_hidden()
    assert decided(admin_api, open_order["orderID"])["version"] == 1


def test_moving_an_order_that_someone_else_has_changed_shows_it_and_does_nothing(
    desk: Desk, open_order: Json, admin_api: Api, admin: Person
) -> None:
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    desk.page.get_by_role("button", name="Mark as packed").click()
    expect(
        desk.page.get_by_role("alert").filter(has_text=f"{admin.email} changed this order")
    ).to_be_visible()
    expect(desk.page.get_by_text("Front door after all")).to_be_visible()
    assert decided(admin_api, open_order["orderID"])["status"] == "placed"
    desk.page.get_by_role("button", name="Mark as packed").click()
    status_badge(desk.page, "Packed")


def test_lines_customer_and_notes_are_edited_while_placed(
    desk: Desk, open_order: Json, admin_api: Api
) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("10")
    desk.page.get_by_role("button", name="Remove Browsertest gloves").click()
    desk.page.get_by_label("Phone").fill("+44 20 7946 0123")
    expect(desk.page.locator("#running-total")).to_have_text("£64.90")
    desk.page.get_by_role("button", name="Save changes").click()
    expect(desk.page.get_by_role("link", name="+44 20 7946 0123")).to_be_visible()
    assert timeline(desk.page) == ["Edited", "Placed"]
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["version"], stored["total"]) == (2, 6490)


def test_an_edit_that_breaks_a_rule_is_explained_at_the_field(desk: Desk, open_order: Json) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("0")
    desk.page.get_by_role("button", name="Save changes").click()
    assert desk.error_lines() == ["Quantity of line 1, Browsertest bleach 5 L, must be at least 1, got 0"]
    expect(desk.error_at("items[0].quantity")).to_have_text("Quantity must be at least 1, got 0")


def test_two_people_edit_one_order_and_the_second_chooses(
    desk: Desk, open_order: Json, admin_api: Api, admin: Person
) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("For packing and delivery").fill("Side door")
    desk.page.get_by_label("Phone").fill("020 1")
    new_lines = [{"sku": "BT-GLOVES", "quantity": 7}]
    edit_elsewhere(admin_api, open_order, notes="Front door after all", items=new_lines)
    desk.page.get_by_role("button", name="Save changes").click()
    dialog = desk.page.get_by_role("dialog", name="Someone else changed this order")
    expect(dialog).to_contain_text(f"{admin.email} saved it while you were editing")
    chosen = {
        group: dialog.get_by_role("group", name=group)
        .locator("input:checked")
        .evaluate_all("all => all.map(one => one.value)")
        for group in ("Phone", "Notes", "Lines")
    }
    # Only what both have changed is left open; the rest is suggested from the side that changed it.
    assert chosen == {"Phone": ["mine"], "Notes": [], "Lines": ["theirs"]}
    expect(dialog.get_by_role("group", name="Lines")).to_contain_text("7 × Browsertest gloves, box of 100")
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(dialog).to_be_visible()  # the open question first
    dialog.get_by_role("group", name="Notes").get_by_label("Yours").check()
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(desk.page.get_by_role("heading", name="Timeline")).to_be_visible()
    stored = decided(admin_api, open_order["orderID"])
    assert (stored["notes"], stored["customer"]["phone"]) == ("Side door", "020 1")
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [("BT-GLOVES", 7)]
    assert stored["version"] == 3


def test_the_second_editor_can_drop_the_own_changes(desk: Desk, open_order: Json, admin_api: Api) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("For packing and delivery").fill("Side door")
    edit_elsewhere(admin_api, open_order, notes="Front door after all")
    desk.page.get_by_role("button", name="Save changes").click()
    desk.page.get_by_role("button", name="Drop my changes").click()
    expect(desk.page.locator("#reading").get_by_text("Front door after all")).to_be_visible()
    assert decided(admin_api, open_order["orderID"])["version"] == 2


def test_an_edit_of_an_order_that_was_packed_meanwhile_is_not_saved_and_says_so(
    desk: Desk, open_order: Json, admin_api: Api
) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("For packing and delivery").fill("Side door")
    assert admin_api.call("PATCH", f"/orders/{open_order['orderID']}", {"status": "packed"}).status == 200
    desk.page.get_by_role("button", name="Save changes").click()
    expect(desk.page.get_by_role("alert").filter(has_text="can no longer be edited")).to_be_visible()
    status_badge(desk.page, "Packed")


def test_changes_that_are_discarded_change_nothing(desk: Desk, open_order: Json) -> None:
    desk.page.get_by_role("button", name="Edit").click()
    desk.page.get_by_label("For packing and delivery").fill("Side door")
    desk.page.get_by_role("button", name="Discard changes").click()
    expect(desk.page.get_by_text("Leave at the back door")).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_text("Leave at the back door")).to_be_visible()


def test_staff_are_not_offered_to_erase(desk: Desk, open_order: Json) -> None:
    expect(desk.page.get_by_role("button", name="Erase order")).to_have_count(0)


def test_an_admin_erases_an_order_after_confirming(
    desk: Desk, admin: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    desk.sign_in(admin, address(order))
    desk.page.get_by_role("button", name="Erase order").click()
    desk.page.get_by_role("button", name="Keep the order").click()
    desk.page.get_by_role("button", name="Erase order").click()
    desk.page.get_by_role("button", name="Erase for good").click()
    expect(desk.page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    desk.goto(address(order))
    expect(desk.page.get_by_role("heading", name="No such order")).to_be_visible()


@pytest.mark.parametrize("link", ["/order.html", "/order.html?id=nonsense%2F..%2F<b>"])
def test_a_link_to_no_order_says_so(desk: Desk, staff: Person, link: str) -> None:
    desk.sign_in(staff, link)
    expect(desk.page.get_by_role("heading", name="No such order")).to_be_visible()


def test_a_rejected_order_shows_its_reasons_and_goes_on_as_a_new_one(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    lines = [
        {"sku": "BT-BLEACH", "quantity": 2},
        {"sku": "BT-RETIRED", "quantity": 1},
        {"sku": "NOT-OURS", "quantity": 1},
    ]
    rejected = place_order(lines, notes="Mind the step")
    desk.sign_in(staff, address(rejected))
    reasons = desk.page.locator(".rejection li")
    expect(reasons).to_contain_text(["Line 2, BT-RETIRED", "Line 3, NOT-OURS"])
    desk.page.get_by_role("link", name="Fix and send again as a new order").click()
    expect(desk.error_at("items[1].sku")).to_contain_text("BT-RETIRED")
    expect(desk.error_at("items[2].sku")).to_contain_text("NOT-OURS")
    desk.page.get_by_role("button", name="Remove NOT-OURS").click()
    desk.page.get_by_role("button", name="Remove BT-RETIRED").click()
    desk.send()
    desk.progress("Placed").get_by_role("link", name="Open the order").click()
    expect(desk.page.get_by_text("Mind the step")).to_be_visible()
    assert decided(admin_api, rejected["orderID"])["status"] == "rejected"


def test_markup_in_every_text_is_shown_as_text(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE, "phone": "<b>1</b>", "address": HOSTILE}
    order = place_order([{"sku": "BT-HOSTILE", "quantity": 1}], notes=HOSTILE)
    desk.sign_in(staff, address(order))
    expect(desk.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert desk.page.locator("#reading").inner_text().count(HOSTILE) == 5
    assert desk.page.locator("main img, main script, main b").count() == 0
    desk.page.get_by_role("button", name="Edit").click()
    expect(desk.page.get_by_label("Name")).to_have_value(HOSTILE)
    expect(desk.page.locator("#line-rows")).to_contain_text(HOSTILE)
