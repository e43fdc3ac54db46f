"""Items of a table as plain dictionaries; every write has a condition."""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambdas.platform import aws

Record = dict[str, Any]
Attribute = dict[str, Any]

# DynamoDB takes 400 KB an item (its Developer Guide, "Quotas"). Items are measured as JSON, which is a little
# longer than DynamoDB's own count.
MAX_ITEM_BYTES = 380_000
# What moves of an order may add to that: three at most, each with a note of 500 letters.
HISTORY_BYTES = 20_000
# One partition of an index takes about 1,000 writes a second; four take any spike a shop will see.
SHARDS = tuple(str(shard) for shard in range(4))


class ConditionFailedError(Exception):
    """The item is not, or no longer, what the write was made for."""


def attribute(value: Any) -> Attribute:
    """Write a value as DynamoDB does. Raises TypeError for what no rule here makes, floats among them."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [attribute(entry) for entry in value]}
        case dict():
            return {"M": attributes(value)}
    raise TypeError(f"no table here stores a {type(value).__name__}")


def attributes(record: Mapping[str, Any]) -> dict[str, Attribute]:
    """Write a record as DynamoDB does."""
    return {name: attribute(value) for name, value in record.items()}


def value(written: Attribute) -> Any:
    """Read one value of a table or of its stream. Raises ValueError for fractions and for sets."""
    ((kind, content),) = written.items()
    match kind:
        case "M":
            return record(content)
        case "L":
            return [value(entry) for entry in content]
        case "N":
            return int(content)
        case "S" | "BOOL":
            return content
        case "NULL":
            return None
    raise ValueError(f"no table here has an attribute of type {kind}")


def record(item: Mapping[str, Attribute]) -> Record:
    """Read an item of a table or of its stream."""
    return {name: value(written) for name, written in item.items()}


def shard(key: str) -> str:
    """Return the shard of an index that the item of this key is in, always the same."""
    return SHARDS[zlib.crc32(key.encode()) % len(SHARDS)]


def fits(candidate: Record, limit: int) -> bool:
    """Tell whether a record is at most so many bytes long."""
    return len(json.dumps(candidate, ensure_ascii=False).encode()) <= limit


def get(table: str, **key: str) -> Record | None:
    """Read one item, with everything that was written before."""
    answer = aws.dynamodb().get_item(TableName=table, Key=attributes(key), ConsistentRead=True)
    return record(answer["Item"]) if "Item" in answer else None


def put_new(table: str, key: str, new: Record) -> None:
    """Store an item whose key is not there yet. Raises ConditionFailedError."""
    write_conditionally(
        "put_item",
        TableName=table,
        Item=attributes(new),
        ConditionExpression="attribute_not_exists(#key)",
        ExpressionAttributeNames={"#key": key},
    )


def put_over(table: str, version: int, new: Record) -> None:
    """Store an item in the place of the given version of it. Raises ConditionFailedError."""
    write_conditionally("put_item", TableName=table, Item=attributes(new), **_same(version))


def put_write(table: str, key: str, new: Record, version: int | None) -> Record:
    """Make the write of a transaction that stores an item over this version of it; None: if there is none."""
    absent = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": {"#key": key}}
    condition = absent if version is None else _same(version)
    return {"Put": {"TableName": table, "Item": attributes(new), **condition}}


def delete_write(table: str, version: int, **key: str) -> Record:
    """Make the write of a transaction that removes this version of an item."""
    return {"Delete": {"TableName": table, "Key": attributes(key), **_same(version)}}


def transact(writes: Sequence[Record]) -> None:
    """Make writes to different items, all or none. Raises ConditionFailedError for the first one's condition.

    So it does where another transaction was at the same item at that moment, for then it holds no longer.
    """
    try:
        aws.dynamodb().transact_write_items(TransactItems=list(writes))
    except ClientError as error:
        if cancellation_codes(error)[:1] not in (["ConditionalCheckFailed"], ["TransactionConflict"]):
            raise
        raise ConditionFailedError from error


def cancellation_codes(error: Exception) -> list[str]:
    """Return why each write of a transaction was cancelled, in their order; none for any other error."""
    response = error.response if isinstance(error, ClientError) else {}
    return [reason.get("Code", "") for reason in response.get("CancellationReasons") or []]


def update(table: str, version: int, changes: Record, gone: Sequence[str] = (), **key: str) -> None:
    """Set and remove attributes of the given version of an item. Raises ConditionFailedError."""
    request = _same(version)
    request["ExpressionAttributeNames"] |= {f"#{name}": name for name in (*changes, *gone)}
    request["ExpressionAttributeValues"] |= {f":{name}": entry for name, entry in attributes(changes).items()}
    removal = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    setting = "SET " + ", ".join(f"#{name} = :{name}" for name in changes)
    write_conditionally(
        "update_item", TableName=table, Key=attributes(key), UpdateExpression=setting + removal, **request
    )


def write_conditionally(operation: str, **request: Any) -> None:
    """Call a write that has a condition. Raises ConditionFailedError where that does not hold."""
    try:
        getattr(aws.dynamodb(), operation)(**request)
    except ClientError as error:
        if aws.error_code(error) != "ConditionalCheckFailedException":
            raise
        raise ConditionFailedError from error


def _same(version: int) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": attribute(version)},
    }
