"""The rows that the shop keeps of a customer's account: the cart, the addresses and the lists.

Every function takes the `sub` of the token, so nobody reaches what another account has.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lambdas.platform import tables, times
from lambdas.platform.errors import (
    BadRequestError,
    ConflictError,
    Fault,
    PreconditionFailedError,
    TooLargeError,
    summary,
)
from lambdas.platform.tables import Record

CART, ADDRESSES, LISTS = "cart", "addresses", "lists"
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    CART: {"lines": []},
    ADDRESSES: {"addresses": []},
    LISTS: {"lists": []},
}
_KEYS = ("sub", "kind")
_STATE = ("version", "updatedAt", "orderedAt")
# An order that waits in a cart for longer than this is not sent by itself any more: the customer is asked.
_LATE_MS = 3_600_000
# The rows of a deleted account stay so long, without content. A tab with a token that is still valid, for 15
# minutes at most, would otherwise store a cart that nobody finds any more.
_CLOSED_SECONDS = 24 * 3600


def read(sub: str) -> dict[str, dict[str, Any]]:
    """Return cart, addresses and lists of an account as the API shows them."""
    rows = tables.query(
        TableName=_table(),
        ConsistentRead=True,
        KeyConditionExpression="#sub = :sub",
        ExpressionAttributeNames={"#sub": "sub"},
        ExpressionAttributeValues=tables.attributes({":sub": sub}),
    )
    found = {row["kind"]: row for row in rows}
    return {kind: shown(kind, found.get(kind)) for kind in _EMPTY}


def shown(kind: str, row: Record | None) -> dict[str, Any]:
    """Return a row as the API shows it. None and the row of a closed account are version 0, and empty."""
    if row is None or _is_closed(row):
        return {"version": 0, **_EMPTY[kind]}
    late = {"orderedAt": _ordered_at(row), "isLate": _is_late(row)} if "order" in row else {}
    return {name: value for name, value in row.items() if name not in _KEYS} | late


def put(sub: str, kind: str, content: dict[str, Any], require_version: Callable[..., None]) -> dict[str, Any]:
    """Store a cart, addresses or lists in place of the present ones; return the row as the API shows it.

    `require_version(version, **current)` raises an error unless the change is made to this version, which is
    0 if nothing is stored. A content that is stored already is not stored again, because a call whose answer
    was lost is repeated. But an order that waits for too long counts as written now if it is written again:
    its customer wants it sent, and a tab that knows an older version must not take it out.

    Raises its errors, ConflictError for an account that is being deleted, PreconditionFailedError and
    TooLargeError.
    """
    before = _find(sub, kind)
    if before and _content(before) == content and not _is_late(before):
        return shown(kind, before)
    _refuse_closed(before)
    version = before["version"] if before else 0
    require_version(version, **{kind: shown(kind, before)})
    row = {"sub": sub, "kind": kind, "version": version + 1, "updatedAt": times.now(), **content}
    row |= _time_of_order(before, row)
    if not tables.fits(row, tables.MAX_ITEM_BYTES):
        raise TooLargeError(f"the {kind} must fit into {tables.MAX_ITEM_BYTES:,} bytes, and does not")
    return shown(kind, _store(row, version))


def refuse_repeated(lines: Sequence[Mapping[str, Any]], path: str = "lines") -> None:
    """Raise BadRequestError if a product is in two lines. `path` is that of the lines in the body."""
    seen = set[str]()
    for at, line in enumerate(lines):
        if line["sku"] in seen:
            fault = Fault(f"{path}[{at}].sku", f"must be in one line only, got {line['sku']} again")
            raise BadRequestError(summary([fault]), [fault])
        seen.add(line["sku"])


def close(sub: str) -> None:
    """Delete cart, addresses and lists of an account, for good. The account itself is deleted after that."""
    closed = {"closedAt": times.now(), "expiresAt": int(time.time()) + _CLOSED_SECONDS}
    for kind in _EMPTY:
        tables.put(_table(), {"sub": sub, "kind": kind, **closed})


def _table() -> str:
    return os.environ["SHOP_ACCOUNTS_TABLE"]


def _find(sub: str, kind: str) -> Record | None:
    return tables.get(_table(), sub=sub, kind=kind)


def _is_closed(row: Record) -> bool:
    return "closedAt" in row


def _is_late(row: Record) -> bool:
    """Whether the order in a cart was written more than an hour ago, by the clock of this side."""
    return "order" in row and times.now_ms() - times.milliseconds(_ordered_at(row)) > _LATE_MS


def _ordered_at(row: Record) -> str:
    return str(row.get("orderedAt", row["updatedAt"]))


def _time_of_order(before: Record | None, row: Record) -> dict[str, str]:
    """Return since when the order of a row waits. Other lines leave the time of the same order as it is."""
    if "order" not in row:
        return {}
    known = before.get("order") if before else None
    waits = known and known["orderID"] == row["order"]["orderID"] and _content(before or {}) != _content(row)
    return {"orderedAt": _ordered_at(before) if before and waits else row["updatedAt"]}


def _content(row: Record) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (*_KEYS, *_STATE)}


def _refuse_closed(row: Record | None) -> None:
    if row and _is_closed(row):
        raise ConflictError("this account is being deleted: delete it again, or sign out")


def _store(row: Record, version: int) -> Record:
    """Store a row over this version of it, and return it."""
    try:
        if version:
            tables.put_over(_table(), version, row)
        else:
            tables.put_new(_table(), "kind", row)
    except tables.ConditionFailedError:
        return _same_or_refuse(_find(row["sub"], row["kind"]), row)
    return row


def _same_or_refuse(current: Record | None, row: Record) -> Record:
    """Return the stored row if another delivery of the same call stored it."""
    if current and _content(current) == _content(row):
        return current
    _refuse_closed(current)
    kind: str = row["kind"]
    beside: dict[str, Any] = {kind: shown(kind, current)}
    raise PreconditionFailedError(f"the {kind} was changed meanwhile", **beside)
