"""The seal of dead letters: it shows that our own functions wrote the attributes of a message.

A dead letter keeps the attributes of its message. In the attribute `operator` our functions note the sender
and the time of a message that was an operator's, and in `redriven` who sent a dead letter again.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from lambdas.shop.order_message import Message

SEAL, BY_OPERATOR, REDRIVEN = "seal", "operator", "redriven"
_CLAIMS = ("channel", "acceptedAt", "submittedBy", "sub", "groups")
_OF_CUSTOMERS = ("name", "emailVerified")
_NOTES = (BY_OPERATOR, REDRIVEN)
_LATER = (*_OF_CUSTOMERS, *_NOTES)  # not in the seals of earlier releases
NAMES = frozenset({*_CLAIMS, *_LATER, SEAL})


def attributes_to_keep(message: Message) -> dict[str, str]:
    """Return what a dead letter keeps of its message's attributes, and whether they were believed."""
    known = ((name, message.text(name)) for name in (*_CLAIMS, *_LATER))
    kept = {name: text for name, text in known if text is not None}
    if is_sealed(message):
        return kept
    for name in _NOTES:
        kept.pop(name, None)
    if message.text("channel") is not None and is_believed(message):
        return kept
    for name in _OF_CUSTOMERS:  # a message has at most 10 attributes, and nobody believes these
        kept.pop(name, None)
    return kept | {BY_OPERATOR: json.dumps({"sender": message.sender_id, "sentAt": message.sent_at})}


def with_seal(body: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a message of this body with their seal."""
    return {**attributes, SEAL: _seal(body, attributes)}


def is_believed(message: Message) -> bool:
    """Whether the attributes of a message are true: the gateway sent it, or our functions sealed it."""
    # The sender of a message is its IAM user's ID, or the role's ID, a colon and the name of the session.
    role, _, _ = message.sender_id.partition(":")
    return role == os.environ["SHOP_GATEWAY_ROLE_ID"] or is_sealed(message)


def is_sealed(message: Message) -> bool:
    """Whether one of our own functions wrote the attributes of a message."""
    texts = {name: text for name in (*_CLAIMS, *_LATER) if (text := message.text(name)) is not None}
    seal = message.text(SEAL) or ""
    return hmac.compare_digest(seal.encode(), _seal(message.body, texts).encode())


def note(message: Message, name: str) -> Any:
    """Return what our functions noted in an attribute, or None. Nobody else can write such a note."""
    text = message.text(name)
    return json.loads(text) if text and is_sealed(message) else None


def _seal(body: str, attributes: Mapping[str, str]) -> str:
    """Return the HMAC of a body and of what is said about it."""
    later = {name: attributes[name] for name in _LATER if name in attributes}
    said = [body, *(attributes.get(name) for name in _CLAIMS), *([later] if later else [])]
    sealed = json.dumps(said)
    return hmac.new(os.environ["SHOP_SEAL_KEY"].encode(), sealed.encode(), hashlib.sha256).hexdigest()
