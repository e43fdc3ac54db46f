"""The table of connected shops: the name of each, and its changes. Its key is the ID of the app client.

Nothing of a client's secret is in it. The secrets that sign the events of a shop are, because this program
makes the signatures. The row of a deleted shop stays, because orders name the shop. A second row for each
shop that is not deleted has the shop's name as its key, so that no two shops have the same name.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from lambdas.platform import batches, tables, times
from lambdas.platform.access import Person
from lambdas.platform.errors import NotFoundError
from lambdas.platform.tables import Record
from lambdas.shop import webhooks

DELETED = "deleted"
UNKNOWN = "there is no such connected shop"
MAX_CHANGES = 100  # that are kept of a shop, the latest ones; all are in the log
_NAME = "name#"
_ROW_POSITION, _NAME_POSITION = 0, 1  # of the row of a shop and of its new name in a transaction
_TRIES = 5  # of a change that meets others of the same shop


class NameTakenError(Exception):
    """Another shop has this name."""


def name() -> str:
    """Return the name of the table."""
    return os.environ["SHOP_SHOPS_TABLE"]


def read(ids: Iterable[str]) -> dict[str, Record]:
    """Return the rows of shops, by ID. Missing rows are left out."""
    return batches.read(name(), "shopID", ids)


def names(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of shops by ID, also of deleted ones. A stack without shops has no table."""
    rows = batches.read(name(), "shopID", ids, ("shopID", "name")) if name() else {}
    return {shop_id: row["name"] for shop_id, row in rows.items()}


def find(shop_id: str) -> Record | None:
    """Return the row of a shop, or None."""
    return tables.get(name(), shopID=shop_id)


def webhook(shop_id: str) -> Record:
    """Return the webhook of a shop. Raises NotFoundError if it has none."""
    return webhooks.require(webhooks.of(find(shop_id)))


def is_taken(shop_name: str) -> bool:
    """Whether a shop has this name. Capital letters make no difference."""
    return tables.get(name(), shopID=_key(shop_name)) is not None


def change(
    shop_id: str,
    event: str,
    details: Record,
    *,
    by: Person,
    known: Record,
    webhook: webhooks.Rule | None = None,
    **fields: Any,
) -> Record:
    """Store a change of a shop with its entry in the history, and return the stored row.

    `known` has the fields of a row that does not exist yet. `webhook` changes the webhook as it is stored at
    that moment. Raises NameTakenError, the errors of `webhook`, and NotFoundError for that of a deleted shop.
    """
    for _ in range(_TRIES):
        before = find(shop_id) or {"shopID": shop_id, **known}
        if webhook and before.get("state") == DELETED:
            raise NotFoundError(UNKNOWN)
        at = times.now()
        entry = {"at": at, **by.signature, "event": event, **details}
        after = _with_webhook({**before, **fields}, webhook) | {"version": before.get("version", 0) + 1}
        after["changes"] = [entry, *before.get("changes", [])][:MAX_CHANGES]
        if "version" not in before and "createdAt" not in after:
            after["createdAt"] = at
        try:
            tables.transact([_row_write(before, after), *_name_writes(before, after)])
        except tables.ConditionFailedError as error:
            # If the row is another one by now, the shop itself may have the name.
            is_same_row = _ROW_POSITION not in error.positions
            if is_same_row and _NAME_POSITION in error.positions and is_taken(after["name"]):
                raise NameTakenError from error
        else:
            return after
    raise tables.ConditionFailedError


def note_webhook(shop_id: str, rule: Callable[[Record], Record]) -> Record | None:
    """Change the webhook of a shop without an entry in the history, and return it, or None if it has none.

    Raises ConditionFailedError if others change the shop all the time.
    """
    for _ in range(_TRIES):
        row = find(shop_id)
        before = webhooks.of(row)
        after = rule(before) if before else None
        if row is None or before == after:
            return after
        changes = {"webhook": after, "version": row["version"] + 1}
        try:
            tables.update(name(), row["version"], changes, shopID=shop_id)
        except tables.ConditionFailedError:
            continue
        return after
    raise tables.ConditionFailedError


def _with_webhook(row: Record, rule: webhooks.Rule | None) -> Record:
    """Return a row with its webhook changed, and the row of a deleted shop without one."""
    webhook = rule(webhooks.of(row)) if rule else webhooks.of(row)
    rest = {name: value for name, value in row.items() if name != "webhook"}
    return rest if webhook is None or row.get("state") == DELETED else {**rest, "webhook": webhook}


def _row_write(before: Record, after: Record) -> Record:
    return tables.put_write(name(), "shopID", after, before.get("version"))


def _name_writes(before: Record, after: Record) -> list[Record]:
    """Return the writes that free the old name of a shop and take its new one."""
    old, new = _taken_name(before) if "version" in before else "", _taken_name(after)
    if old == new:
        return []
    taking = [tables.put_write(name(), "shopID", {"shopID": new, "version": 1}, None)] if new else []
    freeing = [tables.delete_write(name(), 1, shopID=old)] if old else []
    return [*taking, *freeing]


def _taken_name(row: Record) -> str:
    """Return the key of the name that a shop holds, or an empty text for a deleted shop."""
    return "" if row.get("state") == DELETED else _key(row["name"])


def _key(shop_name: str) -> str:
    return _NAME + shop_name.casefold()
