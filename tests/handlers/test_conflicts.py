"""Writes that meet a transaction at the same item, which DynamoDB refuses and boto3 does not retry."""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from bench import conflicts
from lambdas.platform import aws, tables
from lambdas.shop import customer_updates, figure_updates, figures, order_journal, product_sales
from lambdas.shop.documents import Order
from lambdas.shop.figure_updates import Addition
from tests.handlers.order_histories import (
    assert_figures_match,
    assert_views_match,
    edited,
    erased,
    moved,
    put,
    stored,
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


@pytest.mark.thorough
@pytest.mark.parametrize("customers", [conflicts.CUSTOMERS, 1])
def test_four_readers_at_200_orders_a_second_seldom_conflict(customers: int) -> None:
    """The simulation runs `update_views` for each reader, on a clock and a database of its own."""
    reference = conflicts.simulate(200, 2, customers, conflicts.a_transaction_for_each_order)
    program = conflicts.simulate(200, 2, customers, conflicts.program)
    assert reference.share > 5
    assert reference.batches_again > 10
    assert program.conflicts < reference.conflicts / 10
    assert program.batches_again == 0


@pytest.mark.thorough
def test_readers_conflict_only_until_each_has_a_shard_of_the_tallies() -> None:
    """That is in the first second, so three times as long a spike has hardly more conflicts."""
    program = conflicts.simulate(200, 10, conflicts.CUSTOMERS, conflicts.program)
    longer = conflicts.simulate(200, 30, conflicts.CUSTOMERS, conflicts.program)
    assert program.conflicts <= 8
    assert longer.conflicts <= 8
    assert program.batches_again == 0
    assert program.lags[-1] < 3


@pytest.mark.thorough
def test_a_customer_who_sends_all_orders_fails_no_batch() -> None:
    program = conflicts.simulate(200, 20, 1, conflicts.program)
    assert program.batches_again == 0
    assert program.lags[-1] < 10


def test_changes_too_large_for_one_transaction_are_split() -> None:
    """DynamoDB takes 4 MB, and the journal's rows of a batch may have as much."""
    mark = {"Put": {"Item": {"words": {"S": "ä" * (order_journal.MAX_TEXT_BYTES // 2)}}}}
    additions = {str(at): Addition(mark, {}, Counter()) for at in range(40)}
    parts = list(figure_updates._parts(additions))
    assert [name for part in parts for name in part] == list(additions)
    assert len(parts) == 2
    assert max(len(part) for part in parts) * order_journal.MAX_TEXT_BYTES < 3_500_000


def test_a_transaction_has_no_more_writes_than_dynamodb_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each order is of another quarter of an hour, and the last one is erased.

    All orders share the rows of the statuses and the senders and the delta, and the erased ones another row.
    """
    monkeypatch.setenv("SHOP_TALLIES_TABLE", "tallies")
    orders = [cast(Order, stored(f"2026-11-20T{at // 4:02}:{at % 4 * 15:02}:00.000Z")) for at in range(96)]
    changes = [*((None, one) for one in orders[:-1]), (orders[-1], None)]
    additions = {
        one["orderID"]: Addition({}, figures.difference(*change), product_sales.difference(*change))
        for one, change in zip(orders, changes, strict=True)
    }
    parts = list(figure_updates._parts(additions))
    assert [name for part in parts for name in part] == list(additions)
    assert [len(next(figure_updates._alternatives(part))) for part in parts] == [99, 100]


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
    assert shop.all("SHOP_TALLIES_TABLE") == shop.all("SHOP_TERMS_TABLE") == []
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    shop.follow(*records)
    assert_views_match(shop, orders)


class RefusingStatements:
    """A DynamoDB client that answers its first batches of statements with an error code for each."""

    def __init__(self, client: Any, code: str, times: int) -> None:
        self._client, self._code, self.left = client, code, times

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def batch_execute_statement(self, *, Statements: list[Json]) -> Any:  # noqa: N803 - boto3's name
        self.left -= 1
        if self.left >= 0:
            return {"Responses": [{"Error": {"Code": self._code}} for _ in Statements]}
        return self._client.batch_execute_statement(Statements=Statements)


@store
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("code", ["ConditionalCheckFailed", "ThrottlingError", "TransactionConflict"])
def test_customers_that_could_not_be_written_are_read_and_written_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    order, kept = stored(), stored(person=2)
    put(shop, erased(order))
    put(shop, kept)
    for records in ([change(None, order), change(None, kept)], [change(order, erased(order))]):
        client = RefusingStatements(aws.dynamodb(), code, times=3)
        with monkeypatch.context() as patch:
            patch.setattr(aws, "dynamodb", lambda client=client: client)
            shop.follow(*records)
        assert client.left < 0
    assert_views_match(shop, [kept])


@store
@pytest.mark.usefixtures("no_pauses")
def test_customers_that_stay_busy_fail_the_batch_until_its_next_delivery(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = stored()
    put(shop, order)
    client = RefusingStatements(aws.dynamodb(), "ConditionalCheckFailed", len(customer_updates.PAUSES))
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    with pytest.raises(customer_updates.CustomerBusyError):
        shop.follow(change(None, order))
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    shop.follow(change(None, order))
    assert_views_match(shop, [order])


@store
def test_a_batch_adds_to_each_shared_row_once(shop: Shop, counting: list[Json]) -> None:
    orders = [stored(person=0) for _ in range(10)]
    for order in orders:
        put(shop, order)
    shop.follow(*(change(None, order) for order in orders))
    assert_views_match(shop, orders)
    [transaction] = counting
    assert len(tally_keys(transaction)) == 3  # the statuses, the senders, one quarter of an hour
    assert len(transaction["TransactItems"]) == 10 + 3 + 1  # the journal rows, the tallies, the delta


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
def test_a_batch_in_which_a_customer_loses_an_order_is_one_transaction(
    shop: Shop, counting: list[Json]
) -> None:
    first, second, third = stored(person=0), stored(person=0), stored(person=0)
    for order in (second, third, edited(first, 2, 5)):
        put(shop, order)
    shop.follow(
        change(None, first),
        change(None, second),
        change(first, edited(first, 2, 5)),
        change(None, third),
    )
    assert_views_match(shop, [edited(first, 2, 5), second, third])
    [transaction] = counting
    assert sum("Put" in write for write in transaction["TransactItems"]) == 4 + 1  # the delta


@store
@pytest.mark.thorough
def test_changes_too_many_for_one_transaction_are_counted_in_several(
    shop: Shop, counting: list[Json]
) -> None:
    orders = [stored(f"2026-11-{day:02}T{hour:02}:00:00.000Z") for day in (20, 21, 22) for hour in range(24)]
    shop.follow(*(change(None, order) for order in orders))
    assert_figures_match(shop, orders)
    assert [len(transaction["TransactItems"]) for transaction in counting] == [48 + 48 + 3, 24 + 24 + 3]


@store
def test_a_reader_keeps_its_shard_of_the_tallies_until_a_conflict(
    shop: Shop, clock: Clock, counting: list[Json], break_aws: Callable[..., None]
) -> None:
    """Readers of the stream that run at once soon have a shard each."""
    orders = [stored(person=0, sender={}) for _ in range(9)]
    for order in orders:
        put(shop, order)
    for at, order in enumerate(orders):
        if at in (3, 6):
            break_aws("dynamodb", transact_write_items=cancelled(CONFLICT, CONFLICT, "None"), times=1)
        shop.follow(change(None, order))
    assert_views_match(shop, orders)
    shards = [key.rpartition("#")[2] for transaction in counting for key in tally_keys(transaction)]
    used = [len(set(shards[at : at + 6])) for at in (0, 6, 12)]  # two tallies in each of three transactions
    assert used == [1, 1, 1]
    assert shards[0] != shards[6] != shards[12]


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
    monkeypatch.setattr(figure_updates, "_reader", SimpleNamespace(shard="3"))
    put(shop, moved(order, "packed"))
    shop.follow(change(order, moved(order, "packed")))
    counts = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    assert {status: number for status, number in counts.items() if number} == {"packed": 1}
    query = {"from": "2026-11-20", "to": "2026-11-20"}
    [slot] = shop.ask("get_activity", "GET", "/reports/activity", query=query).json["slots"]
    assert slot == {
        "at": quarter["slot"],
        "orders": 1,
        "revenue": 1250,
        "charges": 0,
        "placed": 0,
        "packed": 1,
    }
