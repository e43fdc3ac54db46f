"""PATCH /orders/{orderID}: move an order to another status, with a note."""

from lambdas.platform import access
from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the moved order: 200, or 400, 403, 404, 409 with the allowed moves, 412."""
    change = request.json("StatusChange")
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    moved = orders.move(
        order,
        change["status"],
        by=request.person,
        by_admin=access.may_recall(request.groups),
        note=change.get("note", ""),
    )
    return answer(200, orders.public(moved), ETag=etag(moved["version"]))
