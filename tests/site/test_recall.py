"""Everybody who got a product, from its orders."""

from typing import Any

import pytest

from tests.site.deno import evaluate


def order(number: int, email: str, quantity: int, **customer: str) -> dict[str, Any]:
    return {
        "orderID": f"id-{number}",
        "number": number,
        "quantity": quantity,
        "createdAt": f"2026-11-{number:02}T09:00:00.000Z",
        "status": "shipped",
        "customer": {"name": "Ann", "email": email, **customer},
    }


# The newest first, as the API lists them.
ORDERS = [
    order(9, "bo@a.example", 1, phone="2"),
    order(8, "ann@a.example", 5),
    order(7, "bo@a.example", 10, phone="1"),
    order(6, "", 3),
    order(5, "", 4),
]


def test_a_customer_is_one_row_with_the_details_of_the_latest_order() -> None:
    (people,) = evaluate("recall/people.js", "module.peopleOf(value)", [ORDERS])
    assert [(one["last"]["number"], one["orders"], one["quantity"]) for one in people] == [
        (9, 2, 11),
        (8, 1, 5),
        (6, 1, 3),
        (5, 1, 4),
    ]
    assert people[0]["customer"]["phone"] == "2"


def test_orders_of_erased_customers_are_apart() -> None:
    erased = order(4, "", 2) | {"anonymisedAt": "2026-11-20T09:00:00.000Z"}
    expression = (
        "[module.peopleOf(value), module.erasedOf(value)].map((found) => found.map((one) => one.quantity))"
    )
    assert evaluate("recall/people.js", expression, [[*ORDERS, erased]]) == [[[11, 5, 3, 4], [2]]]


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2026-11-29", "2025-11-29"), ("2028-02-29", "2027-03-01"), ("2000-01-01", "1999-01-01")],
)
def test_the_list_begins_a_year_ago(date: str, expected: str) -> None:
    assert evaluate("recall/people.js", "module.yearBefore(value)", [date]) == [expected]


def test_a_row_of_the_file_has_all_by_which_somebody_is_reached() -> None:
    person = {
        "customer": {"name": "Ann", "email": "a@b.example", "address": "1 Quay"},
        "orders": 2,
        "quantity": 7,
    }
    (cells,) = evaluate("recall/export.js", "module.cellsOf(value)", [{**person, "last": ORDERS[0]}])
    values = [cell["value"] for cell in cells]
    assert values == ["Ann", "", "a@b.example", "", "1 Quay", 2, 7, "#9", ORDERS[0]["createdAt"], "shipped"]
