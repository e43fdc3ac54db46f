"""Run every benchmark and write one table to bench/RESULTS.md.

Run: `make bench`. `python -m bench MODULE …` prints the rows of some modules and writes nothing.
Each module in MEASURED has a function `rows()` that yields the rows of its measurement. The function of a
module in COMPUTED takes the values of the rows before it, or of the last run. Each module runs in a process
of its own, so that an error, or a measurement without an end, costs no row of another module.
The command exits with 1 when a measurement failed. A missed target is shown in the table. docs/scale.md
repeats numbers of RESULTS.md, and is written anew after a run without a failed measurement.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench import machine, scale
from bench.results import RESULTS, FailedRow, Row, Section, table, values
from bench.runner import Result, measure

MEASURED = (
    "validation",
    "writer",
    "notifier",
    "cold_starts",
    "conflicts",
    "costs",
    "order_search",
    "catalog_search",
    "local_system",
    "inbox",
    "storefront",
    "endurance",
    "rendering",
    "searching",
)
COMPUTED = ("spike",)  # from the values of the other modules' rows
MODULES = (*MEASURED, *COMPUTED)
LIMIT_S = 420  # several times of what a module takes on two idle cores
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
    has_failed = any(isinstance(one, FailedRow) for one in results)
    if not chosen:
        RESULTS.write_text(document(results, seconds))
    if not chosen and not has_failed:
        scale.write()
    return int(has_failed)


def run(modules: Sequence[str], limit_s: float = LIMIT_S) -> tuple[list[Result], dict[str, float]]:
    """Return the results of the modules, and the seconds that each module took."""
    results: list[Result] = []
    seconds: dict[str, float] = {}
    for name in modules:
        print(f"{name} …", file=sys.stderr, flush=True)
        begun = time.monotonic()
        known = values(RESULTS.read_text()) if RESULTS.exists() else {}
        arguments = [known | values(table(_rows(results)))] if name in COMPUTED else []
        found = measure(f"bench.{name}", limit_s, *arguments)
        results += found
        seconds[name] = time.monotonic() - begun
        print(table(_rows(found)), file=sys.stderr, flush=True)  # a run that is cut off has shown something
    return results, seconds


def document(results: Sequence[Result], seconds: Mapping[str, float]) -> str:
    """Return the content of RESULTS.md."""
    today = datetime.now(UTC).date().isoformat()
    rows = _rows(results)
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


def _rows(results: Sequence[Result]) -> list[Row | FailedRow]:
    return [one for one in results if not isinstance(one, Section)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
