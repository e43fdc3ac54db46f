"""Measure whether the local system keeps its pace and its memory over 20,000 orders.

Run: `python -m bench endurance`. The command starts its own system.
Unit: orders of the last tenth per second until they are mailed, counted and found, and the emulator's memory
after them. References: the first tenth, as the mean of two systems, one before and one after, because the
speed of a machine drifts within minutes; the emulator's memory before the first order.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.local_system import Shop, make_orders, shop
from bench.results import Row, Target

ORDERS = 20_000
PARTS = 10


def rows() -> Iterator[Row]:
    """Yield the row of the pace and the row of the memory."""
    with shop() as ours:
        idle = ours.memory_mb()
        rates = [_rate(ours) for _ in range(PARTS)]
        memory = ours.memory_mb()
    with shop() as new:
        first = (rates[0] + _rate(new)) / 2
    yield Row(
        name=f"pace of the last tenth of {ORDERS:,} orders",
        value=rates[-1],
        unit="orders a second",
        reference=first,
        against="the first tenth",
        target=Target("≥", 0.9),
    )
    yield Row(
        name=f"the emulator's memory after {ORDERS:,} orders",
        value=memory,
        unit="MB",
        reference=idle,
        against="before the first",
    )


def _rate(system: Shop) -> float:
    """Return the orders per second of a tenth of all orders."""
    before, orders = system.before(), make_orders(ORDERS // PARTS)
    return len(orders) / (system.post(orders) + system.wait(orders, before))
