"""The list of orders: filters, pages and cursors over sharded indexes."""

import random
import uuid
from typing import Any

import pytest

from lambdas.platform import aws
from tests.handlers.order_lists import get, ids, pages, stored
from tests.handlers.shop import Json, Reply, Shop, order, request

pytestmark = pytest.mark.store


@pytest.fixture
def day(shop: Shop) -> list[Json]:
    """Twenty-four orders, newest first. Three orders were placed in each minute."""
    chance = random.Random(7)
    order_ids = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(24)]
    made = [
        stored(at // 3, status=("placed", "packed")[at % 4 == 0], order_id=order_id)
        for at, order_id in enumerate(order_ids)
    ]
    chance.shuffle(made)
    shop.put_all("SHOP_ORDERS_TABLE", made)
    return sorted(made, key=lambda one: str(one["listKey"]), reverse=True)


def test_a_list_without_orders_is_empty(shop: Shop) -> None:
    assert get(shop).json == {"orders": [], "nextCursor": None}


def test_orders_are_listed_newest_first_over_all_shards(shop: Shop, day: list[Json]) -> None:
    content = get(shop).json
    assert [order["orderID"] for order in content["orders"]] == ids(day)
    assert content["nextCursor"] is None
    assert {one["listShard"] for one in day} == {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": "placed"},
        {"customer": "ann@example.org"},
        {"sort": "largest"},
        {"sort": "largest", "status": "placed"},
    ],
)
def test_a_listed_order_has_only_the_fields_of_a_list(shop: Shop, query: dict[str, str]) -> None:
    details = {"phone": "0123", "address": "Side door", "company": "Miller Ltd"}
    customer = {"name": "Ann Miller", "email": "Ann@Example.org"} | details
    placed = shop.place(order(customer=customer))
    (listed,) = get(shop, **query).json["orders"]
    wanted = (
        "orderID number status version createdAt updatedAt customer total currency lineCount submittedBy"
        " channel"
    )
    assert listed == {name: placed[name] for name in wanted.split()}


@pytest.mark.parametrize("limit", ["2", "11", "23", "24", "25", "100"])
def test_pages_contain_every_order_once_and_in_sequence(shop: Shop, day: list[Json], limit: str) -> None:
    found = list(pages(shop, limit=limit))
    assert [order_id for page in found for order_id in page] == ids(day)
    assert all(len(page) == int(limit) for page in found[:-1])
    assert found[-1], "the last page is empty"


def test_the_next_page_is_right_after_orders_are_added_or_deleted(shop: Shop, day: list[Json]) -> None:
    first = get(shop, limit="10").json
    shop.put_all("SHOP_ORDERS_TABLE", [stored(59)])
    aws.dynamodb().delete_item(
        TableName=shop.names["SHOP_ORDERS_TABLE"], Key={"orderID": {"S": day[9]["orderID"]}}
    )
    second = get(shop, limit="10", cursor=first["nextCursor"]).json
    assert [order["orderID"] for order in second["orders"]] == ids(day[10:20])


@pytest.mark.parametrize("limit", ["2", "50"])
def test_orders_can_be_filtered_by_status(shop: Shop, day: list[Json], limit: str) -> None:
    packed = [one for one in day if one["status"] == "packed"]
    assert 0 < len(packed) < len(day)
    assert [one for page in pages(shop, status="packed", limit=limit) for one in page] == ids(packed)
    assert get(shop, status="delivered").json["orders"] == []


@pytest.mark.parametrize("limit", ["1", "50"])
def test_orders_can_be_filtered_by_customer_in_any_case(shop: Shop, day: list[Json], limit: str) -> None:
    bob = {"name": "Bob", "email": "Bob@Example.org"}
    mine = [stored(minute, bob, status=("placed", "packed")[minute % 2]) for minute in range(6)]
    shop.put_all("SHOP_ORDERS_TABLE", mine)
    found = [one for page in pages(shop, customer=" bOb@example.ORG ", limit=limit) for one in page]
    assert found == ids(mine)[::-1]
    packed = [
        one for page in pages(shop, customer="bob@example.org", status="packed", limit=limit) for one in page
    ]
    assert packed == [one["orderID"] for one in mine[::-1] if one["status"] == "packed"]
    assert get(shop, customer="nobody@example.org").json["orders"] == []


