"""Notes on customers: written by staff, kept by the function that follows the orders."""

from typing import Any

import pytest

from lambdas.platform import tables
from lambdas.shop import customer_updates
from tests.handlers.shop import Json, Reply, Shop, change
from tests.handlers.test_customers import erase_order, get_list, get_one, move_order, place_order

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ANN = "ann@example.org"
NOTE = {"note", "noteBy", "noteAt"}


def patch(shop: Shop, body: Any, if_match: str | None = "1", email: str = ANN) -> Reply:
    headers = {"If-Match": if_match} if if_match is not None else {}
    return shop.ask("patch_customer", "PATCH", "/customers/{email}", body, headers=headers, email=email)


@pytest.fixture
def placed(shop: Shop) -> Json:
    """The only order of Ann."""
    return place_order(shop, ANN)


def test_a_note_has_its_author_and_time_and_a_new_version(shop: Shop, placed: Json) -> None:
    before = get_one(shop, ANN)
    assert (before.headers["ETag"], NOTE & before.json.keys()) == ('"1"', set())
    reply = patch(shop, {"note": " Pays late.\r\nRing first "}, email="Ann%40Example.org")
    assert (reply.status, reply.headers["ETag"]) == (200, '"2"')
    assert (reply.json["note"], reply.json["noteBy"]) == ("Pays late.\nRing first", "staff@shop.example")
    assert reply.json["noteAt"] > placed["createdAt"]
    assert get_one(shop, ANN).json == reply.json
    (listed,) = get_list(shop).json["customers"]
    assert not listed.keys() & {*NOTE, "version"}


def test_an_empty_note_removes_it_with_author_and_time(shop: Shop, placed: Json) -> None:
    patch(shop, {"note": "pays late"})
    removed = patch(shop, {"note": "  "}, "2")
    assert (removed.status, removed.json["version"]) == (200, 3)
    assert not removed.json.keys() & NOTE
    (row,) = shop.all("SHOP_CUSTOMERS_TABLE")
    assert not row.keys() & NOTE


def test_the_same_note_again_changes_nothing(shop: Shop, placed: Json) -> None:
    first = patch(shop, {"note": "pays late"})
    assert patch(shop, {"note": "pays late"}, "2").json == first.json


@pytest.mark.parametrize("body", [{}, {"note": None}, {"note": "x" * 501}, {"note": "x", "name": "Bob"}, []])
def test_an_invalid_body_is_refused_and_changes_nothing(shop: Shop, placed: Json, body: Any) -> None:
    before = shop.all("SHOP_CUSTOMERS_TABLE")
    assert patch(shop, body).status == 400
    assert shop.all("SHOP_CUSTOMERS_TABLE") == before


def test_a_note_of_500_letters_fits(shop: Shop, placed: Json) -> None:
    assert patch(shop, {"note": "é" * 500}).json["note"] == "é" * 500


def test_a_note_needs_the_present_version_of_the_customer(shop: Shop, placed: Json) -> None:
    assert patch(shop, {"note": "pays late"}, None).status == 428
    move_order(shop, placed, "packed")
    patch(shop, {"note": "pays late"}, "*")
    stale = patch(shop, {"note": "never pays"}, "1")
    assert (stale.status, stale.json["customer"]) == (412, get_one(shop, ANN).json)
    assert stale.json["customer"]["note"] == "pays late"


def test_two_notes_at_once_leave_one_of_them(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = tables.update

    def late(*args: Any, **key: Any) -> None:
        monkeypatch.setattr(tables, "update", update)
        assert patch(shop, {"note": "first"}).status == 200
        update(*args, **key)

    monkeypatch.setattr(tables, "update", late)
    second = patch(shop, {"note": "second"})
    assert (second.status, second.json["customer"]["note"]) == (412, "first")


def test_a_write_whose_response_was_lost_counts_as_success(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = tables.update

    def twice(*args: Any, **key: Any) -> None:
        update(*args, **key)
        update(*args, **key)

    monkeypatch.setattr(tables, "update", twice)
    assert patch(shop, {"note": "pays late"}).status == 200


@pytest.mark.parametrize("email", ["nobody@example.org", "nobody", "%00", "x" * 3000 + "@example.org"])
def test_a_note_on_an_unknown_customer_is_404(shop: Shop, email: str) -> None:
    assert patch(shop, {"note": "pays late"}, "*", email).status == 404
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []


def test_a_row_of_an_earlier_release_without_version_takes_a_note(shop: Shop, placed: Json) -> None:
    (row,) = shop.all("SHOP_CUSTOMERS_TABLE")
    del row["version"]
    shop.put("SHOP_CUSTOMERS_TABLE", row)
    assert get_one(shop, ANN).headers["ETag"] == '"0"'
    reply = patch(shop, {"note": "pays late"}, "0")
    assert (reply.status, reply.json["version"]) == (200, 1)
    shop.put("SHOP_CUSTOMERS_TABLE", row | {"version": 5})
    assert patch(shop, {"note": "x"}, "0").status == 412


def test_changes_of_orders_keep_the_note(shop: Shop, placed: Json) -> None:
    noted = patch(shop, {"note": "pays late"}).json
    packed = move_order(shop, placed, "packed")
    other = place_order(shop, ANN, "2010-12-02T08:00:00.000Z", customer={"name": "Ann M."})
    erase_order(shop, packed)
    shop.follow(change(None, other))  # delivered twice
    found = get_one(shop, ANN).json
    assert {name: found[name] for name in NOTE} == {name: noted[name] for name in NOTE}
    assert (found["name"], found["orders"]) == ("Ann M.", 1)


def test_a_note_goes_with_the_last_order_of_its_customer(shop: Shop, placed: Json) -> None:
    patch(shop, {"note": "pays late"})
    erase_order(shop, placed)
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    place_order(shop, ANN)
    assert not get_one(shop, ANN).json.keys() & NOTE


def test_a_note_written_while_an_order_is_counted_is_kept(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = customer_updates._execute

    def late(statements: Any) -> list[str]:
        monkeypatch.setattr(customer_updates, "_execute", execute)
        assert patch(shop, {"note": "pays late"}).status == 200
        return execute(statements)

    monkeypatch.setattr(customer_updates, "_execute", late)
    place_order(shop, ANN, "2010-12-02T08:00:00.000Z")
    found = get_one(shop, ANN).json
    assert (found["note"], found["orders"], found["version"]) == ("pays late", 2, 3)
