"""Where days begin and end in time zones whose clocks skip or repeat an hour, midnight or a whole day."""

import pytest

from tests.site.deno import evaluate

# Time zone, date, first moment of the date, first moment of the next date.
DAYS = [
    ("UTC", "2026-02-28", "2026-02-28T00:00", "2026-03-01T00:00"),
    ("Europe/London", "2026-03-29", "2026-03-29T00:00", "2026-03-29T23:00"),
    ("Europe/London", "2026-10-25", "2026-10-24T23:00", "2026-10-26T00:00"),
    # The hour before midnight is repeated.
    ("Africa/Cairo", "2026-10-29", "2026-10-28T21:00", "2026-10-29T22:00"),
    ("Africa/Cairo", "2026-10-30", "2026-10-29T22:00", "2026-10-30T22:00"),
    ("America/Nuuk", "2026-10-24", "2026-10-24T01:00", "2026-10-25T02:00"),
    ("America/Santiago", "2026-04-04", "2026-04-04T03:00", "2026-04-05T04:00"),
    ("Asia/Beirut", "2026-10-24", "2026-10-23T21:00", "2026-10-24T22:00"),
    ("America/Asuncion", "2024-03-23", "2024-03-23T03:00", "2024-03-24T04:00"),
    # The hour after midnight is repeated.
    ("America/Havana", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
    ("Atlantic/Azores", "2026-10-25", "2026-10-25T00:00", "2026-10-26T01:00"),
    # Midnight is skipped.
    ("Africa/Cairo", "2026-04-23", "2026-04-22T22:00", "2026-04-23T22:00"),
    ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00", "2026-04-24T21:00"),
    ("America/Havana", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"),
    ("America/Santiago", "2026-09-06", "2026-09-06T04:00", "2026-09-07T03:00"),
    ("America/Asuncion", "2024-10-06", "2024-10-06T04:00", "2024-10-07T03:00"),
    ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00", "2026-03-29T21:00"),
    ("Atlantic/Azores", "2026-03-29", "2026-03-29T01:00", "2026-03-30T00:00"),
    ("America/Nuuk", "2026-03-28", "2026-03-28T02:00", "2026-03-29T01:00"),
    # Half an hour, two hours, and offsets that are no whole hours.
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", "2026-04-05T13:30"),
    ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", "2026-10-04T13:00"),
    ("Antarctica/Troll", "2026-03-29", "2026-03-29T00:00", "2026-03-29T22:00"),
    ("Asia/Kathmandu", "2026-01-31", "2026-01-30T18:15", "2026-01-31T18:15"),
    ("America/St_Johns", "2026-11-01", "2026-11-01T02:30", "2026-11-02T03:30"),
    # A skipped date is an empty day.
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", "2011-12-31T10:00"),
    # Before 1970.
    ("Europe/London", "1969-12-31", "1969-12-30T23:00", "1969-12-31T23:00"),
    ("UTC", "0099-12-31", "0099-12-31T00:00", "0100-01-01T00:00"),
]


def test_a_day_begins_with_its_date_and_ends_with_the_next() -> None:
    found = evaluate("lib/days.js", "(at(value[0]), Object.values(module.dayRange(value[1])))", DAYS)
    for (zone, date, *expected), moments in zip(DAYS, found, strict=True):
        assert moments == [f"{moment}:00.000Z" for moment in expected], (zone, date)


@pytest.mark.thorough
def test_in_every_time_zone_days_join_without_gap_or_overlap() -> None:
    """The first and last moment of each day have its date, and the moment before has an earlier date."""
    walk = """(() => {
      const faults = [];
      const { addDays, dateOf, dayRange } = module;
      for (const zone of Intl.supportedValuesOf("timeZone")) {
        at(zone);
        let end;
        for (let date = "2024-01-01"; date < "2029-01-01"; date = addDays(date, 1)) {
          const { from, until } = dayRange(date);
          const dates = [from, until - 1].map((moment) => dateOf(new Date(moment)));
          const joined = end === undefined || end === from.getTime();
          if (!joined || dates.some((one) => one !== date) || dateOf(new Date(from - 1)) >= date)
            faults.push([zone, date, from, until]);
          end = until.getTime();
        }
      }
      return { faults: faults.slice(0, 20), zones: Intl.supportedValuesOf("timeZone").length };
    })()"""
    (found,) = evaluate("lib/days.js", walk, [None])
    assert found["zones"] > 400
    assert found["faults"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", True),
        ("2024-02-29", True),
        ("2026-02-29", False),
        ("2026-02-31", False),
        ("2026-13-01", False),
        ("12026-01-01", False),
        ("2026-1-1", False),
        ("2026-01-31T09:30", False),
        ("", False),
        (None, False),
    ],
)
def test_only_dates_of_the_calendar_are_dates(text: str | None, expected: bool) -> None:
    assert evaluate("lib/days.js", "module.isDate(value)", [text]) == [expected]


# Time zone, present time, address of the list, and what the API is asked for.
QUERIES = [
    (
        "Africa/Cairo",
        "2026-10-29T21:30Z",
        "from=2026-10-29&to=2026-10-29",
        {"from": "2026-10-28T21:00:00.000Z", "to": "2026-10-29T21:59:59.999Z"},
    ),
    (
        "Africa/Cairo",
        "2026-10-29T21:30Z",
        "period=today",
        {"from": "2026-10-28T21:00:00.000Z", "to": "2026-10-29T21:59:59.999Z"},
    ),
    (
        "Africa/Cairo",
        "2026-04-24T09:00Z",
        "period=yesterday",
        {"from": "2026-04-22T22:00:00.000Z", "to": "2026-04-23T21:59:59.999Z"},
    ),
    (
        "America/Santiago",
        "2026-09-08T12:00Z",
        "period=week",
        {"from": "2026-09-02T04:00:00.000Z", "to": "2026-09-09T02:59:59.999Z"},
    ),
    (
        "Europe/London",
        "2026-11-01T12:00Z",
        "period=month",
        {"from": "2026-10-02T23:00:00.000Z", "to": "2026-11-01T23:59:59.999Z"},
    ),
    (
        "Pacific/Apia",
        "2026-01-01T00:00Z",
        "from=2011-12-30&to=2011-12-30",
        {"from": "2011-12-30T10:00:00.000Z", "to": "2011-12-30T10:00:00.000Z"},
    ),
    # The API explains what is no date.
    ("Africa/Cairo", "2026-01-01T00:00Z", "from=2026-02-31&to=x", {"from": "2026-02-31", "to": "x"}),
    ("Africa/Cairo", "2026-01-01T00:00Z", "status=placed", {"status": "placed"}),
    # A period that nobody can choose, as in an address that somebody wrote.
    *(
        ("UTC", "2026-01-01T00:00Z", f"period={name}", {})
        for name in ("toString", "__proto__", "constructor")
    ),
]


def test_the_list_asks_for_whole_days_of_the_persons_time_zone() -> None:
    query = "(at(value[0], value[1]), Object.fromEntries(module.apiQuery('/orders.html?' + value[2])))"
    found = evaluate("list/address.js", query, QUERIES)
    for (zone, now, address, expected), asked in zip(QUERIES, found, strict=True):
        assert asked == expected, (zone, now, address)


def test_the_repeated_hour_counts_for_the_same_day_on_today_and_in_the_list() -> None:
    """Each quarter of an hour around the change is in the day of the list and of the chart, or in neither."""
    both = """(() => {
      at("Africa/Cairo", "2026-10-29T12:00Z");
      const { from, until } = module.dayBefore(new Date());
      const slots = Array.from({ length: 24 }, (_, quarter) => {
        const at = new Date(Date.parse("2026-10-29T18:00Z") + quarter * 900_000).toISOString();
        return { at, orders: 1, revenue: 0 };
      });
      const hours = module.hoursOf(slots, new Date(), 0).map(({ orders }) => orders);
      return { hours: hours.slice(20), inDay: slots.filter(({ at }) => at < until.toISOString()).length };
    })()"""
    (found,) = evaluate("today/activity.js", both, [None])
    assert found == {"hours": [0, 4, 4, 8], "inDay": 16}


# Time zone, present time, the end of the compared part of the same weekday last week.
LAST_WEEK = [
    ("Europe/London", "2026-06-10T11:22Z", "2026-06-03T11:15"),
    # The clock changed in between, so the same time of day is not 168 hours ago.
    ("Europe/London", "2026-03-31T11:22Z", "2026-03-24T12:15"),
    ("Africa/Cairo", "2026-11-03T10:00Z", "2026-10-27T09:00"),
    # Last week skipped this time: 02:30, and 00:30 as the first hour of the day.
    ("Europe/Berlin", "2026-04-05T00:30Z", "2026-03-29T01:00"),
    ("Africa/Cairo", "2026-04-30T21:30Z", "2026-04-23T22:00"),
    ("Australia/Lord_Howe", "2026-10-10T15:20Z", "2026-10-03T15:30"),
    # Last week showed this time twice. The first counts.
    ("Europe/Berlin", "2026-11-01T01:30Z", "2026-10-25T00:30"),
    # Today shows this time for the second time.
    ("Europe/Berlin", "2026-10-25T01:30Z", "2026-10-18T00:30"),
    ("Asia/Kathmandu", "2026-06-10T11:22Z", "2026-06-03T11:15"),
]


def test_last_weeks_figures_end_at_the_same_time_of_the_clock() -> None:
    then = "(at(value[0]), module.sameTimeLastWeek(new Date(value[1])))"
    found = evaluate("today/activity.js", then, LAST_WEEK)
    for (zone, now, expected), moment in zip(LAST_WEEK, found, strict=True):
        assert moment == f"{expected}:00.000Z", (zone, now)


def test_export_file_is_named_after_the_local_date() -> None:
    dates = [("Pacific/Kiritimati", "2026-02-01"), ("Pacific/Niue", "2026-01-30")]
    found = evaluate("lib/days.js", "(at(value[0]), module.dateOf(new Date('2026-01-31T10:30Z')))", dates)
    assert found == [date for _, date in dates]
