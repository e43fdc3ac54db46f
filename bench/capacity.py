"""The size of an item in DynamoDB, and the units that a write and its index entries cost.

Sizes are those of "DynamoDB item sizes and formats" in the DynamoDB Developer Guide, and units those of
"DynamoDB read and write operations". A write in a transaction takes two units for one ("Amazon DynamoDB
Transactions: How it works"). The entries of an index follow after the transaction, so they count once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]

WRITE_UNIT, READ_UNIT = 1024, 4096


@dataclass(frozen=True)
class Index:
    """The keys of an index, and the further attributes in it; None for all attributes."""

    keys: tuple[str, ...]
    attributes: frozenset[str] | None

    def entry(self, item: Item | None, table_keys: Sequence[str]) -> Item | None:
        """Return an item's entry in this index, or None if it has none."""
        if not item or not all(key in item for key in self.keys):
            return None
        if self.attributes is None:
            return item
        kept = {*self.keys, *table_keys, *self.attributes}
        return {name: value for name, value in item.items() if name in kept}


@dataclass(frozen=True)
class Table:
    """The keys and the indexes of a table."""

    keys: tuple[str, ...]
    indexes: tuple[Index, ...]

    @classmethod
    def of(cls, shape: Mapping[str, Any]) -> Table:
        """Return the table that a CreateTable with these arguments makes."""
        indexes = [
            Index(_names(one["KeySchema"]), _projected(one["Projection"]))
            for one in shape.get("GlobalSecondaryIndexes", [])
        ]
        return cls(_names(shape["KeySchema"]), tuple(indexes))


@dataclass(frozen=True)
class Cost:
    """The item writes of a call, index entries included, and their write units."""

    writes: int = 0
    units: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.writes + other.writes, self.units + other.units)


def write_cost(table: Table, before: Item | None, after: Item | None, *, in_transaction: bool) -> Cost:
    """Return the cost of a change of an item, or of a write that left the item as it was."""
    size = max(item_bytes(before or {}), item_bytes(after or {}), 1)
    cost = Cost(1, _units(size) * (2 if in_transaction else 1))
    for index in table.indexes:
        cost += _index_cost(index, index.entry(before, table.keys), index.entry(after, table.keys))
    return cost


def _index_cost(index: Index, before: Item | None, after: Item | None) -> Cost:
    if before == after:
        return Cost()
    if before and after and all(before[key] == after[key] for key in index.keys):
        return Cost(1, _units(max(item_bytes(before), item_bytes(after))))
    gone_and_new = [entry for entry in (before, after) if entry]  # another key is another entry
    return Cost(len(gone_and_new), sum(_units(item_bytes(entry)) for entry in gone_and_new))


def read_units(size: int, *, consistent: bool) -> float:
    """Return the read units of an item, or of all items of a query together."""
    return max(1, math.ceil(size / READ_UNIT)) * (1 if consistent else 0.5)


def item_bytes(item: Item) -> int:
    """Return the size of an item in DynamoDB's wire format."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.strip("-").replace(".", "").strip("0")) / 2) + 1
    if kind == "B":
        return len(content) * 3 // 4
    if kind == "M":
        return 3 + item_bytes(content) + len(content)
    if kind == "L":
        return 3 + sum(_value_bytes(one) + 1 for one in content)
    if kind in ("SS", "NS", "BS"):
        return sum(_value_bytes({kind[0]: one}) for one in content)
    return 1  # a boolean or null


def keys_written(operation: str, request: Mapping[str, Any], tables: Mapping[str, Table]) -> Iterator[Any]:
    """Yield table and key of each item that a request writes.

    The request is in DynamoDB's wire format. Raises ValueError for an operation that is not known.
    """
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield request["TableName"], _key(tables[request["TableName"]], request)
    elif operation == "TransactWriteItems":
        for entry in request["TransactItems"]:
            (write,) = entry.values()
            yield write["TableName"], _key(tables[write["TableName"]], write)
    elif operation == "BatchWriteItem":
        for name, entries in request["RequestItems"].items():
            for entry in entries:
                (write,) = entry.values()
                yield name, _key(tables[name], write)
    elif operation == "BatchExecuteStatement":
        for statement in request["Statements"]:
            yield _key_of_statement(statement, tables)
    elif operation not in ("GetItem", "BatchGetItem", "Query"):
        raise ValueError(f"the items that {operation} writes are not known")


def _key_of_statement(statement: Mapping[str, Any], tables: Mapping[str, Table]) -> tuple[str, Item]:
    """Return table and key of a PartiQL statement whose values are all parameters."""
    text = statement["Statement"]
    table = text.split('"')[1]
    names = re.findall(r"""([\w:]+)["']?\s*[:=]\s*\?""", text)
    values = dict(zip(names, statement["Parameters"], strict=True))
    return table, {name: values[name] for name in tables[table].keys}


def _key(table: Table, write: Mapping[str, Any]) -> Item:
    found: Mapping[str, Any] = write.get("Key") or write["Item"]
    return {name: found[name] for name in table.keys}


def _names(schema: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(one["AttributeName"] for one in schema)


def _projected(projection: Mapping[str, Any]) -> frozenset[str] | None:
    if projection["ProjectionType"] == "ALL":
        return None
    return frozenset(projection.get("NonKeyAttributes", ()))


def _units(size: int) -> int:
    return math.ceil(size / WRITE_UNIT)
