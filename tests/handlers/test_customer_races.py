"""Customer details, when several orders of a customer change at once."""

from contextlib import suppress
from itertools import count
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import customer_updates, figure_updates, order_journal, order_reads, sales_folding
from tests.handlers.order_histories import (
    assert_views_match,
    edited,
    erased,
    put,
    stored,
    without_erased,
)
from tests.handlers.shop import Json, Shop, change, fault

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def no_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the best sellers' deltas where they are: their own races are in test_sales_folds.py."""
    monkeypatch.setattr(sales_folding, "fold", lambda _: None)


Step = tuple[Json | None, Json]


def _simultaneous_changes(first: Json, second: Json) -> dict[str, tuple[list[Step], list[Step]]]:
    """Return pairs of simultaneous batches about two orders of one customer, as items before and after."""
    gone, away, theirs_away = erased(first), edited(first, 2, 5), edited(second, 2, 5)
    third = stored("2026-11-20T10:00:00.000Z", person=0)
    pairs: dict[str, tuple[Step, Step]] = {
        "both are placed": ((None, first), (None, second)),
        "one is erased, one is placed": ((first, gone), (None, second)),
        "both are erased": ((first, gone), (second, erased(second))),
        "one gets another customer, one is erased": ((first, away), (second, erased(second))),
        "one is renamed, one is placed": ((first, edited(first, 1, 5)), (None, second)),
        "one is erased, one is renamed": ((first, gone), (second, edited(second, 1, 5))),
        "one gets another customer, one returns": ((first, away), (theirs_away, edited(theirs_away, 0, 5))),
    }
    return {case: ([mine], [theirs]) for case, (mine, theirs) in pairs.items()} | {
        "one is erased and another placed, one is erased": (
            [(first, gone), (None, third)],
            [(second, erased(second))],
        ),
        "one is placed and erased, one is placed": ([(None, first), (first, gone)], [(None, second)]),
        "one is placed, delivered twice": ([(None, first)], [(None, first)]),
        "one is erased, delivered twice": ([(first, gone)], [(first, gone)]),
        "two are placed, one is erased": ([(None, third), (None, first)], [(second, erased(second))]),
    }


@pytest.mark.thorough
@pytest.mark.usefixtures("no_folds")
@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("later_order", ["first", "second"])
@pytest.mark.parametrize("case", sorted(_simultaneous_changes(stored(), stored())))
def test_two_orders_of_one_customer_can_change_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, case: str, later_order: str, crash: bool
) -> None:
    """Apply the second change just before each call of the first in turn. With `crash`, that call fails."""
    hours = ("09", "08") if later_order == "first" else ("08", "09")
    for call in count():
        first, second = (stored(f"2026-11-20T{hour}:00:00.000Z", person=0) for hour in hours)
        mine, theirs = _simultaneous_changes(first, second)[case]
        left = _prepare(shop, [*mine, *theirs])
        batches = [[change(*step) for step in steps] for steps in (mine, theirs)]
        was_interrupted = _process_interrupted(shop, monkeypatch, call, batches[0], batches[1], crash)
        if crash:
            _deliver(shop, batches[0])
        assert_views_match(shop, without_erased(*left))
        if not was_interrupted:
            break
        shop.clear()


def _prepare(shop: Shop, steps: list[Step]) -> list[Json]:
    """Process the orders as they were before, store them as they are after, and return them."""
    made = [after for _, after in steps]
    for before, _ in steps:
        if before and before not in made:
            put(shop, before)
            shop.follow(change(None, before))
    left = {after["orderID"]: after for after in made}
    for after in left.values():
        put(shop, after)
    return list(left.values())


def _deliver(shop: Shop, batch: list[Json]) -> None:
    """Deliver a batch until it is processed, as the stream does."""
    for _ in range(3):
        try:
            shop.follow(*batch)
        except customer_updates.CustomerBusyError:
            continue
        return
    raise AssertionError("a batch that is never processed blocks its shard")


def _process_interrupted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, at: int, mine: list[Json], theirs: list[Json], crash: bool
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


