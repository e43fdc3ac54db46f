"""Items of tables as plain dictionaries. Every write has a condition, but for `add` and `put`.

A write is repeated after a conflict.
"""

import itertools
import json
import random
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambdas.platform import aws

Record = dict[str, Any]
Attribute = dict[str, Any]

# DynamoDB takes 400 KB per item (Developer Guide, "Quotas"). Items are measured as JSON, which is a little
# longer than their size in DynamoDB.
MAX_ITEM_BYTES = 380_000
# Bytes that only moves forward may add: at most three moves, each with a note of 500 letters.
HISTORY_BYTES = 20_000
MAX_TRANSACTION = 100  # writes, by DynamoDB's Developer Guide, "Transactions"
# One partition of an index takes about 1,000 writes per second. Four are enough for the spikes of a shop.
SHARDS = tuple(str(shard) for shard in range(4))

# The longest pause in seconds before each repetition of a write that met a transaction at the same item.
# boto3 repeats no such write. The pauses are random, so that two writers that met do not meet again.
CONTENTION_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
# No write is repeated later than this after it began, because each call may take 6 s (see aws.py).
_MAX_CONTENTION_SECONDS = 2
# Reasons for which DynamoDB cancels a transaction that it would make a moment later (API Reference,
# "TransactionCanceledException").
_CONTENTION = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
)


class ConditionFailedError(Exception):
    """The condition of a write is not met: a new item exists already, or a known one is gone or changed.

    `positions` are the places of such writes in a transaction.
    """

    def __init__(self, positions: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.positions = positions


def attribute(value: Any) -> Attribute:
    """Return a value in DynamoDB's form. Raises TypeError for types that no rule stores, such as float."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
        case list():
            return {"L": [attribute(entry) for entry in value]}
        case dict():
            return {"M": attributes(value)}
    raise TypeError(f"no table here stores a {type(value).__name__}")


def attributes(record: Mapping[str, Any]) -> dict[str, Attribute]:
    """Return a record in DynamoDB's form."""
    return {name: attribute(value) for name, value in record.items()}


def value(written: Attribute) -> Any:
    """Return a value from DynamoDB's form. Raises ValueError for fractions and sets."""
    ((kind, content),) = written.items()
    match kind:
        case "M":
            return record(content)
        case "L":
            return [value(entry) for entry in content]
        case "N":
            return int(content)
        case "S" | "BOOL" | "B":
            return content
        case "NULL":
            return None
    raise ValueError(f"no table here has an attribute of type {kind}")


def record(item: Mapping[str, Attribute]) -> Record:
    """Return an item of a table or stream from DynamoDB's form. Raises ValueError for fractions and sets."""
    return {name: value(written) for name, written in item.items()}


def shard(key: str) -> str:
    """Return the index shard of a key. The same key always has the same shard."""
    return SHARDS[zlib.crc32(key.encode()) % len(SHARDS)]


def fits(candidate: Mapping[str, Any], limit: int) -> bool:
    """Whether a record has at most `limit` bytes as JSON."""
    return len(json.dumps(candidate, ensure_ascii=False).encode()) <= limit


def get(table: str, **key: str) -> Record | None:
    """Return one item, read consistently, or None."""
    response = aws.dynamodb().get_item(TableName=table, Key=attributes(key), ConsistentRead=True)
    return record(response["Item"]) if "Item" in response else None


def query(**request: Any) -> Iterator[Record]:
    """Yield every item that a query finds. `request` has the parameters of DynamoDB's call."""
    pages = aws.dynamodb().get_paginator("query").paginate(**request)
    return (record(item) for page in pages for item in page["Items"])


def put(table: str, new: Mapping[str, Any]) -> None:
    """Store an item in place of any other with its key, where the last one counts."""
    _write("put_item", itertools.repeat({"TableName": table, "Item": attributes(new)}))


def put_new(table: str, key: str, new: Mapping[str, Any]) -> None:
    """Store an item unless its key exists. Raises ConditionFailedError."""
    write_conditionally(
        "put_item",
        TableName=table,
        Item=attributes(new),
        ConditionExpression="attribute_not_exists(#key)",
        ExpressionAttributeNames={"#key": key},
    )


def put_over(table: str, version: int, new: Mapping[str, Any]) -> None:
    """Replace the given version of an item. Raises ConditionFailedError."""
    write_conditionally("put_item", TableName=table, Item=attributes(new), **_if_version(version))


def put_write(table: str, key: str, new: Mapping[str, Any], version: int | str | None) -> Record:
    """Return an entry for `transact` that replaces this version of an item, or adds a new item for None."""
    absent = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": {"#key": key}}
    condition = absent if version is None else _if_version(version)
    return {"Put": {"TableName": table, "Item": attributes(new), **condition}}


def delete_write(table: str, version: int, **key: str) -> Record:
    """Return an entry for `transact` that deletes an item if it still has this version."""
    return {"Delete": {"TableName": table, "Key": attributes(key), **_if_version(version)}}


def delete(table: str, version: int, **key: str) -> None:
    """Delete the given version of an item. Raises ConditionFailedError."""
    write_conditionally("delete_item", TableName=table, Key=attributes(key), **_if_version(version))


def transact(writes: Sequence[Record]) -> None:
    """Make writes to different items, all or none. Raises ConditionFailedError."""
    transact_first(itertools.repeat(writes))


def transact_first(alternatives: Iterator[Sequence[Record]]) -> None:
    """Make the first of several lists of writes, all or none. Take the next one after each conflict.

    All lists have the same conditions at the same positions. Raises ConditionFailedError.
    """
    made: list[Record] = []

    def requests() -> Iterator[Record]:
        for writes in alternatives:
            made[:] = writes
            yield {"TransactItems": list(writes)}

    try:
        _write("transact_write_items", requests())
    except ClientError as error:
        failed = _failed_conditions(error, made)
        if not failed:
            raise
        raise ConditionFailedError(failed) from error


def cancellation_codes(error: Exception) -> list[str]:
    """Return the error code of each write of a cancelled transaction, or an empty list for other errors."""
    response = error.response if isinstance(error, ClientError) else {}
    return [reason.get("Code", "") for reason in response.get("CancellationReasons") or []]


def is_refusal(error: Exception) -> bool:
    """Whether DynamoDB refused the content of a write, so that it would refuse every retry too."""
    return aws.error_code(error) == "ValidationException" or "ValidationError" in cancellation_codes(error)


def update(
    table: str, version: int | None, changes: Mapping[str, Any], gone: Sequence[str] = (), **key: str
) -> None:
    """Set and remove attributes of the given version of an item, or of one that has no version for None.

    Raises ConditionFailedError.
    """
    write_conditionally("update_item", **_update(table, version, changes, gone, key))


def note(table: str, key: str, value: str, notes: Mapping[str, Any]) -> None:
    """Set attributes of an item, whatever else it has by now.

    Raises ConditionFailedError if there is no such item.
    """
    write_conditionally(
        "update_item",
        TableName=table,
        Key=attributes({key: value}),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in notes),
        ConditionExpression="attribute_exists(#key)",
        ExpressionAttributeNames={"#key": key, **{f"#{name}": name for name in notes}},
        ExpressionAttributeValues={f":{name}": entry for name, entry in attributes(notes).items()},
    )


