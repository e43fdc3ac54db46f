"""The numbers of orders: unique, rising, drawn once a batch, and the same at every redelivery."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.platform import aws, side_by_side
from lambdas.shop import order_numbers
from tests.handlers.shop import Json, Shop, change, fault, message, order

pytestmark = pytest.mark.store

NO_RESPONSE = ReadTimeoutError(endpoint_url="https://dynamodb")


def numbers(shop: Shop, orders: list[Json]) -> list[int]:
    """Return the numbers of stored orders, in the sequence of the orders as they were sent."""
    stored = shop.orders()
    return [stored[one["orderID"]]["number"] for one in orders]


def test_orders_have_rising_numbers_from_1001(shop: Shop) -> None:
    orders = [order() for _ in range(5)]
    assert shop.deliver(message(orders[0])) == []
    assert shop.deliver(*map(message, orders[1:])) == []
    assert numbers(shop, orders) == [1001, 1002, 1003, 1004, 1005]


def test_rejected_orders_have_numbers_too_and_malformed_messages_draw_none(shop: Shop) -> None:
    orders = [order(items=[]), order(items=[{"sku": "NONE", "quantity": 1}]), order()]
    assert shop.deliver(message("?"), *map(message, orders), message("{}")) == []
    assert numbers(shop, orders) == [1001, 1002, 1003]


def test_a_batch_of_malformed_messages_does_not_touch_the_counter(shop: Shop) -> None:
    assert shop.deliver(message("?"), message("{}")) == []
    assert shop.all("SHOP_NUMBERS_TABLE") == []


def test_a_redelivered_order_keeps_its_number(shop: Shop) -> None:
    orders = [order() for _ in range(3)]
    records = [message(one) for one in orders]
    assert shop.deliver(records[0]) == []
    assert shop.deliver(*records, records[1]) == []
    before = numbers(shop, orders)
    assert len(set(before)) == 3
    assert before == sorted(before)
    assert shop.deliver(*records) == []
    assert shop.deliver(records[2]) == []
    assert numbers(shop, orders) == before


def test_an_edited_or_moved_order_keeps_its_number(shop: Shop) -> None:
    placed = shop.place()
    path = {"orderID": placed["orderID"]}
    assert placed["number"] == 1001
    edit = {"customer": placed["customer"], "items": [{"sku": "MOP-1", "quantity": 1}]}
    edited = shop.ask("replace_order", "PUT", "/orders/{orderID}", edit, headers={"If-Match": "1"}, **path)
    assert edited.json["number"] == 1001
    moved = shop.ask("move_order", "PATCH", "/orders/{orderID}", {"status": "packed"}, **path)
    assert moved.json["number"] == 1001


@pytest.mark.parametrize(
    "query", ["1001", "#1001", "# 1001", "ann 1001", "001", "(#1001).", "ann #1001", "＃１００１", "##1001"]
)
def test_an_order_is_found_by_its_number(shop: Shop, query: str) -> None:
    orders = [order() for _ in range(2)]
    shop.deliver(*map(message, orders))
    shop.follow(*[change(None, stored) for stored in shop.orders().values()])
    found = shop.ask("list_orders", "GET", "/orders", query={"q": query}).json["orders"]
    assert [one["number"] for one in found] == [1001]


def test_a_number_with_its_sign_finds_the_order_of_this_number_alone(shop: Shop) -> None:
    phone = {"name": "Ann", "email": "ann@example.org", "phone": "1001 2345", "address": "Flat #1001"}
    others = [order(customer=phone), order(notes="#1001"), order(notes="as in 10012")]
    shop.deliver(*map(message, [order(), *others]))
    shop.follow(*[change(None, stored) for stored in shop.orders().values()])

    def found(query: str) -> set[int]:
        listed = shop.ask("list_orders", "GET", "/orders", query={"q": query}).json["orders"]
        return {one["number"] for one in listed}

    assert found("#1001") == {1001}
    assert found("1001") == {1001, 1002, 1003, 1004}
    for query in ("#100", "#10012", "#01001", "#1001 #1002", "#1001 nobody"):
        assert found(query) == set(), query


def test_no_number_is_drawn_twice_by_writers_at_the_same_time(shop: Shop) -> None:
    shop.mark_written("SHOP_NUMBERS_TABLE")
    with ThreadPoolExecutor(8) as threads:
        drawn = [number for part in threads.map(order_numbers.draw, [3] * 40) for number in part]
    assert sorted(drawn) == list(range(1001, 1121))


@pytest.mark.parametrize("error", [fault(operation="UpdateItem"), NO_RESPONSE], ids=["refused", "silent"])
def test_orders_wait_in_the_queue_while_no_number_can_be_drawn(
    shop: Shop, break_aws: Callable[..., None], error: Exception
) -> None:
    records = [message(order()), message(order(items=[]))]
    break_aws("dynamodb", times=1, update_item=error)
    assert shop.deliver(*records, message("?")) == [one["messageId"] for one in records]
    assert len(shop.letters()) == 1  # the message that is no order needs no number
    assert shop.deliver(*records) == []
    assert len(shop.orders()) == 2


def test_no_number_is_drawn_shortly_before_the_timeout(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_numbers, "draw", lambda _: pytest.fail("a number was drawn"))
    record = message(order(items=[]))
    assert shop.deliver(record, remaining_ms=4_900) == [record["messageId"]]


def test_the_numbers_are_drawn_while_the_products_are_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, read = Event(), Event()
    client = aws.dynamodb()

    class Client:
        def __getattr__(self, operation: str) -> Any:
            call = getattr(client, operation)
            mine, other = {"update_item": (drawn, read), "batch_get_item": (read, drawn)}.get(
                operation, (Event(), None)
            )

            def wait(**request: Any) -> Any:
                mine.set()
                assert other is None or other.wait(10)
                return call(**request)

            return wait

    monkeypatch.setattr(aws, "dynamodb", Client)
    assert shop.deliver(message(order())) == []


def test_a_call_that_was_begun_ends_before_its_block_does() -> None:
    released, ended = Event(), []

    def act() -> None:
        assert released.wait(10)
        ended.append(True)

    def leave() -> None:
        with side_by_side.begun(act):
            released.set()
            raise SystemExit

    with pytest.raises(SystemExit):
        leave()
    assert ended == [True]
