"""Stored orders: read, edit, move and erase them. Module `new_orders` creates them."""

import time
from collections.abc import Mapping
from typing import Any, cast

from lambdas.platform import json_schema, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import (
    BadRequestError,
    ConflictError,
    Fault,
    ForbiddenError,
    NotFoundError,
    PreconditionFailedError,
    TooLargeError,
    summary,
)
from lambdas.shop import order_reads, order_status, order_table, pricing
from lambdas.shop.documents import DeliveryDetails, HistoryEntry, Order, OrderContent, Tombstone

# Longer than any copy of the order can be in a queue (SQS keeps a message for at most 14 days).
TOMBSTONE_SECONDS = 15 * 24 * 3600

INTERNAL = order_table.KEY_FIELDS | {"submissionHash"}


def read(order_id: str) -> Order:
    """Return an order, read consistently. Raises NotFoundError, also for an erased order."""
    order = order_reads.find(order_id) if json_schema.is_valid("Order", "orderID", order_id) else None
    if order is None:
        raise NotFoundError("there is no such order")
    return order


def public(order: Order) -> dict[str, Any]:
    """Return an order as the API shows it, without the fields that only the table and its indexes need."""
    return {name: value for name, value in order.items() if name not in INTERNAL}


def refuse_edit(order: Order) -> None:
    """Raise ConflictError unless the order's customer, lines and notes may still be changed."""
    if not order_status.may_edit(order["status"]):
        message = f"only an order that is placed can be edited, this one is {order['status']}"
        raise ConflictError(message, [Fault("status", message)])


def edit(order: Order, content: OrderContent, *, by: Person) -> Order:
    """Replace the customer, the priced lines and the notes of an order; return its next version.

    Raises TooLargeError, and PreconditionFailedError if the stored order has another version by now.
    """
    kept = {name: value for name, value in order.items() if name != "notes"}
    amounts = {"total": pricing.total(content["items"]), "lineCount": len(content["items"])}
    entry = {**by.signature, "event": "edited"}
    return _save(order, cast(Order, kept | content | amounts), entry, tables.MAX_ITEM_BYTES)


def change_details(order: Order, details: DeliveryDetails, *, by: Person, note: str = "") -> Order:
    """Change the address, phone and notes of an order that is in the house; return its next version.

    An empty text removes the field. Fields that are not given, lines and total stay as they are.
    Raises ConflictError, PreconditionFailedError and TooLargeError.
    """
    if not order_status.may_change_details(order["status"]):
        message = (
            "address, phone and notes can be changed while an order is placed or packed, "
            f"this one is {order['status']}"
        )
        raise ConflictError(message, [Fault("status", message)])
    customer = {name: text for name, text in details.items() if name != "notes"}
    notes = {name: text for name, text in details.items() if name == "notes"}
    changed = _merged(order, notes) | {"customer": _merged(order["customer"], customer)}
    entry = {**by.signature, "event": "edited"} | ({"note": note} if note else {})
    return _save(order, cast(Order, changed), entry, tables.MAX_ITEM_BYTES)


def move(order: Order, target: str, *, by: Person, by_admin: bool, note: str = "") -> Order:
    """Move an order to another status, forward or one step back; return its next version.

    Raises PreconditionFailedError, TooLargeError, and ConflictError, which names the allowed moves. A step
    back also raises ForbiddenError, and BadRequestError without a note.
    """
    status = order["status"]
    if not order_status.may_move(status, target):
        message = order_status.refusal(status, target, by_admin=by_admin)
        raise ConflictError(message, [Fault("status", message)])
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    if order_status.is_step_back(status, target):
        _refuse_step_back(status, note, by_admin=by_admin)
        limit = tables.MAX_ITEM_BYTES  # the rest is for the moves forward, which this order needs once more
    entry = {**by.signature, "event": "moved", "from": status, "to": target}
    return _save(order, order | {"status": target}, entry | ({"note": note} if note else {}), limit)


def erase(order: Order, *, by: Person) -> None:
    """Replace the order by a tombstone, so that a late redelivery does not store the order again.

    Raises PreconditionFailedError if the stored order has another version by now.
    """
    tombstone: Tombstone = {
        "orderID": order["orderID"],
        "erasedAt": times.now(),
        "erasedBy": by.name,
        "sub": by.sub,
        "submissionHash": order["submissionHash"],
        "expiresAt": int(time.time()) + TOMBSTONE_SECONDS,
    }
    try:
        tables.put_over(order_table.name(), order["version"], tombstone)
    except tables.ConditionFailedError:
        _refuse_unless_stored(tombstone)
    log.event("order.erased", orderID=order["orderID"], sub=by.sub)


def _merged(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with changes. An empty text removes the field."""
    return {name: value for name, value in {**fields, **changes}.items() if changes.get(name) != ""}


def _refuse_step_back(status: str, note: str, *, by_admin: bool) -> None:
    if not by_admin and status not in order_status.PREVIOUS_FOR_STAFF:
        raise ForbiddenError(f"only an admin can move back an order that is {status}")
    if not note:
        fault = Fault("note", "must say why the order goes back")
        raise BadRequestError(summary([fault]), [fault])


def _save(order: Order, changed: Order, entry: dict[str, str], limit: int) -> Order:
    now = times.now()
    history = [*order["history"], cast(HistoryEntry, {"at": now, **entry})]
    after: Order = {**changed, "version": order["version"] + 1, "updatedAt": now, "history": history}
    after = {**after, **order_table.index_keys(after)}
    if not tables.fits(after, limit):
        raise TooLargeError(f"the order must fit into {limit:,} bytes, and does not")
    _write(order, after)
    return after


def _write(order: Order, after: Order) -> None:
    changes = {name: value for name, value in after.items() if order.get(name) != value}
    gone = [name for name in order if name not in after]
    try:
        tables.update(order_table.name(), order["version"], changes, gone, orderID=order["orderID"])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after)


def _refuse_unless_stored(wanted: Order | Tombstone) -> None:
    """Raise PreconditionFailedError, unless our own write succeeded and only its response was lost."""
    stored = tables.get(order_table.name(), orderID=wanted["orderID"])
    if stored != wanted:
        current = order_reads.unless_erased(stored)
        beside: dict[str, Any] = {"order": public(current)} if current else {}
        raise PreconditionFailedError("the order has been changed meanwhile", **beside)
