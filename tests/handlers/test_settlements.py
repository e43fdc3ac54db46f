"""Rejected orders that are dealt with: by the order that replaces them, or by hand."""

from typing import Any

import pytest

from lambdas.platform import tables
from lambdas.shop import order_table
from tests.handlers.order_lists import ids, pages
from tests.handlers.shop import ADMIN, Json, Reply, Shop, change, order

pytestmark = pytest.mark.store

PATH = "/orders/{orderID}"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
BAD_LINES = [{"sku": "NOT-OURS", "quantity": 1}]


@pytest.fixture
def rejected(shop: Shop) -> Json:
    return shop.place(order(items=BAD_LINES))


@pytest.fixture
def successor(shop: Shop, rejected: Json) -> Json:
    return shop.place(order())


def settle(shop: Shop, one: Json, body: Json, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("move_order", "PATCH", PATH, body, headers=named, orderID=one["orderID"])


def replace(shop: Shop, one: Json, by: Json) -> Reply:
    return settle(shop, one, {"settled": {"replacedBy": by["orderID"]}})


def reference(one: Json) -> Json:
    return {"orderID": one["orderID"], "number": one["number"]}


def last_entry(one: Json) -> Json:
    entry: Json = one["history"][-1]
    return {name: value for name, value in entry.items() if name != "at"}


def test_a_rejected_order_and_its_successor_name_each_other(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    reply = replace(shop, rejected, successor)
    assert (reply.status, reply.headers["ETag"]) == (200, '"2"')
    assert (reply.json["status"], reply.json["replacedBy"]) == ("rejected", reference(successor))
    assert last_entry(reply.json) == {"by": "staff@shop.example", "sub": "1", "event": "replaced"}
    new = shop.orders()[successor["orderID"]]
    assert (new["status"], new["version"], new["replaces"]) == ("placed", 2, reference(rejected))
    assert last_entry(new) == {"by": "staff@shop.example", "sub": "1", "event": "replaces"}


def test_linking_the_same_two_orders_again_changes_nothing(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    replace(shop, rejected, successor)
    before = shop.orders()
    assert replace(shop, rejected, successor).status == 200
    assert shop.orders() == before


def test_a_lost_response_of_the_link_is_no_failure(
    shop: Shop, rejected: Json, successor: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 repeats the transaction, whose conditions then fail because of its own first try."""
    transact = tables.transact

    def twice(writes: Any) -> None:
        transact(writes)
        transact(writes)

    monkeypatch.setattr(tables, "transact", twice)
    assert replace(shop, rejected, successor).status == 200
    assert shop.orders()[rejected["orderID"]]["version"] == 2


def test_neither_order_changes_if_the_successor_just_changed(
    shop: Shop, rejected: Json, successor: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact = tables.transact

    def later(writes: Any) -> None:
        settle(shop, successor, {"status": "packed"})
        transact(writes)

    monkeypatch.setattr(tables, "transact", later)
    reply = replace(shop, rejected, successor)
    assert (reply.status, reply.json["order"]["version"]) == (412, 1)
    assert "settledAt" not in shop.orders()[rejected["orderID"]]
    assert "replaces" not in shop.orders()[successor["orderID"]]


def test_a_second_successor_is_refused_and_the_first_is_named(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    replace(shop, rejected, successor)
    reply = replace(shop, rejected, shop.place(order()))
    assert reply.status == 409
    assert reply.error["message"] == f"this order was put right already, as order #{successor['number']}"


def test_an_order_cannot_replace_two_orders_or_itself(shop: Shop, rejected: Json, successor: Json) -> None:
    other = shop.place(order(items=BAD_LINES))
    replace(shop, rejected, successor)
    for by in (successor, other):
        reply = replace(shop, other, by)
        assert (reply.status, list(reply.fields)) == (409, ["settled.replacedBy"])


def test_an_order_that_is_unknown_or_erased_replaces_none(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    shop.ask("delete_order", "DELETE", PATH, claims=ADMIN, orderID=successor["orderID"])
    for by in (successor, {"orderID": UNKNOWN_ID}):
        reply = replace(shop, rejected, by)
        assert (reply.status, list(reply.fields)) == (400, ["settled.replacedBy"])


def test_a_rejected_order_is_dealt_with_by_hand_with_a_note(shop: Shop, rejected: Json) -> None:
    reply = settle(shop, rejected, {"settled": {}, "note": "Customer phoned: not needed"}, If_Match="1")
    assert (reply.status, reply.json["status"], "settledAt" in reply.json) == (200, "rejected", True)
    entry = {"by": "staff@shop.example", "sub": "1", "event": "settled"}
    assert last_entry(reply.json) == entry | {"note": "Customer phoned: not needed"}
    assert settle(shop, rejected, {"settled": {}, "note": "again"}).status == 409


@pytest.mark.parametrize("note", [{}, {"note": ""}, {"note": " \u200b "}])
def test_dealing_with_an_order_by_hand_needs_a_visible_note(shop: Shop, rejected: Json, note: Json) -> None:
    reply = settle(shop, rejected, {"settled": {}, **note})
    assert (reply.status, list(reply.fields)) == (400, ["note"])
    assert shop.orders()[rejected["orderID"]]["version"] == 1


def test_an_order_dealt_with_by_hand_can_still_be_replaced(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    settle(shop, rejected, {"settled": {}, "note": "Customer does not answer"})
    assert replace(shop, rejected, successor).json["replacedBy"] == reference(successor)


def unsettle(shop: Shop, one: Json, **fields: Any) -> Reply:
    return settle(shop, one, {"settled": {"undone": True}, "note": "They ordered again", **fields})


def test_an_order_dealt_with_by_hand_is_taken_up_again_with_a_note(shop: Shop, rejected: Json) -> None:
    settle(shop, rejected, {"settled": {}, "note": "Not needed"})
    reply = unsettle(shop, rejected)
    assert (reply.status, reply.json["status"], reply.json["version"]) == (200, "rejected", 3)
    entry = {"by": "staff@shop.example", "sub": "1", "event": "unsettled"}
    assert last_entry(reply.json) == entry | {"note": "They ordered again"}
    stored = shop.orders()[rejected["orderID"]]
    assert "settledAt" not in stored
    assert {name: stored[name] for name in order_table.KEY_FIELDS & stored.keys()} == {
        name: rejected[name] for name in order_table.KEY_FIELDS & rejected.keys()
    }
    assert unsettle(shop, rejected).error["message"] == "this order is not dealt with"
    assert settle(shop, rejected, {"settled": {}, "note": "Not needed after all"}).status == 200


def test_an_order_that_another_one_replaces_stays_dealt_with(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    settle(shop, rejected, {"settled": {}, "note": "Not needed"})
    replace(shop, rejected, successor)
    before = shop.orders()
    reply = unsettle(shop, rejected)
    assert (reply.status, list(reply.fields)) == (409, ["settled"])
    assert reply.error["message"] == f"this order was put right already, as order #{successor['number']}"
    assert shop.orders() == before


def test_taking_an_order_up_again_needs_a_note_and_the_present_version(shop: Shop, rejected: Json) -> None:
    settle(shop, rejected, {"settled": {}, "note": "Not needed"})
    for fields in ({"note": ""}, {"note": " \u200b "}):
        reply = unsettle(shop, rejected, **fields)
        assert (reply.status, list(reply.fields)) == (400, ["note"])
    body = {"settled": {"undone": True}, "note": "n"}
    assert settle(shop, rejected, body, If_Match="1").status == 412
    assert "settledAt" in shop.orders()[rejected["orderID"]]


@pytest.mark.parametrize(
    ("settled", "path"),
    [
        ({"undone": "yes"}, "settled.undone"),
        ({"undone": True, "replacedBy": UNKNOWN_ID}, "settled.undone"),
    ],
)
def test_an_unclear_settlement_is_refused(shop: Shop, rejected: Json, settled: Json, path: str) -> None:
    reply = settle(shop, rejected, {"settled": settled, "note": "n"})
    assert (reply.status, list(reply.fields)) == (400, [path])


def test_an_order_that_is_taken_up_again_is_in_the_list_of_open_ones(shop: Shop, rejected: Json) -> None:
    def listed(settled: str) -> list[str]:
        asked = {"status": "rejected", "settled": settled}
        return ids(shop.ask("list_orders", "GET", "/orders", query=asked).json["orders"])

    settle(shop, rejected, {"settled": {}, "note": "Not needed"})
    assert (listed("yes"), listed("no")) == ([rejected["orderID"]], [])
    unsettle(shop, rejected)
    assert (listed("yes"), listed("no")) == ([], [rejected["orderID"]])


@pytest.mark.parametrize("settled", [{}, {"undone": True}, {"replacedBy": "other"}])
def test_only_a_rejected_order_can_be_dealt_with(shop: Shop, successor: Json, settled: Json) -> None:
    other = shop.place(order())
    named = {"replacedBy": other["orderID"]} if "replacedBy" in settled else settled
    body: Json = {"settled": named, "note": "n"}
    reply = settle(shop, successor, body)
    assert (reply.status, list(reply.fields)) == (409, ["settled"])
    assert reply.error["message"] == "only a rejected order can be dealt with, this one is placed"


@pytest.mark.parametrize("other", [{"status": "packed"}, {"details": {"phone": "1"}}])
def test_settled_is_refused_together_with_another_change(shop: Shop, rejected: Json, other: Json) -> None:
    reply = settle(shop, rejected, {"settled": {}, "note": "n", **other}, If_Match="1")
    assert (reply.status, list(reply.fields)) == (400, ["settled"])


def test_a_stale_version_is_refused_before_an_order_is_settled(shop: Shop, rejected: Json) -> None:
    assert settle(shop, rejected, {"settled": {}, "note": "n"}, If_Match="7").status == 412


def test_settled_orders_stay_rejected_and_leave_figures_as_they_are(
    shop: Shop, rejected: Json, successor: Json
) -> None:
    shop.follow(change(None, rejected), change(None, successor))
    before = workload(shop)
    replace(shop, rejected, successor)
    stored = shop.orders()
    shop.follow(*(change(one, stored[one["orderID"]]) for one in (rejected, successor)))
    assert workload(shop) == before


def workload(shop: Shop) -> Json:
    counts: Json = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    return counts


# ---- lists


@pytest.fixture
def several(shop: Shop) -> dict[str, list[str]]:
    """The IDs of rejected orders: those that are open, and those that are dealt with in either way."""
    made = [shop.place(order(items=BAD_LINES)) for _ in range(12)]
    for at, one in enumerate(made[:8]):
        if at % 2:
            replace(shop, one, shop.place(order()))
        else:
            settle(shop, one, {"settled": {}, "note": "Not needed"})
    stored = shop.orders()
    shop.follow(*(change(None, one) for one in stored.values()))
    return {"yes": ids(made[:8]), "no": ids(made[8:]), "": ids(made)}


@pytest.mark.thorough
@pytest.mark.parametrize("settled", ["yes", "no", ""])
@pytest.mark.parametrize(
    "query", [{}, {"sort": "largest"}, {"customer": "ann@example.org"}, {"q": "ann"}, {"sort": "oldest"}]
)
def test_rejected_orders_are_listed_by_whether_they_are_settled(
    shop: Shop, several: dict[str, list[str]], settled: str, query: dict[str, str]
) -> None:
    asked = {**query, "status": "rejected", "settled": settled, "limit": "3"}
    found = [one for page in pages(shop, **asked) for one in page]
    assert sorted(found) == sorted(several[settled])


def test_the_list_shows_when_a_rejected_order_was_settled(shop: Shop, several: dict[str, list[str]]) -> None:
    for query in ({}, {"status": "rejected"}, {"q": "ann"}, {"sort": "largest"}):
        listed = shop.ask("list_orders", "GET", "/orders", query=query).json["orders"]
        assert {one["orderID"] for one in listed if "settledAt" in one} == set(several["yes"]), query
