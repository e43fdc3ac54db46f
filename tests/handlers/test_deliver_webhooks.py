"""The function deliver_webhooks: each event gets to its shop, and a dead receiver delays nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from lambdas.platform import aws, tables, times
from lambdas.shop import deliveries, shops_table, webhook_deliveries, webhook_sender, webhooks
from lambdas.shop.webhook_sender import Result
from tests.handlers.shop import ADMIN, Json, Shop, fault, message

pytestmark = pytest.mark.store

START = 1_800_000_000_000
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
SHOP, OTHER = "client-1", "client-2"


class Post:
    """The queue of events, the receivers of two shops, and a clock."""

    def __init__(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop, self.now = shop, START
        self.answers: dict[str, int | None] = {SHOP: 204, OTHER: 204}
        self.tried: list[tuple[str, str, int]] = []  # the shop, the event, and the seconds since the start
        self.hidden: list[int] = []
        self.during: Callable[[], None] = lambda: None
        monkeypatch.setattr(times, "now_ms", lambda: self.now)
        monkeypatch.setattr(webhook_sender, "send", self._send)
        sqs = aws.sqs()
        monkeypatch.setattr(aws, "sqs", lambda: Queue(sqs, self.hidden))
        for client in (SHOP, OTHER):
            self.connect(client)

    def connect(self, client: str, **changes: Any) -> None:
        """Store a shop with a webhook."""
        webhook = webhooks.with_address(None, f"https://{client}.example/", None, webhooks.new_secret())
        row = {"shopID": client, "name": client, "version": 1, "webhook": webhook | changes}
        self.shop.put("SHOP_SHOPS_TABLE", row)

    def _send(self, webhook: Json, event_id: str, body: str) -> Result:
        client = webhook["url"].removeprefix("https://").removesuffix(".example/")
        self.tried.append((client, event_id, (self.now - START) // SECOND))
        assert json.loads(body)["id"] == event_id
        self.during()
        status = self.answers.get(client, 204)
        return Result(status, "" if status else "no answer within 5 seconds", 20)

    def deliver(self, *records: Json, remaining_ms: int = 60_000) -> list[int]:
        """Deliver messages; return the seconds for which those that stay in the queue are hidden."""
        self.hidden.clear()
        answer = self.shop.call("deliver_webhooks", {"Records": list(records)}, remaining_ms)
        failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
        assert len(failed) == len(self.hidden)
        assert set(failed) <= {one["messageId"] for one in records}
        return list(self.hidden)

    def webhook(self, client: str = SHOP) -> Json:
        """The webhook of a shop."""
        return webhooks.require(webhooks.of(shops_table.find(client)))

    def rows(self) -> dict[str, Json]:
        """The deliveries, by the ID of their event."""
        return {one["eventID"]: one for one in self.shop.all("SHOP_DELIVERIES_TABLE")}

    def row(self) -> Json:
        """The only delivery."""
        (row,) = self.rows().values()
        return row


class Queue:
    """The client of SQS, which notes for how long messages are hidden."""

    def __init__(self, client: Any, hidden: list[int]) -> None:
        self._client, self._hidden = client, hidden

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[Json]) -> Json:  # noqa: N803
        """Note the pauses."""
        assert QueueUrl.endswith("/webhooks")
        self._hidden += [one["VisibilityTimeout"] for one in Entries]
        return {}


def event(number: int = 1, client: str = SHOP, *, receives: int = 1, sent_at: int = START) -> Json:
    """Return the message of the topic about an order."""
    at = f"2027-01-15T08:{number % 60:02}:00.000Z"
    body = {"id": f"order-{number}#1", "type": "order.placed", "at": at, "orderID": f"order-{number}"}
    record = message(body, receives=receives, receipt=f"receipt-{number}-{client}")
    attributes = {"shop": client, "event": "order.placed"}
    texts = {name: {"stringValue": text, "dataType": "String"} for name, text in attributes.items()}
    record["attributes"]["SentTimestamp"] = str(sent_at)
    return record | {"messageId": f"message-{number}-{client}", "messageAttributes": texts}


def ordered(delivery: str, client: str = SHOP) -> Json:
    """Return the message of a call about a delivery."""
    record = message({"shop": client, "delivery": delivery}, receipt="receipt-again")
    record["attributes"]["SentTimestamp"] = str(START)
    return record


@pytest.fixture
def post(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Two shops with a webhook each."""
    for name in ("SHOP_DELIVERIES_TABLE", "SHOP_WEBHOOK_QUEUE_URL"):
        shop.mark_written(name)
    return Post(shop, monkeypatch)


