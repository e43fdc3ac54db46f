"""The names of orders for people. The ID stays the key."""

from lambdas.shop.documents import Order, OrderReference


def number_of(order: Order | OrderReference) -> str:
    """Return the number of an order as people say it. An order of an earlier release has its ID instead."""
    return f"#{order['number']}" if "number" in order else order["orderID"][:8]
