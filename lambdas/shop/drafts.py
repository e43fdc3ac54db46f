"""Drafts: the parked orders of a person, each under the ID with which its order will be sent.

Every function takes the `sub` of the person who is signed in, so nobody reaches another person's drafts.
"""

import os
import time
from typing import Any, cast

from lambdas.platform import aws, json_schema, tables, times
from lambdas.platform.errors import ConflictError, NotFoundError, PreconditionFailedError, TooLargeError
from lambdas.shop.documents import Draft, DraftContent

MAX_DRAFTS = 50  # a person; of several calls at once, each counts the drafts before any of them is stored
_KEPT_SECONDS = 90 * 24 * 3600  # after the last change; docs/operate.md names the days
_LISTED = ("orderID", "name", "lineCount", "version", "updatedAt")
_SHOWN = (*_LISTED, "content")


def listed(sub: str) -> list[dict[str, Any]]:
    """Return the drafts of a person without their content, the last changed one first."""
    names = {f"#{name}": name for name in ("sub", *_LISTED)}
    request = {
        "TableName": _table(),
        "ConsistentRead": True,
        "KeyConditionExpression": "#sub = :sub",
        "ProjectionExpression": ", ".join(f"#{name}" for name in _LISTED),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": tables.attributes({":sub": sub}),
    }
    found: list[dict[str, Any]] = []
    while True:
        page = aws.dynamodb().query(**request)
        found += map(tables.record, page["Items"])
        if "LastEvaluatedKey" not in page:
            return sorted(found, key=lambda draft: (draft["updatedAt"], draft["orderID"]), reverse=True)
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def find(sub: str, order_id: str) -> Draft | None:
    """Return a draft, read consistently, or None."""
    is_id = json_schema.is_valid("Order", "orderID", order_id)
    return cast(Draft | None, tables.get(_table(), sub=sub, orderID=order_id) if is_id else None)


def read(sub: str, order_id: str) -> Draft:
    """Return a draft, read consistently. Raises NotFoundError."""
    draft = find(sub, order_id)
    if draft is None:
        raise NotFoundError("there is no such parked order")
    return draft


def public(draft: Draft) -> dict[str, Any]:
    """Return a draft as the API shows it."""
    return {name: value for name, value in draft.items() if name in _SHOWN}


def is_same(draft: Draft | None, name: str, content: DraftContent) -> bool:
    """Whether a draft has this name and content, for example because its first delivery stored them."""
    return draft is not None and (draft["name"], draft["content"]) == (name, content)


def save(sub: str, order_id: str, name: str, content: DraftContent, before: Draft | None) -> Draft:
    """Store the next version of the draft `before`, or a new draft for None.

    Raises ConflictError, TooLargeError, and PreconditionFailedError if another draft is stored by now.
    """
    if before is None:
        _refuse_too_many(sub)
    draft = _draft(sub, order_id, name, content, before)
    if not tables.fits(draft, tables.MAX_ITEM_BYTES):
        raise TooLargeError(f"the parked order must fit into {tables.MAX_ITEM_BYTES:,} bytes, and does not")
    try:
        if before:
            tables.put_over(_table(), before["version"], draft)
        else:
            tables.put_new(_table(), "orderID", draft)
    except tables.ConditionFailedError:
        return _same_or_refuse(find(sub, order_id), name, content)
    return draft


def remove(draft: Draft) -> None:
    """Delete a draft. Raises PreconditionFailedError if the stored draft has another version by now."""
    sub, order_id = draft["sub"], draft["orderID"]
    try:
        tables.delete(_table(), draft["version"], sub=sub, orderID=order_id)
    except tables.ConditionFailedError:
        current = find(sub, order_id)
        if current:  # otherwise another call deleted the draft
            raise _changed(current) from None


def _table() -> str:
    return os.environ["SHOP_DRAFTS_TABLE"]


def _refuse_too_many(sub: str) -> None:
    if len(listed(sub)) >= MAX_DRAFTS:
        raise ConflictError(f"you have {MAX_DRAFTS} parked orders, and more are not kept: send or delete one")


def _draft(sub: str, order_id: str, name: str, content: DraftContent, before: Draft | None) -> Draft:
    return {
        "sub": sub,
        "orderID": order_id,
        "name": name,
        "content": content,
        "lineCount": len(content["items"]),
        "version": before["version"] + 1 if before else 1,
        "updatedAt": times.now(),
        "expiresAt": int(time.time()) + _KEPT_SECONDS,
    }


def _same_or_refuse(current: Draft | None, name: str, content: DraftContent) -> Draft:
    """Return the stored draft if another delivery of the same call stored it."""
    if current and is_same(current, name, content):
        return current
    raise _changed(current)


def _changed(current: Draft | None) -> PreconditionFailedError:
    beside: dict[str, Any] = {"draft": public(current)} if current else {}
    return PreconditionFailedError("the parked order has been changed or deleted meanwhile", **beside)
