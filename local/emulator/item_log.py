"""The items of all tables on disk, as a log to which each save appends only what changed since the last one.

The emulator writes all items at each save, which takes seconds for a shop that has many orders. Here a line
of the log has a table's serial number, an item's key, and the item or `null` for a deleted one; the last line
of a key counts. A table that is new, or whose items were replaced as a whole, gets a new serial number. What
belongs to a snapshot is in its file `items.json`: the log's name and its length in bytes, and the serial
numbers. Bytes behind that length come from a save that was cut off.

When most lines are outdated, a process of low priority copies the others to a new log. Saves go on meanwhile.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ministack.services import dynamodb

STATE_FILE = "items.json"
LOGS = "items-*.jsonl"
MIN_OUTDATED_BYTES = 4_000_000  # a log with fewer outdated bytes is not worth a copy
COPY_PRIORITY = 10

Table = dict[str, Any]
Key = tuple[Any, Any]
Name = tuple[str, str, str]  # account, region and name of a table


@dataclass
class _Tracked:
    """A table of the emulator, its serial number, and the keys of items that changed since the last save."""

    table: Table
    serial: str
    changed: dict[Key, None] = field(default_factory=dict)


class Change(NamedTuple):
    """The items of a table that a save writes: the changed ones, or all."""

    name: Name
    tracked: _Tracked
    whole: bool


@dataclass(frozen=True)
class LogState:
    """The log that belongs to a snapshot, and its length in bytes. The last copy wrote `copied` of them."""

    log: str
    length: int = 0
    copied: int = 0
    tables: Sequence[tuple[str, str, str, str]] = ()  # account, region, name and serial number

    @classmethod
    def load(cls, snapshot: Path) -> LogState | None:
        """Return the state in a snapshot's folder, or None if it has none."""
        with contextlib.suppress(FileNotFoundError):
            return cls(**json.loads((snapshot / STATE_FILE).read_text()))
        return None

    def save(self, snapshot: Path) -> None:
        """Write the state into a snapshot's folder."""
        (snapshot / STATE_FILE).write_text(json.dumps(vars(self)))


@dataclass
class _Copy:
    """A process that copies `length` bytes of the log `source` to `target`, without outdated lines."""

    process: int
    source: str
    length: int
    target: str


