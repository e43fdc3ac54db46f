"""Scans of whole tables. A function scans small tables only.

These are the dead letters and the parked orders, for the export and the erasure of a customer, and the
accepted orders that are not stored yet, for the accounting.
"""

from collections.abc import Iterator
from typing import Any

from lambdas.platform import aws, tables
from lambdas.platform.tables import Record


def pages(table: str, limit: int = 0, **more: Any) -> Iterator[list[Record]]:
    """Yield the items of a table page by page, read consistently.

    A page has at most `limit` items, or up to 1 MB for 0. An item that exists all the time is in exactly one
    page, in the state of that moment. `more` are further parameters of the call.
    """
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True, **more}
    if limit:
        request["Limit"] = limit
    while True:
        page = aws.dynamodb().scan(**request)
        yield [tables.record(item) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
