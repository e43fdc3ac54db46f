"""Orders stream to figures, customers and search terms: each change of an order is taken in once."""

import os
from typing import Any

from lambdas.platform import aws, batches, dead_letters, log, tables
from lambdas.platform.tables import Record
from lambdas.shop import customer_details, figure_updates, figures, search

# A record usually takes 20 ms. This is time for six calls of 6 s (see aws.py); what is cut off comes again.
_MIN_TIME_MS = 40_000


class OutOfTimeError(Exception):
    """The function has too little time left to begin another record."""


_PASSING: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    customer_details.CustomerBusyError,
    OutOfTimeError,
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take in the changes of a batch, in their order; returns that nothing failed, or raises AWS's fault.

    What comes after a fault waits for its turn: the changes of an order are taken in one after another. A
    second delivery of the batch is harmless: figures have a mark, and the rest is written over by the same.
    """
    for record in event["Records"]:
        _settle(record, context)
    return {"batchItemFailures": []}


def _settle(record: dict[str, Any], context: Any) -> None:
    """Take in one change or bury the record. Raises the fault for which it must come again."""
    known = {"requestID": context.aws_request_id, "eventID": record["eventID"]}
    try:
        _take_in(record, context.get_remaining_time_in_millis())
    except Exception as fault:
        log.failure("views.failed", fault, code=aws.error_code(fault), **known)
        if _will_pass(fault):
            raise
        _bury(record, fault)  # one poisoned record would block its shard for a day
    else:
        log.event("views.updated", **known)


def _will_pass(fault: Exception) -> bool:
    """Tell whether the record may do better at another delivery."""
    return isinstance(fault, _PASSING) and not _is_refusal(fault)


def _is_refusal(fault: Exception) -> bool:
    """Tell whether DynamoDB refused the write for what it is, as it would again."""
    return aws.error_code(fault) == "ValidationException" or "ValidationError" in tables.cancellation_codes(
        fault
    )


def _take_in(record: dict[str, Any], time_left: int) -> None:
    if time_left < _MIN_TIME_MS:
        raise OutOfTimeError
    before, after = (_order(record["dynamodb"].get(image)) for image in ("OldImage", "NewImage"))
    order = after or before
    if order is None:  # a tombstone has expired
        return
    version = f"{after['version']:09}" if after else "erased"
    change = figures.difference(before, after)
    figure_updates.add_once(order["orderID"], f"{order['createdAt']}#{version}", change)
    search.replace(_rows(before), _rows(after))
    _tell_customers(before, after)


def _tell_customers(before: Record | None, after: Record | None) -> None:
    if after and "customerEmail" in after and not (before and before["customer"] == after["customer"]):
        customer_details.update_from(after)
    if before and "customerEmail" in before and before["customerEmail"] != (after or {}).get("customerEmail"):
        customer_details.remove_order(before)


def _rows(order: Record | None) -> search.Rows:
    if order is None:
        return {}
    words = search.order_words(order)
    return search.rows(search.ORDER, order["orderID"], order["listKey"], words)


def _order(image: dict[str, Any] | None) -> Record | None:
    """Read an image of the stream; a tombstone is no order."""
    order = tables.record(image) if image else None
    return None if order is None or "erasedAt" in order else order


def _bury(record: dict[str, Any], fault: Exception) -> None:
    """Send the record itself to the dead letters: the stream's own would hold nothing but its position."""
    reason = f"this could not be counted: {type(fault).__name__}: {fault}"
    body = dead_letters.of_record(record)
    dead_letters.send(os.environ["SHOP_VIEWS_DLQ_URL"], body, reason, record["eventID"], {})
