"""The plan of the sample trade: believable, valid, and the same whenever it is made."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.platform import json_schema
from local import sample
from local.sample import trade

NOW = datetime(2026, 11, 26, 11, 5, tzinfo=UTC)  # a Thursday


def test_four_weeks_have_some_hundred_orders_of_working_days() -> None:
    orders = trade.plan(NOW)
    days = Counter(one.accepted_at.date() for one in orders)
    assert 300 <= len(orders) <= 500
    assert len(days) == 4 * 5 + 1
    assert min(days.values()) >= 5
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert {one.accepted_at.hour for one in orders} == set(range(trade.OPENS, trade.CLOSES))


@pytest.mark.parametrize("hour", [0, 8, 12, 23])
@pytest.mark.parametrize("day", range(23, 30))
def test_nothing_is_later_than_now_and_moves_follow_each_other(day: int, hour: int) -> None:
    now = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
    for one in trade.plan(now):
        times = [one.accepted_at, *(move.at for move in one.moves)]
        assert times == sorted(set(times))
        assert times[-1] <= now
        way = [move.status for move in one.moves]
        assert way in (["cancelled"], ["packed", "shipped", "delivered"][: len(way)])


def test_orders_are_valid_and_of_active_products() -> None:
    active = {product["sku"] for product in sample.catalog() if product["active"]}
    orders = [one.order for one in trade.plan(NOW)]
    assert [fault for order in orders for fault in json_schema.faults("Order", order)] == []
    assert {line["sku"] for order in orders for line in order["items"]} <= active
    assert len({order["orderID"] for order in orders}) == len(orders)
    assert all(order["customer"]["email"].endswith(".example") for order in orders)


def test_old_orders_are_delivered_and_new_ones_are_open() -> None:
    orders = trade.plan(NOW)
    old = [one for one in orders if one.accepted_at < NOW - timedelta(days=10)]
    assert {one.moves[-1].status for one in old} == {"delivered", "cancelled"}
    latest = Counter(one.moves[-1].status if one.moves else "placed" for one in orders[-25:])
    assert latest.keys() >= {"placed", "packed", "shipped"}


def test_the_plans_of_two_days_agree_on_the_time_that_they_share() -> None:
    earlier, later = trade.plan(NOW), trade.plan(NOW + timedelta(days=3))
    since = later[0].accepted_at
    shared = [one.order for one in later if one.accepted_at <= NOW]
    assert shared == [one.order for one in earlier if one.accepted_at >= since]
    assert len(shared) > 200


def test_no_weeks_have_no_orders() -> None:
    assert trade.plan(NOW, 0) == []
