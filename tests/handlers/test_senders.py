"""The senders of orders: the list of one connected shop's orders, and the figures by sender."""

from typing import cast

import pytest

from lambdas.shop import order_anonymity
from lambdas.shop.documents import Order
from tests.handlers.order_lists import ANN, LUKASZ, found, get, ids, store, stored
from tests.handlers.shop import MACHINE, Json, Shop, change, of_machine, order, submission, with_keys

pytestmark = pytest.mark.store

DAY = {"from": "2010-12-01", "to": "2010-12-01"}
SONNE, BAD = "1h57kf5cpq17m0eml12example", "38fjsnc484p94kpqsnet7mpld0"


def of(client: str, one: Json, name: str = "Hotel Sonne") -> Json:
    return one | {"channel": "machine", "shopID": client, "submittedBy": name}


@pytest.fixture
def mixed(shop: Shop) -> list[Json]:
    """Twelve orders, newest first: of two shops, of staff, and of an operator."""
    made = [stored(at, (ANN, LUKASZ)[at % 2], status=("placed", "packed")[at % 3 == 0]) for at in range(12)]
    for at in range(0, 12, 2):
        made[at] = of((SONNE, BAD)[at % 4 == 0], made[at], ("Hotel Sonne", "Bad & Co")[at % 4 == 0])
    made[5]["channel"] = "operator"
    store(shop, *made)
    return made[::-1]


def sent_by(some: list[Json], client: str) -> list[str]:
    return ids([one for one in some if one.get("shopID") == client])


def figures(shop: Shop) -> Json:
    return shop.ask("get_activity", "GET", "/reports/activity", query=DAY).json


def in_all(shop: Shop) -> Json:
    senders: Json = shop.ask("get_workload", "GET", "/reports/workload").json["senders"]
    return senders


def test_only_an_order_of_a_machine_is_stored_with_its_shop(shop: Shop) -> None:
    own, staffs = order(), order()
    assert shop.deliver(of_machine(own), submission(staffs)) == []
    assert shop.orders()[own["orderID"]]["shopID"] == MACHINE["client_id"]
    assert "shopID" not in shop.orders()[staffs["orderID"]]


@pytest.mark.parametrize("client", [SONNE, BAD])
def test_the_list_finds_the_orders_of_one_shop(shop: Shop, mixed: list[Json], client: str) -> None:
    own = sent_by(mixed, client)
    assert own
    assert found(shop, shop_=client, limit="2") == own
    assert found(shop, shop_=client, sort="oldest", limit="1") == own[::-1]
    assert found(shop, shop_=client, channel="machine") == own
    assert found(shop, shop_=client, channel="staff") == []
    packed = [one for one in mixed if one["status"] == "packed"]
    assert found(shop, shop_=client, status="packed") == sent_by(packed, client)
    assert found(shop, shop_=client, q="neill") == own  # each second order is Ann's
    assert found(shop, shop_=client, q="elysee") == []
    first, last = mixed[8]["createdAt"], mixed[2]["createdAt"]
    assert found(shop, shop_=client, from_=first, to=last) == sent_by(mixed[2:9], client)


def test_a_shop_without_orders_and_a_part_of_an_id_find_nothing(shop: Shop, mixed: list[Json]) -> None:
    assert len(mixed) == 12
    for unknown in ("other", SONNE[:-1], f"{SONNE}1", SONNE.upper()):
        assert found(shop, shop_=unknown) == []


def test_what_is_no_id_of_a_shop_is_refused_by_name(shop: Shop) -> None:
    for wrong in ("a b", "x" * 129, "ü", "a\nb", "<b>"):
        reply = get(shop, shop_=wrong)
        assert (reply.status, list(reply.fields)) == (400, ["shop"]), wrong
        assert reply.fields["shop"].startswith("must be the ID of a connected shop, got ")
    reply = get(shop, shop_=SONNE, sort="largest")
    assert reply.fields == {"sort": 'must be newest or oldest together with shop, got "largest"'}


