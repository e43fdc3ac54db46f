"""GET /reports/workload: the number of orders in each status, and of dead letters in each queue."""

import os

from lambdas.platform import dead_letters
from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import figures

_DEAD_LETTERS = {
    "orders": "SHOP_ORDER_DLQ_URL",
    "notifications": "SHOP_NOTIFICATION_DLQ_URL",
    "views": "SHOP_VIEWS_DLQ_URL",
}


@signed_in
def handler(_: Request) -> Answer:
    """Answer with the counts: 200."""
    waiting = {source: dead_letters.count(os.environ[queue]) for source, queue in _DEAD_LETTERS.items()}
    return answer(200, {"counts": figures.orders_by_status(), "deadLetters": waiting})
