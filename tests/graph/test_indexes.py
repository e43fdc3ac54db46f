"""The indexes of the tables: their keys, and the attributes of which each entry has a copy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from components import api_reference
from lambdas.shop import order_table
from tests.graph.graph import ROOT, Graph

SITE = ROOT / "site/assets"
# The scripts that show orders of a list: the list, its export, the page of a customer and the page Today.
SHOWING_ORDERS = [
    *(file for room in ("list", "today", "customer") for file in SITE.glob(f"{room}/*.js")),
    SITE / "order/status-cell.js",
]
# These are in the answer for callers of the API, for example to see which orders have changed.
FOR_CALLERS = {"updatedAt"}


def test_no_index_writes_everything_to_one_partition(graph: Graph) -> None:
    """A partition of an index takes about 1,000 writes a second, so a status alone is not enough as a key."""
    assert {name: index_keys(one) for name, one in _indexes(graph, "orders-table").items()} == {
        "byRecency": ("listShard", "listKey"),
        "byStatus": ("statusShard", "listKey"),
        "byCustomer": ("customerEmail", "listKey"),
        "byStatusTotal": ("statusShard", "totalKey"),
        **({"byAccount": ("accountID", "listKey")} if "accounts-table" in graph else {}),
    }
    (index,) = _indexes(graph, "views-customers").values()
    assert index_keys(index) == ("listShard", "listKey")
    assert {name: index_keys(one) for name, one in _indexes(graph, "views-product-sales").items()} == {
        "byUnits": ("rankShard", "unitsRank"),
        "byRevenue": ("rankShard", "revenueRank"),
    }


def test_the_indexes_of_product_sales_have_the_figures_of_the_report(graph: Graph) -> None:
    for index in _indexes(graph, "views-product-sales").values():
        assert (index["projectionType"], index["nonKeyAttributes"]) == (
            "INCLUDE",
            sorted(_described("TopSeller") - {"sku", "name"}),
        )


def test_every_index_of_orders_has_the_attributes_of_a_list(graph: Graph) -> None:
    fields = _described("ListedOrder") - {"orderID"}
    assert fields == set(order_table.LIST_FIELDS)
    for index in _indexes(graph, "orders-table").values():
        assert (index["projectionType"], index["nonKeyAttributes"]) == ("INCLUDE", sorted(fields))


def test_indexes_have_no_more_attributes_than_dynamodb_takes(graph: Graph) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html"""
    for table in graph.all("dynamodb.Table"):
        counts = [len(one.get("nonKeyAttributes", [])) for one in _indexes(graph, table.name).values()]
        assert all(count <= 20 for count in counts), table.name
        assert sum(counts) <= 100, table.name


@pytest.mark.parametrize("name", sorted(order_table.LIST_FIELDS))
def test_an_attribute_in_the_indexes_of_orders_is_shown_by_a_list(name: str) -> None:
    shown = any(re.search(rf"\b{name}\b", file.read_text()) for file in SHOWING_ORDERS)
    assert shown != (name in FOR_CALLERS)


@pytest.mark.parametrize("part", ["name", "email", "company", "phone", "address"])
def test_each_part_of_a_customer_in_the_indexes_is_exported(part: str) -> None:
    assert f"order.customer.{part}" in (SITE / "list/columns.js").read_text()


def test_the_index_of_customers_has_the_attributes_of_a_list(graph: Graph, everything: Graph) -> None:
    """Details that only the update of a customer needs would be written to the index at every change."""
    fields = _described("ListedCustomer") - {"email", "currency", "total"}
    for one in (graph, everything):
        (index,) = _indexes(one, "views-customers").values()
        assert (index["projectionType"], index["nonKeyAttributes"]) == (
            "INCLUDE",
            sorted(fields | {"total:GBP"}),
        )


def test_the_catalog_has_no_index_because_lists_read_the_pack(graph: Graph) -> None:
    assert graph.inputs("products-table").get("globalSecondaryIndexes", []) == []


def index_keys(index: Mapping[str, Any]) -> tuple[str, str]:
    """Return the partition key and the sort key of an index."""
    partition, sort = index["keySchemas"]
    assert (partition["keyType"], sort["keyType"]) == ("HASH", "RANGE")
    return partition["attributeName"], sort["attributeName"]


def _indexes(graph: Graph, table: str) -> dict[str, Any]:
    return {one["name"]: one for one in graph.inputs(table)["globalSecondaryIndexes"]}


def _described(schema: str) -> set[str]:
    """Return the fields that the API's document gives an answer."""
    return set(json.loads(api_reference.document())["components"]["schemas"][schema]["properties"])
