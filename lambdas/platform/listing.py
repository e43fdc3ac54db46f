"""Pages of items from several partitions, merged in the order of their sort key.

A page needs a bounded number of queries, however large the table is, and never a scan.
"""

import base64
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.platform import aws, side_by_side, tables
from lambdas.platform.errors import BadRequestError, Fault
from lambdas.platform.tables import Record

FIRST_KEY, LAST_KEY = "\x00", "\U0010ffff"

_MAX_READS = 4  # queries per partition and page; one query reads up to 1 MB
_MAX_STEPS = 40  # reads of a page whose items are mostly left out; each has one query per partition
_MAX_STEP = 100  # items of a read, unless the page itself is larger; as many as DynamoDB gets at once
_CHECK_BYTES = 6
_MAX_KEY_BYTES = 1023  # DynamoDB refuses sort keys of more than 1,024 bytes, and a search adds one

Page = tuple[list[Record], str | None]
"""The items of a page, and the cursor of the next page or None."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The items to list: partitions of a table or index, a range of the sort key, and a filter.

    With `keys_only`, the items have only their sort key. With `rows`, so many items of each partition are
    read, of which the filter leaves some. A cursor is refused by a listing of another `owner`.
    """

    table: str
    index: str = ""  # empty for the table itself
    partition_key: str
    partitions: Sequence[str]
    sort_key: str = "listKey"
    first: str = FIRST_KEY
    last: str = LAST_KEY
    descending: bool = False
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    keys_only: bool = False
    rows: int = 0
    owner: str = ""

    def after(self, key: str) -> "Listing":
        """Return the rest of this listing, from a key onwards, that key included."""
        bounds = {"last": min(key, self.last)} if self.descending else {"first": max(key, self.first)}
        return Listing(**{**vars(self), **bounds})


def read_page(listing: Listing, limit: int, cursor: str) -> Page:
    """Return a page of at most `limit` items. A page with a cursor may have fewer items, or none.

    Raises BadRequestError for a cursor of another table or sort order.
    """
    start = decode_cursor(cursor, _cursor_scope(listing)) if cursor else ""
    rest = listing.after(start) if start else listing
    # Two extra: one for the cursor's own item, one to see whether more follow.
    items, frontier = merge(rest, start, limit + 2)
    shown = items[:limit]
    key = shown[-1][listing.sort_key] if len(items) > limit else frontier
    return shown, encode_cursor(key, _cursor_scope(listing)) if key else None


def read_full_page(
    listing: Listing, limit: int, cursor: str, keep: Callable[[list[Record]], list[Any]]
) -> Page:
    """Return a page of the items that `keep` leaves of those it is given, each with its sort key.

    It has fewer than `limit` items only if no more follow, or after _MAX_STEPS reads, most of them of
    _MAX_STEP or more items. After a full page with a cursor, at least one item follows. Raises
    BadRequestError as `read_page`.
    """
    found: list[Any] = []
    position: str | None = cursor
    size = limit + 1
    for _ in range(_MAX_STEPS):
        items, position = read_page(listing, size, position or "")
        found += keep(items)
        size = max(size, min(2 * size, _MAX_STEP))  # a small page of few among many needs few reads
        if len(found) > limit:
            return found[:limit], encode_cursor(found[limit - 1][listing.sort_key], _cursor_scope(listing))
        if position is None:
            break
    return found, position


def merge(listing: Listing, start: str, wanted: int) -> tuple[list[Record], str | None]:
    """Merge the items of all partitions, without the item with the key `start`.

    Return the items up to the last key that every partition was read to, and that key, or None if every
    partition was read to its end. They are as many as wanted, or all, unless a filter leaves too few.
    """
    if listing.first > listing.last:  # DynamoDB refuses such a range
        return [], None
    read = _read_partitions(listing, wanted)
    frontiers = [frontier for _, frontier in read if frontier]
    end = (max if listing.descending else min)(frontiers, default=None)
    # By their key, because two partitions of search rows may lead to the same order.
    found = {str(item[listing.sort_key]): item for part, _ in read for item in part}
    items = [found[key] for key in sorted(found, reverse=listing.descending) if key != start]
    return [item for item in items if not (end and _is_behind(item[listing.sort_key], end, listing))], end


def _is_behind(key: str, other: str, listing: Listing) -> bool:
    return key < other if listing.descending else key > other


