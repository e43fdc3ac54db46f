"""Read a CSV file as rows with the columns that are needed, and name the rows that cannot be trusted.

A quote that is opened or closed in a wrong place makes several rows look like one. Such rows are found, given
back as damaged, and reading goes on in the next line of the file.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lambdas.platform.text import key

SEPARATORS = (",", ";", "\t", "|")
TITLE_LINES = 20  # lines above the column names in which an explanation is worth more than "not found"
NOT_CLOSED = "a quote is opened and not closed in its cell"
_ESCAPED = re.compile("[\udc80-\udcff]")  # the bytes that could not be decoded (Python's surrogateescape)
LOST_LETTER = "\ufffd"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
_PDF = b"%PDF"


class CsvError(Exception):
    """The file cannot be used as a whole. The message names the place and what can be done."""


class Row(NamedTuple):
    """The cells of the needed columns. `row` is the line in the file at which the row begins."""

    row: int
    cells: list[str]


class DamagedRow(NamedTuple):
    """A row whose cells cannot be told apart, the broken rule, and the cells that may be its key."""

    row: int
    rule: str
    keys: list[str]


class CsvFile(NamedTuple):
    """The rows of a file that have any content."""

    rows: list[Row]
    damaged: list[DamagedRow]


class Record(NamedTuple):
    """A record: the line at which it begins, its cells, its cells if quotes mean nothing, and its fault."""

    row: int
    cells: list[str]
    plain_cells: list[str]
    fault: str


def read(path: Path, columns: Sequence[str], key_column: str, encoding: str = "") -> CsvFile:
    """Read the needed columns of a CSV file, which may be separated by comma, semicolon, tab or bar.

    `key_column` says to what a row belongs. `encoding` is needed unless the file is in UTF-8 or
    begins with a byte order mark. Raises OSError, and CsvError if no row of the file can be trusted.
    """
    try:
        text, encoding = decoded(path.read_bytes(), encoding)
        lines = list(io.StringIO(text, newline=""))
        separator, first = _find_header(lines, columns)
        header, *others = [one for one in records(lines, separator, first) if any(map(key, one.plain_cells))]
        table = _Table(header.cells, columns, key_column)
        check_bytes(header, others, encoding)
    except CsvError as error:
        raise CsvError(f"{path}: {error}") from error
    if not others:
        raise CsvError(f"{path} has no rows below the column names")
    return table.split(others)


class _Table:
    """The places of the needed columns, by which records are split into rows and damaged rows."""

    def __init__(self, header: list[str], columns: Sequence[str], key_column: str) -> None:
        self._width = len(without_blank_end(header))
        self._places = _column_indexes(header, columns)
        self._columns = columns
        self._key = self._places[columns.index(key_column)]

    def split(self, records: list[Record]) -> CsvFile:
        rows, damaged = [], []
        for record in records:
            fault = record.fault or self._fault_of_width(record) or self._fault_of_cells(record)
            if fault:
                damaged.append(DamagedRow(record.row, fault, self._possible_keys(record)))
            else:
                rows.append(Row(record.row, [record.cells[place] for place in self._places]))
        return CsvFile(rows, damaged)

    def _fault_of_width(self, record: Record) -> str:
        """Accept further cells only if they are blank, as spreadsheets write them."""
        count = len(record.cells)
        if count >= self._width and len(without_blank_end(record.cells)) <= self._width:
            return ""
        return f"a row must have {self._width} cells, like the column names, got {count}"

    def _fault_of_cells(self, record: Record) -> str:
        for column, place in zip(self._columns, self._places, strict=True):
            cell = record.cells[place]
            if LOST_LETTER in cell:
                return f"{column} must have every letter, got {cell!r} with one lost (U+FFFD)"
            if once := encoded_once(cell):
                return f"{column} must be encoded once, got {cell!r}, which is {once!r} encoded twice"
        return ""

    def _possible_keys(self, record: Record) -> list[str]:
        """Return the cells that may be the key. One cell too many or too few can move the key by one."""
        cells = record.plain_cells
        shift = len(without_blank_end(cells)) - self._width
        first, last = sorted((self._key, self._key + shift))
        found = [cell.strip().strip('"').strip() for cell in cells[max(first, 0) : last + 1]]
        return [cell for cell in found if cell]


def decoded(content: bytes, encoding: str) -> tuple[str, str]:
    """Return the text and its encoding. An invalid byte becomes a lone surrogate, see `check_bytes`."""
    if content.startswith(_SPREADSHEETS):
        raise CsvError("it is a spreadsheet, not a CSV file: save it as CSV UTF-8 first")
    if content.startswith(_PDF):
        raise CsvError("it is a PDF, not a CSV file: ask for the list as a spreadsheet or as CSV")
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), "")
    start = content[:1000]
    # A single zero byte is a hidden character of a text, see lambdas/platform/text.py.
    if not (marked or encoding) and start.count(b"\0") > len(start) / 8:
        raise CsvError(_fault_of_zeros(content[:200]))
    name = marked or encoding or "utf-8"
    try:
        return content.decode(name, "surrogateescape"), codecs.lookup(name).name.removesuffix("-sig")
    except UnicodeDecodeError as error:
        raise CsvError(f"it is not valid {error.encoding}, at byte {error.start}: {error.reason}") from error
    except (LookupError, UnicodeError) as error:  # such as idna, which is for names of hosts
        raise CsvError(f"--encoding must be one that Python knows, such as cp1252, got {name!r}") from error


def _fault_of_zeros(start: bytes) -> str:
    """Return the fault of a file with zero bytes, which are every second byte of Latin letters in UTF-16."""
    if start.count(b"\0") > len(start) / 4:
        return "it has no byte order mark and seems to be UTF-16: name it, as in --encoding utf-16-le"
    return "it is not a text file, because it has zero bytes: save it as CSV UTF-8"


def check_bytes(header: Record, records: list[Record], encoding: str) -> None:
    """Raise CsvError for the first cell with bytes of another encoding than the rest of the file."""
    cells = ((record, place, cell) for record in (header, *records) for place, cell in _cells(record))
    for record, place, cell in cells:
        rule = _fault_of_encoding(cell, encoding)
        if rule:
            name = key(header.cells[place]) if place < len(header.cells) else f"cell {place + 1}"
            raise CsvError(f"row {record.row}, column {name}: {rule}")


def _cells(record: Record) -> Iterator[tuple[int, str]]:
    cells = record.plain_cells if record.fault else record.cells
    return ((place, cell) for place, cell in enumerate(cells) if not cell.isascii())


def _fault_of_encoding(cell: str, encoding: str) -> str:
    raw = cell.encode(encoding, "surrogateescape")
    if _ESCAPED.search(cell):
        return (
            f"the bytes {raw[:20].hex(' ')} ({raw[:20]!r}) are not {encoding}. Save the file as CSV UTF-8, "
            "or name the encoding of the whole file, such as --encoding cp1252"
        )
    if not encoding.startswith("utf") and _is_utf8(raw):  # "Müller" would be read as "MÃ¼ller"
        return f"the bytes {raw[:20].hex(' ')} are UTF-8, but the file is to be read as {encoding}"
    return ""


def encoded_once(cell: str) -> str:
    """Return `Müller` for `MÃ¼ller`, and an empty text for text that was not encoded twice."""
    for encoding in ("cp1252", "latin-1"):
        try:
            once = cell.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return "" if once == cell else once
    return ""


def _is_utf8(raw: bytes) -> bool:
    try:
        return not raw.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _find_header(lines: list[str], columns: Sequence[str]) -> tuple[str, int]:
    """Return the separator, and the index of the line with the column names. Raises CsvError."""
    top = [place for place, line in enumerate(lines[:TITLE_LINES]) if line.strip()]
    if not top:
        raise CsvError("it is empty")
    named = re.fullmatch(r'"?sep=(.)"?\s*', lines[top[0]])  # Excel's own first line
    if named:
        return named[1], next(iter(top[1:]), top[0])
    for place in top:
        for separator in SEPARATORS:
            if not _missing(next(records(lines, separator, place)).cells, columns):
                if place != top[0]:
                    raise CsvError(f"the column names are in row {place + 1}: delete the rows above them")
                return separator, place
    return _likely_separator(lines[top[0]], columns), top[0]


def _likely_separator(line: str, columns: Sequence[str]) -> str:
    return min(SEPARATORS, key=lambda one: len(_missing(line.split(one), columns)))


def _missing(header: list[str], columns: Sequence[str]) -> list[str]:
    found = [_name(cell) for cell in header]
    return [column for column in columns if column.lower() not in found]


def _name(cell: str) -> str:
    return key(cell).strip('"').lower()


def _column_indexes(header: list[str], columns: Sequence[str]) -> list[int]:
    missing = _missing(header, columns)
    if missing:
        raise CsvError(
            f"the column names (row 1) lack {', '.join(missing)}. Needed: {', '.join(columns)}. "
            f"Found: {', '.join(map(key, header)) or 'nothing'}"
        )
    names = [_name(cell) for cell in header]
    for column in columns:
        if names.count(column.lower()) > 1:
            places = [str(at) for at, name in enumerate(names, 1) if name == column.lower()]
            raise CsvError(f"the column {column} is there more than once, in cells {' and '.join(places)}")
    return [names.index(column.lower()) for column in columns]


def records(
    lines: list[str], separator: str, first: int, is_row: Callable[[list[str]], bool] | None = None
) -> Iterator[Record]:
    """Yield the records from a line on. After a damaged record, go on with the line after its first.

    `is_row` is whether the cells of a line inside a cell of several lines look like a row that a stray quote
    has joined. Without it, each line with as many separators as a row looks so.
    """
    width = 0
    while first < len(lines):
        cells, used, fault = _record(lines, separator, first)
        width = width or len(cells)
        if used > 1 and not fault:
            inside = [line.rstrip("\r\n").split(separator) for line in lines[first + 1 : first + used]]
            joined = (
                any(map(is_row, inside))
                if is_row
                else any(_swallows_row(cell, separator, width) for cell in cells)
            )
            fault = NOT_CLOSED if joined or len(cells) != width else ""
        plain = lines[first].rstrip("\r\n").split(separator) if fault or len(cells) != width else cells
        yield Record(first + 1, cells, plain, fault)
        first += 1 if fault else used


def _record(lines: list[str], separator: str, first: int) -> tuple[list[str], int, str]:
    """Return the cells of the record that begins in a line, its number of lines, and its fault."""
    reader = csv.reader((lines[at] for at in range(first, len(lines))), delimiter=separator, strict=True)
    try:
        return next(reader), reader.line_num, ""
    except csv.Error as error:
        if reader.line_num > 1 or (first == len(lines) - 1 and "end of data" in str(error)):
            return [], reader.line_num, NOT_CLOSED
        return [], 1, f"a quote or cell is wrong: {error}"


def _swallows_row(cell: str, separator: str, width: int) -> bool:
    """Whether a cell of several lines has as many separators as the rows that a stray quote would join."""
    return ("\n" in cell or "\r" in cell) and cell.count(separator) >= width - 1


def without_blank_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not key(cells[end - 1]):
        end -= 1
    return cells[:end]
