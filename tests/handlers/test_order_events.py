"""Events: what a connected shop is told about the orders that its machine sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import aws
from lambdas.platform.access import Person
from lambdas.shop import letter_intake, order_events, orders, sender_view
from tests.handlers.shop import ADMIN, MACHINE, STAFF, Json, Shop, change, fault, of_machine, order

pytestmark = pytest.mark.store

CLIENT = MACHINE["client_id"]
PATH = "/orders/{orderID}"


class Trade:
    """An order of a machine, each change of which is announced."""

    def __init__(self, shop: Shop, submitted: Json) -> None:
        self.shop, self.id = shop, submitted["orderID"]
        assert shop.deliver(of_machine(submitted)) == []
        self.before: Json | None = None
        self.records: list[Json] = []

    @property
    def stored(self) -> Json:
        """The order, or its tombstone."""
        return self.shop.orders()[self.id]

    def announce(self) -> list[Json]:
        """Announce the latest change; return the events that it made."""
        after = self.stored
        self.records.append(change(self.before, after))
        self.before = after
        assert self.shop.announce(self.records[-1]) == {"batchItemFailures": []}
        return self.events()

    def events(self) -> list[Json]:
        """Receive events; each is for the shop's client."""
        found = self.shop.letters("SHOP_WEBHOOK_QUEUE_URL")
        events = [json.loads(one["body"]) for one in found]
        assert [(one["shop"], one["event"]) for one in found] == [(CLIENT, one["type"]) for one in events]
        return events

    def ask(self, module: str, method: str, resource: str, body: Any = None, **more: Any) -> None:
        """Call the API as an admin about this order."""
        reply = self.shop.ask(module, method, resource, body, claims=ADMIN, orderID=self.id, **more)
        assert reply.status < 300, reply.text

    def move(self, status: str, **more: str) -> list[Json]:
        """Move the order; return the events of that."""
        self.ask("move_order", "PATCH", PATH, {"status": status, **more})
        return self.announce()


@pytest.fixture
def trade(shop: Shop) -> Trade:
    """An order of a machine that is placed, but not announced yet."""
    return Trade(shop, order(reference="A-1"))


def test_a_placed_order_is_one_message_with_a_mail_and_an_event(
    trade: Trade, break_aws: Callable[..., None]
) -> None:
    (event,) = trade.announce()
    stored = trade.stored
    assert event == {
        "id": f"{trade.id}#1",
        "type": "order.placed",
        "at": stored["updatedAt"],
        "orderID": trade.id,
        "version": 1,
        "order": sender_view.shown(stored),  # type: ignore[arg-type]
    }
    assert event["order"]["reference"] == "A-1"
    (mail,) = trade.shop.mails()
    assert mail["Subject"].startswith("New order")
    (entry,) = trade.shop.all("SHOP_NOTIFICATIONS_TABLE")
    assert entry["notificationID"] == f"{trade.id}#placed"
    assert entry["to"] == ["orders@shop.example", "boss@shop.example"]


def test_each_step_of_an_order_is_an_event_and_a_step_back_is_an_edit(trade: Trade) -> None:
    trade.announce()
    trade.shop.mails()
    steps = [("packed", ""), ("placed", "wrong box"), ("packed", ""), ("shipped", ""), ("delivered", "")]
    types = [trade.move(status, **({"note": note} if note else {})) for status, note in steps]
    assert [(one["type"], one["version"]) for found in types for one in found] == [
        ("order.packed", 2),
        ("order.edited", 3),
        ("order.packed", 4),
        ("order.shipped", 5),
        ("order.delivered", 6),
    ]
    assert trade.shop.mails() == [], "no mail is due about any of these"
    keys = {one["notificationID"]: one["to"] for one in trade.shop.all("SHOP_NOTIFICATIONS_TABLE")}
    assert keys.pop(f"{trade.id}#placed")
    assert keys == {f"{trade.id}#v{version}": [] for version in range(2, 7)}, "events have no addresses"


def test_a_cancelled_order_is_one_message_too(trade: Trade) -> None:
    trade.announce()
    (event,) = trade.move("cancelled")
    assert (event["type"], event["id"]) == ("order.cancelled", f"{trade.id}#2")
    assert [mail["Subject"][:9] for mail in trade.shop.mails()] == [
        "New order",
        "Order #" + str(trade.stored["number"])[:2],
    ]


