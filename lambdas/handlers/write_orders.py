"""From the order queue to the orders table: every message becomes an order or a dead letter with a reason."""

import os
from typing import Any, cast

from lambdas.platform import aws, log
from lambdas.platform.errors import Fault, OutOfTimeError, UndeliverableError
from lambdas.shop import catalog, order_origin, order_queue, orders, pricing, submissions
from lambdas.shop.documents import Order, OrderContent
from lambdas.shop.order_queue import Message
from lambdas.shop.orders import Origin
from lambdas.shop.submissions import Submission

# The slowest AWS call takes 6 s (see aws.py). With less time, an order might be cut off half-way.
_MIN_TIME_MS = 7000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Store the orders of a batch; return the messages that must be delivered again."""
    messages = [Message.of(record) for record in event["Records"]]
    failed = [message for message in messages if not _process(message, context)]
    order_queue.back_off(failed)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _process(message: Message, context: Any) -> bool:
    """Store one order or send it to the dead letters; return whether the queue may delete the message."""
    fields = {"requestID": context.aws_request_id, "messageID": message.message_id}
    try:
        _write(message, context.get_remaining_time_in_millis(), fields)
    except Exception as error:  # noqa: BLE001 - one order must not fail the others of its batch
        log.failure("order.failed", error, receives=message.receives, **fields)
        reason = f"given up after {message.receives} tries: {aws.error_code(error)}"
        return message.on_last_try and _give_up(message, reason, fields)
    return True


def _write(message: Message, time_left_ms: int, fields: dict[str, str]) -> None:
    if time_left_ms < _MIN_TIME_MS:
        raise OutOfTimeError
    try:
        origin, submission = order_origin.of(message), submissions.read(message.body)
        order = _order(origin, submission)
        is_new = orders.store(order, submission.fingerprint_as_written)
    except UndeliverableError as refusal:
        order_origin.send_to_dead_letters(message, str(refusal))
        log.event("order.dead_lettered", **fields)
    else:
        fields |= {"orderID": order["orderID"], **origin.log_fields}
        log.event(f"order.{order['status']}", new=is_new, **fields)


def _order(origin: Origin, submission: Submission) -> Order:
    currency = os.environ["SHOP_CURRENCY"]
    content, reasons = _check(submission, currency)
    order = orders.new(submission.order_id, content, reasons, origin, currency=currency)
    return order | {"submissionHash": submission.fingerprint}


def _check(submission: Submission, currency: str) -> tuple[OrderContent, list[Fault]]:
    """Return the content of the order, and the reasons for which it is rejected."""
    if submission.faults:
        kept = submissions.readable(submission.document) | {"submitted": submission.text}
        return kept, list(submission.faults)
    items = submission.order["items"]
    products = catalog.read_for_pricing(item["sku"] for item in items)
    lines, reasons = pricing.price(items, products, currency)
    content = {name: value for name, value in submission.order.items() if name != "orderID"}
    return cast(OrderContent, content | {"items": lines}), reasons


def _give_up(message: Message, reason: str, fields: dict[str, str]) -> bool:
    """Send a message to the dead letters after its last try; return whether that succeeded."""
    try:
        order_origin.send_to_dead_letters(message, reason)
    except Exception as error:  # noqa: BLE001 - SQS then moves the message itself, without a reason
        log.failure("order.not_dead_lettered", error, **fields)
        return False
    log.event("order.dead_lettered", **fields)
    return True
