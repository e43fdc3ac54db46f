"""The proxy: requests to the emulator's CloudFront, responses to browsers, and the mailbox page."""

import errno
import gzip
import json
import os
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local import proxy as proxy_module
from local.mailbox import CustomerMail, Mail
from local.proxy import MAX_BODY_BYTES, Proxy

HOST = "d111111abcdef8.cloudfront.localhost"
SCRIPT = b"export const page = 1;\n" * 100


class Origin(ThreadingHTTPServer):
    """A server in place of the emulator. It records requests. `answers` contains its responses by path."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        super().__init__(("127.0.0.1", 0), OriginHandler)


class OriginHandler(BaseHTTPRequestHandler):
    server: Origin

    def _invoke(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append({"call": f"{self.command} {self.path}", "headers": headers, "body": body})
        status, given, response = self.server.answers.get(self.path, (200, {}, b"ok"))
        self.send_response(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _invoke

    def log_message(self, *_: object) -> None:
        pass


class FixedMailbox:
    """A mailbox with fixed mails."""

    def __init__(self, *mails: Mail, codes: list[Mail] | None = None) -> None:
        self.mails, self.codes = list(mails), codes or []
        self.to_customers: list[CustomerMail] = []

    def messages(self) -> list[Mail]:
        return self.mails

    def customer_mails(self) -> list[CustomerMail]:
        return self.to_customers

    def account_mails(self) -> list[Mail]:
        return self.codes


@pytest.fixture
def origin() -> Iterator[Origin]:
    server = Origin()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("local.proxy.STOP_POLL_S", 0.01)
    server = Proxy(0, origin.server_address[1], HOST, FixedMailbox())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def browser(proxy: Proxy) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    yield connection
    connection.close()


def send(
    browser: HTTPConnection, call: str, body: bytes | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    method, path = call.split(" ", 1)
    browser.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = browser.getresponse()
    return response, response.read()


def host(proxy: Proxy) -> str:
    """Return the line with the header Host."""
    return f"Host: localhost:{proxy.port}\r\n"


def test_request_reaches_cloudfront_as_if_over_https(browser: HTTPConnection, origin: Origin) -> None:
    response, body = send(
        browser,
        "PUT /api/orders/a%20b?limit=2&q=%C3%BC",
        "café".encode(),
        Authorization="t",
        If_Match='"3"',
        X_Forwarded_Proto="http",
    )
    assert (response.status, body) == (200, b"ok")
    seen = origin.seen[0]
    assert seen["call"] == "PUT /api/orders/a%20b?limit=2&q=%C3%BC"
    assert seen["body"] == "café".encode()
    assert seen["headers"]["host"] == HOST
    assert seen["headers"]["x-forwarded-proto"] == "https"
    assert "accept-encoding" not in seen["headers"]
    assert seen["headers"]["authorization"] == "t"
    assert seen["headers"]["if-match"] == '"3"'


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_is_forwarded(browser: HTTPConnection, origin: Origin, method: str) -> None:
    response, _ = send(browser, f"{method} /api/orders")
    assert response.status == 200
    assert origin.seen[0]["call"] == f"{method} /api/orders"


def test_response_keeps_its_status_and_headers(browser: HTTPConnection, origin: Origin) -> None:
    origin.answers["/api/x"] = (412, {"ETag": '"4"', "X-Amzn-Requestid": "r", "Connection": "close"}, b"{}")
    response, body = send(browser, "GET /api/x")
    assert (response.status, response.getheader("ETag"), body) == (412, '"4"', b"{}")
    assert response.getheader("X-Amzn-Requestid") == "r"
    assert response.getheader("Connection") is None


def test_connection_is_reused_for_requests_with_and_without_a_body(
    browser: HTTPConnection, origin: Origin
) -> None:
    origin.answers["/gone"] = (204, {}, b"")
    send(browser, "POST /api/orders", b"x" * 100_000)
    first = browser.sock
    send(browser, "DELETE /gone")
    send(browser, "HEAD /")
    response, body = send(browser, "GET /")
    assert (response.status, body) == (200, b"ok")
    assert browser.sock is first


def test_head_request_gets_no_body(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.sendall(f"HEAD /mailbox HTTP/1.1\r\n{host(proxy)}Connection: close\r\n\r\n".encode())
        response = b"".join(iter(lambda: client.recv(65536), b""))
    assert response.startswith(b"HTTP/1.1 200 OK\r\n")
    assert response.endswith(b"\r\n\r\n")


def test_text_is_compressed_if_the_browser_accepts_it(browser: HTTPConnection, origin: Origin) -> None:
    origin.answers["/app.js"] = (200, {"Content-Type": "text/javascript", "ETag": '"abc"'}, SCRIPT)
    response, body = send(browser, "GET /app.js", Accept_Encoding="gzip, br")
    assert response.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(body) == SCRIPT
    assert len(body) < len(SCRIPT) / 5
    assert response.getheader("ETag") == 'W/"abc"'
    plain, body = send(browser, "GET /app.js")
    assert (plain.getheader("Content-Encoding"), body) == (None, SCRIPT)
    assert plain.getheader("Vary") == "Accept-Encoding"


def test_origin_gets_back_the_etag_that_it_sent(browser: HTTPConnection, origin: Origin) -> None:
    origin.answers["/app.js"] = (304, {"ETag": '"abc"'}, b"")
    response, body = send(browser, "GET /app.js", If_None_Match='W/"abc"')
    assert origin.seen[0]["headers"]["if-none-match"] == '"abc"'
    assert (response.status, body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/api/orders", "application/json", SCRIPT),
        ("/logo.png", "image/png", SCRIPT),
        ("/small.css", "text/css", b"a{}"),
    ],
)
def test_api_responses_images_and_small_files_are_not_compressed(
    browser: HTTPConnection, origin: Origin, path: str, kind: str, body: bytes
) -> None:
    origin.answers[path] = (200, {"Content-Type": kind}, body)
    response, received = send(browser, f"GET {path}", Accept_Encoding="gzip")
    assert (response.getheader("Content-Encoding"), received) == (None, body)


def test_page_explains_that_the_emulator_is_not_answering(browser: HTTPConnection, origin: Origin) -> None:
    origin.shutdown()
    origin.server_close()
    response, body = send(browser, "GET /")
    assert response.status == 502
    assert "not answering" in body.decode()
    response, body = send(browser, "GET /api/orders")
    assert (response.status, json.loads(body)["error"]["code"]) == (502, "internal_error")


def test_body_over_10_mb_is_refused_without_being_read(browser: HTTPConnection, origin: Origin) -> None:
    browser.putrequest("POST", "/api/orders")
    browser.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    browser.endheaders()
    response = browser.getresponse()
    assert (response.status, json.load(response)["error"]["code"]) == (413, "too_large")
    assert response.getheader("Connection") == "close"
    assert origin.seen == []


def test_chunked_body_is_refused(browser: HTTPConnection, origin: Origin) -> None:
    browser.request("POST", "/api/orders", iter([b"a", b"b"]), encode_chunked=True)
    response = browser.getresponse()
    assert (response.status, json.load(response)["error"]["code"]) == (400, "bad_request")
    assert origin.seen == []


@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", f"Content-Length: {MAX_BODY_BYTES + 1}"])
def test_client_can_read_the_refusal_while_sending_the_body(proxy: Proxy, framing: str) -> None:
    """The client sends more than socket buffers can hold before it reads the response, as browsers do."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        client.sendall(f"POST /api/orders HTTP/1.1\r\n{host(proxy)}{framing}\r\n\r\n".encode())
        refused = client.recv(12, socket.MSG_PEEK)
        client.sendall(b"x" * (MAX_BODY_BYTES + 1))
        client.shutdown(socket.SHUT_WR)
        response = b"".join(iter(lambda: client.recv(65536), b""))
    assert refused in (b"HTTP/1.1 400", b"HTTP/1.1 413")
    assert response.startswith(refused)
    assert json.loads(response.partition(b"\r\n\r\n")[2])["error"]["message"]