def test_a_rejected_order_says_why(shop: Shop) -> None:
    trade = Trade(shop, order(items=[{"sku": "OLD-1", "quantity": 1}]))
    (event,) = trade.announce()
    assert event["type"] == "order.rejected"
    assert event["order"]["rejectionReasons"] == trade.stored["rejectionReasons"]


def test_an_edit_is_an_event_if_the_sender_sees_it(trade: Trade) -> None:
    trade.announce()
    stored = trade.stored
    content = {name: stored[name] for name in ("customer", "reference")}
    content["items"] = [{"sku": "MOP-1", "quantity": 3}]
    trade.ask("replace_order", "PUT", PATH, content, headers={"If-Match": '"1"'})
    (event,) = trade.announce()
    assert (event["type"], event["version"]) == ("order.edited", 2)
    assert event["order"]["total"] == 3750
    content["customer"] = {**stored["customer"], "phone": "020 1234"}
    trade.ask("replace_order", "PUT", PATH, content, headers={"If-Match": '"2"'})
    assert trade.announce() == [], "the sender does not see the customer"


def test_remarks_of_staff_are_no_events(trade: Trade) -> None:
    trade.announce()
    labels = {"tags": ["urgent"], "assignee": "Ann"}
    for body in ({"comment": "call back"}, {"labels": labels}, {"printed": True}):
        reply = trade.shop.ask("move_order", "PATCH", PATH, body, orderID=trade.id)
        if reply.status < 300:
            assert trade.announce() == []
    assert trade.stored["version"] > 1, "at least one remark was taken"


def test_an_erased_order_is_an_event_with_its_number_only(trade: Trade) -> None:
    trade.announce()
    number = trade.stored["number"]
    trade.ask("delete_order", "DELETE", PATH)
    (event,) = trade.announce()
    tombstone = trade.stored
    assert event == {
        "id": f"{trade.id}#2",
        "type": "order.erased",
        "at": tombstone["erasedAt"],
        "orderID": trade.id,
        "version": 2,
        "order": {"orderID": trade.id, "number": number},
    }
    assert trade.shop.announce(change(tombstone, None)) == {"batchItemFailures": []}
    assert trade.events() == [], "the end of a tombstone tells nobody anything"


def test_orders_of_people_are_no_events(shop: Shop) -> None:
    placed = shop.place()
    packed = {**placed, "status": "packed", "version": 2}
    shop.announce(change(None, placed), change(placed, packed))
    assert len(shop.mails()) == 1
    assert shop.letters("SHOP_WEBHOOK_QUEUE_URL") == []


def test_a_mail_that_is_sent_again_is_no_event(trade: Trade) -> None:
    trade.announce()
    trade.shop.mails()
    record = {
        "eventID": "again-1",
        "eventName": "MAIL",
        "notificationID": f"{trade.id}#placed#again-1",
        "status": "placed",
        "dynamodb": {"Keys": {"orderID": {"S": trade.id}}},
    }
    trade.shop.announce(record)
    assert len(trade.shop.mails()) == 1
    assert trade.events() == []


def test_changes_that_come_twice_are_told_once(trade: Trade) -> None:
    trade.announce()
    trade.move("packed")
    trade.shop.mails()
    trade.shop.announce(*trade.records, *trade.records)
    assert trade.events() == []
    assert trade.shop.mails() == []


def test_an_event_that_was_not_published_is_told_by_the_next_try(
    trade: Trade, break_aws: Callable[..., None]
) -> None:
    before = trade.stored
    trade.announce()
    trade.ask("move_order", "PATCH", PATH, {"status": "packed"})
    record = change(before, trade.stored)
    break_aws("sns", times=1, publish_batch=fault("InternalError", "PublishBatch"))
    with pytest.raises(Exception, match="made by a test"):
        trade.shop.announce(record)
    trade.shop.announce(record)
    assert [one["id"] for one in trade.events()] == [f"{trade.id}#2"]


def test_a_huge_order_is_an_event_without_its_lines(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_events, "MAX_BYTES", 700)
    trade = Trade(shop, order())
    (event,) = trade.announce()
    assert event["order"]["itemsOmitted"] is True
    assert "items" not in event["order"]
    assert event["order"]["total"] == trade.stored["total"]


