"""Dead letters: what cannot be processed, kept whole and with the reason beside it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from lambdas.platform import aws

_MAX_ATTRIBUTES = 8  # SQS takes ten attributes a message; two are ours
_MAX_REASON = 1000
_MAX_BODY_BYTES = 240 * 1024  # bytes; the queue takes 256 KiB with the attributes


def send(queue_url: str, body: str, reason: str, source_id: str, attributes: dict[str, Any]) -> None:
    """Send a message to a dead-letter queue, with the attributes it had as Lambda shows them.

    Raises what boto3 raises; the caller still has the message then.
    """
    kept = {name: _attribute(shown) for name, shown in list(attributes.items())[:_MAX_ATTRIBUTES]}
    ours = {"reason": _text(cleaned(reason)), "sourceMessageId": _text(source_id)}
    aws.sqs().send_message(QueueUrl=queue_url, MessageBody=body, MessageAttributes=kept | ours)


def of_record(record: dict[str, Any]) -> str:
    """Write a stream's record as the body of a dead letter, as much of it as a message takes.

    Two images can be larger than that; then the new one is kept, or nothing but the key.
    """
    return next(body for body in _less_and_less(record) if len(body) <= _MAX_BODY_BYTES)


def _less_and_less(record: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(record, default=str)  # in ASCII, so that its length is its size
    for kept in (("Keys", "NewImage"), ("Keys",)):
        change = {name: record["dynamodb"].get(name) for name in kept}
        whose = {name: record[name] for name in ("eventID", "eventName")}
        yield json.dumps({**whose, "dynamodb": change}, default=str)


def cleaned(reason: str) -> str:
    """Make a reason of characters that SQS takes, on one line and not endless."""
    text = "".join(letter if letter.isprintable() else " " for letter in reason)
    return text[:_MAX_REASON] or "no reason given"


def _attribute(shown: dict[str, Any]) -> dict[str, Any]:
    if shown.get("binaryValue") is not None:
        return {"DataType": shown["dataType"], "BinaryValue": base64.b64decode(shown["binaryValue"])}
    return {"DataType": shown["dataType"], "StringValue": shown["stringValue"]}


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
