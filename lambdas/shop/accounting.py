"""The accounting: every accepted order is in one place, and an order that is in none is named.

API Gateway notes the ID of each order that it accepts in its access log. `count` looks for each of them: it
is stored, or a dead letter, or on its way. The table of the accounting has those that are not stored yet.
Orders that no log names, such as an operator's, are counted where they are.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.platform import access_log, batches, queue_depth, scan, side_by_side, tables, times
from lambdas.platform.access_log import Acceptance
from lambdas.platform.tables import Record
from lambdas.shop import figures, letter_advice, letters, lost_orders, order_status, order_table

# So long after it was accepted an order is on its way, because SQS counts messages a minute late.
GRACE_MS = 60_000
# A line of the log may be so late (CloudWatch has most of them within seconds).
OVERLAP_MS = 10 * 60_000
# The row of the table that says up to which instant the log was read.
_READING = "reading"


@dataclass(frozen=True)
class Tracked:
    """An accepted order that is not stored, and since when it is no dead letter either, or 0 if it is one.

    `letter` is the ID of the dead letter that a missing order has become, or an empty text.
    """

    order: Acceptance
    since: int
    letter: str = ""

    @property
    def row(self) -> Record:
        """The row of the table."""
        sent = {"channel": self.order.channel, "sub": self.order.sub}
        return {"accepted": self.order.order_id, "at": self.order.at, "since": self.since, **sent}

    @property
    def shown(self) -> dict[str, str]:
        """A missing order as the API shows it."""
        order = self.order
        shown = {"orderID": order.order_id, "acceptedAt": times.iso(order.at), "channel": order.channel}
        return shown | ({"deadLetter": self.letter} if self.letter else {})


@dataclass
class Count:
    """The accepted orders that are not stored, by their place, and the first instant of the record.

    `missing` are in no place. `is_certain` is false while the queue may have some of them. `known_lost` are
    missing ones that have a dead letter already. `settled` are the IDs of rows that are needed no more.
    """

    now: int
    read_from: int
    waiting: list[Tracked] = field(default_factory=list)
    dead: list[Tracked] = field(default_factory=list)
    missing: list[Tracked] = field(default_factory=list)
    known_lost: list[Tracked] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    is_certain: bool = True
    in_queues: int = 0
    unreadable: int = 0


def count() -> Count:
    """Look for every accepted order that is not known to be stored. Writes nothing.

    Raises the errors of boto3, and batches.BusyError.
    """
    reading = tables.get(_table(), accepted=_READING) or {}
    now = times.now_ms()
    found = Count(now=now, read_from=reading.get("from", now - OVERLAP_MS))
    tracked = {one.order.order_id: one for one in _rows()}
    for order in _recorded(reading.get("until", now) - OVERLAP_MS, found):
        tracked.setdefault(order.order_id, Tracked(order, order.at))
    # Before the orders are looked for: an order that is stored in between has left the queue.
    found.in_queues = queue_depth.of(_queues())
    _sort(tracked, found)
    return found


def report() -> dict[str, Any]:
    """Return the accounting as the API shows it. Raises as `count`."""
    found = count()
    statuses, _ = figures.in_all()
    lost = [*found.known_lost, *found.missing]
    elsewhere = {one.order.order_id for one in (*lost, *found.waiting)}
    dead, erased = (named - elsewhere for named in _dead_and_erased())
    rejected = statuses[order_status.REJECTED]
    places = {
        "placed": sum(statuses.values()) - rejected,
        "rejected": rejected,
        "erased": figures.erased_orders() + len(erased - dead),
        "waiting": len(found.waiting) if _is_recorded() else found.in_queues,
        "dead": len(dead),
    }
    recorded = {"recordedFrom": times.iso(found.read_from)} if _is_recorded() else {}
    return {
        "accepted": sum(places.values()) + len(lost),
        **places,
        "difference": len(lost),
        "missing": [one.order.order_id for one in lost],
        "missingOrders": [one.shown for one in lost],
        "checkedAt": times.iso(found.now),
        **recorded,
    }


def keep_missing(found: Count) -> Iterator[Acceptance]:
    """Make a dead letter of each order that is certainly missing; yield an order after its letter is new."""
    for one in found.missing if found.is_certain else ():
        if lost_orders.keep(one.order):
            yield one.order


def settle(found: Count) -> None:
    """Note a count in the table, after `keep_missing`. Raises as `count`."""
    lost = [Tracked(one.order, 0) for one in found.missing] if found.is_certain else found.missing
    left = [*found.waiting, *found.dead, *lost, *found.known_lost]
    state = {"accepted": _READING, "from": found.read_from, "until": found.now}
    puts = [{"PutRequest": {"Item": tables.attributes(row)}} for row in (*(one.row for one in left), state)]
    gone = [{"DeleteRequest": {"Key": tables.attributes({"accepted": one})}} for one in found.settled]
    batches.write(_table(), [*puts, *gone])


def _recorded(since: int, found: Count) -> Iterator[Acceptance]:
    """Yield the orders of the logs that are not stored."""
    for channel in access_log.channels():
        for lines in access_log.read(channel, since, found.now):
            found.unreadable += lines.unreadable
            stored = _stored(one.order_id for one in lines.accepted)
            yield from (one for one in lines.accepted if one.order_id not in stored)


def _sort(tracked: Mapping[str, Tracked], found: Count) -> None:
    stored = _stored(tracked)
    left = [one for order_id, one in tracked.items() if order_id not in stored]
    found.settled = sorted(stored)
    nowhere = []
    for one, theirs in zip(left, side_by_side.call(_letters_of, left), strict=True):
        if lost := [letter for letter in theirs["open"] if letter["advice"] == letter_advice.LOST]:
            found.known_lost.append(Tracked(one.order, 0, lost[0]["id"]))
        elif theirs["open"]:
            found.dead.append(Tracked(one.order, 0))
        elif theirs["discarded"] and not theirs["sent"]:
            found.settled.append(one.order.order_id)
        else:
            nowhere.append(one if one.since else Tracked(one.order, found.now))
    _part_waiting(nowhere, found)


def _part_waiting(nowhere: list[Tracked], found: Count) -> None:
    """Part the orders that are in no place into those on their way, and those that are missing.

    Those of the last minute are on their way. Of the others, the queue has at most as many as it has messages
    beyond these. SQS delivers the oldest first, so the oldest are missing.
    """
    young = [one for one in nowhere if found.now - one.since <= GRACE_MS]
    old = sorted((one for one in nowhere if found.now - one.since > GRACE_MS), key=lambda one: one.order.at)
    may_wait = max(0, found.in_queues - len(young))
    gone = max(0, len(old) - may_wait)
    found.missing, found.waiting = old[:gone], [*old[gone:], *young]
    found.is_certain = not may_wait


def _letters_of(one: Tracked) -> dict[str, list[Record]]:
    """Return the dead letters of an order that could not be stored: the open, the sent and the discarded."""
    theirs = [row for row in letters.of_order(one.order.order_id) if row["source"] == letters.ORDERS]
    going = (letters.SENDING, letters.SENT)
    return {
        "open": [row for row in theirs if row["state"] == letters.OPEN],
        "sent": [row for row in theirs if row["state"] in going],
        "discarded": [row for row in theirs if row["state"] == letters.DISCARDED],
    }


def _dead_and_erased() -> tuple[set[str], set[str]]:
    """Return the IDs of the orders that are dead letters and not stored, without those sent again.

    Also return the IDs of those that were erased as dead letters. The letter of an order that was erased
    after it was stored stays without content when the tombstone is gone. Such an order is neither.
    """
    states = (letters.OPEN, letters.SENDING, letters.DISCARDED)
    dead, erased = set[str](), set[str]()
    for row in letters.of_orders(states):
        if "orderID" in row and row["reason"] != letters.ERASED:
            (erased if row["reason"] == letters.ERASED_UNSTORED else dead).add(row["orderID"])
    stored = _stored(dead | erased)
    return dead - stored, erased - stored


def _stored(order_ids: Any) -> set[str]:
    """Return those of these IDs under which an order is stored, or was until it was erased."""
    return set(batches.read(order_table.name(), "orderID", order_ids, ("orderID",)))


def _rows() -> Iterator[Tracked]:
    for page in scan.pages(_table()):
        yield from (_tracked(row) for row in page if row["accepted"] != _READING)


def _tracked(row: Record) -> Tracked:
    return Tracked(Acceptance(row["accepted"], row["at"], row["channel"], row["sub"]), row["since"])


def _queues() -> tuple[str, str]:
    return os.environ["SHOP_ORDER_QUEUE_URL"], os.environ["SHOP_ORDER_DLQ_URL"]


def _is_recorded() -> bool:
    """Whether API Gateway writes access logs."""
    return bool(access_log.channels())


def _table() -> str:
    return os.environ["SHOP_ACCOUNTING_TABLE"]
