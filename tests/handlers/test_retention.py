"""Retention: what is due goes by itself, and nothing else does."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import Mock

import pytest

from components.settings import MAX_DAYS_KEPT
from lambdas.handlers import apply_retention
from lambdas.platform import aws, listing, tables, times
from lambdas.shop import (
    letter_erasure,
    letters,
    order_reads,
    orders,
    retention,
    retention_preview,
)
from tests.handlers.shop import ADMIN, KEYS, Json, Shop, TimeLeft, change, fault, new_order, order, with_keys

pytestmark = pytest.mark.store

EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
NOW = "2026-12-01T03:00:00.000Z"
AT_LIMIT, TOO_YOUNG = "2025-12-01T03:00:00.000Z", "2025-12-01T03:00:00.001Z"  # of orders, which stay 365 days
OLD = "2024-02-01T09:30:00.000Z"
LONG_AGO = "2025-10-27T03:00:00.000Z"  # 400 days, of dead letters
ANN, BOB = "ann@example.org", "bob@example.org"
DUE, NOT_YET = "2026-08-23T03:00:00.000Z", "2026-08-23T03:00:00.001Z"  # of customers, who stay 100 days

Run = Callable[..., Json]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    instant = datetime.fromisoformat(NOW)
    monkeypatch.setattr(times, "now_ms", lambda: round(instant.timestamp() * 1000))


@pytest.fixture
def run(shop: Shop, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the function, and return the line that accounts for it."""

    def run_it(remaining_ms: TimeLeft = 900_000) -> Json:
        shop.call("apply_retention", EVENT, remaining_ms)
        (line,) = [one for one in _events(capsys) if one["event"] == "retention.applied"]
        return line

    return run_it


def _events(capsys: pytest.CaptureFixture[str]) -> list[Json]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def stored(shop: Shop, status: str = "delivered", at: str = OLD, changed: str = "", **more: Any) -> str:
    """Store an order that was accepted and last changed at these instants; return its ID."""
    content = {"customer": {"name": "Ann Miller", "email": "ann@example.org"}, "items": []}
    new = new_order(content, at=at) | {"submissionHash": "0" * 64, "status": status, **more}
    shop.put("SHOP_ORDERS_TABLE", with_keys(new | {"updatedAt": changed or at}))
    found: str = new["orderID"]
    return found


def letter(shop: Shop, state: str, settled: str, received: str = OLD, **more: Any) -> str:
    """Store a dead letter whose latest step was at an instant; return its ID."""
    steps = [{"at": received, "by": "Order desk", "event": "received"}]
    steps.append({"at": settled, "by": "admin@shop.example", "sub": "2", "event": "sent"})
    found = f"orders-{len(shop.all('SHOP_LETTERS_TABLE')):03}"
    made: Json = {
        "id": found,
        "source": "orders",
        "state": state,
        "version": 2,
        "reason": "",
        "advice": "other",
        "receivedAt": received,
        "tries": 1,
        "body": '{"customer": {"name": "Ann Miller"}}',
        "customerName": "Ann Miller",
        "attributes": {},
        "tokens": ["message-1"],
        "history": steps,
    }
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(made | more)))
    return found


def left(shop: Shop) -> set[str]:
    """Return the IDs of the orders that are not erased."""
    return {order_id for order_id, one in shop.orders().items() if "erasedAt" not in one}


def left_letters(shop: Shop) -> dict[str, Json]:
    return {one["id"]: one for one in shop.all("SHOP_LETTERS_TABLE")}


def figures(**expected: int) -> Json:
    return dict.fromkeys(retention.FIGURES, 0) | expected


def counted(line: Json) -> Json:
    return {name: line[name] for name in retention.FIGURES}


# ---- orders


@pytest.mark.parametrize("status", ["delivered", "cancelled", "rejected"])
def test_an_order_in_a_final_status_goes_after_exactly_its_days(shop: Shop, run: Run, status: str) -> None:
    due, young = stored(shop, status, changed=AT_LIMIT), stored(shop, status, changed=TOO_YOUNG)
    just_accepted = stored(shop, status, at=AT_LIMIT)
    assert counted(run()) == figures(orders=2)
    assert left(shop) == {young}
    for order_id in (due, just_accepted):
        tombstone = shop.orders()[order_id]
        assert (tombstone["erasedBy"], tombstone["sub"]) == ("Order desk", "retention")
        assert "customer" not in tombstone


