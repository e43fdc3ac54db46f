"""From the queue of events to the webhooks of connected shops."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from lambdas.platform import aws, batches, dead_letters, log, side_by_side, tables, visibility
from lambdas.platform.errors import UndeliverableError
from lambdas.shop import webhook_deliveries
from lambdas.shop.order_message import Message

# A try takes 5 s, the lookup of the name 4 s, and a few calls of AWS 6 s each at most.
_MIN_TIME_MS = 25_000
_RETRY_MS = 30_000  # after a fault that passes, such as a table that is too busy
_TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    tables.ConditionFailedError,
)

Waits = dict[str, int]
"""Milliseconds until the next try, by the ID of a message."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver the events of a batch, and keep those that have to be tried later in the queue.

    The events of one shop are delivered one after the other, beside those of other shops.
    """
    messages = [Message.of(record) for record in event["Records"]]
    shops: dict[str, list[Message]] = {}
    for message in messages:
        shops.setdefault(message.text("shop") or "", []).append(message)
    left = context.get_remaining_time_in_millis
    waits: Waits = {}
    for found in side_by_side.call(lambda of_shop: _deliver(of_shop, left), list(shops.values())):
        waits |= found
    pauses = [(one.receipt, -(-waits[one.message_id] // 1000)) for one in messages if one.message_id in waits]
    visibility.hide(os.environ["SHOP_WEBHOOK_QUEUE_URL"], pauses)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in waits]}


def _deliver(messages: Sequence[Message], left: Callable[[], int]) -> Waits:
    results = {message.message_id: _wait(message, left) for message in messages}
    return {message_id: max(wait, 0) for message_id, wait in results.items() if wait is not None}


def _wait(message: Message, left: Callable[[], int]) -> int | None:
    """Process a message; return the milliseconds until its next try, or None if it is done."""
    if left() < _MIN_TIME_MS:
        return 0
    try:
        return webhook_deliveries.process(webhook_deliveries.parse(message))
    except _TRANSIENT_ERRORS as error:
        if tables.is_refusal(error):
            return _send_to_dead_letters(message, error)
        log.failure("webhook.failed", error, code=aws.error_code(error), messageID=message.message_id)
        return _RETRY_MS
    except Exception as error:  # noqa: BLE001 - one event must not take the others to the dead letters
        return _send_to_dead_letters(message, error)


def _send_to_dead_letters(message: Message, error: Exception) -> int | None:
    is_refused = isinstance(error, UndeliverableError)
    reason = str(error) if is_refused else f"{type(error).__name__}: {error}"
    log.failure("webhook.failed", error, messageID=message.message_id)
    try:
        dead_letters.send(
            os.environ["SHOP_WEBHOOK_DLQ_URL"],
            message.body,
            f"this event could not be sent: {reason}",
            message.message_id,
            message.attributes,
        )
    except aws.AWS_ERRORS as failure:
        log.failure("webhook.not_dead_lettered", failure, messageID=message.message_id)
        return _RETRY_MS
    return None
