"""Parked orders: the drafts of a person, their versions and limits."""

import re
import time
import uuid
from typing import Any

import pytest

from lambdas.platform import tables, times
from lambdas.shop import drafts
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, fault
from tests.nasty_texts import NASTY_TEXTS, NastyText

pytestmark = pytest.mark.store

INVALID = re.compile("[\ud800-\udfff\ufffe\uffff]")  # refused in every text
PATH = "/drafts/{orderID}"
ID = "0b7c2a52-7f0c-4a52-8d7a-6f0f5a1c9e11"
CONTENT: Json = {
    "customer": {"name": "Hotel Sonne ", "email": "info@"},
    "filled": {"name": "Hotel"},
    "items": [
        {"sku": "MOP-1", "quantity": " 2x", "name": "Flat mop", "unitPrice": 1250, "currency": "GBP"},
        {"sku": "SOAP-5L", "quantity": ""},
    ],
    "notes": "",
    "left": "MOP-1\t3\n\tSOAP\t\n",
}


def draft(name: str = "Hotel Sonne", **changes: Any) -> Json:
    """Return the PUT body of a draft, with these fields of its content changed."""
    return {"name": name, "content": CONTENT | changes}


def put(shop: Shop, body: Any, order_id: str = ID, claims: Json = STAFF, **headers: Any) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("put_draft", "PUT", PATH, body, claims=claims, headers=named, orderID=order_id)


def get(shop: Shop, order_id: str = ID, claims: Json = STAFF) -> Reply:
    return shop.ask("get_draft", "GET", PATH, claims=claims, orderID=order_id)


def delete(shop: Shop, order_id: str = ID, claims: Json = STAFF, **headers: Any) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("delete_draft", "DELETE", PATH, claims=claims, headers=named, orderID=order_id)


def listed(shop: Shop, claims: Json = STAFF) -> list[Json]:
    found: list[Json] = shop.ask("list_drafts", "GET", "/drafts", claims=claims).json["drafts"]
    return found


def stored(shop: Shop) -> list[Json]:
    return shop.all("SHOP_DRAFTS_TABLE")


def test_a_parked_order_is_kept_exactly_as_it_is_typed(shop: Shop) -> None:
    reply = put(shop, draft())
    assert (reply.status, reply.headers["ETag"]) == (201, '"1"')
    assert reply.json["content"] == CONTENT
    assert get(shop).json == reply.json
    assert get(shop).headers["ETag"] == '"1"'


