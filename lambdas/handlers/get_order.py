"""GET /orders/{orderID}: one order, with lines and history."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the order: 200, or 404."""
    order = orders.read(request.path("orderID"))
    return answer(200, orders.public(order), ETag=etag(order["version"]))
