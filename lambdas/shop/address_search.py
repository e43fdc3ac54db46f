"""Whether a document names an e-mail address, wherever and in whichever spelling.

Dead letters and parked orders may contain anything, so no index can find an address in them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lambdas.platform import text

# Names of fields that say who of the staff did something. A member of staff may be a customer too.
_STAFF = frozenset({"by", "sub", "submittedBy", "erasedBy", "noteBy", "groups"})
_SIGNS = ("@", "\uff20", "\ufe6b")  # that `text.key` writes as @
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MAX_ESCAPED = 4  # times that a text is written as a string of JSON within another one
# A text is read in parts, because no long text is normalised. Each part has the end of the one before, so an
# address, which has at most 249 characters in each spelling, is whole in one of them.
_PART, _OVERLAP = 3000, 1000


def names(document: Any, mailbox: str) -> bool:
    """Whether a document names an address, which is given as `text.mailbox` returns it."""
    wanted = re.compile(pattern(spelling.lower() for spelling in text.spellings(mailbox)))
    return any(_names(found, wanted) for found in _texts(document))


def pattern(addresses: Iterable[str], before: str = "") -> str:
    """Return the pattern of addresses that are no part of a longer one.

    Another address may have these characters before, and an apostrophe after a letter. `before` is a pattern
    of what may be before an address all the same.
    """
    written = "|".join(map(re.escape, addresses))
    begins = r"(?<![\w.+%-])(?<!\w['\u2019])" + (f"|{before}" if before else "")
    return rf"(?:{begins})(?:{written})(?![\w-]|\.\w)"


def _texts(document: Any) -> Iterator[str]:
    """Yield the texts of a document that are not about staff, and those of JSON within them."""
    waiting = [document]  # without recursion, because a document may be nested very deeply
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting += (value for name, value in found.items() if name not in _STAFF)
            yield from (str(name) for name in found)
        elif isinstance(found, list):
            waiting += found
        elif isinstance(found, str) and (parsed := _parsed(found)) is not None:
            waiting.append(parsed)
        elif isinstance(found, str):
            yield found


def _parsed(written: str) -> Any:
    """Return the object or list in a text of JSON, or None."""
    if not written.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _names(written: str, wanted: re.Pattern[str]) -> bool:
    for variant in _variants(written):
        for start in range(0, max(len(variant) - _OVERLAP, 1), _PART - _OVERLAP):
            part = variant[start : start + _PART]
            is_last = start + _PART >= len(variant)
            if any(sign in part for sign in _SIGNS) and _in_part(part, wanted, start == 0, is_last):
                return True
    return False


def _variants(written: str) -> Iterator[str]:
    """Yield a text, and the texts that it is if it is the inside of a string of JSON, or of several."""
    for _ in range(_MAX_ESCAPED):
        yield written
        if "\\" not in written:
            return
        unescaped = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], written)
        written = unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _in_part(part: str, wanted: re.Pattern[str], is_first: bool, is_last: bool) -> bool:
    """Whether a part of a text has an address, except at an edge, where the part beside it shows it whole."""
    plain = text.key(part).lower()
    return any(
        (is_first or found.start() > 0) and (is_last or found.end() < len(plain))
        for found in wanted.finditer(plain)
    )
