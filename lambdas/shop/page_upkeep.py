"""Pages that become out of date without a change of a product: editions, best sellers, what goes together.

All of it is done by the holder of the lease, so that no page is made from the old state after its mark.
"""

import os
from collections import Counter
from collections.abc import Iterable

from lambdas.platform import leases, listing, log, side_by_side, times
from lambdas.platform.errors import NotFoundError
from lambdas.shop import page_marks, page_state, product_lists, product_orders, product_sales
from lambdas.shop.page_marks import Mark
from lambdas.shop.page_state import Best

BEST_OF_ALL, BEST_OF_CATEGORY = 20, 6  # best sellers on the first page, and on that of a category
TOGETHER = 4  # products that are shown as often bought together
_MAX_RANKED = 500  # best sellers of a month that are looked at
# Products whose companions one look reads, so that it ends in time however large their orders are.
_GROUP = 100
_LATE_MS = 15 * 60_000
_FIGURE = "units"  # by which products are ranked, as the desk does by default


def look() -> None:
    """Mark what is out of date by now. Raises batches.BusyError."""
    try:
        with page_state.lease().hold(page_state.LEASE_MS) as owner:
            for step in (begin_edition, _renew_best, _renew_companions):
                step(owner)
    except leases.LeaseTakenError:
        return  # the next look does it


def mark(names: Iterable[str]) -> None:
    """Mark pages of changed products, and pages that show these beside another. Raises batches.BusyError."""
    marked = set(names)
    beside = page_state.shown_with(page_marks.skus_of(marked))
    page_marks.put({*marked, *map(page_marks.product, beside)})


def mark_all() -> None:
    """Mark every page, those included that are only to be deleted. Raises batches.BusyError.

    The pages of products that are no longer on sale are found by the search index, once it is made.
    """
    active = product_lists.active()
    skus = (one.sku for products in active.values() for one in products)
    categories = {*active, *page_state.categories()}
    page_marks.put(
        [
            *page_marks.OF_ALL,
            *page_marks.WITHOUT_PRODUCTS,
            page_marks.INDEX,
            *map(page_marks.product, skus),
            *map(page_marks.category, categories),
        ],
        page_marks.ANEW,
    )


def late() -> list[Mark]:
    """Return the marks that are 15 minutes old, the oldest first."""
    return page_marks.late(times.iso(times.now_ms() - _LATE_MS))


def begin_edition(owner: str) -> None:
    """Mark every page if templates, assets or settings are others than those that the pages have.

    The holder of the lease does this before it makes a page. So while an update is under way, pages that the
    earlier release still made are made anew.
    """
    edition = page_state.edition()
    if page_state.read().get("edition") != edition:
        mark_all()
        page_state.lease().change(owner, {"edition": edition})
        log.event("pages.edition")


def _renew_best(owner: str) -> None:
    """Mark the pages whose best sellers are others than before."""
    before, best = page_state.best(), _best()
    changed = {name for name in {*before, *best} if before.get(name) != best.get(name)}
    if changed:
        page_marks.put(page_marks.category(name) if name else page_marks.HOME for name in changed)
        page_state.set_best(owner, best)


def _renew_companions(owner: str) -> None:
    """Once a day, look up what is bought with what sells, and mark the pages on which that changed.

    Each look does this for some of the products, until a look has found no more.
    """
    today, state = times.now()[:10], page_state.read()
    looked = state.get("looked", 0) if state.get("day") == today else 0
    if looked is None:
        return
    sold = _ranked(_months())[looked : looked + _GROUP]
    before = page_state.together(sold)
    found = zip(sold, side_by_side.call(_companions, sold), strict=True)
    changed = {sku: companions for sku, companions in found if companions != before.get(sku, [])}
    page_marks.put(map(page_marks.product, changed), page_marks.ANEW)
    page_state.set_together(changed)
    is_last = len(sold) < _GROUP
    page_state.lease().change(owner, {"day": today, "looked": None if is_last else looked + _GROUP})


def _companions(sku: str) -> list[str]:
    try:
        return [one["sku"] for one in product_orders.also_bought(sku, TOGETHER)]
    except NotFoundError:  # it was deleted from the catalog since it was sold
        return []


def _best() -> Best:
    """Return the best sellers of this month and the one before, of those that are on sale."""
    category_of = {one.sku: name for name, products in product_lists.active().items() for one in products}
    ranked = [sku for sku in _ranked(_months()) if sku in category_of]
    best: Best = {"": ranked[:BEST_OF_ALL]} if ranked else {}
    for sku in ranked:
        of_category = best.setdefault(category_of[sku], [])
        if len(of_category) < BEST_OF_CATEGORY:
            of_category.append(sku)
    return best


def _ranked(months: list[str]) -> list[str]:
    """Return the products that sold most in some months, the best first. Equal ones are sorted by SKU."""
    sold: Counter[str] = Counter()
    for month in months:
        period = product_sales.period(os.environ["SHOP_CURRENCY"], month)
        rows, _ = listing.merge(product_sales.by_rank(period, _FIGURE), "", _MAX_RANKED)
        for row in rows[:_MAX_RANKED]:
            sold[row["product"]] += row[_FIGURE]
    return sorted(sold, key=lambda sku: (-sold[sku], sku))


def _months() -> list[str]:
    year, month = map(int, times.now()[:7].split("-"))
    before = f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02}"
    return [before, f"{year}-{month:02}"]
