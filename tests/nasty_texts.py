"""The list of nasty texts, which the functions, the page, the gateway and the loader are held against."""

import json
from typing import NamedTuple

from tests.imports import ROOT


class NastyText(NamedTuple):
    """A text as somebody typed it into a field, and its normal form. Text that is refused has None."""

    about: str
    field: str
    text: str
    normal: str | None

    @property
    def schema(self) -> str:
        """The schema that has the field."""
        return {"sku": "Item", "notes": "Order"}.get(self.field, "Customer")


NASTY_TEXTS = [
    NastyText(**entry)
    for entry in json.loads((ROOT / "tests/data/nasty_texts.json").read_text(encoding="utf-8"))
]
