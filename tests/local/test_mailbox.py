"""The mailbox: one mail for each notification and recipient, also after redeliveries and kills."""

import copy
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.exceptions import EndpointConnectionError

from local.mailbox import Mail, Mailbox

OWNER, OFFICE = "owner@shop.example", "orders@shop.example"
ENVELOPE = {"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-2:000000000000:topic"}


class Queue:
    """A fake SQS queue with one consumer, whose messages can be redelivered."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.in_flight: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.deliveries = 0
        self.away = False
        self.waits = False
        self.deletes_fail = False

    def publish(self, number: int, **changes: str) -> None:
        """Put a notification into the queue, as SNS does."""
        note = {
            **ENVELOPE,
            "MessageId": f"sns-{number}",
            "Subject": f"Order {number}",
            "Message": f"Body of {number}",
            "Timestamp": f"2024-01-01T00:00:{number:02}.000Z",
        }
        self.waiting.append(json.dumps({**note, **changes}))

    def redeliver(self) -> None:
        """Make all messages visible again that were received but not deleted."""
        self.waiting.extend(self.in_flight.values())
        self.in_flight.clear()

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int) -> Any:  # noqa: N803
        self._check(QueueUrl)
        deadline = time.monotonic() + WaitTimeSeconds
        while self.waits and not self.waiting and time.monotonic() < deadline:
            time.sleep(0.005)
        batch, self.waiting = self.waiting[:MaxNumberOfMessages], self.waiting[MaxNumberOfMessages:]
        messages = []
        for body in batch:
            self.deliveries += 1
            self.in_flight[str(self.deliveries)] = body
            messages.append({"ReceiptHandle": str(self.deliveries), "Body": body})
        return {"Messages": messages} if messages else {}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803
        self._check(QueueUrl)
        if self.deletes_fail:
            raise EndpointConnectionError(endpoint_url=QueueUrl)
        for entry in Entries:
            del self.in_flight[entry["ReceiptHandle"]]

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self._check(QueueUrl)
        self.waiting.append(MessageBody)

    def tag_queue(self, QueueUrl: str, Tags: dict[str, str]) -> None:  # noqa: N803
        self._check(QueueUrl)
        self.tags.update(Tags)

    def list_queue_tags(self, QueueUrl: str) -> Any:  # noqa: N803
        self._check(QueueUrl)
        return {"Tags": dict(self.tags)} if self.tags else {}

    def _check(self, url: str) -> None:
        assert url == "queue-url"
        if self.away:
            raise EndpointConnectionError(endpoint_url=url)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mailbox.jsonl"


def open_mailbox(file: Path, queue: Queue, *recipients: str) -> Mailbox:
    box = Mailbox(file, queue, "queue-url", recipients or (OFFICE,))
    box.read()
    return box


def subjects(box: Mailbox) -> list[str]:
    return [mail["subject"] for mail in box.messages()]


def test_notification_becomes_one_mail_per_recipient(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue, OWNER, OFFICE)
    queue.publish(1, Message="Zwei Säcke\n🧽 </script>")
    assert box.drain() == 1
    expected = Mail(
        subject="Order 1", body="Zwei Säcke\n🧽 </script>", to=OWNER, sentAt="2024-01-01T00:00:01.000Z"
    )
    assert box.messages() == [expected, {**expected, "to": OFFICE}]
    assert queue.in_flight == {}


def test_mails_are_oldest_first(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    for number in (3, 1, 2):
        queue.publish(number)
    box.drain()
    assert subjects(box) == ["Order 1", "Order 2", "Order 3"]


def test_redelivered_message_is_shown_once(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1)
    queue.publish(1)  # the same message twice in one batch
    box.drain()
    queue.publish(1)  # the same message again in another batch
    box.drain()
    assert subjects(box) == ["Order 1"]
    assert len(file.read_text().splitlines()) == 1


def test_two_notifications_with_the_same_text_are_two_mails(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1, Subject="Same", Message="Same")
    queue.publish(2, Subject="Same", Message="Same")
    box.drain()
    assert subjects(box) == ["Same", "Same"]


def test_mail_is_written_before_its_message_is_deleted(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1)
    queue.deletes_fail = True
    with pytest.raises(EndpointConnectionError):
        box.drain()
    assert json.loads(file.read_text())["subject"] == "Order 1"


def test_undeleted_message_is_shown_once_after_a_restart(file: Path, queue: Queue) -> None:
    test_mail_is_written_before_its_message_is_deleted(file, queue)
    queue.deletes_fail = False
    queue.redeliver()
    queue.publish(2)
    again = open_mailbox(file, queue)
    again.drain()
    assert subjects(again) == ["Order 1", "Order 2"]
    assert queue.in_flight == {}


def test_half_written_mail_is_written_again(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1)
    box.drain()
    file.write_bytes(file.read_bytes() + '{"messageId": "sns-2", "subject": "Ord\u00e9'.encode()[:-1])
    again = open_mailbox(file, queue)
    queue.publish(2)
    again.drain()
    assert subjects(again) == ["Order 1", "Order 2"]
    assert subjects(open_mailbox(file, queue)) == ["Order 1", "Order 2"]


def test_unicode_line_separators_survive_a_restart(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1, Message="one\u2028two\u0085three\r\nfour")
    box.drain()
    assert open_mailbox(file, queue).messages() == box.messages()


def test_mails_resent_by_a_killed_emulator_are_shown_once(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1)
    box.drain()
    queue.publish(2)
    snapshot = copy.deepcopy(queue)  # the emulator's save: the tag counts one mail, one message waits
    queue.publish(3)
    box.drain()
    assert subjects(box) == ["Order 1", "Order 2", "Order 3"]

    after = open_mailbox(file, snapshot)
    # The notifier runs again, and SNS assigns a new ID.
    snapshot.publish(30, Subject="Order 3", Message="Body of 3")
    after.drain()
    assert subjects(after) == ["Order 1", "Order 2", "Order 3"]
    assert len(file.read_text().splitlines()) == 3

    snapshot.publish(31, Subject="Order 3", Message="Body of 3")  # a later mail with this text is a new one
    after.drain()
    assert subjects(after) == ["Order 1", "Order 2", "Order 3", "Order 3"]


def test_mail_not_resent_by_a_killed_emulator_stays(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    snapshot = copy.deepcopy(queue)
    queue.publish(1)
    box.drain()
    assert subjects(open_mailbox(file, snapshot)) == ["Order 1"]


def test_same_text_after_a_clean_restart_is_another_mail(file: Path, queue: Queue) -> None:
    queue.publish(1)
    open_mailbox(file, queue).drain()
    queue.publish(2, Subject="Order 1", Message="Body of 1")
    again = open_mailbox(file, queue)
    again.drain()
    assert subjects(again) == ["Order 1", "Order 1"]


def test_mail_without_a_subject_gets_the_default_subject_of_sns(file: Path, queue: Queue) -> None:
    box = open_mailbox(file, queue)
    queue.publish(1)
    note = json.loads(queue.waiting.pop())
    del note["Subject"]
    queue.waiting.append(json.dumps(note))
    box.drain()
    assert subjects(box) == ["AWS Notification Message"]


def test_mailbox_drains_in_the_background_until_stopped(file: Path, queue: Queue) -> None:
    queue.waits = True
    box = Mailbox(file, queue, "queue-url", [OFFICE])
    box.start()
    queue.publish(1)
    wait_for(box)
    box.stop()
    assert subjects(box) == ["Order 1"]
    queue.publish(2)
    time.sleep(0.05)
    assert (len(queue.waiting), queue.in_flight) == (1, {})


def test_stop_does_not_wait_for_the_next_mail(file: Path, queue: Queue) -> None:
    queue.waits = True
    box = Mailbox(file, queue, "queue-url", [OFFICE])
    box.start()
    time.sleep(0.05)
    started = time.monotonic()
    box.stop()
    assert time.monotonic() - started < 1
    assert subjects(box) == []
    assert subjects(open_mailbox(file, queue)) == []


@pytest.mark.thorough
def test_mailbox_survives_an_unreachable_emulator(file: Path, queue: Queue) -> None:
    box = Mailbox(file, queue, "queue-url", [OFFICE])
    box.start()
    queue.away = True
    time.sleep(0.05)
    queue.publish(1)
    queue.away = False
    wait_for(box)
    queue.away = True
    box.stop()
    assert subjects(box) == ["Order 1"]


def wait_for(box: Mailbox) -> None:
    deadline = time.monotonic() + 5
    while not box.messages() and time.monotonic() < deadline:
        time.sleep(0.01)


class SentMails(BaseHTTPRequestHandler):
    """A fake of the emulator's list of Cognito's mails."""

    mails: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        assert self.path == "/_ministack/ses/messages"
        body = json.dumps({"messages": self.mails}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def emulator() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), SentMails)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_account_mails_are_listed_separately_from_notifications(
    file: Path, queue: Queue, emulator: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(at: float, code: str) -> dict[str, Any]:
        mail = {"To": ["zoe@shop.example"], "Subject": "Your code", "BodyText": code, "Timestamp": at}
        return {**mail, "Type": "Cognito", "MessageId": code, "BodyHtml": None}

    order = {**sent(1704067203, "Thank you"), "Type": "v2.SendEmail", "BodyHtml": "<p>Thank you"}
    mails = {"000000000000": [sent(1704067202.25, "654321"), order, sent(1704067200, "123456")]}
    monkeypatch.setattr(SentMails, "mails", mails)
    box = Mailbox(file, queue, "queue-url", [OFFICE], emulator.server_address[1])
    code = Mail(subject="Your code", body="123456", to="zoe@shop.example", sentAt="2024-01-01T00:00:00.000Z")
    assert box.account_mails() == [
        code,
        {**code, "body": "654321", "sentAt": "2024-01-01T00:00:02.250Z"},
    ]
    assert box.messages() == []
    assert [(one["body"], one["html"]) for one in box.customer_mails()] == [("Thank you", "<p>Thank you")]


def test_account_mails_are_empty_without_the_emulator(file: Path, queue: Queue) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        box = Mailbox(file, queue, "queue-url", [OFFICE], nobody.getsockname()[1])
        assert box.account_mails() == []
    assert open_mailbox(file, queue).account_mails() == []


def test_mailbox_that_never_started_can_be_stopped(file: Path, queue: Queue) -> None:
    Mailbox(file, queue, "queue-url", [OFFICE]).stop()
