"""The product search of the order form: results, their order, and keys."""

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_product_found_by_sku_and_picked_twice_is_one_line(form: Tab) -> None:
    search = form.product_search()
    for _ in range(2):
        search.fill("bt-gloves")
        form.option("BT-GLOVES").click()
    expect(form.find("row", "BT-GLOVES", exact=False)).to_have_count(1)
    search.fill("nothing is called this")
    form.sees("No product matches “nothing is called this”.")
    search.press("Escape")
    form.sees_not("No product matches")
    expect(search).to_have_attribute("aria-expanded", "false")


def test_product_search_needs_a_letter_or_digit(form: Tab) -> None:
    asked = form.requests("/api/")
    search = form.product_search()
    for typed in ("%", "..", "🧽"):
        search.fill(typed)
        form.sees("Type a letter or a digit.")
        search.press("Enter")
        search.press("Escape")
    assert asked == []


def type_ahead(form: Tab, words: str) -> None:
    """Type words, Enter and the quantity 24 before the results of the search arrive."""
    held = form.hold("**/api/products?*")
    with form.page.expect_request("**/api/products?*"):
        form.type(words)
    form.sees("Searching …")
    form.key("Enter")
    form.type("24")
    held[0].continue_()


def test_enter_and_quantity_can_be_typed_before_results_arrive(form: Tab) -> None:
    type_ahead(form, "browsertest bleach")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("24")
    expect(form.product_search()).to_have_value("")
    expect(form.css("#running-total")).to_have_text("£155.76")


def test_enter_before_the_results_arrive_adds_no_product_that_nobody_saw(form: Tab) -> None:
    type_ahead(form, "browsertest")
    options = form.find("option")
    expect(options).to_have_count(3)
    expect(form.css("#not-added")).to_contain_text("Not added: browsertest. Typed after it: 24.")
    expect(form.css("[role=option][aria-selected=true]")).to_have_count(0)
    expect(form.css("#line-rows tr")).to_have_count(0)
    form.key("ArrowDown", "Enter")
    expect(form.css("#line-rows input")).to_have_value("1")
    form.press("Close")
    expect(form.css("#not-added")).to_be_hidden()


def type_lines(form: Tab, *lines: str) -> None:
    """Type lines without waiting, with an Enter after each."""
    for line in lines:
        form.type(line)
        form.key("Enter")


def start_waiting(form: Tab) -> list[Route]:
    """Type a product and Enter. Return a list with its search, which is held back. Later searches are not."""
    held: list[Route] = []
    form.page.route("**/api/products?*", lambda route: held.append(route), times=1)
    with form.page.expect_request("**/api/products?*"):
        form.type("browsertest bleach")
    form.key("Enter")
    return held


def test_typed_ahead_lines_after_one_without_a_product_are_named(form: Tab) -> None:
    held = start_waiting(form)
    type_lines(form, "13", "nothing like it", "7")
    held[0].continue_()
    expect(form.css("#not-added")).to_contain_text("Not added: nothing like it. Typed after it: 7.")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("13")


def test_backspace_corrects_what_is_typed_ahead_and_lines_follow_in_order(form: Tab) -> None:
    held = start_waiting(form)
    form.type("13")
    form.key("Backspace")
    type_lines(form, "2", "browsertest gloves", "7")
    form.key("Control+Enter")  # sends no order that lacks lines
    held[0].continue_()
    expect(form.field("Quantity of Browsertest gloves, box of 100")).to_have_value("7")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("12")
    expect(form.product_search()).to_be_focused()
    expect(form.product_search()).to_have_value("")
    expect(form.css("#error-summary")).to_be_hidden()


def test_a_question_about_a_quantity_stops_what_is_typed_ahead(form: Tab) -> None:
    held = start_waiting(form)
    type_lines(form, "1200", "browsertest gloves", "7")
    held[0].continue_()
    expect(form.css("#not-added")).to_contain_text("Not added: browsertest gloves. Typed after it: 7.")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("1200")
    expect(form.css("#line-rows .remark")).to_contain_text("1,200? Press Enter again")


