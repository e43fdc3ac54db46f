"""Queries of the emulator with sorted keys, compared with the emulator's own."""

from __future__ import annotations

import base64
import itertools
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import dynamodb

from local.emulator import queries

Json = dict[str, Any]
NUMBERS = ("-3", "0", "0.5", "2", "10", "11")
TEXTS = ("a", "ab", "abc", "b", "ä", "\U0010ffff", "~", "B")
VALUES = {
    "S": [{"S": text} for text in TEXTS],
    "N": [{"N": number} for number in NUMBERS],
    "B": [{"B": base64.b64encode(one).decode()} for one in (b"\x01", b"\x01\xff", b"\xff", b"a", b"b")],
}
CONDITIONS = (
    "p = :p",
    "p = :p AND #s = :low",
    "p = :p AND #s < :low",
    "#s <= :low AND p = :p",
    "p = :p AND #s > :low",
    "p = :p AND #s >= :low",
    "p = :p AND #s BETWEEN :low AND :high",
    "p = :p AND begins_with(#s, :low)",
    "p = :p and (#s > :low)",
    "p = :p AND :low < #s",
)
FILTERS = (
    "",
    "v = :v",
    "contains(v, :v)",
    "contains(v, :n)",  # :n is no text
    "contains(",
    "begins_with(v, :n)",
    "attribute_exists(w) OR contains(v, :v) AND NOT contains(v, :b)",
    "not attribute_exists(w) and (contains(w, :v) OR NOT (contains(v, :b) or attribute_exists(ip)))",
    "contains(v, :v) AND size(v) > :n",
    "attribute_exists(w.a) OR contains(w[0], :v)",
)


