"""Turn a CSV file of invoices from another system into products and orders.

The columns are those of the UCI "Online Retail" data set. Products and orders are checked against the
gateway's schema. A refusal names the row in the file, the line in the invoice, the column and the rule.
Each row is either a line of an order or refused.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.platform import text
from lambdas.platform.json_schema import faults
from local import csv_file
from local.csv_file import CsvFile, DamagedRow
from local.invoice_cells import possible_invoice_number
from local.invoice_orders import InvoiceRows, Line, Refusal, rule_of

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


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """An invoice's number, its order as POST /orders takes it, and the price of each line in the file."""

    number: str
    order: dict[str, Any]
    prices: list[int | None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The products and orders of a file as the API takes them, the refusals, and the refused rows.

    `similar_codes` are product codes that differ only in capitals. They are different products.
    """

    rows: int
    products: list[dict[str, Any]]
    invoices: list[Invoice]
    refusals: list[Refusal]
    refused_rows: set[int]
    similar_codes: list[str]


def read(path: Path, encoding: str = "") -> CsvFile:
    """Read a CSV file of invoices. Raises OSError and CsvError."""
    return csv_file.read(path, COLUMNS, "InvoiceNo", encoding)


def plan(file: CsvFile) -> Plan:
    """Turn rows into products and orders. The same rows always have the same order IDs."""
    lines = [Line.parse(position, row) for position, row in enumerate(file.rows)]
    products, refused_products = _checked_products(lines)
    orders = _Orders(lines, file.damaged)
    return Plan(
        rows=len(file.rows) + len(file.damaged),
        products=products,
        invoices=orders.invoices,
        refusals=sorted([*refused_products, *orders.refusals], key=lambda refusal: refusal.row),
        refused_rows=orders.refused_rows,
        similar_codes=_similar_codes({line.code for line in lines}),
    )


class _Orders:
    """The orders of a file, its refusals, and the rows that are in no order."""

    def __init__(self, lines: list[Line], damaged: list[DamagedRow]) -> None:
        self.invoices: list[Invoice] = []
        self.refusals: list[Refusal] = []
        self.refused_rows: set[int] = set()
        self._unreadable: dict[str, int] = {}  # by invoice, a row that may belong to it
        self._by_number: dict[str, list[Line]] = {}
        above = ""
        rows: list[Line | DamagedRow] = [*lines, *damaged]
        for row in sorted(rows, key=lambda one: one.row):
            above = self._sort(row, above)
        for number, of_invoice in self._by_number.items():
            self._add(InvoiceRows(number, of_invoice, self._unreadable.get(number)), of_invoice)

    def _sort(self, row: Line | DamagedRow, above: str) -> str:
        """Add a row to its invoice, or refuse it. `above` is the invoice of the row above."""
        if isinstance(row, DamagedRow):
            self._miss(row.row, row.keys, above)
            what = f"order {' or '.join(map(text.line, row.keys)) or 'without number'}"
            self._refuse(row, Refusal(row.row, what, row.rule))
        elif not row.number:
            self._miss(row.row, [row.number_cell], above if row.code else "")
            self._refuse(row, *[row.refused(1, rule) for rule in row.faults or ["InvoiceNo is required"]])
        else:
            self._by_number.setdefault(row.number, []).append(row)
            return row.number
        return above

    def _miss(self, row: int, cells: list[str], above: str) -> None:
        """Note the invoices that an unreadable row may belong to: those that it names, or the one above."""
        named = [number for cell in cells if (number := possible_invoice_number(cell))]
        self._unreadable.update(dict.fromkeys(named or [above], row))

    def _refuse(self, row: Line | DamagedRow, *refusals: Refusal) -> None:
        self.refused_rows.add(row.row)
        self.refusals.extend(refusals)

    def _add(self, invoice: InvoiceRows, lines: list[Line]) -> None:
        refusals = invoice.refusals()
        self.refusals.extend([*invoice.returns(), *refusals])
        self.refused_rows.update(line.row for line in lines if refusals or line.is_return)
        if not refusals:
            prices = [line.price for line in invoice.sold]
            self.invoices.append(Invoice(number=invoice.number, order=invoice.order, prices=prices))


def _checked_products(lines: list[Line]) -> tuple[list[dict[str, Any]], list[Refusal]]:
    """Return a product for each code with a positive price: the first price and the first description."""
    priced: dict[str, Line] = {}
    for line in lines:
        if line.code and (line.price or 0) > 0:
            priced.setdefault(line.code, line)
    names = {line.code: line.description for line in reversed(lines) if line.description}  # the first wins
    products, refusals = [], []
    for code, line in priced.items():
        product = _product(code, names.get(code, code), line.price)
        broken = [Refusal(line.row, f"product {code}", rule_of(one)) for one in faults("Product", product)]
        refusals.extend(broken)
        products.extend([] if broken else [product])
    return products, refusals


def _similar_codes(codes: set[str]) -> list[str]:
    by_capitals: dict[str, list[str]] = {}
    for code in sorted(codes):
        by_capitals.setdefault(code.upper(), []).append(code)
    return [" and ".join(similar) for similar in by_capitals.values() if len(similar) > 1]


def _product(code: str, name: str, pence: int | None) -> dict[str, Any]:
    return {
        "sku": code,
        "name": name,
        "category": "General",
        "unitPrice": pence,
        "currency": CURRENCY,
        "unit": "each",
        "active": True,
    }
