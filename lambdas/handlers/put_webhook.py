"""PUT /shops/{shopID}/webhook: set the address of a webhook, switch it off or on. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import webhook_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the webhook: 200, or 201 with the secret of a new one, or 400, 403, 404."""
    body = request.json("WebhookAddress")
    shown, secret = webhook_changes.put(
        request.path("shopID"), body["url"], body.get("state"), by=request.person
    )
    return answer(201, {**shown, "secret": secret}) if secret else answer(200, shown)
