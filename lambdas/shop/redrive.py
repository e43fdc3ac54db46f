"""Dead letters that are sent again.

A sending has three steps: the letter notes what is sent, the message goes to its queue, the letter notes that
it went. From the first step on the content is fixed, until it comes back to the letter. So whoever repeats a
sending that was cut off sends the same order under the same ID, which changes nothing a second time.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from lambdas.platform import aws, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import (
    BadRequestError,
    ConflictError,
    Fault,
    PreconditionFailedError,
    TooLargeError,
    UndeliverableError,
    summary,
)
from lambdas.shop import (
    customer_account,
    letter_advice,
    letter_content,
    letters,
    order_edits,
    order_seal,
    order_table,
    submissions,
    undecided_orders,
)
from lambdas.shop.documents import FieldChange, HistoryEntry, Letter

MAX_MESSAGE_BYTES = 240 * 1024  # of the order queue, attributes included
# A change is counted and announced once for two weeks (order_journal.py, ledger.py). The letter may be up to
# half a day younger than the change.
MAX_CHANGE_AGE_DAYS = 13
_DAY_MS = 24 * 3600 * 1000
_TRIES = 5  # to note a sending while somebody else changes the letter
_QUEUES = {
    letters.ORDERS: "SHOP_ORDER_QUEUE_URL",
    letters.NOTIFICATIONS: "SHOP_NOTIFICATION_AGAIN_URL",
    letters.VIEWS: "SHOP_VIEWS_AGAIN_URL",
    letters.WEBHOOKS: "SHOP_WEBHOOK_QUEUE_URL",
    letters.PAGES: "SHOP_PAGES_AGAIN_URL",
    letters.MAILS: "SHOP_MAILS_QUEUE_URL",
}


class Content(NamedTuple):
    """The content to send: its text, and the order's ID."""

    text: str
    order_id: str


def send(letter: Letter, person: Person, body: Any, note: str) -> Letter:
    """Send a letter again, with another content unless `body` is None; return it as it is stored now.

    Raises ConflictError if its state or content does not allow this, BadRequestError for a content that is
    refused, TooLargeError, PreconditionFailedError, and the errors of boto3.
    """
    changes = _changes(letter, person, body, note)
    begun = letters.change(_without_excerpt(letter, changes), state=letters.SENDING, **changes)
    queue = os.environ[_QUEUES[letter["source"]]]
    aws.sqs().send_message(QueueUrl=queue, MessageBody=begun["body"], MessageAttributes=_attributes(begun))
    log.event("dead_letter.sent", letterID=letter["id"], orderID=begun.get("sentAs"), sub=person.sub)
    return _with_sending(begun)


def _with_sending(letter: Letter) -> Letter:
    """Note that a letter went to its queue; return it as it is stored now, which may be back already."""
    for _ in range(_TRIES):
        try:
            return letters.save({**letter, "state": letters.SENT})
        except PreconditionFailedError:
            letter = letters.read(letter["id"])
        if letter["state"] != letters.SENDING:  # else only a late message about an earlier failure came
            break
    return letter


def _changes(letter: Letter, person: Person, body: Any, note: str) -> dict[str, Any]:
    """Return what a letter notes of a sending. Raises as `send`."""
    is_order, is_going = (
        letter["source"] == letters.ORDERS,
        letter["state"] in (letters.SENDING, letters.SENT),
    )
    if not letter["body"]:
        raise ConflictError("the order was erased, and the content of this dead letter with it")
    if body is not None and not is_order:
        raise ConflictError("only the content of an order can be mended")
    if body is not None and is_going:
        raise ConflictError("this dead letter is on its way, and its content is fixed until it returns")
    if letter["source"] in (letters.NOTIFICATIONS, letters.VIEWS):
        _check_change(letter)
    if is_order and not is_going:
        return _order_changes(letter, person, body, note)
    return letters.entry(letter, person, "sent", note, [])


def _order_changes(letter: Letter, person: Person, body: Any, note: str) -> dict[str, Any]:
    """Return what a letter notes of an order that is sent. Raises TooLargeError, BadRequestError."""
    content = _mended(letter, body) if body is not None else _as_it_is(letter)
    is_mended = content.text != letter["body"]
    mended = _mended_in(letter, letter["body"], content.text)
    changes: dict[str, Any] = {
        "body": content.text,
        "redriven": _for_the_order(letter, person, "mended" if is_mended else "redriven", note, content.text),
        **letters.entry(letter, person, "mended" if is_mended else "sent", note, mended),
        **letter_content.known(letters.ORDERS, content.text),
    }
    if content.order_id:
        changes["sentAs"] = content.order_id
    if is_mended:
        changes["original"] = letter.get("original", letter["body"])
    after = cast(Letter, {**letter, **changes})
    if _size(after) > MAX_MESSAGE_BYTES:
        size = f"{_size(after):,}"
        raise TooLargeError(f"the message must have at most {MAX_MESSAGE_BYTES:,} bytes, and has {size}")
    return changes