def test_escape_drops_what_is_typed_ahead_with_a_word(form: Tab) -> None:
    start_waiting(form)
    type_lines(form, "12")
    form.key("Escape")
    expect(form.css("#not-added")).to_contain_text("Not added: browsertest bleach. Typed after it: 12.")
    expect(form.css("#line-rows tr")).to_have_count(0)


def test_ctrl_enter_on_the_button_that_removes_a_line_sends_the_order(form: Tab) -> None:
    form.add_line("browsertest bleach", "3")
    form.button("Remove Browsertest bleach 5 L").focus()
    form.key("Control+Enter")
    form.sees_errors(["Name is required", "E-mail is required"])
    expect(form.css("#line-rows tr")).to_have_count(1)


def test_enter_without_text_leads_to_the_customer_and_ctrl_enter_sends(form: Tab) -> None:
    form.add_line("browsertest bleach", "3")
    form.key("Enter")
    expect(form.field("Name")).to_be_focused()
    form.key("Control+Enter")
    form.sees_errors(["Name is required", "E-mail is required"])


def test_typed_sku_is_added_without_waiting_for_the_search(form: Tab) -> None:
    form.hold("**/api/products?*")  # no response ever arrives
    form.type("bt-bleach")
    form.key("Enter")
    form.type("24")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("24")
    expect(form.css("#line-rows tr")).to_have_count(1)


def test_enter_never_picks_from_results_of_an_older_search(form: Tab) -> None:
    search = form.product_search()
    search.fill("browsertest bleach")
    expect(form.option("BT-BLEACH")).to_be_visible()
    held = form.hold("**/api/products?*")
    with form.page.expect_request("**/api/products?*"):
        search.fill("browsertest gloves")
    expect(form.css("[role=option][aria-selected=true]")).to_have_count(0)
    search.press("Enter")
    expect(form.css("#line-rows tr")).to_have_count(0)
    held[0].continue_()
    expect(form.field("Quantity of Browsertest gloves, box of 100")).to_be_focused()
    expect(form.css("#line-rows tr")).to_have_count(1)


def test_refining_a_complete_search_sends_no_request(form: Tab) -> None:
    search = form.product_search()
    search.fill("browsertest")
    expect(form.find("option")).to_have_count(3)
    with form.offline():
        search.press_sequentially(" box GLOVES")
        expect(form.find("option")).to_have_count(1)
        search.press_sequentially(" none")
        form.sees("No product matches “browsertest box GLOVES none”.")


def test_product_with_the_typed_sku_comes_first(form: Tab, admin_api: Api) -> None:
    twin = {
        "name": "Aaa with BT-BLEACH in its name",
        "category": "Browser tests",
        "unitPrice": 1,
        "unit": "box",
    }
    assert admin_api.call("PUT", "/products/BT-AAA", {**twin, "active": True}).status in (200, 201)
    try:
        form.product_search().fill("bt-bleach")
        expect(form.find("option")).to_have_count(2)
        expect(form.find("option").first).to_contain_text("Browsertest bleach 5 L")
    finally:
        assert admin_api.call("DELETE", "/products/BT-AAA").status == 204


def test_arrow_keys_choose_a_product_and_change_its_quantity(form: Tab) -> None:
    form.type("browsertest")
    options = form.find("option")
    expect(options).to_have_count(3)
    expect(options.filter(has_text="BT-BLEACH")).to_contain_text("£6.49 bottle")
    for key, chosen in (("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 2)):
        form.key(key)
        expect(options.nth(chosen)).to_have_attribute("aria-selected", "true")
    form.key("Enter")
    quantity = form.css("#quantity-0")
    expect(quantity).to_be_focused()
    for key, amount in (("ArrowUp", "2"), ("ArrowDown", "1"), ("ArrowDown", "1")):
        form.key(key)
        expect(quantity).to_have_value(amount)


def test_markup_in_a_product_name_is_shown_as_text(form: Tab) -> None:
    form.product_search().fill("BT-HOSTILE")
    expect(form.find("option").first).to_contain_text(HOSTILE)
    form.key("Enter")
    expect(form.css("#line-rows")).to_contain_text(HOSTILE)
    assert form.css("main img").count() == 0