def test_the_list_has_no_content_and_begins_with_the_last_change(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(["2026-01-31T08:00:00.000Z", "2026-01-31T09:00:00.000Z", "2026-01-31T10:00:00.000Z"])
    monkeypatch.setattr(times, "now", lambda: next(moments))
    other = str(uuid.uuid4())
    put(shop, draft("First"))
    put(shop, draft("Second", items=[]), other)
    put(shop, draft("First again"), If_Match='"1"')
    assert listed(shop) == [
        {
            "orderID": ID,
            "name": "First again",
            "lineCount": 2,
            "version": 2,
            "updatedAt": "2026-01-31T10:00:00.000Z",
        },
        {
            "orderID": other,
            "name": "Second",
            "lineCount": 0,
            "version": 1,
            "updatedAt": "2026-01-31T09:00:00.000Z",
        },
    ]


def test_nobody_sees_or_changes_the_drafts_of_others(shop: Shop) -> None:
    put(shop, draft())
    assert listed(shop, ADMIN) == []
    assert get(shop, claims=ADMIN).status == 404
    assert delete(shop, claims=ADMIN).status == 404
    assert put(shop, draft("Mine"), claims=ADMIN, If_Match='"1"').status == 404
    assert put(shop, draft("Mine"), claims=ADMIN).status == 201  # beside the other one
    assert get(shop).json["name"] == "Hotel Sonne"
    assert [one["name"] for one in listed(shop, ADMIN)] == ["Mine"]


def test_people_in_no_group_have_no_drafts(shop: Shop) -> None:
    outsider = {"email": "new@shop.example", "sub": "9"}
    assert put(shop, draft(), claims=outsider).status == 403
    assert shop.ask("list_drafts", "GET", "/drafts", claims=outsider).status == 403
    assert stored(shop) == []


def test_a_draft_delivered_twice_is_stored_once(shop: Shop) -> None:
    first = put(shop, draft())
    again = put(shop, draft())
    assert (again.status, again.json) == (200, first.json)
    changed = put(shop, draft(notes="ring first"), If_Match='"1"')
    again = put(shop, draft(notes="ring first"), If_Match='"1"')
    assert (again.status, again.json["version"]) == (200, 2)
    assert again.json == changed.json


@pytest.mark.parametrize("headers", [{}, {"If_Match": '"1"'}])
def test_a_change_of_another_version_is_412_with_the_current_draft(shop: Shop, headers: Json) -> None:
    put(shop, draft())
    put(shop, draft(notes="of the other desk"), If_Match='"1"')
    reply = put(shop, draft(notes="of this desk"), **headers)
    assert (reply.status, reply.json["draft"]) == (412, get(shop).json)
    assert reply.json["draft"]["content"]["notes"] == "of the other desk"
    assert delete(shop, If_Match='"1"').json["draft"] == get(shop).json


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("notes", ["of this desk", "of the other desk"])
def test_one_of_two_simultaneous_writes_is_412_unless_they_agree(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, exists: bool, notes: str
) -> None:
    headers: Json = {"If_Match": '"1"'} if exists else {}
    if exists:
        put(shop, draft())
    name = "put_over" if exists else "put_new"
    write = getattr(tables, name)

    def write_after_another(*arguments: Any) -> None:
        monkeypatch.setattr(tables, name, write)
        assert put(shop, draft(notes="of the other desk"), **headers).status in (200, 201)
        write(*arguments)

    monkeypatch.setattr(tables, name, write_after_another)
    reply = put(shop, draft(notes=notes), **headers)
    assert (reply.status == 412) == (notes == "of this desk")
    assert get(shop).json["content"]["notes"] == "of the other desk"
    assert get(shop).json == (reply.json["draft"] if reply.status == 412 else reply.json)


def test_a_change_of_a_deleted_draft_does_not_restore_it(shop: Shop) -> None:
    put(shop, draft())
    assert delete(shop).status == 204
    assert put(shop, draft(notes="late"), If_Match='"1"').status == 404
    assert (get(shop).status, delete(shop).status, listed(shop)) == (404, 404, [])


def test_a_deletion_after_another_change_is_412(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shop, draft())
    remove = tables.delete

    def remove_after_another(*arguments: Any, **key: Any) -> None:
        put(shop, draft("Changed"), If_Match='"1"')
        remove(*arguments, **key)

    monkeypatch.setattr(tables, "delete", remove_after_another)
    reply = delete(shop, If_Match='"1"')
    assert (reply.status, reply.json["draft"]["name"]) == (412, "Changed")
    assert [one["name"] for one in listed(shop)] == ["Changed"]


def test_two_simultaneous_deletions_both_succeed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shop, draft())
    remove = tables.delete

    def remove_twice(*arguments: Any, **key: Any) -> None:
        remove(*arguments, **key)
        remove(*arguments, **key)

    monkeypatch.setattr(tables, "delete", remove_twice)
    assert delete(shop, If_Match='"1"').status == 204


