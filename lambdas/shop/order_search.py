"""The search of orders, newest or oldest first, a page at a time.

Blocks and late rows have the words of the orders up to the state's `packed`, and the journal has those of the
orders after it. All of them may be out of date, so the caller must read the orders and compare the words.

A position lies between two orders: `at#~` behind all orders of an instant, `at#id` in front of an order, and
`at#id#~` behind it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from lambdas.platform import listing
from lambdas.platform.listing import FIRST_KEY, LAST_KEY, Listing
from lambdas.platform.tables import Record
from lambdas.shop import order_blocks, order_journal, order_packing, search, search_table

Found = TypeVar("Found")

# Limits of the reads for one page.
_MAX_ORDERS, _MAX_CHUNKS = 400, 8
_LEAST_ORDERS = 20  # that are read at once
_FIRST_BLOCKS = 8  # that are looked up first of all for a common word, which is in them
_MAX_BLOCKS = 200  # that are looked up at once after those, or for a word that no recent order has
_MAX_GROUP = 16  # blocks whose rows are read at once
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

    `matching` is called with at most `step` keys of orders, which may be out of date. It gets few at first,
    because nearly all of them match if there are many. Raises batches.BusyError, and BadRequestError for a
    cursor of another list.
    """
    scope = f"{search_table.name()}\n{wanted.purpose}\n{wanted.newest_first}"
    position = listing.decode_cursor(cursor, scope) if cursor else ""
    found: list[tuple[str, Found]] = []
    read, end = 0, None
    for keys, following in islice(_chunks(_after(wanted, position), limit), _MAX_CHUNKS):
        end, rest, size = following, keys, max(2 * (limit - len(found)), _LEAST_ORDERS)
        while rest:
            size = min(size, step)
            part, rest, size = rest[:size], rest[size:], 2 * size
            found += matching(part)
            read += len(part)
            if len(found) > limit or read >= _MAX_ORDERS:
                last = found[limit - 1][0] if len(found) > limit else part[-1]
                return _entries(found, limit), listing.encode_cursor(_behind(wanted, last), scope)
    return _entries(found, limit), listing.encode_cursor(end, scope) if end else None


def _entries(found: list[tuple[str, Found]], limit: int) -> list[Found]:
    return [entry for _, entry in found[:limit]]


def _behind(wanted: Search, key: str) -> str:
    """Return the position behind an order."""
    return key if wanted.newest_first else f"{key}{_END}"


def _after(wanted: Search, position: str) -> Search:
    """Return the rest of a search behind a position; an empty text is the beginning."""
    if not position:
        return wanted
    if wanted.newest_first:
        return replace(wanted, last=min(wanted.last, position))
    return replace(wanted, first=max(wanted.first, position))


def _chunks(wanted: Search, limit: int) -> Iterator[Chunk]:
    """Yield the orders that may match, first those of the journal or those of the blocks."""
    packed = order_packing.read_state().packed
    recent = replace(wanted, first=max(wanted.first, packed))
    old = replace(wanted, last=min(wanted.last, packed))
    if not wanted.newest_first:
        end: str | None = None
        for keys, end in _old(old, packed, is_common=True):
            yield keys, end or recent.first
        if end is None:
            yield from _recent(recent, limit)
    else:
        rest = old.last if old.first < old.last and packed > order_packing.NOTHING else None
        is_common = recent.first >= recent.last  # or no order is recent, so the first blocks show it
        for keys, following in _recent(recent, limit):
            is_common |= bool(keys)
            yield keys, following or rest
        yield from _old(old, packed, is_common)


def _recent(wanted: Search, limit: int) -> Iterator[Chunk]:
    """Yield the orders that may match by the journal."""
    position: str | None = "" if wanted.first < wanted.last else None
    while position is not None:
        wanted = _after(wanted, position)
        items, frontier = listing.merge(_rows(wanted, order_journal.partitions()), "", limit + 1)
        keys = _distinct_keys(items)
        position = None
        if frontier is not None:
            last = order_journal.order_key(frontier)  # it may match by a row that was not read
            keys = list(dict.fromkeys([*keys, last]))
            position = _behind(wanted, last)
        yield keys, position


