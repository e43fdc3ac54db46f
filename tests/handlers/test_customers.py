"""The calls about customers: list, search and get one. All customers come from orders."""

from typing import Any

import pytest

from lambdas.platform import aws
from tests.handlers.shop import ADMIN, Json, Reply, Shop, change, order, with_keys

pytestmark = pytest.mark.store

CUSTOMER_TABLES = ("SHOP_CUSTOMERS_TABLE", "SHOP_TERMS_TABLE")


def place_order(shop: Shop, email: str, at: str = "2010-12-01T08:00:00.000Z", **more: Any) -> Json:
    """Store an order that was placed at the time `at`, and update customers and search terms."""
    customer = {"name": "Ann Miller", "email": email} | more.pop("customer", {})
    stored = shop.place(order(customer=customer)) | {"createdAt": at} | more
    stored = with_keys(stored)
    shop.put("SHOP_ORDERS_TABLE", stored)
    shop.follow(change(None, stored))
    return stored


def move_order(shop: Shop, before: Json, status: str) -> Json:
    return change_order(shop, before, status=status)


def change_order(shop: Shop, before: Json, **changes: Any) -> Json:
    after = before | changes | {"version": before["version"] + 1}
    after = with_keys(after)
    shop.put("SHOP_ORDERS_TABLE", after)
    shop.follow(change(before, after))
    return after


def erase_order(shop: Shop, before: Json) -> None:
    """Have an admin erase an order, and update customers and search terms."""
    path = {"claims": ADMIN, "orderID": before["orderID"]}
    assert shop.ask("delete_order", "DELETE", "/orders/{orderID}", **path).status == 204
    shop.follow(change(before, shop.orders()[before["orderID"]]))


def get_list(shop: Shop, **query: str) -> Reply:
    return shop.ask("list_customers", "GET", "/customers", query=query)


def get_one(shop: Shop, email: str) -> Reply:
    return shop.ask("get_customer", "GET", "/customers/{email}", email=email)


