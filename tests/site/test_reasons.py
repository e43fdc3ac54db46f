"""The reasons for the rejection of an order, as its page shows them."""

from typing import Any

import pytest

from tests.site.deno import evaluate

ORDER = {"items": [{"sku": "PAIL-01", "name": "Steel pail"}, {"sku": "84670"}]}
BROKEN = {**ORDER, "submitted": "{…}"}


@pytest.mark.parametrize(
    ("order", "path", "message", "sentence"),
    [
        (ORDER, "items[1].sku", "84670 is not in the catalog", "Line 2: 84670 is not in the catalog"),
        (ORDER, "items[0].sku", "PAIL-01 is no longer sold", "Line 1, Steel pail: PAIL-01 is no longer sold"),
        (ORDER, "items[0].sku", "is required", "Line 1, Steel pail: SKU is required"),
        (
            ORDER,
            "items[0].quantity",
            "must be at least 1, got 0",
            "Line 1, Steel pail: quantity must be at least 1, got 0",
        ),
        # The invalid line is not stored, so that the second stored line is another one.
        (BROKEN, "items[0].quantity", "is required", "Line 1: quantity is required"),
        (BROKEN, "customer.email", "is required", "E-mail is required"),
        (BROKEN, "items", "must have at least 1 entry, got 0", "Lines must have at least 1 entry, got 0"),
        (
            ORDER,
            "agreedTotal",
            "is GBP 10.00, but the order comes to GBP 12.00",
            "Agreed total is GBP 10.00, but the order comes to GBP 12.00",
        ),
        (BROKEN, "colour", "is not a field that is known here", "colour is not a field that is known here"),
    ],
)
def test_a_reason_is_a_sentence_that_names_line_and_field(
    order: dict[str, Any], path: str, message: str, sentence: str
) -> None:
    [found] = evaluate(
        "order/reasons.js", "module.reasonOf(...value)", [[order, {"path": path, "message": message}]]
    )
    assert f"{found['where']} {found['message']}" == sentence
