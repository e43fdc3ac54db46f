"""GET /reports/workload: the number of orders in each status, and of open dead letters of each source."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import figures, letters


@signed_in
def handler(_: Request) -> Answer:
    """Answer with the counts: 200."""
    waiting = {source: letters.count_open(source) for source in letters.SOURCES}
    return answer(200, {"counts": figures.orders_by_status(), "deadLetters": waiting})
