"""Customers: the figures of their orders, the details from their latest order, and the notes on them."""

import os
from collections.abc import Mapping
from typing import Any, cast

from lambdas.platform import batches, json_schema, tables, text, times
from lambdas.platform.access import Person
from lambdas.platform.errors import NotFoundError, PreconditionFailedError
from lambdas.shop.documents import CustomerRow

# The fields that an order has about its customer, without the e-mail address, which is the key.
DETAILS = ("name", "company", "phone", "address")
# The note on a customer, its author and its time. Orders know nothing of these fields.
NOTE = ("note", "noteBy", "noteAt")


def table() -> str:
    """Return the name of the table of customers."""
    return os.environ["SHOP_CUSTOMERS_TABLE"]


def read(email: str) -> CustomerRow:
    """Return the customer with this address in any spelling, read consistently. Raises NotFoundError."""
    row = find(text.mailbox(email)) if json_schema.is_valid("Customer", "email", email) else None
    if row is None or not is_known(row):
        raise NotFoundError("there is no such customer")
    return row


def find(email: str) -> CustomerRow | None:
    """Return the row of a customer, read consistently, or None."""
    return cast(CustomerRow | None, tables.get(table(), email=email))


def read_many(emails: list[str], currency: str) -> list[CustomerRow]:
    """Return the fields of customers that a list shows, in the order of `emails`, without unknown customers.

    Raises batches.BusyError.
    """
    figures = ("orders", "sales", f"total:{currency}")
    names = ("email", *DETAILS, *figures, "lastOrderAt", "lastOrderID", "latest")
    found = cast(dict[str, CustomerRow], batches.read(table(), "email", emails, names))
    return [found[email] for email in emails if email in found and is_known(found[email])]


def is_known(row: CustomerRow) -> bool:
    """Whether a row has details. For a moment, the row of a customer without orders has none."""
    return "latest" in row


def public(row: CustomerRow, currency: str) -> dict[str, Any]:
    """Return a customer as the API shows it, with the total of sales in a currency, in minor units."""
    fields: Mapping[str, Any] = row
    details = {name: fields[name] for name in ("email", *DETAILS) if name in fields}
    figures = {name: fields.get(name, 0) for name in ("orders", "sales")}
    total = {"total": fields.get(f"total:{currency}", 0), "currency": currency}
    return details | figures | total | {name: fields[name] for name in ("lastOrderAt", "lastOrderID")}


def whole(row: CustomerRow, currency: str) -> dict[str, Any]:
    """Return a customer as the API shows one alone: with the version and with the note."""
    fields: Mapping[str, Any] = row
    note = {name: fields[name] for name in NOTE if name in fields}
    return public(row, currency) | note | {"version": version_of(row)}


def version_of(row: CustomerRow) -> int:
    """Return the version of a row, or 0 if an earlier release wrote it without one."""
    return row.get("version", 0)


def write_note(row: CustomerRow, note: str, *, by: Person, currency: str) -> CustomerRow:
    """Replace the note on a customer, or remove it if the text is empty; return the changed row.

    The same note again changes nothing. Raises PreconditionFailedError.
    """
    if note == row.get("note", ""):
        return row
    written = {"note": note, "noteBy": by.name, "noteAt": times.now()} if note else {}
    changes = {**written, "version": version_of(row) + 1}
    gone = [] if note else [name for name in NOTE if name in row]
    kept = {name: value for name, value in row.items() if name not in NOTE}
    after = cast(CustomerRow, kept | changes)
    try:
        tables.update(table(), row.get("version"), changes, gone, email=row["email"])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after, currency)
    return after


def _refuse_unless_stored(wanted: CustomerRow, currency: str) -> None:
    """Raise PreconditionFailedError, unless our own write succeeded and only its response was lost."""
    stored = find(wanted["email"])
    if stored != wanted:
        current: dict[str, Any] = {"customer": whole(stored, currency)} if stored and is_known(stored) else {}
        raise PreconditionFailedError("the customer has been changed meanwhile", **current)


def index_keys(email: str, last_order_at: str) -> dict[str, str]:
    """Return the keys of the index, which sorts customers by their latest order."""
    return {"listShard": tables.shard(email), "listKey": f"{last_order_at}#{email}"}
