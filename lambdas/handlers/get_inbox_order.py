"""GET /orders/{orderID} of the inbox: what became of an order, for the connected shop that sent it."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_machines
from lambdas.shop import inbox, sender_view


@for_machines
def handler(request: Request) -> Answer:
    """Answer with what concerns the shop: 200, or 404."""
    order = inbox.read(request.path("orderID"), request.client)
    return answer(200, sender_view.shown(order), ETag=etag(order["version"]))
