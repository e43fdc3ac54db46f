"""Changes of the catalog. One transaction writes a product, an entry of its history and its line in the pack.

So a search finds a product as soon as the call that adds it is answered, and never finds a removed one.
"""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

from lambdas.platform import batches, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.tables import Record
from lambdas.shop import catalog, product_history, product_pack
from lambdas.shop.documents import Product, ProductContent

# The longest pause in seconds before each try to write a part that others write too.
PAUSES: tuple[float, ...] = (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5)


def save(sku: str, content: ProductContent, before: Product | None, *, by: Person) -> Product:
    """Replace the content of the product `before`, or add a product for None. Equal content changes nothing.

    Raises PreconditionFailedError if the stored product is no longer `before`, and batches.BusyError.
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

    Raises PreconditionFailedError if the stored product has another version by now, and batches.BusyError.
    """
    sku, version = product["sku"], product["version"]
    entry = product_history.write_of(sku, version + 1, "deleted", (), at=times.now(), by=by)
    _change(product, None, [tables.delete_write(catalog.table(), version, sku=sku), entry])
    log.event("product.deleted", sku=sku, version=version, sub=by.sub)


def _change(before: Product | None, after: Product | None, writes: Sequence[Record]) -> None:
    """Make the writes of a change and of the product's line in the pack in one transaction.

    Other products of the same part may be written meanwhile. Then the part is read and changed anew.
    """
    either = cast(Product, after or before)
    product_pack.announce_save()
    for pause in PAUSES:
        time.sleep(random.uniform(0, pause))  # noqa: S311 - a pause is no secret
        packed = product_pack.writes_of_change(before, after)
        try:
            return tables.transact([*writes, *packed])
        except tables.ConditionFailedError as error:
            if error.positions != {len(writes)}:  # the part has the first of the packed writes
                return _refuse_unless_stored(after, catalog.find(either["sku"]))
    raise batches.BusyError(f"part {product_pack.part_of(either['sku'])} was written by others at every try")


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
    }
    return cast(Product, product)
