"""The benchmarks' rows and their table."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import cold_starts, rendering, scale
from bench.__main__ import MODULES, document
from bench.clients import wait_until
from bench.results import RESULTS, FailedRow, Row, Section, Target, number, table
from bench.runner import measure
from components import site_files
from tests.imports import ROOT


def row(**fields: Any) -> Row:
    return Row(
        **{"name": "writer", "value": 3.0, "unit": "ms", "reference": 6.0, "against": "bare put", **fields}
    )


def test_the_start_of_every_function_is_measured() -> None:
    handlers = (ROOT / "lambdas/handlers").glob("[!_]*.py")
    assert set(cold_starts.EVENTS) == {file.stem for file in handlers}


def test_every_function_can_be_called_without_a_network() -> None:
    calls = (
        "import json, sys; from bench.first_call import call; [call(*one) for one in json.load(sys.stdin)]"
    )
    done = subprocess.run(
        [sys.executable, "-c", calls],
        input=json.dumps([*cold_starts.EVENTS.items()]),
        env={**os.environ, **cold_starts.SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("target", "missed"),
    [
        (None, False),
        (Target("≤", 0.5), False),
        (Target("≤", 0.49), True),
        (Target("<", 0.5), True),
        (Target("≥", 0.5), False),
        (Target("≥", 0.51), True),
        (Target("≤", 3, of="value"), False),
        (Target("≤", 2.9, of="value"), True),
    ],
)
def test_a_row_is_missed_beyond_the_limit_of_its_target(target: Target | None, missed: bool) -> None:
    assert row(target=target).is_missed == missed


def test_the_table_shows_value_reference_ratio_and_target() -> None:
    rows: list[Row | FailedRow] = [
        row(target=Target("≤", 2.5, of="value"), note="warm"),
        row(target=Target("≤", 0.5)),
        row(value=2000, unit="", reference=1, against="one | two"),
        FailedRow("bench.local_system", "TimeoutError: not within 60 s"),
    ]
    assert table(rows).splitlines()[2:] == [
        "| writer (warm) | 3 ms | 6 ms, bare put | 0.5 | ≤ 2.5 ms | **no** |",
        "| writer | 3 ms | 6 ms, bare put | 0.5 | ≤ 0.5 | yes |",
        "| writer | 2,000 | 1, one / two | 2,000 |  |  |",
        "| `bench.local_system` failed: TimeoutError: not within 60 s |  |  |  |  | **no** |",
    ]


def test_a_row_needs_a_reference_above_zero() -> None:
    with pytest.raises(ValueError, match="writer"):
        row(reference=0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.345, "2.35"), (0.01234, "0.0123"), (0.00001234, "0.000012"), (1234.5, "1,234")],
)
def test_a_number_has_three_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


BROKEN = """
from bench.results import Row

def rows():
    yield Row(name="first", value=1, unit="ms", reference=2, against="other")
    raise OSError("cannot read /home/somebody/bench/state.json")
"""
ENDLESS = """
import subprocess, sys, time
from pathlib import Path
from bench.results import Row

def rows():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield Row(name="child", value=child.pid, unit="", reference=1, against="")
    time.sleep(60)
"""
KILLED = "import os, signal\n\ndef rows():\n    os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Write a module of measurements, and return its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def written(text: str) -> str:
        (tmp_path / "measured.py").write_text(text)
        return "measured"

    return written


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_rows_before_an_error_stay_in_the_table(module: Callable[[str], str]) -> None:
    first, failed = measure(module(BROKEN), 20)
    assert isinstance(first, Row)
    assert first.name == "first"
    assert failed == FailedRow("measured", "OSError: cannot read state.json"), "no folder of this machine"


@pytest.mark.thorough
def test_a_measurement_without_an_end_is_stopped_with_its_processes(module: Callable[[str], str]) -> None:
    child, failed = measure(module(ENDLESS), 2)
    assert failed == FailedRow("measured", "no end within 2 s")
    assert isinstance(child, Row)
    wait_until(lambda: not is_running(int(child.value)), 10, "the end of the process's own process")


def test_a_killed_measurement_is_a_failed_row(module: Callable[[str], str]) -> None:
    assert measure(module(KILLED), 20) == [FailedRow("measured", "its process ended early")]


def test_the_results_name_machine_versions_and_missed_targets() -> None:
    missed = row(name="slow row", target=Target("≤", 0.1))
    below = Section("Cost of 1,000 orders", "| US cents |\n")
    text = document([row(), below, missed], {"writer": 12.0, "figures": 50.0})
    assert "Missed or failed: slow row." in text
    assert "writer 12, figures 50" in text
    assert text.endswith("\n\n## Cost of 1,000 orders\n\n| US cents |\n")
    assert re.search(
        r"^\d{4}-\d\d-\d\d · \d+ cores, \d+ GB, .*Python 3\.\d+\.\d+, boto3 1", text, re.MULTILINE
    )
    assert " · 1 minutes" in text
    assert socket.gethostname() not in text
    assert str(ROOT) not in text


def test_every_module_is_part_of_the_run_or_used_by_another() -> None:
    texts = {file: file.read_text() for file in (ROOT / "bench").rglob("*.py")}
    modules = {file.stem: file for file in texts if file.parent.name == "bench" and file.name[0] != "_"}
    run = {name for name, file in modules.items() if "\ndef rows(" in texts[file]}
    assert run == set(MODULES)

    def is_used(name: str) -> bool:
        mention = re.compile(rf"\bbench\.{name}\b|^from bench import .*\b{name}\b", re.MULTILINE)
        return any(mention.search(text) for file, text in texts.items() if file.stem != name)

    assert [name for name in modules.keys() - run if not is_used(name)] == []


def test_papers_and_makefile_name_the_command_of_the_run() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(
        r"^bench: .*## .*bench/RESULTS\.md\n\t@\$\(BIN\)/python -m bench$", makefile, re.MULTILINE
    )
    for paper, said in {"README.md": "`make bench`", "CONTRIBUTING.md": "`python -m bench MODULE`"}.items():
        assert said in (ROOT / paper).read_text()


def test_the_numbers_in_scale_md_follow_from_the_results() -> None:
    paper = scale.PAPER.read_text()
    assert scale.with_blocks(paper, RESULTS.read_text()) == paper, "run: python -m bench.scale"


def test_the_script_whose_rows_are_measured_is_served() -> None:
    assert re.search(r"^export function showRows\b", site_files.texts()[rendering.SCRIPT], re.MULTILINE)
