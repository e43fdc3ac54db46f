"""PATCH /orders/{orderID}: move an order to another status, or change its delivery details."""

from typing import Any

from lambdas.platform import access
from lambdas.platform.http_api import Answer, Request, answer, etag, field_error, signed_in
from lambdas.shop import orders
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
    if "status" not in change and "details" not in change:
        raise field_error("status", "is required, unless there are details")
    if "status" in change and "details" in change:
        raise field_error("details", "must be changed by a call without a status")
    if change.get("details") == {}:
        raise field_error("details", "must have at least one field")


def _change(order: Order, change: dict[str, Any], request: Request) -> Order:
    by, note = request.person, change.get("note", "")
    if "details" in change:
        return orders.change_details(order, change["details"], by=by, note=note)
    by_admin = access.may_recall(request.groups)
    return orders.move(order, change["status"], by=by, by_admin=by_admin, note=note)