def _read_partitions(listing: Listing, wanted: int) -> list[tuple[list[Record], str | None]]:
    """Read the first items of each partition, several partitions at a time.

    The items of a page are spread over the partitions by chance. So at first no partition is read to
    `wanted` items, and then only those are read on that have more items of the page.
    """
    share = _share(listing, wanted)
    parts = dict(_side_by_side(dict.fromkeys(listing.partitions, listing), share))
    if share < wanted:
        keys = [str(item[listing.sort_key]) for items, _ in parts.values() for item in items]
        last = sorted(keys, reverse=listing.descending)[wanted - 1 :][:1]
        rest = {
            name: listing.after(frontier)
            for name, (_, frontier) in parts.items()
            if frontier and (not last or _is_behind(last[0], frontier, listing))
        }
        for name, (items, frontier) in _side_by_side(rest, wanted):
            parts[name] = (parts[name][0] + items, frontier)
    return list(parts.values())


def _share(listing: Listing, wanted: int) -> int:
    """Return how many items to read of each partition at first, so that one page in a thousand needs more.

    A partition has `mean` of the wanted items, with a standard deviation of less than the root of that.
    """
    count = len(listing.partitions)
    if count < 2 or listing.condition or listing.rows:
        return wanted
    mean = wanted / count
    return min(wanted, math.ceil(mean + 3 * math.sqrt(mean)))


def _side_by_side(
    listings: Mapping[str, Listing], wanted: int
) -> Iterator[tuple[str, tuple[list[Record], str | None]]]:
    names = list(listings)
    read = side_by_side.call(lambda name: _read_partition(listings[name], name, wanted), names)
    return zip(names, read, strict=True)


def _read_partition(listing: Listing, partition: str, wanted: int) -> tuple[list[Record], str | None]:
    """Return the first items of a partition, and the last key that was read, or None if no items follow."""
    request = _query(listing, partition, wanted)
    items: list[Record] = []
    for _ in range(1 if listing.rows else _MAX_READS):
        response = aws.dynamodb().query(**request)
        items += map(tables.record, response["Items"])
        if "LastEvaluatedKey" not in response:
            return items, None
        request["ExclusiveStartKey"] = response["LastEvaluatedKey"]
        if len(items) >= wanted:
            break
    return items, str(tables.record(request["ExclusiveStartKey"])[listing.sort_key])


def _query(listing: Listing, partition: str, wanted: int) -> dict[str, Any]:
    values = {":partition": partition, ":first": listing.first, ":last": listing.last, **listing.values}
    return {
        "TableName": listing.table,
        **({"IndexName": listing.index} if listing.index else {"ConsistentRead": True}),
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :first AND :last",
        "ExpressionAttributeNames": {
            "#partition": listing.partition_key,
            "#key": listing.sort_key,
            **listing.names,
        },
        "ExpressionAttributeValues": tables.attributes(values),
        **({"ProjectionExpression": "#key"} if listing.keys_only else {}),
        "ScanIndexForward": not listing.descending,
        # DynamoDB counts the items before it filters them, so a filter gets no limit by what is wanted.
        **({"FilterExpression": listing.condition} if listing.condition else {"Limit": wanted}),
        **({"Limit": listing.rows} if listing.rows else {}),
    }


def _cursor_scope(listing: Listing) -> str:
    """Return the table, the sort order and the owner for which a cursor is valid."""
    owner = f"\n{listing.owner}" if listing.owner else ""
    return f"{listing.table}\n{listing.sort_key}\n{listing.descending}{owner}"


def encode_cursor(key: str, scope: str) -> str:
    """Return the cursor for a key, which is valid only in the lists of this scope."""
    return base64.urlsafe_b64encode(_check(key, scope) + key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, scope: str, max_bytes: int = _MAX_KEY_BYTES) -> str:
    """Return the key of a cursor. Raises BadRequestError for another scope, or more than `max_bytes`."""
    try:
        decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = decoded[_CHECK_BYTES:].decode()
    except ValueError:
        raise cursor_error() from None
    is_key = 1 <= len(decoded) - _CHECK_BYTES <= max_bytes
    if not is_key or decoded[:_CHECK_BYTES] != _check(key, scope):
        raise cursor_error()
    return key


def _check(key: str, scope: str) -> bytes:
    """Return a checksum that shows whether a cursor was damaged or belongs to another list.

    The checksum needs no secret, because a client may begin a list at any key anyway.
    """
    return hashlib.sha256(f"{scope}\n{key}".encode()).digest()[:_CHECK_BYTES]


def cursor_error() -> BadRequestError:
    """Return the error for a cursor that no list gave."""
    message = "must be the nextCursor of an earlier answer, got something else"
    return BadRequestError(f"cursor {message}", [Fault("cursor", message)])
