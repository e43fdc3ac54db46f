"""The mailbox of this machine: what the shop would get by e-mail.

The emulator sends no e-mail and keeps none. A queue subscribed to the notification topic beside the e-mail
addresses gets every notification as well; this module drains it into `mailbox.jsonl`.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

LONG_POLL_SECONDS = 1  # also how long a stop may take
RETRY_SECONDS = 0.5
POSITION_TAG = "mails-kept"


class Mail(TypedDict):
    """One mail as `mailboxUrl` shows it; `sentAt` is ISO 8601, UTC."""

    subject: str
    body: str
    to: str
    sentAt: str


class _StoredMail(Mail):
    messageId: str


class Mailbox:
    """Drains the local queue into an append-only file, one mail for each notification and recipient.

    A mail is written before its message is deleted, and recognised by SNS's message ID, so a redelivery,
    a restart or a crash in between neither loses a mail nor shows it twice.

    How many mails are kept stands on the queue itself, as a tag. A killed emulator comes back as it was
    up to a second earlier, and sends the mails of that second again: what the file has beyond the tag is
    forgotten then, for it is about to come once more.
    """

    def __init__(self, path: Path, sqs: Any, queue_url: str, recipients: Sequence[str]) -> None:
        """Take the file, an SQS client, the queue's URL and the e-mail addresses subscribed to the topic."""
        self._path = path
        self._sqs = sqs
        self._queue_url = queue_url
        self._recipients = tuple(recipients)
        self._mails: list[_StoredMail] = []
        self._seen: set[tuple[str, str]] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)

    def start(self) -> None:
        """Read the mails of earlier runs, and drain in the background until `stop`."""
        self.read()
        self._thread.start()

    def stop(self) -> None:
        """Stop draining; what is still in the queue is read at the next start."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LONG_POLL_SECONDS + 1)

    def messages(self) -> list[Mail]:
        """Every mail, oldest first."""
        mails = sorted(self._mails.copy(), key=lambda mail: mail["sentAt"])
        return [Mail(subject=m["subject"], body=m["body"], to=m["to"], sentAt=m["sentAt"]) for m in mails]

    def read(self) -> None:
        """Read the file, as far as the emulator knows its mails to be kept, and cut off the rest."""
        tags = self._sqs.list_queue_tags(QueueUrl=self._queue_url).get("Tags", {})
        self._mails = _whole_lines(self._path)[: int(tags.get(POSITION_TAG, 0))]
        self._seen = {_key(mail) for mail in self._mails}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(_lines(self._mails), encoding="utf-8")
        fresh.replace(self._path)

    def drain(self) -> int:
        """Move the next messages of the queue, at most ten, into the file; return how many there were."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=LONG_POLL_SECONDS
        )
        messages = answer.get("Messages", [])
        if messages:
            self._keep(mail for message in messages for mail in self._mails_of(message))
            self._mark_position()
            self._delete(messages)
        return len(messages)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.drain()
            except (BotoCoreError, ClientError):  # the emulator is restarting or going away
                self._stopped.wait(RETRY_SECONDS)

    def _mails_of(self, message: dict[str, str]) -> Iterable[_StoredMail]:
        note = json.loads(message["Body"])
        for address in self._recipients:
            yield _StoredMail(
                messageId=note["MessageId"],
                subject=note.get("Subject", "AWS Notification Message"),  # what SNS writes when there is none
                body=note["Message"],
                to=address,
                sentAt=note["Timestamp"],
            )

    def _keep(self, mails: Iterable[_StoredMail]) -> None:
        fresh = {_key(mail): mail for mail in mails if _key(mail) not in self._seen}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_lines(fresh.values()))
        self._mails.extend(fresh.values())
        self._seen.update(fresh)

    def _mark_position(self) -> None:
        self._sqs.tag_queue(QueueUrl=self._queue_url, Tags={POSITION_TAG: str(len(self._mails))})

    def _delete(self, messages: list[dict[str, str]]) -> None:
        handles = [message["ReceiptHandle"] for message in messages]
        entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(handles)]
        self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)


def _key(mail: _StoredMail) -> tuple[str, str]:
    return mail["messageId"], mail["to"]


def _lines(mails: Iterable[_StoredMail]) -> str:
    return "".join(json.dumps(mail, ensure_ascii=False) + "\n" for mail in mails)


def _whole_lines(path: Path) -> list[_StoredMail]:
    """Read the mails, but for a last line that a crash left half written."""
    written = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in written.split(b"\n")[:-1]]