@pytest.fixture(autouse=True)
def emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the emulator no tables, and undo what `install` replaces in it."""
    monkeypatch.setattr(dynamodb, "_tables", type(dynamodb._tables)())
    for name in ("_query", "_index_members", "_index_item"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    queries.install()


def _create(kind: str, index_kind: str) -> Json:
    """Create the table `rows`, with an index that has a sort key and one that has none."""
    keys = [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}]
    types = {"p": "S", "s": kind, "ip": "S", "is": index_kind}
    by_sort = [{"AttributeName": "ip", "KeyType": "HASH"}, {"AttributeName": "is", "KeyType": "RANGE"}]
    projections = ({"ProjectionType": "ALL"}, {"ProjectionType": "KEYS_ONLY"})
    answer = dynamodb._create_table(
        {
            "TableName": "rows",
            "KeySchema": keys,
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": one} for name, one in types.items()
            ],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {"IndexName": name, "KeySchema": schema, "Projection": projection}
                for name, schema, projection in zip(
                    ("sorted", "unsorted"), (by_sort, by_sort[:1]), projections, strict=True
                )
            ],
        }
    )
    assert answer[0] == 200, answer
    table: Json = dynamodb._tables.get("rows")
    return table


def _write(chance: random.Random, table: Json, kinds: tuple[str, str]) -> None:
    """Change the table by a call or, seldom, all its items at once."""
    key = {"p": {"S": chance.choice("xy")}, "s": chance.choice(VALUES[kinds[0]])}
    index = {"ip": {"S": chance.choice("xy")}, "is": chance.choice(VALUES[kinds[1]])}
    texts = [{"S": text} for text in TEXTS]
    content = {
        "v": chance.choice([*texts, *texts, {"N": "1"}, {"SS": ["a"]}, {"L": [{"S": "b"}]}]),
        **({"w": chance.choice(texts)} if chance.random() < 0.3 else {}),
        **(index if chance.random() < 0.8 else {}),
    }
    match chance.randrange(12):
        case 0 | 1:
            answer = dynamodb._delete_item({"TableName": "rows", "Key": key})
        case 2 | 3:
            values = {":ip": index["ip"], ":is": index["is"]}
            names = {"#is": "is"}
            update = "SET ip = :ip, #is = :is" if chance.random() < 0.5 else "REMOVE ip"
            asked = {"TableName": "rows", "Key": key, "UpdateExpression": update}
            given = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
            answer = dynamodb._update_item(asked | (given if update.startswith("SET") else {}))
        case 4:
            puts = [{"Put": {"TableName": "rows", "Item": key | content}}]
            answer = dynamodb._transact_write_items({"TransactItems": puts})
        case 5 if chance.random() < 0.1:
            table["items"] = type(table["items"])(dict)
            dynamodb._items_replaced(table)
            return
        case _:
            answer = dynamodb._put_item({"TableName": "rows", "Item": key | content})
    assert answer[0] == 200, answer


def _request(chance: random.Random, kinds: tuple[str, str]) -> Json:
    """Return a query, of which some are refused."""
    index = chance.choice((None, None, "sorted", "sorted", "unsorted"))
    kind = kinds[1] if index == "sorted" else kinds[0]
    condition = CONDITIONS[0] if index == "unsorted" else chance.choice(CONDITIONS)
    kept = chance.choice(FILTERS)
    low, high = (chance.choice(VALUES[one]) for one in (kind, kind if chance.random() < 0.9 else "S"))
    values = {":p": {"S": chance.choice("xyz")}, ":low": low, ":high": high}
    values |= {":v": {"S": chance.choice("ab")}, ":n": {"N": "1"}, ":b": {"S": "b"}}
    used = [name for name in values if name in f"{condition} {kept} "]
    return {
        "TableName": "rows",
        "KeyConditionExpression": condition if index is None else condition.replace("p =", "ip ="),
        "ExpressionAttributeValues": {name: values[name] for name in used},
        **({"ExpressionAttributeNames": {"#s": "is" if index else "s"}} if "#s" in condition else {}),
        **({"IndexName": index} if index else {}),
        **({"FilterExpression": kept} if kept else {}),
        **({"Limit": chance.randrange(1, 5)} if chance.random() < 0.7 else {}),
        **({"Select": "COUNT"} if chance.random() < 0.1 else {}),
        **({"ScanIndexForward": chance.random() < 0.5} if chance.random() < 0.7 else {}),
    }


def _pages(query: Any, request: Json) -> Iterator[tuple[int, Any]]:
    """Yield the answers to a query from page to page, as status and document."""
    start: Json = {}
    for _ in range(60):
        status, _, body = query(request | start)
        document = json.loads(body)
        yield status, document
        if "LastEvaluatedKey" not in document:
            return
        start = {"ExclusiveStartKey": document["LastEvaluatedKey"]}
    raise AssertionError("the query has no end")


def _emulators_own(request: Json) -> Any:
    return queries._emulators_query(request)


@pytest.mark.thorough
@pytest.mark.parametrize("kinds", [("S", "S"), ("S", "N"), ("N", "B"), ("B", "S")], ids="-".join)
def test_each_page_is_the_emulators_own(kinds: tuple[str, str]) -> None:
    chance = random.Random(str(kinds))
    table = _create(*kinds)
    pages = []
    for _ in range(600):
        for _ in range(3):
            _write(chance, table, kinds)
        request = _request(chance, kinds)
        found = list(_pages(dynamodb._query, request))
        assert found == list(_pages(_emulators_own, request)), request
        pages += found
    assert {status for status, _ in pages} == {200, 400}  # some are refused
    assert sum(len(document.get("Items", ())) for _, document in pages) > 100
    assert sum("LastEvaluatedKey" in document for _, document in pages) > 50


@pytest.mark.thorough
@pytest.mark.parametrize("kind", "SNB")
def test_each_condition_and_direction_gives_the_emulators_own_pages(kind: str) -> None:
    _create(kind, kind)
    for number, (value, partition) in enumerate(itertools.product(VALUES[kind], "xy")):
        item = {"p": {"S": partition}, "s": value, "ip": {"S": "x"}, "is": VALUES[kind][number // 4]}
        dynamodb._put_item({"TableName": "rows", "Item": item})
    bounds = zip(VALUES[kind], VALUES[kind][3:] + VALUES[kind][:3], strict=True)
    for condition, (low, high), index in itertools.product(CONDITIONS, bounds, (None, "sorted")):
        values = {":p": {"S": "x"}, ":low": low, ":high": high}
        request = {
            "TableName": "rows",
            "KeyConditionExpression": condition if index is None else condition.replace("p =", "ip ="),
            "ExpressionAttributeValues": {name: values[name] for name in values if name in condition},
            **({"ExpressionAttributeNames": {"#s": "is" if index else "s"}} if "#s" in condition else {}),
            **({"IndexName": index} if index else {}),
        }
        for more in ({}, {"ScanIndexForward": False}, {"Limit": 2}):
            found = list(_pages(dynamodb._query, request | more))
            assert found == list(_pages(_emulators_own, request | more)), request


def test_a_start_key_anywhere_gives_the_emulators_own_page() -> None:
    chance, kinds = random.Random(2), ("S", "N")
    table = _create(*kinds)
    for _ in range(60):
        _write(chance, table, kinds)
    starts = itertools.product(VALUES["S"], VALUES["N"], ("x", "y", "z"))
    for sort, index_sort, partition in starts:
        request = _request(chance, kinds)
        request["ExclusiveStartKey"] = {
            "p": {"S": partition},
            "s": sort,
            **({"ip": request["ExpressionAttributeValues"][":p"]} if "IndexName" in request else {}),
            **({"is": index_sort} if request.get("IndexName") == "sorted" else {}),
        }
        assert dynamodb._query(request) == _emulators_own(request), request


@pytest.mark.parametrize("forward", [True, False])
def test_a_page_without_a_limit_ends_at_one_megabyte_as_the_emulators_own(forward: bool) -> None:
    _create("N", "S")
    for number in range(40):
        item = {"p": {"S": "x"}, "s": {"N": str(number)}, "ip": {"S": "x"}, "is": {"S": str(number % 3)}}
        dynamodb._put_item({"TableName": "rows", "Item": item | {"v": {"S": "a" * 9_000 * (number % 9)}}})
    for index, name in ((None, "p"), ("sorted", "ip"), ("unsorted", "ip")):
        request = {
            "TableName": "rows",
            "KeyConditionExpression": f"{name} = :p",
            "ExpressionAttributeValues": {":p": {"S": "x"}},
            "ScanIndexForward": forward,
            **({"IndexName": index} if index else {}),
        }
        pages = list(_pages(dynamodb._query, request))
        assert pages == list(_pages(_emulators_own, request))
        assert len(pages) == (1 if index == "unsorted" else 2)


@pytest.mark.parametrize("index", ["", "sorted"])
def test_the_time_of_a_query_does_not_grow_with_the_partition(index: str) -> None:
    used = []
    for count in (100, 5_000):
        table = _create("S", "S")
        for number in range(count):
            key = {"S": f"{number:05}"}
            item = {"p": {"S": "x"}, "s": key, "ip": {"S": "x"}, "is": key}
            dynamodb._set_item(table, "x", key["S"], item)
        partition, sort = ("ip", "is") if index else ("p", "s")
        request = {
            "TableName": "rows",
            "KeyConditionExpression": f"{partition} = :p AND #s > :low",
            "ExpressionAttributeNames": {"#s": sort},
            "ExpressionAttributeValues": {":p": {"S": "x"}, ":low": {"S": "00050"}},
            "Limit": 10,
            **({"IndexName": index} if index else {}),
        }
        used.append(min(_seconds(request) for _ in range(20)))
        dynamodb._delete_table({"TableName": "rows"})
    assert used[1] < 3 * used[0], used


def _seconds(request: Json) -> float:
    began = time.thread_time()
    assert json.loads(dynamodb._query(request)[2])["Count"] == 10
    return time.thread_time() - began
