"""JSON as RFC 8259 defines it: no NaN, limited nesting, and numbers that keep all their digits."""

import json
from decimal import Decimal
from typing import Any

_MAX_SHOWN = 60  # characters


class NotJsonError(ValueError):
    """The text is not JSON. The message names the reason without quoting the text."""


def parse(text: str) -> Any:
    """Parse a JSON text, fractions as Decimal. Raises NotJsonError."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError as error:
        raise NotJsonError("it is nested too deeply") from error
    except ArithmeticError as error:
        raise NotJsonError("a number in it has too large an exponent") from error
    except ValueError as error:  # a syntax error, or a number of more than 4,300 digits
        raise NotJsonError(str(error)) from error


def canonical(document: Any) -> str:
    """Return a parsed document as ASCII text that is the same for equal documents. Raises NotJsonError."""
    try:
        return json.dumps(document, sort_keys=True, separators=(",", ":"), default=_fraction)
    except RecursionError as error:
        raise NotJsonError("it is nested too deeply") from error


def shown(value: Any) -> str:
    """Return a parsed value as text for a message: short, on one line, and always encodable."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else f"a list of {len(value)}"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return _cut(str(value))
    return _cut(_printable(value))


def _fraction(number: Decimal) -> dict[str, str]:
    return {"": str(number)}


def _printable(value: str | bool | None) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _refuse(constant: str) -> Any:
    raise NotJsonError(f"{constant} is not a number of JSON")
