"""Measure how long the browser takes to render the rows of the orders list.

Unit: milliseconds of script for all rows, the median of RUNS runs.
Reference: bare rows in the same run. They have as many cells and the same texts as the list's rows, but are
made only with createElement and textContent, which every page needs at least.
"""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from bench.pages import signed_in
from bench.results import Row

SCRIPT = "list/sums.js"  # the bundle that has `showRows`
ORDERS = 1000
RUNS = 15
LOAD_TIMEOUT_MS = 60_000

# The parameter `address` is the URL of the module with `showRows`. The result contains for each run
# [milliseconds of the page's rows, milliseconds of bare rows].
MEASURE = """async ({ address, orders, runs }) => {
    const { showRows } = await import(address);
    const body = document.getElementById("order-rows");
    const texts = (order) => [order.orderID.slice(0, 8), order.createdAt, order.customer.name,
        String(order.lineCount), String(order.total), order.status];
    const bare = () => body.replaceChildren(...orders.map((order) => {
        const row = document.createElement("tr");
        row.append(...texts(order).map((text) => {
            const cell = document.createElement("td");
            cell.textContent = text;
            return cell;
        }));
        return row;
    }));
    const timed = async (render) => {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const begun = performance.now();
        render();
        return performance.now() - begun;
    };
    const found = [];
    for (let run = 0; run < runs; run++) found.push([await timed(() => showRows(orders)), await timed(bare)]);
    return found;
}"""


def make_orders(count: int) -> list[dict[str, Any]]:
    """Return orders in the form of the API's list."""
    return [
        {
            "orderID": str(uuid.UUID(int=number)),
            "status": ("placed", "packed", "shipped", "delivered", "cancelled", "rejected")[number % 6],
            "version": 1,
            "createdAt": f"2026-11-{1 + number % 28:02}T09:{number % 60:02}:00.000Z",
            "updatedAt": "2026-11-20T09:00:00.000Z",
            "customer": {
                "name": f"Customer {number}",
                "email": f"c{number}@example.org",
                "company": "Company",
            },
            "total": 100 * number,
            "currency": "GBP",
            "lineCount": 1 + number % 9,
            "submittedBy": "staff@shop.example",
        }
        for number in range(count)
    ]


def rows() -> Iterator[Row]:
    """Yield the milliseconds of the list's rows beside those of bare rows."""
    with signed_in() as (_, tab):
        tab.goto("/orders.html")
        expect(tab.page.locator("#order-rows a").first).to_be_visible(timeout=LOAD_TIMEOUT_MS)
        script = f"new URL('../{SCRIPT}', document.querySelector('script[src]').src).href"
        address = tab.page.evaluate(script)
        timed = tab.page.evaluate(MEASURE, {"address": address, "orders": make_orders(ORDERS), "runs": RUNS})
    ours, bare = (statistics.median(times) for times in zip(*timed, strict=True))
    name = f"browser: {ORDERS:,} rows of the orders list"
    yield Row(name=name, value=ours, unit="ms", reference=bare, against="bare rows of the same texts")
