"""The folder that a system of this machine lives on in (`.local/`)."""

from __future__ import annotations

import fcntl
import json
import shutil
from pathlib import Path
from typing import Any

# Everything that is kept there.
STATE_FILES = ("emulator", "resources.jsonl", "resources.new", "mailbox.jsonl", "outputs.json", "system.json")


class UpError(Exception):
    """The system cannot come up, or has stopped by itself; the message says why and what to do."""


class StateFolder:
    """The folder in which a system lives on, and what is remembered of it beside its resources."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, and hold it against a second system. Raises UpError when there is one."""
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UpError(
                f"{folder} is in use by another system. Stop it, or choose another --state."
            ) from error
        self._known: dict[str, Any] = self._read()

    def __getitem__(self, name: str) -> Any:
        return self._known.get(name)

    def note(self, **facts: Any) -> None:
        """Remember facts, at once and whole."""
        self._known |= facts
        write_whole(self.folder / "system.json", json.dumps(self._known))

    def wipe(self) -> None:
        """Forget everything: the next system is a new one."""
        for name in STATE_FILES:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._known = {}

    def _read(self) -> dict[str, Any]:
        file = self.folder / "system.json"
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return known


def write_whole(file: Path, text: str) -> None:
    """Write a file so that whoever reads it finds all of it or what was there before."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)
