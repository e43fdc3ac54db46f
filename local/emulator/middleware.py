"""The check of every request to the emulator's port, and the headers of its answers to pages.

The emulator by itself answers every page: it sends `Access-Control-Allow-Origin: *`, knows the keys
`test`/`test`, and takes the calls below `/_ministack/` without any key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from local.access import API_PATH, HOSTED_PAGES, Request, is_for_distribution, origins, refuse_at_emulator

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

REFUSAL_HEADERS = [
    (b"content-type", b"application/json; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
]
NO_FRAMES = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'")]


class AccessMiddleware:
    """Answers refused requests itself, and passes the others on to the emulator's ASGI application."""

    def __init__(self, app: App, port: int, site_ports: Sequence[int]) -> None:
        """Take the application, its own port, and the ports of the sites."""
        self._app, self._port, self._site_ports = app, port, site_ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. The server opens no WebSocket, because no part of the system uses one."""
        if scope["type"] == "http":
            await self._respond(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _request(scope)
        refusal = refuse_at_emulator(request, self._port, self._site_ports)
        if refusal is None:
            await self._app(scope, receive, self._with_access_headers(request, send))
            return
        start = {"type": "http.response.start", "status": refusal.status.value, "headers": REFUSAL_HEADERS}
        await send(start)
        await send({"type": "http.response.body", "body": refusal.body})

    def _with_access_headers(self, request: Request, send: Send) -> Send:
        """Return `send` with the headers that let pages read or frame the response replaced."""

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._access_headers(request, message["headers"])}
            await send(message)

        return forward

    def _access_headers(self, request: Request, given: RawHeaders) -> RawHeaders:
        if request.path.startswith(API_PATH) or is_for_distribution(request):
            return given  # the program's own headers
        framed = NO_FRAMES if request.path in HOSTED_PAGES else []
        if request.origin in origins(*self._site_ports):
            kept = [one for one in given if one[0].lower() != b"access-control-allow-origin"]
            allowed = (b"access-control-allow-origin", request.origin.encode())
            return [*kept, *framed, allowed, (b"vary", b"Origin")]
        return [*(one for one in given if not one[0].lower().startswith(b"access-control-")), *framed]


def _request(scope: Scope) -> Request:
    query = scope["query_string"].decode("latin-1")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return Request(scope["method"], target, headers)
