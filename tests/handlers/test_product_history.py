"""The history of a product: who changed what, when, from what to what."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, fault

pytestmark = pytest.mark.store

PATH = "/products/{sku}"
PAIL: Json = {"name": "Steel Pail", "category": "Pails", "unitPrice": 300, "unit": "each", "active": True}
BY_STAFF = {"by": STAFF["email"], "sub": STAFF["sub"]}
BY_ADMIN = {"by": ADMIN["email"], "sub": ADMIN["sub"]}


def put(shop: Shop, claims: Json = STAFF, sku: str = "PAIL-1", **changes: Any) -> Json:
    return shop.ask("put_product", "PUT", PATH, PAIL | changes, claims=claims, sku=sku).json


def ask(shop: Shop, sku: str = "PAIL-1", **query: str) -> Reply:
    return shop.ask("list_product_history", "GET", f"{PATH}/history", query=query, sku=sku)


def entries(shop: Shop, sku: str = "PAIL-1", **query: str) -> list[Json]:
    """Return the entries of all pages, the latest first."""
    found, cursor = [], ""
    while cursor is not None:
        content = ask(shop, sku, **query, cursor=cursor).json
        found += content["history"]
        cursor = content["nextCursor"]
    return found


def history(shop: Shop, sku: str = "PAIL-1") -> list[Json]:
    """Return the entries without their times, which are in order, oldest first."""
    found = entries(shop, sku)[::-1]
    assert [entry["at"] for entry in found] == sorted(entry["at"] for entry in found)
    return [{name: value for name, value in entry.items() if name != "at"} for entry in found]


def test_each_change_names_the_person_and_the_values_before_and_after(shop: Shop) -> None:
    put(shop)
    put(shop, ADMIN, unitPrice=350, active=False)
    put(shop, unitPrice=350, active=False, description="10 l")
    put(shop, unitPrice=350, active=False)
    price, active = (
        {"field": "unitPrice", "from": 300, "to": 350},
        {"field": "active", "from": True, "to": False},
    )
    assert history(shop) == [
        {**BY_STAFF, "event": "added"},
        {**BY_ADMIN, "event": "changed", "changes": [price, active]},
        {**BY_STAFF, "event": "changed", "changes": [{"field": "description", "to": "10 l"}]},
        {**BY_STAFF, "event": "changed", "changes": [{"field": "description", "from": "10 l"}]},
    ]
    product = shop.ask("get_product", "GET", PATH, sku="PAIL-1").json
    assert entries(shop)[0]["at"] == product["updatedAt"]


def test_what_a_product_of_this_trade_has_is_kept_changed_and_removed(shop: Shop) -> None:
    label: Json = {
        "packSize": 12,
        "minQuantity": 6,
        "vatClass": "zero",
        "signalWord": "Danger",
        "pictograms": "GHS05, GHS07",
        "hazardStatements": "H314 Causes severe burns.\nP280 Wear gloves.",
        "ufi": "N1QV-R02N-J00M-WQD5",
    }
    put(shop, **label | {"ufi": " N1QV\u2010R02N-J00M-WQD5", "vatClass": "zero "})
    stored = shop.ask("get_product", "GET", PATH, sku="PAIL-1").json
    assert {name: stored[name] for name in label} == label
    put(shop, **label | {"minQuantity": 7, "signalWord": "", "pictograms": ""})
    assert history(shop)[-1]["changes"] == [
        {"field": "minQuantity", "from": 6, "to": 7},
        {"field": "signalWord", "from": "Danger"},
        {"field": "pictograms", "from": "GHS05, GHS07"},
    ]


def test_equal_content_and_refused_changes_have_no_entry(shop: Shop) -> None:
    put(shop)
    put(shop)
    put(shop, unitPrice=-1)
    shop.ask("put_product", "PUT", PATH, PAIL | {"unit": "box"}, headers={"If-Match": "7"}, sku="PAIL-1")
    assert [entry["event"] for entry in history(shop)] == ["added"]


def test_a_product_that_comes_again_still_has_the_history_before_its_deletion(shop: Shop) -> None:
    put(shop)
    shop.ask("delete_product", "DELETE", PATH, claims=ADMIN, sku="PAIL-1")
    put(shop, unitPrice=1)
    added, deleted = {**BY_STAFF, "event": "added"}, {**BY_ADMIN, "event": "deleted"}
    assert history(shop) == [added, deleted, added]


def test_the_ways_to_change_a_product_all_write_its_history(shop: Shop) -> None:
    shop.ask("create_product", "POST", "/products", {"sku": "NEW-1", **PAIL}, claims=ADMIN)
    body = {"items": [{"sku": "NEW-1", **PAIL, "unitPrice": 1}]}
    shop.ask("import_products", "POST", "/products/batch", body)
    put(shop, sku="NEW-1")
    assert [(entry["event"], entry["by"]) for entry in history(shop, "NEW-1")] == [
        ("added", ADMIN["email"]),
        ("changed", STAFF["email"]),
        ("changed", STAFF["email"]),
    ]


@pytest.mark.parametrize("limit", ["1", "4", "100"])
def test_a_long_history_has_pages_the_latest_change_first(shop: Shop, limit: str) -> None:
    for price in range(9):
        put(shop, unitPrice=price)
    prices = [entry["changes"][0]["to"] for entry in entries(shop, limit=limit) if "changes" in entry]
    assert prices == list(range(8, 0, -1))


def test_a_deleted_product_still_has_its_history(shop: Shop) -> None:
    put(shop)
    shop.ask("delete_product", "DELETE", PATH, claims=ADMIN, sku="PAIL-1")
    assert [entry["event"] for entry in history(shop)] == ["added", "deleted"]


def test_a_product_of_an_earlier_release_has_no_history_and_an_unknown_one_is_404(shop: Shop) -> None:
    assert ask(shop, "MOP-1").json == {"history": [], "nextCursor": None}
    assert ask(shop, "NONE-1").status == 404


@pytest.mark.parametrize("sku", ["", "a b", "-x", "x" * 3000, "a/b", "\x00"])
def test_the_history_of_a_sku_that_no_product_can_have_is_404_without_a_read(
    shop: Shop, break_aws: Callable[..., None], sku: str
) -> None:
    """DynamoDB refuses a key that is too long."""
    break_aws("dynamodb", get_item=fault(), query=fault())
    assert ask(shop, sku).status == 404


def test_an_odd_limit_or_cursor_is_400_with_the_field(shop: Shop) -> None:
    put(shop)
    shop.stock()
    listed = shop.ask("list_products", "GET", "/products", query={"limit": "1"}).json["nextCursor"]
    for name, value in (("limit", "0"), ("limit", "x"), ("cursor", "x"), ("cursor", listed)):
        assert name in ask(shop, **{name: value}).fields


def test_a_search_finds_no_product_by_the_rows_of_histories(shop: Shop) -> None:
    put(shop)
    assert shop.ask("list_products", "GET", "/products", query={"q": "history"}).json["products"] == []
