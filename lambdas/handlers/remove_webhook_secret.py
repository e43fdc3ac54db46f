"""DELETE /shops/{shopID}/webhook/secrets/{secretID}: delete a secret of a webhook. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 409."""
    webhook_changes.remove_secret(request.path("shopID"), request.path("secretID"), by=request.person)
    return answer(204)
