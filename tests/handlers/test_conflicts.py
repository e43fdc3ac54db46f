"""Writes that meet a transaction at the same item, which DynamoDB refuses and boto3 does not retry."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.conflicts import simulate
from lambdas.platform import aws, tables
from tests.handlers.order_histories import (
    assert_figures_match,
    assert_views_match,
    edited,
    erased,
    moved,
    put,
    stored,
    stored_figures,
)
from tests.handlers.shop import Json, Shop, cancelled, change, fault

LAMBDAS = Path(tables.__file__).parent.parent
WRITES = {"put_item", "update_item", "delete_item", "transact_write_items"}

CONFLICT = "TransactionConflict"


PLAIN_CONFLICT = fault("TransactionConflictException", "UpdateItem")


class Client:
    """A DynamoDB client whose writes fail with errors in turn, and then succeed."""

    def __init__(self, *errors: ClientError) -> None:
        self.errors, self.calls = list(errors), 0

    def __getattr__(self, operation: str) -> Any:
        return self._write

    def _write(self, **_: Any) -> Json:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return {}


class Clock:
    """The module `time`, with pauses that take no time and are recorded."""

    def __init__(self, seconds_per_call: float = 0) -> None:
        self.now, self.pauses, self._step = 0.0, list[float](), seconds_per_call

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        self.now += self._step
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(tables, "time", stopped)
    return stopped


def use(monkeypatch: pytest.MonkeyPatch, *errors: ClientError) -> Client:
    client = Client(*errors)
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    return client


ITEM = {"key": "a", "version": 2}
CALLS: dict[str, Callable[[], object]] = {
    "put_new": lambda: tables.put_new("t", "key", ITEM),
    "put_over": lambda: tables.put_over("t", 1, ITEM),
    "update": lambda: tables.update("t", 1, {"a": 1}, key="a"),
    "write_conditionally": lambda: tables.write_conditionally("delete_item", TableName="t"),
    "transact": lambda: tables.transact([tables.put_write("t", "key", ITEM, 1)]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("error", [PLAIN_CONFLICT, cancelled(CONFLICT)], ids=["plain", "transaction"])
def test_every_write_is_repeated_after_a_conflict(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, call: Callable[[], object], error: ClientError
) -> None:
    client = use(monkeypatch, error, error, error)
    call()
    assert (client.calls, len(clock.pauses)) == (4, 3)


@pytest.mark.parametrize(
    "codes",
    [
        (CONFLICT,),
        ("None", CONFLICT),
        (CONFLICT, CONFLICT),
        ("ThrottlingError", "None"),
        ("None", "ProvisionedThroughputExceeded"),
        ("RequestLimitExceeded", CONFLICT, "ThrottlingError", "None"),
    ],
)
def test_contention_as_the_only_reason_is_retried(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, codes: tuple[str, ...]
) -> None:
    client = use(monkeypatch, cancelled(*codes))
    tables.transact([tables.put_write("t", "key", ITEM, 1)])
    assert client.calls == 2


@pytest.mark.parametrize(
    "error",
    [
        cancelled(),
        cancelled("None", "None"),
        cancelled("None", "ValidationError"),
        cancelled(CONFLICT, "ValidationError"),
        cancelled(CONFLICT, "ItemCollectionSizeLimitExceeded"),
        cancelled(CONFLICT, "ANewReason"),
        fault("TransactionCanceledException", "TransactWriteItems"),
        fault("ThrottlingException"),
        fault("ValidationException"),
    ],
)
def test_any_other_error_is_raised_at_once(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: ClientError
) -> None:
    client = use(monkeypatch, error)
    with pytest.raises(ClientError):
        tables.transact([tables.put_write("t", "key", ITEM, 1)])
    assert (client.calls, clock.pauses) == (1, [])


def test_a_failed_condition_beside_a_conflict_keeps_its_meaning(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    client = use(monkeypatch, cancelled(CONFLICT, "ConditionalCheckFailed"))
    with pytest.raises(tables.ConditionFailedError) as caught:
        tables.transact([tables.put_write("t", "key", {"key": key}, None) for key in "ab"])
    assert (client.calls, set(caught.value.positions)) == (1, {1})


def test_pauses_are_random_and_grow_up_to_a_limit(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Two writers that met and pause equally long meet again."""
    monkeypatch.setattr(random, "uniform", lambda low, high: low + (high - low) / 4)
    use(monkeypatch, *[PLAIN_CONFLICT] * 9)
    with pytest.raises(ClientError):
        CALLS["update"]()
    longest = list(tables.CONTENTION_PAUSES)
    assert clock.pauses == [pause / 4 for pause in longest]
    assert longest == sorted(longest)
    assert sum(longest) < 2


