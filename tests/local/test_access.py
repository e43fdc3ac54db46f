"""Which requests the site's port and the emulator's port answer, and with which headers for pages."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from local.access import Request, refuse_at_emulator, refuse_at_site
from local.emulator.middleware import AccessMiddleware

SITE, EMULATOR, SHOP = 8000, 8001, 8002
SITES = (SITE, SHOP)
EVIL = "http://evil.example"
COGNITO = {"X_Amz_Target": "AWSCognitoIdentityProviderService.SignUp"}
LINK = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
API = "/_aws/execute-api/abc/v1/orders"

FILE = f"/product-files-1/files/{'0a' * 32}.webp"
SIGNED = "X-Amz-Expires=300&X-Amz-Signature=0"

SITE_CALLS = """
    GET /mailbox.json | POST /api/orders | DELETE /api/orders/x | OPTIONS /api/orders | PUT / | HEAD /
"""
EMULATOR_CALLS = f"""
    GET / | POST / | PUT /bucket/key | OPTIONS / | POST /_ministack/reset | GET /_ministack/ses/messages
    POST /login
    POST /2015-03-31/functions?X-Amz-Credential=test/20261127/eu-west-1/lambda/aws4_request | GET /health
    GET /?Action=DeleteTopic&X-Amz-Credential=test | POST /oauth2/token | POST {API} | OPTIONS {API}
    PUT {API}/1 | PUT {FILE}?{SIGNED} | OPTIONS {FILE}?{SIGNED}
"""


def lines(table: str) -> list[str]:
    """Return the entries of a table, which are separated by `|` or a line break."""
    return [entry.strip() for line in table.strip().splitlines() for entry in line.split("|")]


def asked(call: str, port: int, **headers: str) -> Request:
    """Return the head of a request to localhost; in the names of `headers`, `_` stands for a hyphen."""
    method, target = call.split(" ", 1)
    named = {name.lower().replace("_", "-"): value for name, value in headers.items()}
    return Request(method, target, list({"host": f"localhost:{port}", **named}.items()))


def at_site(call: str, **headers: str) -> str | None:
    """Return the code of the site's refusal, or None if the request is answered."""
    refusal = refuse_at_site(asked(call, SITE, **headers), SITE)
    return refusal and refusal.code


def at_emulator(call: str, **headers: str) -> str | None:
    """Return the code of the emulator's refusal, or None if the request is answered."""
    refusal = refuse_at_emulator(asked(call, EMULATOR, **headers), EMULATOR, SITES)
    return refusal and refusal.code


def test_tools_without_an_origin_are_answered_at_both_ports() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]", "LocalHost"):
        for call in lines(SITE_CALLS):
            assert at_site(call, Host=f"{host}:{SITE}") is None, call
        for call in lines(EMULATOR_CALLS):
            assert at_emulator(call, Host=f"{host}:{EMULATOR}") is None, call


UNKNOWN_HOSTS = """
    evil.example | evil.example:8000 | evil.example:8001 | localhost | localhost:9 | localhost.:8000
    localhost.:8001
    localhost:8000.evil.example | localhost:8000@evil.example | localhost:8000, evil.example
    127.0.0.1.nip.io:8000
    localhost:8001, evil.example | 127.0.0.2:8000 | 127.1:8001 | 2130706433:8000 | 0.0.0.0:8000
    [::]:8001 | ::1:8000
    a.localhost:8000 | a.localhost:8001 | d111.cloudfront.net:8001 | d111.cloudfront.localhost:8001
    d111.cloudfront.net.evil.example |
"""


@pytest.mark.parametrize("host", lines(UNKNOWN_HOSTS))
def test_unknown_host_names_are_refused_at_both_ports(host: str) -> None:
    assert at_site("GET /mailbox.json", Host=host) == "unknown_host"
    assert at_emulator("GET /mailbox.json", Host=host) == "unknown_host"


