"""The order queue as its consumer sees it: messages, the back-off between tries, the last try."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.platform import access, aws, dead_letters, log

_MIN_PAUSE, _MAX_PAUSE = 5, 900  # seconds


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of the queue: an order's text, and who sent it when."""

    message_id: str
    receipt: str
    body: str
    sent_at: int  # milliseconds since 1970, the same at every delivery
    receives: int
    attributes: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Message":
        """Read one record of the event that Lambda hands over."""
        return cls(
            message_id=record["messageId"],
            receipt=record["receiptHandle"],
            body=record["body"],
            sent_at=int(record["attributes"]["SentTimestamp"]),
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
            attributes=record.get("messageAttributes") or {},
        )

    @property
    def sender(self) -> str:
        """The signed-in person's address, or `queue` if an operator put the message there."""
        return self._text("submittedBy") or "queue"

    @property
    def from_outsider(self) -> bool:
        """Whether the gateway passed it on for somebody who is in neither group."""
        groups = self._text("groups")
        return groups is not None and not access.may_use_orders(access.groups(groups))

    @property
    def on_last_try(self) -> bool:
        """Whether SQS would move it to the dead letters, without a reason, instead of delivering it again."""
        return self.receives >= int(os.environ["SHOP_MAX_RECEIVE_COUNT"])

    def _text(self, name: str) -> str | None:
        text: str | None = self.attributes.get(name, {}).get("stringValue")
        return text


def bury(message: Message, reason: str) -> None:
    """Send a message to the dead letters with its reason. Raises what boto3 raises."""
    queue = os.environ["SHOP_ORDER_DLQ_URL"]
    dead_letters.send(queue, message.body, reason, message.message_id, message.attributes)


def pause_seconds(receives: int) -> int:
    """Return the seconds to wait after so many tries: 5, doubled each time, at most 900."""
    return min(_MIN_PAUSE << (receives - 1), _MAX_PAUSE)


def back_off(messages: Sequence[Message]) -> None:
    """Hide failed messages for longer each time; without it they come back after the visibility timeout."""
    if not messages:
        return
    entries = [
        {
            "Id": str(index),
            "ReceiptHandle": message.receipt,
            "VisibilityTimeout": pause_seconds(message.receives),
        }
        for index, message in enumerate(messages)
    ]
    try:
        answer = aws.sqs().change_message_visibility_batch(
            QueueUrl=os.environ["SHOP_ORDER_QUEUE_URL"], Entries=entries
        )
    except aws.AWS_ERRORS as fault:
        log.failure("back_off.failed", fault, code=aws.error_code(fault))
    else:
        log.event("back_off", messages=len(messages), refused=len(answer.get("Failed", [])))
