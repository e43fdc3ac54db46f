"""The system of a connected shop in a spike: its network, its tokens and its receiver of webhooks."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from unittest.mock import patch

from local.web_shop import inbox
from local.web_shop.inbox import Given, Inbox
from local.web_shop.server import WEBHOOKS, Handler, Server
from local.web_shop.shop import WebShop
from local.web_shop.store import Store
from tests.e2e.conftest import pool_of_machines
from tests.e2e.faults import Relay
from tests.system import Json, System

TOKEN_S = 2  # so long a token works: many end during a spike
SLOW_CLOCK_S = -1  # the shop still uses a token for a second after its end
VISIBILITY_S = "3"
LONGEST_PAUSE_S = 0.2  # before the shop tries again


class Receiver:
    """The shop's server for webhooks. `answers` has the status of each answer, repeats included."""

    def __init__(self, shop: WebShop) -> None:
        """Listen at a free port."""
        self.answers: list[int] = []
        answers = self.answers

        class Counting(Handler):
            def send_response(self, code: int, message: str | None = None) -> None:
                answers.append(code)
                super().send_response(code, message)

        self._server = Server(0, shop)
        self._server.RequestHandlerClass = Counting
        self.url = f"http://{self._server.hosts[1]}{WEBHOOKS}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def received(system: System, store: Store) -> Iterator[list[int]]:
    """Have the webhooks of the sample shop sent to its store. Yield the status of each answer to one."""
    shop = WebShop([], _inbox(system), store, secrets=[])
    receiver, path = Receiver(shop), f"/shops/{system.outputs['machine']['clientId']}/webhook"
    made = system.call("PUT", path, {"url": receiver.url}, who="admin")
    assert made.status == 201, made
    shop.secrets.append(made.document["secret"])
    try:
        yield receiver.answers
    finally:
        assert system.call("DELETE", path, who="admin").status == 204
        receiver.close()


class Interrupted(Inbox):
    """An inbox that calls `fault` at some orders, which are counted from 1."""

    def interrupt(self, at: Collection[int], fault: Callable[[], None]) -> None:
        """Set the orders and the fault."""
        self._at, self._fault, self._counter = frozenset(at), fault, itertools.count(1)

    def send(self, order: Json) -> str:
        """Send an order."""
        if next(self._counter) in self._at:
            self._fault()
        return super().send(order)


@contextlib.contextmanager
def inbox_through(relay: Relay, system: System) -> Iterator[Interrupted]:
    """Yield the inbox of the sample shop, which reaches the system by a relay, with tokens that end soon."""

    class Through(http.client.HTTPConnection):
        def connect(self) -> None:
            self.sock = socket.create_connection(("127.0.0.1", relay.port), self.timeout)

    with (
        _short_tokens(system),
        patch.object(inbox, "HTTPConnection", Through),
        patch.object(inbox, "TOKEN_MARGIN_S", SLOW_CLOCK_S),
    ):
        yield _inbox(system)


def _inbox(system: System) -> Interrupted:
    outputs, machine = system.outputs, system.outputs["machine"]
    urls = (outputs["inboxUrl"], outputs["machineTokenUrl"], outputs["machineScope"])
    given = Given(*urls, machine["clientId"], machine["clientSecret"])
    return Interrupted(given, pause=lambda seconds: time.sleep(min(seconds, LONGEST_PAUSE_S)))


@contextlib.contextmanager
def held(queue: str, system: System) -> Iterator[None]:
    """Hold messages in the queue whose name has this part."""
    client = system.client("lambda")
    (mapping,) = (
        one["UUID"]
        for one in client.list_event_source_mappings()["EventSourceMappings"]
        if queue in one["EventSourceArn"]
    )
    client.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping, Enabled=True)


@contextlib.contextmanager
def short_visibility(system: System) -> Iterator[None]:
    """Have the messages of a function that was killed come again after seconds, not after minutes."""
    sqs = system.client("sqs")
    queues = sqs.list_queues()["QueueUrls"]
    names = ["VisibilityTimeout"]
    usual = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names) for url in queues}
    for url in queues:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": VISIBILITY_S})
    try:
        yield
    finally:
        for url, found in usual.items():
            sqs.set_queue_attributes(QueueUrl=url, Attributes=found["Attributes"])


@contextlib.contextmanager
def _short_tokens(system: System) -> Iterator[None]:
    """Have the tokens of the sample shop end after seconds. AWS would allow no less than five minutes."""
    cognito = system.client("cognito-idp")
    client = {"UserPoolId": pool_of_machines(system), "ClientId": system.outputs["machine"]["clientId"]}
    found = cognito.describe_user_pool_client(**client)["UserPoolClient"]
    names = ("ClientName", "AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes")
    usual = {name: found[name] for name in (*names, "AccessTokenValidity", "TokenValidityUnits")}
    short = {"AccessTokenValidity": TOKEN_S, "TokenValidityUnits": {"AccessToken": "seconds"}}
    cognito.update_user_pool_client(**client, **{**usual, **short})
    try:
        yield
    finally:
        cognito.update_user_pool_client(**client, **usual)