def _without_excerpt(letter: Letter, changes: Mapping[str, Any]) -> Letter:
    """Return a letter without the beginning of a content that was mended since: it has a name by now."""
    gone = ("excerpt",) if "original" in changes else ()
    return cast(Letter, {name: value for name, value in letter.items() if name not in gone})


def _as_it_is(letter: Letter) -> Content:
    return Content(letter["body"], letter.get("orderID", ""))


def _mended(letter: Letter, body: Any) -> Content:
    """Return the content that replaces that of a letter. Raises BadRequestError."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=float)
    try:
        submission = submissions.read(text, customer_account.of_letter(letter))
    except UndeliverableError as refusal:
        raise BadRequestError(str(refusal), [Fault("body", str(refusal))]) from None
    faults = list(submission.faults) or list(_id_fault(letter, submission.order_id))
    if faults:
        raise BadRequestError(summary(faults), faults)
    return Content(text, submission.order_id)


def _mended_in(letter: Letter, before: str, after: str) -> list[FieldChange]:
    """Return what was changed from one content of a letter to another, as far as it can be read."""
    account = customer_account.of_letter(letter)
    documents = (letter_content.parsed(text) or {} for text in (before, after))
    was, now = (submissions.readable(account.completed(one) if account else one) for one in documents)
    return order_edits.changes(was, now, os.environ["SHOP_CURRENCY"])


def _id_fault(letter: Letter, order_id: str) -> list[Fault]:
    """Return the fault of an order ID under which a letter may not be sent.

    A second ID for an order that may be stored under its own would place it twice.
    """
    own = letter.get("orderID")
    # The content before it was mended has the letter's own ID.
    first = letter.get("original", letter["body"])
    is_taken = letter["advice"] == letter_advice.ID_TAKEN and not undecided_orders.is_stored(letter, first)
    is_new_allowed = own is None or is_taken
    allowed = [*([own] if own else []), *([letters.new_order_id(letter)] if is_new_allowed else [])]
    if order_id in allowed:
        return []
    return [Fault("orderID", f"must be {' or '.join(allowed)}, got {order_id}")]


def _check_change(letter: Letter) -> None:
    """Raise ConflictError if a change of an order can be neither announced nor counted any more."""
    record = letter_content.record(letter["body"])
    images: Mapping[str, Any] = record["dynamodb"] if record else {}
    if not record or ("NewImage" not in images and record.get("eventName") not in ("REMOVE", "MAIL")):
        raise ConflictError("the change of the order is not in this dead letter, so it cannot be sent again")
    if letter["receivedAt"] < times.iso(times.now_ms() - MAX_CHANGE_AGE_DAYS * _DAY_MS):
        raise ConflictError(
            f"this is older than {MAX_CHANGE_AGE_DAYS} days, and would be announced or counted a second time"
        )
    if "orderID" not in letter:
        raise ConflictError("the dead letter does not say which order changed, so it cannot be sent again")
    stored = tables.get(order_table.name(), orderID=letter["orderID"]) or {}
    is_erasure = letter_content.text_in(images.get("NewImage"), "erasedAt")
    if letter["source"] == letters.NOTIFICATIONS and "erasedAt" in stored and not is_erasure:
        raise ConflictError("the order was erased, so nobody gets a mail about it any more")
    version = letter_content.text_in(images.get("NewImage"), "version")
    if letter["source"] == letters.VIEWS and version != str(stored.get("version", "")):
        raise ConflictError(
            "the order was changed since, so counting this change now would bring back what was before: "
            "the figures, customers and search have to be made anew. The person who looks after the system "
            "finds how in docs/operate.md"
        )


def _for_the_order(letter: Letter, person: Person, event: str, note: str, text: str) -> HistoryEntry:
    """Return the entry for the history of the order that is sent again, with all that was mended so far."""
    changes = _mended_in(letter, letter.get("original", letter["body"]), text)
    entry = {"at": times.now(), **person.signature, "event": event, "deadLetter": letter["id"]}
    more: dict[str, Any] = {"changes": changes, "note": note}
    return cast(HistoryEntry, entry | {name: value for name, value in more.items() if value})


def _attributes(letter: Letter) -> Mapping[str, Any]:
    """Return the attributes of the message: who sent the order at first, and who sends it again."""
    if letter["source"] != letters.ORDERS:
        return {}
    said = {**letter["attributes"], order_seal.REDRIVEN: json.dumps(letter.get("redriven"))}
    sealed = order_seal.with_seal(letter["body"], said)
    return {name: {"DataType": "String", "StringValue": text} for name, text in sealed.items()}


def _size(letter: Letter) -> int:
    """Return the bytes of a letter's message: its content, and names, types and values of attributes."""
    texts = (f"{name}String{one['StringValue']}" for name, one in _attributes(letter).items())
    return sum(len(text.encode()) for text in (letter["body"], *texts))
