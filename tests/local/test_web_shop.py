"""The small web shop: its orders, its webhooks and its pages, against a fake of the inbox over real HTTP."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local import shop as command
from local.web_shop import signatures, spike
from local.web_shop.inbox import PAUSES_S, Given, Inbox, InboxError
from local.web_shop.server import Server
from local.web_shop.shop import WebShop
from local.web_shop.store import Store
from tests.imports import imported_by

ROOM = Path(command.__file__).parent / "web_shop"
PRODUCTS = [
    {"sku": "SC-1", "name": "Soap <b>", "unitPrice": 250, "currency": "GBP", "description": "5 l"},
    {"sku": "SC-2", "name": "Mop", "unitPrice": 1000, "currency": "GBP"},
]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CUSTOMER = {"name": "Maria", "email": "maria@hotel.example"}
DROP = 0  # instead of a status: close the connection without an answer


class FakeInbox(ThreadingHTTPServer):
    """Tokens and orders in memory. `faults` has the statuses of the next answers to orders."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FakeInboxHandler)
        self.orders: dict[str, Any] = {}
        self.faults: list[int] = []
        self.tokens = self.received = 0
        self.token = "token-0"

    @property
    def given(self) -> Given:
        url = f"http://127.0.0.1:{self.server_address[1]}"
        return Given(f"{url}/api", f"{url}/oauth2/token", "inbox/orders", "client", "secret")


class FakeInboxHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeInbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/oauth2/token":
            assert body == "grant_type=client_credentials&scope=inbox%2Forders"
            self.server.tokens += 1
            self.server.token = f"token-{self.server.tokens}"
            return self._send(200, {"access_token": self.server.token, "expires_in": 3600})
        self.server.received += 1
        fault = self.server.faults.pop(0) if self.server.faults else None
        if fault == DROP:
            self.close_connection = True
            return None
        if self.headers["Authorization"] != f"Bearer {self.server.token}":
            fault = 401
        if fault:
            return self._send(fault, {"error": {"code": "x", "message": f"told {fault}"}})
        order = json.loads(body)
        if not {"name", "email"} <= order["customer"].keys():
            return self._send(400, {"error": {"code": "bad_request", "message": "Invalid request body"}})
        self.server.orders.setdefault(order["orderID"], order)
        return self._send(202, {"status": "queued"})

    def do_GET(self) -> None:
        order = self.server.orders.get(self.path.rpartition("/")[2])
        if order is None:
            return self._send(404, {"error": {"code": "not_found", "message": "there is no such order"}})
        return self._send(200, shown(order["orderID"]))

    def _send(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def shown(order_id: str, status: str = "placed", version: int = 1) -> dict[str, Any]:
    """Return an order as the inbox shows one."""
    statuses = [{"at": "2026-11-30T08:00:00.000Z", "status": status}]
    known = {"number": 1042, "total": 1250, "currency": "GBP", "items": [{"sku": "SC-1", "quantity": 1}]}
    return {"orderID": order_id, "status": status, "version": version, "statuses": statuses, **known}


@pytest.fixture
def fake() -> Iterator[FakeInbox]:
    with FakeInbox() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "orders.db")) as opened:
        yield opened


@pytest.fixture
def inbox(fake: FakeInbox) -> Inbox:
    return Inbox(fake.given, pause=lambda _: None)


@pytest.fixture
def shop(inbox: Inbox, store: Store) -> WebShop:
    return WebShop(PRODUCTS, inbox, store, [SECRET])


@pytest.fixture
def site(shop: WebShop) -> Iterator[str]:
    with Server(0, shop) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://{server.hosts[1]}"
        server.shutdown()