def test_a_rejected_order_that_is_dealt_with_goes_too(shop: Shop, run: Run) -> None:
    stored(shop, "rejected", settledAt=OLD)
    assert counted(run()) == figures(orders=1)


@pytest.mark.parametrize("status", ["placed", "packed", "shipped"])
def test_an_open_order_stays_however_old_and_is_counted(shop: Shop, run: Run, status: str) -> None:
    old = stored(shop, status, at="2011-01-01T00:00:00.000Z")
    new = stored(shop, status, at=TOO_YOUNG)
    assert counted(run()) == figures(openOld=1)
    assert left(shop) == {old, new}


def test_an_old_order_that_was_changed_lately_stays(shop: Shop, run: Run) -> None:
    changed = stored(shop, changed="2026-11-30T00:00:00.000Z")
    assert counted(run()) == figures()
    assert left(shop) == {changed}


def test_an_old_order_that_a_dead_letter_brought_lately_stays(shop: Shop, run: Run) -> None:
    """It has the instants of its acceptance, and nobody has seen it before it was sent again."""
    accepted, again = (
        {"at": at, "by": "A", "event": event} for at, event in ((OLD, "rejected"), (TOO_YOUNG, "redriven"))
    )
    order_id = stored(shop, "rejected", history=[accepted, again])
    assert counted(run()) == figures()
    assert left(shop) == {order_id}


def test_orders_are_kept_for_ever_where_the_days_are_zero(shop: Shop, run: Run) -> None:
    shop.names["SHOP_ORDER_RETENTION_DAYS"] = "0"
    stored(shop)
    stored(shop, "placed")
    assert counted(run()) == figures()
    assert len(left(shop)) == 2


