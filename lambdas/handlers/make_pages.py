"""From the products' stream to the files of the storefront: each change marks pages, which are then made."""

import os
from collections.abc import Sequence
from typing import Any

from lambdas.platform import log, stream
from lambdas.platform.stream import StreamRecord
from lambdas.shop import page_making, page_marks, page_upkeep

# A round of a hundred pages takes seconds, and 30 s are left for it if AWS is slow.
_MIN_TIME_MS = 60_000


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Mark what the changes of a batch concern, or look for what is due, and make what is marked.

    A transient error before the marks are written is raised, so that Lambda tries again. What is not made
    keeps its mark, and the next invocation makes it.
    """
    if "Records" in event:
        _mark(stream.records(event), context)
        _make(context)
    else:
        _look(context)
    return {"batchItemFailures": []}


def _look(context: Any) -> None:
    _log_late(context)
    try:
        page_upkeep.look()
    finally:  # what is marked must not wait for a look that works
        _make(context)


def _make(context: Any) -> None:
    page_making.make(lambda: context.get_remaining_time_in_millis() > _MIN_TIME_MS)


def _log_late(context: Any) -> None:
    if late := page_upkeep.late():
        fields = {"pages": len(late), "oldest": late[0].name, "since": late[0].since}
        log.event("pages.late", level="ERROR", requestID=context.aws_request_id, **fields)


def _mark(records: Sequence[StreamRecord], context: Any) -> None:
    names: set[str] = set()
    for record in records:
        if "dynamodb" not in record:  # positions of changes that Lambda gave up
            page_upkeep.mark_all()
            continue
        try:
            names |= page_marks.of_change(record["dynamodb"])
        except (KeyError, TypeError) as error:
            log.failure("pages.failed", error, requestID=context.aws_request_id, eventID=record["eventID"])
            reason = f"no page could be made of this: {type(error).__name__}: {error}"
            stream.send_to_dead_letters(record, os.environ["SHOP_PAGES_DLQ_URL"], reason)
    page_upkeep.mark(names)
    log.event("pages.marked", requestID=context.aws_request_id, pages=len(names))
