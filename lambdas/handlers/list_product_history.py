"""GET /products/{sku}/history: the changes of a product, a page at a time."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import product_history


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of changes, the latest first: 200, or 400, 404."""
    found, cursor = product_history.read_page(request.path("sku"), request.limit, request.query("cursor"))
    return answer(200, {"history": found, "nextCursor": cursor})
