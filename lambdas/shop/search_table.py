"""The table of search terms: the pack of the catalog, journal and blocks of orders, the product ledger."""

import os
from collections.abc import Iterator, Sequence

from lambdas.platform import aws, tables
from lambdas.platform.tables import Record


def name() -> str:
    """Return the table's name."""
    return os.environ["SHOP_TERMS_TABLE"]


def read_range(term: str, first: str, last: str, limit: int = 0) -> Iterator[Record]:
    """Yield the rows of a term between two keys, both included, read consistently.

    A call reads at most `limit` rows, or 1 MB for 0.
    """
    if first > last:  # DynamoDB refuses such a range
        return
    request: Record = {
        "TableName": name(),
        "KeyConditionExpression": "term = :term AND listKey BETWEEN :first AND :last",
        "ExpressionAttributeValues": tables.attributes({":term": term, ":first": first, ":last": last}),
        "ConsistentRead": True,
    }
    if limit:
        request["Limit"] = limit
    while True:
        page = aws.dynamodb().query(**request)
        yield from map(tables.record, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def delete_request(term: str, list_key: str) -> Record:
    """Return the entry for `batches.write` that deletes a row."""
    return {"DeleteRequest": {"Key": tables.attributes({"term": term, "listKey": list_key})}}


def put_requests(rows: Sequence[Record]) -> list[Record]:
    """Return the entries for `batches.write` that put rows."""
    return [{"PutRequest": {"Item": tables.attributes(row)}} for row in rows]
