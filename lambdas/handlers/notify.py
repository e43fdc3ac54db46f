"""From the orders stream to the topic: one mail for every order that was placed, rejected or cancelled."""

import os
from typing import Any, cast

from lambdas.platform import aws, log, stream, tables, times
from lambdas.platform.errors import OutOfTimeError
from lambdas.platform.stream import Image, StreamRecord
from lambdas.shop import ledger, mail
from lambdas.shop.documents import Order
from lambdas.shop.mail import Mail

# Error codes that mean SNS refused the content of a mail, so that SNS would refuse every retry too.
_REFUSALS = frozenset({"InvalidParameter", "InvalidParameterValue", "ValidationException"})
_MARK_ERRORS: tuple[type[Exception], ...] = (*aws.AWS_ERRORS, tables.ConditionFailedError)
# Taking the lease, publishing and marking the mail as sent take at most 22.5 s (see aws.py). With less time,
# a mail might be sent but not marked, and the next delivery of the record would send the mail again.
_MIN_TIME_MS = 23_000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send the mails of a batch, then raise the first transient error, so that Lambda tries again.

    A second delivery sends no mail again, because the ledger contains every mail that was sent.
    """
    results = [_process(record, context) for record in event["Records"]]
    errors = [error for error in results if error]
    if errors:
        raise errors[0]
    return {"batchItemFailures": []}


def _process(record: StreamRecord, context: Any) -> Exception | None:
    """Send the mail of one record, or send the record to the dead letters. Return a transient error."""
    fields = {"requestID": context.aws_request_id, "eventID": record["eventID"], "orderID": _order_id(record)}
    try:
        outcome = _announce(record, context.get_remaining_time_in_millis())
    except Exception as error:  # noqa: BLE001 - one record must not block its shard for a day
        log.failure("notification.failed", error, code=aws.error_code(error), **fields)
        return error if _is_transient(error) else _send_to_dead_letters(record, error, fields)
    log.event(f"notification.{outcome}", **fields)
    return None


def _announce(record: StreamRecord, time_left_ms: int) -> str:
    """Send the mail of a record if it is due; return the outcome for the log."""
    if time_left_ms < _MIN_TIME_MS:
        raise OutOfTimeError
    if not _is_due(record):
        return "none"
    order = cast(Order, tables.record(record["dynamodb"]["NewImage"]))
    letter = mail.compose(order, os.environ["SHOP_SITE_URL"])
    notification_id = f"{order['orderID']}#{order['status']}"
    if not ledger.claim(notification_id, record["eventID"], times.now_ms()):
        return "sent_before"
    _publish(letter)
    return _mark_sent(notification_id, record["eventID"])


def _is_due(record: StreamRecord) -> bool:
    change, is_new = record["dynamodb"], record["eventName"] == "INSERT"
    return mail.is_due(_status(change.get("NewImage")), _status(change.get("OldImage")), is_new=is_new)


def _status(image: Image | None) -> str | None:
    return (image or {}).get("status", {}).get("S")


def _publish(letter: Mail) -> None:
    aws.sns().publish(TopicArn=os.environ["SHOP_TOPIC_ARN"], Subject=letter.subject, Message=letter.body)


def _mark_sent(notification_id: str, owner: str) -> str:
    """Mark the mail as sent; return the outcome for the log.

    A failure is not raised, because the next delivery of the record would send the mail again.
    """
    try:
        ledger.mark_sent(notification_id, owner, times.now())
    except _MARK_ERRORS as error:
        log.failure("ledger.not_marked", error, notificationID=notification_id)
        return "sent_unmarked"
    return "sent"


def _is_transient(error: Exception) -> bool:
    """Whether another delivery of the record may succeed."""
    if aws.error_code(error) in _REFUSALS:
        return False
    return isinstance(error, (*aws.AWS_ERRORS, ledger.StillLeasedError, OutOfTimeError))


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
