"""The making of the storefront's pages: each page with a mark is made from products and put in the bucket.

Only the holder of the lease makes pages, so no older page replaces a newer one. A product is read after the
mark of its page, so the page has the change that was marked. A page that cannot be made keeps its mark and
keeps no other back.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from lambdas.platform import aws, leases, log, side_by_side, times
from lambdas.shop import (
    catalog,
    page_files,
    page_marks,
    page_state,
    page_upkeep,
    product_lists,
    storefront_facts,
    storefront_index,
    storefront_law,
    storefront_pages,
)
from lambdas.shop import storefront_addresses as addresses
from lambdas.shop.documents import Product
from lambdas.shop.page_marks import Mark
from lambdas.shop.page_state import Best
from lambdas.shop.product_search import Listed
from lambdas.shop.storefront_pages import PER_PAGE, Shop


class Stock(NamedTuple):
    """The content of pages: the shop, the products on sale by category, what sells best and together."""

    shop: Shop
    categories: dict[str, list[Listed]]
    best: Best
    together: dict[str, list[str]]

    @property
    def counts(self) -> dict[str, int]:
        """The number of products of each category, sorted by name."""
        return {name: len(products) for name, products in self.categories.items()}


def make(has_time: Callable[[], bool]) -> None:
    """Make every page with a mark, unless another invocation does, or until there is no more time.

    A mark that comes after the last look of the holder of the lease, and before the lease is free, is found
    by another look. Raises the errors of boto3.
    """
    failed: set[Mark] = set()
    while has_time() and page_marks.read(failed):
        try:
            with page_state.lease().hold(page_state.LEASE_MS) as owner:
                page_upkeep.begin_edition(owner)
                while has_time() and (marks := page_marks.read(failed)):
                    failed |= _make(marks)
        except leases.LeaseTakenError:
            return


def _make(marks: Sequence[Mark]) -> set[Mark]:
    """Make the pages of some marks, and delete their marks; return the marks of pages that failed."""
    together = page_state.together(page_marks.skus_of(mark.name for mark in marks))
    stock = Stock(_shop(), product_lists.active(), page_state.best(), together)
    of_index = [mark for mark in marks if mark.name.partition("/")[0] == page_marks.INDEX]
    of_pages = [mark for mark in marks if mark not in of_index]
    done = [*side_by_side.call(partial(_make_page, stock), of_pages), *_make_index(stock, of_index)]
    failed = {mark for mark, is_made in zip([*of_pages, *of_index], done, strict=True) if not is_made}
    page_marks.delete(mark for mark in marks if mark not in failed)
    return failed


def _make_page(stock: Stock, mark: Mark) -> bool:
    """Make what a mark names; return whether that worked."""
    kind, _, name = mark.name.partition("/")
    try:
        if kind == "p":
            _make_product(stock, name)
        elif kind == "c":
            _make_category(stock, name)
        else:
            _make_other(stock, kind)
    except Exception as error:  # noqa: BLE001 - one page must keep no other back
        _fail(mark, error)
        return False
    return True


def _fail(mark: Mark, error: Exception) -> None:
    log.failure("page.failed", error, code=aws.error_code(error), page=mark.name, since=mark.since)


def _make_product(stock: Stock, sku: str) -> None:
    page, facts, product = addresses.product_key(sku), addresses.facts_key(sku), catalog.find(sku)
    if product is None or not product["active"]:
        page_files.delete(page)
        page_files.delete(facts)
        return
    together = _read(stock.together.get(sku, ()))
    # First what carts read, so that nobody can buy from a page whose product seems to be gone.
    page_files.put(facts, storefront_facts.of(product))
    page_files.put(page, storefront_pages.product(stock.shop, product, together))


def _make_category(stock: Stock, name: str) -> None:
    """Make all pages of a category, and delete those beyond the last.

    The number of pages that may have files rises before the first is made and falls after the last is gone.
    """
    listed = stock.categories.get(name, [])
    count, known = storefront_pages.pages_of(len(listed)) if listed else 0, page_state.pages_of(name)
    if count > known:
        page_state.set_pages(name, count)
    best = _read(stock.best.get(name, ()))
    for page in range(1, count + 1):
        skus = [one.sku for one in listed[(page - 1) * PER_PAGE : page * PER_PAGE]]
        text = storefront_pages.category(
            stock.shop, name, _read(skus), page, len(listed), best if page == 1 else ()
        )
        page_files.put(addresses.category_key(name, page), text)
    for page in range(count + 1, known + 1):
        page_files.delete(addresses.category_key(name, page))
    if count < known:
        page_state.set_pages(name, count)


def _make_other(stock: Stock, kind: str) -> None:
    for key, text in _others(stock, kind).items():
        if text is None:
            page_files.delete(key)
        else:
            page_files.put(key, text)


def _others(stock: Stock, kind: str) -> Mapping[str, str | None]:
    """Return the files of a mark by their keys. None: there is no such file any more.

    There are none for a mark of another release, which is deleted so: that release marks all of its pages
    once it is back.
    """
    shop, counts = stock.shop, stock.counts
    make: dict[str, Callable[[], Mapping[str, str | None]]] = {
        page_marks.HOME: lambda: {
            addresses.HOME_KEY: storefront_pages.home(shop, counts, _read(stock.best.get("", ())))
        },
        page_marks.SEARCH: lambda: {addresses.SEARCH_KEY: storefront_pages.search(shop, counts)},
        page_marks.NOT_FOUND: lambda: {addresses.NOT_FOUND_KEY: storefront_pages.not_found(shop)},
        page_marks.OWN: lambda: storefront_pages.own(shop),
        page_marks.LAW: lambda: storefront_pages.law_pages(shop),
        page_marks.ROBOTS: lambda: {addresses.ROBOTS_KEY: storefront_pages.robots(shop)},
        page_marks.SITEMAP: lambda: storefront_pages.sitemap(shop, counts, _dated(stock)),
    }
    if kind not in make:
        log.event("page.unknown", level="WARN", page=kind)
        return {}
    return make[kind]()


def _dated(stock: Stock) -> Iterable[tuple[str, str, str]]:
    for products in stock.categories.values():
        for one in products:
            yield one.sku, one.name, times.iso(one.updated) if one.updated >= 0 else ""


def _make_index(stock: Stock, marks: Sequence[Mark]) -> list[bool]:
    """Change the search index once for all marks; return for each mark whether that worked.

    A product that the index cannot have fails alone. In a whole index, it gets a mark of its own.
    """
    if not marks:
        return []
    is_whole = any(mark.name == page_marks.INDEX for mark in marks)
    skus = [mark.name.partition("/")[2] for mark in marks if mark.name != page_marks.INDEX]
    try:
        unfit = _change_index(stock, skus, is_whole=is_whole)
    except Exception as error:  # noqa: BLE001 - as above
        for mark in marks:
            _fail(mark, error)
        return [False] * len(marks)
    page_marks.put(map(page_marks.indexed, unfit.keys() - set(skus)))
    failed = {mark: unfit.get(mark.name.partition("/")[2]) for mark in marks}
    for mark, reason in failed.items():
        if reason:
            _fail(mark, reason)
    return [reason is None for reason in failed.values()]


def _change_index(stock: Stock, skus: Sequence[str], *, is_whole: bool) -> dict[str, Exception]:
    """Change products in the search index; return those that it cannot have, with the error of each.

    An index that is missing or of another release is made whole. A product whose change was lost has a page,
    though it may be gone from the catalog. The index of before still has such a product, because the same
    change deletes both.
    """
    before = page_files.read(addresses.INDEX_KEY)
    listed = storefront_index.skus(before)
    if is_whole or listed is None:
        on_sale = _all_skus(stock)
        page_marks.put(map(page_marks.product, set(listed or ()).difference(on_sale)), page_marks.ANEW)
        before, skus = None, [*skus, *on_sale]
    products, unfit = _as_stored(skus), dict[str, Exception]()
    try:
        content = storefront_index.changed(before, products)
    except Exception:
        unfit = _unfit(products)
        if len(unfit) == len(products):  # a fault of ours, which must not empty the search
            raise
        fit = {sku: product for sku, product in products.items() if sku not in unfit}
        content = storefront_index.changed(before, fit)
    page_files.put(addresses.INDEX_KEY, content)
    return unfit


def _unfit(products: Mapping[str, Product | None]) -> dict[str, Exception]:
    """Return the products that no index can have, with the error of each."""
    found: dict[str, Exception] = {}
    for sku, product in products.items():
        try:
            storefront_index.changed(None, {sku: product})
        except Exception as error:  # noqa: BLE001 - as above
            found[sku] = error
    return found


def _as_stored(skus: Iterable[str]) -> dict[str, Product | None]:
    """Return products by SKU, None for those that are deleted."""
    wanted = list(skus)
    stored = catalog.read_many(wanted)
    return {sku: stored.get(sku) for sku in wanted}


def _all_skus(stock: Stock) -> list[str]:
    return [one.sku for products in stock.categories.values() for one in products]


def _read(skus: Sequence[str]) -> list[Product]:
    """Return the products on sale among some, in their order."""
    stored = catalog.read_many(skus) if skus else {}
    return [stored[sku] for sku in skus if sku in stored and stored[sku]["active"]]


def _shop() -> Shop:
    return Shop(**json.loads(os.environ["SHOP_STOREFRONT"]), law=storefront_law.read())
