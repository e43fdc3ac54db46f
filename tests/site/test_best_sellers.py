"""The months of the best sellers, and the places that products rose or fell."""

import pytest

from tests.site.deno import evaluate


@pytest.mark.parametrize(
    ("month", "months", "expected"),
    [
        ("2026-11", -1, "2026-10"),
        ("2026-01", -1, "2025-12"),
        ("2026-12", 1, "2027-01"),
        ("2028-02", 12, "2029-02"),
    ],
)
def test_months_go_on_over_the_end_of_a_year(month: str, months: int, expected: str) -> None:
    (found,) = evaluate(
        "best/ranks.js", "module.addMonths(value.month, value.months)", [{"month": month, "months": months}]
    )
    assert found == expected


def test_a_month_is_that_of_utc_in_every_time_zone() -> None:
    expression = "(at(value), module.monthOf(new Date('2026-11-01T00:30:00Z')))"
    assert (
        evaluate("best/ranks.js", expression, ["Pacific/Honolulu", "Pacific/Kiritimati"]) == ["2026-11"] * 2
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "2026-11"),
        ("?period=2026-10&by=revenue", "2026-10"),
        ("?period=2026-11", "2026-11"),
        ("?period=all", "all"),
        ("?period=2026-12", "2026-11"),
        ("?period=2026-13", "2026-11"),
        ("?period=1999-12", "2026-11"),
        ("?period=%3Cb%3E", "2026-11"),
    ],
)
def test_the_address_names_all_time_or_a_month_that_has_begun(query: str, expected: str) -> None:
    (found,) = evaluate("best/ranks.js", "module.periodOf(value, '2026-11')", [query])
    assert found == expected


def test_a_row_has_its_place_its_share_of_the_best_and_its_move() -> None:
    items = [{"sku": sku, "units": units} for sku, units in (("A", 80), ("B", 40), ("C", 40), ("D", 4))]
    before = [{"sku": sku, "units": 1} for sku in ("B", "A", "C")]
    given = {"items": items, "before": before}
    (rows,) = evaluate("best/ranks.js", "module.ranked(value.items, value.before, 'units')", [given])
    assert [(row["item"]["sku"], row["place"], row["share"], row.get("move")) for row in rows] == [
        ("A", 1, 1, 1),
        ("B", 2, 0.5, -1),
        ("C", 3, 0.5, 0),
        ("D", 4, 0.05, None),
    ]


def test_a_bar_of_goods_that_cost_nothing_is_empty() -> None:
    (rows,) = evaluate("best/ranks.js", "module.ranked([{sku: 'A', revenue: 0}], [], 'revenue')", [None])
    assert rows[0]["share"] == 0


def test_moves_are_said_in_words() -> None:
    found = evaluate("best/ranks.js", "module.moveInWords(value ?? undefined)", [3, 1, 0, -1, -12, None])
    assert [one["sign"] for one in found] == ["▲ 3", "▲ 1", "–", "▼ 1", "▼ 12", "new"]
    assert found[1]["text"] == "up 1 place since the month before"
    assert found[4]["text"] == "down 12 places since the month before"
