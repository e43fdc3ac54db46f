"""POST /orders/{orderID}/mails: send the mail about an order's event again."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import order_mails, orders


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the order, whose history says who asked for it: 202, or 400, 404, 409, 412, 413, 415."""
    event = request.json("MailAgain")["event"]
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    order_mails.require(order, event)
    changed = orders.record_mail(order, event, by=request.person)
    order_mails.send_again(changed, event)
    return answer(202, orders.public(changed), ETag=etag(changed["version"]))
