"""Announcements: the mails and events about a batch of orders, each sent once.

Ten at a time are leased in the ledger, published and marked as sent, with one call for each step. A change
with a mail and an event is one message. Its attributes say what it has, and by them each subscription takes
what is for it.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.platform import aws, batches, log, times
from lambdas.platform.errors import OutOfTimeError
from lambdas.platform.tables import Record
from lambdas.shop import ledger
from lambdas.shop.ledger import Owner
from lambdas.shop.mail import Mail
from lambdas.shop.order_events import Event

# Publishing mails and marking them as sent take at most 41.25 s (see aws.py and batches.py). With less time,
# mails might be sent but not marked, and the next delivery of their records would send them again.
MIN_TIME_MS = 42_000
# Limits of one PublishBatch (SNS API Reference).
_MAX_MAILS, _MAX_BYTES = 10, 262_144
# Error codes that mean SNS or the ledger refused content, so that it would refuse every retry too.
_REFUSALS = frozenset(
    {
        "BatchRequestTooLong",
        "InvalidParameter",
        "InvalidParameterValue",
        "ValidationError",
        "ValidationException",
    }
)
_LEDGER_ERRORS: tuple[type[Exception], ...] = (*aws.AWS_ERRORS, batches.BusyError)
_TRANSIENT_ERRORS = (*_LEDGER_ERRORS, ledger.StillLeasedError, OutOfTimeError)


@dataclass(eq=False)
class Announcement:
    """The messages that are due about a change, with its ID in the ledger and the owner of its lease.

    It is a mail to the shop, an event for a connected shop, or a message about a mail to a customer, or
    several of them. `kind` is the type of the change, such as `order.placed`. `text` is what a subscriber
    gets who takes every message although no mail is due. `result` is the outcome for the log, or the error
    for which nothing was sent.
    """

    notification_id: str
    owner: Owner
    kind: str
    letter: Mail | None
    event: Event | None = None
    told: str = ""
    text: str = ""
    result: str | Exception = ""

    def __post_init__(self) -> None:
        self.subject = self.letter.subject if self.letter else ""
        # A text message has room for the subject, a queue gets the event, and everybody else gets the body.
        messages = {"default": self.letter.body if self.letter else self.text}
        messages |= {"sms": self.subject} if self.letter else {}
        # An order has only one channel, so it is never both.
        messages |= {"sqs": self.event.text if self.event else self.told} if self.event or self.told else {}
        self.message = json.dumps(messages, ensure_ascii=False)
        self.attributes = {"mail": self.kind} if self.letter else {}
        self.attributes |= {"event": self.event.type, "shop": self.event.client} if self.event else {}
        self.attributes |= {"customer": self.kind} if self.told else {}
        names_and_values = "".join(f"{name}String{value}" for name, value in self.attributes.items())
        self.size = len(self.subject) + len(self.message.encode()) + len(names_and_values)


def send(announcements: Sequence[Announcement], time_left_ms: Callable[[], int]) -> None:
    """Send the mails and events that were not sent before, and set the result of each announcement."""
    try:
        known = ledger.read(one.notification_id for one in announcements)
    except _LEDGER_ERRORS as error:
        _set(announcements, error)
        return
    for batch in _batches(announcements):
        _send(batch, known, time_left_ms)


def require_time(time_left_ms: Callable[[], int]) -> None:
    """Raise OutOfTimeError if the invocation has too little time left to send mails and mark them as sent."""
    if time_left_ms() < MIN_TIME_MS:
        raise OutOfTimeError


def is_transient(error: Exception) -> bool:
    """Whether another delivery of the record may succeed."""
    return isinstance(error, _TRANSIENT_ERRORS) and aws.error_code(error) not in _REFUSALS


def _batches(announcements: Sequence[Announcement]) -> Iterator[list[Announcement]]:
    """Yield batches that SNS takes. No batch has the same mail twice."""
    batch: list[Announcement] = []
    for one in announcements:
        is_repeated = one.notification_id in {other.notification_id for other in batch}
        is_full = len(batch) == _MAX_MAILS or sum(other.size for other in [*batch, one]) > _MAX_BYTES
        if batch and (is_repeated or is_full):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _send(
    batch: Sequence[Announcement], known: Mapping[str, Record], time_left_ms: Callable[[], int]
) -> None:
    """Send a batch. If it fails for an error that is not transient, send each mail alone."""
    try:
        require_time(time_left_ms)
        leased = _lease(batch, known)
        require_time(time_left_ms)
        _mark_sent(_publish(leased))
    except Exception as error:  # noqa: BLE001 - one mail must not take the others to the dead letters
        open_ones = [one for one in batch if not one.result]
        if len(batch) == 1 or is_transient(error):
            _set(open_ones, error)
            return
        for one in open_ones:
            _send([one], known, time_left_ms)


def _lease(batch: Sequence[Announcement], known: Mapping[str, Record]) -> list[Announcement]:
    """Take the leases of mails. Return the announcements with one, and set the result of the others."""
    owners = {one.notification_id: one.owner for one in batch}
    errors = ledger.claim(owners, known, times.now_ms())
    for one in batch:
        error = errors.get(one.notification_id, "")
        one.result = "sent_before" if isinstance(error, ledger.SentBeforeError) else error
    return [one for one in batch if not one.result]


def _publish(batch: Sequence[Announcement]) -> list[Announcement]:
    """Publish mails. Return the announcements of those that were sent, and set the result of the others."""
    if not batch:
        return []
    answer = aws.sns().publish_batch(
        TopicArn=os.environ["SHOP_TOPIC_ARN"],
        PublishBatchRequestEntries=[_entry(str(at), one) for at, one in enumerate(batch)],
    )
    failed = {int(entry["Id"]): entry for entry in answer.get("Failed", [])}
    sent = {int(entry["Id"]) for entry in answer.get("Successful", [])}
    for at, one in enumerate(batch):
        one.result = "sent_unmarked" if at in sent else aws.error_of(failed.get(at, {}), "PublishBatch")
    return [one for at, one in enumerate(batch) if at in sent]


def _entry(name: str, one: Announcement) -> dict[str, Any]:
    """Return an announcement as an entry of a batch of SNS."""
    values = {key: {"DataType": "String", "StringValue": text} for key, text in one.attributes.items()}
    return {
        "Id": name,
        "Message": one.message,
        "MessageStructure": "json",
        "MessageAttributes": values,
        **({"Subject": one.subject} if one.subject else {}),
        # A queue that one shop fills lets the events of the others through ("fair queues" of SQS).
        **({"MessageGroupId": one.event.client} if one.event else {}),
    }


def _mark_sent(batch: Sequence[Announcement]) -> None:
    """Mark mails as sent.

    A failure is not raised, because the next delivery of the records would send the mails again.
    """
    ids = [one.notification_id for one in batch]
    recipients = os.environ["SHOP_NOTIFICATION_RECIPIENTS"].split()
    try:
        ledger.mark_sent(
            {one.notification_id: recipients if one.letter else [] for one in batch}, times.now()
        )
    except _LEDGER_ERRORS as error:
        log.failure("ledger.not_marked", error, notificationIDs=ids)
    else:
        _set(batch, "sent")


def _set(announcements: Sequence[Announcement], result: str | Exception) -> None:
    for one in announcements:
        one.result = result
