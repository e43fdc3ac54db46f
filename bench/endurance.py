"""Measure whether the local system keeps its pace and its memory over 20,000 orders.

Run: `python -m bench endurance`. The command starts its own system.
Unit: orders of the last tenth per second until they are mailed, counted and found, and the emulator's memory
after them. Reference: the first tenth, and the emulator's memory before the first order.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.local_system import make_orders, shop
from bench.results import Row, Target

ORDERS = 20_000
PARTS = 10


def rows() -> Iterator[Row]:
    """Yield the row of the pace and the row of the memory."""
    with shop() as ours:
        idle = ours.memory_mb()
        rates = []
        for _ in range(PARTS):
            before, orders = ours.before(), make_orders(ORDERS // PARTS)
            rates.append(len(orders) / (ours.post(orders) + ours.wait(orders, before)))
        memory = ours.memory_mb()
    yield Row(
        name=f"pace of the last tenth of {ORDERS:,} orders",
        value=rates[-1],
        unit="orders a second",
        reference=rates[0],
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
