"""From a dead-letter queue to the table of letters: each message becomes a letter or returns to its letter.

A message is known by a token, so a second delivery changes nothing. Another message about a failure that
somebody has settled since does not open its letter; only a failure of what was sent again does. What Lambda
itself writes about a stream has positions only; the stream still has the changes there, and each of them
becomes a letter.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple, cast

from lambdas.platform import aws, log, stream, times
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.stream import StreamRecord
from lambdas.shop import (
    customer_mails,
    letter_advice,
    letter_content,
    letters,
    order_events,
    order_origin,
    order_reads,
    order_seal,
    order_status,
)
from lambdas.shop.documents import Letter, LetterEntry
from lambdas.shop.order_message import Message

BY = "Order desk"  # who wrote the entries of a history that no person wrote
_POSITIONS = frozenset({"streamArn", "shardId", "startSequenceNumber", "endSequenceNumber"})
_ID = re.compile(r"[A-Za-z0-9-]{8,100}", re.ASCII)  # of a message, or of a change in a stream
_TRIES = 5  # to add to a letter that somebody else changes at the same moment
_MAX_SKEW_MS = 60_000  # between the clock of SQS and that of the function that sends again
_SENDINGS = ("sent", "mended")  # the events of a history by which a letter is on its way
_QUEUES = {
    "SHOP_ORDER_DLQ_URL": letters.ORDERS,
    "SHOP_NOTIFICATION_DLQ_URL": letters.NOTIFICATIONS,
    "SHOP_VIEWS_DLQ_URL": letters.VIEWS,
    "SHOP_WEBHOOK_DLQ_URL": letters.WEBHOOKS,  # empty in a stack without connected shops
    "SHOP_PAGES_DLQ_URL": letters.PAGES,  # empty in a stack without a storefront
    "SHOP_MAILS_DLQ_URL": letters.MAILS,  # empty in a stack without mails to customers
}
# The codes of the errors for which the stream has no change at a position: too old, of another stream, or no
# position at all.
_GONE = frozenset(
    {
        "ExpiredIteratorException",
        "ParamValidationError",
        "ResourceNotFoundException",
        "TrimmedDataAccessException",
        "ValidationException",
    }
)


class Kept(NamedTuple):
    """A letter that a message was kept in, its source, and whether it is new."""

    id: str
    source: str
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failure: the ID of its letter, the token of its message, the content and the reason.

    `sent_at` is when the message was sent, in milliseconds since 1970. `origin` has the fields of the letter
    about who sent the order and when.
    """

    id: str
    token: str
    sent_at: int
    source: str
    body: str
    reason: str
    advice: str
    tries: int
    attributes: dict[str, str]
    origin: dict[str, str]


def keep(record: dict[str, Any]) -> list[Kept]:
    """Keep the message of one record of a dead-letter queue; return the letters that changed.

    A second delivery of the message changes none. Raises the errors of boto3.
    """
    message = Message.of(record)
    queue = record["eventSourceARN"].rpartition(":")[2]
    source = next(one for name, one in _QUEUES.items() if os.environ[name].rpartition("/")[2] == queue)
    failures = _failures(source, message)
    return [kept for failure in failures if (kept := _keep(failure))]


def _failures(source: str, message: Message) -> list[Failure]:
    """Return what failed. A message of another form than our functions and Lambda write is kept as it is."""
    try:
        if source == letters.WEBHOOKS:
            return [_event(message)]
        if source == letters.PAGES:
            return [_products(message)]
        if source == letters.MAILS:
            return [_mail(message)]
        return [_order(message)] if source == letters.ORDERS else list(_changes(source, message))
    except aws.AWS_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - a message that cannot be kept would be lost after 14 days
        log.failure("dead_letter.unreadable", error, messageID=message.message_id)
        return [_as_it_is(source, message)]


def _as_it_is(source: str, message: Message) -> Failure:
    reason = message.text("reason") or ""
    return Failure(
        id=f"{source}-{message.message_id}",
        token=message.message_id,
        sent_at=message.sent_at,
        source=source,
        body=message.body,
        reason=reason,
        advice=letter_advice.of(reason),
        tries=1,
        attributes={},
        origin={},
    )


