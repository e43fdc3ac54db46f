"""Changes of the catalog: a product and the terms by which it is found, in one transaction.

So a search finds a product as soon as its call is answered, and never one that is gone.
"""

from typing import Any

from lambdas.platform import tables, times
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.tables import Record
from lambdas.shop import catalog, search
from lambdas.shop.search import PRODUCT


def save(sku: str, content: Record, before: Record | None) -> Record:
    """Store a product's content over what was read before; equal content changes nothing.

    Raises PreconditionFailedError if it is no longer what was read.
    """
    if before and all(before.get(name) == content.get(name) for name in catalog.CONTENT):
        return before
    product = _record(sku, content, before)
    version = before["version"] if before else None
    write = tables.put_write(catalog.table(), "sku", product, version)
    _change(sku, before, product, write)
    return product


def remove(product: Record) -> None:
    """Take a product out of the catalog. Raises PreconditionFailedError if it is no longer what was read."""
    write = tables.delete_write(catalog.table(), product["version"], sku=product["sku"])
    _change(product["sku"], product, None, write)


def _change(sku: str, before: Record | None, after: Record | None, write: Record) -> None:
    terms = search.replacements(_rows(before), _rows(after))
    try:
        tables.transact([write, *terms])
    except tables.ConditionFailedError:
        _refuse_unless(after, catalog.find(sku))


def _refuse_unless(wanted: Record | None, current: Record | None) -> None:
    """Say that somebody else was first, unless it was our own write whose answer was lost."""
    if current != wanted:
        beside: dict[str, Any] = {"product": catalog.public(current)} if current else {}
        raise PreconditionFailedError("the product has been changed or removed meanwhile", **beside)


def _rows(product: Record | None) -> search.Rows:
    if product is None:
        return {}
    words = search.product_words(product)
    return search.rows(PRODUCT, product["sku"], product["listKey"], words)


def _record(sku: str, content: Record, before: Record | None) -> Record:
    now = times.now()
    return {
        "sku": sku,
        **{field: content[field] for field in catalog.CONTENT if field in content},
        "version": before["version"] + 1 if before else 1,
        "createdAt": before["createdAt"] if before else now,
        "updatedAt": now,
        "listShard": tables.shard(sku),
        "listKey": f"{content['name'].lower()} #{sku}",  # the blank puts `soap` before `soap dish`
    }
