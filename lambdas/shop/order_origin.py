"""The origin of an order: the channel it came through, the person who sent it, and when it was accepted.

The gateway says all this in attributes of the message. They are believed if the gateway's role sent the
message, or if the attribute `seal` shows that `write_orders` had believed them before it made the message a
dead letter. Any other message is an operator's, whatever its attributes say.
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Sequence
from typing import Any

from lambdas.platform import access, dead_letters, log
from lambdas.platform.access import Person
from lambdas.platform.errors import Fault, UndeliverableError
from lambdas.shop.documents import Charge
from lambdas.shop.new_orders import Origin
from lambdas.shop.order_queue import Message

STAFF, OPERATOR = "staff", "operator"
CHANNELS = frozenset({STAFF})  # each is a constant in a mapping template of the gateway
SEAL = "seal"
_SEALED = ("channel", "acceptedAt", "submittedBy", "sub", "groups")
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
# A clock of AWS may be ahead of another one.
_MAX_SKEW_MS = 5 * 60 * 1000


def of(message: Message) -> Origin:
    """Return the origin of a message.

    Raises UndeliverableError for an unknown channel, and for a sender who may not order.
    """
    channel, groups = message.text("channel"), message.text("groups")
    if channel is not None and channel not in CHANNELS:
        raise UndeliverableError(f"channel must be one of {', '.join(sorted(CHANNELS))}, got {channel!r}")
    # Of every message with this attribute, also of one that the gateway may not have sent.
    if groups is not None and not access.may_use_orders(access.groups(groups)):
        raise UndeliverableError("the sender must be in one of the groups staff and admin")
    if channel is None or not _is_believed(message):
        return Origin(
            channel=OPERATOR, sender=Person(OPERATOR, message.sender_id), accepted_at=message.sent_at
        )
    sub = message.text("sub") or "unknown"
    sender = Person(message.text("submittedBy") or sub, sub)
    return Origin(channel=channel, sender=sender, accepted_at=_accepted_at(message))


def charge_faults(origin: Origin, charges: Sequence[Charge]) -> list[Fault]:
    """Return the fault of charges that did not come from staff. All other prices are those of the catalog."""
    is_refused = charges and origin.channel != STAFF
    return [Fault("charges", "can be added by staff only")] if is_refused else []


def send_to_dead_letters(message: Message, reason: str) -> None:
    """Send a message to the dead letters with its reason, and with its seal if its attributes are believed.

    Raises the errors of boto3.
    """
    queue = os.environ["SHOP_ORDER_DLQ_URL"]
    dead_letters.send(queue, message.body, reason, message.message_id, _sealed_attributes(message))


def _sealed_attributes(message: Message) -> dict[str, Any]:
    """Return the attributes of a message, with a seal if they are believed and without one otherwise."""
    kept = {name: shown for name, shown in message.attributes.items() if name != SEAL}
    if message.text("channel") is None or not _is_believed(message):
        return kept
    return kept | {SEAL: {"dataType": "String", "stringValue": _seal(message)}}


def _is_believed(message: Message) -> bool:
    # The sender of a message is its IAM user's ID, or the role's ID, a colon and the name of the session.
    role, _, _ = message.sender_id.partition(":")
    seal = message.text(SEAL) or ""
    return role == os.environ["SHOP_GATEWAY_ROLE_ID"] or hmac.compare_digest(
        seal.encode(), _seal(message).encode()
    )


def _seal(message: Message) -> str:
    """Return the HMAC of the body and of what the gateway said about it."""
    sealed = json.dumps([message.body, *(message.text(name) for name in _SEALED)])
    return hmac.new(os.environ["SHOP_SEAL_KEY"].encode(), sealed.encode(), hashlib.sha256).hexdigest()


def _accepted_at(message: Message) -> int:
    """Return when the gateway accepted the order, or when the message was sent if that is unreadable.

    An order is not refused for it, because nobody could mend that.
    """
    text = message.text("acceptedAt") or ""
    if _MILLISECONDS.fullmatch(text) and int(text) <= message.sent_at + _MAX_SKEW_MS:
        return int(text)
    log.event("order.acceptance_unreadable", level="ERROR", messageID=message.message_id)
    return message.sent_at
