"""The search in a part of the catalog, in memory: which products match, and how well.

A product's rank is that of the word of the query that fits worst. SKU and name come before category and
description, and a whole word before a beginning.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import compress
from operator import and_, or_
from typing import NamedTuple, TypeVar

from lambdas.shop import search

NAME, SKU, RELEVANCE = "name", "sku", "relevance"
CHEAPEST, DEAREST = "cheapest", "dearest"
LATEST_CHANGE, EARLIEST_CHANGE = "latest-change", "earliest-change"
_PRICE, _CHANGED = 5, 6  # the fields of a line that are numbers
# The sorts by a number, with its field. Equal ones are by name.
_RISING = {CHEAPEST: _PRICE, EARLIEST_CHANGE: _CHANGED}
_FALLING = {DEAREST: _PRICE, LATEST_CHANGE: _CHANGED}
_NUMBERED = _RISING | _FALLING
SORTS = (NAME, SKU, CHEAPEST, DEAREST, LATEST_CHANGE, EARLIEST_CHANGE, RELEVANCE)
Words = tuple[str, ...]
Bits = int
"""Products of a part: the bit of a product's number is set. Python compares 1,500 of them in 50 ns."""

Levels = tuple[Bits, ...]
"""The products that match a query, by rank: a level has all products of this rank or a better one.

The ranks are the whole SKU, whole words of SKU and name, beginnings of these, whole words of category and
description, and beginnings of these. Without words, there is one level with all products.
"""

_Asked = TypeVar("_Asked")
_KEPT = 64  # results of the last queries, so that the next page is free
_BLOCK = 64  # words whose products are also kept together
_SPARSE = 8  # what is found is few if it is less than one of so many products
_FLAGS = bytes.maketrans(b"01", b"\0\1")
_LAST = "\U0010ffff"
_UNKNOWN = -1  # the number of a line of an earlier release
_PLACES = 10**15 - 1  # the place in a sort of such a line, behind all others; larger than any number


class Listed(NamedTuple):
    """A product as the pack has it: its key in the list by name, its category, and its last change.

    `updated` is in milliseconds since 1970, or -1 if an earlier release wrote the line.
    """

    key: str
    category: str
    updated: int

    @property
    def sku(self) -> str:
        """The SKU."""
        return self.key.rpartition(" #")[2]

    @property
    def name(self) -> str:
        """The name in lower case."""
        return self.key.rpartition(" #")[0]


class Part:
    """The products of a part, with numbers in the sequence of the list by name."""

    def __init__(self, version: str, lines: Iterable[str]) -> None:
        """Take the sorted lines of a part, as `product_pack` has them."""
        self.version = version
        rows = [line.split("\t") for line in lines]
        self._keys = [row[0] for row in rows]
        self._categories = [row[1] for row in rows]
        self._all = (1 << len(rows)) - 1
        self._active = _bits(number for number, row in enumerate(rows) if row[2] == "1")
        self._words = [row[3] for row in rows], [row[4] for row in rows]
        self._numbers = {
            field: array("q", (int(row[field]) if len(row) > field else _UNKNOWN for row in rows))
            for field in _RISING.values()
        }
        self._found: dict[Words, Levels] = {}
        self._sorted: dict[str, list[int]] = {}

    def find(self, words: Words, category: str, active: bool | None) -> Levels:
        """Return the products that match. An empty category or None sets no filter."""
        wanted = self._state(active)
        if category:
            wanted &= self._by_category.get(category, 0)
        levels = self._matches(words)
        return levels if wanted == self._all else tuple(level & wanted for level in levels)

    def categories(self, words: Words, active: bool | None) -> Iterable[str]:
        """Return the category of each product that matches."""
        found = self._matches(words)[-1] & self._state(active)
        if self._are_few(found):
            return [self._categories[number] for number in _numbers(found)]
        return compress(self._categories, bin(found)[:1:-1].encode().translate(_FLAGS))

    def active(self) -> Iterator[Listed]:
        """Yield the active products in the sequence of the list by name."""
        for number in _numbers(self._active):
            changed = self._numbers[_CHANGED][number]
            yield Listed(self._keys[number], self._categories[number], changed)

    def after(self, levels: Levels, sort: str, start: str) -> Iterator[tuple[str, str]]:
        """Yield what was found behind a position: the place in the list of all parts, and the SKU."""
        if sort == RELEVANCE:
            yield from self._after_by_rank(levels, start)
            return
        for number in self._numbers_after(levels[-1], sort, start):
            yield self._position(number, sort), self._sku(number)

    def _after_by_rank(self, levels: Levels, start: str) -> Iterator[tuple[str, str]]:
        better = 0
        for rank, level in enumerate(map(str, range(len(levels)))):
            bits, better = levels[rank] ^ better, levels[rank]
            if not bits or level < start[:1]:
                continue
            key = start[1:] if level == start[:1] else ""
            for number in self._numbers_after(bits, NAME, key):
                yield level + self._keys[number], self._sku(number)

    def _numbers_after(self, bits: Bits, sort: str, start: str) -> Iterator[int]:
        """Yield the numbers of products behind a position, sorted."""

        def position(number: int) -> str:
            return self._position(number, sort)

        if sort == NAME:
            first = bisect_right(self._keys, start) if start else 0
            yield from (first + number for number in _numbers(bits >> first))
            return
        if self._are_few(bits):
            numbers: Sequence[int] = sorted(_numbers(bits), key=position)
        else:
            numbers = self._in(sort)
        first = bisect_right(numbers, start, key=position) if start else 0
        yield from (number for at in range(first, len(numbers)) if bits >> (number := numbers[at]) & 1)

    def _are_few(self, bits: Bits) -> bool:
        return bits.bit_count() * _SPARSE < len(self._keys)

    def _in(self, sort: str) -> list[int]:
        """Return the numbers of all products, sorted."""
        if sort not in self._sorted:
            everything = range(len(self._keys))
            self._sorted[sort] = sorted(everything, key=lambda number: self._position(number, sort))
        return self._sorted[sort]

    def _position(self, number: int, sort: str) -> str:
        key = self._keys[number]
        if sort == SKU:
            return sku_position(self._sku(number))
        if sort in _NUMBERED:
            return f"{self._place(number, sort):015}{key}"
        return key

    def _sku(self, number: int) -> str:
        return self._keys[number].rpartition(" #")[2]

    def _place(self, number: int, sort: str) -> int:
        """Return the place of a product in a sort by a number, which products of the same number share."""
        value = self._numbers[_NUMBERED[sort]][number]
        if value == _UNKNOWN:
            return _PLACES
        return _PLACES - 1 - value if sort in _FALLING else value

    def _state(self, active: bool | None) -> Bits:
        if active is None:
            return self._all
        return self._active if active else self._all ^ self._active

    def _matches(self, words: Words) -> Levels:
        """Return the products that match all words, by the rank of the word that fits worst."""
        if words not in self._found:
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            self._found[words] = self._find(words)
        return self._found[words]

    def _find(self, words: Words) -> Levels:
        if not words:
            return (self._all,)
        found = _all(self._find_word, _readings(words))
        exact = self._names.find(_exact(words[0]))[0] if len(words) == 1 else 0
        return (exact, *(exact | level for level in found))

    def _find_word(self, readings: Sequence[Sequence[str]]) -> Levels:
        """Return the products by the reading of the word that fits best."""
        return _either([_all(self._find_part, parts) for parts in readings])

    def _find_part(self, part: str) -> Levels:
        """Return the products that have a part of a query."""
        in_name, begins_in_name = self._names.find(part)
        in_text, begins_in_text = self._texts.find(part)
        return (in_name, begins_in_name, begins_in_name | in_text, begins_in_name | begins_in_text)

    @cached_property
    def _by_category(self) -> dict[str, Bits]:
        found: dict[str, Bits] = {}
        for number, category in enumerate(self._categories):
            found[category] = found.get(category, 0) | 1 << number
        return found

    @cached_property
    def _names(self) -> "_Index":
        # The first word is the SKU. A query has it without signs at its ends.
        return _Index(f"{text} {_exact(text.partition(' ')[0].rstrip('._-'))}" for text in self._words[0])

    @cached_property
    def _texts(self) -> "_Index":
        return _Index(self._words[1])


