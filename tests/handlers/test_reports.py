"""The reports: activity in quarters of an hour, sales between instants, and the workload."""

from itertools import pairwise
from typing import Any

import pytest

from lambdas.platform import aws
from lambdas.shop import letters
from tests.handlers.shop import Json, Reply, Shop, change, with_keys
from tests.handlers.shop import order as submitted

pytestmark = pytest.mark.store

STATUSES = ("placed", "packed", "shipped", "delivered", "cancelled", "rejected")
DAY = {"from": "2010-12-01", "to": "2010-12-01"}


def place_order(shop: Shop, at: str, **more: Any) -> Json:
    """Place an order, and update the figures as if it had been placed at `at` with the fields `more`."""
    stored = shop.place() | {"createdAt": at} | more
    stored = with_keys(stored)
    shop.follow(change(None, stored))
    return stored


def change_order(shop: Shop, before: Json, **changes: Any) -> Json:
    after = before | changes | {"version": before["version"] + 1}
    after = with_keys(after)
    shop.follow(change(before, after))
    return after


def erase_order(shop: Shop, before: Json) -> None:
    shop.follow(change(before, {"orderID": before["orderID"], "erasedAt": "2010-12-02T00:00:00.000Z"}))


def activity(shop: Shop, **query: str) -> Reply:
    return shop.ask("get_activity", "GET", "/reports/activity", query=query)


def slots(shop: Shop) -> dict[str, tuple[int, ...]]:
    """Return the figures of 1 December by the beginning of their quarter of an hour, as HH:MM."""
    found = activity(shop, **DAY).json["slots"]
    figures = ("orders", "revenue", "placed", "packed")
    assert all(set(slot) == {"at", "charges", *figures} for slot in found)
    return {slot["at"][11:16]: tuple(slot[name] for name in figures) for slot in found}


def workload(shop: Shop) -> Json:
    return shop.ask("get_workload", "GET", "/reports/workload").json


def test_a_period_without_orders_has_no_slots(shop: Shop) -> None:
    assert activity(shop, **DAY).json == {
        "from": "2010-12-01T00:00:00.000Z",
        "to": "2010-12-01T23:59:59.999Z",
        "currency": "GBP",
        "slots": [],
        "shops": {},
    }


def test_orders_and_revenue_count_in_the_quarter_they_were_placed(shop: Shop) -> None:
    for at in (
        "00:00:00.000",
        "08:14:59.999",
        "08:15:00.000",
        "08:29:00.000",
        "08:44:59.999",
        "23:59:59.999",
    ):
        place_order(shop, f"2010-12-01T{at}Z", total=100)
    place_order(shop, "2010-12-02T00:00:00.000Z", total=100)
    place_order(shop, "2010-11-30T23:59:59.999Z", total=100)
    assert slots(shop) == {
        "00:00": (1, 100, 1, 0),
        "08:00": (1, 100, 1, 0),
        "08:15": (2, 200, 2, 0),
        "08:30": (1, 100, 1, 0),
        "23:45": (1, 100, 1, 0),
    }
    found = [slot["at"] for slot in activity(shop, **DAY).json["slots"]]
    assert found == sorted(found)
    assert found[1] == "2010-12-01T08:00:00.000Z"


def test_an_order_counts_with_its_current_total_and_status(shop: Shop) -> None:
    order = place_order(shop, "2010-12-01T08:00:00.000Z", total=100)
    assert slots(shop) == {"08:00": (1, 100, 1, 0)}
    order = change_order(shop, order, total=250)
    assert slots(shop) == {"08:00": (1, 250, 1, 0)}
    order = change_order(shop, order, status="packed")
    assert slots(shop) == {"08:00": (1, 250, 0, 1)}
    shipped = change_order(shop, order, status="shipped")
    assert slots(shop) == {"08:00": (1, 250, 0, 0)}
    erase_order(shop, shipped)
    assert slots(shop) == {}


def test_cancelled_and_rejected_orders_are_no_revenue(shop: Shop) -> None:
    change_order(shop, place_order(shop, "2010-12-01T08:00:00.000Z", total=100), status="cancelled")
    place_order(shop, "2010-12-01T09:00:00.000Z", status="rejected", total=0)
    assert slots(shop) == {}


def test_orders_in_another_currency_are_not_counted(shop: Shop) -> None:
    place_order(shop, "2010-12-01T08:00:00.000Z", total=100, currency="EUR")
    place_order(shop, "2010-12-01T08:00:00.000Z", total=7)
    assert slots(shop) == {"08:00": (1, 7, 1, 0)}


