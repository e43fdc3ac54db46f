"""The table of dead letters, which keeps what could not be processed until somebody settles it."""

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from lambdas.platform import aws, batches, listing, log, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError, NotFoundError, PreconditionFailedError, TooLargeError
from lambdas.platform.listing import Listing, Page
from lambdas.shop.documents import FieldChange, Letter, LetterEntry
from lambdas.shop.order_channels import CUSTOMER

ORDERS, NOTIFICATIONS, VIEWS, WEBHOOKS = "orders", "notifications", "views", "webhooks"
PAGES, MAILS = "pages", "mails"  # of the storefront, and to its customers
SOURCES = (ORDERS, NOTIFICATIONS, VIEWS, WEBHOOKS, PAGES, MAILS)
OPEN, SENDING, SENT, DISCARDED = "open", "sending", "sent", "discarded"
STATES = (OPEN, SENDING, SENT, DISCARDED)
SETTLED = (SENT, DISCARDED)
UNSETTLED = (OPEN, SENDING)  # somebody has to decide about these
# The fields of a letter in a list. The index has a copy of them.
LIST_FIELDS = (
    "source",
    "state",
    "reason",
    "advice",
    "version",
    "orderID",
    "customerName",
    "acceptedAt",
    "receivedAt",
    "tries",
    "excerpt",
    "returnedAt",
    "shopID",
)
# The reasons of a letter whose content is gone: the order was stored, or nowhere but in the letter.
ERASED, ERASED_UNSTORED = "the order was erased", "the order was erased before it was stored"
MAX_COUNT = 1000  # letters of a state that are counted; the figure of a longer list helps nobody
_MAX_OF_ORDER = 100
_MAX_ID_BYTES = 1000  # DynamoDB refuses to look for a key of more than 2,048 bytes
_NEW_IDS = uuid.UUID("6f1d1d0e-6a53-4a0e-9d53-2f3c1f5d7b11")  # a random namespace, only for new_order_id


def read_page(source: str, state: str, limit: int, cursor: str) -> Page:
    """Return a page of letters, the latest first. An empty source or state stands for all of them.

    Raises BadRequestError for a cursor of another list.
    """
    sources, states = [source] if source else SOURCES, [state] if state else STATES
    wanted = Listing(
        table=_table(),
        index="byState",
        partition_key="stateSource",
        partitions=[f"{one}#{other}" for one in states for other in sources],
        descending=True,
    )
    return listing.read_page(wanted, limit, cursor)


def settled_until(last: str) -> Listing:
    """Return the listing of the settled letters that came until an instant, the oldest first."""
    return Listing(
        table=_table(),
        index="byState",
        partition_key="stateSource",
        partitions=[f"{state}#{source}" for state in SETTLED for source in SOURCES],
        last=f"{last}#~",  # "~" sorts after every ID, so the letters of the last instant are included
    )


def of_order(order_id: str) -> list[dict[str, Any]]:
    """Return the list fields of the letters about an order, the latest first, at most a hundred."""
    answer = aws.dynamodb().query(**_about(order_id), Limit=_MAX_OF_ORDER)
    return [tables.record(item) for item in answer["Items"]]


def all_of_order(order_id: str) -> list[dict[str, Any]]:
    """Return the list fields of all letters about an order. A client that repeats itself makes many."""
    return list(tables.query(**_about(order_id)))


