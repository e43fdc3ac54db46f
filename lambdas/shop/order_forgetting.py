"""The rule for an order whose customer is forgotten.

A paid order stays without the person, and an order that came to nothing is erased.
"""

from lambdas.platform.access import Person
from lambdas.shop import order_status, orders
from lambdas.shop.documents import Order

ANONYMISED, ERASED = "anonymised", "erased"
# An order whose status is not here is still owed to the customer.
_BY_STATUS = {
    order_status.SHIPPED: ANONYMISED,
    order_status.DELIVERED: ANONYMISED,
    order_status.REJECTED: ERASED,
    order_status.CANCELLED: ERASED,
}


def verdict(order: Order) -> str:
    """Return what becomes of an order: ANONYMISED, ERASED, or "" if the shop still owes its goods."""
    return _BY_STATUS.get(order["status"], "")


def forget(order: Order, *, by: Person, reason: str) -> None:
    """Anonymise or erase an order that nothing is owed of. The caller has erased its dead letters before.

    Nothing leads to the dead letters of an order without its customer, and this may be cut off. Raises
    PreconditionFailedError and TooLargeError.
    """
    if verdict(order) == ERASED:
        orders.erase(order, by=by)
    else:
        orders.anonymise(order, by=by, reason=reason)
