"""The table of tallies: the figures of all statuses and of each quarter of an hour, one row per shard.

The key of a row has two parts: the tally is `status` or `quarter#<currency>` with the shard, and the slot is
`all`, `senders` or the beginning of the quarter. Only the sum over all shards means something, and one shard
may be negative. Besides, the table has the deltas of product sales and the state of their folds.
"""

import os

from lambdas.platform import tables
from lambdas.platform.tables import Record


def table() -> str:
    """Return the name of the table of tallies."""
    return os.environ["SHOP_TALLIES_TABLE"]


def key(shard: str, tally: str, slot: str) -> dict[str, str]:
    """Return the key of a row."""
    return {"tally": f"{tally}#{shard}", "slot": slot}


def read(tally: str, first: str, last: str) -> list[Record]:
    """Return the rows of a tally with slots from `first` to `last`, of all shards, in no fixed order."""
    return [row for shard in tables.SHARDS for row in _read_shard(f"{tally}#{shard}", first, last)]


def _read_shard(tally: str, first: str, last: str) -> list[Record]:
    found = tables.query(
        TableName=table(),
        KeyConditionExpression="tally = :tally AND slot BETWEEN :first AND :last",
        ExpressionAttributeValues=tables.attributes({":tally": tally, ":first": first, ":last": last}),
    )
    return list(found)
