"""New orders: made of what was submitted, and stored unless they are stored already."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from lambdas.platform import batches, tables, times
from lambdas.platform.errors import Fault, UndeliverableError
from lambdas.shop import order_edits, order_status, order_table, pricing
from lambdas.shop.documents import Order, OrderContent
from lambdas.shop.order_origin import Origin


def make(
    order_id: str,
    number: int,
    content: OrderContent,
    reasons: Sequence[Fault],
    origin: Origin,
    *,
    currency: str,
) -> Order:
    """Return version 1 of an order: placed, or rejected if there are reasons.

    `content` has the customer, the priced items, the charges and the notes. The history names the charges, so
    that everybody can see who gave a discount.
    """
    at, sender = times.iso(origin.accepted_at), origin.sender
    status = order_status.REJECTED if reasons else order_status.PLACED
    charges = content.get("charges", [])
    entry: dict[str, Any] = {"at": at, **sender.signature, "event": status, "to": status}
    order: dict[str, Any] = {
        "orderID": order_id,
        "number": number,
        "status": status,
        "version": 1,
        "channel": origin.channel,
        **origin.sender_fields,
        "createdAt": at,
        "updatedAt": at,
        "submittedBy": sender.name,
        "currency": currency,
        **content,
        "total": 0 if reasons else pricing.total(content["items"], charges),
        "lineCount": len(content["items"]),
        "history": [entry, *([origin.redriven] if origin.redriven else [])],
    }
    if charges and not reasons:
        order["chargeTotal"] = pricing.charge_total(charges)
        entry["changes"] = list(order_edits.charge_changes([], charges, currency))
    if reasons:
        order["rejectionReasons"] = [reason._asdict() for reason in reasons]
    return order_table.with_marks(cast(Order, order))


def add(new: Sequence[Order]) -> list[str]:
    """Store new orders of different IDs in one call; return the IDs of those that it stored.

    Each of the others needs a call of `store`, which finds out whether it is stored already, or why not.
    """
    fitting = [order for order in new if tables.fits(order, tables.MAX_ITEM_BYTES)]
    table = order_table.name()
    codes = batches.execute([batches.insertion(table, {**order}) for order in fitting])
    return [order["orderID"] for order, code in zip(fitting, codes, strict=True) if not code]


def store(order: Order, hash_as_written: Callable[[], str]) -> bool:
    """Store a new order unless it is stored already; return whether it was new.

    An order that an earlier release stored has the hash of the submission as it was written.

    Raises UndeliverableError for an order that is too large for the table or has the ID of another order.
    Such an order must not be lost.
    """
    if not tables.fits(order, tables.MAX_ITEM_BYTES):
        raise UndeliverableError(f"the order must fit into {tables.MAX_ITEM_BYTES:,} bytes, and does not")
    try:
        tables.put_new(order_table.name(), "orderID", order)
    except tables.ConditionFailedError:
        _refuse_other_content(order, hash_as_written)
        return False
    return True


def _refuse_other_content(order: Order, hash_as_written: Callable[[], str]) -> None:
    stored = tables.get(order_table.name(), orderID=order["orderID"])
    if stored is None:
        raise LookupError("the order in the way was gone a moment later")
    if stored["submissionHash"] not in (order["submissionHash"], hash_as_written()):
        was = "was erased" if "erasedAt" in stored else "is stored"
        raise UndeliverableError(f"orderID must be new: an order of this ID with other content {was} already")
