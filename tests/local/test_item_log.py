"""Saving the items of tables: only changes are written, and every snapshot is complete."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from ministack.services import dynamodb

from local.emulator import item_log
from local.emulator.item_log import ItemLog, LogState
from tests.system import eventually

SCOPE = ("000000000000", "eu-west-1")


@pytest.fixture(autouse=True)
def emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the emulator no tables, and undo what `ItemLog` replaces in it."""
    monkeypatch.setattr(dynamodb, "_tables", type(dynamodb._tables)())
    for name in ("_set_item", "_remove_item", "_items_replaced"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))


def _create(name: str) -> Any:
    table = {"items": defaultdict(dict), "pk_name": "id", "sk_name": "at"}
    dynamodb._tables.set_scoped(*SCOPE, name, table)
    return table


def _save(log: ItemLog, snapshot: Path) -> int:
    """Save as the emulator's fork does, and return how many bytes were appended."""
    state = LogState.load(snapshot)
    copied, changes = log.finished_copy(state), log.begin()
    after = log.write(state, changes, copied)
    after.save(snapshot)
    log.end(saved=True)
    log.delete_others(snapshot)
    return after.length - (state.length if state and state.log == after.log else 0)


def _restored(folder: Path) -> dict[str, dict[Any, Any]]:
    """Return the items of each table as a new process would restore them."""
    before = dynamodb._tables
    dynamodb._tables = type(before)()
    try:
        for (_, _, name), _ in before.all_items():
            _create(name)
        ItemLog(folder).restore(folder)
        return {name: dict(table["items"]) for (_, _, name), table in dynamodb._tables.all_items()}
    finally:
        dynamodb._tables = before


def _items() -> dict[str, dict[Any, Any]]:
    return {name: dict(table["items"]) for (_, _, name), table in dynamodb._tables.all_items()}


def test_a_save_appends_only_what_changed(tmp_path: Path) -> None:
    log, table = ItemLog(tmp_path), _create("orders")
    for number in range(1_000):
        dynamodb._set_item(table, f"o{number}", "1", {"id": {"S": f"o{number}"}, "note": {"S": "a\tb\n€"}})
    whole = _save(log, tmp_path)
    assert _save(log, tmp_path) == 0
    dynamodb._set_item(table, "o1", "1", {"id": {"S": "o1"}, "note": {"S": "new"}})
    dynamodb._remove_item(table, "o2", "1")
    assert 0 < _save(log, tmp_path) < whole / 100
    assert _restored(tmp_path) == _items()
    assert len(_restored(tmp_path)["orders"]) == 999


def test_a_save_after_a_failed_one_has_the_changes_of_both(tmp_path: Path) -> None:
    log, table = ItemLog(tmp_path), _create("orders")
    dynamodb._set_item(table, "1", "", {"a": {"S": "1"}})
    _save(log, tmp_path)
    dynamodb._set_item(table, "2", "", {"a": {"S": "2"}})
    _fail_to_save(log, tmp_path)
    dynamodb._set_item(table, "3", "", {"a": {"S": "3"}})
    _save(log, tmp_path)
    assert _restored(tmp_path) == _items()


def test_a_table_whose_items_were_replaced_is_saved_whole(tmp_path: Path) -> None:
    log, table = ItemLog(tmp_path), _create("orders")
    dynamodb._set_item(table, "1", "", {"a": {"S": "1"}})
    _save(log, tmp_path)
    table["items"] = defaultdict(dict, {"2": {"": {"a": {"S": "2"}}}})
    dynamodb._items_replaced(table)
    _save(log, tmp_path)
    assert _restored(tmp_path) == _items()


def test_a_copy_has_only_current_items_and_what_was_saved_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_log, "MIN_OUTDATED_BYTES", 500)
    log, table = ItemLog(tmp_path), _create("orders")
    for step in range(40):
        dynamodb._set_item(table, "1", "", {"step": {"N": str(step)}})
        dynamodb._set_item(table, f"gone {step}", "", {"step": {"N": str(step)}})
        dynamodb._remove_item(table, f"gone {step - 1}", "")
        _save(log, tmp_path)
        if log._copy:
            break
    assert log._copy
    eventually(lambda: _has_ended(log), what="the copy is finished")
    assert len(list(tmp_path.glob(item_log.LOGS))) == 2
    dynamodb._set_item(table, "2", "", {"step": {"N": "40"}})
    log.write(LogState.load(tmp_path), log.begin(), None).save(tmp_path)  # before the copy is taken
    log.end(saved=True)
    dynamodb._set_item(table, "3", "", {"step": {"N": "41"}})
    _save(log, tmp_path)
    [left] = tmp_path.glob(item_log.LOGS)
    keys = [line.split("\t")[1] for line in left.read_text().splitlines()]
    assert keys.count('["1", ""]') == 2  # that of the copy, and that of the save that began it
    assert _restored(tmp_path) == _items()


