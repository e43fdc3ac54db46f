"""Dead letters: messages that cannot be processed, kept whole and with the reason in an attribute."""

import base64
from typing import Any

from lambdas.platform import aws

MAX_BODY_BYTES = 240 * 1024  # the queue takes 256 KiB, attributes included
_MAX_ATTRIBUTES = 8  # SQS takes ten attributes a message, two of which are added here
_MAX_REASON = 1000  # characters


def send(queue_url: str, body: str, reason: str, source_id: str, attributes: dict[str, Any]) -> None:
    """Send a message to a dead-letter queue, with its attributes in the form in which Lambda received them.

    Raises the errors of boto3.
    """
    added = {"reason": _text(cleaned(reason)), "sourceMessageId": _text(source_id)}
    others = [(name, _attribute(received)) for name, received in attributes.items() if name not in added]
    kept = dict(others[:_MAX_ATTRIBUTES])
    aws.sqs().send_message(QueueUrl=queue_url, MessageBody=body, MessageAttributes=kept | added)


def cleaned(reason: str) -> str:
    """Return a reason in characters that SQS takes, on one line and of limited length."""
    text = "".join(letter if letter.isprintable() else " " for letter in reason)
    return text[:_MAX_REASON] or "no reason given"


def _attribute(received: dict[str, Any]) -> dict[str, Any]:
    if received.get("binaryValue") is not None:
        return {"DataType": received["dataType"], "BinaryValue": base64.b64decode(received["binaryValue"])}
    return {"DataType": received["dataType"], "StringValue": received["stringValue"]}


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
