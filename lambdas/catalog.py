"""The product catalog: what can be ordered, at which price."""

import os
from collections.abc import Iterable
from typing import Any

import batches
import json_schema
import tables
import times
from errors import NotFoundError, PreconditionFailedError
from tables import Record

_CONTENT = ("name", "category", "unitPrice", "currency", "unit", "active", "description")
_INTERNAL = frozenset({"listShard", "listKey", "searchText"})
_PRICING = ("sku", "name", "unitPrice", "currency", "active")


def table() -> str:
    """Name the table of products."""
    return os.environ["SHOP_PRODUCTS_TABLE"]


def products(skus: Iterable[str]) -> dict[str, Record]:
    """Read what pricing needs to know of products, by SKU; unknown SKUs are left out.

    Raises batches.BusyError.
    """
    return batches.read(table(), "sku", skus, _PRICING)


def find(sku: str) -> Record | None:
    """Read a product with everything that was written before, or None."""
    return tables.get(table(), sku=sku) if json_schema.holds("Product", "sku", sku) else None


def read(sku: str) -> Record:
    """Read a product. Raises NotFoundError."""
    product = find(sku)
    if product is None:
        raise NotFoundError("there is no such product")
    return product


def view(product: Record) -> Record:
    """Show a product as the API does, without what only the indexes need."""
    return {name: value for name, value in product.items() if name not in _INTERNAL}


def save(sku: str, content: Record, before: Record | None) -> Record:
    """Store a product's content over what was read before; equal content changes nothing.

    Raises PreconditionFailedError if it is no longer what was read.
    """
    if before and all(before.get(name) == content.get(name) for name in _CONTENT):
        return before
    product = _record(sku, content, before)
    try:
        _put(product, before)
    except tables.ConditionFailedError:
        _refuse_unless(product, find(sku))
    return product


def remove(product: Record) -> None:
    """Take a product out of the catalog. Raises PreconditionFailedError if it is no longer what was read."""
    try:
        tables.delete(table(), product["version"], sku=product["sku"])
    except tables.ConditionFailedError:
        _refuse_unless(None, find(product["sku"]))


def _refuse_unless(wanted: Record | None, current: Record | None) -> None:
    """Say that somebody else was first, unless it was our own write whose answer was lost."""
    if current != wanted:
        beside: dict[str, Any] = {"product": view(current)} if current else {}
        raise PreconditionFailedError("the product has been changed or removed meanwhile", **beside)


def _put(product: Record, before: Record | None) -> None:
    if before is None:
        tables.put_new(table(), "sku", product)
    else:
        tables.put_over(table(), before["version"], product)


def _record(sku: str, content: Record, before: Record | None) -> Record:
    now, name = times.now(), content["name"].lower()
    return {
        "sku": sku,
        **{field: content[field] for field in _CONTENT if field in content},
        "version": before["version"] + 1 if before else 1,
        "createdAt": before["createdAt"] if before else now,
        "updatedAt": now,
        "listShard": tables.shard(sku),
        "listKey": f"{name} #{sku}",  # the blank puts `soap` before `soap dish`
        "searchText": f"{name} {sku.lower()}",
    }
