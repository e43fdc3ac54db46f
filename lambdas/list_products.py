"""GET /products: by name, with search and category, a page at a time."""

from typing import Any

import catalog
import json_schema
import listing
import tables
from http_api import Answer, Request, answer, refused, signed_in
from listing import Listing
from strict_json import shown

_LONGEST_SEARCH = 100  # characters


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of products: 200, or 400."""
    wanted = Listing(table=catalog.table(), **_shelf(request), **_search(request))
    found, cursor = listing.page(wanted, request.limit, request.query("cursor"))
    return answer(200, {"products": [catalog.view(product) for product in found], "nextCursor": cursor})


def _shelf(request: Request) -> dict[str, Any]:
    category = request.query("category")
    if category and not json_schema.holds("Product", "category", category):
        raise refused("category", f"must be the name of a category, got {shown(category)}")
    if category:
        return {"index": "byCategory", "partition_key": "category", "partitions": [category]}
    return {"index": "byName", "partition_key": "listShard", "partitions": tables.SHARDS}


def _search(request: Request) -> dict[str, Any]:
    """Ask for products whose name or SKU contains every word that was searched for."""
    text = request.query("q").lower()
    if len(text) > _LONGEST_SEARCH:
        raise refused("q", f"must have a length of at most {_LONGEST_SEARCH}, got {len(text)}")
    words = {f":word{index}": word for index, word in enumerate(text.split())}
    condition = " AND ".join(f"contains(#text, {name})" for name in words)
    return {"condition": condition, "names": {"#text": "searchText"}, "values": words} if words else {}
