"""GET /products/{sku}: one product."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import catalog


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the product: 200, or 404."""
    product = catalog.read(request.path("sku"))
    return answer(200, catalog.public(product), ETag=etag(product["version"]))
