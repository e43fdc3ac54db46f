"""The browser that the tests and the screenshots drive."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# chromium-headless-shell comes first because it needs half the processor time of the others.
ON_PATH = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


# A host name of a hostile page. The browser takes it for an address of this machine, as after DNS rebinding.
HOSTILE_HOST = "evil.example"


class NoBrowserError(Exception):
    """There is no browser on this machine."""


def executable(playwright: Playwright) -> str:
    """Find a browser on PATH, else Playwright's own. Raises NoBrowserError when there is neither."""
    found = next(filter(None, map(shutil.which, ON_PATH)), None)
    if found is None and not Path(playwright.chromium.executable_path).exists():
        raise NoBrowserError(f"no browser: none of {', '.join(ON_PATH)} is on PATH; `make test` installs one")
    return found or playwright.chromium.executable_path


def launch(playwright: Playwright) -> Browser:
    """Start a browser. Raises NoBrowserError."""
    # Chromium's sandbox does not work for root, the usual user in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    arguments = [f"--host-resolver-rules=MAP {HOSTILE_HOST} 127.0.0.1", *sandbox]
    return playwright.chromium.launch(executable_path=executable(playwright), args=arguments)
