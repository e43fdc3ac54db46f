"""The emulator's state on disk: a consistent snapshot that is at most a second old.

The emulator itself writes one file after the other, and only when it stops. Here a fork of its process,
whose memory no longer changes, writes everything into a new folder (`generation-7`), which then replaces
the last snapshot in one step. Therefore a crash at any time leaves a complete snapshot of one instant, and
the emulator continues to work while the fork writes. Of the items of tables, only changed ones are written:
see `item_log.py`.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import gc
import json
import os
import shutil
import stat
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc, sqs

from local.emulator.item_log import STATE_FILE, Change, ItemLog, LogState
from local.emulator.retention import drop_read_records, positions

Capture = Callable[[], Any]

BACKLOG = "stream-backlog"
# Services whose state grows with every call, takes long to write, and is read only by people.
BULKY = frozenset({"cloudwatch_logs"})


@dataclass
class _Save:
    """A snapshot that is being written by a process: its name, what changed, and a copied log of items."""

    name: str
    changes: list[Change]
    copied: tuple[str, int] | None
    except_for: Collection[str]
    process: int = 0


def _keep_only_files() -> None:
    """Close the sockets and pipes of the emulator in its fork.

    The port of a killed emulator must be free at once. Its lock of the state folder is a file, which the
    fork holds until the snapshot is written, so that no new system deletes the folder before.
    """
    for descriptor in sorted(int(path.name) for path in Path("/dev/fd").iterdir()):
        with contextlib.suppress(OSError):  # the descriptor that listed the others is closed already
            if descriptor > 2 and not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)


class Snapshots:
    """The snapshots in `folder`; the link `current` points at the last complete one."""

    def __init__(self, folder: Path) -> None:
        """Find the last snapshot, and configure the emulator to load it when it starts."""
        self._folder = folder
        self._current = folder / "current"
        self._saving: _Save | None = None
        self._waiting = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._items = ItemLog(folder)
        with self._lock():
            if not self._current.exists():
                self._make_current(self._make_folder(_new_name()).name)
            self._delete_others()
        self._last = self._current.readlink().name  # the snapshot that this process loads, or wrote last
        persistence.STATE_DIR = str(self._current)
        app.save_all = lambda _services: self.save()  # the emulator calls `save_all` when it stops

    def restore(self) -> None:
        """Restore the state that the emulator does not load itself. Call this after that loading."""
        self._items.restore(self._current)
        backlog = persistence.load_state(BACKLOG)
        if backlog:
            dynamodb._stream_records.update(backlog)
        lambda_svc._dynamodb_stream_positions.clear()  # so that they count from the backlog's start
        for queue in sqs._queues.all_values():
            _make_visible(queue["messages"])

    def save(self) -> None:
        """Write a last snapshot."""
        self.start()
        self.wait()
        self._items.stop()

    def start(self, except_for: Collection[str] = ()) -> None:
        """Save in a fork. The services in `except_for` keep their state of the last snapshot."""
        self.wait()  # the log of items has one writer at a time
        drop_read_records()
        copied = self._items.finished_copy(LogState.load(self._current))
        saving = _Save(_new_name(), self._items.begin(), copied, except_for)
        if (process := os.fork()) == 0:
            self._write_and_exit(saving)
        saving.process = process
        self._saving = saving

    def wait(self) -> None:
        """Return when the snapshot that was begun is written."""
        with self._waiting:
            if saving := self._saving:
                _, status = os.waitpid(saving.process, 0)
                self._items.end(saved=status == 0)
                self._last = saving.name if status == 0 else self._last
                self._saving = None

    def _write_and_exit(self, saving: _Save) -> None:
        """Write a snapshot and exit even after an error, so that the fork never returns to the event loop."""
        gc.disable()  # a collection would touch, and thereby copy, all of the emulator's memory
        _keep_only_files()
        try:
            self._write(saving)
        except Exception:  # noqa: BLE001 - the error is printed, and the last snapshot stays valid
            traceback.print_exc()
            os._exit(1)
        finally:
            os._exit(0)

    def _write(self, saving: _Save) -> None:
        _disable_copies()
        services = {**app._build_persistence_save_dict(), BACKLOG: _backlog}
        services["dynamodb"] = _tables_without_items
        fresh = {name: services[name] for name in services if name not in saving.except_for}
        with self._lock():
            is_successor = self._current.readlink().name == self._last
            before = LogState.load(self._current) if is_successor else None
            folder = self._make_folder(saving.name)
            self._link_unchanged(folder, fresh)
            self._items.write(before, saving.changes, saving.copied).save(folder)
            persistence.STATE_DIR = str(folder)
            persistence.save_all(fresh)
            if missing := [name for name in fresh if not (folder / f"{name}.json").exists()]:
                raise OSError(f"not written: {', '.join(missing)}")
            self._make_current(saving.name)
            self._delete_others()

    def _lock(self) -> Any:
        """Lock the folder, because a save can still run when the next emulator starts."""
        lock = (self._folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def _make_folder(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _link_unchanged(self, folder: Path, fresh: Mapping[str, Capture]) -> None:
        for file in self._current.glob("*.json"):
            if file.stem not in fresh and file.name != STATE_FILE:
                os.link(file, folder / file.name)

    def _make_current(self, name: str) -> None:
        link = self._folder / "next"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(self._current)

    def _delete_others(self) -> None:
        current = self._current.resolve()
        for folder in self._folder.glob("generation-*"):
            if folder.resolve() != current:
                shutil.rmtree(folder)
        self._items.delete_others(current)


def _new_name() -> str:
    return f"generation-{time.time_ns()}"


def _tables_without_items() -> Any:
    state = dynamodb.get_state()
    for table in state["tables"].all_values():
        table["items"] = {}
    return state


def _disable_copies() -> None:
    """Disable the emulator's copying before a write, because nothing else changes a fork's memory."""

    def dump(value: Any, file: Any, **how: Any) -> None:
        file.write(json.dumps(value, **how))  # `dumps` runs in C and is four times as fast as `dump`

    vars(copy)["deepcopy"] = lambda value, *_: value
    vars(json)["dump"] = dump


def _backlog() -> Any:
    """Return the records that at least one mapping has not read yet, by account, region and table."""
    backlog = AccountRegionScopedDict()
    for (account, region, table), records in dynamodb._stream_records.all_items():
        dropped = dynamodb.stream_start_position(table, account_id=account, region=region)
        seen = min(positions(account, region, table), default=dropped + len(records))
        backlog.set_scoped(account, region, table, records[max(0, seen - dropped) :])
    return backlog


def _make_visible(messages: list[dict[str, Any]]) -> None:
    """Make received messages visible again, because their receivers ended with the process."""
    for message in messages:
        if message.get("receive_count"):
            message["visible_at"] = 0
