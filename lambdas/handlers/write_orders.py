"""From the order queue to the orders table: every message becomes an order or a dead letter with a reason.

The products of a batch are read together, and its orders are stored side by side.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, cast

from lambdas.platform import aws, log, side_by_side
from lambdas.platform.batches import Reading
from lambdas.platform.errors import Fault, OutOfTimeError, UndeliverableError
from lambdas.shop import catalog, order_origin, order_queue, orders, pricing, submissions
from lambdas.shop.documents import Order, OrderContent, ProductPrice
from lambdas.shop.order_queue import Message
from lambdas.shop.orders import Origin
from lambdas.shop.submissions import Submission

Parsed = tuple[Origin, Submission] | Exception

# The slowest AWS call takes 6 s (see aws.py). With less time, no products are read.
_MIN_TIME_MS = 7000
# A try to store an order takes 2.5 s, and so does setting the pauses of failed messages. The timeout may cut
# off boto3's second try. With a larger number, no order at all would be stored while all reads are slow.
_MIN_STORE_MS = 5000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Store the orders of a batch; return the messages that must be delivered again."""
    messages = [Message.of(record) for record in event["Records"]]
    parsed = [_parse(message) for message in messages]
    products = catalog.read_each_for_pricing(_skus(parsed), lambda: _require_time(context, _MIN_TIME_MS))

    def _failed(places: Sequence[int]) -> list[int]:
        return [at for at in places if not _process(messages[at], parsed[at], products, context)]

    groups = side_by_side.call(_failed, _places_by_order(parsed))
    failed = [messages[at] for at in sorted(at for group in groups for at in group)]
    order_queue.back_off(failed)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _parse(message: Message) -> Parsed:
    """Return the origin and the order of a message, or the error that prevents this."""
    try:
        return order_origin.of(message), submissions.read(message.body)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others of its batch
        return error


def _skus(parsed: Iterable[Parsed]) -> Iterable[str]:
    """Yield the SKUs of all orders that can be priced."""
    submitted = [one[1] for one in parsed if not isinstance(one, Exception)]
    return (item["sku"] for one in submitted if not one.faults for item in one.order["items"])


def _places_by_order(parsed: Sequence[Parsed]) -> list[list[int]]:
    """Return the places in the batch by order. Messages with the same ID are processed in turn."""
    places: dict[str, list[int]] = {}
    for at, one in enumerate(parsed):
        places.setdefault(str(at) if isinstance(one, Exception) else one[1].order_id, []).append(at)
    return list(places.values())


def _require_time(context: Any, milliseconds: int) -> None:
    if context.get_remaining_time_in_millis() < milliseconds:
        raise OutOfTimeError


def _process(message: Message, parsed: Parsed, products: Reading, context: Any) -> bool:
    """Store one order or send it to the dead letters; return whether the queue may delete the message."""
    fields = {"requestID": context.aws_request_id, "messageID": message.message_id}
    try:
        _require_time(context, _MIN_STORE_MS)
        _write(message, parsed, products, fields)
    except Exception as error:  # noqa: BLE001 - one order must not fail the others of its batch
        log.failure("order.failed", error, receives=message.receives, **fields)
        reason = f"given up after {message.receives} tries: {aws.error_code(error)}"
        return message.on_last_try and _give_up(message, reason, fields)
    return True


def _write(message: Message, parsed: Parsed, products: Reading, fields: dict[str, str]) -> None:
    try:
        if isinstance(parsed, Exception):
            raise parsed
        origin, submission = parsed
        order = _order(origin, submission, products)
        is_new = orders.store(order, submission.fingerprint_as_written)
    except UndeliverableError as refusal:
        order_origin.send_to_dead_letters(message, str(refusal))
        log.event("order.dead_lettered", **fields)
    else:
        fields |= {"orderID": order["orderID"], **origin.log_fields}
        log.event(f"order.{order['status']}", new=is_new, **fields)


def _order(origin: Origin, submission: Submission, products: Reading) -> Order:
    currency = os.environ["SHOP_CURRENCY"]
    content, reasons = _check(submission, products, currency)
    order = orders.new(submission.order_id, content, reasons, origin, currency=currency)
    return order | {"submissionHash": submission.fingerprint}


def _check(submission: Submission, products: Reading, currency: str) -> tuple[OrderContent, list[Fault]]:
    """Return the content of the order, and the reasons for which it is rejected.

    Raises the error with which one of its products could not be read.
    """
    if submission.faults:
        kept = submissions.readable(submission.document) | {"submitted": submission.text}
        return kept, list(submission.faults)
    items = submission.order["items"]
    products.require(item["sku"] for item in items)
    lines, reasons = pricing.price(items, cast(dict[str, ProductPrice], products.found), currency)
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
