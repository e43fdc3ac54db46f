"""What is known of a customer: kept from their latest order, and let go of with it.

Words before details: whoever is cut off in between finds the old details at the next try, and so the search
terms that have to go.
"""

import time
from typing import Any

from lambdas.platform import batches, tables
from lambdas.platform.tables import Record
from lambdas.shop import customers, orders, search
from lambdas.shop.customers import DETAILS

# Two orders of one customer may be counted at the same moment; more than this is no coincidence.
_TRIES = 5
_KEPT = (*DETAILS, "lastOrderAt", "lastOrderID", "latest", "listShard", "listKey")


class CustomerBusyError(Exception):
    """Others kept changing the customer; worth another try later."""


def update_from(order: Record) -> None:
    """Keep what an order says of its customer, unless a later one has spoken already.

    Raises CustomerBusyError.
    """
    mine = _details(order)
    for _ in range(_TRIES):
        row = _read_row(mine["email"])
        if row is None or row.get("latest", "") > mine["latest"]:  # erased meanwhile, or out of date
            return _reconcile_terms(mine["email"], _rows(mine))
        search.replace(_rows(row), _rows(mine))
        if _save(row, mine):
            return None if _rows(row) in ({}, _rows(mine)) else _reconcile_terms(mine["email"], _rows(row))
    raise CustomerBusyError


def remove_order(order: Record) -> None:
    """Let go of what an order said of its customer, as it was erased or has another customer now.

    The customer goes too when that was the only order. Raises CustomerBusyError.
    """
    email, stale = order["customerEmail"], _rows(_details(order))
    for _ in range(_TRIES):
        row = _read_row(email)
        if row is None or (row["orders"] > 0 and not _is_from(row, order)):
            return _reconcile_terms(email, stale)
        other = _latest_other_details(email, order) if row["orders"] > 0 else {}
        stale = stale | _rows(row) | _rows(other)
        _rewrite_terms(stale, _rows(other))
        if _save(row, other) if row["orders"] > 0 else _delete(row):
            return _reconcile_terms(email, stale) if other else None
    raise CustomerBusyError


def _reconcile_terms(email: str, stale: search.Rows) -> None:
    """Let the search terms be those of the customer's row, which others may be changing right now.

    Whoever takes a customer away counts first, and lets go of the terms after that: if there are orders after
    the terms were written, then nobody has let go of them before. Who has begun in between will end it.
    """
    for pause in batches.PAUSES:
        time.sleep(pause)
        row = _read_row(email)
        kept = _rows(row) if row else {}
        _rewrite_terms(stale, kept)
        stale = stale | kept
        if _is_unchanged(row, _read_row(email)):
            return


def _rewrite_terms(stale: search.Rows, rows: search.Rows) -> None:
    """Write all the rows, also those that seem to be there: somebody may have taken them away."""
    search.replace({key: {} for key in stale}, rows)


def _is_unchanged(before: Record | None, now: Record | None) -> bool:
    """Tell whether nobody has touched a customer's details in between, nor is about to."""
    if before is None or now is None:
        return before is now
    return customers.is_known(now) and now["latest"] == before.get("latest") and now["orders"] > 0


def _is_from(row: Record, order: Record) -> bool:
    """Tell whether the customer's details are those of this order."""
    return bool(row.get("latest", "").startswith(order["listKey"]))


def _read_row(email: str) -> Record | None:
    return tables.get(customers.table(), email=email)


def _latest_other_details(email: str, gone: Record) -> Record:
    """Return what the latest of the orders that are left says; nothing if those are about to go too.

    An index is a moment behind its table, so it is asked more than once.
    """
    for pause in batches.PAUSES:
        time.sleep(pause)
        left = [order for order in orders.read_latest(email) if order["orderID"] != gone["orderID"]]
        if left:
            return _details(left[0])
    return {}


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


def _rows(row: Record) -> search.Rows:
    if not customers.is_known(row):
        return {}
    return search.rows(search.CUSTOMER, row["email"], row["email"], search.customer_words(row))


def _save(row: Record, details: Record) -> bool:
    """Write the details over the row that was read; tells whether it was still that."""
    kept = {name: value for name, value in details.items() if name != "email"}
    gone = [name for name in _KEPT if name in row and name not in details]
    sets = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
    removes = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    return _write_if_unchanged(
        row,
        "update_item",
        UpdateExpression=(sets + removes).strip(),
        names={f"#{name}": name for name in (*kept, *gone)},
        values={f":{name}": value for name, value in kept.items()},
    )


def _delete(row: Record) -> bool:
    return _write_if_unchanged(
        row, "delete_item", " AND #orders <= :none", {"#orders": "orders"}, {":none": 0}
    )


def _write_if_unchanged(
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
        tables.write_conditionally(
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
