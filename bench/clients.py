"""Clients that send HTTP requests side by side, each over a connection of its own that stays open."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

CLIENTS = 8
TIMEOUT_S = 60

Sent = tuple[str, str, bytes | None, Mapping[str, str]]
"""Method, path, body and headers of a request."""


def post_all(
    url: str, documents: Sequence[Mapping[str, Any]], headers: Mapping[str, str] | None = None
) -> float:
    """Send each document in a POST, from CLIENTS clients, and return the seconds that all of them took.

    Raises RuntimeError for a response that is no success: a throttled or failed call would end early, and the
    measurement would count it as a fast one.
    """
    sent = {"Content-Type": "application/json", **(headers or {})}
    path = urlsplit(url).path
    return _send_all(url, [("POST", path, json.dumps(document).encode(), sent) for document in documents])


def get_all(url: str, paths: Sequence[str]) -> float:
    """Get each path of a host from CLIENTS clients, and return the seconds that all of them took.

    Raises RuntimeError for a response that is no success.
    """
    return _send_all(url, [("GET", path, None, {}) for path in paths])


def _send_all(url: str, requests: Sequence[Sent]) -> float:
    host = urlsplit(url).netloc
    per_thread = threading.local()

    def send(request: Sent) -> None:
        if not hasattr(per_thread, "connection"):
            per_thread.connection = HTTPConnection(host, timeout=TIMEOUT_S)
        per_thread.connection.request(*request)
        response = per_thread.connection.getresponse()
        body = response.read()
        if not 200 <= response.status < 300:
            method, path, *_ = request
            raise RuntimeError(f"{method} {path} was answered with {response.status}: {body[:200]!r}")

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(send, requests))
    return time.perf_counter() - begun


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Ask until a condition is true, and return the seconds. Raises TimeoutError after `seconds`."""
    begun = time.perf_counter()
    while not condition():
        if time.perf_counter() - begun > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)
    return time.perf_counter() - begun
