"""The accounting: each accepted order is in one place, and one that is in none is named."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.platform import access_log, aws, batches, queue_depth, times
from lambdas.shop import accounting, figures, letters, order_channels
from tests.handlers.shop import (
    ADMIN,
    Json,
    Shop,
    change,
    customer_order,
    fault,
    of_customer,
    of_machine,
    order,
    submission,
)
from tests.handlers.test_redrive import deliver, discard, mended, send

pytestmark = pytest.mark.store

LATE = accounting.GRACE_MS + 1000  # milliseconds after which an order is on its way no longer
LINE = {"resource": "/orders", "status": "202", "method": "POST", "sub": "1"}


@pytest.fixture
def log(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty access log."""
    group = f"access-{uuid.uuid4()}"
    monkeypatch.setitem(shop.names, "SHOP_ACCESS_LOG_GROUP", group)
    monkeypatch.setitem(shop.names, "SHOP_INBOX_LOG_GROUP", inbox_of(group))
    monkeypatch.setitem(shop.names, "SHOP_STOREFRONT_LOG_GROUP", storefront_of(group))
    for name in (group, inbox_of(group), storefront_of(group)):
        aws.logs().create_log_group(logGroupName=name)
        aws.logs().create_log_stream(logGroupName=name, logStreamName="calls")
    shop.mark_written("SHOP_ACCOUNTING_TABLE")
    return group


def inbox_of(group: str) -> str:
    """Return the access log of the machines' API."""
    return f"{group}-inbox"


def storefront_of(group: str) -> str:
    """Return the access log of the customers' API."""
    return f"{group}-storefront"


def write(group: str, *lines: str, ago: int = LATE) -> None:
    at = times.now_ms() - ago
    events = [{"timestamp": at, "message": line} for line in lines]
    aws.logs().put_log_events(logGroupName=group, logStreamName="calls", logEvents=events)


def accept(group: str, *order_ids: str, ago: int = LATE) -> None:
    """Write the lines of accepted orders, as API Gateway would have some time ago."""
    at = times.now_ms() - ago
    write(group, *(json.dumps(LINE | {"orderID": one, "at": str(at)}) for one in order_ids), ago=ago)


def report(shop: Shop) -> Json:
    """Return the accounting, whose sum must be right, without its times."""
    found = shop.ask("get_accounting", "GET", "/reports/accounting").json
    places = ("placed", "rejected", "erased", "waiting", "dead")
    assert found["accepted"] == sum(found[name] for name in places) + found["difference"]
    assert found["difference"] == len(found["missing"])
    assert [one["orderID"] for one in found["missingOrders"]] == found["missing"]
    beside = ("At", "From", "Orders")
    return {name: value for name, value in found.items() if value and not name.endswith(beside)}


def count(shop: Shop) -> None:
    shop.call("count_orders", {})


def logged(text: str) -> list[Json]:
    return [json.loads(line) for line in text.splitlines()]


def new_id() -> str:
    return str(uuid.uuid4())


def lost(shop: Shop) -> Json:
    """Return the only dead letter."""
    (letter,) = shop.all("SHOP_LETTERS_TABLE")
    return letter


def tracked(shop: Shop) -> set[str]:
    return {row["accepted"] for row in shop.all("SHOP_ACCOUNTING_TABLE")} - {"reading"}


def test_without_orders_every_number_is_zero(shop: Shop, log: str) -> None:
    whole = shop.ask("get_accounting", "GET", "/reports/accounting").json
    assert {name for name, value in whole.items() if value == 0} == {
        "accepted",
        "placed",
        "rejected",
        "erased",
        "waiting",
        "dead",
        "difference",
    }


def test_each_accepted_order_is_in_one_place(shop: Shop, log: str) -> None:
    placed, rejected = order(), order(items=[{"sku": "NONE", "quantity": 1}])
    dead, waiting = order(), order()
    accept(log, *(one["orderID"] for one in (placed, rejected, dead)))
    accept(log, waiting["orderID"], ago=10)
    shop.deliver(submission(placed), submission(rejected), submission(dead, channel="fax"))
    shop.keep()
    orders = shop.orders()
    shop.follow(*(change(None, orders[one["orderID"]]) for one in (placed, rejected)))
    assert report(shop) == {"accepted": 4, "placed": 1, "rejected": 1, "dead": 1, "waiting": 1}


