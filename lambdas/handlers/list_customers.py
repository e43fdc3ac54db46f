"""GET /customers: who ordered last comes first, with search, a page at a time."""

import os

from lambdas.platform import listing, tables
from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import customers, search


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of customers: 200, or 400."""
    words, cursor = search.parse_query(request.query("q"), search.CUSTOMER), request.query("cursor")
    found, following = (_search if words else _all)(request.limit, cursor, words)
    shown = [customers.public(row, os.environ["SHOP_CURRENCY"]) for row in found]
    return answer(200, {"customers": shown, "nextCursor": following})


def _all(limit: int, cursor: str, _: list[str]) -> tuple[list[Record], str | None]:
    everybody = Listing(
        table=customers.table(),
        index="byLastOrder",
        partition_key="listShard",
        partitions=tables.SHARDS,
        descending=True,
    )
    return listing.read_page(everybody, limit, cursor)


def _search(limit: int, cursor: str, words: list[str]) -> tuple[list[Record], str | None]:
    terms, following = listing.read_page(search.listing(search.CUSTOMER, words), limit, cursor)
    rows = customers.read_many([term["identity"] for term in terms], os.environ["SHOP_CURRENCY"])
    return [row for row in rows if search.matches(search.customer_words(row), words)], following
