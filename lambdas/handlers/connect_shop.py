"""POST /shops: connect a shop. Its secret is in this answer and nowhere else. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import shop_changes


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the shop and its secret: 201, or 400, 403, 409."""
    body = request.json("NewShop")
    return answer(201, shop_changes.connect(body["name"], by=request.person))
