"""Scans of whole tables. Of the functions, only the two that export and erase a customer make one.

They scan the tables of dead letters and of parked orders, which are small.
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
