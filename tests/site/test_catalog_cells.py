"""Cells of a file of the catalog as the page reads them, on the examples that the loader is held against."""

import pytest

from tests.catalog_cells import CATALOG_CELLS, expected
from tests.site.deno import evaluate

READERS = {
    "sku": "skuIn",
    "name": "textIn",
    "category": "textIn",
    "unit": "textIn",
    "active": "activeIn",
    "currency": "currencyIn",
    "description": "descriptionIn",
    "packSize": "countIn",
    "netContent": "netContentIn",
    "minQuantity": "countIn",
    "vatClass": "vatClassIn",
    "signalWord": "signalWordIn",
    "pictograms": "pictogramsIn",
    "hazardStatements": "statementsIn",
    "ufi": "ufiIn",
}


@pytest.mark.parametrize("field", [*READERS, "unitPrice"])
def test_each_cell_has_the_value_or_the_fault_of_the_examples(field: str) -> None:
    given = [{"currency": "GBP", **example} for example in CATALOG_CELLS if example["field"] == field]
    module = "price" if field == "unitPrice" else "cells"
    call = "priceIn(value.cell, value.currency)" if field == "unitPrice" else f"{READERS[field]}(value.cell)"
    read = evaluate(f"import/{module}.js", f"module.{call}", given)
    found = [(one.get("value"), one.get("fault"), one.get("doubt") or None) for one in read]
    wanted = [expected(example) for example in given]
    assert len(wanted) > 1
    for example, one, other in zip(given, found, wanted, strict=True):
        assert one == tuple(other.values()), example


@pytest.mark.parametrize(
    ("title", "currency"),
    [
        ("Price", ""),
        ("Price (EUR)", "EUR"),
        ("Preis €", "EUR"),
        ("PRICE GBP", "GBP"),
        ("$", "USD"),
        ("PRICE", ""),
    ],
)
def test_the_title_of_a_column_may_name_a_currency(title: str, currency: str) -> None:
    assert evaluate("import/price.js", "module.currencyNamed(value)", [title]) == [currency]
