"""GET /shops/{shopID}/webhook: the webhook of a connected shop, without its secrets. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import shops_table, webhooks


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the webhook: 200, or 403, 404."""
    return answer(200, webhooks.shown(shops_table.webhook(request.path("shopID"))))
