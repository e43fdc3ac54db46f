"""The folds of product sales: exactly once with any number of helpers and crashes anywhere."""

import os
import random
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count, product
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.shop import sales_deltas, sales_folding
from tests.handlers.order_histories import erased, moved
from tests.handlers.product_sales import assert_folded, deltas, edited, only_full_batches, sold
from tests.handlers.shop import Json, Shop, change, fault

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses", "small_parts")]

WRITES = {"batch_execute_statement", "batch_write_item", "put_item", "transact_write_items"}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each row read and each row and delta written by a call of its own."""
    monkeypatch.setattr(sales_folding, "_CHUNK", 1)
    monkeypatch.setattr(batches, "_MAX_WRITES", 1)


@contextmanager
def interrupted(
    at: int, act: Callable[[str], object], *, afterwards: bool = False, only: Collection[str] = ()
) -> Iterator[list[str]]:
    """Act before or after call number `at` of the DynamoDB client. The list has its name if it was made.

    With `only`, other calls are not counted.
    """
    client, calls, happened = aws.dynamodb(), count(), list[str]()

    class Interrupted:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            is_it = (not only or name in only) and next(calls) == at
            if is_it and not afterwards:
                happened.append(name)
                act(name)
            answer = getattr(client, name)(**request)
            if is_it and afterwards:
                happened.append(name)
                act(name)
            return answer

    with patch.object(aws, "dynamodb", lambda: Interrupted()):
        yield happened


def fail(name: str) -> None:
    raise fault(operation=name)


def leave_deltas(shop: Shop) -> list[Json]:
    """Have three deltas wait that share products with one another and with rows that exist.

    Return what is left of the orders.
    """
    early = sold(("A", 1, 1), ("B", 1, 1), ("C", 1, 1))
    shop.follow(change(None, early))
    one, other, gone = sold(("A", 1, 10), ("B", 2, 5)), sold(("A", 3, 4), ("C", 1, 1)), sold(("C", 2, 2))
    steps = (
        [(None, one), (None, other), (None, gone)],
        [(one, edited(one, ("B", 1, 1))), (gone, erased(gone))],
    )
    with only_full_batches(shop):
        for part in (*steps, [(other, moved(other, "packed"))], [(None, sold(("D", 1, 0), currency="EUR"))]):
            shop.follow(*(change(*step) for step in part))
    assert len(deltas(shop)) == 3
    return [early, edited(one, ("B", 1, 1)), moved(other, "packed"), sold(("D", 1, 0), currency="EUR")]


def fold(shop: Shop) -> None:
    """Fold as an invocation does whose changes were all counted before."""
    shop.mark_written("SHOP_SALES_TABLE")
    with patch.dict(os.environ, shop.names):
        sales_folding.fold(lambda: None)


@pytest.mark.thorough
@pytest.mark.parametrize("afterwards", [False, True], ids=["before", "after"])
def test_a_fold_killed_at_each_write_is_finished_by_the_next(shop: Shop, afterwards: bool) -> None:
    for at in count():
        left = leave_deltas(shop)
        with interrupted(at, fail, afterwards=afterwards, only=WRITES) as happened, suppress(ClientError):
            fold(shop)
        fold(shop)
        assert_folded(shop, left)
        shop.clear()
        if not happened:
            break
    assert at == 2 + 8 + 3  # the state of the fold, the rows, the deltas


@pytest.mark.thorough
@pytest.mark.parametrize("afterwards", [False, True], ids=["before", "after"])
def test_a_batch_killed_at_each_write_counts_once_at_its_next_delivery(shop: Shop, afterwards: bool) -> None:
    """The batch comes again in other parts, with a change that was counted and one that was not."""
    for at in count():
        one, other = sold(("A", 1, 10), ("B", 2, 5)), sold(("A", 3, 4))
        steps = [(None, one), (None, other), (one, edited(one, ("C", 1, 1))), (other, erased(other))]
        records = [change(*step) for step in steps]
        with interrupted(at, fail, afterwards=afterwards, only=WRITES) as happened, suppress(ClientError):
            shop.follow(*records)
        shop.follow(*records[:1])
        shop.follow(*records)
        assert_folded(shop, [edited(one, ("C", 1, 1))])
        shop.clear()
        if not happened:
            break
    assert at > 10


@pytest.mark.thorough
def test_another_fold_at_each_call_of_a_fold_changes_nothing(shop: Shop) -> None:
    """Before each call in turn, another invocation folds everything, and a new order besides."""
    for at in count():
        left, late = leave_deltas(shop), sold(("A", 7, 7), ("E", 1, 1))

        def follow_late(_: str, late: Json = late) -> None:
            shop.follow(change(None, late))

        with interrupted(at, follow_late) as happened:
            fold(shop)
        if not happened:
            shop.follow(change(None, late))
        assert_folded(shop, [*left, late])
        shop.clear()
        if not happened:
            break
    assert at > 20


def _pairs() -> list[tuple[int, int]]:
    """Return some pairs of calls at which one fold pauses and another ends."""
    pairs = list(product(range(4, 34), range(2, 34)))
    return random.Random(5).sample(pairs, 120)


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(4))
def test_a_fold_killed_inside_a_pause_of_another_changes_nothing(shop: Shop, part: int) -> None:
    """A helper goes on when the one that it helped is gone, and when some of the deltas are deleted."""
    inside = 0
    for mine, theirs in _pairs()[part::4]:
        left = leave_deltas(shop)

        def fold_until(_: str, theirs: int = theirs) -> None:
            with interrupted(theirs, fail), suppress(ClientError):
                fold(shop)

        # A call of this fold that is made beside the pause may fail too.
        with interrupted(mine, fold_until) as happened, suppress(ClientError):
            fold(shop)
        inside += bool(happened)
        fold(shop)
        assert_folded(shop, left)
        shop.clear()
    assert inside > 15


def test_a_helper_that_reads_a_part_of_the_deltas_changes_no_row(shop: Shop) -> None:
    """The one that it helps has deleted some of them, and crashes."""
    left = leave_deltas(shop)
    deleted = count()

    class Failing:
        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            return getattr(self._client, name)

        def batch_write_item(self, **request: Any) -> Any:
            if next(deleted) == 1:
                raise fault(operation="BatchWriteItem")
            return self._client.batch_write_item(**request)

    client = Failing(aws.dynamodb())
    with patch.object(aws, "dynamodb", lambda: client), suppress(ClientError):
        fold(shop)
    assert 0 < len(deltas(shop)) < 3
    rows = shop.all("SHOP_SALES_TABLE")
    fold(shop)
    assert sorted(map(str, shop.all("SHOP_SALES_TABLE"))) == sorted(map(str, rows))
    assert_folded(shop, left)


def test_two_folds_that_begin_at_once_are_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both find the same deltas, and the slower one helps the faster."""
    left = leave_deltas(shop)
    waiting = sales_deltas.waiting

    def find_late() -> list[str]:
        monkeypatch.setattr(sales_deltas, "waiting", waiting)
        found = waiting()
        fold(shop)
        return found

    monkeypatch.setattr(sales_deltas, "waiting", find_late)
    fold(shop)
    assert_folded(shop, left)
    assert {row["fold"] for row in shop.all("SHOP_SALES_TABLE")} == {2}


def test_a_fold_that_another_began_meanwhile_takes_no_more_deltas(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other found fewer deltas and crashed. The rows that have its fold do not have the rest."""
    left = leave_deltas(shop)
    waiting = sales_deltas.waiting

    def find_late() -> list[str]:
        monkeypatch.setattr(sales_deltas, "waiting", lambda: waiting()[:1])
        with patch.object(sales_deltas, "delete", side_effect=fault()), suppress(ClientError):
            fold(shop)
        monkeypatch.setattr(sales_deltas, "waiting", waiting)
        return waiting()

    monkeypatch.setattr(sales_deltas, "waiting", find_late)
    fold(shop)
    assert_folded(shop, left)


def test_helpers_take_the_rows_in_different_orders(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [(f"P-{at}", 1, 1) for at in range(10)]
    add, orders = sales_folding._add, []
    for _ in range(2):
        taken: list[str] = []
        monkeypatch.setattr(
            sales_folding, "_add", lambda *args, taken=taken: (taken.extend(args[1]), add(*args))
        )
        shop.follow(change(None, sold(*lines)))
        orders.append(taken)
    assert len(orders[0]) == 20
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