def test_a_period_may_begin_and_end_inside_a_quarter(shop: Shop) -> None:
    for hour in range(6, 11):
        place_order(shop, f"2010-12-01T{hour:02}:20:00.000Z")
    content = activity(shop, **{"from": "2010-12-01T08:20:00+01:00", "to": "2010-12-01T09:15:00Z"}).json
    assert (content["from"], content["to"]) == ("2010-12-01T07:20:00.000Z", "2010-12-01T09:15:00.000Z")
    assert [slot["at"][11:16] for slot in content["slots"]] == ["07:15", "08:15", "09:15"]


@pytest.mark.parametrize(
    ("first", "last", "path"),
    [
        ("", "2010-12-01", "from"),
        ("2010-12-01", "", "to"),
        ("yesterday", "2010-12-01", "from"),
        ("2010-12-01", "2010-02-30", "to"),
        ("2010-12-02", "2010-12-01", "to"),
        ("2010-12-01", "2010-12-16", "to"),
        ("2010-12-01T00:00:00Z", "2010-12-16T00:00:00.001Z", "to"),
    ],
)
def test_a_missing_invalid_or_too_long_period_is_400(shop: Shop, first: str, last: str, path: str) -> None:
    reply = activity(shop, **{"from": first, "to": last})
    assert (reply.status, list(reply.fields)) == (400, [path])


def test_a_period_may_have_fifteen_days(shop: Shop) -> None:
    assert activity(shop, **{"from": "2010-12-01", "to": "2010-12-15"}).status == 200
    instants = {"from": "2010-12-01T00:00:00Z", "to": "2010-12-16T00:00:00Z"}
    assert activity(shop, **instants).status == 200


