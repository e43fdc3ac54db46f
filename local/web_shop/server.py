"""The web shop's server: pages for customers, and the address that takes the order desk's webhooks."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from local.web_shop import pages, signatures
from local.web_shop.shop import WebShop

MAX_BODY = 300_000  # an event has at most 200 KB and a little more
MAX_QUANTITY = 999
LATEST = 100  # orders on the page of orders
WEBHOOKS = "/webhooks"
STYLE = Path(__file__).with_name("style.css")


class Server(ThreadingHTTPServer):
    """A server of one shop on this machine."""

    daemon_threads = True

    def __init__(self, port: int, shop: WebShop) -> None:
        """Listen at a port, or at a free one for 0. Raises OSError."""
        super().__init__(("127.0.0.1", port), Handler)
        self.shop = shop

    @property
    def hosts(self) -> tuple[str, str]:
        """The names at which this server is called."""
        return f"localhost:{self.server_address[1]}", f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Show a page."""
        path, shop, basket = urlsplit(self.path).path, self.server.shop, self._basket()
        if path == "/style.css":
            return self._send(HTTPStatus.OK, STYLE.read_text(encoding="utf-8"), "text/css")
        if path == "/":
            return self._page("Products", pages.products(shop))
        if path == "/basket":
            return self._page("Basket", pages.basket(shop, basket))
        if path == "/orders":
            return self._page("Orders", pages.orders(shop.store.latest(LATEST)))
        kept = shop.store.find(path.removeprefix("/orders/"))
        if kept:
            return self._page(f"Order {pages.reference(kept)}", pages.order(kept))
        return self._page("There is no such page", "", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Take a form or a webhook."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            return self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too long, or has no length.")
        body = self.rfile.read(int(length))
        path = urlsplit(self.path).path
        if path == WEBHOOKS:
            return self._webhook(body)
        if not self._is_from_own_page():
            return self._send(HTTPStatus.FORBIDDEN, "Only the pages of this shop send its forms.")
        form = {name: values[-1].strip() for name, values in parse_qs(body.decode(errors="replace")).items()}
        if path == "/basket":
            return self._add(form)
        if path == "/basket/empty":
            return self._go("/basket", {})
        if path == "/order":
            return self._order(form)
        return self._page("There is no such page", "", HTTPStatus.NOT_FOUND)

    def _webhook(self, body: bytes) -> None:
        """Take a webhook: first its signature, then whether it came before, then its content.

        The answer is the same for one that came before. Any other than 2xx would have it sent again.
        """
        shop = self.server.shop
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not signatures.is_valid(shop.secrets, headers, body, time.time()):
            return self._send(HTTPStatus.UNAUTHORIZED, "The signature is not valid.")
        shop.store.received(json.loads(body))
        return self._send(HTTPStatus.NO_CONTENT, "")

    def _add(self, form: dict[str, str]) -> None:
        sku, quantity = form.get("sku", ""), form.get("quantity", "")
        basket = self._basket()
        if self.server.shop.product(sku) and quantity.isascii() and quantity.isdecimal():
            basket[sku] = min(basket.get(sku, 0) + int(quantity[:4]), MAX_QUANTITY)
        return self._go("/basket", {sku: number for sku, number in basket.items() if number})

    def _order(self, form: dict[str, str]) -> None:
        shop, basket = self.server.shop, self._basket()
        customer = {
            name: form[name].replace("\r\n", "\n") for name in ("name", "email", "address") if form.get(name)
        }
        if not basket or not {"name", "email"} <= customer.keys():
            fault = "A name and an e-mail address are needed."
            return self._page("Basket", pages.basket(shop, basket, fault), HTTPStatus.BAD_REQUEST)
        return self._go(f"/orders/{shop.order(basket, customer)}", {})

    def _basket(self) -> dict[str, int]:
        """Return the basket in the cookie, without what is not sold."""
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("basket")
        try:
            given = json.loads(unquote(cookie.value)) if cookie else {}
        except ValueError:
            given = {}
        items: dict[Any, Any] = given if isinstance(given, dict) else {}
        return {
            sku: quantity
            for sku, quantity in items.items()
            if self.server.shop.product(sku) and type(quantity) is int and 0 < quantity <= MAX_QUANTITY
        }

    def _is_from_own_page(self) -> bool:
        """Whether a form came from a page of this shop. A page of another address could order otherwise."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin", "")
        return host in self.server.hosts and origin in ("", f"http://{host}")

    def _go(self, path: str, basket: dict[str, int]) -> None:
        cookie = f"basket={quote(json.dumps(basket))}; Path=/; HttpOnly; SameSite=Strict"
        self._send(HTTPStatus.SEE_OTHER, "", headers={"Location": path, "Set-Cookie": cookie})

    def _page(self, title: str, body: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, pages.page(title, body, self._basket()), "text/html")

    def _send(
        self, status: HTTPStatus, text: str, kind: str = "text/plain", headers: dict[str, str] | None = None
    ) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
        )
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != HTTPStatus.NO_CONTENT:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the terminal for what the shop says."""
