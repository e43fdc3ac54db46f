"""Lists of products: searched, filtered and sorted in memory, and read from the table a page at a time."""

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from lambdas.platform import listing, side_by_side
from lambdas.shop import catalog, product_pack, product_search
from lambdas.shop.documents import Product
from lambdas.shop.product_search import Listed, Part, Words

MAX_CATEGORIES = 200  # in an answer, those with most products

_parts: dict[str, Part] = {}  # of the pack, as this process read them last


class Wanted(NamedTuple):
    """The filters and the sort of a list. No words, an empty category and None set no filter."""

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
    with side_by_side.begun(product_pack.read_versions) as versions:
        page = _read_page(wanted, limit, start)  # from the parts in memory, which are nearly always current
    if _refresh(versions()):
        page = _read_page(wanted, limit, start)
    return page


def active() -> dict[str, list[Listed]]:
    """Return all active products by category, each sorted by name. Raises batches.BusyError."""
    _refresh(product_pack.read_versions())
    found: dict[str, list[Listed]] = {}
    for one in heapq.merge(*(part.active() for part in _parts.values())):
        found.setdefault(one.category, []).append(one)
    return dict(sorted(found.items()))


def _refresh(versions: Mapping[str, str]) -> bool:
    """Read the parts whose version is another one than in memory; return whether there are some."""
    changed = [part for part in versions if part not in _parts or _parts[part].version != versions[part]]
    gone = [part for part in _parts if part not in versions]
    for part in gone:
        del _parts[part]
    for part, version, packed in product_pack.read_packed(changed):
        _parts[part] = Part(version, product_pack.unpack(packed))
    return bool(changed or gone)


def _read_page(wanted: Wanted, limit: int, start: str) -> ProductPage:
    """Return the page behind a position, by the parts in memory."""
    found = [(part, part.find(*wanted)) for part in _parts.values()]
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
        None if start else _categories(wanted),
    )


def _positions(part: Part, hits: Sequence[int], sort: str, start: str) -> Iterator[tuple[str, str]]:
    """Yield position and SKU of the hits behind a position."""
    first = bisect_right(hits, start, key=lambda hit: part.position(hit, sort)) if start else 0
    for at in range(first, len(hits)):
        yield part.position(hits[at], sort), part.sku(hits[at])


def _categories(wanted: Wanted) -> dict[str, int]:
    of_parts = (part.categories(wanted.words, wanted.active) for part in _parts.values())
    return dict(sorted(Counter(chain.from_iterable(of_parts)).most_common(MAX_CATEGORIES)))
