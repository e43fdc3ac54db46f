"""PATCH /orders/{orderID}: move an order, change its details or its customer, remark on it, or settle it."""

import random
import time
from typing import Any

from lambdas.platform import access, tables
from lambdas.platform.errors import ForbiddenError, PreconditionFailedError
from lambdas.platform.http_api import Answer, Request, answer, etag, field_error, signed_in
from lambdas.shop import order_reads, orders
from lambdas.shop.documents import Order

# The longest pause in seconds before each repetition of a remark that met another change of the order.
CONFLICT_PAUSES = tables.CONTENTION_PAUSES
# Changes that neither meet nor cause a conflict, so a caller without If-Match makes them to any version.
_REMARKS = ("comment", "printed", "labels", "customer")
_CHANGES = ("status", "details", "settled", *_REMARKS)


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the changed order: 200, or 400, 403, 404, 409 with the allowed moves, 412, 413, 428."""
    change = request.json("OrderChange")
    _require_one_change(change)
    if "customer" in change and not access.may_transfer(request.groups):
        raise ForbiddenError("only an admin can give an order to another customer")
    if "details" in change:
        request.require_if_match()
    is_remark = any(name in change for name in _REMARKS)
    changed = _remark(change, request) if is_remark else _change(change, request)
    return answer(200, orders.public(changed), ETag=etag(changed["version"]))


def _require_one_change(change: dict[str, Any]) -> None:
    given = [name for name in _CHANGES if name in change]
    if not given:
        raise field_error("status", f"is required, unless there is one of {', '.join(_CHANGES[1:])}")
    if len(given) > 1:
        raise field_error(given[1], f"must be changed by a call without {given[0]}")
    if given[0] in _REMARKS and "note" in change:
        raise field_error("note", f"must be left out beside {given[0]}")
    if change[given[0]] == {} and given[0] in ("details", "labels"):
        raise field_error(given[0], "must have at least one field")


def _read(request: Request) -> Order:
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    return order


def _change(change: dict[str, Any], request: Request) -> Order:
    order = _read(request)
    by, note = request.person, change.get("note", "")
    if "details" in change:
        return orders.change_details(order, change["details"], by=by, note=note)
    if "settled" in change:
        return _settle(order, change["settled"], request, note)
    by_admin = access.may_recall(request.groups)
    return orders.move(order, change["status"], by=by, by_admin=by_admin, note=note)


def _settle(order: Order, settled: dict[str, Any], request: Request, note: str) -> Order:
    if settled.get("undone"):
        if "replacedBy" in settled:
            raise field_error("settled.undone", "must be left out beside replacedBy")
        return orders.unsettle(order, by=request.person, note=note)
    if "replacedBy" not in settled:
        return orders.settle(order, by=request.person, note=note)
    successor = order_reads.find(settled["replacedBy"])
    if successor is None:
        raise field_error("settled.replacedBy", "must be the ID of an order")
    return orders.replace(order, successor, by=request.person)


def _remark(change: dict[str, Any], request: Request) -> Order:
    """Remark on the order, however it changes meanwhile, unless the caller names its version in If-Match."""
    for pause in () if request.header("If-Match") else CONFLICT_PAUSES:
        try:
            return _add_remark(change, request)
        except PreconditionFailedError:
            time.sleep(random.uniform(0, pause))  # noqa: S311 - a pause is no secret
    return _add_remark(change, request)


def _add_remark(change: dict[str, Any], request: Request) -> Order:
    order = _read(request)
    if "printed" in change:
        return orders.record_slip(order, by=request.person)
    if "labels" in change:
        return orders.label(order, change["labels"], by=request.person)
    if "customer" in change:
        return orders.transfer(order, change["customer"]["email"], by=request.person)
    return orders.comment(order, change["comment"], by=request.person)
