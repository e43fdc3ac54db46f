"""The table of orders: its name, and the keys of its indexes."""

import os
from typing import Any, cast

from lambdas.platform import tables, text
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.shop.documents import Order, OrderKeys

# The attributes that every index contains and every list of orders shows.
LIST_FIELDS = (
    "number",
    "reference",
    "status",
    "version",
    "createdAt",
    "updatedAt",
    "customer",
    "total",
    "currency",
    "lineCount",
    "chargeTotal",
    "collection",
    "submittedBy",
    "channel",
    "settledAt",
    "slipPrintedAt",
    "hasNotes",
    "tags",
    "assignee",
)
SETTLED = "settled"  # the partitions of `statusShard` with the rejected orders that are dealt with
KEY_FIELDS = frozenset(OrderKeys.__annotations__)


def name() -> str:
    """Return the table's name."""
    return os.environ["SHOP_ORDERS_TABLE"]


def with_marks(order: Order) -> Order:
    """Return an order with the keys of its indexes, and whether it has notes.

    Earlier ones are dropped: an order that has lost its e-mail address has no `customerEmail`.
    """
    rest = {name: value for name, value in order.items() if name not in {*KEY_FIELDS, "hasNotes"}}
    notes = {"hasNotes": True} if order.get("notes") else {}
    return cast(Order, {**rest, **notes, **index_keys(order)})


def index_keys(order: Order) -> OrderKeys:
    """Return the keys of the indexes. An order without an e-mail address has no `customerEmail`.

    A rejected order that is dealt with has partitions of its own, so that a list of the others skips it.
    """
    shard = tables.shard(order["orderID"])
    email = text.mailbox(order["customer"].get("email", ""))
    keys: OrderKeys = {
        "listShard": shard,
        "statusShard": f"{SETTLED if 'settledAt' in order else order['status']}#{shard}",
        "listKey": f"{order['createdAt']}#{order['orderID']}",
        # 16 digits fit the largest order: 1,000 lines of 100,000 pieces at 10,000,000 each.
        "totalKey": f"{order['total']:016}#{order['orderID']}",
    }
    if email:
        keys["customerEmail"] = email
    return keys


def change_name(order: Order, version: int = 0) -> str:
    """Return the name of the change that made a version of an order, by default the order's own version.

    The erasure of an order counts as one version more. Views know by this name whether a change was counted.
    """
    return f"{order['listKey']}#{version or order['version']:09}"


def order_id(list_key: str) -> str:
    """Return the ID of the order with this `listKey`."""
    return list_key.rpartition("#")[2]


def key_range(first: str, last: str) -> dict[str, Any]:
    """Return the range of `listKey` between two instants, both included. An empty instant sets no bound."""
    # "~" sorts after every order ID, so the orders of the last instant are included.
    return {"first": first or FIRST_KEY, "last": f"{last}#~" if last else LAST_KEY}
