"""GET /customers/{email}: what the orders tell of one customer."""

import customers
from http_api import Answer, Request, answer, signed_in


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the customer: 200, or 404."""
    return answer(200, customers.view(customers.read(request.path("email").lower())))
