"""Which requests the local system answers, at the site's port and at the emulator's port.

Every page that is open in a browser on this machine can send requests to this machine. Browsers send the
page's origin in `Origin`, its relation to the address in `Sec-Fetch-Site`, and the address itself in `Host`.
A page cannot change these headers. Programs such as curl and boto3 send neither `Origin` nor
`Sec-Fetch-Site`, and are answered at both ports.

`Host` is checked because of DNS rebinding: the name of a hostile page can be pointed at 127.0.0.1, and the
browser then takes the local system for a part of that page's own site.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

HOST_NAMES = ("localhost", "127.0.0.1", "[::1]")
# The emulator's CloudFront calls the API at this host without the port. Browsers leave out no port but 80.
CLOUDFRONT_ORIGIN_HOST = "127.0.0.1"
API_PATH = "/_aws/execute-api/"  # of the API's own URL, at the emulator's port
# Cognito's hosted pages. Another page may open the first two, as a link does.
LINKED_PAGES = ("/oauth2/authorize", "/logout")
SIGN_IN_FORM = "/login"
HOSTED_PAGES = (*LINKED_PAGES, SIGN_IN_FORM)
TOKEN_PATH = "/oauth2/token"
# The path of an upload to the bucket of product files: files are named after their content.
UPLOAD_PATH = re.compile(r"/[a-z0-9.-]+/files/[0-9a-f]{64}\.(?:webp|jpg|png|pdf)")
COGNITO_TARGET = "AWSCognitoIdentityProviderService."

_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?")
_DISTRIBUTION_HOST = re.compile(
    r"[a-z0-9]+\.cloudfront\.(net|localhost)"
)  # without a port: sent by the proxy


class Request(NamedTuple):
    """The head of an HTTP request. `target` is its path and query as sent, header names are in lower case."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]

    def header(self, name: str) -> str:
        """Return a header's value, an empty text if it is missing, or all values of a repeated header."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def host(self) -> str:
        """The header Host in lower case."""
        return self.header("host").lower()

    @property
    def origin(self) -> str:
        """The origin of the page that sent the request, or an empty text."""
        return self.header("origin")

    @property
    def path(self) -> str:
        """The path as sent, without the query."""
        return self.target.partition("?")[0]


class Refusal(NamedTuple):
    """The answer to a refused request."""

    status: HTTPStatus
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The JSON document of the answer, in the API's form of an error."""
        return json.dumps({"error": {"code": self.code, "message": self.message}}).encode()


def origins(*ports: int) -> list[str]:
    """Return the origins of the pages at some ports of this machine."""
    return [f"http://{authority}" for port in ports for authority in _authorities(port)]


def refuse_at_site(request: Request, port: int) -> Refusal | None:
    """Return the refusal of a request to the site's `port`, or None for a request to answer."""
    if refusal := _refuse_target(request) or _refuse_host(request, request.host in _authorities(port)):
        return refusal
    if not (_is_own(request) or _is_link(request)):
        return _refuse_page(request)
    if _is_internal(request.path):
        return Refusal(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")
    return None


def refuse_at_emulator(request: Request, port: int, site_ports: Sequence[int]) -> Refusal | None:
    """Return the refusal of a request to the emulator's `port`, or None for a request to answer.

    `site_ports` are the ports of the desk and of the storefront. Their pages get only what they need:
    Cognito's hosted pages and public API, the APIs, and the upload of a file to a URL that an API has signed.
    """
    known = request.host in (*_authorities(port), CLOUDFRONT_ORIGIN_HOST) or is_for_distribution(request)
    if refusal := _refuse_target(request) or _refuse_host(request, known):
        return refusal
    if is_for_distribution(request):  # the proxy of the site or the shop has checked the port
        return None if not request.origin or _LOCAL.fullmatch(request.origin) else _refuse_page(request)
    if not (request.origin or request.header("sec-fetch-site")) or _is_for_pages(request, site_ports):
        return None
    return _refuse_page(request)


def is_for_distribution(request: Request) -> bool:
    """Whether a request to the emulator is from the proxy, for the site's CloudFront distribution."""
    return bool(_DISTRIBUTION_HOST.fullmatch(request.host))


def _authorities(port: int) -> list[str]:
    return [name if port == 80 else f"{name}:{port}" for name in HOST_NAMES]


def _refuse_target(request: Request) -> Refusal | None:
    if request.target.startswith("/"):
        return None
    return Refusal(HTTPStatus.BAD_REQUEST, "bad_request", "The request's target must be a path.")


def _refuse_host(request: Request, known: bool) -> Refusal | None:
    if known:
        return None
    message = f"The local system is at localhost, with its port, and not at {request.host!r}."
    return Refusal(HTTPStatus.FORBIDDEN, "unknown_host", message)


def _refuse_page(request: Request) -> Refusal:
    page = f"A page of {request.origin}" if request.origin else "A page of another address"
    message = f"{page} must not use this address of the local system."
    return Refusal(HTTPStatus.FORBIDDEN, "other_origin", message)


def _is_own(request: Request) -> bool:
    """Whether no page, or a page of the same origin, sent the request."""
    same_origin = request.origin in ("", f"http://{request.host}")
    return same_origin and request.header("sec-fetch-site") in ("", "same-origin", "none")


def _is_link(request: Request) -> bool:
    """Whether the request opens a page in a tab of its own, as a followed link does."""
    mode, destination = request.header("sec-fetch-mode"), request.header("sec-fetch-dest")
    opens = (mode, destination) == ("navigate", "document")
    return opens and request.method in ("GET", "HEAD") and not request.origin


def _is_for_pages(request: Request, site_ports: Sequence[int]) -> bool:
    if request.path in LINKED_PAGES:
        return _is_link(request)
    if request.path == SIGN_IN_FORM:
        return request.method == "POST" and request.origin == f"http://{request.host}"
    return request.origin in origins(*site_ports) and _is_of_site(request)


def _is_of_site(request: Request) -> bool:
    """Whether the site's pages make this call of the emulator."""
    if request.path.startswith(API_PATH):
        return True
    if request.target == TOKEN_PATH:
        return request.method in ("POST", "OPTIONS")
    if UPLOAD_PATH.fullmatch(request.path):
        return _is_upload(request)
    if request.target != "/" or request.header("authorization"):  # a signed call is never the site's
        return False
    called = request.header("x-amz-target").startswith(COGNITO_TARGET)
    return request.method == "OPTIONS" or (request.method == "POST" and called)


def _is_upload(request: Request) -> bool:
    """Whether the request is a PUT to a signed URL, or the question of the browser before it."""
    signed = "X-Amz-Signature" in parse_qs(request.target.partition("?")[2])
    return request.method in ("PUT", "OPTIONS") and signed and not request.header("authorization")


def _is_internal(path: str) -> bool:
    """Whether a path begins with `/_` in any spelling: encoded up to three times, or with dots."""
    decoded = unquote(unquote(unquote(path))).replace("\\", "/")
    return posixpath.normpath("/" + decoded.lstrip("/")).startswith("/_")
