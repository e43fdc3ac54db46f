"""Queries that take no longer the more items a partition has, as on AWS.

The emulator copies, sorts and checks all items of the partition for each query, and parses a filter for each
item. Here it parses a filter once, and gets only the items that the page can have. With them it does what it
did with all: it checks the request and the items, sorts, filters and makes the answer. They are found in the
sorted keys of the partition, which are made at its first query and kept true at each write. For a condition
of a form that `_range` does not know, it gets all items.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple, cast

from ministack.services import dynamodb

from local.emulator import filters

_EXPRESSIONS = 1000  # conditions and filters whose parsed form is kept

Json = dict[str, Any]
Key = tuple[Any, Any]  # partition key and sort key of the table, as the emulator's keys of items


class _Entry(NamedTuple):
    """The place of an item in a partition: what the emulator sorts by, and the item's key."""

    order: tuple[Any, ...]
    key: Key


class _Members(dict[str, Any]):
    """The emulator's members of each index, and the sorted keys of the partitions that were queried.

    The emulator updates it at each write, and drops it when it replaces all items or the set of indexes.
    """

    def __init__(self, members: Json) -> None:
        super().__init__(members)
        self.sorted: dict[str | None, dict[Any, list[_Entry]]] = {}  # by index, None for the table itself


_emulators_query = cast(FunctionType, dynamodb._query)
_build_members = dynamodb._index_members
_update_members = dynamodb._index_item


def install() -> None:
    """Replace the emulator's functions."""
    dynamodb._query = query
    dynamodb._index_members = members
    dynamodb._index_item = update
    for name in ("_tokenize", "_condition_syntax_error"):
        setattr(dynamodb, name, lru_cache(_EXPRESSIONS)(getattr(dynamodb, name)))


def query(request: Json) -> Any:
    """Answer a query. The emulator's function runs with the one table reduced to what the page can have."""
    tables = _Tables(request)
    here = {**vars(dynamodb), "_tables": tables, "_evaluate_condition": _Conditions(tables)}
    return FunctionType(_emulators_query.__code__, here)(request)


class _Tables:
    """The emulator's tables, of which a query looks up one."""

    def __init__(self, request: Json) -> None:
        self._request = request
        self.meet_key_condition = False  # whether all items do that the query gets

    def get(self, name: str) -> Json | None:
        """Return a table that has the items of one page. They are chosen when the query has been checked."""
        table: Json | None = dynamodb._tables.get(name)
        if not table:
            return table
        if index := self._request.get("IndexName"):
            page = _Partitions(lambda partition: self._page(table, partition))
            return {**table, dynamodb._INDEX_MEMBERS: _Members({index: page})}
        return {**table, "items": _Partitions(lambda partition: self._items(table, partition))}

    def _items(self, table: Json, partition: Any) -> Json:
        keys = self._page(table, partition)
        return {key[1]: item for key in keys if (item := _item(table, key))}

    def _page(self, table: Json, partition: Any) -> list[Key]:
        keys, self.meet_key_condition = _page(table, self._request, partition)
        return keys


class _Conditions:
    """The conditions of one query. The emulator parses and checks them for each item, and here once."""

    def __init__(self, tables: _Tables) -> None:
        self._tables, self._checked = tables, dict[str, filters.Filter | None]()

    def __call__(self, expression: str, item: Json, values: Json, names: Json, slot: str) -> Any:
        """Return whether an item meets a condition. Raises ValueError for a condition that AWS refuses."""
        if expression in self._checked:
            if slot == "KeyConditionExpression" and self._tables.meet_key_condition:
                return True
            with suppress(Exception):  # the emulator's own function has the texts of errors
                if meets := self._checked[expression]:
                    return meets(item)
                return dynamodb._ExprEval(dynamodb._tokenize(expression), item, values, names).evaluate()
        found = dynamodb._evaluate_condition(expression, item, values, names, slot=slot)
        self._checked[expression] = None
        with suppress(filters.UnknownFormError):
            self._checked[expression] = filters.compiled(expression, values, names)
        return found


