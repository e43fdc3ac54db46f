"""The whole system for tests: `python -m local up` as a process with a state folder of its own."""

from __future__ import annotations

import base64
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
from local.emulator import SAVE_INTERVAL

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 180.0  # long enough for a busy machine
STOP_TIMEOUT_S = 30.0
TIMEOUT_S = 30.0

# Runs a command of `local` with other settings of the stack, for which the command has no option.
WITH_SETTINGS = """
import json, sys
from local import __main__ as commands, supervisor
supervisor.SAMPLE_SHOP |= json.loads(sys.argv[1])
sys.exit(commands.main(sys.argv[2:]))
"""

Json = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """An HTTP response, with header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Json:
        """The body, parsed as JSON."""
        return cast(Json, json.loads(self.body))

    @property
    def error(self) -> Json:
        """The error in the body. Raises AssertionError when the body does not have the form of an error."""
        document = self.document
        assert set(document) == {"error"}, document
        assert set(document["error"]) <= {"code", "message", "fields"}, document
        assert document["error"]["code"], document
        assert document["error"]["message"], document
        return cast(Json, document["error"])


@dataclass
class System:
    """One system with its state in `folder`, at a port of its own. `settings` are for its stack.

    It begins with the trade of `sample_weeks`, because tests start sooner without any. It saves its state
    every `save_interval_s` seconds, or as usual for None, which is a tenth of its work.
    """

    folder: Path
    port: int = 0
    settings: Json = field(default_factory=dict)
    save_interval_s: int | None = None
    sample_weeks: int = 0
    outputs: Json = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()

    # Start and stop.

    @property
    def printed(self) -> str:
        """The output of the command since its last start."""
        return (self.folder / "up.log").read_text()

    def spawn(self, *options: str) -> subprocess.Popen[bytes]:
        """Start the command without waiting until the system is ready."""
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "state" / "outputs.json").unlink(missing_ok=True)
        program = ["-c", WITH_SETTINGS, json.dumps(self.settings)] if self.settings else ["-m", "local"]
        command = [sys.executable, *program, "up", "--port", str(self.port)]
        command += ["--sample-weeks", str(self.sample_weeks)]
        saving = {SAVE_INTERVAL: str(self.save_interval_s)} if self.save_interval_s else {}
        with (self.folder / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--state", str(self.folder / "state"), *options],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **saving},
            )
        return self.process

    def start(self, *options: str) -> System:
        """Start the command, and return once the system is ready."""
        process = self.spawn(*options)
        outputs = self.folder / "state" / "outputs.json"
        eventually(lambda: outputs.exists() or process.poll() is not None, START_TIMEOUT_S, "ready")
        assert process.poll() is None, f"it did not come up:\n{self.printed}"
        eventually(lambda: "\nready in " in self.printed, STOP_TIMEOUT_S, "said to be ready")
        self.outputs = json.loads(outputs.read_text())
        self._tokens.clear()
        return self

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send the command a signal, and return its exit code."""
        assert self.process
        self.process.send_signal(by)
        return self.process.wait(STOP_TIMEOUT_S)

    def wait_for_save(self) -> None:
        """Return once the emulator, which saves every second, has saved its present state."""
        current, seen = self.folder / "state" / "emulator" / "saves" / "current", set[str]()

        def saved_twice() -> bool:
            self.in_flight()  # a request, because the emulator only saves after requests
            seen.add(current.readlink().name)
            return len(seen) > 2  # the first new snapshot may have been started before this call

        eventually(saved_twice, what="saved")

    def kill_emulator(self) -> None:
        """Kill only the emulator's process, before it can save anything."""
        known = json.loads((self.folder / "state" / "system.json").read_text())
        os.kill(known["emulator"], signal.SIGKILL)

    # Stored data.

    def client(self, service: str) -> Any:
        """Return a boto3 client with the account owner's credentials."""
        return emulator.client(service, self.outputs["local"]["endpointUrl"], self.outputs["region"])

    def table(self, name: str) -> dict[str, Json]:
        """Return the items of the table in the stack output `name`, in DynamoDB's form, by their key."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs[name])
        key = "sku" if name == "productsTable" else "orderID"
        return {item[key]["S"]: item for page in pages for item in page["Items"]}

    def invocations(self) -> int:
        """Return how often functions have begun, by their logs, which keep the last ones."""
        logs = self.client("logs")
        groups = [
            group["logGroupName"]
            for page in logs.get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        ]
        return sum(
            event["message"].startswith("START ")
            for group in groups
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]
        )

    def mails(self) -> list[Json]:
        """Return every notification mail, oldest first."""
        parts = urlsplit(self.outputs["local"]["mailboxUrl"])
        return cast(list[Json], json.loads(get(parts.port or 80, parts.path).body))

    def mails_about(self, order_id: str) -> list[Json]:
        """Return the mails that contain an order's ID."""
        return [mail for mail in self.mails() if order_id in mail["body"]]

    def account_mails(self, address: str) -> list[Json]:
        """Return Cognito's mails to an address, oldest first, with `BodyText`."""
        port = urlsplit(self.outputs["local"]["endpointUrl"]).port or 80
        accounts = json.loads(get(port, "/_ministack/ses/messages").body)["messages"]
        sent = [one for mails in accounts.values() for one in mails if address in one["To"]]
        return sorted(sent, key=lambda mail: float(mail["Timestamp"]))

    def people(self) -> dict[str, Json]:
        """Return every account of the API by its address."""
        return {one["email"]: one for one in self.call("GET", "/people", who="admin").document["people"]}

    def dead_letters(self, text: str) -> list[Json]:
        """Return the dead letters of the API that contain a text, the latest first."""
        found: list[Json] = []
        cursor = ""
        while True:
            page = self.call("GET", f"/dead-letters?cursor={cursor}").document
            found += [self.call("GET", f"/dead-letters/{one['id']}").document for one in page["deadLetters"]]
            cursor = page["nextCursor"]
            if not cursor:
                return [one for one in found if text in json.dumps(one, ensure_ascii=False)]

    def assert_all_accounted(self) -> None:
        """Wait until no accepted order is on its way. Each must be in one place then."""
        found: Json = {}

        def is_settled() -> bool:
            found.update(self.call("GET", "/reports/accounting").document)
            return bool(found["waiting"] == 0)

        eventually(is_settled, what="orders on their way, or lost within the last minute")
        assert (found["difference"], found["missing"]) == (0, [])

    def in_flight(self) -> int:
        """Return how many orders the writer has received but not yet deleted from the queue."""
        response = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["orderQueueUrl"], AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
        )
        return int(response["Attributes"]["ApproximateNumberOfMessagesNotVisible"])

    # The API.

    def token(self, who: str) -> str:
        """Return the ID token of `staff` or `admin`."""
        if who not in self._tokens:
            person = self.outputs["local"][who]
            self._tokens[who] = self.sign_in(person["email"], person["password"])["IdToken"]
        return self._tokens[who]

    def sign_in(self, email: str, password: str) -> dict[str, str]:
        """Sign in by password, and return Cognito's tokens."""
        response = self.client("cognito-idp").initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.outputs["userPoolClientId"],
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return cast(dict[str, str], response["AuthenticationResult"])

    def machine_token(self, client: str, secret: str, scope: str = "") -> str:
        """Return the access token that a machine gets, with `scope` or with all that it may have."""
        url = urlsplit(self.outputs["machineTokenUrl"])
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        head = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"}
        form = f"grant_type=client_credentials{f'&scope={scope}' if scope else ''}".encode()
        response = request(url.port or 80, "POST", url.path, form, head)
        assert response.status == 200, response
        return str(response.document["access_token"])

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
        """Call the API as `staff` or `admin`, or with a given `token`.

        `via` is `site`, `api` for the API's own URL, `inbox` for the machines' API, or `storefrontApi` for
        that of customers. `document` is sent as JSON, `body` unchanged.
        """
        token = token if token is not None else self.token(who) if who else None
        sent = {"Content-Type": "application/json"} if document is not None or body is not None else {}
        sent |= {"Authorization": token} if token is not None else {}
        content = body if document is None else json.dumps(document).encode()
        url = urlsplit(self.outputs[f"{via}Url"] + ("/api" if via == "site" else ""))
        return request(url.port or 80, method, url.path + path, content, {**sent, **(headers or {})})

    def place(self, order: Json, who: str = "staff") -> None:
        """Send an order, and assert that it is accepted."""
        response = self.call("POST", "/orders", order, who=who)
        assert (response.status, response.document) == (202, {"status": "queued"}), response

    def order(self, order_id: str, within: float = TIMEOUT_S) -> Json:
        """Wait until an order is placed or rejected, and return it."""
        found: list[Response] = []

        def stored() -> bool:
            found[:] = [self.call("GET", f"/orders/{order_id}")]
            return found[0].status == 200

        eventually(stored, within, f"order {order_id} stored")
        return cast(Json, found[0].document["order"] if "order" in found[0].document else found[0].document)

    def send_to_queue(self, *bodies: str) -> None:
        """Put messages directly into the order queue in one call, as an operator would."""
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        response = self.client("sqs").send_message_batch(
            QueueUrl=self.outputs["orderQueueUrl"], Entries=entries
        )
        assert not response.get("Failed"), response


