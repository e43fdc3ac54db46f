"""What an order adds to the figures: of its status, of its quarter of an hour, of its customer.

A change of an order is the difference between what it adds now and what it added before. Differences can be
summed in any order, so the figures are right as soon as each change has been counted, and once.
"""

from collections import Counter

from lambdas.platform.tables import Record
from lambdas.shop import order_status

# A row of figures: which table it is in, and its key there.
Place = tuple[str, tuple[tuple[str, str], ...]]
Figures = dict[Place, Counter[str]]

TALLIES, CUSTOMERS = "tallies", "customers"

_QUARTER_MINUTES = 15  # minutes: no time zone's hour begins within one


def of(order: Record | None) -> Figures:
    """Return what an order adds; a tombstone and no order at all add nothing."""
    if order is None or "erasedAt" in order:
        return {}
    status, quarter, customer = status_row(order), quarter_row(order), customer_row(order)
    figures = {status: Counter(orders=1), quarter: _of_quarter(order)}
    return figures | ({customer: _of_customer(order)} if customer else {})


def difference(before: Record | None, after: Record | None) -> Figures:
    """Return what a change adds, without what stays the same."""
    old, new = of(before), of(after)
    changes = {place: Counter(new.get(place, {})) for place in {**old, **new}}
    for place, figures in changes.items():
        figures.subtract(old.get(place, {}))
    kept = {
        place: Counter({name: by for name, by in figures.items() if by}) for place, figures in changes.items()
    }
    return {place: figures for place, figures in kept.items() if figures}


def status_row(order: Record) -> Place:
    """Name the row that counts the orders of this order's status and shard."""
    return _tally(f"status#{order['listShard']}", order["status"])


def quarter_row(order: Record) -> Place:
    """Name the row of the quarter of an hour in which the order was taken."""
    return _tally(f"quarter#{order['currency']}#{order['listShard']}", quarter(order["createdAt"]))


def customer_row(order: Record) -> Place | None:
    """Name the row of the order's customer; an order whose schema was broken may have none."""
    email = order.get("customerEmail")
    return (CUSTOMERS, (("email", email),)) if email else None


def quarter(instant: str) -> str:
    """Return the quarter of an hour that an instant is in: its first moment."""
    minute = int(instant[14:16]) // _QUARTER_MINUTES * _QUARTER_MINUTES
    return f"{instant[:14]}{minute:02}:00.000Z"


def is_sale(order: Record) -> bool:
    """Tell whether an order counts as sold: neither rejected nor cancelled."""
    return order["status"] not in (order_status.REJECTED, order_status.CANCELLED)


def _tally(tally: str, slot: str) -> Place:
    return TALLIES, (("tally", tally), ("slot", slot))


def _of_quarter(order: Record) -> Counter[str]:
    sale = is_sale(order)
    now = {status: int(order["status"] == status) for status in (order_status.PLACED, order_status.PACKED)}
    return Counter(orders=int(sale), revenue=order["total"] * sale, **now)


def _of_customer(order: Record) -> Counter[str]:
    sale = is_sale(order)
    return Counter({"orders": 1, "sales": int(sale), f"total:{order['currency']}": order["total"] * sale})
