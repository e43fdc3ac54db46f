"""A real system for the tests: `python -m local up` as a process of its own, with a state of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from local import emulator

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 180.0  # on a machine that has other things to do as well
STOP_TIMEOUT_S = 30.0
TIMEOUT_S = 30.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """What came back over HTTP; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Json:
        """The body as JSON."""
        return cast(Json, json.loads(self.body))

    @property
    def error(self) -> Json:
        """The body in the one error shape; an AssertionError when it is in another."""
        document = self.document
        assert set(document) == {"error"}, document
        assert set(document["error"]) <= {"code", "message", "fields"}, document
        assert document["error"]["code"], document
        assert document["error"]["message"], document
        return cast(Json, document["error"])


@dataclass
class System:
    """One system in `folder`, at a port of its own."""

    folder: Path
    port: int = 0
    outputs: Json = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()

    # Coming up and going down.

    @property
    def printed(self) -> str:
        """What the command has printed since its last start."""
        return (self.folder / "up.log").read_text()

    def spawn(self, *options: str) -> subprocess.Popen[bytes]:
        """Start the command, and do not wait."""
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "state" / "outputs.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "local", "up", "--port", str(self.port)]
        with (self.folder / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--state", str(self.folder / "state"), *options],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        return self.process

    def start(self, *options: str) -> System:
        """Start it, and return once it is ready."""
        process = self.spawn(*options)
        outputs = self.folder / "state" / "outputs.json"
        eventually(lambda: outputs.exists() or process.poll() is not None, START_TIMEOUT_S, "ready")
        assert process.poll() is None, f"it did not come up:\n{self.printed}"
        eventually(lambda: "\nready in " in self.printed, STOP_TIMEOUT_S, "said to be ready")
        self.outputs = json.loads(outputs.read_text())
        self._tokens.clear()
        return self

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it by a signal; its exit code comes back."""
        assert self.process
        self.process.send_signal(by)
        return self.process.wait(STOP_TIMEOUT_S)

    def wait_for_save(self) -> None:
        """Return once the emulator has saved what it holds now; by itself it does so every second."""
        current, seen = self.folder / "state" / "emulator" / "saves" / "current", set[str]()

        def saved_twice() -> bool:
            self.in_flight()  # it saves when there was anything to do
            seen.add(current.readlink().name)
            return len(seen) > 2  # the first new one may have been begun before

        eventually(saved_twice, what="saved")

    def kill_emulator(self) -> None:
        """Kill the emulator's process alone, without a chance to save anything."""
        known = json.loads((self.folder / "state" / "system.json").read_text())
        os.kill(known["emulator"], signal.SIGKILL)

    # What is in it.

    def client(self, service: str) -> Any:
        """A boto3 client as the account's owner."""
        return emulator.client(service, self.outputs["local"]["endpointUrl"], self.outputs["region"])

    def table(self, name: str) -> dict[str, Json]:
        """The items of a table as DynamoDB has them, by key."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs[name])
        key = "sku" if name == "productsTable" else "orderID"
        return {item[key]["S"]: item for page in pages for item in page["Items"]}

    def mails(self) -> list[Json]:
        """Every notification mail, oldest first."""
        parts = urlsplit(self.outputs["local"]["mailboxUrl"])
        return cast(list[Json], json.loads(get(parts.port or 80, parts.path).body))

    def mails_about(self, order_id: str) -> list[Json]:
        """The mails whose text names an order."""
        return [mail for mail in self.mails() if order_id in mail["body"]]

    def dead_letters(self, text: str) -> list[Json]:
        """The messages in the orders' dead-letter queue whose body or reason contains a text."""
        found = self.client("sqs").receive_message(
            QueueUrl=self.outputs["orderDeadLetterQueueUrl"],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        return [one for one in found.get("Messages", []) if text in json.dumps(one, ensure_ascii=False)]

    def in_flight(self) -> int:
        """How many orders were handed to the writer, and are not deleted from the queue."""
        response = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["orderQueueUrl"], AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
        )
        return int(response["Attributes"]["ApproximateNumberOfMessagesNotVisible"])

    # Its API.

    def token(self, who: str) -> str:
        """The ID token of `staff` or `admin`."""
        if who not in self._tokens:
            person = self.outputs["local"][who]
            self._tokens[who] = self.sign_in(person["email"], person["password"])["IdToken"]
        return self._tokens[who]

    def sign_in(self, email: str, password: str) -> dict[str, str]:
        """Cognito's tokens for somebody."""
        response = self.client("cognito-idp").initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.outputs["userPoolClientId"],
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return cast(dict[str, str], response["AuthenticationResult"])

    def call(
        self,
        method: str,
        path: str,
        document: Json | None = None,
        *,
        who: str | None = "staff",
        token: str | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        via: str = "site",
    ) -> Response:
        """Call the API `through` the site or by its own URL (`api`), as `who`, or with a given `token`.

        `document` goes as JSON, `body` as it is.
        """
        token = token if token is not None else self.token(who) if who else None
        sent = {"Content-Type": "application/json"} if document is not None or body is not None else {}
        sent |= {"Authorization": token} if token is not None else {}
        content = body if document is None else json.dumps(document).encode()
        url = urlsplit(self.outputs["siteUrl"] + "/api" if via == "site" else self.outputs["apiUrl"])
        return request(url.port or 80, method, url.path + path, content, {**sent, **(headers or {})})

    def place(self, order: Json, who: str = "staff") -> None:
        """Send an order, which has to be accepted."""
        response = self.call("POST", "/orders", order, who=who)
        assert (response.status, response.document) == (202, {"status": "queued"}), response

    def order(self, order_id: str, within: float = TIMEOUT_S) -> Json:
        """The order, once it is placed or rejected."""
        found: list[Response] = []

        def stored() -> bool:
            found[:] = [self.call("GET", f"/orders/{order_id}")]
            return found[0].status == 200

        eventually(stored, within, f"order {order_id} stored")
        return cast(Json, found[0].document["order"] if "order" in found[0].document else found[0].document)

    def send_to_queue(self, *bodies: str) -> None:
        """Put messages straight into the order queue, as an operator would, in one call."""
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        response = self.client("sqs").send_message_batch(
            QueueUrl=self.outputs["orderQueueUrl"], Entries=entries
        )
        assert not response.get("Failed"), response


def new_order(items: Sequence[Json] | None = None, **fields: Any) -> Json:
    """An order that will be placed: two products of the sample catalog."""
    return {
        "orderID": str(uuid.uuid4()),
        "customer": {"name": "Maria Okafor", "email": f"maria-{uuid.uuid4().hex[:8]}@hotel.example"},
        "items": list(items)
        if items is not None
        else [{"sku": sku, "quantity": 2} for sku in active_skus()[:2]],
        **fields,
    }


def active_skus() -> list[str]:
    """The SKUs of the sample catalog that can be ordered."""
    from local import sample

    return [product["sku"] for product in sample.catalog() if product["active"]]


def eventually(condition: Callable[[], Any], within: float = TIMEOUT_S, what: str = "") -> None:
    """Wait until `holds`; an AssertionError when it does not in time."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"not within {within} s: {what or condition}"
        time.sleep(0.05)


def request(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """One HTTP request to this machine."""
    connection = HTTPConnection("localhost", port, timeout=40)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, names, response.read())
    finally:
        connection.close()


def get(port: int, path: str) -> Response:
    """GET a path of this machine."""
    return request(port, "GET", path)


def free_port() -> int:
    """A port that is free, and the one after it too: the emulator's first choice."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
