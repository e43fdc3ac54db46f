"""The function update_views: figures, customers and search terms always match the stored orders."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count, pairwise
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import customer_details, figure_updates, figures, orders, search
from lambdas.shop.documents import Order
from tests.handlers.shop import Json, Shop, change, fault, new_order, with_keys

pytestmark = pytest.mark.store

VIEWS = ("SHOP_TALLIES_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_TERMS_TABLE")
Step = tuple[Json | None, Json]

PEOPLE = [
    {"name": "Ann Miller", "email": "Ann@Example.org", "company": "Miller & Söhne"},
    {"name": "Ann M.", "email": "ann@example.org", "phone": "0123"},
    {"name": "Łukasz O’Neill", "email": "lukasz.oneill@hotel.example"},
    {"name": "Jürgen Groß", "email": "j@x.example", "address": "Side door"},
]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tries follow each other without a pause."""
    monkeypatch.setattr(batches, "PAUSES", (0.0,) * len(batches.PAUSES))


def stored(at: str = "2026-11-20T09:07:00.000Z", person: int = 0, price: int = 1250, **changes: Any) -> Json:
    """Return an order as the table contains it."""
    line = {"sku": "MOP-1", "quantity": 1, "name": "Mop", "unitPrice": price, "lineTotal": price}
    content = {"customer": PEOPLE[person], "items": [line]}
    order = new_order(content, at=at)
    return order | {"submissionHash": "0"} | changes


def moved(order: Json, status: str) -> Json:
    return _next(order, status=status)


def edited(order: Json, person: int, total: int) -> Json:
    return _next(order, customer=PEOPLE[person], total=total)


def _next(order: Json, **changes: Any) -> Json:
    after = order | changes | {"version": order["version"] + 1}
    return with_keys(after)


def erased(order: Json) -> Json:
    return {"orderID": order["orderID"], "erasedAt": "2026-11-21T00:00:00.000Z", "submissionHash": "0"}


def history(chance: random.Random) -> list[Json | None]:
    """Return the successive items of one random order, beginning with None."""
    at = f"2026-11-{chance.randint(19, 21)}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00.000Z"
    order = stored(at, chance.randrange(4), chance.randint(1, 9999))
    if chance.random() < 0.1:
        order = stored(at, chance.randrange(4), status="rejected", total=0)
        order = with_keys(order)
    states: list[Json | None] = [None, order]
    for _ in range(chance.randint(0, 4)):
        last = states[-1]
        assert last is not None
        status = chance.choice(["edit", "packed", "shipped", "cancelled", "erase"])
        if status == "erase":
            return [*states, erased(last)]
        step = (
            edited(last, chance.randrange(4), chance.randint(1, 9999))
            if status == "edit"
            else moved(last, status)
        )
        states.append(step)
    return states


def stored_figures(shop: Shop, table: str) -> dict[tuple[str, ...], Counter[str]]:
    """Return the figures other than zero by row, without the marks of counted changes."""
    keys = {"SHOP_TALLIES_TABLE": ("tally", "slot"), "SHOP_CUSTOMERS_TABLE": ("email",)}[table]
    names = ("orders", "sales", "revenue", "placed", "packed", "total:GBP")
    rows = {
        tuple(row[key] for key in keys): Counter({name: row[name] for name in names if row.get(name)})
        for row in shop.all(table)
        if not row.get("tally", "").startswith("seen#")
    }
    return {key: row for key, row in rows.items() if row}


