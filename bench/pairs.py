"""Measure two callables in turn, A B A B …, so that changes of the machine's speed affect both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pairs:
    """The seconds of each run of A and of B, in order."""

    a: list[float]
    b: list[float]

    @property
    def medians_ms(self) -> tuple[float, float]:
        """The median of A and that of B, in milliseconds."""
        return statistics.median(self.a) * 1000, statistics.median(self.b) * 1000


def pairs(a: Callable[[], object], b: Callable[[], object], runs: int = 15) -> Pairs:
    """Run both once to warm up, then measure them `runs` times in turn."""
    a(), b()
    timed = [(_seconds(a), _seconds(b)) for _ in range(runs)]
    return Pairs([one for one, _ in timed], [other for _, other in timed])


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
