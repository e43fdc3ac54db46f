"""PUT /drafts/{orderID}: park an order, or change a parked one, of the person who asks."""

from typing import cast

from lambdas.platform import json_schema
from lambdas.platform.errors import NotFoundError, PreconditionFailedError
from lambdas.platform.http_api import Answer, Request, answer, etag, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import drafts
from lambdas.shop.documents import Draft, DraftContent


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the draft: 201 if it is new, 200 if it existed, or 400, 404, 409, 412, 413."""
    order_id, body = _order_id(request), request.json("Draft")
    name, content = body["name"], cast(DraftContent, body["content"])
    sub = request.person.sub
    before = drafts.find(sub, order_id)
    if before and drafts.is_same(before, name, content):
        return _answer(200, before)
    _check_precondition(request, before)
    return _answer(200 if before else 201, drafts.save(sub, order_id, name, content, before))


def _order_id(request: Request) -> str:
    order_id = request.path("orderID")
    if not json_schema.is_valid("Order", "orderID", order_id):
        raise field_error("orderID", f"must be a UUID in lower case, got {shown(order_id)}")
    return order_id


def _check_precondition(request: Request, before: Draft | None) -> None:
    """Check If-Match: a change names the version that it is made to, and a new draft names none."""
    is_change = request.header("If-Match") is not None
    if before is None and is_change:
        raise NotFoundError("there is no such parked order")
    if before and not is_change:
        raise PreconditionFailedError("there is such a parked order already", draft=drafts.public(before))
    if before:
        request.require_version(before["version"], draft=drafts.public(before))


def _answer(status: int, draft: Draft) -> Answer:
    return answer(status, drafts.public(draft), ETag=etag(draft["version"]))