def test_the_largest_event_fits_into_a_message_with_its_mail(shop: Shop) -> None:
    """An event has many quotation marks, and each takes two bytes more in a message of SNS."""
    line = {
        "sku": "MOP-1",
        "name": '"' * 100,
        "unit": '"' * 20,
        "quantity": 1,
        "unitPrice": 1,
        "lineTotal": 1,
    }
    stored = Trade(shop, order()).stored
    for count in (100, 1000):
        text = order_events.of(None, {**stored, "items": [line] * count}).text  # type: ignore[union-attr]
        assert len(json.dumps(text, ensure_ascii=False).encode()) <= order_events.MAX_BYTES
    assert json.loads(text)["order"]["itemsOmitted"] is True


def test_an_unreadable_change_of_a_machines_order_is_a_dead_letter(trade: Trade) -> None:
    trade.announce()
    broken = {name: value for name, value in trade.stored.items() if name != "history"}
    trade.shop.announce(change(trade.stored, {**broken, "status": "packed", "version": 2}))
    (letter,) = trade.shop.letters("SHOP_NOTIFICATION_DLQ_URL")
    assert "KeyError" in letter["reason"]


def test_an_anonymised_order_is_no_event(trade: Trade) -> None:
    trade.announce()
    for status in ("packed", "shipped"):
        trade.move(status)
    orders.anonymise(trade.stored, by=Person("Ann", "2"), reason="asked")  # type: ignore[arg-type]
    assert trade.announce() == []


def test_nobody_else_learns_who_changed_an_order(trade: Trade) -> None:
    events = [*trade.announce(), *trade.move("packed", note="a secret note")]
    text = json.dumps(events)
    for secret in (STAFF["email"], ADMIN["email"], "Ann Miller", "a secret note"):
        assert secret not in text


def test_the_erasure_that_was_not_announced_is_sent_again_from_the_dead_letters(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.announce()
    trade.ask("delete_order", "DELETE", PATH)
    record = change(trade.before, trade.stored)

    def fail(*_: Any) -> None:
        raise ValueError("made by a test")

    with monkeypatch.context() as patch:
        patch.setattr(order_events, "of", fail)
        trade.shop.announce(record)
    (letter,) = trade.shop.keep("SHOP_NOTIFICATION_DLQ_URL").values()
    path = "/dead-letters/{id}/redrive"
    reply = trade.shop.ask("redrive_dead_letter", "POST", path, {}, claims=ADMIN, id=letter["id"])
    assert reply.status == 202, reply.text
    (again,) = trade.shop.letters("SHOP_NOTIFICATION_AGAIN_URL")
    trade.shop.announce(json.loads(again["body"]))
    assert [one["type"] for one in trade.events()] == ["order.erased"]


def test_the_event_of_an_erasure_keeps_its_content_among_the_dead_letters(trade: Trade) -> None:
    """It has no person in it, and its shop still has to be told."""
    trade.announce()
    trade.ask("delete_order", "DELETE", PATH)
    (event,) = trade.announce()
    body = json.dumps({"shop": CLIENT, "event": event})
    aws.sqs().send_message(QueueUrl=trade.shop.names["SHOP_WEBHOOK_DLQ_URL"], MessageBody=body)
    (letter,) = trade.shop.keep("SHOP_WEBHOOK_DLQ_URL").values()
    assert (letter["body"], letter["state"], letter["orderID"]) == (body, "open", trade.id)


def test_an_event_that_comes_to_the_dead_letters_after_the_erasure_loses_its_content(trade: Trade) -> None:
    """Its reference leads to the person, and the event of the erasure replaces it."""
    (event,) = trade.announce()
    trade.ask("delete_order", "DELETE", PATH)
    body = json.dumps({"shop": CLIENT, "event": event})
    aws.sqs().send_message(QueueUrl=trade.shop.names["SHOP_WEBHOOK_DLQ_URL"], MessageBody=body)
    (letter,) = trade.shop.keep("SHOP_WEBHOOK_DLQ_URL").values()
    assert (letter["body"], letter["orderID"]) == ("", trade.id)


def test_of_changes_that_were_given_up_events_are_dead_letters_too(trade: Trade) -> None:
    placed = trade.stored
    packed = {**placed, "status": "packed", "version": 2}
    assert letter_intake._concerns("notifications", change(placed, packed))  # type: ignore[arg-type]
    staffs = {**placed, "channel": "staff"}
    of_staff = change(staffs, {**staffs, "status": "packed", "version": 2})
    assert not letter_intake._concerns("notifications", of_staff)  # type: ignore[arg-type]
    broken = change(placed, {"orderID": trade.id, "shopID": "shop-1", "status": "packed"})
    assert letter_intake._concerns("notifications", broken)  # type: ignore[arg-type]