def test_a_missing_or_second_host_header_is_refused() -> None:
    for times in (0, 2):
        assert refuse_at_site(Request("GET", "/", [("host", "localhost:8000")] * times), SITE)
        assert refuse_at_emulator(Request("GET", "/", [("host", "localhost:8001")] * times), EMULATOR, SITES)


@pytest.mark.parametrize("target", ["http://localhost:8000/", "http://evil.example/", "*", "localhost", ""])
def test_a_target_that_is_no_path_is_refused(target: str) -> None:
    assert at_site(f"GET {target}") == "bad_request"
    assert at_emulator(f"OPTIONS {target}") == "bad_request"


def test_port_80_is_left_out_of_the_host() -> None:
    assert refuse_at_site(Request("GET", "/", [("host", "localhost")]), 80) is None


OTHER_ORIGINS = """
    http://evil.example | http://evil.example:8000 | http://localhost:3000 | http://localhost
    https://localhost:8000
    http://localhost:8000.evil.example | http://localhost:8000, null | chrome-extension://abcdef | null
"""


@pytest.mark.parametrize("origin", lines(OTHER_ORIGINS))
def test_pages_of_other_origins_are_refused_at_both_ports(origin: str) -> None:
    for site in ("cross-site", "same-site", "same-origin", ""):
        sent = {"Origin": origin, "Content_Type": "text/plain", **({"Sec_Fetch_Site": site} if site else {})}
        for headers in (sent, {**sent, **LINK}, {**sent, **COGNITO}):
            for call in lines(SITE_CALLS):
                assert at_site(call, **headers) == "other_origin", call
            for call in lines(EMULATOR_CALLS):
                assert at_emulator(call, **headers) == "other_origin", call


# The headers Sec-Fetch-Mode and Sec-Fetch-Dest of what a page loads, other than a link that is followed.
LOADED = """
    no-cors image | no-cors script | no-cors empty | cors empty | navigate iframe | navigate frame
    navigate embed
    navigate object | websocket websocket | no-cors document | navigate empty
"""


@pytest.mark.parametrize("loaded", ["", *lines(LOADED)])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "cross-site, same-origin", "new-value"])
def test_what_other_pages_load_without_an_origin_is_refused(site: str, loaded: str) -> None:
    mode, _, destination = loaded.partition(" ")
    sent = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": destination}
    for path in ("/", "/mailbox.json", "/oauth2/authorize?client_id=1", "/logout", "/_ministack/health"):
        assert at_site(f"GET {path}", **sent) == "other_origin"
        assert at_emulator(f"GET {path}", **sent) == "other_origin"


NOT_LINKED = f"""
    GET / | GET /?Action=DeleteTopic | GET /_ministack/reset | GET /health | GET /login
    GET /oauth2/authorize/
    GET //oauth2/authorize | GET /oauth2/token | GET {API} | POST /oauth2/authorize | POST /login
"""


def test_links_open_the_site_and_the_hosted_pages_only() -> None:
    for site in ("cross-site", "same-site", "same-origin", "none"):
        sent = {"Sec_Fetch_Site": site, **LINK}
        assert at_site("GET /callback.html?code=1", **sent) is None
        assert at_emulator("GET /oauth2/authorize?client_id=1", **sent) is None
        assert at_emulator("GET /logout?client_id=1", **sent) is None
        for call in lines(NOT_LINKED):
            assert at_emulator(call, **sent) == "other_origin", call


def test_a_form_of_another_page_cannot_be_sent_to_the_site() -> None:
    assert at_site("POST /api/orders", Sec_Fetch_Site="cross-site", **LINK) == "other_origin"
    assert at_site("POST /api/orders", Sec_Fetch_Site="same-site", **LINK) == "other_origin"


def test_pages_of_the_site_may_use_the_site() -> None:
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        own = {"Host": host, "Origin": f"http://{host}", "Sec_Fetch_Site": "same-origin"}
        assert at_site("POST /api/orders", **own) is None
    assert at_site("GET /mailbox.json", Sec_Fetch_Site="same-origin") is None
    assert at_site("GET /mailbox.json", Sec_Fetch_Site="none", **LINK) is None
    assert at_site("POST /api/orders", Origin="http://127.0.0.1:8000") == "other_origin"


