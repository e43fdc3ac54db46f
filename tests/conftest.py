"""What every test can stand on: the whole system of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system, up and filled with its sample data, for all tests that leave each other alone."""
    running = System(tmp_path_factory.mktemp("system")).start()
    yield running
    assert running.stop() == 0, running.printed
