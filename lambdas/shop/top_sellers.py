"""The best sellers: the products that sold most in a period, with their names."""

from collections.abc import Sequence
from typing import Any

from lambdas.platform import listing, side_by_side
from lambdas.shop import catalog, product_orders, product_sales

DEFAULT_LIMIT = 20


def read(period: str, figure: str, limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` products of a period of `product_sales`, the best by units or revenue first.

    Revenue is in minor units of the period's currency. Equal products are in the order of their SKU. The
    cost does not grow with the products. Raises batches.BusyError.
    """
    found, _ = listing.merge(product_sales.by_rank(period, figure), "", limit)
    best = found[:limit]
    names = _names([one["product"] for one in best])
    return [
        {
            "sku": one["product"],
            "name": names[one["product"]],
            **{name: one[name] for name in product_sales.FIGURES},
        }
        for one in best
    ]


def _names(skus: Sequence[str]) -> dict[str, str]:
    """Return the names of products. One that the catalog no longer has is named as on its latest order."""
    known = {sku: product["name"] for sku, product in catalog.read_for_pricing(skus).items()}
    gone = [sku for sku in skus if sku not in known]
    on_orders = side_by_side.call(product_orders.name_on_latest, gone)
    return known | {sku: name or sku for sku, name in zip(gone, on_orders, strict=True)}
