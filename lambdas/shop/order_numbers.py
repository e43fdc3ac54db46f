"""Order numbers that people can say, such as 1042: unique and rising, with gaps.

The ID stays the key of an order. Each try to store an order draws a number, so a try that stores nothing
leaves a gap.
"""

import os

from lambdas.platform import tables

_BEFORE_FIRST = 1000  # so that the numbers of a small shop all have four digits


def draw(count: int) -> range:
    """Return the next `count` numbers, which nobody else gets. Raises the errors of boto3."""
    drawn = tables.add(os.environ["SHOP_NUMBERS_TABLE"], "drawn", count, counter="orders")
    return range(_BEFORE_FIRST + drawn - count + 1, _BEFORE_FIRST + drawn + 1)
