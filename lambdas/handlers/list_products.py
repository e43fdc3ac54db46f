"""GET /products: the list of products, a page at a time."""

from lambdas.platform import json_schema
from lambdas.platform.http_api import Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import catalog, product_lists, search


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of products: 200, or 400."""
    words, category = search.parse_query(request.query("q"), search.PRODUCT), _category(request)
    found, cursor = product_lists.read_page(
        words, category, _active(request), request.limit, request.query("cursor")
    )
    return answer(200, {"products": [catalog.public(product) for product in found], "nextCursor": cursor})


def _category(request: Request) -> str:
    category = request.query("category")
    if category and not json_schema.is_valid("Product", "category", category):
        raise field_error("category", f"must be the name of a category, got {shown(category)}")
    return category


def _active(request: Request) -> bool | None:
    given = request.query("active")
    if given not in ("", "true", "false"):
        raise field_error("active", f"must be true or false, got {shown(given)}")
    return {"true": True, "false": False}.get(given)
