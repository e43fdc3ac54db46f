"""Orders that were erased after they were sent again from the dead letters, and before they arrived.

An order that is stored leaves a tombstone when it is erased. This one was not stored, so its letter tells.
"""

import os

from lambdas.platform import tables
from lambdas.shop.order_origin import Origin


class ErasedError(Exception):
    """The order of a message was erased, so nothing of the message may be stored."""


def refuse(origin: Origin) -> None:
    """Raise ErasedError if the dead letter is erased that an order was sent again from.

    Other orders cost no call. Only an erasure leaves a letter without content.
    """
    letter_id = origin.redriven.get("deadLetter") if origin.redriven else None
    letter = tables.get(os.environ["SHOP_LETTERS_TABLE"], id=letter_id) if letter_id else None
    if letter is not None and not letter["body"]:
        raise ErasedError
