"""A signed-in page of a system of its own, for what is measured in a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

from tests.browser.browser import launch
from tests.browser.desk import Desk, Person
from tests.system import System


@contextmanager
def signed_in() -> Iterator[tuple[System, Desk]]:
    """Start a system with its sample data, and a browser in which staff are signed in."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        system = System(Path(folder)).start()
        browser = launch(playwright)
        try:
            desk = Desk(browser.new_page(), system.outputs["siteUrl"])
            desk.sign_in(Person(**system.outputs["local"]["staff"]))
            yield system, desk
        finally:
            browser.close()
            system.stop()


def busy(session: CDPSession) -> float:
    """Milliseconds for which this tab's main thread has been busy so far: scripting, layout and the rest."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000
