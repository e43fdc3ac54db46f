"""A CSV file of another program: its encoding, separator, columns and quotes, and the damaged rows."""

from pathlib import Path

import pytest

from local import csv_file, invoices
from local.csv_file import CsvError, CsvFile, DamagedRow
from local.invoice_orders import Refusal
from local.invoices import COLUMNS, Plan

HEADER = ",".join(COLUMNS)
ROW = "{},A1,{},2,2010-12-01,2.55,7,France"


def file_of(tmp_path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    """Write lines, without the column names, into a file."""
    file = tmp_path / "orders.csv"
    file.write_bytes(end.join([*lines, ""]).encode(encoding))
    return file


def read(tmp_path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n", named: str = "") -> CsvFile:
    """Read lines below the column names."""
    file = file_of(tmp_path, HEADER, *lines, encoding=encoding, end=end)
    return csv_file.read(file, COLUMNS, "InvoiceNo", named)


def plan(tmp_path: Path, *lines: str) -> Plan:
    """Return the plan for lines below the column names."""
    return invoices.plan(read(tmp_path, *lines))


def error_of(file: Path, encoding: str = "") -> str:
    """Return the error for a whole file."""
    with pytest.raises(CsvError) as raised:
        csv_file.read(file, COLUMNS, "InvoiceNo", encoding)
    message = str(raised.value)
    assert message.startswith(str(file))
    return message


def test_row_number_is_the_line_number_in_a_text_editor(tmp_path: Path) -> None:
    file = read(tmp_path, ROW.format(1, '"TWO\nLINES"'), "", ROW.format(2, "MOP"))
    assert [(row.row, row.cells[2]) for row in file.rows] == [(2, "TWO\nLINES"), (5, "MOP")]


def test_columns_may_be_in_any_order_with_extra_columns(tmp_path: Path) -> None:
    header = " country ,Extra,UNITPRICE,CustomerID,InvoiceDate,Quantity,Description,StockCode,InvoiceNo,"
    file = file_of(tmp_path, header, "France,x,2.55,17850,2010-12-01,2,SPONGE,A1,1")
    (row,) = csv_file.read(file, COLUMNS, "InvoiceNo").rows
    assert row.cells == ["1", "A1", "SPONGE", "2", "2010-12-01", "2.55", "17850", "France"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("first", ["", "sep={}\n"])
def test_other_separators_are_read(tmp_path: Path, separator: str, first: str) -> None:
    lines = [line.replace(",", separator) for line in (HEADER, ROW.format(1, '"A, B; C"'.replace(",", ".")))]
    file = file_of(tmp_path, f"{first.format(separator)}{lines[0]}", lines[1].replace("A. B; C", "A, B"))
    assert [row.cells[2] for row in csv_file.read(file, COLUMNS, "InvoiceNo").rows] == ["A, B"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, end: str) -> None:
    file = read(tmp_path, ROW.format(1, "MOP"), ROW.format(2, "MOP"), end=end)
    assert [row.row for row in file.rows] == [2, 3]


def test_rows_without_content_are_no_rows(tmp_path: Path) -> None:
    file = read(tmp_path, ",,,,,,,", "", ROW.format(1, "MOP"), " , ,,,,,,", ",,,,,,,,,,")
    assert ([row.row for row in file.rows], file.damaged) == ([4], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_files_are_read_with_and_without_mark(tmp_path: Path, encoding: str) -> None:
    file = read(tmp_path, ROW.format(1, "CAFÉ £5 €"), encoding=encoding)
    assert [row.cells[2] for row in file.rows] == ["CAFÉ £5 €"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_read_if_they_are_named(tmp_path: Path, encoding: str) -> None:
    file = file_of(tmp_path, HEADER, ROW.format(1, "CAFÉ £5"), encoding=encoding)
    message = error_of(file)
    assert "--encoding" in message
    assert "row 2, column Description" in message or "UTF-16" in message
    (row,) = csv_file.read(file, COLUMNS, "InvoiceNo", encoding).rows
    assert row.cells[2] == "CAFÉ £5"


def test_bytes_that_are_not_utf8_are_named_with_row_and_column(tmp_path: Path) -> None:
    file = file_of(tmp_path, HEADER, ROW.format(1, "CAFÉ"), ROW.format(2, "MÜSLI"))
    file.write_bytes(file.read_bytes().replace("MÜSLI".encode(), b"M\xdcSLI"))
    assert "row 3, column Description: the bytes 4d dc 53 4c 49 (b'M\\xdcSLI') are not utf-8" in error_of(
        file
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("MÜSLI".encode(), "row 3, column Description: the bytes 4d c3 9c 53 4c 49 are UTF-8"),
        (b"M\x81SLI", "row 3, column Description: the bytes 4d 81 53 4c 49"),
    ],
)
def test_bytes_of_another_encoding_than_the_named_are_refused(tmp_path: Path, raw: bytes, words: str) -> None:
    file = file_of(tmp_path, HEADER, ROW.format(1, "CAFÉ"), ROW.format(2, "HERE"), encoding="cp1252")
    file.write_bytes(file.read_bytes().replace(b"HERE", raw))
    assert words in error_of(file, "cp1252")


@pytest.mark.parametrize(
    ("content", "encoding", "words"),
    [
        (b"", "", "it is empty"),
        (b"\n\r\n \n", "", "it is empty"),
        (b"\xef\xbb\xbf", "", "it is empty"),
        (b"PK\x03\x04rest", "", "it is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "", "it is a spreadsheet"),
        (b"\xff\xfeI", "", "it is not valid utf-16"),
        (f"{HEADER}\n1".encode(), "klingon", "--encoding must be one that Python knows, such as cp1252"),
        (f"{HEADER}\n1".encode(), "rot13", "--encoding must be one that Python knows"),
        (f"{HEADER}\n1".encode(), "idna", "--encoding must be one that Python knows"),
        (f"{HEADER}\n1".encode(), "undefined", "--encoding must be one that Python knows"),
        (f"{HEADER}\n\n,,,\n".encode(), "", "has no rows below the column names"),
        (HEADER.encode(), "", "has no rows below the column names"),
        (
            f"Sales of May\n\n{HEADER}\n1".encode(),
            "",
            "the column names are in row 3: delete the rows above them",
        ),
        (
            b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Country\n1",
            "",
            "lack UnitPrice, CustomerID. N",
        ),
        (b"a;b\n1;2", "", "lack InvoiceNo, StockCode, "),
        (
            f"{HEADER},Quantity\n1".encode(),
            "",
            "the column Quantity is there more than once, in cells 4 and 9",
        ),
        (f"{HEADER}, quantity \n1".encode(), "", "the column Quantity is there more than once"),
        (f'"{HEADER}\n1,A1'.encode(), "", "lack InvoiceNo"),
    ],
)
def test_file_that_cannot_be_used_is_explained(
    tmp_path: Path, content: bytes, encoding: str, words: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(content)
    assert words in error_of(file, encoding)


@pytest.mark.parametrize(
    "lines",
    [
        ['1,A1,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, "MOP"), ROW.format(3, "MOP")],
        ['1,A1,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, 'MOP 5"'), ROW.format(3, "MOP")],
        ['1,A1,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, '"MOP"'), ROW.format(3, '"MOP"')],
        ['1,A1,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, '""'), ROW.format(3, 'MOP"')],
        ['1,A1,SPONGE,2,2010-12-01,2.55,7,"France', ROW.format(2, 'MOP"'), ROW.format(3, "MOP")],
        ['1,A1,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, "MOP"), ROW.format(3, 'MOP"')],
        [
            '"1,A1,SPONGE,2,2010-12-01,2.55,7,France',
            ROW.format(2, 'MOP 5"'),
            ROW.format(3, "MOP"),
        ],
        ['1,A1,"SPONGE" BLUE,2,2010-12-01,2.55,7,France', ROW.format(2, "MOP"), ROW.format(3, "MOP")],
        ['1,A1,"SPONGE 5" BLUE",2,2010-12-01,2.55,7,France', ROW.format(2, "MOP"), ROW.format(3, "MOP")],
        ['1,A1,"SPONGE,2",2010-12-01,2.55,7,France', ROW.format(2, "MOP"), ROW.format(3, "MOP")],
    ],
)
def test_stray_quote_refuses_its_own_row_and_no_other(tmp_path: Path, lines: list[str]) -> None:
    found = plan(tmp_path, *lines)
    assert [one.number for one in found.invoices] == ["2", "3"]
    assert [len(one.order["items"]) for one in found.invoices] == [1, 1]
    assert [(one.row, one.what) for one in found.refusals] == [(2, "order 1")]
    assert (found.rows, found.refused_rows) == (3, {2})


def test_damaged_row_refuses_the_other_rows_of_its_invoice(tmp_path: Path) -> None:
    found = plan(
        tmp_path, ROW.format(1, "MOP"), '1,B2,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, "MOP")
    )
    assert [one.number for one in found.invoices] == ["2"]
    assert found.refusals == [
        Refusal(2, "order 1", "row 3 may belong to it and cannot be read"),
        Refusal(3, "order 1", "a quote is opened and not closed in its cell"),
    ]


def test_stray_quote_in_the_last_row_is_named(tmp_path: Path) -> None:
    (damaged,) = read(tmp_path, ROW.format(1, "MOP"), '2,A1,"MOP,2,2010-12-01,2.55,7,France').damaged
    assert damaged == DamagedRow(3, "a quote is opened and not closed in its cell", ["2"])


def test_damaged_row_without_a_number_refuses_the_order_above(tmp_path: Path) -> None:
    found = plan(
        tmp_path, ROW.format(1, "MOP"), ',B2,"SPONGE,2,2010-12-01,2.55,7,France', ROW.format(2, "MOP")
    )
    assert [one.number for one in found.invoices] == ["2"]


def test_number_that_a_damaged_row_may_have_moved_is_looked_for_beside_it(tmp_path: Path) -> None:
    header = HEADER.removeprefix("InvoiceNo,") + ",InvoiceNo"
    rows = ["A1,MOP,2,2010-12-01,2.55,7,France,1", "A1,MOP, BLUE,2,2010-12-01,2.55,7,France,1"]
    found = invoices.plan(invoices.read(file_of(tmp_path, header, *rows)))
    assert (found.invoices, found.refused_rows) == ([], {2, 3})


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1,A1,SPONGE", "a row must have 8 cells, like the column names, got 3"),
        (
            "1,A1,SPONGE, BLUE,2,2010-12-01,2.55,7,France",
            "a row must have 8 cells, like the column names, got 9",
        ),
        (
            ROW.format(1, "CAF\ufffd"),
            "Description must have every letter, got 'CAF\ufffd' with one lost (U+FFFD)",
        ),
        (ROW.format(1, "x" * 200_000), "a quote or cell is wrong: field larger than field limit (131072)"),
    ],
)
def test_row_that_cannot_be_trusted_is_damaged(tmp_path: Path, line: str, rule: str) -> None:
    file = read(tmp_path, line, ROW.format(2, "MOP"))
    assert [row.row for row in file.rows] == [3]
    assert [(row.row, row.rule, row.keys[0]) for row in file.damaged] == [(2, rule, "1")]


def test_quotes_that_are_part_of_a_name_are_read(tmp_path: Path) -> None:
    file = read(tmp_path, ROW.format(1, 'PIPE 5" LONG'), ROW.format(2, '"PIPE 5"" LONG, BLUE\nNEW"'))
    assert [row.cells[2] for row in file.rows] == ['PIPE 5" LONG', 'PIPE 5" LONG, BLUE\nNEW']
    assert file.damaged == []


def test_every_one_of_many_stray_quotes_is_found(tmp_path: Path) -> None:
    file = read(tmp_path, *['1,A1,"SPONGE,2,2010-12-01,2.55,7,France'] * 999)
    assert len(file.damaged) == 999
    assert file.damaged[0] == DamagedRow(2, "a quote is opened and not closed in its cell", ["1"])
