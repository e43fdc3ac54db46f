"""GET /orders/{orderID} of the storefront: one order of the customer who asks."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_customers
from lambdas.shop import my_orders


@for_customers
def handler(request: Request) -> Answer:
    """Answer with what concerns the customer: 200, or 403, 404."""
    order = my_orders.read(request.person.sub, request.path("orderID"))
    return answer(200, my_orders.shown(order), ETag=etag(order["version"]))
