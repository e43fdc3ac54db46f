"""POST /shops/{shopID}/deliveries/{deliveryID}/redeliver: send an event again at once. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_sending


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the ID of the delivery: 202, or 403, 404, 409."""
    delivery = request.path("deliveryID")
    webhook_sending.send_again(request.path("shopID"), delivery, by=request.person)
    return answer(202, {"id": delivery})