class ItemLog:
    """The log in `folder`, and what the emulator's process has changed since the last save."""

    def __init__(self, folder: Path) -> None:
        """Begin to note changes of items."""
        self._folder = folder
        self._tracked: dict[int, _Tracked] = {}  # by the `id` of the table
        self._pending: list[tuple[Table, _Tracked | None]] = []
        self._copy: _Copy | None = None
        self._note_changes()

    def _note_changes(self) -> None:
        set_item, remove_item = dynamodb._set_item, dynamodb._remove_item
        replaced = dynamodb._items_replaced

        def noted_set(table: Table, *given: Any) -> Any:
            self._note(table, (given[0], given[1]))
            return set_item(table, *given)

        def noted_remove(table: Table, *key: Any) -> Any:
            self._note(table, (key[0], key[1]))
            return remove_item(table, *key)

        def noted_replaced(table: Table) -> None:
            self._tracked.pop(id(table), None)
            replaced(table)

        dynamodb._set_item, dynamodb._remove_item = noted_set, noted_remove
        dynamodb._items_replaced = noted_replaced

    def _note(self, table: Table, key: Key) -> None:
        if tracked := self._tracked.get(id(table)):
            tracked.changed[key] = None

    def restore(self, snapshot: Path) -> None:
        """Read a snapshot's items into the emulator's tables, which the emulator has loaded without items."""
        if not (state := LogState.load(snapshot)):
            return
        tables = {
            serial.encode(): dynamodb._tables.get_scoped(account, region, name)
            for account, region, name, serial in state.tables
        }
        for serial, key, item in _lines(self._folder / state.log, state.length):
            if (table := tables.get(serial)) is not None:
                _apply(table, json.loads(key), json.loads(item))
        self._tracked = {
            id(table): _Tracked(table, serial.decode())
            for serial, table in tables.items()
            if table is not None
        }

    def begin(self) -> list[Change]:
        """Return what the next save has to write. From now on, changes belong to the save after it."""
        tables = list(dynamodb._tables.all_items())
        self._pending = [(table, self._tracked.get(id(table))) for _, table in tables]
        now = time.time_ns()
        changes = [
            Change(name, tracked or _Tracked(table, f"{now}-{number}"), whole=tracked is None)
            for number, ((name, table), (_, tracked)) in enumerate(zip(tables, self._pending, strict=True))
        ]
        self._tracked = {
            id(one.tracked.table): _Tracked(one.tracked.table, one.tracked.serial) for one in changes
        }
        return changes

    def end(self, saved: bool) -> None:
        """Forget what a save has written, or note it again if the save failed."""
        for table, before in [] if saved else self._pending:
            since = self._tracked.pop(id(table), None)
            if before and since:
                self._tracked[id(table)] = _Tracked(table, before.serial, {**before.changed, **since.changed})
        self._pending = []

    def write(
        self, state: LogState | None, changes: list[Change], copied: tuple[str, int] | None
    ) -> LogState:
        """Append changes to the log of the last snapshot's state, and return the new state.

        Without a state, all items go into a new log. `copied` is a finished copy's name and the length of the
        part that it replaces.
        """
        if state is None:
            state = LogState(f"items-{time.time_ns()}.jsonl")
            changes = [one._replace(whole=True) for one in changes]
        elif copied:
            state = self._continue_copy(state, *copied)
        with (self._folder / state.log).open("ab") as log:
            log.truncate(state.length)
            log.seek(state.length)
            for _, tracked, whole in changes:
                log.writelines(_changed_lines(tracked, whole))
            length = log.tell()
        tables = tuple((*name, tracked.serial) for name, tracked, _ in changes)
        copied_bytes = state.copied or length
        return LogState(state.log, length, copied_bytes, tables)

    def _continue_copy(self, state: LogState, name: str, replaced: int) -> LogState:
        """Append to a finished copy the lines that came since it was begun."""
        source, target = self._folder / state.log, self._folder / name
        copied = target.stat().st_size
        with source.open("rb") as old, target.open("ab") as new:
            old.seek(replaced)
            new.write(old.read(state.length - replaced))
            return LogState(name, new.tell(), copied, state.tables)

    def finished_copy(self, state: LogState | None) -> tuple[str, int] | None:
        """Begin a copy if it is worth it. Return the name and the replaced length of a finished one."""
        if self._copy:
            process, status = os.waitpid(self._copy.process, os.WNOHANG)
            if not process:
                return None
            done, self._copy = self._copy, None
            if status == 0 and state and state.log == done.source:
                return done.target, done.length
        elif state and state.length - 2 * state.copied > MIN_OUTDATED_BYTES:
            self._copy = self._begin_copy(state)
        return None

    def _begin_copy(self, state: LogState) -> _Copy:
        target = f"items-{time.time_ns()}.jsonl"
        if (process := os.fork()) == 0:
            status = 1
            try:
                gc.disable()
                os.nice(COPY_PRIORITY)
                _copy_current(self._folder / state.log, state, self._folder / target)
                status = 0
            finally:
                os._exit(status)
        return _Copy(process, state.log, state.length, target)

    def stop(self) -> None:
        """End a copy that is under way."""
        if self._copy:
            os.kill(self._copy.process, signal.SIGKILL)
            os.waitpid(self._copy.process, 0)
            self._copy = None

    def delete_others(self, snapshot: Path) -> None:
        """Delete every log but the one of a snapshot and the one that is being written."""
        state = LogState.load(snapshot)
        kept = {state.log if state else "", self._copy.target if self._copy else ""}
        for file in self._folder.glob(LOGS):
            if file.name not in kept:
                file.unlink(missing_ok=True)


def _lines(log: Path, length: int) -> Iterator[list[bytes]]:
    """Yield the serial number, the key and the item of each line in the first `length` bytes."""
    with log.open("rb") as file:
        while file.tell() < length:
            yield file.readline().split(b"\t")


def _apply(table: Table, key: list[Any], item: Table | None) -> None:
    partition, sort = key
    if item is not None:
        table["items"][partition][sort] = item
    elif partition in table["items"]:
        table["items"][partition].pop(sort, None)
        if not table["items"][partition]:
            del table["items"][partition]


def _changed_lines(tracked: _Tracked, whole: bool) -> Iterator[bytes]:
    items = tracked.table["items"]
    keys = ((one, two) for one in items for two in items[one]) if whole else iter(tracked.changed)
    for partition, sort in keys:
        item = items[partition].get(sort) if partition in items else None
        yield f"{tracked.serial}\t{json.dumps([partition, sort])}\t{json.dumps(item)}\n".encode()


def _copy_current(source: Path, state: LogState, target: Path) -> None:
    """Copy the last line of each key, in the order of the keys' first lines."""
    serials = {serial.encode() for *_, serial in state.tables}
    last: dict[tuple[bytes, bytes], tuple[int, int]] = {}
    position = 0
    for serial, key, item in _lines(source, state.length):
        size = len(serial) + len(key) + len(item) + 2
        if item == b"null\n":
            last.pop((serial, key), None)
        elif serial in serials:
            last[serial, key] = (position, size)
        position += size
    with source.open("rb") as old, target.open("wb") as new:
        for begin, size in last.values():
            old.seek(begin)
            new.write(old.read(size))
