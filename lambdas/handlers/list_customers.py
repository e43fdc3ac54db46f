"""GET /customers: the list of customers, a page at a time."""

import os

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import customer_lists, customers, search


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of customers: 200, or 400."""
    words, currency = search.parse_query(request.query("q"), search.CUSTOMER), os.environ["SHOP_CURRENCY"]
    found, cursor = customer_lists.read_page(words, currency, request.limit, request.query("cursor"))
    return answer(
        200, {"customers": [customers.public(row, currency) for row in found], "nextCursor": cursor}
    )
