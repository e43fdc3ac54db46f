"""The order queue: its messages, and the pauses between tries."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.platform import aws, log

_MIN_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 5, 900


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

    @property
    def on_last_try(self) -> bool:
        """Whether SQS moves the message to the dead letters, without a reason, if this try fails."""
        return self.receives >= int(os.environ["SHOP_MAX_RECEIVE_COUNT"])

    def text(self, name: str) -> str | None:
        """Return the text of an attribute, or None if the message has no such attribute."""
        text: str | None = self.attributes.get(name, {}).get("stringValue")
        return text


def pause_seconds(receives: int) -> int:
    """Return the pause in seconds after a number of tries: 5 after the first, then doubled, at most 900."""
    return min(_MIN_PAUSE_SECONDS << (receives - 1), _MAX_PAUSE_SECONDS)


def back_off(messages: Sequence[Message]) -> None:
    """Hide failed messages until their next try, for longer after each try.

    If hiding fails, the messages return after the visibility timeout.
    """
    if not messages:
        return
    try:
        response = aws.sqs().change_message_visibility_batch(
            QueueUrl=os.environ["SHOP_ORDER_QUEUE_URL"], Entries=_entries(messages)
        )
    except aws.AWS_ERRORS as error:
        log.failure("back_off.failed", error, code=aws.error_code(error))
    else:
        log.event("back_off", messages=len(messages), refused=len(response.get("Failed", [])))


def _entries(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [
        {
            "Id": str(index),
            "ReceiptHandle": message.receipt,
            "VisibilityTimeout": pause_seconds(message.receives),
        }
        for index, message in enumerate(messages)
    ]
