"""POST /shops/{shopID}/webhook/test: have a test event sent to the webhook at once. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_sending


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the ID of the delivery: 202, or 403, 404, 409."""
    return answer(202, {"id": webhook_sending.send_test(request.path("shopID"), by=request.person)})
