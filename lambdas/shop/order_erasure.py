"""The erasure of an order, together with what its dead letters say of it and of its customer."""

from lambdas.platform.access import Person
from lambdas.shop import letter_erasure, order_reads, orders
from lambdas.shop.documents import Order


def erase(order: Order, *, by: Person) -> None:
    """Erase an order, and then the content of its dead letters.

    Raises PreconditionFailedError if the stored order has another version by now.
    """
    orders.erase(order, by=by)
    letter_erasure.erase_of(order["orderID"], by)


def finish(order_id: str, *, by: Person) -> None:
    """Erase the dead letters of an order that is erased, perhaps by a call that was cut off before them."""
    if order_reads.is_erased(order_id):
        letter_erasure.erase_of(order_id, by)
