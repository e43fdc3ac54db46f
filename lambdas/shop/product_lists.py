"""Lists of products: by name, filtered by category and searched, a page at a time."""

from typing import cast

from lambdas.platform import listing
from lambdas.shop import catalog, search
from lambdas.shop.documents import Product

ProductPage = tuple[list[Product], str | None]
"""Products, and the cursor of the next page or None."""


def read_page(words: list[str], category: str, limit: int, cursor: str) -> ProductPage:
    """Return a page of products. An empty category or list of words sets no filter.

    Raises batches.BusyError, and BadRequestError for a cursor of another list.
    """
    if words:
        return _search(words, category, limit, cursor)
    return cast(ProductPage, listing.read_page(catalog.by_name(category), limit, cursor))


def _search(words: list[str], category: str, limit: int, cursor: str) -> ProductPage:
    rows, following = listing.read_page(search.listing(search.PRODUCT, words), limit, cursor)
    found = catalog.read_many([row["identity"] for row in rows])
    products = [found[row["identity"]] for row in rows if row["identity"] in found]
    return [product for product in products if category in ("", product["category"])], following
