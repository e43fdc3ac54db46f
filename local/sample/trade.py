"""The plan of the sample trade: who ordered what and when in the last weeks, and what became of it.

Each customer has a kind with its usual products and the days between its orders (`trade.json`). Chance is
seeded by the customer and the day, so the plan of a day is always the same.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

Json = dict[str, Any]

WEEKS = 4
OPENS, CLOSES = 8, 17  # hours of a working day, UTC
_NAMESPACE = uuid.UUID("6d0f3c0e-4a53-5b8b-9d7e-0f6a3f8f2c11")
_USUAL_SHARE = 0.6  # of the usual products in one order
_NOTES_SHARE, _CANCELLED_SHARE = 0.2, 0.02
_WITH_NUMBERS = ("hotel", "school", "contractor")  # of their purchase orders


class Move(NamedTuple):
    """A change of status, when it was made, and its note or an empty text."""

    status: str
    at: datetime
    note: str = ""


class PastOrder(NamedTuple):
    """An order as POST /orders takes it, when it was accepted, and its moves, the earliest first."""

    order: Json
    accepted_at: datetime
    moves: Sequence[Move]


def plan(now: datetime, weeks: int = WEEKS) -> list[PastOrder]:
    """Return the orders of the weeks before an instant, the earliest first; none for 0 weeks."""
    if not weeks:
        return []
    trade = json.loads(Path(__file__).with_name("trade.json").read_text(encoding="utf-8"))
    found = [
        one
        for customer in trade["customers"]
        for one in _orders_of(customer["customer"], customer["kind"], trade, now, weeks)
    ]
    return sorted(found, key=lambda one: (one.accepted_at, one.order["orderID"]))


def _orders_of(
    customer: Json, kind: str, trade: Mapping[str, Any], now: datetime, weeks: int
) -> Iterator[PastOrder]:
    every: int = trade["kinds"][kind]["every"]
    for day in _days(_chance(customer["email"]), every, now.date() - timedelta(weeks=weeks), now.date()):
        chance = _chance(f"{customer['email']} {day}")
        minute = chance.randrange((CLOSES - OPENS) * 60)
        accepted = datetime.combine(day, time(OPENS, tzinfo=UTC)) + timedelta(
            minutes=minute, milliseconds=chance.randrange(60_000)
        )
        order = _order(customer, kind, trade, day, chance)
        moves = _moves(accepted, trade["cancellations"], chance)
        if accepted <= now:
            yield PastOrder(order, accepted, [move for move in moves if move.at <= now])


def _chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - a sample is no secret


def _days(chance: Random, every: int, first: date, last: date) -> Iterator[date]:
    """Yield the working days on which a customer orders, about `every` days apart."""
    # Counted from a fixed day, so that the plans of two days agree on the time that they share.
    day, before = date(2026, 1, 5) + timedelta(days=chance.randrange(every)), date.min
    while day <= last:
        working_day = _working_day(day)
        if first <= working_day <= last and working_day != before:
            yield working_day
        before = working_day
        day += timedelta(days=max(1, every + chance.choice((-1, 0, 0, 1))))


def _working_day(day: date) -> date:
    """Return a day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _order(customer: Json, kind: str, trade: Mapping[str, Any], day: date, chance: Random) -> Json:
    products: dict[str, int] = trade["kinds"][kind]["products"]
    chosen = [sku for sku in products if chance.random() < _USUAL_SHARE] or [next(iter(products))]
    items = [
        {"sku": sku, "quantity": max(1, round(products[sku] * chance.uniform(0.6, 1.5)))} for sku in chosen
    ]
    order = {
        "orderID": str(uuid.uuid5(_NAMESPACE, f"{customer['email']} {day}")),
        "customer": customer,
        "items": items,
    }
    if chance.random() < _NOTES_SHARE:
        number = f"Purchase order {chance.randrange(1_000, 10_000)}." if kind in _WITH_NUMBERS else ""
        order["notes"] = f"{number} {chance.choice(trade['notes'])}".strip()
    return order


def _moves(accepted: datetime, reasons: Sequence[str], chance: Random) -> list[Move]:
    """Return the moves of an order: cancelled within hours, or packed, shipped and delivered in days."""
    if chance.random() < _CANCELLED_SHARE:
        return [
            Move("cancelled", accepted + timedelta(minutes=chance.randint(20, 120)), chance.choice(reasons))
        ]
    packed = _in_working_hours(accepted + timedelta(minutes=chance.randint(40, 600)), chance)
    shipped = _in_working_hours(packed + timedelta(minutes=chance.randint(30, 240)), chance)
    delivered = _next_morning(shipped, chance)
    return [Move("packed", packed), Move("shipped", shipped), Move("delivered", delivered)]


def _in_working_hours(moment: datetime, chance: Random) -> datetime:
    """Return a moment, or one in the next morning if the shop is closed."""
    return moment if moment.hour < CLOSES and moment.weekday() < 5 else _next_morning(moment, chance)


def _next_morning(moment: datetime, chance: Random) -> datetime:
    day = _working_day(moment.date() + timedelta(days=1))
    opens = datetime.combine(day, time(OPENS, tzinfo=UTC))
    return opens + timedelta(minutes=chance.randrange(240), seconds=chance.randrange(60))