def request(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
    """Send a request, and return status, text and headers. Redirects are not followed."""
    asked = urllib.request.Request(
        url, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.build_opener(NoRedirects).open(asked, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def deliver(site: str, event: dict[str, Any], secret: str = SECRET, at: float | None = None) -> int:
    """Send an event to the shop as the order desk does, and return the status of the answer."""
    body, timestamp = json.dumps(event).encode(), str(int(time.time() if at is None else at))
    signed = signatures.sign(secret, event["id"], timestamp, body)
    headers = {"webhook_id": event["id"], "webhook_timestamp": timestamp, "webhook_signature": signed}
    return request(f"{site}/webhooks", body, **headers)[0]


def event(order_id: str, status: str = "placed", version: int = 1) -> dict[str, Any]:
    order = shown(order_id, status, version)
    known = {"type": f"order.{status}", "orderID": order_id, "version": version, "order": order}
    return {"id": f"{order_id}#{version}", "at": "2026-11-30T08:00:00.000Z", **known}


def test_the_shop_is_written_with_the_standard_library_alone() -> None:
    own, found = set(ROOM.glob("*.py")), set[str]()
    for file in own:
        assert imported_by(file) <= own, "a stranger has nothing else of this repository"
        found |= set(re.findall(r"^(?:import|from) (\w+)", file.read_text(encoding="utf-8"), re.M))
    assert found - {"local"} <= sys.stdlib_module_names


def test_an_order_is_sent_again_with_its_id_until_accepted(
    shop: WebShop, store: Store, fake: FakeInbox
) -> None:
    fake.faults = [DROP, 503, 429]
    order_id = shop.order({"SC-1": 1, "SC-2": 1}, CUSTOMER)
    shop.send_waiting()
    assert (fake.received, fake.tokens, list(fake.orders)) == (4, 1, [order_id])
    assert fake.orders[order_id]["agreedTotal"] == 1250
    assert fake.orders[order_id]["reference"] == "WEB-5001"
    shop.ask()
    kept = store.find(order_id)
    assert kept
    assert (kept.state, kept.shown["number"]) == ("placed", 1042)


def test_orders_without_an_answer_are_sent_by_the_next_run(
    shop: WebShop, store: Store, fake: FakeInbox, inbox: Inbox
) -> None:
    fake.faults = [503] * (len(PAUSES_S) + 1)
    order_id = shop.order({"SC-1": 1}, CUSTOMER)
    with pytest.raises(InboxError, match="try again later"):
        shop.send_waiting()
    WebShop(PRODUCTS, inbox, store, []).send_waiting()
    assert list(fake.orders) == [order_id]


def test_a_refused_token_is_replaced_once(inbox: Inbox, fake: FakeInbox) -> None:
    order = {"orderID": "1", "customer": CUSTOMER}
    assert inbox.send(order) == ""
    fake.token = "another"
    assert inbox.send(order) == ""
    fake.faults = [401, 401]
    assert inbox.send(order) == "told 401"
    assert fake.tokens == 3


def test_a_refused_order_keeps_the_reason(shop: WebShop, store: Store) -> None:
    order_id = shop.order({"SC-1": 1}, {"name": "Maria"})
    shop.send_waiting()
    kept = store.find(order_id)
    assert kept
    assert (kept.state, kept.message) == ("refused", "Invalid request body")


def test_the_orders_page_shows_a_malformed_order_of_a_spike(shop: WebShop, site: str) -> None:
    shop.order({"SC-1": 1}, {"email": "maria@hotel.example"})
    status, text, _ = request(f"{site}/orders")
    assert status == 200
    assert "<td>–</td>" in text


def test_signature_is_that_of_the_specification() -> None:
    body, at = b'{"test": 2432232314}', 1614265330
    signed = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(at)}
    for given, secret, now, expected in (
        (signed, SECRET, at, True),
        (f"v1,AAAA {signed}", SECRET, at + 299, True),
        (signed, SECRET, at + 301, False),
        (signed, SECRET, at - 301, False),
        (signed, "whsec_AAAA", at, False),
        ("", SECRET, at, False),
    ):
        assert signatures.is_valid([secret], {**headers, "webhook-signature": given}, body, now) is expected
    assert not signatures.is_valid([SECRET], {**headers, "webhook-signature": signed}, body + b" ", at)
    assert signatures.is_valid(["whsec_AAAA", SECRET], {**headers, "webhook-signature": signed}, body, at)


def test_webhooks_count_once_and_never_turn_an_order_back(shop: WebShop, store: Store, site: str) -> None:
    order_id = shop.order({"SC-1": 1}, CUSTOMER)
    shipped = event(order_id, "shipped", 3)
    assert [deliver(site, one) for one in (shipped, shipped, event(order_id))] == [204, 204, 204]
    kept = store.find(order_id)
    assert kept
    assert (kept.state, kept.version) == ("shipped", 3)
    assert len(store.events_of({order_id})) == 2
    assert deliver(site, {"id": "test-1", "type": "test"}) == 204
    erased = {"id": f"{order_id}#4", "type": "order.erased", "orderID": order_id, "version": 4}
    assert deliver(site, {**erased, "order": {"orderID": order_id, "number": 1042}}) == 204
    kept = store.find(order_id)
    assert kept
    assert kept.state == "erased"


def test_unsigned_and_old_webhooks_change_nothing(shop: WebShop, store: Store, site: str) -> None:
    order_id = shop.order({"SC-1": 1}, CUSTOMER)
    assert deliver(site, event(order_id), "whsec_AAAA") == 401
    assert deliver(site, event(order_id), at=time.time() - 600) == 401
    assert store.events_of({order_id}) == set()


def test_a_customer_fills_a_basket_orders_and_sees_the_state(shop: WebShop, site: str) -> None:
    _, text, _ = request(site)
    assert "Soap &lt;b&gt;" in text
    status, _, headers = request(f"{site}/basket", b"sku=SC-1&quantity=5")
    assert (status, headers["Location"]) == (303, "/basket")
    cookie = headers["Set-Cookie"].partition(";")[0]
    _, text, _ = request(f"{site}/basket", Cookie=cookie)
    assert "£12.50" in text
    assert request(f"{site}/order", b"name=Maria", Cookie=cookie)[0] == 400
    form = b"name=Maria&email=maria%40hotel.example&address=1+Quay%0D%0ATown"
    assert request(f"{site}/order", form, Cookie=cookie, Origin="http://evil.example")[0] == 403
    status, _, headers = request(f"{site}/order", form, Cookie=cookie)
    assert status == 303
    (kept,) = shop.store.latest(5)
    assert headers["Location"] == f"/orders/{kept.id}"
    assert kept.content["customer"]["address"] == "1 Quay\nTown"
    assert "On its way to the shop" in request(site + headers["Location"])[1]
    assert deliver(site, event(kept.id)) == 204
    assert "Placed" in request(site + headers["Location"])[1]
    assert "1042" in request(f"{site}/orders")[1]
    assert request(f"{site}/orders/none")[0] == 404


@pytest.mark.parametrize("cookie", ["x", "[1]", '{"SC-1": "2", "NONE": 1, "SC-2": -1}', "%7B"])
def test_a_damaged_basket_is_empty(site: str, cookie: str) -> None:
    assert "The basket is empty" in request(f"{site}/basket", Cookie=f"basket={cookie}")[1]


def test_a_spike_counts_each_order_once(inbox: Inbox, store: Store, fake: FakeInbox) -> None:
    fake.faults = [503, DROP]
    made = spike.orders(PRODUCTS, 200, seed=1)
    outcome = spike.run(inbox, store, made, say=lambda _: None, stall_s=0.1)
    assert (outcome.sent, outcome.repeated, outcome.accepted, outcome.refused) == (200, 10, 198, 2)
    assert (outcome.placed, outcome.rejected, outcome.missing, outcome.retries) == (198, 0, 0, 2)
    assert len(fake.orders) == 198
    assert fake.tokens == 1
    made = spike.orders(PRODUCTS, 3)
    fake.orders = NoMemory()
    assert spike.run(inbox, store, made, say=lambda _: None, stall_s=0.1).missing == 3


class NoMemory(dict[str, Any]):
    def setdefault(self, *_: Any) -> None:
        return None


def test_the_command_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--state", str(tmp_path)]) == 1
    assert "Start one first: python -m local up" in capsys.readouterr().err
