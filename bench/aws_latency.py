"""How long calls take on AWS, from the quantiles that conflicts.py names with their source."""

from __future__ import annotations

from itertools import pairwise

from bench.conflicts import QUANTILES, SHARES


def mean_seconds(name: str) -> float:
    """Return the mean of a call in QUANTILES, whose times are taken as even between two quantiles."""
    steps = zip(pairwise(SHARES), pairwise(QUANTILES[name]), strict=True)
    return sum((after - before) * (low + high) / 2 for (before, after), (low, high) in steps) / 1000


def mean_of_slowest(name: str, count: int) -> float:
    """Return the mean seconds until the last of some calls side by side has ended."""
    steps = zip(pairwise(SHARES), pairwise(QUANTILES[name]), strict=True)
    return (
        sum((after**count - before**count) * (low + high) / 2 for (before, after), (low, high) in steps)
        / 1000
    )
