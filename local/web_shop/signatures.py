"""Signatures of webhooks by the Standard Webhooks specification: https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

TOLERANCE_S = 300  # between the sender's clock and ours; an older message may be a recorded one


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message by a secret, which is `whsec_` and the key in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def is_valid(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether one of the secrets signed this message within the last minutes.

    `body` is what arrived, byte for byte, before anything parsed it. `now` is in seconds.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or abs(now - int(timestamp)) > TOLERANCE_S:
        return False
    given = [one.encode() for one in headers.get("webhook-signature", "").split(" ")]
    expected = [sign(secret, message_id, timestamp, body).encode() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)
