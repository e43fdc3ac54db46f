"""Lists of products: searched, filtered and sorted in memory, and read from the table a page at a time."""

import heapq
from collections import Counter
from collections.abc import Mapping
from itertools import chain, islice
from typing import NamedTuple

from lambdas.platform import listing, side_by_side, times
from lambdas.shop import product_pack, product_search
from lambdas.shop.documents import Product
from lambdas.shop.product_search import Listed, Part, Words

MAX_CATEGORIES = 200  # in an answer, those with most products
_KEPT = 64  # queries whose categories are kept, because counting takes longer than finding


class _Memory:
    """The pack, as this process has read it, and what was made of it."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.counted: dict[tuple[Words, bool | None], dict[str, int]] = {}  # the categories of some queries
        # The end of the announced saves, if the parts were compared after it, or 0. While the table has the
        # same, nobody has saved since, and the parts are current.
        self.quiet = 0


_memory = _Memory()


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
    if _memory.quiet:
        page, announced = _read_page(wanted, limit, start)
        if announced == _memory.quiet:
            return page
    begun = times.now_ms()
    with side_by_side.begun(product_pack.read_versions) as versions:
        page, announced = _read_page(wanted, limit, start)
    if _refresh(versions()):
        page, announced = _read_page(wanted, limit, start)
    _memory.quiet = announced if announced < begun else 0
    return page


def active() -> dict[str, list[Listed]]:
    """Return all active products by category, each sorted by name. Raises batches.BusyError."""
    _refresh(product_pack.read_versions())
    found: dict[str, list[Listed]] = {}
    for one in heapq.merge(*(part.active() for part in _memory.parts.values())):
        found.setdefault(one.category, []).append(one)
    return dict(sorted(found.items()))


def _refresh(versions: Mapping[str, str]) -> bool:
    """Read the parts whose version is another one than in memory; return whether there are some."""
    changed = [
        part
        for part in versions
        if part not in _memory.parts or _memory.parts[part].version != versions[part]
    ]
    gone = [part for part in _memory.parts if part not in versions]
    for part in gone:
        del _memory.parts[part]
    for part, version, packed in product_pack.read_packed(changed):
        _memory.parts[part] = Part(version, product_pack.unpack(packed))
    if changed or gone:
        _memory.counted.clear()
    return bool(changed or gone)


def _read_page(wanted: Wanted, limit: int, start: str) -> tuple[ProductPage, int]:
    """Return the page behind a position, by the parts in memory, and when all announced saves have ended."""
    found = [
        (part, part.find(wanted.words, wanted.category, wanted.active)) for part in _memory.parts.values()
    ]
    ahead = heapq.merge(*(part.after(levels, wanted.sort, start) for part, levels in found))
    products: list[Product] = []
    chunk, last = list(islice(ahead, limit)), ""
    while True:
        stored, until = product_pack.read_products(sku for _, sku in chunk)
        products += [stored[sku] for _, sku in chunk if sku in stored]
        last = chunk[-1][0] if chunk else last
        # A product that was deleted meanwhile is replaced by the next one.
        chunk = list(islice(ahead, limit - len(products)))
        if not chunk:
            break
    follows = next(ahead, None) is not None
    page = ProductPage(
        products,
        listing.encode_cursor(last, wanted.scope) if follows else None,
        sum(levels[-1].bit_count() for _, levels in found),
        None if start else _categories(wanted),
    )
    return page, until


def _categories(wanted: Wanted) -> dict[str, int]:
    query, counted = (wanted.words, wanted.active), _memory.counted
    if query not in counted:
        while len(counted) >= _KEPT:
            del counted[next(iter(counted))]
        counts = Counter(chain.from_iterable(part.categories(*query) for part in _memory.parts.values()))
        counted[query] = dict(sorted(counts.most_common(MAX_CATEGORIES)))
    return counted[query]
