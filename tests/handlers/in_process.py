"""The emulator in the process of the tests. A call of it takes a third of the time of one over HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Message = dict[str, Any]


class InProcessEmulator:
    """Answers the requests of a boto3 session, from every thread, one at a time."""

    def __init__(self) -> None:
        # Imported late, because the emulator reads its settings from the environment.
        from ministack.app import app

        from local.emulator import queries

        queries.install()
        self._app, self._loop, self._turn = app, asyncio.new_event_loop(), threading.Lock()

    def serve(self, session: boto3.Session, *services: str) -> None:
        """Answer the requests that clients of these services send, which `session` makes from now on."""
        for service in services:
            session.events.register(f"before-send.{service}", self._answer)

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        with self._turn:
            start, *rest = self._loop.run_until_complete(self._call(request))
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        body = _Body(b"".join(message.get("body", b"") for message in rest))
        return AWSResponse(request.url, start["status"], headers, body)

    async def _call(self, request: AWSPreparedRequest) -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": _bytes(request.body or b"")}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(_scope(request), receive, send)
        return sent


def _scope(request: AWSPreparedRequest) -> Message:
    url = urlsplit(request.url)
    headers = {"host": url.netloc, **request.headers}
    return {
        "type": "http",
        "method": request.method,
        "path": url.path,
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), _bytes(value)) for name, value in headers.items()],
    }


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


class _Body:
    """The body of a response, as AWSResponse reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
