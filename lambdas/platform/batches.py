"""Many items at once: read or written in as few calls as DynamoDB takes, what it leaves over tried again."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lambdas.platform import aws, tables
from lambdas.platform.tables import Record

# Of one BatchGetItem and of one BatchWriteItem, by DynamoDB's API reference.
_MAX_KEYS, _MAX_WRITES = 100, 25
PAUSES = (0, 0.05, 0.1, 0.2, 0.4)  # seconds before each try


class BusyError(Exception):
    """DynamoDB left some over at every try; worth another one later."""


def read(table: str, key: str, values: Iterable[str], names: Sequence[str]) -> dict[str, Record]:
    """Read some attributes of many items, with everything that was written before; by their key.

    What is not there is left out. Raises BusyError.
    """
    keys = sorted(set(values))  # BatchGetItem refuses a key that comes twice
    named = {f"#name{at}": name for at, name in enumerate(names)}
    shape = {
        "ConsistentRead": True,
        "ProjectionExpression": ", ".join(named),
        "ExpressionAttributeNames": named,
    }
    found = (item for part in _parts(keys, _MAX_KEYS) for item in _read(table, key, part, shape))
    return {item[key]: item for item in found}


def write(table: str, requests: Sequence[Record]) -> None:
    """Make puts and deletes, no two of one key; doing so again changes nothing. Raises BusyError."""
    for part in _parts(requests, _MAX_WRITES):
        left = {table: list(part)}
        for pause in PAUSES:
            time.sleep(pause)
            left = aws.dynamodb().batch_write_item(RequestItems=left).get("UnprocessedItems") or {}
            if not left:
                break
        else:
            raise BusyError(
                f"{len(left[table])} items of {table} could not be written in {len(PAUSES)} tries"
            )


def _read(table: str, key: str, values: Sequence[str], shape: dict[str, Any]) -> Iterator[Record]:
    wanted = {table: {"Keys": [tables.attributes({key: value}) for value in values], **shape}}
    for pause in PAUSES:
        time.sleep(pause)
        answer = aws.dynamodb().batch_get_item(RequestItems=wanted)
        yield from map(tables.record, answer["Responses"].get(table, []))
        wanted = answer.get("UnprocessedKeys") or {}
        if not wanted:
            return
    left = len(wanted[table]["Keys"])
    raise BusyError(f"{left} items of {table} could not be read in {len(PAUSES)} tries")


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
