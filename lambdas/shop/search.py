"""The words by which orders, customers and products are found, the queries, and whether a query matches.

A query finds the beginnings of words. `text` joins the words of an order, customer or product, and the
condition of a query and `matches` look for the query's words in that text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from lambdas.platform.errors import BadRequestError, Fault
from lambdas.platform.strict_json import shown
from lambdas.platform.text import spellings
from lambdas.shop import order_labels
from lambdas.shop.documents import Customer, CustomerRow, Order, Product

ORDER, CUSTOMER, PRODUCT = "order", "customer", "product"
# The letters of the longest word that a query needs.
_SHORTEST = {ORDER: 2, CUSTOMER: 2, PRODUCT: 1}
MAX_QUERY = 100  # characters
ORDER_FIELDS = (
    "orderID",
    "number",
    "reference",
    "customer",
    "notes",
    "items",
    "tags",
    "assignee",
    "status",
    "shopID",
    "submittedBy",
)  # that `order_words` reads
_MIN_INNER, _MAX_CODE = 4, 40  # letters and digits of the end of a code, and of a code; a SKU has 40
_MIN_NUMBER = 3  # digits of the end of an order's number, which has four in a small shop
# Chinese and Japanese have no blanks between words, so a query finds their characters anywhere in a word.
_UNSPACED = (
    ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)
_PLAIN_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[\W_]*(#[0-9]+)[\W_]*")
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


def customer_words(customer: Customer | CustomerRow) -> list[str]:
    """Return the words by which a search finds a customer: from e-mail address, name, phone and address."""
    phone = fold(str(customer.get("phone", "")))
    names = fold(" ".join(str(customer.get(field, "")) for field in ("name", "company")))
    place = fold(str(customer.get("address", "")))
    digits = "".join(letter for letter in phone if letter.isdigit())
    of_names = [*_email_words(str(customer.get("email", ""))), *_words(names), *_joined_words(names)]
    return _distinct([*of_names, *_words(phone), digits, *_inner_parts(digits), *_text_words(place)])


def order_words(order: Order) -> list[str]:
    """Return the words by which a search finds an order.

    They are its ID, its number and its reference, the name of the connected shop that sent it, and the words
    of its customer, products and notes. Labels have their own words besides, by which an order with exactly
    this label is found, and so has the shop.
    """
    fields: Mapping[str, Any] = order
    order_id = order["orderID"]
    names = ("reference", "notes", "assignee", *(["submittedBy"] if "shopID" in fields else []))
    texts = [fold(text) for text in (*(str(fields.get(name, "")) for name in names), *fields.get("tags", ()))]
    written = [word for text in texts for word in (*_text_words(text), *_inner_parts(text))]
    lines = {(str(line.get("sku", "")), str(line.get("name", ""))) for line in fields.get("items", ())}
    products = [
        word for sku, name in sorted(lines) for word in (*_product_words(sku, name), *_inner_parts(fold(sku)))
    ]
    number = str(fields.get("number", ""))
    ids = [order_id, order_id.replace("-", ""), number, *_inner_parts(number, _MIN_NUMBER)]
    labels = order_labels.words(fields)
    return _distinct([*ids, *customer_words(order["customer"]), *written, *products, *labels])


def product_words(product: Product) -> list[str]:
    """Return the words by which a search finds a product: its SKU and the words of its name."""
    return _distinct(_product_words(product["sku"], product["name"]))


def text_words(*texts: str) -> list[str]:
    """Return the words by which a search finds what has these texts."""
    return _distinct(word for text in texts for word in _text_words(fold(text)))


def fold(text: str) -> str:
    """Return a text in lower case and without accents, as searches compare it."""
    if text.isascii():  # the same in a hundredth of the time
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN)


def is_unspaced(word: str) -> bool:
    """Whether a word begins with a character of Chinese or Japanese."""
    return not word.isascii() and any(first <= word[0] <= last for first, last in _UNSPACED)


def text(words: Iterable[str]) -> str:
    """Return the text in which a query is looked up: a blank and a word in turn."""
    return "".join(f" {word}" for word in words)


def parse_query(text: str, kind: str) -> list[str]:
    """Return the words of a query, none for an empty query.

    Raises BadRequestError if the query is too long, its words are too short, or they have too many parts.
    """
    shortest = _SHORTEST[kind]
    words = _distinct(_tokens(fold(text))) if len(text) <= MAX_QUERY else []
    if text and len(max(words, key=len, default="")) < shortest:
        raise _unusable(f"must have a word of at least {shortest} letters, and {MAX_QUERY} in all", text)
    if sum(len(reading) for word in words for reading in readings(word)) > _MAX_CONDITIONS:
        raise _unusable("must have fewer words and signs", text)
    return words


def parse_numbers(text: str) -> list[str]:
    """Return the numbers of orders that a query names with their sign, such as `#1042`."""
    found = map(_NUMBER.fullmatch, fold(text).split())
    return [match[1] for match in found if match]


def email_words(email: str) -> list[str]:
    """Return the words of a query for the orders of a customer, by the one spelling of the e-mail address."""
    return list(_tokens(fold(email)))


def matches(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether each wanted word is, in one of its readings, the beginning of words."""
    stored = text(words)
    return all(
        any(all(_needle(part) in stored for part in reading) for reading in readings(word)) for word in wanted
    )


