"""The mails about an order: what became of each, and one that is sent again."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import times
from tests.handlers.shop import ADMIN, Json, Reply, Shop, change, fault, message, order

pytestmark = pytest.mark.store

TO = ["orders@shop.example", "boss@shop.example"]


def mails(shop: Shop, stored: Json) -> Json:
    path, order_id = "/orders/{orderID}/mails", stored["orderID"]
    return shop.ask("list_order_mails", "GET", path, orderID=order_id).json


def send(shop: Shop, stored: Json, event: str = "placed", **more: Any) -> Reply:
    path, order_id = "/orders/{orderID}/mails", stored["orderID"]
    return shop.ask("send_order_mail", "POST", path, {"event": event}, orderID=order_id, **more)


def again(shop: Shop) -> None:
    """Have notify take what was sent again, twice."""
    records = [message(one["body"]) for one in shop.letters("SHOP_NOTIFICATION_AGAIN_URL")]
    for _ in range(2):
        for record in records:
            assert shop.announce(record) == {"batchItemFailures": []}


def move(shop: Shop, stored: Json, status: str) -> Json:
    path, order_id = "/orders/{orderID}", stored["orderID"]
    moved = shop.ask("move_order", "PATCH", path, {"status": status}, orderID=order_id)
    assert moved.status == 200
    shop.mark_written("SHOP_ORDERS_TABLE")
    return shop.orders()[order_id]


def test_an_order_says_what_was_mailed_when_and_to_whom(shop: Shop) -> None:
    stored = shop.place()
    shop.announce(change(None, stored))
    (mail,) = mails(shop, stored)["mails"]
    assert (mail["event"], mail["state"], mail["to"]) == ("placed", "sent", TO)
    assert mail["at"] == stored["createdAt"] < mail["sentAt"]
    cancelled = move(shop, stored, "cancelled")
    assert [(one["event"], one["state"]) for one in mails(shop, stored)["mails"]] == [
        ("placed", "sent"), ("cancelled", "waiting")
    ]  # fmt: skip
    shop.announce(change(stored, cancelled))
    assert [one["state"] for one in mails(shop, stored)["mails"]] == ["sent", "sent"]


def test_a_rejected_order_has_its_own_mail(shop: Shop) -> None:
    stored = shop.place(order(items=[{"sku": "NO-1", "quantity": 1}]))
    (mail,) = mails(shop, stored)["mails"]
    assert mail["event"] == "rejected"
    assert send(shop, stored, "rejected").status == 202
    again(shop)
    assert "rejected" in shop.mails()[0]["Subject"]


def test_moves_that_are_not_announced_have_no_mail(shop: Shop) -> None:
    stored = move(shop, shop.place(), "packed")
    assert [one["event"] for one in mails(shop, stored)["mails"]] == ["placed"]


def test_a_mail_that_failed_says_so_and_names_its_dead_letter(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = shop.place()
    with monkeypatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        shop.announce(change(None, stored))
    (letter,) = shop.keep("SHOP_NOTIFICATION_DLQ_URL").values()
    found = mails(shop, stored)
    assert [one["state"] for one in found["mails"]] == ["failed"]
    assert [one["id"] for one in found["deadLetters"]] == [letter["id"]]
    assert mails(shop, shop.place())["deadLetters"] == []


def test_a_mail_of_long_ago_is_not_known_any_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = shop.place()
    (mail,) = mails(shop, stored)["mails"]
    assert mail["state"] == "unknown"  # the test's orders are of 2010
    placed = times.now_ms()
    shop.put("SHOP_ORDERS_TABLE", stored | {"history": [stored["history"][0] | {"at": times.iso(placed)}]})
    states = []
    for minutes in (0, 9, 11):
        monkeypatch.setattr("lambdas.platform.times.now_ms", lambda m=minutes: placed + m * 60_000)
        states += [one["state"] for one in mails(shop, stored)["mails"]]
    assert states == ["waiting", "waiting", "unknown"]


def test_a_mail_that_is_sent_again_arrives_once_more_and_the_history_says_who(shop: Shop) -> None:
    stored = shop.place()
    shop.announce(change(None, stored))
    assert len(shop.mails()) == 1
    answer = send(shop, stored)
    assert (answer.status, answer.json["version"]) == (202, 2)
    entry = answer.json["history"][-1]
    assert (entry["event"], entry["mail"], entry["by"]) == ("mailed", "placed", "staff@shop.example")
    again(shop)
    (mail,) = shop.mails()
    assert mail["Subject"].startswith(f"New order #{stored['number']}")
    first, second = mails(shop, stored)["mails"]
    assert (first["state"], second["state"], second["by"]) == ("sent", "sent", "staff@shop.example")


def test_a_double_press_sends_one_mail(shop: Shop) -> None:
    stored = shop.place()
    for _ in range(2):
        assert send(shop, stored).json["version"] == 2
    again(shop)
    assert len(shop.mails()) == 1


def test_two_people_may_both_have_it_sent_again(shop: Shop) -> None:
    stored = shop.place()
    send(shop, stored)
    assert send(shop, stored, claims=ADMIN).json["version"] == 3
    again(shop)
    assert len(shop.mails()) == 2


def test_a_mail_about_an_earlier_event_tells_of_that_event(shop: Shop) -> None:
    stored = shop.place()
    for status in ("packed", "cancelled"):
        stored = move(shop, stored, status)
    path = "/orders/{orderID}"
    noted = shop.ask("move_order", "PATCH", path, {"comment": "Later"}, orderID=stored["orderID"])
    assert noted.status == 200
    for event in ("placed", "cancelled"):
        assert send(shop, stored, event).status == 202
        again(shop)
    placed, cancelled = shop.mails()
    assert "A new order was placed." in placed["Message"]
    assert "was cancelled by staff@shop.example" in cancelled["Message"]
    assert "Later" not in cancelled["Message"]


def test_a_mail_names_who_cancelled_the_order_and_not_who_sent_it_again(shop: Shop) -> None:
    stored = move(shop, shop.place(), "cancelled")
    assert send(shop, stored, "cancelled", claims=ADMIN).status == 202
    again(shop)
    (mail,) = shop.mails()
    assert "was cancelled by staff@shop.example" in mail["Message"]


def test_a_double_press_whose_mail_fails_is_one_dead_letter(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = shop.place()
    monkeypatch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
    for _ in range(2):
        assert send(shop, stored).status == 202
        again(shop)
    (letter,) = shop.keep("SHOP_NOTIFICATION_DLQ_URL").values()
    assert letter["orderID"] == stored["orderID"]


def test_a_mail_that_is_being_sent_waits_and_one_whose_dead_letter_is_discarded_does_not_fail_any_more(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = shop.place()
    monkeypatch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
    shop.announce(change(None, stored))
    (letter,) = shop.keep("SHOP_NOTIFICATION_DLQ_URL").values()
    path = "/dead-letters/{id}"
    gone = shop.ask("delete_dead_letter", "DELETE", path, claims=ADMIN, id=letter["id"])
    assert gone.status == 204
    states = []
    for leased_until in (times.now_ms() - 1, times.now_ms() + 60_000):
        entry = {"notificationID": f"{stored['orderID']}#placed", "leaseOwner": "a/b"}
        shop.put("SHOP_NOTIFICATIONS_TABLE", entry | {"leasedUntil": leased_until})
        states += [one["state"] for one in mails(shop, stored)["mails"]]
    assert states == ["unknown", "waiting"]


@pytest.mark.thorough
def test_the_mail_of_the_largest_order_is_sent_again(shop: Shop) -> None:
    products = {
        f"P-{n}": {"name": "n" * 130, "unitPrice": 1, "unit": "each", "active": True} for n in range(1000)
    }
    shop.stock(products)
    stored = shop.place(order(items=[{"sku": sku, "quantity": 1} for sku in products]))
    assert stored["status"] == "placed"
    assert send(shop, stored).status == 202
    again(shop)
    assert "1,000 lines" in shop.mails()[0]["Subject"]


def test_no_mail_is_sent_again_about_an_order_that_was_erased_meanwhile(shop: Shop) -> None:
    stored = shop.place()
    assert send(shop, stored).status == 202
    path, order_id = "/orders/{orderID}", stored["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    again(shop)
    assert shop.mails() == []
    assert shop.letters("SHOP_NOTIFICATION_DLQ_URL") == []


def test_a_mail_that_was_never_due_is_refused(shop: Shop) -> None:
    refused = send(shop, shop.place(), "cancelled")
    assert (refused.status, "only about: placed" in refused.error["message"]) == (409, True)
    assert send(shop, shop.place(), "shipped").status == 400
    assert send(shop, {"orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"}).status == 404
    assert shop.letters("SHOP_NOTIFICATION_AGAIN_URL") == []


def test_a_mail_about_a_changed_order_is_refused_if_a_version_is_named(shop: Shop) -> None:
    stored = move(shop, shop.place(), "packed")
    assert send(shop, stored, headers={"If-Match": '"1"'}).status == 412


def test_a_queue_that_cannot_be_reached_is_tried_again_by_the_next_press(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    stored = shop.place()
    break_aws("sqs", times=1, send_message=fault("ServiceUnavailable", "SendMessage"))
    with pytest.raises(Exception, match="made by a test"):
        send(shop, stored)
    assert send(shop, stored).json["version"] == 2
    again(shop)
    assert len(shop.mails()) == 1


def test_a_mail_that_did_not_reach_its_queue_is_sent_after_one_about_another_event(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    stored = move(shop, shop.place(), "cancelled")
    break_aws("sqs", times=1, send_message=fault("ServiceUnavailable", "SendMessage"))
    with pytest.raises(Exception, match="made by a test"):
        send(shop, stored, "placed")
    for event in ("cancelled", "placed"):
        assert send(shop, stored, event).status == 202
    again(shop)
    cancelled, placed = (mail["Subject"] for mail in shop.mails())
    assert "cancelled" in cancelled
    assert placed.startswith("New order")
