"""The webhook in the row of a connected shop, and the table of deliveries."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import tables
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError, NotFoundError
from lambdas.shop import deliveries, shops_table, webhooks
from tests.handlers.shop import Json, Shop

pytestmark = pytest.mark.store

ADMIN = Person("Ann", "2")
URL = "https://shop.example/events"
NOW = 1_800_000_000_000


def webhook(**changes: Any) -> Json:
    """Return an active webhook."""
    return webhooks.with_address(None, URL, None, webhooks.new_secret()) | changes


def change(rule: webhooks.Rule, **fields: Any) -> Json:
    """Change the webhook of the shop `client-1` like an admin; return the stored row."""
    known = {"name": "A shop"}
    return shops_table.change(
        "client-1", "webhook-changed", {}, by=ADMIN, known=known, webhook=rule, **fields
    )


@pytest.fixture
def office(shop: Shop) -> Shop:
    """A shop whose tables of connected shops and deliveries are emptied afterwards."""
    for table in ("SHOP_SHOPS_TABLE", "SHOP_DELIVERIES_TABLE", "SHOP_WEBHOOK_QUEUE_URL"):
        shop.mark_written(table)
    return shop


def event(number: int = 1) -> Json:
    """Return an event about the version of an order, a second after the one before."""
    at = f"2026-01-31T08:26:{number:02}.000Z"
    return {"id": f"order-1#{number}", "type": "order.placed", "at": at, "orderID": "order-1"}


def test_a_new_webhook_has_a_secret_of_24_random_bytes() -> None:
    first, second = webhook()["secrets"][0], webhook()["secrets"][0]
    assert first["secret"] != second["secret"]
    assert first["secret"].startswith("whsec_")
    assert len(base64.b64decode(first["secret"].removeprefix("whsec_"), validate=True)) == 24


def test_no_answer_of_the_api_has_the_text_of_a_secret() -> None:
    kept = webhook(pausedUntil=NOW, failures=2)
    answer = webhooks.shown(kept)
    assert answer["pausedUntil"] == "2027-01-15T08:00:00.000Z"
    assert answer["secrets"] == [{name: kept["secrets"][0][name] for name in ("id", "createdAt")}]
    assert kept["secrets"][0]["secret"] not in json.dumps(answer)


def test_another_address_or_switching_on_ends_a_pause() -> None:
    down = webhook(state="off", why="gone", failures=3, pausedUntil=NOW)
    secret = down["secrets"][0]
    assert webhooks.with_address(down, URL, None, secret) == down
    fresh = {"url": URL, "state": "active", "secrets": down["secrets"], "failures": 0}
    assert webhooks.with_address(down, URL, "active", secret) == fresh
    other = webhooks.with_address(down, "https://other.example/", None, secret)
    assert other == fresh | {"url": "https://other.example/", "state": "off"}


def test_a_webhook_has_one_secret_or_two() -> None:
    one = webhook()
    first, second = one["secrets"][0], webhooks.new_secret()
    two = webhooks.with_secret(one, second)
    with pytest.raises(ConflictError, match="has 2 secrets"):
        webhooks.with_secret(two, webhooks.new_secret())
    with pytest.raises(NotFoundError, match="no such secret"):
        webhooks.without_secret(two, "unknown")
    assert webhooks.without_secret(two, first["id"])["secrets"] == [second]
    with pytest.raises(ConflictError, match="last secret stays"):
        webhooks.without_secret(one, first["id"])
    with pytest.raises(NotFoundError, match="no webhook"):
        webhooks.with_secret(None, second)


def test_pauses_grow_from_five_seconds_to_a_day_and_end_with_a_success() -> None:
    state, minutes = webhook(), []
    for failures in range(11):
        state = webhooks.after_failure(state, failures, NOW)
        minutes.append((state["pausedUntil"] - NOW) / 60_000)
    hours = [60 * each for each in (2, 5, 10, 14, 20, 24, 24, 24)]
    assert minutes == [5 / 60, 5, 30, *hours]
    assert webhooks.paused_until(state, NOW) == state["pausedUntil"]
    assert webhooks.paused_until(state, state["pausedUntil"]) is None
    working = webhooks.after_success(state)
    assert (working["failures"], webhooks.paused_until(working, NOW)) == (0, None)


def test_a_webhook_that_is_switched_off_has_no_pause() -> None:
    off = webhooks.switched_off(webhook(failures=2, pausedUntil=NOW), webhooks.GONE)
    assert "pausedUntil" not in off
    assert (off["failures"], off["state"], off["why"]) == (0, "off", "gone")


def test_failures_at_the_same_moment_count_as_one() -> None:
    once = webhooks.after_failure(webhook(), 0, NOW)
    assert webhooks.after_failure(once, 0, NOW + 10) == once


def test_one_event_tries_a_receiver_that_was_down_while_the_others_wait() -> None:
    down = webhook(failures=1, pausedUntil=NOW)
    assert webhooks.paused_until(webhooks.on_trial(down, NOW), NOW) == NOW + 30_000
    assert webhooks.on_trial(webhook(), NOW)["failures"] == 0
    assert webhooks.paused_until(webhooks.on_trial(webhook(), NOW), NOW) is None


def test_a_change_by_an_admin_is_made_of_the_webhook_as_it_is_stored(
    office: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a webhook that was switched off at this moment would be on again."""
    change(lambda _: webhook())
    interrupted = iter([True])
    find = shops_table.find

    def find_and_interrupt(shop_id: str) -> Json | None:
        row = find(shop_id)
        if next(interrupted, False):
            monkeypatch.setattr(shops_table, "find", find)
            shops_table.note_webhook(shop_id, lambda before: webhooks.switched_off(before, "gone"))
        return row

    monkeypatch.setattr(shops_table, "find", find_and_interrupt)
    row = change(lambda before: webhooks.with_secret(before, webhooks.new_secret()))
    assert row["version"] == 3
    assert (row["webhook"]["state"], row["webhook"]["why"]) == ("off", "gone")
    assert len(row["webhook"]["secrets"]) == 2


