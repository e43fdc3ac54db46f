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

from lambdas.platform import aws, batches, tables
from tests.handlers.shop import Json

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


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("read", "calls"),
    [
        (lambda: tables.get("t", sku="sku-1"), 1),
        (lambda: batches.read("t", "sku", KEYS, ("sku", "name")), 3),
    ],
    ids=["tables.get", "batches.read"],
)
def test_every_request_for_items_asks_for_a_consistent_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], calls: int
) -> None:
    client = Client()
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
    assert reading == {"platform/tables.py", "platform/batches.py"}
