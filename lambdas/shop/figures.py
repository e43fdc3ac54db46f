"""The figures: the numbers that each order adds for its status and for its quarter of an hour.

A change of an order adds the difference between its figures after and before the change. Differences can be
added in any order and to any shard, so the figures are correct as soon as each change has been added once.
`figure_updates` writes the figures, and `tallies` reads them.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lambdas.platform import listing
from lambdas.platform.tables import Record
from lambdas.shop import order_channels, order_status, tallies
from lambdas.shop.documents import Order, Tombstone

Row = tuple[str, str]
"""A row of the table of tallies: its tally without the shard, and its slot."""
Figures = dict[Row, Counter[str]]

# The row of a shard that counts the orders of each status, in an attribute for each. An earlier release had a
# row for each status, with the attribute `orders`.
STATUSES: Row = ("status", "all")
# The row of a shard that counts erased orders. A rebuild leaves it, because tombstones go after a while.
ERASED: Row = ("erased", "all")
# The row of a shard that counts the sales of each sender but staff, in an attribute for each.
SENDERS: Row = ("status", "senders")
_QUARTER_MINUTES = 15  # every time zone differs from UTC by a multiple of 15 minutes
_QUARTER_FIGURES = ("orders", "revenue", "charges", "placed", "packed")
_SALE_FIGURES = ("orders", "revenue", "charges")
_SENDER_FIGURES = ("orders", "revenue")
_OF_SENDER = "@"  # between a figure's name and the sender whose part of it an attribute has


def of(order: Order | Tombstone | None) -> Figures:
    """Return the figures of an order, or no figures for a tombstone or None."""
    if order is None or "erasedAt" in order:
        return {}
    sender = order_channels.sender(order)
    return {
        STATUSES: Counter({order["status"]: 1}),
        quarter_row(order): _quarter_figures(order, sender),
        **({SENDERS: Counter({sender: int(order_status.is_sale(order["status"]))})} if sender else {}),
    }


def difference(before: Order | Tombstone | None, after: Order | Tombstone | None) -> Figures:
    """Return the figures that a change adds, without zeros."""
    gone = {row: Counter({name: -by for name, by in figures.items()}) for row, figures in of(before).items()}
    return total([gone, of(after), {ERASED: Counter(orders=1)} if of(before) and not of(after) else {}])


def total(added: Iterable[Figures]) -> Figures:
    """Return the sums of figures, without zeros."""
    sums: Figures = {}
    for one in added:
        for row, figures in one.items():
            sums.setdefault(row, Counter()).update(figures)
    kept = {row: Counter({name: by for name, by in figures.items() if by}) for row, figures in sums.items()}
    return {row: figures for row, figures in kept.items() if figures}


def stored(row: Record) -> Figures:
    """Return the figures of a row of the table of tallies, in one of its shards; none for any other row."""
    tally, slot = row["tally"].rpartition("#")[0], row["slot"]
    figures = {name: value for name, value in row.items() if name not in ("tally", "slot")}
    if tally == "status" and slot in order_status.NEXT:  # of an earlier release
        return {STATUSES: Counter({slot: figures["orders"]})}
    is_figures = (tally, slot) in (STATUSES, SENDERS) or tally.startswith("quarter#")
    return {(tally, slot): Counter(figures)} if is_figures else {}


def in_all() -> tuple[dict[str, int], dict[str, int]]:
    """Return how many orders each status has, zeros included, and how many sales each sender but staff."""
    rows = tallies.read("status", listing.FIRST_KEY, listing.LAST_KEY)
    sums = total(map(stored, rows))
    by_status, by_sender = sums.get(STATUSES, Counter()), sums.get(SENDERS, Counter())
    return {status: by_status[status] for status in order_status.NEXT}, dict(by_sender)


def erased_orders() -> int:
    """Return how many orders were erased."""
    rows = tallies.read(ERASED[0], listing.FIRST_KEY, listing.LAST_KEY)
    return sum(int(row["orders"]) for row in rows)


def by_quarter(currency: str, first: str, last: str) -> list[Record]:
    """Return the figures of each quarter of an hour between two instants, oldest first, without zeros.

    The quarter that contains the first instant is included. Revenue and charges, which are a part of it, are
    in minor units of the currency. `senders` has the part of each sender but staff, if there is any.
    """
    sums: dict[str, Counter[str]] = {}
    for row in tallies.read(f"quarter#{currency}", quarter(first), last):
        found = {name: by for name, by in row.items() if name not in ("tally", "slot")}
        sums.setdefault(row["slot"], Counter()).update(found)
    return [
        {"at": at, **{name: sums[at][name] for name in _QUARTER_FIGURES}, **_senders(sums[at])}
        for at in sorted(sums)
        if any(sums[at].values())
    ]


def between(currency: str, edges: Sequence[str]) -> list[Record]:
    """Return orders, revenue and charges between each two neighbouring edges, zeros included.

    The edges ascend, and each begins a quarter of an hour. Revenue and charges, which are a part of it, are
    in minor units of the currency.
    """
    zeros = dict.fromkeys(_SALE_FIGURES, 0)
    sums = [{"from": first, "until": until, **zeros} for first, until in pairwise(edges)]
    for one in by_quarter(currency, edges[0], edges[-1]):
        if one["at"] < edges[-1]:
            part = sums[bisect_right(edges, one["at"]) - 1]
            part.update({name: part[name] + one[name] for name in _SALE_FIGURES})
    return sums


def quarter_row(order: Order) -> Row:
    """Return the row of the quarter of an hour in which the order was accepted."""
    return f"quarter#{order['currency']}", quarter(order["createdAt"])


def quarter(instant: str) -> str:
    """Return the first moment of the quarter of an hour that contains an instant."""
    minute = int(instant[14:16]) // _QUARTER_MINUTES * _QUARTER_MINUTES
    return f"{instant[:14]}{minute:02}:00.000Z"


def _senders(sums: Counter[str]) -> dict[str, dict[str, dict[str, int]]]:
    parts: dict[str, dict[str, int]] = {}
    for attribute, by in sums.items():
        name, _, sender = attribute.partition(_OF_SENDER)
        if sender and by:
            parts.setdefault(sender, dict.fromkeys(_SENDER_FIGURES, 0))[name] = by
    return {"senders": parts} if parts else {}


def _quarter_figures(order: Order, sender: str) -> Counter[str]:
    sale = order_status.is_sale(order["status"])
    now = {status: int(order["status"] == status) for status in order_status.OPEN}
    charges = order.get("chargeTotal", 0) * sale
    figures = Counter(orders=int(sale), revenue=order["total"] * sale, charges=charges, **now)
    if sender:
        figures.update({f"{name}{_OF_SENDER}{sender}": figures[name] for name in _SENDER_FIGURES})
    return figures
