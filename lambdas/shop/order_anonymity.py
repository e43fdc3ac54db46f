"""Anonymised orders: what stays of an order for the books when its customer is erased."""

from typing import Any, cast

from lambdas.platform.errors import ConflictError, Fault
from lambdas.shop import order_channels
from lambdas.shop.documents import HistoryEntry, Order

NAME = "Erased customer"
_TEXT = "Erased text"  # of goods without a SKU, because a charge of this kind must have a text
# A field that is not named here goes, so that a new field of an order is never kept by mistake. Tags and
# assignee are texts of people, and nobody looks for such an order by them any more.
_KEPT = (
    "orderID",
    "number",
    "status",
    "version",
    "channel",
    "shopID",
    "createdAt",
    "updatedAt",
    "submittedBy",
    "currency",
    "total",
    "lineCount",
    "chargeTotal",
    "agreedTotal",
    "slipPrintedAt",
    "replaces",
    "submissionHash",
)
_KEPT_OF_LINE = ("sku", "quantity", "name", "unit", "unitPrice", "lineTotal")
_KEPT_OF_ENTRY = ("at", "by", "sub", "event", "from", "to", "deadLetter", "mail")


def without_person(order: Order, at: str) -> Order:
    """Return an order with what the books need, and without its customer and all texts of people."""
    kept = _only(order, _KEPT) | {
        "customer": {"name": NAME},
        "items": [_only(line, _KEPT_OF_LINE) for line in order["items"]],
        "history": [_entry(entry, order) for entry in order["history"]],
        "anonymisedAt": at,
        **({"submittedBy": NAME} if order_channels.of(order) == order_channels.CUSTOMER else {}),
    }
    charges = [_charge(charge) for charge in order.get("charges", [])]
    return cast(Order, kept | ({"charges": charges} if charges else {}))


def refuse(order: Order) -> None:
    """Raise ConflictError for an order without its customer, which nobody can deliver or give away."""
    if "anonymisedAt" in order:
        message = "the customer of this order was erased, so it stays as it is"
        raise ConflictError(message, [Fault("status", message)])


def _entry(entry: HistoryEntry, order: Order) -> dict[str, Any]:
    """Return an entry of a history without its texts, and without the customer who sent the order."""
    kept = _only(entry, _KEPT_OF_ENTRY)
    is_customers = order_channels.of(order) == order_channels.CUSTOMER
    is_theirs = is_customers and entry["sub"] == order["history"][0]["sub"]
    return kept | ({"by": NAME, "sub": ""} if is_theirs else {})


def _charge(charge: Any) -> dict[str, Any]:
    text = {"text": _TEXT} if charge["kind"] == "other" else {}
    return {"kind": charge["kind"], "amount": charge["amount"], **text}


def _only(fields: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}
