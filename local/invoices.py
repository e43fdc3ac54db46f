"""Turn a CSV file of invoices from another system into products and orders.

The columns are those of the UCI "Online Retail" data set. Products and orders are checked against the
gateway's schema. A refusal names the row in the file, the line in the invoice, and the broken rule.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lambdas.platform.errors import Fault
from lambdas.platform.json_schema import faults

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
CURRENCY = "GBP"
MINOR_UNITS = 100
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
_WHOLE_NUMBER = re.compile(r"([+-]?[0-9]{1,9})(\.0+)?")


class CsvError(Exception):
    """The file is not a CSV file of invoices."""


class Row(NamedTuple):
    """One row of the file. `number` is the line in the file at which the row begins; the header is line 1."""

    number: int
    invoice: str
    code: str
    description: str
    quantity: str
    date: str
    price: str
    customer: str
    country: str


class Refusal(NamedTuple):
    """A part of the file that is not sent: its row, its name in the report, and the broken rule."""

    row: int
    what: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """An invoice's number, and its order as POST /orders takes it."""

    number: str
    order: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The products and orders of a file, as the API takes them, and the refusals."""

    products: list[dict[str, Any]]
    invoices: list[Invoice]
    refusals: list[Refusal]


def read(path: Path) -> list[Row]:
    """Read a CSV file in UTF-8 or Latin-1. Raises OSError, and CsvError that names missing columns."""
    reader = csv.reader(io.StringIO(_text(path.read_bytes()), newline=""))
    try:
        records = _records(reader)
        places = _column_indexes(path, next(records, (1, []))[1])
        return [Row(number, *(_cell(record, place) for place in places)) for number, record in records]
    except csv.Error as error:
        raise CsvError(f"{path}, line {reader.line_num}: {error}") from error


def plan(rows: list[Row]) -> Plan:
    """Turn rows into products and orders. The same rows always have the same order IDs."""
    products, refused_products = _checked_products(rows)
    invoices, refused_lines = _checked_invoices(rows)
    refusals = sorted([*refused_products, *refused_lines], key=lambda refusal: refusal.row)
    return Plan(products=products, invoices=invoices, refusals=refusals)


def order_id(invoice: str) -> str:
    """Return the ID of an invoice's order, which is the same at every load."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:order-desk:invoice:{invoice}"))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    number = 1
    for record in reader:
        if record:
            yield number, record
        number = reader.line_num + 1


def _column_indexes(path: Path, header: list[str]) -> list[int]:
    found = {name.strip().lower(): place for place, name in enumerate(header)}
    missing = [column for column in COLUMNS if column.lower() not in found]
    if missing:
        raise CsvError(
            f"{path}: the header (line 1) lacks {', '.join(missing)}. "
            f"Needed, separated by commas: {', '.join(COLUMNS)}. Found: {', '.join(header) or 'nothing'}."
        )
    return [found[column.lower()] for column in COLUMNS]


def _cell(record: list[str], place: int) -> str:
    return record[place].strip() if place < len(record) else ""


def _checked_products(rows: list[Row]) -> tuple[list[dict[str, Any]], list[Refusal]]:
    priced, refusals = _prices(rows)
    names = {row.code: row.description for row in reversed(rows) if row.description}  # the first wins
    products = []
    for code, (pence, row) in priced.items():
        product = _product(code, names.get(code, code), pence)
        broken = [
            Refusal(row.number, f"product {code}", _rule_of(fault)) for fault in faults("Product", product)
        ]
        refusals.extend(broken)
        products.extend([] if broken else [product])
    return products, refusals


def _prices(rows: list[Row]) -> tuple[dict[str, tuple[int, Row]], list[Refusal]]:
    """Return each code's first positive price in pence with its row, and the refusals of invalid prices."""
    priced: dict[str, tuple[int, Row]] = {}
    refusals = []
    for row in rows:
        if not _NUMBER.fullmatch(row.price or "0") or Decimal(row.price or 0) * MINOR_UNITS % 1:
            rule = f"UnitPrice must be a number of whole pence, such as 2.55, got {row.price!r}"
            refusals.append(Refusal(row.number, f"price of {row.code}", rule))
        elif Decimal(row.price or 0) > 0:
            priced.setdefault(row.code, (int(Decimal(row.price) * MINOR_UNITS), row))
    return priced, refusals


