"""The table of orders: its name, the keys of its indexes, and the attributes that the indexes repeat."""

import os
from typing import Any

from lambdas.platform import tables
from lambdas.platform.tables import Record

# The attributes that every index repeats and a list of orders shows.
LIST_FIELDS = (
    "status",
    "version",
    "createdAt",
    "updatedAt",
    "customer",
    "total",
    "currency",
    "lineCount",
    "submittedBy",
)
KEY_FIELDS = frozenset({"listShard", "statusShard", "listKey", "totalKey", "customerEmail"})


def name() -> str:
    """Return the table's name."""
    return os.environ["SHOP_ORDERS_TABLE"]


def index_keys(order: Record) -> dict[str, Any]:
    """Return the keys of the indexes. An order without an e-mail address has no `customerEmail`."""
    shard = tables.shard(order["orderID"])
    email = order["customer"]["email"].lower()
    return {
        "listShard": shard,
        "statusShard": f"{order['status']}#{shard}",
        "listKey": f"{order['createdAt']}#{order['orderID']}",
        # 16 digits fit the largest order: 1,000 lines of 100,000 pieces at 10,000,000 each.
        "totalKey": f"{order['total']:016}#{order['orderID']}",
    } | ({"customerEmail": email} if email else {})
