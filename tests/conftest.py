"""Fixtures for all tests: the whole system, running on this machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.system import System

if TYPE_CHECKING:
    from tests.graph.graph import Graph

WITH_SYSTEMS_OF_THEIR_OWN = ("tests/e2e/test_restarts.py", "tests/e2e/test_api_reference.py")


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Runs the tests that share what takes long to set up in one process.

    `--dist loadgroup` would do this by markers, but pytest-xdist 3.8 cannot group the tests of pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup | None:
    """Replace the scheduler of `--dist loadscope`."""
    return ByGroup(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking at all tests again and again: a third of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def group(nodeid: str) -> str:
    """Return the name of a test's group."""
    file = nodeid.partition("::")[0]
    folder = file.split("/")[1]
    if folder == "e2e" and file not in WITH_SYSTEMS_OF_THEIR_OWN:
        return "system"
    if folder == "handlers":
        return nodeid
    return folder if folder == "graph" else file


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a running system with its sample data, shared by all tests that do not disturb others.

    No test starts it again, so it need not save often. Its customers go after 10 years and its orders after
    20, which one test needs.
    """
    settings = {"orderRetentionDays": 7300, "customerRetentionDays": 3650}
    running = System(tmp_path_factory.mktemp("system"), settings=settings, save_interval_s=60).start()
    yield running
    running.assert_all_accounted()
    assert running.stop() == 0, running.printed


@pytest.fixture(scope="session")
def dev() -> Graph:
    """The resources of the stack `dev`, which can be destroyed at any time."""
    from tests.graph.graph import Graph  # imported late, because the browser tests need no Pulumi

    return Graph.of("dev")
