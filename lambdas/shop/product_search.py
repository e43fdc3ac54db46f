"""The search in a part of the catalog, in memory: which products match, and how well.

A product's rank is that of the word of the query that fits worst. SKU and name come before category and
description, and a whole word before a beginning.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

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

# Ranks. The rank of the beginning of a word is one more than that of a whole word.
_EXACT_SKU, _IN_NAME, _IN_TEXT = 0, 1, 3
_SHIFT = 24  # a hit is a rank, shifted, and the number of a product in its part
_NUMBER = (1 << _SHIFT) - 1
_KEPT = 8  # results of the last queries, so that the next page is free
_LAST = "\U0010ffff"
_UNKNOWN = -1  # the number of a line of an earlier release
_PLACES = 10**15 - 1  # the place in a sort of such a line, behind all others; larger than any number
_CHEAPER = 16  # numbers of products that are collected in the time that a look into one text takes

_Among = Mapping[int, int] | None
_RanksOf = Callable[[str, _Among], dict[int, int]]


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
        self._active = [row[2] == "1" for row in rows]
        self._words = [row[3] for row in rows], [row[4] for row in rows]
        self._numbers = {
            field: array("q", (int(row[field]) if len(row) > field else _UNKNOWN for row in rows))
            for field in _RISING.values()
        }
        self._found: dict[tuple[Words, str, bool | None, str], list[int]] = {}

    def find(self, words: Words, category: str, active: bool | None, sort: str) -> list[int]:
        """Return the products that match, sorted, each as a hit. An empty category or None sets no filter."""
        query = (words, category, active, sort)
        if query not in self._found:
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            self._found[query] = self._find(*query)
        return self._found[query]

    def categories(self, words: Words, active: bool | None) -> Iterable[str]:
        """Return the category of each product that matches."""
        hits = self.find(words, "", active, RELEVANCE)
        return [self._categories[hit & _NUMBER] for hit in hits]

    def active(self) -> Iterator[Listed]:
        """Yield the active products in the sequence of the list by name."""
        rows = zip(self._keys, self._categories, self._numbers[_CHANGED], self._active, strict=True)
        return (Listed(key, category, updated) for key, category, updated, is_active in rows if is_active)

    def position(self, hit: int, sort: str) -> str:
        """Return the place of a hit in the list of all parts."""
        key = self._keys[hit & _NUMBER]
        if sort == SKU:
            return sku_position(key.rpartition(" #")[2])
        if sort in _NUMBERED:
            return f"{self._place(hit, sort):015}{key}"
        return f"{hit >> _SHIFT}{key}" if sort == RELEVANCE else key

    def sku(self, hit: int) -> str:
        """Return the SKU of a hit."""
        return self._keys[hit & _NUMBER].rpartition(" #")[2]

    def _find(self, words: Words, category: str, active: bool | None, sort: str) -> list[int]:
        if sort == SKU:
            return sorted(self.find(words, category, active, NAME), key=lambda hit: self.position(hit, SKU))
        if sort in _NUMBERED:
            return sorted(self.find(words, category, active, NAME), key=lambda hit: self._place(hit, sort))
        if not words:
            groups = (
                numbers
                for (one, state), numbers in self._groups.items()
                if category in ("", one) and active in (None, state)
            )
            return sorted(chain.from_iterable(groups))
        if category or active is not None:
            return [hit for hit in self.find(words, "", None, sort) if self._has(hit, category, active)]
        if sort == NAME:
            return sorted(hit & _NUMBER for hit in self.find(words, "", None, RELEVANCE))
        return sorted(rank << _SHIFT | number for number, rank in self._ranks(words).items())

    def _place(self, hit: int, sort: str) -> int:
        """Return the place of a hit in a sort by a number, which hits of the same number share."""
        number = self._numbers[_NUMBERED[sort]][hit & _NUMBER]
        if number == _UNKNOWN:
            return _PLACES
        return _PLACES - 1 - number if sort in _FALLING else number

    def _has(self, hit: int, category: str, active: bool | None) -> bool:
        number = hit & _NUMBER
        return category in ("", self._categories[number]) and active in (None, self._active[number])

    def _ranks(self, words: Words) -> dict[int, int]:
        """Return the products that match all words, with their ranks."""
        found = self._worst(self._ranks_of_word, words, None)
        if len(words) == 1:
            found |= dict.fromkeys(self._names.whole(_exact(words[0])), _EXACT_SKU)
        return found

    def _worst(self, ranks_of: _RanksOf, parts: Iterable[str], among: _Among) -> dict[int, int]:
        """Return the products that have all parts, with the worst of their ranks."""
        found: dict[int, int] | None = None
        for part in sorted(parts, key=self._count):
            ranks = ranks_of(part, among if found is None else found)
            if found is not None:
                ranks = {
                    number: max(rank, ranks[number]) for number, rank in found.items() if number in ranks
                }
            found = ranks
            if not found:
                break
        return found or {}

    def _ranks_of_word(self, word: str, among: _Among) -> dict[int, int]:
        """Return the ranks by the reading of the word that fits best."""
        first, *others = (self._worst(self._ranks_of_part, parts, among) for parts in search.readings(word))
        for other in others:
            for number, rank in other.items():
                first[number] = min(rank, first.get(number, rank))
        return first

    def _ranks_of_part(self, part: str, among: _Among) -> dict[int, int]:
        """Return the ranks of at least those products that are among some, or of all for None."""
        if among is not None and len(among) * _CHEAPER < self._count(part):
            return {number: rank for number in among if (rank := self._rank_in_text(number, part))}
        ranks: dict[int, int] = {}
        for words, rank in ((self._texts, _IN_TEXT), (self._names, _IN_NAME)):  # the better ones overwrite
            ranks |= dict.fromkeys(words.beginning(part), rank + 1)
            ranks |= dict.fromkeys(words.whole(part), rank)
        return ranks

    def _rank_in_text(self, number: int, part: str) -> int:
        """Return the rank of one product, or 0 if it does not have a part."""
        for texts, rank in zip(self._words, (_IN_NAME, _IN_TEXT), strict=True):
            text = f" {texts[number]} "
            if f" {part} " in text:
                return rank
            if (part if search.is_unspaced(part) else f" {part}") in text:
                return rank + 1
        return 0

    def _count(self, part: str) -> int:
        """Return how often a part of a query begins a word, because the rarest leaves least to the others."""
        return self._names.count(part) + self._texts.count(part)

    @cached_property
    def _groups(self) -> dict[tuple[str, bool], list[int]]:
        found = defaultdict[tuple[str, bool], list[int]](list)
        for number, group in enumerate(zip(self._categories, self._active, strict=True)):
            found[group].append(number)
        return found

    @cached_property
    def _names(self) -> "_Index":
        # The first word is the SKU. A query has it without signs at its ends.
        return _Index(f"{text} {_exact(text.partition(' ')[0].rstrip('._-'))}" for text in self._words[0])

    @cached_property
    def _texts(self) -> "_Index":
        return _Index(self._words[1])


class _Index:
    """The words of texts, each with the numbers of its texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = defaultdict[str, list[int]](list)
        for number, text in enumerate(texts):
            for word in text.split():
                found[word].append(number)
        self._words = sorted(found)
        numbers = [found[word] for word in self._words]
        # One list for all words, so that the words with the same beginning are one slice of it.
        self._numbers = array("I", chain.from_iterable(numbers))
        self._ends = [0, *accumulate(map(len, numbers))]

    def whole(self, word: str) -> Sequence[int]:
        """Return the numbers of the texts that have a word."""
        at = bisect_left(self._words, word)
        return self._slice(at, at + (self._words[at : at + 1] == [word]))

    def beginning(self, part: str) -> Iterable[int]:
        """Return the numbers of the texts with a word that begins with a part.

        Chinese and Japanese are found anywhere in a word.
        """
        return self._containing(part) if search.is_unspaced(part) else self._slice(*self._range(part))

    def count(self, part: str) -> int:
        """Return how many numbers words have that begin with a part."""
        first, end = self._range(part)
        return self._ends[end] - self._ends[first]

    def _range(self, part: str) -> tuple[int, int]:
        return bisect_left(self._words, part), bisect_left(self._words, part + _LAST)

    def _containing(self, part: str) -> Iterator[int]:
        places = (at for at, word in enumerate(self._words) if part in word)
        return chain.from_iterable(self._slice(at, at + 1) for at in places)

    def _slice(self, first: int, end: int) -> Sequence[int]:
        return self._numbers[self._ends[first] : self._ends[end]]


def sku_position(sku: str) -> str:
    """Return the place of a product in the list by SKU, in which capital letters make no difference."""
    return f"{sku.lower()} #{sku}"


def _exact(word: str) -> str:
    """Return the word that a product has besides if its whole SKU is `word`. No word of a query begins so."""
    return f"={word}"
