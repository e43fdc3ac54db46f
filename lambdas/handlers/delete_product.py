"""DELETE /products/{sku}: take a product out of the catalog; for admins."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import catalog, catalog_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 412; orders keep the name and the price that they were placed with."""
    product = catalog.read(request.path("sku"))
    request.require_version(product["version"], product=catalog.public(product))
    catalog_changes.remove(product)
    return answer(204)