@pytest.mark.parametrize("bound", ["MAX_DISCARDED_BYTES", "DISCARD_TIMEOUT_S"])
def test_refused_body_is_read_only_up_to_a_limit(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(proxy_module, "MAX_DISCARDED_BYTES", 2**40)
    monkeypatch.setattr(proxy_module, "DISCARD_TIMEOUT_S", 3600.0)
    monkeypatch.setattr(proxy_module, bound, 0.01)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        client.sendall(f"POST / HTTP/1.1\r\n{host(proxy)}Transfer-Encoding: chunked\r\n\r\n".encode())
        with pytest.raises(ConnectionError):
            client.sendall(b"x" * 20 * MAX_BODY_BYTES)


CROSS_SITE = {"Sec_Fetch_Site": "cross-site"}


@pytest.mark.parametrize(
    ("call", "headers", "status", "code"),
    [
        ("POST /api/orders", {"Origin": "http://evil.example"}, 403, "other_origin"),
        ("GET /mailbox.json", {"Host": "evil.example:8000"}, 403, "unknown_host"),
        ("GET /mailbox", {**CROSS_SITE, "Sec_Fetch_Dest": "iframe"}, 403, "other_origin"),
        ("POST /_ministack/reset", {}, 404, "not_found"),
        ("GET http://localhost/mailbox.json", {}, 400, "bad_request"),
    ],
)
def test_refused_request_is_neither_forwarded_nor_answered(
    browser: HTTPConnection, origin: Origin, call: str, headers: dict[str, Any], status: int, code: str
) -> None:
    response, body = send(browser, call, b"x" * 100, **headers)
    assert (response.status, json.loads(body)["error"]["code"]) == (status, code)
    assert response.getheader("Access-Control-Allow-Origin") is None
    assert origin.seen == []


def test_link_of_another_page_is_forwarded_like_a_typed_address(
    browser: HTTPConnection, origin: Origin
) -> None:
    link: dict[str, Any] = {**CROSS_SITE, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    response, _ = send(browser, "GET /order.html?id=1", **link)
    assert response.status == 200
    assert "sec-fetch-site" not in origin.seen[0]["headers"]


def test_pages_of_the_proxy_cannot_be_framed_or_loaded_elsewhere(browser: HTTPConnection) -> None:
    response, _ = send(browser, "GET /mailbox")
    assert "frame-ancestors 'none'" in (response.getheader("Content-Security-Policy") or "")
    assert response.getheader("X-Frame-Options") == "DENY"
    assert response.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert response.getheader("Cross-Origin-Opener-Policy") == "same-origin"


def test_taken_port_raises_before_anything_starts(proxy: Proxy) -> None:
    with pytest.raises(OSError, match="in use"):
        Proxy(proxy.port, 1)


def refuse_ipv6(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Make every bind to ::1 fail, so that the test does not depend on the machine's IPv6."""
    bind = proxy_module._Server.server_bind

    def refuse(server: Any) -> None:
        if server.address_family == socket.AF_INET6:
            raise OSError(number, os.strerror(number))
        bind(server)

    monkeypatch.setattr(proxy_module._Server, "server_bind", refuse)


def test_port_taken_only_on_ipv6_raises(monkeypatch: pytest.MonkeyPatch, proxy: Proxy) -> None:
    proxy.stop()
    refuse_ipv6(monkeypatch, errno.EADDRINUSE)
    with pytest.raises(OSError, match="in use") as taken:
        Proxy(proxy.port, 1)
    socket.create_server(
        ("127.0.0.1", proxy.port)
    ).close()  # the port is free, although the exception still refers to the server
    assert taken.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_proxy_serves_on_ipv4_if_the_machine_has_no_ipv6(
    monkeypatch: pytest.MonkeyPatch, origin: Origin, number: int
) -> None:
    refuse_ipv6(monkeypatch, number)
    proxy = Proxy(0, origin.server_address[1], HOST)
    proxy.start()
    response, _ = send(HTTPConnection("127.0.0.1", proxy.port, timeout=5), "GET /")
    proxy.stop()
    assert response.status == 200


def test_stop_frees_the_port(origin: Origin) -> None:
    first = Proxy(0, origin.server_address[1])
    first.start()
    first.stop()
    Proxy(first.port, origin.server_address[1]).stop()


def test_proxy_listens_only_on_localhost(proxy: Proxy) -> None:
    addresses = [server.server_address[0] for server in proxy._servers]
    assert set(addresses) in ({"127.0.0.1"}, {"127.0.0.1", "::1"})
    for address in addresses:
        response, _ = send(HTTPConnection(str(address), proxy.port, timeout=5), "GET /")
        assert response.status == 200


NASTY = "<script>alert('x')</script> & O'Brien 🧽"


def numbered_mail(
    number: int, body: str = "Two lines\nand a link: http://localhost:8000/order.html?id=1"
) -> Mail:
    return Mail(
        subject=f"Order {number}",
        body=body,
        to="orders@shop.example",
        sentAt=f"2024-01-01T00:00:0{number}.000Z",
    )


def test_the_proxy_of_the_shop_has_no_page_of_its_own(proxy: Proxy, browser: HTTPConnection) -> None:
    proxy.mailbox = None
    response, body = send(browser, "GET /mailbox")
    assert (response.status, body) == (200, b"ok")


def test_mailbox_json_lists_mails_oldest_first(proxy: Proxy, browser: HTTPConnection) -> None:
    proxy.mailbox = FixedMailbox(numbered_mail(1), numbered_mail(2, NASTY))
    response, body = send(browser, "GET /mailbox.json")
    assert json.loads(body) == [numbered_mail(1), numbered_mail(2, NASTY)]
    assert response.getheader("Content-Type") == "application/json; charset=utf-8"
    assert response.getheader("Cache-Control") == "no-store"


def test_mailbox_page_is_newest_first_and_escaped(proxy: Proxy, browser: HTTPConnection) -> None:
    proxy.mailbox = FixedMailbox(numbered_mail(1), numbered_mail(2, NASTY))
    response, body = send(browser, "GET /mailbox")
    page = body.decode()
    assert page.index("Order 2") < page.index("Order 1")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; O&#39;Brien 🧽" in page
    assert '<a href="http://localhost:8000/order.html?id=1"' in page
    assert "default-src 'none'" in (response.getheader("Content-Security-Policy") or "")
    assert "style=" not in page


def test_a_mail_to_a_customer_is_shown_as_a_mail_program_shows_it(
    proxy: Proxy, browser: HTTPConnection
) -> None:
    proxy.mailbox = mailbox = FixedMailbox(numbered_mail(1))
    html, at = "<p>Hello</p><script>1</script>", "2026-01-01T00:00:00.000Z"
    mailbox.to_customers = [
        CustomerMail(subject="Yours", body="b", to="c@home.example", sentAt=at, id="m/1", html=html)
    ]
    _, page = send(browser, "GET /mailbox")
    assert b'href="/mailbox/mail?id=m%2F1"' in page or b'href="/mailbox/mail?id=m/1"' in page
    response, shown = send(browser, "GET /mailbox/mail?id=m%2F1")
    assert shown == html.encode()
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert send(browser, "GET /mailbox/mail?id=other")[1] == b""
    assert json.loads(send(browser, "GET /mailbox.json?to=customers")[1]) == mailbox.to_customers
    assert len(json.loads(send(browser, "GET /mailbox.json")[1])) == 1


def test_account_codes_are_on_the_mailbox_page_but_not_in_the_json(
    proxy: Proxy, browser: HTTPConnection
) -> None:
    code = Mail(subject="Your code", body="123456", to="zoe@shop.example", sentAt="2024-01-01T00:00:02.500Z")
    proxy.mailbox = FixedMailbox(numbered_mail(1), numbered_mail(2), numbered_mail(3), codes=[code])
    _, body = send(browser, "GET /mailbox")
    page = body.decode()
    assert page.index("Order 3") < page.index("Your code") < page.index("Order 2")
    assert "123456" in page
    _, body = send(browser, "GET /mailbox.json")
    assert [mail["subject"] for mail in json.loads(body)] == ["Order 1", "Order 2", "Order 3"]


def test_empty_mailbox_shows_a_hint(browser: HTTPConnection) -> None:
    _, body = send(browser, "GET /mailbox")
    assert "No mail yet" in body.decode()


def test_mailbox_page_shows_200_mails_and_counts_the_rest(proxy: Proxy, browser: HTTPConnection) -> None:
    proxy.mailbox = FixedMailbox(*[numbered_mail(1)] * 203)
    _, body = send(browser, "GET /mailbox")
    assert body.decode().count('class="mail"') == 200
    assert "3 older mails" in body.decode()


@pytest.mark.parametrize("path", ["/mailbox.css", "/mailbox.svg"])
def test_mailbox_style_and_icon_need_no_emulator(browser: HTTPConnection, origin: Origin, path: str) -> None:
    response, body = send(browser, f"GET {path}")
    assert response.status == 200
    assert body
    assert origin.seen == []


def test_mailbox_refuses_writes(browser: HTTPConnection) -> None:
    response, _ = send(browser, "DELETE /mailbox.json")
    assert (response.status, response.getheader("Allow")) == (405, "GET, HEAD")


def test_closed_connections_print_no_traceback(proxy: Proxy, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
            client.sendall(f"GET / HTTP/1.1\r\n{host(proxy)}\r\n".encode() * 20)
    assert "Traceback" not in capfd.readouterr().err


FOREVER = {"Content-Type": "application/javascript", "Cache-Control": "public, max-age=31536000, immutable"}


def test_a_file_that_never_changes_is_fetched_once(browser: HTTPConnection, origin: Origin) -> None:
    origin.answers["/assets/1/page.js"] = (200, FOREVER, SCRIPT)
    first, packed = send(browser, "GET /assets/1/page.js", Accept_Encoding="gzip")
    again, same = send(browser, "GET /assets/1/page.js", Accept_Encoding="gzip")
    assert (packed, gzip.decompress(same)) == (same, SCRIPT)
    assert again.getheaders() == first.getheaders()
    for _ in range(2):
        assert send(browser, "GET /assets/1/page.js")[1] == SCRIPT
    assert len(origin.seen) == 2


@pytest.mark.parametrize(
    ("call", "status", "given"),
    [
        ("GET /orders.html", 200, FOREVER | {"Cache-Control": "no-cache"}),
        ("GET /page.js", 200, {"Content-Type": "application/javascript"}),
        ("GET /page.js", 404, FOREVER),
        ("GET /page.js?1", 200, FOREVER),
        ("HEAD /page.js", 200, FOREVER),
        ("POST /page.js", 200, FOREVER),
    ],
)
def test_every_other_answer_is_fetched_each_time(
    browser: HTTPConnection, origin: Origin, call: str, status: int, given: dict[str, str]
) -> None:
    origin.answers[call.split(" ")[1]] = (status, given, SCRIPT)
    for _ in range(2):
        assert send(browser, call)[0].status == status
    assert [one["call"] for one in origin.seen] == [call] * 2


@pytest.mark.parametrize("header", ["Range", "If-None-Match", "If-Modified-Since"])
def test_a_request_that_may_get_no_whole_file_always_reaches_cloudfront(
    browser: HTTPConnection, origin: Origin, header: str
) -> None:
    origin.answers["/page.js"] = (200, FOREVER, SCRIPT)
    send(browser, "GET /page.js")
    origin.answers["/page.js"] = (206, FOREVER, SCRIPT[:10])
    response, part = send(browser, "GET /page.js", None, **{header: "bytes=0-9"})
    assert (response.status, part) == (206, SCRIPT[:10])
    assert send(browser, "GET /page.js")[1] == SCRIPT