def _order(message: Message) -> Failure:
    """Return the failure in a message about an order.

    The letter is the one that the order was sent again from, or has the ID of the message in the order queue.
    """
    origin = order_origin.of_dead_letter(message)
    reason = message.text("reason") or ""
    source_id = (message.text("sourceMessageId") or "") if order_seal.is_sealed(message) else ""
    token = source_id if _ID.fullmatch(source_id) else message.message_id
    earlier = origin.redriven.get("deadLetter") if origin.redriven else None
    return Failure(
        id=earlier or f"{letters.ORDERS}-{token}",
        token=token,
        sent_at=message.sent_at,
        source=letters.ORDERS,
        body=message.body,
        reason=reason,
        advice=letter_advice.of(reason),
        tries=letter_advice.tries(reason, int(os.environ["SHOP_MAX_RECEIVE_COUNT"])),
        attributes=order_seal.attributes_to_keep(message),
        origin={
            "channel": origin.channel,
            **origin.shop_fields,
            "submittedBy": origin.sender.name,
            "acceptedAt": times.iso(origin.accepted_at),
            **letter_content.named(origin.account),
        },
    )


def _event(message: Message) -> Failure:
    """Return the failure in a message about an event, whose letter has the shop in its body."""
    document, shop = letter_content.parsed(message.body) or {}, message.text("shop")
    whole = _as_it_is(letters.WEBHOOKS, message)
    if shop and "shop" not in document:
        body = json.dumps({"shop": shop, "event": document or message.body}, ensure_ascii=False)
        whole = replace(whole, body=body)
    known = str(document.get("delivery") or letter_content.event_in(whole.body).get("id")).replace("#", "-")
    return replace(whole, id=f"{letters.WEBHOOKS}-{known}") if _ID.fullmatch(known) else whole


def _products(message: Message) -> Failure:
    """Return the failure in a message about changes of products, which may have only their positions.

    The function that makes the pages makes all of them anew for positions, so they need not be read.
    """
    whole = _as_it_is(letters.PAGES, message)
    document = letter_content.parsed(message.body) or {}
    if _ID.fullmatch(str(document.get("eventID"))):
        return replace(whole, id=f"{letters.PAGES}-{document['eventID']}")
    if "DDBStreamBatchInfo" not in document:
        return whole
    tries = int(document["requestContext"]["approximateInvokeCount"])
    return replace(whole, tries=tries, reason=_given_up(tries), advice=letter_advice.GAVE_UP)


def _mail(message: Message) -> Failure:
    """Return the failure in a message about a mail to a customer, which fails under one ID each time."""
    whole = _as_it_is(letters.MAILS, message)
    known = customer_mails.of_message(message.body)
    return replace(whole, id=letters.id_of_mail(*known)) if known else whole


def _changes(source: str, message: Message) -> Iterator[Failure]:
    """Yield a failure for each change of an order that a message is about."""
    document = letter_content.parsed(message.body) or {}
    whole = _as_it_is(source, message)
    if _ID.fullmatch(str(document.get("eventID"))):
        whole = replace(whole, id=f"{source}-{document['eventID']}")
    positions = document.get("DDBStreamBatchInfo")
    if not isinstance(positions, dict):
        yield whole
        return
    tries = int(document["requestContext"]["approximateInvokeCount"])
    given_up = replace(whole, tries=tries, reason=_given_up(tries), advice=letter_advice.GAVE_UP)
    found = [one for one in _read(positions) if _concerns(source, one)]
    for one in found:
        yield replace(given_up, id=f"{source}-{one['eventID']}", body=stream.body(one))
    if not found:
        yield replace(given_up, advice=letter_advice.POSITIONS)


def _given_up(tries: int) -> str:
    return f"given up after {tries} tries: the function failed for hours"


def _concerns(source: str, record: StreamRecord) -> bool:
    """Whether a source had to do with a change: every change is counted, and some are announced."""
    change, is_new = record["dynamodb"], record["eventName"] == "INSERT"
    status, before = (letter_content.text_in(change.get(name), "status") for name in ("NewImage", "OldImage"))
    is_mailed = order_status.is_announced(status, before, is_new=is_new)
    is_told = customer_mails.told(record) is not None
    return source == letters.VIEWS or is_mailed or is_told or order_events.is_event(change)


