"""Paged lists over items that are spread over partitions, merged in the order of their sort key.

No call scans, and none does more work as the table grows: a page costs a bounded number of reads.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.platform import aws, tables
from lambdas.platform.errors import BadRequestError, Fault
from lambdas.platform.tables import Record

FIRST_KEY, LAST_KEY = "\x00", "\U0010ffff"

_MAX_READS = 4  # queries a partition and page; one query reads up to 1 MB
_CHECK_BYTES = 6


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What to list: partitions of a table or index, the range of the sort key, what items must contain."""

    table: str
    index: str = ""  # none: the table itself
    partition_key: str
    partitions: Sequence[str]
    sort_key: str = "listKey"
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


def read_page(listing: Listing, limit: int, cursor: str) -> tuple[list[Record], str | None]:
    """Read one page of at most `limit` items, and the cursor of the next page (None at the end).

    Raises BadRequestError for a cursor that did not come from a listing of this table.
    """
    start = _key_of(cursor, _whose(listing)) if cursor else ""
    rest = listing.after(start) if start else listing
    items, frontier = _merged(rest, start, limit + 2)  # the cursor's own item, and one to know of more
    shown = items[:limit]
    key = shown[-1][listing.sort_key] if len(items) > limit else frontier
    return shown, _cursor(key, _whose(listing)) if key else None


def _merged(listing: Listing, start: str, wanted: int) -> tuple[list[Record], str | None]:
    """Merge what the partitions hold, up to where the first of them was left unfinished."""
    if listing.first > listing.last:  # which DynamoDB would refuse
        return [], None
    read = [_partition(listing, partition, wanted) for partition in listing.partitions]
    frontiers = [frontier for _, frontier in read if frontier]
    end = (max if listing.descending else min)(frontiers, default=None)
    items = [item for part, _ in read for item in part if item[listing.sort_key] != start]
    items.sort(key=lambda item: str(item[listing.sort_key]), reverse=listing.descending)
    return [item for item in items if not _beyond(item, end, listing)], end


def _beyond(item: Record, end: str | None, listing: Listing) -> bool:
    key = item[listing.sort_key]
    return end is not None and bool(key < end if listing.descending else key > end)


def _partition(listing: Listing, partition: str, wanted: int) -> tuple[list[Record], str | None]:
    """Read one partition until there are enough items; returns where that was, unless at its end."""
    request = _query(listing, partition, wanted)
    items: list[Record] = []
    for _ in range(_MAX_READS):
        answer = aws.dynamodb().query(**request)
        items += map(tables.record, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return items, None
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        if len(items) >= wanted:
            break
    return items, str(tables.record(request["ExclusiveStartKey"])[listing.sort_key])


def _query(listing: Listing, partition: str, wanted: int) -> dict[str, Any]:
    values = {":partition": partition, ":first": listing.first, ":last": listing.last, **listing.values}
    return {
        "TableName": listing.table,
        **({"IndexName": listing.index} if listing.index else {}),
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :first AND :last",
        "ExpressionAttributeNames": {
            "#partition": listing.partition_key,
            "#key": listing.sort_key,
            **listing.names,
        },
        "ExpressionAttributeValues": tables.attributes(values),
        "ScanIndexForward": not listing.descending,
        # A limit counts what is read, not what the filter lets through.
        **({"FilterExpression": listing.condition} if listing.condition else {"Limit": wanted}),
    }


def _whose(listing: Listing) -> str:
    """Name the order that a position is one of: positions by time mean nothing among totals."""
    return f"{listing.table}\n{listing.sort_key}\n{listing.descending}"


def _cursor(key: str, whose: str) -> str:
    return base64.urlsafe_b64encode(_check(key, whose) + key.encode()).decode().rstrip("=")


def _key_of(cursor: str, whose: str) -> str:
    try:
        decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = decoded[_CHECK_BYTES:].decode()
    except ValueError:
        raise _bad_cursor() from None
    if decoded[:_CHECK_BYTES] != _check(key, whose) or not key:
        raise _bad_cursor()
    return key


def _check(key: str, whose: str) -> bytes:
    """Tell cursors from noise; it is no secret, as any position in one's own listing may be read anyway."""
    return hashlib.sha256(f"{whose}\n{key}".encode()).digest()[:_CHECK_BYTES]


def _bad_cursor() -> BadRequestError:
    message = "must be the nextCursor of an earlier answer, got something else"
    return BadRequestError(f"cursor {message}", [Fault("cursor", message)])
