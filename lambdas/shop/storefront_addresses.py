"""The addresses of the storefront's pages, and the keys of their objects in the bucket.

An address has neither an extension nor a slash at its end. The name of a product in its address is for
readers only: the key has the SKU alone, so a renamed product keeps its object and its old addresses.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from lambdas.platform.transliteration import to_ascii

HOME_KEY = "index.html"
SEARCH_KEY = "search.html"
NOT_FOUND_KEY = "not-found.html"
INDEX_KEY = "search/index.json"
SITEMAP_KEY = "sitemap.xml"
ROBOTS_KEY = "robots.txt"

# Pages that are the same file for everybody. A script fills them with what is the viewer's own.
OWN_PAGES = (
    "cart",
    "checkout",
    "orders",
    "order",
    "account",
    "lists",
    "quick-order",
    "safety-data-sheets",
    "sign-up",
    "forgotten-password",
    "callback",
    "signed-out",
)

# Pages of the texts that the law asks a shop for. A shop has those whose texts are configured.
LAW_PAGES = ("terms", "privacy", "imprint", "withdrawal")

HOME = "/"
SEARCH = "/search"
FACTS = "/product/"

_GAPS = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile(r"['`]")
_MARK_DIGITS = 8
_ENDS_LIKE_A_MARK = re.compile(rf"(?:^|-)[0-9]{{{_MARK_DIGITS}}}$")
_MAX_WORDS = 80  # characters of the words of a name, so that an address fits a line


def category_slug(category: str) -> str:
    """Return the name of a category in addresses: lower-case letters of ASCII, digits and hyphens.

    Different names have different slugs, though no other name is known here. Each slug without a mark
    belongs to one name only, its words with a capital in front: `Floor care` is `floor-care`. The slug of any
    other name ends with eight digits from a hash of the name: `Floor Care` is `floor-care-25576326`.
    """
    words = _words(category)
    plain = words.replace("-", " ").capitalize()
    if category == plain and not _ENDS_LIKE_A_MARK.search(words):
        return words
    return "-".join(filter(None, (words, _mark(category))))


def category_address(category: str, page: int = 1) -> str:
    """Return the address of a page of a category: `/c/floor-care`, `/c/floor-care/2`."""
    address = f"/c/{category_slug(category)}"
    return address if page == 1 else f"{address}/{page}"


def product_address(product: Mapping[str, Any]) -> str:
    """Return the address of a product, of which `sku` and `name` are read: `/p/22310/steel-scourers`."""
    address = f"/p/{product['sku']}"
    words = _words(product["name"])
    return f"{address}/{words}" if words else address


def category_key(category: str, page: int = 1) -> str:
    """Return the key of a page of a category: `c/floor-care.html`, `c/floor-care/2.html`."""
    return f"{category_address(category, page)[1:]}.html"


def product_key(sku: str) -> str:
    """Return the key of a product's page: `p/22310.html`."""
    return f"p/{sku}.html"


def facts_key(sku: str) -> str:
    """Return the key of the file that carts read, whose address is `/product/22310`: `p/22310.json`."""
    return f"p/{sku}.json"


def law_address(name: str) -> str:
    """Return the address of one of LAW_PAGES: `/terms`."""
    return f"/{name}"


def own_page_key(name: str) -> str:
    """Return the key of one of OWN_PAGES or LAW_PAGES, whose address is `/cart`: `cart.html`."""
    return f"{name}.html"


def sitemap_part_key(number: int) -> str:
    """Return the key of a part of a sitemap that is too long for one file: `sitemap/1.xml`."""
    return f"sitemap/{number}.xml"


def _words(name: str) -> str:
    """Return the words of a name with hyphens between them, or an empty text if ASCII lacks its letters."""
    plain = _APOSTROPHES.sub("", (to_ascii(name) or "").lower())
    return _GAPS.sub("-", plain).strip("-")[:_MAX_WORDS].strip("-")


def _mark(name: str) -> str:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()) % 10**_MARK_DIGITS
    return f"{number:0{_MARK_DIGITS}}"