def test_a_note_changes_the_webhook_and_no_history(office: Shop) -> None:
    before = change(lambda _: webhook())
    noted = shops_table.note_webhook("client-1", lambda one: webhooks.after_failure(one, 0, NOW))
    after = shops_table.find("client-1")
    assert after == before | {"webhook": noted, "version": 2}
    assert shops_table.note_webhook("client-1", lambda one: one) == noted
    assert shops_table.find("client-1") == after
    assert shops_table.note_webhook("unknown", lambda one: one) is None


def test_the_row_of_a_deleted_shop_has_no_webhook(office: Shop) -> None:
    change(lambda _: webhook())
    assert "webhook" not in change(lambda before: before, state=shops_table.DELETED)
    assert webhooks.of(shops_table.find("client-1")) is None


def test_a_change_that_meets_the_deletion_of_its_shop_is_refused(office: Shop) -> None:
    """Otherwise the history of a deleted shop would say that it got a webhook, and the call would fail."""
    change(lambda _: webhook(), state=shops_table.DELETED)
    before = shops_table.find("client-1")
    with pytest.raises(NotFoundError, match="no such connected shop"):
        change(lambda _: webhook())
    assert shops_table.find("client-1") == before


def test_an_event_has_one_delivery_however_often_it_comes(office: Shop) -> None:
    first = deliveries.begin("client-1", event(), "{}")
    assert deliveries.begin("client-1", event(), "other") == first
    assert [row["body"] for row in office.all("SHOP_DELIVERIES_TABLE")] == ["{}"]


def test_deliveries_are_listed_from_the_latest_page_by_page(office: Shop) -> None:
    for number in (2, 1, 3):
        deliveries.begin("client-1", event(number), "{}")
    deliveries.begin("client-2", event(4), "{}")
    page, cursor = deliveries.read_page("client-1", 2, "")
    assert [one["eventID"] for one in page] == ["order-1#3", "order-1#2"]
    rest, end = deliveries.read_page("client-1", 2, cursor or "")
    assert ([one["eventID"] for one in rest], end) == (["order-1#1"], None)
    assert rest[0] == {
        "id": "1769847961000-order-1-1",
        "eventID": "order-1#1",
        "type": "order.placed",
        "orderID": "order-1",
        "state": "waiting",
        "at": "2026-01-31T08:26:01.000Z",
        "tries": 0,
    }


def test_only_one_try_at_a_time_has_a_delivery(office: Shop) -> None:
    row = deliveries.begin("client-1", event(), "{}")
    taken = deliveries.claim(row, NOW)
    assert taken is not None
    assert (taken["tries"], taken["lastAt"]) == (1, "2027-01-15T08:00:00.000Z")
    assert deliveries.claim(row, NOW) is None, "the row is another by now"
    assert deliveries.claim(taken, NOW + 1) is None
    later = deliveries.claim(taken, NOW + deliveries.LEASE_MS)
    assert later is not None, "the first try ended without a result"
    assert deliveries.settle(taken, state="delivered") is None, "a late result changes nothing"
    settled = deliveries.settle(later, state="delivered", status=204)
    assert settled == office.all("SHOP_DELIVERIES_TABLE")[0]
    assert "leasedUntil" not in settled


def test_a_delivery_is_sent_again_by_a_message_to_the_queue(office: Shop) -> None:
    row = deliveries.begin("client-1", event(), "{}", tries=10, state="failed", nextAt=NOW)
    deliveries.send_again("client-1", row["deliveryID"])
    stored = office.all("SHOP_DELIVERIES_TABLE")[0]
    assert (stored["state"], stored["tries"], stored["pressed"]) == ("waiting", 0, True)
    assert "nextAt" not in stored
    (message,) = office.letters("SHOP_WEBHOOK_QUEUE_URL")
    assert json.loads(message["body"]) == {"shop": "client-1", "delivery": row["deliveryID"]}
    with pytest.raises(NotFoundError, match="no such delivery"):
        deliveries.send_again("client-2", row["deliveryID"])


def test_a_test_event_names_no_order(office: Shop) -> None:
    sent = deliveries.send_test("client-1")
    (row,) = office.all("SHOP_DELIVERIES_TABLE")
    assert (row["deliveryID"], row["type"], row["pressed"]) == (sent, "test", True)
    assert json.loads(row["body"]) == {"id": row["eventID"], "type": "test", "at": row["at"]}
    (message,) = office.letters("SHOP_WEBHOOK_QUEUE_URL")
    assert json.loads(message["body"]) == {"shop": "client-1", "delivery": sent}


def test_a_fault_of_the_table_is_no_late_result(office: Shop, break_aws: Callable[..., None]) -> None:
    row = deliveries.begin("client-1", event(), "{}")
    break_aws("dynamodb", update_item=ValueError("made by a test"))
    with pytest.raises(ValueError, match="made by a test"):
        deliveries.claim(row, NOW)


def test_a_shop_that_others_change_all_the_time_is_an_error(
    office: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(lambda _: webhook())
    stale = {**(shops_table.find("client-1") or {}), "version": 7}
    monkeypatch.setattr(shops_table, "find", lambda _: stale)
    with pytest.raises(tables.ConditionFailedError):
        shops_table.note_webhook("client-1", lambda one: webhooks.after_failure(one, 0, NOW))