def expected(left: list[Json]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return the tallies and customer figures of the orders left, computed independently of the code."""
    tallies: dict[tuple[str, ...], Counter[str]] = {}
    people: dict[tuple[str, ...], Counter[str]] = {}
    for order in left:
        shard, sold = order["listShard"], order["status"] in ("placed", "packed", "shipped")
        at = order["createdAt"]
        slot = f"{at[:14]}{['00', '15', '30', '45'][int(at[14:16]) // 15]}:00.000Z"
        tallies.setdefault((f"status#{shard}", order["status"]), Counter())["orders"] += 1
        quarter = tallies.setdefault((f"quarter#GBP#{shard}", slot), Counter())
        quarter.update({"orders": sold, "revenue": sold * order["total"], order["status"]: 1})
        person = people.setdefault((order["customer"]["email"].lower(),), Counter())
        person.update({"orders": 1, "sales": sold, "total:GBP": sold * order["total"]})
    return _without_zeros(tallies), _without_zeros(people)


def _without_zeros(rows: dict[tuple[str, ...], Counter[str]]) -> dict[tuple[str, ...], Counter[str]]:
    names = ("orders", "sales", "revenue", "placed", "packed", "total:GBP")
    kept = {key: Counter({name: row[name] for name in names if row[name]}) for key, row in rows.items()}
    return {key: row for key, row in kept.items() if row}


def terms(shop: Shop) -> set[tuple[str, str, str]]:
    return {(row["term"], row["listKey"], row["words"]) for row in shop.all("SHOP_TERMS_TABLE")}


def terms_of(left: list[Json]) -> set[tuple[str, str, str]]:
    latest: dict[str, Json] = {}
    for order in sorted(left, key=lambda one: str(one["listKey"])):
        latest[order["customer"]["email"].lower()] = order
    rows = [
        search.rows("order", one["orderID"], one["listKey"], search.order_words(cast(Order, one)))
        for one in left
    ] + [
        search.rows("customer", email, email, search.customer_words(one["customer"]))
        for email, one in latest.items()
    ]
    return {(row["term"], row["listKey"], row["words"]) for part in rows for row in part.values()}


def without_erased(*last: Json | None) -> list[Json]:
    """Return the items that are orders, not None and not tombstones."""
    return [order for order in last if order and "erasedAt" not in order]


def put(shop: Shop, state: Json) -> None:
    shop.put("SHOP_ORDERS_TABLE", state)


def assert_views_match(shop: Shop, left: list[Json]) -> None:
    tallies, people = expected(left)
    assert stored_figures(shop, "SHOP_TALLIES_TABLE") == tallies
    assert stored_figures(shop, "SHOP_CUSTOMERS_TABLE") == people
    assert {row["email"] for row in shop.all("SHOP_CUSTOMERS_TABLE")} == {key for (key,) in people}
    assert terms(shop) == terms_of(left)
    for row in shop.all("SHOP_CUSTOMERS_TABLE"):
        last = max(
            (one for one in left if one["customer"]["email"].lower() == row["email"]),
            key=lambda one: str(one["listKey"]),
        )
        assert row["lastOrderID"] == last["orderID"]
        assert {name: row.get(name) for name in ("name", "company", "phone", "address")} == {
            name: last["customer"].get(name) for name in ("name", "company", "phone", "address")
        }


@pytest.mark.parametrize("seed", range(12))
def test_figures_customers_and_terms_follow_any_history_of_orders(shop: Shop, seed: int) -> None:
    """Changes of several orders arrive mixed, those of one order in sequence, and some arrive twice."""
    chance = random.Random(seed)
    waiting = {number: history(chance) for number in range(8)}
    left: dict[int, Json | None] = {}
    while waiting:
        number = chance.choice(sorted(waiting))
        before, after = waiting[number][:2]
        assert after is not None
        waiting[number] = waiting[number][1:]
        if len(waiting[number]) == 1:
            del waiting[number]
        put(shop, after)
        left[number] = None if "erasedAt" in after else after
        record = change(before, after)
        for _ in range(chance.choice([1, 1, 2])):
            shop.follow(record)
    assert_views_match(shop, [order for order in left.values() if order])


@pytest.mark.parametrize("operation", ["transact_write_items", "batch_write_item", "update_item", "get_item"])
@pytest.mark.parametrize("survived", range(4))
def test_a_retry_completes_a_change_interrupted_by_an_error(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, operation: str, survived: int
) -> None:
    first, other = stored(), stored("2026-11-20T08:00:00.000Z", 0)
    changed = edited(first, 2, 777)
    records = [
        change(None, other),
        change(None, first),
        change(first, changed),
        change(changed, erased(first)),
    ]
    put(shop, other)
    put(shop, erased(first))
    client, calls = aws.dynamodb(), Counter[str]()

    class Failing:
        def __getattr__(self, name: str) -> Any:
            def call(**request: Any) -> Any:
                calls[name] += 1
                if name == operation and calls[name] == survived + 1:
                    raise fault(operation=name)
                return getattr(client, name)(**request)

            return call

    monkeypatch.setattr(aws, "dynamodb", lambda: Failing())
    with pytest.raises(ClientError):
        shop.follow(*records)
    shop.follow(*records)
    assert_views_match(shop, [other])


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_right_in_any_sequence_of_changes(
    shop: Shop, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    histories = [history(chance) for _ in range(6)]
    steps = [pair for states in histories for pair in pairwise(states)]
    changes = [(before, after) for before, after in steps] * 2
    chance.shuffle(changes)
    for name in VIEWS:
        monkeypatch.setenv(name, shop.names[name])
        shop.mark_written(name)
    new = [_count(before, after) for before, after in changes]
    assert sum(new) <= len(steps)
    tallies, people = expected(without_erased(*(states[-1] for states in histories)))
    assert stored_figures(shop, "SHOP_TALLIES_TABLE") == tallies
    assert stored_figures(shop, "SHOP_CUSTOMERS_TABLE") == people


def _count(before: Json | None, after: Json | None) -> bool:
    """Count one change like the function; return whether it was new."""
    version = "erased" if after and "erasedAt" in after else str((after or {})["version"])
    difference = figures.difference(cast(Order | None, before), cast(Order | None, after))
    return figure_updates.add_once((after or {})["orderID"], version, difference)


def _simultaneous_changes(first: Json, second: Json) -> dict[str, tuple[Step, Step]]:
    """Return pairs of simultaneous changes of two orders of one customer, as items before and after."""
    gone, away = erased(first), edited(first, 2, 5)
    return {
        "both are placed": ((None, first), (None, second)),
        "one is erased, one is placed": ((first, gone), (None, second)),
        "both are erased": ((first, gone), (second, erased(second))),
        "one gets another customer, one is erased": ((first, away), (second, erased(second))),
        "one is renamed, one is placed": ((first, edited(first, 1, 5)), (None, second)),
        "one is erased, one is renamed": ((first, gone), (second, edited(second, 1, 5))),
        "one gets another customer, one comes back": ((first, away), (edited(second, 2, 5), second)),
    }


@pytest.mark.thorough
@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("later_order", ["first", "second"])
@pytest.mark.parametrize("case", sorted(_simultaneous_changes(stored(), stored())))
def test_two_orders_of_one_customer_can_change_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, case: str, later_order: str, crash: bool
) -> None:
    """The change of one order is processed before each call for the other, which may also fail there."""
    hours = ("09", "08") if later_order == "first" else ("08", "09")
    for call in count():
        first, second = (stored(f"2026-11-20T{hour}:00:00.000Z", person=0) for hour in hours)
        mine, theirs = _simultaneous_changes(first, second)[case]
        _prepare(shop, mine, theirs)
        was_interrupted = _process_interrupted(shop, monkeypatch, call, change(*mine), change(*theirs), crash)
        if crash:
            _deliver(shop, change(*mine))
        assert_views_match(shop, without_erased(mine[1], theirs[1]))
        if not was_interrupted:
            break
        shop.clear()


def _prepare(shop: Shop, *steps: Step) -> None:
    """Process the orders as they were before, and store them as they are after."""
    for before, _ in steps:
        if before:
            put(shop, before)
            shop.follow(change(None, before))
    for _, after in steps:
        put(shop, after)


def _deliver(shop: Shop, record: Json) -> None:
    """Deliver a record until it is processed, as the stream does."""
    for _ in range(3):
        try:
            shop.follow(record)
        except customer_details.CustomerBusyError:
            continue
        return
    raise AssertionError("a record that is never processed blocks its shard")


def _process_interrupted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, at: int, mine: Json, theirs: Json, crash: bool
) -> bool:
    """Process `theirs` before call number `at` of processing `mine`; return whether `mine` made that call."""
    client, made = aws.dynamodb(), count()
    happened = []

    class Interrupted:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            if next(made) == at:
                happened.append(name)
                _deliver(shop, theirs)
                if crash:
                    raise fault(operation=name)
            return getattr(client, name)(**request)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Interrupted())
        with suppress(ClientError):
            _deliver(shop, mine)
    if not happened:
        _deliver(shop, theirs)
    return bool(happened)


def test_a_batch_delivered_again_changes_nothing(shop: Shop) -> None:
    order = stored()
    put(shop, order)
    records = [change(None, order), change(order, moved(order, "packed"))]
    put(shop, moved(order, "packed"))
    shop.follow(*records)
    before = {name: shop.all(name) for name in VIEWS}
    shop.follow(*records)
    shop.follow(records[1])
    assert {name: shop.all(name) for name in before} == before


def test_search_terms_of_a_customer_being_deleted_stay_deleted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last order is subtracted after the row was read, and the row deleted after terms were written."""
    row: Json = {**customer_details._details(cast(Order, stored())), "orders": 1}
    seen = [row, row | {"orders": 0}, None, None]
    monkeypatch.setattr(customer_details, "_read_row", lambda _: seen.pop(0))
    shop.mark_written("SHOP_TERMS_TABLE")
    customer_details._reconcile_rows(row["email"], {})
    assert terms(shop) == set()
    assert seen == []


def test_an_index_that_lags_behind_is_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stored("2026-11-20T08:00:00.000Z", 1), stored("2026-11-20T09:00:00.000Z", 0)
    for order in (first, second):
        put(shop, order)
        shop.follow(change(None, order))
    put(shop, erased(second))
    answers = [[second], [second], [second, first]]
    monkeypatch.setattr(orders, "read_latest", lambda _: answers.pop(0))
    shop.follow(change(second, erased(second)))
    assert_views_match(shop, [first])
    assert answers == []


def test_no_table_keeps_anything_of_an_erased_customer(shop: Shop) -> None:
    order = stored(person=2)
    put(shop, order)
    shop.follow(change(None, order))
    put(shop, erased(order))
    shop.follow(change(order, erased(order)))
    for table in VIEWS:
        assert not [row for row in shop.all(table) if "oneill" in str(row).lower()]


def test_an_expired_tombstone_changes_no_figures(shop: Shop) -> None:
    shop.follow(change(erased(stored()), None))
    assert shop.all("SHOP_TALLIES_TABLE") == []


def test_a_malformed_record_becomes_a_dead_letter_and_the_next_counts(shop: Shop) -> None:
    broken = stored() | {"createdAt": "x"}
    good = stored(person=2)
    put(shop, good)
    shop.follow(change(None, broken, "the-broken-one"), change(None, good))
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert broken["orderID"] in letter["body"]
    assert "could not be counted: ValueError" in letter["reason"]
    assert letter["sourceMessageId"] == "the-broken-one"
    assert stored_figures(shop, "SHOP_CUSTOMERS_TABLE").keys() == {("lukasz.oneill@hotel.example",)}


def test_records_after_a_failed_one_are_not_counted_yet(shop: Shop, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", transact_write_items=fault(operation="TransactWriteItems"), times=1)
    with pytest.raises(ClientError):
        shop.follow(change(None, stored()), change(None, stored(person=2)))
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []


def cancelled(*codes: str) -> ClientError:
    """Return the error of a transaction, with the reason of each of its writes."""
    error = fault("TransactionCanceledException", "TransactWriteItems")
    error.response["CancellationReasons"] = [{"Code": code} for code in codes]
    return error


@pytest.mark.parametrize(
    "error",
    [
        cancelled("None", "TransactionConflict"),
        cancelled("None", "None", "ThrottlingError"),
        cancelled("TransactionConflict", "None"),
        cancelled("None", "ConditionalCheckFailed"),
        cancelled(),
        fault("TransactionInProgressException", "TransactWriteItems"),
        fault("ThrottlingException", "TransactWriteItems"),
    ],
)
def test_a_transaction_with_a_passing_error_is_retried(
    shop: Shop, break_aws: Callable[..., None], error: ClientError
) -> None:
    order = stored()
    put(shop, order)
    break_aws("dynamodb", transact_write_items=error, times=1)
    with pytest.raises(ClientError):
        shop.follow(change(None, order))
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    shop.follow(change(None, order))
    assert_views_match(shop, [order])


@pytest.mark.parametrize(
    "error", [cancelled("None", "ValidationError"), fault("ValidationException", "TransactWriteItems")]
)
def test_an_invalid_transaction_becomes_a_dead_letter(
    shop: Shop, break_aws: Callable[..., None], error: ClientError
) -> None:
    break_aws("dynamodb", transact_write_items=error, times=1)
    shop.follow(change(None, stored()))
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert "could not be counted" in letter["reason"]


def test_a_retry_after_counting_writes_only_details_and_terms(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    """After a crash the mark shows that the change was counted; details and terms are still missing."""
    order = stored()
    put(shop, order)
    break_aws("dynamodb", batch_write_item=fault(operation="BatchWriteItem"), times=1)
    with pytest.raises(ClientError):
        shop.follow(change(None, order))
    assert terms(shop) == set()
    shop.follow(change(None, order))
    assert_views_match(shop, [order])


def test_marks_of_counted_changes_expire_after_14_to_15_days(shop: Shop) -> None:
    shop.follow(change(None, stored()))
    [mark] = [row for row in shop.all("SHOP_TALLIES_TABLE") if row["tally"].startswith("seen#")]
    assert 14 < (mark["expiresAt"] - time.time()) / 86400 <= 15


def test_no_record_is_begun_shortly_before_the_timeout(shop: Shop) -> None:
    with pytest.raises(OutOfTimeError):
        shop.follow(change(None, stored()), remaining_ms=1000)
    assert shop.all("SHOP_TALLIES_TABLE") == []


@pytest.mark.parametrize(
    ("minute", "begun"), [("00", "00"), ("14", "00"), ("15", "15"), ("44", "30"), ("59", "45")]
)
def test_a_quarter_begins_every_fifteen_minutes(minute: str, begun: str) -> None:
    assert figures.quarter(f"2026-11-20T09:{minute}:59.999Z") == f"2026-11-20T09:{begun}:00.000Z"
