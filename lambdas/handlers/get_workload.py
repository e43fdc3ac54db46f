"""GET /reports/workload: how many orders there are of each status, and what waits in the dead letters."""

import os
from collections import Counter

from lambdas.platform import aws, listing
from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import order_status, tallies

_DEAD_LETTERS = {
    "orders": "SHOP_ORDER_DLQ_URL",
    "notifications": "SHOP_NOTIFICATION_DLQ_URL",
    "views": "SHOP_VIEWS_DLQ_URL",
}


@signed_in
def handler(_: Request) -> Answer:
    """Answer with the counts: 200."""
    waiting = {name: _waiting(os.environ[queue]) for name, queue in _DEAD_LETTERS.items()}
    return answer(200, {"counts": _counts(), "deadLetters": waiting})


def _counts() -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in tallies.read("status", listing.FIRST_KEY, listing.LAST_KEY):
        counts[row["slot"]] += row["orders"]
    return {status: counts[status] for status in order_status.NEXT}


def _waiting(queue: str) -> int:
    """Count the messages of a queue, about: those that somebody is looking at right now among them."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = aws.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)
