"""DELETE /shops/{shopID}: delete a connected shop with its secrets. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import shop_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404."""
    shop_changes.disconnect(request.path("shopID"), by=request.person)
    return answer(204)
