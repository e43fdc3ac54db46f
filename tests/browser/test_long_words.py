"""Long words stay within the screen, and words from right to left do not turn the text beside them."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.looks import OVERLAPS
from tests.browser.orders import address, edit_elsewhere
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

# Words that end beyond the screen, or beyond an element that cuts them off without an ellipsis.
STICKS_OUT = """() => {
    const edge = (element) => {
        for (let part = element; part; part = part.parentElement) {
            const { overflowX, textOverflow, clipPath } = getComputedStyle(part);
            const cut = clipPath !== "none" || textOverflow === "ellipsis";
            if (cut || /auto|scroll/.test(overflowX)) return Infinity;
            if (/clip|hidden/.test(overflowX)) return part.getBoundingClientRect().right;
        }
        return document.documentElement.clientWidth;
    };
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (words.nextNode()) {
        const text = document.createRange();
        text.selectNodeContents(words.currentNode);
        const { width, right } = text.getBoundingClientRect();
        const holder = words.currentNode.parentElement;
        if (width && right > edge(holder) + 1) found.push(`${holder.outerHTML.slice(0, 80)} to ${right}`);
    }
    return found;
}"""

HEBREW = "\u05e9\u05d5\u05e7"
LONG_NAME = "Longtest" + "M" * 109 + HEBREW
NOTES = ("N" * 1997 + HEBREW, "Y" * 1997 + HEBREW)
NAME, OTHER_NAME = ("Wi" + "W" * 195 + HEBREW, "Z" * 197 + HEBREW)
COMPANY, ADDRESS = ("C" * 197 + HEBREW, "A" * 497 + HEBREW)
WRITTEN = [*NOTES, LONG_NAME, NAME, OTHER_NAME, COMPANY, ADDRESS]
# Texts and labels in which words from right to left are neither alone in an element with their direction, nor
# between Unicode's isolates.
TURNS_OTHERS = """(written) => {
    const isTurned = (text) => /[\\u0590-\\u08ff]/.test(text.replace(/\\u2068[^\\u2069]*\\u2069/g, ""));
    const found = [document.title].filter(isTurned);
    const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        let holder = texts.currentNode.parentElement;
        if (!isTurned(texts.currentNode.data) || holder.matches("textarea, option")) continue;
        if (!holder.checkVisibility()) continue;
        const styleOf = (element) => getComputedStyle(element);
        while (styleOf(holder).display === "inline" && styleOf(holder).unicodeBidi === "normal")
            holder = holder.parentElement;
        const alone = written.includes(holder.textContent.trim());
        if (!alone || styleOf(holder).unicodeBidi !== "plaintext") found.push(holder.outerHTML.slice(0, 200));
    }
    for (const element of document.querySelectorAll("[aria-label], [title]"))
        for (const { value } of element.attributes) if (isTurned(value)) found.push(value);
    return found;
}"""


@pytest.fixture
def long() -> Json:
    """A customer whose details are as long as they may be and end in Hebrew letters."""
    mark = uuid.uuid4().hex[:12]
    email = f"{mark}.{'accounts-payable-' * 12}@northgate.example"
    return {"name": NAME, "email": email, "company": COMPANY, "phone": "0" * 50, "address": ADDRESS}


@pytest.fixture
def long_product(admin_api: Api) -> Iterator[str]:
    sku = "BT-LONG-" + "X" * 32
    product = {"name": LONG_NAME, "category": "Browser tests", "unitPrice": 10**6, "unit": "box"}
    assert admin_api.call("PUT", f"/products/{sku}", {**product, "active": True}).status in (200, 201)
    yield sku
    # Not deleted, because open orders have it.
    assert admin_api.call("PUT", f"/products/{sku}", {**product, "active": False}).status == 200


@pytest.fixture
def order(place_order: PlaceOrder, long: Json, long_product: str) -> Json:
    return place_order([{"sku": long_product, "quantity": 99999}], customer=long, notes=NOTES[0])


@pytest.fixture(autouse=True)
def signed_in(tab: Tab, staff: Person) -> None:
    tab.become(staff)


def assert_it_fits(tab: Tab) -> None:
    """Assert that no word ends beyond the screen, from 320 to 1280 px."""
    for width in (320, 390, 768, 1280):
        tab.resize(width)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} px"
        assert tab.evaluate(STICKS_OUT) == [], f"at {width} px"
    assert tab.evaluate(TURNS_OTHERS, WRITTEN) == []


def test_order_page_fits_with_long_words(tab: Tab, order: Json, admin_api: Api) -> None:
    tab.goto(address(order))
    tab.sees_heading("Timeline")
    assert_it_fits(tab)
    tab.press("Edit")
    tab.sees_button("Save changes")
    assert_it_fits(tab)
    tab.find("textbox", re.compile("^Quantity of \u2068Longtest")).fill("0")
    tab.press("Save changes")
    expect(tab.error_summary()).to_be_visible()
    assert_it_fits(tab)
    tab.find("textbox", re.compile("^Quantity of \u2068Longtest")).fill("99998")
    edit_elsewhere(admin_api, order, notes=NOTES[1], customer={**order["customer"], "name": OTHER_NAME})
    tab.press("Save changes")
    tab.sees_dialog("Someone else changed this order")
    assert_it_fits(tab)


def test_changed_and_rejected_orders_fit_with_long_words(
    tab: Tab, order: Json, place_order: PlaceOrder, long: Json, admin_api: Api
) -> None:
    tab.goto(address(order))
    tab.sees_heading("Timeline")
    edit_elsewhere(admin_api, order, notes=NOTES[1])
    tab.press("Mark as packed")
    expect(tab.css("#notice")).to_be_visible()
    assert_it_fits(tab)
    rejected = place_order([{"sku": "N" * 40, "quantity": 1}], customer=long)
    tab.goto(address(rejected))
    tab.sees_heading("Timeline")
    assert_it_fits(tab)


def test_printed_papers_fit_with_long_words(tab: Tab, order: Json) -> None:
    tab.page.add_init_script("window.print = () => {}")
    tab.goto(address(order))
    tab.sees_heading("Timeline")
    tab.resize(688, 1000)  # as wide as A4 between its margins
    for paper in ("packing slip", "invoice"):
        tab.press(f"Print {paper}")
        tab.page.emulate_media(media="print")
        expect(tab.css(".paper:visible")).to_have_count(1)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 688, paper
        assert tab.evaluate(STICKS_OUT) == [], paper
        assert tab.evaluate(TURNS_OTHERS, WRITTEN) == [], paper
        tab.page.emulate_media(media="screen")


def test_lists_fit_with_long_words(tab: Tab, order: Json, long: Json) -> None:
    tab.goto(f"/orders.html?customer={long['email']}")
    tab.sees_order(order)
    assert_it_fits(tab)
    assert tab.row(order).evaluate(OVERLAPS) == []
    tab.row(order).get_by_role("checkbox").click()
    tab.css("#move-selected").click()
    tab.css("#bulk-start").click()
    tab.inside("#bulk-summary").says("1 moved")
    assert_it_fits(tab)
    mark = long["email"].split(".")[0]
    for path in (f"/customers.html?q={mark}", f"/customer.html?email={long['email']}"):
        tab.goto(path)
        expect(tab.text(long["email"]).filter(visible=True).first).to_be_visible()
        assert_it_fits(tab)
    tab.goto(f"/customers.html?q={mark}{'x' * 80}")
    tab.sees_heading("No customer matches")
    assert_it_fits(tab)


def test_today_page_fits_with_long_words(tab: Tab, order: Json, place_order: PlaceOrder, long: Json) -> None:
    place_order([{"sku": "N" * 40, "quantity": 1}], customer=long)
    much = {"orders": 10**6, "revenue": 10**11}
    slot = {"at": order["createdAt"], **much, "placed": 0, "packed": 0, "senders": {"shop1": much}}
    report = {"slots": [slot], "currency": "GBP", "shops": {"shop1": "W" * 100}}
    tab.answer("**/api/reports/activity?**", json=report)
    tab.goto("/")
    tab.region("Where today’s orders came from").says("W" * 100)
    tab.inside("#latest").says(long["name"])
    tab.inside("#concerns").says(long["name"])
    assert_it_fits(tab)


def test_new_order_form_fits_with_long_words(tab: Tab, order: Json, long: Json) -> None:
    tab.goto("/new-order.html")
    tab.product_search().press_sequentially("Longtest")
    expect(tab.find("option").first).to_be_visible()
    assert_it_fits(tab)
    tab.key("Enter")
    tab.type("99999")
    tab.field("E-mail").press_sequentially(long["email"][:14])
    expect(tab.find("option").first).to_be_visible()
    assert_it_fits(tab)
    tab.find("option").first.click()
    assert_it_fits(tab)
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert_it_fits(tab)
