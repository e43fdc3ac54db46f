"""Lists of products: by name, filtered by category and searched, a page at a time."""

from typing import cast

from lambdas.platform import listing
from lambdas.platform.tables import Record
from lambdas.shop import catalog, product_terms, search
from lambdas.shop.documents import Product

ProductPage = tuple[list[Product], str | None]
"""Products, and the cursor of the next page or None."""


def read_page(words: list[str], category: str, active: bool | None, limit: int, cursor: str) -> ProductPage:
    """Return a page of products. An empty category or list of words sets no filter, and so does None.

    Only the last page has fewer products than the limit, unless very few of very many match. Raises
    batches.BusyError, and BadRequestError for a cursor of another list.
    """
    if not words:
        return cast(
            ProductPage, listing.read_full_page(catalog.by_name(category, active), limit, cursor, list)
        )

    def keep(rows: list[Record]) -> list[Product]:
        found = catalog.read_many([row["identity"] for row in rows])
        products = [found[row["identity"]] for row in rows if _is_current(row, found.get(row["identity"]))]
        return [
            product
            for product in products
            if category in ("", product["category"])
            and active in (None, product["active"])
            and search.matches(search.product_words(product), words)
        ]

    return cast(ProductPage, listing.read_full_page(product_terms.listing(words), limit, cursor, keep))


def _is_current(row: Record, product: Product | None) -> bool:
    """Whether a search row was written for the present name of its product."""
    return product is not None and row["listKey"] == product["listKey"]