class _Index:
    """The words of texts, each with the texts that have it, by their numbers."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: dict[str, Bits] = {}
        for number, text in enumerate(texts):
            for word in text.split():
                found[word] = found.get(word, 0) | 1 << number
        self._words = sorted(found)
        self._bits = [found[word] for word in self._words]
        # So that the beginning of very many words, as all SKUs have it, is found as fast as another one.
        starts = range(0, len(self._bits), _BLOCK)
        self._blocks = [_union(self._bits[at : at + _BLOCK]) for at in starts]

    def find(self, part: str) -> tuple[Bits, Bits]:
        """Return the texts that have a word, and those with a word that begins with it.

        Chinese and Japanese are found anywhere in a word.
        """
        first = bisect_left(self._words, part)
        whole = self._bits[first] if self._words[first : first + 1] == [part] else 0
        if search.is_unspaced(part):
            pairs = zip(self._words, self._bits, strict=True)
            return whole, _union(bits for word, bits in pairs if part in word)
        return whole, self._unite(first, bisect_left(self._words, part + _LAST, first))

    def _unite(self, first: int, end: int) -> Bits:
        """Return the texts that have one of the words between two places."""
        first_block, end_block = -(-first // _BLOCK), end // _BLOCK
        if first_block >= end_block:
            return _union(self._bits[first:end])
        edges = self._bits[first : first_block * _BLOCK], self._bits[end_block * _BLOCK : end]
        return _union([*edges[0], *self._blocks[first_block:end_block], *edges[1]])


@lru_cache(maxsize=_KEPT)
def _readings(words: Words) -> tuple[list[list[str]], ...]:
    """Return the readings of each word, with the longest words and parts first, because they are the rarest.

    All parts of the catalog are asked for the same words.
    """
    longest = sorted(words, key=len, reverse=True)
    return tuple(
        [sorted(parts, key=len, reverse=True) for parts in search.readings(word)] for word in longest
    )


def _all(find: Callable[[_Asked], Levels], asked: Sequence[_Asked]) -> Levels:
    """Return what is found for each, with the worst of its ranks."""
    found = find(asked[0])
    for one in asked[1:]:
        if not found[-1]:
            break
        found = tuple(map(and_, found, find(one)))
    return found


def _either(found: Sequence[Levels]) -> Levels:
    """Return what one of them has, with the best of the ranks."""
    return found[0] if len(found) == 1 else tuple(map(_union, zip(*found, strict=True)))


def _union(sets: Iterable[Bits]) -> Bits:
    return reduce(or_, sets, 0)


def _bits(numbers: Iterable[int]) -> Bits:
    return _union(1 << number for number in numbers)


def _numbers(bits: Bits) -> Iterator[int]:
    """Yield the numbers of products, rising."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def sku_position(sku: str) -> str:
    """Return the place of a product in the list by SKU, in which capital letters make no difference."""
    return f"{sku.lower()} #{sku}"


def _exact(word: str) -> str:
    """Return the word that a product has besides if its whole SKU is `word`. No word of a query begins so."""
    return f"={word}"
