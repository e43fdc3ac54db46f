"""The journal of orders: one row for each change of an order, with the text in which a search looks.

A change whose row exists was counted, so the row is also the mark that makes every change count once. Version
1 of an order, and each version with another text than the version before, has its words in the row. Other
changes only need a mark, which expires.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from lambdas.platform import batches, tables
from lambdas.platform.tables import Record
from lambdas.shop import order_table, search, search_table
from lambdas.shop.documents import Order

MARK_SECONDS = 15 * 24 * 3600  # a stream delivers a record for one day, a dead letter is kept for 14
# Bytes of the text of an order. The text of a larger order is not stored: the search reads the order instead.
MAX_TEXT_BYTES = 100_000
HAS_WORDS = "attribute_exists(words) OR attribute_exists(isLarge)"  # the filter for rows that are no mark


class Change(NamedTuple):
    """An order before and after a change. None means that no order exists."""

    before: Order | None
    after: Order | None


def key(change: Change) -> tuple[str, str] | None:
    """Return the key of a change's row, or None for a change of no order."""
    before, after = change
    order = after or before
    if order is None:
        return None
    version = after["version"] if after else order["version"] + 1
    return _term(order["orderID"]), order_table.change_name(order, version)


def write_of(change: Change) -> Record:
    """Return the entry for `tables.transact` that adds the row of a change of an order, unless it exists."""
    return tables.put_write(search_table.name(), "term", row(change), None)


def row(change: Change) -> Record:
    """Return the row of a change of an order."""
    found = key(change)
    if found is None:
        raise ValueError("a change of no order has no row in the journal")
    term, list_key = found
    return {"term": term, "listKey": list_key, **_content(change)}


def marked(list_keys: Collection[str]) -> set[str]:
    """Return those `listKey`s of changes that have a row, read consistently. Raises batches.BusyError."""

    def term_of(list_key: str) -> dict[str, str]:
        return {"term": _term(list_key.split("#")[1])}

    return set(batches.read(search_table.name(), "listKey", list_keys, ("listKey",), term_of))


def partition(order: Order) -> str:
    """Return the partition of the journal with the rows of an order."""
    return _term(order["orderID"])


def partitions() -> list[str]:
    """Return the partitions of the journal."""
    return [f"journal#{shard}" for shard in tables.SHARDS]


def order_key(list_key: str) -> str:
    """Return the `listKey` of the order that a row of the journal is about."""
    return list_key.rpartition("#")[0]


def erase_words(order: Order) -> None:
    """Remove the words of an erased order from its rows. Raises batches.BusyError."""
    marks = [without_words(row) for row in read_rows(order["listKey"]) if has_words(row)]
    batches.write(search_table.name(), search_table.put_requests(marks))


def forget_words_before(order: Order) -> None:
    """Remove the words of an order's versions before this one from its rows. Raises batches.BusyError."""
    name = order_table.change_name(order)
    rows = (row for row in read_rows(order["listKey"]) if row["listKey"] < name and has_words(row))
    batches.write(search_table.name(), search_table.put_requests([without_words(row) for row in rows]))


def has_words(row: Record) -> bool:
    """Whether a row is about the text of its order, and not only a mark."""
    return "words" in row or "isLarge" in row


def without_words(row: Record) -> Record:
    """Return the mark that is left of a row when its words are removed."""
    return {"term": row["term"], "listKey": row["listKey"], **_expiry()}


def marks(name: str) -> list[Record]:
    """Return the marks of a change and of all earlier changes of its order."""
    list_key, _, version = name.rpartition("#")
    return [_mark(f"{list_key}#{each:09}") for each in range(1, int(version) + 1)]


def words_row(order: Order) -> Record:
    """Return the row of the change that made this version of an order, with the words of the order."""
    return {"term": partition(order), "listKey": order_table.change_name(order), **_words(order)}


def read_rows(list_key: str) -> list[Record]:
    """Return the rows of all changes of an order, read consistently, oldest first."""
    term = _term(order_table.order_id(list_key))
    return list(search_table.read_range(term, f"{list_key}#", f"{list_key}#~"))


def latest(rows: Iterable[Record]) -> Iterator[tuple[str, Record]]:
    """Yield the latest row with words of each order that is not erased, with the order's key.

    The rows of an order follow one another, the oldest first.
    """
    for list_key, changes in groupby(rows, lambda row: order_key(row["listKey"])):
        known = list(changes)
        with_words = [row for row in known if has_words(row)]
        if with_words and not any("isErased" in row for row in known):
            yield list_key, with_words[-1]


def _term(order_id: str) -> str:
    return f"journal#{tables.shard(order_id)}"


def _mark(name: str) -> Record:
    return {"term": _term(order_table.order_id(order_key(name))), "listKey": name, **_expiry()}


def _content(change: Change) -> dict[str, Any]:
    before, after = change
    if after is None:
        return {"isErased": True, **_expiry()}
    is_same = before is not None and search.order_words(before) == search.order_words(after)
    return _expiry() if is_same else _words(after)


def _words(order: Order) -> dict[str, Any]:
    text = search.text(search.order_words(order))
    return {"words": text} if len(text.encode()) <= MAX_TEXT_BYTES else {"isLarge": True}


def _expiry() -> dict[str, int]:
    return {"expiresAt": int(time.time()) + MARK_SECONDS}
