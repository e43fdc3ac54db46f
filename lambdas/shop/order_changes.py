"""A change of an order, applied to everything that is derived from orders."""

from lambdas.platform import aws, batches
from lambdas.shop import customer_details, figure_updates, figures, search
from lambdas.shop.documents import Customer, Order

TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    customer_details.CustomerBusyError,
)


def apply(before: Order | None, after: Order | None) -> None:
    """Update figures, search rows and customers for one change. None means that no order exists.

    Applying a change again has no effect: its figures are added once, and other writes store the same again.
    Raises TRANSIENT_ERRORS when a later try may succeed.
    """
    order = after or before
    if order is None:
        return
    version = f"{after['version']:09}" if after else "erased"
    added = figures.difference(before, after)
    figure_updates.add_once(order["orderID"], f"{order['createdAt']}#{version}", added)
    search.replace(_rows(before), _rows(after))
    _update_customers(before, after)


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