def test_a_report_only_queries_and_never_scans(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    place_order(shop, "2010-12-01T08:00:00.000Z")
    client = aws.dynamodb()
    recording = _RecordingClient(client)
    monkeypatch.setattr(aws, "dynamodb", lambda: recording)
    assert len(slots(shop)) == 1
    assert sum(workload(shop)["counts"].values()) == 1
    assert set(recording.calls) == {"query"}
    monkeypatch.setattr(aws, "dynamodb", lambda: client)


class _RecordingClient:
    """A DynamoDB client that records each call and returns one row a page."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []

    def query(self, **request: Any) -> Any:
        self.calls.append("query")
        return self._client.query(**request)

    def get_paginator(self, operation: str) -> Any:
        pages = self._client.get_paginator(operation)
        method = pages._method

        def call(**request: Any) -> Any:
            self.calls.append(operation)
            return method(**request, Limit=1)

        pages._method = call
        return pages


def test_all_pages_of_a_long_report_are_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(0, 60, 5):
        place_order(shop, f"2010-12-01T08:{minute:02}:00.000Z", total=1)
    client = aws.dynamodb()
    recording = _RecordingClient(client)
    monkeypatch.setattr(aws, "dynamodb", lambda: recording)
    quarters = ("08:00", "08:15", "08:30", "08:45")
    assert slots(shop) == dict.fromkeys(quarters, (3, 3, 3, 0))
    assert len(recording.calls) > 4
    monkeypatch.setattr(aws, "dynamodb", lambda: client)


def sales(shop: Shop, *edges: str) -> Reply:
    return shop.ask("get_sales", "GET", "/reports/sales", query={"edges": ",".join(edges)})


# The first moments of 24 to 27 October 2026 in London. The second day has 25 hours.
LONDON = ("2026-10-23T23:00Z", "2026-10-24T23:00Z", "2026-10-26T00:00Z", "2026-10-27T00:00Z")


@pytest.mark.thorough
def test_sales_of_days_equal_the_sums_of_their_orders(shop: Shop) -> None:
    """Orders of every status, an edited one, and the first and last quarter of a day of 25 hours."""
    kept: list[Json] = []
    moments = ("23T22:59:59.999", "23T23:00:00.000", "24T22:59:59.999", "24T23:00:00.000", "25T23:59:59.999")
    for number, at in enumerate([*moments, "26T00:00:00.000", "26T12:00:00.000", "27T00:00:00.000"]):
        for status in STATUSES:
            charged = {"chargeTotal": (-2) ** number} if status in ("packed", "cancelled") else {}
            order = place_order(shop, f"2026-10-{at}Z", total=10**number, **charged)
            kept.append(order if status == "placed" else change_order(shop, order, status=status))
    kept.append(change_order(shop, place_order(shop, "2026-10-25T10:00:00.000Z", total=7), total=900))
    erase_order(shop, place_order(shop, "2026-10-25T10:00:00.000Z", total=5))
    sold = [one for one in kept if one["status"] not in ("cancelled", "rejected")]
    wanted = []
    for edge, after in pairwise(LONDON):
        first, until = (one.replace("Z", ":00.000Z") for one in (edge, after))
        part = [one for one in sold if first <= one["createdAt"] < until]
        sums = {
            "revenue": sum(one["total"] for one in part),
            "charges": sum(one.get("chargeTotal", 0) for one in part),
        }
        wanted.append({"from": first, "until": until, "orders": len(part), **sums})
    assert all(one["charges"] for one in wanted)
    assert [one["orders"] for one in wanted] == [8, 9, 8]
    assert sales(shop, *LONDON).json == {"currency": "GBP", "sales": wanted}


def test_sales_of_parts_without_orders_are_zero(shop: Shop) -> None:
    place_order(shop, "2010-12-01T08:00:00.000Z", total=100)
    place_order(shop, "2010-12-01T08:00:00.000Z", total=100, currency="EUR")
    found = sales(shop, "2010-12-01T07:45Z", "2010-12-01T08:00Z", "2010-12-01T08:15Z", "2010-12-02").json
    assert [(one["orders"], one["revenue"]) for one in found["sales"]] == [(0, 0), (1, 100), (0, 0)]


QUARTERS = "must be instants that begin a quarter of an hour, such as 2026-01-31T08:15Z"


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ("", "must be 2 to 64 instants, separated by commas, got 0"),
        ("2010-12-01", "must be 2 to 64 instants, separated by commas, got 1"),
        (",".join(["2010-12-01"] * 65), "must be 2 to 64 instants, separated by commas, got 65"),
        (
            "2010-12-01,2010-12-01T08:14Z",
            f'{QUARTERS}, got "2010-12-01T08:14Z"',
        ),
        (
            "2010-12-01,",
            f'{QUARTERS}, got ""',
        ),
        (
            "2010-12-01,2010-12-01",
            'must ascend, got "2010-12-01T00:00:00.000Z" after "2010-12-01T00:00:00.000Z"',
        ),
        (
            "2010-12-01T00:00Z,2011-02-02T00:15Z",
            'must end at most 63 days after the first, got "2011-02-02T00:15:00.000Z"',
        ),
    ],
)
def test_invalid_edges_of_sales_are_400_with_value_and_rule(shop: Shop, edges: str, message: str) -> None:
    reply = sales(shop, *edges.split(","))
    assert (reply.status, reply.fields) == (400, {"edges": message})


def test_sales_of_two_months_and_a_cut_are_answered(shop: Shop) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (7, 8) for day in range(1, 32)]
    edges = sorted([*days, "2026-09-01", "2026-07-31T08:15Z"])
    assert len(sales(shop, *edges).json["sales"]) == 63


def test_sales_are_read_with_one_query_a_shard(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    client = aws.dynamodb()
    recording = _RecordingClient(client)
    monkeypatch.setattr(aws, "dynamodb", lambda: recording)
    assert sales(shop, "2026-07-01", "2026-08-01", "2026-09-01").status == 200
    assert recording.calls == ["query"] * 4
    monkeypatch.setattr(aws, "dynamodb", lambda: client)


def test_the_workload_counts_orders_by_status(shop: Shop) -> None:
    assert workload(shop)["counts"] == dict.fromkeys(STATUSES, 0)
    some = [place_order(shop, "2010-12-01T08:00:00.000Z") for _ in range(9)]
    for order in some[:5]:
        change_order(shop, order, status="packed")
    packed = [order | {"status": "packed", "version": 2} for order in some[:5]]
    shipped = [change_order(shop, order, status="shipped") for order in packed[:3]]
    change_order(shop, shipped[0], status="delivered")
    change_order(shop, packed[4], status="cancelled")
    erase_order(shop, some[8])
    stored = shop.place(submitted(items=[{"sku": "NO-1", "quantity": 1}]))
    shop.follow(change(None, stored))
    assert workload(shop)["counts"] == {
        "placed": 3,
        "packed": 1,
        "shipped": 2,
        "delivered": 1,
        "cancelled": 1,
        "rejected": 1,
    }


def test_the_workload_counts_the_dead_letters_that_need_somebody(shop: Shop) -> None:
    assert workload(shop)["deadLetters"] == {
        "orders": 0,
        "notifications": 0,
        "views": 0,
        "webhooks": 0,
        "pages": 0,
        "mails": 0,
    }
    made = ["orders open", "orders open", "orders sending", "orders sent", "notifications discarded"]
    for number, words in enumerate([*made, "views open"]):
        source, state = words.split()
        letter = {"id": str(number), "source": source, "state": state, "receivedAt": "2010"}
        shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter)))
    assert workload(shop)["deadLetters"] == {
        "orders": 3,
        "notifications": 0,
        "views": 1,
        "webhooks": 0,
        "pages": 0,
        "mails": 0,
    }
