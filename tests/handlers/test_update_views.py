"""The function update_views: figures, customers and the search always match the stored orders."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count, pairwise, product
from typing import Any, cast
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.platform.errors import Fault, OutOfTimeError
from lambdas.shop import (
    customer_updates,
    figure_updates,
    figures,
    order_changes,
    order_journal,
    order_packing,
    product_ledger,
    product_sales,
)
from lambdas.shop.documents import Order
from lambdas.shop.figure_updates import Addition
from lambdas.shop.order_journal import Change
from tests.handlers.order_histories import (
    VIEWS,
    assert_views_match,
    edited,
    erased,
    expected,
    history,
    moved,
    put,
    stored,
    stored_figures,
    without_erased,
)
from tests.handlers.shop import Json, Shop, cancelled, change, fault, new_order, with_keys

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]


@pytest.mark.parametrize(
    "seed", [seed if seed < 4 else pytest.param(seed, marks=pytest.mark.thorough) for seed in range(12)]
)
def test_figures_customers_and_terms_match_any_history_of_orders(shop: Shop, seed: int) -> None:
    """Changes of several orders arrive mixed, those of one order in sequence, and some twice."""
    chance = random.Random(seed)
    waiting = {number: history(chance) for number in range(8)}
    left: dict[int, Json | None] = {}
    batch: list[Json] = []
    while waiting:
        number = chance.choice(sorted(waiting))
        before, after = waiting[number][:2]
        assert after is not None
        waiting[number] = waiting[number][1:]
        if len(waiting[number]) == 1:
            del waiting[number]
        put(shop, after)
        left[number] = None if "erasedAt" in after else after
        batch.append(change(before, after))
        if not waiting or chance.random() < 0.4:
            for _ in range(chance.choice([1, 1, 2])):
                shop.follow(*batch)
            batch = batch[len(batch) :] if chance.random() < 0.8 else batch[-1:]
    assert_views_match(shop, [order for order in left.values() if order])


@pytest.mark.parametrize(
    ("operation", "survived"),
    [
        *product(("transact_write_items", "batch_execute_statement", "batch_get_item"), range(4)),
        ("query", 0),
        ("query", 1),
        ("get_item", 0),
        ("batch_write_item", 0),
    ],
)
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
        _follow_one_by_one(shop, records)
    shop.follow(*records)
    assert_views_match(shop, [other])


def _follow_one_by_one(shop: Shop, records: list[Json]) -> None:
    for record in records:
        shop.follow(record)


@pytest.mark.thorough
def test_a_batch_cut_off_at_a_call_is_completed_by_a_retry(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in count(step=2):
        first, other = stored(), stored("2026-11-20T08:00:00.000Z", 0)
        changed = edited(first, 2, 777)
        steps = [(None, first), (None, other), (first, changed), (changed, erased(first))]
        records = [change(*step) for step in steps]
        for state in (other, erased(first)):
            put(shop, state)
        was_cut_off = _follow_until_call(shop, monkeypatch, at, records)
        shop.follow(*records)
        assert_views_match(shop, [other])
        if not was_cut_off:
            break
        shop.clear()


def _follow_until_call(shop: Shop, monkeypatch: pytest.MonkeyPatch, at: int, records: list[Json]) -> bool:
    """Process a batch, of which call number `at` fails; return whether it made that call."""
    client, calls = aws.dynamodb(), count()

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            if next(calls) == at:
                raise fault(operation=name)
            return getattr(client, name)(**request)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Failing())
        with suppress(ClientError):
            shop.follow(*records)
            return False
    return True


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
    assert figures.erased_orders() == sum("erasedAt" in (states[-1] or {}) for states in histories)


def _count(before: Json | None, after: Json | None) -> bool:
    """Count one change as update_views does; return whether it was new."""
    current = None if after and "erasedAt" in after else after
    made = Change(cast(Order | None, before), cast(Order | None, current))
    found = order_journal.key(made)
    assert found
    named = {found[1]: made}
    customer_updates.add_once(customer_updates.by_customer(named), lambda: None)
    addition = Addition(
        order_journal.write_of(made), figures.difference(*made), product_sales.difference(*made)
    )
    return bool(figure_updates.add_once({found[1]: addition}))


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


def test_no_table_keeps_anything_of_an_erased_customer(shop: Shop) -> None:
    order = stored(person=2)
    put(shop, order)
    shop.follow(change(None, order))
    put(shop, erased(order))
    shop.follow(change(order, erased(order)))
    for table in VIEWS:
        assert not [row for row in shop.all(table) if "oneill" in str(row).lower()]


def test_an_order_with_the_id_of_an_erased_one_is_counted(shop: Shop) -> None:
    """DynamoDB deletes an expired mark up to some days late, and the tombstone may be gone before it."""
    first = stored()
    shop.follow(change(None, first), change(first, erased(first)))
    again = with_keys(stored("2026-12-20T09:07:00.000Z", orderID=first["orderID"]))
    put(shop, again)
    shop.follow(change(None, again))
    assert_views_match(shop, [again])


def test_an_expired_tombstone_changes_no_figures(shop: Shop) -> None:
    shop.follow(change(erased(stored()), None))
    assert shop.all("SHOP_TALLIES_TABLE") == []


def test_a_malformed_record_becomes_a_dead_letter_and_the_next_is_counted(shop: Shop) -> None:
    broken = stored() | {"createdAt": "x"}
    good = stored(person=2)
    put(shop, good)
    shop.follow(change(None, broken, "the-broken-one"), change(None, good))
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert broken["orderID"] in letter["body"]
    assert "could not be counted: ValueError" in letter["reason"]
    assert letter["sourceMessageId"] == "the-broken-one"
    assert stored_figures(shop, "SHOP_CUSTOMERS_TABLE").keys() == {("lukasz.oneill@hotel.example",)}


def test_a_batch_with_a_failed_record_is_counted_at_its_next_delivery(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    orders = [stored(), stored(person=2)]
    for order in orders:
        put(shop, order)
    records = [change(None, order) for order in orders]
    break_aws("dynamodb", transact_write_items=fault(operation="TransactWriteItems"), times=1)
    with pytest.raises(ClientError):
        shop.follow(*records)
    assert shop.all("SHOP_TALLIES_TABLE") == shop.all("SHOP_TERMS_TABLE") == []
    shop.follow(*records)
    assert_views_match(shop, orders)


@pytest.mark.parametrize(
    "error",
    [
        cancelled("TransactionConflict", "ItemCollectionSizeLimitExceeded"),
        cancelled("None", "ConditionalCheckFailed"),
        cancelled(),
        fault("TransactionInProgressException", "TransactWriteItems"),
        fault("ThrottlingException", "TransactWriteItems"),
    ],
)
def test_a_transaction_with_a_transient_error_is_retried(
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
    "error",
    [
        cancelled("None", "ValidationError"),
        cancelled("TransactionConflict", "ValidationError"),
        fault("ValidationException", "TransactWriteItems"),
    ],
)
def test_an_invalid_transaction_becomes_a_dead_letter(
    shop: Shop, break_aws: Callable[..., None], error: ClientError
) -> None:
    break_aws("dynamodb", transact_write_items=error, times=1)
    shop.follow(change(None, stored()))
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert "could not be counted" in letter["reason"]


@pytest.mark.parametrize("changes_per_transaction", [1, 49])
def test_an_invalid_change_is_counted_apart_from_its_batch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, changes_per_transaction: int
) -> None:
    """A change that DynamoDB refuses takes the others of its batch to no dead letter."""
    monkeypatch.setattr(figure_updates, "_MAX_CHANGES", changes_per_transaction)
    good, refused = [stored(person=0), stored(person=2)], stored(person=3)
    for order in good:
        put(shop, order)
    client = aws.dynamodb()

    class Refusing:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            if name == "transact_write_items" and refused["orderID"] in str(request):
                raise cancelled("None", "ValidationError")
            return getattr(client, name)(**request)

    monkeypatch.setattr(aws, "dynamodb", lambda: Refusing())
    shop.follow(change(None, good[0]), change(None, refused), change(None, good[1]))
    assert_views_match(shop, good)
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert refused["orderID"] in letter["body"]


def test_a_refused_customer_blocks_no_other_changes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its change becomes a dead letter. A change that is tried for ever would block its shard."""
    good, refused = stored(person=0), stored(person=2)
    put(shop, good)
    execute = batches.execute

    def refuse(statements: list[Json]) -> list[str]:
        refusals = ["ValidationError" if "oneill" in str(one) else "" for one in statements]
        return [code or execute([one])[0] for code, one in zip(refusals, statements, strict=True)]

    monkeypatch.setattr(batches, "execute", refuse)
    shop.follow(change(None, good), change(None, refused))
    [letter] = shop.letters("SHOP_VIEWS_DLQ_URL")
    assert refused["orderID"] in letter["body"]
    assert_views_match(shop, [good])


