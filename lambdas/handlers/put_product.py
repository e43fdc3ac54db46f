"""PUT /products/{sku}: add or change a product."""

from typing import cast

from lambdas.platform import json_schema
from lambdas.platform.errors import BadRequestError, NotFoundError, PreconditionFailedError, summary
from lambdas.platform.http_api import Answer, Request, answer, etag, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import catalog, catalog_changes, product_content, product_files
from lambdas.shop.documents import Product, ProductContent


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the product: 201 if it is new, 200 if it existed, or 400, 404, 412."""
    sku, content = request.path("sku"), request.json("Product")
    _check_sku(sku, content.pop("sku", sku))
    before = catalog.find(sku)
    _check_precondition(request, before)
    if faults := product_files.faults(content, before):
        raise BadRequestError(summary(faults), faults)
    content = product_content.in_currency(content)
    product = catalog_changes.save(sku, cast(ProductContent, content), before, by=request.person)
    return answer(200 if before else 201, catalog.public(product), ETag=etag(product["version"]))


def _check_sku(sku: str, in_body: str) -> None:
    if not json_schema.is_valid("Product", "sku", sku):
        raise field_error("sku", f"must be a SKU, got {shown(sku)}")
    if in_body != sku:
        raise field_error("sku", f"must be the one of the path, {sku}, got {shown(in_body)}")


def _check_precondition(request: Request, before: Product | None) -> None:
    """Check If-None-Match, which may only be * (never replace), and If-Match (replace this version only)."""
    only_if_absent = request.header("If-None-Match")
    if only_if_absent and only_if_absent.strip() != "*":
        raise field_error("If-None-Match", f"must be *, got {shown(only_if_absent)}")
    if before is None and request.header("If-Match"):
        raise NotFoundError("there is no such product")
    if before and only_if_absent:
        raise PreconditionFailedError("there is such a product already", product=catalog.public(before))
    if before:
        request.require_version(before["version"], product=catalog.public(before))
