"""DELETE /products/{sku}: remove a product from the catalog. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import catalog, catalog_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 412. Existing orders keep the product's name and price."""
    product = catalog.read(request.path("sku"))
    request.require_version(product["version"], product=catalog.public(product))
    catalog_changes.remove(product, by=request.person)
    return answer(204)
