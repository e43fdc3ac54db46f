"""The texts that the law asks a shop for, as the shop wrote them: terms, privacy, imprint, withdrawal.

They are the folder `storefront_law` on the path of modules, which is a part of the function's layer.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

TITLES = {
    "terms": "Terms and conditions",
    "privacy": "Privacy",
    "imprint": "Imprint",
    "withdrawal": "Right of withdrawal",
}
_FOLDER = "storefront_law"
_HEADING = "# "
_GAP = re.compile(r"\n\s*\n")


class Part(NamedTuple):
    """A heading or a paragraph."""

    is_heading: bool
    text: str


def read() -> dict[str, str]:
    """Return the texts that the shop has, by name."""
    spec = find_spec(_FOLDER)
    folders = [Path(one) for one in (spec.submodule_search_locations or ())] if spec else []
    found = {name: folder / f"{name}.txt" for folder in folders for name in TITLES}
    return {name: file.read_text(encoding="utf-8-sig") for name, file in found.items() if file.is_file()}


def parts(text: str) -> list[Part]:
    """Return headings, which are lines that begin with `# `, and paragraphs, which blank lines separate."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return [part for block in _GAP.split(lines) for part in _of_block(block.strip("\n"))]


def _of_block(block: str) -> Iterator[Part]:
    written: list[str] = []
    for line in block.split("\n"):
        if not line.startswith(_HEADING):
            written.append(line.rstrip())
            continue
        yield from _paragraph(written)
        written = []
        yield Part(is_heading=True, text=line.removeprefix(_HEADING).strip())
    yield from _paragraph(written)


def _paragraph(lines: list[str]) -> Iterator[Part]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield Part(is_heading=False, text=text)
