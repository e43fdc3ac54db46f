"""The benchmarks' rows and their table."""

from typing import Any

import pytest

from bench.results import FailedRow, Row, Target, number, table


def row(**fields: Any) -> Row:
    return Row(
        **{"name": "writer", "value": 3.0, "unit": "ms", "reference": 6.0, "against": "bare put", **fields}
    )


@pytest.mark.parametrize(
    ("target", "missed"),
    [
        (None, False),
        (Target("≤", 0.5), False),
        (Target("≤", 0.49), True),
        (Target("<", 0.5), True),
        (Target("≥", 0.5), False),
        (Target("≥", 0.51), True),
        (Target("≤", 3, of="value"), False),
        (Target("≤", 2.9, of="value"), True),
    ],
)
def test_a_row_is_missed_beyond_the_limit_of_its_target(target: Target | None, missed: bool) -> None:
    assert row(target=target).is_missed == missed


def test_the_table_shows_value_reference_ratio_and_target() -> None:
    rows: list[Row | FailedRow] = [
        row(target=Target("≤", 2.5, of="value"), note="warm"),
        row(target=Target("≤", 0.5)),
        row(value=2000, unit="", reference=1, against="one | two"),
        FailedRow("bench.local_system", "TimeoutError: not within 60 s"),
    ]
    assert table(rows).splitlines()[2:] == [
        "| writer (warm) | 3 ms | 6 ms, bare put | 0.5 | ≤ 2.5 ms | **no** |",
        "| writer | 3 ms | 6 ms, bare put | 0.5 | ≤ 0.5 | yes |",
        "| writer | 2,000 | 1, one / two | 2,000 |  |  |",
        "| `bench.local_system` failed: TimeoutError: not within 60 s |  |  |  |  | **no** |",
    ]


def test_a_row_needs_a_reference_above_zero() -> None:
    with pytest.raises(ValueError, match="writer"):
        row(reference=0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.345, "2.35"), (0.01234, "0.0123"), (0.00001234, "0.000012"), (1234.5, "1,234")],
)
def test_a_number_has_three_significant_digits(value: float, text: str) -> None:
    assert number(value) == text
