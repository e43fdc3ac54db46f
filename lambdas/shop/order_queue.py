"""The order queue: the pauses between the tries of a message, and its last try."""

import os
from collections.abc import Sequence

from lambdas.platform import visibility
from lambdas.shop.order_message import Message

_MIN_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 5, 900


def on_last_try(message: Message) -> bool:
    """Whether SQS moves a message to the dead letters, without a reason, if this try fails."""
    return message.receives >= int(os.environ["SHOP_MAX_RECEIVE_COUNT"])


def pause_seconds(receives: int) -> int:
    """Return the pause in seconds after a number of tries: 5 after the first, then doubled, at most 900."""
    return min(_MIN_PAUSE_SECONDS << (receives - 1), _MAX_PAUSE_SECONDS)


def back_off(messages: Sequence[Message]) -> None:
    """Hide failed messages until their next try, for longer after each try.

    If hiding fails, the messages return after the visibility timeout.
    """
    pauses = [(message.receipt, pause_seconds(message.receives)) for message in messages]
    visibility.hide(os.environ["SHOP_ORDER_QUEUE_URL"], pauses)
