"""Remarks on an order besides comments: that its packing slip was printed, and its labels."""

import json
from typing import Any

import pytest

from lambdas.handlers import move_order
from lambdas.platform import tables, times
from lambdas.shop import orders
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, change, order
from tests.handlers.test_order_calls import (
    FORWARD,
    PATH,
    UNKNOWN_ID,
    act_before_write,
    edit,
    move_to,
    patch,
    put,
)

pytestmark = pytest.mark.store

SLIP = {"printed": "slip"}


@pytest.fixture
def placed(shop: Shop) -> Json:
    """An order of two lines, just placed."""
    return shop.place(order(notes="first"))


def events(reply: Reply) -> list[str]:
    return [entry["event"] for entry in reply.json["history"]]


# ---- labels


def label(shop: Shop, placed: Json, labels: Any, **headers: str) -> Reply:
    return patch(shop, placed["orderID"], {"labels": labels}, **headers)


@pytest.mark.parametrize("status", ["placed", *FORWARD])
def test_labels_are_in_the_order_its_history_and_lists(shop: Shop, placed: Json, status: str) -> None:
    if status != "placed":
        move_to(shop, placed, status)
    before = shop.orders()[placed["orderID"]]
    reply = label(shop, placed, {"tags": [" rush\u200b ", "Fragile", "RUSH"], "assignee": "  Bob "})
    assert reply.status == 200
    after = shop.orders()[placed["orderID"]]
    changes = [{"field": "Tags", "to": "rush, Fragile"}, {"field": "Assigned to", "to": "Bob"}]
    said = {"event": "labelled", "changes": changes}
    entry = {"at": after["updatedAt"], "by": STAFF["email"], "sub": STAFF["sub"], **said}
    labels = {"tags": ["rush", "Fragile"], "assignee": "Bob"}
    assert after == before | labels | {
        "version": before["version"] + 1,
        "updatedAt": after["updatedAt"],
        "history": [*before["history"], entry],
    }
    [listed] = shop.ask("list_orders", "GET", "/orders").json["orders"]
    assert labels == {name: listed[name] for name in labels}


def test_each_label_is_changed_alone_and_removed_by_an_empty_value(shop: Shop, placed: Json) -> None:
    label(shop, placed, {"tags": ["rush"], "assignee": "Bob"})
    reply = label(shop, placed, {"assignee": "van 2"})
    assert (reply.json["tags"], reply.json["assignee"]) == (["rush"], "van 2")
    assert reply.json["history"][-1]["changes"] == [{"field": "Assigned to", "from": "Bob", "to": "van 2"}]
    assert "tags" not in label(shop, placed, {"tags": []}).json
    assert "assignee" not in label(shop, placed, {"assignee": " "}).json
    assert shop.orders()[placed["orderID"]].keys() == placed.keys()


