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
from lambdas.shop import order_status, tallies
from lambdas.shop.documents import Order, Tombstone

Row = tuple[str, str]
"""A row of the table of tallies: its tally without the shard, and its slot."""
Figures = dict[Row, Counter[str]]

# The row of a shard that counts the orders of each status, in an attribute for each. An earlier release had a
# row for each status, with the attribute `orders`.
STATUSES: Row = ("status", "all")
# The row of a shard that counts erased orders. A rebuild leaves it, because tombstones go after a while.
ERASED: Row = ("erased", "all")
_QUARTER_MINUTES = 15  # every time zone differs from UTC by a multiple of 15 minutes
_QUARTER_FIGURES = ("orders", "revenue", "charges", "placed", "packed")
_SALE_FIGURES = ("orders", "revenue", "charges")


def of(order: Order | Tombstone | None) -> Figures:
    """Return the figures of an order, or no figures for a tombstone or None."""
    if order is None or "erasedAt" in order:
        return {}
    return {STATUSES: Counter({order["status"]: 1}), quarter_row(order): _quarter_figures(order)}


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
    is_figures = (tally, slot) == STATUSES or tally.startswith("quarter#")
    return {(tally, slot): Counter(figures)} if is_figures else {}


def orders_by_status() -> dict[str, int]:
    """Return how many orders each status has, zeros included."""
    counts: Counter[str] = Counter()
    for row in tallies.read("status", listing.FIRST_KEY, listing.LAST_KEY):
        is_earlier = row["slot"] in order_status.NEXT
        counts.update({row["slot"]: row["orders"]} if is_earlier else _statuses(row))
    return {status: counts[status] for status in order_status.NEXT}


def erased_orders() -> int:
    """Return how many orders were erased."""
    rows = tallies.read(ERASED[0], listing.FIRST_KEY, listing.LAST_KEY)
    return sum(int(row["orders"]) for row in rows)


def by_quarter(currency: str, first: str, last: str) -> list[Record]:
    """Return the figures of each quarter of an hour between two instants, oldest first, without zeros.

    The quarter that contains the first instant is included. Revenue and charges, which are a part of it, are
    in minor units of the currency.
    """
    sums: dict[str, Counter[str]] = {}
    for row in tallies.read(f"quarter#{currency}", quarter(first), last):
        sums.setdefault(row["slot"], Counter()).update({name: row.get(name, 0) for name in _QUARTER_FIGURES})
    return [
        {"at": at, **{name: sums[at][name] for name in _QUARTER_FIGURES}}
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


def _statuses(row: Record) -> dict[str, int]:
    return {status: row.get(status, 0) for status in order_status.NEXT}


def _quarter_figures(order: Order) -> Counter[str]:
    sale = order_status.is_sale(order["status"])
    now = {status: int(order["status"] == status) for status in order_status.OPEN}
    charges = order.get("chargeTotal", 0) * sale
    return Counter(orders=int(sale), revenue=order["total"] * sale, charges=charges, **now)
