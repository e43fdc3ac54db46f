"""GET /products: the list of products, a page at a time."""

from lambdas.platform import json_schema
from lambdas.platform.http_api import Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import catalog, product_lists, product_search, search
from lambdas.shop.product_lists import Wanted


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of products and the number of all that were found: 200, or 400."""
    words = tuple(search.parse_query(request.query("q"), search.PRODUCT))
    wanted = Wanted(words, _category(request), _active(request), _sort(request, words))
    page = product_lists.read_page(wanted, request.limit, request.query("cursor"))
    document = {
        "products": [catalog.public(product) for product in page.products],
        "nextCursor": page.cursor,
        "count": page.found,
    }
    if page.categories is not None:
        counts = [{"category": name, "products": count} for name, count in page.categories.items()]
        document["categories"] = counts
    return answer(200, document)


def _category(request: Request) -> str:
    category = request.query("category")
    if category and not json_schema.is_valid("Product", "category", category):
        raise field_error("category", f"must be the name of a category, got {shown(category)}")
    return category


def _active(request: Request) -> bool | None:
    return {"true": True, "false": False}.get(request.choice("active", ("true", "false")))


def _sort(request: Request, words: product_search.Words) -> str:
    usual = product_search.RELEVANCE if words else product_search.NAME
    sort = request.choice("sort", product_search.SORTS) or usual
    if sort == product_search.RELEVANCE and not words:
        raise field_error("sort", f"must be another one without q, got {shown(sort)}")
    return sort
