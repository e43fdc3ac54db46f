"""Lists of customers, a page at a time: all, the latest order first, or those that a search finds."""

from typing import cast

from lambdas.platform import batches, listing, tables
from lambdas.platform.listing import Listing
from lambdas.shop import customers, order_reads, order_table, search
from lambdas.shop.documents import CustomerRow

CustomerPage = tuple[list[CustomerRow], str | None]
"""Customers, and the cursor of the next page or None."""


def read_page(words: list[str], currency: str, limit: int, cursor: str) -> CustomerPage:
    """Return a page of customers: all if there are no words, or those with all the words.

    Raises batches.BusyError, and BadRequestError for a cursor of another list.
    """
    if words:
        return _search(words, currency, limit, cursor)
    return cast(CustomerPage, listing.read_page(_by_last_order(), limit, cursor))


def _search(words: list[str], currency: str, limit: int, cursor: str) -> CustomerPage:
    """Look up the words among the orders. A customer is shown at their latest order."""
    from lambdas.shop import order_search  # here, because a function that only lists starts 15 ms sooner

    asked = order_search.Search(purpose="customers", words=words)
    return order_search.read_page(
        asked, limit, cursor, lambda keys: _matching(keys, words, currency), batches.MAX_KEYS
    )


def _matching(keys: list[str], words: list[str], currency: str) -> list[tuple[str, CustomerRow]]:
    """Return the customers that match and whose latest order is one of these, with the order's key."""
    by_id = {order_table.order_id(key): key for key in keys}
    emails = [order.get("customerEmail") for order in order_reads.read_many(list(by_id), ("customerEmail",))]
    known = list(dict.fromkeys(email for email in emails if email))
    rows = {row["lastOrderID"]: row for row in customers.read_many(known, currency)}
    return [
        (key, rows[order_id])
        for order_id, key in by_id.items()
        if order_id in rows and search.matches(search.customer_words(rows[order_id]), words)
    ]


def _by_last_order() -> Listing:
    """Return the listing of all customers, the latest order first."""
    return Listing(
        table=customers.table(),
        index="byLastOrder",
        partition_key="listShard",
        partitions=tables.SHARDS,
        descending=True,
    )
