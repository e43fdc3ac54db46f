"""Printing the papers of an order: invoice and packing slip."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder, decided
from tests.browser.orders import (
    address,
    edit_elsewhere,
    items_of,
    move_elsewhere,
    sees_status,
    timeline,
    wait_for,
)
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def test_printing_the_page_prints_the_invoice(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"company": "Harbour Hotel", "address": "1 Quay\nPort", "phone": "020 1"}
    order = place_order(notes="Back door")
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    invoice = paper(tab, "invoice")
    date = tab.evaluate(
        "date => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date(date))",
        order["createdAt"],
    )
    for text in (
        "Invoice", number_of(order), date, "Maria Okafor", "Harbour Hotel", "1 Quay\nPort",
        customer["email"], "BT-BLEACH\tBrowsertest bleach 5 L\t2\tbottle\t£6.49\t£12.98", "Total\t£20.97",
    ):  # fmt: skip
        assert text in invoice
    assert invoice.startswith("Quayside Cleaning Supplies\n\n12 Dock Road")
    assert "VAT" not in invoice
    assert order["orderID"] not in invoice  # the number names it already
    assert "Back door" not in invoice


def test_the_packing_slip_shows_notes_and_address_but_no_price(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"company": "Harbour Hotel", "address": "1 Quay\nPort", "phone": "020 1"}
    order = place_order(notes="Back door", reference="WEB-7", collection=True)
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, address(order))
    tab.sees("To be collected")
    tab.press("Print packing slip")
    slip = paper(tab, "packing-slip")
    for text in (
        "Packing slip",
        number_of(order),
        "TO BE COLLECTED BY",
        "Maria Okafor",
        "1 Quay\nPort",
        "WEB-7",
        "Back door",
        "3 pieces and packs in all",
        "Quayside Cleaning Supplies",
    ):
        assert text in slip
    assert re.search(r"2\s+bottle\s+BT-BLEACH\s+Browsertest bleach 5 L", slip)
    assert not re.search(r"£|\d\.\d\d", slip)
    tab.press("Print packing slip")
    tab.page.emulate_media(media="print")
    expect(tab.css("#packing-slip .tick:visible")).to_have_count(2)
    narrow = tab.css("#packing-slip .barcode").bounding_box()
    assert narrow
    assert 90 < narrow["width"] < 200  # CSS pixels: 95 narrow bars, of which a scanner needs 0.25 mm each
    sizes = tab.css("#packing-slip .order-number, #packing-slip h1").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes[1] > sizes[0]  # the number is larger than the title
    tab.page.emulate_media(media="screen")
    tab.press("Print invoice")
    assert "Invoice" in paper(tab, "invoice")


def test_a_long_invoice_repeats_its_header_and_splits_no_row(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order([{"sku": "BT-BLEACH", "quantity": number} for number in range(1, 101)])
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    pages = tab.page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages >= 3
    tab.page.emulate_media(media="print")
    styles = tab.css("#invoice").evaluate(
        """invoice => ["thead", "tbody tr", "tfoot"].map((part) => {
            const style = getComputedStyle(invoice.querySelector(part));
            return [style.display, style.breakInside];
        })"""
    )
    assert [styles[0][0], styles[1][1], styles[2][0]] == ["table-header-group", "avoid", "table-row-group"]
    expect(tab.css("#invoice .running")).to_contain_text(f"Invoice, order {number_of(order)}")


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
def test_a_cancelled_or_rejected_order_prints_no_invoice(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api, status: str
) -> None:
    order = place_order([{"sku": "BT-BLEACH" if status == "cancelled" else "NOT-OURS", "quantity": 1}])
    if status == "cancelled":
        move_elsewhere(admin_api, order, "cancelled", note="Ordered twice")
    tab.sign_in(staff, address(order))
    sees_status(tab, status.capitalize())
    tab.sees_no("button", re.compile("^Print"))
    text = paper(tab, "invoice")
    assert "Invoice" not in text
    assert f"This order is {status}: nothing is to be sent or paid." in text


def test_markup_is_printed_as_text(tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE, "phone": "<b>1</b>", "address": HOSTILE}
    order = place_order([{"sku": "BT-HOSTILE", "quantity": 1}], notes=HOSTILE)
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    assert paper(tab, "invoice").count(HOSTILE) == 4
    tab.press("Print packing slip")
    slip = paper(tab, "packing-slip")
    assert slip.count(HOSTILE) == 5
    assert "DELIVER TO" in slip
    tab.page.emulate_media(media="print")
    assert tab.css(".paper :not(.shop) > img, .paper script, .paper b").count() == 0


PRINT = """window.printed = 0;
window.print = () => { printed += 1; dispatchEvent(new Event("afterprint")); };"""
COUNT_PRINTS = "window.printed = 0; window.print = () => { printed += 1; };"


def test_a_colleagues_change_is_shown_before_a_paper_is_printed(
    tab: Tab, staff: Person, admin: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.page.add_init_script(COUNT_PRINTS)
    tab.replace_clock()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    edit_elsewhere(admin_api, order, items=items_of(("BT-BLEACH", 7), ("BT-GLOVES", 1)))
    tab.press("Print packing slip")
    tab.sees_alert(f"{admin.email} changed this order in the meantime")
    tab.sees_alert("Quantity 2 → Quantity 7")
    assert tab.evaluate("printed") == 0
    tab.press("Print packing slip")
    slip = paper(tab, "packing-slip")
    assert re.search(r"7\s+bottle\s+BT-BLEACH", slip)
    assert ", version 2" in slip
    assert "Not checked" not in slip
    assert tab.evaluate("printed") == 1

    # Ctrl+P cannot wait for a response, so the page checks every minute.
    move_elsewhere(admin_api, decided(admin_api, order["orderID"]), "packed")
    tab.advance(60_000)
    sees_status(tab, "Packed")
    assert ", version 3" in paper(tab, "invoice")


def test_a_printed_slip_is_shown_beside_the_papers_and_printed_again_after_a_look(
    tab: Tab, staff: Person, admin: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.page.add_init_script(PRINT)
    tab.sign_in(staff, address(order))
    tab.button("Print packing slip").dblclick()
    expect(tab.css(".slip-printed")).to_contain_text(f"by {staff.email}")
    assert timeline(tab)[0] == "Slip printed"
    assert admin_api.call("PATCH", f"/orders/{order['orderID']}", {"printed": "slip"}).status == 200
    tab.press("Print packing slip")
    tab.sees_alert(f"{admin.email} has printed the packing slip in the meantime.")
    expect(tab.css(".slip-printed")).to_contain_text("Slip printed 2 times, last ")
    assert tab.evaluate("printed") == 1
    tab.press("Print packing slip")
    wait_for(lambda: tab.evaluate("printed") == 2)
    tab.press("Mark as packed")
    sees_status(tab, "Packed")


def test_an_order_that_changed_since_its_slip_was_printed_says_so_until_the_next_slip(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    path = f"/orders/{order['orderID']}"
    assert admin_api.call("PATCH", path, {"printed": "slip"}).status == 200
    tab.page.add_init_script(PRINT)
    tab.sign_in(staff, address(order))
    expect(tab.css(".slip-printed")).to_contain_text("Slip printed ")
    expect(tab.css(".slip-printed")).not_to_contain_text("has changed")
    edit_elsewhere(admin_api, decided(admin_api, order["orderID"]), notes="Back door")
    tab.reload()
    expect(tab.css(".slip-printed")).to_contain_text("The order has changed since then.")
    tab.press("Print packing slip")
    expect(tab.css(".slip-printed")).to_contain_text("Slip printed 2 times, last ")
    expect(tab.css(".slip-printed")).not_to_contain_text("has changed")


def test_a_paper_printed_without_a_connection_says_so(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    tab.page.add_init_script(COUNT_PRINTS)
    tab.replace_clock()
    tab.sign_in(staff, address(place_order()))
    tab.sees_heading("Timeline")
    with tab.offline():
        tab.press("Print packing slip")
        tab.page.wait_for_function("printed === 1")
        assert "Not checked since then" in paper(tab, "packing-slip")
        tab.page.emulate_media(media="screen")
        tab.advance(121_000)
        assert "Not checked since then" in paper(tab, "invoice")
    tab.goto("/orders.html")
    tab.sees_orders()
    tab.page.pdf()
    expect(tab.css("#as-of")).to_have_text(re.compile(r"\d\d:\d\d"))


def paper(tab: Tab, name: str) -> str:
    """The text that would be printed now. Assert that only the paper with this ID would be printed."""
    tab.page.emulate_media(media="print")
    expect(tab.css("header.masthead, #order")).to_have_count(2)
    for part in tab.css("body > *, main > *").all():
        if part.evaluate("part => part.localName !== 'main' && !part.classList.contains('paper')"):
            expect(part).to_be_hidden()
    expect(tab.css(".paper:visible")).to_have_attribute("id", name)
    text = tab.css(".paper:visible").inner_text()
    tab.page.emulate_media(media="screen")
    # The page hears of the change with its next frame. Without that, the next paper would be this one again.
    expect(tab.css("html")).to_have_attribute("data-paper", "invoice")
    return text