def test_a_slow_conflict_is_not_retried_beyond_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call may take 6 s, and six of them would exceed the timeouts of the functions."""
    monkeypatch.setattr(tables, "time", Clock(seconds_per_call=1.5))
    client = use(monkeypatch, *[PLAIN_CONFLICT] * 9)
    with pytest.raises(ClientError):
        CALLS["update"]()
    assert client.calls == 2


def written() -> Iterator[tuple[str, str]]:
    """Yield the file and name of each write operation of DynamoDB that the functions name."""
    for file in LAMBDAS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in WRITES:
                yield file.stem, node.attr


def test_no_module_calls_a_write_operation_past_the_retry() -> None:
    """Modules name the operation in a text and pass it to `tables`, which retries after a conflict."""
    assert list(written()) == []


def test_four_readers_at_200_orders_a_second_seldom_conflict() -> None:
    """The simulation runs `update_views` for each reader, on a clock and a database of its own."""
    reference = simulate(200, 2, 1000, batched=False, repeated=False)
    program = simulate(200, 2, 1000, batched=True, repeated=True)
    assert reference.share > 10
    assert reference.batches_again > 10
    assert program.conflicts < reference.conflicts / 10
    assert program.batches_again == 0


# The rest of the tests run update_views against tables.
store = pytest.mark.store


@pytest.fixture
def counting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """Record the transactions that a test makes."""
    client, made = aws.dynamodb(), list[Json]()

    class Recording:
        def __getattr__(self, operation: str) -> Any:
            return self._transact if operation == "transact_write_items" else getattr(client, operation)

        def _transact(self, **request: Any) -> Any:
            made.append(request)
            return client.transact_write_items(**request)

    monkeypatch.setattr(aws, "dynamodb", lambda: Recording())
    return made


def tally_keys(transaction: Json) -> list[str]:
    """Return the tallies that a transaction adds to, without the marks."""
    updates = [write["Update"]["Key"] for write in transaction["TransactItems"] if "Update" in write]
    return sorted(key["tally"]["S"] for key in updates if "tally" in key)


@store
@pytest.mark.parametrize("conflicts", [1, 3, 5])
def test_a_batch_that_meets_conflicts_is_counted_without_redelivery(
    shop: Shop, clock: Clock, break_aws: Callable[..., None], conflicts: int
) -> None:
    orders = [stored(person=person) for person in (0, 2, 3)]
    for order in orders:
        put(shop, order)
    break_aws("dynamodb", transact_write_items=cancelled("None", CONFLICT), times=conflicts)
    shop.follow(*(change(None, order) for order in orders))
    assert_views_match(shop, orders)
    assert len(clock.pauses) == conflicts


@store
def test_an_endless_conflict_fails_the_batch_and_counts_nothing(
    shop: Shop, clock: Clock, break_aws: Callable[..., None]
) -> None:
    orders = [stored(person=person) for person in (0, 2, 3)]
    for order in orders:
        put(shop, order)
    records = [change(None, order) for order in orders]
    tries = len(tables.CONTENTION_PAUSES) + 1
    break_aws("dynamodb", transact_write_items=cancelled("None", CONFLICT), times=tries)
    with pytest.raises(ClientError):
        shop.follow(*records)
    assert len(clock.pauses) == tries - 1
    assert stored_figures(shop, "SHOP_TALLIES_TABLE") == stored_figures(shop, "SHOP_CUSTOMERS_TABLE") == {}
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    shop.follow(*records)
    assert_views_match(shop, orders)


@store
@pytest.mark.parametrize("operation", ["update_item", "delete_item"])
def test_details_of_a_customer_are_written_after_a_conflict(
    shop: Shop, clock: Clock, break_aws: Callable[..., None], operation: str
) -> None:
    order = stored()
    put(shop, erased(order))
    break_aws("dynamodb", **{operation: PLAIN_CONFLICT}, times=2)
    shop.follow(change(None, order))
    shop.follow(change(order, erased(order)))
    assert_views_match(shop, [])
    assert len(clock.pauses) == 2


@store
def test_a_batch_adds_to_each_shared_row_once(shop: Shop, counting: list[Json]) -> None:
    orders = [stored(person=0) for _ in range(10)]
    for order in orders:
        put(shop, order)
    shop.follow(*(change(None, order) for order in orders))
    assert_views_match(shop, orders)
    [transaction] = counting
    assert len(tally_keys(transaction)) == 2  # one status, one quarter of an hour
    assert len(transaction["TransactItems"]) == 10 + 2 + 1  # the marks, the tallies, the customer


@store
def test_a_batch_of_ten_different_moves_is_one_transaction(shop: Shop, counting: list[Json]) -> None:
    before = [stored(f"2026-11-20T{at:02}:00:00.000Z", person=at % 4) for at in range(10)]
    after = [moved(order, status) for order, status in zip(before, ["packed", "cancelled"] * 5, strict=True)]
    shop.follow(*(change(None, order) for order in before))
    for order in after:
        put(shop, order)
    shop.follow(*(change(old, new) for old, new in zip(before, after, strict=True)))
    assert_figures_match(shop, after)
    assert len(counting) == 2


@store
def test_a_removal_is_counted_after_earlier_and_before_later_changes(
    shop: Shop, counting: list[Json]
) -> None:
    """A customer without orders is deleted, so an order that comes later may not be counted yet."""
    first, second, third = stored(person=0), stored(person=0), stored(person=0)
    put(shop, second)
    put(shop, third)
    put(shop, edited(first, 2, 5))
    shop.follow(
        change(None, first),
        change(None, second),
        change(first, edited(first, 2, 5)),
        change(None, third),
    )
    assert_views_match(shop, [edited(first, 2, 5), second, third])
    marks = [sum("Put" in write for write in transaction["TransactItems"]) for transaction in counting]
    assert marks == [2, 1, 1]


@store
def test_batches_spread_their_tallies_over_all_shards(shop: Shop, counting: list[Json]) -> None:
    """Each transaction adds to one shard, so that readers of the stream that run at once seldom meet."""
    random.seed(1)
    orders = [stored(person=0) for _ in range(30)]
    for order in orders:
        put(shop, order)
        shop.follow(change(None, order))
    assert_views_match(shop, orders)
    shards = [{key.rpartition("#")[2] for key in tally_keys(transaction)} for transaction in counting]
    assert {len(used) for used in shards} == {1}
    assert set.union(*shards) == set(tables.SHARDS)


@store
def test_a_batch_with_changes_counted_before_adds_only_the_rest(shop: Shop) -> None:
    """After a failure, Lambda delivers a batch again in other parts."""
    orders = [stored(person=person) for person in (0, 2, 3, 0, 2)]
    for order in orders:
        put(shop, order)
    records = [change(None, order) for order in orders]
    shop.follow(records[1], records[3])
    shop.follow(*records)
    shop.follow(*records[2:], records[4])
    assert_views_match(shop, orders)


@store
def test_figures_of_an_earlier_release_stay_in_the_reports(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tally was in its order's shard. A change may be counted in another one, which is then negative."""
    order = stored()
    shop.put("SHOP_TALLIES_TABLE", {"tally": "status#0", "slot": "placed", "orders": 1})
    quarter = {"tally": "quarter#GBP#0", "slot": "2026-11-20T09:00:00.000Z"}
    shop.put("SHOP_TALLIES_TABLE", {**quarter, "orders": 1, "revenue": 1250, "placed": 1})
    monkeypatch.setattr(random, "choice", max)
    put(shop, moved(order, "packed"))
    shop.follow(change(order, moved(order, "packed")))
    counts = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    assert {status: number for status, number in counts.items() if number} == {"packed": 1}
    query = {"from": "2026-11-20", "to": "2026-11-20"}
    [slot] = shop.ask("get_activity", "GET", "/reports/activity", query=query).json["slots"]
    assert slot == {"at": quarter["slot"], "orders": 1, "revenue": 1250, "placed": 0, "packed": 1}
