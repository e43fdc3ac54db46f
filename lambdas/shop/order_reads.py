"""Stored orders: read one, many, or the latest of a customer."""

from collections.abc import Sequence
from typing import Any, cast

from lambdas.platform import aws, batches, json_schema, tables
from lambdas.shop import order_table
from lambdas.shop.documents import Order


def find(order_id: str) -> Order | None:
    """Return an order, read consistently, or None, also for an erased order."""
    return unless_erased(tables.get(order_table.name(), orderID=order_id))


def is_erased(order_id: str) -> bool:
    """Whether an order was erased, for as long as its tombstone is kept."""
    is_id = json_schema.is_valid("Order", "orderID", order_id)
    return is_id and "erasedAt" in (tables.get(order_table.name(), orderID=order_id) or {})


def is_without_person(order_id: str) -> bool:
    """Whether an order was erased, for as long as its tombstone is kept, or anonymised."""
    is_id = json_schema.is_valid("Order", "orderID", order_id)
    stored = tables.get(order_table.name(), orderID=order_id) if is_id else None
    return bool(stored) and not {"erasedAt", "anonymisedAt"}.isdisjoint(stored or {})


def read_many(order_ids: Sequence[str], names: Sequence[str]) -> list[Order]:
    """Return these fields of orders, in the order of `order_ids`, without unknown and erased orders.

    Raises batches.BusyError.
    """
    found = batches.read(order_table.name(), "orderID", order_ids, ("orderID", "status", *names))
    return [cast(Order, found[order_id]) for order_id in order_ids if "status" in found.get(order_id, {})]


def read_latest(email: str, limit: int) -> list[Order]:
    """Return the latest orders of a customer, with their list fields and keys.

    The index is a moment behind its table, so the newest order may be missing.
    """
    response = aws.dynamodb().query(
        TableName=order_table.name(),
        IndexName="byCustomer",
        KeyConditionExpression="customerEmail = :email",
        ExpressionAttributeValues=tables.attributes({":email": email}),
        ScanIndexForward=False,
        Limit=limit,
    )
    return [cast(Order, tables.record(item)) for item in response["Items"]]


def of_customer(email: str) -> list[Order]:
    """Return every order of a customer, the latest first, with its ID, keys, number and status only.

    The index is a moment behind its table.
    """
    request = {
        "TableName": order_table.name(),
        "IndexName": "byCustomer",
        "KeyConditionExpression": "customerEmail = :email",
        "ExpressionAttributeValues": tables.attributes({":email": email}),
        "ProjectionExpression": "orderID, listKey, #number, #status",
        "ExpressionAttributeNames": {"#number": "number", "#status": "status"},
        "ScanIndexForward": False,
    }
    found: list[Order] = []
    while True:
        page = aws.dynamodb().query(**request)
        found += [cast(Order, tables.record(item)) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def unless_erased(stored: dict[str, Any] | None) -> Order | None:
    """Return what is stored as an order, or None for a tombstone."""
    return None if stored is None or "erasedAt" in stored else cast(Order, stored)
