"""Write the numbers in docs/scale.md: those of RESULTS.md, and what follows from them on AWS.

Run: `python -m bench.scale`. `make bench` does it too. A number is between two comments with the name of its
block, and a test compares the blocks with RESULTS.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench import spike
from bench.aws_latency import mean_of_slowest, mean_seconds
from bench.aws_writer import BATCH, Writer, order_time
from bench.results import RESULTS, ROOT, number, values
from lambdas.platform import tables

PAPER = ROOT / "docs/scale.md"
RATES = (10, 1_000, 100_000)
GATEWAY_QUOTA = 10_000
LAMBDA_QUOTA, NEW_LAMBDA_QUOTA = 1_000, 10
STREAM_READERS = 2
TABLE_QUOTA, NEW_TABLE_UNITS, PARTITION_UNITS = 40_000, 4_000, 1_000
IN_FLIGHT = 120_000
MAILS_PER_SECOND = 10
ORDER_UNITS = "write units an order in a spike, orders table with its indexes"
SEARCH_UNITS = "write units an order in a spike, search table"


@dataclass(frozen=True)
class Limit:
    """A limit in orders a second, and the knob that moves it."""

    name: str
    per_second: float
    knob: str


def write() -> None:
    """Write the paper's blocks anew."""
    PAPER.write_text(with_blocks(PAPER.read_text(), RESULTS.read_text()))


def with_blocks(paper: str, results: str) -> str:
    """Return the paper with the blocks that follow from the results. Raises KeyError for an unknown block."""
    blocks = _blocks(results)
    return re.sub(
        r"(<!-- ([\w ]+) -->\n).*?(<!-- /\2 -->)",
        lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}",
        paper,
        flags=re.DOTALL,
    )


def _blocks(results: str) -> dict[str, str]:
    sections = dict(re.findall(r"^## (.+)\n\n((?:.+\n?)+)", results, re.MULTILINE))
    known = values(results)
    return {
        "writers": _writers(Writer(known[order_time("write_orders")])),
        "limits": _limits(known),
        "spike": sections["A spike of ten minutes on AWS, simulated"],
        "costs": sections["Cost of 1,000 orders"],
    }


def _writers(writer: Writer) -> str:
    stored = {count: number(round(count * writer.per_second)) for count in (1, 2, 10)}
    lines = [
        "| What | On AWS |",
        "|---|---|",
        f"| A write, on average | {_ms(mean_seconds('put'))} |",
        f"| The slowest of ten writes, on average | {_ms(mean_of_slowest('put', BATCH))} |",
        f"| A batch of ten orders | {_ms(writer.batch_s)} |",
        *(
            f"| {count} writer{'s' * (count > 1)} | {orders} orders a second |"
            for count, orders in stored.items()
        ),
    ]
    return "".join(f"{line}\n" for line in lines)


def _ms(seconds: float) -> str:
    return f"{number(round(seconds * 1000, 1))} ms"


def _limits(known: Mapping[str, float]) -> str:
    heads = ["Limit", "Orders a second", *(f"At {rate:,}" for rate in RATES), "Knob"]
    lines = [heads, ["---"] * len(heads)]
    for limit in sorted(limits(known), key=lambda one: one.per_second):
        states = ["holds" if rate <= limit.per_second else "**full**" for rate in RATES]
        lines.append([limit.name, f"{limit.per_second:,.0f}", *states, limit.knob])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def limits(known: Mapping[str, float]) -> Iterator[Limit]:
    """Yield the limits of the program with its default settings in a new account."""
    writer = Writer(known[order_time("write_orders")])
    readers = STREAM_READERS * spike.STREAM_SHARDS
    shards = len(tables.SHARDS)
    yield Limit(
        "Mails to one address", MAILS_PER_SECOND, "a queue or a list instead of an address; see below"
    )
    yield Limit("Gateway, one method", spike.throttle(), "`apiRateLimit`")
    yield Limit("Gateway, the account and region", GATEWAY_QUOTA, "Service Quotas")
    yield Limit(
        f"Queue, {IN_FLIGHT:,} messages in flight",
        IN_FLIGHT / writer.batch_s,
        "several queues, Service Quotas",
    )
    yield Limit(
        f"Writers, {spike.WRITERS} at once",
        spike.WRITERS * writer.per_second,
        "`max_concurrency`, up to 1,000",
    )
    for quota, account in ((NEW_LAMBDA_QUOTA, "a new account"), (LAMBDA_QUOTA, "an account")):
        yield Limit(
            f"Functions at once in {account}, {quota:,} less {readers} readers of the stream",
            (quota - readers) * writer.per_second,
            "Service Quotas",
        )
    yield Limit(
        f"Orders table, new: {NEW_TABLE_UNITS:,} units",
        NEW_TABLE_UNITS / known[ORDER_UNITS],
        "grows by itself; warm throughput",
    )
    yield Limit(
        f"Orders table, quota: {TABLE_QUOTA:,} units", TABLE_QUOTA / known[ORDER_UNITS], "Service Quotas"
    )
    for function in ("notify", "update_views"):
        yield Limit(
            f"`{function}`, {spike.STREAM_SHARDS} shards of the stream",
            spike.readers(known, function),
            "`parallelization_factor`",
        )
    yield Limit(f"An index of orders, {shards} shards", shards * PARTITION_UNITS, "`SHARDS` in `tables.py`")
    yield Limit(
        "Product ledger, of a product that is in every order",
        PARTITION_UNITS,
        "shards for the ledger, as the search has them",
    )
    yield Limit(
        f"Search table, {shards} shards",
        shards * PARTITION_UNITS / known[SEARCH_UNITS],
        "`SHARDS` in `tables.py`",
    )


if __name__ == "__main__":
    write()
