"""Files of the catalog on the page: columns in words, verdicts, refused rows, and the export."""

import json
import re
from typing import Any

import pytest

from local import catalog_titles
from tests.imports import ROOT
from tests.nasty_texts import NASTY_TEXTS
from tests.site.deno import evaluate
from tests.site.test_csv import CHANGED, FORMULAS, INSIDE, KEPT
from tests.site.test_typed_products import HAZARDOUS

EVERY = {field: at for at, field in enumerate(catalog_titles.FIELDS)}
PAIL = {
    "sku": "A-1",
    "name": "Pail",
    "category": "Pails",
    "unitPrice": 300,
    "currency": "GBP",
    "unit": "each",
    "active": True,
}
BASE = (ROOT / "site/assets").as_uri()
# The way of a file on the page: from its text to products.
IMPORT = """
    const table = await import(base + "/import/table.js");
    const items = await import(base + "/import/items.js");
    const titles = await import(base + "/import/titles.js");
    const read = (text) => {
        const head = table.headOf(text);
        const { places } = titles.guess(head.header);
        const rows = table.rowsOf(head, (cells) => items.looksLikeRow(cells, places));
        const form = { places, header: head.header, currency: "GBP" };
        return { head, places, rows: items.productRows(rows, form) };
    };"""


def run(steps: str, value: Any) -> Any:
    """Return what the steps return. They have `read(text)`, the functions of the modules, and `value`."""
    script = f"(async () => {{ const base = {json.dumps(BASE)}; {IMPORT} {steps} }})()"
    (found,) = evaluate("import/verdicts.js", script, [value])
    return found


# -- the export


def exported(products: list[dict[str, Any]], form: str = "comma") -> str:
    steps = f"""const {{ catalogFile }} = await import(base + "/catalog/export-form.js");
        const {{ FORMATS }} = await import(base + "/list/file-format.js");
        return new TextDecoder().decode(await catalogFile(value, FORMATS["{form}"]).arrayBuffer());"""
    return str(run(steps, products))


@pytest.mark.parametrize("form", ["comma", "semicolon", "semicolon-point"])
def test_what_is_exported_is_imported_as_the_same_products(form: str) -> None:
    texts = [
        *FORMULAS,
        *CHANGED,
        *KEPT,
        *INSIDE,
        *INSIDE.values(),
        "'=1",
        "Two\nlines, with; marks",
        "a|b\tc",
    ]
    texts += [f"'{text}" for text in texts] + [one.normal for one in NASTY_TEXTS if one.normal]
    texts += ["Contains:\na,b,c,d,e,f,g,h,i;j;k;l;m;n;o;p"]
    (forms,) = evaluate(
        "lib/text.js", "value.map((text) => [module.line(text), module.lines(text)])", [texts]
    )
    skus = ["00123", "1234.0", "1E5", "1-Dec", "MAR-1", "Dec-01", "A.b_C-9", "0", "12345678901234", "none"]
    products = [
        {**PAIL, "sku": f"N-{at}", "name": name, "category": name, "unit": name, "description": text}
        for at, (name, text) in enumerate(forms)
        if name
    ] + [{**PAIL, **HAZARDOUS, "sku": sku, "active": False, "unitPrice": at} for at, sku in enumerate(skus)]
    found = run("return read(value.replace('\\uFEFF', ''));", exported(products, form))
    assert [row["faults"] for row in found["rows"] if row["faults"]] == []
    wanted = [{name: value for name, value in product.items() if value != ""} for product in products]
    assert [row["item"] for row in found["rows"]] == wanted
    assert found["head"]["header"] == [*catalog_titles.COLUMNS]


# -- the columns


def places(*fields: str) -> dict[str, int]:
    return {field: at for at, field in enumerate(fields)}


