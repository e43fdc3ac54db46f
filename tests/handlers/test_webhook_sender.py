"""One try to send an event: the address that it may have, the signature, and each kind of answer."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lambdas.platform import posting, public_hosts, times
from lambdas.platform.errors import BadRequestError
from lambdas.platform.public_hosts import RefusedAddressError
from lambdas.shop import webhook_addresses, webhook_sender, webhooks
from lambdas.shop.webhook_sender import Result
from tests.handlers.shop import Json

BODY = '{"id": "order-1#1", "text": "Grüße"}'


@pytest.fixture(autouse=True)
def test_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosts that these tests may reach."""
    monkeypatch.setenv("SHOP_WEBHOOK_TEST_HOSTS", "localhost 127.0.0.1")


def leads_to(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Have every name lead to these numbers."""
    found = [(0, 0, 0, "", (number, 443)) for number in numbers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@contextmanager
def receiver(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Run a receiver that answers with these bytes; yield its address and its requests."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                while len(head.split(b"\r\n\r\n", 1)[1]) < length:
                    head += connection.recv(4096)
                requests.append(head)
                try:
                    connection.sendall(answer)
                    if not answer:
                        connection.recv(1)  # until the sender gives up
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/events?key=1", requests
        thread.join()


def send(url: str, **changes: object) -> Result:
    """Send an event to an address."""
    webhook: Json = webhooks.with_address(None, url, None, webhooks.new_secret()) | changes
    return webhook_sender.send(webhook, "order-1#1", BODY)


def answer(status: str, text: str = "", headers: str = "") -> bytes:
    """Return an answer of HTTP."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n{headers}\r\n{text}".encode()


def test_the_signature_is_that_of_the_specification() -> None:
    """The example is that of the reference libraries (github.com/standard-webhooks/standard-webhooks)."""
    signed = webhook_sender.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_request_has_the_event_and_a_signature_for_each_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now_ms", lambda: 1_800_000_000_999)
    secrets = [webhooks.new_secret(), webhooks.new_secret()]
    with receiver(answer("204 No Content")) as (url, requests):
        result = send(url, secrets=secrets)
    assert (result.status, result.answer, result.is_delivered) == (204, "", True)
    head, _, body = requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /events?key=1 HTTP/1.1"
    headers = dict(line.split(": ") for line in lines)
    assert headers["Host"] == url.split("/")[2]
    assert headers["webhook-id"] == "order-1#1"
    assert headers["webhook-timestamp"] == "1800000000"
    signed = [webhook_sender.signature(one["secret"], "order-1#1", 1_800_000_000, BODY) for one in secrets]
    assert headers["webhook-signature"] == " ".join(signed)
    assert headers["Content-Type"] == "application/json"
    assert headers["Connection"] == "close"
    assert body.decode() == BODY


@pytest.mark.parametrize(
    ("status", "is_delivered", "is_gone"),
    [
        ("200 OK", True, False),
        ("299 Fine", True, False),
        ("301 Moved Permanently", False, False),
        ("404 Not Found", False, False),
        ("410 Gone", False, True),
        ("500 Internal Server Error", False, False),
    ],
)
def test_only_2xx_is_delivered_and_410_ends_it(status: str, is_delivered: bool, is_gone: bool) -> None:
    elsewhere = "Location: http://127.0.0.1:1/\r\n"
    with receiver(answer(status, "what it says", elsewhere)) as (url, requests):
        result = send(url)
    assert (result.is_delivered, result.is_gone) == (is_delivered, is_gone)
    assert (result.status, result.answer) == (int(status[:3]), "what it says")
    assert len(requests) == 1


def test_the_answer_is_kept_as_one_short_line() -> None:
    with receiver(answer("500 No", "line\r\n\x00\tother\x1b[31m " + "x" * 5000)) as (url, _):
        result = send(url)
    assert result.answer.startswith("line other [31m xxx")
    assert len(result.answer) == 200


def test_a_receiver_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_sender, "SECONDS", 0.1)
    with receiver(b"") as (url, _):
        result = send(url)
    assert (result.status, result.answer) == (None, "no answer within 0.1 seconds")
    assert 90 < result.milliseconds < 2000


