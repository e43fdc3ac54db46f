"""The capacity units of DynamoDB and the time of calls on AWS, as the benchmarks count them."""

from typing import Any

import pytest

from bench import aws_latency, capacity, costs
from bench.capacity import Cost, Index, Table
from bench.metering import Span, charged, read_units, waiting_s
from components.order_views import VIEWS_BATCH_SIZE
from tests.graph.graph import Graph

ORDERS = Table(("orderID",), (Index(("status", "at"), frozenset({"total"})), Index(("customer",), None)))
KEY = {"orderID": {"S": "1"}}


def item(status: str = "placed", total: str = "5", notes: str = "") -> dict[str, Any]:
    return {
        **KEY,
        "status": {"S": status},
        "at": {"S": "09:00"},
        "total": {"N": total},
        "notes": {"S": notes},
    }


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "-12.50"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"M": {"ab": {"S": "c"}}}, 3 + 2 + 1 + 1),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + 3 + 2),
        ({"SS": ["ab", "c"]}, 3),
        ({"B": "AAAA"}, 3),
    ],
)
def test_an_item_has_the_size_of_its_names_and_values(value: dict[str, Any], size: int) -> None:
    assert capacity.item_bytes({"name": value}) == 4 + size


@pytest.mark.parametrize(
    ("before", "after", "cost"),
    [
        (None, item(), Cost(2, 2)),  # the item and its entry in the first index
        (item(), None, Cost(2, 2)),
        (item(), item(notes="x"), Cost(1, 1)),  # no index has the notes
        (item(), item(total="6"), Cost(2, 2)),
        (item(), item(status="packed"), Cost(3, 3)),  # another key: the old entry goes, a new one comes
        (None, item(notes="x" * 1000), Cost(2, 3)),  # over 1 KB
        (item(), item(), Cost(1, 1)),  # refused, but charged
        (None, item() | {"customer": {"S": "Ann"}}, Cost(3, 3)),
    ],
)
def test_a_write_costs_units_for_item_and_changed_index_entries(
    before: dict[str, Any] | None, after: dict[str, Any] | None, cost: Cost
) -> None:
    assert capacity.write_cost(ORDERS, before, after, in_transaction=False) == cost
    doubled = capacity.write_cost(ORDERS, before, after, in_transaction=True)
    own_units = 2 if "x" * 1000 in str(after) else 1
    assert doubled == Cost(cost.writes, cost.units + own_units), "a transaction takes two units for the item"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PutItem", {"TableName": "orders", "Item": item()}),
        ("UpdateItem", {"TableName": "orders", "Key": KEY}),
        ("TransactWriteItems", {"TransactItems": [{"Update": {"TableName": "orders", "Key": KEY}}]}),
        ("BatchWriteItem", {"RequestItems": {"orders": [{"PutRequest": {"Item": item()}}]}}),
        ("BatchWriteItem", {"RequestItems": {"orders": [{"DeleteRequest": {"Key": KEY}}]}}),
        (
            "BatchExecuteStatement",
            {
                "Statements": [
                    {
                        "Statement": 'UPDATE "orders" SET "a:b" = ? REMOVE "c" WHERE orderID = ? AND at = ?',
                        "Parameters": [{"N": "5"}, {"S": "1"}, {"S": "09:00"}],
                    }
                ]
            },
        ),
        (
            "BatchExecuteStatement",
            {
                "Statements": [
                    {
                        "Statement": "INSERT INTO \"orders\" VALUE {'at': ?, 'orderID': ?}",
                        "Parameters": [{"S": "09:00"}, {"S": "1"}],
                    }
                ]
            },
        ),
    ],
)
def test_every_kind_of_write_names_its_items(operation: str, request_: dict[str, Any]) -> None:
    assert list(capacity.keys_written(operation, request_, {"orders": ORDERS})) == [("orders", KEY)]


def test_a_kind_of_write_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ValueError, match="ExecuteStatement"):
        list(capacity.keys_written("ExecuteStatement", {}, {}))


