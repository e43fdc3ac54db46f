"""POST /orders/{orderID}/cancel of the storefront: cancel an order of the customer who asks."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_customers
from lambdas.shop import my_orders


@for_customers
def handler(request: Request) -> Answer:
    """Answer with the cancelled order: 200, or 403, 404, 409."""
    order = my_orders.cancel(request.path("orderID"), by=request.person)
    return answer(200, my_orders.shown(order), ETag=etag(order["version"]))