def test_each_read_has_only_the_time_that_is_left() -> None:
    """Otherwise a receiver that sends a byte every few seconds would hold a try for hours."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP")
        bounded = posting._Bounded(ours, time.monotonic() + 1.5)
        assert bounded.readinto(bytearray(2)) == 2
        assert 0 < (ours.gettimeout() or 9) <= 1.5
        with pytest.raises(TimeoutError):
            posting._Bounded(ours, time.monotonic() - 1).readinto(bytearray(2))


def test_no_more_is_read_than_an_answer_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MAX_ANSWER_BYTES", 4)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK")
        bounded = posting._Bounded(ours, time.monotonic() + 5)
        assert bounded.readinto(bytearray(8)) == 4
        with pytest.raises(http.client.HTTPException):
            bounded.readinto(bytearray(8))


def test_the_status_counts_although_the_text_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_sender, "SECONDS", 0.2)
    with receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha") as (url, _):
        assert send(url).is_delivered


def test_an_answer_with_too_many_headers_is_left() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (at, b"x" * 1000) for at in range(90))
    with receiver(head + b"\r\n") as (url, _):
        result = send(url)
    assert (result.status, result.answer) == (None, "the headers of the answer are too long")


def test_what_is_no_http_is_no_answer() -> None:
    with receiver(b"220 mail.example ESMTP\r\n") as (url, _):
        assert send(url).answer == "the answer is not HTTP"


def test_a_closed_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").answer == "nothing takes connections at this address"


def test_a_receiver_without_tls_is_no_secure_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(socket, "create_connection", lambda *_: ours)
    theirs.sendall(b"220 mail.example ESMTP\r\n")
    result = send("https://localhost/")
    assert result.status is None
    assert result.answer == "no secure connection: wrong version number"
    theirs.close()


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://shop.example/", "must begin with https://"),
        ("ftp://localhost/", "must begin with https://"),
        ("shop.example", "must begin with https://"),
        ("https:///path", "must name a host"),
        ("https://ann:secret@shop.example/", "no user name"),
        ("https://ann@shop.example/", "no user name"),
        ("https://shop.example/#part", "no part after #"),
        ("https://shop.example/#", "no part after #"),
        ("https://shop.example:80/", "port 443 or one above 1023, got 80"),
        ("https://shop.example:0/", "port 443 or one above 1023, got 0"),
        ("https://shop.example:99999/", "must be a URL"),
        ("https://[::1/", "must be a URL"),
        ("https://münchen.example/", "letters, digits and signs"),
        ("https://shop.example/a b", "letters, digits and signs"),
        ("https://shop.example\\@other.example/", "letters, digits and signs"),
        ("https://shop.example/\r\nHost: other", "letters, digits and signs"),
        ("https://shop.example/" + "x" * 500, "at most 500 characters"),
    ],
)
def test_an_address_that_breaks_a_rule_is_refused_at_its_field(
    url: str, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "93.184.216.34")
    with pytest.raises(BadRequestError, match=rule.replace(".", r"\.")) as refusal:
        webhook_addresses.check(url)
    assert [fault.path for fault in refusal.value.faults] == ["url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/events",
        "https://shop.example",
        "https://shop.example:8443/events?a=b&c=%20d",
        "https://shop.example:1024/",
        "https://SHOP.example:443/",
    ],
)
def test_a_public_address_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "2606:2800:220:1:248:1893:25c8:1946", "93.184.216.34")
    webhook_addresses.check(url)
    numbers = public_hosts.numbers(webhook_addresses.parse(url))
    assert numbers == ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_a_name_that_also_leads_to_a_number_that_is_not_public_is_refused(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "93.184.216.34", number)
    with pytest.raises(BadRequestError, match="must lead to public addresses only"):
        webhook_addresses.check("https://shop.example/")


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254"]
)
def test_no_way_to_write_a_private_number_is_taken(host: str) -> None:
    with pytest.raises(BadRequestError, match=r"must lead to public addresses|has no address"):
        webhook_addresses.check(f"https://{host}/")


@pytest.mark.parametrize("host", ["none.invalid", "a..b", "x" * 64 + ".example"])
def test_a_name_without_an_address_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "made by a test")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(BadRequestError, match="must name a host that exists"):
        webhook_addresses.check(f"https://{host}/")


def test_a_host_for_tests_is_exempt_by_its_whole_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    webhook_addresses.check("http://LOCALHOST:80/")
    leads_to(monkeypatch, "127.0.0.1")
    for host in ("localhost.", "sub.localhost", "127.0.0.1.example"):
        with pytest.raises(BadRequestError):
            webhook_addresses.check(f"https://{host}/")
    monkeypatch.setenv("SHOP_WEBHOOK_TEST_HOSTS", "")
    with pytest.raises(BadRequestError, match="must begin with https"):
        webhook_addresses.check("http://localhost/")


def test_an_address_is_checked_again_at_each_try_and_then_not_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to(monkeypatch, "10.0.0.1")
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *to: connected.append(to))
    result = send("https://shop.example/")
    assert result.answer.startswith("the address must lead to public addresses only")
    assert (result.status, connected) == (None, [])


def test_the_connection_goes_to_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "93.184.216.34", "93.184.216.35")
    tried: list[object] = []

    def refuse(where: tuple[str, int], _: float) -> None:
        tried.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert send("https://shop.example:8443/").status is None
    assert tried == [("93.184.216.34", 8443), ("93.184.216.35", 8443)]


def test_the_name_of_the_host_is_that_of_the_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "93.184.216.34")
    ours, theirs = socket.socketpair()
    asked: list[str] = []

    class Trust:
        def wrap_socket(self, plain: socket.socket, server_hostname: str) -> socket.socket:
            asked.append(server_hostname)
            return plain

    monkeypatch.setattr(socket, "create_connection", lambda *_: ours)
    monkeypatch.setattr(posting, "_trust", Trust)
    theirs.sendall(answer("200 OK"))
    assert send("https://shop.example/").is_delivered
    assert asked == ["shop.example"]
    assert b"Host: shop.example\r\n" in theirs.recv(4096)
    theirs.close()


def test_the_header_host_has_a_number_of_ipv6_in_brackets() -> None:
    assert webhook_addresses.parse("https://[2606:2800::1]:8443/").header == "[2606:2800::1]:8443"
    assert webhook_addresses.parse("https://[2606:2800::1]/").header == "[2606:2800::1]"


def test_a_refusal_names_the_rule() -> None:
    with pytest.raises(RefusedAddressError, match="got http://shop"):
        webhook_addresses.parse("http://shop.example/")
