"""Fixtures for all tests: the whole system, running on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.system import System

if TYPE_CHECKING:
    from tests.graph.graph import Graph

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that share a costly fixture into one group, which pytest-xdist runs in one process."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    if "system" in getattr(item, "fixturenames", ()):
        return "system"
    if item.path.is_relative_to(HERE / "graph"):
        return "graph"
    if item.path.is_relative_to(HERE / "handlers"):
        return item.nodeid
    return item.path.name


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a running system with its sample data, shared by all tests that do not disturb others."""
    running = System(tmp_path_factory.mktemp("system")).start()
    yield running
    assert running.stop() == 0, running.printed


@pytest.fixture(scope="session")
def dev() -> Graph:
    """The resources of the stack `dev`, which can be destroyed at any time."""
    from tests.graph.graph import Graph  # imported late, because the browser tests need no Pulumi

    return Graph("dev")
