"""GET /products/{sku}/also-bought: the products that are most often in the same orders."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import product_orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with products and the number of orders that they share with this one: 200, or 400, 404."""
    limit = request.limit_up_to(product_orders.MAX_BESIDE, product_orders.DEFAULT_BESIDE)
    return answer(200, {"items": product_orders.also_bought(request.path("sku"), limit)})