def new_order(items: Sequence[Json] | None = None, **fields: Any) -> Json:
    """Return a valid order, by default for two products of the sample catalog."""
    return {
        "orderID": str(uuid.uuid4()),
        "customer": {"name": "Maria Okafor", "email": f"maria-{uuid.uuid4().hex[:8]}@hotel.example"},
        "items": list(items)
        if items is not None
        else [{"sku": sku, "quantity": 2} for sku in active_skus()[:2]],
        **fields,
    }


def active_skus() -> list[str]:
    """Return the SKUs of the sample catalog that can be ordered."""
    from local import sample

    return [product["sku"] for product in sample.catalog() if product["active"]]


def eventually(condition: Callable[[], Any], within: float = TIMEOUT_S, what: str = "") -> None:
    """Wait until a condition is true. Raises AssertionError if that takes more than `within` seconds."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"not within {within} s: {what or condition}"
        time.sleep(0.05)


def request(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Send an HTTP request to this machine, and return the response."""
    connection = HTTPConnection("localhost", port, timeout=40)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, names, response.read())
    finally:
        connection.close()


def get(port: int, path: str) -> Response:
    """Send a GET request to this machine, and return the response."""
    return request(port, "GET", path)


def free_port() -> int:
    """Return a free port whose next port is free too, because the emulator tries the next port first."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