OF_THE_SITE = (
    f"POST /oauth2/token | OPTIONS /oauth2/token | OPTIONS / | GET {API} | PUT {API}/1 | OPTIONS {API}"
    f"| PUT {FILE}?{SIGNED} | OPTIONS {FILE}?{SIGNED}"
)
NOT_OF_THE_SITE = f"""
    GET {FILE}?{SIGNED} | DELETE {FILE}?{SIGNED} | POST {FILE}?{SIGNED} | PUT {FILE}
    PUT {FILE}?x=X-Amz-Signature
    PUT {FILE}.html?{SIGNED} | PUT /x{FILE}?{SIGNED} | PUT /product-files-1/files/x.webp?{SIGNED}
    PUT /product-files-1?{SIGNED} | PUT /product-files-1/{"0a" * 32}.webp?{SIGNED} | OPTIONS {FILE}
    PUT {FILE.replace("webp", "html")}?{SIGNED} | PUT {FILE.replace("/files/", "/files/../files/")}?{SIGNED}
    POST /_ministack/reset | GET /_ministack/ses/messages | OPTIONS /_ministack/reset | GET / | POST /
    POST /login
    PUT /bucket/key | GET /oauth2/token | POST /?Action=CreateQueue | GET /health
"""


@pytest.mark.parametrize(
    "origin", [f"http://{host}:{port}" for port in SITES for host in ("localhost", "127.0.0.1", "[::1]")]
)
def test_pages_of_both_sites_may_use_only_public_calls_of_the_emulator(origin: str) -> None:
    page = {"Origin": origin, "Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors"}
    for call in lines(OF_THE_SITE):
        assert at_emulator(call, **page) is None, call
    for call in lines(NOT_OF_THE_SITE):
        assert at_emulator(call, **page) == "other_origin", call
    assert at_emulator("POST /", **page, **COGNITO) is None
    assert at_emulator("POST /", **page, **COGNITO, Authorization="AWS4-HMAC-SHA256 x") == "other_origin"
    assert at_emulator("POST /?Action=CreateQueue", **page, **COGNITO) == "other_origin"
    assert at_emulator(f"PUT {FILE}?{SIGNED}", **page, Authorization="AWS4-HMAC-SHA256 x") == "other_origin"
    for target in ("DynamoDB_20120810.Scan", "AmazonSQS.SendMessage"):
        assert at_emulator("POST /", **page, X_Amz_Target=target) == "other_origin"


def test_only_the_hosted_page_itself_may_send_the_sign_in_form() -> None:
    for host in ("localhost:8001", "127.0.0.1:8001"):
        own = {"Host": host, "Origin": f"http://{host}", "Sec_Fetch_Site": "same-origin"}
        assert at_emulator("POST /login", **own) is None
        assert at_emulator("POST /", **own, **COGNITO) == "other_origin"
        assert at_emulator("POST /_ministack/reset", **own) == "other_origin"
    assert at_emulator("POST /login", Origin="http://127.0.0.1:8001") == "other_origin"


def test_the_proxy_and_cloudfront_reach_the_emulator() -> None:
    for origin in ({}, {"Origin": "http://localhost:8000"}, {"Origin": "http://127.0.0.1:8000"}):
        assert at_emulator("POST /api/orders", Host="d111.cloudfront.net", **origin) is None
        assert at_emulator(f"POST {API}", Host="127.0.0.1", **origin) is None
    # The proxy of the shop, at another port, has checked its own pages.
    assert (
        at_emulator("GET /assets/search.js", Host="d111.cloudfront.net", Origin="http://[::1]:8002") is None
    )
    for other in (EVIL, f"{EVIL}:8000", "http://localhost.evil.example", "https://localhost:8000", "null"):
        assert at_emulator("POST /api/orders", Host="d111.cloudfront.net", Origin=other) == "other_origin"