def test_an_event_is_sent_once_although_its_message_comes_again(post: Post) -> None:
    assert post.deliver(event(), event(2, OTHER)) == []
    assert sorted(post.tried) == [(SHOP, "order-1#1", 0), (OTHER, "order-2#1", 0)]
    before = post.rows()
    assert post.deliver(event(), event(receives=2)) == []
    assert len(post.tried) == 2
    assert post.rows() == before
    row = before["order-1#1"]
    assert (row["shop"], row["state"], row["tries"], row["status"]) == (SHOP, "delivered", 1, 204)
    assert (row["milliseconds"], row["answer"], row["type"], row["orderID"]) == (
        20,
        "",
        "order.placed",
        "order-1",
    )
    assert json.loads(row["body"])["id"] == "order-1#1"
    assert row["expiresAt"] == START // SECOND + 30 * 24 * 3600
    shown = deliveries.shown(row)
    assert "body" not in shown
    assert "leasedUntil" not in row


def test_a_dead_receiver_is_tried_ten_times_in_three_days(post: Post) -> None:
    post.answers[SHOP] = None
    pauses = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    receives = 1
    while post.now < START + 100 * HOUR:
        found = post.deliver(event(receives=receives))
        if not found:
            break
        assert found[0] <= 15 * 60, "it goes soon after the receiver works again"
        post.now += found[0] * SECOND
        receives += 1
    seconds = [at for _, _, at in post.tried]
    assert [later - earlier for earlier, later in pairwise(seconds)] == pauses
    assert receives < 400
    row = post.row()
    assert (row["state"], row["tries"], row["answer"]) == ("failed", 10, "no answer within 5 seconds")
    assert "nextAt" not in row
    assert "status" not in row
    assert post.webhook()["failures"] == 10
    post.now += 24 * HOUR
    assert post.deliver(event(receives=receives)) == []
    assert len(post.tried) == 10


def test_a_dead_receiver_costs_one_try_and_delays_nobody_else(post: Post) -> None:
    post.answers[SHOP] = 500
    batch = [event(number, SHOP) for number in range(1, 7)] + [event(number, OTHER) for number in (7, 8)]
    waits = post.deliver(*batch)
    assert waits == [5] * 6
    assert [one for one in post.tried if one[0] == SHOP] == [(SHOP, "order-1#1", 0)]
    assert len([one for one in post.tried if one[0] == OTHER]) == 2
    assert {one["state"] for one in post.rows().values() if one["shop"] == SHOP} == {"waiting"}
    assert post.webhook()["failures"] == 1
    post.now += 5 * SECOND
    waits = post.deliver(*[event(number, SHOP, receives=2) for number in range(1, 7)])
    assert waits == [300] * 6
    assert len(post.tried) == 4
    assert post.rows()["order-1#1"]["tries"] == 2
    post.answers[SHOP] = 200
    post.now += 300 * SECOND
    assert post.deliver(*[event(number, SHOP, receives=3) for number in range(1, 7)]) == []
    assert {one["state"] for one in post.rows().values()} == {"delivered"}
    assert post.webhook()["failures"] == 0
    assert "pausedUntil" not in post.webhook()


def test_of_two_invocations_one_tries_a_receiver_that_was_down(post: Post) -> None:
    post.connect(SHOP, failures=3, pausedUntil=START - 1)
    inner: list[list[int]] = []

    def other_invocation() -> None:
        post.during = lambda: None
        hidden = post.hidden
        post.hidden = []
        answer = post.shop.call("deliver_webhooks", {"Records": [event(2)]}, 60_000)
        inner.append([len(answer["batchItemFailures"])])
        post.hidden = hidden

    post.during = other_invocation
    post.deliver(event(1))
    assert inner == [[1]]
    assert [one for _, one, _ in post.tried] == ["order-1#1"], "the other event waits for the result"


