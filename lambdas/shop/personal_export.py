"""Everything of a customer as the shop gives it to the customer, without the people of the shop."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lambdas.platform import text, times
from lambdas.shop import address_search, letter_content, pricing

STAFF = "staff"  # in place of a person of the shop
# Fields that name a person of the shop, and those with the ID of an account.
_NAMED = frozenset({"by", "submittedBy", "noteBy", "erasedBy", "assignee"})
_ACCOUNTS = frozenset({"sub"})
# The name of the assignee in the changes of a history, and in those of a record of the stream.
_ASSIGNEE = ("Assigned to", {"S": "Assigned to"})
_UNITS = {"EUR": "cents", "GBP": "pence", "USD": "cents"}
_EXAMPLE = 1250


def about(email: str, currency: str) -> str:
    """Return what an export says of itself: of whom and when it is, and how amounts and times are written."""
    unit = f" ({_UNITS[currency]})" if currency in _UNITS else ""
    return (
        f"This is everything that the order desk of the shop keeps about {email}, made at {times.now()}. "
        f"Amounts are whole numbers in minor units of {currency}{unit}: {_EXAMPLE} is "
        f"{pricing.format_amount(_EXAMPLE, currency)}. Times are UTC. "
        f"The word “{STAFF}” is in place of people who work at the shop, "
        "and of the systems that send it orders."
    )


def without_staff(document: Mapping[str, Any], email: str, colleagues: Iterable[str]) -> dict[str, Any]:
    """Return a copy of a document for the customer with this address, without people of the shop.

    Their names become the word STAFF, and in texts the addresses of the accounts, which are `colleagues`, and
    of whoever has none any more, but is named by a field of the document. The address of the customer stays,
    who may be one of them.
    """
    copy: dict[str, Any] = json.loads(json.dumps(document))
    named = {one for one in _hide(copy, email) if "@" in one}
    addresses = named | {one for one in colleagues if text.mailbox(one) != email}
    if addresses:
        _replace(copy, _pattern(addresses))
    return copy


def _hide(document: Any, email: str) -> Iterator[str]:
    """Replace the fields with people of the shop in place, and yield the names that they had."""
    for found in _parts(document):
        assignees = ("from", "to") if found.get("field") in _ASSIGNEE else ()
        for name in _ACCOUNTS & found.keys():
            del found[name]
        for name in _NAMED.union(assignees) & found.keys():
            value = found[name]
            named = value.get("S") if isinstance(value, dict) else value
            if isinstance(named, str) and text.mailbox(named) != email:
                found[name] = _staff(value)
                yield named
        for name in ("body", "original"):
            if change := letter_content.record(found[name]) if isinstance(found.get(name), str) else None:
                yield from _hide(change, email)
                # A half of a character becomes a "?", because no answer can have it.
                found[name] = json.dumps(change, ensure_ascii=False).encode(errors="replace").decode()


def _staff(value: Any) -> Any:
    """Return the word in the form of a value, which is an attribute in a record of the stream."""
    return {"S": STAFF} if isinstance(value, dict) else STAFF


def _parts(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a document of any depth, but not in the order of a letter: it is from outside."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting += (value for name, value in found.items() if name != "order")
        elif isinstance(found, list):
            waiting += found


def _replace(document: Any, pattern: re.Pattern[str]) -> None:
    """Replace the addresses in the texts of a document in place."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        for key, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
            if isinstance(value, str):
                found[key] = pattern.sub(STAFF, value)
            elif isinstance(value, dict | list):
                waiting.append(value)


def _pattern(addresses: set[str]) -> re.Pattern[str]:
    """Return the pattern of addresses.

    The letters before an address may be those of an escape, because the content of a dead letter is JSON.
    """
    of_escape = r"(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4})"
    return re.compile(address_search.pattern(addresses, of_escape), re.IGNORECASE)
