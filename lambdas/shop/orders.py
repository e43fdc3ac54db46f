"""Stored orders: read, edit, move, remark on and erase them. Module `new_orders` creates them."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from lambdas.platform import json_schema, log, tables, text, times
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
from lambdas.shop import (
    order_anonymity,
    order_edits,
    order_labels,
    order_names,
    order_reads,
    order_status,
    order_table,
    pricing,
)
from lambdas.shop.documents import (
    DeliveryDetails,
    HistoryEntry,
    Labels,
    Order,
    OrderContent,
    OrderReference,
    Tombstone,
)

# Longer than any copy of the order can be in a queue (SQS keeps a message for at most 14 days).
TOMBSTONE_SECONDS = 15 * 24 * 3600

REPEAT_MS = 10 * 60_000  # the same comment within this time is the same one
SLIP_REPEAT_MS = 60_000  # a slip that the same person prints within this time is the same one

UNKNOWN = "there is no such order"

INTERNAL = order_table.KEY_FIELDS | {"submissionHash", "accountID"}


def read(order_id: str) -> Order:
    """Return an order, read consistently. Raises NotFoundError, also for an erased order."""
    order = order_reads.find(order_id) if json_schema.is_valid("Order", "orderID", order_id) else None
    if order is None:
        raise NotFoundError(UNKNOWN)
    return order


def public(order: Order) -> dict[str, Any]:
    """Return an order as the API shows it, without the fields that only the table and its indexes need."""
    return {name: value for name, value in order.items() if name not in INTERNAL}


def refuse_edit(order: Order) -> None:
    """Raise ConflictError unless the order's customer, lines, charges and texts may still be changed."""
    if not order_status.may_edit(order["status"]):
        message = f"only an order that is placed can be edited, this one is {order['status']}"
        raise ConflictError(message, [Fault("status", message)])


def edit(order: Order, content: OrderContent, *, by: Person) -> Order:
    """Replace customer, priced lines, charges, reference and notes of an order; return its next version.

    Its sender agreed to the total of other content, so the agreed total is removed.
    Raises TooLargeError, and PreconditionFailedError if the stored order has another version by now.
    """
    replaced = ("reference", "notes", "charges", "chargeTotal", "agreedTotal")
    kept = {name: value for name, value in order.items() if name not in replaced}
    charges = content.get("charges", [])
    amounts = {"total": pricing.total(content["items"], charges), "lineCount": len(content["items"])}
    if charges:
        amounts["chargeTotal"] = pricing.charge_total(charges)
    return _save_edit(order, cast(Order, kept | content | amounts), by, "")


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
    return _save_edit(order, cast(Order, changed), by, note)


def comment(order: Order, text: str, *, by: Person) -> Order:
    """Add a comment to the history of an order in any status; return its next version.

    Return the order as it is if the same person has made the same comment within REPEAT_MS, because a caller
    without an answer sends the comment again. Raises TooLargeError and PreconditionFailedError.
    """
    entry = {**by.signature, "event": "commented", "note": text}
    return order if _is_repeated(order, entry, REPEAT_MS) else _save_remark(order, order, entry)


def record_slip(order: Order, *, by: Person) -> Order:
    """Record that a person has printed the packing slip of an order in any status; return its next version.

    Return the order as it is if the same person has printed the slip within SLIP_REPEAT_MS, and the slip is
    still right. Raises TooLargeError and PreconditionFailedError.
    """
    entry = {**by.signature, "event": "printed"}
    if "slipPrintedAt" in order and _is_repeated(order, entry, SLIP_REPEAT_MS):
        return order
    return _save_remark(order, {**order, "slipPrintedAt": times.now()}, entry)


def record_mail(order: Order, event: str, *, by: Person) -> Order:
    """Record that a person has a mail about an event sent again; return the order's next version.

    Return the order as it is if the same person has asked for it within REPEAT_MS, because a caller without
    an answer asks again. Raises TooLargeError and PreconditionFailedError.
    """
    entry = {**by.signature, "event": "mailed", "mail": event}
    return order if _is_repeated(order, entry, REPEAT_MS) else _save_remark(order, order, entry)


def label(order: Order, labels: Labels, *, by: Person) -> Order:
    """Give an order in any status other tags, another assignee, or both; return its next version.

    Return the order as it is if it has these labels. Raises TooLargeError and PreconditionFailedError.
    """
    wanted: Labels = labels | {"tags": _distinct(labels["tags"])} if "tags" in labels else labels
    kept = {name: value for name, value in order.items() if name not in wanted}
    changed = cast(Order, kept | {name: value for name, value in wanted.items() if value})
    if changes := order_edits.label_changes(order, changed):
        return _save_remark(order, changed, {**by.signature, "event": "labelled", "changes": changes})
    return order


