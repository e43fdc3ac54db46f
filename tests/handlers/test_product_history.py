"""The history of a product: who changed what, when, from what to what."""

from typing import Any

import pytest

from lambdas.shop import product_history
from tests.handlers.shop import ADMIN, STAFF, Json, Shop

pytestmark = pytest.mark.store

PATH = "/products/{sku}"
PAIL: Json = {"name": "Steel Pail", "category": "Pails", "unitPrice": 300, "unit": "each", "active": True}
BY_STAFF = {"by": STAFF["email"], "sub": STAFF["sub"]}
BY_ADMIN = {"by": ADMIN["email"], "sub": ADMIN["sub"]}


def put(shop: Shop, claims: Json = STAFF, sku: str = "PAIL-1", **changes: Any) -> Json:
    return shop.ask("put_product", "PUT", PATH, PAIL | changes, claims=claims, sku=sku).json


def read(shop: Shop, sku: str = "PAIL-1") -> Json:
    return shop.ask("get_product", "GET", PATH, sku=sku).json


def history(shop: Shop, sku: str = "PAIL-1") -> list[Json]:
    """Return the entries without their times, which are in order."""
    entries = read(shop, sku)["history"]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    return [{name: value for name, value in entry.items() if name != "at"} for entry in entries]


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
    assert read(shop)["history"][-1]["at"] == read(shop)["updatedAt"]


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


def test_a_long_history_shows_its_last_entries(shop: Shop) -> None:
    for price in range(product_history.MAX_ENTRIES + 3):
        put(shop, unitPrice=price)
    shown = history(shop)
    assert len(shown) == product_history.MAX_ENTRIES
    assert shown[-1]["changes"][0]["to"] == product_history.MAX_ENTRIES + 2
    assert shown[0]["changes"][0]["to"] == 3


def test_lists_and_searches_show_no_history(shop: Shop) -> None:
    put(shop)
    for query in ({}, {"q": "steel"}, {"q": "history"}):
        products = shop.ask("list_products", "GET", "/products", query=query).json["products"]
        assert not any("history" in product for product in products)
        assert ("PAIL-1" in {product["sku"] for product in products}) == (query.get("q") != "history")
