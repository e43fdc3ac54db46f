"""The words with which the history of an order says what an edit changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from lambdas.shop import pricing
from lambdas.shop.documents import Charge, FieldChange, Line, Order, OrderContent

MAX_CHANGES = 20  # of one edit. One more entry counts the others.
MAX_TEXT = 200  # characters of each text
_CONTEXT = 40  # characters before the first difference of two long texts
_LABELS = {"name": "Name", "email": "E-mail", "company": "Company", "phone": "Phone", "address": "Address"}


def changes(before: OrderContent, after: OrderContent, currency: str) -> list[FieldChange]:
    """Return what an edit changed in customer, texts, lines and charges, or nothing if all is the same."""
    found = [
        *_field_changes(before, after),
        *_line_changes(before["items"], after["items"]),
        *charge_changes(before.get("charges", []), after.get("charges", []), currency),
    ]
    others = len(found) - MAX_CHANGES
    return found[:MAX_CHANGES] + ([{"field": f"and {others} more"}] if others > 0 else [])


def label_changes(before: Order, after: Order) -> list[FieldChange]:
    """Return which labels of an order changed, or nothing if all are the same."""
    was, now = (", ".join(order.get("tags", [])) for order in (before, after))
    assigned = _change("Assigned to", before.get("assignee", ""), after.get("assignee", ""))
    return [*_change("Tags", was, now), *assigned]


def charge_changes(before: Sequence[Charge], after: Sequence[Charge], currency: str) -> Iterator[FieldChange]:
    """Yield what changed in the charges, such as "Delivery" from nothing to "£5.00"."""
    was, now = _amounts(before, currency), _amounts(after, currency)
    for label in was | now:
        yield from _change(label, was.get(label, ""), now.get(label, ""))


def _field_changes(before: OrderContent, after: OrderContent) -> Iterator[FieldChange]:
    was, now = (cast(Mapping[str, Any], content["customer"]) for content in (before, after))
    for name, label in _LABELS.items():
        yield from _change(label, was.get(name, ""), now.get(name, ""))
    yield from _change("Reference", before.get("reference", ""), after.get("reference", ""))
    yield from _change("Notes", before.get("notes", ""), after.get("notes", ""))


def _line_changes(before: list[Line], after: list[Line]) -> Iterator[FieldChange]:
    was, now = _quantities(before), _quantities(after)
    names = {line["sku"]: line["name"] for line in [*before, *after] if "name" in line}
    for sku in was | now:
        label = f"{names[sku]} ({sku})" if sku in names else sku
        yield from _change(label, was.get(sku, ""), now.get(sku, ""))


def _quantities(lines: list[Line]) -> dict[str, str]:
    """Return the quantity of each SKU in words. A SKU on two lines has both quantities."""
    found: dict[str, str] = {}
    for line in lines:
        sku, quantity = line["sku"], line["quantity"]
        found[sku] = f"{found[sku]} + {quantity}" if sku in found else f"quantity {quantity}"
    return found


def _amounts(charges: Sequence[Charge], currency: str) -> dict[str, str]:
    """Return the amount of each charge in words. Charges with the same label have all of their amounts."""
    found: dict[str, str] = {}
    for charge in charges:
        label, amount = pricing.labelled_charge(charge), pricing.short_amount(charge["amount"], currency)
        found[label] = f"{found[label]} + {amount}" if label in found else amount
    return found


def _change(label: str, was: str, now: str) -> Iterator[FieldChange]:
    """Yield the change of a field. A side that is empty is left out."""
    if was == now:
        return
    start = _start(was, now)
    change = {"field": _excerpt(label), "from": _excerpt(was, start), "to": _excerpt(now, start)}
    yield cast(FieldChange, {name: text for name, text in change.items() if text})


def _start(was: str, now: str) -> int:
    """Return where excerpts of two texts begin, so that they show the first difference."""
    pairs = enumerate(zip(was, now, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(was), len(now)))
    return max(0, same - _CONTEXT) if max(len(was), len(now)) > MAX_TEXT else 0


def _excerpt(text: str, start: int = 0) -> str:
    rest = ("…" if start else "") + text[start:]
    return rest if len(rest) <= MAX_TEXT else rest[: MAX_TEXT - 1] + "…"
