"""Retention: orders, customers and dead letters go by themselves after the days that the configuration says.

A run may be cut off anywhere and repeated, and two runs at once do no harm: each write has a condition, and
what a run has not finished is still due. A dry run looks at the same things by the same rules, and writes
nothing.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from typing import NamedTuple, cast

from lambdas.platform import listing, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError, PreconditionFailedError
from lambdas.platform.listing import LAST_KEY, Listing
from lambdas.platform.tables import Record
from lambdas.shop import (
    customers,
    letter_erasure,
    letters,
    order_erasure,
    order_forgetting,
    order_reads,
    order_status,
    order_table,
    orders,
)
from lambdas.shop.documents import Letter, Order

BY = Person("Order desk", "retention")  # who erased or anonymised what was due
REASON = "the customer had not ordered for as long as customers are kept"
# The numbers that a run counts: erased orders, deleted dead letters, forgotten customers, anonymised orders,
# open orders of more than the days of orders, orders and customers that are due but wait until somebody
# finishes an order or settles a dead letter, and failures.
ORDERS, LETTERS, CUSTOMERS, ANONYMISED = "orders", "deadLetters", "customers", "anonymised"
OPEN_OLD, HELD, FAILED = "openOld", "held", "failed"
FIGURES = (ORDERS, LETTERS, CUSTOMERS, ANONYMISED, OPEN_OLD, HELD, FAILED)
_KEPT = ""  # counts nowhere: not due, or gone already
_PAGE = 100  # rows
_DAY_MS = 24 * 3600 * 1000


class Cutoffs(NamedTuple):
    """The latest instants at which orders, customers and dead letters are due, "" for what stays for ever."""

    orders: str
    customers: str
    letters: str


class Outcome(NamedTuple):
    """The result of looking at an order, a dead letter or a customer: its figure, or an empty text.

    `about` names it for the log, a customer by the latest order. An outcome in FAILED has the error.
    """

    figure: str
    about: dict[str, str]
    error: Exception | None = None


def apply(now_ms: int) -> Iterator[Outcome]:
    """Erase what is due at an instant, the oldest first; yield what became of each that was looked at.

    An error that concerns one of them is in its outcome. Raises the errors of boto3 about lists.
    """
    for _, outcome in outcomes(cutoffs(now_ms, configured_days()), is_dry_run=False):
        yield outcome


def configured_days() -> dict[str, int]:
    """Return for how many days the configuration keeps ORDERS, CUSTOMERS and LETTERS, 0 for ever."""
    settings = {
        ORDERS: "SHOP_ORDER_RETENTION_DAYS",
        CUSTOMERS: "SHOP_CUSTOMER_RETENTION_DAYS",
        LETTERS: "SHOP_DEAD_LETTER_RETENTION_DAYS",
    }
    return {name: int(os.environ[setting]) for name, setting in settings.items()}


def cutoffs(now_ms: int, days: Mapping[str, int]) -> Cutoffs:
    """Return the instants until which something is due if it is kept for these days."""
    instants = {name: times.iso(now_ms - number * _DAY_MS) if number else "" for name, number in days.items()}
    return Cutoffs(instants[ORDERS], instants[CUSTOMERS], instants[LETTERS])


def outcomes(until: Cutoffs, *, is_dry_run: bool) -> Iterator[tuple[str, Outcome]]:
    """Erase what is due, or only look at it; yield each outcome with LETTERS, ORDERS or CUSTOMERS.

    Dead letters come first, because they are few, and orders may need several runs. Customers come last: an
    order that goes anyway need not lose its customer before. Raises as `apply`.
    """
    for outcome in _letters(until.letters, is_dry_run):
        yield LETTERS, outcome
    gone = set[str]()  # orders that a dry run would have erased
    for outcome in _orders(until.orders, is_dry_run):
        if is_dry_run and outcome.figure == ORDERS:
            gone.add(outcome.about["orderID"])
        yield ORDERS, outcome
    for outcome in _customers(until.customers, is_dry_run, gone):
        yield CUSTOMERS, outcome


def _letters(cutoff: str, is_dry_run: bool) -> Iterator[Outcome]:
    """Delete settled letters. A letter came before it was settled, so later ones need no look."""
    for row in _rows(letters.settled_until(cutoff)) if cutoff else ():
        yield _outcome(partial(_delete_letter, row["id"], cutoff, is_dry_run), letterID=row["id"])


def _delete_letter(letter_id: str, cutoff: str, is_dry_run: bool) -> str:
    letter = letters.find(letter_id)
    if letter is None or not _is_letter_due(letter, cutoff):
        return _KEPT
    if is_dry_run:
        return LETTERS
    try:
        letters.delete(letter)
    except PreconditionFailedError:
        return _KEPT
    log.event("dead_letter.deleted", letterID=letter_id, sub=BY.sub)
    return LETTERS


def _is_letter_due(letter: Letter, cutoff: str) -> bool:
    """Whether a letter was settled long enough ago, which is the latest step of its history."""
    return letter["state"] in letters.SETTLED and letter["history"][-1]["at"] <= cutoff


def _orders(cutoff: str, is_dry_run: bool) -> Iterator[Outcome]:
    """Erase orders. An order is accepted before it changes, so those that are accepted later need no look."""
    listed = Listing(
        table=order_table.name(),
        index="byRecency",
        partition_key="listShard",
        partitions=tables.SHARDS,
        **order_table.key_range("", cutoff),
    )
    for row in _rows(listed) if cutoff else ():
        yield _outcome(partial(_erase_order, row, cutoff, is_dry_run), orderID=row["orderID"])


def _erase_order(row: Record, cutoff: str, is_dry_run: bool) -> str:
    if not order_status.is_final(row["status"]):
        return OPEN_OLD
    # The row of an anonymised order has no e-mail address, and says when the order lost its customer.
    may_be_due = row["updatedAt"] <= cutoff or "email" not in row["customer"]
    # The index may be a moment behind, and another run may have been here.
    order = order_reads.find(row["orderID"]) if may_be_due else None
    if order is None or not _is_order_due(order, cutoff):
        return _KEPT
    return _without_letters(order, ORDERS, None if is_dry_run else _erase)


def _erase(order: Order) -> bool:
    """Erase an order, whose letters are empty; return whether this run did."""
    try:
        orders.erase(order, by=BY)
    except PreconditionFailedError:  # changed at this moment, or erased by another run
        order_erasure.finish(order["orderID"], by=BY)
        return False
    return True


def _is_order_due(order: Order, cutoff: str) -> bool:
    return order_status.is_final(order["status"]) and _changed_at(order) <= cutoff


def _changed_at(order: Order) -> str:
    """Return when somebody did something with an order. To lose the customer keeps no order longer.

    An order that came by a dead letter has the instant of its acceptance, and an entry about the sending.
    """
    done = [entry["at"] for entry in order["history"] if entry["event"] != "anonymised"]
    return max(done if "anonymisedAt" in order else [*done, order["updatedAt"]])


def _customers(cutoff: str, is_dry_run: bool, gone: Set[str]) -> Iterator[Outcome]:
    """Forget customers, an order at a time, because a customer may have thousands. `gone` are orders to pass.

    The row of a customer goes with the last order, when `update_views` has followed.
    """
    listed = Listing(
        table=customers.table(),
        index="byLastOrder",
        partition_key="listShard",
        partitions=tables.SHARDS,
        last=f"{cutoff}#{LAST_KEY}",
    )
    for row in _rows(listed) if cutoff else ():
        yield from _forget_customer(row, cutoff, is_dry_run, gone)


def _forget_customer(row: Record, cutoff: str, is_dry_run: bool, gone: Set[str]) -> Iterator[Outcome]:
    about, email = {"orderID": row["lastOrderID"]}, row["email"]
    found = [cast(Order, one) for one in _rows(_orders_of(email)) if one["orderID"] not in gone]
    standing = _outcome(partial(_standing, found, cutoff), **about)
    is_gone = standing.figure == CUSTOMERS
    for one in found if is_gone else ():
        step = partial(_forget_order, one["orderID"], email, cutoff, is_dry_run)
        outcome = _outcome(step, orderID=one["orderID"])
        is_gone = is_gone and outcome.figure in (ORDERS, ANONYMISED)
        yield outcome
    yield standing if is_gone or standing.figure != CUSTOMERS else Outcome(_KEPT, about)


def _orders_of(email: str) -> Listing:
    return Listing(
        table=order_table.name(),
        index="byCustomer",
        partition_key="customerEmail",
        partitions=[email],
    )


def _standing(found: list[Order], cutoff: str) -> str:
    """Return CUSTOMERS if a customer with these orders is due, or else why not."""
    if not found or any(one["updatedAt"] > cutoff for one in found):
        return _KEPT
    if all(
        order_status.is_final(one["status"]) and not _has_open(letters.all_of_order(one["orderID"]))
        for one in found
    ):
        return CUSTOMERS
    return HELD


def _forget_order(order_id: str, email: str, cutoff: str, is_dry_run: bool) -> str:
    order = order_reads.find(order_id)
    if order is None or order.get("customerEmail") != email or not _is_order_due(order, cutoff):
        return _KEPT
    is_erased = order_forgetting.verdict(order) == order_forgetting.ERASED
    return _without_letters(order, ORDERS if is_erased else ANONYMISED, None if is_dry_run else _forget)


def _forget(order: Order) -> bool:
    """Forget the customer of an order; return whether this run did."""
    try:
        order_forgetting.forget(order, by=BY, reason=REASON)
    except PreconditionFailedError:  # changed at this moment, or forgotten by another run
        return False
    return True


def _without_letters(order: Order, figure: str, step: Callable[[Order], bool] | None) -> str:
    """Take a step with an order after its dead letters have lost their content, unless one of them is open.

    Return the figure if the step was taken, or if there is none because this is a dry run. Nothing leads to
    the letters of an order that is gone or has no customer. If a run is cut off in between, the next one
    finds the order again.
    """
    if _has_open(letters.all_of_order(order["orderID"])):
        return HELD
    if step is None:
        return figure
    try:
        letter_erasure.erase_of(order["orderID"], BY, _require_settled)
    except ConflictError:
        return HELD
    return figure if step(order) else _KEPT


def _require_settled(letter: Letter) -> None:
    """Raise ConflictError for a letter that waits for somebody, whatever the index showed a moment ago."""
    if letter["state"] not in letters.SETTLED:
        raise ConflictError("the dead letter is open again")


def _has_open(found: Iterable[Record]) -> bool:
    return any(letter["state"] not in letters.SETTLED for letter in found)


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
