"""Orders stream to topic: one mail for every order that was placed, rejected or cancelled."""

import os
from typing import Any

from lambdas.platform import aws, dead_letters, log, tables, times
from lambdas.platform.tables import Record
from lambdas.shop import ledger, mail, order_status
from lambdas.shop.mail import Mail

# Where AWS refuses the mail itself: sending it again would be refused again, and block the stream for ever.
_REFUSED = frozenset({"InvalidParameter", "InvalidParameterValue", "ValidationException"})
_UNMARKED: tuple[type[Exception], ...] = (*aws.AWS_ERRORS, tables.ConditionFailedError)
# Lease, publish and mark take 22.5 s at worst (see aws.py); a mail begun later than this might be cut off
# unmarked, and go out again.
_MIN_TIME_MS = 23_000


class OutOfTimeError(Exception):
    """The function has too little time left to begin another mail."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Mail the news of a batch; returns that nothing failed, or raises AWS's fault after the whole batch.

    A second delivery of the batch is harmless, as the ledger knows what was sent.
    """
    settled = [_settle(record, context) for record in event["Records"]]
    faults = [fault for fault in settled if fault]
    if faults:
        raise faults[0]
    return {"batchItemFailures": []}


def _settle(record: dict[str, Any], context: Any) -> Exception | None:
    """Mail one record's news or bury the record; returns the fault for which it must come again."""
    known = {"requestID": context.aws_request_id, "eventID": record["eventID"], "orderID": _order_id(record)}
    try:
        log.event(f"notification.{_announce(record, context.get_remaining_time_in_millis())}", **known)
    except Exception as fault:  # noqa: BLE001 - one poisoned record would block its shard for a day
        log.failure("notification.failed", fault, code=aws.error_code(fault), **known)
        return fault if _will_pass(fault) else _bury(record, fault, known)
    return None


def _announce(record: dict[str, Any], time_left: int) -> str:
    if time_left < _MIN_TIME_MS:
        raise OutOfTimeError
    order = _news(record)
    if order is None:
        return "none"
    letter = mail.compose(order, os.environ["SHOP_SITE_URL"])
    notification_id = f"{order['orderID']}#{order['status']}"
    if not ledger.claim(notification_id, record["eventID"], times.now_ms()):
        return "sent_before"
    _publish(letter)
    return _marked(notification_id, record["eventID"])


def _news(record: dict[str, Any]) -> Record | None:
    """Return the order if it has just been placed, rejected or cancelled."""
    change = record["dynamodb"]
    status, before = (_status(change.get(image)) for image in ("NewImage", "OldImage"))
    begun = record["eventName"] == "INSERT" and status in (order_status.PLACED, order_status.REJECTED)
    ended = record["eventName"] == "MODIFY" and status == order_status.CANCELLED != before
    return tables.record(change["NewImage"]) if begun or ended else None


def _status(image: dict[str, Any] | None) -> str | None:
    status: str | None = (image or {}).get("status", {}).get("S")
    return status


def _publish(letter: Mail) -> None:
    aws.sns().publish(TopicArn=os.environ["SHOP_TOPIC_ARN"], Subject=letter.subject, Message=letter.body)


def _marked(notification_id: str, owner: str) -> str:
    """Note that the mail is out; if that fails, do not raise, as the next delivery would mail it again."""
    try:
        ledger.mark_sent(notification_id, owner, times.now())
    except _UNMARKED as fault:
        log.failure("ledger.not_marked", fault, notificationID=notification_id)
        return "sent_unmarked"
    return "sent"


def _will_pass(fault: Exception) -> bool:
    """Tell whether the record may do better at another delivery."""
    if aws.error_code(fault) in _REFUSED:
        return False
    return isinstance(fault, (*aws.AWS_ERRORS, ledger.StillLeasedError, OutOfTimeError))


def _bury(record: dict[str, Any], fault: Exception, known: dict[str, Any]) -> Exception | None:
    """Send the record itself to the dead letters: the stream's own would hold nothing but its position."""
    reason = f"no mail could be made of this: {type(fault).__name__}: {fault}"
    body = dead_letters.of_record(record)
    try:
        dead_letters.send(os.environ["SHOP_NOTIFICATION_DLQ_URL"], body, reason, record["eventID"], {})
    except aws.AWS_ERRORS as error:
        return error
    log.event("notification.dead_lettered", **known)
    return None


def _order_id(record: dict[str, Any]) -> str | None:
    order_id: str | None = record["dynamodb"].get("Keys", {}).get("orderID", {}).get("S")
    return order_id
