"""The past orders of the local system's sample are those that the functions would have stored at the time."""

import json
import os
from datetime import UTC, datetime
from typing import cast

import pytest

from lambdas.platform import times
from lambdas.platform.access import Person
from lambdas.shop import orders, rebuild
from lambdas.shop.documents import Order
from lambdas.shop.rebuild_report import Report
from local import sample
from local.sample import past_orders, trade
from local.sample.trade import PastOrder
from tests.handlers.order_histories import assert_views_match
from tests.handlers.shop import Shop, change, product_item, submission

NOW = datetime(2026, 11, 26, 11, 5, tzinfo=UTC)
SENDER = Person("staff@shop.example", "1")


@pytest.fixture
def past(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[PastOrder]:
    """Orders of the last two weeks, in a shop that has their products."""
    shop.put_all("SHOP_PRODUCTS_TABLE", [product_item(one["sku"], one) for one in sample.catalog()])
    for name, value in shop.names.items():
        monkeypatch.setenv(name, value)
    for table in ("SHOP_ORDERS_TABLE", "SHOP_NUMBERS_TABLE", "SHOP_TERMS_TABLE"):
        shop.mark_written(table)
    return trade.plan(NOW, 2)


def _milliseconds(one: PastOrder) -> str:
    return str(round(one.accepted_at.timestamp() * 1000))


def test_they_are_the_items_that_writer_and_moves_store(
    shop: Shop, past: list[PastOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = [one for one in past if one.order.get("notes")][:4]
    others = [one for one in past if not one.order.get("notes")]
    cancelled = [one for one in others if [move.status for move in one.moves] == ["cancelled"]]
    chosen = [*noted, *cancelled, *others[-3:]]
    assert {one.moves[-1].status for one in chosen if one.moves} >= {"delivered", "cancelled"}
    past_orders.store(chosen, SENDER)
    stored = shop.orders()
    shop._empty("SHOP_ORDERS_TABLE")
    for one in chosen:
        record = submission(one.order, acceptedAt=_milliseconds(one), submittedBy=SENDER.name, sub=SENDER.sub)
        record["attributes"]["SentTimestamp"] = _milliseconds(one)
        assert shop.deliver(record) == []
        order = cast(Order, shop.orders()[one.order["orderID"]])
        for move in one.moves:
            monkeypatch.setattr(times, "now", lambda at=move.at: times.iso(round(at.timestamp() * 1000)))
            order = orders.move(order, move.status, by=SENDER, by_admin=False, note=move.note)
    numbered = {key: {**order, "number": stored[key]["number"]} for key, order in shop.orders().items()}
    assert stored == numbered


def test_numbers_rise_with_time(shop: Shop, past: list[PastOrder]) -> None:
    past_orders.store(past[:30], SENDER)
    found = sorted(shop.orders().values(), key=lambda order: order["createdAt"])
    numbers = [order["number"] for order in found]
    assert len(numbers) == 30
    assert numbers == sorted(set(numbers))


def test_views_count_them_and_mails_announce_only_those_that_are_placed(
    shop: Shop, past: list[PastOrder]
) -> None:
    chosen = [past[0], past[1], *past[-4:]]
    past_orders.store(chosen, SENDER)
    stored = list(shop.orders().values())
    shop.follow(*(change(None, order) for order in stored))
    assert_views_match(shop, stored)
    shop.announce(*(change(None, order) for order in stored))
    assert len(shop.mails()) == sum(order["status"] == "placed" for order in stored) > 0


def test_a_rebuild_finds_nothing_that_waits_to_be_counted(shop: Shop, past: list[PastOrder]) -> None:
    past_orders.store(past[-20:], SENDER)
    stored = shop.orders().values()
    assert {1} < {order["version"] for order in stored}
    shop.follow(*(change(None, order) for order in stored))
    report = Report(is_check=True)
    assert list(rebuild.steps(report))
    assert (report.orders, report.waiting) == (20, set())


def test_storing_them_again_changes_nothing(shop: Shop, past: list[PastOrder]) -> None:
    past_orders.store(past[:12], SENDER)
    stored = shop.orders()
    past_orders.store(past[:12], SENDER)
    assert shop.orders() == stored


def test_an_order_that_would_be_refused_is_named(past: list[PastOrder]) -> None:
    unknown = {**past[0].order, "items": [{"sku": "XX-999", "quantity": 1}]}
    with pytest.raises(ValueError, match=str(unknown["orderID"])):
        past_orders.store([past[0]._replace(order=unknown)], SENDER)


def test_the_environment_is_as_before_afterwards() -> None:
    before = dict(os.environ)
    with past_orders.environment({"SHOP_CURRENCY": "EUR"}, "http://emulator.invalid", "eu-west-1"):
        assert os.environ["SHOP_CURRENCY"] == "EUR"
        assert os.environ["AWS_ENDPOINT_URL"] == "http://emulator.invalid"
    assert json.dumps(dict(os.environ)) == json.dumps(before)
