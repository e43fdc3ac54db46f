"""Everything that the tables have about one person, a page at a time.

Orders are found by the index of their customer. Dead letters and parked orders have no such index, and are
scanned: their tables are small, the call is rare, and an address may stand anywhere in them.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from lambdas.platform import json_schema, listing, scan, tables, text
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import address_search, customer_account, letter_content, letters, order_reads, order_table

ORDERS, LETTERS, PARKED = "orders", "letters", "parked"
_PLACES = (ORDERS, LETTERS, PARKED)
_MAX_ORDERS = 25  # of a page; their mails are looked up too
# An answer of a function has at most 6 MB, and the last item of a page may have 0.4 MB in another form.
_MAX_PAGE_BYTES = 2_500_000
_MAX_FOUND = 50  # dead letters or parked orders of a page
SCAN_SECONDS = 3.0  # of one page; a call of a function ends after 10
_SCOPE = "personal data"  # of the cursors
_MAX_CURSOR_BYTES = 3000  # the keys of a letter and of a parked order are shorter


class Found(NamedTuple):
    """Items of one place, and the cursor of the next ones or None."""

    place: str
    items: list[Record]
    cursor: str | None


def find(email: str, cursor: str) -> Found:
    """Return the next items about an address, which is given as `text.mailbox` returns it.

    All places follow one another, and a page has items of one of them, or none. Raises BadRequestError for
    another cursor, and batches.BusyError.
    """
    place, key = _position(cursor)
    if place == ORDERS:
        found, rest = _orders(email, key)
    elif place == LETTERS:
        found, rest = _scanned(os.environ["SHOP_LETTERS_TABLE"], ("id",), letters_of(email), key)
    else:
        table = os.environ["SHOP_DRAFTS_TABLE"]
        found, rest = _scanned(table, ("sub", "orderID"), lambda draft: _is_draft_of(draft, email), key)
    return Found(place, found, _next(place, rest))


def find_some(email: str, cursor: str) -> Found:
    """Return the next items like `find`, from the first place that has any, as far as the time allows."""
    begun = time.monotonic()
    found = find(email, cursor)
    while not found.items and found.cursor and time.monotonic() - begun < SCAN_SECONDS:
        found = find(email, found.cursor)
    return found


def is_for_another(letter: Record, email: str) -> bool:
    """Whether a letter is about other customers only, although it may have the ID of an order of this one."""
    return _is_of_another(_customers_of(letter), email)


def cursor_of(place: str, key: str) -> str:
    """Return the cursor that goes on in a place behind a key."""
    return listing.encode_cursor(f"{place}:{key}", _SCOPE)


def letters_of(email: str) -> Callable[[Record], bool]:
    """Return a function that returns whether a letter is about an order of a person, or names the address.

    A letter about another customer's order stays although it names the address, as that order itself does.
    """
    mine = {order["orderID"] for order in order_reads.of_customer(email)}

    def is_mine(letter: Record) -> bool:
        named = {name: letter.get(name) for name in ("body", "original", "reason", "history", "redriven")}
        if account := customer_account.of_letter(letter):
            named["account"] = account.email
        is_named = address_search.names(named, email) and not is_for_another(letter, email)
        return bool(letter["body"]) and (letter.get("orderID") in mine or is_named)

    return is_mine


def _customers_of(letter: Record) -> Iterator[Any]:
    """Yield the e-mail addresses of the customers whom a letter is about, as far as it can be read."""
    if letter["source"] == letters.ORDERS:
        account = customer_account.of_letter(letter)
        for body in (letter["body"], letter.get("original", "")):
            document = letter_content.parsed(body) or {}
            customer = (account.completed(document) if account else document).get("customer")
            yield customer.get("email") if isinstance(customer, dict) else ""
    elif record := letter_content.record(letter["body"]):
        for image in ("OldImage", "NewImage"):
            yield letter_content.text_in(record["dynamodb"].get(image), "customer", "email")


def _is_of_another(emails: Iterable[Any], email: str) -> bool:
    """Whether a document belongs to other customers only, so that it must not go if it names this address."""
    known = [text.mailbox(one) for one in emails if json_schema.is_valid("Customer", "email", one)]
    return bool(known) and email not in known


def _is_draft_of(draft: Record, email: str) -> bool:
    """Whether a parked order is for a person, or names the address and is for no other customer."""
    typed = draft["content"]["customer"].get("email", "")
    is_named = address_search.names([draft["name"], draft["content"]], email)
    return text.mailbox(typed) == email or (is_named and not _is_of_another([typed.strip()], email))


def _scanned(
    table: str, keys: tuple[str, ...], is_wanted: Callable[[Record], bool], start: str
) -> tuple[list[Record], str]:
    """Return the wanted items of a table behind the key `start`, and the key to go on from or "".

    Ends early after SCAN_SECONDS, or with a page that is large enough.
    """
    begun, size, found = time.monotonic(), 0, list[Record]()
    for page in _pages(table, keys, start):
        for item in page:
            if is_wanted(item):
                found.append(item)
                size += len(str(item))
            if size > _MAX_PAGE_BYTES or len(found) == _MAX_FOUND:
                return found, _key(item, keys)
        if page and time.monotonic() - begun > SCAN_SECONDS:
            return found, _key(page[-1], keys)
    return found, ""


def _pages(table: str, keys: tuple[str, ...], start: str) -> Iterator[list[Record]]:
    parts = start.split("\n")
    if not start:
        return scan.pages(table)
    if len(parts) != len(keys) or not all(parts):
        raise listing.cursor_error()
    return scan.pages(table, ExclusiveStartKey=tables.attributes(dict(zip(keys, parts, strict=True))))


def _key(item: Record, keys: tuple[str, ...]) -> str:
    return "\n".join(item[name] for name in keys)


def _orders(email: str, key: str) -> tuple[list[Record], str]:
    """Return whole orders of a person behind a `listKey`, the latest first, and the last key or ""."""
    wanted = Listing(
        table=order_table.name(),
        index="byCustomer",
        partition_key="customerEmail",
        partitions=[email],
        descending=True,
    )
    listed, frontier = listing.merge(wanted.after(key) if key else wanted, key, _MAX_ORDERS + 1)
    size, found = 0, list[Record]()
    for one in listed[:_MAX_ORDERS]:
        order = order_reads.find(one["orderID"])
        if order and order.get("customerEmail") == email:
            found.append(cast(Record, order))
            size += len(str(order))
        if size > _MAX_PAGE_BYTES:
            return found, one["listKey"]
    more = len(listed) > _MAX_ORDERS or frontier
    return found, listed[:_MAX_ORDERS][-1]["listKey"] if more and listed else ""


def _position(cursor: str) -> tuple[str, str]:
    """Return the place and the key of a cursor. Raises BadRequestError."""
    if not cursor:
        return ORDERS, ""
    place, _, key = listing.decode_cursor(cursor, _SCOPE, _MAX_CURSOR_BYTES).partition(":")
    if place not in _PLACES:
        raise listing.cursor_error()
    return place, key


def _next(place: str, key: str) -> str | None:
    if key:
        return cursor_of(place, key)
    following = _PLACES[_PLACES.index(place) + 1 :]
    return cursor_of(following[0], "") if following else None
