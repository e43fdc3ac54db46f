"""POST /shops/{shopID}/webhook/secrets: give a webhook another secret. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the secret: 201, or 403, 404, 409."""
    return answer(201, webhook_changes.add_secret(request.path("shopID"), by=request.person))
