"""The table of search terms: which orders, customers and products have a word that begins so.

A row stands for one prefix of one thing, so that any search is a query of one key and shard, newest first,
and never a scan. Rows are small, and what they lead to is read and checked again by whoever searches.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from lambdas.platform import batches, tables
from lambdas.platform.errors import BadRequestError, Fault
from lambdas.platform.listing import Listing
from lambdas.platform.strict_json import shown
from lambdas.platform.tables import Record

Rows = dict[tuple[str, str], Record]
"""Rows of the table by their two keys."""

ORDER, CUSTOMER, PRODUCT = "order", "customer", "product"
# Lengths of the prefixes that have rows. What is typed beyond one is filtered out of the rows of that one.
_PREFIXES = {ORDER: (2, 4, 7), CUSTOMER: (2, 4, 7), PRODUCT: (1, 2, 4, 7)}
# Of one thing: a name of 200 letters must not become hundreds of rows. Of a product half as many, for its old
# and new rows and the product itself are one transaction, which takes 100 writes.
_MAX_WORDS = {ORDER: 24, CUSTOMER: 24, PRODUCT: 12}
_MAX_QUERY = 100  # characters
_LETTERS = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
# Letters that Unicode does not take apart into a plain one and an accent, and the two apostrophes.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


def table() -> str:
    """Name the table of search terms."""
    return os.environ["SHOP_TERMS_TABLE"]


def customer_words(customer: Record) -> list[str]:
    """Return the words by which a customer is found: of name, company and e-mail address."""
    email = fold(str(customer.get("email", "")))
    address, _, _ = email.rpartition(".")  # no word of its own for `com`, which nearly everybody has
    named = fold(" ".join(str(customer.get(field, "")) for field in ("name", "company")))
    return _distinct(CUSTOMER, [email, *_words(named), *_LETTERS.findall(address)])


def order_words(order: Record) -> list[str]:
    """Return the words by which an order is found: its number, and its customer's words."""
    return _distinct(ORDER, [order["orderID"], *customer_words(order["customer"])])


def product_words(product: Record) -> list[str]:
    """Return the words by which a product is found: its SKU and its name's words."""
    sku, name = fold(product["sku"]), fold(product["name"])
    return _distinct(PRODUCT, [sku, *_words(name), *_words(sku)])


def fold(text: str) -> str:
    """Write a text as searches compare it: small letters, no accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN)


def parse_query(text: str, kind: str) -> list[str]:
    """Return the words that are searched for, none if there is no search. Raises BadRequestError."""
    shortest = _PREFIXES[kind][0]
    words = [word for word in (_EDGES.sub("", word) for word in fold(text).split()) if word]
    longest = len(max(words, key=len, default=""))
    if text and (longest < shortest or len(text) > _MAX_QUERY):
        rule = f"must have a word of at least {shortest} letters, and {_MAX_QUERY} in all"
        message = f"{rule}, got {shown(text)}"
        raise BadRequestError(f"q {message}", [Fault("q", message)])
    return words


def matches(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Tell whether each wanted word is the beginning of one of the words."""
    text = _joined(words)
    return all(f" {word}" in text for word in wanted)


def listing(kind: str, wanted: list[str], **more: Any) -> Listing:
    """List the rows of the things that match; `more` narrows and orders the listing."""
    prefix = max(_prefixes(kind, max(wanted, key=len)), key=len)
    names = {f":word{at}": f" {word}" for at, word in enumerate(wanted)}
    return Listing(
        table=table(),
        partition_key="term",
        partitions=[f"{kind}#{prefix}#{shard}" for shard in tables.SHARDS],
        condition=" AND ".join(f"contains(#words, {name})" for name in names),
        names={"#words": "words"},
        values=names,
        **more,
    )


def rows(kind: str, identity: str, list_key: str, words: Iterable[str]) -> Rows:
    """Make the rows of one thing, by their keys."""
    words = list(words)
    shard = tables.shard(identity)
    prefixes = sorted({prefix for word in words for prefix in _prefixes(kind, word)})
    row = {"listKey": list_key, "identity": identity, "words": _joined(words)}
    return {
        (f"{kind}#{prefix}#{shard}", list_key): {"term": f"{kind}#{prefix}#{shard}", **row}
        for prefix in prefixes
    }


def _joined(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


def _words(text: str) -> Iterator[str]:
    for word in text.split():
        yield word
        yield from _LETTERS.findall(word)


def _distinct(kind: str, words: Iterable[str]) -> list[str]:
    long_enough = (word for word in words if len(word) >= _PREFIXES[kind][0])
    return list(dict.fromkeys(long_enough))[: _MAX_WORDS[kind]]


def _prefixes(kind: str, word: str) -> Iterator[str]:
    return (word[:length] for length in _PREFIXES[kind] if len(word) >= length)


def replace(before: Rows, after: Rows) -> None:
    """Put the rows of one thing in the place of those it had before; doing so again changes nothing.

    Raises batches.BusyError.
    """
    gone, new = _difference(before, after)
    deletes = [{"DeleteRequest": {"Key": key}} for key in gone]
    batches.write(table(), [*deletes, *({"PutRequest": {"Item": item}} for item in new)])


def replacements(before: Rows, after: Rows) -> list[Record]:
    """Make the writes of a transaction that put these rows in the place of those."""
    gone, new = _difference(before, after)
    deletes = [{"Delete": {"TableName": table(), "Key": key}} for key in gone]
    return [*deletes, *({"Put": {"TableName": table(), "Item": item}} for item in new)]


def _difference(before: Rows, after: Rows) -> tuple[list[Record], list[Record]]:
    gone = [_key(key) for key in before if key not in after]
    return gone, [tables.attributes(row) for key, row in after.items() if before.get(key) != row]


def _key(key: tuple[str, str]) -> dict[str, Any]:
    term, list_key = key
    return tables.attributes({"term": term, "listKey": list_key})
