"""Reads and writes of many items in few calls. Items that DynamoDB leaves unprocessed are tried again."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.platform import aws, side_by_side, tables
from lambdas.platform.tables import Attribute, Record

# Limits of one BatchGetItem, and of one BatchWriteItem or BatchExecuteStatement (DynamoDB API Reference).
MAX_KEYS, _MAX_WRITES = 100, 25
PAUSES: tuple[float, ...] = (0, 0.05, 0.1, 0.2, 0.4)  # seconds before each try


OtherKeys = Callable[[str], Mapping[str, str]]
"""Returns the other part of an item's key."""


class BusyError(Exception):
    """DynamoDB left items unprocessed at every try. A later try may succeed."""


@dataclass
class Reading:
    """Items that were found, by key, and the errors that kept others from being read, by their keys."""

    found: dict[str, Record] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)

    def require(self, keys: Iterable[str]) -> None:
        """Raise the error of the first of these items that could not be read, if there is one."""
        for key in keys:
            if key in self.errors:
                raise self.errors[key]


def read(
    table: str, key: str, values: Iterable[str], names: Sequence[str] = (), beside: OtherKeys = lambda _: {}
) -> dict[str, Record]:
    """Return the attributes `names` of many items, by key, read consistently. Missing items are left out.

    Without `names`, an item has all its attributes. If the table's key has two parts, `beside` returns the
    other part for a value. Raises BusyError.
    """
    reading = read_each(table, key, values, names, beside=beside)
    reading.require(reading.errors)
    return reading.found


def read_each(
    table: str,
    key: str,
    values: Iterable[str],
    names: Sequence[str],
    before_call: Callable[[], None] = lambda: None,
    beside: OtherKeys = lambda _: {},
) -> Reading:
    """Read many items like `read`, but return the errors with the keys that they concern.

    An error of `before_call` prevents a call like an error of the call itself.
    """
    different = sorted(set(values))  # BatchGetItem refuses duplicate keys
    keys = [tables.attributes({key: value, **beside(value)}) for value in different]
    named = {f"#name{at}": name for at, name in enumerate(names)}
    shape: dict[str, Any] = {"ConsistentRead": True}
    if names:
        shape |= {"ProjectionExpression": ", ".join(named), "ExpressionAttributeNames": named}
    reading = Reading()

    def read_part(part: Sequence[Record]) -> None:
        _read(reading, table, key, part, shape, before_call)

    list(side_by_side.call(read_part, list(_parts(keys, MAX_KEYS))))
    return reading


def items(table: str, keys: Sequence[Mapping[str, str]]) -> list[Record]:
    """Return the items with these different keys, read consistently. Missing items are left out.

    Raises BusyError.
    """
    return [item for _, item in items_of_tables([(table, key) for key in keys])]


def items_of_tables(keys: Sequence[tuple[str, Mapping[str, str]]]) -> list[tuple[str, Record]]:
    """Return items of several tables, each with the name of its table, read consistently.

    `keys` has the table and the different key of each. Missing items are left out. Raises BusyError.
    """
    read = side_by_side.call(_items_of_tables, list(_parts(keys, MAX_KEYS)))
    return [item for part in read for item in part]


def write(table: str, requests: Sequence[Record]) -> None:
    """Make put and delete requests in any order, at most one per key. Repeating them changes nothing.

    Raises BusyError.
    """
    list(side_by_side.call(lambda part: _write(table, part), list(_parts(requests, _MAX_WRITES))))


