"""A start that finds nothing changed does not run the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import local.engine
from local import program_edition, supervisor
from local.emulator import Emulator
from local.engine import Deployment
from local.engine.checkpoint import Checkpoint, Recorded
from local.proxy import Proxy
from local.state_folder import StateFolder
from local.supervisor import Stopwatch, Supervisor

QUEUE = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a small program."""
    folder = tmp_path / "program"
    for name in (
        "site/page.html",
        "tests/test_a.py",
        "site/__pycache__/a.pyc",
        ".local/state.json",
        "legal.txt",
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("one")
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "site/page.html").write_text("two"),
        lambda root: (root / "legal.txt").write_text("two"),
        lambda root: (root / "site/page.html").rename(root / "site/other.html"),
        lambda root: (root / "legal.txt").unlink(),
        lambda root: (root / "site/new.html").write_text(""),
    ],
)
def test_the_edition_changes_with_each_file(root: Path, change: Callable[[Path], object]) -> None:
    before = program_edition.of(root, {})
    change(root)
    assert program_edition.of(root, {}) != before


def test_the_edition_changes_with_a_setting(root: Path) -> None:
    assert program_edition.of(root, {"mfa": "ON"}) != program_edition.of(root, {"mfa": "OFF"})


@pytest.mark.parametrize("name", ["tests/test_a.py", "site/__pycache__/a.pyc", ".local/state.json"])
def test_the_edition_does_not_change_with_files_beside_the_program(root: Path, name: str) -> None:
    before = program_edition.of(root, {})
    (root / name).write_text("two")
    assert program_edition.of(root, {}) == before


class Runs:
    """Starts of a system whose program has one queue. `refreshed` has an entry for each run of it."""

    def __init__(self, folder: Path) -> None:
        """Keep the state in a folder."""
        self.refreshed: list[bool] = []
        self.fails = False
        self._folder = folder

    def start(self) -> Deployment:
        """Apply the program as a start does."""
        with_port = SimpleNamespace(port=8000, save=lambda: None)
        proxy, emulator = cast(Proxy, with_port), cast(Emulator, with_port)
        state = StateFolder(self._folder)
        try:
            return Supervisor(state, proxy, proxy, emulator, Stopwatch(), 0)._apply()
        finally:
            state._lock.close()
            state.emulator_lock.close()

    def run_program(self, *_: Any, checkpoint: Checkpoint, refresh: bool) -> Deployment:
        """Record the queue as applied."""
        self.refreshed.append(refresh)
        if self.fails:
            raise KeyboardInterrupt
        checkpoint.record(Recorded(urn=QUEUE, id="q1", inputs={"name": "orders"}, outputs={"arn": "arn:q1"}))
        return Deployment(outputs={"siteUrl": "http://localhost:8000"})


@pytest.fixture
def runs(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Return starts of the small program."""
    made = Runs(tmp_path / "state")
    monkeypatch.setattr(local.engine, "run_program", made.run_program)
    monkeypatch.setattr(supervisor, "ROOT", root)
    return made


def test_a_later_start_takes_what_was_applied(runs: Runs) -> None:
    runs.start()
    again = runs.start()
    assert runs.refreshed == [False]
    assert again.outputs == {"siteUrl": "http://localhost:8000"}
    (queue,) = again.resources.values()
    assert (queue.urn, queue.type, queue.name, queue.id) == (QUEUE, "aws:sqs/queue:Queue", "orders", "q1")
    assert (queue.inputs, queue.outputs) == ({"name": "orders"}, {"arn": "arn:q1"})


def test_a_changed_program_and_a_lost_journal_run_it_again(runs: Runs, root: Path, tmp_path: Path) -> None:
    runs.start()
    (root / "site/page.html").write_text("two")
    runs.start()
    (tmp_path / "state" / "resources.jsonl").unlink()
    runs.start()
    runs.start()
    assert runs.refreshed == [False, False, False]


def test_a_run_that_was_cut_off_is_made_again_with_a_look_at_what_is_there(runs: Runs, root: Path) -> None:
    runs.start()
    (root / "site/page.html").write_text("two")
    runs.fails = True
    with pytest.raises(KeyboardInterrupt):
        runs.start()
    (root / "site/page.html").write_text("one")  # the edition that was applied before
    runs.fails = False
    runs.start()
    runs.start()
    assert runs.refreshed == [False, False, True]