def readings(word: str) -> list[list[str]]:
    """Return the ways to read a word of a query. In each, all words must be found.

    `o'neill` is also `oneill`, and `o` with `neill`. An e-mail address has one reading, because its parts are
    those of very many customers.
    """
    parts = _parts(word)
    if "@" in word or parts == [word]:
        return [[word]]
    return [[word], ["".join(parts)], _distinct(parts)]


def condition(wanted: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the filter for rows whose attribute `#w`, a text of words, matches, and the filter's values."""
    values: dict[str, str] = {}

    def contains(word: str) -> str:
        name = f":w{len(values)}"
        values[name] = _needle(word)
        return f"contains(#w, {name})"

    either = [
        " OR ".join(" AND ".join(map(contains, reading)) for reading in readings(word)) for word in wanted
    ]
    return " AND ".join(f"({one})" for one in either), values


def _unusable(rule: str, text: str) -> BadRequestError:
    message = f"{rule}, got {shown(text)}"
    return BadRequestError(f"q {message}", [Fault("q", message)])


def _needle(word: str) -> str:
    """Return the text that a row's words contain if one of them begins with a word."""
    return word if is_unspaced(word) else f" {word}"


def _tokens(text: str) -> Iterator[str]:
    return (word for word in (_EDGES.sub("", word) for word in text.split()) if word)


def _parts(text: str) -> list[str]:
    """Return the letters and digits of a text without what is between them."""
    return (_PLAIN_PART if text.isascii() else _part()).findall(text)


@cache
def _part() -> re.Pattern[str]:
    """Return the pattern of a part of any text. It takes 2 ms to compile, which not each start needs."""
    unspaced = "".join(f"{first}-{last}" for first, last in _UNSPACED)
    return re.compile(rf"[{unspaced}]+|[^\W_{unspaced}]+")


def _email_words(written: str) -> Iterator[str]:
    """Yield an e-mail address, its domain and its parts, also with the domain in the other spelling."""
    for email in map(fold, spellings(written)):
        _, _, domain = email.rpartition("@")
        address, _, _ = email.rpartition(".")  # without `com`, which nearly all addresses have
        yield from (*_tokens(email), *_tokens(domain), *_parts(address))


def _product_words(sku: str, name: str) -> list[str]:
    sku, name = fold(sku), fold(name)
    return [sku, *_words(name), *_words(sku), *_joined_words(sku), *_joined_words(name)]


def _text_words(text: str) -> Iterator[str]:
    yield from _words(text)
    yield from _joined_words(text)


def _inner_parts(text: str, shortest: int = _MIN_INNER) -> Iterator[str]:
    """Yield the ends of the numbers and codes in a text, because people remember the last digits."""
    for part in _parts(text):
        if len(part) <= _MAX_CODE and any(letter.isdigit() for letter in part):
            yield from (part[at:] for at in range(1, len(part) - shortest + 1))


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text, the parts of `smith-jones` and `o'neill`, and `oneill` in `a-o'neill`."""
    for word in _tokens(text):
        yield word
        if _is_plain(word):
            continue
        yield from _parts(word)
        yield from ("".join(_parts(part)) for part in _HYPHENS.split(word))


def _joined_words(text: str) -> Iterator[str]:
    """Yield words as they are written without blanks and symbols: `oneill`, also for the words `o neill`."""
    words = [word if _is_plain(word) else "".join(_parts(word)) for word in _tokens(text)]
    for at, word in enumerate(words):
        for following in words[at + 1 : at + _MAX_JOINED] if len(word) <= _SHORT else []:
            word += following
            if len(following) > _SHORT:
                break
        yield word


def _is_plain(word: str) -> bool:
    """Whether a word has letters and digits of ASCII only, and so only one part."""
    return word.isascii() and word.isalnum()


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
