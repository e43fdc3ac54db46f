"""GET /products/{sku}/orders: the orders of a product, a page at a time."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import product_orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of orders, each with the quantity of the product: 200, or 400, 404."""
    first, last = request.period
    found, cursor = product_orders.read_page(
        request.path("sku"), first, last, request.limit, request.query("cursor")
    )
    return answer(200, {"orders": found, "nextCursor": cursor})
