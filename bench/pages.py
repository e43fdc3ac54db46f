"""A signed-in page of a system of its own, for what is measured in a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

from tests.browser.browser import launch
from tests.browser.tab import Person, Tab
from tests.system import System


@contextmanager
def signed_in() -> Iterator[tuple[System, Tab]]:
    """Start a system with its sample data, and a browser in which staff are signed in."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        system = System(Path(folder)).start()
        browser = launch(playwright)
        try:
            tab = Tab(browser.new_page(), system.outputs["siteUrl"])
            tab.sign_in(Person(**system.outputs["local"]["staff"]))
            yield system, tab
        finally:
            browser.close()
            system.stop()


def busy(session: CDPSession) -> tuple[float, float]:
    """Milliseconds of this tab's main thread so far: in all, and of scripting, styles and layout alone.

    The rest is painting, collecting garbage and what the browser does for itself.
    """
    metrics = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
    page = sum(metrics[f"{part}Duration"] for part in ("Script", "RecalcStyle", "Layout"))
    return metrics["TaskDuration"], page
