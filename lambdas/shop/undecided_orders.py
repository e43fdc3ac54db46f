"""Orders that somebody has to decide about: dead letters that may be the only copy of an order."""

from lambdas.platform import tables
from lambdas.platform.errors import UndeliverableError
from lambdas.shop import customer_account, letters, order_table, submissions
from lambdas.shop.documents import Letter


def is_undecided(letter: Letter) -> bool:
    """Whether an order was not processed, and nobody has decided about it.

    An order that was sent again is on its way, or lost once more, until it is stored.
    """
    if letter["source"] != letters.ORDERS or letter["state"] == letters.DISCARDED:
        return False
    return letter["state"] in letters.UNSETTLED or not is_stored(letter, letter["body"])


def is_stored(letter: Letter, body: str) -> bool:
    """Whether the order in a body of a letter is stored with this content, or was until it was erased."""
    try:
        sent = submissions.read(body, customer_account.of_letter(letter))
    except UndeliverableError:
        return False
    stored = tables.get(order_table.name(), orderID=sent.order_id) or {}
    return stored.get("submissionHash") in (sent.fingerprint, sent.fingerprint_as_written())
