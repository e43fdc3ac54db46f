"""The part of a rebuild about the product ledger and the words of products, in the table of search terms."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from lambdas.platform import batches, side_by_side, tables
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.platform.scan import pages
from lambdas.platform.tables import Record
from lambdas.shop import (
    catalog,
    order_blocks,
    order_reads,
    order_table,
    product_ledger,
    product_terms,
    search_table,
)
from lambdas.shop.documents import Order, Product
from lambdas.shop.product_ledger import Key
from lambdas.shop.rebuild_blocks import Present
from lambdas.shop.rebuild_report import LEDGER, SEARCH, Report

_PRODUCTS = 100  # that are looked at together
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


def correct_products(report: Report) -> Iterator[str]:
    """Write the words that products lack. Yield after each step."""
    for page in pages(catalog.table(), _PRODUCTS):
        _correct_products(page, report)
        yield "products"


def sweep(wanted: Fingerprints, present: Present, report: Report) -> Iterator[str]:
    """Delete the rows that no order, product or block has. Yield after each step."""
    ledger = Fingerprints()
    for page in pages(search_table.name(), **_SWEEP):
        for row in page:
            if row["term"].startswith("sold#"):
                ledger.add((row["term"], row["listKey"]))
        _sweep_products(page, report)
        _sweep_blocks(page, present, report)
        yield "terms"
    for term in wanted.differing(ledger):
        _sweep_ledger(term, report)
        yield "terms"


_SWEPT = {":sold": "sold#", ":product": "product#", ":order": order_blocks.term("")}
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


def _correct_products(page: Sequence[Record], report: Report) -> None:
    wanted = {product["sku"]: product_terms.rows(cast(Product, product)) for product in page}
    stored = {
        (row["term"], row["listKey"]): row for row in _rows(key for rows in wanted.values() for key in rows)
    }
    for sku, rows in wanted.items():
        lacking = [key for key, row in rows.items() if stored.get(key) != row]
        report.wrong[SEARCH] += len(lacking)
        if lacking and not report.is_check:
            _replace({}, sku)


def _replace(before: product_terms.Rows, sku: str) -> None:
    """Replace rows of a product by those that it has now, until it is unchanged meanwhile."""
    after = product_terms.rows(_product(sku))
    while True:
        product_terms.replace(before, after)
        now = product_terms.rows(_product(sku))
        if now == after:
            return
        before, after = after, now


def _product(sku: str) -> Product | None:
    return cast(Product | None, tables.get(catalog.table(), sku=sku))


def _sweep_products(page: Sequence[Record], report: Report) -> None:
    """Delete the rows of products that have other words, or were deleted."""
    mine = [(row["term"], row["listKey"]) for row in page if row["term"].startswith("product#")]
    skus = {key: key[1].rpartition("#")[2] for key in mine}
    stored = catalog.read_many(sku for sku in skus.values() if sku)
    wanted = {sku: product_terms.rows(product) for sku, product in stored.items()}
    for key, sku in skus.items():
        if key not in wanted.get(sku, {}):
            report.wrong[SEARCH] += 1
            if not report.is_check:
                _replace({key: {}}, sku)


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
