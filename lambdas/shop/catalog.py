"""The product catalog: what can be ordered, at which price."""

import os
from collections.abc import Iterable

from lambdas.platform import batches, json_schema, tables
from lambdas.platform.errors import NotFoundError
from lambdas.platform.tables import Record

CONTENT = ("name", "category", "unitPrice", "currency", "unit", "active", "description")
_INTERNAL = frozenset({"listShard", "listKey"})
_PRICING = ("sku", "name", "unitPrice", "currency", "active")


def table() -> str:
    """Name the table of products."""
    return os.environ["SHOP_PRODUCTS_TABLE"]


def read_for_pricing(skus: Iterable[str]) -> dict[str, Record]:
    """Read what pricing needs to know of products, by SKU; unknown SKUs are left out.

    Raises batches.BusyError.
    """
    return batches.read(table(), "sku", skus, _PRICING)


def read_many(skus: Iterable[str]) -> dict[str, Record]:
    """Read whole products by SKU; unknown SKUs are left out. Raises batches.BusyError."""
    return batches.read(table(), "sku", skus, ("sku", *CONTENT, "version", "createdAt", "updatedAt"))


def find(sku: str) -> Record | None:
    """Read a product with everything that was written before, or None."""
    return tables.get(table(), sku=sku) if json_schema.is_valid("Product", "sku", sku) else None


def read(sku: str) -> Record:
    """Read a product. Raises NotFoundError."""
    product = find(sku)
    if product is None:
        raise NotFoundError("there is no such product")
    return product


def public(product: Record) -> Record:
    """Show a product as the API does, without what only the indexes need."""
    return {name: value for name, value in product.items() if name not in _INTERNAL}
