"""Exported workbooks: a strict ZIP file of XML, in which numbers are numbers and texts are texts."""

import base64
import io
import zipfile
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.site.deno import evaluate

Json = dict[str, Any]
NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
MOP = {"sku": "MOP-1", "name": "Mop", "unit": "pack of 5", "quantity": 2}
SOAP = {"sku": "SOAP", "name": "Soap", "unit": "each", "quantity": 1}
ORDER: Json = {
    "orderID": "a0000000-0000-4000-8000-00000000000a",
    "number": 1042,
    "createdAt": "2026-01-31T09:30:00.000Z",
    "status": "placed",
    "customer": {"name": "Maria Okafor", "email": "maria@hotel.example"},
    "lineCount": 2,
    "total": 123450,
    "currency": "GBP",
    "submittedBy": "staff@shop.example",
    "items": [
        MOP | {"unitPrice": 61000, "lineTotal": 122000},
        SOAP | {"unitPrice": 1450, "lineTotal": 1450},
    ],
}
# Texts that a spreadsheet would run or change if they were not marked as texts, and texts that are no XML.
TEXTS = ["=1+1", "+44 20", "007", "7-11", "TRUE", "a & b <c> \"d\" 'e'", " two\nlines ", "Łódź 山田 🧹"]
TEXTS += ["\x00x\x0b", ""]


def workbook(orders: list[Json], content: str = "orders", zone: str = "UTC") -> zipfile.ZipFile:
    """Return the workbook of orders, whose checksums were compared."""
    form = f"module.formOf('xlsx', '{content}')"
    whole = f"{form}.whole(value.flatMap({form}.linesOf)).arrayBuffer()"
    text = "btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))"
    made = f"(at('{zone}'), {whole}.then((bytes) => {text}))"
    [found] = evaluate("list/export-format.js", made, [orders])
    book = zipfile.ZipFile(io.BytesIO(base64.b64decode(found)))
    assert book.testzip() is None
    return book


def cells(book: zipfile.ZipFile) -> list[list[tuple[str, str]]]:
    """Return the cells of each row: the type and style, and the text or number."""
    sheet = fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [
            (f"{cell.get('t', 'n')} {cell.get('s', '0')}", "".join(cell.itertext()))
            for cell in row.iterfind("m:c", NAMES)
        ]
        for row in sheet.iterfind("m:sheetData/m:row", NAMES)
    ]


def row(book: zipfile.ZipFile, at: int = 1) -> dict[str, tuple[str, str]]:
    head, *rows = cells(book)
    return dict(zip((name for _, name in head), rows[at - 1], strict=True))


def test_every_part_is_xml_and_named_in_the_relations() -> None:
    book = workbook([ORDER])
    for name in book.namelist():
        fromstring(book.read(name))
    types = book.read("[Content_Types].xml").decode()
    for part in ("/xl/workbook.xml", "/xl/styles.xml", "/xl/worksheets/sheet1.xml"):
        assert f'PartName="{part}"' in types
        assert part.removeprefix("/") in book.namelist()


def test_numbers_amounts_and_times_are_numbers() -> None:
    found = row(workbook([ORDER]))
    assert found["Order number"] == ("n 0", "1042")
    assert found["Total"] == found["Revenue"] == ("n 5", "1234.50")
    assert found["Lines"] == ("n 0", "2")
    kind, days = found["Taken"]
    assert kind == "n 2"
    assert float(days) == pytest.approx(46053 + 9.5 / 24)
    _, in_tokyo = row(workbook([ORDER], zone="Asia/Tokyo"))["Taken"]
    assert float(in_tokyo) == pytest.approx(46053 + 18.5 / 24)


@pytest.mark.parametrize(("currency", "kind", "total"), [("JPY", "n 3", "123450"), ("KWD", "n 6", "123.450")])
def test_amounts_have_the_digits_of_their_currency(currency: str, kind: str, total: str) -> None:
    assert row(workbook([ORDER | {"currency": currency}]))["Total"] == (kind, total)


@pytest.mark.parametrize("status", ["cancelled", "rejected"])
@pytest.mark.parametrize("content", ["orders", "lines"])
def test_a_cancelled_order_is_no_revenue(status: str, content: str) -> None:
    _, amount = row(workbook([ORDER | {"status": status}], content))["Revenue"]
    assert float(amount) == 0


def test_every_text_stays_as_it_was_written() -> None:
    orders = [ORDER | {"customer": {"name": text, "email": "a@b.example"}} for text in TEXTS]
    book = workbook(orders)
    found = [row(book, at + 1)["Customer"] for at in range(len(TEXTS))]
    assert {kind for kind, _ in found} == {"inlineStr 0"}
    assert [text for _, text in found] == [text.replace("\x00", "").replace("\x0b", "") for text in TEXTS]


def test_a_file_of_lines_has_a_row_for_each_line() -> None:
    book = workbook([ORDER], "lines")
    first, second = row(book, 1), row(book, 2)
    names = ("Order number", "SKU", "Product", "Unit", "Quantity", "Unit price", "Line total")
    assert [first[name][1] for name in names] == [
        "1042",
        "MOP-1",
        "Mop",
        "pack of 5",
        "2",
        "610.00",
        "1220.00",
    ]
    assert (second["SKU"][1], second["Unit"][1], second["Revenue"][1]) == ("SOAP", "", "14.50")


def test_a_rejected_line_without_price_counts_nothing() -> None:
    unknown = ORDER | {"status": "rejected", "items": [{"sku": "X", "quantity": 3}]}
    found = row(workbook([unknown], "lines"))
    assert [found[name][1] for name in ("SKU", "Product", "Quantity", "Line total")] == ["X", "", "3", "0.00"]
