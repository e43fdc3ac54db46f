"""GET /customers/{email}: one customer, with the figures of their orders."""

import os

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import customers


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the customer: 200, or 404."""
    customer = customers.read(request.path("email"))
    return answer(200, customers.public(customer, os.environ["SHOP_CURRENCY"]))
