"""The part of an order that its sender may know, if a machine of a connected shop sent it."""

from typing import Any

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


def shown(order: Order) -> dict[str, Any]:
    """Return an order as its sender sees it, with the time of each status that it had."""
    statuses = [{"at": one["at"], "status": one["to"]} for one in order["history"] if "to" in one]
    return {name: value for name, value in order.items() if name in FIELDS} | {"statuses": statuses}
