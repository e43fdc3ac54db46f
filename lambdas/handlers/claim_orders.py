"""POST /orders/claim of the storefront: give earlier orders of the customer's address to the account."""

from lambdas.platform.http_api import Answer, Request, answer, for_customers
from lambdas.shop import order_claims


@for_customers
def handler(request: Request) -> Answer:
    """Answer with how many orders the account has got, and where the rest begins: 200, or 400, 403."""
    claimed, cursor = order_claims.claim(request.claims["email"], request.query("cursor"), by=request.person)
    return answer(200, {"claimed": claimed, "nextCursor": cursor})