def test_a_rejected_order_without_an_address_is_counted_and_found(shop: Shop) -> None:
    """Its e-mail address is not valid, so it has no customer."""
    content = {"customer": {"name": "Maria Zzyx", "email": ""}, "items": []}
    reasons = [Fault("customer.email", 'must be an e-mail address, got "maria"')]
    order = new_order(content, reasons, at="2026-11-20T09:07:00.000Z") | {"submissionHash": "0"}
    put(shop, order)
    shop.follow(change(None, order))
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    counts = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    assert {status: number for status, number in counts.items() if number} == {"rejected": 1}
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    listed = shop.ask("list_orders", "GET", "/orders", query={"q": "zzyx"}).json["orders"]
    assert [one["orderID"] for one in listed] == [order["orderID"]]
    put(shop, erased(order))
    shop.follow(change(order, erased(order)))
    assert_views_match(shop, [])


def test_a_batch_of_several_transactions_is_counted_whole(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_updates, "_MAX_CHANGES", 2)
    orders = [stored(f"2026-11-20T{hour:02}:00:00.000Z") for hour in range(5)]
    for order in orders:
        put(shop, order)
    shop.follow(change(None, orders[3]))
    shop.follow(*(change(None, order) for order in orders))
    assert_views_match(shop, orders)


