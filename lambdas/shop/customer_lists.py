"""Lists of customers, a page at a time: all, the latest order first, or those that a search finds."""

from typing import cast

from lambdas.platform import listing
from lambdas.shop import customers, search
from lambdas.shop.documents import CustomerRow

CustomerPage = tuple[list[CustomerRow], str | None]
"""Customers, and the cursor of the next page or None."""


def read_page(words: list[str], currency: str, limit: int, cursor: str) -> CustomerPage:
    """Return a page of customers: all if there are no words, or those with all the words.

    Raises batches.BusyError, and BadRequestError for a cursor of another list.
    """
    if words:
        return _search(words, currency, limit, cursor)
    return cast(CustomerPage, listing.read_page(customers.by_last_order(), limit, cursor))


def _search(words: list[str], currency: str, limit: int, cursor: str) -> CustomerPage:
    """Look up the words. Read each customer and compare again, because a search row may be out of date."""
    rows, following = listing.read_page(search.listing(search.CUSTOMER, words), limit, cursor)
    found = customers.read_many([row["identity"] for row in rows], currency)
    return [row for row in found if search.matches(search.customer_words(row), words)], following
