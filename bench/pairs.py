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

    def __str__(self) -> str:
        ratios = sorted(a / b for a, b in zip(self.a, self.b, strict=True))
        return (
            f"{statistics.median(self.a) * 1000:.1f} ms against {statistics.median(self.b) * 1000:.1f} ms, "
            f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


def pairs(a: Callable[[], object], b: Callable[[], object], runs: int = 15) -> Pairs:
    """Run both once to warm up, then measure them `runs` times in turn."""
    a(), b()
    timed = [(_seconds(a), _seconds(b)) for _ in range(runs)]
    return Pairs([one for one, _ in timed], [other for _, other in timed])


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
