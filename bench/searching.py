"""`python -m bench.searching [products]`: typing in the product search over a catalog of 10,000.

The reference is typing the same letters into the notes of the same page, where nothing listens but the draft.
A key's time is that of the tab's main thread from the key until what it led to is on screen. The server's
time is that of the same searches by the API.
"""

from __future__ import annotations

import statistics
import sys
import time
from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Locator, Page, expect

from bench.pages import busy, signed_in
from local.api import Api, open_api
from tests.system import System

WORDS = ("microfibre", "bleach", "gloves", "bin liner", "descaler", "hand soap")
SETTLED_MS = 700  # longer than the search waits for another letter, and the server takes


def stock(system: System, count: int) -> None:
    """Put products into the catalog as the functions store them."""
    table, client = system.outputs["productsTable"], system.client("dynamodb")
    for start in range(0, count, 25):
        items = [_item(number) for number in range(start, min(start + 25, count))]
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})


def _item(number: int) -> dict[str, dict[str, object]]:
    sku, name = f"BENCH-{number:05}", f"{WORDS[number % len(WORDS)].capitalize()} no. {number}"
    at = "2026-11-20T09:00:00.000Z"
    texts = {
        "sku": sku,
        "name": name,
        "category": f"Category {number % 40}",
        "currency": "GBP",
        "unit": "each",
        "createdAt": at,
        "updatedAt": at,
        "listShard": str(number % 4),
        "listKey": f"{name.lower()} #{sku}",
        "searchText": f"{name.lower()} {sku.lower()}",
    }
    written: dict[str, dict[str, object]] = {key: {"S": value} for key, value in texts.items()}
    return written | {"unitPrice": {"N": "100"}, "version": {"N": "1"}, "active": {"BOOL": True}}


def keys(page: Page, session: CDPSession, field: Locator) -> list[float]:
    """Type every word; returns the milliseconds of each key."""
    times = []
    for word in WORDS:
        field.fill("")
        page.wait_for_timeout(SETTLED_MS)
        for letter in word:
            before = busy(session)
            page.keyboard.type(letter)
            page.wait_for_timeout(SETTLED_MS)
            times.append(busy(session) - before)
    return times


def _seconds(api: Api, word: str) -> float:
    begun = time.perf_counter()
    api.call("GET", f"/products?{urlencode({'q': word, 'limit': 30})}")
    return time.perf_counter() - begun


def main(argv: list[str]) -> None:
    """Print milliseconds a key in the search, in the notes, their ratio, and the server's time a search."""
    count = int(argv[0]) if argv else 10_000
    with signed_in() as (system, desk):
        stock(system, count)
        desk.goto("/new-order.html")
        expect(desk.page.locator("#order-fields")).to_be_enabled()
        session = desk.page.context.new_cdp_session(desk.page)
        session.send("Performance.enable")
        search = keys(desk.page, session, desk.page.get_by_role("combobox", name="Add a product"))
        desk.page.keyboard.press("Escape")
        notes = keys(desk.page, session, desk.page.get_by_label("For packing and delivery"))
        api = open_api(system.outputs, **system.outputs["local"]["staff"])
        asked = [_seconds(api, word) for word in WORDS]
    ours, bare = statistics.median(search), statistics.median(notes)
    print(f"a key in the search: {ours:.1f} ms (at most {max(search):.1f}), in the notes {bare:.1f} ms")
    print(f"ratio {ours / bare:.2f}; the server takes {statistics.median(asked) * 1000:.0f} ms a search")


if __name__ == "__main__":
    main(sys.argv[1:])
