"""Checks of a page's design: it is accessible, fits into the window, and no texts overlap."""

import gzip
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page, Response, expect

from tests.browser.tab import Tab

COLOUR_RULES = ["color-contrast", "link-in-text-block"]

# Return the pairs of cells of a row whose texts overlap.
OVERLAPS = """(row) => {
    const box = (cell) => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        const { left, right, top, bottom, width } = text.getBoundingClientRect();
        const end = cell.querySelector(".clip") ? cell.getBoundingClientRect().right : Infinity;
        return { left, right: Math.min(right, end), top, bottom, width };
    };
    const boxes = [...row.children].map(box).filter((one) => one.width > 0);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meet(a, b)).map((b) => [a, b]));
}"""


# The rows of a list are made by one function, so that the first ones show the faults of all.
MORE_ROWS = "tbody tr:nth-child(n + 9)"


def violations(page: Page, **options: Any) -> list[str]:
    """The faults that axe finds on the page, in the first rows of its lists. `options` are those of axe.run.

    The site has no frames and no media, so that axe need not wait for any: that is a third of its time.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    always = {"resultTypes": ["violations"], "iframes": False, "preload": False}
    found = page.evaluate(
        "([context, options]) => axe.run(context, options)", [{"exclude": [MORE_ROWS]}, {**always, **options}]
    )
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def assert_accessible(tab: Tab) -> None:
    """Assert that axe finds no fault in the light scheme, and none of colours in the dark scheme.

    The two schemes differ in nothing but colours, so that axe's other rules would find the same again.
    Rows of a list that loads anew are waited for, because they are pale.
    """
    expect(tab.css('.list[aria-busy="true"] tbody tr:not(.skeleton)')).to_have_count(0)
    tab.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = violations(tab.page)
    assert found == [], f"in the light scheme: {found}"
    tab.page.emulate_media(color_scheme="dark")
    found = violations(tab.page, runOnly=COLOUR_RULES)
    assert found == [], f"in the dark scheme: {found}"


def assert_nothing_sticks_out(tab: Tab) -> None:
    """Assert that the page needs no sideways scrolling at widths from 320 px to 3840 px."""
    for width in (320, 390, 768, 3840):
        tab.resize(width)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} px"
    tab.resize(1280)


def assert_small_first_visit(tab: Tab, path: str) -> None:
    """Open a page in a new tab, and assert that it takes at most 12 requests and 40 KB, compressed."""
    answers: list[Response] = []
    tab.page.on("response", lambda answer: answers.append(answer))
    tab.goto(path)
    tab.page.wait_for_load_state("networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers}
    assert all(url.startswith(tab.site_url) for url in sizes)
    assert [answer.url for answer in answers if answer.status != 200] == []
    assert len(answers) <= 12, sorted(sizes)
    assert sum(sizes.values()) <= 40_000, sizes
