"""Turn a CSV file of the catalog into products, as POST /products/batch takes them.

`site/assets/import/table.js` and `items.js` have the same rules. Each row is a product or refused.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lambdas.platform.text import key
from lambdas.shop.catalog import IN_COLUMNS
from local import catalog_cells, csv_file
from local.catalog_cells import Read
from local.catalog_titles import COLUMNS, FIELDS, Guess, guess, plain
from local.csv_file import SEPARATORS, TITLE_LINES, CsvError, Record

_INVOICES = "invoiceno"  # the column by which a file is one of invoices


class RowFault(NamedTuple):
    """A field of a row, its text in the file, and the rule that it breaks."""

    field: str
    value: str
    rule: str


@dataclass(kw_only=True)
class ProductRow:
    """A row of the file, and the product that it describes if it has no faults.

    `doubts` are rules that the row probably breaks, unless the catalog has exactly what it says.
    """

    row: int
    cells: list[str]
    item: dict[str, Any] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    doubts: list[RowFault] = field(default_factory=list)

    @property
    def sku(self) -> str:
        """The SKU, or an empty text."""
        return str(self.item.get("sku", ""))


class CatalogFile(NamedTuple):
    """The rows of a file with its column names, the column of each field, and the texts above the names."""

    header_row: int
    header: list[str]
    places: dict[str, int]
    above: list[str]
    separator: str
    records: list[Record]

    @property
    def partial(self) -> bool:
        """Whether products keep fields that the file does not have."""
        return any(name not in self.places for name in FIELDS)


class _Head(NamedTuple):
    at: int
    separator: str
    header: list[str]
    guess: Guess


def read(path: Path, encoding: str = "") -> CatalogFile | None:
    """Read a file of the catalog, or return None for a file of something else, such as invoices.

    Raises OSError, and CsvError if the file cannot be used as a whole.
    """
    text, encoding = _decoded(path, encoding)
    lines = list(io.StringIO(text, newline=""))
    head = _head(lines)
    if head is None:
        return None
    for name, columns in head.guess.doubts.items():
        titles = " and ".join(head.header[at] for at in columns)
        numbers = " and ".join(str(at + 1) for at in columns)
        wanted = COLUMNS[FIELDS.index(name)]
        raise CsvError(f"{path}: the columns {numbers}, {titles}, may each be {wanted}: rename all but one")
    places = head.guess.places
    found = csv_file.records(lines, head.separator, head.at, lambda cells: _is_row(cells, places))
    header, *records = [one for one in found if any(map(key, one.plain_cells))]
    if not records:
        raise CsvError(f"{path} has no rows below the column names")
    try:
        csv_file.check_bytes(header, records, encoding)
    except CsvError as error:
        raise CsvError(f"{path}: {error}") from error
    return CatalogFile(
        head.at + 1, head.header, places, _above(lines[: head.at], head.separator), head.separator, records
    )


def _decoded(path: Path, encoding: str) -> tuple[str, str]:
    """Return the text of a file and its encoding. Raises CsvError, also if there is no text."""
    try:
        text, encoding = csv_file.decoded(path.read_bytes(), encoding)
    except CsvError as error:
        raise CsvError(f"{path}: {error}") from error
    if not text.strip():
        raise CsvError(f"{path}: it is empty")
    return text, encoding


def rows(file: CatalogFile, currency: str) -> list[ProductRow]:
    """Return each row of a file as a product or with its faults. `currency` is that of the shop."""
    seen: dict[str, int] = {}
    found = []
    for record in file.records:
        row = _row(record, file, currency)
        if row.sku in seen:
            rule = f"must be in the file only once: row {seen[row.sku]} has it"
            row.faults.append(RowFault("sku", row.sku, rule))
        elif row.sku:
            seen[row.sku] = row.row
        found.append(row)
    return found


def _head(lines: list[str]) -> _Head | None:
    """Return the first line that has the titles of a SKU and of another field, and is not one of invoices."""
    top = [at for at, line in enumerate(lines[:TITLE_LINES]) if line.strip()]
    named = _named_separator(lines[top[0]]) if top else ""
    for at in top[1:] if named else top:
        for separator in [named] if named else SEPARATORS:
            record = next(csv_file.records(lines, separator, at))
            header = csv_file.without_blank_end([key(cell) for cell in record.cells])
            known = guess(header)
            fields = [*known.places, *known.doubts]
            is_invoice = any(plain(title) == _INVOICES for title in header)
            if not record.fault and "sku" in fields and len(fields) > 1 and not is_invoice:
                return _Head(at, separator, header, known)
    return None


def _above(lines: Sequence[str], separator: str) -> list[str]:
    """Return the texts above the column names, without blank cells behind them."""
    texts = [
        separator.join(csv_file.without_blank_end(line.split(separator))).strip()
        for line in lines
        if not _named_separator(line)
    ]
    return [text for text in texts if text]


def _named_separator(line: str) -> str:
    named = re.fullmatch(r'"?sep=(.)"?\s*', line, re.I)  # Excel's own first line
    return named[1] if named else ""


def _is_row(cells: Sequence[str], places: dict[str, int]) -> bool:
    """Whether the cells of a line look like a row: a SKU, and a price if the file has prices."""
    if len(cells) <= max(places.values()):
        return False
    price = cells[places["unitPrice"]] if "unitPrice" in places else "0"
    is_sku = bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", key(cells[places["sku"]]).strip('"')))
    return is_sku and not catalog_cells.price(price.strip('"'), "GBP").fault


def _row(record: Record, file: CatalogFile, currency: str) -> ProductRow:
    cells = record.plain_cells if record.fault else record.cells
    rule = record.fault or _fault_of_width(cells, len(file.header))
    if rule:
        return ProductRow(row=record.row, cells=cells, faults=[RowFault("", "", rule)])
    row = ProductRow(row=record.row, cells=cells)
    for name in FIELDS:
        if name in file.places:
            _take(row, name, cells[file.places[name]], _read(name, cells, file, currency))
    for name in [name for name in IN_COLUMNS if row.item.get(name) == ""]:
        del row.item[name]
        if file.partial:
            row.item[name] = None  # which removes that of the product
    return row


def _fault_of_width(cells: list[str], width: int) -> str:
    """Accept further cells only if they are blank, as spreadsheets write them."""
    is_right = len(cells) >= width and len(csv_file.without_blank_end(cells)) <= width
    return "" if is_right else f"a row must have {width} cells, like the column names, got {len(cells)}"


def _take(row: ProductRow, name: str, cell: str, read: Read) -> None:
    if read.fault:
        row.faults.append(RowFault(name, cell.strip(), read.fault))
    if read.doubt:
        row.doubts.append(RowFault(name, cell.strip(), read.doubt))
    if read.value is not None:
        row.item[name] = read.value


def _read(name: str, cells: list[str], file: CatalogFile, currency: str) -> Read:
    cell = cells[file.places[name]]
    if name != "unitPrice":
        return catalog_cells.READERS[name](cell)
    named = catalog_cells.currency(cells[file.places["currency"]]).value if "currency" in file.places else ""
    own = named if named and re.fullmatch("[A-Z]{3}", named) else currency
    return _price(file.header[file.places[name]], cell, own)


def _price(title: str, cell: str, currency: str) -> Read:
    named = catalog_cells.currency_named(title)
    read = catalog_cells.price(cell, currency)
    if named and named != currency and not read.fault:
        return Read(fault=f"must be in {currency}: its column says {named}")
    return read
