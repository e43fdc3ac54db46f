"""Reasons of dead letters, sorted by what somebody can do about them."""

import re

POSITIONS = "positions"
NO_REASON, OTHER, GAVE_UP = "no-reason", "other", "gave-up"
ID_TAKEN, NO_ORDER_ID, NOT_JSON = "id-taken", "no-order-id", "not-json"
LOST = "lost"
_ADVICE = (
    (re.compile("the order must be (?:JSON|an object)"), NOT_JSON),
    (re.compile("orderID must be a UUID"), NO_ORDER_ID),
    (re.compile("orderID must be new"), ID_TAKEN),
    (re.compile("the order must fit"), "too-large"),
    (re.compile("channel must be|the sender must be"), "not-allowed"),
    (re.compile("given up after"), GAVE_UP),
    (re.compile("no mail could be made"), "mail"),
    (re.compile("this mail could not be sent"), "mail"),
    (re.compile("this could not be counted"), "not-counted"),
    (re.compile("this event could not be sent"), "event"),
    (re.compile("the message of this order is gone"), LOST),
)
ALL = frozenset({*(advice for _, advice in _ADVICE), POSITIONS, NO_REASON, OTHER})
_TRIES = re.compile(r"given up after (\d+) tries", re.ASCII)


def of(reason: str) -> str:
    """Return the word for the kind of a reason. An empty reason is that of SQS, which gives none."""
    found = (advice for pattern, advice in _ADVICE if pattern.match(reason))
    return next(found, OTHER) if reason else NO_REASON


def tries(reason: str, most: int) -> int:
    """Return how often the message was tried: `most` if there is no reason, and once if it does not say."""
    named = _TRIES.match(reason)
    return most if not reason else int(named[1]) if named else 1
