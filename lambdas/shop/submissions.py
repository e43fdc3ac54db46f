"""Orders as clients submit them: the text of a message, read and checked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lambdas.platform import json_schema, strict_json
from lambdas.platform.errors import Fault, UndeliverableError

# A body of a megabyte can break a rule a hundred thousand times; nobody reads on after this many.
MAX_FAULTS = 100


@dataclass(frozen=True, kw_only=True)
class Submission:
    """An order as it came in: its text, what that says, what is wrong with it, and its fingerprint."""

    text: str
    document: dict[str, Any]
    faults: Sequence[Fault]
    fingerprint: str

    @property
    def order_id(self) -> str:
        """The order's ID, which the client gave it."""
        return str(self.document["orderID"])


def read(text: str) -> Submission:
    """Read a message's body. Raises UndeliverableError where it names no order that could be stored."""
    document, fingerprint = _parsed(text)
    if not isinstance(document, dict):
        raise UndeliverableError(f"the order must be an object, got {strict_json.shown(document)}")
    if not json_schema.is_valid("Order", "orderID", document.get("orderID")):
        raise UndeliverableError(f"orderID must be a UUID, got {strict_json.shown(document.get('orderID'))}")
    faults = list(islice(json_schema.faults("Order", document), MAX_FAULTS))
    return Submission(text=text, document=document, faults=faults, fingerprint=fingerprint)


def _parsed(text: str) -> tuple[Any, str]:
    """Parse, and hash what equal orders share however they are spelled: spaces and order do not count."""
    try:
        document = strict_json.parse(text)
        canonical = strict_json.canonical(document)
    except strict_json.NotJsonError as error:
        raise UndeliverableError(f"the order must be JSON: {error}") from error
    return document, hashlib.sha256(canonical.encode()).hexdigest()


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a broken order that staff can still make sense of: customer, lines, notes."""
    customer, items = document.get("customer"), document.get("items")
    notes = document.get("notes")
    return {
        "customer": {"name": "", "email": ""} | _fields("Customer", customer),
        "items": [item for item in (items if isinstance(items, list) else []) if _whole("Item", item)],
    } | ({"notes": notes} if json_schema.is_valid("Order", "notes", notes) else {})


def _fields(name: str, given: Any) -> dict[str, Any]:
    pairs = given.items() if isinstance(given, dict) else ()
    return {field: value for field, value in pairs if json_schema.is_valid(name, field, value)}


def _whole(name: str, given: Any) -> bool:
    return next(json_schema.faults(name, given), None) is None
