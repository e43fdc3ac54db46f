"""The deltas of product sales: what each transaction of changes adds, until a fold has added it to the rows.

A delta is an item in the table of tallies. The transaction that marks changes as counted puts the delta of
exactly these changes, so each change is in one delta, however often it is delivered. One item for all changes
of a transaction leaves room for an order of 1,000 lines.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lambdas.platform import batches, listing, tables
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import product_sales, tallies
from lambdas.shop.product_sales import Sales

# Bytes of a delta that has more than one change. The largest change, an edit of 1,000 lines to 1,000 other
# ones, has a quarter of that, and DynamoDB takes 400 KB.
MAX_BYTES = 300_000
MAX_AT_ONCE = batches.MAX_KEYS  # deltas of a fold, which one call can read
_TALLY = "sales-delta"


def size(sales: Sales) -> int:
    """Return the bytes of the delta of a change. Several changes together have at most the sum of theirs."""
    return len(product_sales.text(sales)) if sales else 0


def writes(slot: str, added: Iterable[Sales]) -> Iterator[Record]:
    """Yield the entry for `tables.transact` that puts the delta of changes, unless they add nothing.

    The slot is the name of one of the changes. It is new because the mark of that change is new.
    """
    total: Sales = Counter()
    for one in added:
        total.update(one)
    sales: Sales = Counter({key: by for key, by in total.items() if by})
    if sales:
        delta = {**_key(slot), "content": product_sales.text(sales)}
        yield {"Put": {"TableName": tallies.table(), "Item": tables.attributes(delta)}}


def waiting() -> list[str]:
    """Return the slots of at most MAX_AT_ONCE deltas, the oldest first, read consistently."""
    found, _ = listing.merge(
        Listing(
            table=tallies.table(),
            partition_key="tally",
            partitions=[f"{_TALLY}#{shard}" for shard in tables.SHARDS],
            sort_key="slot",
            keys_only=True,
        ),
        "",
        MAX_AT_ONCE,
    )
    return [row["slot"] for row in found[:MAX_AT_ONCE]]


def read(slots: Sequence[str]) -> Iterator[Sales]:
    """Yield the sales of the deltas that are still there, read consistently. Raises batches.BusyError."""
    for delta in batches.items(tallies.table(), [_key(slot) for slot in slots]):
        yield product_sales.parse(delta["content"])


def delete(slots: Sequence[str]) -> None:
    """Delete deltas. Raises batches.BusyError."""
    keys = [{"Key": tables.attributes(_key(slot))} for slot in slots]
    batches.write(tallies.table(), [{"DeleteRequest": key} for key in keys])


def _key(slot: str) -> dict[str, str]:
    return tallies.key(tables.shard(slot), _TALLY, slot)
