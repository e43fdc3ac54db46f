"""The number of orders that the writer stores a second on AWS, from the time of an order in costs.py.

The next batch of a writer begins HANDOVER_S after the last one has ended. This is the published median from
SQS to a function in 2022 and 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

HANDOVER_S = 0.016
BATCH = 10


def order_time(function: str) -> str:
    """Return the name of the row of costs.py with a function's time for an order of a full batch."""
    return f"time on AWS for an order in a spike, {function}"


@dataclass(frozen=True)
class Writer:
    """A writer that takes `order_ms` for each order of a full batch."""

    order_ms: float

    @property
    def batch_s(self) -> float:
        """The seconds from one batch to the next."""
        return BATCH * self.order_ms / 1000 + HANDOVER_S

    @property
    def per_second(self) -> float:
        """The orders that one writer stores a second."""
        return BATCH / self.batch_s
