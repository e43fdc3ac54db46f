"""The HTTP proxies through which browsers reach the local site and the shop, at http://localhost:PORT.

Requests go to the emulator's CloudFront as if they had come over HTTPS. Only the mailbox, the page with the
mails of this machine, is served by the proxy itself. The proxy refuses requests of pages of other origins. It
also compresses text and keeps files that never change, because the emulator's CloudFront does neither.
"""

import errno
import gzip
import socket
import socketserver
import string
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from local import pages
from local.access import Refusal, Request, refuse_at_site
from local.mailbox import Mails, NoMails

Headers = list[tuple[str, str]]

NO_MAILS = NoMails()

MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's limit
MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES  # read from a refused body before the connection is closed
DISCARD_TIMEOUT_S = 2.0  # for reading a refused body
STOP_POLL_S = 0.1
ORIGIN_TIMEOUT_S = 35  # API Gateway itself times out after 29 s
COMPRESSED_SIZES = range(1_000, 10_000_001)  # CloudFront's developer guide, "Serve compressed files"
COMPRESSED_TYPES = ("text/", "application/javascript", "application/json", "application/xml", "image/svg+xml")
IMMUTABLE = "immutable"  # in the Cache-Control of a file whose address changes with its content
# Requests with one of these headers may get less than the whole file.
PARTIAL_HEADERS = ("Range", "If-None-Match", "If-Modified-Since")
HOP_BY_HOP_HEADERS = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
)
OVERWRITTEN_HEADERS = frozenset(
    {"host", "accept-encoding", "x-forwarded-proto", "x-forwarded-host", "forwarded", "sec-fetch-site"}
)


