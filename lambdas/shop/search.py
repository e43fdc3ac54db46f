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
MAX_QUERY = 100  # characters
# Chinese and Japanese have no blanks between words, so each pair of their characters has a row.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PART = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]").match
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SHORT = 3  # letters of a word that people also write together with the next one, such as `O Brien`
_MAX_JOINED = 4  # words
_MAX_CONDITIONS = 100  # with an operator each: DynamoDB takes 300 operators and functions, and 4 KB
_HYPHENS = re.compile(r"[^\w']+")
# Letters that Unicode does not split into a plain letter and an accent, apostrophes, and the Arabic letter
# that only makes a word longer.
_PLAIN = str.maketrans(
    {
        **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"},
        **{"ħ": "h", "ŧ": "t", "ə": "e", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɛ": "e", "ɔ": "o"},
        **dict.fromkeys("’ʹʺʻʼʽʾʿˀˁˈꞌ", "'"),
        "\u0640": "",
    }
)


def table() -> str:
    """Return the name of the table of search terms."""
    return os.environ["SHOP_TERMS_TABLE"]


def customer_words(customer: Customer | CustomerRow) -> list[str]:
    """Return the words by which a search finds a customer: from name, company and e-mail address."""
    email = fold(str(customer.get("email", "")))
    address, _, _ = email.rpartition(".")  # without `com`, which nearly all addresses have
    names = fold(" ".join(str(customer.get(field, "")) for field in ("name", "company")))
    return _distinct([*_tokens(email), *_words(names), *_PART.findall(address), *_joined_words(names)])


def order_words(order: Order) -> list[str]:
    """Return the words by which a search finds an order: its ID and the words of its customer."""
    order_id = order["orderID"]
    return _distinct([order_id, order_id.replace("-", ""), *customer_words(order["customer"])])


def product_words(product: Product) -> list[str]:
    """Return the words by which a search finds a product: its SKU and the words of its name."""
    sku, name = fold(product["sku"]), fold(product["name"])
    return _distinct([sku, *_words(name), *_words(sku), *_joined_words(sku), *_joined_words(name)])


def fold(text: str) -> str:
    """Return a text in lower case and without accents, as searches compare it."""
    parts = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN)


def parse_query(text: str, kind: str) -> list[str]:
    """Return the words of a query, none for an empty query.

    Raises BadRequestError if the query is too long, its words are too short, or they have too many parts.
    """
    shortest = _PREFIXES[kind][0]
    words = _distinct(_tokens(fold(text))) if len(text) <= MAX_QUERY else []
    if text and len(max(words, key=len, default="")) < shortest:
        raise _unusable(f"must have a word of at least {shortest} letters, and {MAX_QUERY} in all", text)
    if sum(len(reading) for word in words for reading in _readings(word)) > _MAX_CONDITIONS:
        raise _unusable("must have fewer words and signs", text)
    return words


