"""The product catalog: the products that can be ordered, and their prices."""

import os
from collections.abc import Callable, Iterable
from typing import Any, cast

from lambdas.platform import batches, json_schema, tables
from lambdas.platform.batches import Reading
from lambdas.platform.errors import NotFoundError
from lambdas.shop.documents import Product, ProductPrice

# The fields that a product can lack and that CSV files have columns for.
IN_COLUMNS = (
    "description", "packSize", "netContent", "minQuantity", "vatClass",
    "signalWord", "pictograms", "hazardStatements", "ufi",
)  # fmt: skip
_OF_FILES = (
    "image", "imageText", "safetyDataSheet", "safetyDataSheetVersion", "safetyDataSheetDate",
)  # fmt: skip
# The fields that a product can lack.
OPTIONAL = (*IN_COLUMNS, *_OF_FILES)
# The part of a product that staff decide about, in the sequence of its history.
CONTENT = ("name", "category", "unitPrice", "currency", "unit", "active", *OPTIONAL)
# The keys of indexes that earlier releases had. A product has them until it is saved the next time.
_KEY_FIELDS = frozenset({"listShard", "listKey"})
_PRICE_FIELDS = ("sku", "name", "unit", "unitPrice", "currency", "active", "minQuantity")


def table() -> str:
    """Return the name of the table of products."""
    return os.environ["SHOP_PRODUCTS_TABLE"]


def read_each_for_pricing(skus: Iterable[str], before_call: Callable[[], None]) -> Reading:
    """Return the product fields that pricing needs, and the errors of the products that could not be read.

    An error of `before_call` prevents a call like an error of the call itself.
    """
    return batches.read_each(table(), "sku", skus, _PRICE_FIELDS, before_call)


def read_for_pricing(skus: Iterable[str]) -> dict[str, ProductPrice]:
    """Return the product fields that pricing needs, by SKU. Unknown SKUs are left out.

    Raises batches.BusyError.
    """
    found = batches.read(table(), "sku", skus, _PRICE_FIELDS)
    return cast(dict[str, ProductPrice], found)


def read_many(skus: Iterable[str]) -> dict[str, Product]:
    """Return whole products by SKU. Unknown SKUs are left out. Raises batches.BusyError."""
    return cast(dict[str, Product], batches.read(table(), "sku", skus))


def find(sku: str) -> Product | None:
    """Return a product, read consistently, or None."""
    product = tables.get(table(), sku=sku) if json_schema.is_valid("Product", "sku", sku) else None
    return cast(Product | None, product)


def read(sku: str) -> Product:
    """Return a product, read consistently. Raises NotFoundError."""
    product = find(sku)
    if product is None:
        raise NotFoundError("there is no such product")
    return product


def public(product: Product) -> dict[str, Any]:
    """Return a product as the API shows it, without the keys that an earlier release stored."""
    return {name: value for name, value in product.items() if name not in _KEY_FIELDS}


def list_key(sku: str, name: str) -> str:
    """Return the key of a product in the list by name."""
    # The space before the # sorts `soap` before `soap dish`.
    return f"{name.lower()} #{sku}"
