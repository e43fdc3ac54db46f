"""The content of dead letters as staff read it: the order in a message, or the change in a stream record."""

import json
from typing import Any

from lambdas.platform import json_schema, strict_json, text
from lambdas.platform.stream import StreamRecord
from lambdas.shop import letters

_MAX_NAME = 200  # characters


def known(source: str, body: str) -> dict[str, str]:
    """Return the fields of a new letter that can be found in its body: orderID, customerName, acceptedAt."""
    found = _of_order(body) if source == letters.ORDERS else _of_record(record(body))
    return {name: value for name, value in found.items() if value}


def parsed(body: str) -> dict[str, Any] | None:
    """Return the JSON object in a text, or None if the text is something else."""
    try:
        document = strict_json.parse(body)
        strict_json.canonical([[[[document]]]])  # refuses what is nested too deeply for an answer
    except strict_json.NotJsonError:
        return None
    return document if isinstance(document, dict) else None


def record(body: str) -> StreamRecord | None:
    """Return the stream record in the body of a letter, or None if it has none, or one without its change."""
    document = parsed(body)
    is_record = document is not None and "eventID" in document and isinstance(document.get("dynamodb"), dict)
    return json.loads(body) if is_record else None


def text_in(image: Any, *path: str) -> str:
    """Return a text or number in an image of the stream, or an empty text. The image may be malformed."""
    found = image
    for name in path:
        inner = found.get("M", found) if isinstance(found, dict) else {}
        found = inner.get(name) if isinstance(inner, dict) else None
    values = [found.get("S"), found.get("N")] if isinstance(found, dict) else []
    return next((value for value in values if isinstance(value, str)), "")


def _writable(name: str) -> str:
    """Return a text without halves of characters, which JSON can name and no table takes."""
    return name.encode(errors="ignore").decode()


def _of_order(body: str) -> dict[str, str]:
    document = parsed(body) or {}
    customer = document.get("customer")
    name = customer.get("name") if isinstance(customer, dict) else ""
    order_id = document.get("orderID")
    return {
        "orderID": str(order_id) if json_schema.is_valid("Order", "orderID", order_id) else "",
        "customerName": _writable(text.line(name))[:_MAX_NAME] if isinstance(name, str) else "",
    }


def _of_record(found: StreamRecord | None) -> dict[str, str]:
    if found is None:
        return {}
    change = found["dynamodb"]
    order = change.get("NewImage") or change.get("OldImage")
    return {
        "orderID": text_in(change.get("Keys"), "orderID"),
        "customerName": text_in(order, "customer", "name")[:_MAX_NAME],
        "acceptedAt": text_in(order, "createdAt"),
    }
