"""A new local system and a signed-in browser tab, for benchmarks that run in a browser."""

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
    """Start a local system with sample data, and yield it and a browser tab with staff signed in."""
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


def main_thread_ms(session: CDPSession) -> tuple[float, float]:
    """Return how long the tab's main thread has worked so far, in milliseconds.

    The first number is the total, the second only the work on scripts, styles and layout.
    The difference is painting, garbage collection and other work of the browser.
    """
    metrics = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
    page = sum(metrics[f"{part}Duration"] for part in ("Script", "RecalcStyle", "Layout"))
    return metrics["TaskDuration"], page