def test_labels_that_an_order_has_change_nothing(shop: Shop, placed: Json) -> None:
    label(shop, placed, {"tags": ["rush"]})
    again = label(shop, placed, {"tags": ["rush"], "assignee": ""})
    assert (again.status, again.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize(
    ("labels", "path"),
    [
        ({}, "labels"),
        (None, "labels"),
        ({"tags": "rush"}, "labels.tags"),
        ({"tags": ["\u200b"]}, "labels.tags[0]"),
        ({"tags": ["a", "x" * 31]}, "labels.tags[1]"),
        ({"tags": ["a, b"]}, "labels.tags[0]"),
        ({"tags": [str(number) for number in range(11)]}, "labels.tags"),
        ({"assignee": "x" * 61}, "labels.assignee"),
        ({"assignee": None}, "labels.assignee"),
        ({"color": "red"}, "labels.color"),
    ],
)
def test_labels_that_break_a_rule_are_400_with_the_field(
    shop: Shop, placed: Json, labels: Any, path: str
) -> None:
    reply = label(shop, placed, labels)
    assert (reply.status, list(reply.fields)) == (400, [path])
    assert shop.orders()[placed["orderID"]] == placed


def test_labels_honour_if_match_and_refuse_a_stale_one_at_once(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert label(shop, placed, {"tags": ["one"]}, If_Match="1").status == 200
    monkeypatch.setattr(move_order, "CONFLICT_PAUSES", (1_000,))
    stale = label(shop, placed, {"tags": ["two"]}, If_Match="1")
    assert (stale.status, stale.json["order"]["tags"]) == (412, ["one"])
    assert label(shop, placed, {"tags": ["two"]}).json["tags"] == ["two"]


def test_a_search_finds_an_order_by_its_labels_until_they_are_removed(shop: Shop, placed: Json) -> None:
    def found(query: str) -> int:
        return len(shop.ask("list_orders", "GET", "/orders", query={"q": query}).json["orders"])

    shop.follow(change(None, placed))
    assert (found("rush"), found("bob")) == (0, 0)
    label(shop, placed, {"tags": ["rush hour"], "assignee": "Bob"})
    labelled = shop.orders()[placed["orderID"]]
    shop.follow(change(placed, labelled))
    assert (found("rush"), found("hour"), found("bob")) == (1, 1, 1)
    label(shop, placed, {"tags": []})
    shop.follow(change(labelled, shop.orders()[placed["orderID"]]))
    assert (found("rush"), found("bob")) == (0, 1)


def test_an_edit_and_a_move_keep_the_labels(shop: Shop, placed: Json) -> None:
    label(shop, placed, {"tags": ["rush"], "assignee": "Bob"})
    assert put(shop, placed["orderID"], edit(notes="y"), "2").json["tags"] == ["rush"]
    assert patch(shop, placed["orderID"], {"status": "packed"}).json["assignee"] == "Bob"


# ---- printed packing slips


@pytest.mark.parametrize("status", ["placed", *FORWARD])
def test_a_printed_slip_is_in_the_order_its_history_and_lists(shop: Shop, placed: Json, status: str) -> None:
    if status != "placed":
        move_to(shop, placed, status)
    before = shop.orders()[placed["orderID"]]
    reply = patch(shop, placed["orderID"], SLIP)
    assert (reply.status, reply.headers["ETag"]) == (200, f'"{before["version"] + 1}"')
    after = shop.orders()[placed["orderID"]]
    entry = {"at": after["updatedAt"], "by": STAFF["email"], "sub": STAFF["sub"], "event": "printed"}
    assert after == before | {
        "version": before["version"] + 1,
        "updatedAt": after["updatedAt"],
        "slipPrintedAt": after["slipPrintedAt"],
        "history": [*before["history"], entry],
    }
    [listed] = shop.ask("list_orders", "GET", "/orders").json["orders"]
    assert listed["slipPrintedAt"] == after["slipPrintedAt"] <= after["updatedAt"]


def test_a_second_print_is_recorded_unless_the_same_person_made_it_within_a_minute(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch(shop, placed["orderID"], SLIP)
    again = patch(shop, placed["orderID"], SLIP)
    assert (again.status, again.headers["ETag"], events(again)) == (200, '"2"', ["placed", "printed"])
    other = shop.ask("move_order", "PATCH", PATH, SLIP, claims=ADMIN, orderID=placed["orderID"])
    assert events(other).count("printed") == 2
    first = shop.orders()[placed["orderID"]]["slipPrintedAt"]
    later = times.now_ms() + orders.SLIP_REPEAT_MS + 1
    monkeypatch.setattr(times, "now_ms", lambda: later)
    again = patch(shop, placed["orderID"], SLIP)
    assert (events(again).count("printed"), again.json["slipPrintedAt"] > first) == (3, True)


def test_a_slip_is_recorded_on_an_order_that_changed_at_the_same_moment(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    act_before_write(shop, monkeypatch, lambda: patch(shop, placed["orderID"], {"status": "packed"}))
    reply = patch(shop, placed["orderID"], SLIP)
    assert (reply.status, reply.json["status"], events(reply)) == (
        200,
        "packed",
        ["placed", "moved", "printed"],
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (SLIP | {"status": "packed"}, "printed"),
        (SLIP | {"comment": "x"}, "printed"),
        (SLIP | {"note": "x"}, "note"),
        ({"printed": "invoice"}, "printed"),
        ({"printed": True}, "printed"),
    ],
)
def test_a_printed_slip_is_alone_in_its_call(shop: Shop, placed: Json, body: Json, path: str) -> None:
    reply = patch(shop, placed["orderID"], body)
    assert (reply.status, list(reply.fields)) == (400, [path])
    assert shop.orders()[placed["orderID"]] == placed


def test_the_slip_of_an_unknown_order_is_404(shop: Shop) -> None:
    assert patch(shop, UNKNOWN_ID, SLIP).status == 404


LINES = [{"sku": "MOP-1", "quantity": 2}, {"sku": "SOAP-5L", "quantity": 1}]
TROLLEY = {"kind": "other", "text": "Used mop trolley", "amount": 4_000}
CUSTOMER = {"name": "Ann Miller", "email": "ann@example.org", "address": "1 Mill Lane"}
CONTENT: Json = {"customer": CUSTOMER, "items": LINES, "charges": [TROLLEY], "notes": "first"}


@pytest.fixture
def packing(shop: Shop) -> Json:
    """A placed order with goods that have no SKU, whose packing slip was printed."""
    placed = shop.place(order(**CONTENT))
    assert patch(shop, placed["orderID"], SLIP).status == 200
    return placed


@pytest.mark.parametrize(
    "change",
    [
        {"customer": CUSTOMER | {"name": "Ann Mill"}},
        {"customer": CUSTOMER | {"company": "Mill Ltd"}},
        {"customer": CUSTOMER | {"phone": "020 1"}},
        {"customer": CUSTOMER | {"address": "2 Mill Lane"}},
        {"notes": "second"},
        {"notes": ""},
        {"reference": "PO-7"},
        {"items": [LINES[0] | {"quantity": 3}, LINES[1]]},
        {"items": LINES[:1]},
        {"charges": [TROLLEY | {"text": "New mop trolley"}]},
        {"charges": []},
    ],
)
def test_an_edit_of_what_a_slip_shows_makes_its_slip_wrong(shop: Shop, packing: Json, change: Json) -> None:
    reply = put(shop, packing["orderID"], CONTENT | change, "2")
    assert (reply.status, events(reply)) == (200, ["placed", "printed", "edited"])
    [listed] = shop.ask("list_orders", "GET", "/orders").json["orders"]
    assert "slipPrintedAt" not in listed


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"customer": CUSTOMER | {"email": "other@example.org"}},
        {"items": LINES[::-1]},
        {"charges": [TROLLEY | {"amount": 3_000}, {"kind": "delivery", "amount": 500}]},
    ],
)
def test_an_edit_of_anything_else_keeps_the_time_of_the_slip(shop: Shop, packing: Json, change: Json) -> None:
    printed = shop.orders()[packing["orderID"]]["slipPrintedAt"]
    reply = put(shop, packing["orderID"], CONTENT | change, "2")
    assert (reply.status, reply.json.get("slipPrintedAt")) == (200, printed)


