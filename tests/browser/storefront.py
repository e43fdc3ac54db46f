"""A storefront without a system: its files, and an API with the account of one customer."""

import base64
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route

from components import site_files
from lambdas.shop import storefront_addresses as addresses
from lambdas.shop import storefront_facts, storefront_index
from lambdas.shop import storefront_pages as pages
from lambdas.shop.documents import Product
from local import sample
from tests import storefront
from tests.handlers.test_storefront_pages import FILLED, HOSTILE
from tests.storefront import product

Json = dict[str, Any]
URL = storefront.SHOP.url
# Everything is of one origin, so that the browser asks nobody for leave.
SETTINGS = {
    **storefront.SETTINGS,
    "api-url": f"{URL}/api",
    "sign-in-base-url": f"{URL}/hosted",
    "cognito-api-url": f"{URL}/cognito",
    "site-url": URL,
}
# Texts that the law asks for, with what a shop may write into them.
LAW = dict.fromkeys(addresses.LAW_PAGES, f"# {HOSTILE}\nFirst line\nsecond line\n\n{'W' * 120}")
SHOP = storefront.SHOP._replace(settings=SETTINGS, law=LAW)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
EMAIL, SUB = "anna@home.example", "0b6f"
ORDER_PATH = re.compile(r"^/api/orders/([^/]+)(/cancel)?$")
KEEP = "(session) => sessionStorage.setItem('order-desk:session', JSON.stringify(session))"


def picture() -> str:
    return next(iter(sample.pictures()))


def shelf() -> list[Product]:
    """The products on sale."""
    mops = [product(f"M-{at}", name=f"Mop {at:02}", category="Mops", vatClass="standard") for at in range(60)]
    odd = [
        product("FULL", **{**FILLED, "name": "Glass cleaner", "category": "Mops", "image": picture()}),
        product("BAD", name=HOSTILE, category="Mops"),
        product("LONG", name="W" * 120, category="Mops", unit="x" * 30),
        product("RTL", name="منظف ارضيات", category="Mops"),
    ]
    return [*odd, *mops]


def files() -> dict[str, bytes]:
    """The objects of the shop's bucket by their keys."""
    products = shelf()
    categories = {"Mops": len(products), "W" * 60: 1}
    first, second = products[:24], products[24:48]
    made = {
        addresses.HOME_KEY: pages.home(SHOP, categories, products[:6]),
        addresses.category_key("Mops"): pages.category(SHOP, "Mops", first, 1, len(products), products[:4]),
        addresses.category_key("Mops", 2): pages.category(SHOP, "Mops", second, 2, len(products), []),
        addresses.SEARCH_KEY: pages.search(SHOP, categories),
        addresses.NOT_FOUND_KEY: pages.not_found(SHOP),
        **{addresses.product_key(one["sku"]): pages.product(SHOP, one, products[:4]) for one in products},
        **{addresses.facts_key(one["sku"]): storefront_facts.of(one) for one in products},
        **pages.own(SHOP),
        **{key: page for key, page in pages.law_pages(SHOP).items() if page},
    }
    assets, texts = site_files.files(site_files.STOREFRONT_ASSETS), site_files.storefront_texts()
    return {
        **{key: page.encode() for key, page in made.items()},
        addresses.INDEX_KEY: storefront_index.changed(None, {one["sku"]: one for one in products}),
        f"files/{picture()}": sample.pictures()[picture()].read_bytes(),
        **{f"{SHOP.assets[1:]}/{path}": file.read_bytes() for path, file in assets.items()},
        **{f"{SHOP.assets[1:]}/{path}": text.encode() for path, text in texts.items()},
    }


def key_of(path: str) -> str:
    """Return the key of an address, as the function in front of the bucket does."""
    parts = path.split("/")[1:]
    if path == "/":
        return addresses.HOME_KEY
    if parts[0] == "p":
        return addresses.product_key(parts[1])
    if parts[0] == "product":
        return addresses.facts_key(parts[1])
    return path[1:] if "." in parts[-1] else f"{path[1:]}.html"


