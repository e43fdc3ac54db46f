"""The table of orders: its name, the keys of its indexes, and the index that serves each list."""

import os
from collections.abc import Sequence
from typing import Any

from lambdas.platform import tables, text
from lambdas.platform.listing import FIRST_KEY, LAST_KEY, Listing
from lambdas.shop import order_status
from lambdas.shop.documents import Order, OrderKeys

# The attributes that every index contains and every list of orders shows.
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
    "channel",
)
KEY_FIELDS = frozenset(OrderKeys.__annotations__)


def name() -> str:
    """Return the table's name."""
    return os.environ["SHOP_ORDERS_TABLE"]


def index_keys(order: Order) -> OrderKeys:
    """Return the keys of the indexes. An order without an e-mail address has no `customerEmail`."""
    shard = tables.shard(order["orderID"])
    email = text.mailbox(order["customer"]["email"])
    keys: OrderKeys = {
        "listShard": shard,
        "statusShard": f"{order['status']}#{shard}",
        "listKey": f"{order['createdAt']}#{order['orderID']}",
        # 16 digits fit the largest order: 1,000 lines of 100,000 pieces at 10,000,000 each.
        "totalKey": f"{order['total']:016}#{order['orderID']}",
    }
    if email:
        keys["customerEmail"] = email
    return keys


def order_id(list_key: str) -> str:
    """Return the ID of the order with this `listKey`."""
    return list_key.rpartition("#")[2]


def by_time(status: str, customer: str, first: str, last: str, *, newest_first: bool) -> Listing:
    """Return the listing by time of acceptance. An empty text sets no filter.

    The status of one customer's orders is filtered without an index, because these orders are few.
    """
    partitions: Sequence[str] = tables.SHARDS
    if customer:
        index, key, partitions = "byCustomer", "customerEmail", [customer]
    elif status:
        index, key, partitions = "byStatus", "statusShard", _status_shards(status)
    else:
        index, key = "byRecency", "listShard"
    more = key_range(first, last) | (_status_filter(status) if customer and status else {})
    return Listing(
        table=name(), index=index, partition_key=key, partitions=partitions, descending=newest_first, **more
    )


def by_total(status: str, *, largest_first: bool) -> Listing:
    """Return the listing by total. An empty status sets no filter.

    All orders are the orders of every status. The statuses are in the order in which orders go through them,
    so an order that moves while the list is read is rather found twice than never.
    """
    statuses = [status] if status else order_status.NEXT
    return Listing(
        table=name(),
        index="byStatusTotal",
        partition_key="statusShard",
        partitions=[partition for one in statuses for partition in _status_shards(one)],
        sort_key="totalKey",
        descending=largest_first,
    )


def key_range(first: str, last: str) -> dict[str, Any]:
    """Return the range of `listKey` between two instants, both included. An empty instant sets no bound."""
    # "~" sorts after every order ID, so the orders of the last instant are included.
    return {"first": first or FIRST_KEY, "last": f"{last}#~" if last else LAST_KEY}


def _status_shards(status: str) -> list[str]:
    return [f"{status}#{shard}" for shard in tables.SHARDS]


def _status_filter(status: str) -> dict[str, Any]:
    return {"condition": "#status = :status", "names": {"#status": "status"}, "values": {":status": status}}
