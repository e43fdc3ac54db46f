"""The lists of orders and products: sorting, filters, pages and cursors over sharded indexes."""

import base64
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.platform import aws, listing
from tests.handlers.shop import Json, Reply, Shop, new_order

pytestmark = pytest.mark.store


def stored(
    minute: int, *, status: str = "placed", email: str = "ann@example.org", order_id: str = ""
) -> Json:
    """Return an order placed on 1 December 2010 at 08:MM, as the table contains it."""
    at = f"2010-12-01T08:{minute:02}:00.000Z"
    content = {"customer": {"name": "Ann", "email": email}, "items": []}
    made = new_order(content, at=at, order_id=order_id)
    shard = made["listShard"]
    return made | {"status": status, "statusShard": f"{status}#{shard}", "submissionHash": "x"}


def get(shop: Shop, **query: str) -> Reply:
    return shop.ask("list_orders", "GET", "/orders", query={name.rstrip("_"): v for name, v in query.items()})


def products(shop: Shop, **query: str) -> Reply:
    return shop.ask("list_products", "GET", "/products", query=query)


def pages(shop: Shop, **query: str) -> Iterator[list[str]]:
    """Yield the order IDs of each page of the list."""
    cursor: str | None = ""
    for _ in range(50):
        content = get(shop, **query, cursor=cursor or "").json
        yield [order["orderID"] for order in content["orders"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return
    raise AssertionError("the cursors never end")


@pytest.fixture
def day(shop: Shop) -> list[Json]:
    """Twenty-four orders, newest first; three at a time were placed at the same minute."""
    chance = random.Random(7)
    made = [stored(minute // 3, status=("placed", "packed")[minute % 4 == 0]) for minute in range(24)]
    chance.shuffle(made)
    shop.put_all("SHOP_ORDERS_TABLE", made)
    return sorted(made, key=lambda one: str(one["listKey"]), reverse=True)


def ids(some: list[Json]) -> list[str]:
    return [one["orderID"] for one in some]


# ---- orders


def test_a_list_without_orders_is_empty(shop: Shop) -> None:
    assert get(shop).json == {"orders": [], "nextCursor": None}


def test_orders_are_listed_newest_first_over_all_shards(shop: Shop, day: list[Json]) -> None:
    content = get(shop).json
    assert [order["orderID"] for order in content["orders"]] == ids(day)
    assert content["nextCursor"] is None
    assert {one["listShard"] for one in day} == {"0", "1", "2", "3"}


def test_a_listed_order_has_only_the_fields_of_a_list(shop: Shop) -> None:
    placed = shop.place()
    (listed,) = get(shop).json["orders"]
    wanted = "orderID status version createdAt updatedAt customer total currency lineCount submittedBy"
    assert listed == {name: placed[name] for name in wanted.split()}


@pytest.mark.parametrize("limit", ["2", "11", "23", "24", "25", "100"])
def test_pages_make_up_the_list_without_gap_or_repeat(shop: Shop, day: list[Json], limit: str) -> None:
    found = list(pages(shop, limit=limit))
    assert [order_id for page in found for order_id in page] == ids(day)
    assert all(len(page) == int(limit) for page in found[:-1])
    assert found[-1], "the last page is empty"


def test_orders_added_or_deleted_between_pages_do_not_disturb_them(shop: Shop, day: list[Json]) -> None:
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
    mine = [
        stored(minute, email="Bob@Example.org", status=("placed", "packed")[minute % 2])
        for minute in range(6)
    ]
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
    assert Reply(shop.call("list_orders", _bare_request())).status == 200


def _bare_request() -> Json:
    from tests.handlers.shop import request

    return request("GET", "/orders") | {"queryStringParameters": None, "headers": None}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"status": "lost"}, "status"),
        ({"status": "placed#1"}, "status"),
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
def test_an_invalid_query_parameter_is_400_and_named(shop: Shop, query: Any, path: str) -> None:
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
    # The last base64 character has unused bits.
    assert {bad for bad, status in statuses.items() if status != 400} <= {flipped[-1], cursor + "="}
    assert list(get(shop, cursor="x").fields) == ["cursor"]


def test_a_cursor_of_another_list_is_400(shop: Shop) -> None:
    cursor = products(shop, limit="1").json["nextCursor"]
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


def test_a_page_of_orders_costs_four_small_queries(shop: Shop, day: list[Json], monkeypatch: Any) -> None:
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


# ---- products

NAMES = [
    "Soap",
    "soap dish",
    "Élite soap",
    "Mop",
    "mop head",
    "Broom",
    "Dust pan",
    "Duster",
    "Pail",
    "Soap SOAP",
]


@pytest.fixture
def shelf(shop: Shop) -> list[str]:
    """The SKUs, sorted by name, of ten products in two categories; the catalog has no other."""
    shop.empty_catalog()
    content = {"unitPrice": 1, "unit": "each", "active": True}
    shop.stock(
        {
            f"S-{n:02}": {"name": name, "category": ("Wet", "Dry")[n % 2]} | content
            for n, name in enumerate(NAMES)
        }
    )
    return [f"S-{NAMES.index(name):02}" for name in sorted(NAMES, key=str.lower)]


def skus(shop: Shop, **query: str) -> list[str]:
    """Return the SKUs of every page of the list."""
    found, cursor = [], ""
    for _ in range(50):
        content = products(shop, **query, cursor=cursor).json
        found += [product["sku"] for product in content["products"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return found
    raise AssertionError("the cursors never end")


@pytest.mark.parametrize("limit", ["1", "3", "10"])
def test_products_are_sorted_by_name_ignoring_case(shop: Shop, shelf: list[str], limit: str) -> None:
    assert skus(shop, limit=limit) == shelf


def test_a_listed_product_equals_the_product_itself(shop: Shop, shelf: list[str]) -> None:
    listed = products(shop).json["products"][0]
    one = shop.ask("get_product", "GET", "/products/{sku}", sku=listed["sku"]).json
    assert listed == one


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("soap", ["Soap", "soap dish", "Soap SOAP", "Élite soap"]),
        ("SOAP dish", ["soap dish"]),
        ("dish soap", ["soap dish"]),
        ("s-03", ["Mop"]),
        ("élite", ["Élite soap"]),
        ("nothing", []),
        ("soap nothing", []),
        ("'; DROP <script>", []),
        ("  ", sorted(NAMES, key=str.lower)),
    ],
)
def test_a_search_finds_products_with_all_its_words(
    shop: Shop, shelf: list[str], search: str, names: list[str]
) -> None:
    for limit in ("2", "100"):
        assert skus(shop, q=search, limit=limit) == [f"S-{NAMES.index(name):02}" for name in names]


@pytest.mark.parametrize("limit", ["2", "100"])
def test_products_can_be_filtered_by_category_and_search(shop: Shop, shelf: list[str], limit: str) -> None:
    wet = [sku for sku in shelf if int(sku[2:]) % 2 == 0]
    assert skus(shop, category="Wet", limit=limit) == wet
    found = [f"S-{NAMES.index(name):02}" for name in ("Soap", "Élite soap")]
    assert skus(shop, category="Wet", q="soap", limit=limit) == found
    assert skus(shop, category="wet") == []


def test_a_category_too_long_for_the_index_is_400(shop: Shop) -> None:
    """DynamoDB limits the partition key of an index to 2,048 bytes."""
    assert "category" in products(shop, category="x" * 3000).fields


def test_a_search_of_over_100_characters_is_400(shop: Shop) -> None:
    assert "q" in products(shop, q="a " * 51).fields
    assert products(shop, q="a " * 50).status == 200


def test_a_product_search_reads_a_bounded_part_a_page(shop: Shop, shelf: list[str], monkeypatch: Any) -> None:
    """The cursor of each page leads to the rest, even if the page is empty."""
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: _SmallPagesClient(client))
    monkeypatch.setattr(listing, "_MAX_READS", 1)
    first = products(shop, q="soap", limit="100").json
    assert len(first["products"]) < 4
    assert first["nextCursor"]
    assert skus(shop, q="soap", limit="100") == [
        sku for sku in shelf if "soap" in NAMES[int(sku[2:])].lower()
    ]


class _SmallPagesClient:
    """A DynamoDB client that reads two items a query, as if items were very large."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def query(self, **request: Any) -> Any:
        return self._client.query(**{**request, "Limit": 2})


def test_a_cursor_contains_only_a_position_in_the_list(shop: Shop, shelf: list[str]) -> None:
    cursor = products(shop, limit="1").json["nextCursor"]
    decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert decoded[6:].decode() == "broom #S-05"
    assert json.dumps(cursor)
