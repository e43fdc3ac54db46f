"""Records of a table's stream: the state of an item before and after a change."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import NotRequired, TypedDict

from lambdas.platform import dead_letters
from lambdas.platform.tables import Attribute

Image = dict[str, Attribute]
"""An item in DynamoDB's own form, such as `{"total": {"N": "5"}}`."""


class Change(TypedDict):
    """The changed item. A new item has no old image, a deleted item has no new image."""

    ApproximateCreationDateTime: NotRequired[float]  # whole seconds since 1970
    Keys: Image
    OldImage: NotRequired[Image]
    NewImage: NotRequired[Image]


class StreamRecord(TypedDict):
    """One record of a stream, as Lambda passes it to a handler. Only the fields in use are named here."""

    eventID: str
    eventName: str  # INSERT, MODIFY or REMOVE
    dynamodb: Change


def is_behind(records: Sequence[StreamRecord], seconds: float) -> bool:
    """Whether even the newest of these records is older than some seconds, or all are of an unknown age."""
    newest = max(record["dynamodb"].get("ApproximateCreationDateTime", 0.0) for record in records)
    return newest < time.time() - seconds


def send_to_dead_letters(record: StreamRecord, queue_url: str, reason: str) -> None:
    """Send the content of a record to a dead-letter queue. Raises the errors of boto3.

    The stream's own on-failure destination would receive only the position of the record.
    """
    dead_letters.send(queue_url, _body(record), reason, record["eventID"], {})


def _body(record: StreamRecord) -> str:
    """Return as much of a record as fits into a message: with both images, the new image or the key only."""
    return next(body for body in _bodies(record) if len(body) <= dead_letters.MAX_BODY_BYTES)


def _bodies(record: StreamRecord) -> Iterator[str]:
    """Yield JSON texts of the record from the longest to the shortest, in ASCII: one byte per character."""
    yield json.dumps(record, default=str)
    event = {"eventID": record["eventID"], "eventName": record["eventName"]}
    for kept in (("Keys", "NewImage"), ("Keys",)):
        change = {name: record["dynamodb"].get(name) for name in kept}
        yield json.dumps({**event, "dynamodb": change}, default=str)