@pytest.mark.parametrize(
    ("fields", "words", "partial"),
    [
        (
            ("sku", "unitPrice"),
            "Prices only: products of the catalog get these prices and keep everything else. No product is",
            True,
        ),
        (
            ("sku", "unitPrice", "currency"),
            "Prices only: products of the catalog get these prices and keep everything else. A price in "
            "another currency is refused. No product is added.",
            True,
        ),
        (tuple(EVERY), "Whole products: they are added, or changed in every field.", False),
        (
            tuple(field for field in EVERY if field not in ("packSize", "ufi", "pictograms")),
            "Whole products: they are added or changed. Of products in the catalog, what the file does not",
            True,
        ),
        (
            tuple(field for field in EVERY if field != "description"),
            "Whole products: they are added or changed. Of products in the catalog, Description stays as",
            True,
        ),
        (
            ("sku", "name", "unitPrice"),
            "Some fields: products of the catalog change in Name and Price.",
            True,
        ),
    ],
)
def test_an_import_says_what_its_columns_do(fields: tuple[str, ...], words: str, partial: bool) -> None:
    (said,) = evaluate("import/columns.js", "module.modeInWords(value)", [places(*fields)])
    assert said.startswith(words)
    (found,) = evaluate("import/items.js", "module.isPartial(value)", [places(*fields)])
    assert found == partial


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (["SKU", "Price"], ""),
        (["SKU", "EK netto", "", "Price", "Fault"], "Left out: “EK netto”."),
        (["SKU", "a", "b", "c", "d", "e", "f", "Price"], "Left out: “a”, “b”, “c”, “d”, “e” and 1 more."),
    ],
)
def test_columns_that_are_left_out_are_named(header: list[str], words: str) -> None:
    chosen = {"sku": 0, "unitPrice": header.index("Price")}
    (said,) = evaluate("import/columns.js", "module.leftOutInWords(...value)", [[header, chosen]])
    assert re.sub("[\u2068\u2069]", "", said) == words


# -- the verdicts


def taken(row: dict[str, Any], verdict: dict[str, Any]) -> Any:
    steps = """const row = { faults: [], doubts: [], ...value.row };
        module.take(row, value.verdict, { places: value.places, currency: "GBP" });
        return row;"""
    return run(steps, {"row": row, "verdict": verdict, "places": EVERY})


def test_a_refusal_names_the_field_its_text_in_the_file_and_the_rule() -> None:
    cells = ["A-1", "Pail", "Pails", " 999999.00", "GBP", "each", "yes", ""]
    message = "must be at most 10000000, got 99999900"
    row = taken(
        {"cells": cells}, {"outcome": "refused", "fields": [{"path": "unitPrice", "message": message}]}
    )
    assert row["faults"] == [
        {"field": "unitPrice", "value": "999999.00", "rule": "must be at most £100,000.00"}
    ]
    message = 'is not in the catalog, and a new product also needs unit, active; got "A-1"'
    row = taken({"cells": cells}, {"outcome": "refused", "fields": [{"path": "sku", "message": message}]})
    assert row["faults"][0]["rule"] == "is not in the catalog, and a new product also needs Unit, Sold"


def test_a_refused_currency_is_named_with_its_text_and_its_rule() -> None:
    message = 'must be GBP, because prices alone change no currency; got "EUR"'
    cells = ["A-1", "", "", "2.50", "EUR"]
    row = taken(
        {"cells": cells}, {"outcome": "refused", "fields": [{"path": "currency", "message": message}]}
    )
    rule = "must be GBP, because prices alone change no currency"
    assert row["faults"] == [{"field": "currency", "value": "EUR", "rule": rule}]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("unchanged", "unchanged"), ("changed", "refused"), ("added", "refused"), ("refused", "refused")],
)
def test_a_doubtful_row_is_refused_unless_the_catalog_has_just_that(outcome: str, expected: str) -> None:
    doubt = {"field": "name", "value": "MÃ¼ller", "rule": "must be encoded once"}
    row = taken({"cells": [], "doubts": [doubt]}, {"outcome": outcome})
    assert row["outcome"] == expected


