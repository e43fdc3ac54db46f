"""One try to send an event to a webhook, signed by the Standard Webhooks specification."""

import base64
import hashlib
import hmac
import time
from typing import NamedTuple

from lambdas.platform import posting, public_hosts, times
from lambdas.platform.posting import NoAnswerError
from lambdas.platform.public_hosts import RefusedAddressError
from lambdas.platform.tables import Record
from lambdas.shop import webhook_addresses, webhooks

SECONDS = 5  # for one try in all
_GONE = 410  # the receiver wants no more events
_MAX_ANSWER = 200  # characters that are kept


class Result(NamedTuple):
    """The result of a try: the status or None, how the answer begins or why there is none, and the time."""

    status: int | None
    answer: str
    milliseconds: int

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more events."""
        return self.status == _GONE

    @property
    def fields(self) -> Record:
        """The result as a delivery keeps it."""
        status = {} if self.status is None else {"status": self.status}
        return {**status, "answer": self.answer, "milliseconds": self.milliseconds}


def send(webhook: Record, event_id: str, body: str) -> Result:
    """Send an event once. Its address is checked anew."""
    begun = time.monotonic()
    status: int | None = None
    try:
        address = webhook_addresses.parse(webhook["url"])
        numbers = public_hosts.numbers(address)
        headers = _headers(webhook, event_id, times.now_ms() // 1000, body)
        status, said = posting.post(address, numbers, headers, body.encode(), SECONDS)
    except RefusedAddressError as error:
        said = f"the address {error}"
    except NoAnswerError as error:
        said = str(error)
    return Result(status, _one_line(said), round((time.monotonic() - begun) * 1000))


def signature(secret: str, event_id: str, timestamp: int, body: str) -> str:
    """Return the signature of an event that is sent at a time in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(webhooks.PREFIX))
    signed = f"{event_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _headers(webhook: Record, event_id: str, timestamp: int, body: str) -> dict[str, str]:
    signatures = (signature(one["secret"], event_id, timestamp, body) for one in webhook["secrets"])
    return {
        "Content-Type": "application/json",
        "User-Agent": "order-desk-webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _one_line(said: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:_MAX_ANSWER]
