"""What is known of a customer: kept from their latest order, and let go of with it.

Words before details: whoever is cut off in between finds the old details at the next try, and so the search
terms that have to go.
"""

from typing import Any

import customers
import orders
import search_terms
import tables
from customers import DETAILS
from tables import Record

# Two orders of one customer may be counted at the same moment; more than this is no coincidence.
_TRIES = 5


class CustomerBusyError(Exception):
    """Others kept changing the customer, or an index is behind; worth another try later."""


def keep(order: Record) -> None:
    """Keep what an order says of its customer, unless a later one has spoken already.

    Raises CustomerBusyError.
    """
    mine = _details(order)
    for _ in range(_TRIES):
        row = tables.get(customers.table(), email=order["customerEmail"])
        if row is None:  # erased meanwhile
            return search_terms.replace(_rows(mine), {})
        if row.get("latest", "") > mine["latest"]:
            return search_terms.replace(_rows(mine), _rows(row))
        search_terms.replace(_rows(row), _rows(mine))
        if _saved(row, mine):
            return None
    raise CustomerBusyError


def part(order: Record) -> None:
    """Let go of what an order said of its customer, as it was erased or has another customer now.

    The customer goes too when that was the only order. Raises CustomerBusyError.
    """
    for _ in range(_TRIES):
        row = tables.get(customers.table(), email=order["customerEmail"])
        if row is None:
            return None
        if row["orders"] > 0:
            return _speak_for(row, order)
        search_terms.replace(_rows(row), {})
        if _removed(row):
            return None
        search_terms.replace({}, _rows(row))  # somebody ordered again just now
    raise CustomerBusyError


def _speak_for(row: Record, gone: Record) -> None:
    """Let the latest of the orders that are left speak for the customer, if the one that is gone did."""
    if not row.get("latest", "").startswith(gone["listKey"]):
        return
    left = [order for order in orders.latest_of(row["email"]) if order["orderID"] != gone["orderID"]]
    if not left:
        raise CustomerBusyError  # the index does not know of the other orders yet
    heir = _details(left[0])
    search_terms.replace(_rows(row), _rows(heir))
    if not _saved(row, heir):
        raise CustomerBusyError


def _details(order: Record) -> Record:
    customer, email = order["customer"], order["customer"]["email"].lower()
    return {
        "email": email,
        **{name: customer[name] for name in DETAILS if customer.get(name)},
        "lastOrderAt": order["createdAt"],
        "lastOrderID": order["orderID"],
        "latest": f"{order['listKey']}#{order['version']:09}",
        "listShard": tables.shard(email),
        "listKey": f"{order['createdAt']}#{email}",
    }


def _rows(row: Record) -> search_terms.Rows:
    if not customers.is_known(row):
        return {}
    return search_terms.rows(search_terms.CUSTOMER, row["email"], row["email"], search_terms.of_customer(row))


def _saved(row: Record, details: Record) -> bool:
    """Write the details over the row that was read; tells whether it was still that."""
    kept = {name: value for name, value in details.items() if name != "email"}
    gone = [name for name in DETAILS if name in row and name not in details]
    sets = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    removes = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    return _conditionally(
        row,
        "update_item",
        UpdateExpression=sets + removes,
        names={f"#{name}": name for name in (*kept, *gone)},
        values={f":{name}": value for name, value in kept.items()},
    )


def _removed(row: Record) -> bool:
    return _conditionally(row, "delete_item", " AND #orders <= :none", {"#orders": "orders"}, {":none": 0})


def _conditionally(
    row: Record,
    operation: str,
    more: str = "",
    names: Record | None = None,
    values: Record | None = None,
    **request: Any,
) -> bool:
    """Write on the condition that the row is what was read; tells whether it was."""
    was = {":was": row["latest"]} if "latest" in row else {}
    same = "#latest = :was" if was else "attribute_exists(email) AND attribute_not_exists(#latest)"
    try:
        tables.conditionally(
            operation,
            TableName=customers.table(),
            Key=tables.attributes({"email": row["email"]}),
            ConditionExpression=same + more,
            ExpressionAttributeNames={"#latest": "latest", **(names or {})},
            **(
                {"ExpressionAttributeValues": tables.attributes({**was, **(values or {})})}
                if was or values
                else {}
            ),
            **request,
        )
    except tables.ConditionFailedError:
        return False
    return True
