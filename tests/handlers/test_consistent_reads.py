"""Every read of an item is consistent. The emulator's reads always are, so these tests check the requests.

An inconsistent read may miss a write of the moment before: a price that was just changed, or our own write
whose response was lost.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdas.platform import aws, batches, listing, scan, tables
from lambdas.platform.listing import Listing
from lambdas.shop import order_blocks, search_table
from tests.handlers.shop import Json
from tests.imports import reached_from

LAMBDAS = Path(tables.__file__).parent.parent
KEYS = [f"sku-{number}" for number in range(130)]


class Client:
    """A DynamoDB client without items, which leaves half of a batch unprocessed in its first call."""

    def __init__(self) -> None:
        self.reads: list[Json] = []

    def get_item(self, **request: Any) -> Json:
        self.reads.append(request)
        return {}

    def batch_get_item(self, RequestItems: Json) -> Json:  # noqa: N803 - boto3's own name
        ((table, wanted),) = RequestItems.items()
        self.reads.append(wanted)
        left = wanted["Keys"][50:] if len(self.reads) == 1 else []
        return {"Responses": {}, "UnprocessedKeys": {table: {**wanted, "Keys": left}} if left else {}}

    def query(self, **request: Any) -> Json:
        self.reads.append(request)
        return {"Items": []}

    scan = query


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("read", "calls"),
    [
        (lambda: tables.get("t", sku="sku-1"), 1),
        (lambda: batches.read("t", "sku", KEYS, ("sku", "name")), 3),
        (lambda: batches.items("t", [{"sku": key} for key in KEYS]), 3),
        (lambda: listing.merge(Listing(table="t", partition_key="p", partitions=["a"]), "", 9), 1),
        (lambda: list(search_table.read_range("late", "0", "1")), 1),
        (lambda: order_blocks.covering("0"), 1),
        (lambda: list(scan.pages("t", 9)), 1),
    ],
    ids=[
        "tables.get",
        "batches.read",
        "batches.items",
        "listing.merge",
        "search_table.read_range",
        "order_blocks.covering",
        "scan.pages",
    ],
)
def test_every_request_for_items_asks_for_a_consistent_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], calls: int
) -> None:
    client = Client()
    monkeypatch.setenv("SHOP_TERMS_TABLE", "t")
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    read()
    assert [request.get("ConsistentRead") for request in client.reads] == [True] * calls


def test_no_other_module_reads_items_itself() -> None:
    """A query of an index cannot be consistent, so only the reads by key are meant."""
    reading = {
        file.relative_to(LAMBDAS).as_posix()
        for file in LAMBDAS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("get_item", "batch_get_item", "transact_get_items", "scan")
    }
    assert reading == {"platform/tables.py", "platform/batches.py", "platform/scan.py"}


def test_few_functions_scan_a_table_and_only_small_ones() -> None:
    """A scan reads a whole table. Otherwise only a rebuild does, which is no function."""
    scanning = {
        handler.stem
        for handler in (LAMBDAS / "handlers").glob("*.py")
        if LAMBDAS / "platform/scan.py" in reached_from(handler)
    }
    assert scanning == {"count_orders", "erase_customer", "export_customer", "get_accounting"}
