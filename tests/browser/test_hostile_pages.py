"""A hostile page on another port or under another host name cannot use or read the local system."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.browser import HOSTILE_HOST
from tests.browser.conftest import Json, OpenTab
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

# Each attempt resolves to the text that the page could read, or to null. `Attack` collects the statuses.
ATTACK = """async ({ reads, posts, gets, sockets }) => {
  const text = (response) => (response.ok ? response.text() : null);
  const late = () => new Promise((resolve) => setTimeout(resolve, 3000, null));
  const quiet = (attempt) => Promise.race([attempt, late()]).catch(() => null);
  const loaded = (element, address) =>
    new Promise((resolve) => {
      element.onload = element.onerror = () => resolve(null);
      element.src = element.href = element.data = address;
      document.body.append(element);
    });
  const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const simple = { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" } };
  const attempts = [
    ...reads.map((address) => fetch(address).then(text)),
    ...reads.map((address) => fetch(address, { credentials: "include", cache: "force-cache" }).then(text)),
    ...reads.map((address) => fetch(address, { method: "PUT", headers: { "X-Evil": "1" } }).then(text)),
    ...[...posts, ...gets].map((address) => fetch(address, simple).then(() => null)),
    ...gets.map((address) => fetch(address, { mode: "no-cors" }).then(() => null)),
    ...gets.map((address) => loaded(element("img"), address)),
    ...[...gets, ...reads].map((address) => loaded(element("script"), address)),
    ...gets.map((address) => loaded(element("link", { rel: "stylesheet" }), address)),
    ...[...gets, ...reads].map((address) => loaded(element("iframe"), address)),
    ...posts.map((address) => {
      const frame = element("iframe", { sandbox: "allow-scripts" });  // its origin is null
      frame.srcdoc = `<script>fetch(${JSON.stringify(address)}, ${JSON.stringify(simple)})</` + "script>";
      return new Promise((resolve) => {
        frame.onload = () => setTimeout(resolve, 300, null);
        document.body.append(frame);
      });
    }),
    ...sockets.map(
      (address) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve("opened");
          socket.onerror = () => resolve(null);
        })
    ),
  ];
  const found = await Promise.all(attempts.map(quiet));
  for (const address of posts) navigator.sendBeacon(address, "x");
  return found.filter((one) => one !== null);
}"""
SUBMIT = """(address) => {
  const form = Object.assign(document.createElement("form"), { action: address, method: "POST" });
  document.body.append(form);
  form.submit();
}"""


class _BlankPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Win a prize</title><body>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hostile_port() -> Iterator[int]:
    """The port of a server with a hostile page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _BlankPage)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class Attack:
    """The addresses of the local system that a hostile page tries, and the answers that it got."""

    def __init__(self, outputs: Json) -> None:
        self.site_port = urlsplit(outputs["siteUrl"]).port
        self.emulator_port = urlsplit(outputs["local"]["endpointUrl"]).port
        self._region = outputs["region"]
        self._count = 0
        self.statuses: list[int] = []

    def watch(self, page: Page) -> None:
        """Collect the status of every answer of the local system from now on."""
        ports = {self.site_port, self.emulator_port}
        page.context.on("response", lambda response: self._note(response, ports))

    def _note(self, response: Response, ports: set[int | None]) -> None:
        if urlsplit(response.url).port in ports:
            self.statuses.append(response.status)

    def addresses(self, host: str) -> dict[str, list[str]]:
        """Return addresses that read, that change something by POST or GET, and that open a WebSocket."""
        site, emulator = f"http://{host}:{self.site_port}", f"http://{host}:{self.emulator_port}"
        return {
            "reads": [
                f"{site}/mailbox.json", f"{site}/mailbox", f"{site}/", f"{emulator}/_ministack/ses/messages",
                f"{emulator}/_ministack/sqs/messages", f"{emulator}/health", f"{site}/health",
            ],
            "posts": [
                f"{emulator}/_ministack/reset", f"{site}/_ministack/reset", self._signed("POST", emulator),
                f"{site}/%5fministack/reset", f"{emulator}/login",
            ],
            "gets": [self._signed("GET", emulator), self._signed("GET", emulator)],
            "sockets": [f"ws://{host}:{self.emulator_port}/_aws/execute-api/a/b", f"ws://{host}:{self.site_port}/"],
        }  # fmt: skip

    def _signed(self, method: str, emulator: str) -> str:
        """Return a presigned call that creates a topic with the keys that every emulator has."""
        self._count += 1
        call = AWSRequest(
            method, f"{emulator}/?Action=CreateTopic&Name=evil-{self._count}&Version=2010-03-31"
        )
        SigV4QueryAuth(Credentials("test", "test"), "sns", self._region, expires=600).add_auth(call)
        return str(call.url)


def _topics(outputs: Json) -> list[str]:
    sns = boto3.client(
        "sns", outputs["region"], endpoint_url=outputs["local"]["endpointUrl"],
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip
    return [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]


def _try_everything(page: Page, attack: Attack) -> list[Any]:
    """Try everything from a page, at each name of this machine. Return what the page could read."""
    found: list[Any] = []
    for host in ("localhost", "127.0.0.1", HOSTILE_HOST):
        found += page.evaluate(ATTACK, attack.addresses(host))
    return found


def test_a_hostile_page_changes_and_reads_nothing(
    chromium: Browser, outputs: Json, hostile_port: int, open_tab: OpenTab, staff: Person, customer: Json
) -> None:
    before, attack = _topics(outputs), Attack(outputs)
    context = chromium.new_context(bypass_csp=True)  # the policy of a refusal would stop the page too early
    page = context.new_page()
    attack.watch(page)
    read: list[Any] = []
    for host in (HOSTILE_HOST, "localhost"):  # another site, and another origin of the same site
        page.goto(f"http://{host}:{hostile_port}/")
        read += _try_everything(page, attack)
        page.evaluate(SUBMIT, attack.addresses("localhost")["posts"][0])
        page.wait_for_url("**/_ministack/reset")
        for address in attack.addresses("localhost")["gets"]:
            page.goto(f"http://{host}:{hostile_port}/")
            page.evaluate("address => location.assign(address)", address)
            page.wait_for_url(address)
    for port in (attack.site_port, attack.emulator_port):  # the host name now has this machine's address
        page.goto(f"http://{HOSTILE_HOST}:{port}/mailbox.json")
        read += _try_everything(page, attack)
    context.close()

    assert read == []
    assert len(attack.statuses) > 200
    assert set(attack.statuses) <= {403, 404}
    assert _topics(outputs) == before
    _work_goes_on(open_tab(), staff, {**customer, "name": f"Maria {uuid.uuid4().hex[:12]}"})


def _work_goes_on(tab: Tab, staff: Person, customer: Json) -> None:
    """Sign in, send an order, and find its mail."""
    tab.sign_in_on_hosted_page(staff, "/new-order.html")
    tab.add_line("browsertest bleach", "3")
    tab.fill_customer(Name=customer["name"], E_mail=customer["email"])
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    wait_for(lambda: _mail_has_arrived(tab, customer["name"]))


def _mail_has_arrived(tab: Tab, text: str) -> bool:
    tab.goto("/mailbox")
    return tab.css("details").filter(has_text=text).count() > 0
