"""The edition of the program: a hash of all that its resources depend on.

A start with the edition that was applied last need not run the program, which takes most of a start.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# No resource depends on these. The program may read all else, such as a text that the settings name.
_BESIDE = frozenset({"bench", "docs", "tests", "node_modules", "__pycache__"})


def of(root: Path, config: Mapping[str, Any]) -> str:
    """Return the edition of the program in a folder with these settings. Hidden files are no part of it."""
    digest = hashlib.sha256(json.dumps([sys.version, config], sort_keys=True).encode())
    for file in sorted(_files(root)):
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(root)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = [one for one in folders if one not in _BESIDE and not one.startswith(".")]
        yield from (Path(folder, one) for one in files if not one.startswith("."))
