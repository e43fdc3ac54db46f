"""The part of a rebuild about the product ledger, and rows that nobody needs in the table of search terms."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lambdas.platform import batches, side_by_side, tables
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.platform.scan import pages
from lambdas.platform.tables import Record
from lambdas.shop import (
    order_blocks,
    order_reads,
    order_table,
    product_ledger,
    search_table,
)
from lambdas.shop.documents import Order
from lambdas.shop.product_ledger import Key
from lambdas.shop.rebuild_blocks import Present
from lambdas.shop.rebuild_report import LEDGER, SEARCH, Report

_ORDERS = 25  # that are read with their lines at once, because an order has up to 380 KB


class Fingerprints:
    """The number of rows of each product in the ledger, with the sum of the hashes of their keys."""

    def __init__(self) -> None:
        """Begin without a row."""
        self._sums: dict[str, tuple[int, int]] = {}

    def add(self, key: Key) -> None:
        """Add a row."""
        term, list_key = key
        count, total = self._sums.get(term, (0, 0))
        digest = hashlib.blake2b(list_key.encode(), digest_size=8).digest()
        self._sums[term] = (count + 1, total + int.from_bytes(digest))

    def differing(self, other: "Fingerprints") -> list[str]:
        """Return the terms of products that have other rows in another collection."""
        terms = sorted(self._sums.keys() | other._sums.keys())
        return [term for term in terms if self._sums.get(term) != other._sums.get(term)]


def requests(orders: Sequence[Order], report: Report) -> Iterator[Record]:
    """Yield the requests for the rows of the ledger that orders lack; note in the report what was wrong."""
    owners = {key: order["orderID"] for order in orders for key in product_ledger.keys(order)}
    found = set(_stored(owners))
    for key, order_id in owners.items():
        if key not in found:
            report.wrong[LEDGER] += order_id not in report.waiting
            yield from search_table.put_requests([{"term": key[0], "listKey": key[1]}])


def sweep(wanted: Fingerprints, present: Present, report: Report) -> Iterator[str]:
    """Delete the rows that no order or block has, and those of earlier releases. Yield after each step."""
    ledger = Fingerprints()
    for page in pages(search_table.name(), **_SWEEP):
        for row in page:
            if row["term"].startswith("sold#"):
                ledger.add((row["term"], row["listKey"]))
        _sweep_prefixes(page, report)
        _sweep_blocks(page, present, report)
        yield "terms"
    for term in wanted.differing(ledger):
        _sweep_ledger(term, report)
        yield "terms"


_PREFIXES = "product#"
_SWEPT = {":sold": "sold#", ":product": _PREFIXES, ":order": order_blocks.term("")}
_SWEEP: Mapping[str, Any] = {
    "ProjectionExpression": "term, listKey",
    "FilterExpression": " OR ".join(f"begins_with(term, {name})" for name in _SWEPT),
    "ExpressionAttributeValues": tables.attributes(_SWEPT),
}


def _stored(keys: Iterable[Key]) -> list[Key]:
    """Return those keys that have a row."""
    return [(row["term"], row["listKey"]) for row in _rows(keys)]


def _rows(keys: Iterable[Key]) -> Iterator[Record]:
    named = [{"term": term, "listKey": list_key} for term, list_key in keys]
    parts = [named[start : start + batches.MAX_KEYS] for start in range(0, len(named), batches.MAX_KEYS)]
    for found in side_by_side.call(lambda part: batches.items(search_table.name(), part), parts):
        yield from found


def _sweep_prefixes(page: Sequence[Record], report: Report) -> None:
    """Delete the rows with prefixes of words, by which earlier releases searched products."""
    gone = [(row["term"], row["listKey"]) for row in page if row["term"].startswith(_PREFIXES)]
    report.wrong[SEARCH] += len(gone)
    if gone and not report.is_check:
        batches.write(search_table.name(), [search_table.delete_request(*key) for key in gone])


def _sweep_blocks(page: Sequence[Record], present: Present, report: Report) -> None:
    prefix = order_blocks.term("")
    keys = [(row["term"], row["listKey"]) for row in page if row["term"].startswith(prefix)]
    gone = [key for key in keys if not present.has(key[1], key[0].removeprefix(prefix))]
    report.wrong[SEARCH] += len(gone)
    if gone and not report.is_check:
        batches.write(search_table.name(), [search_table.delete_request(*key) for key in gone])


def _sweep_ledger(term: str, report: Report) -> None:
    """Delete the rows of a product whose order is gone, does not count as sold, or lacks the product."""
    rows = list(search_table.read_range(term, FIRST_KEY, LAST_KEY))
    for start in range(0, len(rows), _ORDERS):
        part = [row["listKey"] for row in rows[start : start + _ORDERS]]
        orders = order_reads.read_many([order_table.order_id(key) for key in part], ("listKey", "items"))
        right = {key for order in orders for key in product_ledger.keys(order)}
        gone = [key for key in part if (term, key) not in right]
        report.wrong[LEDGER] += sum(order_table.order_id(key) not in report.waiting for key in gone)
        if not report.is_check:
            batches.write(search_table.name(), [search_table.delete_request(term, key) for key in gone])
