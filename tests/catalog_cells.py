"""The cells of a catalog's file, which the page and the loader are held against."""

import json
from typing import Any

from tests.imports import ROOT

CATALOG_CELLS: list[dict[str, Any]] = json.loads(
    (ROOT / "tests/data/catalog_cells.json").read_text(encoding="utf-8")
)


def expected(example: dict[str, Any]) -> dict[str, Any]:
    """Return the value, the fault and the doubt of an example. A missing one is None."""
    return {name: example.get(name) for name in ("value", "fault", "doubt")}
