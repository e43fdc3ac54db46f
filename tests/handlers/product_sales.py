"""Orders with products for the tests of best sellers, and the rows and reports to expect."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from tests.handlers.order_histories import stored
from tests.handlers.shop import Json, Reply, Shop, with_keys

Line = tuple[str, int, int]
"""SKU, quantity and total of a line."""
Rows = dict[tuple[str, str], tuple[int, int, int]]
"""Units, revenue and orders by SKU and period."""


def sold(*lines: Line, at: str = "2026-11-20T09:07:00.000Z", **changes: Any) -> Json:
    """Return an order with these lines."""
    return with_keys(stored(at, items=items(*lines)) | changes)


def items(*lines: Line) -> list[Json]:
    return [
        {"sku": sku, "quantity": quantity, "lineTotal": total, "name": f"{sku} then"}
        for sku, quantity, total in lines
    ]


def edited(order: Json, *lines: Line) -> Json:
    return order | {"items": items(*lines), "version": order["version"] + 1}


def expected(orders: Iterable[Json]) -> Rows:
    """Return the rows other than zero to expect for orders, computed independently of the code."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for order in orders:
        if "erasedAt" in order or order["status"] in ("rejected", "cancelled"):
            continue
        for month in ("all", order["createdAt"][:7]):
            for sku in {line["sku"] for line in order["items"]}:
                mine = [line for line in order["items"] if line["sku"] == sku]
                row = rows[sku, f"{order['currency']}#{month}"]
                row[0] += sum(line["quantity"] for line in mine)
                row[1] += sum(line["lineTotal"] for line in mine)
                row[2] += 1
    return {key: (units, revenue, orders) for key, (units, revenue, orders) in rows.items()}


def kept(shop: Shop) -> Rows:
    """Return the rows other than zero of the table."""
    rows = {
        (row["product"], row["period"]): (row["units"], row["revenue"], row["orders"])
        for row in shop.all("SHOP_SALES_TABLE")
    }
    return {key: row for key, row in rows.items() if any(row)}


def deltas(shop: Shop) -> list[Json]:
    return [row for row in shop.all("SHOP_TALLIES_TABLE") if row["tally"].startswith("sales-delta")]


def only_full_batches(shop: Shop) -> AbstractContextManager[Any]:
    """Have each batch count as a full one, which does not fold."""
    return patch.dict(shop.names, {"SHOP_VIEWS_BATCH_SIZE": "1"})


def ask(shop: Shop, **query: str) -> Reply:
    return shop.ask("get_top_sellers", "GET", "/reports/top-sellers", query=query)


def best(shop: Shop, **query: str) -> list[tuple[str, int, int, int]]:
    """Return SKU, units, revenue and orders of the best sellers."""
    found = ask(shop, **query).json["items"]
    return [(one["sku"], one["units"], one["revenue"], one["orders"]) for one in found]


def assert_folded(shop: Shop, orders: Iterable[Json]) -> None:
    """Check that the rows and both rankings match the orders, and that nothing waits."""
    rows = expected(orders)
    assert kept(shop) == rows
    assert deltas(shop) == []
    for period in sorted({of for _, of in rows if of.startswith("GBP#")} | {"GBP#all"}):
        ranked = [(sku, *row) for (sku, of), row in rows.items() if of == period]
        for at, by in ((1, "units"), (2, "revenue")):
            wanted = sorted(ranked, key=lambda one: (-int(one[at]), one[0]))[:20]
            assert best(shop, period=period[4:], by=by) == wanted
