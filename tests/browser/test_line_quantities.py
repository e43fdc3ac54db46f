"""The quantity of a line: counted up, written with separators, unusual, or typed by a barcode scanner."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

# Types a code and Enter as fast as a scanner, which Playwright does not do on a busy machine.
SCAN = """(field, code) => {
  const press = (key) =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const key of code) {
    if (!press(key)) continue;
    field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  press("Enter");
}"""
CODES = {"22310": "Browsertest ivory mug", "22041": "Browsertest record frame"}


@pytest.fixture
def codes(admin_api: Api) -> Iterator[None]:
    """Products whose SKUs are digits only, as on a barcode."""
    for sku, name in CODES.items():
        product = {
            "name": name,
            "category": "Browser tests",
            "unitPrice": 100,
            "unit": "each",
            "active": True,
        }
        assert admin_api.call("PUT", f"/products/{sku}", product).status in (200, 201)
    yield
    for sku in CODES:
        assert admin_api.call("DELETE", f"/products/{sku}").status == 204


def scan(tab: Tab, code: str) -> None:
    """Scan a code into the field with the focus."""
    tab.css(":focus").evaluate(SCAN, code)


def lines(tab: Tab) -> list[tuple[str, str]]:
    """The order's lines: SKU and quantity."""
    rows = tab.css("#line-rows tr").all()
    return [(row.locator("[data-slot=sku]").inner_text(), row.locator("input").input_value()) for row in rows]


def test_a_product_that_is_picked_again_is_added_to_its_line(form: Tab) -> None:
    form.add_line("browsertest bleach", "3")
    form.add_line("browsertest gloves", "1")
    form.add_line("browsertest bleach", "4")
    assert lines(form) == [("BT-BLEACH", "7"), ("BT-GLOVES", "1")]
    form.product_search().focus()
    form.type("BT-BLEACH")
    form.key("Enter")
    expect(form.css("#line-rows [data-slot=before]").first).to_have_text("7 +")
    expect(form.field("Quantity of Browsertest bleach 5 L")).to_have_value("1")
    form.key("ArrowUp")
    expect(form.css("#running-total")).to_have_text("£66.40")
    form.key("Tab")
    assert lines(form) == [("BT-BLEACH", "9"), ("BT-GLOVES", "1")]


def test_a_scanner_in_the_quantity_begins_new_lines(form: Tab, codes: None) -> None:
    form.add_line("browsertest bleach", "3")
    form.add_line("22310", "2")
    form.field("Quantity of Browsertest bleach 5 L").focus()
    for code in ("22041", "22310", "22310"):
        scan(form, code)
        expect(form.field(f"Quantity of {CODES[code]}")).to_be_focused()
    assert lines(form) == [("BT-BLEACH", "3"), ("22310", "1"), ("22041", "1")]
    form.key("Tab")
    assert lines(form) == [("BT-BLEACH", "3"), ("22310", "4"), ("22041", "1")]


def test_two_codes_at_once_become_two_lines(form: Tab, codes: None) -> None:
    form.add_line("browsertest bleach", "3")
    form.field("Quantity of Browsertest bleach 5 L").focus()
    scan(form, "22310")
    scan(form, "22041")
    expect(form.field(f"Quantity of {CODES['22041']}")).to_be_focused()
    assert lines(form) == [("BT-BLEACH", "3"), ("22310", "1"), ("22041", "1")]


def test_an_unknown_code_of_a_scanner_is_no_quantity(form: Tab) -> None:
    form.add_line("browsertest bleach", "3")
    form.field("Quantity of Browsertest bleach 5 L").focus()
    scan(form, "4006381333931")
    expect(form.find("status").filter(has_text="No product matches “4006381333931”")).to_be_visible()
    assert lines(form) == [("BT-BLEACH", "3")]


def test_a_sku_that_is_typed_slowly_into_the_quantity_begins_a_line(form: Tab, codes: None) -> None:
    form.add_line("browsertest bleach", "3")
    quantity = form.field("Quantity of Browsertest bleach 5 L")
    quantity.fill("22310")
    quantity.press("Enter")
    expect(form.field(f"Quantity of {CODES['22310']}")).to_be_focused()
    assert lines(form) == [("BT-BLEACH", "3"), ("22310", "1")]


def test_an_unusual_quantity_is_asked_about_once(form: Tab) -> None:
    form.add_line("browsertest bleach", "3")
    quantity = form.field("Quantity of Browsertest bleach 5 L")
    quantity.fill("1200")
    quantity.press("Enter")
    expect(form.css("#line-rows")).to_contain_text("1,200? Press Enter again if that is right.")
    expect(quantity).to_be_focused()
    quantity.press("Enter")
    expect(form.product_search()).to_be_focused()
    expect(form.css("#running-total")).to_have_text("£7,788.00")


def test_thousands_may_stand_apart_and_other_text_is_marked_at_once(form: Tab) -> None:
    form.add_line("browsertest bleach", "1")
    form.add_line("browsertest gloves", "2")
    quantity = form.field("Quantity of Browsertest bleach 5 L")
    for written in ("1,000", "1 000", "1’000"):
        quantity.fill(written)
        expect(form.css("#running-total")).to_have_text("£6,505.98")
    quantity.fill("a dozen")
    expect(form.css("#running-total")).to_have_text("£15.98 + ?")
    expect(form.css("#line-rows td.col-total").first).to_have_text("–")
    quantity.press("Tab")
    expect(form.css("#line-rows")).to_contain_text("Not a whole number")
    quantity.fill("12")
    expect(form.css("#line-rows")).not_to_contain_text("Not a whole number")
    expect(form.css("#running-total")).to_have_text("£93.86")
