"""GET /reports/workload: how many orders each status and sender has, and how many dead letters are open."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import figures, letters


@signed_in
def handler(_: Request) -> Answer:
    """Answer with the counts: 200."""
    waiting = {source: letters.count_open(source) for source in letters.SOURCES}
    counts, senders = figures.in_all()
    return answer(200, {"counts": counts, "senders": senders, "deadLetters": waiting})
