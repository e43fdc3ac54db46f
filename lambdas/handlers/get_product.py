"""GET /products/{sku}: one product, with its history."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import catalog, product_history


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the product: 200, or 404."""
    product = catalog.read(request.path("sku"))
    content = {**catalog.public(product), "history": product_history.read(product["sku"])}
    return answer(200, content, ETag=etag(product["version"]))