def test_an_index_that_lags_behind_is_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stored("2026-11-20T08:00:00.000Z", 1), stored("2026-11-20T09:00:00.000Z", 0)
    for order in (first, second):
        put(shop, order)
        shop.follow(change(None, order))
    put(shop, erased(second))
    answers = [[second], [second], [second, first]]
    monkeypatch.setattr(order_reads, "read_latest", lambda *_: answers.pop(0))
    shop.follow(change(second, erased(second)))
    assert_views_match(shop, [first])
    assert answers == []


def test_an_order_that_now_has_another_customer_gives_no_details(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a moment, the index still shows the order under its earlier customer."""
    first, second, third = (stored(f"2026-11-20T{hour}:00:00.000Z") for hour in ("08", "09", "10"))
    away = edited(second, 2, 5)
    steps: list[Step] = [(None, first), (second, away), (third, erased(third))]
    _prepare(shop, steps)
    shop.follow(change(None, first), change(second, away))
    answers = [[third, second], [first]]
    monkeypatch.setattr(order_reads, "read_latest", lambda *_: answers.pop(0))
    shop.follow(change(third, erased(third)))
    assert_views_match(shop, [first, away])
    assert answers == []


def test_a_change_counted_and_forgotten_by_others_counts_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row forgets a change that has a mark, so a row must not be newer than the marks."""
    first, second = stored(), stored("2026-11-20T10:00:00.000Z")
    _prepare(shop, [(None, first), (None, second)])
    marked = order_journal.marked

    def read_before_others(names: set[str]) -> set[str]:
        monkeypatch.setattr(order_journal, "marked", marked)
        found = marked(names)
        shop.follow(change(None, first))
        shop.follow(change(None, second))
        return found

    monkeypatch.setattr(order_journal, "marked", read_before_others)
    shop.follow(change(None, first))
    assert_views_match(shop, [first, second])


def test_a_customer_changed_since_it_was_read_is_read_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (stored(f"2026-11-20T{hour}:00:00.000Z") for hour in ("08", "09", "10"))
    _prepare(shop, [(None, first), (None, second), (None, third)])
    shop.follow(change(None, first))
    execute = batches.execute

    def write_after_others(statements: list[Json]) -> list[str]:
        monkeypatch.setattr(batches, "execute", execute)
        shop.follow(change(None, third))
        return execute(statements)

    monkeypatch.setattr(batches, "execute", write_after_others)
    shop.follow(change(None, second))
    assert_views_match(shop, [first, second, third])


def test_no_customer_is_tried_again_shortly_before_the_timeout(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = Mock(return_value=["ConditionalCheckFailed"])
    monkeypatch.setattr(batches, "execute", tries)
    time_left = iter([60_000] * 2)
    with pytest.raises(OutOfTimeError):
        shop.follow(change(None, stored()), remaining_ms=lambda: next(time_left, 1000))
    assert tries.call_count == 2


def _crash_before_the_journal(shop: Shop, monkeypatch: pytest.MonkeyPatch, *batch: Json) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(figure_updates, "add_once", Mock(side_effect=fault(operation="TransactWriteItems")))
        with pytest.raises(ClientError):
            shop.follow(*batch)


def test_a_customer_stays_while_a_counted_change_may_be_delivered_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of a deleted customer could not show that the change was counted."""
    first, second, third = (stored(f"2026-11-20T{hour}:00:00.000Z") for hour in ("08", "09", "10"))
    _prepare(shop, [(first, erased(first)), (second, erased(second)), (None, third)])
    _crash_before_the_journal(shop, monkeypatch, change(first, erased(first)))
    shop.follow(change(second, erased(second)))
    assert [row["orders"] for row in shop.all("SHOP_CUSTOMERS_TABLE")] == [0]
    shop.follow(change(None, third))
    shop.follow(change(first, erased(first)))
    assert_views_match(shop, [third])


def test_an_order_placed_and_erased_in_a_repeated_batch_counts_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stored(), stored("2026-11-20T10:00:00.000Z")
    _prepare(shop, [(None, second)])
    shop.follow(change(None, second))
    placed, gone = change(None, first), change(first, erased(first))
    _crash_before_the_journal(shop, monkeypatch, placed)
    _crash_before_the_journal(shop, monkeypatch, placed, gone)
    shop.follow(placed, gone)
    assert_views_match(shop, [second])
