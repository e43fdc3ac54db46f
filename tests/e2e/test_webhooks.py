"""Webhooks: what the system of a connected shop receives about its orders, from the queue to its own port."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from lambdas.platform import tables
from lambdas.shop import webhooks
from tests.e2e.conftest import add_machine, pool_of_machines
from tests.system import Json, System, eventually, new_order


class Receiver:
    """A web server of a shop, which keeps what it gets and checks each signature."""

    def __init__(self, system: System) -> None:
        self.system, self.events, self.secret = system, list[Json](), webhooks.new_secret()
        keep = self._keep

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                keep(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        pool, scope = pool_of_machines(system), system.outputs["machineScope"]
        self.client, secret = add_machine(system, pool, scope)
        self.token = system.machine_token(self.client, secret)
        self._connect(f"http://localhost:{self.server.server_port}/events")

    def _connect(self, url: str) -> None:
        """Store the shop as an admin's calls do."""
        webhook = webhooks.with_address(None, url, None, self.secret)
        row = {"shopID": self.client, "name": self.client, "version": 1, "webhook": webhook}
        client = self.system.client("dynamodb")
        (table,) = (
            one for one in client.list_tables()["TableNames"] if one.startswith("connected-shops-table")
        )
        client.put_item(TableName=table, Item=tables.attributes(row))

    def _keep(self, headers: Any, body: bytes) -> None:
        signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        key = base64.b64decode(self.secret["secret"].removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        event = json.loads(body)
        is_signed = headers["webhook-signature"] == expected and headers["webhook-id"] == event["id"]
        self.events.append(event | {"isSigned": is_signed})

    def types(self) -> dict[str, str]:
        """The types of the events, by ID."""
        return {event["id"]: event["type"] for event in self.events}

    def close(self) -> None:
        """Stop the server."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver(system: System) -> Iterator[Receiver]:
    """The system of a shop that is connected, and has a webhook."""
    made = Receiver(system)
    yield made
    made.close()


def test_a_shop_is_told_of_each_change_once_and_signed(system: System, receiver: Receiver) -> None:
    order = new_order(reference="W-1")
    order_id = order["orderID"]
    sent = system.call("POST", "/orders", order, token=receiver.token, who=None, via="inbox")
    assert sent.status == 202
    system.order(order_id)
    for status in ("packed", "shipped"):
        assert system.call("PATCH", f"/orders/{order_id}", {"status": status}).status == 200
    assert system.call("DELETE", f"/orders/{order_id}", who="admin").status == 204
    expected = ["order.placed", "order.packed", "order.shipped", "order.erased"]
    eventually(lambda: len(receiver.types()) == len(expected), what="four events")
    assert receiver.types() == {f"{order_id}#{at}": kind for at, kind in enumerate(expected, 1)}
    assert all(event["isSigned"] for event in receiver.events)
    assert len(receiver.events) == len(expected), "a receiver that answers gets each event once"
    placed = next(event for event in receiver.events if event["type"] == "order.placed")
    assert (placed["order"]["reference"], placed["order"]["status"]) == ("W-1", "placed")
    assert order["customer"]["name"] not in json.dumps(receiver.events)
    (mail,) = system.mails_about(order_id)  # people get a mail about the order, and none about events
    assert "Customer:  Maria Okafor\n" in mail["body"]
    assert system.dead_letters(order_id) == []
