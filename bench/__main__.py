"""Run every benchmark and write one table to bench/RESULTS.md.

Run: `make bench`, or `python -m bench MODULE …` to print the rows of some modules only, without writing.
Each module in MODULES has a function `rows()` that yields the rows of its measurement. It runs in a process
of its own, so that an error, or a measurement without an end, costs no row of another module.
The command exits with 1 when a measurement failed. A missed target is shown in the table.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.results import FailedRow, Section, table
from bench.runner import Result, measure

MODULES = ("validation", "costs", "rendering", "searching")
LIMIT_S = 300
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = """# What an order costs

`make bench` writes this file. Every ratio is a value divided by a reference that was measured in the same run
on the same machine. "Reached" shows whether the row is within its target.
"""


def main(argv: list[str]) -> int:
    """Run the modules named by the arguments, or all, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; all by default"
    )
    chosen = parser.parse_args(argv).modules
    if unknown := set(chosen) - set(MODULES):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    results, seconds = run(chosen or MODULES)
    print(document(results, seconds))
    if not chosen:
        RESULTS.write_text(document(results, seconds))
    return int(any(isinstance(one, FailedRow) for one in results))


def run(modules: Sequence[str], limit_s: float = LIMIT_S) -> tuple[list[Result], dict[str, float]]:
    """Return the results of the modules, and the seconds that each module took."""
    results: list[Result] = []
    seconds: dict[str, float] = {}
    for name in modules:
        print(f"{name} …", file=sys.stderr, flush=True)
        begun = time.monotonic()
        results += measure(f"bench.{name}", limit_s)
        seconds[name] = time.monotonic() - begun
    return results, seconds


def document(results: Sequence[Result], seconds: Mapping[str, float]) -> str:
    """Return the content of RESULTS.md."""
    today = datetime.now(UTC).date().isoformat()
    rows = [one for one in results if not isinstance(one, Section)]
    missed = [row.name for row in rows if row.is_missed]
    parts = [
        HEAD,
        f"{today} · {machine.describe()} · {sum(seconds.values()) / 60:.0f} minutes\n",
        table(rows),
        f"Missed or failed: {'; '.join(missed) or 'none'}.\n",
        "Seconds of each module: "
        + ", ".join(f"{name} {took:.0f}" for name, took in seconds.items())
        + ".\n",
        *(f"## {one.title}\n\n{one.text}" for one in results if isinstance(one, Section)),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
