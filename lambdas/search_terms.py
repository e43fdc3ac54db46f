"""The table of search terms: which orders and customers have a word that begins so.

A row stands for one prefix of one thing, so that any search is a query of one key and shard, newest first,
and never a scan. Rows are small, and what they lead to is read and checked again by whoever searches.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import batches
import tables
from errors import BadRequestError, Fault
from listing import Listing
from strict_json import shown
from tables import Record

Rows = dict[tuple[str, str], Record]
"""Rows of the table by their two keys."""

ORDER, CUSTOMER = "order", "customer"
# Lengths of the prefixes that have rows. What is typed beyond one is filtered out of the rows of that one.
_PREFIXES = (2, 4, 7)
_MOST_WORDS = 24  # of one order: a name of 200 letters must not become hundreds of rows
_SHORTEST_SEARCH, _LONGEST_SEARCH = _PREFIXES[0], 100  # characters
_LETTERS = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
# Letters that Unicode does not take apart into a plain one and an accent, and the two apostrophes.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


def table() -> str:
    """Name the table of search terms."""
    return os.environ["SHOP_TERMS_TABLE"]


def of_customer(customer: Record) -> list[str]:
    """Return the words by which a customer is found: of name, company and e-mail address."""
    email = fold(str(customer.get("email", "")))
    address, _, _ = email.rpartition(".")  # no word of its own for `com`, which nearly everybody has
    named = fold(" ".join(str(customer.get(field, "")) for field in ("name", "company")))
    return _distinct([email, *_words(named), *_LETTERS.findall(address)])


def of_order(order: Record) -> list[str]:
    """Return the words by which an order is found: its number, and its customer's words."""
    return _distinct([order["orderID"], *of_customer(order["customer"])])


def fold(text: str) -> str:
    """Write a text as searches compare it: small letters, no accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN)


def searched(text: str) -> list[str]:
    """Return the words that are searched for, none if there is no search. Raises BadRequestError."""
    words = [word for word in (_EDGES.sub("", word) for word in fold(text).split()) if word]
    longest = len(max(words, key=len, default=""))
    if text and (longest < _SHORTEST_SEARCH or len(text) > _LONGEST_SEARCH):
        rule = f"must have a word of at least {_SHORTEST_SEARCH} letters, and {_LONGEST_SEARCH} in all"
        message = f"{rule}, got {shown(text)}"
        raise BadRequestError(f"q {message}", [Fault("q", message)])
    return words


def matches(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Tell whether each wanted word is the beginning of one of the words."""
    text = _joined(words)
    return all(f" {word}" in text for word in wanted)


def found(kind: str, wanted: list[str], **more: Any) -> Listing:
    """List the rows of the things that match; `more` narrows and orders the listing."""
    prefix = max(_prefixes(max(wanted, key=len)), key=len)
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
    prefixes = sorted({prefix for word in words for prefix in _prefixes(word)})
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


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_SEARCH))[:_MOST_WORDS]


def _prefixes(word: str) -> Iterator[str]:
    return (word[:length] for length in _PREFIXES if len(word) >= length)


def replace(before: Rows, after: Rows) -> None:
    """Put the rows of one thing in the place of those it had before; doing so again changes nothing.

    Raises batches.BusyError.
    """
    gone = [{"DeleteRequest": {"Key": _key(key)}} for key in before if key not in after]
    new = [
        {"PutRequest": {"Item": tables.attributes(row)}}
        for key, row in after.items()
        if before.get(key) != row
    ]
    batches.write(table(), gone + new)


def _key(key: tuple[str, str]) -> dict[str, Any]:
    term, list_key = key
    return tables.attributes({"term": term, "listKey": list_key})
