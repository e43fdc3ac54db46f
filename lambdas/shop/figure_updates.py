"""Writes of the figures: each change of an order is added once, however often it is delivered."""

import time
from typing import Any

from botocore.exceptions import ClientError

from lambdas.platform import aws, tables
from lambdas.shop import customers, figures, tallies
from lambdas.shop.figures import Figures, Row

_MARK_SECONDS = 15 * 24 * 3600  # a stream delivers a record for one day, a dead letter is kept for 14


def add_once(order_id: str, version: str, added: Figures) -> bool:
    """Add the figures of one change unless they were added before; return whether they were added now.

    One transaction writes the figures and a mark. The mark names the order and its version after the change.
    """
    if not added:
        return False
    writes = [_mark(order_id, version), *(_addition(row, added[row]) for row in sorted(added))]
    try:
        aws.dynamodb().transact_write_items(TransactItems=writes)
    except ClientError as error:
        if not _is_marked(error):
            raise
        return False
    return True


def _mark(order_id: str, version: str) -> dict[str, Any]:
    row = {"tally": f"seen#{order_id}", "slot": version, "expiresAt": int(time.time()) + _MARK_SECONDS}
    return {
        "Put": {
            "TableName": tallies.table(),
            "Item": tables.attributes(row),
            "ConditionExpression": "attribute_not_exists(tally)",
        }
    }


def _addition(row: Row, added: dict[str, int]) -> dict[str, Any]:
    which, key = row
    names = sorted(added)
    return {
        "Update": {
            "TableName": _table(which),
            "Key": tables.attributes(dict(key)),
            "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at in range(len(names))),
            "ExpressionAttributeNames": {f"#{at}": name for at, name in enumerate(names)},
            "ExpressionAttributeValues": tables.attributes(
                {f":{at}": added[name] for at, name in enumerate(names)}
            ),
        }
    }


def _is_marked(error: ClientError) -> bool:
    """Whether the transaction was cancelled because its first write, the mark, exists already."""
    return tables.cancellation_codes(error)[:1] == ["ConditionalCheckFailed"]


def _table(which: str) -> str:
    return customers.table() if which == figures.CUSTOMERS else tallies.table()
