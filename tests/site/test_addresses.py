"""The CloudFront function that answers wrong addresses, run by the same Deno as on the local system."""

import re
import time
from functools import cache
from typing import Any

import pytest
from ministack.core.cloudfront_js import CloudFrontFunctionError

from components import site_addresses
from local.emulator import edge_functions

FILES = ["customers.html", "index.html", "order.html", "orders.html", "openapi.json"]
HEADERS = {"content-security-policy": "default-src 'none'", "x-frame-options": "DENY"}


@cache
def code() -> bytes:
    """The code of the function for FILES."""
    return site_addresses.code(FILES, "assets/0123456789ab", HEADERS).encode()


def answer(uri: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the function returns for a request: the request itself, or a response."""
    request = {"method": "GET", "uri": uri, "querystring": query or {}, "headers": {}, "cookies": {}}
    found: dict[str, Any] = edge_functions.evaluate(code(), {"version": "1.0", "request": request})
    return found


@pytest.mark.parametrize(
    "uri",
    ["/", "/index.html", "/orders.html", "/openapi.json", "/assets/0123456789ab/site.css", "/assets/gone.js"],
)
def test_a_file_of_the_site_is_left_to_the_bucket(uri: str) -> None:
    """A missing asset stays an error of the bucket, so that a browser never reads a page as a script."""
    assert answer(uri)["uri"] == uri


@pytest.mark.parametrize(
    ("uri", "page"),
    [
        ("/orders", "/orders.html"),
        ("/orders/", "/orders.html"),
        ("/orders.html/", "/orders.html"),
        ("/Orders", "/orders.html"),
        ("/ORDERS.HTML", "/orders.html"),
        ("/index", "/"),
        ("/Index.html", "/"),
    ],
)
def test_another_spelling_of_a_page_leads_to_the_page(uri: str, page: str) -> None:
    response = answer(uri)
    assert (response["statusCode"], response["headers"]["location"]["value"]) == (302, page)
    assert response["headers"]["x-frame-options"]["value"] == "DENY"


def test_a_redirect_keeps_the_query_as_it_was_sent() -> None:
    query = {
        "id": {"value": "a%20b%26c"},
        "q": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]},
    }
    location = answer("/order", query)["headers"]["location"]["value"]
    assert location == "/order.html?id=a%20b%26c&q=1&q=2"
    assert "location" not in answer("/nowhere")["headers"]


@pytest.mark.parametrize(
    "uri",
    [
        "/nowhere",
        "/nowhere.html",
        "/orders.html.html",
        "/order/0b5f7d1e",
        "/orders//",
        "/orders//x",
        "//evil.example/orders",
        "/evil.example",
        "/_not-found.html",
        "/favicon.ico",
        "/openapi",
        "/api",
        "/assets",
        "/%6frders",
        "/..%2forders.html",
        "/constructor",
        "/.html",
        "//",
    ],
)
def test_an_address_without_a_page_gets_a_404_with_a_page_of_its_own(uri: str) -> None:
    response = answer(uri)
    assert response["statusCode"] == 404
    assert response["headers"]["content-type"]["value"] == "text/html; charset=utf-8"
    assert response["headers"]["cache-control"]["value"] == "no-cache"
    assert {name: response["headers"][name]["value"] for name in HEADERS} == HEADERS
    html = response["body"]["data"]
    assert "<h1>There is no page at this address</h1>" in html
    assert 'href="/orders.html"' in html
    assert not re.search(r"<script|order-desk:", html), "the page needs no script, so it works signed out"


def test_many_slashes_take_no_time() -> None:
    """CloudFront throttles a function that needs too long, and then no page can be opened."""
    answer("/nowhere")  # starts Deno
    started = time.monotonic()
    assert answer("/orders" + "/" * 100_000 + "x")["statusCode"] == 404
    assert time.monotonic() - started < 20


def test_a_function_too_long_for_cloudfront_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at most 10240 bytes, got \d+"):
        site_addresses.code([f"page-{number}.html" for number in range(1000)], "assets", HEADERS)


def test_an_error_of_an_edge_function_is_raised_and_the_next_call_works() -> None:
    with pytest.raises(CloudFrontFunctionError, match="no such thing"):
        edge_functions.evaluate(b"function handler() { throw new Error('no such thing') }", {})
    assert edge_functions.evaluate(b"function handler(event) { console.log(1); return event }", {"a": 1}) == {
        "a": 1
    }