def transfer(order: Order, email: str, *, by: Person) -> Order:
    """Give an order in any status to the customer with another e-mail address; return its next version.

    Name, company, phone and address stay as they were. Return the order as it is if it is this customer's.
    Raises TooLargeError and PreconditionFailedError.
    """
    if order.get("customerEmail") == text.mailbox(email):
        return order
    order_anonymity.refuse(order)
    changed = order | {"customer": order["customer"] | {"email": email}}
    changes = order_edits.changes(order, changed, order["currency"])
    entry = {**by.signature, "event": "transferred", "changes": changes}
    return save(order, changed, entry, tables.MAX_ITEM_BYTES)


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
        order_anonymity.refuse(order)
        _refuse_step_back(status, note, by_admin=by_admin)
        limit = tables.MAX_ITEM_BYTES  # the rest is for the moves forward, which this order needs once more
    entry = {**by.signature, "event": "moved", "from": status, "to": target}
    return save(order, order | {"status": target}, entry | ({"note": note} if note else {}), limit)


def settle(order: Order, *, by: Person, note: str) -> Order:
    """Mark a rejected order as dealt with, although no order replaces it; return its next version.

    Raises BadRequestError without a note, ConflictError, PreconditionFailedError and TooLargeError.
    """
    _refuse_settlement(order, is_again="settledAt" in order)
    _require_note(note, "must say why nothing is left to do")
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    entry = {**by.signature, "event": "settled", "note": note}
    return save(order, {**order, "settledAt": times.now()}, entry, limit)


def unsettle(order: Order, *, by: Person, note: str) -> Order:
    """Take back that a rejected order was dealt with by hand; return its next version.

    Raises BadRequestError without a note, ConflictError, also if another order replaces this one,
    PreconditionFailedError and TooLargeError.
    """
    _refuse_settlement(order, is_again="replacedBy" in order)
    if "settledAt" not in order:
        message = "this order is not dealt with"
        raise ConflictError(message, [Fault("settled", message)])
    _require_note(note, "must say why something is left to do")
    kept = cast(Order, {name: value for name, value in order.items() if name != "settledAt"})
    limit = tables.MAX_ITEM_BYTES  # the rest is for the next settlement
    return save(order, kept, {**by.signature, "event": "unsettled", "note": note}, limit)


def replace(order: Order, successor: Order, *, by: Person) -> Order:
    """Link a rejected order and the order that it was put right as; return the next version of the rejected.

    Linking the same two again changes nothing. Raises ConflictError, PreconditionFailedError, TooLargeError.
    """
    if order.get("replacedBy", {}).get("orderID") == successor["orderID"]:
        return order
    _refuse_settlement(order, is_again="replacedBy" in order)
    _refuse_successor(order, successor)
    settled: Order = {**order, "settledAt": times.now(), "replacedBy": _reference(successor)}
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    after = next_version(order, settled, {**by.signature, "event": "replaced"}, limit)
    replacing: Order = {**successor, "replaces": _reference(order)}
    entry = {**by.signature, "event": "replaces"}
    successor_after = next_version(successor, replacing, entry, tables.MAX_ITEM_BYTES)
    try:
        tables.transact([_update_write(order, after), _update_write(successor, successor_after)])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after)
    return after


def anonymise(order: Order, *, by: Person, reason: str) -> Order:
    """Remove everything about its customer from an order that nothing is owed of; return its next version.

    Return the order as it is if that was done already. Raises PreconditionFailedError and TooLargeError.
    """
    if "anonymisedAt" in order:
        return order
    entry = {**by.signature, "event": "anonymised", "note": reason}
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    after = save(order, order_anonymity.without_person(order, times.now()), entry, limit)
    log.event("order.anonymised", orderID=order["orderID"], sub=by.sub)
    return after


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
        "lastChange": order_table.change_name(order, order["version"] + 1),
        "expiresAt": int(time.time()) + TOMBSTONE_SECONDS,
    }
    try:
        tables.put_over(order_table.name(), order["version"], tombstone)
    except tables.ConditionFailedError:
        _refuse_unless_stored(tombstone)
    log.event("order.erased", orderID=order["orderID"], sub=by.sub)


def _is_repeated(order: Order, entry: Mapping[str, Any], within_ms: int) -> bool:
    """Whether the same person has made the same remark within this time."""
    since, names = times.iso(times.now_ms() - within_ms), ("event", "sub", "note", "mail")
    return any(
        one["at"] > since and all(one.get(name) == entry.get(name) for name in names)
        for one in order["history"]
    )


def _distinct(tags: list[str]) -> list[str]:
    """Return the first of all tags that differ only in capital letters."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(order_labels.key(tag), tag)
    return list(found.values())


def _save_remark(order: Order, changed: Order, entry: dict[str, Any]) -> Order:
    try:
        return save(order, changed, entry, _remarks_limit())
    except TooLargeError as error:
        raise TooLargeError("the history of this order has no room for another remark") from error


def _remarks_limit() -> int:
    """Return the most bytes of an order with a remark or the words of an edit.

    The rest is for edits and steps back, which are more important.
    """
    return tables.MAX_ITEM_BYTES - tables.HISTORY_BYTES


def _merged(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with changes. An empty text removes the field."""
    return {name: value for name, value in {**fields, **changes}.items() if changes.get(name) != ""}


