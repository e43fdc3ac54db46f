"""The CloudFront function that maps addresses of the storefront to keys of its files, run by Deno."""

from typing import Any

import pytest

from components import site_addresses
from lambdas.shop import storefront_addresses
from local.emulator import edge_functions

CODE = site_addresses.storefront_code({}).encode()


def key(uri: str) -> str:
    """The address of the file that CloudFront asks S3 for."""
    query = {"q": {"value": "mop"}}
    request = {"method": "GET", "uri": uri, "querystring": query, "headers": {}, "cookies": {}}
    answer: dict[str, Any] = edge_functions.evaluate(CODE, {"version": "1.0", "request": request})
    assert answer["querystring"] == query
    return str(answer["uri"])


@pytest.mark.parametrize(
    ("address", "file"),
    [
        (storefront_addresses.HOME, storefront_addresses.HOME_KEY),
        ("/index.html", storefront_addresses.HOME_KEY),  # as CloudFront asks for the root
        (storefront_addresses.SEARCH, storefront_addresses.SEARCH_KEY),
        ("/sitemap.xml", storefront_addresses.SITEMAP_KEY),
        ("/sitemap/2.xml", storefront_addresses.sitemap_part_key(2)),
        ("/robots.txt", storefront_addresses.ROBOTS_KEY),
        ("/search/index.json", storefront_addresses.INDEX_KEY),
        ("/assets/0123456789ab/shop.css", "assets/0123456789ab/shop.css"),
        ("/c/floor-care/", "c/floor-care.html"),
        ("/p/22310", "p/22310.html"),
        ("/p/22310/any-other-name/", "p/22310.html"),
        ("/product/22310", storefront_addresses.facts_key("22310")),
        ("/product/A.json", storefront_addresses.facts_key("A.json")),
        ("/callback.html", storefront_addresses.own_page_key("callback")),
        ("/signed-out.html", storefront_addresses.own_page_key("signed-out")),
        ("/p/22310.html", "p/22310.html.html"),  # of a SKU with a dot
    ],
)
def test_an_address_leads_to_its_file(address: str, file: str) -> None:
    assert key(address) == f"/{file}"


@pytest.mark.parametrize("page", [*storefront_addresses.OWN_PAGES[:-2], *storefront_addresses.LAW_PAGES])
def test_each_own_page_has_an_address_without_an_extension(page: str) -> None:
    assert key(f"/{page}") == key(f"/{page}/") == f"/{storefront_addresses.own_page_key(page)}"


@pytest.mark.parametrize("page", [1, 2, 31])
@pytest.mark.parametrize("category", ["Floor care", "Küche & Bad", "漂白剤"])
def test_each_page_of_a_category_leads_to_its_file(category: str, page: int) -> None:
    address = storefront_addresses.category_address(category, page)
    assert key(address) == f"/{storefront_addresses.category_key(category, page)}"


@pytest.mark.parametrize("sku", ["22310", "A.B-1_x", "search"])
def test_the_address_of_a_product_leads_to_its_file(sku: str) -> None:
    address = storefront_addresses.product_address({"sku": sku, "name": "Ölsauger 5 L"})
    assert key(address) == f"/{storefront_addresses.product_key(sku)}"


@pytest.mark.parametrize(
    "address",
    [
        "//",
        "/c",
        "/p/",
        "/p//x",
        "/c/a/2/3",
        "/p/1/2/3",
        "/orders.html",
        "/search.html",
        "/search/x",
        "/cart/x",
        "/cart.html",
        "/product",
        "/product/1/2",
        "/callback",
        "/.git",
    ],
)
def test_another_address_leads_to_no_file(address: str) -> None:
    """Otherwise one page would have several addresses."""
    assert key(address) == "/missing"
