"""The history of products: a row for each change, which the transaction of the change writes.

The rows are never removed, so that they also tell who deleted a product.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lambdas.platform import listing, tables
from lambdas.platform.access import Person
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import catalog, search_table
from lambdas.shop.documents import ProductChange, ProductHistoryEntry

MAX_ENTRIES = 100  # as many as one query reads in its usual few milliseconds

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


def read(sku: str) -> list[ProductHistoryEntry]:
    """Return the last entries of a product, at most MAX_ENTRIES, read consistently, oldest first."""
    every = Listing(table=search_table.name(), partition_key="term", partitions=[_term(sku)], descending=True)
    rows, _ = listing.read_page(every, MAX_ENTRIES, "")
    entries = ({name: row[name] for name in row if name not in ("term", "listKey")} for row in reversed(rows))
    return [cast(ProductHistoryEntry, entry) for entry in entries]


def _term(sku: str) -> str:
    return f"product-history#{sku}"
