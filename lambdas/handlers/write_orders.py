"""Order queue to orders table: every message becomes an order once, or a dead letter with its reason."""

import os
from typing import Any

from lambdas.platform import aws, log, times
from lambdas.platform.errors import Fault, UndeliverableError
from lambdas.platform.tables import Record
from lambdas.shop import catalog, order_queue, orders, pricing, submissions
from lambdas.shop.order_queue import Message
from lambdas.shop.submissions import Submission

# The slowest call takes 6 s (see aws.py); an order begun later than this might be cut off half-way.
_MIN_TIME_MS = 7000


class OutOfTimeError(Exception):
    """The function has too little time left to begin another order."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Store the orders of a batch; returns the messages that must come again, and only those."""
    messages = [Message.of(record) for record in event["Records"]]
    failed = [message for message in messages if not _settle(message, context)]
    order_queue.back_off(failed)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _settle(message: Message, context: Any) -> bool:
    """Store one order or bury it; tells whether the queue may forget the message."""
    known = {"requestID": context.aws_request_id, "messageID": message.message_id}
    try:
        _write(message, context.get_remaining_time_in_millis(), known)
    except Exception as fault:  # noqa: BLE001 - one order must not fail the others of its batch
        log.failure("order.failed", fault, receives=message.receives, **known)
        reason = f"given up after {message.receives} tries: {aws.error_code(fault)}"
        return message.on_last_try and _buried(message, reason, known)
    return True


def _write(message: Message, time_left: int, known: dict[str, str]) -> None:
    if time_left < _MIN_TIME_MS:
        raise OutOfTimeError
    try:
        submission = _accepted(message)
        order = _order(message, submission)
        is_new = orders.store(order)
    except UndeliverableError as refusal:
        order_queue.bury(message, str(refusal))
        log.event("order.dead_lettered", **known)
    else:
        log.event(f"order.{order['status']}", orderID=order["orderID"], new=is_new, **known)


def _accepted(message: Message) -> Submission:
    if message.from_outsider:
        raise UndeliverableError("the sender must be in one of the groups staff and admin")
    return submissions.read(message.body)


def _order(message: Message, submission: Submission) -> Record:
    currency = os.environ["SHOP_CURRENCY"]
    content, reasons = _checked(submission, currency)
    at = times.iso(message.sent_at)
    order = orders.new(submission.order_id, content, reasons, at=at, by=message.sender, currency=currency)
    return order | {"submissionHash": submission.fingerprint}


def _checked(submission: Submission, currency: str) -> tuple[Record, list[Fault]]:
    """Return what the order holds and why it is rejected, if it is."""
    if submission.faults:
        kept = submissions.readable(submission.document) | {"submitted": submission.text}
        return kept, list(submission.faults)
    content = {name: value for name, value in submission.document.items() if name != "orderID"}
    products = catalog.read_for_pricing(item["sku"] for item in content["items"])
    lines, reasons = pricing.price(content["items"], products, currency)
    return content | {"items": lines}, reasons


def _buried(message: Message, reason: str, known: dict[str, str]) -> bool:
    try:
        order_queue.bury(message, reason)
    except Exception as fault:  # noqa: BLE001 - SQS's own redrive is the last resort, without a reason
        log.failure("order.not_dead_lettered", fault, **known)
        return False
    log.event("order.dead_lettered", **known)
    return True