def _old(wanted: Search, packed: str, is_common: bool) -> Iterator[Chunk]:
    """Yield the orders that may match by the blocks and the late rows.

    Late rows are read first, because a late row is deleted as soon as its block has the order. If the words
    may be common, few blocks are looked up first, which spares the others.
    """
    if wanted.first >= wanted.last or packed == order_packing.NOTHING:
        return
    late, size = _late(wanted), 1
    newest = order_blocks.covering(wanted.last) if wanted.last < packed else packed
    for rows in (_FIRST_BLOCKS, 0) if is_common else (0,):
        blocks, end = _blocks(wanted, newest, rows)
        while blocks:
            group, blocks = blocks[:size], blocks[size:]
            size = min(size * 4, _MAX_GROUP)
            following = end if not blocks else blocks[0] if wanted.newest_first else group[-1]
            keys = {
                key for key in order_blocks.find(group, wanted.words) if wanted.first <= key < wanted.last
            }
            yield (
                _sorted(wanted, keys | {key for key in late if _is_before(wanted, key, following)}),
                following,
            )
            late = [key for key in late if not _is_before(wanted, key, following)]
        if late or not rows or end is None:  # the last chunk has the end of what was read
            yield _sorted(wanted, {key for key in late if _is_before(wanted, key, end)}), end
            late = [key for key in late if not _is_before(wanted, key, end)]
        if end is None:
            return
        wanted = _after(wanted, end)
        newest = end if wanted.newest_first else newest


def _late(wanted: Search) -> list[str]:
    """Return the orders with late rows that may match."""
    rows, position, found = _rows(wanted, [order_packing.LATE]), "", list[str]()
    while True:
        items, frontier = listing.merge(rows.after(position) if position else rows, position, _MAX_ORDERS)
        found += _distinct_keys(items)
        if frontier is None:
            return found
        position = frontier


def _rows(wanted: Search, partitions: list[str]) -> Listing:
    """Return the listing of the rows with texts that match."""
    condition, values = search.condition(wanted.words)
    return Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=partitions,
        first=wanted.first,
        last=wanted.last,
        descending=wanted.newest_first,
        condition=f"attribute_exists(isLarge) OR {condition}",
        names={"#w": "words"},
        values=values,
        keys_only=True,
    )


def _blocks(wanted: Search, newest: str, count: int) -> tuple[list[str], str | None]:
    """Return the blocks up to `newest` that may match, and the position where more may follow, or None.

    `count` blocks are looked at, or, if it is 0, as many as one page reads. They are found by the word whose
    readings have the longest parts.
    """
    longest = ([max(reading, key=len) for reading in search.readings(word)] for word in wanted.words)
    parts = max(longest, key=lambda parts: min(map(len, parts)))
    values = {f":w{at}": order_blocks.line(part) for at, part in enumerate([*parts, order_blocks.ANY])}
    rows = Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=list(
            {order_blocks.term(name): 0 for name in [*map(order_blocks.bucket, parts), order_blocks.ANY]}
        ),
        first=f"{wanted.first}{FIRST_KEY}",  # a block that ends at the first position has no order behind it
        last=newest,
        descending=wanted.newest_first,
        condition=" OR ".join(f"contains(#e, {name})" for name in values),
        names={"#e": "entries"},
        values=values,
        keys_only=True,
        rows=count,
    )
    items, frontier = listing.merge(rows, "", _MAX_BLOCKS)
    blocks = [str(item["listKey"]) for item in items]
    if wanted.newest_first and frontier in blocks:
        blocks.remove(frontier)  # the end of this block is the position, so it is among those that follow
    return blocks, frontier


def _distinct_keys(items: list[Record]) -> list[str]:
    return list(dict.fromkeys(order_journal.order_key(item["listKey"]) for item in items))


def _sorted(wanted: Search, keys: set[str]) -> list[str]:
    return sorted(keys, reverse=wanted.newest_first)


def _is_before(wanted: Search, key: str, position: str | None) -> bool:
    """Whether a search comes to an order before a position, or None for the end."""
    return position is None or (key > position if wanted.newest_first else key < position)
