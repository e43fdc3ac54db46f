"""POST /products: add a product."""

from typing import cast

from lambdas.platform.errors import BadRequestError, ConflictError, PreconditionFailedError, summary
from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import catalog, catalog_changes, product_content, product_files
from lambdas.shop.documents import ProductContent


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the product: 201, or 400, or 409 with the product that has this SKU already."""
    content = request.json("NewProduct")
    sku = content.pop("sku")
    if faults := [*product_content.sku_faults(sku), *product_files.faults(content, None)]:
        raise BadRequestError(summary(faults), faults)
    try:
        new = cast(ProductContent, product_content.in_currency(content))
        product = catalog_changes.save(sku, new, None, by=request.person)
    except PreconditionFailedError as error:
        raise ConflictError(f"there is a product {sku} already", **error.current) from error
    return answer(201, catalog.public(product), ETag=etag(product["version"]))
