"""Lists of partitions that are not read to their end, because a filter leaves little of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from lambdas.platform import aws, listing, tables
from lambdas.platform.errors import BadRequestError
from lambdas.platform.listing import Listing
from tests.handlers.shop import Json

LISTING = Listing(table="t", partition_key="p", partitions=["a"], condition="contains(#w, :w)")


class Client:
    """A DynamoDB client with a partition without an end, of which the filter leaves one item in a query."""

    def __init__(self) -> None:
        self.queries, self.limits = 0, list[int | None]()

    def query(self, **request: Any) -> Json:
        self.queries += 1
        self.limits.append(request.get("Limit"))
        key = tables.attributes({"listKey": f"{self.queries:03}"})
        return {"Items": [key], "LastEvaluatedKey": key}


@pytest.mark.parametrize(("limit", "queries"), [(1, 3), (2, 4), (50, 4)])
def test_a_page_is_filled_by_four_queries_of_a_partition_at_most(
    monkeypatch: pytest.MonkeyPatch, limit: int, queries: int
) -> None:
    """A page needs two items more than its limit. Four queries read 4 MB, and a function has 10 s."""
    client = Client()
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    items, cursor = listing.read_page(LISTING, limit, "")
    assert client.queries == queries
    assert len(items) == min(limit, queries)
    assert cursor


def test_so_many_rows_of_a_partition_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    items, frontier = listing.merge(replace(LISTING, rows=8), "", 200)
    assert client.limits == [8]
    assert (len(items), frontier) == (1, "001")


@pytest.mark.parametrize("size", [0, 1024])
def test_a_cursor_with_a_key_that_no_table_has_is_refused(size: int) -> None:
    """DynamoDB refuses empty and longer sort keys, and the call would end with a 500."""
    with pytest.raises(BadRequestError):
        listing.decode_cursor(listing.encode_cursor("x" * size, "list"), "list")
    longest = listing.encode_cursor("x" * 1023, "list")
    assert listing.decode_cursor(longest, "list") == "x" * 1023


@pytest.mark.parametrize("other", [{"table": "u"}, {"sort_key": "total"}, {"descending": True}])
def test_a_cursor_of_another_table_or_sort_order_is_refused(
    monkeypatch: pytest.MonkeyPatch, other: Json
) -> None:
    client = Client()
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    _, cursor = listing.read_page(LISTING, 1, "")
    assert cursor
    with pytest.raises(BadRequestError):
        listing.read_page(replace(LISTING, **other), 1, cursor)


class TwoPartitions:
    """A DynamoDB client with two partitions without an end. One has smaller keys than the other."""

    def __init__(self) -> None:
        self.queries = Counter[str]()

    def query(self, **request: Any) -> Json:
        partition = request["ExpressionAttributeValues"][":partition"]["S"]
        self.queries[partition] += 1
        step = self.queries[partition] if request["ScanIndexForward"] else -self.queries[partition]
        key = tables.attributes({"listKey": str({"small": 200, "large": 300}[partition] + step)})
        return {"Items": [key], "LastEvaluatedKey": key}


@pytest.mark.parametrize(
    ("descending", "keys"), [(False, ["201", "202", "203", "204"]), (True, ["299", "298", "297", "296"])]
)
def test_a_page_has_no_key_that_a_partition_was_not_read_to(
    monkeypatch: pytest.MonkeyPatch, descending: bool, keys: list[str]
) -> None:
    """Otherwise the next page would begin behind items that no page has."""
    client = TwoPartitions()
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    both = replace(LISTING, partitions=["small", "large"], descending=descending)
    items, frontier = listing.merge(both, "", 50)
    assert [item["listKey"] for item in items] == keys
    assert frontier == keys[-1]


class Partitions:
    """A DynamoDB client with these sorted keys in its partitions. `rows` is how many items it returned."""

    def __init__(self, keys: dict[str, list[str]]) -> None:
        self.keys, self.rows, self.queries = keys, 0, 0

    def query(self, **request: Any) -> Json:
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        asked = [key for key in self.keys[values[":partition"]] if values[":first"] <= key <= values[":last"]]
        asked = asked if request["ScanIndexForward"] else asked[::-1]
        found = [tables.attributes({"listKey": key}) for key in asked[: request["Limit"]]]
        self.queries += 1
        self.rows += len(found)
        return {"Items": found, **({"LastEvaluatedKey": found[-1]} if len(asked) > len(found) else {})}


FOUR = replace(LISTING, partitions=["a", "b", "c", "d"], condition="", index="byRecency")


@pytest.mark.thorough
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("share_of_a", [0.25, 0.7, 1], ids=["by chance", "most in one", "all in one"])
def test_pages_are_full_however_items_are_spread(
    monkeypatch: pytest.MonkeyPatch, descending: bool, share_of_a: float
) -> None:
    chance = random.Random(7)
    keys = [f"{number:04}" for number in range(400)]
    of = {key: "a" if chance.random() < share_of_a else chance.choice("bcd") for key in keys}
    client = Partitions({name: [key for key in keys if of[key] == name] for name in "abcd"})
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    for limit in (1, 2, 7, 50, 100, 399, 400):
        cursor, pages = "", list[list[str]]()
        while not pages or cursor:
            items, following = listing.read_page(replace(FOUR, descending=descending), limit, cursor)
            cursor = following or ""
            pages.append([item["listKey"] for item in items])
        assert [key for page in pages for key in page] == sorted(keys, reverse=descending)
        assert all(len(page) == limit for page in pages[:-1])


def test_a_page_of_items_that_are_spread_by_chance_reads_at_most_twice_as_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(7)
    keys = [f"{number:04}" for number in range(5_000)]
    of = {key: chance.choice("abcd") for key in keys}
    client = Partitions({name: [key for key in keys if of[key] == name] for name in "abcd"})
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    cursor: str | None = ""
    while cursor is not None:
        _, cursor = listing.read_page(FOUR, 50, cursor)
    assert client.rows < 2 * len(keys)
    assert client.queries < 1.05 * 4 * len(keys) / 50
