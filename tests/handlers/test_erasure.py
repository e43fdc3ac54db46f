"""The export and the erasure of a customer: what stays, what goes, races, and calls that are cut off."""

import itertools
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, tables, text, times
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.shop import (
    address_search,
    drafts,
    erasure,
    letter_erasure,
    letters,
    order_anonymity,
    order_forgetting,
    order_reads,
    order_status,
    personal_data,
    personal_export,
)
from tests.handlers.order_lists import found as searched
from tests.handlers.personal_traces import Trade, erase, export, exported, user_pool_of
from tests.handlers.shop import (
    ADMIN,
    STAFF,
    Json,
    Reply,
    Shop,
    as_record,
    change,
    fault,
    order,
    submission,
    with_keys,
)
from tests.handlers.test_customer_notes import patch as patch_customer
from tests.handlers.test_customers import emails, get_one
from tests.handlers.test_dead_letters import get as get_letter
from tests.handlers.test_drafts import draft, put
from tests.handlers.test_order_calls import PATH, act_before_write, patch
from tests.handlers.test_order_mails import send as send_mail
from tests.handlers.test_redrive import deliver, discard, give_up
from tests.handlers.test_redrive import send as send_again

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ANN = "ann@example.org"
NOTHING: Json = {
    "anonymised": 0,
    "erased": 0,
    "deadLetters": 0,
    "parkedOrders": 0,
    "accounts": 0,
    "openLetters": 0,
    "firstOpenLetters": [],
    "left": 0,
    "nextCursor": None,
}


@pytest.fixture
def trade(shop: Shop) -> Trade:
    return Trade(shop)


def ordered(trade: Trade, *statuses: str, email: str = "Ann@Example.org", **changes: Any) -> str:
    """Place an order of Ann Miller, and move it through statuses; return its ID."""
    customer = {"name": "Ann Miller", "email": email}
    order_id = trade.place(customer=customer, notes="Ring Ann", charges=[], **changes)
    for status in statuses:
        trade.patch(order_id, status=status)
    return order_id


def by_admin(shop: Shop, order_id: str, body: Json) -> Reply:
    return shop.ask("move_order", "PATCH", PATH, body, claims=ADMIN, orderID=order_id)


# ---- who may, and what is refused


def test_only_admins_export_and_erase(trade: Trade) -> None:
    ordered(trade, "cancelled")
    before = trade.shop.orders()
    for reply in (erase(trade.shop, ANN, STAFF), export(trade.shop, ANN, STAFF)):
        assert (reply.status, reply.error["code"]) == (403, "forbidden")
    assert trade.shop.orders() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": None}, "reason"),
        ({"reason": " \n "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "asked", "dryRun": "yes"}, "dryRun"),
        ({"reason": "asked", "cursor": "x"}, "cursor"),
        ({"reason": "asked", "cursor": 1}, "cursor"),
        ({"reason": "asked", "name": "Ann"}, "name"),
    ],
)
def test_an_invalid_request_names_the_field_and_changes_nothing(trade: Trade, body: Json, field: str) -> None:
    parked = put(trade.shop, draft(customer={"email": ANN}), If_None_Match="*")
    assert parked.status == 201
    reply = erase(trade.shop, ANN, **body)
    assert (reply.status, [*reply.fields]) == (400, [field])
    assert trade.shop.all("SHOP_DRAFTS_TABLE")


def test_an_erasure_needs_a_reason_unless_it_is_a_dry_run(trade: Trade) -> None:
    ordered(trade, "cancelled")
    path: Json = {"claims": ADMIN, "email": ANN}
    resource = "/customers/{email}/erasure"
    reply = trade.shop.ask("erase_customer", "POST", resource, {}, **path)
    assert (reply.status, [*reply.fields]) == (400, ["reason"])
    assert trade.shop.ask("erase_customer", "POST", resource, {"dryRun": True}, **path).json["erased"] == 1


def test_a_forged_cursor_is_refused(shop: Shop) -> None:
    for place, key in (("nowhere", ""), ("parked", "1"), ("parked", "\n"), ("letters", "a\nb")):
        cursor = personal_data.cursor_of(place, key)
        assert export(shop, ANN, cursor=cursor).status == 400
        assert erase(shop, ANN, cursor=cursor).status == 400


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "ann@example", "%", "a" * 300])
def test_an_address_of_which_nothing_is_kept_gets_a_404(shop: Shop, email: str) -> None:
    assert export(shop, email).status == 404
    assert erase(shop, email, dryRun=True).status == 404
    assert erase(shop, email).status in (200, 404)


@pytest.mark.parametrize("status", ["placed", "packed"])
def test_an_order_that_the_shop_owes_refuses_the_whole_erasure(trade: Trade, status: str) -> None:
    ordered(trade, "packed", "shipped")
    ordered(trade, "cancelled")
    open_id = ordered(trade, *([] if status == "placed" else [status]))
    put(trade.shop, draft(customer={"email": ANN}), If_None_Match="*")
    before = {table: trade.shop.all(table) for table in ("SHOP_ORDERS_TABLE", "SHOP_DRAFTS_TABLE")}
    number = trade.shop.orders()[open_id]["number"]
    for dry_run in (True, False):
        reply = erase(trade.shop, ANN, dryRun=dry_run)
        assert (reply.status, reply.fields) == (409, {open_id: f"#{number} is {status}"})
        assert f"#{number}" in reply.error["message"]
        assert "ship or cancel" in reply.error["message"]
    assert {table: trade.shop.all(table) for table in before} == before


def test_every_status_has_a_verdict() -> None:
    verdicts = {one: order_forgetting.verdict({"status": one}) for one in order_status.NEXT}  # type: ignore[typeddict-item]
    assert verdicts == {
        "placed": "",
        "packed": "",
        "shipped": "anonymised",
        "delivered": "anonymised",
        "cancelled": "erased",
        "rejected": "erased",
    }


# ---- what stays of an order


