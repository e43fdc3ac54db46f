"""The groups of tests that pytest-xdist runs in one process each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import WITH_SYSTEMS_OF_THEIR_OWN, group
from tests.imports import ROOT


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("tests/e2e/test_orders.py::test_a[x/y]", "tests/e2e/test_views.py::test_b", True),
        ("tests/e2e/test_restarts.py::test_a", "tests/e2e/test_restarts.py::test_b", True),
        ("tests/e2e/test_restarts.py::test_a", "tests/e2e/test_views.py::test_b", False),
        ("tests/graph/test_site.py::test_a[dev]", "tests/graph/test_api.py::test_b[prod]", True),
        ("tests/handlers/test_get.py::test_a[1]", "tests/handlers/test_get.py::test_a[2]", False),
        ("tests/local/test_load.py::test_a", "tests/local/test_load.py::test_b", True),
        ("tests/local/test_load.py::test_a", "tests/local/test_api.py::test_b", False),
        ("tests/test_docs.py::test_a", "tests/test_docs.py::test_b", True),
    ],
)
def test_tests_that_share_a_set_up_are_together(first: str, second: str, together: bool) -> None:
    assert (group(first) == group(second)) == together


def test_each_file_with_systems_of_its_own_exists() -> None:
    assert all((ROOT / file).exists() for file in WITH_SYSTEMS_OF_THEIR_OWN)


@pytest.mark.thorough
def test_the_groups_are_those_of_the_scheduler() -> None:
    file = "tests/handlers/test_text.py"  # by itself, `--dist loadscope` runs a file in one process
    command = f"{sys.executable} -m pytest -v -n 2 --dist loadscope {file}"
    run = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=False)
    processes = {line.split("]")[0] for line in run.stdout.splitlines() if "PASSED" in line}
    assert len(processes) == 2, run.stdout
