"""DELETE /shops/{shopID}/webhook: delete a webhook with its secrets. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404."""
    webhook_changes.remove(request.path("shopID"), by=request.person)
    return answer(204)
