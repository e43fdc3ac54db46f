"""The dry run of the retention: what is due by the configuration, or by other days."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.shop import retention
from lambdas.shop.retention import CUSTOMERS, LETTERS, ORDERS, Outcome

MAX_DAYS = 36_500  # of a setting (components/settings.py)
_SCHEDULER = "aws.events"  # the source of the events of a schedule (EventBridge User Guide)
_DRY_RUN = "dryRun"
# The settings that a dry run may have other days for, by what they keep.
_SETTINGS = {
    "orderRetentionDays": ORDERS,
    "customerRetentionDays": CUSTOMERS,
    "deadLetterRetentionDays": LETTERS,
}
_MAX_FIRST = 10  # IDs


class InvalidEventError(ValueError):
    """The function was called with an event that it does not know. The message names the key and the rule."""


def days_of_dry_run(event: Any) -> Mapping[str, int] | None:
    """Return the days that a dry run is about, or None for an event that asks for a run.

    A run is asked for by the schedule, or by an operator with an empty event. A dry run has the days of the
    configuration, unless its event has others. Raises InvalidEventError, so that a dry run that was typed
    wrong erases nothing.
    """
    if not isinstance(event, dict):
        raise InvalidEventError(f"the event must be an object, got {event!r}")
    of_ours = (_DRY_RUN, *_SETTINGS)
    is_scheduled = event.get("source") == _SCHEDULER and not any(name in event for name in of_ours)
    if is_scheduled:
        return None  # with keys of EventBridge, which adds some over the years
    for name, value in event.items():
        if problem := _problem(name, value):
            raise InvalidEventError(f"{name} {problem}, got {value!r}")
    if not event.get(_DRY_RUN):
        if others := [name for name in _SETTINGS if name in event]:
            raise InvalidEventError(f"{others[0]} needs {_DRY_RUN} to be true, got {event.get(_DRY_RUN)!r}")
        return None
    asked = {of: event[name] for name, of in _SETTINGS.items() if name in event}
    return retention.configured_days() | asked


def _problem(name: str, value: Any) -> str:
    """Return the rule that a key of an event breaks, or an empty text."""
    if name == _DRY_RUN:
        return "" if isinstance(value, bool) else "must be true or false"
    if name not in _SETTINGS:
        return f"is no key of an event: use {_DRY_RUN}, or {', '.join(_SETTINGS)} beside it"
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return "" if is_number and 0 <= value <= MAX_DAYS else f"must be a whole number from 0 to {MAX_DAYS}"


class Preview:
    """The numbers of a dry run, and the first IDs of what is due."""

    def __init__(self, now_ms: int, days: Mapping[str, int]) -> None:
        self._until = retention.cutoffs(now_ms, days)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first: dict[str, list[str]] = {ORDERS: [], CUSTOMERS: [], LETTERS: []}

    def steps(self) -> Iterator[Outcome]:
        """Look at what may be due, the oldest first. Yield each outcome once it is counted."""
        for kind, outcome in retention.outcomes(self._until, is_dry_run=True):
            self._counts[kind, outcome.figure] += 1
            if outcome.figure == kind and len(self._first[kind]) < _MAX_FIRST:
                self._first[kind] += outcome.about.values()
            yield outcome

    def shown(self, *, is_finished: bool) -> dict[str, Any]:
        """Return the answer of the function. A customer is named by the latest order."""
        of_customers = {
            "anonymisedOrders": self._counts[CUSTOMERS, retention.ANONYMISED],
            "erasedOrders": self._counts[CUSTOMERS, ORDERS],
        }
        totals = (retention.OPEN_OLD, retention.HELD, retention.FAILED)
        return {
            _DRY_RUN: True,
            "isFinished": is_finished,
            ORDERS: self._due(ORDERS, self._until.orders),
            CUSTOMERS: self._due(CUSTOMERS, self._until.customers) | of_customers,
            LETTERS: self._due(LETTERS, self._until.letters),
            **{name: sum(self._counts[kind, name] for kind in self._first) for name in totals},
        }

    def _due(self, kind: str, until: str) -> dict[str, Any]:
        """Return how many of a kind are due, before when (None: they stay for ever), and the first IDs."""
        return {"due": self._counts[kind, kind], "before": until or None, "first": self._first[kind]}
