"""Lists of partitions that are not read to their end, because a filter leaves little of them."""

from __future__ import annotations

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