def of_orders(states: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the list fields of the letters of orders in these states."""
    for state in states:
        yield from tables.query(
            TableName=_table(),
            IndexName="byState",
            KeyConditionExpression="stateSource = :partition",
            ExpressionAttributeValues=tables.attributes({":partition": f"{state}#{ORDERS}"}),
        )


def count_open(source: str) -> int:
    """Return how many letters of a source wait for somebody, at most MAX_COUNT of each state."""
    return sum(_count(f"{state}#{source}") for state in UNSETTLED)


def orders(states: Sequence[str]) -> list[Letter]:
    """Return the letters of orders, whole, that were in these states. Raises batches.BusyError."""
    found = batches.read(_table(), "id", (row["id"] for row in of_orders(states)))
    return [cast(Letter, one) for one in found.values()]


def find(letter_id: str) -> Letter | None:
    """Return a letter, read consistently, or None."""
    is_id = 0 < len(letter_id.encode()) <= _MAX_ID_BYTES
    return cast(Letter | None, tables.get(_table(), id=letter_id) if is_id else None)


def read(letter_id: str) -> Letter:
    """Return a letter, read consistently. Raises NotFoundError."""
    letter = find(letter_id)
    if letter is None:
        raise NotFoundError("there is no such dead letter")
    return letter


def add(letter: Letter) -> bool:
    """Store a new letter; return whether no letter had its ID."""
    try:
        tables.put_new(_table(), "id", letter)
    except tables.ConditionFailedError:
        return False
    return True


def change(letter: Letter, **changes: Any) -> Letter:
    """Store what a person changes of a letter, and return it.

    Leaves room for a letter that comes back. Raises as `save`.
    """
    return save(cast(Letter, {**letter, **changes}), tables.MAX_ITEM_BYTES - tables.HISTORY_BYTES)


def save(changed: Letter, limit: int = tables.MAX_ITEM_BYTES) -> Letter:
    """Store a letter that was changed as the next version of it, and return it.

    `limit` is the most bytes that it may have. Raises TooLargeError, and PreconditionFailedError if the
    stored letter has another version by now.
    """
    before = changed["version"]
    after = with_keys({**changed, "version": before + 1})
    if not _fits(after, limit):
        raise TooLargeError(f"the dead letter must fit into {limit:,} bytes, and does not")
    try:
        tables.put_over(_table(), before, after)
    except tables.ConditionFailedError:
        stored = find(after["id"])
        if stored != after:  # otherwise only the answer of our own write was lost
            beside: dict[str, Any] = {"deadLetter": listed(stored)} if stored else {}
            raise PreconditionFailedError("the dead letter was changed meanwhile", **beside) from None
    return after


def delete(letter: Letter) -> None:
    """Delete a letter for good. Raises PreconditionFailedError if it was changed or is gone."""
    try:
        tables.delete(_table(), letter["version"], id=letter["id"])
    except tables.ConditionFailedError:
        raise PreconditionFailedError("the dead letter was changed meanwhile") from None


def entry(
    letter: Letter, person: Person, event: str, note: str, changes: list[FieldChange]
) -> dict[str, Any]:
    """Return the history of a letter with one more entry, for `change`."""
    entry: dict[str, Any] = {"at": times.now(), **person.signature, "event": event}
    more: dict[str, Any] = {"note": note, "changes": changes}
    entry |= {name: value for name, value in more.items() if value}
    return {"history": [*letter["history"], cast(LetterEntry, entry)]}


def discard(letter: Letter, person: Person, reason: str) -> None:
    """Settle a letter without sending it. Raises ConflictError, PreconditionFailedError, TooLargeError."""
    if letter["state"] == DISCARDED:
        return
    # A change that was cut off on its way may be out of date by now, so nobody can send it any more.
    is_cut_off_change = letter["state"] == SENDING and letter["source"] != ORDERS
    if letter["state"] != OPEN and not is_cut_off_change:
        raise ConflictError("only an open dead letter can be discarded, and this one was sent again")
    settled = {**letter, "state": DISCARDED, **entry(letter, person, "discarded", reason, [])}
    save(cast(Letter, settled))  # also a letter that has no room for another sending
    log.event("dead_letter.discarded", letterID=letter["id"], sub=person.sub)


def without_content(letter: Letter, reason: str = ERASED) -> Letter:
    """Return a letter, discarded and without what it says of its order and its customer."""
    gone, kept = {"original", "customerName", "excerpt", "redriven"}, ("at", "by", "sub", "event")
    gone_attributes = {"redriven"}  # the note about an earlier sending has the changes of the order in words
    if letter.get("channel") == CUSTOMER:
        gone.add("submittedBy")
        gone_attributes |= {"submittedBy", "sub", "name", "emailVerified"}
    rest: dict[str, Any] = {name: value for name, value in letter.items() if name not in gone}
    attributes = letter["attributes"].items()
    rest["attributes"] = {name: text for name, text in attributes if name not in gone_attributes}
    history = [{name: value for name, value in step.items() if name in kept} for step in rest["history"]]
    empty = {"state": DISCARDED, "reason": reason, "advice": "other", "body": "", "history": history}
    return cast(Letter, rest | empty)


def with_keys(letter: Mapping[str, Any]) -> Letter:
    """Return a letter with the keys of its index."""
    keys = {
        "stateSource": f"{letter['state']}#{letter['source']}",
        "listKey": f"{letter['receivedAt']}#{letter['id']}",
    }
    return cast(Letter, {**letter, **keys})


def listed(letter: Mapping[str, Any]) -> dict[str, Any]:
    """Return a letter as a list of the API shows it."""
    return {name: letter[name] for name in ("id", *LIST_FIELDS) if name in letter}


def new_order_id(letter: Letter) -> str:
    """Return the one other ID under which the order of a letter may be sent, always the same one.

    So two people who send the letter as a new order make one order. Letters with the same content have the
    same one, because a client that sends an order twice makes two letters of it.
    """
    content = letter.get("original", letter["body"])
    return str(uuid.uuid5(_NEW_IDS, content if "orderID" in letter else letter["id"]))


def id_of_mail(order_id: str, status: str) -> str:
    """Return the ID of the letter of a mail that tells a customer of a status of an order."""
    return f"{MAILS}-{order_id}-{status}"


def _about(order_id: str) -> dict[str, Any]:
    """Return the query for the letters about an order, the latest first."""
    return {
        "TableName": _table(),
        "IndexName": "byOrder",
        "KeyConditionExpression": "orderID = :order",
        "ExpressionAttributeValues": tables.attributes({":order": order_id}),
        "ScanIndexForward": False,
    }


def _count(partition: str) -> int:
    answer = aws.dynamodb().query(
        TableName=_table(),
        IndexName="byState",
        Select="COUNT",
        KeyConditionExpression="stateSource = :partition",
        ExpressionAttributeValues=tables.attributes({":partition": partition}),
        Limit=MAX_COUNT,
    )
    return int(answer["Count"])


def _fits(letter: Letter, limit: int) -> bool:
    """Whether DynamoDB takes a letter. Its texts count as they are, and not with the escapes of JSON."""
    texts = [letter["body"], letter.get("original", "")]
    rest = {**letter, "body": "", "original": ""}
    return tables.fits(rest, limit - sum(len(text.encode()) for text in texts))


def _table() -> str:
    return os.environ["SHOP_LETTERS_TABLE"]