def test_an_anonymised_order_keeps_what_the_books_need(trade: Trade) -> None:
    charges = [
        {"kind": "other", "text": "Plaque for Ann", "amount": 500},
        {"kind": "delivery", "amount": 300},
    ]
    order_id = trade.place(notes="Ring Ann", charges=charges, reference="Ann-7")
    trade.patch(order_id, labels={"tags": ["Ann"], "assignee": "Ann's van"})
    trade.patch(order_id, comment="Ann rang")
    for status in ("packed", "shipped"):
        trade.patch(order_id, status=status, note="for Ann")
    before = trade.shop.orders()[order_id]
    trade.erase_all("zyxmark@person.example")
    after = trade.shop.orders()[order_id]
    changed = {"customer", "charges", "history", "version", "updatedAt"}
    gone = {"reference", "notes", "hasNotes", "tags", "assignee", "customerEmail"}
    assert before.keys() - after.keys() == gone
    assert after.keys() - before.keys() == {"anonymisedAt"}
    assert {name for name in after if after[name] != before.get(name)} == changed | {"anonymisedAt"}
    assert after["customer"] == {"name": "Erased customer"}
    assert after["charges"] == [
        {"kind": "other", "text": "Erased text", "amount": 500},
        {"kind": "delivery", "amount": 300},
    ]
    link = {"replaces": {"orderID": "1", "number": 7}}
    linked = order_anonymity.without_person({**before, **link}, "now")  # type: ignore[typeddict-item]
    assert linked["replaces"] == link["replaces"]
    *steps, last = after["history"]
    kept = ("at", "by", "sub", "event", "from", "to")
    assert steps == [{name: one[name] for name in kept if name in one} for one in before["history"]]
    assert (last["event"], last["by"], last["sub"]) == ("anonymised", "admin@shop.example", "2")
    assert (last["note"], last["at"]) == ("asked by letter", after["updatedAt"])
    shown = trade.shop.ask("get_order", "GET", PATH, orderID=order_id)
    assert (shown.status, shown.json["anonymisedAt"]) == (200, after["anonymisedAt"])


def test_an_order_that_came_to_nothing_leaves_a_tombstone(trade: Trade) -> None:
    cancelled, rejected = ordered(trade, "cancelled"), ordered(trade, items=[{"sku": "NO", "quantity": 1}])
    trade.erase_all(ANN)
    for order_id in (cancelled, rejected):
        assert trade.shop.orders()[order_id]["erasedAt"]
        assert trade.shop.ask("get_order", "GET", PATH, orderID=order_id).status == 404


def test_the_person_is_in_no_list_and_no_search_afterwards(trade: Trade) -> None:
    kept = ordered(trade, "packed", "shipped")
    other = ordered(trade, email="bob@example.org")
    assert set(searched(trade.shop, q="ann")) == {kept, other}
    trade.erase_all(ANN)
    assert emails(trade.shop) == ["bob@example.org"]
    assert get_one(trade.shop, ANN).status == 404
    assert searched(trade.shop, q="ann") == [other]
    assert searched(trade.shop, customer=ANN) == []
    assert searched(trade.shop, q="erased customer") == [kept]
    listed = trade.shop.ask("list_product_orders", "GET", "/products/{sku}/orders", sku="MOP-1").json[
        "orders"
    ]
    assert {one["orderID"]: one["customer"]["name"] for one in listed} == {
        kept: "Erased customer",
        other: "Ann Miller",
    }
    assert ["anonymisedAt" in one for one in listed] == [one["orderID"] == kept for one in listed]


def test_no_mail_is_sent_about_an_anonymised_order(trade: Trade) -> None:
    ordered(trade, "packed", "shipped", "delivered")
    trade.shop.announce(*trade.records)
    assert len(trade.shop.mails()) == 1
    trade.records.clear()
    trade.erase_all(ANN)
    (record,) = trade.records
    assert record["dynamodb"]["NewImage"]["anonymisedAt"]
    trade.shop.announce(record)
    assert trade.shop.mails() == []


def test_an_anonymised_order_goes_back_to_nobody(trade: Trade) -> None:
    order_id = ordered(trade, "packed", "shipped")
    trade.erase_all(ANN)
    for body in ({"status": "packed", "note": "why"}, {"customer": {"email": "bob@example.org"}}):
        reply = by_admin(trade.shop, order_id, body)
        assert (reply.status, "was erased" in reply.error["message"]) == (409, True)
    assert patch(trade.shop, order_id, {"status": "delivered"}).status == 200


def test_a_late_redelivery_does_not_bring_the_person_back(trade: Trade) -> None:
    submitted = order()
    assert trade.shop.deliver(submission(submitted)) == []
    trade.follow()
    for status in ("packed", "shipped"):
        trade.patch(submitted["orderID"], status=status)
    trade.erase_all(ANN)
    before = trade.shop.orders()
    assert trade.shop.deliver(submission(submitted)) == []
    assert trade.shop.orders() == before
    assert trade.shop.letters() == []


# ---- in steps, at once, cut off