def test_prices_that_change_by_more_than_half_are_found() -> None:
    pairs = [(100, 150), (100, 151), (100, 50), (100, 49), (0, 1), (100, 100)]
    rows = [
        {"row": at, "outcome": "changed", "changes": [{"field": "unitPrice", "from": old, "to": new}]}
        for at, (old, new) in enumerate(pairs)
    ]
    (found,) = evaluate("import/verdicts.js", "module.withLargeChanges(value)", [rows])
    assert [row["row"] for row in found] == [1, 3, 4]


def test_a_price_whose_currency_changes_is_shown_in_both_currencies() -> None:
    changes = [
        {"field": "unitPrice", "from": 200, "to": 250},
        {"field": "currency", "from": "GBP", "to": "EUR"},
    ]
    row = {"outcome": "changed", "changes": changes, "item": {"currency": "EUR"}}
    (found,) = evaluate("import/results.js", "module.whatOf(value, 'GBP')", [row])
    assert [one["text"] for one in found] == ["Price: £2.00 → €2.50", "Currency: GBP → EUR"]


# -- the refused rows


def refused(text: str) -> str:
    steps = """const { refusedFile } = await import(base + "/import/refused.js");
        const { head, places, rows } = read(value);
        return refusedFile(rows.filter((row) => row.faults.length), head, places);"""
    return str(run(steps, text)).removeprefix("\ufeff")


def test_refused_rows_are_a_file_with_their_columns_and_their_faults() -> None:
    assert refused('Code;Preis;Notes\nA-1;1,234;=1+1\nB-2;2,50;ok\n00123;-1;"x;y"\n') == (
        "Fault;Code;Preis;Notes\r\n"
        "Preis: can be read in two ways: write it such as 1234.50;A-1;'1,234;'=1+1\r\n"
        "Preis: must be at least 0;'00123;'-1;\"x;y\"\r\n"
    )


def test_a_file_of_refused_rows_is_named_after_its_first_file() -> None:
    names = ["list.csv", "list refused.csv", "a.b.txt", "Pasted rows"]
    assert evaluate("import/refused.js", "module.refusedName(value)", names) == [
        "list refused.csv",
        "list refused.csv",
        "a.b refused.csv",
        "Pasted rows refused.csv",
    ]


def test_the_faults_of_a_file_of_refused_rows_are_replaced_when_it_is_refused_again() -> None:
    again = refused(refused("SKU,Price\nA-1,x\nB-2,2\n"))
    assert again.count("Fault") == 1
    assert again.splitlines()[1:] == ["Price: must be an amount such as 1234.50,A-1,x"]


def test_mended_rows_are_read_as_if_they_had_never_been_refused() -> None:
    text = refused("SKU,Price\n00123,x\n1E5,x\n'1E6,x\n").replace(",x\r", ",2.50\r")
    rows = run("return read(value).rows;", text)
    assert [row["sku"] for row in rows] == ["00123", "1E5", "1E6"]
    assert [row["item"]["unitPrice"] for row in rows] == [250, 250, 250]


def test_rows_whose_cells_cannot_be_told_apart_stay_refused_until_they_are_mended() -> None:
    text = refused("SKU,Name,Price\nA-1,Pail\nB-2,Mop,2,3\n")
    assert [row["faults"][0]["rule"][:10] for row in run("return read(value).rows;", text)] == [
        "a row must"
    ] * 2


# -- many rows


def test_10000_rows_are_read_within_a_second() -> None:
    text = "SKU,Price\n" + "".join(f"N-{at},{at / 100:.2f}\n" for at in range(10_000))
    steps = """const start = performance.now();
        return [read(value).rows.length, performance.now() - start];"""
    number, milliseconds = run(steps, text)
    assert (number, milliseconds < 1000) == (10_000, True)
