"""The search index of the storefront: one JSON file with the products that are on sale, by columns.

A browser loads it on the first search. `site/storefront/assets/ranking.js` ranks its products as
`product_search` does, and makes the words of SKU, name and category by itself. The words of descriptions are
in the index as long as it stays small enough without them being left out.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lambdas.shop import catalog, pricing, search
from lambdas.shop.documents import Product

MAX_BYTES = 300_000  # of the index as browsers load it, compressed; a larger one leaves the descriptions out
_COMPLETE = "complete"  # whether the words of descriptions are in the index
# Columns whose texts repeat. A column has the place of each text in the list of this name.
_REPEATING = {
    "unit": "units",
    "category": "categories",
    "currency": "currencies",
    "vatClass": "vatClasses",
}


class _Row(NamedTuple):
    """A product as the index has it. `words` are those of its description that its name lacks."""

    sku: str
    name: str
    price: int
    unit: str
    category: str
    currency: str
    vatClass: str
    words: str


def changed(index: bytes | None, products: Mapping[str, Product | None]) -> bytes:
    """Return the index with products, by SKU, in place of those that it had. None is an empty index.

    A product that is None or not active is taken out. An index that became too large has no words of
    descriptions from then on, until it is made anew from all of its products.
    """
    before = json.loads(index) if index else {}
    kept = [row for row in _rows(before) if row.sku not in products]
    rows = [*kept, *(_row(product) for product in products.values() if product and product["active"])]
    rows.sort(key=lambda row: catalog.list_key(row.sku, row.name))
    if not kept or before[_COMPLETE]:
        packed = _pack(rows, complete=True)
        if len(zlib.compress(packed)) <= MAX_BYTES:
            return packed
    return _pack([row._replace(words="") for row in rows], complete=False)


def skus(index: bytes | None) -> list[str] | None:
    """Return the SKUs in an index, or None if there is none or another release wrote it in another form."""
    try:
        before = json.loads(index or b"")
        return [row.sku for row in _rows(before)] if _COMPLETE in before else None
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _row(product: Product) -> _Row:
    names = frozenset(search.product_words(product))
    words = search.text_words(product.get("description", ""))
    return _Row(
        sku=product["sku"],
        name=product["name"],
        price=product["unitPrice"],
        unit=product["unit"],
        category=product["category"],
        currency=product["currency"],
        vatClass=product.get("vatClass", ""),
        words=" ".join(word for word in words if word not in names),
    )


def _rows(index: Mapping[str, Any]) -> Iterable[_Row]:
    if not index:
        return []
    columns = [_texts(index, name) if name in _REPEATING else index[name] for name in _Row._fields]
    return map(_Row._make, zip(*columns, strict=True))


def _texts(index: Mapping[str, Any], name: str) -> list[str]:
    texts = index[_REPEATING[name]]
    return [texts[place] for place in index[name]]


def _pack(rows: list[_Row], complete: bool) -> bytes:
    index: dict[str, Any] = {_COMPLETE: complete}
    for name in _Row._fields:
        column = [getattr(row, name) for row in rows]
        if name in _REPEATING:
            index[_REPEATING[name]] = sorted(set(column))
            places = {text: place for place, text in enumerate(index[_REPEATING[name]])}
            column = [places[text] for text in column]
        index[name] = column
    index["signs"] = [pricing.sign(currency) for currency in index["currencies"]]
    index["digits"] = [pricing.fraction_digits(currency) for currency in index["currencies"]]
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