class Shop:
    """The shop as browsers reach it. Each of `cuts` may take a call, and returns whether it did."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self.files = content
        self.cart: Json = {"version": 0, "lines": []}
        self.addresses: Json = {"version": 1, "addresses": [{"name": "Office", "address": "1 Quay Street"}]}
        self.lists: Json = {"version": 0, "lists": []}
        self.earlier: list[Json] = []  # orders that can be added to the account
        self.sent: list[Json] = []  # the bodies of all orders, as often as they came
        self.orders: dict[str, Json] = {}
        self.calls: list[str] = []
        self.cuts: list[Callable[[Route, str], bool]] = []

    def open(self, browser: Browser, **options: Any) -> BrowserContext:
        """Return a browser context that reaches the shop."""
        context = browser.new_context(locale="en-GB", **options)
        context.route("**/*", self.answer)
        return context

    def answer(self, route: Route) -> None:
        """Answer a request."""
        path = urlsplit(route.request.url).path
        if path.startswith("/api/"):
            self._call(route, path)
        elif path.startswith(("/hosted/", "/cognito")):
            route.fulfill(status=400, json={"__type": "NotAuthorizedException"})
        else:
            self._file(route, path)

    def _file(self, route: Route, path: str) -> None:
        key = key_of(path)
        found = key in self.files
        key = key if found else addresses.NOT_FOUND_KEY
        headers = {"content-type": site_files.content_type(key), "content-security-policy": POLICY}
        route.fulfill(status=200 if found else 404, headers=headers, body=self.files[key])

    def _call(self, route: Route, path: str) -> None:
        name = f"{route.request.method} {path.removeprefix('/api')}"
        self.calls.append(name)
        if any(cut(route, name) for cut in list(self.cuts)):
            return
        status, answer = self.respond(route)
        route.fulfill(status=status, json=answer)

    def respond(self, route: Route) -> tuple[int, Json | None]:
        """Do what a call asks for; return status and body."""
        request, path = route.request, urlsplit(route.request.url).path
        body = json.loads(request.post_data or "null")
        if path == "/api/account":
            rows = {"cart": self.cart, "addresses": self.addresses, "lists": self.lists}
            return 200, {"email": EMAIL, "name": "Anna", **rows}
        if path == "/api/account/cart":
            return self._put("cart", body, request.headers["if-match"])
        if path == "/api/account/addresses":
            return self._put("addresses", body, request.headers["if-match"])
        if path == "/api/account/lists":
            return self._put("lists", body, request.headers["if-match"])
        if path == "/api/orders/claim":
            claimed, self.earlier = self.earlier, []
            self.orders.update({one["orderID"]: one for one in claimed})
            return 200, {"claimed": len(claimed), "nextCursor": None}
        if path == "/api/orders" and request.method == "POST":
            self.sent.append(body)
            self.orders.setdefault(body["orderID"], stored(body, len(self.orders)))
            return 202, {"orderID": body["orderID"]}
        if path == "/api/orders":
            return 200, self._page(parse_qs(urlsplit(route.request.url).query))
        found = ORDER_PATH.match(path)
        order = self.orders.get(found[1]) if found else None
        if found is None or order is None:
            return 404, {"error": {"code": "not-found", "message": "there is no such order"}}
        if found[2]:
            order.update(status="cancelled", version=order["version"] + 1)
        return 200, order

    def _page(self, query: dict[str, list[str]]) -> Json:
        limit, start = int(query["limit"][0]), int(query.get("cursor", ["0"])[0])
        newest = list(self.orders.values())[::-1]
        following = str(start + limit) if len(newest) > start + limit else None
        return {"orders": newest[start : start + limit], "nextCursor": following}

    def _put(self, kind: str, body: Json, if_match: str) -> tuple[int, Json]:
        present: Json = getattr(self, kind)
        if if_match != f'"{present["version"]}"':
            return 412, {"error": {"code": "changed", "message": "it was changed"}, kind: present}
        setattr(self, kind, {**body, "version": present["version"] + 1})
        return 200, getattr(self, kind)


def stored(order: Json, number: int) -> Json:
    """An order as its customer reads it."""
    at = "2026-03-02T09:00:00.000Z"
    names = {one["sku"]: one["name"] for one in shelf()}
    lines = [
        {
            **item,
            "name": names[item["sku"]],
            "unit": "box",
            "unitPrice": 649,
            "lineTotal": 649 * item["quantity"],
        }
        for item in order["items"]
    ]
    return {
        **order,
        "number": 1001 + number,
        "status": "placed",
        "version": 1,
        "createdAt": at,
        "updatedAt": at,
        "currency": "GBP",
        "total": order["agreedTotal"],
        "lineCount": len(lines),
        "customer": {"name": "Anna", "email": EMAIL, **order.get("customer", {})},
        "items": lines,
        "steps": [{"at": at, "status": "placed"}],
    }


def sign_in(page: Page) -> None:
    """Keep tokens in the tab as the page of the sign-in does. Nobody checks them here."""
    claims = {"sub": SUB, "email": EMAIL, "name": "Anna", "exp": 9_999, "iat": 0}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    now = int(time.time() * 1000)
    token = f"e.{body}.{uuid.uuid4().hex}"
    page.evaluate(
        KEEP,
        {"since": now, "idToken": token, "accessToken": "a", "refreshToken": "r", "expiresAt": now + 900_000},
    )
