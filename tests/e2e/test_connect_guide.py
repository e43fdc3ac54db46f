"""docs/connect.md: its programs order at a running system and receive events, as a developer runs them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from lambdas.shop import webhook_sender
from tests.site.deno import DENO
from tests.system import ROOT, System

GUIDE = ROOT / "docs/connect.md"
# The command that runs a file of each language of the guide, by the name of the language there.
COMMANDS = {
    "sh": ["sh", "-eu"],
    "python": [sys.executable],
    "php": ["php"],
    "js": [str(DENO), "run", "--quiet", "--no-config", "--allow-env", "--allow-net"],
}
NEEDED = {"sh": "curl", "php": "php"}  # which a machine may lack; all else comes with the project
ORDERING, RECEIVING = "The whole way", "Receive events"
TIMEOUT_S = 60
SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "q" * 32]
EVENT = {"id": "6f1c1a52#2", "type": "order.packed", "at": "2026-11-30T08:26:00.000Z", "text": "Zoë"}


def programs(chapter: str) -> dict[str, str]:
    """Return the code blocks of a chapter by their language. Each language has one."""
    text = GUIDE.read_text(encoding="utf-8").partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    assert len(blocks) == len(dict(blocks))
    return dict(blocks)


def program(folder: Path, chapter: str, language: str) -> Path:
    """Write the program of a chapter into a file. Skip the test on a machine that cannot run it."""
    needed = NEEDED.get(language)
    if needed and not shutil.which(needed):
        pytest.skip(f"this machine has no {needed}")
    file = folder / f"program.{'mjs' if language == 'js' else language}"
    file.write_text(programs(chapter)[language], encoding="utf-8")
    return file


def test_every_program_of_the_guide_is_run() -> None:
    blocks = re.findall(r"^```(\w+)$", GUIDE.read_text(encoding="utf-8"), re.M)
    assert sorted(blocks) == sorted([*COMMANDS, "json", *COMMANDS, "json"])
    assert set(programs(ORDERING)) == set(COMMANDS)
    assert set(programs(RECEIVING)) == {"json", *COMMANDS}


@pytest.mark.parametrize("language", COMMANDS)
def test_a_program_of_the_guide_sends_one_order_and_sees_it(
    system: System, tmp_path: Path, language: str
) -> None:
    file = program(tmp_path, ORDERING, language)
    done = subprocess.run(
        [*COMMANDS[language], str(file)],
        env=os.environ | _given(system),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r'"number": *(\d+)|^(\d+) placed', done.stdout, re.M)
    assert found, done.stdout
    (listed,) = system.call("GET", f"/orders?q=%23{found[1] or found[2]}").document["orders"]
    order = system.order(listed["orderID"])
    assert (order["channel"], order["status"], len(order["items"])) == ("machine", "placed", 1)
    assert order["reference"] == "WEB-4711"
    sent = order["history"][0]
    assert (sent["by"], sent["sub"]) == ("Sample shop", system.outputs["machine"]["clientId"])
    assert str(order["total"]) in done.stdout


def _given(system: System) -> dict[str, str]:
    """Return the five values that a developer gets, as variables of the environment."""
    outputs = system.outputs
    return {
        "INBOX_URL": outputs["inboxUrl"],
        "TOKEN_URL": outputs["machineTokenUrl"],
        "SCOPE": outputs["machineScope"],
        "CLIENT_ID": outputs["machine"]["clientId"],
        "CLIENT_SECRET": outputs["machine"]["clientSecret"],
    }


@pytest.fixture
def receiver(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., int]]:
    """Run the program of the guide that receives events; return a function that sends it an event.

    The function returns the status of the answer.
    """
    language, file = request.param, program(tmp_path, RECEIVING, request.param)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = os.environ | {
        "PORT": str(port),
        "WEBHOOK_SECRETS": " ".join(SECRETS),
        "EVENTS": str(tmp_path / "events"),
    }
    (tmp_path / "events").mkdir()
    if language == "sh":
        yield lambda headers, body: _as_cgi([*COMMANDS["sh"], str(file)], environment, headers, body)
        return
    served = ["-S", f"127.0.0.1:{port}"] if language == "php" else []
    with (tmp_path / "events/printed").open("wb") as printed:
        command = [*COMMANDS[language], *served, str(file)]
        process = subprocess.Popen(command, env=environment, stdout=printed, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, process)
        yield lambda headers, body: _post(port, headers, body)
    finally:
        process.kill()
        process.wait()


def _as_cgi(command: list[str], environment: dict[str, str], headers: dict[str, str], body: bytes) -> int:
    """Run a CGI script, and return the status that it prints."""
    variables = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    done = subprocess.run(
        command, env=environment | variables, input=body, capture_output=True, timeout=TIMEOUT_S, check=True
    )
    found = re.match(rb"Status: (\d+)\r\n", done.stdout)
    assert found, done
    return int(found[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + TIMEOUT_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail("the program takes no connections")


def _post(port: int, headers: dict[str, str], body: bytes) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", "/", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _signed(secrets: list[str], body: str, age: int = 0) -> dict[str, str]:
    """Return the headers with which the desk sends a body."""
    at = int(time.time()) - age
    signatures = [webhook_sender.signature(secret, EVENT["id"], at, body) for secret in secrets]
    return {
        "webhook-id": EVENT["id"],
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


@pytest.mark.parametrize("receiver", COMMANDS, indirect=True)
def test_a_program_of_the_guide_takes_each_signed_event_once(
    receiver: Callable[..., int], tmp_path: Path
) -> None:
    body = json.dumps(EVENT, ensure_ascii=False)
    wrong = ["whsec_" + "x" * 32]
    for headers, sent, expected in (
        (_signed(wrong, body), body, 401),
        (_signed(SECRETS[:1], body, age=400), body, 401),
        (_signed(SECRETS[:1], body, age=-400), body, 401),
        (_signed(SECRETS[:1], body), body + " ", 401),
        (_signed(SECRETS[:1], body) | {"webhook-id": "another"}, body, 401),
        (_signed(SECRETS[:1], body) | {"webhook-timestamp": ""}, body, 401),
        (_signed(SECRETS[1:], body), body, 204),
        (_signed([*wrong, SECRETS[0]], body), body, 204),
    ):
        assert receiver(headers, sent.encode()) == expected, headers
    kept = [file.read_text() for file in (tmp_path / "events").rglob("*") if file.is_file()]
    assert "".join(kept).count("order.packed") == 1
