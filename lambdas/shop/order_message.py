"""One message of the order queue, or of the queue of its dead letters."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of the queue: the text of an order, who sent it, and the time of sending.

    A redrive from the dead letters renews the time and the ID. It may renew the sender: AWS does not say.
    """

    message_id: str
    receipt: str
    body: str
    sent_at: int  # in milliseconds since 1970, the same at every delivery
    receives: int
    sender_id: str
    attributes: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Message":
        """Return the message of one record of the event that Lambda passes to the handler."""
        return cls(
            message_id=record["messageId"],
            receipt=record["receiptHandle"],
            body=record["body"],
            sent_at=int(record["attributes"]["SentTimestamp"]),
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
            sender_id=record["attributes"]["SenderId"],
            attributes=record.get("messageAttributes") or {},
        )

    def text(self, name: str) -> str | None:
        """Return the text of an attribute, or None if the message has no such attribute."""
        text: str | None = self.attributes.get(name, {}).get("stringValue")
        return text
