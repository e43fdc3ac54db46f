"""GET /reports/activity: orders and revenue by quarter of an hour."""

import os
from datetime import datetime, timedelta

from lambdas.platform import times
from lambdas.platform.http_api import Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import figures, order_channels, shops_table

_MAX_PERIOD = timedelta(days=15)


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the quarters of an hour that have figures other than zero, oldest first: 200, or 400."""
    first, last = _instant(request, "from"), _instant(request, "to")
    _require_short(first, last)
    currency = os.environ["SHOP_CURRENCY"]
    slots = figures.by_quarter(currency, first, last)
    senders = {sender for slot in slots for sender in slot.get("senders", ())} - set(order_channels.ALL)
    names = shops_table.names(sorted(senders))
    return answer(200, {"from": first, "to": last, "currency": currency, "slots": slots, "shops": names})


def _instant(request: Request, name: str) -> str:
    text = request.query(name)
    try:
        return times.first_instant(text) if name == "from" else times.last_instant(text)
    except ValueError:
        rule = "must be a date or an instant such as 2026-01-31T08:00:00Z"
        raise field_error(name, f"{rule}, got {shown(text)}") from None


def _require_short(first: str, last: str) -> None:
    period = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    if not timedelta(0) <= period <= _MAX_PERIOD:
        rule = f"must be at most {_MAX_PERIOD.days} days after from, and not before it"
        raise field_error("to", f"{rule}, got {shown(last)}")
