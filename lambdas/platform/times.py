"""Instants as ISO 8601 text in UTC with milliseconds: `2026-01-31T08:26:00.000Z`."""

import re
import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def now_ms() -> int:
    """Return the current time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def now() -> str:
    """Return the current time as ISO text."""
    return iso(now_ms())


def iso(milliseconds: int) -> str:
    """Return milliseconds since 1970 as ISO text."""
    return _text(_EPOCH + timedelta(milliseconds=milliseconds))


def latest_day() -> str:
    """Return the day that it is where the day begins first, 14 hours before UTC."""
    return iso(now_ms() + 14 * 3_600_000)[:10]


def milliseconds(text: str) -> int:
    """Return an instant, as `now` writes it, in milliseconds since 1970."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def first_instant(text: str) -> str:
    """Return the first moment of a date, or the instant itself. Raises ValueError."""
    return _instant(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)


def last_instant(text: str) -> str:
    """Return the last moment of a date, or the instant itself. Raises ValueError."""
    return _instant(f"{text}T23:59:59.999Z" if _DATE.fullmatch(text) else text)


def _instant(text: str) -> str:
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"neither a date nor an instant: {text}")
    try:
        moment = datetime.fromisoformat(text)
        return _text(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))
    except (ValueError, OverflowError) as error:  # no day of the calendar, or a year out of range
        raise ValueError(f"neither a date nor an instant: {text}") from error


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