def test_a_person_has_at_most_fifty_drafts(shop: Shop) -> None:
    items: list[Json] = [
        {"sub": STAFF["sub"], "orderID": str(uuid.uuid4()), "name": "One", "version": 1, "lineCount": 0}
        | {"updatedAt": times.now(), "content": {"customer": {}, "items": []}}
        for _ in range(drafts.MAX_DRAFTS)
    ]
    shop.put_all("SHOP_DRAFTS_TABLE", items)
    reply = put(shop, draft())
    assert (reply.status, reply.error["code"]) == (409, "conflict")
    assert reply.error["message"].startswith("you have 50 parked orders")
    assert put(shop, draft(), items[0]["orderID"], If_Match='"1"').status == 200  # a change needs no room
    assert put(shop, draft(), claims=ADMIN).status == 201
    delete(shop, items[1]["orderID"])
    assert put(shop, draft()).status == 201


def test_a_draft_too_large_for_the_table_is_413(shop: Shop) -> None:
    line = {"sku": "S" * 200, "quantity": "1", "name": "N" * 200}
    reply = put(shop, draft(items=[line] * 1000))
    assert (reply.status, reply.error["code"]) == (413, "too_large")
    assert stored(shop) == []


@pytest.mark.thorough
def test_many_large_drafts_are_all_listed_and_counted(shop: Shop) -> None:
    """One query reads at most 1 MB."""
    for number in range(4):
        put(shop, draft(f"Draft {number}", notes="n" * 90_000, left="l" * 99_000, items=[
            {"sku": "S" * 100, "quantity": "1"}
        ] * 1000), str(uuid.uuid4()))  # fmt: skip
    assert [one["name"] for one in listed(shop)] == ["Draft 3", "Draft 2", "Draft 1", "Draft 0"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": CONTENT}, "name"),
        (draft(" \u200b"), "name"),
        (draft("n" * 201), "name"),
        ({"name": "One"}, "content"),
        (draft(items=[{"sku": "MOP-1", "quantity": "1"}] * 1001), "content.items"),
        (draft(items=[{"sku": "MOP-1", "quantity": 1}]), "content.items[0].quantity"),
        (draft(items=[{"quantity": "1"}]), "content.items[0].sku"),
        (draft(customer={"name": "n" * 2001}), "content.customer.name"),
        (draft(left="\ud800"), "content.left"),
        (draft(person="2"), "content.person"),
        (draft() | {"sub": "2"}, "sub"),
    ],
)
def test_a_draft_that_breaks_the_schema_is_400(shop: Shop, body: Json, path: str) -> None:
    reply = put(shop, body)
    assert (reply.status, list(reply.fields)) == (400, [path])
    assert stored(shop) == []


@pytest.mark.parametrize("order_id", ["", "1", ID.upper(), f"{ID}x", "../orders"])
def test_a_draft_has_the_id_of_an_order(shop: Shop, order_id: str) -> None:
    assert put(shop, draft(), order_id).fields.keys() == {"orderID"}
    assert get(shop, order_id).status == 404
    assert delete(shop, order_id).status == 404


@pytest.mark.parametrize("nasty", NASTY_TEXTS, ids=lambda nasty: nasty.about)
def test_nasty_texts_come_back_as_they_were_typed(shop: Shop, nasty: NastyText) -> None:
    text = nasty.text
    body = draft(notes=text, left=text, items=[{"sku": "MOP-1", "quantity": text[:200]}])
    reply = put(shop, body)
    if INVALID.search(text):
        assert (reply.status, "content.notes" in reply.fields) == (400, True)
    else:
        assert (reply.status, get(shop).json["content"]) == (201, body["content"])


def test_a_draft_expires_ninety_days_after_its_last_change(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.5)
    put(shop, draft())
    monkeypatch.setattr(time, "time", lambda: 1_000_086_400.5)
    put(shop, draft("Changed"), If_Match='"1"')
    assert [one["expiresAt"] for one in stored(shop)] == [1_000_086_400 + 90 * 86_400]
    assert "expiresAt" not in get(shop).json


def test_an_error_of_the_table_propagates(shop: Shop, break_aws: Any) -> None:
    break_aws("dynamodb", query=fault(operation="Query"))
    with pytest.raises(Exception, match="made by a test"):
        shop.ask("list_drafts", "GET", "/drafts")
