"""From the orders stream to figures, customers and search rows: each change of an order is applied once."""

import os
from collections.abc import Sequence
from typing import Any, cast

from lambdas.platform import aws, log, stream, tables
from lambdas.platform.errors import OutOfTimeError
from lambdas.platform.stream import Image, StreamRecord
from lambdas.shop import order_changes
from lambdas.shop.documents import Order
from lambdas.shop.order_journal import Change

# In 40 s, six AWS calls of at most 6 s are possible (see aws.py), and one of them may be repeated for 2 s
# (see tables.py). Usually a batch of ten records takes less than 1 s.
_MIN_TIME_MS = 40_000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Apply the changes of a batch in their order. Raise a transient error, so that Lambda tries again.

    The figures of a run of changes are counted together, because their order has no meaning. Search rows and
    customers must follow the changes one after another, so after an error the other records wait for the next
    delivery. A second delivery of a change has no effect.
    """
    for run in _runs(event["Records"]):
        for record in _count(run, context):
            _apply(record, context)
    return {"batchItemFailures": []}


def _runs(records: Sequence[StreamRecord]) -> list[list[StreamRecord]]:
    """Split a batch so that a change that takes an order from its customer is alone in its run.

    `customer_details` deletes a customer without orders, so no later change may be counted before that, and
    such a change may not be counted before the earlier ones are applied.
    """
    runs: list[list[StreamRecord]] = []
    is_open = False
    for record in records:
        is_removal = _is_removal(record)
        if is_open and not is_removal:
            runs[-1].append(record)
        else:
            runs.append([record])
        is_open = not is_removal
    return runs


def _is_removal(record: StreamRecord) -> bool:
    """Whether a change takes an order from its customer: the order is erased or has another customer now."""
    before, after = record["dynamodb"].get("OldImage") or {}, record["dynamodb"].get("NewImage") or {}
    return before.get("customerEmail") not in (None, after.get("customerEmail"))


def _count(records: Sequence[StreamRecord], context: Any) -> list[StreamRecord]:
    """Count changes at once; return their records. Raise the error if it is transient.

    If the error is not, count each change alone, and send those that cannot be counted to the dead letters.
    """
    try:
        _require_time(context)
        order_changes.count([_change(record) for record in records])
    except Exception as error:  # noqa: BLE001 - one record must not take the others to the dead letters
        if len(records) > 1 and not _is_transient(error):
            return [counted for record in records for counted in _count([record], context)]
        _fail(records[0], error, context)
        return []
    return list(records)


def _apply(record: StreamRecord, context: Any) -> None:
    """Apply one counted change, or send the record to the dead letters. Raise a transient error."""
    try:
        _require_time(context)
        order_changes.apply(_change(record))
    except Exception as error:  # noqa: BLE001 - a record that fails for ever would block its shard for a day
        _fail(record, error, context)
    else:
        log.event("views.updated", requestID=context.aws_request_id, eventID=record["eventID"])


def _fail(record: StreamRecord, error: Exception, context: Any) -> None:
    """Log an error. Raise it if it is transient, or else send the record to the dead letters."""
    fields = {"requestID": context.aws_request_id, "eventID": record["eventID"]}
    log.failure("views.failed", error, code=aws.error_code(error), **fields)
    if _is_transient(error):
        raise error
    _send_to_dead_letters(record, error)


def _require_time(context: Any) -> None:
    """Raise OutOfTimeError if the invocation has too little time left to begin another step."""
    if context.get_remaining_time_in_millis() < _MIN_TIME_MS:
        raise OutOfTimeError


def _change(record: StreamRecord) -> Change:
    images = record["dynamodb"]
    return Change(_order(images.get("OldImage")), _order(images.get("NewImage")))


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
