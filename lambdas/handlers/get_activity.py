"""GET /reports/activity: orders and revenue by the quarter of an hour, for any time zone's hours and days."""

import os
from collections import Counter
from datetime import datetime, timedelta

from lambdas.platform import times
from lambdas.platform.http_api import Answer, Request, answer, refused, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import figures, tallies

_MAX_PERIOD = timedelta(days=15)
_FIGURES = ("orders", "revenue", "placed", "packed")


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the quarters that are not all zero, oldest first: 200, or 400."""
    first, last = _instant(request, "from"), _instant(request, "to")
    _require_short(first, last)
    slots = _slots(figures.quarter(first), last)
    currency = os.environ["SHOP_CURRENCY"]
    return answer(200, {"from": first, "to": last, "currency": currency, "slots": slots})


def _slots(first: str, last: str) -> list[dict[str, object]]:
    sums: dict[str, Counter[str]] = {}
    for row in tallies.read(f"quarter#{os.environ['SHOP_CURRENCY']}", first, last):
        sums.setdefault(row["slot"], Counter()).update({name: row.get(name, 0) for name in _FIGURES})
    return [
        {"at": at, **{name: sums[at][name] for name in _FIGURES}}
        for at in sorted(sums)
        if any(sums[at].values())
    ]


def _instant(request: Request, name: str) -> str:
    text = request.query(name)
    try:
        return times.first_instant(text) if name == "from" else times.last_instant(text)
    except ValueError:
        raise refused(
            name, f"must be a date or an instant such as 2026-01-31T08:00:00Z, got {shown(text)}"
        ) from None


def _require_short(first: str, last: str) -> None:
    period = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    if not timedelta(0) <= period <= _MAX_PERIOD:
        raise refused(
            "to", f"must be at most {_MAX_PERIOD.days} days after from, and not before it, got {shown(last)}"
        )