class ProxyResponse(NamedTuple):
    """A response to the browser."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header given in lower case, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Proxy:
    """A threaded HTTP proxy on localhost, on IPv4 and, where this machine has it, on IPv6.

    IPv6 is needed because browsers resolve `localhost` to `::1` first: if only 127.0.0.1 were bound, another
    program on the same port of `::1` would get the requests.
    """

    def __init__(
        self, port: int, emulator_port: int, distribution_host: str = "", mailbox: Mails | None = NO_MAILS
    ) -> None:
        """Bind the port, so that a taken port raises OSError before anything else is started.

        `distribution_host` (the distribution's domain name) and `mailbox` may be set later, before `start`.
        The proxy of a site without a mailbox, with None, serves nothing itself.
        """
        self.emulator_port = emulator_port
        self.distribution_host = distribution_host
        self.mailbox = mailbox
        self.kept: dict[tuple[str, bool], ProxyResponse] = {}
        self._servers = _bind(port, self)
        self.port: int = self._servers[0].server_address[1]
        self._threads = [_serving_thread(server) for server in self._servers]

    def start(self) -> None:
        """Answer requests in the background until `stop`."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop answering requests and free the port."""
        for server, thread in zip(self._servers, self._threads, strict=True):
            if thread.is_alive():
                server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, family: socket.AddressFamily, address: tuple[str, int], proxy: Proxy) -> None:
        self.address_family = family
        self.proxy = proxy
        super().__init__(address, _RequestHandler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's method asks DNS, which can take seconds

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the traceback, but print nothing if the browser closed the connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _serving_thread(server: _Server) -> threading.Thread:
    return threading.Thread(target=server.serve_forever, args=[STOP_POLL_S], daemon=True)


def _bind(port: int, proxy: Proxy) -> list[_Server]:
    first = _Server(socket.AF_INET, ("127.0.0.1", port), proxy)
    try:
        return [first, _Server(socket.AF_INET6, ("::1", first.server_address[1]), proxy)]
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # no IPv6 on this machine
            return [first]
        first.server_close()
        raise


class _RequestHandler(BaseHTTPRequestHandler):
    """One connection of a browser, kept open for several requests."""

    protocol_version = "HTTP/1.1"
    timeout = 75
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _respond(self) -> None:
        refusal = refuse_at_site(self._head(), self.server.proxy.port) or self._refuse_body()
        if refusal:
            self.close_connection = True  # the unread body would be parsed as the next request
            self._send(_with_length(_refused(refusal)))
            self._discard_body()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(_own_response(self) or _origin_response(self, body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _respond

    def _head(self) -> Request:
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        return Request(self.command, self.path, headers)

    def _refuse_body(self) -> Refusal | None:
        size = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not size.isdecimal():
            return Refusal(HTTPStatus.BAD_REQUEST, "bad_request", "A body needs a Content-Length.")
        if int(size) > MAX_BODY_BYTES:
            message = f"A request takes {MAX_BODY_BYTES} bytes at most, got {size}."
            return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
        return None

    def _send(self, response: ProxyResponse) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else response.body)

    def _discard_body(self) -> None:
        """Read and drop the rest of the request's body, because closing the connection would reset it.

        A browser whose connection is reset shows an error instead of the response.
        """
        until, left = time.monotonic() + DISCARD_TIMEOUT_S, MAX_DISCARDED_BYTES
        with suppress(OSError):  # the browser closed the connection or stopped sending
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(DISCARD_TIMEOUT_S)
            while left > 0 and time.monotonic() < until and (part := self.rfile.read1(65536)):
                left -= len(part)

    def log_message(self, *_: object) -> None:
        """Print nothing, because the API has an access log."""


def _own_response(request: _RequestHandler) -> ProxyResponse | None:
    (_, _, page, query, _), mailbox = urlsplit(request.path), request.server.proxy.mailbox
    if mailbox is None or page not in {**pages.BY_PATH, **pages.BY_QUERY}:
        return None
    if request.command not in ("GET", "HEAD"):
        return _with_length(ProxyResponse(HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")], b""))
    if page in pages.BY_PATH:
        kind, render = pages.BY_PATH[page]
        body = render(mailbox)
    else:
        kind, render_query = pages.BY_QUERY[page]
        body = render_query(mailbox, query)
    policy = pages.POLICY_OF_MAIL if page == pages.MAIL else pages.POLICY
    response = ProxyResponse(200, _own_headers(kind, policy), body)
    return _with_length(_compress(response, request))


def _own_headers(kind: str, policy: str = pages.POLICY) -> Headers:
    return [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]


def _origin_response(request: _RequestHandler, body: bytes) -> ProxyResponse:
    proxy = request.server.proxy
    key = (request.path, _takes_gzip(request))
    may_keep = request.command == "GET" and not any(name in request.headers for name in PARTIAL_HEADERS)
    if may_keep and key in proxy.kept:
        return proxy.kept[key]
    connection = HTTPConnection("127.0.0.1", proxy.emulator_port, timeout=ORIGIN_TIMEOUT_S)
    try:
        response = _forward(connection, proxy.distribution_host, request, body)
    except (OSError, HTTPException) as error:
        return _with_length(_unavailable(request.path, str(error)))
    finally:
        connection.close()
    if request.command == "HEAD":
        return response
    response = _with_length(_compress(response, request))
    if may_keep and _never_changes(request, response):
        proxy.kept[key] = response
    return response


def _never_changes(request: _RequestHandler, response: ProxyResponse) -> bool:
    """Whether each later request gets the same file. A query would make any number of addresses of it."""
    return (
        response.status == HTTPStatus.OK
        and IMMUTABLE in response.header("cache-control")
        and "?" not in request.path
    )


def _forward(connection: HTTPConnection, host: str, request: _RequestHandler, body: bytes) -> ProxyResponse:
    target = quote(request.path.encode("latin-1"), safe=string.punctuation)
    connection.putrequest(request.command, target, skip_host=True, skip_accept_encoding=True)
    for name, value in [
        *_end_to_end_headers(request.headers.items()),
        ("Host", host),
        ("X-Forwarded-Proto", "https"),
    ]:
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    return ProxyResponse(response.status, _end_to_end_headers(response.getheaders()), response.read())


def _end_to_end_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    return [
        (name, _strengthen_etag(name, value))
        for name, value in headers
        if name.lower() not in HOP_BY_HOP_HEADERS and name.lower() not in OVERWRITTEN_HEADERS
    ]


def _strengthen_etag(name: str, value: str) -> str:
    """Return a request header's value for the origin: If-None-Match without compression's `W/`."""
    return value.replace("W/", "") if name.lower() == "if-none-match" else value


def _compress(response: ProxyResponse, request: _RequestHandler) -> ProxyResponse:
    """Compress text of the sizes that CloudFront compresses, but no responses of the API."""
    if not _is_compressible(response) or request.path.startswith("/api/"):
        return response
    headers = [*response.headers, ("Vary", "Accept-Encoding")]
    if not _takes_gzip(request):
        return response._replace(headers=headers)
    headers = [(name, _weaken_etag(name, value)) for name, value in headers]
    return ProxyResponse(
        response.status, [*headers, ("Content-Encoding", "gzip")], gzip.compress(response.body, 6)
    )


def _takes_gzip(request: _RequestHandler) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _is_compressible(response: ProxyResponse) -> bool:
    return (
        response.status == HTTPStatus.OK
        and len(response.body) in COMPRESSED_SIZES
        and response.header("content-type").startswith(COMPRESSED_TYPES)
        and not response.header("content-encoding")
    )


def _weaken_etag(name: str, value: str) -> str:
    return f"W/{value}" if name.lower() == "etag" and not value.startswith("W/") else value


def _with_length(response: ProxyResponse) -> ProxyResponse:
    headers = [(name, value) for name, value in response.headers if name.lower() != "content-length"]
    if response.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        headers.append(("Content-Length", str(len(response.body))))
    return response._replace(headers=headers)


def _unavailable(path: str, cause: str) -> ProxyResponse:
    if path.startswith("/api/"):
        message = f"The local system does not answer: {cause}"
        return _refused(Refusal(HTTPStatus.BAD_GATEWAY, "internal_error", message))
    return ProxyResponse(HTTPStatus.BAD_GATEWAY, _own_headers(pages.HTML), pages.unavailable(cause))


def _refused(refusal: Refusal) -> ProxyResponse:
    return ProxyResponse(refusal.status, _own_headers("application/json; charset=utf-8"), refusal.body)