def test_moves_remarks_and_another_customer_keep_the_time_of_the_slip(shop: Shop, packing: Json) -> None:
    for body in (
        {"status": "packed"},
        {"comment": "Call first"},
        {"labels": {"tags": ["rush"], "assignee": "Bob"}},
        {"status": "placed", "note": "Too soon"},
    ):
        assert "slipPrintedAt" in patch(shop, packing["orderID"], body).json
    merge = {"customer": {"email": "other@example.org"}}
    merged = shop.ask("move_order", "PATCH", PATH, merge, claims=ADMIN, orderID=packing["orderID"])
    assert (merged.status, "slipPrintedAt" in merged.json) == (200, True)


def test_other_details_make_the_slip_wrong_until_it_is_printed_again_at_once(
    shop: Shop, packing: Json
) -> None:
    patch(shop, packing["orderID"], {"status": "packed"})
    reply = patch(shop, packing["orderID"], {"details": {"address": "2 Mill Lane"}}, If_Match="3")
    assert (reply.status, "slipPrintedAt" in reply.json) == (200, False)
    again = patch(shop, packing["orderID"], SLIP)
    assert (events(again)[-1], "slipPrintedAt" in again.json) == ("printed", True)


def test_a_full_history_refuses_printed_slips_and_the_order_still_moves(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    size = len(json.dumps(placed, ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size + tables.HISTORY_BYTES)
    reply = patch(shop, placed["orderID"], SLIP)
    assert (reply.status, reply.error["message"]) == (
        413,
        "the history of this order has no room for another remark",
    )
    for status in FORWARD:
        assert patch(shop, placed["orderID"], {"status": status, "note": "x" * 500}).status == 200


def test_a_printed_slip_sends_no_mail_and_counts_nothing(shop: Shop, placed: Json) -> None:
    shop.follow(change(None, placed))
    before = shop.ask("get_workload", "GET", "/reports/workload").json
    patch(shop, placed["orderID"], SLIP)
    printed = shop.orders()[placed["orderID"]]
    shop.follow(change(placed, printed))
    shop.announce(change(placed, printed))
    assert shop.mails() == []
    assert shop.ask("get_workload", "GET", "/reports/workload").json == before
