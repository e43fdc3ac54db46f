"""Search for orders, customers and products by the beginnings of their words.

The table of search terms has a search row for each prefix of each order, customer and product. So a search is
one query per shard, sorted like the list, and never a scan. The search row of an order or customer may be out
of date, so the caller must read the order or customer and compare the words again.
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
from lambdas.shop.documents import Customer, CustomerRow, Order, Product

Rows = dict[tuple[str, str], Record]
"""Rows of the table by their two keys, `term` and `listKey`."""

ORDER, CUSTOMER, PRODUCT = "order", "customer", "product"
# The lengths of the prefixes that have rows. A longer word of a query filters the rows of the longest prefix.
_PREFIXES = {ORDER: (2, 4, 7), CUSTOMER: (2, 4, 7), PRODUCT: (1, 2, 4, 7)}
# At most this many words of one order, customer or product have rows, so that a name of 200 letters does not
# become hundreds of rows. A product may have fewer, because one transaction of at most 100 writes takes the
# product, its old rows and its new rows.
_MAX_WORDS = {ORDER: 24, CUSTOMER: 24, PRODUCT: 12}
_MAX_QUERY = 100  # characters
_LETTERS = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
# Letters that Unicode does not split into a plain letter and an accent, and the typographic apostrophe.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


def table() -> str:
    """Return the name of the table of search terms."""
    return os.environ["SHOP_TERMS_TABLE"]


def customer_words(customer: Customer | CustomerRow) -> list[str]:
    """Return the words by which a search finds a customer: from name, company and e-mail address."""
    email = fold(str(customer.get("email", "")))
    address, _, _ = email.rpartition(".")  # without `com`, which nearly all addresses have
    names = fold(" ".join(str(customer.get(field, "")) for field in ("name", "company")))
    return _distinct(CUSTOMER, [email, *_words(names), *_LETTERS.findall(address)])


def order_words(order: Order) -> list[str]:
    """Return the words by which a search finds an order: its ID and the words of its customer."""
    return _distinct(ORDER, [order["orderID"], *customer_words(order["customer"])])


def product_words(product: Product) -> list[str]:
    """Return the words by which a search finds a product: its SKU and the words of its name."""
    sku, name = fold(product["sku"]), fold(product["name"])
    return _distinct(PRODUCT, [sku, *_words(name), *_words(sku)])


def fold(text: str) -> str:
    """Return a text in lower case and without accents, as searches compare it."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN)


def parse_query(text: str, kind: str) -> list[str]:
    """Return the words of a query, none for an empty query.

    Raises BadRequestError if the query is too long or its words are too short.
    """
    shortest = _PREFIXES[kind][0]
    words = [word for word in (_EDGES.sub("", word) for word in fold(text).split()) if word]
    longest = len(max(words, key=len, default=""))
    if text and (longest < shortest or len(text) > _MAX_QUERY):
        rule = f"must have a word of at least {shortest} letters, and {_MAX_QUERY} in all"
        message = f"{rule}, got {shown(text)}"
        raise BadRequestError(f"q {message}", [Fault("q", message)])
    return words


def matches(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether each wanted word is the beginning of one of the words."""
    text = _joined(words)
    return all(f" {word}" in text for word in wanted)


def listing(kind: str, wanted: list[str], **more: Any) -> Listing:
    """Return the listing of the rows that match the wanted words. `more` are arguments of the listing."""
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
    """Return the rows of one order, customer or product, by their keys."""
    words = list(words)
    shard = tables.shard(identity)
    prefixes = sorted({prefix for word in words for prefix in _prefixes(kind, word)})
    row = {"listKey": list_key, "identity": identity, "words": _joined(words)}
    return {
        (f"{kind}#{prefix}#{shard}", list_key): {"term": f"{kind}#{prefix}#{shard}", **row}
        for prefix in prefixes
    }


def replace(before: Rows, after: Rows) -> None:
    """Replace the rows of one order, customer or product. Replacing them again changes nothing.

    Raises batches.BusyError.
    """
    gone, new = _difference(before, after)
    deletes = [{"DeleteRequest": {"Key": key}} for key in gone]
    batches.write(table(), [*deletes, *({"PutRequest": {"Item": item}} for item in new)])


def replacements(before: Rows, after: Rows) -> list[Record]:
    """Return the entries for `tables.transact` that replace the rows."""
    gone, new = _difference(before, after)
    deletes = [{"Delete": {"TableName": table(), "Key": key}} for key in gone]
    return [*deletes, *({"Put": {"TableName": table(), "Item": item}} for item in new)]


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


def _difference(before: Rows, after: Rows) -> tuple[list[Record], list[Record]]:
    gone = [_key(key) for key in before if key not in after]
    return gone, [tables.attributes(row) for key, row in after.items() if before.get(key) != row]


def _key(key: tuple[str, str]) -> dict[str, Any]:
    term, list_key = key
    return tables.attributes({"term": term, "listKey": list_key})