@pytest.mark.thorough
def test_many_orders_are_erased_in_several_calls(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [trade.shop.place(order()) for _ in range(105)]
    ends = itertools.cycle(("shipped", "cancelled", "delivered"))
    ended = [with_keys(one | {"status": status}) for one, status in zip(made, ends, strict=False)]
    trade.shop.put_all("SHOP_ORDERS_TABLE", ended)
    trade.shop.follow(*(change(None, one) for one in ended))
    trade = Trade(trade.shop)
    # Each look at the clock takes a second, so a call has time for a fixed number of orders.
    monkeypatch.setattr(erasure, "time", SimpleNamespace(monotonic=itertools.count().__next__))
    monkeypatch.setattr(erasure, "SECONDS", 20)
    answers = trade.erase_all(ANN)
    assert [one["left"] for one in answers] == [85, 64, 43, 22, 2, 0]
    assert (sum(one["anonymised"] for one in answers), sum(one["erased"] for one in answers)) == (70, 35)
    assert not [one for one in trade.shop.orders().values() if "Ann" in json.dumps(one)]
    assert trade.shop.orders().keys() == {one["orderID"] for one in made}


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_letters_and_parked_orders_are_erased_in_steps_too(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    for at in range(5):
        assert trade.shop.deliver(submission(f"{at}: not JSON, for {ANN}")) == []
        assert (
            put(trade.shop, draft(customer={"email": ANN}), str(uuid.uuid4()), If_None_Match="*").status
            == 201
        )
    trade.shop.keep()
    monkeypatch.setattr(erasure, "SECONDS", seconds)
    monkeypatch.setattr(personal_data, "SCAN_SECONDS", 0.0)
    monkeypatch.setattr(personal_data, "_MAX_FOUND", 2)
    assert len(exported(trade.shop, ANN)["deadLetters"]) == 5
    assert len(exported(trade.shop, ANN)["parkedOrders"]) == 5
    answers = trade.erase_all(ANN)
    assert (len(answers) > 2) == (seconds == 0)
    assert answers[0]["deadLetters"] == (5 if seconds else 1)
    assert sum(one["deadLetters"] for one in answers) == sum(one["parkedOrders"] for one in answers) == 5
    assert trade.shop.all("SHOP_DRAFTS_TABLE") == []
    assert ANN not in json.dumps(trade.shop.all("SHOP_LETTERS_TABLE"))


@pytest.mark.thorough
@pytest.mark.parametrize("at", range(12))
def test_a_call_that_was_cut_off_is_finished_by_the_next(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The write with this number fails, as if the function had ended there."""
    ordered(trade, "packed", "shipped")
    cancelled = ordered(trade, "cancelled")
    for letter in (f"for {ANN}", order(cancelled, notes="elsewhere")):
        assert trade.shop.deliver(submission(letter)) == []
    trade.shop.keep()
    put(trade.shop, draft(customer={"email": ANN}), If_None_Match="*")
    assert patch_customer(trade.shop, {"note": "pays late"}, "*").status == 200
    count, write = iter(range(100)), tables.write_conditionally

    def fail(operation: str, **request: Any) -> None:
        if next(count) == at:
            raise fault()
        write(operation, **request)

    with monkeypatch.context() as patched:
        patched.setattr(tables, "write_conditionally", fail)
        with suppress(ClientError):  # a number that is too high fails no write
            erase(trade.shop, ANN, discardDeadLetters=True)
    trade.follow()
    trade.erase_all(ANN)
    everything = [*trade.shop.orders().values(), *trade.shop.all("SHOP_LETTERS_TABLE")]
    assert not [word for word in ("Ann", "ann@", "elsewhere") if word in json.dumps(everything)]
    assert trade.shop.all("SHOP_DRAFTS_TABLE") == trade.shop.all("SHOP_CUSTOMERS_TABLE") == []


def test_two_calls_at_once_do_everything_once(trade: Trade) -> None:
    for status in ("shipped", "delivered", "cancelled"):
        way = {"shipped": ("packed",), "delivered": ("packed", "shipped"), "cancelled": ()}[status]
        for _ in range(3):
            ordered(trade, *way, status)
    with ThreadPoolExecutor(3) as threads:
        replies = list(threads.map(_erase_once, "345"))
    assert sum(one["anonymised"] for one in replies) == 6
    trade.follow()
    trade.erase_all(ANN)
    for one in trade.shop.orders().values():
        assert [step["event"] for step in one.get("history", [])].count("anonymised") <= 1
        assert "Ann" not in json.dumps(one)


def _erase_once(sub: str) -> Json:
    """Make one call as this admin. Two writes of one person could be the same in one millisecond."""
    step = erasure.Erasure(email=ANN, reason="asked", by=Person("admin@shop.example", sub), currency="GBP")
    return step.step("").public


def test_an_order_that_changes_meanwhile_is_judged_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = ordered(trade, "packed", "shipped")
    recall = {"status": "packed", "note": "came back"}
    act_before_write(trade.shop, monkeypatch, lambda: by_admin(trade.shop, order_id, recall))
    reply = erase(trade.shop, ANN)
    assert (reply.status, [*reply.fields]) == (409, [order_id])
    assert reply.fields[order_id].endswith(" is packed")
    assert trade.shop.orders()[order_id]["customer"]["name"] == "Ann Miller"


def test_an_order_that_is_commented_on_meanwhile_loses_that_too(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = ordered(trade, "packed", "shipped")
    act_before_write(trade.shop, monkeypatch, lambda: patch(trade.shop, order_id, {"comment": "Ann rang"}))
    assert erase(trade.shop, ANN).json["anonymised"] == 1
    assert "Ann" not in json.dumps(trade.shop.orders()[order_id])


def test_an_order_that_is_given_away_meanwhile_stays_as_it_is(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = ordered(trade, "packed", "shipped")
    other = {"customer": {"email": "bob@example.org"}}
    act_before_write(trade.shop, monkeypatch, lambda: by_admin(trade.shop, order_id, other))
    assert erase(trade.shop, ANN).json["anonymised"] == 0
    assert trade.shop.orders()[order_id]["customer"]["email"] == "bob@example.org"


def test_an_order_that_comes_meanwhile_is_found_by_the_next_call(trade: Trade) -> None:
    ordered(trade, "packed", "shipped")
    assert erase(trade.shop, ANN).json["left"] == 1
    late = ordered(trade)
    assert erase(trade.shop, ANN).fields[late].endswith(" is placed")
    trade.patch(late, status="cancelled")
    assert sum(one["erased"] for one in trade.erase_all(ANN)) == 1
    assert emails(trade.shop) == []


def test_a_parked_order_that_is_saved_meanwhile_is_left_for_the_next_call(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(trade.shop, draft(customer={"email": ANN}), If_None_Match="*")
    remove = drafts.remove

    def save_first(found: Any) -> None:
        monkeypatch.setattr(drafts, "remove", remove)
        tables.put_over(trade.shop.names["SHOP_DRAFTS_TABLE"], 1, found | {"version": 2})
        remove(found)

    monkeypatch.setattr(drafts, "remove", save_first)
    assert erase(trade.shop, ANN).json == NOTHING | {"left": 1}
    assert erase(trade.shop, ANN).json == NOTHING | {"parkedOrders": 1}


@pytest.mark.parametrize("where", ["dead letter", "parked order"])
def test_what_changes_meanwhile_is_not_forgotten_on_a_later_page(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    for at in range(3):
        assert trade.shop.deliver(submission(f"{at}: not JSON, for {ANN}")) == []
        put(trade.shop, draft(customer={"email": ANN}), str(uuid.uuid4()), If_None_Match="*")
    trade.shop.keep()
    monkeypatch.setattr(erasure, "SECONDS", 0.0)
    monkeypatch.setattr(personal_data, "_MAX_FOUND", 1)
    module, name = (letter_erasure, "erase") if where == "dead letter" else (drafts, "remove")
    act = getattr(module, name)

    def refuse_once(*_: Any) -> None:
        monkeypatch.setattr(module, name, act)
        raise PreconditionFailedError("changed meanwhile")

    monkeypatch.setattr(module, name, refuse_once)
    trade.erase_all(ANN)
    assert trade.shop.all("SHOP_DRAFTS_TABLE") == []
    assert ANN not in json.dumps(trade.shop.all("SHOP_LETTERS_TABLE"))


def test_a_note_that_is_written_meanwhile_goes_with_the_customer(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(trade, "cancelled")
    patch_customer(trade.shop, {"note": "pays late"}, "*")
    act_before_write(trade.shop, monkeypatch, lambda: patch_customer(trade.shop, {"note": "Ann owes"}, "*"))
    assert erase(trade.shop, ANN).json["left"] == 1
    trade.follow()
    assert trade.shop.all("SHOP_CUSTOMERS_TABLE") == []


# ---- addresses


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Ann@Example.org", "ANN%40EXAMPLE.ORG"),
        ("o'brien+x@bücher.example", "O'Brien+x@xn--bcher-kva.example"),
        ('"ann"@example.org', '"Ann"@example.org'),
        ("jo\u0308rg@example.org", "J%C3%B6rg@example.org"),
        ("ａnn@example.org", "ann@example.org"),
    ],
)
def test_every_spelling_of_an_address_is_the_same_person(trade: Trade, stored: str, asked: str) -> None:
    ordered(trade, "packed", "shipped", email=stored)
    sent = json.dumps(order("no ID", customer={"name": "A", "email": stored}))
    assert trade.shop.deliver(submission(sent)) == []
    trade.shop.keep()
    put(trade.shop, draft(customer={"email": f" {stored} "}), If_None_Match="*")
    whole = exported(trade.shop, asked)
    assert [len(whole[name]) for name in ("orders", "deadLetters", "parkedOrders")] == [1, 1, 1]
    (first, *_) = trade.erase_all(asked)
    assert (first["anonymised"], first["deadLetters"], first["parkedOrders"]) == (1, 1, 1)
    assert export(trade.shop, asked).status == 404


@pytest.mark.parametrize(
    "other",
    [
        "joann@example.org",
        "ann@example.org.uk",
        "ann@example.orga",
        "x.ann@example.org",
        "x_ann@example.org",
        "o'ann@example.org",
        "o’ann@example.org",
        "ann@example.com",
    ],
)
def test_another_address_that_contains_this_one_is_another_person(trade: Trade, other: str) -> None:
    ordered(trade, "packed", "shipped", email=other)
    assert trade.shop.deliver(submission(f"from {other}, not JSON")) == []
    letters_before = trade.shop.keep()
    put(trade.shop, draft(customer={"email": other}), If_None_Match="*")
    assert export(trade.shop, ANN).status == 404
    assert erase(trade.shop, ANN).json == NOTHING
    assert trade.shop.keep() == letters_before
    assert len(trade.shop.all("SHOP_DRAFTS_TABLE")) == 1


@pytest.mark.parametrize("other", ["bob@example.org", "bob/ann@example.org"])
def test_what_is_for_another_customer_stays_although_it_names_this_one(trade: Trade, other: str) -> None:
    """An accepted order of somebody else must neither be lost nor be shown to this person."""
    content: Json = {"customer": {"name": "Bob", "email": other}, "notes": f"Copy to {ANN}"}
    assert trade.shop.deliver(submission(order(**content), channel="fax")) == []
    placed = trade.place(**content, charges=[])
    assert placed
    _fail_to_count(trade, trade.records[-1])
    kept = {**trade.shop.keep(), **trade.shop.keep("SHOP_VIEWS_DLQ_URL")}
    assert {one["source"] for one in kept.values()} == {"orders", "views"}
    put(trade.shop, draft(**content), If_None_Match="*")
    assert export(trade.shop, ANN).status == 404
    assert erase(trade.shop, ANN).json == NOTHING
    assert {one["id"]: one for one in trade.shop.all("SHOP_LETTERS_TABLE")} == kept
    assert len(trade.shop.all("SHOP_DRAFTS_TABLE")) == 1


def test_a_dead_letter_that_was_mended_for_another_customer_goes(trade: Trade) -> None:
    sent = order(customer={"name": "Ann", "email": ANN})
    give_up(trade.shop, submission(sent))
    (letter,) = trade.shop.keep().values()
    mended = sent | {"customer": {"name": "Bob", "email": "bob@example.org"}}
    assert send_again(trade.shop, letter, mended).status == 202
    assert [*deliver(trade.shop)] == [sent["orderID"]]
    assert erase(trade.shop, ANN).json == NOTHING | {"deadLetters": 1}


@pytest.mark.parametrize("where", ["dead letter", "parked order"])
def test_a_person_without_any_order_is_found(trade: Trade, where: str) -> None:
    if where == "dead letter":
        assert (
            trade.shop.deliver(submission(json.dumps({"mail": {"to": ["Ann <ANN\u0040example.org>"]}}))) == []
        )
        trade.shop.keep()
    else:
        put(trade.shop, draft(notes="write to Ann@example.org."), If_None_Match="*")
    assert export(trade.shop, ANN).status == 200
    preview = erase(trade.shop, ANN, dryRun=True).json
    assert preview["deadLetters"] + preview["parkedOrders"] == preview["left"] == 1
    trade.erase_all(ANN)
    assert export(trade.shop, ANN).status == 404


def test_a_member_of_staff_who_is_a_customer_too_keeps_the_letters_of_others(trade: Trade) -> None:
    staff = STAFF["email"]
    ordered(trade, email="bob@example.org")
    record = trade.records[0]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        trade.shop.announce(record)
    before = trade.shop.keep("SHOP_NOTIFICATION_DLQ_URL")
    assert staff in json.dumps(before)
    assert export(trade.shop, staff).status == 404
    assert erase(trade.shop, staff).json == NOTHING
    assert trade.shop.keep() == before


@pytest.mark.parametrize(
    ("document", "is_named"),
    [
        ({"a": [{"b": "Ann@example.org"}]}, True),
        ("x" * 2990 + " ann@example.org " + "y" * 3000, True),
        ("x" * 3000 + "joann@example.org" + "y" * 10, False),
        ('{"email":"ann\\u0040example.org", broken', True),
        (json.dumps({"text": json.dumps({"e": "ann@example.org"})}), True),
        ({"by": "ann@example.org", "submittedBy": {"S": "ann@example.org"}}, False),
        ({"ann@example.org": 1}, True),
        ("[" * 100_000 + '"ann@example.org"' + "]" * 100_000, True),
        (json.loads("[" * 500 + '"ann@example.org"' + "]" * 500), True),
        ("\\ud83d ann@example.org", True),
        (json.dumps(json.dumps("ann\\u0040example.org"))[1:-1] + "broken", True),
        (None, False),
    ],
)
def test_an_address_is_found_wherever_it_is(document: Any, is_named: bool) -> None:
    assert address_search.names(document, ANN) is is_named


def test_an_address_is_found_in_each_spelling_of_its_domain() -> None:
    for written in ("Jörg@bücher.example", "JÖRG@XN--BCHER-KVA.EXAMPLE", "jo\u0308rg@bücher.example"):
        assert address_search.names({"body": f"from {written}."}, "jörg@bücher.example"), written


@pytest.mark.parametrize("size", [0, 1, 1499, 1999, 2000, 2001, 2790, 2990, 3001, 4999, 9_000])
def test_an_address_is_found_at_each_place_of_a_long_text(size: int) -> None:
    for email in (ANN, "a" * 200 + "@" + "b" * 40 + ".example"):
        mailbox = text.mailbox(email)
        assert address_search.names(f"{'-' * size} {email} {'-' * 5000}", mailbox)
        assert not address_search.names(f"{'-' * size} x{email} {'-' * 5000}", mailbox)


def test_the_export_says_of_whom_when_and_in_which_units(trade: Trade) -> None:
    ordered(trade)
    first = export(trade.shop, "ANN@example.org").json
    assert next(iter(first)) == "about"
    year = times.now()[:4]
    for said in (
        f"about {ANN}, made at {year}-",
        "minor units of GBP (pence): 1250 is GBP 12.50",
        "UTC",
        "“staff”",
    ):
        assert said in first["about"]
    assert "about" not in export(trade.shop, ANN, cursor=first["nextCursor"]).json
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHOP_CURRENCY", "JPY")
        about = personal_export.about(ANN, "JPY")
        assert "minor units of JPY: 1250 is JPY 1,250." in about
        # An order of a connected shop has the word too, and nobody of the shop took it.
        assert about.endswith("people who work at the shop, and of the systems that send it orders.")


def test_the_export_has_nobody_of_the_shop(trade: Trade) -> None:
    order_id = ordered(trade)
    trade.shop.announce(trade.records[0])
    trade.patch(order_id, labels={"tags": ["rush"], "assignee": "Mary Porter"})
    trade.patch(order_id, labels={"tags": ["rush"], "assignee": "Sam"})
    trade.patch(order_id, comment="Ask staff@shop.example, not xstaff@shop.example")
    assert patch_customer(trade.shop, {"note": "pays late"}, "*").status == 200
    (letter,) = _undelivered(trade, 1).values()
    _fail_to_count(trade, trade.records[-1])
    trade.shop.keep("SHOP_VIEWS_DLQ_URL")
    assert send_again(trade.shop, letter, note="Sent by Admin@shop.example").status == 202
    assert send_mail(trade.shop, {"orderID": order_id}).status == 202
    written = json.dumps(whole := exported(trade.shop, ANN))
    for name in ("admin@shop", "Admin@shop", "boss@shop", "orders@shop", "Mary", "Sam", '"sub"'):
        assert name not in written
    assert "Ask staff, not xstaff@shop.example" in written
    assert "sent" in {mail["state"] for mail in whole["mails"]}
    (found,) = whole["orders"]
    assert (found["submittedBy"], found["assignee"], whole["customer"]["noteBy"]) == ("staff",) * 3
    assert {entry["by"] for one in (found, *whole["deadLetters"]) for entry in one["history"]} == {"staff"}
    images = [
        json.loads(one["body"])["dynamodb"]["NewImage"] for one in whole["deadLetters"] if "change" in one
    ]
    assert [(one["submittedBy"], one["assignee"]) for one in images] == [({"S": "staff"}, {"S": "staff"})]


def test_the_export_hides_an_address_behind_the_escapes_of_json(trade: Trade) -> None:
    """The content of a dead letter is text of JSON, in which a line break is a backslash and a letter."""
    order_id = ordered(trade)
    trade.patch(order_id, comment="Ask\nstaff@shop.example\nor xadmin@shop.example")
    _fail_to_count(trade, trade.records[-1])
    sent = order(customer={"name": "Ann", "email": ANN}, notes="Ask\nAdmin@shop.example")
    escaped = json.dumps(sent).replace("Ask", "Ask \\u003cstaff@shop.example")
    assert trade.shop.deliver(submission(escaped, channel="fax")) == []
    letter, *_ = trade.shop.keep().values()
    trade.shop.keep("SHOP_VIEWS_DLQ_URL")
    assert send_again(trade.shop, letter).status == 202
    written = json.dumps(exported(trade.shop, ANN)).lower()
    assert "staff@shop" not in written
    assert written.count("admin@shop") == written.count("xadmin@shop") > 0


def test_the_export_hides_an_earlier_assignee_in_texts_too(trade: Trade) -> None:
    order_id = ordered(trade)
    for assignee in ("sam@shop.example", ""):
        trade.patch(order_id, labels={"tags": [], "assignee": assignee})
    trade.patch(order_id, comment="Sam@shop.example will call")
    (found,) = exported(trade.shop, ANN)["orders"]
    assert found["history"][-1]["note"] == "staff will call"


def test_the_export_hides_colleagues_whom_no_field_of_the_page_names(trade: Trade) -> None:
    """They are named by a field of another page, or of none."""
    order_id = ordered(trade)
    user_pool_of(trade.shop, "mary@shop.example", "bo@shop.example", ANN)
    trade.patch(order_id, comment=f"{ANN}: ask Mary@shop.example or bo@shop.example, not ebo@shop.example")
    (found,) = exported(trade.shop, ANN)["orders"]
    assert found["history"][-1]["note"] == f"{ANN}: ask staff or staff, not ebo@shop.example"


def test_half_a_character_in_a_dead_letter_stops_no_export(trade: Trade) -> None:
    order_id = ordered(trade)
    body = json.dumps(change(None, trade.shop.orders()[order_id])).replace("Ring", "Ring \\ud83d")
    letter = {"id": "views-1", "source": "views", "state": "open", "version": 1, "orderID": order_id}
    letter |= {"reason": "", "advice": "no-reason", "receivedAt": times.now(), "tries": 1, "body": body}
    letter |= {"attributes": {}, "tokens": ["1"], "history": []}
    trade.shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter)))
    (shown,) = exported(trade.shop, ANN)["deadLetters"]
    assert "Ring ? Ann" in shown["body"].encode().decode()


@pytest.mark.parametrize("field", ["by", "submittedBy", "noteBy", "erasedBy", "assignee"])
def test_the_export_names_nobody_in_any_field(field: str) -> None:
    for name, value in (("Mary", "staff"), ({"S": "Mary"}, {"S": "staff"}), (None, None)):
        assert personal_export.without_staff({"of": [{field: name}]}, ANN, ()) == {"of": [{field: value}]}


def test_the_order_in_a_dead_letter_keeps_every_field_that_its_sender_wrote() -> None:
    letter = {"order": {"by": "Ann's mother", "sub": 5, "items": [{"assignee": "Bo"}]}}
    assert personal_export.without_staff(letter | {"submittedBy": "Sam"}, ANN, ()) == letter | {
        "submittedBy": "staff"
    }


def test_the_export_of_a_member_of_staff_has_the_own_address(trade: Trade) -> None:
    staff = STAFF["email"]
    ordered(trade, email=staff)
    assert exported(trade.shop, staff)["customer"]["email"] == staff
    of_staff = {"by": staff.upper(), "note": f"for {staff}"}
    assert personal_export.without_staff(of_staff, staff, [staff.title()]) == of_staff


# ---- dead letters


def test_an_order_of_somebody_else_under_the_id_of_an_order_refuses_the_erasure(trade: Trade) -> None:
    """It was accepted, and is stored nowhere else. It is not shown to the person either."""
    order_id = ordered(trade, "packed", "shipped")
    other = order(order_id, customer={"name": "Bob", "email": "bob@elsewhere.example"})
    assert trade.shop.deliver(submission(other)) == []
    (letter,) = trade.shop.keep().values()
    assert exported(trade.shop, ANN)["deadLetters"] == []
    stored = trade.shop.orders()
    for dry_run in (True, False):
        reply = erase(trade.shop, ANN, dryRun=dry_run)
        assert (reply.status, reply.fields) == (409, {letter["id"]: "settle this dead letter first"})
    assert (trade.shop.orders(), trade.shop.keep()) == (stored, {letter["id"]: letter})
    assert discard(trade.shop, letter, "Bob has ordered again").status == 204
    (first, *_) = trade.erase_all(ANN)
    assert (first["anonymised"], first["deadLetters"]) == (1, 1)
    assert "elsewhere" not in json.dumps(trade.shop.all("SHOP_LETTERS_TABLE"))


def test_a_refused_order_keeps_the_content_of_its_other_letters(trade: Trade) -> None:
    order_id = ordered(trade, "packed", "shipped")
    for email in ("bob@elsewhere.example", ANN):
        assert trade.shop.deliver(submission(order(order_id, customer={"name": "B", "email": email}))) == []
        kept = trade.shop.keep()
    latest = max(kept.values(), key=lambda one: str(one["receivedAt"]))
    assert discard(trade.shop, latest, "A double").status == 204
    before = trade.shop.keep()
    assert erase(trade.shop, ANN).status == 409
    assert trade.shop.keep() == before


def _undelivered(trade: Trade, count: int) -> dict[str, Json]:
    """Have orders of Ann become dead letters, none of which can be stored; return all letters by ID."""
    for _ in range(count):
        sent = order(customer={"name": "Ann", "email": ANN})
        assert trade.shop.deliver(submission(sent, channel="fax")) == []
    return trade.shop.keep()


@pytest.mark.parametrize(("count", "named"), [(1, "1 order of"), (12, "12 orders of")])
def test_orders_that_did_not_arrive_refuse_the_erasure(trade: Trade, count: int, named: str) -> None:
    ordered(trade, "packed", "shipped")
    put(trade.shop, draft(customer={"email": ANN}), If_None_Match="*")
    kept, stored = _undelivered(trade, count), trade.shop.orders()
    bodies: tuple[Json, ...] = ({}, {"discardDeadLetters": False})
    for more in bodies:
        reply = erase(trade.shop, ANN, **more)
        assert (reply.status, [*reply.fields]) == (409, ["discardDeadLetters"])
        assert reply.fields["discardDeadLetters"].startswith(f"must be true to discard {named}")
        assert reply.error["message"].startswith(named)
    assert (trade.shop.orders(), trade.shop.keep()) == (stored, kept)
    assert len(trade.shop.all("SHOP_DRAFTS_TABLE")) == 1
    (first, *_) = trade.erase_all(ANN, discardDeadLetters=True)
    assert (first["anonymised"], first["deadLetters"], first["openLetters"]) == (1, count, 0)
    assert ANN not in json.dumps(trade.shop.all("SHOP_LETTERS_TABLE"))


def test_a_dry_run_shows_the_orders_that_did_not_arrive(trade: Trade) -> None:
    ordered(trade, "packed", "shipped")
    kept = _undelivered(trade, 12)
    settled, half_sent, *_ = kept.values()
    assert discard(trade.shop, settled, "Ann rang").status == 204
    trade.shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(half_sent | {"state": "sending"})))
    plan = erase(trade.shop, ANN, dryRun=True).json
    assert (plan["deadLetters"], plan["openLetters"], len(plan["firstOpenLetters"])) == (12, 11, 10)
    shown = {one["id"]: one for one in plan["firstOpenLetters"]}
    assert settled["id"] not in shown
    assert {one["acceptedAt"] for one in shown.values()} <= {one["acceptedAt"] for one in kept.values()}


def test_the_next_page_of_a_dry_run_counts_no_order_again(trade: Trade) -> None:
    ordered(trade, "packed", "shipped")
    assert erase(trade.shop, ANN, dryRun=True).json["anonymised"] == 1
    cursor = personal_data.cursor_of(personal_data.LETTERS, "")
    assert erase(trade.shop, ANN, dryRun=True, cursor=cursor).json == NOTHING | {"left": 1}  # the customer


def test_the_last_page_of_a_dry_run_may_have_nothing(trade: Trade) -> None:
    _undelivered(trade, 1)
    cursor = personal_data.cursor_of(personal_data.PARKED, "")
    assert erase(trade.shop, ANN, dryRun=True, cursor=cursor).json == NOTHING


def test_an_erased_letter_says_whether_its_order_was_stored(trade: Trade) -> None:
    """The accounting counts those that were not, and the figures those that were."""
    theirs = ordered(trade, email="bob@example.org")
    assert trade.shop.deliver(submission(order(theirs, customer={"name": "Ann", "email": ANN}))) == []
    never_stored = {one["orderID"] for one in _undelivered(trade, 1).values()} - {theirs}
    assert erase(trade.shop, ANN, discardDeadLetters=True).json["deadLetters"] == 2
    reasons = {one["orderID"]: one["reason"] for one in trade.shop.all("SHOP_LETTERS_TABLE")}
    (other,) = never_stored
    assert reasons == {theirs: letters.ERASED, other: letters.ERASED_UNSTORED}


def test_settled_letters_need_no_word_of_their_own(trade: Trade) -> None:
    (letter,) = _undelivered(trade, 1).values()
    assert discard(trade.shop, letter, "Ann rang").status == 204
    with pytest.MonkeyPatch.context() as patched:  # the index of the letters by state may be a moment behind
        patched.setattr(letters, "of_orders", lambda _: [letter])
        assert erase(trade.shop, ANN).json == NOTHING | {"deadLetters": 1}


def _deliver_in_vain(trade: Trade, is_of_an_order: bool) -> None:
    """Deliver an order that becomes a dead letter, under the ID of a stored one or under its own."""
    order_id = ordered(trade, "packed", "shipped") if is_of_an_order else str(uuid.uuid4())
    sent = order(order_id, customer={"name": "Ann", "email": ANN})
    assert trade.shop.deliver(submission(sent, channel="fax")) == []


@pytest.mark.parametrize("is_of_an_order", [True, False])
def test_an_order_that_fails_meanwhile_is_not_discarded(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, is_of_an_order: bool
) -> None:
    """The index of the letters by state may be a moment behind."""
    _deliver_in_vain(trade, is_of_an_order)
    kept, stored = trade.shop.keep(), trade.shop.orders()
    monkeypatch.setattr(letters, "of_orders", lambda _: ())
    reply = erase(trade.shop, ANN)
    assert (reply.status, [*reply.fields]) == (409, ["discardDeadLetters"])
    assert (trade.shop.keep(), trade.shop.orders()) == (kept, stored)


@pytest.mark.parametrize("is_of_an_order", [True, False])
def test_an_order_that_was_sent_again_is_not_discarded_on_its_way(trade: Trade, is_of_an_order: bool) -> None:
    """Its message may be lost once more, and then the letter is the only copy."""
    ordered(trade, "cancelled")
    _deliver_in_vain(trade, is_of_an_order)
    (letter,) = trade.shop.keep().values()
    assert send_again(trade.shop, letter).status == 202
    kept, stored = trade.shop.keep(), trade.shop.orders()
    reply = erase(trade.shop, ANN)
    assert (reply.status, [*reply.fields]) == (409, ["discardDeadLetters"])
    assert (trade.shop.keep(), trade.shop.orders()) == (kept, stored)
    assert [one["id"] for one in erase(trade.shop, ANN, dryRun=True).json["firstOpenLetters"]] == [*kept]
    assert trade.erase_all(ANN)[0]["deadLetters"] == 1


def test_an_order_erased_on_its_way_is_not_stored_when_it_arrives(trade: Trade) -> None:
    """The writer may be hours behind, and the customer was told that nothing is left."""
    taken = ordered(trade, "cancelled")
    other = order(taken, customer={"name": "Ann", "email": ANN}, notes="other content")
    assert trade.shop.deliver(submission(other)) == []
    (letter,) = trade.shop.keep().values()
    mended = other | {"orderID": get_letter(trade.shop, letter["id"])["newOrderID"]}
    assert send_again(trade.shop, letter, mended).status == 202
    assert erase(trade.shop, ANN, discardDeadLetters=True).json["deadLetters"] == 1
    before = trade.shop.orders()
    assert deliver(trade.shop) == before
    assert "Ann" not in json.dumps([*trade.shop.keep().values()])


@pytest.mark.parametrize("is_of_an_order", [True, False])
def test_an_order_that_comes_back_before_its_letter_goes_is_not_discarded(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, is_of_an_order: bool
) -> None:
    """The letter was settled when it was looked for, and its order fails before the erasure writes."""
    _deliver_in_vain(trade, is_of_an_order)
    (letter,) = trade.shop.keep().values()
    trade.shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter | {"state": "discarded"})))
    read = letters.read

    def back(letter_id: str) -> Any:
        trade.shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter | {"version": 2})))
        return read(letter_id)

    monkeypatch.setattr(letters, "read", back)
    reply = erase(trade.shop, ANN)
    assert (reply.status, [*reply.fields]) == (409, ["discardDeadLetters"])
    (left,) = trade.shop.all("SHOP_LETTERS_TABLE")
    assert (left["state"], left["body"]) == ("open", letter["body"])


def test_every_letter_of_an_order_goes_however_many_there_are(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = ordered(trade, "packed", "shipped")
    for at in range(3):
        customer = {"name": "Ann M.", "email": f"ann{at}@elsewhere.example"}
        assert trade.shop.deliver(submission(order(order_id, customer=customer))) == []
    for letter in trade.shop.keep().values():
        assert discard(trade.shop, letter, "A double").status == 204
    monkeypatch.setattr(letters, "_MAX_OF_ORDER", 2)
    (first, *_) = trade.erase_all(ANN)
    assert first["deadLetters"] == 3
    assert "elsewhere" not in json.dumps(trade.shop.all("SHOP_LETTERS_TABLE"))


def test_the_note_on_the_customer_goes_before_the_row(trade: Trade) -> None:
    """The row waits for the function that counts, which may be hours behind."""
    ordered(trade, "cancelled")
    patch_customer(trade.shop, {"note": "Ann pays late"}, "*")
    erase(trade.shop, ANN)
    (row,) = trade.shop.all("SHOP_CUSTOMERS_TABLE")
    assert not row.keys() & {"note", "noteBy", "noteAt"}


def _fail_to_count(trade: Trade, record: Json) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lambdas.shop.order_changes.apply", lambda *_: int("x"))
        trade.shop.call("update_views", {"Records": [record]}, 60_000)


def test_a_letter_that_takes_the_order_from_its_customer_stays_until_it_is_counted(trade: Trade) -> None:
    shop, order_id = trade.shop, ordered(trade, "packed", "shipped")
    before = shop.orders()[order_id]
    erase(shop, ANN)
    _fail_to_count(trade, change(before, shop.orders()[order_id]))
    (letter,) = shop.keep("SHOP_VIEWS_DLQ_URL").values()
    assert letter["body"]
    assert erase(shop, ANN).json == NOTHING | {"left": 2}  # with the row of the customer
    assert send_again(shop, letter).status == 202
    (message,) = shop.letters("SHOP_VIEWS_AGAIN_URL")
    record = {"eventSource": "aws:sqs", "body": message["body"]}
    shop.call("update_views", {"Records": [record]}, 60_000)
    assert shop.all("SHOP_CUSTOMERS_TABLE") == []
    assert erase(shop, ANN).json == NOTHING | {"deadLetters": 1}
    assert get_letter(shop, letter["id"])["body"] == ""


@pytest.mark.parametrize("state", ["open", "sending"])
def test_a_letter_that_gives_the_order_to_another_customer_stays_too(trade: Trade, state: str) -> None:
    shop, order_id = trade.shop, ordered(trade)
    before = shop.orders()[order_id]
    given = with_keys(before | {"customer": {"name": "Bob", "email": "bob@example.org"}, "version": 2})
    _fail_to_count(trade, change(before, given))
    shop.put("SHOP_ORDERS_TABLE", given)
    (letter,) = shop.keep("SHOP_VIEWS_DLQ_URL").values()
    letter = dict(letters.with_keys(letter | {"state": state}))
    shop.put("SHOP_LETTERS_TABLE", letter)
    assert erase(shop, ANN).json == NOTHING | {"left": 2}  # with the row of the customer
    assert shop.all("SHOP_LETTERS_TABLE") == [letter]
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter | {"state": "sent"})))
    assert erase(shop, ANN).json == NOTHING | {"deadLetters": 1, "left": 1}


def test_a_customer_whose_orders_are_not_counted_yet_is_something_left(trade: Trade) -> None:
    ordered(trade, "packed", "shipped")
    erase(trade.shop, ANN)
    assert erase(trade.shop, ANN, dryRun=True).json == NOTHING | {"left": 1}


def test_a_letter_of_an_earlier_change_that_comes_later_has_no_content(trade: Trade) -> None:
    ordered(trade, "packed", "shipped")
    placed = trade.records[0]
    trade.erase_all(ANN)
    _fail_to_count(trade, placed)
    (letter,) = trade.shop.keep("SHOP_VIEWS_DLQ_URL").values()
    assert (letter["body"], letter["state"]) == ("", "discarded")
    assert "Ann" not in json.dumps(letter)


def test_a_letter_of_a_later_change_of_an_anonymised_order_can_be_counted(trade: Trade) -> None:
    order_id = ordered(trade, "packed", "shipped")
    trade.erase_all(ANN)
    before = trade.shop.orders()[order_id]
    assert patch(trade.shop, order_id, {"status": "delivered"}).status == 200
    _fail_to_count(trade, change(before, trade.shop.orders()[order_id]))
    (letter,) = trade.shop.keep("SHOP_VIEWS_DLQ_URL").values()
    assert letter["body"]


def test_a_deletion_again_leaves_the_letter_that_takes_the_order_out(trade: Trade) -> None:
    shop, order_id = trade.shop, ordered(trade, "cancelled")
    before = shop.orders()[order_id]
    path: Json = {"claims": ADMIN, "orderID": order_id}
    assert shop.ask("delete_order", "DELETE", PATH, **path).status == 204
    _fail_to_count(trade, change(before, shop.orders()[order_id]))
    shop.keep("SHOP_VIEWS_DLQ_URL")
    assert shop.ask("delete_order", "DELETE", PATH, **path).status == 404
    (letter,) = shop.all("SHOP_LETTERS_TABLE")
    assert (letter["state"], bool(letter["body"])) == (letters.OPEN, True)


def test_an_order_in_flight_is_found_by_the_next_call(trade: Trade) -> None:
    """An order that is in the queue during an erasure is stored later, or becomes a dead letter."""
    submitted = order()
    assert trade.shop.deliver(submission(submitted)) == []
    trade.follow()
    trade.patch(submitted["orderID"], status="cancelled")
    queue = trade.shop.names["SHOP_ORDER_QUEUE_URL"]
    aws.sqs().send_message(QueueUrl=queue, MessageBody=json.dumps(submitted | {"notes": "and a mop"}))
    trade.erase_all(ANN)
    (record,) = trade.shop.receive()
    assert trade.shop.deliver(as_record({**_message(record)})) == []
    trade.shop.keep()
    assert erase(trade.shop, ANN, discardDeadLetters=True).json == NOTHING | {"deadLetters": 1}


def _message(record: Json) -> Json:
    return {"Body": record["body"], "MessageId": record["messageId"], "Attributes": record["attributes"]}


def test_the_log_says_who_erased_how_much_and_of_nobody(
    trade: Trade, capsys: pytest.CaptureFixture[str]
) -> None:
    ordered(trade, "packed", "shipped")
    capsys.readouterr()
    erase(trade.shop, ANN)
    written = capsys.readouterr().out
    (line,) = [one for one in map(json.loads, written.splitlines()) if one["event"] == "customer.erased"]
    assert line == {
        "event": "customer.erased",
        "sub": "2",
        "anonymised": 1,
        "erased": 0,
        "deadLetters": 0,
        "parkedOrders": 0,
        "accounts": 0,
        "left": 1,
    }
    assert "ann" not in written.lower()


def test_a_fault_of_the_table_is_not_an_answer(trade: Trade, break_aws: Callable[..., None]) -> None:
    ordered(trade, "cancelled")
    break_aws("dynamodb", times=1, scan=fault(operation="Scan"))
    with pytest.raises(ClientError):
        erase(trade.shop, ANN)


# ---- the export


def test_the_export_has_pages_of_orders_with_their_mails(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data, "_MAX_ORDERS", 2)
    ids = [ordered(trade) for _ in range(5)]
    first = export(trade.shop, ANN).json
    assert (len(first["orders"]), first["customer"]["orders"]) == (2, 5)
    second = export(trade.shop, ANN, cursor=first["nextCursor"]).json
    assert "customer" not in second
    whole = exported(trade.shop, ANN)
    assert sorted(one["orderID"] for one in whole["orders"]) == sorted(ids)
    assert {(one["orderID"], one["event"]) for one in whole["mails"]} == {(one, "placed") for one in ids}
    shown = trade.shop.ask("get_order", "GET", PATH, orderID=ids[0]).json
    (found,) = (one for one in whole["orders"] if one["orderID"] == ids[0])
    of_staff = ("submittedBy", "history")
    assert {name for name in shown if shown[name] != found[name]} == {*of_staff}


def test_the_export_lacks_an_order_that_another_customer_got_meanwhile(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is a moment behind."""
    stay, go = ordered(trade), ordered(trade)
    find = order_reads.find

    def find_later(order_id: str) -> Any:
        found: Any = find(order_id)
        return found if order_id == stay else with_keys({**found, "customer": {"email": "bob@example.org"}})

    monkeypatch.setattr(order_reads, "find", find_later)
    assert {stay, go} == trade.shop.orders().keys()
    assert [one["orderID"] for one in exported(trade.shop, ANN)["orders"]] == [stay]


def test_a_page_of_the_export_ends_before_it_is_too_large(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data, "_MAX_PAGE_BYTES", 500)
    for _ in range(3):
        ordered(trade)
        put(trade.shop, draft(customer={"email": ANN}), str(uuid.uuid4()), If_None_Match="*")
    assert len(export(trade.shop, ANN).json["orders"]) < 3
    parked = personal_data.cursor_of(personal_data.PARKED, "")
    assert len(export(trade.shop, ANN, cursor=parked).json["parkedOrders"]) < 3
    whole = exported(trade.shop, ANN)
    assert (len(whole["orders"]), len(whole["parkedOrders"])) == (3, 3)
