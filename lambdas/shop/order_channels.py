"""The channels through which orders come."""

from collections.abc import Mapping
from typing import Any

# An order of a channel of the gateway is from a signed-in member of staff, from the machine of a connected
# shop, or from a customer of the storefront. Any other message is an operator's.
STAFF, MACHINE, CUSTOMER, OPERATOR = "staff", "machine", "customer", "operator"
OF_GATEWAY = frozenset({STAFF, MACHINE, CUSTOMER})  # each is a constant in a mapping template
ALL = (STAFF, MACHINE, CUSTOMER, OPERATOR)


def of(order: Mapping[str, Any]) -> str:
    """Return the channel of an order. Orders of earlier releases have none: staff took them."""
    return str(order.get("channel", STAFF))


def sender(order: Mapping[str, Any]) -> str:
    """Return the sender of an order for figures.

    It is the ID of a connected shop, `customer` for all customers, `operator`, or "" for staff.
    """
    channel = of(order)
    return str(order.get("shopID", channel)) if channel != STAFF else ""
