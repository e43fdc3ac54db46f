"""The erasure of dead letters: a letter stays with its history, and loses what it says of a customer."""

from typing import cast

from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.shop import letter_content, letters
from lambdas.shop.documents import Letter

_TRIES = 5  # to erase a letter that somebody else changes at the same moment


def erase_of(order_id: str, person: Person) -> int:
    """Erase what the letters of an order say of it and of its customer, and settle them; return how many.

    Raises PreconditionFailedError if a letter changes at every try.
    """
    return sum(erase(one["id"], person) for one in letters.all_of_order(order_id))


def erase(letter_id: str, person: Person) -> bool:
    """Erase the content of a letter, and settle it; return whether it had content that could go.

    Raises PreconditionFailedError if the letter changes at every try.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            return _erase(letters.read(letter_id), person)
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


def _erase(letter: Letter, person: Person) -> bool:
    if not may_erase(letter):
        return False
    erased = letters.without_content(letter)
    settled = {**erased, **letters.entry(erased, person, "discarded", letters.ERASED, [])}
    letters.save(cast(Letter, settled))
    return True