def test_an_order_in_any_status_is_placed_and_an_erased_one_is_erased(shop: Shop, log: str) -> None:
    first, second = shop.place(), shop.place()
    accept(log, first["orderID"], second["orderID"])
    packed = first | {"status": "packed", "version": 2}
    gone = {"orderID": second["orderID"], "erasedAt": "2010-12-02T00:00:00.000Z"}
    erasure, expiry = change(second, gone, "2"), change(gone, None)
    shop.follow(change(None, first), change(None, second), change(first, packed), erasure)
    shop.put("SHOP_ORDERS_TABLE", gone)
    assert report(shop) == {"accepted": 2, "placed": 1, "erased": 1}
    shop.follow(erasure)
    shop.follow(expiry)
    assert report(shop) == {"accepted": 2, "placed": 1, "erased": 1}


def test_a_lost_order_is_named_and_becomes_a_dead_letter_once(
    shop: Shop, log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = new_id()
    accept(log, order_id)
    assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}
    assert shop.all("SHOP_LETTERS_TABLE") == []  # a call that reads writes nothing
    capsys.readouterr()
    count(shop)
    events = {line["event"]: line for line in logged(capsys.readouterr().out)}
    assert events["order.missing"] == {
        "event": "order.missing",
        "level": "ERROR",
        "orderID": order_id,
        "sub": "1",
    }
    assert events["accounting.counted"]["missing"] == events["accounting.counted"]["new"] == 1
    letter = lost(shop)
    assert (letter["state"], letter["source"], letter["advice"]) == ("open", "orders", "lost")
    for _ in range(2):
        count(shop)
        assert "order.missing" not in capsys.readouterr().out
        assert lost(shop) == letter
        assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}
    shown = shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter["id"]).json
    assert shown["reason"] == "the message of this order is gone: it was accepted, and is in no place"
    assert shown["orderID"] == order_id
    assert shown["submittedBy"] == "1"  # the account, because the log has no name
    assert {fault["path"] for fault in shown["faults"]} == {"customer", "items"}


def test_a_missing_order_leads_to_its_letter_with_time_and_channel(shop: Shop, log: str) -> None:
    order_id, at = new_id(), 1291191960000
    write(log, json.dumps(LINE | {"orderID": order_id, "at": str(at)}))
    known = {"orderID": order_id, "acceptedAt": times.iso(at), "channel": "staff"}
    path = "/reports/accounting"
    assert shop.ask("get_accounting", "GET", path).json["missingOrders"] == [known]
    count(shop)
    missing = shop.ask("get_accounting", "GET", path).json["missingOrders"]
    assert missing == [known | {"deadLetter": lost(shop)["id"]}]


def _forget(shop: Shop, email: str) -> None:
    path = "/customers/{email}/erasure"
    body = {"reason": "asked by letter", "discardDeadLetters": True}
    reply = shop.ask("erase_customer", "POST", path, body, claims=ADMIN, email=email)
    assert (reply.status, reply.json["left"]) == (200, 0)


@pytest.mark.parametrize("state", ["open", "sending", "discarded"])
def test_an_order_that_is_erased_as_a_dead_letter_is_erased(shop: Shop, log: str, state: str) -> None:
    """It was accepted and never stored, so nothing but its letter without content knows of it."""
    order_id, other = new_id(), order()
    accept(log, order_id, other["orderID"])
    for one in (order(order_id), other | {"customer": {"name": "Bob", "email": "bob@example.org"}}):
        shop.deliver(submission(one, channel="fax"))
    shop.keep()
    assert report(shop) == {"accepted": 2, "dead": 2}
    (letter,) = (one for one in shop.all("SHOP_LETTERS_TABLE") if one["orderID"] == order_id)
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter | {"state": state})))
    _forget(shop, order()["customer"]["email"])
    for _ in range(2):
        assert report(shop) == {"accepted": 2, "erased": 1, "dead": 1}
        count(shop)
    assert order_id not in tracked(shop)


def test_an_order_stored_after_its_letter_was_erased_counts_once(shop: Shop, log: str) -> None:
    """Its message was on its way during the erasure."""
    submitted = order()
    accept(log, submitted["orderID"])
    shop.deliver(submission(submitted, channel="fax"))
    shop.keep()
    _forget(shop, submitted["customer"]["email"])
    shop.deliver(submission(submitted))
    shop.follow(change(None, shop.orders()[submitted["orderID"]]))
    assert report(shop) == {"accepted": 1, "placed": 1}


