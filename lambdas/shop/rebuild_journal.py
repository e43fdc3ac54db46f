"""The part of a rebuild about the journal: the marks and the words of each order.

An order counts in the version that was scanned, so all its changes up to this version get their marks. Only
those are missing that the stream, or a dead letter, may deliver later.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from lambdas.platform import side_by_side
from lambdas.platform.tables import Record
from lambdas.shop import order_journal, order_reads, order_table, search_table
from lambdas.shop.documents import Order
from lambdas.shop.rebuild_report import SEARCH, Report


class Correction(NamedTuple):
    """The rows of an order to put and to delete, whether it waited, and whether it was wrong."""

    order_id: str
    puts: list[Record]
    deletes: list[Record]
    is_waiting: bool
    is_wrong: bool


def requests(scanned: list[Record], report: Report) -> Iterator[Record]:
    """Yield the requests that correct the rows of orders and tombstones; report what was wrong."""
    for one in side_by_side.call(_correction, scanned):
        if one.is_waiting:
            report.waiting.add(one.order_id)
        elif one.is_wrong:
            report.wrong[SEARCH] += 1
        yield from search_table.put_requests(one.puts)
        yield from (search_table.delete_request(row["term"], row["listKey"]) for row in one.deletes)


def _correction(stored: Record) -> Correction:
    order = order_reads.unless_erased(stored)
    if order:
        return _of_order(order, order_journal.read_rows(order["listKey"]))
    if "lastChange" not in stored:  # an earlier release has written this tombstone
        return Correction(stored["orderID"], [], [], False, False)
    return _of_tombstone(stored, order_journal.read_rows(order_journal.order_key(stored["lastChange"])))


def _of_order(order: Order, rows: list[Record]) -> Correction:
    """Return the correction of an order. Rows of later versions are from a table that was restored since."""
    wanted = order_journal.words_row(order)
    kept = {row["listKey"]: row for row in rows if row["listKey"] <= wanted["listKey"]}
    expected = {mark["listKey"]: mark for mark in marks(order)}
    missing = [mark for name, mark in expected.items() if name not in kept]
    puts = {row["listKey"]: row for row in missing}
    # A row that says that this order was erased is left over too.
    puts |= {name: order_journal.without_words(row) for name, row in kept.items() if "isErased" in row}
    with_words = [row for name, row in kept.items() if order_journal.has_words(row) and name not in puts]
    is_right = bool(with_words) and _content(with_words[-1]) == _content(wanted)
    # Nobody may be found by the words that an anonymised order had before.
    old = (with_words[:-1] if is_right else with_words) if "anonymisedAt" in order else []
    puts |= {row["listKey"]: order_journal.without_words(row) for row in old}
    if not is_right:
        puts[wanted["listKey"]] = wanted
    gone = [row for row in rows if row["listKey"] > wanted["listKey"]]
    is_wrong = not is_right or bool(gone) or bool(old)
    return Correction(order["orderID"], list(puts.values()), gone, bool(missing), is_wrong)


def _of_tombstone(tombstone: Record, rows: list[Record]) -> Correction:
    last = tombstone["lastChange"]
    known = {row["listKey"] for row in rows}
    is_waiting = last not in known
    with_words = [row for row in rows if order_journal.has_words(row)]
    puts = {row["listKey"]: order_journal.without_words(row) for row in with_words}
    puts |= {mark["listKey"]: mark for mark in order_journal.marks(last) if mark["listKey"] not in known}
    return Correction(tombstone["orderID"], list(puts.values()), [], is_waiting, bool(with_words))


def marks(order: Order) -> list[Record]:
    """Return the marks of the changes of an order that may come again, the last change at the end.

    A new order may have waited in a queue for weeks before it was stored. All later changes are stored at
    `updatedAt`.
    """
    since = datetime.now(UTC) - timedelta(seconds=order_journal.MARK_SECONDS)
    is_recent = order["version"] == 1 or datetime.fromisoformat(order["updatedAt"]) > since
    return order_journal.marks(order_table.change_name(order)) if is_recent else []


def _content(row: Record) -> tuple[str | None, bool]:
    return cast(str | None, row.get("words")), "isLarge" in row
