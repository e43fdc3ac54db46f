"""From the order queue to the orders table: every message becomes an order or a dead letter with a reason.

The products of a batch are read in one call, and the names of its shops beside that. Its orders are stored in
another one. An order that this call did not store is tried by itself.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from lambdas.platform import aws, dead_letters, log, side_by_side
from lambdas.platform.batches import Reading
from lambdas.platform.errors import Fault, OutOfTimeError, UndeliverableError
from lambdas.shop import (
    catalog,
    erased_on_way,
    new_orders,
    order_numbers,
    order_origin,
    order_queue,
    order_seal,
    pricing,
    shop_names,
    submissions,
)
from lambdas.shop.documents import Order, OrderContent, ProductPrice
from lambdas.shop.order_message import Message
from lambdas.shop.order_origin import Origin
from lambdas.shop.submissions import Submission

Parsed = tuple[Origin, Submission] | Exception
Priced = tuple[Order, Origin, Submission] | Exception


# The slowest AWS call takes 6 s (see aws.py). With less time, no products are read.
_MIN_TIME_MS = 7000
# A try to store an order takes 2.5 s, and so does setting the pauses of failed messages. The timeout may cut
# off boto3's second try. With a larger number, no order at all would be stored while all reads are slow.
_MIN_STORE_MS = 5000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Store the orders of a batch; return the messages that must be delivered again."""
    messages = [Message.of(record) for record in event["Records"]]
    parsed = [_parse(message, context) for message in messages]
    named, numbers, products = _read(parsed, context)
    priced = [_price(at, one, numbers, products) for at, one in enumerate(named)]
    added = _add(priced, context)

    def _failed(places: Sequence[int]) -> list[int]:
        return [at for at in places if not _process(messages[at], priced[at], at in added, context)]

    groups = side_by_side.call(_failed, _places_by_order(parsed))
    failed = [messages[at] for at in sorted(at for group in groups for at in group)]
    order_queue.back_off(failed)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _parse(message: Message, context: Any) -> Parsed:
    """Return the origin and the order of a message, or the error that prevents this."""
    try:
        origin = order_origin.of(message)
        if origin.redriven:
            _require_time(context, _MIN_TIME_MS)
            erased_on_way.refuse(origin)
        return origin, submissions.read(message.body, origin.account)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others of its batch
        return error


def _read(
    parsed: Sequence[Parsed], context: Any
) -> tuple[list[Parsed], Callable[[], Mapping[int, int]], Reading]:
    """Return the orders with the names of their shops, a function that returns numbers, and products."""

    def _before_call() -> None:
        _require_time(context, _MIN_TIME_MS)

    def _read_names() -> Reading:
        return shop_names.read_each(
            (one[0] for one in parsed if not isinstance(one, Exception)), _before_call
        )

    with (
        side_by_side.begun(lambda: _draw_numbers(parsed, context)) as numbers,
        side_by_side.begun(_read_names) as names,
    ):
        products = catalog.read_each_for_pricing(_skus(parsed), _before_call)
    return [_name(one, names()) for one in parsed], numbers, products


def _name(parsed: Parsed, names: Reading) -> Parsed:
    """Return an order with the name of its shop, or the error that prevents this."""
    if isinstance(parsed, Exception):
        return parsed
    origin, submission = parsed
    try:
        return shop_names.named(origin, names), submission
    except Exception as error:  # noqa: BLE001 - one order must not fail the others of its batch
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


def _has_time(context: Any, milliseconds: int) -> bool:
    return bool(context.get_remaining_time_in_millis() >= milliseconds)


def _require_time(context: Any, milliseconds: int) -> None:
    if not _has_time(context, milliseconds):
        raise OutOfTimeError


def _draw_numbers(parsed: Sequence[Parsed], context: Any) -> dict[int, int]:
    """Return a number for each order, by its place in the batch."""
    places = [at for at, one in enumerate(parsed) if not isinstance(one, Exception)]
    if not places:
        return {}
    _require_time(context, _MIN_STORE_MS)
    return dict(zip(places, order_numbers.draw(len(places)), strict=True))


def _price(at: int, parsed: Parsed, numbers: Callable[[], Mapping[int, int]], products: Reading) -> Priced:
    """Return the order of a message, placed or rejected, or the error that prevents this."""
    if isinstance(parsed, Exception):
        return parsed
    origin, submission = parsed
    currency = os.environ["SHOP_CURRENCY"]
    try:
        content, reasons = _check(submission, origin, products, currency)
        number = numbers()[at]
        order = new_orders.make(submission.order_id, number, content, reasons, origin, currency=currency)
    except Exception as error:  # noqa: BLE001 - one order must not fail the others of its batch
        return error
    return order | {"submissionHash": submission.fingerprint}, origin, submission


