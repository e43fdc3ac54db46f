"""`python -m bench.searching [products]`: typing in the product search over a catalog of 10,000.

The reference is typing the same letters into the notes of the same page, where nothing listens but the draft.
A key's time is all that the tab's main thread does from the key until what it led to is on screen, over
several frames; what the page itself does of it (scripting, styles, layout) stands apart. The server's time is
that of the same searches by the API.
"""

from __future__ import annotations

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Locator, Page, expect

from bench.pages import busy, signed_in
from local.api import Api, ApiResponse, open_api

WORDS = ("microfibre", "bleach", "gloves", "bin liner", "descaler", "hand soap")
CLIENTS = 8
SETTLED_MS = 700  # longer than the search waits for another letter, and the server takes


def stock(api: Api, count: int) -> None:
    """Put products into the catalog, eight at a time."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        for response in clients.map(lambda number: _put(api, number), range(count)):
            if response.status not in (200, 201):
                raise RuntimeError(f"a product was refused: {response.status} {response.document}")


def _put(api: Api, number: int) -> ApiResponse:
    product = {
        "name": f"{WORDS[number % len(WORDS)].capitalize()} no. {number}",
        "category": f"Category {number % 40}",
        "unitPrice": 100,
        "unit": "each",
        "active": True,
    }
    return api.call("PUT", f"/products/BENCH-{number:05}", product)


def keys(page: Page, session: CDPSession, field: Locator) -> list[tuple[float, float]]:
    """Type every word; returns the milliseconds of each key: in all, and the page's own part."""
    times = []
    for word in WORDS:
        field.fill("")
        page.wait_for_timeout(SETTLED_MS)
        for letter in word:
            before = busy(session)
            page.keyboard.type(letter)
            page.wait_for_timeout(SETTLED_MS)
            all_now, page_now = busy(session)
            times.append((all_now - before[0], page_now - before[1]))
    return times


def _seconds(api: Api, word: str) -> float:
    begun = time.perf_counter()
    api.call("GET", f"/products?{urlencode({'q': word, 'limit': 30})}")
    return time.perf_counter() - begun


def main(argv: list[str]) -> None:
    """Print milliseconds a key in the search, in the notes, their ratios, and the server's time a search."""
    count = int(argv[0]) if argv else 10_000
    with signed_in() as (system, tab):
        api = open_api(system.outputs, **system.outputs["local"]["staff"])
        stock(api, count)
        tab.goto("/new-order.html")
        expect(tab.page.locator("#order-fields")).to_be_enabled()
        session = tab.page.context.new_cdp_session(tab.page)
        session.send("Performance.enable")
        search = keys(tab.page, session, tab.page.get_by_role("combobox", name="Add a product"))
        tab.page.keyboard.press("Escape")
        notes = keys(tab.page, session, tab.page.get_by_label("For packing and delivery"))
        asked = [_seconds(api, word) for word in WORDS]
    for part, what in enumerate(("in all", "scripting, styles, layout")):
        ours, bare = [key[part] for key in search], statistics.median(key[part] for key in notes)
        print(
            f"a key in the search, {what}: {statistics.median(ours):.1f} ms (at most {max(ours):.1f}), "
            f"in the notes {bare:.1f} ms, ratio {statistics.median(ours) / bare:.2f}"
        )
    print(f"the server takes {statistics.median(asked) * 1000:.0f} ms a search")


if __name__ == "__main__":
    main(sys.argv[1:])
