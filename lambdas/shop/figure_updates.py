"""Writes of the figures: each change of an order is added once, however often it is delivered.

The sales of products are added once in the same way: a transaction has their delta beside the figures.
"""

import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lambdas.platform import tables
from lambdas.platform.tables import Record
from lambdas.shop import figures, sales_deltas, tallies
from lambdas.shop.figures import Figures, Row
from lambdas.shop.product_sales import Sales

# A change adds a mark and the row of a quarter of an hour. All changes of a transaction share four more:
# the rows of the statuses, of the erased orders and of the senders, and the delta of the product sales.
_MAX_CHANGES = (tables.MAX_TRANSACTION - 4) // 2
_MAX_BYTES = 3_000_000  # DynamoDB takes 4 MB; all other writes of a transaction are far smaller than a mark

# The shard of the tallies that this reader of the stream adds to. On a developer's machine and in the
# simulation of conflicts, readers are threads.
_reader = threading.local()


class Addition(NamedTuple):
    """The write that marks a change of an order as counted, and the figures and sales that it adds."""

    mark: Record
    figures: Figures
    sales: Sales


def add_once(additions: Mapping[str, Addition]) -> list[str]:
    """Add the figures of changes unless they were added before; return the names of those added now.

    One transaction writes a mark for each change and the sums of the figures, so that many changes add only
    once to a row that they share. A transaction is all or nothing, but a list of changes that is too long for
    one transaction needs several. Raises the errors of boto3.
    """
    return [name for part in _parts(additions) for name in _add(part)]


def _parts(additions: Mapping[str, Addition]) -> Iterator[dict[str, Addition]]:
    """Split additions into parts that fit into a transaction."""
    part: dict[str, Addition] = {}
    size = delta = 0
    for name, addition in additions.items():
        added = len(json.dumps(addition.mark, ensure_ascii=False).encode())
        sold = sales_deltas.size(addition.sales)
        is_full = size + added > _MAX_BYTES or delta + sold > sales_deltas.MAX_BYTES
        if part and (is_full or len(part) == _MAX_CHANGES):
            yield part
            part, size, delta = {}, 0, 0
        part[name] = addition
        size += added
        delta += sold
    if part:
        yield part


def _add(additions: Mapping[str, Addition]) -> list[str]:
    left = dict(additions)
    while left:
        try:
            tables.transact_first(_alternatives(left))
        except tables.ConditionFailedError as error:  # these changes were added before
            left = {name: left[name] for at, name in enumerate(left) if at not in error.positions}
        else:
            break
    return list(left)


def _alternatives(additions: Mapping[str, Addition]) -> Iterator[list[Record]]:
    """Yield the writes of a transaction, and after a conflict the same with another shard of the tallies.

    The reader stays with the shard of its latest transaction. So readers of the stream that run at once soon
    have a shard each, and then their transactions have no row in common.
    """
    marks = [one.mark for one in additions.values()]
    sums = figures.total(one.figures for one in additions.values())
    delta = list(sales_deltas.writes(next(iter(additions)), (one.sales for one in additions.values())))
    shards = random.sample(tables.SHARDS, len(tables.SHARDS))
    mine: str = getattr(_reader, "shard", shards[0])
    for shard in itertools.cycle([mine, *(other for other in shards if other != mine)]):
        _reader.shard = shard
        yield [*marks, *(addition(row, sums[row], shard) for row in sorted(sums)), *delta]


def addition(row: Row, added: Counter[str], shard: str) -> dict[str, Any]:
    """Return the entry for `tables.transact` that adds figures to a row of a shard."""
    names = sorted(added)
    return {
        "Update": {
            "TableName": tallies.table(),
            "Key": tables.attributes(tallies.key(shard, *row)),
            "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at in range(len(names))),
            "ExpressionAttributeNames": {f"#{at}": name for at, name in enumerate(names)},
            "ExpressionAttributeValues": tables.attributes(
                {f":{at}": added[name] for at, name in enumerate(names)}
            ),
        }
    }
