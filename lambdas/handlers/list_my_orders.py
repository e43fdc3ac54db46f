"""GET /orders of the storefront: the orders of the customer who asks, a page at a time."""

from lambdas.platform.http_api import Answer, Request, answer, for_customers
from lambdas.shop import my_orders


@for_customers
def handler(request: Request) -> Answer:
    """Answer with a page of orders, the newest first: 200, or 400, 403."""
    found, cursor = my_orders.read_page(request.person.sub, request.limit, request.query("cursor"))
    return answer(200, {"orders": found, "nextCursor": cursor})
