"""Reads and writes of many items, when DynamoDB processes only part of a batch."""

import uuid
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.shop import order_reads, search_table
from tests.handlers.order_histories import erased, searched
from tests.handlers.order_lists import found, get, ids, store, stored
from tests.handlers.shop import Json, Shop, change

pytestmark = pytest.mark.store


class _HalfBatchClient:
    """A DynamoDB client that processes only half of the batch in its first calls."""

    def __init__(self, client: Any, times: int) -> None:
        self._client, self._times = client, times
        self.sizes: list[int] = []

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def batch_write_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's own name
        ((table, requests),) = RequestItems.items()
        self.sizes.append(len(requests))
        kept = len(requests) // 2 if self._processes_half() else len(requests)
        if kept:
            self._client.batch_write_item(RequestItems={table: requests[:kept]})
        return {"UnprocessedItems": {table: requests[kept:]} if requests[kept:] else {}}

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto3's own name
        every = [(table, key) for table, wanted in RequestItems.items() for key in wanted["Keys"]]
        self.sizes.append(len(every))
        kept = len(every) // 2 if self._processes_half() else len(every)
        now, left = (
            {
                table: {**wanted, "Keys": keys}
                for table, wanted in RequestItems.items()
                if (keys := [key for of, key in part if of == table])
            }
            for part in (every[:kept], every[kept:])
        )
        answer: Json = self._client.batch_get_item(RequestItems=now) if now else {"Responses": {}}
        return {**answer, "UnprocessedKeys": left}

    def _processes_half(self) -> bool:
        self._times -= 1
        return self._times >= 0


def process_half(monkeypatch: pytest.MonkeyPatch, times: int) -> _HalfBatchClient:
    client = _HalfBatchClient(aws.dynamodb(), times)
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    return client


@pytest.mark.usefixtures("no_pauses")
def test_items_that_dynamodb_left_unwritten_are_written_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = process_half(monkeypatch, 3)
    shop.mark_written("SHOP_TERMS_TABLE")
    monkeypatch.setenv("SHOP_TERMS_TABLE", shop.names["SHOP_TERMS_TABLE"])
    rows = [{"term": "x", "listKey": f"{at:02}"} for at in range(85)]
    batches.write(search_table.name(), search_table.put_requests(rows[:25]))
    assert client.sizes == [25, 13, 7, 4]
    batches.write(search_table.name(), search_table.put_requests(rows[25:]))
    assert sorted(client.sizes[4:]) == [10, 25, 25]
    assert sorted(shop.all("SHOP_TERMS_TABLE"), key=lambda row: str(row["listKey"])) == rows


@pytest.mark.usefixtures("no_pauses")
def test_items_that_dynamodb_left_unread_are_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    some = store(shop, *(stored(at) for at in range(6)))
    process_half(monkeypatch, 3)
    assert found(shop, q="ann") == ids(some)[::-1]


@pytest.mark.usefixtures("no_pauses")
def test_items_of_several_tables_are_read_together(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    orders, terms = shop.names["SHOP_ORDERS_TABLE"], shop.names["SHOP_TERMS_TABLE"]
    some = store(shop, *(stored(at) for at in range(3)))
    rows = [{"term": "x", "listKey": f"{at:03}"} for at in range(99)]
    for row in rows:
        shop.put("SHOP_TERMS_TABLE", row)
    keys = [*((orders, {"orderID": one}) for one in [*ids(some), "unknown"]), *((terms, row) for row in rows)]
    client = process_half(monkeypatch, 4)
    found = batches.items_of_tables(keys)
    assert sorted(client.sizes, reverse=True)[:2] == [100, 50]
    assert sum(client.sizes) > 103, "what was left is asked for again"
    assert sorted(item["orderID"] for table, item in found if table == orders) == sorted(ids(some))
    assert sorted(item["listKey"] for table, item in found if table == terms) == [
        row["listKey"] for row in rows
    ]
    with monkeypatch.context() as patch:
        process_half(patch, 1000)
        with pytest.raises(batches.BusyError, match=f"1 items of {terms} could not be read in 5 tries"):
            batches.items_of_tables([(terms, rows[0])])


@pytest.mark.usefixtures("no_pauses")
def test_items_unprocessed_at_every_try_raise_busy_error(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    one = stored()
    store(shop, one)
    client = aws.dynamodb()
    half = process_half(monkeypatch, 1000)
    with pytest.raises(batches.BusyError, match="could not be read"):
        get(shop, q="ann")
    monkeypatch.setattr(half, "batch_get_item", client.batch_get_item)
    with pytest.raises(batches.BusyError, match="could not be written"):
        shop.follow(change(one, erased(one)))
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    shop.follow(change(one, erased(one)))
    assert searched(shop) == {}


def test_an_item_without_a_version_is_replaced_only_once(shop: Shop) -> None:
    """A customer of an earlier release has no version."""
    table, email = shop.names["SHOP_CUSTOMERS_TABLE"], "ann@example.org"
    shop.put("SHOP_CUSTOMERS_TABLE", {"email": email, "orders": 1})
    found = {"email": email, "version": None}
    replacement = batches.replacement(table, found, {"orders": 2, "version": 1})
    assert batches.execute([replacement]) == [""]
    assert batches.execute([replacement]) == ["ConditionalCheckFailed"]
    assert batches.execute([batches.deletion(table, found)]) == ["ConditionalCheckFailed"]


def test_a_read_of_whole_items_has_no_empty_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses an empty expression. The emulator takes it."""
    client = Mock(batch_get_item=Mock(return_value={"Responses": {}}))
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    batches.read("t", "sku", ["MOP-1"])
    assert client.batch_get_item.call_args.kwargs["RequestItems"]["t"].keys() == {"Keys", "ConsistentRead"}


def test_more_than_100_orders_are_read_in_several_calls(shop: Shop) -> None:
    some = [stored(at % 60) for at in range(130)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    wanted = [*ids(some), str(uuid.uuid4())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_ORDERS_TABLE", shop.names["SHOP_ORDERS_TABLE"])
        assert [order["orderID"] for order in order_reads.read_many(wanted, [])] == ids(some)


def test_a_refused_read_raises_instead_of_an_empty_page(shop: Shop, break_aws: Any) -> None:
    store(shop, stored())
    break_aws("dynamodb", batch_get_item=ClientError({"Error": {"Code": "Throttling"}}, "BatchGetItem"))
    with pytest.raises(ClientError):
        get(shop, q="ann")
