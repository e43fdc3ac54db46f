"""The emulator in the process of the tests. A call of it takes a third of the time of one over HTTP.

Most calls are DynamoDB's. They skip what the tests do not look at: the signature, the request as text, the
emulator's choice of a service. boto3 still checks and writes each call, and reads each answer.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.model import OperationModel
from botocore.parsers import create_parser

Message = dict[str, Any]


class InProcessEmulator:
    """Answers the requests of a boto3 session, from every thread, one at a time.

    Calls of DynamoDB go the whole way to it if `is_short` is false.
    """

    is_short = True

    def __init__(self) -> None:
        # Imported late, because the emulator reads its settings from the environment.
        from ministack.app import app
        from ministack.services import dynamodb

        from local.emulator import queries

        queries.install()
        self._app, self._loop, self._turn = app, asyncio.new_event_loop(), threading.Lock()
        self._dynamodb, self._parser = dynamodb, create_parser("json")

    def serve(self, session: boto3.Session, *services: str) -> None:
        """Answer the requests that clients of these services send, which `session` makes from now on."""
        for service in services:
            session.events.register(f"before-send.{service}", self._answer)
        if "dynamodb" in services:
            session.events.register("before-call.dynamodb", self._answer_of_dynamodb)

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()

    def _answer_of_dynamodb(
        self, model: OperationModel, params: Message, **_: Any
    ) -> tuple[AWSResponse, Message] | None:
        if not self.is_short:
            return None
        headers = {name.lower(): value for name, value in params["headers"].items()}
        call = self._dynamodb.handle_request("POST", "/", headers, _bytes(params["body"]), {})
        with self._turn:
            status, headers, body = _result(call)
        answer = {"status_code": status, "headers": HTTPHeaders.from_dict(headers), "body": body}
        parsed = self._parser.parse(answer, model.output_shape)
        if status >= 300:  # the fields of this kind of error, such as the reasons of a cancelled transaction
            error = model.service_model.shape_for_error_code(parsed["Error"]["Code"])
            parsed |= self._parser.parse(answer, error) if error else {}
        return AWSResponse(params["url"], status, headers, _Body(body)), parsed

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


def _result(call: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of a coroutine that never waits."""
    try:
        call.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("the emulator waits inside a call of DynamoDB")


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


def _bytes(value: str | bytes | io.BytesIO) -> bytes:
    if isinstance(value, io.BytesIO):  # a file for S3
        return value.getvalue()
    return value.encode() if isinstance(value, str) else bytes(value)


class _Body(io.BytesIO):
    """The body of a response, as AWSResponse reads it, and boto3 that of a file."""

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()
