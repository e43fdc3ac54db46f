"""New prices of many products, and what becomes of each product before anything is written."""

import math
import random
from fractions import Fraction
from typing import Any

import pytest

from tests.site.deno import evaluate

STEPS = {"1": (1, 0), "5": (5, 0), "10": (10, 0), "50": (50, 0), "100": (100, 0)}
ENDINGS = {"9 of 10": (10, 9), "99 of 100": (100, 99)}


def new_prices(cases: list[dict[str, Any]]) -> list[int]:
    return list(evaluate("catalog/new-price.js", "module.newPrice(value.price, value.change)", cases))


def computed(price: int, way: str, share: int, rounding: str) -> int:
    """The nearest price by exact fractions; in the middle the higher one, and never below zero."""
    step, ending = (STEPS | ENDINGS)[rounding]
    exact = price * (1 + Fraction(share if way == "raise" else -share, 10_000))
    nearest = math.floor((exact - ending) / step + Fraction(1, 2)) * step + ending
    return nearest + step if nearest < 0 else nearest


def test_prices_by_per_cent_are_the_nearest_ones_of_their_kind() -> None:
    chance = random.Random(13)
    cases: list[dict[str, Any]] = [
        {
            "price": chance.choice((1, 5, 49, 50, 125, 649, chance.randint(1, 10_000_000))),
            "change": {
                "way": chance.choice(("raise", "lower")),
                "share": chance.choice((1, 250, 400, 1000, chance.randint(1, 10_000))),
                "rounding": chance.choice([*STEPS, *ENDINGS]),
            },
        }
        for _ in range(2_000)
    ]
    assert new_prices(cases) == [computed(case["price"], **case["change"]) for case in cases]


@pytest.mark.parametrize(
    ("price", "change", "expected"),
    [
        (649, {"way": "set", "amount": 700, "rounding": "99 of 100"}, 700),
        (649, {"way": "raise", "amount": 20, "rounding": "1"}, 669),
        (649, {"way": "lower", "amount": 20, "rounding": "10"}, 630),
        (649, {"way": "raise", "share": 400, "rounding": "1"}, 675),
        (649, {"way": "raise", "share": 400, "rounding": "9 of 10"}, 679),
        (649, {"way": "raise", "share": 400, "rounding": "99 of 100"}, 699),
        (125, {"way": "lower", "share": 1000, "rounding": "5"}, 115),
        (3, {"way": "lower", "share": 1000, "rounding": "9 of 10"}, 9),
        (0, {"way": "raise", "share": 400, "rounding": "99 of 100"}, 0),
        (10, {"way": "lower", "amount": 11, "rounding": "100"}, -1),
    ],
)
def test_a_price_is_set_or_changed_by_an_amount_or_a_share(
    price: int, change: dict[str, Any], expected: int
) -> None:
    assert new_prices([{"price": price, "change": change}]) == [expected]


@pytest.mark.parametrize(
    ("way", "text", "expected"),
    [
        ("raise", "4 %", {"share": 400}),
        ("raise", "4,5%", {"share": 450}),
        ("lower", "0.05", {"amount": 5}),
        ("lower", "£1", {"amount": 100}),
        ("set", "6.29", {"amount": 629}),
        ("set", "4 %", None),
        ("raise", "101 %", None),
        ("raise", "-4 %", None),
        ("raise", "1e5", None),
        ("raise", "", None),
    ],
)
def test_a_typed_change_is_a_share_or_an_amount(way: str, text: str, expected: Any) -> None:
    typed = {"way": way, "text": text, "rounding": "1"}
    (found,) = evaluate("catalog/new-price.js", "module.priceChange(value, 'GBP') ?? null", [typed])
    assert found == (expected and {"way": way, "rounding": "1", **expected})


def test_ways_to_round_are_in_the_money_of_the_shop() -> None:
    pounds, yen = evaluate("catalog/new-price.js", "module.roundings(value)", ["GBP", "JPY"])
    assert pounds[1] == ["5", "to the nearest £0.05"]
    assert pounds[-1] == ["99 of 100", "to the nearest that ends like £1.99"]
    assert yen[1][1] == "to the nearest JP¥5"


PAIL = {
    "sku": "PAIL-01",
    "name": "Steel pail",
    "category": "Pails",
    "unitPrice": 649,
    "currency": "GBP",
    "unit": "piece",
    "active": True,
    "description": "Holds 12 litres.",
    "version": 4,
    "createdAt": "2026-01-01T08:00:00.000Z",
    "updatedAt": "2026-01-01T08:00:00.000Z",
    "updatedBy": {"sub": "1", "name": "Ann"},
}


def plan(product: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    (jobs,) = evaluate(
        "catalog/plan.js",
        "module.planOf([value.product], value.made, 10_000_000)",
        [{"product": product, "made": made}],
    )
    (job,) = jobs
    assert job.pop("product") == product
    return dict(job)


CONTENT = {name: PAIL[name] for name in ("name", "category", "unitPrice", "currency", "unit", "active")}


def test_plan_has_the_whole_new_content_of_a_product_and_says_what_changes() -> None:
    job = plan(PAIL, {"kind": "price", "price": {"way": "raise", "share": 400, "rounding": "1"}})
    body = {**CONTENT, "description": "Holds 12 litres.", "unitPrice": 675}
    assert job == {"outcome": "planned", "change": "£6.49 → £6.75", "text": "", "body": body}


def test_plan_leaves_a_product_that_is_as_it_should_be() -> None:
    assert plan(PAIL, {"kind": "category", "category": "Pails"})["outcome"] == "same"
    assert plan(PAIL, {"kind": "active", "active": True})["change"] == "Stays sold"


def test_plan_changes_category_and_state() -> None:
    assert plan(PAIL, {"kind": "category", "category": "Buckets"})["body"]["category"] == "Buckets"
    job = plan(PAIL, {"kind": "active", "active": False})
    assert (job["change"], job["body"]["active"]) == ("sold → not sold", False)


def test_plan_takes_the_highest_and_the_lowest_price() -> None:
    for price in (10_000_000, 0):
        job = plan(PAIL, {"kind": "price", "price": {"way": "set", "amount": price, "rounding": "1"}})
        assert (job["outcome"], job["body"]["unitPrice"]) == ("planned", price)


@pytest.mark.parametrize(
    ("amount", "way", "reason"),
    [
        (650, "lower", "Not possible: a price cannot be below zero"),
        (10_000_000, "raise", "Not possible: a price is at most £100,000.00"),
    ],
)
def test_plan_refuses_a_price_outside_the_limits(amount: int, way: str, reason: str) -> None:
    job = plan(PAIL, {"kind": "price", "price": {"way": way, "amount": amount, "rounding": "1"}})
    assert (job["outcome"], job["text"]) == ("impossible", reason)
    assert "body" not in job
