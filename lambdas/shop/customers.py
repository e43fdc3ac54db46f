"""Customers, as the orders know them: their figures, and what the latest order says of them."""

import os

from lambdas.platform import batches, json_schema, tables
from lambdas.platform.errors import NotFoundError
from lambdas.platform.tables import Record

# What an order says of its customer, beside the e-mail address that names them.
DETAILS = ("name", "company", "phone", "address")


def table() -> str:
    """Name the table of customers."""
    return os.environ["SHOP_CUSTOMERS_TABLE"]


def read(email: str) -> Record:
    """Read a customer with everything that was written before. Raises NotFoundError."""
    row = tables.get(table(), email=email) if json_schema.is_valid("Customer", "email", email) else None
    if row is None or not is_known(row):
        raise NotFoundError("there is no such customer")
    return row


def read_many(emails: list[str], currency: str) -> list[Record]:
    """Read what a list shows of customers, in this order; those that are gone are left out.

    Raises batches.BusyError.
    """
    figures = ("orders", "sales", f"total:{currency}")
    names = ("email", *DETAILS, *figures, "lastOrderAt", "lastOrderID", "latest")
    found = batches.read(table(), "email", emails, names)
    return [found[email] for email in emails if is_known(found.get(email, {}))]


def is_known(row: Record) -> bool:
    """Tell whether a row has details: for a moment a new customer has figures only."""
    return "latest" in row


def public(row: Record, currency: str) -> Record:
    """Show a customer as the API does, with the total of their sales in a currency, in minor units."""
    details = {name: row[name] for name in ("email", *DETAILS) if name in row}
    figures = {name: row.get(name, 0) for name in ("orders", "sales")}
    total = {"total": row.get(f"total:{currency}", 0), "currency": currency}
    return details | figures | total | {name: row[name] for name in ("lastOrderAt", "lastOrderID")}