def test_a_message_that_comes_while_its_event_is_sent_waits(post: Post) -> None:
    def again() -> None:
        post.during = lambda: None
        answer = post.shop.call("deliver_webhooks", {"Records": [event(receives=2)]}, 60_000)
        assert len(answer["batchItemFailures"]) == 1

    post.during = again
    post.shop.call("deliver_webhooks", {"Records": [event()]}, 60_000)
    assert len(post.tried) == 1
    assert post.hidden == [60]


def test_a_try_that_a_crash_cut_off_is_repeated(post: Post) -> None:
    def crash() -> None:
        raise SystemExit

    post.during = crash
    with pytest.raises(SystemExit):
        post.deliver(event())
    post.during = lambda: None
    post.now += 360 * SECOND
    assert post.deliver(event(receives=2)) == []
    assert len(post.tried) == 2
    assert post.row()["state"] == "delivered"


def test_a_receiver_that_is_gone_gets_nothing_more(post: Post) -> None:
    post.answers[SHOP] = 410
    assert post.deliver(event(1), event(2)) == []
    assert [one for _, one, _ in post.tried] == ["order-1#1"]
    webhook = post.webhook()
    assert (webhook["state"], webhook["why"]) == ("off", "gone")
    rows = post.rows()
    assert (rows["order-1#1"]["state"], rows["order-1#1"]["status"]) == ("failed", 410)
    assert rows["order-2#1"]["state"] == "off"


def test_an_address_that_an_admin_changed_meanwhile_stays_on(post: Post) -> None:
    post.answers[SHOP] = 410
    post.during = lambda: post.connect(SHOP, url="https://new.example/")
    post.deliver(event())
    assert post.webhook()["state"] == "active"
    post.during = lambda: None
    post.answers["new"] = 204
    post.deliver(event(2))
    assert post.tried[-1][0] == "new"


def test_events_wait_for_nothing_while_a_webhook_is_off_and_can_be_sent_later(post: Post) -> None:
    post.connect(SHOP, state="off")
    assert post.deliver(event()) == []
    assert (post.tried, post.row()["state"]) == ([], "off")
    post.connect(SHOP)
    assert post.deliver(event(receives=2)) == []
    assert post.tried == []
    deliveries.send_again(SHOP, post.row()["deliveryID"])
    assert post.deliver(ordered(post.row()["deliveryID"])) == []
    assert post.row()["state"] == "delivered"


def test_a_shop_without_a_webhook_gets_no_rows(post: Post) -> None:
    post.shop.put("SHOP_SHOPS_TABLE", {"shopID": SHOP, "name": "A", "version": 1})
    assert post.deliver(event(), event(2, "unknown")) == []
    assert (post.tried, post.rows()) == ([], {})


def test_what_waits_for_a_deleted_webhook_is_off(post: Post) -> None:
    post.answers[SHOP] = 500
    post.deliver(event())
    post.shop.put("SHOP_SHOPS_TABLE", {"shopID": SHOP, "name": "A", "version": 9})
    assert post.deliver(event(receives=2)) == []
    assert post.row()["state"] == "off"


def test_an_event_that_only_waited_for_four_days_has_failed(post: Post) -> None:
    post.connect(SHOP, failures=9, pausedUntil=START + 97 * HOUR)
    assert post.deliver(event()) == [900]
    assert post.deliver(event(receives=2)) == [900]
    post.now += 96 * HOUR + 1
    assert post.deliver(event(receives=300)) == []
    assert (post.tried, post.row()["state"]) == ([], "failed")


def test_a_failure_of_one_event_alone_delays_the_others_for_seconds(post: Post) -> None:
    post.answers[SHOP] = 500
    post.deliver(event(1))
    post.answers[SHOP] = 200
    post.now += 5 * SECOND
    post.deliver(event(2))
    assert post.webhook()["failures"] == 0
    post.answers[SHOP] = 500
    post.deliver(event(1, receives=2))
    assert post.rows()["order-1#1"]["nextAt"] == post.now + 300 * SECOND, "its own second failure"
    assert post.webhook()["pausedUntil"] == post.now + 5 * SECOND


