"""Names, addresses and notes of one long word each: every page stays as wide as its screen."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.looks import OVERLAPS
from tests.browser.orders import address, edit_elsewhere
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

# Words that end beyond the screen, or beyond the part that cuts them off without an ellipsis.
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


@pytest.fixture
def long() -> Json:
    """A customer of this test alone."""
    mark = uuid.uuid4().hex[:12]
    email = f"{mark}.{'accounts-payable-' * 12}@northgate.example"
    details = {"company": "C" * 200, "phone": "0" * 50, "address": "A" * 500}
    return {"name": "Wi" + "W" * 198, "email": email} | details


@pytest.fixture
def long_product(admin_api: Api) -> Iterator[str]:
    sku = "BT-LONG-" + "X" * 32
    product = {"name": "Longtest" + "M" * 112, "category": "Browser tests", "unitPrice": 10**6, "unit": "box"}
    assert admin_api.call("PUT", f"/products/{sku}", {**product, "active": True}).status in (200, 201)
    yield sku
    assert admin_api.call("DELETE", f"/products/{sku}").status == 204


@pytest.fixture
def order(place_order: PlaceOrder, long: Json, long_product: str) -> Json:
    return place_order([{"sku": long_product, "quantity": 99999}], customer=long, notes="N" * 2000)


@pytest.fixture
def at_work(tab: Tab, staff: Person) -> Tab:
    tab.sign_in(staff)
    return tab


def assert_it_fits(page: Page) -> None:
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} px"
        assert page.evaluate(STICKS_OUT) == [], f"at {width} px"


def test_order_page_fits_with_long_words(at_work: Tab, order: Json, admin_api: Api) -> None:
    page = at_work.page
    at_work.goto(address(order))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert_it_fits(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("button", name="Save changes")).to_be_visible()
    assert_it_fits(page)
    page.get_by_role("textbox", name="Quantity of Longtest").fill("0")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert_it_fits(page)
    page.get_by_role("textbox", name="Quantity of Longtest").fill("99998")
    edit_elsewhere(admin_api, order, notes="Y" * 2000, customer={**order["customer"], "name": "Z" * 200})
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("dialog", name="Someone else changed this order")).to_be_visible()
    assert_it_fits(page)


def test_changed_and_rejected_orders_fit_with_long_words(
    at_work: Tab, order: Json, place_order: PlaceOrder, long: Json, admin_api: Api
) -> None:
    page = at_work.page
    at_work.goto(address(order))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    edit_elsewhere(admin_api, order, notes="Y" * 2000)
    page.get_by_role("button", name="Mark as packed").click()
    expect(page.locator("#notice")).to_be_visible()
    assert_it_fits(page)
    rejected = place_order([{"sku": "N" * 40, "quantity": 1}], customer=long)
    at_work.goto(address(rejected))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert_it_fits(page)


def test_printed_papers_fit_with_long_words(at_work: Tab, order: Json) -> None:
    page = at_work.page
    page.add_init_script("window.print = () => {}")
    at_work.goto(address(order))
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.set_viewport_size({"width": 688, "height": 1000})  # as wide as A4 between its margins
    for paper in ("packing slip", "invoice"):
        page.get_by_role("button", name=f"Print {paper}").click()
        page.emulate_media(media="print")
        expect(page.locator(".paper:visible")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 688, paper
        assert page.evaluate(STICKS_OUT) == [], paper
        page.emulate_media(media="screen")


def test_lists_fit_with_long_words(at_work: Tab, order: Json, long: Json) -> None:
    page = at_work.page
    at_work.goto(f"/orders.html?customer={long['email']}")
    expect(at_work.row(order)).to_be_visible()
    assert_it_fits(page)
    assert at_work.row(order).evaluate(OVERLAPS) == []
    at_work.row(order).get_by_role("checkbox").click()
    page.locator("#move-selected").click()
    page.locator("#bulk-start").click()
    expect(page.locator("#bulk-summary")).to_contain_text("1 moved")
    assert_it_fits(page)
    mark = long["email"].split(".")[0]
    for path in (f"/customers.html?q={mark}", f"/customer.html?email={long['email']}"):
        at_work.goto(path)
        expect(page.get_by_text(long["email"]).filter(visible=True).first).to_be_visible()
        assert_it_fits(page)
    at_work.goto(f"/customers.html?q={mark}{'x' * 80}")
    expect(page.get_by_role("heading", name="No customer matches")).to_be_visible()
    assert_it_fits(page)


def test_today_page_fits_with_long_words(
    at_work: Tab, order: Json, place_order: PlaceOrder, long: Json
) -> None:
    place_order([{"sku": "N" * 40, "quantity": 1}], customer=long)
    at_work.goto("/")
    expect(at_work.page.locator("#latest")).to_contain_text(long["name"])
    expect(at_work.page.locator("#concerns")).to_contain_text(long["name"])
    assert_it_fits(at_work.page)


def test_new_order_form_fits_with_long_words(at_work: Tab, order: Json, long: Json) -> None:
    page = at_work.page
    at_work.goto("/new-order.html")
    page.get_by_role("combobox", name="Add a product").press_sequentially("Longtest")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_it_fits(page)
    page.keyboard.press("Enter")
    page.keyboard.type("99999")
    page.get_by_label("E-mail").press_sequentially(long["email"][:14])
    expect(page.get_by_role("option").first).to_be_visible()
    assert_it_fits(page)
    page.get_by_role("option").first.click()
    assert_it_fits(page)
    at_work.send()
    expect(at_work.progress("Placed")).to_be_visible()
    assert_it_fits(page)
