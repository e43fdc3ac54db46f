"""Every few minutes: look for every accepted order, and make a dead letter of each that is missing.

The function also looks whether the views are paused, because it is the one that runs by itself.
"""

from typing import Any

from lambdas.platform import log
from lambdas.shop import accounting, views_pause


def handler(_: dict[str, Any], context: Any) -> None:
    """Count once. An error is raised, so that Lambda tries again and the alarm sees it."""
    found = accounting.count()
    new = 0
    for order in accounting.keep_missing(found):
        # At once, because the alarm follows this line, and the next count finds the dead letter there.
        log.event("order.missing", level="ERROR", orderID=order.order_id, sub=order.sub)
        new += 1
    accounting.settle(found)
    if found.unreadable:
        log.event("accounting.unreadable", level="ERROR", lines=found.unreadable)
    log.event(
        "accounting.counted",
        requestID=context.aws_request_id,
        waiting=len(found.waiting),
        dead=len(found.dead),
        missing=len(found.missing) + len(found.known_lost),
        new=new,
    )
    if since := views_pause.too_long():
        log.event("views.paused", level="ERROR", since=since)