INTERNAL = r"""
    /_ministack/reset | /_MINISTACK/RESET | /_aws/execute-api/abc/v1/orders | /_ | /_localstack/health | ///_x
    /%5fministack/reset | /%5Fministack/reset | /%255fministack/reset | /%25255fministack | //_ministack/reset
    /%2f_ministack/reset | /%2F%5fministack | /./_ministack/reset | /../_ministack/reset | /%2e/_ministack
    /%2e%2e/_ministack | /..%2f_ministack | /x/../_ministack/reset | /api/../_ministack | /x%2f..%2f_ministack
    /\_ministack | /%5c_ministack | /x\..\_ministack | /_ministack/reset?x=1
"""


@pytest.mark.parametrize("path", lines(INTERNAL))
def test_paths_that_begin_with_an_underscore_do_not_exist_at_the_site(path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        assert at_site(f"{method} {path}") == "not_found"


def test_other_paths_exist_at_the_site() -> None:
    for path in (
        "/",
        "/api/customers/_x%40a.example",
        "/api/customers/a%2F_b%40a.example",
        "/order.html?q=/_x",
    ):
        assert at_site(f"GET {path}") is None


def test_a_refusal_names_the_page_in_the_form_of_an_error() -> None:
    refusal = refuse_at_site(asked("GET /", SITE, Origin=EVIL), SITE)
    assert refusal
    assert refusal.status == 403
    assert json.loads(refusal.body)["error"] == {
        "code": "other_origin",
        "message": "A page of http://evil.example must not use this address of the local system.",
    }


# The middleware in front of the emulator.


class Emulator:
    """An application in place of the emulator, with its open headers."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.calls.append(scope["path"])
        allowed = [(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"*")]
        headers = [(b"content-type", b"text/html"), *allowed]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


def sent_through(emulator: Emulator, request: Request, kind: str = "http") -> tuple[Any, dict[str, str]]:
    """Send a request through the middleware. Return the status or the message's type, and the headers."""
    path, _, query = request.target.partition("?")
    scope = {
        "type": kind,
        "method": request.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request.headers],
    }
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    asyncio.run(AccessMiddleware(emulator, EMULATOR, SITES)(scope, receive, send))
    first = messages[0]
    headers = {name.decode().lower(): value.decode() for name, value in first.get("headers", [])}
    return first.get("status", first["type"]), headers


@pytest.mark.parametrize("headers", [{}, {"Access_Control_Request_Private_Network": "true"}])
def test_a_refused_request_does_not_reach_the_emulator(headers: dict[str, str]) -> None:
    emulator = Emulator()
    for call in ("POST /_ministack/reset", "OPTIONS /"):
        status, answered = sent_through(emulator, asked(call, EMULATOR, Origin=EVIL, **headers))
        assert status == 403
        assert not [name for name in answered if name.startswith("access-control-")]
    assert emulator.calls == []


def test_open_headers_of_the_emulator_are_dropped_for_tools() -> None:
    status, headers = sent_through(Emulator(), asked("GET /bucket/key", EMULATOR))
    assert (status, set(headers)) == (200, {"content-type"})


@pytest.mark.parametrize("port", SITES)
def test_only_the_origins_of_both_sites_may_read_answers_of_the_emulator(port: int) -> None:
    origin = f"http://localhost:{port}"
    _, headers = sent_through(Emulator(), asked("POST /oauth2/token", EMULATOR, Origin=origin))
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-headers"] == "*"
    assert headers["vary"] == "Origin"


def test_headers_of_the_api_and_of_the_distribution_stay() -> None:
    _, headers = sent_through(Emulator(), asked(f"GET {API}", EMULATOR))
    assert headers["access-control-allow-origin"] == "*"
    _, headers = sent_through(Emulator(), asked("GET /api/orders", EMULATOR, Host="d111.cloudfront.net"))
    assert headers["access-control-allow-origin"] == "*"


def test_hosted_pages_cannot_be_framed() -> None:
    for call in ("GET /oauth2/authorize?client_id=1", "POST /login", "GET /logout"):
        _, headers = sent_through(Emulator(), asked(call, EMULATOR))
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