@pytest.mark.parametrize("fault", ["it failed", "all was written anew meanwhile"])
def test_a_copy_that_is_no_longer_right_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(item_log, "MIN_OUTDATED_BYTES", -1)
    if fault == "it failed":
        monkeypatch.setattr(item_log, "_copy_current", lambda *_: os._exit(1))
    log, table = ItemLog(tmp_path), _create("orders")
    dynamodb._set_item(table, "1", "", {"a": {"S": "1"}})
    _save(log, tmp_path)
    state = LogState.load(tmp_path)
    assert state
    log._copy = log._begin_copy(state)
    eventually(lambda: _has_ended(log), what="the copy has ended")
    if fault == "all was written anew meanwhile":
        state = log.write(None, log.begin(), None)
    assert log.finished_copy(state) is None


@pytest.mark.thorough
def test_random_changes_and_failures_are_restored_exactly(tmp_path: Path) -> None:
    chance, log = random.Random(7), ItemLog(tmp_path)
    for step in range(150):
        table = dynamodb._tables.get_scoped(*SCOPE, name := chance.choice("abc")) or _create(name)
        for _ in range(chance.randrange(6)):
            key = (str(chance.randrange(8)), str(chance.randrange(2)))
            if chance.random() < 0.6:
                dynamodb._set_item(table, *key, {"step": {"N": str(step)}})
            else:
                dynamodb._remove_item(table, *key)
        match chance.randrange(12):
            case 0:
                _create(name)  # deleted and created again
            case 1:
                table["items"] = defaultdict(dict, {"1": {"0": {"replaced": {"N": str(step)}}}})
                dynamodb._items_replaced(table)
            case 2:
                _fail_to_save(log, tmp_path)
            case 3:
                (log := ItemLog(tmp_path)).restore(tmp_path) if _restored(tmp_path) == _items() else None
        if chance.random() < 0.5:
            _save(log, tmp_path)
            assert _restored(tmp_path) == _items(), step


def _fail_to_save(log: ItemLog, folder: Path) -> None:
    """Save as a fork that is killed before its snapshot is written: the log ends with half a line."""
    state, changes = LogState.load(folder), log.begin()
    if state:
        after = log.write(state, changes, None)
        with (folder / after.log).open("ab") as file:
            file.write(b"half a li")
    log.end(saved=False)


@pytest.mark.thorough
def test_outdated_lines_are_copied_away_while_saves_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_log, "MIN_OUTDATED_BYTES", 1_000)
    log, table = ItemLog(tmp_path), _create("orders")
    sizes = []
    for step in range(60):
        for number in range(10):
            dynamodb._set_item(table, str(number), "", {"step": {"N": str(step)}})
        dynamodb._remove_item(table, str(step % 10), "")
        _save(log, tmp_path)
        sizes.append((LogState.load(tmp_path) or LogState("")).length)
        assert _restored(tmp_path) == _items()
        if log._copy:
            eventually(lambda: _has_ended(log), what="the copy is finished")
    assert max(sizes) < 10 * sizes[0] + 5_000
    assert len(list(tmp_path.glob(item_log.LOGS))) <= 2


def _has_ended(log: ItemLog) -> bool:
    """Whether the copying process has exited, without taking its exit status away from the log."""
    assert log._copy
    return os.waitid(os.P_PID, log._copy.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def test_a_process_that_does_not_know_the_last_snapshot_writes_everything(tmp_path: Path) -> None:
    log, table = ItemLog(tmp_path), _create("orders")
    dynamodb._set_item(table, "1", "", {"a": {"S": "1"}})
    _save(log, tmp_path)
    dynamodb._set_item(table, "2", "", {"a": {"S": "2"}})
    log.write(None, log.begin(), None).save(tmp_path)
    assert _restored(tmp_path) == _items()


def test_the_time_of_a_save_does_not_grow_with_what_is_stored(tmp_path: Path) -> None:
    used = []
    for name, count in (("few", 100), ("many", 5_000)):
        log, table = ItemLog(tmp_path / name), _create(name)
        (tmp_path / name).mkdir()
        for number in range(count):
            dynamodb._set_item(table, str(number), "", {"a": {"S": "x" * 50}})
        _save(log, tmp_path / name)
        for number in range(100):
            dynamodb._set_item(table, str(number), "", {"a": {"S": "y"}})
        began = time.thread_time()
        _save(log, tmp_path / name)
        used.append(time.thread_time() - began)
        dynamodb._tables.pop_scoped(*SCOPE, name, None)
    assert used[1] < 5 * used[0] + 0.005, used