def test_more_due_orders_than_a_page_all_go_the_oldest_first(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(retention, "_PAGE", 4)
    by_age = [stored(shop, at=f"2024-01-{day:02}T00:00:00.000Z") for day in range(1, 24)]
    kept = {stored(shop, "placed"), stored(shop, changed=TOO_YOUNG), stored(shop, at=TOO_YOUNG)}
    shop.call("apply_retention", EVENT, 900_000)
    events = _events(capsys)
    assert [one["orderID"] for one in events if one["event"] == "order.erased"] == by_age
    assert counted(events[-1]) == figures(orders=23, openOld=1)
    assert left(shop) == kept


def test_newer_orders_and_customers_are_not_read(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(shop)
    stored(shop, at=TOO_YOUNG)
    bought(shop, at=DUE, email=BOB)
    bought(shop, at=NOT_YET)
    read: list[Json] = []
    query = aws.dynamodb().query

    def watched(**request: Any) -> Any:
        answer = query(**request)
        read.extend(tables.record(item) for item in answer["Items"])
        return answer

    monkeypatch.setattr(aws.dynamodb(), "query", watched)
    assert counted(run()) == figures(orders=1, customers=1, anonymised=1)
    assert [one["createdAt"] for one in read if "createdAt" in one] == [OLD, DUE]
    assert [one["lastOrderAt"] for one in read if "lastOrderAt" in one] == [DUE]


def test_a_due_order_leaves_the_tombstone_that_an_admin_leaves(shop: Shop, run: Run) -> None:
    """So figures, customers and search lose the order in the same way."""
    placed = shop.place(order())
    before = shop.orders()[placed["orderID"]]
    shop.put("SHOP_ORDERS_TABLE", with_keys(before | {"status": "delivered", "updatedAt": OLD}))
    assert counted(run()) == figures(orders=1)
    tombstone = shop.orders()[placed["orderID"]]
    shop.put("SHOP_ORDERS_TABLE", before)
    path = "/orders/{orderID}"
    shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=placed["orderID"])
    by_admin = shop.orders()[placed["orderID"]]
    own = {"erasedAt", "erasedBy", "sub", "expiresAt"}
    assert {k: v for k, v in tombstone.items() if k not in own} == {
        k: v for k, v in by_admin.items() if k not in own
    }


# ---- orders with dead letters


def test_the_letters_of_an_order_lose_their_content_with_it(shop: Shop, run: Run) -> None:
    order_id = stored(shop)
    about = letter(shop, "discarded", "2026-11-01T00:00:00.000Z", orderID=order_id)
    assert counted(run()) == figures(orders=1)
    erased = left_letters(shop)[about]
    assert (erased["body"], erased["state"]) == ("", "discarded")
    assert "customerName" not in erased
    assert erased["history"][-1]["sub"] == "retention"


@pytest.mark.parametrize("state", ["open", "sending"])
def test_an_order_waits_for_its_unsettled_dead_letter(shop: Shop, run: Run, state: str) -> None:
    order_id = stored(shop)
    about = letter(shop, state, OLD, orderID=order_id)
    assert counted(run()) == figures(held=1)
    assert left(shop) == {order_id}
    shop.put(
        "SHOP_LETTERS_TABLE", dict(letters.with_keys(left_letters(shop)[about] | {"state": "discarded"}))
    )
    assert counted(run()) == figures(orders=1, deadLetters=1)


def test_an_order_waits_for_a_letter_that_many_newer_ones_hide(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = stored(shop)
    letter(shop, "open", OLD, orderID=order_id)
    letter(shop, "sent", TOO_YOUNG, TOO_YOUNG, orderID=order_id)
    monkeypatch.setattr(letters, "_MAX_OF_ORDER", 1)
    assert counted(run()) == figures(held=1)


@pytest.mark.parametrize("is_customer", [True, False])
def test_an_order_waits_for_a_letter_that_is_opened_at_the_same_moment(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch, is_customer: bool
) -> None:
    """The index shows the letter as it was. Its content is all that is left of what somebody sent."""
    shop.names[f"SHOP_{'ORDER' if is_customer else 'CUSTOMER'}_RETENTION_DAYS"] = "0"
    order_id = stored(shop)
    shop.follow(change(None, shop.orders()[order_id]))
    about = letter(shop, "sent", NOW, orderID=order_id)
    read = letters.read

    def then_open(wanted: str) -> Any:
        shop.put("SHOP_LETTERS_TABLE", left_letters(shop)[wanted] | {"state": "open"})
        return read(wanted)

    monkeypatch.setattr(letters, "read", then_open)
    assert counted(run())["held"] == 1
    assert shop.orders()[order_id]["customer"]["name"] == "Ann Miller"
    assert left_letters(shop)[about]["body"]


# ---- dead letters


@pytest.mark.parametrize("state", ["sent", "discarded"])
def test_a_settled_letter_goes_after_exactly_its_days(shop: Shop, run: Run, state: str) -> None:
    letter(shop, state, LONG_AGO)
    letter(shop, state, LONG_AGO, received=LONG_AGO)
    young = letter(shop, state, "2025-10-27T03:00:00.001Z")
    assert counted(run()) == figures(deadLetters=2)
    assert set(left_letters(shop)) == {young}


@pytest.mark.parametrize("state", ["open", "sending"])
def test_an_unsettled_letter_stays_unread_however_old(
    shop: Shop, run: Run, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = letter(shop, state, OLD)
    monkeypatch.setattr(letters, "find", Mock(side_effect=AssertionError))
    assert counted(run()) == figures()
    assert set(left_letters(shop)) == {kept}


def test_a_letter_that_was_opened_since_the_index_was_read_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = letter(shop, "sent", OLD)
    find = letters.find
    monkeypatch.setattr(letters, "find", lambda wanted: {**(find(wanted) or {}), "state": "open"})
    assert counted(run()) == figures()
    assert set(left_letters(shop)) == {opened}


def test_letters_of_every_source_go_page_by_page(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_PAGE", 2)
    for source in letters.SOURCES:
        for _ in range(4):
            letter(shop, "sent", OLD, source=source)
    kept = letter(shop, "sent", NOW)
    assert counted(run()) == figures(deadLetters=4 * len(letters.SOURCES))
    assert set(left_letters(shop)) == {kept}


def test_letters_are_kept_for_ever_where_the_days_are_zero(shop: Shop, run: Run) -> None:
    shop.names["SHOP_DEAD_LETTER_RETENTION_DAYS"] = "0"
    letter(shop, "sent", OLD)
    assert counted(run()) == figures()
    assert len(left_letters(shop)) == 1


# ---- races, faults and ends


def test_an_order_that_is_moved_back_at_the_same_moment_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = stored(shop)
    find = order_reads.find

    def then_change(wanted: str) -> Any:
        found = find(wanted)
        shop.put("SHOP_ORDERS_TABLE", {**(found or {}), "version": 2, "status": "shipped", "updatedAt": NOW})
        return found

    monkeypatch.setattr(order_reads, "find", then_change)
    assert counted(run()) == figures()
    assert left(shop) == {order_id}


def test_an_order_that_changed_since_the_index_was_read_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = stored(shop)
    read_page = listing.read_page

    def then_change(wanted: Any, *args: Any) -> Any:
        page = read_page(wanted, *args)
        if wanted.index == "byRecency":
            shop.put("SHOP_ORDERS_TABLE", shop.orders()[order_id] | {"status": "shipped"})
        return page

    monkeypatch.setattr(listing, "read_page", then_change)
    assert counted(run()) == figures()
    assert left(shop) == {order_id}


def test_a_letter_that_comes_back_at_the_same_moment_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    returning = letter(shop, "sent", OLD)
    find = letters.find

    def then_return(wanted: str) -> Any:
        found = find(wanted)
        letters.save({**found, "state": "open"})  # type: ignore[typeddict-item]
        return found

    monkeypatch.setattr(letters, "find", then_return)
    assert counted(run()) == figures()
    assert left_letters(shop)[returning]["state"] == "open"


def test_two_runs_at_once_erase_each_order_and_letter_once(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run begins and ends when the first one has read its first order."""
    order_ids = [stored(shop) for _ in range(3)]
    letter(shop, "sent", OLD)
    about = letter(shop, "sent", NOW, orderID=order_ids[1])
    other: list[Json] = []
    erase = orders.erase

    def after_the_other(*args: Any, **more: Any) -> None:
        monkeypatch.setattr(orders, "erase", erase)
        other.append(counted(run()))
        monkeypatch.setattr(times, "now", lambda: "2026-12-01T03:00:01.000Z")
        erase(*args, **more)

    monkeypatch.setattr(orders, "erase", after_the_other)
    first = counted(run())
    assert other == [figures(orders=3)]
    assert first == figures(deadLetters=1)
    assert left(shop) == set()
    assert left_letters(shop)[about]["body"] == ""


@pytest.mark.parametrize("place", [(orders, "erase"), (letter_erasure, "_erase")])
def test_a_run_that_is_cut_off_anywhere_is_finished_by_the_next(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    """A timeout kills the process, so nothing catches it."""
    order_ids = [stored(shop), stored(shop)]
    abouts = [letter(shop, "sent", NOW, orderID=one) for one in order_ids]
    module, name = place
    for before in (True, False):
        whole = getattr(module, name)

        def cut_off(*args: Any, whole: Any = whole, before: bool = before, **more: Any) -> Any:
            if not before:
                whole(*args, **more)
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(module, name, cut_off)
            with pytest.raises(SystemExit):
                shop.call("apply_retention", EVENT, 900_000)
    assert counted(run())["failed"] == 0
    assert left(shop) == set()
    assert [left_letters(shop)[about]["body"] for about in abouts] == ["", ""]
    assert counted(run()) == figures()


def test_an_order_that_cannot_be_erased_stops_no_other_and_fails_the_run(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    order_ids = [stored(shop, at=f"2024-01-0{day}T00:00:00.000Z") for day in (1, 2, 3)]
    broken = shop.orders()[order_ids[1]]
    shop.put("SHOP_ORDERS_TABLE", {k: v for k, v in broken.items() if k != "submissionHash"})
    letter(shop, "sent", OLD)
    with pytest.raises(Exception, match="1 that are due could not be erased"):
        shop.call("apply_retention", EVENT, 900_000)
    assert left(shop) == {order_ids[1]}
    out = capsys.readouterr().out
    events = [json.loads(line) for line in out.splitlines()]
    (failed,) = [one for one in events if one["event"] == "retention.failed"]
    assert (failed["orderID"], failed["error"], failed["level"]) == (order_ids[1], "KeyError", "ERROR")
    assert counted(events[-1]) == figures(orders=2, deadLetters=1, failed=1)
    assert "Ann" not in out
    assert "example.org" not in out


def test_a_letter_that_cannot_be_deleted_stops_nothing(
    shop: Shop, break_aws: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    letter(shop, "sent", OLD)
    letter(shop, "discarded", OLD)
    stored(shop)
    break_aws("dynamodb", times=1, delete_item=fault())
    with pytest.raises(Exception, match="1 that are due"):
        shop.call("apply_retention", EVENT, 900_000)
    line = _events(capsys)[-1]
    assert counted(line) == figures(orders=1, deadLetters=1, failed=1)


def test_a_list_that_cannot_be_read_fails_the_run(shop: Shop, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", query=fault())
    with pytest.raises(Exception, match="made by a test"):
        shop.call("apply_retention", EVENT, 900_000)


def test_a_run_ends_before_its_time_is_up_and_the_next_goes_on(shop: Shop, run: Run) -> None:
    for _ in range(5):
        stored(shop)
    time_left = iter([300_000, 60_000, 59_999])
    first = run(lambda: next(time_left))
    assert (counted(first), first["isFinished"]) == (figures(orders=3), False)
    second = run()
    assert (counted(second), second["isFinished"]) == (figures(orders=2), True)


def test_a_run_keeps_time_for_one_more_order(shop: Shop, run: Run) -> None:
    """An order with a letter takes at most ten calls, and a call of DynamoDB takes at most 6 s."""
    shop.names |= {"SHOP_DEAD_LETTER_RETENTION_DAYS": "0", "SHOP_CUSTOMER_RETENTION_DAYS": "0"}
    calls: list[str] = []
    stored_id = stored(shop)
    letter(shop, "sent", NOW, orderID=stored_id)
    events = aws.dynamodb().meta.events

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events.register_first("before-call.dynamodb", note)
    try:
        assert counted(run()) == figures(orders=1)
    finally:
        events.unregister("before-call.dynamodb", note)
    of_order = calls[calls.index("GetItem") :]
    assert len(of_order) == 6
    assert len(of_order) <= apply_retention._MIN_TIME_MS / 6000


# ---- dry runs


def everything(shop: Shop) -> Json:
    return {table: shop.all(table) for table in KEYS}


def test_a_dry_run_says_what_the_run_then_does_and_changes_nothing(
    shop: Shop, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    due = [stored(shop, at=f"2024-01-{day:02}T00:00:00.000Z") for day in range(1, 13)]
    stored(shop, "placed")
    letter(shop, "open", OLD, orderID=stored(shop))
    settled = letter(shop, "sent", OLD)
    bought(shop, at=AT_LIMIT, email="joe@example.org")  # goes as an order, and so is no due customer
    bought(shop, "cancelled", at="2026-07-01T00:00:00.000Z", email=BOB)
    latest = bought(shop, email=BOB)
    bought(shop, "placed", email="eve@example.org")
    before = everything(shop)
    capsys.readouterr()
    preview = shop.call("apply_retention", {"dryRun": True}, 900_000)
    assert preview == {
        "dryRun": True,
        "isFinished": True,
        "orders": {"due": 13, "before": AT_LIMIT, "first": due[:10]},
        "customers": {
            "due": 1, "before": DUE, "first": [latest], "anonymisedOrders": 1, "erasedOrders": 1,
        },
        "deadLetters": {"due": 1, "before": LONG_AGO, "first": [settled]},
        "openOld": 1,
        "held": 2,
        "failed": 0,
    }  # fmt: skip
    assert everything(shop) == before
    assert capsys.readouterr().out == ""
    assert counted(run()) == figures(orders=14, customers=1, anonymised=1, deadLetters=1, openOld=1, held=2)


def test_a_dry_run_takes_days_that_the_configuration_does_not_have(shop: Shop) -> None:
    shop.names["SHOP_ORDER_RETENTION_DAYS"] = "0"
    old = stored(shop)
    about = shop.call("apply_retention", {"dryRun": True}, 900_000)["orders"]
    assert about == {"due": 0, "before": None, "first": []}
    event = {
        "dryRun": True,
        "orderRetentionDays": 365,
        "customerRetentionDays": 0,
        "deadLetterRetentionDays": 0,
    }
    preview = shop.call("apply_retention", event, 900_000)
    assert preview["orders"] == {"due": 1, "before": AT_LIMIT, "first": [old]}
    assert preview["customers"]["before"] is preview["deadLetters"]["before"] is None
    assert left(shop) == {old}


def test_a_dry_run_that_has_no_time_left_says_so(shop: Shop) -> None:
    for _ in range(3):
        stored(shop)
    time_left = iter([60_000, 59_999])
    preview = shop.call("apply_retention", {"dryRun": True}, lambda: next(time_left))
    assert (preview["isFinished"], preview["orders"]["due"]) == (False, 2)


def test_a_dry_run_counts_what_cannot_be_read_and_does_not_fail(
    shop: Shop, break_aws: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    stored(shop)
    break_aws("dynamodb", get_item=fault())
    assert shop.call("apply_retention", {"dryRun": True}, 900_000)["failed"] == 1
    assert [one["event"] for one in _events(capsys)] == ["retention.failed"]


DAYS = "orderRetentionDays"


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"dryRun": "yes"}, "dryRun must be true or false, got 'yes'"),
        ({"dryRun": 1}, "dryRun must be true or false, got 1"),
        ({"dryrun": True}, "dryrun is no key of an event: use dryRun"),
        ({"dryRun": True, "days": 30}, "days is no key of an event"),
        ({"dryRun": True, DAYS: "30"}, f"{DAYS} must be a whole number from 0 to 36500, got '30'"),
        ({"dryRun": True, DAYS: True}, f"{DAYS} must be a whole number"),
        ({"dryRun": True, DAYS: -1}, f"{DAYS} must be a whole number"),
        ({"dryRun": True, DAYS: 36_501}, f"{DAYS} must be a whole number"),
        ({DAYS: 30}, f"{DAYS} needs dryRun to be true, got None"),
        ({"dryRun": False, DAYS: 30}, f"{DAYS} needs dryRun to be true, got False"),
        ({**EVENT, "dryRun": True}, "source is no key of an event"),
        ({**EVENT, "source": "aws.s3"}, "source is no key of an event"),
        ([], "the event must be an object, got []"),
        (None, "the event must be an object, got None"),
    ],
)
def test_an_event_that_is_not_known_is_refused_by_name(shop: Shop, event: Any, problem: str) -> None:
    stored(shop)
    before = everything(shop)
    with pytest.raises(Exception, match=re.escape(problem)):
        shop.call("apply_retention", event, 900_000)
    assert everything(shop) == before


@pytest.mark.parametrize(
    "event",
    [
        # EventBridge User Guide, "Events from a schedule", and a key that it adds to a replayed event.
        EVENT | {"version": "0", "id": "53dc4d37", "account": "1", "time": NOW, "region": "eu-west-1"}
        | {"resources": ["arn:rule"], "replay-name": "again"},
        {"source": "aws.events"},
        {},  # an operator's `aws lambda invoke` without a payload
        {"dryRun": False},
    ],
)  # fmt: skip
def test_the_event_of_the_schedule_and_an_empty_one_begin_a_run(shop: Shop, event: Json) -> None:
    stored(shop)
    assert shop.call("apply_retention", event, 900_000) is None
    assert left(shop) == set()


def test_the_days_of_a_dry_run_are_those_of_the_configuration() -> None:
    assert retention_preview.MAX_DAYS == MAX_DAYS_KEPT


# ---- customers


def bought(shop: Shop, status: str = "delivered", at: str = DUE, email: str = ANN, **more: Any) -> str:
    """Store an order like `stored`, and have update_views count it; return its ID."""
    customer: Json = {"customer": {"name": "Ann Miller", "email": email}, "customerEmail": email}
    order_id = stored(shop, status, at, **customer, **more)
    shop.follow(change(None, shop.orders()[order_id]))
    return order_id


def emails(shop: Shop) -> set[str]:
    return {row["email"] for row in shop.all("SHOP_CUSTOMERS_TABLE")}


def run_and_follow(shop: Shop, run: Run) -> Json:
    """Run the function, and have update_views count what it changed."""
    before = shop.orders()
    line = run()
    for order_id, after in shop.orders().items():
        if before[order_id] != after:
            shop.follow(change(before[order_id], after))
    return counted(line)


def test_a_customer_goes_after_exactly_their_days_and_the_books_stay(shop: Shop, run: Run) -> None:
    paid = bought(shop, total=2500)
    bought(shop, "cancelled", at="2026-07-01T00:00:00.000Z")
    young = bought(shop, at=NOT_YET, email=BOB)
    assert run_and_follow(shop, run) == figures(customers=1, anonymised=1, orders=1)
    order = shop.orders()[paid]
    assert (order["total"], order["customer"], order["status"]) == (
        2500,
        {"name": "Erased customer"},
        "delivered",
    )
    assert (order["history"][-1]["by"], order["history"][-1]["sub"]) == ("Order desk", "retention")
    assert left(shop) == {paid, young}
    assert emails(shop) == {BOB}
    assert run_and_follow(shop, run) == figures()


@pytest.mark.parametrize("status", ["placed", "packed", "shipped"])
def test_a_customer_with_an_open_order_stays(shop: Shop, run: Run, status: str) -> None:
    kept = {bought(shop, status), bought(shop, "cancelled")}
    before = shop.orders()
    assert run_and_follow(shop, run) == figures(held=1)
    assert (left(shop), shop.orders()) == (kept, before)


def test_a_customer_whose_old_order_was_changed_lately_stays(shop: Shop, run: Run) -> None:
    bought(shop, changed="2026-11-30T00:00:00.000Z")
    bought(shop)
    assert run_and_follow(shop, run) == figures()
    assert emails(shop) == {ANN}


@pytest.mark.parametrize("changed", range(3))
def test_a_change_of_any_order_keeps_the_customer_whole(shop: Shop, run: Run, changed: int) -> None:
    for at in range(3):
        accepted = f"2026-02-0{at + 1}T00:00:00.000Z"
        bought(shop, at=accepted, changed=NOT_YET if at == changed else accepted)
    assert run_and_follow(shop, run) == figures()


@pytest.mark.parametrize("state", ["open", "sending"])
def test_a_customer_waits_for_an_unsettled_dead_letter(shop: Shop, run: Run, state: str) -> None:
    order_id = bought(shop)
    about = letter(shop, state, OLD, orderID=order_id)
    assert run_and_follow(shop, run) == figures(held=1)
    settled = left_letters(shop)[about] | {"state": "discarded"}
    settled["history"][-1]["at"] = NOW
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(settled)))
    assert run_and_follow(shop, run) == figures(customers=1, anonymised=1)
    assert left_letters(shop)[about]["body"] == ""


def test_a_customer_with_one_open_dead_letter_stays_whole(shop: Shop, run: Run) -> None:
    bought(shop, at="2026-07-01T00:00:00.000Z")
    letter(shop, "open", OLD, orderID=bought(shop))
    before = shop.orders()
    assert run_and_follow(shop, run) == figures(held=1)
    assert shop.orders() == before


def test_customers_are_kept_for_ever_where_the_days_are_zero(shop: Shop, run: Run) -> None:
    shop.names["SHOP_CUSTOMER_RETENTION_DAYS"] = "0"
    bought(shop)
    assert run_and_follow(shop, run) == figures()
    assert emails(shop) == {ANN}


def test_more_customers_and_orders_than_a_page_all_go(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_PAGE", 2)
    for number in range(5):
        for _ in range(5 if number == 2 else 1):
            bought(shop, email=f"customer-{number}@example.org")
    assert run_and_follow(shop, run) == figures(customers=5, anonymised=9)
    assert emails(shop) == set()


def test_an_anonymised_order_is_kept_no_longer_than_the_others(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = bought(shop)
    assert run_and_follow(shop, run) == figures(customers=1, anonymised=1)
    for year, (date, expected) in enumerate(
        [("2027-08-23T02:59:59.999Z", figures()), ("2027-08-23T03:00:00.000Z", figures(orders=1))]
    ):
        instant = round(datetime.fromisoformat(date).timestamp() * 1000)
        monkeypatch.setattr(times, "now_ms", lambda instant=instant: instant)
        assert run_and_follow(shop, run) == expected, year
    assert order_id not in left(shop)


def test_an_order_that_goes_is_not_anonymised_before(shop: Shop, run: Run) -> None:
    bought(shop, at=AT_LIMIT)
    assert run_and_follow(shop, run) == figures(orders=1)
    assert emails(shop) == set()


@pytest.mark.thorough
def test_a_customer_who_is_half_forgotten_is_finished_by_the_next_run(shop: Shop, run: Run) -> None:
    for _ in range(3):
        bought(shop)
    time_left = iter([59_999])
    assert counted(run(lambda: next(time_left))) == figures(anonymised=1)
    assert run_and_follow(shop, run) == figures(customers=1, anonymised=2)


@pytest.mark.parametrize("place", [(letter_erasure, "erase_of"), (orders, "anonymise"), (orders, "erase")])
def test_a_customer_whose_run_was_cut_off_is_finished_by_the_next(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    order_ids = [bought(shop), bought(shop, "rejected")]
    abouts = [letter(shop, "sent", NOW, orderID=one) for one in order_ids]
    module, name = place
    whole = getattr(module, name)

    def cut_off(*args: Any, **more: Any) -> Any:
        whole(*args, **more)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut_off)
        with pytest.raises(SystemExit):
            shop.call("apply_retention", EVENT, 900_000)
    assert counted(run())["failed"] == 0
    assert [left_letters(shop)[about]["body"] for about in abouts] == ["", ""]
    assert "customerEmail" not in shop.orders()[order_ids[0]]
    assert left(shop) == {order_ids[0]}


def test_an_order_that_another_customer_gets_at_this_moment_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, own = bought(shop, at="2026-07-01T00:00:00.000Z"), bought(shop)
    find = order_reads.find

    def then_give(wanted: str) -> Any:
        if wanted == given:
            shop.put("SHOP_ORDERS_TABLE", with_keys({**shop.orders()[given], "customer": {"email": BOB}}))
        return find(wanted)

    monkeypatch.setattr(order_reads, "find", then_give)
    assert counted(run()) == figures(anonymised=1)
    assert shop.orders()[given]["customer"] == {"email": BOB}
    assert "anonymisedAt" in shop.orders()[own]


def test_an_order_that_moved_back_since_the_customer_was_looked_at_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = bought(shop)
    find = order_reads.find

    def then_find(wanted: str) -> Any:
        shop.put("SHOP_ORDERS_TABLE", {**shop.orders()[wanted], "status": "shipped"})
        return find(wanted)

    monkeypatch.setattr(order_reads, "find", then_find)
    assert counted(run()) == figures()
    assert "anonymisedAt" not in shop.orders()[order_id]


def test_an_order_of_a_customer_that_changes_at_this_moment_stays(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = bought(shop)
    find = order_reads.find

    def then_change(wanted: str) -> Any:
        found = find(wanted)
        shop.put("SHOP_ORDERS_TABLE", {**(found or {}), "version": 2, "updatedAt": NOW})
        return found

    monkeypatch.setattr(order_reads, "find", then_change)
    assert counted(run()) == figures()
    assert "anonymisedAt" not in shop.orders()[order_id]


def test_a_customer_who_cannot_be_forgotten_stops_no_other(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = bought(shop)
    bought(shop, email=BOB, at="2026-08-01T00:00:00.000Z")
    bought(shop, email="carl@example.org", at="2026-08-02T00:00:00.000Z")
    anonymise = orders.anonymise

    def fail_once(order: Any, **more: Any) -> Any:
        if order["orderID"] == broken:
            raise fault()
        return anonymise(order, **more)

    monkeypatch.setattr(orders, "anonymise", fail_once)
    with pytest.raises(Exception, match="1 that are due"):
        shop.call("apply_retention", EVENT, 900_000)
    out = capsys.readouterr().out
    assert counted(json.loads(out.splitlines()[-1])) == figures(customers=2, anonymised=2, failed=1)
    assert "example.org" not in out
    assert "Miller" not in out
