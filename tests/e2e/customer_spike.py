"""Customers of the storefront in a spike: browsers that send again until they have an answer."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlsplit

from tests.e2e.conftest import customer_tokens
from tests.e2e.faults import Relay
from tests.system import Json, System, active_skus

BROWSERS = 8  # connections at a time
TWICE = 10  # each tenth order is sent twice, as two tabs do
PAUSE_S = 0.2  # before a browser tries again
ACCEPTED, AGAIN = 202, (429, 502)
MOST = 100_000_00  # pence; more than any order of the spike costs


def orders(number: int, customers: int) -> list[tuple[str, Json]]:
    """Return new orders, each with the e-mail address of its customer, shuffled, some of them twice."""
    chosen = random.Random(1)
    mark, skus = uuid.uuid4().hex[:6], active_skus()
    made = [
        (
            f"{mark}x{at % customers}@home.example",
            {
                "orderID": str(uuid.uuid4()),
                "items": [{"sku": sku, "quantity": 50} for sku in chosen.sample(skus, 2)],
                "agreedTotal": MOST,
            },
        )
        for at in range(number)
    ]
    sent = made + made[::TWICE]
    chosen.shuffle(sent)
    return sent


class Browser(threading.local):
    """A kept connection of each thread, by way of a relay."""

    def __init__(self, url: str, relay: Relay) -> None:
        """Connect at the first order."""
        target = urlsplit(url)
        self._path = f"{target.path}/orders"
        self._connection = _Through(target.netloc, relay.port)

    def attempt(self, token: str, order: Json) -> bool:
        """Send an order; return whether it was accepted. AssertionError: an answer that nobody repeats."""
        headers = {"Authorization": token, "Content-Type": "application/json"}
        try:
            self._connection.request("POST", self._path, json.dumps(order), headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return False
        assert answer.status in (ACCEPTED, *AGAIN), answer.status
        return answer.status == ACCEPTED


class _Through(HTTPConnection):
    def __init__(self, netloc: str, port: int) -> None:
        super().__init__(netloc, timeout=10)
        self._relay = port

    def connect(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self._relay), self.timeout)


def send(
    system: System,
    relay: Relay,
    sent: Sequence[tuple[str, Json]],
    at: Collection[int],
    fault: Callable[[], None],
) -> int:
    """Send orders through a relay until each is accepted, with a fault at the orders `at`, from 1.

    Return how often an order was sent again.
    """
    tokens = {email: customer_tokens(system, email)["IdToken"] for email in {email for email, _ in sent}}
    browser, repeats = Browser(system.outputs["storefrontApiUrl"], relay), count()

    def deliver(number: int) -> None:
        email, order = sent[number]
        if number + 1 in at:
            fault()
        while not browser.attempt(tokens[email], order):
            next(repeats)
            time.sleep(PAUSE_S)

    with ThreadPoolExecutor(BROWSERS) as browsers:
        for _ in browsers.map(deliver, range(len(sent))):
            pass
    return next(repeats)
