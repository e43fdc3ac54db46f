"""The form of a new order: keyboard, checks before sending, drafts, copies of other orders."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided, orders_of, withdrawn
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_an_order_is_written_and_sent_by_keyboard_alone(form: Tab, customer: Json, admin_api: Api) -> None:
    form.type("browsertest")
    expect(form.find("option")).to_have_count(3)  # the fourth product is no longer sold
    first, second = (form.find("option").nth(index).inner_text() for index in (0, 1))
    expect(form.find("option").first).to_have_attribute("aria-selected", "true")
    form.key("ArrowDown")
    expect(form.find("option").nth(1)).to_have_attribute("aria-selected", "true")
    form.key("Enter")
    form.type("12")
    form.key("ArrowUp")
    form.key("Enter")
    form.type("BT-BLEACH")
    form.key("Enter")  # before the search results arrive
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_be_focused()
    assert ("bleach" in first, "gloves" in second) == (True, True)
    expect(form.css("#running-total")).to_have_text("£110.36")
    tab_until_focused(form, "Name")
    form.type(customer["name"])
    form.key("Tab")
    form.type(customer["email"])
    form.key("Enter")  # must not send the unfinished order
    expect(form.css("#progress")).to_be_hidden()
    tab_until_focused(form, "Send order")
    form.key("Enter")
    expect(form.progress("Placed")).to_be_focused()
    order = orders_of(admin_api, customer)[0]
    stored = decided(admin_api, order["orderID"])
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-GLOVES", 13),
        ("BT-BLEACH", 1),
    ]
    assert stored["total"] == 11036


def tab_until_focused(tab: Tab, name: str) -> None:
    """Press Tab until the field or button with this name has the focus."""
    for _ in range(30):
        tab.key("Tab")
        focused = tab.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_every_error_is_shown_in_summary_and_at_its_field(form: Tab) -> None:
    sent = form.requests("/api/orders")
    form.add_line("browsertest bleach", "0")
    form.add_line("browsertest gloves", "1e2")
    form.add_line("BT-HOSTILE", "1.0")
    form.fill_customer(E_mail="maria at hotel", Company="x" * 201)
    form.send()
    form.sees_errors(
        [
            "Name is required",
            'E-mail must be an e-mail address such as name@example.org, got "maria at hotel"',
            "Company must have at most 200 characters, got 201",
            "Quantity of line 1, Browsertest bleach 5 L, must be at least 1, got 0",
            'Quantity of line 2, Browsertest gloves, box of 100, must be a whole number in digits, got "1e2"',
            f'Quantity of line 3, Browsertest zero {HOSTILE}, must be a whole number in digits, got "1.0"',
        ]
    )
    expect(form.error_summary()).to_be_focused()
    expect(form.error_at("customer.name")).to_have_text("Name is required")
    expect(form.error_at("items[2].quantity")).to_have_text(
        'Quantity must be a whole number in digits, got "1.0"'
    )
    email = form.field("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(re.compile("must be an e-mail address"))
    form.follow(re.compile("^E-mail must be"))
    expect(email).to_be_focused()
    email.fill("maria@hotel.example")
    expect(form.error_at("customer.email")).to_be_hidden()
    assert sent == []


def test_an_order_without_lines_is_not_sent(form: Tab) -> None:
    form.fill_customer(Name="Maria", E_mail="maria@hotel.example")
    form.send()
    form.sees_errors(["At least one line is required"])
    form.follow("At least one line is required")
    expect(form.product_search()).to_be_focused()


def test_removing_a_line_focuses_the_next_one(form: Tab) -> None:
    form.add_line("browsertest bleach", "1")
    form.add_line("browsertest gloves", "1")
    form.button("Remove Browsertest bleach 5 L").press("Enter")
    expect(form.button("Remove Browsertest gloves, box of 100")).to_be_focused()
    form.key("Enter")
    expect(form.product_search()).to_be_focused()


COUNT_CHANGES = """async (input) => {
    const changes = [];
    const observer = new MutationObserver((found) => changes.push(...found));
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    input.value = input.value + "1";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    changes.push(...observer.takeRecords());
    return changes.length;
}"""


def test_a_digit_changes_no_more_of_the_page_with_1000_lines_than_with_two(
    form: Tab, place_order: PlaceOrder
) -> None:
    form.watch_requests()
    changes = []
    for lines in (2, 1000):
        order = place_order([{"sku": "BT-BLEACH", "quantity": number} for number in range(1, lines + 1)])
        form.goto(f"/new-order.html?from={order['orderID']}")
        expect(form.css("#line-count")).to_have_text(f"{lines:,} lines")
        form.settle()  # the present prices change each line
        changes.append(form.css(f"#quantity-{lines - 1}").evaluate(COUNT_CHANGES))
    assert 0 < changes[1] <= changes[0]


def test_a_draft_survives_a_reload_and_can_be_discarded(filled: Tab, customer: Json) -> None:
    filled.reload()
    expect(filled.field("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    expect(filled.css("#running-total")).to_have_text("£19.47")
    filled.press("Discard")
    expect(filled.field("E-mail")).to_have_value("")


def test_a_discarded_order_can_be_brought_back_until_the_next_one_is_sent(
    filled: Tab, customer: Json
) -> None:
    undo = filled.button("Undo")
    filled.press("Discard")
    expect(filled.css("#undo")).to_contain_text("The order was discarded.")
    filled.reload()
    filled.add_line("browsertest gloves", "7")
    undo.press("Enter")
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    expect(filled.css("#running-total")).to_have_text("£19.47")
    expect(filled.css("#undo")).to_contain_text("Another order was put aside.")
    filled.reload()
    undo.click()
    expect(filled.css("#running-total")).to_have_text("£55.93")
    undo.click()
    filled.send()
    filled.sees("is placed")
    filled.press("Take another order")
    expect(filled.field("E-mail")).to_have_value("")
    expect(undo).to_be_hidden()


def test_a_removed_line_can_be_brought_back_to_its_place(form: Tab) -> None:
    for product, quantity in (("bleach", "3"), ("gloves", "2"), ("zero", "5")):
        form.add_line(f"browsertest {product}", quantity)
    for product in ("gloves, box of 100", "bleach 5 L"):
        form.button(f"Remove Browsertest {product}").press("Enter")
    expect(form.css("#undo")).to_contain_text("Browsertest bleach 5 L was removed.")
    form.press("Undo")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_be_focused()
    expect(form.css("#line-rows input").nth(0)).to_have_value("3")
    expect(form.css("#running-total")).to_have_text("£24.47")
    expect(form.css("#undo")).to_be_hidden()
    form.reload()
    expect(form.css("#line-count")).to_have_text("2 lines")


def test_a_draft_is_not_shown_to_the_next_person(filled: Tab, customer: Json, admin: Person) -> None:
    filled.press("Sign out")
    filled.dialog("Leave this order?").says("What you typed is gone when you sign out.")
    filled.dialog("Leave this order?").press("Leave")
    filled.sees_heading("You are signed out")
    filled.sign_in(admin, "/new-order.html")
    expect(filled.field("E-mail")).to_have_value("")


def test_sign_out_on_another_page_asks_about_an_order_that_was_left(
    filled: Tab, customer: Json, staff: Person
) -> None:
    filled.follow("Customers")
    filled.dialog("Leave this order?").press("Leave")
    filled.sees_heading("Customers")
    filled.button("Sign out").focus()
    filled.key("Enter")
    question = filled.dialog("Sign out and lose what you typed?")
    question.says("This tab has an order that is neither sent nor parked.")
    expect(question.button("Stay")).to_be_focused()
    assert_accessible(filled)
    assert_nothing_sticks_out(filled)
    filled.key("Escape")
    expect(filled.button("Sign out")).to_be_focused()
    filled.follow("New order")
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    filled.follow("Orders")
    filled.sees_heading("Orders")
    filled.press("Sign out")
    question.press("Sign out")
    filled.sees_heading("You are signed out")
    filled.sign_in(staff, "/new-order.html")
    expect(filled.field("E-mail")).to_have_value("")


def test_sign_out_asks_about_nothing_that_is_sent_parked_or_not_typed(
    filled: Tab, place_order: PlaceOrder
) -> None:
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    for items in (
        None,
        [{"sku": "NOT-OURS", "quantity": 1}],
    ):  # a copy of a placed order, and of a rejected one
        filled.goto(f"/new-order.html?from={place_order(items)['orderID']}")
        expect(filled.field("E-mail")).not_to_have_value("")
        filled.follow("Orders")
        filled.sees_heading("Orders")
    filled.goto("/new-order.html")
    filled.add_line("browsertest bleach", "3")
    filled.follow("Customers")
    filled.dialog("Leave this order?").press("Park it")
    filled.sees_heading("Customers")
    filled.press("Sign out")
    filled.sees_heading("You are signed out")


def test_sign_out_asks_about_a_typed_comment(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    tab.fill("Comment", "Ring twice")
    tab.goto("/orders.html")
    tab.press("Sign out")
    question = tab.dialog("Sign out and lose what you typed?")
    question.says("This tab has an unsent comment.")
    question.press("Stay")
    tab.goto(f"/order.html?id={order['orderID']}")
    tab.fill("Comment", "")
    tab.press("Sign out")
    tab.sees_heading("You are signed out")


def test_draft_is_not_shown_to_another_person_after_session_end(filled: Tab, admin: Person) -> None:
    filled.end_session()
    filled.send()
    filled.sign_in_again(admin)
    filled.sees(admin.email)
    expect(filled.field("E-mail")).to_have_value("")


def test_fields_of_a_copy_are_disabled_until_the_order_loads(form: Tab, place_order: PlaceOrder) -> None:
    order = place_order()
    held = form.hold(f"**/api/orders/{order['orderID']}")
    form.goto(f"/new-order.html?from={order['orderID']}")
    form.sees("From order")
    expect(form.field("For packing and delivery")).to_be_disabled()
    held[0].continue_()
    expect(form.field("Name")).to_have_value(order["customer"]["name"])
    expect(form.field("For packing and delivery")).to_be_enabled()


def test_copy_names_products_that_are_no_longer_sold(
    form: Tab, admin_api: Api, place_order: PlaceOrder
) -> None:
    order = place_order()
    with withdrawn(admin_api, "BT-GLOVES"):
        form.goto(f"/new-order.html?from={order['orderID']}")
        form.sees_errors(["Line 2: BT-GLOVES is no longer sold"])


def test_failed_copy_can_be_retried_and_does_not_change_the_draft(
    filled: Tab, place_order: PlaceOrder
) -> None:
    order = place_order()
    lines = filled.css("#line-rows tr")
    filled.answer("**/api/orders/*", status=502, body="{}")
    filled.goto(f"/new-order.html?from={order['orderID']}")
    filled.sees_heading("The order to copy could not be loaded")
    filled.let_through("**/api/orders/*")
    filled.press("Try again")
    expect(lines).to_have_count(2)
    filled.goto("/new-order.html")
    expect(filled.field("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(lines).to_have_count(1)
