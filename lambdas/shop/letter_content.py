"""The content of dead letters as staff read it: the order in a message, or the change in a stream record."""

import json
from collections.abc import Iterator
from typing import Any

from lambdas.platform import json_schema, strict_json, text
from lambdas.platform.stream import StreamRecord
from lambdas.shop import letters
from lambdas.shop.customer_account import CustomerAccount

_MAX_NAME = 200  # characters
_MAX_EXCERPT = 80  # characters
_TELLING = ("company", "email", "phone", "address")  # parts of a customer without a name


def known(source: str, body: str) -> dict[str, str]:
    """Return the fields of a new letter that can be found in its body.

    They are orderID, customerName and acceptedAt, and `excerpt` of an order with neither ID nor customer and
    of a product.
    """
    if source == letters.WEBHOOKS:
        found = {"orderID": _order_id(event_in(body).get("orderID"))}
    elif source == letters.PAGES:
        found = {"excerpt": _product(record(body))}
    elif source == letters.MAILS:
        found = {"orderID": _order_id((parsed(body) or {}).get("orderID"))}
    else:
        found = _of_order(body) if source == letters.ORDERS else _of_record(record(body))
    if source == letters.ORDERS and not found["orderID"] and not found["customerName"]:
        found["excerpt"] = excerpt(body)
    return {name: value for name, value in found.items() if value}


def named(account: CustomerAccount | None) -> dict[str, str]:
    """Return the field `customerName` of a letter about a customer's order, whose body has no name."""
    name = _writable(text.line(account.name))[:_MAX_NAME] if account else ""
    return {"customerName": name} if name else {}


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


def event_in(body: str) -> dict[str, Any]:
    """Return the event in the body of a letter, or an empty dictionary if it has none that can be read."""
    event = (parsed(body) or {}).get("event")
    return event if isinstance(event, dict) else {}


def text_in(image: Any, *path: str) -> str:
    """Return a text or number in an image of the stream, or an empty text. The image may be malformed."""
    found = image
    for name in path:
        inner = found.get("M", found) if isinstance(found, dict) else {}
        found = inner.get(name) if isinstance(inner, dict) else None
    values = [found.get("S"), found.get("N")] if isinstance(found, dict) else []
    return _writable(next((value for value in values if isinstance(value, str)), ""))


def excerpt(body: str) -> str:
    """Return the first text in a body that a person may recognise, else how the body begins."""
    document = parsed(body)
    found = (text.line(one) for one in _texts(document)) if document else iter(())
    readable = next((one for one in found if any(map(str.isalnum, one))), "")
    return _writable(readable or text.line(body[:_MAX_NAME]))[:_MAX_EXCERPT]


def _texts(document: dict[str, Any]) -> Iterator[str]:
    """Yield the texts in an order, first those that tell who sent it."""
    customer = document.get("customer")
    first = [customer.get(name) for name in _TELLING] if isinstance(customer, dict) else []
    left: list[Any] = [document, document.get("notes"), *reversed(first)]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value[:_MAX_NAME]
        elif isinstance(value, dict | list):
            left += reversed(list(value.values()) if isinstance(value, dict) else value)


def _writable(name: str) -> str:
    """Return a text without halves of characters, which JSON can name and no table takes."""
    return name.encode(errors="ignore").decode()


def _of_order(body: str) -> dict[str, str]:
    document = parsed(body) or {}
    customer = document.get("customer")
    name = customer.get("name") if isinstance(customer, dict) else ""
    return {
        "orderID": _order_id(document.get("orderID")),
        "customerName": _writable(text.line(name))[:_MAX_NAME] if isinstance(name, str) else "",
    }


def _order_id(found: Any) -> str:
    return str(found) if json_schema.is_valid("Order", "orderID", found) else ""


def _product(found: StreamRecord | None) -> str:
    """Return name and SKU of the product that a record is about, or an empty text."""
    if found is None:
        return ""
    change = found["dynamodb"]
    name = text_in(change.get("NewImage") or change.get("OldImage"), "name")
    sku = text_in(change.get("Keys"), "sku")
    return (f"{name} ({sku})" if name and sku else sku)[:_MAX_EXCERPT]


def _of_record(found: StreamRecord | None) -> dict[str, str]:
    if found is None:
        return {}
    change = found["dynamodb"]
    order = change.get("NewImage") or change.get("OldImage")
    return {
        "orderID": _order_id(text_in(change.get("Keys"), "orderID")),
        "customerName": text_in(order, "customer", "name")[:_MAX_NAME],
        "acceptedAt": text_in(order, "createdAt"),
    }
