"""GET /customers/{email}: one customer, with the figures of their orders and the note on them."""

import os

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import customers


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the customer: 200, or 404."""
    customer = customers.read(request.path("email"))
    shown = customers.whole(customer, os.environ["SHOP_CURRENCY"])
    return answer(200, shown, ETag=etag(customers.version_of(customer)))
