"""A dead letter as its page shows it: who sent it and when, its content, and what became of its order."""

import json
import math
from decimal import Decimal
from itertools import islice
from typing import Any

from lambdas.platform import json_schema, tables, text
from lambdas.platform.stream import StreamRecord
from lambdas.shop import (
    customer_account,
    letter_advice,
    letter_content,
    letters,
    order_schema,
    order_table,
)
from lambdas.shop.documents import Letter, LetterEntry
from lambdas.shop.submissions import MAX_FAULTS

_SHOWN = ("body", "original", "channel", "submittedBy", "sentAs")


def public(letter: Letter) -> dict[str, Any]:
    """Return a letter as the API shows it."""
    shown = {name: letter[name] for name in _SHOWN if name in letter}  # type: ignore[literal-required]
    return {
        **letters.listed(letter),
        **shown,
        **_content(letter),
        "history": [_with_advice(entry) for entry in letter["history"]],
        **_stored(letter.get("sentAs") or letter.get("orderID", "")),
        "newOrderID": letters.new_order_id(letter),
    }


def _with_advice(entry: LetterEntry) -> dict[str, Any]:
    """Return an entry of a history with the kind of its reason, for which the page has plain words."""
    advice = {"advice": letter_advice.of(entry["reason"])} if "reason" in entry else {}
    return {**entry, **advice}


def _stored(order_id: str) -> dict[str, Any]:
    """Return what is stored under the ID of the order: `stored`, or nothing."""
    order = tables.get(order_table.name(), orderID=order_id) if order_id else None
    if order is None or "erasedAt" in order:
        return {}
    return {"stored": {name: order[name] for name in ("orderID", "number", "status") if name in order}}


def _content(letter: Letter) -> dict[str, Any]:
    """Return what the API shows of the content: the order with its faults, or the change."""
    if letter["source"] != letters.ORDERS:
        found = letter_content.record(letter["body"])
        return {"change": _change(found)} if found else {}
    document = letter_content.parsed(letter["body"])
    if document is None:
        return {}
    if account := customer_account.of_letter(letter):
        document = account.completed(document)
    schemas = order_schema.schemas()
    faults = islice(json_schema.faults("Order", text.normalise(document), schemas), MAX_FAULTS)
    return {"order": _plain(document), "faults": [fault._asdict() for fault in faults]}


def _plain(document: dict[str, Any]) -> Any:
    """Return a document that JSON in UTF-8 can have: fractions are numbers, half a character is a "?"."""
    written = json.dumps(document, default=_number, ensure_ascii=False)
    return json.loads(written.encode(errors="replace"))


def _number(fraction: Decimal) -> float | str:
    """Return a fraction as a number, or as text if only the constant Infinity, which is not JSON, is left."""
    number = float(fraction)
    return number if math.isfinite(number) else str(fraction)


def _change(found: StreamRecord) -> dict[str, Any]:
    change = found["dynamodb"]
    number = letter_content.text_in(change.get("NewImage") or change.get("OldImage"), "number")
    facts = {
        "event": letter_content.text_in({"eventName": {"S": found.get("eventName")}}, "eventName"),
        "number": int(number) if number.isdecimal() else None,
        "sku": letter_content.text_in(change.get("Keys"), "sku"),
        "from": letter_content.text_in(change.get("OldImage"), "status"),
        "to": letter_content.text_in(change.get("NewImage"), "status"),
    }
    return {name: value for name, value in facts.items() if value}
