"""Measure how long a key press takes in the product search, with a catalog of PRODUCTS products.

Unit: milliseconds for which the tab's main thread works from a key press until the results are on screen,
as the median over all key presses. One row shows the total, another only scripts, styles and layout.
Reference: the same letters typed into the notes of the same page, where a key press only saves the draft.
A last row shows the milliseconds that the API takes for a search of products, beside reading one product.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Locator, Page, expect

from bench.pages import main_thread_ms, signed_in
from bench.results import Row
from local.api import Api, ApiResponse, open_api

PRODUCTS = 500
WORDS = ("microfibre", "bleach", "gloves", "bin liner", "descaler", "hand soap")
TYPED = WORDS[:2]
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
    return api.call("PUT", f"/products/{_sku(number)}", product)


def _sku(number: int) -> str:
    return f"BENCH-{number:05}"


def measure_keys(page: Page, session: CDPSession, field: Locator) -> list[tuple[float, float]]:
    """Type each word of TYPED, and return `main_thread_ms` of each key press."""
    times = []
    for word in TYPED:
        field.fill("")
        page.wait_for_timeout(SETTLE_MS)
        for letter in word:
            before = main_thread_ms(session)
            page.keyboard.type(letter)
            page.wait_for_timeout(SETTLE_MS)
            all_now, page_now = main_thread_ms(session)
            times.append((all_now - before[0], page_now - before[1]))
    return times


def _seconds(api: Api, path: str) -> float:
    begun = time.perf_counter()
    response = api.call("GET", path)
    assert response.status == 200, response
    return time.perf_counter() - begun


def rows() -> Iterator[Row]:
    """Yield the milliseconds of a key press in search and notes, and those of the API."""
    with signed_in() as (system, tab):
        api = open_api(system.outputs, **system.outputs["local"]["staff"])
        add_products(api, PRODUCTS)
        tab.goto("/new-order.html")
        expect(tab.page.locator("#order-fields")).to_be_enabled()
        session = tab.page.context.new_cdp_session(tab.page)
        session.send("Performance.enable")
        search = measure_keys(tab.page, session, tab.page.get_by_role("combobox", name="Add a product"))
        tab.page.keyboard.press("Escape")
        notes = measure_keys(tab.page, session, tab.page.get_by_label("For packing and delivery"))
        asked = [_seconds(api, f"/products?{urlencode({'q': word, 'limit': 30})}") for word in WORDS]
        read = [_seconds(api, f"/products/{_sku(number)}") for number in range(len(WORDS))]
    for part, what in enumerate(("in all", "scripts, styles and layout")):
        ours, bare = (statistics.median(key[part] for key in keys) for keys in (search, notes))
        name = f"browser: a key in the search of {PRODUCTS:,} products, {what}"
        yield Row(name=name, value=ours, unit="ms", reference=bare, against="a key in the notes")
    asked_ms, read_ms = (statistics.median(seconds) * 1000 for seconds in (asked, read))
    name = f"API: a search of {PRODUCTS:,} products"
    yield Row(name=name, value=asked_ms, unit="ms", reference=read_ms, against="reading one product")
