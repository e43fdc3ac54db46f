"""The labels of an order, which are its tags and its assignee, and the words by which a search finds them.

Two labels that differ in capital letters only are one label. A connected shop is found in the same way.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

_LETTERS = 11  # of a hash. With the sign before them, they are as long as a word that a block keeps whole


def key(label: str) -> str:
    """Return the text by which labels are compared."""
    return label.casefold()


def keys(order: Mapping[str, Any]) -> list[str]:
    """Return the keys of the labels of an order."""
    assigned = [order["assignee"]] if "assignee" in order else []
    return list(dict.fromkeys(map(key, [*order.get("tags", ()), *assigned])))


def words(order: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words for a search by label, in any status and in the order's own, and by shop."""
    for one in keys(order):
        yield word(one)
        yield word(one, order["status"])
    if "shopID" in order:
        yield shop_word(order["shopID"])


def shop_word(shop_id: str) -> str:
    """Return the word that only orders of a connected shop have.

    It has no status, because then each move of such an order would write its words again.
    """
    return word(f"{shop_id}\n")  # no label has a line break


def word(label_key: str, status: str = "") -> str:
    """Return the word that only orders with a label have, or only those that also have a status.

    A hash has neither blanks nor many letters, so no other label has the same beginning. No word of a query
    begins with @.
    """
    return "@" + hashlib.sha256(f"{label_key}\n{status}".encode()).hexdigest()[:_LETTERS]
