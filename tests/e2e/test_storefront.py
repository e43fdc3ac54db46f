"""The storefront of the running system: a change is on its page soon, and a view runs no function."""

from __future__ import annotations

import json
import os
import re
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from bench.clients import get_all
from tests.system import System, eventually

pytestmark = pytest.mark.e2e

SKU = "E2E-SHOP"
TRIES = 4
VIEWS = int(os.environ.get("VIEWS", "200"))  # of pages, for a run by hand with more
PRODUCT = {"name": "Bucket", "category": "Shop of tests", "unitPrice": 1250, "unit": "each", "active": True}


def get(system: System, path: str, **headers: str) -> tuple[int, str]:
    shop = HTTPConnection(str(urlsplit(system.outputs["shopUrl"]).netloc), timeout=30)
    try:
        shop.request("GET", path, headers=headers)
        answer = shop.getresponse()
        return answer.status, answer.read().decode()
    finally:
        shop.close()


def test_a_new_price_is_on_the_page_within_10_s_and_views_run_no_function(system: System) -> None:
    assert system.call("POST", "/products", {"sku": SKU, **PRODUCT}).status == 201
    eventually(lambda: "£12.50" in get(system, f"/p/{SKU}")[1], 10, "on its page")
    changed = {**PRODUCT, "unitPrice": 1999}
    answer = system.call("PUT", f"/products/{SKU}", changed, headers={"If-Match": '"1"'})
    assert answer.status == 200
    begun = time.monotonic()
    eventually(lambda: "£19.99" in get(system, f"/p/{SKU}/bucket")[1], 10, "on its page")
    assert time.monotonic() - begun < 10
    eventually(lambda: "£19.99" in get(system, "/c/shop-of-tests")[1], 10, "on that of its category")
    eventually(lambda: SKU in json.dumps(json.loads(get(system, "/search/index.json")[1])), 10, "found")

    eventually(lambda: get(system, "/")[0] == 200, 30, "made")
    assert any(views_run_nothing(system) for _ in range(TRIES)), "a view ran a function"


def views_run_nothing(system: System) -> bool:
    """Whether no function ran during VIEWS views. One that runs by itself may have run meanwhile."""
    before = system.invocations()
    pages = ("/", f"/p/{SKU}", "/search?q=bucket")
    get_all(system.outputs["shopUrl"], [pages[number % len(pages)] for number in range(VIEWS)])
    assert get(system, "/nothing")[0] == 404
    return system.invocations() == before


def test_the_pages_of_the_shop_get_their_modules(system: System) -> None:
    """A browser sends the origin of the page with the request of a module."""
    eventually(lambda: get(system, "/search")[0] == 200, 30, "made")
    modules = re.findall(r'"(/assets/[^"]+[.]js)"', get(system, "/search")[1])
    assert len(modules) > 3
    for module in modules:
        assert get(system, module, Origin=system.outputs["shopUrl"])[0] == 200, module


def test_the_shop_serves_nothing_of_the_desk(system: System) -> None:
    eventually(lambda: get(system, "/")[0] == 200, 30, "made")
    for path in ("/api/orders", "/mailbox", "/mailbox.json", "/orders.html", "/sign-up.html"):
        assert get(system, path)[0] == 404, path


def test_the_texts_of_the_law_are_pages_that_each_page_links_to(system: System) -> None:
    for name, title in (("terms", "Terms and conditions"), ("withdrawal", "Right of withdrawal")):
        status, page = get(system, f"/{name}")
        assert (status, f"<h1>{title}</h1>" in page) == (200, True)
        assert f'href="/{name}"' in get(system, "/quick-order")[1]
