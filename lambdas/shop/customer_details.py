"""The details of a customer, which are copied from the customer's latest order."""

import time
from collections.abc import Mapping
from typing import Any, cast

from lambdas.platform import batches, tables
from lambdas.platform.tables import Record
from lambdas.shop import customers, orders
from lambdas.shop.customers import DETAILS
from lambdas.shop.documents import CustomerRow, Order

# Two orders of one customer may change at the same moment, but hardly five times in a row.
_MAX_TRIES = 5
_DETAIL_FIELDS = (*DETAILS, "lastOrderAt", "lastOrderID", "latest", "listShard", "listKey")


class CustomerBusyError(Exception):
    """Other invocations kept changing the customer. A later try may succeed."""


def update_from(order: Order) -> None:
    """Store the customer details of an order, unless the details of a later order are stored.

    Raises CustomerBusyError.
    """
    mine = _details(order)
    for _ in range(_MAX_TRIES):
        row = _read_row(mine["email"])
        if (
            row is None or row.get("latest", "") > mine["latest"]
        ):  # the customer is deleted, or has a later order
            return
        if _save(row, mine):
            return
    raise CustomerBusyError


def remove_order(order: Order) -> None:
    """Remove the details of an order that was erased or has another customer now.

    The details of the customer's latest other order replace them. Without another order, the customer is
    deleted. Raises CustomerBusyError.
    """
    email = order["customerEmail"]
    for _ in range(_MAX_TRIES):
        row = _read_row(email)
        if row is None or (row["orders"] > 0 and not _is_from(row, order)):
            return
        other = _latest_other_details(email, order) if row["orders"] > 0 else None
        if _save(row, other) if row["orders"] > 0 else _delete(row):
            return
    raise CustomerBusyError


def _is_from(row: CustomerRow, order: Order) -> bool:
    """Whether the customer's details are those of this order."""
    return bool(row.get("latest", "").startswith(order["listKey"]))


def _read_row(email: str) -> CustomerRow | None:
    return customers.find(email)


def _latest_other_details(email: str, gone: Order) -> CustomerRow | None:
    """Return the details of the customer's latest other order, or None if all are erased by now.

    The index is queried several times, because an index is a moment behind its table.
    """
    for pause in batches.PAUSES:
        time.sleep(pause)
        left = [order for order in orders.read_latest(email) if order["orderID"] != gone["orderID"]]
        if left:
            return _details(left[0])
    return None


def _details(order: Order) -> CustomerRow:
    email, customer = order["customerEmail"], cast(Mapping[str, Any], order["customer"])
    details = {
        "email": email,
        **{name: customer[name] for name in DETAILS if customer.get(name)},
        "lastOrderAt": order["createdAt"],
        "lastOrderID": order["orderID"],
        "latest": f"{order['listKey']}#{order['version']:09}",
        **customers.index_keys(email, order["createdAt"]),
    }
    return cast(CustomerRow, details)


def _save(row: CustomerRow, details: CustomerRow | None) -> bool:
    """Replace the details of an unchanged row, or remove them for None; return whether it was unchanged."""
    new = {name: value for name, value in (details or {}).items() if name != "email"}
    gone = [name for name in _DETAIL_FIELDS if name in row and name not in new]
    sets = "SET " + ", ".join(f"#{name} = :{name}" for name in new) if new else ""
    removes = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    return _write_if_unchanged(
        row,
        "update_item",
        UpdateExpression=(sets + removes).strip(),
        names={f"#{name}": name for name in (*new, *gone)},
        values={f":{name}": value for name, value in new.items()},
    )


def _delete(row: CustomerRow) -> bool:
    """Delete a row if it is unchanged and counts no orders; return whether it was deleted."""
    return _write_if_unchanged(
        row, "delete_item", " AND #orders <= :none", names={"#orders": "orders"}, values={":none": 0}
    )


def _write_if_unchanged(
    row: CustomerRow,
    operation: str,
    condition: str = "",
    *,
    names: Record,
    values: Record,
    **request: Any,
) -> bool:
    """Write if the stored details are still those of `row`; return whether they were."""
    was = {":was": row["latest"]} if "latest" in row else {}
    same = "#latest = :was" if was else "attribute_exists(email) AND attribute_not_exists(#latest)"
    if was or values:  # DynamoDB refuses an empty map of values
        request["ExpressionAttributeValues"] = tables.attributes(was | values)
    try:
        tables.write_conditionally(
            operation,
            TableName=customers.table(),
            Key=tables.attributes({"email": row["email"]}),
            ConditionExpression=same + condition,
            ExpressionAttributeNames={"#latest": "latest", **names},
            **request,
        )
    except tables.ConditionFailedError:
        return False
    return True