def test_sending_again_is_at_once_and_prolongs_no_pause(post: Post) -> None:
    post.answers[SHOP] = 500
    post.deliver(event())
    paused = post.webhook()
    delivery = post.row()["deliveryID"]
    for _ in range(3):
        deliveries.send_again(SHOP, delivery)
        assert post.deliver(ordered(delivery)) == [5]
    assert len(post.tried) == 4
    assert post.webhook() == paused
    post.answers[SHOP] = 200
    deliveries.send_again(SHOP, delivery)
    assert post.deliver(ordered(delivery), ordered(delivery)) == []
    assert post.deliver(event(receives=2)) == []
    assert len(post.tried) == 5, "the other messages about it find it delivered"
    assert post.webhook()["failures"] == 0


def test_a_delivered_event_can_be_sent_again(post: Post) -> None:
    post.deliver(event())
    deliveries.send_again(SHOP, post.row()["deliveryID"])
    post.deliver(ordered(post.row()["deliveryID"]))
    assert len(post.tried) == 2
    assert post.row()["state"] == "delivered"


def test_an_event_that_waits_from_the_beginning_is_listed(post: Post) -> None:
    post.connect(SHOP, failures=1, pausedUntil=START + HOUR)
    assert post.deliver(event()) == [900]
    assert (post.row()["state"], post.row()["tries"]) == ("waiting", 0)


def test_what_was_sent_by_hand_is_tried_in_a_pause_although_its_message_is_old(post: Post) -> None:
    post.connect(SHOP, failures=1, pausedUntil=START + 200 * HOUR)
    post.deliver(event())
    delivery = post.row()["deliveryID"]
    deliveries.send_again(SHOP, delivery)
    again = ordered(delivery)
    again["attributes"]["ApproximateReceiveCount"] = "2"
    assert post.deliver(again) == []
    assert len(post.tried) == 1
    post.connect(SHOP, failures=1, pausedUntil=START + 200 * HOUR)
    deliveries.send_again(SHOP, delivery)
    post.now += 97 * HOUR
    assert post.deliver(event(receives=300)) == []
    assert (len(post.tried), post.row()["state"]) == (2, "delivered")


def test_an_event_waits_for_its_own_pause_although_its_receiver_works(post: Post) -> None:
    post.answers[SHOP] = 500
    post.deliver(event(1))
    post.now += 5 * SECOND
    post.deliver(event(1, receives=2))
    post.connect(SHOP)
    post.now += SECOND
    assert post.deliver(event(1, receives=3)) == [299]
    assert len(post.tried) == 2


def test_what_was_sent_by_hand_and_failed_waits_like_any_other(post: Post) -> None:
    post.deliver(event())
    post.answers[SHOP] = 500
    deliveries.send_again(SHOP, post.row()["deliveryID"])
    assert post.deliver(ordered(post.row()["deliveryID"])) == [5]
    assert post.deliver(ordered(post.row()["deliveryID"])) == [5]
    assert len(post.tried) == 2


@pytest.mark.parametrize(
    ("changes", "wait"), [({"failures": 3, "pausedUntil": START + 29 * SECOND}, 29), ({}, 0)]
)
def test_a_trial_that_another_invocation_took_at_this_moment_is_its_own(
    post: Post, monkeypatch: pytest.MonkeyPatch, changes: Json, wait: int
) -> None:
    """The webhook was read before the other one took the trial, or even ended it with a success."""
    post.connect(SHOP, failures=3, pausedUntil=START - 1)
    find, stale = shops_table.find, shops_table.find(SHOP)
    post.connect(SHOP, **changes)
    reads = iter([stale])
    monkeypatch.setattr(shops_table, "find", lambda shop_id: next(reads, None) or find(shop_id))
    assert post.deliver(event()) == [wait]
    assert post.tried == []


