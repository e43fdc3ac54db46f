"""Exported files: no text becomes a formula, a number or a date, whatever the spreadsheet and separator."""

import csv
import io
import random
import re
from typing import Any

import pytest

from tests.site.deno import evaluate

ORDER = {
    "orderID": "a0000000-0000-4000-8000-00000000000a", "createdAt": "2026-01-31T09:30:00.000Z",
    "status": "placed", "customer": {"name": "Maria Okafor", "email": "maria@hotel.example"},
    "lineCount": 2, "total": 123450, "currency": "GBP", "submittedBy": "staff@shop.example",
}  # fmt: skip

# A spreadsheet would run these texts.
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1",
    "\u3000=1", "＝1", "＋1", "－1", "＠x", "﹦1", " ＝1", "\x00=1", "−1", '"=1+1"', ' "=1',
    "+44 20 7946 0101", '=HYPERLINK("http://elsewhere.example","Click")',
]  # fmt: skip
# A spreadsheet of some language would change these texts.
CHANGED = [
    # numbers
    "02079460101", "00000000", " 007 ", "1234567890123456", "123456789012", "1.10", "0.5", ".5", "5.",
    "1,234", "1.234", "1 234 567", "1\u00a0234", "1’234", "1'234", "1.234.567,89", "(5)", "5%", "5 %", "£5",
    "5 €", "$1,200.00", "1e5", "123456e7", "1234E567", "1E+5", "1.5e3", "1,5e-3", "EUR 5", "5 kr", "12 zł",
    "CHF 1’200.00", "R$ 5", "US$5", "12\uff0e5", "\uff10\uff11", "\u0661\u0662,\u0663", "1½", "½", "1 1/2",
    "\u06f1\u066b\u06f5", "\u0661\u066c\u0662\u0660\u0660",
    # dates and times
    "7-11", "1/2", "1-2-3", "1.2.", "31.12.2026", "2026-01-31", "2026-01-31T09:30", "1/2/26 3:15", "24/7",
    "3:15", "3:15:20", "3:15 PM", "3 pm", "3 a", "12:30 p", "2024-001", "1. 2. 2026", "2026/1", "MAR1",
    "MARCH1", "mar-1", "Sept 1", "SEPT2", "1 Sep", "1-Sep-26", "Sep 2026", "DEC12", "1dec2024",
    "September 1, 2026", "1st of May 2026", "Monday, 5 January 2026", "May 5 3:15 pm", "1. März", "MRZ1",
    "1. Dez. 2026", "12 mars 2026", "2 août", "3 févr.", "12 de marzo de 2026", "1 enero", "5 maj",
    "1 gennaio 2026", "2 stycznia", "1 января 2026", "3月5日", "2026年3月5日", "午後3時", "令和8年",
    "2026년 3월", "R6.5.1", "5 Ιαν", "3 Ocak", "1 leden", "\u200b7-11\u200b",
    "Tue, 31 Mar 2026", "Wednesday 1 April", "Sat 5 Dec", "Dienstag, 31. März 2026", "sam. 5 déc. 2026",
    # truth values and errors
    "TRUE", "false", "WAHR", "Faux", "VERDADERO", "#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NV", "#WERT!",
    "#¡REF!", "#¡DIV/0!", "#¿NOMBRE?", "#N/B", "#I/T", "#Н/Д", "#YOK", "#GETTING_DATA",
]  # fmt: skip
KEPT = [
    "", "0", "12345678", "99999999999", "1e", "e5", "020 7946 0101", "(020) 7946 0101", "555-123-4567",
    "06 12 34 56 78", "0113 4960144", "12345678-1234-4123-8123-123456789012", "a=b", "'quoted'", "Ünï",
    'She said "no"', "a,b", "mail@x.example", "<b>", "3M", "O2", "Studio 54", "May", "March & Sons",
    "May 20 Ltd", "7-Eleven", "Mar-a-Lago 5", "1 Quay\nBristol", "5 High Street, Leeds", "12 Mayfield",
    "#5 High Street", "#sale", "June", "A-1", "MOP-01", "Area 51", "Die 3 Brüder", "Truedale", "4 Seasons",
    "x;y", "Flat 2-3, 5 Mar Lodge", "Ltd. 24/7 shop",
]  # fmt: skip
# If a program separates cells by another character, a new cell begins in the middle of the text.
INSIDE = {
    "\t=1": "'\t'=1",
    "x;=1": "x;'=1",
    "x\n=1": "x\n'=1",
    "x\t@y": "x\t'@y",
    "x; @y": "x;' @y",
    "x, -y": "x,' -y",
    "x|=1": "x|'=1",
    'x;"=HYPERLINK(A1);y': "x;'\"=HYPERLINK(A1);y",
    'x; ""＝1': 'x;\' ""＝1',
    "x;y": "x;y",
    "Smith, Maria": "Smith, Maria",
}


