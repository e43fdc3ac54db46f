"""The search index of the storefront: what it has of each product, and how it changes."""

import json
import random
from typing import Any

import pytest

from lambdas.shop import storefront_index
from lambdas.shop.documents import Product
from lambdas.shop.storefront_index import changed
from tests.storefront import product

SHELF = {
    one["sku"]: one
    for one in (
        product("A", name="Soap dish", category="Washroom", unit="piece", description="For soap and sponges"),
        product("B", name="Soap", category="Washroom", unit="bar", vatClass="standard"),
        product("C", name="mop", currency="EUR"),
    )
}


def rows(index: bytes) -> list[tuple[str, str, str]]:
    found = json.loads(index)
    return [
        (sku, found["categories"][category], found["units"][unit])
        for sku, category, unit in zip(found["sku"], found["category"], found["unit"], strict=True)
    ]


def test_products_are_in_the_sequence_of_the_list_by_name() -> None:
    index = changed(None, SHELF)
    assert rows(index) == [
        ("C", "Floor care", "box of 12"),
        ("B", "Washroom", "bar"),
        ("A", "Washroom", "piece"),
    ]
    assert json.loads(index)["words"] == ["", "", "for and sponges forsoap andsponges"]


def test_a_changed_product_replaces_what_the_index_had() -> None:
    index = changed(changed(None, SHELF), {"B": product("B", name="Zinc soap", category="Kitchen")})
    assert [sku for sku, *_ in rows(index)] == ["C", "A", "B"]
    assert rows(index)[-1] == ("B", "Kitchen", "box of 12")


@pytest.mark.parametrize("gone", [None, product("B", active=False)])
def test_a_product_that_is_not_sold_leaves_the_index(gone: Product | None) -> None:
    index = changed(changed(None, SHELF), {"B": gone})
    assert [sku for sku, *_ in rows(index)] == ["C", "A"]
    assert changed(index, {"B": gone}) == index


def test_changes_one_by_one_make_the_same_index_as_all_at_once() -> None:
    chance = random.Random(1)
    products: dict[str, Product] = {}
    index = None
    for at in range(200):
        sku = f"S{chance.randrange(20)}"
        fields: dict[str, Any] = {
            "name": f"Name {chance.randrange(9)}",
            "category": f"C{chance.randrange(3)}",
        }
        one = product(sku, active=chance.random() < 0.7, description=f"Word{at}", **fields)
        products[sku] = one
        index = changed(index, {sku: one})
    assert index == changed(None, products)


def test_an_empty_index_has_no_products_and_can_be_filled() -> None:
    empty = changed(None, {})
    assert json.loads(empty)["sku"] == []
    assert changed(empty, SHELF) == changed(None, SHELF)


def test_an_index_that_was_too_large_gets_descriptions_when_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = changed(None, SHELF)
    monkeypatch.setattr(storefront_index, "MAX_BYTES", 10)
    short = changed(None, SHELF)
    assert [json.loads(short)[name] for name in ("complete", "words")] == [False, ["", "", ""]]
    monkeypatch.undo()
    partly = changed(short, {"A": SHELF["A"]})
    assert partly == short, "half of the descriptions would find some products and not others"
    assert changed(short, SHELF) == whole
