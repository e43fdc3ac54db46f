"""Writes of the figures: each change of an order is added once, however often it is delivered."""

import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lambdas.platform import tables
from lambdas.platform.tables import Record
from lambdas.shop import figures, tallies
from lambdas.shop.figures import Figures, Row

# A change adds a mark and the row of a quarter of an hour. All changes of a transaction share one more row.
_MAX_CHANGES = (tables.MAX_TRANSACTION - 1) // 2
_MAX_BYTES = 3_000_000  # DynamoDB takes 4 MB; all other writes of a transaction are far smaller than a mark

# The shard of the tallies that this reader of the stream adds to. On a developer's machine and in the
# simulation of conflicts, readers are threads.
_reader = threading.local()


class Addition(NamedTuple):
    """The write that marks a change of an order as counted, and the figures that the change adds."""

    mark: Record
    figures: Figures


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
    size = 0
    for name, addition in additions.items():
        added = len(json.dumps(addition.mark, ensure_ascii=False).encode())
        if part and (len(part) == _MAX_CHANGES or size + added > _MAX_BYTES):
            yield part
            part, size = {}, 0
        part[name] = addition
        size += added
    if part:
        yield part


def _add(additions: Mapping[str, Addition]) -> list[str]:
    left = dict(additions)
    while left:
        try:
            tables.transact_first(_alternatives(left.values()))
        except tables.ConditionFailedError as error:  # these changes were added before
            left = {name: left[name] for at, name in enumerate(left) if at not in error.positions}
        else:
            break
    return list(left)


def _alternatives(additions: Iterable[Addition]) -> Iterator[list[Record]]:
    """Yield the writes of a transaction, and after a conflict the same with another shard of the tallies.

    The reader stays with the shard of its latest transaction. So readers of the stream that run at once soon
    have a shard each, and then their transactions have no row in common.
    """
    marks, sums = [one.mark for one in additions], figures.total(one.figures for one in additions)
    shards = random.sample(tables.SHARDS, len(tables.SHARDS))
    mine: str = getattr(_reader, "shard", shards[0])
    for shard in itertools.cycle([mine, *(other for other in shards if other != mine)]):
        _reader.shard = shard
        yield [*marks, *(_addition(row, sums[row], shard) for row in sorted(sums))]


def _addition(row: Row, added: Counter[str], shard: str) -> dict[str, Any]:
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
