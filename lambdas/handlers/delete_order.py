"""DELETE /orders/{orderID}: erase an order for good. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import order_erasure, orders


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 412."""
    order_id = request.path("orderID")
    order_erasure.finish(order_id, by=request.person)
    order = orders.read(order_id)
    request.require_version(order["version"], order=orders.public(order))
    order_erasure.erase(order, by=request.person)
    return answer(204)