def test_a_record_twice_in_one_batch_is_counted_once(shop: Shop) -> None:
    order = stored()
    put(shop, order)
    shop.follow(*[change(None, order)] * 2)
    assert_views_match(shop, [order])


def test_a_customer_remembers_changes_until_the_journal_has_them(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    """After a crash between customer and journal, the customer shows that a change was counted."""
    order, later = stored(), stored("2026-11-20T10:00:00.000Z")
    for one in (order, later):
        put(shop, one)
    break_aws("dynamodb", transact_write_items=fault(operation="TransactWriteItems"), times=2)
    for _ in range(2):
        with pytest.raises(ClientError):
            shop.follow(change(None, order))
        [row] = shop.all("SHOP_CUSTOMERS_TABLE")
        assert row["orders"] == len(row["counted"]) == 1
    shop.follow(change(None, order))
    shop.follow(change(None, later))
    assert_views_match(shop, [order, later])
    [row] = shop.all("SHOP_CUSTOMERS_TABLE")
    assert [name.rpartition("#")[0] for name in row["counted"]] == [later["listKey"]]


@pytest.mark.parametrize("case", ["placed", "renamed", "moved to another customer", "cancelled", "erased"])
def test_a_refused_change_leaves_its_customers_as_they_were(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """The journal refuses a change after the customers have counted it."""
    order, other = stored(person=0), stored("2026-11-20T08:00:00.000Z", person=1)
    after = {
        "renamed": edited(order, 1, 99),
        "moved to another customer": edited(order, 2, 99),
        "cancelled": moved(order, "cancelled"),
        "erased": erased(order),
    }
    before = order if case in after else None
    for one in (other, order):
        put(shop, one)
    shop.follow(*(change(None, one) for one in (other, before) if one))
    left = shop.all("SHOP_CUSTOMERS_TABLE")
    monkeypatch.setattr(figure_updates, "add_once", Mock(side_effect=ValueError("refused")))
    shop.follow(change(before, after.get(case, order)))
    assert len(shop.letters("SHOP_VIEWS_DLQ_URL")) == 1
    assert [_known(row) for row in shop.all("SHOP_CUSTOMERS_TABLE")] == [_known(row) for row in left]


@pytest.mark.parametrize("case", ["renamed twice", "placed and erased"])
def test_refused_changes_of_one_order_are_taken_back_in_reverse(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """The customer gets the details from before the first change."""
    other, order = stored("2026-11-20T08:00:00.000Z", person=0), stored(person=1)
    renamed = edited(order, 0, 99)
    steps: dict[str, list[tuple[Json | None, Json | None]]] = {
        "renamed twice": [(order, renamed), (renamed, edited(renamed, 1, 5))],
        "placed and erased": [(None, order), (order, None)],
    }
    for one in (other, order):
        put(shop, one)
    shop.follow(*(change(None, one) for one in (other, steps[case][0][0]) if one))
    left = shop.all("SHOP_CUSTOMERS_TABLE")
    for name in (*VIEWS, "SHOP_ORDERS_TABLE"):
        monkeypatch.setenv(name, shop.names[name])
    monkeypatch.setattr(figure_updates, "add_once", Mock(side_effect=ValueError("refused")))
    with pytest.raises(ValueError, match="refused"):
        order_changes.apply([Change(*cast(Any, step)) for step in steps[case]], lambda: None)
    assert [_known(row) for row in shop.all("SHOP_CUSTOMERS_TABLE")] == [_known(row) for row in left]


def _known(row: Json) -> Json:
    """Return a customer without version and counted changes, which may differ."""
    return {name: value for name, value in row.items() if name not in ("version", "counted")}


def test_marks_without_words_expire_after_14_to_15_days(shop: Shop) -> None:
    placed = stored()
    shop.follow(change(None, placed), change(placed, moved(placed, "packed")))
    journal = [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith("journal#")]
    first, mark = sorted(journal, key=lambda row: str(row["listKey"]))
    assert 14 < (mark["expiresAt"] - time.time()) / 86400 <= 15
    assert "expiresAt" not in first


@pytest.mark.parametrize(
    ("checks", "written", "followed"),
    [
        (0, [], 0),
        (1, ["SHOP_CUSTOMERS_TABLE"], 0),
        (2, ["SHOP_CUSTOMERS_TABLE", "SHOP_TALLIES_TABLE", "SHOP_TERMS_TABLE"], 0),
        (3, ["SHOP_CUSTOMERS_TABLE", "SHOP_TALLIES_TABLE", "SHOP_TERMS_TABLE"], 1),
    ],
    ids=["the customers", "the figures", "the product ledger", "the packing"],
)
def test_no_step_is_begun_shortly_before_the_timeout(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, checks: int, written: list[str], followed: int
) -> None:
    time_left, ledger, packing = iter([60_000] * checks), Mock(), Mock()
    monkeypatch.setattr(product_ledger, "follow", ledger)
    monkeypatch.setattr(order_packing, "follow", packing)
    with pytest.raises(OutOfTimeError):
        shop.follow(change(None, stored()), remaining_ms=lambda: next(time_left, 39_999))
    assert sorted(name for name in VIEWS if shop.all(name)) == written
    assert (ledger.call_count, packing.call_count) == (followed, 0)


@pytest.mark.parametrize(
    ("minute", "begun"), [("00", "00"), ("14", "00"), ("15", "15"), ("44", "30"), ("59", "45")]
)
def test_a_quarter_begins_every_fifteen_minutes(minute: str, begun: str) -> None:
    assert figures.quarter(f"2026-11-20T09:{minute}:59.999Z") == f"2026-11-20T09:{begun}:00.000Z"