def test_a_period_includes_both_its_ends(shop: Shop, day: list[Json]) -> None:
    first, last = "2010-12-01T08:03:00Z", "2010-12-01T08:05:00.000Z"
    wanted = [one for one in day if "08:03" <= one["createdAt"][11:16] <= "08:05"]
    assert len(wanted) == 9
    assert [one for page in pages(shop, from_=first, to=last, limit="2") for one in page] == ids(wanted)
    offset = get(shop, from_="2010-12-01T09:03:00+01:00", to="2010-12-01T09:05:00+01:00").json["orders"]
    assert [order["orderID"] for order in offset] == ids(wanted)


def test_a_date_without_time_means_the_whole_day(shop: Shop, day: list[Json]) -> None:
    assert len(get(shop, from_="2010-12-01", to="2010-12-01").json["orders"]) == 24
    assert get(shop, to="2010-11-30").json["orders"] == []
    assert get(shop, from_="2010-12-02").json["orders"] == []


def test_empty_query_parameters_are_ignored(shop: Shop, day: list[Json]) -> None:
    everything = get(shop, status="", customer="", from_="", to="", limit="", cursor="")
    assert len(everything.json["orders"]) == 24
    without_parameters = request("GET", "/orders") | {"queryStringParameters": None, "headers": None}
    assert Reply(shop.call("list_orders", without_parameters)).status == 200


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"status": "lost"}, "status"),
        ({"status": "placed#1"}, "status"),
        ({"status": "rejected", "settled": "maybe"}, "settled"),
        ({"status": "placed", "settled": "no"}, "settled"),
        ({"settled": "yes"}, "settled"),
        ({"from_": "yesterday"}, "from"),
        ({"to": "2010-02-30"}, "to"),
        ({"from_": "2010-12-02", "to": "2010-12-01"}, "from"),
        ({"from_": "2010-12-01T10:00:00Z", "to": "2010-12-01T09:00:00Z"}, "from"),
        ({"customer": "ann"}, "customer"),
        ({"customer": "x" * 3000 + "@example.org"}, "customer"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"limit": "５"}, "limit"),
    ],
)
def test_an_invalid_query_parameter_is_400_with_its_name(shop: Shop, query: Any, path: str) -> None:
    reply = get(shop, **query)
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert list(reply.fields) == [path]


def test_a_cursor_that_was_tampered_with_is_400(shop: Shop, day: list[Json]) -> None:
    cursor = get(shop, limit="5").json["nextCursor"]
    flipped = [
        cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))
    ]
    broken = [
        *flipped,
        cursor[:-1],
        cursor[1:],
        cursor + "A",
        cursor[:4] + "!!!!" + cursor[4:],
        cursor + "=",
        "x",
        "é",
        "%00",
        "🧹",
        cursor * 9,
    ]
    statuses = {bad: get(shop, cursor=bad).status for bad in broken}
    # The last base64 character has unused bits, so these two changes may leave the cursor as it was.
    assert {bad for bad, status in statuses.items() if status != 400} <= {flipped[-1], cursor + "="}
    assert list(get(shop, cursor="x").fields) == ["cursor"]


def test_a_cursor_of_another_list_is_400(shop: Shop) -> None:
    shop.stock()
    products = shop.ask("list_products", "GET", "/products", query={"limit": "1"})
    cursor = products.json["nextCursor"]
    assert cursor
    assert get(shop, cursor=cursor).status == 400


def test_a_cursor_is_safe_in_a_url(shop: Shop, day: list[Json]) -> None:
    cursor = get(shop, limit="5").json["nextCursor"]
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


def test_a_cursor_older_than_the_period_gives_an_empty_page(shop: Shop, day: list[Json]) -> None:
    """DynamoDB refuses a range that ends before it begins."""
    cursor = get(shop, limit="23").json["nextCursor"]
    assert get(shop, cursor=cursor, from_="2010-12-01T08:06:00Z").json == {"orders": [], "nextCursor": None}


def test_a_page_of_orders_needs_four_small_queries(shop: Shop, day: list[Json], monkeypatch: Any) -> None:
    reads = _CountingClient(aws.dynamodb())
    monkeypatch.setattr(aws, "dynamodb", lambda: reads)
    get(shop, limit="1")
    assert (reads.operations, max(reads.items)) == (["query"] * 4, 3)


class _CountingClient:
    """A DynamoDB client that records its queries and how many items each returned."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.operations: list[str] = []
        self.items: list[int] = []

    def __getattr__(self, operation: str) -> Any:
        if operation != "query":
            return getattr(self._client, operation)

        def call(**request: Any) -> Any:
            answer = getattr(self._client, operation)(**request)
            self.operations.append(operation)
            self.items.append(len(answer["Items"]))
            return answer

        return call
