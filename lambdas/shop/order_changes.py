"""Changes of orders, applied to everything that is derived from orders."""

from collections.abc import Sequence

from lambdas.platform import aws, batches
from lambdas.shop import customer_details, figure_updates, figures, order_packing
from lambdas.shop.documents import Customer, Order
from lambdas.shop.figure_updates import Addition
from lambdas.shop.order_journal import Change

TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    customer_details.CustomerBusyError,
)


def count(changes: Sequence[Change]) -> None:
    """Add the figures of changes, of all or of none. Counting a change again has no effect.

    Raises TRANSIENT_ERRORS when a later try may succeed.
    """
    figure_updates.add_once([Addition(change, figures.difference(*change)) for change in changes])


def apply(change: Change) -> None:
    """Update customers and the search for one change whose figures are counted.

    Applying a change again stores the same again. Raises TRANSIENT_ERRORS when a later try may succeed.
    """
    before, after = change
    _update_customers(before, after)
    order_packing.follow([change])


def _update_customers(before: Order | None, after: Order | None) -> None:
    email = after.get("customerEmail") if after else None
    if after and email and not (before and _customer(before) == _customer(after)):
        customer_details.update_from(after)
    if before and "customerEmail" in before and before["customerEmail"] != email:
        customer_details.remove_order(before)


def _customer(order: Order) -> tuple[str | None, Customer]:
    """Return the customer with the key of their row, which an older release may have spelled otherwise."""
    return order.get("customerEmail"), order["customer"]