def _add(priced: Sequence[Priced], context: Any) -> set[int]:
    """Store the first order of each ID in one call; return the places of the orders that it stored.

    It may have stored others too, if its answer was lost.
    """
    first: dict[str, tuple[int, Order]] = {}
    for at, one in enumerate(priced):
        if not isinstance(one, Exception):
            first.setdefault(one[0]["orderID"], (at, one[0]))
    if len(first) < 2 or not _has_time(context, _MIN_STORE_MS):
        return set()
    try:
        added = new_orders.add([order for _, order in first.values()])
    except Exception as error:  # noqa: BLE001 - each order is tried by itself then
        log.failure("orders.not_added", error, requestID=context.aws_request_id)
        return set()
    return {first[order_id][0] for order_id in added}


def _process(message: Message, priced: Priced, is_added: bool, context: Any) -> bool:
    """Store one order or send it to the dead letters; return whether the queue may delete the message."""
    fields = {"requestID": context.aws_request_id, "messageID": message.message_id}
    try:
        if not is_added:
            _require_time(context, _MIN_STORE_MS)
        _write(message, priced, is_added, fields)
    except Exception as error:  # noqa: BLE001 - one order must not fail the others of its batch
        log.failure("order.failed", error, receives=message.receives, **fields)
        reason = f"given up after {message.receives} tries: {aws.error_code(error)}"
        return order_queue.on_last_try(message) and _give_up(message, reason, fields)
    return True


def _write(message: Message, priced: Priced, is_added: bool, fields: dict[str, str]) -> None:
    try:
        if isinstance(priced, Exception):
            raise priced
        order, origin, submission = priced
        is_new = is_added or new_orders.store(order, submission.fingerprint_as_written)
    except erased_on_way.ErasedError:
        log.event("order.erased_on_way", **fields)
    except UndeliverableError as refusal:
        _send_to_dead_letters(message, str(refusal))
        log.event("order.dead_lettered", **fields)
    else:
        fields |= {"orderID": order["orderID"], **origin.log_fields}
        log.event(f"order.{order['status']}", new=is_new, **fields)


def _check(
    submission: Submission, origin: Origin, products: Reading, currency: str
) -> tuple[OrderContent, list[Fault]]:
    """Return the content of the order, and the reasons for which it is rejected.

    Raises the error with which one of its products could not be read.
    """
    if submission.faults:
        kept = submissions.readable(submission.document) | {"submitted": submission.text}
        return kept, list(submission.faults)
    order = submission.order
    items, charges = order["items"], order.get("charges", [])
    products.require(item["sku"] for item in items)
    found = cast(dict[str, ProductPrice], products.found)
    lines, reasons = pricing.price(items, found, currency, charges)
    reasons = order_origin.charge_faults(origin, charges) + reasons
    is_customers = origin.account is not None and not origin.is_mended  # and not an admin's
    if is_customers:
        reasons += pricing.minimum_faults(items, found) + submissions.agreement_faults(order)
    if not reasons:  # otherwise nobody knows the total
        present = pricing.total(lines, charges)
        advice = pricing.LOOK_AT_PRICES if is_customers else pricing.AGREE_WITH_CUSTOMER
        reasons = pricing.agreed_total_faults(order.get("agreedTotal"), present, currency, advice)
    content = pricing.without_empty_charges({**order, "items": lines})
    content.pop("orderID")
    return cast(OrderContent, content), reasons


def _give_up(message: Message, reason: str, fields: dict[str, str]) -> bool:
    """Send a message to the dead letters after its last try; return whether that succeeded."""
    try:
        _send_to_dead_letters(message, reason)
    except Exception as error:  # noqa: BLE001 - SQS then moves the message itself, without a reason
        log.failure("order.not_dead_lettered", error, **fields)
        return False
    log.event("order.dead_lettered", **fields)
    return True


def _send_to_dead_letters(message: Message, reason: str) -> None:
    """Send a message to the dead letters with its reason, and a seal of what is known about its origin.

    Raises the errors of boto3.
    """
    sealed = order_seal.with_seal(message.body, order_seal.attributes_to_keep(message))
    given = {name: {"dataType": "String", "stringValue": text} for name, text in sealed.items()}
    others = {name: one for name, one in message.attributes.items() if name not in order_seal.NAMES}
    queue = os.environ["SHOP_ORDER_DLQ_URL"]
    dead_letters.send(queue, message.body, reason, message.message_id, given | others)
