"""Lists of products: searched, filtered and sorted in memory, and read from the table a page at a time."""

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lambdas.platform import listing
from lambdas.shop import catalog, product_pack, product_search
from lambdas.shop.documents import Product
from lambdas.shop.product_search import Part, Words

MAX_CATEGORIES = 200  # in an answer, those with most products

_parts: dict[str, Part] = {}  # of the pack, as this process read them last


class Wanted(NamedTuple):
    """What a list shows. Without words, and with an empty category or None, it is not filtered by them."""

    words: Words
    category: str
    active: bool | None
    sort: str

    @property
    def scope(self) -> str:
        """The lists in which a cursor is valid: of this sort, and of these words if they decide the sort."""
        words = " ".join(self.words) if self.sort == product_search.RELEVANCE else ""
        return f"products\n{self.sort}\n{words}"


class ProductPage(NamedTuple):
    """A page of products, the cursor of the next page or None, and the number of all products found.

    The first page also has the number of products in each category, whatever category is wanted.
    """

    products: list[Product]
    cursor: str | None
    found: int
    categories: dict[str, int] | None


def read_page(wanted: Wanted, limit: int, cursor: str) -> ProductPage:
    """Return a page of products. Only the last page has fewer products than the limit.

    Raises batches.BusyError, and BadRequestError for a cursor of another list.
    """
    start = listing.decode_cursor(cursor, wanted.scope) if cursor else ""
    parts = _current_parts()
    found = [(part, part.find(*wanted)) for part in parts]
    ahead = heapq.merge(*(_positions(part, hits, wanted.sort, start) for part, hits in found))
    products: list[Product] = []
    last = ""
    # A product that was deleted meanwhile is replaced by the next one.
    while chunk := list(islice(ahead, limit - len(products))):
        stored = catalog.read_many(sku for _, sku in chunk)
        products += [stored[sku] for _, sku in chunk if sku in stored]
        last = chunk[-1][0]
    follows = next(ahead, None) is not None
    return ProductPage(
        products,
        listing.encode_cursor(last, wanted.scope) if follows else None,
        sum(len(hits) for _, hits in found),
        None if cursor else _categories(parts, wanted),
    )


def _current_parts() -> Sequence[Part]:
    """Return the parts of the pack as they are stored now. Only those that have changed are read."""
    versions = product_pack.read_versions()
    known = _parts
    changed = [part for part in versions if part not in known or known[part].version != versions[part]]
    for part, version, packed in product_pack.read_packed(changed):
        known[part] = Part(version, product_pack.unpack(packed))
    return [known[part] for part in versions if part in known]


def _positions(part: Part, hits: Sequence[int], sort: str, start: str) -> Iterator[tuple[str, str]]:
    """Yield position and SKU of the hits behind a position."""
    first = bisect_right(hits, start, key=lambda hit: part.position(hit, sort)) if start else 0
    for at in range(first, len(hits)):
        yield part.position(hits[at], sort), part.sku(hits[at])


def _categories(parts: Sequence[Part], wanted: Wanted) -> dict[str, int]:
    found = Counter[str]()
    for part in parts:
        found.update(part.categories(wanted.words, wanted.active))
    return dict(sorted(found.most_common(MAX_CATEGORIES)))
