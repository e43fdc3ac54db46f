"""The local mailbox: the e-mails that the shop, its account holders and its customers would get.

The emulator sends no e-mail and stores no notifications. Therefore a queue is subscribed to the notification
topic besides the e-mail addresses, and this module moves its messages into `mailbox.jsonl`. Cognito's mails
(codes and invitations) and those to customers about their orders are stored by the emulator until it stops.
"""

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Protocol, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

# The longest wait that SQS allows, because every call makes an otherwise idle emulator save its state.
LONG_POLL_S = 20
RETRY_DELAY_S = 0.5
STOP_TIMEOUT_S = 3
WAKE = "wake up"  # the body of a message that ends a long poll
POSITION_TAG = "mails-kept"
# The filter of each address, which order_notifications.py declares.
MAILS_ONLY = '{"mail": [{"exists": true}]}'
_BY_FUNCTIONS = "v2.SendEmail"  # the emulator's type of a mail that Cognito has not sent
DEFAULT_SUBJECT = "AWS Notification Message"  # SNS uses it for a notification without a subject


class Mail(TypedDict):
    """One mail in the form of `/mailbox.json`. `sentAt` is ISO 8601 in UTC."""

    subject: str
    body: str
    to: str
    sentAt: str


class CustomerMail(Mail):
    """A mail to a customer about an order, with its ID and its HTML."""

    id: str
    html: str


class Mails(Protocol):
    """A source of mails for the mailbox page."""

    def messages(self) -> list[Mail]:
        """Return every notification mail, oldest first."""
        ...

    def account_mails(self) -> list[Mail]:
        """Return every mail about an account, oldest first."""
        ...

    def customer_mails(self) -> list[CustomerMail]:
        """Return every mail to a customer about an order, oldest first."""
        ...


class NoMails:
    """An empty mailbox, used until the real mailbox is open."""

    def messages(self) -> list[Mail]:
        """Return no mails."""
        return []

    account_mails = messages

    def customer_mails(self) -> list[CustomerMail]:
        """Return no mails."""
        return []


class _StoredMail(Mail):
    messageId: str


