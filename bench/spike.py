"""Simulate a spike of orders on AWS: 100 times the usual rate for ten minutes.

Orders wait in three lines, first come, first served. At the door, the gateway takes as many a second as its
throttle allows and answers 429 to the others, whose clients come again until they are taken. In the queue,
orders wait for the writers. In the stream, stored orders wait for the function that follows them with figures
and search. The functions are as fast as costs.py has calculated in this run. Orders arrive evenly. The same
numbers give the same spike.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from bench.aws_writer import Writer, order_time
from bench.results import ROOT, Row, Section, number
from components.order_pipeline import OrderPipelineArgs

FACTOR, SPIKE_S, STEP_S = 100, 600.0, 0.5
CALM_S = 1.0  # it is over when no order has waited longer
WRITERS = OrderPipelineArgs.max_concurrency
STREAM_SHARDS = 4  # of a new table, as operate.md says


def throttle() -> int:
    """Return the orders a second that the gateway takes by default."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return int(declared["apiRateLimit"]["default"])


@dataclass(frozen=True)
class Spike:
    """The results of a spike: the most orders in the queue, the longest waits, the time to recover.

    `recovery_s` is from the end of the spike until no order has waited at the door or in the queue for
    CALM_S.
    """

    depth: float
    age_s: float
    door_s: float
    stream_s: float
    recovery_s: float


class Line:
    """Orders that wait, as portions with the time of their arrival."""

    def __init__(self) -> None:
        self._portions: deque[list[float]] = deque()
        self.length = 0.0

    def add(self, now: float, orders: float) -> None:
        """Add orders that arrive at this moment."""
        if orders > 0:
            self._portions.append([now, orders])
            self.length += orders

    def take(self, orders: float) -> float:
        """Take at most so many orders from the front, and return how many."""
        wanted = orders
        while wanted > 0 and self._portions:
            first = self._portions[0]
            part = min(wanted, first[1])
            first[1] -= part
            wanted -= part
            self.length -= part
            if first[1] <= 0:
                self._portions.popleft()
        return orders - wanted

    def age(self, now: float) -> float:
        """Return how long the first order has waited."""
        return now - self._portions[0][0] if self._portions else 0.0


def simulate(usual: float, taken: float, stored: float, followed: float) -> Spike:
    """Return what a spike of FACTOR times the usual rate does.

    The arguments are orders a second: those that usually come, and those that gateway, writers and the
    reader of the stream take at most. Raises ValueError if the usual ones are too many, because the spike
    would never end.
    """
    if usual >= min(taken, stored, followed):
        raise ValueError(f"the usual {usual} orders a second are too many already")
    door, queue, stream = Line(), Line(), Line()
    depth = age = door_wait = stream_wait = recovery = 0.0
    for step in itertools.count():
        now = step * STEP_S
        door.add(now, usual * (FACTOR if now < SPIKE_S else 1) * STEP_S)
        queue.add(now, door.take(taken * STEP_S))
        stream.add(now, queue.take(stored * STEP_S))
        stream.take(followed * STEP_S)
        depth, age = max(depth, queue.length), max(age, queue.age(now))
        door_wait, stream_wait = max(door_wait, door.age(now)), max(stream_wait, stream.age(now))
        waiting = max(door.age(now), queue.age(now))
        if waiting >= CALM_S:
            recovery = max(0.0, now - SPIKE_S)
        if now >= SPIKE_S and max(waiting, stream.age(now)) < CALM_S:
            break
    return Spike(depth, age, door_wait, stream_wait, recovery)


def rows(measured: Mapping[str, float]) -> Iterator[Row | Section]:
    """Yield the age and the recovery for the defaults of the program, and a table of further settings."""
    writer, followed = Writer(measured[order_time("write_orders")]), readers(measured, "update_views")
    usual, limit = 2, throttle()
    spike = simulate(usual, limit, WRITERS * writer.per_second, followed)
    what = f"spike of {usual * FACTOR} orders a second on AWS, {WRITERS} writers (simulation)"
    for name, value in {
        "oldest message": spike.age_s,
        "queue is empty": spike.recovery_s,
        "figures are late by": spike.stream_s,
    }.items():
        yield Row(name=f"{what}: {name}", value=value, unit="s", reference=SPIKE_S, against="the spike")
    yield Section("A spike of ten minutes on AWS, simulated", _text(writer, limit, followed))


def readers(measured: Mapping[str, float], function: str) -> float:
    """Return the orders a second that a reader of the stream takes, one batch of each shard at a time."""
    return STREAM_SHARDS * 1000 / measured[order_time(function)]


def _text(writer: Writer, limit: int, followed: float) -> str:
    heads = ("Usual → spike, orders a second", "`apiRateLimit`", "Writers", "Waits for the gateway")
    lines = [[*heads, "Queue", "Oldest message", "Queue empty after", "Figures late by"], ["---"] * 8]
    for usual, taken, writers in (
        (2, limit, WRITERS),
        (10, limit, WRITERS),
        (10, 1000, WRITERS),
        (10, 1000, 10),
        (20, 10_000, 10),
        (20, 10_000, 100),
    ):
        settings = (f"{usual:,} → {usual * FACTOR:,}", f"{taken:,}", str(writers))
        lines.append([*settings, *_outcome(usual, taken, writers * writer.per_second, followed)])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _outcome(usual: float, taken: float, stored: float, followed: float) -> list[str]:
    try:
        spike = simulate(usual, taken, stored, followed)
    except ValueError:
        return [*[""] * 4, "the usual rate is too high"]
    times = [_duration(one) for one in (spike.age_s, spike.recovery_s, spike.stream_s)]
    return [_duration(spike.door_s), number(round(spike.depth)), *times]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
