"""The export of the list as CSV: complete, with accents intact, and harmless in a spreadsheet."""

import csv
import io
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Route, expect

from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab
from tests.browser.words import Part

pytestmark = pytest.mark.browser

HEADER = [
    "Order number", "Order ID", "Taken", "Status", "Customer", "E-mail", "Company", "Phone", "Address",
    "Lines", "Charges", "Total", "Revenue", "Currency", "Taken by", "Channel", "Assigned to",
    "Tags", "Reference",
]  # fmt: skip
READS = "**/api/orders?**"


def after_the_first_page(handle: Callable[[Route], object]) -> Callable[[Route], object]:
    """A handler for requests for later pages. Requests for the first page reach the API."""
    return lambda route: handle(route) if "cursor" in route.request.url else route.continue_()


def export(tab: Tab, button: str = "Export") -> Download:
    """Press an export button and return the downloaded file."""
    with tab.page.expect_download() as download:
        tab.press(button)
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def table(raw: bytes, separator: str = ",") -> list[Json]:
    """The rows of a CSV file, by the names of their columns."""
    assert raw.startswith(b"\xef\xbb\xbf"), "without a byte order mark Excel assumes another encoding"
    content = io.StringIO(raw.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(content, delimiter=separator, strict=True))


def dialog(tab: Tab) -> Part:
    return tab.dialog("Exporting orders")


def test_an_export_has_the_filtered_orders_of_all_pages(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    rows = table(content(export(tab)))
    assert len({row["Order ID"] for row in rows}) == len(rows) == regular["orders"]
    assert {row["E-mail"] for row in rows} == {regular["email"]}
    assert sorted((row["Taken"] for row in rows), reverse=True) == [row["Taken"] for row in rows]
    tab.sees_no("dialog")
    tab.follow("Next page")
    tab.sees_link("Previous page")
    assert table(content(export(tab))) == rows


def test_an_exported_order_is_one_line_in_the_format_of_the_spreadsheet(
    tab: Tab, staff: Person, admin: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"company": "O’Neill & Söhne, Ltd", "phone": "020 7946 0101", "address": "1 Quay\nBristol"}
    # A spreadsheet reads an ID that begins with a letter as text, so the export adds no apostrophe.
    order = place_order(orderID=f"a{str(uuid.uuid4())[1:]}")
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}&status=placed")
    file = export(tab)
    today = tab.evaluate("new Intl.DateTimeFormat('sv').format(new Date())")
    assert file.suggested_filename == f"orders-placed-found-{today}.csv"
    raw = content(file)
    assert raw.endswith(b"\r\n")
    assert raw.replace(b"1 Quay\nBristol", b"").count(b"\n") == raw.count(b"\r\n") == 2
    [row] = table(raw)
    assert list(row) == HEADER
    local = "new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(iso))"
    taken = tab.evaluate(f"(iso) => {local}", order["createdAt"])
    assert row == {
        "Order number": str(order["number"]),
        "Order ID": order["orderID"],
        "Taken": taken,
        "Status": "placed",
        "Customer": "Maria Okafor",
        "E-mail": customer["email"],
        "Company": "O’Neill & Söhne, Ltd",
        "Phone": "020 7946 0101",
        "Address": "1 Quay\nBristol",
        "Lines": "2",
        "Charges": "0.00",
        "Total": "20.97",
        "Revenue": "20.97",
        "Currency": "GBP",
        "Taken by": admin.email,
        "Channel": "staff",
        "Assigned to": "",
        "Tags": "",
        "Reference": "",
    }
    tab.press("Format of exported files")
    form = tab.dialog("Format of exported files")
    expect(form.find("radio", "CSV with commas, and numbers as 1234.56")).to_be_checked()
    form.find("radio", "CSV with semicolons, and numbers as 1234,56").check()
    form.press("Save")
    tab.reload()
    tab.sees_order(order)
    assert table(content(export(tab)), ";") == [
        row | {"Charges": "0,00", "Total": "20,97", "Revenue": "20,97"}
    ]


