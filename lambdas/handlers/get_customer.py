"""GET /customers/{email}: what the orders tell of one customer."""

import os

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import customers


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the customer: 200, or 404."""
    customer = customers.read(request.path("email").lower())
    return answer(200, customers.public(customer, os.environ["SHOP_CURRENCY"]))
