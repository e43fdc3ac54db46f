"""The table of people: what Cognito does not keep of an account. Its key is the account's `sub` and an entry.

Entries are `configuration`, which `pulumi up` writes for an account of the configuration, `person`, and
one for each change, which is never removed.
"""

import os
import uuid
from collections.abc import Sequence
from typing import Any

from lambdas.platform import aws, batches, tables, times
from lambdas.platform.access import Person
from lambdas.platform.tables import Record

CONFIGURATION, PERSON, _CHANGE = "configuration", "person", "change#"
MAX_CHANGES = 50  # of an answer, the latest ones

Rows = tuple[Record, Record]
"""Two rows about an account: from the configuration, and from the calls of this API. Each may be empty."""


def name() -> str:
    """Return the name of the table."""
    return os.environ["SHOP_PEOPLE_TABLE"]


def read(subs: Sequence[str]) -> dict[str, Rows]:
    """Return the rows of many accounts, by `sub`."""
    keys = [{"person": sub, "entry": entry} for sub in subs for entry in (CONFIGURATION, PERSON)]
    found = {(row["person"], row["entry"]): row for row in batches.items(name(), keys)}
    return {sub: (found.get((sub, CONFIGURATION), {}), found.get((sub, PERSON), {})) for sub in subs}


def read_whole(sub: str) -> tuple[Rows, list[Record]]:
    """Return the rows of one account, and its changes, the latest first."""
    request: dict[str, Any] = {
        "TableName": name(),
        "ConsistentRead": True,
        "KeyConditionExpression": "person = :sub",
        "ExpressionAttributeValues": tables.attributes({":sub": sub}),
    }
    rows: dict[str, Record] = {}
    while True:
        page = aws.dynamodb().query(**request)
        rows |= {row["entry"]: row for row in map(tables.record, page["Items"])}
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    latest = sorted((entry for entry in rows if entry.startswith(_CHANGE)), reverse=True)[:MAX_CHANGES]
    return (rows.get(CONFIGURATION, {}), rows.get(PERSON, {})), [_change(rows[entry]) for entry in latest]


def add_change(sub: str, event: str, details: Record, *, by: Person) -> None:
    """Add an entry about a change of an account."""
    at = times.now()
    entry = f"{_CHANGE}{at}#{uuid.uuid4().hex[:8]}"
    row = {"person": sub, "entry": entry, "at": at, **by.signature, "event": event, **details}
    tables.put_new(name(), "person", row)


def mark_invited(sub: str, *, by: Person) -> None:
    """Store that somebody was invited for the first time."""
    _advance(sub, {"invitedAt": times.now(), "invitedBy": by.name})


def mark_invited_again(sub: str) -> None:
    """Store that the first password was mailed again."""
    _advance(sub, {"invitedAt": times.now()})


def mark_signed_in(sub: str, at: str) -> None:
    """Store when somebody signed in, unless a later sign-in is stored."""
    _advance(sub, {"lastSignInAt": at})


def _advance(sub: str, fields: Record) -> None:
    """Set fields, the first of which is an instant, unless the stored instant is as late."""
    first = next(iter(fields))
    try:
        tables.write_conditionally(
            "update_item",
            TableName=name(),
            Key=tables.attributes({"person": sub, "entry": PERSON}),
            UpdateExpression="SET " + ", ".join(f"{field} = :{field}" for field in fields),
            ConditionExpression=f"attribute_not_exists({first}) OR {first} < :{first}",
            ExpressionAttributeValues=tables.attributes({f":{key}": value for key, value in fields.items()}),
        )
    except tables.ConditionFailedError:
        return


def _change(row: Record) -> Record:
    return {field: value for field, value in row.items() if field not in ("person", "entry")}
