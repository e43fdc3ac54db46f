"""Comments on an order, and what its history says about an edit."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdas.handlers import move_order
from lambdas.platform import tables, times
from lambdas.shop import order_edits, orders
from lambdas.shop.documents import Customer, OrderContent
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, change, order
from tests.handlers.test_order_calls import (
    FORWARD,
    PATH,
    UNKNOWN_ID,
    act_before_write,
    change_details,
    delete,
    edit,
    move_to,
    patch,
    put,
    step_back,
)

pytestmark = pytest.mark.store

HOSTILE = '<img src=x onerror=alert(1)> "quoted" \\ 🧹 {{7*7}}\nsecond line; DROP TABLE'


@pytest.fixture
def placed(shop: Shop) -> Json:
    """An order of two lines, just placed."""
    return shop.place(order(notes="first"))


def comment(shop: Shop, order_id: str, text: Any, *, claims: Json = STAFF, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"comment": text}
    return shop.ask("move_order", "PATCH", PATH, body, claims=claims, headers=named, orderID=order_id)


def notes(reply: Reply) -> list[str]:
    """Return the comments in the order of an answer."""
    return [entry["note"] for entry in reply.json["history"] if entry["event"] == "commented"]


# ---- comments


@pytest.mark.parametrize("status", ["placed", *FORWARD, "cancelled", "rejected"])
def test_an_order_in_any_status_takes_comments(shop: Shop, placed: Json, status: str) -> None:
    if status == "rejected":
        placed = shop.place(order(items=[{"sku": "LOST", "quantity": 1}]))
    elif status == "cancelled":
        patch(shop, placed["orderID"], {"status": "cancelled"})
    elif status != "placed":
        move_to(shop, placed, status)
    before = shop.orders()[placed["orderID"]]
    reply = comment(shop, placed["orderID"], f"  {HOSTILE}\r\n ")
    assert (reply.status, reply.headers["ETag"]) == (200, f'"{before["version"] + 1}"')
    after = shop.orders()[placed["orderID"]]
    entry = {
        "at": after["updatedAt"],
        "by": STAFF["email"],
        "sub": "1",
        "event": "commented",
        "note": HOSTILE,
    }
    assert after == before | {
        "version": before["version"] + 1,
        "updatedAt": after["updatedAt"],
        "history": [*before["history"], entry],
    }
    assert after["status"] == status


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "x" * 501, None, 1, ["x"], '\ud83e"'])
def test_a_comment_that_breaks_a_rule_is_400_with_the_field(shop: Shop, placed: Json, text: Any) -> None:
    reply = comment(shop, placed["orderID"], text)
    assert (reply.status, list(reply.fields)) == (400, ["comment"])
    assert shop.orders()[placed["orderID"]] == placed


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"status": "packed"}, "comment"),
        ({"details": {"phone": "1"}}, "comment"),
        ({"settled": {}}, "comment"),
        ({"note": "x"}, "note"),
    ],
)
def test_a_comment_is_alone_in_its_call(shop: Shop, placed: Json, other: Json, path: str) -> None:
    reply = patch(shop, placed["orderID"], {"comment": "x"} | other, If_Match="1")
    assert (reply.status, list(reply.fields)) == (400, [path])
    assert shop.orders()[placed["orderID"]] == placed


def test_a_comment_on_an_unknown_or_erased_order_is_404(shop: Shop, placed: Json) -> None:
    assert comment(shop, UNKNOWN_ID, "x").status == 404
    comment(shop, placed["orderID"], "Call Ann at home")
    assert delete(shop, placed["orderID"], If_Match="2").status == 204
    assert comment(shop, placed["orderID"], "x").status == 404
    assert "Ann" not in json.dumps(shop.orders())


@pytest.mark.usefixtures("no_pauses")
def test_people_who_comment_at_the_same_time_all_succeed(shop: Shop, placed: Json) -> None:
    people = [STAFF | {"sub": str(number)} for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        said = threads.map(lambda who: comment(shop, placed["orderID"], "same", claims=who).status, people)
        assert list(said) == [200] * 4
    stored = shop.orders()[placed["orderID"]]
    assert (stored["version"], {entry["sub"] for entry in stored["history"][1:]}) == (5, set("0123"))


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move_order, "CONFLICT_PAUSES", (0.01,) * 5)


def test_a_comment_is_added_to_an_order_that_was_moved_at_the_same_moment(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    act_before_write(shop, monkeypatch, lambda: patch(shop, placed["orderID"], {"status": "packed"}))
    reply = comment(shop, placed["orderID"], "late")
    assert (reply.status, reply.json["status"], notes(reply)) == (200, "packed", ["late"])


def test_an_order_that_changes_at_every_try_answers_412(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def fail(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise tables.ConditionFailedError

    monkeypatch.setattr(move_order, "CONFLICT_PAUSES", (0, 0))
    monkeypatch.setattr(tables, "update", fail)
    assert (comment(shop, placed["orderID"], "x").status, len(tries)) == (412, 3)


def test_a_comment_honours_if_match(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    assert comment(shop, placed["orderID"], "one", If_Match="1").status == 200
    stale = comment(shop, placed["orderID"], "two", If_Match="1")
    assert (stale.status, stale.json["order"]["version"]) == (412, 2)
    act_before_write(shop, monkeypatch, lambda: comment(shop, placed["orderID"], "between", claims=ADMIN))
    raced = comment(shop, placed["orderID"], "two", If_Match="2")
    assert (raced.status, raced.json["order"]["history"][-1]["note"]) == (412, "between")


def test_a_comment_sent_again_is_stored_once(
    shop: Shop, placed: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment(shop, placed["orderID"], "No answer")
    comment(shop, placed["orderID"], "No answer", claims=ADMIN)
    again = comment(shop, placed["orderID"], "No answer ")
    assert (again.status, again.headers["ETag"], notes(again)) == (200, '"3"', ["No answer"] * 2)
    later = times.now_ms() + orders.REPEAT_MS + 1
    monkeypatch.setattr(times, "now_ms", lambda: later)
    assert notes(comment(shop, placed["orderID"], "No answer")) == ["No answer"] * 3


def test_a_full_history_refuses_comments_and_the_order_still_moves(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    size = len(json.dumps(placed, ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size + tables.HISTORY_BYTES + 9_000)
    comments = [comment(shop, placed["orderID"], f"{number}" + "🧹" * 490) for number in range(6)]
    assert [one.status for one in comments] == [200, 200, 200, 200, 413, 413]
    assert comments[-1].error["message"] == "the history of this order has no room for another remark"
    assert put(shop, placed["orderID"], edit(notes="🧹" * 1000), "5").status == 200
    note = "🧹" * 500
    assert patch(shop, placed["orderID"], {"status": "packed", "note": note}).status == 200
    assert step_back(shop, placed["orderID"], "placed", note=note).status == 200
    for status in FORWARD:
        assert patch(shop, placed["orderID"], {"status": status, "note": note}).status == 200
    assert comment(shop, placed["orderID"], "x" * 500).status == 413


def test_a_comment_changes_no_figure_search_list_or_mail(shop: Shop, placed: Json) -> None:
    shop.follow(change(None, placed))
    before = {name: views(shop, name) for name in VIEWS}
    comment(shop, placed["orderID"], "ziggurat")
    commented = shop.orders()[placed["orderID"]]
    for _ in range(2):
        shop.follow(change(placed, commented))
        shop.announce(change(placed, commented))
    after = {name: views(shop, name) for name in VIEWS}
    listed = after["list_orders"]["orders"][0] | {"version": 1, "updatedAt": placed["updatedAt"]}
    assert after | {"list_orders": {"orders": [listed], "nextCursor": None}} == before
    assert shop.mails() == []
    assert shop.ask("list_orders", "GET", "/orders", query={"q": "ziggurat"}).json["orders"] == []
    assert "ziggurat" not in shop.ask("list_orders", "GET", "/orders").text


VIEWS: dict[str, tuple[str, Json]] = {
    "list_orders": ("/orders", {}),
    "get_workload": ("/reports/workload", {}),
    "list_customers": ("/customers", {}),
}


def views(shop: Shop, name: str) -> Json:
    path, query = VIEWS[name]
    return shop.ask(name, "GET", path, query=query).json


def test_an_account_outside_staff_may_not_comment(shop: Shop, placed: Json) -> None:
    assert comment(shop, placed["orderID"], "x", claims={"email": "a@b.example", "sub": "9"}).status == 403


# ---- what an edit changed


def changes(reply: Reply) -> list[Json]:
    found: list[Json] = reply.json["history"][-1]["changes"]
    return found


def test_an_edit_says_what_it_changed_field_by_field_and_line_by_line(shop: Shop) -> None:
    customer = {"name": "Ann", "email": "ann@example.org", "phone": "020 1", "company": "Ann & Co"}
    placed = shop.place(order(customer=customer, items=[{"sku": "MOP-1", "quantity": 2}], notes=HOSTILE))
    now = {"name": "Ann", "email": "bob@example.org", "phone": "020 2", "address": "1 Quay"}
    items = [{"sku": "SOAP-5L", "quantity": 4}, {"sku": "MOP-1", "quantity": 3}]
    reply = put(shop, placed["orderID"], edit(customer=now, items=items, notes="front\ndoor"))
    added = [
        {"field": "E-mail", "from": "ann@example.org", "to": "bob@example.org"},
        {"field": "Company", "from": "Ann & Co"},
        {"field": "Phone", "from": "020 1", "to": "020 2"},
        {"field": "Address", "to": "1 Quay"},
        {"field": "Notes", "from": HOSTILE, "to": "front\ndoor"},
        {"field": "Flat mop (MOP-1)", "from": "quantity 2", "to": "quantity 3"},
        {"field": "Hand soap (SOAP-5L)", "to": "quantity 4"},
    ]
    assert changes(reply) == added
    reply = put(shop, placed["orderID"], edit(customer=now, items=items[:1], notes="front\ndoor"), "2")
    assert changes(reply) == [{"field": "Flat mop (MOP-1)", "from": "quantity 3"}]
    assert [entry.get("changes") for entry in reply.json["history"][:2]] == [None, added]


def test_changed_details_are_in_the_history(shop: Shop, placed: Json) -> None:
    reply = change_details(shop, placed["orderID"], {"phone": "020 1", "notes": ""})
    assert changes(reply) == [{"field": "Phone", "to": "020 1"}, {"field": "Notes", "from": "first"}]


def test_an_edit_that_changes_nothing_has_no_changes(shop: Shop, placed: Json) -> None:
    same = {name: placed[name] for name in ("customer", "notes")}
    items = [{"sku": line["sku"], "quantity": line["quantity"]} for line in reversed(placed["items"])]
    reply = put(shop, placed["orderID"], same | {"items": items})
    assert reply.json["history"][-1].keys() == {"at", "by", "sub", "event"}


def test_a_large_edit_says_its_first_changes_and_how_many_more() -> None:
    before = content(lines=range(100))
    found = order_edits.changes(before, content(notes="n", lines=range(50, 150)), "GBP")
    assert (len(found), found[0], found[-1]) == (21, {"field": "Notes", "to": "n"}, {"field": "and 81 more"})
    assert order_edits.changes(before, content(lines=range(20, 100)), "GBP")[-1] == {
        "field": "P19",
        "from": "quantity 1",
    }


def content(notes: str = "", lines: Iterable[int] = ()) -> OrderContent:
    customer: Customer = {"name": "Ann", "email": "ann@example.org"}
    return {
        "customer": customer,
        "items": [{"sku": f"P{number}", "quantity": 1} for number in lines],
        "notes": notes,
    }


def test_a_product_on_two_lines_has_both_quantities() -> None:
    found = order_edits.changes(content(lines=[1, 1]), content(lines=[1]), "GBP")
    assert found == [{"field": "P1", "from": "quantity 1 + 1", "to": "quantity 1"}]


@pytest.mark.parametrize("same", ["", "s" * 150, "🧹" * 1500])
@pytest.mark.parametrize(("was", "now"), [("", "added"), ("a" * 500, "b" * 499), ("x", "y")])
def test_long_texts_are_cut_around_their_first_difference(same: str, was: str, now: str) -> None:
    (found,) = order_edits.changes(content(notes=same + was), content(notes=same + now), "GBP")
    texts = [found.get("from", ""), found.get("to", "")]
    assert all(len(text) <= order_edits.MAX_TEXT for text in texts)
    assert texts[0] != texts[1]
    assert (was[:20] in texts[0], now[:20] in texts[1]) == (True, True)


def test_an_edit_without_room_for_its_words_is_still_saved(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    size = len(json.dumps(placed, ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size + 3_000)
    reply = put(shop, placed["orderID"], edit(notes="x" * 1900))
    assert (reply.status, reply.json["notes"]) == (200, "x" * 1900)
    assert "changes" not in reply.json["history"][-1]


def test_the_words_of_an_edit_are_erased_with_the_order(shop: Shop, placed: Json) -> None:
    put(shop, placed["orderID"], edit(notes="ziggurat"))
    put(shop, placed["orderID"], edit(), "2")
    assert "ziggurat" in json.dumps(shop.orders())
    delete(shop, placed["orderID"], If_Match="3")
    assert "ziggurat" not in json.dumps(shop.orders())
