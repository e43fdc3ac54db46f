"""The channels through which orders come."""

from collections.abc import Mapping
from typing import Any

# An order of a channel of the gateway is from a signed-in member of staff, or from the machine of a connected
# shop. Any other message is an operator's.
STAFF, MACHINE, OPERATOR = "staff", "machine", "operator"
OF_GATEWAY = frozenset({STAFF, MACHINE})  # each is a constant in a mapping template
ALL = (STAFF, MACHINE, OPERATOR)


def of(order: Mapping[str, Any]) -> str:
    """Return the channel of an order. Orders of earlier releases have none: staff took them."""
    return str(order.get("channel", STAFF))


def sender(order: Mapping[str, Any]) -> str:
    """Return the sender of an order for figures: the ID of a connected shop, `operator`, or "" for staff."""
    channel = of(order)
    return str(order.get("shopID", channel)) if channel != STAFF else ""
