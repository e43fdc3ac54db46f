"""The product catalog: the products that can be ordered, and their prices."""

import os
from collections.abc import Callable, Iterable
from typing import Any, cast

from lambdas.platform import batches, json_schema, tables
from lambdas.platform.batches import Reading
from lambdas.platform.errors import NotFoundError
from lambdas.platform.listing import Listing
from lambdas.shop.documents import Product, ProductPrice

# The fields that a product can lack.
OPTIONAL = (
    "description", "packSize", "minQuantity", "vatClass",
    "signalWord", "pictograms", "hazardStatements", "ufi",
)  # fmt: skip
# The part of a product that staff decide about, in the sequence of its history.
CONTENT = ("name", "category", "unitPrice", "currency", "unit", "active", *OPTIONAL)
_INACTIVE = "inactive#"  # how the partitions of inactive products begin
_KEY_FIELDS = frozenset({"listShard", "listKey"})
_PRICE_FIELDS = ("sku", "name", "unit", "unitPrice", "currency", "active")


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
    """Return a product as the API shows it, without the keys of the indexes."""
    return {name: value for name, value in product.items() if name not in _KEY_FIELDS}


def index_keys(sku: str, name: str, active: bool) -> dict[str, str]:
    """Return the keys of the indexes, which sort products by name.

    Inactive products have partitions of their own, so that a list of the others skips them.
    """
    shard = tables.shard(sku)
    # The space before the # sorts `soap` before `soap dish`.
    return {"listShard": shard if active else f"{_INACTIVE}{shard}", "listKey": f"{name.lower()} #{sku}"}


def by_name(category: str, active: bool | None) -> Listing:
    """Return the listing of the products of a category and that are active or not.

    An empty category and None set no filter.
    """
    if category:
        index: dict[str, Any] = {"index": "byCategory", "partition_key": "category", "partitions": [category]}
    else:
        index = {"index": "byName", "partition_key": "listShard", "partitions": _partitions(active)}
    if category and active is not None:  # a category is small enough for a filter
        values = {":active": active}
        index |= {"condition": "#active = :active", "names": {"#active": "active"}, "values": values}
    return Listing(table=table(), **index)


def _partitions(active: bool | None) -> list[str]:
    states = ("", _INACTIVE) if active is None else ("",) if active else (_INACTIVE,)
    return [f"{state}{shard}" for state in states for shard in tables.SHARDS]
