"""The mails to the customers of accounts: which change of an order makes one, and until when it is news.

A message of the queue names the order and the status that it came to. The ledger has one entry for both, so
that a status is told once, however often it is reached or its message arrives.
"""

import json

from lambdas.platform import json_schema, strict_json
from lambdas.platform.stream import StreamRecord
from lambdas.shop import order_channels, order_events, order_status
from lambdas.shop.documents import Order

_TYPES = {order_events.type_of(status): status for status in order_status.TOLD}
# An order that came to one of these has nothing to tell of an earlier status.
_LATER = {
    order_status.PLACED: (order_status.SHIPPED, order_status.DELIVERED, order_status.CANCELLED),
    order_status.SHIPPED: (order_status.PLACED, order_status.PACKED, order_status.CANCELLED),
}


def told(record: StreamRecord) -> str | None:
    """Return the type of the event in a record of the stream that an account is told about, or None."""
    change, is_new = record["dynamodb"], record["eventName"] == "INSERT"
    after, before = change.get("NewImage", {}), change.get("OldImage", {})
    if after.get("channel") != {"S": order_channels.CUSTOMER} or "accountID" not in after:
        return None
    status, was = (image.get("status", {}).get("S") for image in (after, before))
    return order_events.type_of(str(status)) if order_status.is_told(status, was, is_new=is_new) else None


def message(order_id: str, kind: str, version: int) -> str:
    """Return the message about an event of an order, as the topic and the dead letters have it."""
    return json.dumps({"id": f"{order_id}#{version}", "type": kind, "orderID": order_id, "version": version})


def of_message(body: str) -> tuple[str, str] | None:
    """Return the order and the status that a message is about, or None if it is no such message."""
    try:
        document = strict_json.parse(body)
    except strict_json.NotJsonError:
        return None
    found = document if isinstance(document, dict) else {}
    order_id, kind = found.get("orderID"), found.get("type")
    is_known = json_schema.is_valid("Order", "orderID", order_id) and kind in _TYPES
    return (str(order_id), _TYPES[str(kind)]) if is_known else None


def is_due(order: Order, status: str) -> bool:
    """Whether an order still has an account that this status is news for."""
    is_of_account = "accountID" in order and "anonymisedAt" not in order
    return is_of_account and order["status"] not in _LATER.get(status, ())


def recipient(order: Order) -> str:
    """Return the e-mail address of the customer of an order, or "" if it has none."""
    return order["customer"].get("email", "")
