"""POST /customers/{email}/erasure: erase everything that is kept of one person, in steps. For admins only."""

import os

from lambdas.platform import json_schema, text
from lambdas.platform.errors import NotFoundError
from lambdas.platform.http_api import Answer, Request, answer, field_error, for_admins
from lambdas.shop.erasure import Erasure


@for_admins
def handler(request: Request) -> Answer:
    """Answer with what was done and what is left: 200, or 400, 403, 404.

    409 while the shop owes goods, or has orders that did not arrive unless the body discards them.
    """
    asked = request.json("Erasure")
    if not (asked.get("reason") or asked.get("dryRun")):
        raise field_error("reason", "is required, unless dryRun is true")
    email = request.path("email")
    if not json_schema.is_valid("Customer", "email", email):
        raise NotFoundError("nothing is kept about this address")
    erasure = Erasure(
        email=text.mailbox(email),
        reason=asked.get("reason", ""),
        by=request.person,
        currency=os.environ["SHOP_CURRENCY"],
        discards=asked.get("discardDeadLetters", False),
    )
    act = erasure.preview if asked.get("dryRun") else erasure.step
    return answer(200, act(asked.get("cursor", "")).public)
