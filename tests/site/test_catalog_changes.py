"""The differences between the lines of a form and the lines of the order that was placed."""

from typing import Any

import pytest

from tests.site.deno import evaluate

PAIL = {"sku": "PAIL-01", "name": "Steel pail", "unit": "piece", "unitPrice": 649, "quantity": 2}
MOP = {"sku": "MOP-01", "name": "Mop", "unit": "piece", "unitPrice": 400, "quantity": 1}


def changes(shown: list[dict[str, Any]], stored: list[dict[str, Any]], currency: str = "GBP") -> list[str]:
    """What the page shows. Quantities are texts in the form and numbers in the stored order."""
    typed = [{**item, "quantity": str(item["quantity"])} for item in shown]
    total = sum(item.get("unitPrice", 0) * item["quantity"] for item in stored)
    order = {"items": stored, "total": total, "currency": currency}
    (found,) = evaluate(
        "order/catalog-changes.js",
        "module.catalogChanges(value.typed, value.order)",
        [{"typed": typed, "order": order}],
    )
    return list(found)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"unitPrice": 720}, ["Steel pail (PAIL-01): price £6.49 → £7.20", "Total: £16.98 → £18.40"]),
        ({"unitPrice": 0}, ["Steel pail (PAIL-01): price £6.49 → £0.00", "Total: £16.98 → £4.00"]),
        ({"unit": "box of 10"}, ["Steel pail (PAIL-01): unit piece → box of 10"]),
        ({"name": "Pail, steel"}, ["Pail, steel (PAIL-01): name Steel pail → Pail, steel"]),
        (
            {"unitPrice": 720, "name": "Pails"},
            [
                "Pails (PAIL-01): price £6.49 → £7.20, name Steel pail → Pails",
                "Total: £16.98 → £18.40",
            ],
        ),
    ],
)
def test_each_line_that_the_catalog_changed_is_named_with_both_values(
    changed: dict[str, Any], expected: list[str]
) -> None:
    assert changes([PAIL, MOP], [{**PAIL, **changed}, MOP]) == expected


def test_prices_of_two_lines_may_change_and_leave_the_total() -> None:
    stored = [{**PAIL, "unitPrice": 549}, {**MOP, "unitPrice": 600}]
    assert changes([PAIL, MOP], stored) == [
        "Steel pail (PAIL-01): price £6.49 → £5.49",
        "Mop (MOP-01): price £4.00 → £6.00",
    ]


def test_line_copied_without_a_price_shows_the_price_it_got() -> None:
    shown = {"sku": "PAIL-01", "name": "Steel pail", "quantity": 2}
    assert changes([shown], [PAIL]) == [
        "Steel pail (PAIL-01): price no price → £6.49",
        "Total: £0.00 → £12.98",
    ]


def test_lines_without_a_unit_on_one_side_are_not_compared_by_it() -> None:
    without = {name: PAIL[name] for name in PAIL.keys() - {"unit"}}
    assert changes([PAIL], [without]) == changes([without], [PAIL]) == []


def test_lines_that_a_colleague_edited_meanwhile_are_not_compared() -> None:
    assert changes([PAIL, MOP], [MOP]) == []
    assert changes([PAIL], [PAIL, MOP]) == []


def test_a_name_from_right_to_left_keeps_the_words_beside_it_in_order() -> None:
    (line,) = changes([PAIL], [{**PAIL, "name": "דלי"}])
    assert line == "\u2068דלי\u2069 (PAIL-01): name Steel pail → \u2068דלי\u2069"


def test_prices_are_written_in_the_currency_of_the_order() -> None:
    assert changes([PAIL], [{**PAIL, "unitPrice": 700}], "JPY") == [
        "Steel pail (PAIL-01): price JP¥649 → JP¥700",
        "Total: JP¥1,298 → JP¥1,400",
    ]


def test_changes_of_an_order_name_the_unit_of_each_line() -> None:
    order = {"customer": {}, "items": [{**PAIL, "unit": "pack of 5"}, MOP]}
    edited = {"customer": {}, "items": [{**PAIL, "unit": "pack of 5", "quantity": 3}, {**MOP, "quantity": 9}]}
    found = evaluate("order/differences.js", "module.changesSince(...value)", [[order, edited]])
    assert found == [
        [
            "Steel pail, pack of 5 (PAIL-01): Quantity 2 → Quantity 3",
            "Mop, piece (MOP-01): Quantity 1 → Quantity 9",
        ]
    ]
