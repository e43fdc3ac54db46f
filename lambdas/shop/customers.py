"""Customers: the figures of their orders, and the details from their latest order."""

import os

from lambdas.platform import batches, json_schema, tables
from lambdas.platform.errors import NotFoundError
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record

# The fields that an order has about its customer, without the e-mail address, which is the key.
DETAILS = ("name", "company", "phone", "address")


def table() -> str:
    """Return the name of the table of customers."""
    return os.environ["SHOP_CUSTOMERS_TABLE"]


def read(email: str) -> Record:
    """Return a customer, read consistently. Raises NotFoundError."""
    row = tables.get(table(), email=email) if json_schema.is_valid("Customer", "email", email) else None
    if row is None or not is_known(row):
        raise NotFoundError("there is no such customer")
    return row


def read_many(emails: list[str], currency: str) -> list[Record]:
    """Return the fields of customers that a list shows, in the order given, without unknown customers.

    Raises batches.BusyError.
    """
    figures = ("orders", "sales", f"total:{currency}")
    names = ("email", *DETAILS, *figures, "lastOrderAt", "lastOrderID", "latest")
    found = batches.read(table(), "email", emails, names)
    return [found[email] for email in emails if is_known(found.get(email, {}))]


def is_known(row: Record) -> bool:
    """Whether a row has details. For a moment, the row of a new customer has figures only."""
    return "latest" in row


def public(row: Record, currency: str) -> Record:
    """Return a customer as the API shows it, with the total of sales in a currency, in minor units."""
    details = {name: row[name] for name in ("email", *DETAILS) if name in row}
    figures = {name: row.get(name, 0) for name in ("orders", "sales")}
    total = {"total": row.get(f"total:{currency}", 0), "currency": currency}
    return details | figures | total | {name: row[name] for name in ("lastOrderAt", "lastOrderID")}


def index_keys(email: str, last_order_at: str) -> dict[str, str]:
    """Return the keys of the index, which sorts customers by their latest order."""
    return {"listShard": tables.shard(email), "listKey": f"{last_order_at}#{email}"}


def by_last_order() -> Listing:
    """Return the listing of all customers, the latest order first."""
    return Listing(
        table=table(),
        index="byLastOrder",
        partition_key="listShard",
        partitions=tables.SHARDS,
        descending=True,
    )
