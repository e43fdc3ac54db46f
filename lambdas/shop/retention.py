"""Retention: orders and dead letters go by themselves after as many days as the configuration says.

A run may be cut off anywhere and repeated, and two runs at once do no harm: each write has a condition, and
what a run has not finished is still due.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from lambdas.platform import listing, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import letter_erasure, letters, order_erasure, order_reads, order_status, order_table
from lambdas.shop.documents import Letter, Order

BY = Person("Order desk", "retention")  # who erased an order that was due
# What a run counts: what is gone; open orders that are older than the orders that go; orders that are due and
# wait for somebody to settle their dead letter; and what could not be erased.
ORDERS, LETTERS, OPEN_OLD, HELD, FAILED = "orders", "deadLetters", "openOld", "held", "failed"
FIGURES = (ORDERS, LETTERS, OPEN_OLD, HELD, FAILED)
_KEPT = ""  # counts nowhere: not due, or gone already
_PAGE = 100  # rows
_DAY_MS = 24 * 3600 * 1000


class Outcome(NamedTuple):
    """What became of an order or a dead letter: the figure that it belongs to, or an empty text.

    `about` names it for the log. An outcome in the figure FAILED has the error.
    """

    figure: str
    about: dict[str, str]
    error: Exception | None = None


def apply(now_ms: int) -> Iterator[Outcome]:
    """Erase what is due at an instant, the oldest first; yield what became of each that was looked at.

    An error that concerns one order or dead letter is in its outcome. Raises the errors of boto3 about lists.
    Dead letters come first, because they are few, and orders may need several runs.
    """
    yield from _letters(_cutoff("SHOP_DEAD_LETTER_RETENTION_DAYS", now_ms))
    yield from _orders(_cutoff("SHOP_ORDER_RETENTION_DAYS", now_ms))


def _cutoff(setting: str, now_ms: int) -> str:
    """Return the latest instant at which something is due, or an empty text if it is kept for ever."""
    days = int(os.environ[setting])
    return times.iso(now_ms - days * _DAY_MS) if days else ""


def _letters(cutoff: str) -> Iterator[Outcome]:
    """Delete settled letters. A letter came before it was settled, so later ones need no look."""
    for row in _rows(letters.settled_until(cutoff)) if cutoff else ():
        yield _outcome(partial(_delete_letter, row["id"], cutoff), letterID=row["id"])


def _delete_letter(letter_id: str, cutoff: str) -> str:
    letter = letters.find(letter_id)
    if letter is None or not _is_letter_due(letter, cutoff):
        return _KEPT
    try:
        letters.delete(letter)
    except PreconditionFailedError:
        return _KEPT
    log.event("dead_letter.deleted", letterID=letter_id, sub=BY.sub)
    return LETTERS


def _is_letter_due(letter: Letter, cutoff: str) -> bool:
    """Whether a letter was settled long enough ago, which is the latest step of its history."""
    return letter["state"] in letters.SETTLED and letter["history"][-1]["at"] <= cutoff


def _orders(cutoff: str) -> Iterator[Outcome]:
    """Erase orders. An order is accepted before it changes, so those that are accepted later need no look."""
    listed = Listing(
        table=order_table.name(),
        index="byRecency",
        partition_key="listShard",
        partitions=tables.SHARDS,
        **order_table.key_range("", cutoff),
    )
    for row in _rows(listed) if cutoff else ():
        yield _outcome(partial(_erase_order, row, cutoff), orderID=row["orderID"])


def _erase_order(row: Record, cutoff: str) -> str:
    if not order_status.is_final(row["status"]):
        return OPEN_OLD
    # The index may be a moment behind, and another run may have been here.
    order = order_reads.find(row["orderID"]) if row["updatedAt"] <= cutoff else None
    if order is None or not _is_order_due(order, cutoff):
        return _KEPT
    found = letters.of_order(order["orderID"])
    if any(one["state"] not in letters.SETTLED for one in found):
        return HELD
    if found:
        # Before the order, because nothing leads from an erased order to its letters. If a run is cut off in
        # between, the next one finds the order again.
        letter_erasure.erase_of(order["orderID"], BY)
    return _erase(order)


def _is_order_due(order: Order, cutoff: str) -> bool:
    return order_status.is_final(order["status"]) and order["updatedAt"] <= cutoff


def _erase(order: Order) -> str:
    try:
        order_erasure.erase(order, by=BY)
    except PreconditionFailedError:  # changed at this moment, or erased by another run
        order_erasure.finish(order["orderID"], by=BY)
        return _KEPT
    return ORDERS


def _outcome(step: Callable[[], str], **about: str) -> Outcome:
    try:
        return Outcome(step(), about)
    except Exception as error:  # noqa: BLE001 - one that cannot be erased must not stop the others
        return Outcome(FAILED, about, error)


def _rows(wanted: Listing) -> Iterator[Record]:
    """Yield the rows of a listing, a page at a time. Rows that go meanwhile disturb nothing."""
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = listing.read_page(wanted, _PAGE, cursor)
        yield from rows
