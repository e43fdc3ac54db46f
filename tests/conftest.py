"""Fixtures for all tests: the whole system, running on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a running system with its sample data, shared by all tests that do not disturb others."""
    running = System(tmp_path_factory.mktemp("system")).start()
    yield running
    assert running.stop() == 0, running.printed
