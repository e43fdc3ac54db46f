"""Customers of the storefront in a spike: browsers that send again until they have an answer."""

from __future__ import annotations

import json
import random
import socket
import time
import uuid
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

from tests.e2e.conftest import customer_tokens
from tests.e2e.faults import Relay
from tests.system import Json, System, active_skus

BROWSERS = 8  # connections at a time
TWICE = 10  # each tenth order is sent twice, as two tabs do
PAUSE_S = 0.2  # before a browser tries again
ACCEPTED, AGAIN = 202, (429, 502)
MOST = 100_000_00  # pence; more than any order of the spike costs


class Fault(Protocol):
    """What happens to the system in the middle of the spike."""

    def __call__(self) -> None:
        """Do it."""


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


def send(
    system: System, relay: Relay, sent: Sequence[tuple[str, Json]], at: Collection[int], fault: Fault
) -> int:
    """Send orders through a relay until each is accepted, with a fault at the orders `at`, from 1.

    Return how often an order was sent again. Raises AssertionError for an answer that no browser repeats.
    """
    tokens = {email: customer_tokens(system, email)["IdToken"] for email in {email for email, _ in sent}}
    url = urlsplit(f"{system.outputs['storefrontApiUrl']}/orders")
    numbers, lock, repeats = count(1), Lock(), count()

    class Through(HTTPConnection):
        def connect(self) -> None:
            self.sock = socket.create_connection(("127.0.0.1", relay.port), self.timeout)

    def attempt(token: str, order: Json) -> bool:
        connection = Through(url.hostname or "", url.port, timeout=10)
        headers = {"Authorization": token, "Content-Type": "application/json"}
        try:
            connection.request("POST", url.path, json.dumps(order), headers)
            status = connection.getresponse().status
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        assert status in (ACCEPTED, *AGAIN), status
        return status == ACCEPTED

    def deliver(one: tuple[str, Json]) -> None:
        email, order = one
        with lock:
            number = next(numbers)
        if number in at:
            fault()
        while not attempt(tokens[email], order):
            next(repeats)
            time.sleep(PAUSE_S)

    with ThreadPoolExecutor(BROWSERS) as browsers:
        for _ in browsers.map(deliver, sent):
            pass
    return next(repeats)
