"""The form of a new order: keyboard, checks before sending, drafts, copies of other orders."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided, orders_of
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_an_order_is_written_and_sent_by_keyboard_alone(form: Tab, customer: Json, admin_api: Api) -> None:
    keys = form.page.keyboard
    keys.type("browsertest")
    expect(form.page.get_by_role("option")).to_have_count(3)  # what is no longer sold is not offered
    first, second = (form.page.get_by_role("option").nth(index).inner_text() for index in (0, 1))
    expect(form.page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    keys.press("ArrowDown")
    expect(form.page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    keys.type("12")
    keys.press("ArrowUp")
    keys.press("Enter")
    keys.type("BT-BLEACH")
    keys.press("Enter")  # before the list is there
    expect(form.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_be_focused()
    assert ("bleach" in first, "gloves" in second) == (True, True)
    expect(form.page.locator("#running-total")).to_have_text("£110.36")
    press_until_focused(form.page, "Name")
    keys.type(customer["name"])
    keys.press("Tab")
    keys.type(customer["email"])
    keys.press("Enter")  # does not send a half-written order
    expect(form.page.locator("#progress")).to_be_hidden()
    press_until_focused(form.page, "Send order")
    keys.press("Enter")
    expect(form.progress("Placed")).to_be_focused()
    order = orders_of(admin_api, customer)[0]
    stored = decided(admin_api, order["orderID"])
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-GLOVES", 13),
        ("BT-BLEACH", 1),
    ]
    assert stored["total"] == 11036


def press_until_focused(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(
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
    assert form.error_lines() == [
        "Name is required",
        'E-mail must be an e-mail address such as name@example.org, got "maria at hotel"',
        "Company must have a length of at most 200, got 201",
        "Quantity of line 1, Browsertest bleach 5 L, must be at least 1, got 0",
        'Quantity of line 2, Browsertest gloves, box of 100, must be a whole number in digits, got "1e2"',
        f'Quantity of line 3, Browsertest zero {HOSTILE}, must be a whole number in digits, got "1.0"',
    ]
    expect(form.page.locator("#error-summary")).to_be_focused()
    expect(form.error_at("customer.name")).to_have_text("Name is required")
    expect(form.error_at("items[2].quantity")).to_have_text(
        'Quantity must be a whole number in digits, got "1.0"'
    )
    email = form.page.get_by_label("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(re.compile("must be an e-mail address"))
    form.page.get_by_role("link", name="E-mail must be").click()
    expect(email).to_be_focused()
    email.fill("maria@hotel.example")
    expect(form.error_at("customer.email")).to_be_hidden()
    assert sent == []


def test_an_order_without_lines_is_not_sent(form: Tab) -> None:
    form.fill_customer(Name="Maria", E_mail="maria@hotel.example")
    form.send()
    assert form.error_lines() == ["At least one line is required"]
    form.page.get_by_role("link", name="At least one line is required").click()
    expect(form.page.get_by_role("combobox", name="Add a product")).to_be_focused()


def test_removing_a_line_focuses_the_next_one(form: Tab) -> None:
    form.add_line("browsertest bleach", "1")
    form.add_line("browsertest gloves", "1")
    form.page.get_by_role("button", name="Remove Browsertest bleach").press("Enter")
    expect(form.page.get_by_role("button", name="Remove Browsertest gloves")).to_be_focused()
    form.page.keyboard.press("Enter")
    expect(form.page.get_by_role("combobox", name="Add a product")).to_be_focused()


def test_key_in_1000_lines_takes_less_than_a_frame(form: Tab, place_order: PlaceOrder) -> None:
    order = place_order([{"sku": "BT-BLEACH", "quantity": number} for number in range(1, 1001)])
    form.goto(f"/new-order.html?from={order['orderID']}")
    expect(form.page.locator("#line-count")).to_have_text("1000 lines")
    quantity = form.page.locator("#quantity-999")
    quantity.fill("1")
    key = """input => {
        const times = Array.from({ length: 9 }, (_, digit) => {
            const start = performance.now();
            input.value = digit;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            return performance.now() - start;
        });
        return times.sort((a, b) => a - b)[4];
    }"""
    assert quantity.evaluate(key) < 16  # ms of scripting, in the middle of nine


def test_a_draft_survives_a_reload_and_can_be_discarded(filled: Tab, customer: Json) -> None:
    filled.page.reload()
    expect(filled.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(filled.page.get_by_label("E-mail")).to_have_value(customer["email"])
    expect(filled.page.locator("#running-total")).to_have_text("£19.47")
    filled.page.get_by_role("button", name="Discard").click()
    expect(filled.page.get_by_label("E-mail")).to_have_value("")


def test_a_draft_is_not_shown_to_the_next_person(filled: Tab, customer: Json, admin: Person) -> None:
    filled.page.get_by_role("button", name="Sign out").click()
    expect(filled.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    filled.sign_in(admin, "/new-order.html")
    expect(filled.page.get_by_label("E-mail")).to_have_value("")


def test_draft_is_not_shown_to_another_person_after_session_end(filled: Tab, admin: Person) -> None:
    filled.end_session()
    filled.send()
    filled.sign_in_again(admin)
    expect(filled.page.get_by_text(admin.email)).to_be_visible()
    expect(filled.page.get_by_label("E-mail")).to_have_value("")


def test_fields_of_a_copy_are_disabled_until_it_loads(form: Tab, place_order: PlaceOrder) -> None:
    order = place_order()
    held: list[Route] = []
    form.page.route(f"**/api/orders/{order['orderID']}", lambda route: held.append(route))
    form.goto(f"/new-order.html?from={order['orderID']}")
    expect(form.page.get_by_text("From order")).to_be_visible()
    expect(form.page.get_by_label("For packing and delivery")).to_be_disabled()
    held[0].continue_()
    expect(form.page.get_by_label("Name", exact=True)).to_have_value(order["customer"]["name"])
    expect(form.page.get_by_label("For packing and delivery")).to_be_enabled()


def test_copy_names_products_that_are_no_longer_sold(
    form: Tab, admin_api: Api, place_order: PlaceOrder
) -> None:
    order = place_order()
    gloves = admin_api.call("GET", "/products/BT-GLOVES").document
    product = {key: gloves[key] for key in ("name", "category", "unitPrice", "unit")}
    assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "active": False}).status == 200
    try:
        form.goto(f"/new-order.html?from={order['orderID']}")
        assert form.error_lines() == ["SKU of line 2 is no longer sold"]
    finally:
        assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "active": True}).status == 200


def test_failed_copy_can_be_retried_and_leaves_the_draft_alone(filled: Tab, place_order: PlaceOrder) -> None:
    order = place_order()
    lines = filled.page.locator("#line-rows tr")
    filled.page.route("**/api/orders/*", lambda route: route.fulfill(status=502, body="{}"))
    filled.goto(f"/new-order.html?from={order['orderID']}")
    expect(filled.page.get_by_role("heading", name="The order to copy could not be loaded")).to_be_visible()
    filled.page.unroute("**/api/orders/*")
    filled.page.get_by_role("button", name="Try again").click()
    expect(lines).to_have_count(2)
    filled.goto("/new-order.html")
    expect(filled.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(lines).to_have_count(1)