class Mailbox:
    """Moves messages from the local queue into a file: one mail for each notification and recipient.

    A mail is written to the file before its message is deleted from the queue, and a repeated message is
    recognised by SNS's message ID. Therefore a redelivery, restart or crash neither loses nor repeats a mail.

    A tag on the queue contains the number of mails in the file. A killed emulator restarts with a state, and
    with a tag, that are up to a second old, and sends most mails of that second again with new IDs. The mails
    of that second are those in the file beyond the number in the tag. After the restart, a new mail with the
    same text as one of them is dropped.
    """

    def __init__(
        self, path: Path, sqs: Any, queue_url: str, recipients: Sequence[str], emulator_port: int = 0
    ) -> None:
        """Take the file, an SQS client, the queue's URL and the addresses subscribed to the topic.

        Without `emulator_port`, Cognito's mails are left out.
        """
        self._path = path
        self._sqs = sqs
        self._queue_url = queue_url
        self._recipients = tuple(recipients)
        self._emulator_port = emulator_port
        self._mails: list[_StoredMail] = []
        self._seen: set[tuple[str, str]] = set()
        self._expected_repeats: Counter[tuple[str, str, str]] = Counter()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)

    def start(self) -> None:
        """Read the mails of earlier runs, and drain the queue in the background until `stop`."""
        self.read()
        self._thread.start()

    def stop(self) -> None:
        """Stop draining. Messages still in the queue are read at the next start."""
        self._stopped.set()
        if self._thread.is_alive():
            # This call fails if the emulator has exited, but then the long poll has ended too.
            with contextlib.suppress(BotoCoreError, ClientError):
                self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=WAKE)
            self._thread.join(STOP_TIMEOUT_S)

    def messages(self) -> list[Mail]:
        """Return every notification mail, oldest first."""
        mails = sorted(self._mails.copy(), key=lambda mail: mail["sentAt"])
        return [Mail(subject=m["subject"], body=m["body"], to=m["to"], sentAt=m["sentAt"]) for m in mails]

    def account_mails(self) -> list[Mail]:
        """Return Cognito's mails since the emulator started, oldest first, or none if it does not answer."""
        of_cognito = [one for one in self._sent() if one["Type"] != _BY_FUNCTIONS]
        return sorted((_mail(one) for one in of_cognito), key=lambda mail: mail["sentAt"])

    def customer_mails(self) -> list[CustomerMail]:
        """Return the mails to customers since the emulator started, oldest first, or none without answer."""
        mails = [
            CustomerMail(**_mail(one), id=one["MessageId"], html=one["BodyHtml"] or "")
            for one in self._sent()
            if one["Type"] == _BY_FUNCTIONS
        ]
        return sorted(mails, key=lambda mail: mail["sentAt"])

    def _sent(self) -> list[dict[str, Any]]:
        """Return each mail that the emulator keeps, once for each recipient, or none without answer."""
        if not self._emulator_port:
            return []
        try:
            found = _fetch_sent(self._emulator_port)
        except (OSError, HTTPException):
            return []
        return [{**one, "Address": address} for one in found for address in one["To"]]

    def read(self) -> None:
        """Read the file, and the count in the queue's tag, to find the mails that may be sent again."""
        tags = self._sqs.list_queue_tags(QueueUrl=self._queue_url).get("Tags", {})
        self._mails = _read_whole_lines(self._path)
        self._seen = {_key(mail) for mail in self._mails}
        known = int(tags.get(POSITION_TAG, 0))
        self._expected_repeats = Counter(_content(mail) for mail in self._mails[known:])

    def drain(self) -> int:
        """Move up to ten messages from the queue into the file, and return how many."""
        response = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=LONG_POLL_S
        )
        messages = response.get("Messages", [])
        if messages:
            bodies = [message["Body"] for message in messages if message["Body"] != WAKE]
            self._append(mail for body in bodies for mail in self._mails_of(body))
            self._mark_position()
            self._delete(messages)
        return len(messages)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.drain()
            except (BotoCoreError, ClientError):  # the emulator is stopping or has exited
                self._stopped.wait(RETRY_DELAY_S)

    def _mails_of(self, body: str) -> Iterable[_StoredMail]:
        notification = json.loads(body)
        for address in self._recipients:
            yield _StoredMail(
                messageId=notification["MessageId"],
                subject=notification.get("Subject", DEFAULT_SUBJECT),
                body=notification["Message"],
                to=address,
                sentAt=notification["Timestamp"],
            )

    def _append(self, mails: Iterable[_StoredMail]) -> None:
        fresh = {_key(mail): mail for mail in mails if _key(mail) not in self._seen}
        new = [mail for mail in fresh.values() if not self._take_expected_repeat(mail)]
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(mail) + "\n" for mail in new)
        self._mails.extend(new)
        self._seen.update(fresh)

    def _take_expected_repeat(self, mail: _StoredMail) -> bool:
        repeat = self._expected_repeats[_content(mail)] > 0
        self._expected_repeats[_content(mail)] -= repeat
        return repeat

    def _mark_position(self) -> None:
        self._sqs.tag_queue(QueueUrl=self._queue_url, Tags={POSITION_TAG: str(len(self._mails))})

    def _delete(self, messages: list[dict[str, str]]) -> None:
        handles = [message["ReceiptHandle"] for message in messages]
        entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(handles)]
        self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)


def _fetch_sent(port: int) -> list[dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=RETRY_DELAY_S)
    try:
        connection.request("GET", "/_ministack/ses/messages")
        accounts = json.loads(connection.getresponse().read())["messages"]
    finally:
        connection.close()
    return [one for mails in accounts.values() for one in mails]


def _mail(sent: dict[str, Any]) -> Mail:
    at = datetime.fromtimestamp(sent["Timestamp"], UTC).isoformat(timespec="milliseconds")
    return Mail(
        subject=sent["Subject"],
        body=sent["BodyText"],
        to=sent["Address"],
        sentAt=at.replace("+00:00", "Z"),
    )


def _key(mail: _StoredMail) -> tuple[str, str]:
    return mail["messageId"], mail["to"]


def _content(mail: _StoredMail) -> tuple[str, str, str]:
    return mail["subject"], mail["body"], mail["to"]


def _read_whole_lines(path: Path) -> list[_StoredMail]:
    """Return the mails in the file, and cut off a last line that a crash left incomplete."""
    with path.open("ab+") as file:
        file.seek(0)
        whole = [line for line in file if line.endswith(b"\n")]
        file.truncate(sum(map(len, whole)))
    return [json.loads(line) for line in whole]