def test_a_test_event_is_tried_once(post: Post) -> None:
    post.answers[SHOP] = 500
    post.connect(SHOP, failures=2, pausedUntil=START + HOUR)
    delivery = deliveries.send_test(SHOP)
    assert post.deliver(ordered(delivery)) == []
    row = post.row()
    assert (row["type"], row["state"], row["status"], row["tries"]) == ("test", "failed", 500, 1)
    assert post.webhook()["failures"] == 2


def test_a_delivery_that_expired_meanwhile_is_forgotten(post: Post) -> None:
    assert post.deliver(ordered("gone")) == []
    assert post.tried == []


def test_a_batch_leaves_what_it_has_no_time_for(post: Post) -> None:
    assert post.deliver(event(), remaining_ms=24_999) == [0]
    assert (post.tried, post.rows()) == ([], {})


def test_a_fault_that_passes_keeps_the_message(post: Post, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", times=1, get_item=fault(operation="GetItem"))
    assert post.deliver(event()) == [30]
    assert post.deliver(event(receives=2)) == []
    assert post.row()["state"] == "delivered"


def test_a_shop_that_others_change_all_the_time_keeps_the_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise tables.ConditionFailedError

    post.answers[SHOP] = 500
    monkeypatch.setattr(shops_table, "note_webhook", fail)
    assert post.deliver(event()) == [30]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the event must be JSON"),
        ("[]", "the event must be an object"),
        ('{"id": "a#1", "type": "order.placed"}', "the event must have an id, a type and a time"),
        ('{"shop": 5, "delivery": "a"}', "the event must name its shop"),
        ('{"shop": "client-1", "delivery": 5}', "the event must name its shop"),
    ],
)
def test_what_is_no_event_is_a_dead_letter_with_its_reason(post: Post, body: str, reason: str) -> None:
    record = message(body) | (
        {"messageAttributes": event()["messageAttributes"]} if "shop" not in body else {}
    )
    assert post.deliver(record, event()) == []
    (letter,) = post.shop.letters("SHOP_WEBHOOK_DLQ_URL")
    assert letter["body"] == body
    assert letter["reason"].startswith(f"this event could not be sent: {reason}")
    assert post.row()["state"] == "delivered", "the others of the batch go on"


def test_a_fault_of_our_own_is_a_letter_that_can_be_sent_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("made by a test")

    with monkeypatch.context() as patch:
        patch.setattr(webhook_deliveries, "process", fail)
        assert post.deliver(event()) == []
    letters = post.shop.keep("SHOP_WEBHOOK_DLQ_URL")
    (letter,) = letters.values()
    assert (letter["id"], letter["source"], letter["advice"]) == ("webhooks-order-1-1", "webhooks", "event")
    assert letter["reason"] == "this event could not be sent: ValueError: made by a test"
    assert json.loads(letter["body"])["shop"] == SHOP
    reply = post.shop.ask(
        "redrive_dead_letter", "POST", "/dead-letters/{id}/redrive", {}, claims=ADMIN, id=letter["id"]
    )
    assert reply.status == 202
    (sent,) = post.shop.letters("SHOP_WEBHOOK_QUEUE_URL")
    record = message(sent["body"])
    record["attributes"]["SentTimestamp"] = str(START)
    assert post.deliver(record) == []
    assert post.row()["state"] == "delivered"
    assert json.loads(post.row()["body"]) == json.loads(event()["body"])


def test_a_refusal_of_the_table_is_a_letter(post: Post, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", put_item=fault("ValidationException"))
    assert post.deliver(event()) == []
    assert len(post.shop.letters("SHOP_WEBHOOK_DLQ_URL")) == 1


def test_a_letter_that_cannot_be_written_keeps_the_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise fault("ServiceUnavailable", "SendMessage")

    monkeypatch.setattr("lambdas.platform.dead_letters.send", fail)
    assert post.deliver(message("{", receipt="receipt")) == [30]


def test_the_log_names_no_address_and_no_order(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    post.deliver(event())
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (tried,) = [one for one in logged if one["event"] == "webhook.tried"]
    assert tried == {"event": "webhook.tried", "shop": SHOP, "eventID": "order-1#1", "status": 204}
