"""The erasure of dead letters: a letter stays with its history, and loses what it says of a customer."""

from collections.abc import Callable
from typing import cast

from lambdas.platform import tables
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.shop import letter_content, letters, order_table
from lambdas.shop.documents import Letter

_TRIES = 5  # to erase a letter that somebody else changes at the same moment


def erase_of(order_id: str, person: Person, check: Callable[[Letter], None] | None = None) -> int:
    """Erase what the letters of an order say of it and of its customer, and settle them; return how many.

    The order is stored, or was until it was erased. Raises as `erase`.
    """
    found = letters.all_of_order(order_id)
    return sum(_settle(one["id"], person, lambda _: letters.ERASED, check) for one in found)


def erase(letter_id: str, person: Person, check: Callable[[Letter], None] | None = None) -> bool:
    """Erase the content of a letter, and settle it; return whether it had content that could go.

    `check` raises an error about a letter that must not go. It is called with the letter as it is erased,
    because a list or an index may show an earlier state. Raises its errors, and PreconditionFailedError if
    the letter changes at every try.
    """
    return _settle(letter_id, person, _reason, check)


def _settle(
    letter_id: str, person: Person, reason: Callable[[Letter], str], check: Callable[[Letter], None] | None
) -> bool:
    for tries_left in reversed(range(_TRIES)):
        letter = letters.read(letter_id)
        if check:
            check(letter)
        try:
            return _erase(letter, person, reason)
        except PreconditionFailedError:
            if not tries_left:
                raise
    return False


def may_erase(letter: Letter) -> bool:
    """Whether a letter has content, and figures and search can do without it.

    A change that takes an order from its customer is still to be counted: without it the customer would
    stay in the lists for ever.
    """
    return bool(letter["body"]) and not is_needed(letter)


def is_needed(letter: Letter) -> bool:
    """Whether a letter is about a change that takes an order from its customer, and is not counted yet."""
    is_open = letter["source"] == letters.VIEWS and letter["state"] in (letters.OPEN, letters.SENDING)
    record = letter_content.record(letter["body"]) if is_open else None
    if record is None:
        return False
    before, after = (
        letter_content.text_in(record["dynamodb"].get(name), "customerEmail")
        for name in ("OldImage", "NewImage")
    )
    return bool(before) and before != after


def _reason(letter: Letter) -> str:
    """Return the reason of an erased letter. An order that was never stored is counted by it."""
    is_order = letter["source"] == letters.ORDERS and "orderID" in letter
    is_stored = is_order and tables.get(order_table.name(), orderID=letter["orderID"]) is not None
    return letters.ERASED_UNSTORED if is_order and not is_stored else letters.ERASED


def _erase(letter: Letter, person: Person, reason: Callable[[Letter], str]) -> bool:
    if not may_erase(letter):
        return False
    erased = letters.without_content(letter, reason(letter))
    settled = {**erased, **letters.entry(erased, person, "discarded", letters.ERASED, [])}
    letters.save(cast(Letter, settled))
    return True
