"""PATCH /shops/{shopID}: rename a connected shop, disable or enable it. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import shop_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the changed shop: 200, or 400, 403, 404, 409."""
    body = request.json("ShopChange")
    shop_id = request.path("shopID")
    return answer(200, shop_changes.change(shop_id, body.get("name"), body.get("state"), by=request.person))
