"""What the emulator holds, on disk: whole, consistent, and at most a second old.

The emulator by itself writes one file after the other, and only when it stops. Here a save is a folder of
its own (`generation-7`) that takes the place of the last one in one step, so that a crash at any moment
leaves either all of one second or all of the one before.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc, sqs

Capture = Callable[[], Any]

BACKLOG = "stream-backlog"
# Read in this order: where a consumer stands comes before what it reads, and what it reads before what it
# writes. A consumer that works on meanwhile is then set back a little, and its work is delivered again;
# the other way round it would be lost.
ORDER = ("lambda", "sqs", BACKLOG, "dynamodb")
# What changes while orders run; everything else changes when resources do, and takes longer to write.
BUSY = (*ORDER, "cognito")


class Snapshots:
    """The saves in `folder`, of which `current` names the last whole one."""

    def __init__(self, folder: Path) -> None:
        """Find the last save, and have the emulator load it when it starts."""
        self._folder = folder
        self._current = folder / "current"
        folder.mkdir(parents=True, exist_ok=True)
        if not self._current.exists():
            self._switch(self._next())
        self._drop_others()
        persistence.STATE_DIR = str(self._current)
        app.save_all = lambda _services: self.save()  # what it calls as it stops

    def restore(self) -> None:
        """Finish what the emulator's own loading leaves out; call it once that is through."""
        backlog = persistence.load_state(BACKLOG)
        if backlog:
            dynamodb._stream_records.update(backlog)
        lambda_svc._dynamodb_stream_positions.clear()  # they count from the backlog's beginning now
        for queue in sqs._queues.all_values():
            _hand_out_again(queue["messages"])

    def save(self, only: Iterable[str] | None = None) -> None:
        """Write everything, or the services in `only` and for the rest what the last save has."""
        services = _services()
        fresh = {name: services[name] for name in services if only is None or name in only}
        folder = self._next()
        self._link_rest(folder, fresh)
        persistence.STATE_DIR = str(folder)
        persistence.save_all(fresh)
        if all((folder / f"{name}.json").exists() for name in fresh):
            self._switch(folder)
        persistence.STATE_DIR = str(self._current)
        self._drop_others()

    def _next(self) -> Path:
        folder = self._folder / f"generation-{time.time_ns()}"
        folder.mkdir()
        return folder

    def _link_rest(self, folder: Path, fresh: Mapping[str, Capture]) -> None:
        for file in self._current.glob("*.json"):
            if file.stem not in fresh:
                os.link(file, folder / file.name)

    def _switch(self, folder: Path) -> None:
        arrow = self._folder / "next"
        arrow.unlink(missing_ok=True)
        arrow.symlink_to(folder.name)
        arrow.replace(self._current)

    def _drop_others(self) -> None:
        current = self._current.resolve()
        for folder in self._folder.glob("generation-*"):
            if folder.resolve() != current:
                shutil.rmtree(folder)


def _services() -> dict[str, Capture]:
    """What can be captured, by name, in the order in which it must be."""
    known = {**app._build_persistence_save_dict(), BACKLOG: _backlog}
    first = {name: known[name] for name in ORDER if name in known}
    return {**first, **known}


def _backlog() -> Any:
    """The stream records that not every mapping has seen yet, by account, region and table."""
    backlog = AccountRegionScopedDict()
    for (account, region, table), records in list(dynamodb._stream_records.all_items()):
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


def _hand_out_again(messages: list[dict[str, Any]]) -> None:
    """Whoever had received a message is gone with the process: nobody is left to wait for."""
    for message in messages:
        if message.get("receive_count"):
            message["visible_at"] = 0
