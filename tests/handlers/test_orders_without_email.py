"""Orders of customers without an e-mail address, in a shop that allows them."""

import pytest

from tests.handlers.shop import Json, Shop, change, order
from tests.handlers.test_order_calls import edit, get, put

pytestmark = pytest.mark.store

WALK_IN = {"name": "Walk-in", "phone": "020 7946 0000"}


@pytest.fixture(autouse=True)
def _email_is_optional(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shop.names, "SHOP_REQUIRED_OF_CUSTOMER", "name")


def test_an_order_without_email_is_placed_and_makes_no_customer(shop: Shop) -> None:
    placed = shop.place(order(customer=WALK_IN))
    assert (placed["status"], placed["customer"]) == ("placed", WALK_IN)
    assert "customerEmail" not in placed
    shop.follow(change(None, placed))
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    (found,) = shop.ask("list_orders", "GET", "/orders", query={"q": "walk-in"}).json["orders"]
    assert found["customer"] == WALK_IN


@pytest.mark.parametrize(
    ("customer", "fault"),
    [
        (
            {"name": "Ann", "email": ""},
            {"customer.email": 'must be an e-mail address such as name@example.org, got ""'},
        ),
        ({"phone": "1"}, {"customer.name": "is required"}),
    ],
)
def test_an_empty_email_and_a_missing_name_are_still_refused(shop: Shop, customer: Json, fault: Json) -> None:
    placed = shop.place()
    assert put(shop, placed["orderID"], edit(customer=customer)).fields == fault
    rejected = shop.place(order(customer=customer))
    assert {one["path"]: one["message"] for one in rejected["rejectionReasons"]} == fault


def test_an_edit_removes_the_email_and_the_order_leaves_its_customer(shop: Shop) -> None:
    placed = shop.place()
    shop.follow(change(None, placed))
    edited = put(shop, placed["orderID"], edit(customer=WALK_IN)).json
    assert edited["customer"] == WALK_IN
    assert {"field": "E-mail", "from": "Ann@Example.org"} in edited["history"][-1]["changes"]
    stored = shop.orders()[placed["orderID"]]
    assert "customerEmail" not in stored
    shop.follow(change(placed, stored))
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    back = put(shop, placed["orderID"], edit(), if_match="2")
    assert back.status == 200
    shop.follow(change(stored, shop.orders()[placed["orderID"]]))
    assert [row["email"] for row in shop.all("SHOP_CUSTOMERS_TABLE")] == ["bob@example.org"]


def test_an_order_without_email_is_announced_and_can_be_read(shop: Shop) -> None:
    placed = shop.place(order(customer=WALK_IN))
    shop.announce(change(None, placed))
    (mail,) = shop.mails()
    assert "Walk-in" in mail["Subject"]
    assert get(shop, placed["orderID"]).json["customer"] == WALK_IN


def test_a_shop_that_requires_the_email_again_keeps_such_orders_readable(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = shop.place(order(customer=WALK_IN))
    monkeypatch.setitem(shop.names, "SHOP_REQUIRED_OF_CUSTOMER", "name email")
    assert get(shop, placed["orderID"]).json["customer"] == WALK_IN
    refused = put(shop, placed["orderID"], edit(customer=WALK_IN))
    assert refused.fields == {"customer.email": "is required"}
    assert shop.place(order(customer=WALK_IN))["status"] == "rejected"
