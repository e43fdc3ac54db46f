"""The product search of the order form: what it finds, in which order, and how it reacts to keys."""

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_product_found_by_sku_and_picked_twice_is_one_line(form: Tab) -> None:
    search = form.page.get_by_role("combobox", name="Add a product")
    for _ in range(2):
        search.fill("bt-gloves")
        form.page.get_by_role("option", name="BT-GLOVES").click()
    expect(form.page.get_by_role("row", name="BT-GLOVES")).to_have_count(1)
    search.fill("nothing is called this")
    expect(form.page.get_by_text("No product matches “nothing is called this”.")).to_be_visible()
    search.press("Escape")
    expect(form.page.get_by_text("No product matches")).to_be_hidden()
    expect(search).to_have_attribute("aria-expanded", "false")


def test_product_search_needs_a_letter_or_digit(form: Tab) -> None:
    asked: list[str] = []
    form.page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    search = form.page.get_by_role("combobox", name="Add a product")
    for typed in ("%", "..", "🧽"):
        search.fill(typed)
        expect(form.page.get_by_text("Type a letter or a digit.")).to_be_visible()
        search.press("Enter")
        search.press("Escape")
    assert asked == []


def test_enter_and_quantity_can_be_typed_before_results_arrive(form: Tab) -> None:
    held: list[Route] = []
    form.page.route("**/api/products?*", lambda route: held.append(route))
    with form.page.expect_request("**/api/products?*"):
        form.page.keyboard.type("browsertest bleach")
    expect(form.page.get_by_text("Searching …")).to_be_visible()
    form.page.keyboard.press("Enter")
    form.page.keyboard.type("24")
    held[0].continue_()
    expect(form.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("24")
    expect(form.page.get_by_role("combobox", name="Add a product")).to_have_value("")
    expect(form.page.locator("#running-total")).to_have_text("£155.76")


def test_typed_sku_is_added_without_waiting_for_the_search(form: Tab) -> None:
    form.page.route("**/api/products?*", lambda _: None)  # never answers
    form.page.keyboard.type("bt-bleach")
    form.page.keyboard.press("Enter")
    form.page.keyboard.type("24")
    expect(form.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("24")
    expect(form.page.locator("#line-rows tr")).to_have_count(1)


def test_enter_never_picks_from_results_of_an_older_search(form: Tab) -> None:
    search = form.page.get_by_role("combobox", name="Add a product")
    search.fill("browsertest bleach")
    expect(form.page.get_by_role("option", name="BT-BLEACH")).to_be_visible()
    held: list[Route] = []
    form.page.route("**/api/products?*", lambda route: held.append(route))
    with form.page.expect_request("**/api/products?*"):
        search.fill("browsertest gloves")
    expect(form.page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    search.press("Enter")
    expect(form.page.locator("#line-rows tr")).to_have_count(0)
    held[0].continue_()
    expect(form.page.get_by_label("Quantity of Browsertest gloves, box of 100")).to_be_focused()
    expect(form.page.locator("#line-rows tr")).to_have_count(1)


def test_refining_a_complete_search_sends_no_request(form: Tab) -> None:
    search = form.page.get_by_role("combobox", name="Add a product")
    search.fill("browsertest")
    expect(form.page.get_by_role("option")).to_have_count(3)
    with form.offline():
        search.press_sequentially(" box GLOVES")
        expect(form.page.get_by_role("option")).to_have_count(1)
        search.press_sequentially(" none")
        expect(form.page.get_by_text("No product matches “browsertest box GLOVES none”.")).to_be_visible()


def test_product_with_the_typed_sku_comes_first(form: Tab, admin_api: Api) -> None:
    twin = {
        "name": "Aaa with BT-BLEACH in its name",
        "category": "Browser tests",
        "unitPrice": 1,
        "unit": "box",
    }
    assert admin_api.call("PUT", "/products/BT-AAA", {**twin, "active": True}).status in (200, 201)
    try:
        form.page.get_by_role("combobox", name="Add a product").fill("bt-bleach")
        expect(form.page.get_by_role("option")).to_have_count(2)
        expect(form.page.get_by_role("option").first).to_contain_text("Browsertest bleach 5 L")
    finally:
        assert admin_api.call("DELETE", "/products/BT-AAA").status == 204


def test_arrow_keys_choose_a_product_and_change_its_quantity(form: Tab) -> None:
    keys = form.page.keyboard
    keys.type("browsertest")
    options = form.page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(options.filter(has_text="BT-BLEACH")).to_contain_text("£6.49 bottle")
    for key, chosen in (("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 2)):
        keys.press(key)
        expect(options.nth(chosen)).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    quantity = form.page.locator("#quantity-0")
    expect(quantity).to_be_focused()
    for key, amount in (("ArrowUp", "2"), ("ArrowDown", "1"), ("ArrowDown", "1")):
        keys.press(key)
        expect(quantity).to_have_value(amount)


def test_markup_in_a_product_name_is_shown_as_text(form: Tab) -> None:
    form.page.get_by_role("combobox", name="Add a product").fill("BT-HOSTILE")
    expect(form.page.get_by_role("option").first).to_contain_text(HOSTILE)
    form.page.keyboard.press("Enter")
    expect(form.page.locator("#line-rows")).to_contain_text(HOSTILE)
    assert form.page.locator("main img").count() == 0
