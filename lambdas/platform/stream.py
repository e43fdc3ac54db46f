"""Records of a table's stream: the state of an item before and after a change."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

from lambdas.platform import aws, dead_letters
from lambdas.platform.tables import Attribute

_MAX_PAGES = 20  # of one read; a page has up to 1,000 records or 1 MB

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
    # Of a mail that somebody has sent again: its ID, and the status it is about. It has no images.
    notificationID: NotRequired[str]
    status: NotRequired[str]


def is_behind(records: Sequence[StreamRecord], seconds: float) -> bool:
    """Whether even the newest of these records is older than some seconds, or all are of an unknown age."""
    newest = max(record["dynamodb"].get("ApproximateCreationDateTime", 0.0) for record in records)
    return newest < time.time() - seconds


def records(event: Mapping[str, Any]) -> list[StreamRecord]:
    """Return the records of an event: those of the stream, or those in messages that were sent again."""
    given = event["Records"]
    return [json.loads(one["body"]) if one.get("eventSource") == "aws:sqs" else one for one in given]


def read(stream_arn: str, shard: str, first: str, last: str) -> list[StreamRecord]:
    """Return the records between two sequence numbers, both included. Raises the errors of boto3."""
    client = aws.streams()
    iterator = client.get_shard_iterator(
        StreamArn=stream_arn,
        ShardId=shard,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=first,
    ).get("ShardIterator")
    found: list[StreamRecord] = []
    for _ in range(_MAX_PAGES):
        if not iterator:  # the shard is read to its end
            break
        page = client.get_records(ShardIterator=iterator)
        for one in page["Records"]:
            if int(one["dynamodb"]["SequenceNumber"]) > int(last):
                return found
            found.append(_as_lambda_has_it(one))
        if page["Records"] and int(page["Records"][-1]["dynamodb"]["SequenceNumber"]) == int(last):
            break
        iterator = page.get("NextShardIterator")
    return found


def _as_lambda_has_it(record: Mapping[str, Any]) -> StreamRecord:
    """Return a record of boto3 with its time as Lambda writes it: in seconds since 1970."""
    change = dict(record["dynamodb"])
    if "ApproximateCreationDateTime" in change:
        change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return cast(StreamRecord, {**record, "dynamodb": change})


def send_to_dead_letters(record: StreamRecord, queue_url: str, reason: str) -> None:
    """Send the content of a record to a dead-letter queue. Raises the errors of boto3.

    The stream's own on-failure destination would receive only the position of the record.
    """
    dead_letters.send(queue_url, body(record), reason, record["eventID"], {})


def body(record: StreamRecord) -> str:
    """Return as much of a record as fits into a message: with both images, the new image or the key only."""
    return next(text for text in _bodies(record) if len(text) <= dead_letters.MAX_BODY_BYTES)


def _bodies(record: StreamRecord) -> Iterator[str]:
    """Yield JSON texts of the record from the longest to the shortest, in ASCII: one byte per character."""
    yield json.dumps(record, default=str)
    event = {"eventID": record["eventID"], "eventName": record["eventName"]}
    for kept in (("Keys", "NewImage"), ("Keys",)):
        change = {name: record["dynamodb"].get(name) for name in kept}
        yield json.dumps({**event, "dynamodb": change}, default=str)
