"""The sort orders of the list of orders, and the cursors that belong to each."""

from typing import Any

import pytest

from lambdas.shop import order_lists, order_status
from tests.handlers.order_lists import ANN, LUKASZ, found, get, ids, store, stored
from tests.handlers.shop import Shop

pytestmark = pytest.mark.store


@pytest.mark.parametrize("limit", ["1", "3", "100"])
@pytest.mark.parametrize(("sort", "reverse"), [("largest", True), ("smallest", False)])
def test_orders_can_be_sorted_by_total(shop: Shop, sort: str, reverse: bool, limit: str) -> None:
    totals = [5, 100, 20, 100, 0, 1_000_000_000_000_000, 99]
    statuses = list(order_status.NEXT)
    some = [stored(at, total=total, status=statuses[at % 6]) for at, total in enumerate(totals)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    wanted = sorted(some, key=lambda one: (one["total"], one["orderID"]), reverse=reverse)
    assert found(shop, sort=sort, limit=limit) == ids(wanted)
    packed = [one for one in wanted if one["status"] == "packed"]
    assert found(shop, sort=sort, status="packed", limit=limit) == ids(packed)


@pytest.mark.parametrize(
    ("status", "target"),
    [(status, target) for status, targets in order_status.NEXT.items() for target in targets],
)
def test_an_order_that_moves_while_totals_are_read_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, status: str, target: str
) -> None:
    """The status that an order leaves is read before the one that it gets."""
    monkeypatch.setenv("SHOP_ORDERS_TABLE", "orders")
    read = list(order_lists.by_total("", largest_first=True).partitions)
    assert read.index(f"{status}#3") < read.index(f"{target}#0")


def test_orders_can_be_sorted_oldest_first(shop: Shop) -> None:
    some = [stored(at, status=("placed", "packed")[at % 2]) for at in range(6)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    assert found(shop, sort="oldest", limit="2") == ids(some)
    assert found(shop, sort="oldest", status="packed", limit="2") == ids(some[1::2])
    assert found(shop, sort="oldest", customer="ann@example.org", limit="2") == ids(some)


def test_an_edited_or_moved_order_is_sorted_by_its_current_total(shop: Shop) -> None:
    small = shop.place()
    large = shop.place()
    lines = [{"sku": "MOP-1", "quantity": 1}]
    body = {"customer": large["customer"], "items": lines}
    edit = shop.ask(
        "replace_order",
        "PUT",
        "/orders/{orderID}",
        body,
        headers={"If-Match": '"1"'},
        orderID=large["orderID"],
    )
    assert edit.status == 200
    assert found(shop, sort="largest") == ids([small, large])
    move = shop.ask(
        "move_order", "PATCH", "/orders/{orderID}", {"status": "packed"}, orderID=small["orderID"]
    )
    assert move.status == 200
    assert found(shop, sort="smallest", status="packed") == [small["orderID"]]
    assert found(shop, sort="smallest", status="placed") == [large["orderID"]]


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "best"},
        {"sort": "Newest"},
        {"sort": "largest", "q": "ann"},
        {"sort": "smallest", "customer": "ann@example.org"},
        {"sort": "largest", "from_": "2010-12-01"},
        {"sort": "largest", "to": "2010-12-01"},
    ],
)
def test_a_sort_order_without_an_index_is_400(shop: Shop, query: Any) -> None:
    reply = get(shop, **query)
    assert (reply.status, list(reply.fields)) == (400, ["sort"])


def test_a_cursor_of_another_sort_order_is_400(shop: Shop) -> None:
    store(shop, *(stored(at, total=at) for at in range(5)))
    lists: list[dict[str, str]] = [
        {"sort": "newest"},
        {"sort": "oldest"},
        {"sort": "largest"},
        {"sort": "smallest"},
        {"q": "ann"},
    ]
    cursors = [get(shop, **one, limit="2").json["nextCursor"] for one in lists]
    for mine, one in enumerate(lists):
        statuses = [get(shop, **one, cursor=cursor, limit="2").status for cursor in cursors]
        assert statuses == [200 if at == mine else 400 for at in range(len(lists))]


@pytest.mark.parametrize("query", [{}, {"q": "ann"}], ids=["list", "search"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_cursor_of_another_period_shows_no_orders_outside(
    shop: Shop, sort: str, query: dict[str, str]
) -> None:
    some = store(shop, *(stored(at) for at in range(6)))
    cursor = get(shop, **query, sort=sort, limit="1").json["nextCursor"]
    period = {"from_": some[2]["createdAt"], "to": some[3]["createdAt"]}
    after = get(shop, **query, **period, sort=sort, cursor=cursor).json["orders"]
    wanted = get(shop, **query, **period, sort=sort).json["orders"]
    assert after == wanted
    assert len(wanted) == 2


def test_a_cursor_of_another_search_shows_no_wrong_orders(shop: Shop) -> None:
    some = store(shop, *(stored(at, (ANN, LUKASZ)[at % 2]) for at in range(6)))
    cursor = get(shop, q="ann", limit="1").json["nextCursor"]
    after = get(shop, q="lukasz", cursor=cursor).json["orders"]
    assert {order["orderID"] for order in after} <= set(ids(some[1::2]))
