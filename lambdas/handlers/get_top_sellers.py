"""GET /reports/top-sellers: the products that sold best, in all time or in a month."""

import os
import re

from lambdas.platform.http_api import MAX_PAGE, Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import product_sales, top_sellers

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the best sellers of a period by units or revenue: 200, or 400. Months are in UTC."""
    period = _period(request.query("period"))
    by = request.choice("by", product_sales.RANKED) or product_sales.RANKED[0]
    limit = request.limit_up_to(MAX_PAGE, top_sellers.DEFAULT_LIMIT)
    currency = os.environ["SHOP_CURRENCY"]
    items = top_sellers.read(product_sales.period(currency, period), by, limit)
    return answer(200, {"period": period, "by": by, "currency": currency, "items": items})


def _period(text: str) -> str:
    given = text or product_sales.ALL
    if given != product_sales.ALL and not _MONTH.fullmatch(given):
        raise field_error("period", f"must be all or a month such as 2026-01, got {shown(given)}")
    return given