def test_a_search_finds_orders_by_the_name_of_their_shop(shop: Shop, mixed: list[Json]) -> None:
    assert found(shop, q="hotel sonne") == sent_by(mixed, SONNE)
    assert found(shop, q="bad") == sent_by(mixed, BAD)
    assert found(shop, q="staff@shop.example") == []  # staff are no shop


def test_the_list_shows_nothing_that_it_does_not_list(shop: Shop, mixed: list[Json]) -> None:
    assert len(mixed) == 12
    (one, *_) = get(shop, shop_=SONNE).json["orders"]
    assert "shopID" not in one
    assert one["submittedBy"] == "Hotel Sonne"


def test_the_figures_have_the_part_of_each_sender_but_staff(shop: Shop) -> None:
    totals = (100, 20, 3, 50_000, 4000)
    own, other, operators, customers, staffs = (stored(10, total=total) for total in totals)
    own, other = of(SONNE, own), of(BAD, other)
    operators["channel"], customers["channel"] = "operator", "customer"
    customers["accountID"] = "account-1"
    store(shop, own, other, operators, customers, staffs)
    shop.put("SHOP_SHOPS_TABLE", {"shopID": SONNE, "name": "Hotel Sonne", "version": 1})
    found = figures(shop)
    (slot,) = found["slots"]
    assert (slot["orders"], slot["revenue"]) == (5, 54_123)
    assert slot["senders"] == {
        SONNE: {"orders": 1, "revenue": 100},
        BAD: {"orders": 1, "revenue": 20},
        "operator": {"orders": 1, "revenue": 3},
        "customer": {"orders": 1, "revenue": 50_000},  # all customers together
    }
    assert found["shops"] == {SONNE: "Hotel Sonne"}  # the other has no row
    assert in_all(shop) == {SONNE: 1, BAD: 1, "operator": 1, "customer": 1}

    edited = with_keys(own | {"total": 70, "version": 2})
    cancelled = with_keys(other | {"status": "cancelled", "version": 2})
    shop.follow(change(own, edited), change(other, cancelled))
    (slot,) = figures(shop)["slots"]
    assert slot["senders"] == {
        SONNE: {"orders": 1, "revenue": 70},
        "operator": {"orders": 1, "revenue": 3},
        "customer": {"orders": 1, "revenue": 50_000},
    }
    assert in_all(shop) == {SONNE: 1, "operator": 1, "customer": 1}


def test_figures_of_staff_alone_have_no_senders(shop: Shop) -> None:
    store(shop, stored(10))
    found = figures(shop)
    assert found["shops"] == {}
    assert "senders" not in found["slots"][0]
    assert in_all(shop) == {}


def test_a_stack_without_connected_shops_has_figures_of_operators(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no table of shops. Orders of a shop may be left from before."""
    operators, own = stored(10), of(SONNE, stored(11))
    operators["channel"] = "operator"
    store(shop, operators, own)
    monkeypatch.setitem(shop.names, "SHOP_SHOPS_TABLE", "")
    found = figures(shop)
    assert set(found["slots"][0]["senders"]) == {"operator", SONNE}
    assert found["shops"] == {}


def test_a_dead_letter_names_the_shop_in_the_list_too(shop: Shop) -> None:
    first = order()
    changed, again = ({**first, "notes": notes} for notes in ("other", "another"))
    assert shop.deliver(of_machine(first), submission(order())) == []
    assert shop.deliver(of_machine(changed), submission(again)) == []
    shop.keep()
    letters = shop.ask("list_dead_letters", "GET", "/dead-letters").json["deadLetters"]
    assert sorted(letter.get("shopID", "") for letter in letters) == ["", MACHINE["client_id"]]


def test_an_order_without_its_customer_is_still_its_shops() -> None:
    """Otherwise the figures of the shop would change with the erasure, and the shop could not read it."""
    kept = order_anonymity.without_person(cast(Order, of(SONNE, stored(1))), "2010-12-02T00:00:00.000Z")
    assert kept["shopID"] == SONNE
