"""Orders that get another customer, and the figures of both customers when all orders have moved."""

from typing import Any

import pytest

from lambdas.shop import order_status
from tests.handlers.order_histories import PEOPLE, assert_views_match, put, stored
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, change, order, with_keys
from tests.handlers.test_customer_notes import patch as patch_customer
from tests.handlers.test_customers import get_one, place_order
from tests.handlers.test_order_calls import PATH, UNKNOWN_ID, act_before_write, patch

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ANN, LUKASZ = "ann@example.org", "lukasz.oneill@hotel.example"


def transfer(
    shop: Shop, order_id: str, email: Any = LUKASZ, claims: Json = ADMIN, if_match: str = ""
) -> Reply:
    body = {"customer": {"email": email}}
    headers = {"If-Match": if_match} if if_match else {}
    return shop.ask("move_order", "PATCH", PATH, body, claims=claims, headers=headers, orderID=order_id)


def follow(shop: Shop, before: Json) -> Json:
    """Have the views follow the latest change of an order; return the order."""
    after = shop.orders()[before["orderID"]]
    shop.follow(change(before, after))
    return after


@pytest.mark.parametrize("status", order_status.NEXT)
def test_an_order_in_any_status_gets_another_customer(shop: Shop, status: str) -> None:
    customer = {"name": "Ann", "email": "Ann@Example.org", "phone": "1", "address": "Quay"}
    placed = with_keys(shop.place(order(customer=customer)) | {"status": status})
    put(shop, placed)
    reply = transfer(shop, placed["orderID"])
    assert (reply.status, reply.headers["ETag"]) == (200, '"2"')
    assert reply.json["customer"] == customer | {"email": LUKASZ}
    entry = reply.json["history"][-1]
    assert {name: entry.get(name) for name in ("by", "event", "from", "changes")} == {
        "by": ADMIN["email"],
        "event": "transferred",
        "from": None,
        "changes": [{"field": "E-mail", "from": "Ann@Example.org", "to": LUKASZ}],
    }
    same = {name: value for name, value in reply.json.items() if name in placed}
    assert {name for name in same if same[name] != placed[name]} == {
        *("version", "updatedAt", "customer", "history")
    }
    assert shop.orders()[placed["orderID"]]["customerEmail"] == LUKASZ


def test_the_same_customer_again_changes_nothing(shop: Shop) -> None:
    placed = shop.place()
    first = transfer(shop, placed["orderID"])
    for spelling in (LUKASZ, "Lukasz.ONeill@Hotel.example"):
        assert transfer(shop, placed["orderID"], spelling).json == first.json


def test_only_an_admin_gives_an_order_to_another_customer(shop: Shop) -> None:
    placed = shop.place()
    reply = transfer(shop, placed["orderID"], claims=STAFF)
    assert (reply.status, reply.error["code"]) == (403, "forbidden")
    assert shop.orders()[placed["orderID"]] == placed


@pytest.mark.parametrize("email", ["", "nobody", None, "x" * 250 + "@example.org", "a@b.c, d@e.f"])
def test_an_order_is_given_to_an_email_address_only(shop: Shop, email: Any) -> None:
    placed = shop.place()
    assert transfer(shop, placed["orderID"], email).status == 400
    assert transfer(shop, UNKNOWN_ID).status == 404
    body = {"customer": {"email": LUKASZ, "name": "Bob"}}
    assert patch(shop, placed["orderID"], body).fields.keys() == {"customer.name"}
    assert shop.orders()[placed["orderID"]] == placed


def test_an_order_without_email_is_given_to_a_customer(shop: Shop) -> None:
    placed = with_keys({**shop.place(), "customer": {"name": "Walk-in"}})
    del placed["customerEmail"]
    put(shop, placed)
    shop.follow(change(None, placed))
    moved = transfer(shop, placed["orderID"])
    assert moved.json["history"][-1]["changes"] == [{"field": "E-mail", "to": LUKASZ}]
    follow(shop, placed)
    assert get_one(shop, LUKASZ).json["orders"] == 1


def test_a_stale_version_is_refused_and_no_version_is_repeated(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = shop.place()
    patch(shop, placed["orderID"], {"comment": "Ring first"})
    stale = transfer(shop, placed["orderID"], if_match="1")
    assert (stale.status, stale.json["order"]["version"]) == (412, 2)

    def move() -> None:
        assert patch(shop, placed["orderID"], {"status": "packed"}).status == 200

    act_before_write(shop, monkeypatch, move)
    found = transfer(shop, placed["orderID"]).json
    assert [one["event"] for one in found["history"]] == ["placed", "commented", "moved", "transferred"]
    assert (found["status"], found["customer"]["email"]) == ("packed", LUKASZ)


def test_merged_customers_have_the_sums_of_their_orders(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """One order moves while it is transferred, one is placed meanwhile, and the stream delivers twice."""
    mine = [stored(f"2026-11-20T0{hour}:00:00.000Z", person=hour % 2) for hour in range(4)]
    mine[1] = with_keys(mine[1] | {"status": "cancelled"})
    late = stored("2026-11-20T09:00:00.000Z", person=0)
    for one in (*mine, stored("2026-11-20T05:00:00.000Z", person=2)):
        put(shop, one)
    seen: dict[str, Json] = {}
    shop.follow(*_changes(shop, seen))

    def meanwhile() -> None:
        assert patch(shop, mine[2]["orderID"], {"status": "packed"}).status == 200
        put(shop, late)
        records.extend(_changes(shop, seen))

    for before in (*mine, late):
        records: list[Json] = []
        if before is mine[2]:
            act_before_write(shop, monkeypatch, meanwhile)
        assert transfer(shop, before["orderID"]).status == 200
        records.extend(_changes(shop, seen))
        shop.follow(*records)
        shop.follow(records[-1])
    assert_views_match(shop, list(shop.orders().values()))
    (row,) = shop.all("SHOP_CUSTOMERS_TABLE")
    assert (row["email"], row["orders"], row["sales"]) == (LUKASZ, 6, 5)
    assert row["name"] == PEOPLE[0]["name"], "the latest order keeps the name that it had"
    assert get_one(shop, ANN).status == 404


def test_the_note_of_a_merged_customer_goes_with_the_last_order(shop: Shop) -> None:
    placed = [place_order(shop, ANN, f"2010-12-0{day}T08:00:00.000Z") for day in (1, 2)]
    noted = patch_customer(shop, {"note": "pays late"}, "*")
    assert noted.status == 200
    for left, before in zip((1, 0), placed, strict=True):
        transfer(shop, before["orderID"])
        follow(shop, before)
        found = get_one(shop, ANN)
        assert (found.status, found.json.get("note")) == ((200, "pays late") if left else (404, None))


def _changes(shop: Shop, seen: dict[str, Json]) -> list[Json]:
    """Return the stream records of the orders that differ from those in `seen`, and see them."""
    now = shop.orders()
    records = [change(seen.get(key), one) for key, one in now.items() if seen.get(key) != one]
    seen.update(now)
    return records
