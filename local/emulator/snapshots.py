"""What the emulator holds, on disk: whole, of one instant, and at most a second old.

The emulator by itself writes one file after the other, and only when it stops. Here a fork of its process,
which no longer changes, writes everything into a folder of its own (`generation-7`), and that takes the
place of the last one in one step. So a crash at any moment leaves all of one instant. The emulator goes on
meanwhile.
"""

from __future__ import annotations

import copy
import fcntl
import json
import os
import shutil
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc, sqs

Capture = Callable[[], Any]

BACKLOG = "stream-backlog"
MAX_DESCRIPTORS = 65_536
# What grows with every call and takes long to write, while nothing but reading depends on it.
BULKY = frozenset({"cloudwatch_logs"})


class Snapshots:
    """The saves in `folder`, of which `current` names the last whole one."""

    def __init__(self, folder: Path) -> None:
        """Find the last save, and have the emulator load it when it starts."""
        self._folder = folder
        self._current = folder / "current"
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if not self._current.exists():
                self._make_current(self._make_folder())
            self._delete_others()
        persistence.STATE_DIR = str(self._current)
        app.save_all = lambda _services: self.save()  # what it calls as it stops

    def restore(self) -> None:
        """Finish what the emulator's own loading leaves out; call it once that is through."""
        backlog = persistence.load_state(BACKLOG)
        if backlog:
            dynamodb._stream_records.update(backlog)
        lambda_svc._dynamodb_stream_positions.clear()  # they count from the backlog's beginning now
        for queue in sqs._queues.all_values():
            _make_visible(queue["messages"])

    def save(self, except_for: Collection[str] = ()) -> None:
        """Write everything, but for the services in `but`: of these stays what the last save has."""
        os.waitpid(self.start(except_for), 0)

    def start(self, except_for: Collection[str] = ()) -> int:
        """As `save`, in a process of its own, whose ID comes back; somebody has to wait for it."""
        if (process := os.fork()) == 0:
            self._write_and_exit(except_for)
        return process

    def _write_and_exit(self, except_for: Collection[str]) -> None:
        """Whatever happens: the fork must not get back into the emulator's event loop."""
        os.closerange(3, MAX_DESCRIPTORS)  # the emulator's sockets are free once the emulator is gone
        try:
            self._write(except_for)
        except Exception:  # noqa: BLE001 - it is told, and the last save stays
            traceback.print_exc()
            os._exit(1)
        finally:
            os._exit(0)

    def _write(self, except_for: Collection[str]) -> None:
        _disable_copies()
        services = {**app._build_persistence_save_dict(), BACKLOG: _backlog}
        fresh = {name: services[name] for name in services if name not in except_for}
        with self._lock():
            folder = self._make_folder()
            self._link_unchanged(folder, fresh)
            persistence.STATE_DIR = str(folder)
            persistence.save_all(fresh)
            if missing := [name for name in fresh if not (folder / f"{name}.json").exists()]:
                raise OSError(f"not written: {', '.join(missing)}")
            self._make_current(folder)
            self._delete_others()

    def _lock(self) -> Any:
        """The right to change the folder; a save may outlive the emulator that began it."""
        lock = (self._folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def _make_folder(self) -> Path:
        folder = self._folder / f"generation-{time.time_ns()}"
        folder.mkdir()
        return folder

    def _link_unchanged(self, folder: Path, fresh: Mapping[str, Capture]) -> None:
        for file in self._current.glob("*.json"):
            if file.stem not in fresh:
                os.link(file, folder / file.name)

    def _make_current(self, folder: Path) -> None:
        link = self._folder / "next"
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)
        link.replace(self._current)

    def _delete_others(self) -> None:
        current = self._current.resolve()
        for folder in self._folder.glob("generation-*"):
            if folder.resolve() != current:
                shutil.rmtree(folder)


def _disable_copies() -> None:
    """In the fork nothing changes any more: the copies that the emulator makes first would only cost time."""

    def dump(value: Any, file: Any, **how: Any) -> None:
        file.write(json.dumps(value, **how))  # C all the way, four times as fast

    vars(copy)["deepcopy"] = lambda value, *_: value
    vars(json)["dump"] = dump


def _backlog() -> Any:
    """The stream records that not every mapping has seen yet, by account, region and table."""
    backlog = AccountRegionScopedDict()
    for (account, region, table), records in dynamodb._stream_records.all_items():
        dropped = dynamodb.stream_start_position(table, account_id=account, region=region)
        seen = min(_positions(account, region, table), default=dropped + len(records))
        backlog.set_scoped(account, region, table, records[max(0, seen - dropped) :])
    return backlog


def _positions(account: str, region: str, table: str) -> list[int]:
    positions = lambda_svc._dynamodb_stream_positions
    return [
        positions.get_scoped(account, region, mapping["UUID"], 0)
        for mapping_account, mapping_region, mapping in lambda_svc._iter_all_esms()
        if (mapping_account, mapping_region) == (account, region)
        and f":table/{table}/stream/" in mapping.get("EventSourceArn", "")
    ]


def _make_visible(messages: list[dict[str, Any]]) -> None:
    """Whoever had received a message is gone with the process: nobody is left to wait for."""
    for message in messages:
        if message.get("receive_count"):
            message["visible_at"] = 0
