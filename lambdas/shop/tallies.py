"""The table of tallies: figures by status and by quarter of an hour, spread over shards."""

import os

from lambdas.platform import aws, tables
from lambdas.platform.tables import Record


def table() -> str:
    """Name the table of tallies."""
    return os.environ["SHOP_TALLIES_TABLE"]


def read(tally: str, first: str, last: str) -> list[Record]:
    """Read the rows of a tally in a range of slots, all its shards, in no order."""
    return [row for shard in tables.SHARDS for row in _shard(f"{tally}#{shard}", first, last)]


def _shard(tally: str, first: str, last: str) -> list[Record]:
    pages = (
        aws.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=table(),
            KeyConditionExpression="tally = :tally AND slot BETWEEN :first AND :last",
            ExpressionAttributeValues=tables.attributes({":tally": tally, ":first": first, ":last": last}),
        )
    )
    return [tables.record(item) for page in pages for item in page["Items"]]
