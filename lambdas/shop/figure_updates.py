"""Writes of the figures: each change of an order is added once, however often it is delivered."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lambdas.platform import tables
from lambdas.shop import customers, figures, order_journal, tallies
from lambdas.shop.figures import Figures, Row
from lambdas.shop.order_journal import Change


class Addition(NamedTuple):
    """A change of an order, and the figures that it adds."""

    change: Change
    figures: Figures


def add_once(additions: Sequence[Addition]) -> list[Addition]:
    """Add the figures of changes unless they were added before; return those that were added now.

    One transaction writes the journal's row of each change and the sums of the figures, so that ten changes
    add only once to a row that they share. Its tallies are in one shard, chosen at random, because
    transactions that add to the same row at the same moment conflict. Raises the errors of boto3.
    """
    left = {key: one for one in additions if (key := order_journal.key(one.change))}
    while left:
        marks = [order_journal.write_of(one.change) for one in left.values()]
        shard = random.choice(tables.SHARDS)  # noqa: S311 - any shard will do
        try:
            tables.transact([*marks, *_sums((one.figures for one in left.values()), shard)])
        except tables.ConditionFailedError as error:  # these changes were added before
            left = {name: left[name] for at, name in enumerate(left) if at not in error.positions}
        else:
            break
    return list(left.values())


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
