"""The folder with the local system's state (`.local/`). Only its owner can read it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import stat
import time
from pathlib import Path
from typing import IO, Any

# The files and folders that `wipe` deletes.
STATE_FILES = (
    *("emulator", "resources.jsonl", "resources.new", "mailbox.jsonl", "outputs.json", "system.json"),
    "web-shop",
)
# The locks of the command and of the emulator, which outlives a command that is killed.
LOCKS = ("lock", "emulator.lock")
# The longest wait for the emulator of a killed command: 13 s for functions and requests, and a save.
ORPHAN_TIMEOUT_S = 30.0


class UpError(Exception):
    """The local system cannot start, or has stopped by itself; the message says why and what to do."""


class StateFolder:
    """The folder with the local system's state, and the facts about the system in `system.json`."""

    def __init__(self, folder: Path) -> None:
        """Open and lock the folder, and wait until the emulator of a killed system has gone.

        Raises UpError when another system, or other users, use it. An emulator that inherits `emulator_lock`
        has the folder to itself for as long as it runs.
        """
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._close_to_others()
        self._lock, self.emulator_lock = ((self.folder / name).open("w") for name in LOCKS)
        if not _try_to_lock(self._lock):
            raise UpError(f"{folder} is in use by another system. Stop it, or choose another --state.")
        self._known: dict[str, Any] = self._read()
        self._wait_for_emulator()

    def __getitem__(self, name: str) -> Any:
        return self._known.get(name)

    def note(self, **facts: Any) -> None:
        """Add facts and write them to disk."""
        self._known |= facts
        write_whole(self.folder / "system.json", json.dumps(self._known))

    def wipe(self) -> None:
        """Delete the whole state, so that the next start builds a new system."""
        for name in STATE_FILES:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._known = {}

    def _wait_for_emulator(self) -> None:
        until = time.monotonic() + ORPHAN_TIMEOUT_S
        while not _try_to_lock(self.emulator_lock):
            if time.monotonic() > until:
                raise UpError(
                    f"The emulator of a killed system still uses {self.folder}. "
                    f"End its process, {self['emulator']}, or choose another --state."
                )
            time.sleep(0.05)

    def _close_to_others(self) -> None:
        """Take all rights of other users to the folder and to existing files of the state."""
        found = self.folder.stat()
        if found.st_uid != os.geteuid() or found.st_mode & stat.S_ISVTX:
            raise UpError(f"{self.folder} is shared with other users. Choose another --state.")
        _close_to_others(self.folder)
        for path in (self.folder / name for name in (*LOCKS, *STATE_FILES)):
            if path.exists():
                _close_to_others(path)
            for folder, folders, files in os.walk(path):  # follows no links
                for name in (*folders, *files):
                    _close_to_others(Path(folder, name))

    def _read(self) -> dict[str, Any]:
        file = self.folder / "system.json"
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return known


def _try_to_lock(lock: IO[str]) -> bool:
    """Lock a file, and return whether that was possible. It is not while another process has the lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def keep_files_private() -> None:
    """Give no other user any right to the files that this process and its children write from now on."""
    os.umask(0o077)


def _close_to_others(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # the emulator of a killed system may still save
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & stat.S_IRWXU)


def write_whole(file: Path, text: str) -> None:
    """Write a file in one step, so that a reader gets either the whole new text or the old one."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)
