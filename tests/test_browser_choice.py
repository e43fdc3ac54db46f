"""The choice of the browser that the tests drive."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.browser import NoBrowserError, executable


class Machine:
    """A machine with some browsers, and Playwright on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin, self.own = folder / "bin", folder / "ms-playwright"
        self.bin.mkdir()
        monkeypatch.setenv("PATH", str(self.bin))
        chromium = self.own / "chromium-1255/chrome-linux64/chrome"
        self.playwright: Any = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(chromium)))

    def install(self, path: str) -> None:
        """Put a browser at a path below the folder."""
        file = self.bin.parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


ALL = [
    "bin/chromium-headless-shell",
    "ms-playwright/chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell",
    "bin/chromium",
    "bin/google-chrome",
    "ms-playwright/chromium-1255/chrome-linux64/chrome",
]


@pytest.mark.parametrize("first", range(len(ALL)))
def test_a_headless_shell_is_chosen_before_a_browser_and_path_before_playwright(
    machine: Machine, first: int
) -> None:
    for path in ALL[first:]:
        machine.install(path)
    assert executable(machine.playwright).endswith(ALL[first])


def test_a_headless_shell_of_another_revision_is_not_chosen(machine: Machine) -> None:
    machine.install(ALL[1].replace("1255", "1187"))
    machine.install(ALL[-1])
    assert executable(machine.playwright).endswith(ALL[-1])


def test_a_machine_without_a_browser_is_told_how_to_get_one(machine: Machine) -> None:
    with pytest.raises(NoBrowserError, match="make test"):
        executable(machine.playwright)
