"""The sales of products: units, revenue and orders of each product, in each month and in all time.

An order counts for its products as long as it counts as sold. Its month is the UTC month of `createdAt`, and
its currency is a part of the period, so one row never adds up two currencies. A change of an order adds the
difference between its sales after and before the change. `sales_deltas` keeps the differences of changes, and
`sales_folding` adds them to the rows.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping

from lambdas.platform import tables
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import order_status
from lambdas.shop.documents import Order

ALL = "all"  # the period of all time
FIGURES = ("units", "revenue", "orders")
_DIGITS = 20  # of the values in the keys of the indexes: 100,000 of the largest orders
_INDEXES = {"units": ("byUnits", "unitsRank"), "revenue": ("byRevenue", "revenueRank")}
RANKED = tuple(_INDEXES)  # the figures by which products are ranked

Sales = Counter[tuple[str, str, str]]
"""Sums by period, SKU and figure. A period is `GBP#2010-12` or `GBP#all`."""


def table() -> str:
    """Return the name of the table of product sales."""
    return os.environ["SHOP_SALES_TABLE"]


def period(currency: str, month: str) -> str:
    """Return a period of the table: a month such as 2010-12, or ALL."""
    return f"{currency}#{month}"


def of(order: Order | None) -> Sales:
    """Return the sales of an order in its month. Revenue is in minor units, without charges."""
    sales: Sales = Counter()
    if order is None or not order_status.is_sale(order["status"]):
        return sales
    month = period(order["currency"], order["createdAt"][:7])
    for line in order["items"]:
        sales[month, line["sku"], "units"] += line["quantity"]
        sales[month, line["sku"], "revenue"] += line["lineTotal"]
        sales[month, line["sku"], "orders"] = 1
    return sales


def difference(before: Order | None, after: Order | None) -> Sales:
    """Return the sales that a change adds, without zeros."""
    added = of(after)
    added.subtract(of(before))
    return Counter({key: by for key, by in added.items() if by})


def text(sales: Sales) -> str:
    """Return sales as JSON: for each period and SKU the list of its figures."""
    nested: dict[str, dict[str, list[int]]] = {}
    for (month, sku, figure), by in sales.items():
        figures = nested.setdefault(month, {}).setdefault(sku, [0] * len(FIGURES))
        figures[FIGURES.index(figure)] = by
    return json.dumps(nested, separators=(",", ":"))


def parse(written: str) -> Sales:
    """Return the sales of a text. Figures that are zero are in it."""
    return Counter(
        {
            (month, sku, figure): by
            for month, products in json.loads(written).items()
            for sku, figures in products.items()
            for figure, by in zip(FIGURES, figures, strict=True)
        }
    )


def row(sku: str, of_period: str, figures: Mapping[str, int], fold: int) -> Record:
    """Return the row of a product in a period, which has the deltas up to the fold of this number.

    The indexes sort the best first and then by SKU. A product without units is in neither of them. One that
    was given away is in both, because it has units.
    """
    key = {"product": sku, "period": of_period}
    return {**key, **{name: figures[name] for name in FIGURES}, "fold": fold} | (
        _index_keys(sku, of_period, figures) if figures["units"] > 0 else {}
    )


def by_rank(of_period: str, figure: str) -> Listing:
    """Return the listing of the products sold in a period, the best by units or revenue first."""
    index, sort_key = _INDEXES[figure]
    return Listing(
        table=table(),
        index=index,
        partition_key="rankShard",
        partitions=[_rank_shard(of_period, shard) for shard in tables.SHARDS],
        sort_key=sort_key,
    )


def _index_keys(sku: str, of_period: str, figures: Mapping[str, int]) -> dict[str, str]:
    ranks = {key: _rank(figures[figure], sku) for figure, (_, key) in _INDEXES.items()}
    return {"rankShard": _rank_shard(of_period, tables.shard(sku)), **ranks}


def _rank_shard(of_period: str, shard: str) -> str:
    return f"{of_period}#{shard}"


def _rank(value: int, sku: str) -> str:
    """Return a key that sorts larger values first. A value is below 0 while only a part of it is folded."""
    return f"{10**_DIGITS - 1 - max(value, 0):0{_DIGITS}}#{sku}"