def insertion(table: str, item: Record) -> Record:
    """Return a statement for `execute` that adds an item, and fails with DuplicateItem if its key exists."""
    values = ", ".join(f"'{name}': ?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{values}}}', "Parameters": _parameters(item)}


def replacement(table: str, found: Record, changes: Record, gone: Sequence[str] = ()) -> Record:
    """Return a statement for `execute` that sets and removes attributes of an item.

    `found` has the item's key and other values, where None stands for a missing attribute. The statement
    fails with ConditionalCheckFailed if the item has other values by now.
    """
    setting = [*(f'SET "{name}" = ?' for name in changes), *(f'REMOVE "{name}"' for name in gone)]
    condition, values = _condition(found)
    statement = f'UPDATE "{table}" {" ".join(setting)} WHERE {condition}'
    return {"Statement": statement, "Parameters": [*_parameters(changes), *values]}


def exchange(table: str, stored: Record | None, new: Record, same: Sequence[str]) -> Record:
    """Return a statement for `execute` that writes an item in place of the one that was read, or of none.

    The statement fails if an attribute in `same`, which names the key too, has another value by now.
    """
    if stored is None:
        return insertion(table, new)
    changes = {name: value for name, value in new.items() if stored.get(name) != value}
    gone = [name for name in stored if name not in new]
    return replacement(table, {name: stored.get(name) for name in same}, changes, gone)


def deletion(table: str, found: Record) -> Record:
    """Return a statement for `execute` that deletes an item. `found` is the same as for `replacement`."""
    condition, values = _condition(found)
    statement = f'DELETE FROM "{table}" WHERE {condition}'  # noqa: S608 - the values are parameters
    return {"Statement": statement, "Parameters": values}


def execute(statements: Sequence[Record]) -> list[str]:
    """Make writes with conditions, each to another item; return the error code of each, or an empty text.

    Every write costs what a single one costs, but a call makes 25 of them. A transaction would cost twice as
    much, and BatchWriteItem takes no conditions.
    """
    return [code for part in _parts(statements, _MAX_WRITES) for code in _execute(part)]


def _write(table: str, requests: Sequence[Record]) -> None:
    """Make the requests of one call."""
    left = {table: list(requests)}
    for pause in PAUSES:
        _wait(pause)
        left = aws.dynamodb().batch_write_item(RequestItems=left).get("UnprocessedItems") or {}
        if not left:
            return
    raise BusyError(f"{len(left[table])} items of {table} could not be written in {len(PAUSES)} tries")


def _execute(statements: Sequence[Record]) -> list[str]:
    answer = aws.dynamodb().batch_execute_statement(Statements=list(statements))
    return [response.get("Error", {}).get("Code", "") for response in answer["Responses"]]


def _condition(found: Record) -> tuple[str, list[Attribute]]:
    parts = [f'"{name}" IS MISSING' if value is None else f'"{name}" = ?' for name, value in found.items()]
    return " AND ".join(parts), _parameters({k: value for k, value in found.items() if value is not None})


def _parameters(values: Record) -> list[tables.Attribute]:
    return [tables.attribute(value) for value in values.values()]


def _items(table: str, wanted: Record, before_call: Callable[[], None] = lambda: None) -> Iterator[Record]:
    """Yield the items of one BatchGetItem in DynamoDB's form. Raises BusyError.

    `wanted` has the request for the table. Its keys are reduced to those that were not read yet.
    """
    for pause in PAUSES:
        _wait(pause)
        before_call()
        response = aws.dynamodb().batch_get_item(RequestItems={table: wanted})
        wanted["Keys"] = (response.get("UnprocessedKeys") or {}).get(table, {}).get("Keys", [])
        yield from response["Responses"].get(table, [])
        if not wanted["Keys"]:
            return
    raise BusyError(f"{len(wanted['Keys'])} items of {table} could not be read in {len(PAUSES)} tries")


def _items_of_tables(keys: Sequence[tuple[str, Mapping[str, str]]]) -> list[tuple[str, Record]]:
    """Return the items of one BatchGetItem. Raises BusyError."""
    left: dict[str, Any] = {}
    for table, key in keys:
        wanted = left.setdefault(table, {"Keys": [], "ConsistentRead": True})
        wanted["Keys"].append(tables.attributes(key))
    found: list[tuple[str, Record]] = []
    for pause in PAUSES:
        _wait(pause)
        response = aws.dynamodb().batch_get_item(RequestItems=left)
        for table, items_of_table in response["Responses"].items():
            found += [(table, tables.record(item)) for item in items_of_table]
        left = response.get("UnprocessedKeys") or {}
        if not left:
            return found
    number = sum(len(wanted["Keys"]) for wanted in left.values())
    raise BusyError(f"{number} items of {', '.join(left)} could not be read in {len(PAUSES)} tries")


def _read(
    reading: Reading,
    table: str,
    key: str,
    keys: Sequence[Record],
    shape: dict[str, Any],
    before_call: Callable[[], None],
) -> None:
    """Read items of at most one call into `reading`."""
    wanted: Record = {"Keys": list(keys), **shape}
    try:
        for item in _items(table, wanted, before_call):
            _add(reading, item[key]["S"], item)
    except Exception as error:  # noqa: BLE001 - the error concerns no other part
        reading.errors.update((unread[key]["S"], error) for unread in wanted["Keys"])


def _add(reading: Reading, value: str, item: Mapping[str, Attribute]) -> None:
    try:
        reading.found[value] = tables.record(item)
    except ValueError as error:  # an attribute that no rule stores, which concerns no other item
        reading.errors[value] = error


def _wait(seconds: float) -> None:
    """Wait, but not for 0 s, because a sleep of 0 s gives the processor to any other work."""
    if seconds:
        time.sleep(seconds)


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
