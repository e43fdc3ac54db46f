"""PATCH /orders/{orderID}: move an order, change its delivery details, or deal with a rejected one."""

from typing import Any

from lambdas.platform import access
from lambdas.platform.http_api import Answer, Request, answer, etag, field_error, signed_in
from lambdas.shop import order_reads, orders
from lambdas.shop.documents import Order


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the changed order: 200, or 400, 403, 404, 409 with the allowed moves, 412, 413, 428."""
    change = request.json("OrderChange")
    _require_one_change(change)
    if "details" in change:
        request.require_if_match()
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    changed = _change(order, change, request)
    return answer(200, orders.public(changed), ETag=etag(changed["version"]))


def _require_one_change(change: dict[str, Any]) -> None:
    given = [name for name in ("status", "details", "settled") if name in change]
    if not given:
        raise field_error("status", "is required, unless there are details or settled")
    if len(given) > 1:
        raise field_error(given[1], f"must be changed by a call without {given[0]}")
    if change.get("details") == {}:
        raise field_error("details", "must have at least one field")


def _change(order: Order, change: dict[str, Any], request: Request) -> Order:
    by, note = request.person, change.get("note", "")
    if "details" in change:
        return orders.change_details(order, change["details"], by=by, note=note)
    if "settled" in change:
        return _settle(order, change["settled"], request, note)
    by_admin = access.may_recall(request.groups)
    return orders.move(order, change["status"], by=by, by_admin=by_admin, note=note)


def _settle(order: Order, settled: dict[str, str], request: Request, note: str) -> Order:
    if "replacedBy" not in settled:
        return orders.settle(order, by=request.person, note=note)
    successor = order_reads.find(settled["replacedBy"])
    if successor is None:
        raise field_error("settled.replacedBy", "must be the ID of an order")
    return orders.replace(order, successor, by=request.person)
