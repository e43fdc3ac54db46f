"""Events: what the system of a connected shop is told about a change of an order that it sent."""

import json
from typing import Any, NamedTuple, cast

from lambdas.platform import tables
from lambdas.platform.stream import Change
from lambdas.platform.tables import Record
from lambdas.shop import order_channels, order_status, sender_view
from lambdas.shop.documents import Order

ERASED, EDITED = "order.erased", "order.edited"
# A message of SNS and SQS may have 256 KB. The rest is for the mail about the same change.
MAX_BYTES = 200_000
# A change of these alone is no event: they change with each comment too.
_BY_THE_WAY = frozenset({"version", "updatedAt", "statuses"})


class Event(NamedTuple):
    """An event: its type, the client to whom it goes, and its text in JSON."""

    type: str
    client: str
    text: str


def type_of(status: str) -> str:
    """Return the type of the event that an order came to a status."""
    return f"order.{status}"


def version_after(before: Record | None, after: Record) -> int:
    """Return the version that a change made. The tombstone of an erased order has none."""
    return int(after["version"]) if "version" in after else int((before or {})["version"]) + 1


def of(before: Record | None, after: Record | None) -> Event | None:
    """Return the event of a change, or None if it is none: of another channel, or nothing the sender sees."""
    order = cast(Order, before if after and "erasedAt" in after else after)
    if not after or not order or "erasedAt" in order:
        return None
    client = order.get("shopID")
    kind = _type(before, after) if client else None
    if client is None or kind is None:
        return None
    version, is_erased = version_after(before, after), kind == ERASED
    event = {
        "id": f"{order['orderID']}#{version}",
        "type": kind,
        "at": after["erasedAt"] if is_erased else order["updatedAt"],
        "orderID": order["orderID"],
        "version": version,
        "order": _only_named(order) if is_erased else sender_view.shown(order),
    }
    return Event(kind, client, _text(event))


def images(change: Change) -> tuple[Record | None, Record | None]:
    """Return the item of a stream record before and after its change."""
    before, after = change.get("OldImage"), change.get("NewImage")
    return (tables.record(before) if before else None, tables.record(after) if after else None)


def of_change(change: Change) -> Event | None:
    """Return the event of a change in a stream, or None. Only orders of machines are read whole."""
    found = (change.get("OldImage"), change.get("NewImage"))
    channels = {one["channel"].get("S") for one in found if one and "channel" in one}
    return of(*images(change)) if order_channels.MACHINE in channels else None


def is_event(change: Change) -> bool:
    """Whether a change is an event. One that cannot be read is, because somebody has to look at it."""
    try:
        return of_change(change) is not None
    except (KeyError, TypeError, ValueError):
        return True


def _type(before: Record | None, after: Record) -> str | None:
    if "erasedAt" in after:
        return ERASED
    status = after["status"]
    if before is None:
        return type_of(status) if status in (order_status.PLACED, order_status.REJECTED) else None
    if status != before["status"]:
        return EDITED if order_status.is_step_back(before["status"], status) else type_of(status)
    if "anonymisedAt" in after:  # nothing happened to the order, although its reference is gone
        return None
    return EDITED if _visible(before) != _visible(after) else None


def _visible(order: Record) -> Record:
    shown = sender_view.shown(cast(Order, order))
    return {name: value for name, value in shown.items() if name not in _BY_THE_WAY}


def _only_named(order: Order) -> dict[str, Any]:
    return {name: order[name] for name in ("orderID", "number") if name in order}


def _text(event: dict[str, Any]) -> str:
    """Return an event as JSON, without the lines of an order if they take too much room."""
    text = json.dumps(event, ensure_ascii=False)
    # A text within JSON, as SNS gets it, is longer by a backslash for each quotation mark.
    if len(json.dumps(text, ensure_ascii=False).encode()) <= MAX_BYTES:
        return text
    rest = {name: value for name, value in event["order"].items() if name != "items"}
    return json.dumps({**event, "order": {**rest, "itemsOmitted": True}}, ensure_ascii=False)
