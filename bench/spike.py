"""Simulate a spike of orders on AWS: 100 times the usual rate for ten minutes.

The simulation has two lines in which orders wait, first come, first served. At the door, the gateway
takes as many a second as its throttle allows and answers 429 to the others, whose clients come again
until they are taken. In the queue, orders wait for the writers, which store at the speed of
`aws_writer.py`, from the writer's processor time that this run has measured. Orders arrive evenly. It
prints the same for the same numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from bench.aws_writer import WRITER_CPU, Writer
from bench.results import ROOT, Row, Section, number
from components.function import FunctionArgs
from components.order_pipeline import OrderPipelineArgs

FACTOR, SPIKE_S, STEP_S = 100, 600.0, 0.1
CALM_S = 1.0  # it is over when no order has waited longer
WRITERS = OrderPipelineArgs.max_concurrency
MEMORY_MB = FunctionArgs.memory


def throttle() -> int:
    """Return the orders a second that the gateway takes by default."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return int(declared["apiRateLimit"]["default"])


@dataclass(frozen=True)
class Spike:
    """What a spike does: the largest numbers, and the seconds from its end until nothing waits."""

    depth: float
    age_s: float
    door_s: float
    recovery_s: float


class Line:
    """Orders that wait, as portions with the time of their arrival."""

    def __init__(self) -> None:
        self._portions: deque[list[float]] = deque()
        self.length = 0.0

    def add(self, now: float, orders: float) -> None:
        """Let orders arrive."""
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


def simulate(usual: float, taken_per_second: float, stored_per_second: float) -> Spike:
    """Return what a spike of FACTOR times the usual rate does. Raises ValueError if it never ends."""
    if usual >= min(taken_per_second, stored_per_second):
        raise ValueError(f"the usual {usual} orders a second are too many already")
    door, queue = Line(), Line()
    depth = age = door_wait = 0.0
    step = 0
    while True:
        now = step * STEP_S
        door.add(now, usual * (FACTOR if now < SPIKE_S else 1) * STEP_S)
        queue.add(now, door.take(taken_per_second * STEP_S))
        queue.take(stored_per_second * STEP_S)
        depth, age, door_wait = (
            max(depth, queue.length),
            max(age, queue.age(now)),
            max(door_wait, door.age(now)),
        )
        if now >= SPIKE_S and queue.age(now) < CALM_S and door.age(now) < CALM_S:
            return Spike(depth, age, door_wait, now - SPIKE_S)
        step += 1


def rows(measured: Mapping[str, float]) -> Iterator[Row | Section]:
    """Yield the age and the recovery for the defaults of the program, and a table of further settings."""
    writer, limit = Writer(measured[WRITER_CPU], MEMORY_MB), throttle()
    usual = 2
    spike = simulate(usual, limit, WRITERS * writer.per_second)
    what = f"spike of {usual * FACTOR} orders a second on AWS, {WRITERS} writers (simulation)"
    for name, value in {"oldest message": spike.age_s, "recovery": spike.recovery_s}.items():
        yield Row(name=f"{what}: {name}", value=value, unit="s", reference=SPIKE_S, against="the spike")
    yield Section("A spike of ten minutes on AWS, simulated", _text(writer, limit))


def _text(writer: Writer, limit: int) -> str:
    heads = ("Usual → spike, orders a second", "`apiRateLimit`", "Writers", "Longest wait for the gateway")
    lines = [[*heads, "Deepest queue", "Oldest message", "Calm again after"], ["---"] * 7]
    for usual, taken, writers in (
        (2, limit, WRITERS),
        (10, limit, WRITERS),
        (10, 1000, WRITERS),
        (10, 1000, 10),
        (100, 10_000, 10),
        (100, 10_000, 100),
    ):
        spike = simulate(usual, taken, writers * writer.per_second)
        rates = f"{usual:,} → {usual * FACTOR:,}"
        times = (_duration(one) for one in (spike.age_s, spike.recovery_s))
        lines.append(
            [rates, f"{taken:,}", str(writers), _duration(spike.door_s), number(round(spike.depth)), *times]
        )
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
