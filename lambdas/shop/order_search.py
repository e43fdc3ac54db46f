"""The search of orders, newest or oldest first, a page at a time.

The journal has the words of each order. A row of the journal may be out of date, so the caller must read the
order and compare the words again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from lambdas.platform import listing
from lambdas.platform.listing import FIRST_KEY, LAST_KEY, Listing
from lambdas.shop import order_journal, search, search_table

Found = TypeVar("Found")

_MAX_ORDERS = 400  # that are read for a page
_END = "#~"  # sorts after each row of the journal of an order, and before the next order


@dataclass(frozen=True, kw_only=True)
class Search:
    """The words that a search asks for, the range of the orders' `listKey`, and the sort order.

    `purpose` names the list, because a cursor is valid in its own list only.
    """

    purpose: str
    words: list[str]
    first: str = FIRST_KEY
    last: str = LAST_KEY
    newest_first: bool = True


Matching = Callable[[list[str]], list[tuple[str, Found]]]
"""Reads the orders with these keys; returns what a list shows for those that match, with the order's key."""

Chunk = tuple[list[str], str | None]
"""Keys of orders in their sequence, and the position where the next chunk begins, or None at the end."""


def read_page(
    wanted: Search, limit: int, cursor: str, matching: "Matching[Found]", step: int
) -> tuple[list[Found], str | None]:
    """Return a page of at most `limit` entries. A page with a cursor may have fewer entries, or none.

    `matching` is called with at most `step` keys of orders, which may be out of date. Raises
    batches.BusyError, and BadRequestError for a cursor of another list.
    """
    scope = f"{search_table.name()}\n{wanted.purpose}\n{wanted.newest_first}"
    position = listing.decode_cursor(cursor, scope) if cursor else ""
    found: list[tuple[str, Found]] = []
    read = 0
    for keys, following in _chunks(wanted, position, limit):
        for start in range(0, len(keys), step):
            part = keys[start : start + step]
            found += matching(part)
            read += len(part)
            if len(found) > limit or read >= _MAX_ORDERS:
                last = found[limit - 1][0] if len(found) > limit else part[-1]
                return _entries(found, limit), listing.encode_cursor(_after(wanted, last), scope)
        position = following or ""
    return _entries(found, limit), listing.encode_cursor(position, scope) if position else None


def _entries(found: list[tuple[str, Found]], limit: int) -> list[Found]:
    return [entry for _, entry in found[:limit]]


def _after(wanted: Search, key: str) -> str:
    """Return the position behind an order. A position lies between the rows of orders."""
    return key if wanted.newest_first else f"{key}{_END}"


def _before(wanted: Search, key: str) -> str:
    """Return the position in front of an order."""
    return f"{key}{_END}" if wanted.newest_first else key


def _chunks(wanted: Search, position: str, limit: int) -> Iterator[Chunk]:
    """Yield the keys of orders that may match, from a position on; an empty position is the beginning."""
    yield _journal_chunk(wanted, position, limit)


def _journal_chunk(wanted: Search, position: str, limit: int) -> Chunk:
    first, last = wanted.first, wanted.last
    if position:
        first, last = (first, min(last, position)) if wanted.newest_first else (max(first, position), last)
    condition, values = search.condition(wanted.words)
    rows = Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=order_journal.terms(),
        first=first,
        last=last,
        descending=wanted.newest_first,
        condition=f"attribute_exists(isLarge) OR {condition}",
        names={"#w": "words"},
        values=values,
    )
    items, frontier = listing.merge(rows, "", limit + 1)
    keys = list(dict.fromkeys(order_journal.order_key(item["listKey"]) for item in items))
    if frontier is None:
        return keys, None
    unread = order_journal.order_key(frontier)  # another row of this order may follow
    return [key for key in keys if key != unread], _before(wanted, unread)