def emails(shop: Shop, **query: str) -> list[str]:
    """Return the email addresses of every page of the list."""
    found, cursor = [], ""
    for _ in range(100):
        content = get_list(shop, **query, cursor=cursor).json
        found += [customer["email"] for customer in content["customers"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return found
    raise AssertionError("the cursors never end")


def test_no_orders_means_no_customers(shop: Shop) -> None:
    assert get_list(shop).json == {"customers": [], "nextCursor": None}
    assert get_one(shop, "ann@example.org").status == 404


WRITINGS = ["José@Bücher.example", "\u202ajose\u0301@bücher.example\u202c", "josé@xn--bcher-kva.example"]


def test_orders_with_two_writings_of_one_address_are_one_customer(shop: Shop) -> None:
    placed = [place_order(shop, email) for email in WRITINGS]
    assert emails(shop) == ["josé@bücher.example"]
    for writing in WRITINGS:
        assert get_one(shop, writing).json["orders"] == 3
        listed = shop.ask("list_orders", "GET", "/orders", query={"customer": writing, "q": "ann"}).json
        assert {one["orderID"] for one in listed["orders"]} == {one["orderID"] for one in placed}


def test_a_change_moves_an_order_to_the_present_spelling_of_its_customer(shop: Shop) -> None:
    """An earlier release stored an address with an invisible character as another customer."""
    old = place_order(shop, "ann@example.org") | {"customerEmail": "\u200bann@example.org"}
    shop.put("SHOP_CUSTOMERS_TABLE", {"email": "ann@example.org", "orders": 0})
    shop.follow(change(None, old | {"version": 2}))
    after = with_keys(old | {"status": "packed", "version": 3})
    shop.follow(change(old | {"version": 2}, after))
    assert emails(shop) == ["ann@example.org"]
    assert get_one(shop, "ann@example.org").json["orders"] == 1


def test_a_customer_has_latest_details_and_totals_of_their_orders(shop: Shop) -> None:
    place_order(shop, "Ann@Example.org", customer={"company": "Old Ltd", "phone": "0123"})
    cancelled = place_order(shop, "ann@example.org", "2010-12-02T08:00:00.000Z")
    move_order(shop, cancelled, "cancelled")
    last = place_order(
        shop,
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
    assert get_one(shop, "Ann@Example.ORG").json == wanted | {"version": 4}
    assert get_one(shop, "ann%40example.org").json == wanted | {"version": 4}
    assert get_list(shop).json == {"customers": [wanted], "nextCursor": None}
    assert get_list(shop, q="ann").json == {"customers": [wanted], "nextCursor": None}


@pytest.mark.parametrize(
    "email", ["nobody@example.org", "nobody", "x" * 3000 + "@example.org", "%00", "a b@c.org"]
)
def test_an_unknown_customer_is_404(shop: Shop, email: str) -> None:
    place_order(shop, "ann@example.org")
    reply = get_one(shop, email)
    assert (reply.status, reply.error["code"]) == (404, "not_found")


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_the_customer_with_the_latest_order_comes_first(shop: Shop, limit: str) -> None:
    for day, name in enumerate("bcadfe", 1):
        place_order(shop, f"{name}@example.org", f"2010-12-{day:02}T08:00:00.000Z")
    place_order(shop, "c@example.org", "2010-12-09T08:00:00.000Z")
    assert emails(shop, limit=limit) == [f"{name}@example.org" for name in "cefdab"]


def test_an_older_order_that_arrives_late_does_not_change_details(shop: Shop) -> None:
    place_order(shop, "ann@example.org", "2010-12-05T08:00:00.000Z", customer={"name": "New Name"})
    place_order(shop, "ann@example.org", "2010-12-01T08:00:00.000Z", customer={"name": "Old Name"})
    assert get_one(shop, "ann@example.org").json["name"] == "New Name"
    assert emails(shop, q="new name") == ["ann@example.org"]
    assert emails(shop, q="old name") == []


@pytest.mark.parametrize("limit", ["1", "2", "100"])
def test_a_search_finds_customers_the_latest_order_first(shop: Shop, limit: str) -> None:
    people = {
        "zoe@hotel.example": {"name": "Zoë Groß", "company": "Hôtel Ritz"},
        "amy@hotel.example": {"name": "Amy Ritz"},
        "bob@shop.example": {"name": "Bob", "company": "Ritzy Hotels"},
        "eve@shop.example": {"name": "Eve"},
    }
    for day, (email, customer) in enumerate(people.items(), 1):
        place_order(shop, email, f"2010-12-{day:02}T08:00:00.000Z", customer=customer)
        place_order(shop, email, "2010-11-30T08:00:00.000Z", customer=customer)
    assert emails(shop, q="HOTEL ritz", limit=limit) == [
        "bob@shop.example",
        "amy@hotel.example",
        "zoe@hotel.example",
    ]
    assert emails(shop, q="zoe gross", limit=limit) == ["zoe@hotel.example"]
    assert emails(shop, q="eve@shop.ex", limit=limit) == ["eve@shop.example"]
    assert emails(shop, q="example", limit=limit) == []  # the last part of an email address is not searched
    assert emails(shop, q="ritz nobody", limit=limit) == []


def test_editing_the_customer_of_an_order_moves_its_figures(shop: Shop) -> None:
    first = place_order(shop, "ann@example.org", customer={"name": "Ann First"})
    second = place_order(shop, "ann@example.org", "2010-12-02T08:00:00.000Z", customer={"name": "Ann Second"})
    change_order(shop, second, customer={"name": "Bob", "email": "Bob@example.org"})
    ann, bob = get_one(shop, "ann@example.org").json, get_one(shop, "bob@example.org").json
    assert (ann["name"], ann["orders"], ann["lastOrderID"]) == ("Ann First", 1, first["orderID"])
    assert (bob["name"], bob["orders"], bob["lastOrderID"]) == ("Bob", 1, second["orderID"])
    assert emails(shop, q="second") == []
    change_order(shop, first, customer={"name": "Bob", "email": "Bob@example.org"})
    assert get_one(shop, "ann@example.org").status == 404
    assert emails(shop) == ["bob@example.org"]


def test_an_edited_name_becomes_the_name_of_the_customer(shop: Shop) -> None:
    before = place_order(shop, "ann@example.org", customer={"name": "Ann Wrong", "company": "Wrong Ltd"})
    change_order(shop, before, customer={"name": "Ann Right", "email": "ann@example.org"})
    assert get_one(shop, "ann@example.org").json["name"] == "Ann Right"
    assert "company" not in get_one(shop, "ann@example.org").json
    assert emails(shop, q="wrong") == []


def test_erasing_the_latest_order_restores_details_of_the_previous_one(shop: Shop) -> None:
    first = place_order(shop, "ann@example.org", customer={"name": "Ann First"})
    second = place_order(shop, "ann@example.org", "2010-12-02T08:00:00.000Z", customer={"name": "Ann Zweig"})
    erase_order(shop, second)
    row = get_one(shop, "ann@example.org").json
    assert (row["name"], row["orders"], row["lastOrderID"]) == ("Ann First", 1, first["orderID"])
    assert "zweig" not in str([shop.all(table) for table in CUSTOMER_TABLES]).lower()


def test_erasing_the_only_order_removes_every_trace_of_the_customer(shop: Shop) -> None:
    mine = place_order(
        shop, "Zweig@hidden.example", customer={"name": "Ann Zweig", "company": "Hidden", "phone": "0987654"}
    )
    mine = change_order(shop, mine, customer=mine["customer"] | {"address": "Secret Lane"})
    erase_order(shop, mine)
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    assert not {"zweig", "hidden"} & set(str(shop.all("SHOP_TERMS_TABLE")).lower().split())
    assert get_one(shop, "zweig@hidden.example").status == 404
    assert emails(shop, q="zweig") == []


def test_a_rejected_order_without_an_email_address_creates_no_customer(shop: Shop) -> None:
    body = order(customer={"name": "Nobody"})
    stored = shop.place(body)
    assert stored["status"] == "rejected"
    shop.follow(change(None, stored))
    assert get_list(shop).json["customers"] == []
    erase_order(shop, stored)
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []


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
def test_an_invalid_query_parameter_is_400_with_its_name(shop: Shop, query: Any, path: str) -> None:
    reply = get_list(shop, **query)
    assert (reply.status, list(reply.fields)) == (400, [path])


def test_a_cursor_is_valid_only_in_its_own_list_or_search(shop: Shop) -> None:
    for name in "abc":
        place_order(shop, f"{name}@hotel.example")
    of_all = get_list(shop, limit="1").json["nextCursor"]
    of_search = get_list(shop, limit="1", q="hotel").json["nextCursor"]
    assert of_all
    assert of_search
    assert get_list(shop, cursor=of_search).status == 400
    assert get_list(shop, cursor=of_all, q="hotel").status == 400


def test_a_customer_without_details_is_not_shown(shop: Shop) -> None:
    """A customer whose last order is gone has no details until the row is deleted."""
    shop.put("SHOP_CUSTOMERS_TABLE", {"email": "ann@example.org", "orders": 0, "sales": 0, "total:GBP": 0})
    assert get_one(shop, "ann@example.org").status == 404
    assert get_list(shop).json["customers"] == []


def test_a_search_term_of_a_deleted_customer_finds_nothing(shop: Shop) -> None:
    place_order(shop, "ann@example.org", customer={"name": "Ann Miller"})
    place_order(shop, "bob@example.org", customer={"name": "Bob Miller"})
    key = {"email": {"S": "bob@example.org"}}
    aws.dynamodb().delete_item(TableName=shop.names["SHOP_CUSTOMERS_TABLE"], Key=key)
    assert emails(shop, q="miller") == ["ann@example.org"]


@pytest.mark.parametrize(
    "module", ["list_customers", "get_customer", "get_activity", "get_sales", "get_workload"]
)
def test_an_account_outside_staff_and_admin_gets_403(shop: Shop, module: str) -> None:
    reply = shop.ask(module, "GET", "/x", claims={"email": "x@example.org"})
    assert reply.status == 403