def test_an_erased_order_that_its_client_sends_again_is_dead_and_counts_once(shop: Shop, log: str) -> None:
    submitted = order()
    accept(log, submitted["orderID"])
    for _ in range(2):
        shop.deliver(submission(submitted, channel="fax"))
        shop.keep()
        assert report(shop) == {"accepted": 1, "dead": 1}
        _forget(shop, submitted["customer"]["email"])
        assert report(shop) == {"accepted": 1, "erased": 1}


def refused(shop: Shop, log: str) -> Json:
    """Accept an order that becomes a dead letter, and return the letter."""
    order_id = new_id()
    accept(log, order_id)
    shop.deliver(submission(order(order_id), channel="fax"))
    (letter,) = shop.keep().values()
    return letter


def test_a_letter_that_the_retention_deletes_takes_its_order_from_both_sides(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = refused(shop, log)
    assert discard(shop, letter, "Entered by hand").status == 204
    count(shop)
    assert report(shop) == {"accepted": 1, "dead": 1}
    now, day = times.now_ms(), 24 * 3600 * 1000
    monkeypatch.setattr(times, "now_ms", lambda: now + day)
    count(shop)  # as every five minutes, so that the log is read from there on
    monkeypatch.setattr(times, "now_ms", lambda: now + 401 * day)
    shop.call("apply_retention", {"source": "aws.events"}, 900_000)
    assert shop.all("SHOP_LETTERS_TABLE") == []
    for _ in range(2):
        assert report(shop) == {}
        count(shop)


def test_a_lost_order_that_somebody_completes_is_placed_as_it_was_accepted(shop: Shop, log: str) -> None:
    order_id, accepted_at = new_id(), 1291191960000  # before the time at which the tests receive messages
    write(log, json.dumps(LINE | {"orderID": order_id, "at": str(accepted_at)}))
    count(shop)
    assert send(shop, lost(shop), order(order_id)).status == 202
    assert report(shop)["waiting"] == 1
    placed = deliver(shop)[order_id]
    assert (placed["status"], placed["channel"]) == ("placed", "staff")
    assert (placed["submittedBy"], placed["history"][0]["sub"]) == ("1", "1")
    assert placed["createdAt"] == times.iso(accepted_at)
    shop.follow(change(None, placed))
    count(shop)
    assert report(shop) == {"accepted": 1, "placed": 1}
    assert tracked(shop) == set()


def test_a_lost_order_that_is_lost_again_opens_its_dead_letter_again(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(log, order_id := new_id())
    count(shop)
    assert send(shop, lost(shop), order(order_id)).status == 202
    body = lost(shop)["body"]
    aws.sqs().purge_queue(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"])
    count(shop)
    assert lost(shop)["state"] == "sent"
    now = times.now_ms()
    monkeypatch.setattr(times, "now_ms", lambda: now + LATE)
    capsys.readouterr()
    for events in (1, 0):
        count(shop)
        assert [one["event"] for one in logged(capsys.readouterr().out)].count("order.missing") == events
        letter = lost(shop)
        assert (letter["state"], letter["advice"], letter["body"]) == ("open", "lost", body)
        assert [one["event"] for one in letter["history"]] == ["received", "mended", "returned"]
        assert letter["returnedAt"] == letter["history"][-1]["at"]
        assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}


def test_a_lost_order_that_somebody_discards_is_dead(shop: Shop, log: str) -> None:
    accept(log, new_id())
    count(shop)
    assert discard(shop, lost(shop), "Entered by hand").status == 204
    assert report(shop) == {"accepted": 1, "dead": 1}
    count(shop)
    assert report(shop) == {"accepted": 1, "dead": 1}
    assert tracked(shop) == set()


def test_a_lost_order_that_turns_up_is_placed(shop: Shop, log: str) -> None:
    submitted = order()
    accept(log, submitted["orderID"])
    count(shop)
    shop.deliver(submission(submitted))
    shop.follow(change(None, shop.orders()[submitted["orderID"]]))
    assert report(shop) == {"accepted": 1, "placed": 1}
    count(shop)
    assert tracked(shop) == set()


def test_an_order_is_on_its_way_for_a_minute(shop: Shop, log: str) -> None:
    """SQS may count a message a minute late."""
    accept(log, new_id(), ago=55_000)
    count(shop)
    assert report(shop) == {"accepted": 1, "waiting": 1}
    assert shop.all("SHOP_LETTERS_TABLE") == []


def test_an_order_that_was_on_its_way_is_missed_by_a_later_count(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, now = new_id(), times.now_ms()
    accept(log, order_id, ago=0)
    count(shop)
    assert tracked(shop) == {order_id}
    # Beyond the part of the log that is read again, so only the table knows the order.
    monkeypatch.setattr(times, "now_ms", lambda: now + accounting.OVERLAP_MS * 2)
    count(shop)
    monkeypatch.setattr(times, "now_ms", lambda: now + accounting.OVERLAP_MS * 4)
    assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}


def test_while_the_queue_has_messages_an_order_may_be_one_of_them(shop: Shop, log: str) -> None:
    """No dead letter is made, because one of the two old orders is in the queue, and nobody knows which."""
    old, older = new_id(), new_id()
    accept(log, old)
    accept(log, older, ago=LATE * 2)
    shop.mark_written("SHOP_ORDER_QUEUE_URL")
    aws.sqs().send_message(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"], MessageBody="{}")
    assert report(shop) == {"accepted": 2, "waiting": 1, "difference": 1, "missing": [older]}
    count(shop)
    assert shop.all("SHOP_LETTERS_TABLE") == []
    for queue in ("SHOP_ORDER_QUEUE_URL", "SHOP_ORDER_DLQ_URL"):
        aws.sqs().purge_queue(QueueUrl=shop.names[queue])
    count(shop)
    assert {letter["orderID"] for letter in shop.all("SHOP_LETTERS_TABLE")} == {old, older}


def test_a_message_of_a_new_order_hides_no_missing_one(shop: Shop, log: str) -> None:
    missing, new = new_id(), order()
    accept(log, missing)
    accept(log, new["orderID"], ago=10)
    shop.mark_written("SHOP_ORDER_QUEUE_URL")
    aws.sqs().send_message(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"], MessageBody=json.dumps(new))
    assert report(shop) == {"accepted": 2, "waiting": 1, "difference": 1, "missing": [missing]}
    count(shop)
    assert lost(shop)["orderID"] == missing


def test_messages_of_the_dead_letter_queue_and_hidden_ones_count(shop: Shop, log: str) -> None:
    accept(log, new_id(), new_id())
    for queue in ("SHOP_ORDER_QUEUE_URL", "SHOP_ORDER_DLQ_URL"):
        shop.mark_written(queue)
        aws.sqs().send_message(QueueUrl=shop.names[queue], MessageBody="{}")
    aws.sqs().receive_message(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"])
    assert report(shop) == {"accepted": 2, "waiting": 2}
    accept(log, new_id())
    aws.sqs().send_message(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"], MessageBody="{}", DelaySeconds=60)
    assert report(shop) == {"accepted": 3, "waiting": 3}


def test_an_order_that_leaves_the_queue_during_a_count_is_not_missed(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted, depth = order(), queue_depth.of
    accept(log, submitted["orderID"])

    def arrive(queues: Any) -> int:
        found = depth(queues)
        shop.deliver(submission(submitted))
        return found

    monkeypatch.setattr(queue_depth, "of", arrive)
    found = shop.ask("get_accounting", "GET", "/reports/accounting").json
    assert (found["difference"], found["missing"]) == (0, [])


def test_a_dead_letter_that_was_sent_again_is_on_its_way_and_then_missed(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = refused(shop, log)
    order_id = letter["orderID"]
    count(shop)
    assert report(shop) == {"accepted": 1, "dead": 1}
    assert send(shop, letter, order(order_id)).status == 202
    aws.sqs().purge_queue(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"])  # somebody steals it
    assert report(shop) == {"accepted": 1, "waiting": 1}
    count(shop)
    now = times.now_ms()
    monkeypatch.setattr(times, "now_ms", lambda: now + LATE)
    assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}
    count(shop)
    assert {one["state"] for one in shop.all("SHOP_LETTERS_TABLE")} == {"sent", "open"}
    assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}


def test_an_order_that_was_sent_again_counts_in_no_other_place(shop: Shop, log: str) -> None:
    """One of its dead letters was sent again, and the other one discarded. No log names the order."""
    order_id = new_id()
    for _ in range(2):
        shop.deliver(submission(order(order_id), channel="fax"))
    first, second = shop.keep().values()
    assert report(shop) == {"accepted": 1, "dead": 1}
    assert send(shop, first, order(order_id)).status == 202
    assert report(shop) == {"accepted": 1, "dead": 1}
    accept(log, order_id, ago=10)
    assert discard(shop, second, "A double").status == 204
    assert report(shop) == {"accepted": 1, "waiting": 1}
    # A sending that was cut off behind its message is on its way too.
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(first | {"state": "sending"})))
    assert report(shop) == {"accepted": 1, "waiting": 1}


def test_an_order_that_no_log_names_is_nowhere_while_it_is_sent_again(shop: Shop, log: str) -> None:
    shop.deliver(submission(order(), channel="fax"))
    (letter,) = shop.keep().values()
    assert send(shop, letter).status == 202
    assert report(shop) == {}
    # Nobody knows whether a sending that was cut off has sent the message, and somebody has to repeat it.
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(letter | {"state": "sending"})))
    assert report(shop) == {"accepted": 1, "dead": 1}


def test_a_dead_letter_about_a_change_is_no_place_of_an_order(shop: Shop, log: str) -> None:
    shop.deliver(submission(order(order_id := new_id()), channel="fax"))
    (letter,) = shop.keep().values()
    shop.put("SHOP_LETTERS_TABLE", letter | {"source": "views", "stateSource": "open#views"})
    accept(log, order_id)
    assert report(shop) == {"accepted": 1, "difference": 1, "missing": [order_id]}


def test_the_letter_of_an_erased_order_is_no_second_place_of_it(shop: Shop, log: str) -> None:
    """Its tombstone goes after 15 days, and the letter without content stays."""
    placed = shop.place()
    shop.deliver(submission(order(placed["orderID"], notes="another one")))
    (letter,) = shop.keep().values()
    shop.follow(change(None, placed), change(placed, None))
    erased = {"state": "discarded", "stateSource": "discarded#orders", "reason": letters.ERASED}
    shop.put("SHOP_LETTERS_TABLE", letter | erased)
    aws.dynamodb().delete_item(
        TableName=shop.names["SHOP_ORDERS_TABLE"], Key={"orderID": {"S": placed["orderID"]}}
    )
    assert report(shop) == {"accepted": 1, "erased": 1}


def test_no_change_erases_nothing() -> None:
    assert figures.difference(None, None) == {}


def test_a_dead_letter_under_the_id_of_a_stored_order_is_no_second_order(shop: Shop, log: str) -> None:
    placed = shop.place()
    accept(log, placed["orderID"], placed["orderID"])
    shop.follow(change(None, placed))
    shop.deliver(submission(order(placed["orderID"], notes="another one")))
    assert len(shop.keep()) == 1
    assert report(shop) == {"accepted": 1, "placed": 1}


def test_an_operators_order_counts_where_it_is(shop: Shop, log: str) -> None:
    shop.follow(change(None, shop.place()))
    assert report(shop) == {"accepted": 1, "placed": 1}


def test_a_line_that_comes_late_is_read_by_the_next_count(shop: Shop, log: str) -> None:
    count(shop)
    accept(log, order_id := new_id(), ago=accounting.OVERLAP_MS - 5000)
    assert report(shop)["missing"] == [order_id]


def test_a_count_reads_no_more_of_the_log_than_it_has_to(shop: Shop, log: str) -> None:
    count(shop)
    accept(log, new_id(), ago=accounting.OVERLAP_MS + 60_000)
    assert report(shop) == {}


def test_the_record_begins_with_the_first_count(shop: Shop, log: str) -> None:
    accept(log, new_id(), ago=accounting.OVERLAP_MS * 2)
    count(shop)
    whole = shop.ask("get_accounting", "GET", "/reports/accounting").json
    assert whole["accepted"] == 0
    count(shop)
    again = shop.ask("get_accounting", "GET", "/reports/accounting").json
    assert again["recordedFrom"] == whole["recordedFrom"] < whole["checkedAt"] < again["checkedAt"]
    assert whole["recordedFrom"] < times.iso(times.now_ms() - accounting.OVERLAP_MS)


def test_without_a_log_nothing_is_missed_and_the_report_says_so(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in access_log.GROUPS.values():
        monkeypatch.setitem(shop.names, name, "")
    shop.mark_written("SHOP_ORDER_QUEUE_URL")
    aws.sqs().send_message(QueueUrl=shop.names["SHOP_ORDER_QUEUE_URL"], MessageBody="{}")
    whole = shop.ask("get_accounting", "GET", "/reports/accounting").json
    assert "recordedFrom" not in whole
    assert report(shop) == {"accepted": 1, "waiting": 1}
    count(shop)


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        '"text"',
        json.dumps(LINE | {"status": "400", "orderID": "-", "at": "1"}),
        json.dumps(LINE | {"resource": "/orders/{orderID}/mails", "orderID": "-", "at": "1"}),
    ],
)
def test_lines_about_other_calls_are_skipped(
    shop: Shop, log: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(log, line)
    count(shop)
    assert "unreadable" not in capsys.readouterr().out
    assert report(shop) == {}


def _switched(monkeypatch: pytest.MonkeyPatch, shop: Shop, *states: tuple[str, int]) -> None:
    """Have Lambda answer with the state of each mapping of the views, and since when it has it."""
    client = boto3.client("lambda")
    stubber = Stubber(client)
    mappings = {new_id(): state for state in states}
    for mapping, (state, ago_ms) in mappings.items():
        at = datetime.fromtimestamp((times.now_ms() - ago_ms) / 1000, UTC)
        answer = {"UUID": mapping, "State": state, "LastModified": at}
        stubber.add_response("get_event_source_mapping", answer, {"UUID": mapping})
    stubber.activate()
    monkeypatch.setattr(aws, "functions", lambda: client)
    monkeypatch.setitem(shop.names, "SHOP_VIEWS_MAPPINGS", " ".join(mappings))


HALF_AN_HOUR_MS = 1_800_000
LONG, SHORT = HALF_AN_HOUR_MS + 1000, HALF_AN_HOUR_MS - 10_000


@pytest.mark.parametrize(
    ("stream", "again", "is_told"),
    [
        (("Enabled", LONG), ("Enabled", LONG), False),
        (("Disabled", SHORT), ("Disabled", SHORT), False),
        (("Disabled", LONG), ("Enabled", LONG), True),
        (("Enabled", LONG), ("Disabled", LONG), True),
        (("Disabling", LONG), ("Disabled", SHORT), True),
        (("Enabling", LONG), ("Updating", LONG), False),
    ],
)
def test_views_that_are_paused_for_longer_than_a_rebuild_takes_raise_an_alarm(
    shop: Shop,
    log: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stream: tuple[str, int],
    again: tuple[str, int],
    is_told: bool,
) -> None:
    _switched(monkeypatch, shop, stream, again)
    capsys.readouterr()
    count(shop)
    told = [line for line in logged(capsys.readouterr().out) if line["event"] == "views.paused"]
    assert [line["level"] for line in told] == ["ERROR"] * is_told
    assert all(abs(_ago(line["since"]) - LONG) < 5000 for line in told)


def _ago(at: str) -> int:
    return times.now_ms() - times.milliseconds(at)


def test_orders_are_counted_although_lambda_does_not_answer(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch, break_aws: Callable[..., None]
) -> None:
    accept(log, order_id := new_id())
    break_aws("functions", get_event_source_mapping=fault())
    monkeypatch.setitem(shop.names, "SHOP_VIEWS_MAPPINGS", new_id())
    with pytest.raises(type(fault())):
        count(shop)
    assert lost(shop)["orderID"] == order_id


@pytest.mark.parametrize("order_id", ["-", "", "1", None, "%0D%0Ax", 7])
def test_a_line_of_an_accepted_order_without_its_id_raises_an_alarm(
    shop: Shop, log: str, order_id: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write(log, json.dumps(LINE | {"orderID": order_id, "at": "1764400000000"}))
    count(shop)
    events = {line["event"]: line for line in logged(capsys.readouterr().out)}
    assert events["accounting.unreadable"] == {"event": "accounting.unreadable", "level": "ERROR", "lines": 1}
    assert report(shop) == {}


def test_two_counts_at_once_make_one_dead_letter(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(log, new_id())
    shop.mark_written("SHOP_LETTERS_TABLE")
    monkeypatch.setenv("SHOP_ACCESS_LOG_GROUP", log)
    monkeypatch.setenv("SHOP_INBOX_LOG_GROUP", "")
    monkeypatch.setenv("SHOP_STOREFRONT_LOG_GROUP", "")
    first, second = accounting.count(), accounting.count()
    assert len(list(accounting.keep_missing(first))) == 1
    assert list(accounting.keep_missing(second)) == []
    for one in (first, second):
        accounting.settle(one)
    assert len(shop.all("SHOP_LETTERS_TABLE")) == 1


def test_a_count_that_was_cut_off_is_made_good_by_the_next(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(log, order_id := new_id())
    with monkeypatch.context() as patch:
        patch.setattr(batches, "write", lambda *_: (_ for _ in ()).throw(batches.BusyError()))
        with pytest.raises(batches.BusyError):
            count(shop)
    count(shop)
    # The alarm follows this event, and the next count finds the dead letter there already.
    assert [one["event"] for one in logged(capsys.readouterr().out)].count("order.missing") == 1
    assert lost(shop)["orderID"] == order_id
    assert report(shop)["missing"] == [order_id]


def test_an_order_of_a_machine_is_accounted_with_its_channel_and_client(shop: Shop, log: str) -> None:
    stored, lost_one = order(), new_id()
    accept(inbox_of(log), stored["orderID"], lost_one)
    shop.deliver(of_machine(stored))
    assert report(shop)["missing"] == [lost_one]
    (shown,) = shop.ask("get_accounting", "GET", "/reports/accounting").json["missingOrders"]
    assert shown["channel"] == "machine"
    count(shop)
    assert lost(shop)["channel"] == "machine"
    assert lost(shop)["shopID"] == lost(shop)["submittedBy"]


def test_an_order_of_a_customer_is_accounted_with_its_channel(shop: Shop, log: str) -> None:
    stored, lost_one = customer_order(), new_id()
    accept(storefront_of(log), stored["orderID"], lost_one)
    shop.deliver(of_customer(stored))
    assert report(shop)["missing"] == [lost_one]
    count(shop)
    assert (lost(shop)["channel"], "shopID" in lost(shop)) == ("customer", False)


def test_a_lost_order_of_a_customer_is_made_good_by_an_admin(shop: Shop, log: str) -> None:
    """The log has the account and neither name nor address, and no price that the customer saw."""
    accept(storefront_of(log), new_id())
    count(shop)
    letter = lost(shop)
    assert send(shop, letter, body=mended(letter)).status == 400
    body = order(letter["orderID"])
    assert send(shop, letter, body=body).status == 202
    stored = deliver(shop)[letter["orderID"]]
    assert (stored["status"], stored["channel"], stored["accountID"]) == ("placed", "customer", LINE["sub"])
    assert stored["customer"] == body["customer"]


def test_without_connected_shops_only_the_log_of_staff_is_read(
    shop: Shop, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shop.names, "SHOP_INBOX_LOG_GROUP", "")
    accept(inbox_of(log), new_id())
    accept(log, missing := new_id())
    assert report(shop)["missing"] == [missing]


@pytest.mark.thorough
def test_a_hundred_orders_of_each_kind_are_counted(shop: Shop, log: str) -> None:
    placed, missing = [order() for _ in range(120)], [new_id() for _ in range(120)]
    accept(log, *(one["orderID"] for one in placed), *missing)
    shop.deliver(*map(submission, placed))
    shop.follow(*(change(None, one) for one in shop.orders().values()))
    count(shop)
    found = report(shop)
    assert (found["accepted"], found["placed"], found["difference"]) == (240, 120, 120)
    assert sorted(found["missing"]) == sorted(missing)


def test_the_log_has_the_channels_that_the_gateway_has() -> None:
    assert access_log.GROUPS.keys() == order_channels.OF_GATEWAY


def test_only_signed_in_staff_see_the_accounting(shop: Shop, log: str) -> None:
    asked = {"method": "GET", "resource": "/reports/accounting"}
    assert (
        shop.ask("get_accounting", *asked.values(), claims={"sub": "9", "email": "x@y.example"}).status == 403
    )
    assert shop.ask("get_accounting", *asked.values(), claims=ADMIN).status == 200
