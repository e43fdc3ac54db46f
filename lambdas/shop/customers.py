"""Customers: the figures of their orders, and the details from their latest order."""

import os
from collections.abc import Mapping
from typing import Any, cast

from lambdas.platform import batches, tables
from lambdas.platform.errors import NotFoundError
from lambdas.shop.documents import CustomerRow

# The fields that an order has about its customer, without the e-mail address, which is the key.
DETAILS = ("name", "company", "phone", "address")


def table() -> str:
    """Return the name of the table of customers."""
    return os.environ["SHOP_CUSTOMERS_TABLE"]


def read(email: str) -> CustomerRow:
    """Return the customer with this address, read consistently. Raises NotFoundError."""
    row = find(email)
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


def index_keys(email: str, last_order_at: str) -> dict[str, str]:
    """Return the keys of the index, which sorts customers by their latest order."""
    return {"listShard": tables.shard(email), "listKey": f"{last_order_at}#{email}"}
