"""The inbox: the orders that the machine of a connected shop may read, which are those that it sent."""

from lambdas.platform.errors import NotFoundError
from lambdas.shop import orders
from lambdas.shop.documents import Order


def read(order_id: str, client: str) -> Order:
    """Return an order that this client sent. Raises NotFoundError, also for an order of anybody else."""
    order = orders.read(order_id)
    if order.get("shopID") != client:
        raise NotFoundError(orders.UNKNOWN)
    return order
