"""What the writer stores a second on AWS: a calculation from its measured processor time.

A writer takes a batch of ten orders, computes, reads the products of the batch with one call, stores its
orders side by side and waits for the slowest. Assumptions: it has as much of a processor as its memory
gives, as in costs.py; reads and writes take as long as the put in conflicts.py; the next batch begins
HANDOVER_S later, which is the published median from SQS to a function in 2022 and 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.aws_latency import mean_of_slowest, mean_seconds

# The row of costs.py with the writer's processor time.
WRITER_CPU = "processor time of the writer for an order of the trading day"
HANDOVER_S = 0.016
WHOLE_PROCESSOR_MB = 1769
BATCH = 10


@dataclass(frozen=True)
class Writer:
    """A writer that computes `cpu_ms` for each order, on a whole processor, and has `memory_mb`."""

    cpu_ms: float
    memory_mb: int

    @property
    def batch_s(self) -> float:
        """The seconds from one batch to the next."""
        computing = BATCH * self.cpu_ms / 1000 * WHOLE_PROCESSOR_MB / self.memory_mb
        return computing + mean_seconds("put") + mean_of_slowest("put", BATCH) + HANDOVER_S

    @property
    def per_second(self) -> float:
        """The orders that one writer stores a second."""
        return BATCH / self.batch_s
