"""Measure how many orders the inbox takes from a machine, against the API of staff of the same system.

Run: `python -m bench inbox`. The command starts its own system.
Unit: orders per second that an API accepts while no function reads the queue, from the same clients.
Reference: orders of staff, in turn with those of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.local_system import make_orders, shop
from bench.results import Row, Target

ROUNDS, ORDERS = 6, 500  # orders of each kind in a round


def rows() -> Iterator[Row]:
    """Yield the row of acceptance."""
    with shop() as ours, ours.without_writer():
        seconds = {"staff": 0.0, "machine": 0.0}
        senders = {"staff": ours.post, "machine": ours.post_as_machine}
        for _ in range(ROUNDS):
            for name, send in [*senders.items(), *reversed(senders.items())]:
                seconds[name] += send(make_orders(ORDERS // 2))
    total = ROUNDS * ORDERS
    yield Row(
        name="orders of a machine accepted, without a throttle",
        value=total / seconds["machine"],
        unit="a second",
        reference=total / seconds["staff"],
        against="orders of staff",
        target=Target("≥", 0.9),
    )
