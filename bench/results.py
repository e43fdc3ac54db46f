"""The rows of the benchmarks' table: each a value, a reference measured in the same run, and their ratio."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/RESULTS.md"

HEADINGS = ("Measurement", "Value", "Reference", "Ratio", "Target", "Reached")


@dataclass(frozen=True)
class Target:
    """The limit that a row has to reach with its ratio or its value."""

    sign: Literal["≤", "<", "≥"]
    limit: float
    of: Literal["ratio", "value"] = "ratio"

    def is_reached_by(self, number: float) -> bool:
        """Whether a number is on the right side of the limit."""
        return {"≤": number <= self.limit, "<": number < self.limit, "≥": number >= self.limit}[self.sign]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement beside its reference.

    `unit` belongs to both numbers, and `against` names the reference. `note` has a few words that a reader
    needs, for example the reason for a missed target. Raises ValueError for a reference that is not above 0.
    """

    name: str
    value: float
    unit: str
    reference: float
    against: str
    target: Target | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.reference > 0:
            raise ValueError(f"{self.name}: the reference must be above zero, got {self.reference}")

    @property
    def ratio(self) -> float:
        """The value divided by the reference."""
        return self.value / self.reference

    @property
    def is_missed(self) -> bool:
        """Whether the row has a target and does not reach it."""
        if self.target is None:
            return False
        return not self.target.is_reached_by(self.ratio if self.target.of == "ratio" else self.value)

    def cells(self) -> list[str]:
        """Return the row's cells, in the order of HEADINGS."""
        return [
            f"{self.name} ({self.note})" if self.note else self.name,
            _with_unit(self.value, self.unit),
            f"{_with_unit(self.reference, self.unit)}, {self.against}",
            number(self.ratio),
            self._target(),
            "" if self.target is None else "**no**" if self.is_missed else "yes",
        ]

    def _target(self) -> str:
        if self.target is None:
            return ""
        unit = self.unit if self.target.of == "value" else ""
        return f"{self.target.sign} {_with_unit(self.target.limit, unit)}"


@dataclass(frozen=True)
class FailedRow:
    """A measurement that raised an error instead of giving its row."""

    name: str
    error: str
    is_missed = True

    def cells(self) -> list[str]:
        """Return the row's cells, in the order of HEADINGS."""
        return [f"`{self.name}` failed: {self.error}", "", "", "", "", "**no**"]


@dataclass(frozen=True)
class Section:
    """A text of its own below the table, in Markdown."""

    title: str
    text: str


def table(rows: Sequence[Row | FailedRow]) -> str:
    """Return the rows as a Markdown table."""
    lines = [list(HEADINGS), ["---"] * len(HEADINGS), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n" for cells in lines)


def number(value: float) -> str:
    """Return a number with three significant digits, and whole numbers above 100 in full."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:.6f}".rstrip("0")


def values(text: str) -> dict[str, float]:
    """Return the values in a table of rows, by the name of their row."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        digits = cells[1].partition(" ")[0].replace(",", "") if len(cells) == len(HEADINGS) else ""
        if re.fullmatch(r"-?\d+(?:\.\d+)?", digits):
            found[cells[0].partition(" (")[0]] = float(digits)
    return found


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()
