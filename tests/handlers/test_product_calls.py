"""The calls about one product: create, get, put and delete, and the search terms that these calls write."""

import json
from typing import Any

import pytest

from lambdas.platform import json_schema, tables
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, cancelled

pytestmark = pytest.mark.store

PATH = "/products/{sku}"
INTERNAL_FIELDS = {"listShard", "listKey"}


def pail(**changes: Any) -> Json:
    """Return the PUT body of a sample product (a steel pail), with these fields changed."""
    base = {"name": "Steel Pail", "category": "Pails", "unitPrice": 300, "unit": "each", "active": True}
    return base | changes


def put(shop: Shop, body: Any, sku: str = "PAIL-1", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("put_product", "PUT", PATH, body, headers=named, sku=sku)


def get(shop: Shop, sku: str = "PAIL-1") -> Reply:
    return shop.ask("get_product", "GET", PATH, sku=sku)


def delete(shop: Shop, sku: str = "PAIL-1", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("delete_product", "DELETE", PATH, claims=ADMIN, headers=named, sku=sku)


def stored_item(shop: Shop, sku: str = "PAIL-1") -> Json:
    return next(item for item in shop.all("SHOP_PRODUCTS_TABLE") if item["sku"] == sku)


def test_a_new_product_is_201_in_the_configured_currency(shop: Shop) -> None:
    reply = put(shop, pail(description="10 l"))
    assert (reply.status, reply.headers["ETag"]) == (201, '"1"')
    assert reply.json["createdAt"] == reply.json["updatedAt"]
    content = pail(description="10 l", sku="PAIL-1", currency="GBP", version=1)
    assert content.items() <= reply.json.items()
    assert get(shop).json == reply.json
    assert get(shop).headers["ETag"] == '"1"'


def test_a_saved_product_loses_the_keys_that_an_earlier_release_stored(shop: Shop) -> None:
    put(shop, pail())
    shop.put("SHOP_PRODUCTS_TABLE", stored_item(shop) | {"listShard": "1", "listKey": "steel pail #PAIL-1"})
    for answer in (get(shop).json, put(shop, pail(), If_None_Match="*").json["product"]):
        assert not INTERNAL_FIELDS & answer.keys()
    assert not INTERNAL_FIELDS & listed(shop, q="steel")[0].keys()
    put(shop, pail(unitPrice=1))
    assert not INTERNAL_FIELDS & stored_item(shop).keys()


def test_a_changed_product_is_200_with_the_next_version(shop: Shop) -> None:
    first = put(shop, pail(description="x")).json
    reply = put(shop, pail(unitPrice=350))
    assert (reply.status, reply.headers["ETag"], reply.json["unitPrice"]) == (200, '"2"', 350)
    assert reply.json["createdAt"] == first["createdAt"]
    assert "description" not in reply.json


def _events(capsys: pytest.CaptureFixture[str]) -> list[Json]:
    """Return the logged events, without those that only say that a request was answered."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [
        {name: value for name, value in line.items() if name != "sku"}
        for line in lines
        if line["event"] != "request.answered"
    ]


def test_a_product_names_who_changed_it_last(shop: Shop) -> None:
    assert put(shop, pail()).json["updatedBy"] == {"name": STAFF["email"], "sub": STAFF["sub"]}
    body, admin = pail(unitPrice=350), {"name": ADMIN["email"], "sub": ADMIN["sub"]}
    assert shop.ask("put_product", "PUT", PATH, body, claims=ADMIN, sku="PAIL-1").json["updatedBy"] == admin
    put(shop, body)  # by staff, with equal content
    assert get(shop).json["updatedBy"] == admin
    listed = shop.ask("list_products", "GET", "/products", query={"q": "pail"}).json["products"]
    assert [one["updatedBy"] for one in listed] == [admin]


def test_each_change_of_a_product_is_logged_with_its_author(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    put(shop, pail())
    put(shop, pail(unitPrice=350, unit="box"))
    put(shop, pail(unitPrice=350, unit="box"))  # equal content
    put(shop, pail(), If_Match='"1"')  # refused
    delete(shop, If_Match='"1"')  # refused
    delete(shop)
    fields = ["name", "category", "unitPrice", "currency", "unit", "active"]
    added = {"version": 1, "fields": fields, "unitPriceBefore": None, "unitPrice": 300}
    changed = {"version": 2, "fields": ["unitPrice", "unit"], "unitPriceBefore": 300, "unitPrice": 350}
    assert _events(capsys) == [
        {"event": "product.added", "sub": STAFF["sub"], **added},
        {"event": "product.changed", "sub": STAFF["sub"], **changed},
        {"event": "product.deleted", "sub": ADMIN["sub"], "version": 2},
    ]


def test_putting_the_same_content_again_changes_nothing(shop: Shop) -> None:
    put(shop, pail())
    before = stored_item(shop)
    reply = put(shop, pail(sku="PAIL-1", currency="GBP"))
    assert (reply.status, reply.json["version"]) == (200, 1)
    assert stored_item(shop) == before


def test_if_none_match_refuses_to_replace_a_product(shop: Shop) -> None:
    assert put(shop, pail(), If_None_Match="*").status == 201
    reply = put(shop, pail(), If_None_Match="*")
    assert (reply.status, reply.error["code"]) == (412, "precondition_failed")
    assert reply.json["product"] == get(shop).json
    assert "If-None-Match" in put(shop, pail(), If_None_Match='"1"').fields


def test_if_match_refuses_to_replace_another_version(shop: Shop) -> None:
    assert put(shop, pail(), If_Match="1").status == 404
    put(shop, pail())
    assert put(shop, pail(unitPrice=1), If_Match='"1"').status == 200
    reply = put(shop, pail(unitPrice=2), If_Match='"1"')
    assert (reply.status, reply.json["product"]["unitPrice"]) == (412, 1)


def create(shop: Shop, body: Any) -> Reply:
    return shop.ask("create_product", "POST", "/products", body)


def test_a_created_product_is_201_and_a_second_one_of_its_sku_409(shop: Shop) -> None:
    reply = create(shop, pail(sku="PAIL-1"))
    assert (reply.status, reply.headers["ETag"]) == (201, '"1"')
    assert reply.json == get(shop).json
    assert reply.json["currency"] == "GBP"
    again = create(shop, pail(sku="PAIL-1", unitPrice=1))
    assert (again.status, again.error["code"]) == (409, "conflict")
    assert again.json["product"] == reply.json
    assert create(shop, pail(sku="PAIL-1")).status == 409
    assert get(shop).json["unitPrice"] == 300
    assert found(shop, "steel") == ["PAIL-1"]
    assert create(shop, pail(sku="EURO-2", currency="EUR")).json["currency"] == "EUR"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (pail(), "sku"),
        (pail(sku="a b"), "sku"),
        (pail(sku="batch"), "sku"),  # the path of another call
        (pail(sku="PAIL-1", unitPrice=-1), "unitPrice"),
        (pail(sku="PAIL-1", version=1), "version"),
    ],
)
def test_an_invalid_new_product_is_400_with_the_field(shop: Shop, body: Json, path: str) -> None:
    reply = create(shop, body)
    assert reply.status == 400
    assert path in reply.fields


def test_one_of_two_simultaneous_creations_is_409(shop: Shop, monkeypatch: Any) -> None:
    write = tables.transact

    def write_after_another(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        assert create(shop, pail(sku="PAIL-1", unitPrice=111)).status == 201
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after_another)
    reply = create(shop, pail(sku="PAIL-1", unitPrice=222))
    assert (reply.status, reply.json["product"]["unitPrice"]) == (409, 111)


def test_a_new_product_has_the_fields_of_a_product_and_needs_its_sku() -> None:
    new, product = json_schema.SCHEMAS["NewProduct"], json_schema.SCHEMAS["Product"]
    assert new["properties"] == product["properties"]
    assert new["required"] == ["sku", *product["required"]]


@pytest.mark.parametrize("exists", [False, True])
def test_one_of_two_simultaneous_writes_is_412(shop: Shop, monkeypatch: Any, exists: bool) -> None:
    if exists:
        put(shop, pail())
    write = tables.transact

    def write_after_another(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        assert put(shop, pail(unitPrice=111)).status in (200, 201)
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after_another)
    reply = put(shop, pail(unitPrice=222))
    assert (reply.status, reply.json["product"]["unitPrice"]) == (412, 111)
    assert stored_item(shop)["unitPrice"] == 111


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": " "}, "name"),
        ({"unitPrice": -1}, "unitPrice"),
        ({"unitPrice": 1.5}, "unitPrice"),
        ({"unitPrice": True}, "unitPrice"),
        ({"active": 1}, "active"),
        ({"currency": "gbp"}, "currency"),
        ({"sku": "PAIL-2"}, "sku"),
        ({"version": 1}, "version"),
        ({"category": ""}, "category"),
        ({"description": "\ud83e"}, "description"),
    ],
)
def test_an_invalid_product_is_400_with_the_field(shop: Shop, change: Json, path: str) -> None:
    reply = put(shop, pail(**change))
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert path in reply.fields


@pytest.mark.parametrize("sku", ["", "-x", "a b", "x" * 41, "a/b", "é", "a\nb"])
def test_an_invalid_sku_is_400_to_put_and_404_to_read(shop: Shop, sku: str) -> None:
    assert "sku" in put(shop, pail(), sku).fields
    assert get(shop, sku).status == 404
    assert delete(shop, sku).status == 404


def test_a_sku_with_invisible_characters_is_the_sku_that_people_see(shop: Shop) -> None:
    sku = "\u202aPAIL\u201110\u200b\u202c"
    assert put(shop, pail(sku=sku), sku).json["sku"] == "PAIL-10"
    assert get(shop, sku).json == get(shop, "PAIL-10").json
    assert delete(shop, sku).status == 204


def test_the_longest_names_of_any_script_can_be_indexed(shop: Shop) -> None:
    """DynamoDB limits the sort key of an index to 1,024 bytes."""
    for sku, letter in (("A" * 40, "🧹"), ("B" * 40, "İ"), ("C", "'"), ("D", "<"), ("E", "Ⱥ")):
        content = pail(name=letter * 120, category=letter * 60, description=letter * 1000)
        assert put(shop, content, sku).status == 201
        assert get(shop, sku).json["name"] == letter * 120
    listed = shop.ask("list_products", "GET", "/products", query={"limit": "100"}).json["products"]
    assert {"A" * 40, "B" * 40, "C", "D", "E"} <= {product["sku"] for product in listed}


def test_an_admin_can_delete_a_product(shop: Shop) -> None:
    put(shop, pail())
    assert delete(shop, If_Match="2").status == 412
    reply = delete(shop, If_Match="1")
    assert (reply.status, reply.text) == (204, "")
    assert (get(shop).status, delete(shop).status) == (404, 404)


def test_a_product_changed_during_its_deletion_is_kept(shop: Shop, monkeypatch: Any) -> None:
    put(shop, pail())
    write = tables.transact

    def write_after_another(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        put(shop, pail(unitPrice=1))
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after_another)
    reply = delete(shop)
    assert (reply.status, reply.json["product"]["unitPrice"]) == (412, 1)
    assert get(shop).status == 200


def test_a_write_that_boto3_repeats_is_no_conflict(shop: Shop, monkeypatch: Any) -> None:
    """boto3 repeats a write that got no response, and the condition then fails because of the first write."""
    write = tables.write_conditionally

    def write_twice(operation: str, **given: Any) -> None:
        write(operation, **given)
        write(operation, **given)

    monkeypatch.setattr(tables, "write_conditionally", write_twice)
    assert put(shop, pail()).status == 201
    assert put(shop, pail(unitPrice=1)).json["version"] == 2
    assert delete(shop).status == 204


def test_an_order_keeps_the_name_of_a_deleted_product(shop: Shop) -> None:
    placed = shop.place()
    assert delete(shop, "MOP-1").status == 204
    reply = shop.ask("get_order", "GET", "/orders/{orderID}", orderID=placed["orderID"])
    assert reply.json["items"][0]["name"] == "Flat mop"


# ---- search


def listed(shop: Shop, **query: str) -> list[Json]:
    return list(shop.ask("list_products", "GET", "/products", query=query).json["products"])


def found(shop: Shop, words: str) -> list[str]:
    return [product["sku"] for product in listed(shop, q=words)]


@pytest.mark.parametrize("words", ["ste", "steel", "PAIL", "pail st", "pail-1", "pail 1", "stéel"])
def test_a_search_finds_a_product_once_it_is_stored(shop: Shop, words: str) -> None:
    put(shop, pail())
    assert found(shop, words) == ["PAIL-1"]


def test_a_renamed_product_is_found_only_by_its_new_name(shop: Shop) -> None:
    put(shop, pail())
    put(shop, pail(name="Zinc bucket"))
    assert (found(shop, "steel"), found(shop, "zinc"), found(shop, "pail-1")) == ([], ["PAIL-1"], ["PAIL-1"])
    assert "steel" not in shop.packed()["PAIL-1"]


def test_a_save_that_changes_nothing_leaves_the_pack_unchanged(shop: Shop) -> None:
    put(shop, pail())

    def rows() -> list[Json]:
        return [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith("catalog")]

    before = rows()
    put(shop, pail())
    assert rows() == before != []
    put(shop, pail(unitPrice=1))
    assert rows() != before


def test_a_deleted_product_is_found_by_no_search(shop: Shop) -> None:
    put(shop, pail())
    assert delete(shop).status == 204
    assert (found(shop, "steel"), shop.packed()) == ([], {})


@pytest.mark.usefixtures("no_pauses")
def test_a_product_is_saved_after_a_conflict(shop: Shop, break_aws: Any) -> None:
    put(shop, pail())
    break_aws("dynamodb", transact_write_items=cancelled("TransactionConflict", "None"), times=2)
    assert put(shop, pail(unitPrice=1)).status == 200
    assert found(shop, "steel") == ["PAIL-1"]