def matches(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether each wanted word is, in one of its readings, the beginning of words."""
    text = _text(words)
    return all(
        any(all(_needle(part) in text for part in reading) for reading in _readings(word)) for word in wanted
    )


def listing(kind: str, wanted: list[str], **more: Any) -> Listing:
    """Return the listing of the rows that match the wanted words. `more` are arguments of the listing."""
    prefixes = max((_lookups(kind, word) for word in wanted), key=lambda found: len(found[0]))
    condition, values = _condition(wanted)
    return Listing(
        table=table(),
        partition_key="term",
        partitions=[f"{kind}#{prefix}#{shard}" for prefix in prefixes for shard in tables.SHARDS],
        condition=condition,
        names={"#w": "words"},
        values=values,
        **more,
    )


def rows(kind: str, identity: str, list_key: str, words: Iterable[str]) -> Rows:
    """Return the rows of one order, customer or product, by their keys, those of the first words first.

    The lengths of the fields limit the rows: some 20 for a usual name, and less than 600 for the worst.
    """
    words = list(words)
    shard = tables.shard(identity)
    prefixes = _distinct(prefix for word in words for prefix in _prefixes(kind, word))
    row = {"listKey": list_key, "identity": identity, "words": _text(words)}
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
    """Return the entries for `tables.transact` that replace the rows, the new rows first."""
    gone, new = _difference(before, after)
    deletes = ({"Delete": {"TableName": table(), "Key": key}} for key in gone)
    return [*({"Put": {"TableName": table(), "Item": item}} for item in new), *deletes]


def _unusable(rule: str, text: str) -> BadRequestError:
    message = f"{rule}, got {shown(text)}"
    return BadRequestError(f"q {message}", [Fault("q", message)])


def _text(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


def _needle(word: str) -> str:
    """Return the text that a row's words contain if one of them begins with a word."""
    return word if _IS_UNSPACED(word) else f" {word}"


def _tokens(text: str) -> Iterator[str]:
    return (word for word in (_EDGES.sub("", word) for word in text.split()) if word)


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text, the parts of `smith-jones` and `o'neill`, and `oneill` in `a-o'neill`."""
    for word in _tokens(text):
        yield word
        yield from _PART.findall(word)
        yield from ("".join(_PART.findall(part)) for part in _HYPHENS.split(word))


def _joined_words(text: str) -> Iterator[str]:
    """Yield words as they are written without blanks and symbols: `oneill`, also for the words `o neill`."""
    words = ["".join(_PART.findall(word)) for word in _tokens(text)]
    for at, word in enumerate(words):
        for following in words[at + 1 : at + _MAX_JOINED] if len(word) <= _SHORT else []:
            word += following
            if len(following) > _SHORT:
                break
        yield word


def _readings(word: str) -> list[list[str]]:
    """Return the ways to read a word of a query. In each, all words must be found.

    `o'neill` is also `oneill`, and `o` with `neill`. An e-mail address has one reading, because its parts are
    those of very many customers.
    """
    parts = _PART.findall(word)
    if "@" in word or parts == [word]:
        return [[word]]
    return [[word], ["".join(parts)], _distinct(parts)]


def _condition(wanted: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the filter for rows that match, and its values."""
    values: dict[str, str] = {}

    def contains(word: str) -> str:
        name = f":w{len(values)}"
        values[name] = _needle(word)
        return f"contains(#w, {name})"

    either = [
        " OR ".join(" AND ".join(map(contains, reading)) for reading in _readings(word)) for word in wanted
    ]
    return " AND ".join(f"({one})" for one in either), values


def _lookups(kind: str, word: str) -> list[str]:
    """Return the longest prefix of each reading of a word that has rows, the word's own first."""
    longest = [max(reading, key=len) for reading in _readings(word)]
    found = (max(_beginnings(kind, part), key=len, default="") for part in longest)
    return _distinct(prefix for prefix in found if prefix) or [""]


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _prefixes(kind: str, word: str) -> Iterator[str]:
    """Yield the prefixes of a word that have rows: of Chinese and Japanese at each character."""
    if not _IS_UNSPACED(word):
        return _beginnings(kind, word)
    return (prefix for at in range(len(word)) for prefix in _beginnings(kind, word[at : at + 2]))


def _beginnings(kind: str, word: str) -> Iterator[str]:
    lengths = _PREFIXES[kind] if not _IS_UNSPACED(word) else [one for one in _PREFIXES[kind] if one <= 2]
    return (word[:length] for length in lengths if len(word) >= length)


def _difference(before: Rows, after: Rows) -> tuple[list[Record], list[Record]]:
    gone = [_key(key) for key in before if key not in after]
    return gone, [tables.attributes(row) for key, row in after.items() if before.get(key) != row]


def _key(key: tuple[str, str]) -> dict[str, Any]:
    term, list_key = key
    return tables.attributes({"term": term, "listKey": list_key})
