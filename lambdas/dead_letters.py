"""Dead letters: what cannot be processed, kept whole and with the reason beside it."""

import base64
from typing import Any

import aws

_MOST_KEPT = 8  # SQS takes ten attributes a message; two are ours
_LONGEST_REASON = 1000


def send(queue_url: str, body: str, reason: str, source_id: str, attributes: dict[str, Any]) -> None:
    """Send a message to a dead-letter queue, with the attributes it had as Lambda shows them.

    Raises what boto3 raises; the caller still has the message then.
    """
    kept = {name: _attribute(shown) for name, shown in list(attributes.items())[:_MOST_KEPT]}
    ours = {"reason": _text(cleaned(reason)), "sourceMessageId": _text(source_id)}
    aws.sqs().send_message(QueueUrl=queue_url, MessageBody=body, MessageAttributes=kept | ours)


def cleaned(reason: str) -> str:
    """Make a reason of characters that SQS takes, on one line and not endless."""
    text = "".join(letter if letter.isprintable() else " " for letter in reason)
    return text[:_LONGEST_REASON] or "no reason given"


def _attribute(shown: dict[str, Any]) -> dict[str, Any]:
    if shown.get("binaryValue") is not None:
        return {"DataType": shown["dataType"], "BinaryValue": base64.b64decode(shown["binaryValue"])}
    return {"DataType": shown["dataType"], "StringValue": shown["stringValue"]}


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
