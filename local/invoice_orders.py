"""The order of one invoice: made from its rows, or refused with the rows and rules that are broken."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from lambdas.platform import text
from lambdas.platform.errors import Fault
from lambdas.platform.json_schema import faults
from local import invoice_cells
from local.csv_file import Row
from local.invoice_cells import CellError

Value = TypeVar("Value")

# The columns from which the fields of an order and of a product come.
_COLUMN_OF_FIELD = {
    "sku": "StockCode",
    "name": "Description",
    "unitPrice": "UnitPrice",
    "customer.name": "CustomerID",
    "customer.email": "CustomerID",
    "customer.address": "Country",
}
# The columns that must be the same in all rows of an invoice, with the attributes that are compared.
_HEAD = (("CustomerID", "customer"), ("Country", "country"), ("InvoiceDate", "day"))


class Refusal(NamedTuple):
    """A part of the file that is not sent: its row, its name in the report, and the broken rule."""

    row: int
    what: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the file with its cells parsed. A cell that cannot be parsed has a message in `faults`."""

    row: int
    position: int  # among all rows of the file
    number_cell: str  # InvoiceNo as it is in the file
    number: str
    code: str
    description: str
    quantity: int | None
    date: str
    day: str
    price: int | None
    customer: str
    country: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, position: int, row: Row) -> "Line":
        """Parse the cells of a row, in the order of `invoices.COLUMNS`."""
        number, code, description, quantity, date, price, customer, country = row.cells
        found: list[str] = []
        return cls(
            row=row.row,
            position=position,
            number_cell=number,
            number=_parsed(invoice_cells.invoice_number, number, found) or "",
            code=_parsed(invoice_cells.stock_code, code, found) or "",
            description=invoice_cells.words(description),
            quantity=_parsed(invoice_cells.quantity, quantity, found),
            date=text.line(date),
            day=_parsed(invoice_cells.day, date, found) or "",
            price=_parsed(invoice_cells.price, price, found),
            customer=_parsed(invoice_cells.customer_id, customer, found) or "",
            country=invoice_cells.words(country),
            faults=found,
        )

    @property
    def item(self) -> dict[str, Any]:
        """The line as POST /orders takes it."""
        return {"sku": self.code, "quantity": self.quantity}

    @property
    def is_return(self) -> bool:
        """Whether nothing is sold on this line."""
        return self.quantity is not None and self.quantity <= 0

    def refused(self, place: int, rule: str) -> Refusal:
        """Return a refusal that names the row, and the line's place in its invoice counted from 1."""
        number = self.number or text.line(self.number_cell) or "without number"
        return Refusal(self.row, f"order {number}, line {place} ({self.code})", rule)


class InvoiceRows:
    """All rows of one invoice. A fault in a sold line refuses the whole order, a return only itself."""

    def __init__(self, number: str, lines: list[Line], unreadable_row: int | None) -> None:
        """Take the rows of a number, and the row that may belong to it and cannot be read."""
        self.number = number
        self.sold = [line for line in lines if not line.is_return]
        self.order = _order(number, lines[0], self.sold)
        self._lines = lines
        self._unreadable_row = unreadable_row
        self._places = {line.row: place for place, line in enumerate(lines, 1)}

    def refusals(self) -> list[Refusal]:
        """Return the refusals of the order and of the lines that refuse it, or none if it can be sent."""
        if self.number.startswith("C"):
            rule = "a cancellation (InvoiceNo begins with C) is not an order"
            return [self._line(line, rule) for line in self._lines]
        in_cells = [self._line(line, rule) for line in self.sold for rule in line.faults]
        found = [*in_cells, *map(self._whole, self._faults_of_rows())]
        if not in_cells:
            found += [self._refusal_of(fault) for fault in faults("Order", self.order)]
        named = len(self._lines) == 1 or any(refusal.what == f"order {self.number}" for refusal in found)
        return (
            found
            if named or not found
            else [*found, self._whole(f"none of its {len(self._lines)} rows is sent")]
        )

    def returns(self) -> list[Refusal]:
        """Return the refusals of returned lines, which are refused in every order."""
        returned = [line for line in self._lines if line.is_return and not self.number.startswith("C")]
        return [self._line(line, rule_of(fault)) for line in returned for fault in faults("Item", line.item)]

    def _line(self, line: Line, rule: str) -> Refusal:
        return line.refused(self._places[line.row], rule)

    def _whole(self, rule: str) -> Refusal:
        return Refusal(self._lines[0].row, f"order {self.number}", rule)

    def _refusal_of(self, fault: Fault) -> Refusal:
        """Return a refusal that names the faulty line, or the first row for a fault of the whole order."""
        at_line = re.match(r"items\[(\d+)\]\.?", fault.path)
        if not at_line:
            return self._whole(rule_of(fault))
        in_item = fault._replace(path=fault.path[at_line.end() :])
        return self._line(self.sold[int(at_line[1])], rule_of(in_item))

    def _faults_of_rows(self) -> Iterator[str]:
        if self._unreadable_row is not None:
            yield f"row {self._unreadable_row} may belong to it and cannot be read"
        yield from _different_heads(self._lines)
        yield from _repeated_part(self._lines)


def rule_of(fault: Fault) -> str:
    """Return a fault of the schema as a text, with the column for the field."""
    return " ".join(part for part in (_COLUMN_OF_FIELD.get(fault.path, fault.path), fault.message) if part)


def order_id(invoice: str) -> str:
    """Return the ID of an invoice's order, which is the same at every load."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:order-desk:invoice:{invoice}"))


def _parsed(parse: Callable[[str], Value], cell: str, found: list[str]) -> Value | None:
    try:
        return parse(cell)
    except CellError as error:
        found.append(str(error))
        return None


def _order(number: str, first: Line, sold: list[Line]) -> dict[str, Any]:
    order: dict[str, Any] = text.normalise(
        {
            "orderID": order_id(number),
            "customer": _customer(first),
            "items": [line.item for line in sold],
            "notes": f"Invoice {number} of {first.date}" if first.date else f"Invoice {number}",
        }
    )
    return order


def _customer(first: Line) -> dict[str, str]:
    name, mailbox = "Walk-in customer", "walk-in"
    if first.customer:
        name, mailbox = f"Customer {first.customer}", invoice_cells.mailbox(first.customer)
    return {"name": name, "email": f"{mailbox}@example.com", "address": first.country}


def _different_heads(lines: list[Line]) -> Iterator[str]:
    """Yield a rule for each column that must be the same in all rows of an invoice, and is not."""
    for column, name in _HEAD:
        first = getattr(lines[0], name)
        other = next((line for line in lines if getattr(line, name) != first), None)
        if other:
            yield (
                f"{column} must be the same in every row of an invoice, got {first!r} in row {lines[0].row} "
                f"and {getattr(other, name)!r} in row {other.row}"
            )


def _repeated_part(lines: list[Line]) -> Iterator[str]:
    """Yield a rule if a product is in two parts of the file, as in a file that was appended to itself."""
    seen: dict[str, tuple[int, int]] = {}  # the part of the file and the row
    part = 0
    for before, line in pairwise(lines):
        seen.setdefault(before.code, (part, before.row))
        part += line.position > before.position + 1
        known_part, row = seen.get(line.code, (part, line.row))
        if known_part != part:
            yield (
                "the rows of an invoice may be apart, but not those of a product: "
                f"StockCode {line.code} is in row {row} and again in row {line.row}"
            )
            return
