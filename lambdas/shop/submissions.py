"""Orders as clients submit them: the text of a message, parsed and checked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from lambdas.platform import json_schema, strict_json, text
from lambdas.platform.errors import Fault, UndeliverableError
from lambdas.shop import order_schema
from lambdas.shop.customer_account import CustomerAccount
from lambdas.shop.documents import Customer, OrderContent, SubmittedOrder

# A body of one megabyte can break a rule a hundred thousand times.
MAX_FAULTS = 100


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A submitted order: its text, the document in its normal form and as it was written, its faults.

    Documents with the same normal form have the same fingerprint, whatever their spaces, escapes and order of
    fields.
    """

    text: str
    document: dict[str, Any]
    written: Any
    faults: Sequence[Fault]
    fingerprint: str
    account: CustomerAccount | None = None

    def fingerprint_as_written(self) -> str:
        """Return the fingerprint that releases without a normal form stored. They knew no customers."""
        return self.fingerprint if self.account else _fingerprint(self.written)

    @property
    def order_id(self) -> str:
        """The ID that the client gave the order."""
        return str(self.document["orderID"])

    @property
    def order(self) -> SubmittedOrder:
        """The document of a submission without faults."""
        return cast(SubmittedOrder, self.document)


def read(body: str, account: CustomerAccount | None = None) -> Submission:
    """Parse and check the body of a message. Raises UndeliverableError if it has no valid orderID.

    `account` is that of the customer who sent the order, whose customer it is.
    """
    try:
        written = strict_json.parse(body)
        document = text.normalise(account.completed(written) if account else written)
        fingerprint = _fingerprint(account.content(document) if account else document)
    except strict_json.NotJsonError as error:
        raise UndeliverableError(f"the order must be JSON: {error}") from error
    if not isinstance(document, dict):
        raise UndeliverableError(f"the order must be an object, got {strict_json.shown(document)}")
    if not json_schema.is_valid("Order", "orderID", document.get("orderID")):
        raise UndeliverableError(f"orderID must be a UUID, got {strict_json.shown(document.get('orderID'))}")
    faults = list(islice(json_schema.faults("Order", document, order_schema.schemas()), MAX_FAULTS))
    return Submission(
        text=body,
        document=document,
        written=written,
        faults=faults,
        fingerprint=fingerprint,
        account=account,
    )


def _fingerprint(document: Any) -> str:
    """Return the hash of a document, which spaces and the order of fields do not change."""
    return hashlib.sha256(strict_json.canonical(document).encode()).hexdigest()


def agreement_faults(order: SubmittedOrder) -> list[Fault]:
    """Return the fault of a customer's order that does not say which total the customer saw."""
    return [] if "agreedTotal" in order else [Fault("agreedTotal", "is required")]


def readable(document: dict[str, Any]) -> OrderContent:
    """Return the valid parts of an invalid order, for staff to read: customer, lines, charges, texts."""
    customer = document.get("customer")
    content: OrderContent = {
        "customer": cast(Customer, {"name": "", "email": ""} | _valid_fields("Customer", customer)),
        "items": _valid_entries("Item", document.get("items")),
    }
    if charges := _valid_entries("Charge", document.get("charges")):
        content["charges"] = charges
    texts = {name: document.get(name) for name in ("reference", "notes", "collection")}
    return cast(OrderContent, content | _valid_fields("Order", texts))


def _valid_fields(name: str, given: Any) -> dict[str, Any]:
    pairs = given.items() if isinstance(given, dict) else ()
    return {field: value for field, value in pairs if json_schema.is_valid(name, field, value)}


def _valid_entries(name: str, given: Any) -> list[Any]:
    return [entry for entry in (given if isinstance(given, list) else []) if _is_valid(name, entry)]


def _is_valid(name: str, given: Any) -> bool:
    return next(json_schema.faults(name, given), None) is None
