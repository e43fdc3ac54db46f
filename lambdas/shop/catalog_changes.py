"""Changes of the catalog. One transaction writes a product and its search rows, at most 100 of them.

So a search finds a product as soon as the call that adds it is answered, and never finds a removed one.
"""

from collections.abc import Mapping
from typing import Any, cast

from lambdas.platform import log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.tables import Record
from lambdas.shop import catalog, product_terms
from lambdas.shop.documents import Product, ProductContent

_MAX_ROWS = tables.MAX_TRANSACTION - 1  # beside the product itself


def save(sku: str, content: ProductContent, before: Product | None, *, by: Person) -> Product:
    """Replace the content of the product `before`, or add a product for None. Equal content changes nothing.

    Raises PreconditionFailedError if the stored product is no longer `before`.
    """
    if before and all(before.get(name) == content.get(name) for name in catalog.CONTENT):
        return before
    product = _product(sku, content, before, by)
    version = before["version"] if before else None
    write = tables.put_write(catalog.table(), "sku", product, version)
    _change(sku, before, product, write)
    event = "product.changed" if before else "product.added"
    log.event(event, sku=sku, version=product["version"], sub=by.sub, **_changes(before, product))
    return product


def remove(product: Product, *, by: Person) -> None:
    """Remove a product from the catalog.

    Raises PreconditionFailedError if the stored product has another version by now.
    """
    write = tables.delete_write(catalog.table(), product["version"], sku=product["sku"])
    _change(product["sku"], product, None, write)
    log.event("product.deleted", sku=product["sku"], version=product["version"], sub=by.sub)


def _changes(before: Product | None, after: Product) -> dict[str, Any]:
    """Return for the log: the names of the changed fields, and the price before and after."""
    was: Mapping[str, Any] = before or {}
    fields = [name for name in catalog.CONTENT if was.get(name) != after.get(name)]
    return {"fields": fields, "unitPriceBefore": was.get("unitPrice"), "unitPrice": after["unitPrice"]}


def _change(sku: str, before: Product | None, after: Product | None, write: Record) -> None:
    """Write a product and its search rows in one transaction, as far as the rows fit.

    Lists ignore the search rows of a name that the product does not have. So further new rows are written
    before the transaction, and further old rows are deleted after it.
    """
    old, new = product_terms.rows(before), product_terms.rows(after)
    early = dict(list(new.items())[_MAX_ROWS:])
    product_terms.replace(old, old | early)
    rows = product_terms.replacements(old | early, new)
    try:
        tables.transact([write, *rows[:_MAX_ROWS]])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after, catalog.find(sku))
    if rows[_MAX_ROWS:]:
        product_terms.replace(old, new)


def _refuse_unless_stored(wanted: Product | None, current: Product | None) -> None:
    """Raise PreconditionFailedError, unless our own write succeeded and only its response was lost."""
    if current != wanted:
        beside: dict[str, Any] = {"product": catalog.public(current)} if current else {}
        raise PreconditionFailedError("the product has been changed or removed meanwhile", **beside)


def _product(sku: str, content: ProductContent, before: Product | None, by: Person) -> Product:
    now, fields = times.now(), cast(Mapping[str, Any], content)
    product = {
        "sku": sku,
        **{field: fields[field] for field in catalog.CONTENT if field in fields},
        "version": before["version"] + 1 if before else 1,
        "createdAt": before["createdAt"] if before else now,
        "updatedAt": now,
        "updatedBy": by._asdict(),
        **catalog.index_keys(sku, content["name"]),
    }
    return cast(Product, product)
