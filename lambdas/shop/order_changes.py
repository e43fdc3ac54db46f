"""Changes of orders, applied to everything that is derived from orders."""

from collections.abc import Sequence
from typing import NamedTuple

from lambdas.platform import aws, batches
from lambdas.shop import customer_details, figure_updates, figures, search
from lambdas.shop.documents import Customer, Order
from lambdas.shop.figure_updates import Addition

TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    customer_details.CustomerBusyError,
)


class Change(NamedTuple):
    """An order before and after a change. None means that no order exists."""

    before: Order | None
    after: Order | None


def count(changes: Sequence[Change]) -> None:
    """Add the figures of changes, of all or of none. Counting a change again has no effect.

    Raises TRANSIENT_ERRORS when a later try may succeed.
    """
    figure_updates.add_once([_addition(change) for change in changes])


def apply(change: Change) -> None:
    """Update search rows and customers for one change whose figures are counted.

    Applying a change again stores the same again. Raises TRANSIENT_ERRORS when a later try may succeed.
    """
    before, after = change
    search.replace(_rows(before), _rows(after))
    _update_customers(before, after)


def _addition(change: Change) -> Addition:
    order = change.after or change.before
    if order is None:
        return Addition("", "", {})
    version = f"{change.after['version']:09}" if change.after else "erased"
    return Addition(order["orderID"], f"{order['createdAt']}#{version}", figures.difference(*change))


def _update_customers(before: Order | None, after: Order | None) -> None:
    email = after.get("customerEmail") if after else None
    if after and email and not (before and _customer(before) == _customer(after)):
        customer_details.update_from(after)
    if before and "customerEmail" in before and before["customerEmail"] != email:
        customer_details.remove_order(before)


def _customer(order: Order) -> tuple[str | None, Customer]:
    """Return the customer with the key of their row, which an older release may have spelled otherwise."""
    return order.get("customerEmail"), order["customer"]


def _rows(order: Order | None) -> search.Rows:
    if order is None:
        return {}
    return search.rows(search.ORDER, order["orderID"], order["listKey"], search.order_words(order))
