"""PATCH /customers/{email}: write or remove the note on a customer."""

import os

from lambdas.platform import text
from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import customers


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the changed customer: 200, or 400, 404, 412, or 428 without If-Match."""
    currency = os.environ["SHOP_CURRENCY"]
    note = request.json("CustomerChange", normalise=text.normalise_changes)["note"]
    request.require_if_match()
    customer = customers.read(request.path("email"))
    request.require_version(customers.version_of(customer), customer=customers.whole(customer, currency))
    changed = customers.write_note(customer, note, by=request.person, currency=currency)
    return answer(200, customers.whole(changed, currency), ETag=etag(customers.version_of(changed)))
