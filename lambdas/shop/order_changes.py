"""Changes of orders, applied once to everything that is derived from orders."""

from collections.abc import Callable, Sequence

from lambdas.platform import aws, batches, tables
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import (
    customer_updates,
    figure_updates,
    figures,
    order_journal,
    order_packing,
    product_ledger,
    product_sales,
)
from lambdas.shop.figure_updates import Addition
from lambdas.shop.order_journal import Change

TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    customer_updates.CustomerBusyError,
    OutOfTimeError,
)


def apply(changes: Sequence[Change], require_time: Callable[[], None]) -> None:
    """Add changes to customers, figures, sales, search and ledger. Applying a change again has no effect.

    The customers are first, because a customer remembers which changes it has counted until the changes have
    their marks, and the marks are written with the figures. `require_time` raises OutOfTimeError if there is
    too little time for another step. If an error is not transient, no customer keeps figures of the changes
    without a mark.
    """
    named = {found[1]: change for change in changes if (found := order_journal.key(change))}
    additions = {
        name: Addition(
            order_journal.write_of(change), figures.difference(*change), product_sales.difference(*change)
        )
        for name, change in named.items()
    }
    customers = customer_updates.by_customer(named)
    try:
        customer_updates.add_once(customers, require_time)
        require_time()
        figure_updates.add_once(additions)
    except Exception as error:
        if not is_transient(error):
            customer_updates.take_back(named, require_time)
        raise
    customer_updates.delete_empty(customers, require_time)
    require_time()
    product_ledger.follow(changes)
    require_time()
    order_packing.follow(changes)


def is_transient(error: Exception) -> bool:
    """Whether another try may succeed."""
    return isinstance(error, TRANSIENT_ERRORS) and not tables.is_refusal(error)
