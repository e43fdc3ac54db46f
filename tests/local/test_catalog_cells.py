"""Cells of a file of the catalog as the loader reads them, on the examples that the page is held against."""

from typing import Any

import pytest

from local import catalog_cells, catalog_titles, spreadsheet_text
from tests.catalog_cells import CATALOG_CELLS, expected
from tests.site.deno import evaluate
from tests.site.test_csv import CHANGED, FORMULAS, INSIDE, KEPT


@pytest.mark.parametrize("example", CATALOG_CELLS, ids=lambda one: f"{one['field']}-{one['cell']!a}")
def test_a_cell_has_the_value_or_the_fault_of_the_example(example: dict[str, Any]) -> None:
    cell, currency = example["cell"], example.get("currency", "GBP")
    if example["field"] == "unitPrice":
        read = catalog_cells.price(cell, currency)
    else:
        read = catalog_cells.READERS[example["field"]](cell)
    assert (read.value, read.fault or None, read.doubt or None) == tuple(expected(example).values())


def test_the_page_and_the_loader_know_columns_by_the_same_names() -> None:
    named = "[module.FIELDS, Object.values(module.COLUMNS), module.FAULT, module.TITLES]"
    (found,) = evaluate("import/titles.js", named, [None])
    fields, columns, fault, titles = found
    assert (fields, columns, fault) == (
        [*catalog_titles.FIELDS],
        [*catalog_titles.COLUMNS],
        catalog_titles.FAULT,
    )
    ours = {
        field: [" ".join(names.split()) for names in ranks] for field, ranks in catalog_titles.TITLES.items()
    }
    assert {field: [" ".join(names.split()) for names in ranks] for field, ranks in titles.items()} == ours


def test_no_name_of_a_column_belongs_to_two_fields() -> None:
    names = [
        catalog_titles.plain(name)
        for ranks in catalog_titles.TITLES.values()
        for name in {catalog_titles.plain(one) for names in ranks for one in names.split(",")}
    ]
    assert sorted(names) == sorted(set(names))


def test_each_column_of_an_exported_file_is_known_by_its_name() -> None:
    assert catalog_titles.guess([*catalog_titles.COLUMNS]).places == {
        field: at for at, field in enumerate(catalog_titles.FIELDS)
    }


HEADERS = [
    ["SKU", "Price"],
    ["Artikelnummer", "Bezeichnung", "Preis (EUR)", "Einheit"],
    ["Réf.", "Désignation", "Prix unitaire"],
    ["Código", "Nombre", "Precio"],
    ["Artikelcode", "Omschrijving", "Prijs"],
    ["Code", "Product", "Name", "Price"],
    ["SKU", "Price", "Unit price"],
    ["Unknown", "", "Fault"],
]


def test_the_page_and_the_loader_guess_the_same_columns() -> None:
    found = evaluate("import/titles.js", "module.guess(value)", HEADERS)
    ours = [catalog_titles.guess(header) for header in HEADERS]
    assert [one["places"] for one in found] == [guess.places for guess in ours]
    doubts = [{one["field"]: one["columns"] for one in guess["doubts"]} for guess in found]
    assert doubts == [guess.doubts for guess in ours]
    assert ours[1].places == {"sku": 0, "name": 1, "unitPrice": 2, "unit": 3}
    assert [len(guess.places) for guess in ours] == [2, 4, 3, 3, 3, 3, 1, 0]


def test_the_loader_takes_off_the_guards_that_the_page_puts_on() -> None:
    texts = [*FORMULAS, *CHANGED, *KEPT, *INSIDE, *INSIDE.values()]
    texts += [f"'{text}" for text in texts]
    found = evaluate("list/spreadsheet-text.js", "[module.asText(value), module.withoutGuards(value)]", texts)
    for text, (guarded, bare) in zip(texts, found, strict=True):
        assert (spreadsheet_text.as_text(text), spreadsheet_text.without_guards(text)) == (guarded, bare)
        assert spreadsheet_text.without_guards(guarded) == text


def test_the_loader_knows_the_months_and_weekdays_that_a_browser_knows() -> None:
    (words,) = evaluate("list/spreadsheet-text.js", "[...module.dateWords()]", [None])
    assert spreadsheet_text.date_words() == set(words)
