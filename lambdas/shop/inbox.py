"""The inbox: what a connected shop may know of the orders that its machine sent."""

from typing import Any

from lambdas.platform.errors import NotFoundError
from lambdas.shop import order_channels, orders
from lambdas.shop.documents import Order

# All else is the shop's own: the comments and names in the history, tags, assignee, and the customer, who may
# be another one by now.
FIELDS = (
    "orderID",
    "number",
    "reference",
    "status",
    "version",
    "createdAt",
    "updatedAt",
    "currency",
    "items",
    "charges",
    "chargeTotal",
    "total",
    "rejectionReasons",
)


def read(order_id: str, client: str) -> Order:
    """Return an order that this client sent. Raises NotFoundError, also for an order of anybody else."""
    order = orders.read(order_id)
    if order_channels.of(order) != order_channels.MACHINE or _sender(order) != client:
        raise NotFoundError(orders.UNKNOWN)
    return order


def shown(order: Order) -> dict[str, Any]:
    """Return an order as its sender sees it, with the time of each status that it had."""
    statuses = [{"at": one["at"], "status": one["to"]} for one in order["history"] if "to" in one]
    return {name: value for name, value in order.items() if name in FIELDS} | {"statuses": statuses}


def _sender(order: Order) -> str:
    """Return the ID of the account or client that sent the order, which its first entry names."""
    return order["history"][0]["sub"]
