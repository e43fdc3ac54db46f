"""Counting: each change of an order is added to the figures once, however often it comes."""

import time
from typing import Any

from botocore.exceptions import ClientError

from lambdas.platform import aws, tables
from lambdas.shop import customers, figures, tallies
from lambdas.shop.figures import Figures, Place

_KEPT_SECONDS = 15 * 24 * 3600  # a stream delivers nothing that is older than a day; dead letters live 14


def add_once(change: str, at: str, figures: Figures) -> bool:
    """Add the figures of one change, unless that was done before; tells whether it was new.

    The mark that it was done and the figures are one transaction. `change` names the order, `at` its version.
    """
    if not figures:
        return False
    writes = [_mark(change, at), *(_addition(place, figures[place]) for place in sorted(figures))]
    try:
        aws.dynamodb().transact_write_items(TransactItems=writes)
    except ClientError as error:
        if not _was_done(error):
            raise
        return False
    return True


def _mark(change: str, at: str) -> dict[str, Any]:
    row = {"tally": f"seen#{change}", "slot": at, "expiresAt": int(time.time()) + _KEPT_SECONDS}
    return {
        "Put": {
            "TableName": tallies.table(),
            "Item": tables.attributes(row),
            "ConditionExpression": "attribute_not_exists(tally)",
        }
    }


def _addition(place: Place, figures: dict[str, int]) -> dict[str, Any]:
    which, key = place
    names = sorted(figures)
    return {
        "Update": {
            "TableName": _table(which),
            "Key": tables.attributes(dict(key)),
            "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at in range(len(names))),
            "ExpressionAttributeNames": {f"#{at}": name for at, name in enumerate(names)},
            "ExpressionAttributeValues": tables.attributes(
                {f":{at}": figures[name] for at, name in enumerate(names)}
            ),
        }
    }


def _was_done(error: ClientError) -> bool:
    """Tell whether the mark, which is the first write, was there already."""
    return tables.cancellation_codes(error)[:1] == ["ConditionalCheckFailed"]


def _table(which: str) -> str:
    return customers.table() if which == figures.CUSTOMERS else tallies.table()
