"""From the orders stream to figures, customers and search rows: each change of an order is applied once."""

import os
from typing import Any, cast

from lambdas.platform import aws, log, stream, tables
from lambdas.platform.errors import OutOfTimeError
from lambdas.platform.stream import Image, StreamRecord
from lambdas.shop import order_changes
from lambdas.shop.documents import Order

# A record usually takes 20 ms. In 40 s, six AWS calls of at most 6 s are possible (see aws.py).
_MIN_TIME_MS = 40_000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Apply the changes of a batch in their order. Raise a transient error, so that Lambda tries again.

    The records after the error wait for the next delivery, because the changes of an order must be applied
    one after another. A second delivery of a change has no effect.
    """
    for record in event["Records"]:
        _process(record, context)
    return {"batchItemFailures": []}


def _process(record: StreamRecord, context: Any) -> None:
    """Apply one change, or send the record to the dead letters. Raise the error if it is transient."""
    fields = {"requestID": context.aws_request_id, "eventID": record["eventID"]}
    try:
        _apply(record, context.get_remaining_time_in_millis())
    except Exception as error:
        log.failure("views.failed", error, code=aws.error_code(error), **fields)
        if _is_transient(error):
            raise
        _send_to_dead_letters(record, error)  # otherwise this record would block its shard for a day
    else:
        log.event("views.updated", **fields)


def _apply(record: StreamRecord, time_left_ms: int) -> None:
    if time_left_ms < _MIN_TIME_MS:
        raise OutOfTimeError
    change = record["dynamodb"]
    order_changes.apply(_order(change.get("OldImage")), _order(change.get("NewImage")))


def _order(image: Image | None) -> Order | None:
    """Return the order in an image of the stream, or None for a tombstone or no image."""
    item = tables.record(image) if image else None
    return None if item is None or "erasedAt" in item else cast(Order, item)


def _is_transient(error: Exception) -> bool:
    """Whether another delivery of the record may succeed."""
    return isinstance(error, (*order_changes.TRANSIENT_ERRORS, OutOfTimeError)) and not _is_refusal(error)


def _is_refusal(error: Exception) -> bool:
    """Whether DynamoDB refused the content of a write, so that it would refuse every retry too."""
    return aws.error_code(error) == "ValidationException" or "ValidationError" in tables.cancellation_codes(
        error
    )


def _send_to_dead_letters(record: StreamRecord, error: Exception) -> None:
    reason = f"this could not be counted: {type(error).__name__}: {error}"
    stream.send_to_dead_letters(record, os.environ["SHOP_VIEWS_DLQ_URL"], reason)