def test_a_table_of_the_program_has_its_keys_and_indexes() -> None:
    shape = {
        "KeySchema": [{"AttributeName": "orderID", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "KeySchema": [{"AttributeName": "status"}, {"AttributeName": "at"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
            },
            {"KeySchema": [{"AttributeName": "customer"}], "Projection": {"ProjectionType": "ALL"}},
        ],
    }
    assert Table.of(shape) == ORDERS


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(0, True, 1), (4096, True, 1), (4097, True, 2), (4097, False, 1)]
)
def test_a_read_costs_a_unit_for_each_4_kb(size: int, consistent: bool, units: float) -> None:
    assert capacity.read_units(size, consistent=consistent) == units


def test_calls_side_by_side_take_as_long_as_the_slowest() -> None:
    put, sns = (aws_latency.mean_seconds(name) for name in ("put", "transaction of 25"))
    side_by_side = [Span(0, 5, "dynamodb"), Span(1, 6, "dynamodb")]
    slower = aws_latency.mean_of_slowest("put", 2)
    assert waiting_s([Span(0, 5, "dynamodb")]) == put
    assert waiting_s(side_by_side) == slower > put
    assert waiting_s([*side_by_side, Span(6, 9, "sns")]) == slower + sns
    assert waiting_s([Span(0, 5, "sns"), Span(1, 6, "dynamodb")]) == sns
    assert waiting_s([Span(0, 5, "dynamodb"), Span(5, 6, "dynamodb")]) == 2 * put  # one after the other
    assert waiting_s([Span(0, 5, "dynamodb"), Span(1, 9, "dynamodb"), Span(6, 8, "sns")]) == slower + sns


def test_the_mean_of_a_call_lies_between_its_quantiles() -> None:
    assert 7.55 < aws_latency.mean_seconds("put") * 1000 < 11.3, "a few slow calls raise it over the median"
    assert aws_latency.mean_of_slowest("put", 1) == aws_latency.mean_seconds("put")
    assert 11.3 < aws_latency.mean_of_slowest("put", 10) * 1000 < 29.0


def test_a_function_has_the_batches_of_its_stream_and_not_of_what_is_sent_again(dev: Graph) -> None:
    laboratory = object.__new__(costs.Laboratory)
    laboratory._program = dev
    assert {name: laboratory._batch_sizes()[name] for name in costs.FUNCTIONS} == {
        "write_orders": 10,
        "notify": 10,
        "update_views": VIEWS_BATCH_SIZE,
    }


def test_a_query_is_charged_for_all_that_it_reads() -> None:
    query = {
        "TableName": "search",
        "KeyConditionExpression": "term = :term AND #key > :after",
        "FilterExpression": "contains(#words, :word)",
        "ProjectionExpression": "#key",
        "Select": "COUNT",
        "ConsistentRead": True,
        "ExpressionAttributeNames": {"#key": "listKey", "#words": "words"},
        "ExpressionAttributeValues": {
            ":term": {"S": "a"},
            ":after": {"S": "b"},
            ":w": {"S": "x"},
            ":word": {"S": "c"},
        },
    }
    assert charged(query) == {
        "TableName": "search",
        "KeyConditionExpression": "term = :term AND #key > :after",
        "ConsistentRead": True,
        "ExpressionAttributeNames": {"#key": "listKey"},
        "ExpressionAttributeValues": {":term": {"S": "a"}, ":after": {"S": "b"}},
    }
    begins_another = {"KeyConditionExpression": "a = :ab", "ExpressionAttributeValues": {":a": {"S": "c"}}}
    assert charged(begins_another) == {"KeyConditionExpression": "a = :ab"}
    assert charged({"KeyConditionExpression": "a = :a", "ExpressionAttributeNames": {"#b": "c"}}) == {
        "KeyConditionExpression": "a = :a"
    }
    assert read_units("Query", query, {"Items": [item(notes="x" * 5000)]}) == 2


def test_an_item_that_a_batch_does_not_find_costs_a_unit() -> None:
    request = {"RequestItems": {"orders": {"Keys": [KEY, {"orderID": {"S": "2"}}], "ConsistentRead": True}}}
    assert read_units("BatchGetItem", request, {"Responses": {"orders": [item()]}}) == 2