def test_export_selected_exports_only_the_selected_orders(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    orders = [place_order(), place_order(), place_order()]
    tab.sign_in(staff)
    for order in orders[:2]:
        tab.row(order).get_by_role("checkbox").click()
    rows = table(content(export(tab, "Export selected")))
    assert [row["Order ID"] for row in rows] == [orders[1]["orderID"], orders[0]["orderID"]]


def test_an_export_of_lines_reads_each_order(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.press("Format of exported files")
    form = tab.dialog("Format of exported files")
    form.find("radio", "Line of an order, with product, quantity and price").check()
    form.press("Save")
    tab.row(order).get_by_role("checkbox").click()
    file = export(tab, "Export selected")
    assert file.suggested_filename.startswith(f"orders-{order['number']}-")
    found = [(row["SKU"], row["Unit"], row["Quantity"], row["Line total"]) for row in table(content(file))]
    assert found == [("BT-BLEACH", "bottle", "2", "12.98"), ("BT-GLOVES", "box", "1", "7.99")]


def test_an_export_is_a_workbook_if_that_is_chosen(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff, "/orders.html?period=week")
    tab.sees_order(order)
    tab.press("Format of exported files")
    form = tab.dialog("Format of exported files")
    form.find("radio", "Excel workbook (.xlsx), which every spreadsheet opens").check()
    form.press("Save")
    file = export(tab)
    days = "(back) => new Intl.DateTimeFormat('sv').format(Date.now() - back * 86400000)"
    first, last = (tab.evaluate(days, back) for back in (6, 0))
    assert file.suggested_filename == f"orders-{first}-to-{last}.xlsx"
    with zipfile.ZipFile(io.BytesIO(content(file))) as book:
        assert order["orderID"] in book.read("xl/worksheets/sheet1.xml").decode()


def test_a_long_export_shows_its_progress_and_can_be_cancelled(
    tab: Tab, staff: Person, regular: Json
) -> None:
    tab.watch_requests()
    tab.sign_in(staff)
    expect(tab.css("a[data-status=''] .tally")).not_to_be_empty()
    held: list[Route] = []
    saved: list[Download] = []
    tab.page.on("download", lambda download: saved.append(download))
    tab.page.route(READS, after_the_first_page(held.append))
    tab.press("Export")
    dialog(tab).says("100 orders read of about")
    bar = dialog(tab).find("progressbar")
    expect(bar).to_have_js_property("value", 100)
    assert bar.evaluate("(bar) => bar.max") >= regular["orders"]
    dialog(tab).press("Cancel")
    expect(dialog(tab).locator).to_be_hidden()
    held[0].abort()
    tab.let_through(READS)
    tab.settle()
    assert saved == []
    assert table(content(export(tab)))


def test_an_export_of_lines_shows_each_order_that_was_read(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    for _ in range(3):
        place_order()
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_orders(3)
    tab.evaluate("localStorage.setItem('order-desk:export-content', 'lines')")
    tab.find("checkbox", "Select all on this page").click()
    held = tab.hold("**/api/orders/*")
    tab.press("Export selected")
    dialog(tab).says("0 orders read of 3.")
    wait_for(lambda: tab.evaluate("true") and len(held) == 3)
    held[0].continue_()
    dialog(tab).says("1 order read of 3.")
    expect(dialog(tab).find("progressbar")).to_have_js_property("value", 1)
    held[1].fulfill(status=502, body="{}")
    dialog(tab).says("0 orders read so far; no file was saved")
    with tab.page.expect_response(held[2].request.url):
        held[2].continue_()
    dialog(tab).says("0 orders read so far; no file was saved")
    dialog(tab).press("Cancel")
    tab.press("Export")
    dialog(tab).says("0 orders read.")
    wait_for(lambda: tab.evaluate("true") and len(held) == 6)
    held[3].continue_()
    dialog(tab).says("1 order read.")


def test_a_failed_export_can_continue_where_it_stopped(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders()
    tab.page.route(READS, after_the_first_page(lambda route: route.fulfill(status=502, body="{}")))
    tab.press("Export")
    dialog(tab).says("100 orders read so far; no file was saved")
    tab.let_through(READS)
    with tab.page.expect_download() as download:
        dialog(tab).press("Go on")
    rows = table(content(download.value))
    assert len({row["Order ID"] for row in rows}) == len(rows) == regular["orders"]
