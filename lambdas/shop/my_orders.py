"""The orders of a customer's account, as the customer may see and cancel them.

Every function takes the `sub` of the token, so nobody reaches the orders of another account.
"""

from typing import Any, cast

from lambdas.platform import listing
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError, Fault, NotFoundError, PreconditionFailedError
from lambdas.platform.listing import Listing
from lambdas.shop import order_status, order_table, orders
from lambdas.shop.documents import Order

# All else is the shop's own: comments, notes and names in the history, tags, assignee, slips, settlements.
_LISTED = (
    "orderID",
    "number",
    "reference",
    "status",
    "version",
    "createdAt",
    "updatedAt",
    "currency",
    "total",
    "lineCount",
    "chargeTotal",
    "customer",
    "collection",
)
_SHOWN = (*_LISTED, "items", "charges", "notes", "agreedTotal", "rejectionReasons")
_TRIES = 5  # to cancel an order that staff change at the same moment

MyOrderPage = tuple[list[dict[str, Any]], str | None]
"""Orders as a list shows them, and the cursor of the next page or None."""


def read_page(sub: str, limit: int, cursor: str) -> MyOrderPage:
    """Return a page of the orders of an account, the newest first. The index is a moment behind its table.

    Raises BadRequestError for a cursor of another account or list.
    """
    wanted = Listing(
        table=order_table.name(),
        index="byAccount",
        partition_key="accountID",
        partitions=[sub],
        descending=True,
        owner=f"account {sub}",
    )
    found, following = listing.read_page(wanted, limit, cursor)
    return [_only(cast(Order, order), _LISTED) for order in found], following


def read(sub: str, order_id: str) -> Order:
    """Return an order of an account. Raises NotFoundError, also for an order of anybody else."""
    order = orders.read(order_id)
    if order.get("accountID") != sub:
        raise NotFoundError(orders.UNKNOWN)
    return order


def shown(order: Order) -> dict[str, Any]:
    """Return an order as its customer sees it, with the time of each status that it had."""
    steps = [{"at": one["at"], "status": one["to"]} for one in order["history"] if "to" in one]
    return {**_only(order, _SHOWN), "steps": steps}


def cancel(order_id: str, *, by: Person) -> Order:
    """Cancel an order of an account while it is placed; return its next version.

    Return the order as it is if its customer cancelled it before. Raises NotFoundError, TooLargeError, and
    ConflictError for an order of another status, or one that is changed at every try.
    """
    for _ in range(_TRIES):
        order = read(by.sub, order_id)
        if _is_cancelled_by(order, by):
            return order
        _require_placed(order)
        try:
            return orders.move(order, order_status.CANCELLED, by=by, by_admin=False)
        except PreconditionFailedError:  # its answer would have what only staff may see
            continue
    raise ConflictError("the shop is changing this order at this moment: try again")


def _is_cancelled_by(order: Order, person: Person) -> bool:
    steps = [one for one in order["history"] if "to" in one]
    return order["status"] == order_status.CANCELLED and steps[-1]["sub"] == person.sub


def _require_placed(order: Order) -> None:
    if order["status"] != order_status.PLACED:
        message = f"an order can be cancelled while it is placed, this one is {order['status']}"
        raise ConflictError(message, [Fault("status", message)])


def _only(order: Order, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name in names}