def rows(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def lines(orders: list[dict[str, Any]], form: str = "comma") -> list[str]:
    """Return each order as a line of the file."""
    written = evaluate("list/export-format.js", f"module.formOf('{form}', 'orders').linesOf(value)", orders)
    return [str(line) for [line] in written]


def named(name: str) -> dict[str, Any]:
    return ORDER | {"customer": {"name": name, "email": "a@b.example"}}


def test_only_texts_a_spreadsheet_would_run_or_change_get_an_apostrophe() -> None:
    names = [*FORMULAS, *CHANGED, *KEPT, *INSIDE]
    written = rows("".join(lines([named(name) for name in names])), ",")
    expected = [*("'" + name for name in FORMULAS + CHANGED), *KEPT, *INSIDE.values()]
    assert dict(zip(names, (row[4] for row in written), strict=True)) == dict(
        zip(names, expected, strict=True)
    )


@pytest.mark.parametrize("form", ["comma", "semicolon", "semicolon-point"])
def test_no_cell_is_a_formula_whichever_separator_a_program_reads(form: str) -> None:
    chance = random.Random("formulas")
    parts = ["=1", "+", "-", "@", ";", ",", "|", "\t", "\n", "\r", '"', '""', "'", " ", "x", "\u200b", "＝"]
    texts = ["".join(chance.choices(parts, k=chance.randint(1, 8))) for _ in range(1500)]
    orders = [
        ORDER | {"customer": {"name": name, "email": "a@b.example", "company": company, "address": address}}
        for name, company, address in zip(*[iter(texts)] * 3, strict=True)
    ]
    content = "".join(lines(orders, form))
    for separator in ",;\t|":
        # Excel is as lenient as this reader: text after a closing quotation mark belongs to the cell.
        cells = [
            cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for cell in row
        ]
        run = [cell for cell in cells if re.match(r"[\s\u200b\"]*[=+\-@＝]", cell)]
        assert run == [], separator


@pytest.mark.parametrize(
    ("form", "separator", "total"),
    [("comma", ",", "1234.50"), ("semicolon", ";", "1234,50"), ("semicolon-point", ";", "1234.50")],
)
def test_numbers_and_columns_are_written_as_the_spreadsheet_reads_them(
    form: str, separator: str, total: str
) -> None:
    charges = total.replace("1234.5", "-2.5").replace("1234,5", "-2,5")
    [line] = lines([ORDER | {"chargeTotal": -250}], form)
    [row] = rows(line, separator)
    assert (len(row), row[9:14]) == (19, ["2", charges, total, total, "GBP"])
    assert f"{separator}{total}{separator}" in line, "a spreadsheet may read a number in quotes as text"
    whole = f"module.formOf('{form}', 'orders').whole([]).text()"
    [head] = evaluate("list/export-format.js", whole, [None])
    assert rows(head, separator)[0][9:14] == ["Lines", "Charges", "Total", "Revenue", "Currency"]


def test_amounts_have_as_many_digits_as_their_currency() -> None:
    written = rows("".join(lines([ORDER | {"currency": code} for code in ("JPY", "KWD")])), ",")
    assert [row[11] for row in written] == ["123450", "123.450"]


def test_the_format_follows_the_locale_until_one_is_chosen() -> None:
    usual = {
        "en-GB": "comma", "en-US": "comma", "ja": "comma", "es-MX": "comma", "zh-CN": "comma", "he": "comma",
        "de": "semicolon", "de-DE": "semicolon", "fr-FR": "semicolon", "es-ES": "semicolon",
        "nl-BE": "semicolon", "pl": "semicolon", "pt-BR": "semicolon", "fr-CH": "semicolon",
        "ar-EG": "semicolon",
        "de-CH": "semicolon-point", "de-LI": "semicolon-point",
    }  # fmt: skip
    found = evaluate("list/file-format.js", "module.usualFormat(value)", usual)
    assert dict(zip(usual, found, strict=True)) == usual


@pytest.mark.parametrize(
    ("kept", "separator"), [(None, ","), ("semicolon", ";"), ("comma", ","), ("toString", ","), ("{}", ",")]
)
def test_a_kept_format_is_used_and_an_unknown_one_is_ignored(kept: str | None, separator: str) -> None:
    read = (
        "(Object.defineProperty(globalThis, 'localStorage', { value: { getItem: () => value } }),"
        " module.exportFormat().whole([]).text())"
    )
    [head] = evaluate("list/export-format.js", read, [kept])
    assert head.removeprefix("\ufeff").startswith(f'"Order number"{separator}')
