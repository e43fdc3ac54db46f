"""The two calls of the inbox: send an order, and ask what became of it. With a token that is kept."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple

Json = dict[str, Any]

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # before each further attempt
TIMEOUT_S = 30
TOKEN_MARGIN_S = 300  # a token is replaced when it ends within this time


class InboxError(Exception):
    """The order desk gave no final answer, or no token. What was sent can be sent again."""


class Given(NamedTuple):
    """The five values that an admin of the order desk gives the developer of a shop."""

    inbox_url: str
    token_url: str
    scope: str
    client_id: str
    client_secret: str


class Reply(NamedTuple):
    """A final answer: its status and its text."""

    status: int
    text: str


class Inbox:
    """The inbox, for several threads at once. Each has a connection of its own, and all share a token."""

    def __init__(self, given: Given, pause: Callable[[float], None] = time.sleep) -> None:
        """Take the five values. `pause` is called with the seconds before each further attempt."""
        self._given, self._pause = given, pause
        self._lock, self._per_thread = threading.Lock(), threading.local()
        self._token, self._ends = "", 0.0
        self.repeats = 0  # attempts without a final answer

    def send(self, order: Json) -> str:
        """Send an order until the answer is final. Return why it was refused, or an empty text.

        Raises InboxError. The same order may be sent again then, and at any other time.
        """
        reply = self._call("POST", "/orders", order)
        return "" if reply.status == 202 else _message(reply)

    def find(self, order_id: str) -> Json | None:
        """Return the order as it is now, or None while it is not stored. Raises InboxError."""
        reply = self._call("GET", f"/orders/{order_id}")
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise InboxError(_message(reply))
        found: Json = json.loads(reply.text)
        return found

    def _call(self, method: str, path: str, document: Json | None = None) -> Reply:
        """Make a call. A refused token is replaced once."""
        body = None if document is None else json.dumps(document).encode()
        reply = Reply(401, "")
        for _ in range(2):
            token = self._valid_token()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            reply = self._attempt(method, self._given.inbox_url + path, headers, body)
            if reply.status != 401:
                break
            self._forget(token)
        return reply

    def _valid_token(self) -> str:
        with self._lock:  # the other threads wait for the one that gets a token
            if time.time() > self._ends - TOKEN_MARGIN_S:
                pair = f"{self._given.client_id}:{self._given.client_secret}"
                headers = {
                    "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                form = {"grant_type": "client_credentials", "scope": self._given.scope}
                body = urllib.parse.urlencode(form).encode()
                reply = self._attempt("POST", self._given.token_url, headers, body)
                if reply.status != 200:
                    raise InboxError(f"the order desk gives no token: {reply.text[:200]}")
                made = json.loads(reply.text)
                self._token, self._ends = made["access_token"], time.time() + made["expires_in"]
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._ends = 0.0

    def _attempt(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Return a final answer. Without one, try again with growing pauses: it may have arrived or not."""
        for pause in (*PAUSES_S, None):
            try:
                reply = self._exchange(method, url, headers, body)
                if reply.status != 429 and reply.status < 500:
                    return reply
            except (OSError, HTTPException):
                self._connection(url).close()
            self.repeats += 1
            if pause is not None:
                self._pause(pause)
        raise InboxError(f"{method} {url} failed {len(PAUSES_S) + 1} times: try again later")

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        connection = self._connection(url)
        connection.request(method, urllib.parse.urlsplit(url).path, body, dict(headers))
        answer = connection.getresponse()
        return Reply(answer.status, answer.read().decode(errors="replace"))

    def _connection(self, url: str) -> HTTPConnection:
        """Return this thread's connection to the server of a URL, which is opened when it is used."""
        parts = urllib.parse.urlsplit(url)
        kept: dict[str, HTTPConnection] = self._per_thread.__dict__.setdefault("kept", {})
        if parts.netloc not in kept:
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            kept[parts.netloc] = kind(parts.netloc, timeout=TIMEOUT_S)
        return kept[parts.netloc]


def _message(reply: Reply) -> str:
    try:
        return str(json.loads(reply.text)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return f"status {reply.status}: {reply.text[:200]}"
