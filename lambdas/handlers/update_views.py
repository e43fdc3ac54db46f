"""From the orders stream to figures, customers, sales and search: each change of an order is applied once."""

import os
from collections.abc import Sequence
from typing import Any

from lambdas.platform import aws, log, stream, tables
from lambdas.platform.errors import OutOfTimeError
from lambdas.platform.stream import Image, StreamRecord
from lambdas.shop import order_changes, order_reads, sales_folding
from lambdas.shop.documents import Order
from lambdas.shop.order_journal import Change

# In 40 s, six AWS calls of at most 6 s are possible (see aws.py), and one of them may be repeated for 2 s
# (see tables.py). Usually a batch takes less than 1 s.
_MIN_TIME_MS = 40_000
# From this age of its newest change on, a full batch has more changes behind it. Younger than that, it may be
# the last for a while. The stream has whole seconds, and a batch is here within one.
_BEHIND_S = 3


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Apply the changes of a batch together. Raise a transient error, so that Lambda tries again.

    A second delivery of a change has no effect. If many changes wait behind a batch, the deltas of product
    sales stay for the fold of a later invocation, which is cheaper than a fold of each.
    """
    records = stream.records(event)
    _process(records, context)
    is_full = len(records) >= int(os.environ["SHOP_VIEWS_BATCH_SIZE"])
    if not is_full or not stream.is_behind(records, _BEHIND_S):
        _fold(context)
    return {"batchItemFailures": []}


def _process(records: Sequence[StreamRecord], context: Any) -> None:
    """Apply the changes of records. Raise a transient error.

    After another error, apply each change alone, and send those that cannot be applied to the dead letters.
    """
    try:
        order_changes.apply([_change(record) for record in records], lambda: _require_time(context))
    except Exception as error:  # noqa: BLE001 - a record that fails for ever would block its shard for a day
        if len(records) > 1 and not order_changes.is_transient(error):
            for record in records:
                _process([record], context)
        else:
            _fail(records[0], error, context)
    else:
        for record in records:
            log.event("views.updated", requestID=context.aws_request_id, eventID=record["eventID"])


def _fail(record: StreamRecord, error: Exception, context: Any) -> None:
    """Log an error. Raise it if it is transient, or else send the record to the dead letters."""
    fields = {"requestID": context.aws_request_id, "eventID": record["eventID"]}
    log.failure("views.failed", error, code=aws.error_code(error), **fields)
    if order_changes.is_transient(error):
        raise error
    _send_to_dead_letters(record, error)


def _fold(context: Any) -> None:
    """Fold the deltas of product sales. Raise a transient error.

    After another error the deltas wait for a release that can fold them, and all else goes on: the records of
    this batch are counted, and none of them is at fault.
    """
    try:
        sales_folding.fold(lambda: _require_time(context))
    except Exception as error:
        log.failure("sales.failed", error, code=aws.error_code(error), requestID=context.aws_request_id)
        if order_changes.is_transient(error):
            raise


def _require_time(context: Any) -> None:
    """Raise OutOfTimeError if the invocation has too little time left to begin another step."""
    if context.get_remaining_time_in_millis() < _MIN_TIME_MS:
        raise OutOfTimeError


def _change(record: StreamRecord) -> Change:
    images = record["dynamodb"]
    return Change(_order(images.get("OldImage")), _order(images.get("NewImage")))


def _order(image: Image | None) -> Order | None:
    """Return the order in an image of the stream, or None for a tombstone or no image."""
    return order_reads.unless_erased(tables.record(image) if image else None)


def _send_to_dead_letters(record: StreamRecord, error: Exception) -> None:
    reason = f"this could not be counted: {type(error).__name__}: {error}"
    stream.send_to_dead_letters(record, os.environ["SHOP_VIEWS_DLQ_URL"], reason)