def _refuse_settlement(order: Order, *, is_again: bool) -> None:
    if order["status"] != order_status.REJECTED:
        message = f"only a rejected order can be dealt with, this one is {order['status']}"
    elif is_again and "replacedBy" in order:
        message = f"this order was put right already, as order {order_names.number_of(order['replacedBy'])}"
    elif is_again:
        message = "this order is dealt with already"
    else:
        return
    raise ConflictError(message, [Fault("settled", message)])


def _refuse_successor(order: Order, successor: Order) -> None:
    if successor["orderID"] == order["orderID"]:
        message = "must be another order"
    elif "replaces" in successor:
        message = f"must replace no order yet, but replaces {order_names.number_of(successor['replaces'])}"
    else:
        return
    fault = Fault("settled.replacedBy", message)
    raise ConflictError(summary([fault]), [fault])


def _reference(order: Order) -> OrderReference:
    number = {"number": order["number"]} if "number" in order else {}
    return cast(OrderReference, {"orderID": order["orderID"], **number})


def _refuse_step_back(status: str, note: str, *, by_admin: bool) -> None:
    if not by_admin and status not in order_status.PREVIOUS_FOR_STAFF:
        raise ForbiddenError(f"only an admin can move back an order that is {status}")
    _require_note(note, "must say why the order goes back")


def _require_note(note: str, rule: str) -> None:
    if not note:
        fault = Fault("note", rule)
        raise BadRequestError(summary([fault]), [fault])


def _save_edit(order: Order, changed: Order, by: Person, note: str) -> Order:
    """Save an edit. Its entry says what it changed, unless the order has no room for that.

    An edit of what a packing slip shows makes the printed slip wrong, so the order needs another one.
    """
    if _slip_content(order) != _slip_content(changed):
        kept = {name: value for name, value in changed.items() if name != "slipPrintedAt"}
        changed = cast(Order, kept)
    entry = {**by.signature, "event": "edited"} | ({"note": note} if note else {})
    if changes := order_edits.changes(order, changed, order["currency"]):
        with suppress(TooLargeError):
            return save(order, changed, entry | {"changes": changes}, _remarks_limit())
    return save(order, changed, entry, tables.MAX_ITEM_BYTES)


def _slip_content(order: Order) -> tuple[dict[str, Any], str, str, list[tuple[Any, ...]], list[str]]:
    """Return what a packing slip shows of the content of an order, in the sequence of the slip."""
    customer = {name: value for name, value in order["customer"].items() if name != "email"}
    lines = [(line["sku"], line["quantity"], line.get("name"), line.get("unit")) for line in order["items"]]
    goods = [one["text"] for one in order.get("charges", []) if one["kind"] == "other"]
    texts = order.get("reference", ""), order.get("notes", "")
    return customer, *texts, sorted(lines, key=str), goods


def save(order: Order, changed: Order, entry: dict[str, Any], limit: int) -> Order:
    """Store the next version of an order, with an entry in its history; return it. `limit` is in bytes.

    Raises TooLargeError and PreconditionFailedError.
    """
    after = next_version(order, changed, entry, limit)
    _write(order, after)
    return after


def next_version(order: Order, changed: Order, entry: Mapping[str, Any], limit: int, at: str = "") -> Order:
    """Return the next version of an order, with an entry in its history, by default of the present instant.

    `limit` is the most bytes that it may have. Raises TooLargeError.
    """
    at = at or times.now()
    history = [*changed["history"], cast(HistoryEntry, {"at": at, **entry})]
    after: Order = {**changed, "version": order["version"] + 1, "updatedAt": at, "history": history}
    after = _without_former_account(order, order_table.with_marks(after))
    if not tables.fits(after, limit):
        raise TooLargeError(f"the order must fit into {limit:,} bytes, and does not")
    return after


def _without_former_account(before: Order, after: Order) -> Order:
    """Return an order without the account that sent it, if it is another customer's from now on."""
    if before.get("customerEmail") == after.get("customerEmail"):
        return after
    return cast(Order, {name: value for name, value in after.items() if name != "accountID"})


def _write(order: Order, after: Order) -> None:
    changes = _changes(order, after)
    gone = [name for name in order if name not in after]
    try:
        tables.update(order_table.name(), order["version"], changes, gone, orderID=order["orderID"])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after)


def _update_write(order: Order, after: Order) -> tables.Record:
    changes = _changes(order, after)
    return tables.update_write(order_table.name(), order["version"], changes, orderID=order["orderID"])


def _changes(order: Order, after: Order) -> dict[str, Any]:
    return {name: value for name, value in after.items() if order.get(name) != value}


def _refuse_unless_stored(wanted: Order | Tombstone) -> None:
    """Raise PreconditionFailedError, unless our own write succeeded and only its response was lost."""
    stored = tables.get(order_table.name(), orderID=wanted["orderID"])
    if stored != wanted:
        current = order_reads.unless_erased(stored)
        beside: dict[str, Any] = {"order": public(current)} if current else {}
        raise PreconditionFailedError("the order has been changed meanwhile", **beside)
