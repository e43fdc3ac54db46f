"""GET /account: the account of the customer who asks, with cart and addresses."""

from lambdas.platform.http_api import Answer, Request, answer, for_customers
from lambdas.shop import accounts


@for_customers
def handler(request: Request) -> Answer:
    """Answer with the account: 200, or 403."""
    claims = request.claims
    return answer(
        200, {"email": claims["email"], "name": claims["name"], **accounts.read(request.person.sub)}
    )
