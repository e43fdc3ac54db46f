"""GET /customers/{email}: one customer, with the figures of their orders."""

import os

from lambdas.platform import json_schema, text
from lambdas.platform.errors import NotFoundError
from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import customers


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the customer: 200, or 404."""
    email = request.path("email")
    if not json_schema.is_valid("Customer", "email", email):
        raise NotFoundError("there is no such customer")
    customer = customers.read(text.mailbox(email))
    return answer(200, customers.public(customer, os.environ["SHOP_CURRENCY"]))
