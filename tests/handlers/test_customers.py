"""Customers as the orders know them: the list, the search, one of them."""

from typing import Any

import pytest

from lambdas.platform import aws
from lambdas.shop import order_table
from tests.handlers.desk import ADMIN, Desk, Json, Reply, change, order

pytestmark = pytest.mark.store

VIEWS = ("SHOP_CUSTOMERS_TABLE", "SHOP_TERMS_TABLE")


def placed(desk: Desk, email: str, at: str = "2010-12-01T08:00:00.000Z", **more: Any) -> Json:
    """Store an order as if it had been accepted at that moment, and let what follows orders take note."""
    customer = {"name": "Ann Miller", "email": email} | more.pop("customer", {})
    stored = desk.place(order(customer=customer)) | {"createdAt": at} | more
    stored |= order_table.index_keys(stored)
    desk.put("SHOP_ORDERS_TABLE", stored)
    desk.follow(change(None, stored))
    return stored


def moved(desk: Desk, before: Json, status: str) -> Json:
    return changed(desk, before, status=status)


def changed(desk: Desk, before: Json, **changes: Any) -> Json:
    after = before | changes | {"version": before["version"] + 1}
    after |= order_table.index_keys(after)
    desk.put("SHOP_ORDERS_TABLE", after)
    desk.follow(change(before, after))
    return after


def erased(desk: Desk, before: Json) -> None:
    """Have an admin erase an order, and let what follows orders take note."""
    path = {"claims": ADMIN, "orderID": before["orderID"]}
    assert desk.ask("delete_order", "DELETE", "/orders/{orderID}", **path).status == 204
    desk.follow(change(before, desk.orders()[before["orderID"]]))


def get(desk: Desk, **query: str) -> Reply:
    return desk.ask("list_customers", "GET", "/customers", query=query)


def one(desk: Desk, email: str) -> Reply:
    return desk.ask("get_customer", "GET", "/customers/{email}", email=email)


