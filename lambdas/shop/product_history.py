"""The history of products: a row for each change, which the transaction of the change writes.

The rows are never removed, so that they also tell who deleted a product.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lambdas.platform import json_schema, listing, tables
from lambdas.platform.access import Person
from lambdas.platform.errors import NotFoundError
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import catalog, search_table
from lambdas.shop.documents import ProductChange, ProductHistoryEntry

Content = Mapping[str, Any]


def changes(before: Content | None, after: Content | None) -> list[ProductChange]:
    """Return the fields that differ, each with its values. A field that is missing has no value."""
    old, new = before or {}, after or {}
    return [
        cast(
            ProductChange,
            {
                "field": name,
                **({"from": old[name]} if name in old else {}),
                **({"to": new[name]} if name in new else {}),
            },
        )
        for name in catalog.CONTENT
        if old.get(name) != new.get(name)
    ]


def write_of(
    sku: str, version: int, event: str, changed: Sequence[ProductChange], *, at: str, by: Person
) -> Record:
    """Return the entry for `tables.transact` that adds a row. `event` is added, changed or deleted."""
    entry = {"at": at, **by.signature, "event": event, **({"changes": list(changed)} if changed else {})}
    row = {"term": _term(sku), "listKey": f"{at}#{version:09}", **entry}
    return {"Put": {"TableName": search_table.name(), "Item": tables.attributes(row)}}


def read_page(sku: str, limit: int, cursor: str) -> tuple[list[ProductHistoryEntry], str | None]:
    """Return a page of the changes of a product, the latest first, and the cursor of the next page or None.

    A product that was deleted still has its history, and one of an earlier release has none. Raises
    NotFoundError for a SKU that never was in the catalog, and BadRequestError for a cursor of another list.
    """
    if not json_schema.is_valid("Product", "sku", sku):  # DynamoDB refuses a key that is too long
        raise NotFoundError("there is no such product")
    every = Listing(table=search_table.name(), partition_key="term", partitions=[_term(sku)], descending=True)
    rows, following = listing.read_page(every, limit, cursor)
    if not rows and not cursor:
        catalog.read(sku)
    return [_entry(row) for row in rows], following


def _entry(row: Record) -> ProductHistoryEntry:
    fields = {name: value for name, value in row.items() if name not in ("term", "listKey")}
    return cast(ProductHistoryEntry, fields)


def _term(sku: str) -> str:
    return f"product-history#{sku}"
