"""The state of the storefront: lease, edition, what sells best and together, and the pages of categories."""

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from lambdas.platform import batches, tables
from lambdas.platform.leases import Lease
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.shop import search_table

LEASE_MS = 330_000  # longer than the timeout of make_pages
_KEY = {"term": "pages-state", "listKey": "state"}
# The partitions of the rows with the number of pages of each category, and with what sells with a product.
_CATEGORIES, _TOGETHER = "pages-categories", "pages-together"

Best = dict[str, list[str]]
"""The SKUs of best sellers, the best first, by category, and those of all categories by an empty text."""


def lease() -> Lease:
    """Return the lease of whoever makes pages. Its row also has the attributes of `read`."""
    return Lease(search_table.name(), _KEY)


def read() -> Mapping[str, Any]:
    """Return `edition`, `best`, `day` and `looked`, so far as they are stored.

    `looked` is the number of products whose companions were looked up on that day, or None for all.
    """
    return tables.get(search_table.name(), **_KEY) or {}


def best() -> Best:
    """Return the best sellers as they were last looked up."""
    stored: Best = json.loads(read().get("best", "{}"))
    return stored


def set_best(owner: str, found: Best) -> None:
    """Store the best sellers, as text, because a table takes no empty name. Raises LeaseTakenError."""
    lease().change(owner, {"best": json.dumps(found)})


def categories() -> dict[str, int]:
    """Return the categories that may have files, with the number of their pages or more."""
    rows = search_table.read_range(_CATEGORIES, FIRST_KEY, LAST_KEY)
    return {row["listKey"]: row["pages"] for row in rows}


def pages_of(category: str) -> int:
    """Return how many pages of a category may have files."""
    row = tables.get(search_table.name(), term=_CATEGORIES, listKey=category)
    return row["pages"] if row else 0


def set_pages(category: str, count: int) -> None:
    """Store how many pages of a category may have files. Only the holder of the lease may do this."""
    row = {"term": _CATEGORIES, "listKey": category, "pages": count}
    gone = search_table.delete_request(_CATEGORIES, category)
    batches.write(search_table.name(), search_table.put_requests([row]) if count else [gone])


def together(skus: Iterable[str]) -> dict[str, list[str]]:
    """Return what is often bought with products, as it was last looked up. Raises batches.BusyError."""
    rows = batches.read(search_table.name(), "listKey", skus, beside=lambda _: {"term": _TOGETHER})
    return {sku: row["products"] for sku, row in rows.items()}


def shown_with(skus: Collection[str]) -> set[str]:
    """Return the products on whose pages one of these stands as often bought together."""
    if not skus:
        return set()
    rows = search_table.read_range(_TOGETHER, FIRST_KEY, LAST_KEY)
    return {row["listKey"] for row in rows if not set(skus).isdisjoint(row["products"])}


def set_together(products: Mapping[str, Sequence[str]]) -> None:
    """Store what is often bought with products. Raises batches.BusyError."""
    rows = [{"term": _TOGETHER, "listKey": sku, "products": list(found)} for sku, found in products.items()]
    batches.write(search_table.name(), search_table.put_requests(rows))


def edition() -> str:
    """Return what decides how pages look beside products, and where they are."""
    names = ("SHOP_STOREFRONT_EDITION", "SHOP_STOREFRONT", "SHOP_PAGES_BUCKET")
    return "\n".join(os.environ[name] for name in names)
