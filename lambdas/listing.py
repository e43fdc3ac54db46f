"""Paged lists over an index whose items are spread over partitions, merged in the order of `listKey`.

No call scans, and none does more work as the table grows: a page costs a bounded number of reads.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws
import tables
from errors import BadRequestError, Fault
from tables import Record

FIRST_KEY, LAST_KEY = "\x00", "\U0010ffff"

_MOST_READS = 4  # queries a partition and page; one query reads up to 1 MB
_CHECK_BYTES = 6


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What to list: partitions of an index, the range of `listKey`, and what the items must contain."""

    table: str
    index: str
    partition_key: str
    partitions: Sequence[str]
    first: str = FIRST_KEY
    last: str = LAST_KEY
    descending: bool = False
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    def after(self, key: str) -> "Listing":
        """Return what of this comes at or after a key, in the listing's order."""
        bounds = {"last": min(key, self.last)} if self.descending else {"first": max(key, self.first)}
        return Listing(**{**vars(self), **bounds})


def page(listing: Listing, limit: int, cursor: str) -> tuple[list[Record], str | None]:
    """Read one page of at most `limit` items, and the cursor of the next page (None at the end).

    Raises BadRequestError for a cursor that did not come from a listing of this table.
    """
    start = _key_of(cursor, listing.table) if cursor else ""
    rest = listing.after(start) if start else listing
    items, frontier = _merged(rest, start, limit + 2)  # the cursor's own item, and one to know of more
    shown = items[:limit]
    key = shown[-1]["listKey"] if len(items) > limit else frontier
    return shown, _cursor(key, listing.table) if key else None


def _merged(listing: Listing, start: str, wanted: int) -> tuple[list[Record], str | None]:
    """Merge what the partitions hold, up to where the first of them was left unfinished."""
    if listing.first > listing.last:  # which DynamoDB would refuse
        return [], None
    read = [_partition(listing, partition, wanted) for partition in listing.partitions]
    frontiers = [frontier for _, frontier in read if frontier]
    end = (max if listing.descending else min)(frontiers, default=None)
    items = [item for part, _ in read for item in part if item["listKey"] != start]
    items.sort(key=lambda item: str(item["listKey"]), reverse=listing.descending)
    return [item for item in items if not _beyond(item, end, listing)], end


def _beyond(item: Record, end: str | None, listing: Listing) -> bool:
    return end is not None and bool(item["listKey"] < end if listing.descending else item["listKey"] > end)


def _partition(listing: Listing, partition: str, wanted: int) -> tuple[list[Record], str | None]:
    """Read one partition until there are enough items; returns where that was, unless at its end."""
    request = _query(listing, partition, wanted)
    items: list[Record] = []
    for _ in range(_MOST_READS):
        answer = aws.dynamodb().query(**request)
        items += map(tables.record, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return items, None
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        if len(items) >= wanted:
            break
    return items, str(tables.record(request["ExclusiveStartKey"])["listKey"])


def _query(listing: Listing, partition: str, wanted: int) -> dict[str, Any]:
    values = {":partition": partition, ":first": listing.first, ":last": listing.last, **listing.values}
    return {
        "TableName": listing.table,
        "IndexName": listing.index,
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :first AND :last",
        "ExpressionAttributeNames": {"#partition": listing.partition_key, "#key": "listKey", **listing.names},
        "ExpressionAttributeValues": tables.attributes(values),
        "ScanIndexForward": not listing.descending,
        # A limit counts what is read, not what the filter lets through.
        **({"FilterExpression": listing.condition} if listing.condition else {"Limit": wanted}),
    }


def _cursor(key: str, table: str) -> str:
    return base64.urlsafe_b64encode(_check(key, table) + key.encode()).decode().rstrip("=")


def _key_of(cursor: str, table: str) -> str:
    try:
        decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = decoded[_CHECK_BYTES:].decode()
    except ValueError:
        raise _bad_cursor() from None
    if decoded[:_CHECK_BYTES] != _check(key, table) or not key:
        raise _bad_cursor()
    return key


def _check(key: str, table: str) -> bytes:
    """Tell cursors from noise; it is no secret, as any position in one's own listing may be read anyway."""
    return hashlib.sha256(f"{table}\n{key}".encode()).digest()[:_CHECK_BYTES]


def _bad_cursor() -> BadRequestError:
    message = "must be the nextCursor of an earlier answer, got something else"
    return BadRequestError(f"cursor {message}", [Fault("cursor", message)])
