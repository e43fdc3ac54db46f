"""The access logs of the APIs, in which API Gateway notes each order that it accepted."""

import json
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lambdas.platform import aws, json_schema

# The variable with the log group of the API that accepts the orders of a channel. It is empty without a log.
GROUPS = {
    "staff": "SHOP_ACCESS_LOG_GROUP",
    "machine": "SHOP_INBOX_LOG_GROUP",
    "customer": "SHOP_STOREFRONT_LOG_GROUP",
}
_RESOURCE = "/orders"
_PATTERN = f'{{ $.status = "202" && $.resource = "{_RESOURCE}" }}'
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)


class Acceptance(NamedTuple):
    """An order that was accepted: its ID, the milliseconds since 1970, its channel, its sender's ID."""

    order_id: str
    at: int
    channel: str
    sub: str


class Lines(NamedTuple):
    """The orders that a part of the log names, and the number of its lines that name none."""

    accepted: list[Acceptance]
    unreadable: int


def channels() -> list[str]:
    """Return the channels whose accepted orders are in a log."""
    return [channel for channel, variable in GROUPS.items() if os.environ[variable]]


def read(channel: str, since: int, until: int) -> Iterator[Lines]:
    """Yield what a log says between two instants in milliseconds since 1970, in parts of 10,000 lines.

    Raises the errors of boto3.
    """
    group = os.environ[GROUPS[channel]]
    pages = (
        aws.logs()
        .get_paginator("filter_log_events")
        .paginate(logGroupName=group, startTime=since, endTime=until, filterPattern=_PATTERN)
    )
    for page in pages:
        found = [_parsed(event["message"]) for event in page["events"]]
        lines = [line for line in found if line.get("status") == "202" and line.get("resource") == _RESOURCE]
        accepted = [one for line in lines if (one := _acceptance(channel, line))]
        yield Lines(accepted, len(lines) - len(accepted))


def _parsed(message: str) -> dict[str, Any]:
    try:
        line = json.loads(message)
    except ValueError:  # a caller may put quotes into what API Gateway writes as it is
        return {}
    return line if isinstance(line, dict) else {}


def _acceptance(channel: str, line: dict[str, Any]) -> Acceptance | None:
    order_id, at, sub = line.get("orderID"), str(line.get("at")), line.get("sub")
    if not json_schema.is_valid("Order", "orderID", order_id) or not _MILLISECONDS.fullmatch(at):
        return None
    return Acceptance(str(order_id), int(at), channel, str(sub))