def emails(desk: Desk, **query: str) -> list[str]:
    """Follow the cursors; return the addresses."""
    found, cursor = [], ""
    for _ in range(100):
        content = get(desk, **query, cursor=cursor).json
        found += [customer["email"] for customer in content["customers"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return found
    raise AssertionError("the cursors never end")


def test_without_orders_there_are_no_customers(desk: Desk) -> None:
    assert get(desk).json == {"customers": [], "nextCursor": None}
    assert one(desk, "ann@example.org").status == 404


def test_a_customer_is_what_their_orders_tell(desk: Desk) -> None:
    placed(desk, "Ann@Example.org", customer={"company": "Old Ltd", "phone": "0123"})
    cancelled = placed(desk, "ann@example.org", "2010-12-02T08:00:00.000Z")
    moved(desk, cancelled, "cancelled")
    last = placed(
        desk,
        "ANN@example.org",
        "2010-12-03T08:00:00.000Z",
        customer={"name": "Ann M.", "address": "Side door"},
    )
    wanted = {
        "email": "ann@example.org",
        "name": "Ann M.",
        "address": "Side door",
        "orders": 3,
        "sales": 2,
        "total": 2 * 3399,
        "currency": "GBP",
        "lastOrderAt": "2010-12-03T08:00:00.000Z",
        "lastOrderID": last["orderID"],
    }
    assert one(desk, "Ann@Example.ORG").json == wanted
    assert one(desk, "ann%40example.org").json == wanted
    assert get(desk).json == {"customers": [wanted], "nextCursor": None}
    assert get(desk, q="ann").json == {"customers": [wanted], "nextCursor": None}


@pytest.mark.parametrize(
    "email", ["nobody@example.org", "nobody", "x" * 3000 + "@example.org", "%00", "a b@c.org"]
)
def test_nobody_is_404(desk: Desk, email: str) -> None:
    placed(desk, "ann@example.org")
    reply = one(desk, email)
    assert (reply.status, reply.error["code"]) == (404, "not_found")


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_who_ordered_last_comes_first(desk: Desk, limit: str) -> None:
    for day, name in enumerate("bcadfe", 1):
        placed(desk, f"{name}@example.org", f"2010-12-{day:02}T08:00:00.000Z")
    placed(desk, "c@example.org", "2010-12-09T08:00:00.000Z")
    assert emails(desk, limit=limit) == [f"{name}@example.org" for name in "cefdab"]


def test_an_older_order_that_comes_late_does_not_speak_for_its_customer(desk: Desk) -> None:
    placed(desk, "ann@example.org", "2010-12-05T08:00:00.000Z", customer={"name": "New Name"})
    placed(desk, "ann@example.org", "2010-12-01T08:00:00.000Z", customer={"name": "Old Name"})
    assert one(desk, "ann@example.org").json["name"] == "New Name"
    assert emails(desk, q="new name") == ["ann@example.org"]
    assert emails(desk, q="old name") == []


@pytest.mark.parametrize("limit", ["1", "2", "100"])
def test_a_search_finds_customers_in_the_order_of_their_addresses(desk: Desk, limit: str) -> None:
    people = {
        "zoe@hotel.example": {"name": "Zoë Groß", "company": "Hôtel Ritz"},
        "amy@hotel.example": {"name": "Amy Ritz"},
        "bob@shop.example": {"name": "Bob", "company": "Ritzy Hotels"},
        "eve@shop.example": {"name": "Eve"},
    }
    for email, customer in people.items():
        placed(desk, email, customer=customer)
    assert emails(desk, q="HOTEL ritz", limit=limit) == [
        "amy@hotel.example",
        "bob@shop.example",
        "zoe@hotel.example",
    ]
    assert emails(desk, q="zoe gross", limit=limit) == ["zoe@hotel.example"]
    assert emails(desk, q="eve@shop.ex", limit=limit) == ["eve@shop.example"]
    assert emails(desk, q="example", limit=limit) == []  # a mail address's ending says nothing of anybody
    assert emails(desk, q="ritz nobody", limit=limit) == []


def test_an_order_that_goes_to_somebody_else_goes_with_its_figures(desk: Desk) -> None:
    first = placed(desk, "ann@example.org", customer={"name": "Ann First"})
    second = placed(desk, "ann@example.org", "2010-12-02T08:00:00.000Z", customer={"name": "Ann Second"})
    changed(desk, second, customer={"name": "Bob", "email": "Bob@example.org"})
    ann, bob = one(desk, "ann@example.org").json, one(desk, "bob@example.org").json
    assert (ann["name"], ann["orders"], ann["lastOrderID"]) == ("Ann First", 1, first["orderID"])
    assert (bob["name"], bob["orders"], bob["lastOrderID"]) == ("Bob", 1, second["orderID"])
    assert emails(desk, q="second") == []
    changed(desk, first, customer={"name": "Bob", "email": "Bob@example.org"})
    assert one(desk, "ann@example.org").status == 404
    assert emails(desk) == ["bob@example.org"]


def test_an_edited_name_is_the_customers_name(desk: Desk) -> None:
    before = placed(desk, "ann@example.org", customer={"name": "Ann Wrong", "company": "Wrong Ltd"})
    changed(desk, before, customer={"name": "Ann Right", "email": "ann@example.org"})
    assert one(desk, "ann@example.org").json["name"] == "Ann Right"
    assert "company" not in one(desk, "ann@example.org").json
    assert emails(desk, q="wrong") == []


def test_erasing_the_latest_order_lets_the_one_before_speak(desk: Desk) -> None:
    first = placed(desk, "ann@example.org", customer={"name": "Ann First"})
    second = placed(desk, "ann@example.org", "2010-12-02T08:00:00.000Z", customer={"name": "Ann Zweig"})
    erased(desk, second)
    row = one(desk, "ann@example.org").json
    assert (row["name"], row["orders"], row["lastOrderID"]) == ("Ann First", 1, first["orderID"])
    assert "zweig" not in str([desk.all(table) for table in VIEWS]).lower()


def test_erasing_the_last_order_leaves_no_trace_of_its_customer(desk: Desk) -> None:
    mine = placed(
        desk, "Zweig@hidden.example", customer={"name": "Ann Zweig", "company": "Hidden", "phone": "0987654"}
    )
    mine = changed(desk, mine, customer=mine["customer"] | {"address": "Secret Lane"})
    erased(desk, mine)
    assert [desk.all(table) for table in VIEWS] == [[], []]
    assert one(desk, "zweig@hidden.example").status == 404
    assert emails(desk, q="zweig") == []


def test_an_order_without_a_usable_customer_makes_no_customer(desk: Desk) -> None:
    body = order(customer={"name": "Nobody"})
    stored = desk.place(body)
    assert stored["status"] == "rejected"
    desk.follow(change(None, stored))
    assert get(desk).json["customers"] == []
    erased(desk, stored)
    assert [desk.all(table) for table in VIEWS] == [[], []]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"q": "a"}, "q"),
        ({"q": "a" * 101}, "q"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_a_parameter_out_of_its_rule_is_400_with_its_name(desk: Desk, query: Any, path: str) -> None:
    reply = get(desk, **query)
    assert (reply.status, list(reply.fields)) == (400, [path])


def test_a_cursor_of_the_other_list_is_400(desk: Desk) -> None:
    for name in "abc":
        placed(desk, f"{name}@hotel.example")
    of_all = get(desk, limit="1").json["nextCursor"]
    of_search = get(desk, limit="1", q="hotel").json["nextCursor"]
    assert of_all
    assert of_search
    assert get(desk, cursor=of_search).status == 400
    assert get(desk, cursor=of_all, q="hotel").status == 400


def test_a_customer_whose_details_are_still_to_come_is_not_shown(desk: Desk) -> None:
    """The figures come first; whoever reads in between sees nobody rather than half of somebody."""
    desk.put("SHOP_CUSTOMERS_TABLE", {"email": "ann@example.org", "orders": 1, "sales": 1, "total:GBP": 5})
    assert one(desk, "ann@example.org").status == 404
    assert get(desk).json["customers"] == []


def test_a_row_behind_its_customer_shows_nothing_wrong(desk: Desk) -> None:
    placed(desk, "ann@example.org", customer={"name": "Ann Miller"})
    placed(desk, "bob@example.org", customer={"name": "Bob Miller"})
    key = {"email": {"S": "bob@example.org"}}
    aws.dynamodb().delete_item(TableName=desk.names["SHOP_CUSTOMERS_TABLE"], Key=key)
    assert emails(desk, q="miller") == ["ann@example.org"]


@pytest.mark.parametrize("module", ["list_customers", "get_customer", "get_activity", "get_workload"])
def test_nobody_outside_the_groups_is_told_anything(desk: Desk, module: str) -> None:
    reply = desk.ask(module, "GET", "/x", claims={"email": "x@example.org"})
    assert reply.status == 403
