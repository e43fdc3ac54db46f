"""From the orders stream to the topic: one message for every change that somebody is told about.

A mail tells the shop of an order that was placed, rejected or cancelled. An event tells the system of a
connected shop of every change of its own orders. A message for a customer makes another function send a mail.
"""

import os
from collections.abc import Callable
from typing import Any, cast

from lambdas.platform import aws, log, stream, tables
from lambdas.platform.stream import Image, StreamRecord
from lambdas.shop import announcements, customer_mails, mail, order_events, order_reads, order_status
from lambdas.shop.announcements import Announcement
from lambdas.shop.documents import Order
from lambdas.shop.ledger import Owner
from lambdas.shop.order_events import Event

# For a subscriber who takes every message, although no mail is due.
_EVENT_ONLY = "An order was changed. This message is for another system."

Prepared = Announcement | Exception | None
"""The announcement of a record, or the error for which there is none. None if nothing is due."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send the mails of a batch, then raise the first transient error, so that Lambda tries again.

    A second delivery sends no mail again, because the ledger contains every mail that was sent.
    """
    records = stream.records(event)
    prepared = [_prepare(record, context) for record in records]
    due = [one for one in prepared if isinstance(one, Announcement)]
    announcements.send(due, context.get_remaining_time_in_millis)
    errors = [_finish(*one, context) for one in zip(records, prepared, strict=True)]
    transient = next((error for error in errors if error), None)
    if transient:
        raise transient
    return {"batchItemFailures": []}


def _prepare(record: StreamRecord, context: Any) -> Prepared:
    try:
        return _announcement(record, context.get_remaining_time_in_millis, context.aws_request_id)
    except Exception as error:  # noqa: BLE001 - one record must not block its shard for a day
        return error


def _announcement(
    record: StreamRecord, time_left_ms: Callable[[], int], invocation: str
) -> Announcement | None:
    """Return what is due about a record, or None if nothing is."""
    announcements.require_time(time_left_ms)
    event, told, order = _event(record), customer_mails.told(record), _order(record)
    owner, site = Owner(record["eventID"], invocation), os.environ["SHOP_SITE_URL"]
    message = _told(record, told) if told else ""
    if order is None:
        kind = event.type if event else told
        return (
            Announcement(_event_id(record), owner, kind, None, event, message, _EVENT_ONLY) if kind else None
        )
    notification_id = record.get("notificationID") or f"{order['orderID']}#{order['status']}"
    kind = order_events.type_of(order["status"])
    return Announcement(notification_id, owner, kind, mail.compose(order, site), event, message)


def _event(record: StreamRecord) -> Event | None:
    """Return the event of a record. A mail that is sent again has no images, and is none."""
    return order_events.of_change(record["dynamodb"])


def _event_id(record: StreamRecord) -> str:
    """Return the ID in the ledger of an announcement without a mail."""
    return f"{_order_id(record)}#v{_version(record)}"


def _told(record: StreamRecord, kind: str) -> str:
    return customer_mails.message(str(_order_id(record)), kind, _version(record))


def _version(record: StreamRecord) -> int:
    before, after = order_events.images(record["dynamodb"])
    return order_events.version_after(before, after or {})


def _order(record: StreamRecord) -> Order | None:
    """Return the order that a mail is due about: as it was changed, or as stored for a mail sent again."""
    if "notificationID" in record:
        order_id = str(tables.record(record["dynamodb"]["Keys"])["orderID"])
        stored = order_reads.find(order_id)  # None if it was erased since
        return mail.as_of(stored, record["status"]) if stored else None
    return cast(Order, tables.record(record["dynamodb"]["NewImage"])) if _is_due(record) else None


def _is_due(record: StreamRecord) -> bool:
    change, is_new = record["dynamodb"], record["eventName"] == "INSERT"
    status, before = _status(change.get("NewImage")), _status(change.get("OldImage"))
    return order_status.is_announced(status, before, is_new=is_new)


def _status(image: Image | None) -> str | None:
    return (image or {}).get("status", {}).get("S")


def _finish(record: StreamRecord, prepared: Prepared, context: Any) -> Exception | None:
    """Log the result of a record, and send a failed one to the dead letters. Return a transient error."""
    fields = {"requestID": context.aws_request_id, "eventID": record["eventID"], "orderID": _order_id(record)}
    result = prepared.result if isinstance(prepared, Announcement) else prepared or "none"
    if not isinstance(result, Exception):
        log.event(f"notification.{result}", **fields)
        return None
    log.failure("notification.failed", result, code=aws.error_code(result), **fields)
    if announcements.is_transient(result):
        return result
    return _send_to_dead_letters(record, result, fields)


def _send_to_dead_letters(record: StreamRecord, error: Exception, fields: dict[str, Any]) -> Exception | None:
    """Send the record to the dead letters; return the error if that fails."""
    reason = f"no mail could be made of this: {type(error).__name__}: {error}"
    try:
        stream.send_to_dead_letters(record, os.environ["SHOP_NOTIFICATION_DLQ_URL"], reason)
    except aws.AWS_ERRORS as failure:
        return failure
    log.event("notification.dead_lettered", **fields)
    return None


def _order_id(record: StreamRecord) -> str | None:
    return record["dynamodb"].get("Keys", {}).get("orderID", {}).get("S")
