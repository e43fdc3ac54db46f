"""The periods of the page Sales, their figures and their words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.imports import ROOT
from tests.site.deno import evaluate

PERIODS_MODULE = (ROOT / "site/assets/sales/periods.js").as_uri()
NOON = "2026-11-28T12:00Z"  # a Saturday

# The query of the address, the period, its name, the period before and the next one.
PERIODS = [
    ("", "day", "2026-11-28", "2026-11-27", "2026-11-29"),
    ("day=2026-03-01", "day", "2026-03-01", "2026-02-28", "2026-03-02"),
    ("week=2026-W48", "week", "2026-W48", "2026-W47", "2026-W49"),
    ("week=2026-W01", "week", "2026-W01", "2025-W52", "2026-W02"),
    ("week=2026-W53", "week", "2026-W53", "2026-W52", "2027-W01"),
    ("week=2024-W52", "week", "2024-W52", "2024-W51", "2025-W01"),
    ("month=2026-01", "month", "2026-01", "2025-12", "2026-02"),
    ("month=2024-02", "month", "2024-02", "2024-01", "2024-03"),
    # No period of the calendar: today is shown.
    *(
        (query, "day", "2026-11-28", "2026-11-27", "2026-11-29")
        for query in (
            "day=2026-02-29", "day=2026-2-1", "day=1850-01-01", "day=", "week=2025-W53", "week=2026-W00",
            "week=2026-48", "month=2026-13", "month=2026", "year=2026",
        )
    ),
]  # fmt: skip


def test_an_address_names_a_period_and_its_neighbours() -> None:
    described = """(() => {
      const { nameOf, next, periodOf, previous } = module;
      const period = periodOf(value[0], new Date(value[1]));
      return [period.kind, nameOf(period), nameOf(previous(period)), nameOf(next(period))];
    })()"""
    found = evaluate("sales/periods.js", described, [(query, NOON) for query, *_ in PERIODS])
    assert found == [expected for _, *expected in PERIODS]


@pytest.mark.thorough
def test_every_week_of_a_century_has_the_number_of_the_calendar() -> None:
    mondays = [date(2000, 1, 3) + timedelta(weeks=number) for number in range(5_000)]
    named = "module.nameOf({ kind: 'week', first: value })"
    found = evaluate("sales/periods.js", named, [monday.isoformat() for monday in mondays])
    assert found == [f"{year}-W{week:02}" for year, week, _ in (monday.isocalendar() for monday in mondays)]
    read = "module.periodOf(`week=${value}`, new Date(0)).first"
    assert evaluate("sales/periods.js", read, found) == [monday.isoformat() for monday in mondays]


# Time zone, query of the address, the moments that figures are asked for: the first, how many, the last.
EDGES = [
    ("UTC", "day=2026-06-10", "2026-06-09T00:00", 49, "2026-06-11T00:00"),
    # The day itself or the day before has 23 or 25 hours. A repeated hour has one interval.
    ("Europe/London", "day=2026-03-29", "2026-03-28T00:00", 48, "2026-03-29T23:00"),
    ("Europe/London", "day=2026-10-25", "2026-10-23T23:00", 49, "2026-10-26T00:00"),
    ("Europe/London", "day=2026-10-26", "2026-10-24T23:00", 49, "2026-10-27T00:00"),
    # The clock is set back by two hours, so that it shows the hours 1, 2, 1 and 2.
    ("Antarctica/Troll", "day=2026-10-25", "2026-10-23T22:00", 51, "2026-10-26T00:00"),
    ("Asia/Kathmandu", "day=2026-06-10", "2026-06-08T18:15", 49, "2026-06-10T18:15"),
    ("Europe/London", "week=2026-W43", "2026-10-11T23:00", 15, "2026-10-26T00:00"),
    ("Europe/London", "month=2026-08", "2026-06-30T23:00", 63, "2026-08-31T23:00"),
    ("Europe/London", "month=2026-03", "2026-02-01T00:00", 60, "2026-03-31T23:00"),
    # A running period is also cut at the same time.
    ("UTC", "day=2026-11-28", "2026-11-27T00:00", 49, "2026-11-29T00:00"),
    ("UTC", "month=2026-11", "2026-10-01T00:00", 63, "2026-12-01T00:00"),
    # The time zone skipped a day.
    ("Pacific/Apia", "day=2011-12-31", "2011-12-30T10:00", 25, "2011-12-31T10:00"),
]


def test_figures_are_asked_for_between_local_days_and_hours() -> None:
    asked = """(() => {
      at(value[0]);
      const now = new Date(value[2]);
      return module.edgesOf(module.periodOf(value[1], now), now);
    })()"""
    values = [(zone, query, NOON) for zone, query, *_ in EDGES]
    for (zone, query, first, count, last), edges in zip(
        EDGES, evaluate("sales/periods.js", asked, values), strict=True
    ):
        assert (edges[0], len(edges), edges[-1]) == (f"{first}:00.000Z", count, f"{last}:00.000Z"), query
        assert edges == sorted(set(edges)), (zone, query)
        assert 2 <= len(edges) <= 64, "the limit of the API"
        assert {edge[14:] for edge in edges} <= {f"{minute}:00.000Z" for minute in ("00", "15", "30", "45")}


# Time zone, query of the address, present time, the end of the compared part of the period before.
SAME_TIME = [
    ("Europe/London", "day=2026-06-10", "2026-06-10T11:22Z", "2026-06-09T11:15"),
    ("Europe/London", "week=2026-W24", "2026-06-10T11:22Z", "2026-06-03T11:15"),
    ("Europe/London", "month=2026-06", "2026-06-10T11:22Z", "2026-05-10T11:15"),
    # The clock changed in between.
    ("Europe/London", "day=2026-03-29", "2026-03-29T11:22Z", "2026-03-28T12:15"),
    ("Europe/London", "week=2026-W44", "2026-10-26T11:22Z", "2026-10-19T10:15"),
    ("Europe/London", "month=2026-11", "2026-11-10T11:22Z", "2026-10-10T10:15"),
    # The day before skipped this time.
    ("Europe/Berlin", "day=2026-03-30", "2026-03-30T00:30Z", "2026-03-29T01:00"),
    # The month before has no such day, so all of it counts.
    ("UTC", "month=2026-03", "2026-03-30T11:22Z", "2026-03-01T00:00"),
    # An hour that comes for the second time.
    ("Europe/London", "day=2026-10-25", "2026-10-25T01:22Z", "2026-10-24T00:15"),
]


def test_a_running_period_is_compared_until_the_same_time() -> None:
    until = """(() => {
      at(value[0]);
      const now = new Date(value[2]);
      const period = module.periodOf(value[1], now);
      return [module.isRunning(period, now), module.sameTimeBefore(period, now)];
    })()"""
    found = evaluate("sales/periods.js", until, [case[:3] for case in SAME_TIME])
    for case, result in zip(SAME_TIME, found, strict=True):
        assert result == [True, f"{case[3]}:00.000Z"], case


LONDON, TROLL = "Europe/London", "Antarctica/Troll"
# The instants and totals of the sold orders of two months. The clock was set back on 25 October.
SOLD = [
    (moment, 100 + number)
    for number, moment in enumerate(
        datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(2900)
    )
]


def reports(cases: list[tuple[str, str]], zone: str = LONDON) -> list[Any]:
    """Return the report for each query of the address and present time, on the orders SOLD."""
    asked = """(() => {
      at(value[2]);
      const now = new Date(value[1]);
      return module.edgesOf(module.periodOf(value[0], now), now);
    })()"""
    made = """(async () => {
      at(value[2]);
      const { periodOf } = await import(value[4]);
      const now = new Date(value[1]);
      return module.reportOn(periodOf(value[0], now), value[3], now);
    })()"""
    given = [(*case, zone) for case in cases]
    values = [
        (query, now, zone, [sold_between(*pair, now) for pair in pairwise(edges)], PERIODS_MODULE)
        for (query, now), edges in zip(cases, evaluate("sales/periods.js", asked, given), strict=True)
    ]
    return evaluate("sales/figures.js", made, values)


def sold_between(first: str, until: str, now: str) -> dict[str, Any]:
    """Return the interval as the API reports it at a present time."""
    start, end, present = (datetime.fromisoformat(moment) for moment in (first, until, now))
    found = sums(at for at, _ in SOLD if start <= at < min(end, present))
    return {"from": first, "until": until, **found}


def sums(moments: Iterable[datetime]) -> dict[str, int]:
    totals = dict(SOLD)
    found = [totals[moment] for moment in moments]
    return {"orders": len(found), "revenue": sum(found), "charges": -len(found)}


def sold_in(first: str, last: str, zone: str = LONDON) -> dict[str, int]:
    """Return the sums of the orders whose local time, 2026-10-25T01:30, begins with `first` to `last`."""
    info = ZoneInfo(zone)
    return sums(
        at for at, _ in SOLD if first <= f"{at.astimezone(info):%Y-%m-%dT%H:%M}"[: len(first)] <= last
    )


@pytest.mark.thorough
def test_report_of_a_month_equals_the_orders_of_its_local_days() -> None:
    (report,) = reports([("month=2026-10", NOON)])
    october, september = sold_in("2026-10", "2026-10"), sold_in("2026-09", "2026-09")
    assert (report["total"], report["before"], report["compared"]) == (october, september, september)
    assert "until" not in report
    for day, row in enumerate(report["rows"], start=1):
        assert row["sum"] == sold_in(f"2026-10-{day:02}", f"2026-10-{day:02}"), day
        wanted = None if day == 31 else sold_in(f"2026-09-{day:02}", f"2026-09-{day:02}")
        assert row.get("sumBefore") == wanted, day
    assert len(report["rows"]) == 31
    assert [row["sum"]["orders"] for row in report["rows"][23:26]] == [48, 50, 48], "a day of 25 hours"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("day", "zone"),
    [
        ("2026-10-24", LONDON),
        ("2026-10-25", LONDON),
        ("2026-10-26", LONDON),
        ("2026-10-25", TROLL),  # the clock shows 1, 2, 1 and 2
    ],
)
def test_report_of_a_day_equals_the_orders_of_its_clock_hours(day: str, zone: str) -> None:
    (report,) = reports([(f"day={day}", NOON)], zone)
    assert report["total"] == sold_in(day, day, zone)
    for row in report["rows"]:
        hour = f"{day}T{row['place']:02}"
        assert row["sum"] == sold_in(hour, hour, zone), hour
    for name, column in (("total", "sum"), ("before", "sumBefore")):
        for figure in ("orders", "revenue", "charges"):
            assert report[name][figure] == sum(row[column][figure] for row in report["rows"])


def test_report_of_a_running_week_compares_the_same_part_only() -> None:
    """Days to come have no sums, and the week before has them all."""
    (report,) = reports([("week=2026-W44", "2026-10-28T10:20Z")])
    assert report["until"] == "2026-10-21T09:15:00.000Z"
    assert report["compared"] == sold_in("2026-10-19T00:00", "2026-10-21T10:14")
    assert report["before"] == sold_in("2026-10-19", "2026-10-25")
    assert ["sum" in row for row in report["rows"]] == [True] * 3 + [False] * 4
    assert [row["sumBefore"] for row in report["rows"]] == [
        sold_in(f"2026-10-{day}", f"2026-10-{day}") for day in range(19, 26)
    ]


def test_last_day_of_a_longer_month_is_compared_with_the_whole_month_before() -> None:
    (report,) = reports([("month=2026-10", "2026-10-31T10:20Z")])
    assert "until" not in report
    assert report["compared"] == report["before"] == sold_in("2026-09", "2026-09")


def test_report_shows_the_hours_of_business_and_busy_ones() -> None:
    (quiet, running) = reports(
        [("day=2026-12-24", "2026-12-30T12:00Z"), ("day=2026-12-24", "2026-12-24T21:30Z")]
    )
    assert [row["place"] for row in quiet["rows"]] == list(range(7, 19))
    assert [row["place"] for row in running["rows"]] == list(range(7, 22))


WORDS = """module.figuresOf({ total: value[0], compared: value[1] }, "the day before", "GBP")
    .map(({ name, value, compared }) => `${name} ${value}: ${compared}`)"""
# Figures of a period and of the period before, and the words for both.
FIGURES = [
    (
        (5, 1500),
        (3, 1000),
        [
            "revenue £15.00: £5.00 more than the day before (£10.00), up 50%",
            "orders 5: 2 more than the day before (3), up 66.7%",
            "average £3.00: £0.33 less than the day before (£3.33), down 9.9%",
        ],
    ),
    (
        (2, 500),
        (2, 500),
        [
            "revenue £5.00: As much as the day before",
            "orders 2: As many as the day before",
            "average £2.50: As much as the day before",
        ],
    ),
    (
        (0, 0),
        (3, 1000),
        [
            "revenue £0.00: £10.00 less than the day before (£10.00), down 100%",
            "orders 0: 3 fewer than the day before (3), down 100%",
            "average –: £3.33 the day before",
        ],
    ),
    (
        (1, 900),
        (0, 0),
        [
            "revenue £9.00: None the day before",
            "orders 1: None the day before",
            "average £9.00: No orders the day before",
        ],
    ),
]


def test_figures_are_compared_in_words_and_per_cent() -> None:
    values = [[dict(zip(("orders", "revenue"), pair, strict=True)) for pair in case[:2]] for case in FIGURES]
    assert evaluate("sales/words.js", WORDS, values) == [words for *_, words in FIGURES]


# The query of the address, the present time, the title, the compared period, and its name in a comparison.
TITLES = [
    (
        "day=2026-11-27",
        NOON,
        "Friday, 27 November 2026",
        "Compared with all of Thursday, 26 November 2026.",
        "the day before",
    ),
    (
        "day=2026-11-28",
        NOON,
        "Saturday, 28 November 2026",
        "This day is still running, as of 12:00. Compared with Friday, 27 November 2026 until 12:00.",
        "by 12:00 the day before",
    ),
    (
        "week=2026-W48",
        NOON,
        "Week 48: 23\u201329 November 2026",
        "This week is still running, as of 12:00. "
        "Compared with Week 47: 16\u201322 November 2026 until Saturday, 12:00.",
        "by 12:00 on Saturday of the week before",
    ),
    (
        "month=2026-11",
        NOON,
        "November 2026",
        "This month is still running, as of 12:00. Compared with October 2026 until 28 October, 12:00.",
        "by 12:00 on 28 October",
    ),
    (
        "month=2026-03",
        "2026-03-30T12:00Z",
        "March 2026",
        "This month is still running, as of 13:00. Compared with all of February 2026, which was shorter.",
        "the month before",
    ),
]


def test_page_names_the_period_and_the_compared_part_of_the_one_before() -> None:
    named = """(async () => {
      at("Europe/London");
      const { isRunning, periodOf, range, sameTimeBefore } = await import(value[2]);
      const now = new Date(value[1]);
      const period = periodOf(value[0], now);
      const end = isRunning(period, now) ? sameTimeBefore(period, now) : undefined;
      const report = { until: end < range(period).from ? end : undefined };
      const { comparedPeriod, comparedTime, titleOf } = module;
      return [titleOf(period), comparedPeriod(period, report, now), comparedTime(period, report)];
    })()"""
    found = evaluate("sales/words.js", named, [(query, now, PERIODS_MODULE) for query, now, *_ in TITLES])
    assert found == [expected for _, _, *expected in TITLES]


def test_charges_are_named_only_if_they_are_not_zero() -> None:
    words = 'module.chargesOf({ total: { charges: value } }, "GBP")'
    assert evaluate("sales/words.js", words, [0, 1250, -629]) == [
        "",
        "of which delivery, discounts and others £12.50",
        "of which delivery, discounts and others -£6.29",
    ]


def test_export_has_a_row_a_part_and_no_figure_that_is_not_known() -> None:
    row = {
        "partBefore": "2026-10-31T00:00Z",
        "sumBefore": {"orders": 3, "revenue": 1250},
    }
    cells = """(({ partBefore, ...row }) =>
        module.cellsOf({ ...row, partBefore: { from: new Date(partBefore) } }, "GBP")
    )(value).map(({ value }) => value)"""
    assert evaluate("sales/export.js", cells, [row]) == [
        ["", "", "", "2026-10-31T00:00:00.000Z", 3, 1250, "GBP"]
    ]
