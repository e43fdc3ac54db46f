"""How often a list reads a partition of which a filter leaves little."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lambdas.platform import aws, listing, tables
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
