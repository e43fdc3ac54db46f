"""Measure how long a key press takes in the product search, by default with a catalog of 10,000 products.

Run: `python -m bench.searching [products]`. The command starts its own local system and browser.
Unit: milliseconds for which the tab's main thread works from a key press until the results are on screen,
as the median over all key presses. One line shows the total, another only scripts, styles and layout.
A last line shows the milliseconds that the API takes for a search.
Reference: the same letters typed into the notes of the same page, where a key press only saves the draft.
"""

from __future__ import annotations

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Locator, Page, expect

from bench.pages import main_thread_ms, signed_in
from local.api import Api, ApiResponse, open_api

WORDS = ("microfibre", "bleach", "gloves", "bin liner", "descaler", "hand soap")
CONCURRENCY = 8
SETTLE_MS = 700  # longer than the search's delay after a key press plus the API's response time


def add_products(api: Api, count: int) -> None:
    """Put products into the catalog, with CONCURRENCY calls at a time."""
    with ThreadPoolExecutor(CONCURRENCY) as clients:
        for response in clients.map(lambda number: _put_product(api, number), range(count)):
            if response.status not in (200, 201):
                raise RuntimeError(f"a product was refused: {response.status} {response.document}")


def _put_product(api: Api, number: int) -> ApiResponse:
    product = {
        "name": f"{WORDS[number % len(WORDS)].capitalize()} no. {number}",
        "category": f"Category {number % 40}",
        "unitPrice": 100,
        "unit": "each",
        "active": True,
    }
    return api.call("PUT", f"/products/BENCH-{number:05}", product)


def measure_keys(page: Page, session: CDPSession, field: Locator) -> list[tuple[float, float]]:
    """Type every word, and return `main_thread_ms` of each key press."""
    times = []
    for word in WORDS:
        field.fill("")
        page.wait_for_timeout(SETTLE_MS)
        for letter in word:
            before = main_thread_ms(session)
            page.keyboard.type(letter)
            page.wait_for_timeout(SETTLE_MS)
            all_now, page_now = main_thread_ms(session)
            times.append((all_now - before[0], page_now - before[1]))
    return times


def _search_seconds(api: Api, word: str) -> float:
    begun = time.perf_counter()
    api.call("GET", f"/products?{urlencode({'q': word, 'limit': 30})}")
    return time.perf_counter() - begun


def main(argv: list[str]) -> None:
    """Print the milliseconds of a key press in search and notes, their ratio, and the API's time."""
    count = int(argv[0]) if argv else 10_000
    with signed_in() as (system, tab):
        api = open_api(system.outputs, **system.outputs["local"]["staff"])
        add_products(api, count)
        tab.goto("/new-order.html")
        expect(tab.page.locator("#order-fields")).to_be_enabled()
        session = tab.page.context.new_cdp_session(tab.page)
        session.send("Performance.enable")
        search = measure_keys(tab.page, session, tab.page.get_by_role("combobox", name="Add a product"))
        tab.page.keyboard.press("Escape")
        notes = measure_keys(tab.page, session, tab.page.get_by_label("For packing and delivery"))
        asked = [_search_seconds(api, word) for word in WORDS]
    for part, what in enumerate(("in all", "scripting, styles, layout")):
        ours, bare = [key[part] for key in search], statistics.median(key[part] for key in notes)
        print(
            f"a key in the search, {what}: {statistics.median(ours):.1f} ms (at most {max(ours):.1f}), "
            f"in the notes {bare:.1f} ms, ratio {statistics.median(ours) / bare:.2f}"
        )
    print(f"the server takes {statistics.median(asked) * 1000:.0f} ms a search")


if __name__ == "__main__":
    main(sys.argv[1:])
