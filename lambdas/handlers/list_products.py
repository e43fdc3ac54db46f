"""GET /products: by name, with search and category, a page at a time."""

from typing import Any

from lambdas.platform import json_schema, listing, tables
from lambdas.platform.http_api import Answer, Request, answer, refused, signed_in
from lambdas.platform.listing import Listing
from lambdas.platform.strict_json import shown
from lambdas.platform.tables import Record
from lambdas.shop import catalog, search
from lambdas.shop.search import PRODUCT


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of products: 200, or 400."""
    words = search.parse_query(request.query("q"), PRODUCT)
    category = _category(request)
    found, cursor = _search(request, words, category) if words else _page(request, _shelf(category))
    return answer(200, {"products": [catalog.public(product) for product in found], "nextCursor": cursor})


def _page(request: Request, wanted: Listing) -> tuple[list[Record], str | None]:
    return listing.read_page(wanted, request.limit, request.query("cursor"))


def _shelf(category: str) -> Listing:
    where: dict[str, Any] = {"index": "byName", "partition_key": "listShard", "partitions": tables.SHARDS}
    if category:
        where = {"index": "byCategory", "partition_key": "category", "partitions": [category]}
    return Listing(table=catalog.table(), **where)


def _search(request: Request, words: list[str], category: str) -> tuple[list[Record], str | None]:
    terms, cursor = _page(request, search.listing(PRODUCT, words))
    skus = [term["identity"] for term in terms]
    read = catalog.read_many(skus)
    products = [read[sku] for sku in skus if sku in read]
    return [product for product in products if category in ("", product["category"])], cursor


def _category(request: Request) -> str:
    category = request.query("category")
    if category and not json_schema.is_valid("Product", "category", category):
        raise refused("category", f"must be the name of a category, got {shown(category)}")
    return category
