"""DELETE /products/{sku}: remove a product from the catalog. For admins only."""

from lambdas.platform.errors import ConflictError
from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import catalog, catalog_changes, order_names, product_orders


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 409, 412. Existing orders keep the product's name and price."""
    product = catalog.read(request.path("sku"))
    request.require_version(product["version"], product=catalog.public(product))
    _refuse_if_ordered(request.path("sku"))
    catalog_changes.remove(product, by=request.person)
    return answer(204)


def _refuse_if_ordered(sku: str) -> None:
    order = product_orders.find_open(sku)
    if order:
        number = order_names.number_of(order)
        raise ConflictError(f"the open order {number} has this product: make it inactive instead")
