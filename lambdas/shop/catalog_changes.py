"""Changes of the catalog. One transaction writes a product, an entry of its history, and its search rows.

So a search finds a product as soon as the call that adds it is answered, and never finds a removed one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lambdas.platform import log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.tables import Record
from lambdas.shop import catalog, product_history, product_terms
from lambdas.shop.documents import Product, ProductContent

_MAX_ROWS = tables.MAX_TRANSACTION - 2  # beside the product and the entry


def save(sku: str, content: ProductContent, before: Product | None, *, by: Person) -> Product:
    """Replace the content of the product `before`, or add a product for None. Equal content changes nothing.

    Raises PreconditionFailedError if the stored product is no longer `before`.
    """
    changed = product_history.changes(before, content)
    if before and not changed:
        return before
    product = _product(sku, content, before, by)
    event = "changed" if before else "added"
    entry = product_history.write_of(
        sku, product["version"], event, changed if before else (), at=product["updatedAt"], by=by
    )
    write = tables.put_write(catalog.table(), "sku", product, before["version"] if before else None)
    _change(before, product, [write, entry])
    fields = [change["field"] for change in changed]
    prices = {"unitPriceBefore": before["unitPrice"] if before else None, "unitPrice": product["unitPrice"]}
    log.event(f"product.{event}", sku=sku, version=product["version"], sub=by.sub, fields=fields, **prices)
    return product


def remove(product: Product, *, by: Person) -> None:
    """Remove a product from the catalog.

    Raises PreconditionFailedError if the stored product has another version by now.
    """
    sku, version = product["sku"], product["version"]
    entry = product_history.write_of(sku, version + 1, "deleted", (), at=times.now(), by=by)
    _change(product, None, [tables.delete_write(catalog.table(), version, sku=sku), entry])
    log.event("product.deleted", sku=sku, version=version, sub=by.sub)


def _change(before: Product | None, after: Product | None, writes: Sequence[Record]) -> None:
    """Make the writes of a change and of the product's search rows in one transaction, as far as rows fit.

    Lists ignore the search rows of a name that the product does not have. So further new rows are written
    before the transaction, and further old rows are deleted after it.
    """
    either = cast(Product, after or before)
    old, new = product_terms.rows(before), product_terms.rows(after)
    early = dict(list(new.items())[_MAX_ROWS:])
    product_terms.replace(old, old | early)
    rows = product_terms.replacements(old | early, new)
    try:
        tables.transact([*writes, *rows[:_MAX_ROWS]])
    except tables.ConditionFailedError:
        _refuse_unless_stored(after, catalog.find(either["sku"]))
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
        **catalog.index_keys(sku, content["name"], content["active"]),
    }
    return cast(Product, product)
