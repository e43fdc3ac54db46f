"""The browser that the tests and the screenshots drive."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# A headless shell comes first, wherever it is, because it needs half the processor time of a whole browser.
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# A host name of a hostile page. The browser takes it for an address of this machine, as after DNS rebinding.
HOSTILE_HOST = "evil.example"


class NoBrowserError(Exception):
    """There is no browser on this machine."""


def executable(playwright: Playwright) -> str:
    """Find a headless shell on PATH or of Playwright, else a browser. Raises NoBrowserError without one."""
    own = Path(playwright.chromium.executable_path)
    whole = [*map(shutil.which, WHOLE), *([str(own)] if own.exists() else [])]
    found = next(filter(None, [shutil.which(SHELL), *_own_shells(own), *whole]), None)
    if found is None:
        on_path = ", ".join((SHELL, *WHOLE))
        raise NoBrowserError(f"no browser: none of {on_path} is on PATH; `make test` installs one")
    return found


def _own_shells(own: Path) -> list[str]:
    """Return the headless shell that Playwright installs beside its browser, of the same revision."""
    folder = own.parents[1]  # such as chromium-1255, with the browser in chrome-linux64
    name = folder.name.replace("chromium", "chromium_headless_shell")
    return [str(one) for one in folder.with_name(name).glob("*/chrome-headless-shell*")]


def launch(playwright: Playwright) -> Browser:
    """Start a browser. Raises NoBrowserError."""
    # Chromium's sandbox does not work for root, the usual user in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Without a graphics card, a process of its own for graphics only costs time.
    arguments = [f"--host-resolver-rules=MAP {HOSTILE_HOST} 127.0.0.1", "--in-process-gpu", *sandbox]
    return playwright.chromium.launch(executable_path=executable(playwright), args=arguments)
