"""A stand-in for DynamoDB in a process of its own, which answers each call after the same time.

It has every product that is asked for, and forgets what is written. So the time of a caller is its own time
plus that of the calls that it makes one after another.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

PRODUCT = {"name": {"S": "Flat mop"}, "unit": {"S": "each"}, "unitPrice": {"N": "1250"}}
PRODUCT_STATE = {"currency": {"S": "GBP"}, "active": {"BOOL": True}}


@contextmanager
def running(delay_ms: float) -> Iterator[None]:
    """Start a store whose calls take `delay_ms`, and send the boto3 clients that are made meanwhile there."""
    command = [sys.executable, "-m", "bench.slow_store", str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        keys = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        try:
            with patch.dict(os.environ, keys | {"AWS_ENDPOINT_URL": process.stdout.readline().strip()}):
                yield
        finally:
            process.terminate()


class _Connection(asyncio.Protocol):
    """A connection that stays open. Its client waits for each answer before its next call."""

    def __init__(self, delay_ms: float) -> None:
        self._delay, self._received = delay_ms / 1000, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if end and len(body) == int(headers[b"content-length"]):
            self._received = b""
            sent = _answer(headers[b"x-amz-target"].partition(b".")[2], body)
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, sent)


def _answer(operation: bytes, body: bytes) -> bytes:
    answer = json.dumps(_ANSWERS.get(operation, lambda _: {})(json.loads(body))).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(answer)}"
    return f"{head}\r\n\r\n".encode() + answer


def _read(request: Any) -> dict[str, Any]:
    ((table, wanted),) = request["RequestItems"].items()
    return {"Responses": {table: [{**key, **PRODUCT, **PRODUCT_STATE} for key in wanted["Keys"]]}}


def _execute(request: Any) -> dict[str, Any]:
    return {"Responses": [{"TableName": "orders"} for _ in request["Statements"]]}


def _count(request: Any) -> dict[str, Any]:
    (name,) = request["ExpressionAttributeNames"].values()
    return {"Attributes": {name: request["ExpressionAttributeValues"][":count"]}}


_ANSWERS: dict[bytes, Callable[[Any], dict[str, Any]]] = {
    b"batchgetitem": _read,
    b"batchexecutestatement": _execute,
    b"updateitem": _count,
}


async def _serve(delay_ms: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(delay_ms), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
