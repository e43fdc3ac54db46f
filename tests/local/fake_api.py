"""A fake of the order desk's API and of Cognito's sign-in over real HTTP. Tests can make calls fail."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STAFF = {"email": "staff@shop.example", "password": "a local password"}
BASE = "/base/api"
DROP = 0  # instead of a status: close the connection without a response


class FakeApi(ThreadingHTTPServer):
    """Products and orders in memory. `faults` contains the next responses' statuses by method and path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FakeApiHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.calls: list[str] = []
        self.products: dict[str, Any] = {}
        self.orders: dict[str, Any] = {}
        self.never_stored: set[str] = set()
        self.refused: dict[str, str] = {}  # the reasons by SKU
        self.faults: dict[str, list[int]] = {}
        self.messages: dict[str, str] = {}
        self.challenge = ""
        self.refreshed = 0
        self.connections = 0
        self.lock = threading.Lock()

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack outputs of the fake."""
        return {
            "apiUrl": f"{self.url}{BASE}",
            "region": "eu-west-2",
            "userPoolClientId": "client",
            "local": {"endpointUrl": self.url, "staff": STAFF},
        }

    @property
    def token(self) -> str:
        """The ID token that is valid now."""
        return f"token-{self.refreshed}"

    def answer_next(self, call: str, *statuses: int) -> None:
        """Answer the next requests of `call`, such as `GET /orders/1`, with these statuses."""
        self.faults[call] = list(statuses)


@contextmanager
def serve_fake_api() -> Iterator[FakeApi]:
    """Serve a fake API during the block."""
    fake_api = FakeApi()
    threading.Thread(target=fake_api.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield fake_api
    finally:
        fake_api.shutdown()
        fake_api.server_close()


class FakeApiHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeApi

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def _invoke(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        document = json.loads(body) if body else None
        if "X-Amz-Target" in self.headers:
            return self._send(*self._cognito(document))
        base, call = self.path[: len(BASE)], f"{self.command} {self.path[len(BASE) :]}"
        assert base == BASE, self.path
        with self.server.lock:
            self.server.calls.append(call)
            fault = next(iter(self.server.faults.get(call, [])), None)
            if fault is not None:
                self.server.faults[call].pop(0)
        if fault == DROP:
            self.close_connection = True
            return None
        if fault or self.headers["Authorization"] != self.server.token:
            text = self.server.messages.get(call, f"told to answer {fault or 401}")
            fields = [{"path": "name", "message": "is odd"}] if fault == 400 else []
            return self._send(fault or 401, {"error": {"code": "x", "message": text, "fields": fields}})
        return self._send(*getattr(self, self.command.lower())(self.path.split("/"), document))

    do_GET = do_PUT = do_POST = do_PATCH = _invoke

    def _cognito(self, asked: Any) -> tuple[int, Any]:
        if asked.get("AuthFlow") == "REFRESH_TOKEN_AUTH":
            self.server.refreshed += 1
            return 200, {"AuthenticationResult": {"IdToken": self.server.token}}
        if self.server.challenge and "Session" not in asked:
            return 200, {
                "ChallengeName": self.server.challenge,
                "Session": "a session of twenty characters",
                "ChallengeParameters": {},
            }
        given = asked.get("AuthParameters") or {
            "PASSWORD": asked["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"]
        }
        if given["PASSWORD"] not in (STAFF["password"], "123456"):
            return 400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."}
        return 200, {"AuthenticationResult": {"IdToken": self.server.token, "RefreshToken": "r"}}

    def put(self, path: list[str], document: Any) -> tuple[int, Any]:
        known = self.server.products.get(path[-1])
        if known and self.headers["If-None-Match"]:
            return 412, {"error": {"code": "precondition_failed", "message": "there already"}}
        self.server.products[path[-1]] = document
        return (200 if known else 201), document

    def post(self, path: list[str], document: Any) -> tuple[int, Any]:
        if path[-2:] == ["products", "batch"]:
            is_tried = document.get("dryRun", False)
            return 200, {"items": [self._import(product, is_tried) for product in document["items"]]}
        with self.server.lock:
            self.server.orders.setdefault(document["orderID"], _stored(document, self.server.products))
        return 202, {"status": "queued"}

    def _import(self, product: Any, is_tried: bool) -> dict[str, Any]:
        if reason := self.server.refused.get(product["sku"]):
            fields = [{"path": "name", "message": reason}]
            return {"sku": product["sku"], "outcome": "refused", "fields": fields}
        if not is_tried:
            self.server.products[product["sku"]] = product
        return {"sku": product["sku"], "outcome": "added"}

    def get(self, path: list[str], _: Any) -> tuple[int, Any]:
        order = self.server.orders.get(path[-1])
        if order is None or path[-1] in self.server.never_stored:
            return 404, {"error": {"code": "not_found", "message": "there is no such order"}}
        return 200, order

    def patch(self, path: list[str], document: Any) -> tuple[int, Any]:
        order = self.server.orders[path[-1]]
        order["status"] = document["status"]
        order["history"].append({"event": "moved", "to": document["status"]})
        return 200, order

    def _send(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _stored(order: Any, products: dict[str, Any]) -> dict[str, Any]:
    unknown = [n for n, item in enumerate(order["items"]) if item["sku"] not in products]
    reasons = [{"path": f"items[{n}].sku", "message": "is not in the catalog"} for n in unknown]
    prices = {
        item["sku"]: products.get(item["sku"], {"unitPrice": 0})["unitPrice"] for item in order["items"]
    }
    total = sum(item["quantity"] * prices[item["sku"]] for item in order["items"])
    return {
        **order,
        "items": [{**item, "unitPrice": prices[item["sku"]]} for item in order["items"]],
        "status": "rejected" if reasons else "placed",
        "total": 0 if reasons else total,
        "rejectionReasons": reasons,
        "history": [],
    }