def update_write(table: str, version: int, changes: Mapping[str, Any], **key: str) -> Record:
    """Return an entry for `transact` that sets attributes of an item if it still has this version."""
    return {"Update": _update(table, version, changes, (), key)}


def add(table: str, name: str, count: int, **key: str) -> int:
    """Add to a number of an item, which is made if it is missing, and return the sum.

    If boto3 repeats a call whose answer was lost, the number is added twice.
    """
    answer = _write(
        "update_item",
        itertools.repeat(
            {
                "TableName": table,
                "Key": attributes(key),
                "UpdateExpression": "ADD #name :count",
                "ExpressionAttributeNames": {"#name": name},
                "ExpressionAttributeValues": {":count": attribute(count)},
                "ReturnValues": "UPDATED_NEW",
            }
        ),
    )
    return int(answer["Attributes"][name]["N"])


def write_conditionally(operation: str, **request: Any) -> None:
    """Call a write operation with a condition. Raises ConditionFailedError if the condition is not met."""
    try:
        _write(operation, itertools.repeat(request))
    except ClientError as error:
        if aws.error_code(error) != "ConditionalCheckFailedException":
            raise
        raise ConditionFailedError from error


def _write(operation: str, requests: Iterator[Record]) -> Any:
    """Call a write operation with the next request, while only contention prevents it, for 2 s at most.

    Return its answer.
    """
    begun = time.monotonic()
    for longest in CONTENTION_PAUSES:
        try:
            return getattr(aws.dynamodb(), operation)(**next(requests))
        except ClientError as error:
            if not _is_contention(error) or time.monotonic() - begun > _MAX_CONTENTION_SECONDS:
                raise
            time.sleep(random.uniform(0, longest))  # noqa: S311 - a pause is no secret
    return getattr(aws.dynamodb(), operation)(**next(requests))


def _is_contention(error: ClientError) -> bool:
    """Whether a write failed only because of other writes at the same moment."""
    codes = set(cancellation_codes(error)) - {"None"}
    return aws.error_code(error) == "TransactionConflictException" or (bool(codes) and codes <= _CONTENTION)


def _failed_conditions(error: ClientError, writes: Sequence[Record]) -> frozenset[int]:
    """Return the positions of the writes of a transaction whose own condition is not met."""
    return frozenset(
        at
        for at, (code, write) in enumerate(zip(cancellation_codes(error), writes, strict=False))
        if code == "ConditionalCheckFailed" and "ConditionExpression" in next(iter(write.values()))
    )


def _update(
    table: str, version: int | None, changes: Mapping[str, Any], gone: Sequence[str], key: Mapping[str, str]
) -> dict[str, Any]:
    """Return the request that sets and removes attributes of an item if it still has this version."""
    request = _if_without_version(*key) if version is None else _if_version(version)
    request["ExpressionAttributeNames"] |= {f"#{name}": name for name in (*changes, *gone)}
    request["ExpressionAttributeValues"] |= {f":{name}": entry for name, entry in attributes(changes).items()}
    removal = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    setting = "SET " + ", ".join(f"#{name} = :{name}" for name in changes)
    return {"TableName": table, "Key": attributes(key), "UpdateExpression": setting + removal, **request}


def _if_without_version(key: str) -> dict[str, Any]:
    """Return the condition that an item exists and has no version, because an earlier release wrote it."""
    return {
        "ConditionExpression": "attribute_exists(#key) AND attribute_not_exists(#version)",
        "ExpressionAttributeNames": {"#key": key, "#version": "version"},
        "ExpressionAttributeValues": {},
    }


def _if_version(version: int | str) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":was": attribute(version)},
    }
