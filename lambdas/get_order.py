"""GET /orders/{orderID}: one order, with lines and history."""

import orders
from http_api import Answer, Request, answer, etag, signed_in


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the order: 200, or 404."""
    order = orders.read(request.path("orderID"))
    return answer(200, orders.view(order), ETag=etag(order["version"]))
