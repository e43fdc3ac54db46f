"""GET /orders/{orderID}/mails: what became of the mails about an order, and its dead letters."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import order_mails, orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the mails, the first one first, and the dead letters, the latest first: 200, or 404."""
    return answer(200, order_mails.shown(orders.read(request.path("orderID"))))