def _read(positions: dict[str, Any]) -> list[StreamRecord]:
    """Return the changes at positions of a stream, or none if the stream has them no more."""
    if not positions.keys() >= _POSITIONS or positions["streamArn"] != os.environ["SHOP_ORDERS_STREAM"]:
        return []
    try:
        return stream.read(
            positions["streamArn"],
            positions["shardId"],
            positions["startSequenceNumber"],
            positions["endSequenceNumber"],
        )
    except aws.AWS_ERRORS as error:
        if aws.error_code(error) not in _GONE:
            raise
        return []


def _keep(failure: Failure) -> Kept | None:
    """Keep a failure; return its letter unless it has the failure already."""
    for _ in range(_TRIES):
        letter = letters.find(failure.id)
        if letter and failure.token in letter["tokens"]:
            return None
        if letters.add(_without_erased(_new(failure))) if letter is None else _add(failure, letter):
            return Kept(failure.id, failure.source, letter is None)
    raise LookupError("the letter was changed by others at every try")


def _new(failure: Failure) -> Letter:
    at = times.now()
    return letters.with_keys(
        {
            "id": failure.id,
            "source": failure.source,
            "state": letters.OPEN,
            "version": 1,
            "reason": failure.reason,
            "advice": failure.advice,
            "receivedAt": at,
            "tries": failure.tries,
            "body": failure.body,
            **letter_content.known(failure.source, failure.body),
            **failure.origin,
            "attributes": failure.attributes,
            "tokens": [failure.token],
            "history": [_entry("received", failure, at)],
        }
    )


def _without_erased(letter: Letter) -> Letter:
    """Return a letter, without its content if that is a change of an order that was erased since.

    The same goes for an order that was anonymised. The erasure itself keeps its content, which is needed to
    take the order out of figures and search.
    """
    record = letter_content.record(letter["body"]) if letter["source"] != letters.ORDERS else None
    image = record["dynamodb"].get("NewImage") if record else None
    is_erasure = any(letter_content.text_in(image, name) for name in ("erasedAt", "anonymisedAt"))
    if letter["source"] == letters.WEBHOOKS:  # an event has no customer, and its reference leads to one
        is_erasure = letter_content.event_in(letter["body"]).get("type") == order_events.ERASED
    if letter["source"] == letters.ORDERS or is_erasure:
        return letter
    is_erased = order_reads.is_without_person(letter.get("orderID", ""))
    return letters.with_keys(letters.without_content(letter)) if is_erased else letter


def _add(failure: Failure, letter: Letter) -> bool:
    """Add a failure to its letter; return False if somebody else changed the letter meanwhile.

    It opens a letter whose sending failed. Any other one is a second message about an earlier failure.
    """
    at = times.now()
    changes: dict[str, Any] = {"tokens": [*letter["tokens"], failure.token]}
    if _is_of_sending(failure, letter):
        changes |= {
            "state": letters.OPEN,
            "reason": failure.reason,
            "advice": failure.advice,
            "tries": letter["tries"] + failure.tries,
            "returnedAt": at,
            "history": [*letter["history"], _entry("returned", failure, at)],
        }
    elif letter["state"] != letters.OPEN:
        repeated = cast(LetterEntry, {"at": at, "by": BY, "event": "repeated"})
        changes["history"] = [*letter["history"], repeated]
    try:
        letters.save(cast(Letter, {**letter, **changes}))
    except PreconditionFailedError:
        return False
    return True


def _is_of_sending(failure: Failure, letter: Letter) -> bool:
    """Whether a letter is on its way, and a failure may be of that way.

    The failure in a message that is older than the sending cannot be. In doubt it is, because a lost failure
    is a lost order, and a letter that is opened for nothing costs a look.
    """
    if letter["state"] not in (letters.SENDING, letters.SENT):
        return False
    sendings = list(takewhile(lambda one: one["event"] in _SENDINGS, reversed(_without_repeats(letter))))
    return not sendings or times.iso(failure.sent_at + _MAX_SKEW_MS) >= sendings[-1]["at"]


def _without_repeats(letter: Letter) -> list[LetterEntry]:
    return [one for one in letter["history"] if one["event"] != "repeated"]


def _entry(event: str, failure: Failure, at: str) -> LetterEntry:
    reason = {"reason": failure.reason} if failure.reason else {}
    return cast(LetterEntry, {"at": at, "by": BY, "event": event, **reason})