class _Partitions:
    """The lookup that a query asks for the items of its partition."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def get(self, partition: Any, _default: Any) -> Any:
        """Return the content of a partition."""
        return self._read(partition)


def _page(table: Json, request: Json, partition: Any) -> tuple[list[Key], bool]:
    """Return the keys of all items that the answer to a checked query can have, and not many more.

    Also return whether all of them meet the condition of the query's keys.
    """
    index = request.get("IndexName")
    entries = _sorted(table, index, partition)
    found = _range(table, request, entries)
    if not found:
        return [entry.key for entry in entries], False
    first, end = found
    if first >= end:
        return [entry.key for entry in entries[:1]], False  # so that the emulator still checks the condition
    forward = request.get("ScanIndexForward", True)
    limit = request.get("Limit")
    count = int(limit) if limit else _count_of_a_page(table, index, entries, first, end, forward)
    chosen = (
        entries[first : min(end, first + count + 1)]
        if forward
        else entries[max(first, end - count - 1) : end]
    )
    return [entry.key for entry in chosen], True


def _count_of_a_page(
    table: Json, index: str | None, entries: list[_Entry], first: int, end: int, forward: bool
) -> int:
    """Return how many items the emulator puts on a page, which ends at 1 MB."""
    places = range(first, end) if forward else range(end - 1, first - 1, -1)
    items = (item for place in places if (item := _item(table, entries[place].key)))
    page, _ = dynamodb._paginate_evaluated_items(items, None, table, index)
    return len(page)


def _range(table: Json, request: Json, entries: list[_Entry]) -> tuple[int, int] | None:
    """Return the place of the first item and the end, by condition and start key, or None if not known."""
    index = request.get("IndexName")
    condition, start = request.get("KeyConditionExpression"), request.get("ExclusiveStartKey")
    hashes, sorts = _key_names(table, index)
    if not condition or len(hashes) > 1 or len(sorts) > 1:
        return None
    first, end = 0, len(entries)
    for clause in dynamodb._key_condition_clauses(dynamodb._tokenize(condition)):
        found = _range_of_clause(table, request, clause, hashes[0], sorts, entries)
        if not found:
            return None
        first, end = max(first, found[0]), min(end, found[1])
    if start:
        cursor = _order(table, sorts, start)
        if request.get("ScanIndexForward", True):
            first = max(first, bisect_right(entries, cursor, key=_by_order))
        else:
            end = min(end, bisect_left(entries, cursor, key=_by_order))
    return first, end


def _range_of_clause(
    table: Json,
    request: Json,
    clause: list[tuple[str, str]],
    partition_key: str,
    sorts: list[str],
    entries: list[_Entry],
) -> tuple[int, int] | None:
    """Return the range of one part of the condition, for example `at < :end`, or None for another form."""
    names, given = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
    signs = " ".join(_sign(token, names, partition_key, sorts) for token in clause)
    values = [given[text] for kind, text in clause if kind == "VALUE_REF"]
    if signs == "partition = value":
        return 0, len(entries)
    if not sorts:
        return None
    kind = dynamodb._get_attr_type(table, sorts[0])
    bounds = [dynamodb._sort_key_value(value, kind) for value in values]
    match signs:
        case "sort = value":
            return _first(entries, bounds[0]), _end(entries, bounds[0])
        case "sort < value":
            return 0, _first(entries, bounds[0])
        case "sort <= value":
            return 0, _end(entries, bounds[0])
        case "sort > value":
            return _end(entries, bounds[0]), len(entries)
        case "sort >= value":
            return _first(entries, bounds[0]), len(entries)
        case "sort BETWEEN value AND value":
            return _first(entries, bounds[0]), _end(entries, bounds[1])
        case "begins_with ( sort , value )" if kind == "S":
            size = len(bounds[0])
            return _first(entries, bounds[0]), bisect_right(
                entries, bounds[0], key=lambda entry: entry.order[0][:size]
            )
    return None


def _sign(token: tuple[str, str], names: Json, partition_key: str, sorts: list[str]) -> str:
    """Return `partition`, `sort` or `value` for a part of a condition, or its own text."""
    kind, text = token
    if kind == "VALUE_REF":
        return "value"
    name = names.get(text, text) if kind == "NAME_REF" else text
    if kind in ("IDENT", "NAME_REF") and name in (partition_key, *sorts):
        return "partition" if name == partition_key else "sort"
    return text.upper() if text.upper() in ("BETWEEN", "AND") else text


def _first(entries: list[_Entry], value: Any) -> int:
    return bisect_left(entries, value, key=lambda entry: entry.order[0])


def _end(entries: list[_Entry], value: Any) -> int:
    return bisect_right(entries, value, key=lambda entry: entry.order[0])


def _by_order(entry: _Entry) -> tuple[Any, ...]:
    return entry.order


def _key_names(table: Json, index: str | None) -> tuple[list[str], list[str]]:
    """Return the names of the partition keys and of the sort keys of the table or of an index."""
    if index:
        names: tuple[list[str], list[str]] = dynamodb._index_key_lists(dynamodb._index_def(table, index))
        return names
    return [table["pk_name"]], [table["sk_name"]] if table["sk_name"] else []


def _order(table: Json, sorts: list[str], item: Json) -> tuple[Any, ...]:
    """Return what the emulator sorts an item by."""
    keys = dynamodb._index_order_keys(table, sorts)
    return tuple(dynamodb._index_order_value(item, name, kind) for name, kind in keys)


def _sorted(table: Json, index: str | None, partition: Any) -> list[_Entry]:
    """Return the sorted keys of a partition, which are made when they are asked for the first time."""
    known = members(table).sorted.setdefault(index, {})
    if partition not in known:
        _, sorts = _key_names(table, index)
        keys: Iterable[Key] = (
            members(table)[index].get(partition, ())
            if index
            else [(partition, sort) for sort in table["items"].get(partition, ())]
        )
        entries = [_Entry(_order(table, sorts, item), key) for key in keys if (item := _item(table, key))]
        if not entries:
            return entries
        known[partition] = sorted(entries)
    return known[partition]


def _item(table: Json, key: Key) -> Json | None:
    """Return an item. It may just have expired, in another thread."""
    item: Json | None = table["items"].get(key[0], {}).get(key[1])
    return item


def members(table: Json) -> _Members:
    """Return the members of a table's indexes, and build them if the emulator dropped them."""
    found = table.get(dynamodb._INDEX_MEMBERS)
    if not isinstance(found, _Members):
        found = table[dynamodb._INDEX_MEMBERS] = _Members(_build_members(table))
    return found


def update(table: Json, base: Any, sort: Any, item: Json, add: bool) -> None:
    """Follow a write in the members of the indexes and in the sorted keys."""
    _update_members(table, base, sort, item, add)
    found = table.get(dynamodb._INDEX_MEMBERS)
    if not isinstance(found, _Members):
        return
    for index, partitions in found.sorted.items():
        hashes, sorts = _key_names(table, index)
        partition = base if index is None else dynamodb._index_partition(item, hashes, sorts)
        if partition in partitions:
            _change(partitions, partition, _Entry(_order(table, sorts, item), (base, sort)), add)


def _change(partitions: dict[Any, list[_Entry]], partition: Any, entry: _Entry, add: bool) -> None:
    """Add or remove an entry. A partition without the entry to remove is sorted again at its next query."""
    entries = partitions[partition]
    place = bisect_left(entries, entry)
    is_known = place < len(entries) and entries[place] == entry
    if add and not is_known:
        entries.insert(place, entry)
    elif not add and is_known:
        del entries[place]
    elif not add:
        del partitions[partition]
    if not add and not entries:
        partitions.pop(partition, None)
