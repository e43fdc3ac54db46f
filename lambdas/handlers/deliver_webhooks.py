"""From the queue of events to the webhooks of connected shops."""

from collections.abc import Callable, Sequence
from typing import Any

from lambdas.platform import side_by_side
from lambdas.shop import webhook_deliveries
from lambdas.shop.message_tries import Work
from lambdas.shop.order_message import Message

_WORK = Work(
    event="webhook",
    noun="event",
    queue="SHOP_WEBHOOK_QUEUE_URL",
    dead="SHOP_WEBHOOK_DLQ_URL",
    # A try takes 5 s, the lookup of the name 4 s, and a few calls of AWS 6 s each at most.
    min_time_ms=25_000,
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
    return _WORK.answer(messages, waits)


def _deliver(messages: Sequence[Message], left: Callable[[], int]) -> Waits:
    results = {message.message_id: _WORK.wait(message, _process, left) for message in messages}
    return {message_id: max(wait, 0) for message_id, wait in results.items() if wait is not None}


def _process(message: Message) -> int | None:
    return webhook_deliveries.process(webhook_deliveries.parse(message))
