"""Writes of the figures: each change of an order is added once, however often it is delivered."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lambdas.platform import tables
from lambdas.shop import customers, figures, tallies
from lambdas.shop.figures import Figures, Row

_MARK_SECONDS = 15 * 24 * 3600  # a stream delivers a record for one day, a dead letter is kept for 14


class Addition(NamedTuple):
    """The figures that a change of an order adds. The order's ID and its next version name the change."""

    order_id: str
    version: str
    figures: Figures


def add_once(additions: Sequence[Addition]) -> list[Addition]:
    """Add the figures of changes unless they were added before; return those that were added now.

    One transaction writes a mark for each change and the sums of the figures, so that ten changes add only
    once to a row that they share. Its tallies are in one shard, chosen at random, because transactions that
    add to the same row at the same moment conflict. Raises the errors of boto3.
    """
    left = {(one.order_id, one.version): one for one in additions if one.figures}
    while left:
        marks = [_mark(*name) for name in left]
        shard = random.choice(tables.SHARDS)  # noqa: S311 - any shard will do
        try:
            tables.transact([*marks, *_sums((one.figures for one in left.values()), shard)])
        except tables.ConditionFailedError as error:  # these changes were added before
            left = {name: left[name] for at, name in enumerate(left) if at not in error.positions}
        else:
            break
    return list(left.values())


def _mark(order_id: str, version: str) -> dict[str, Any]:
    row = {"tally": f"seen#{order_id}", "slot": version, "expiresAt": int(time.time()) + _MARK_SECONDS}
    return tables.put_write(tallies.table(), "tally", row, None)


def _sums(added: Iterable[Figures], shard: str) -> list[dict[str, Any]]:
    """Return the writes that add the sums of figures, with the tallies in one shard."""
    sums = figures.total(added)
    return [_addition(row, sums[row], shard) for row in sorted(sums)]


def _addition(row: Row, added: Counter[str], shard: str) -> dict[str, Any]:
    names = sorted(added)
    return {
        "Update": {
            **_place(row, shard),
            "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at in range(len(names))),
            "ExpressionAttributeNames": {f"#{at}": name for at, name in enumerate(names)},
            "ExpressionAttributeValues": tables.attributes(
                {f":{at}": added[name] for at, name in enumerate(names)}
            ),
        }
    }


def _place(row: Row, shard: str) -> dict[str, Any]:
    """Return the table and the key of a row."""
    which, key = row
    if which == figures.CUSTOMERS:
        return {"TableName": customers.table(), "Key": tables.attributes(dict(key))}
    return {"TableName": tallies.table(), "Key": tables.attributes(tallies.key(shard, **dict(key)))}