def _product(code: str, name: str, pence: int) -> dict[str, Any]:
    return {
        "sku": code,
        "name": name,
        "category": "General",
        "unitPrice": pence,
        "currency": CURRENCY,
        "unit": "each",
        "active": True,
    }


def _checked_invoices(rows: list[Row]) -> tuple[list[Invoice], list[Refusal]]:
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row.invoice, []).append(row)
    invoices: list[Invoice] = []
    refusals: list[Refusal] = []
    for number, invoice_rows in by_number.items():
        order, refused = _checked_order(
            number, [_Line(place, row) for place, row in enumerate(invoice_rows, 1)]
        )
        refusals.extend(refused)
        invoices.extend([Invoice(number=number, order=order)] if order else [])
    return invoices, refusals


class _Line(NamedTuple):
    """A row and its place in its invoice, counted from 1."""

    place: int
    row: Row

    @property
    def item(self) -> dict[str, Any]:
        whole = _WHOLE_NUMBER.fullmatch(self.row.quantity)
        return {"sku": self.row.code, "quantity": int(whole[1]) if whole else self.row.quantity}

    @property
    def is_return(self) -> bool:
        quantity = self.item["quantity"]
        return isinstance(quantity, int) and quantity <= 0

    def refused(self, rule: str) -> Refusal:
        what = f"order {self.row.invoice or 'without number'}, line {self.place} ({self.row.code})"
        return Refusal(self.row.number, what, rule)


def _checked_order(number: str, lines: list[_Line]) -> tuple[dict[str, Any] | None, list[Refusal]]:
    """Return an order of the sold lines, and the refusals. A fault in a sold line refuses the whole order."""
    if not number:
        return None, [line.refused("InvoiceNo is required") for line in lines]
    if number.upper().startswith("C"):
        return None, [
            line.refused("a cancellation (InvoiceNo begins with C) is not an order") for line in lines
        ]
    returns = [
        line.refused(_rule_of(fault))
        for line in lines
        if line.is_return
        for fault in faults("Item", line.item)
    ]
    sold = [line for line in lines if not line.is_return]
    order = _order(number, lines[0].row, sold)
    broken = [_refusal_of(fault, number, lines[0].row, sold) for fault in faults("Order", order)]
    return (None if broken else order), [*returns, *broken]


def _order(number: str, first_row: Row, lines: list[_Line]) -> dict[str, Any]:
    return {
        "orderID": order_id(number),
        "customer": _customer(first_row),
        "items": [line.item for line in lines],
        "notes": f"Invoice {number} of {first_row.date}" if first_row.date else f"Invoice {number}",
    }


def _customer(first_row: Row) -> dict[str, str]:
    identifier = first_row.customer.removesuffix(".0")  # spreadsheets write 17850 as 17850.0
    name, mailbox = "Walk-in customer", "walk-in"
    if identifier:
        name, mailbox = f"Customer {identifier}", f"customer-{re.sub(r'[^A-Za-z0-9._-]+', '-', identifier)}"
    customer = {"name": name, "email": f"{mailbox}@example.com"}
    return {**customer, "address": first_row.country} if first_row.country else customer


def _refusal_of(fault: Fault, number: str, first_row: Row, lines: list[_Line]) -> Refusal:
    """Return a refusal that names the faulty line, or the first row for a fault of the whole order."""
    at_line = re.match(r"items\[(\d+)\]\.?", fault.path)
    if not at_line:
        return Refusal(first_row.number, f"order {number}", _rule_of(fault))
    return lines[int(at_line[1])].refused(_rule_of(fault._replace(path=fault.path[at_line.end() :])))


def _rule_of(fault: Fault) -> str:
    return " ".join(part for part in fault if part)
