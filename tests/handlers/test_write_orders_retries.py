"""The function write_orders: redelivered messages, errors of AWS, and pauses between tries."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from lambdas.platform import aws, batches, strict_json
from lambdas.shop import order_queue
from tests.handlers.shop import ADMIN, Json, Shop, fault, message, order

pytestmark = pytest.mark.store

UNREACHABLE = EndpointConnectionError(endpoint_url="https://dynamodb")
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://dynamodb")


# ---- repeated deliveries


def test_redelivered_orders_are_stored_once(shop: Shop) -> None:
    batch = [
        message(order()),
        message(order(items=[{"sku": "NONE", "quantity": 1}])),
        message(order(items=[])),
    ]
    assert shop.deliver(*batch) == []
    before = shop.orders()
    assert shop.deliver(*batch) == []
    assert shop.orders() == before
    assert len(before) == 3
    assert shop.letters() == []


def test_the_same_order_twice_in_a_batch_is_stored_once(shop: Shop) -> None:
    """One transaction for the batch would fail, because it refuses to write the same item twice."""
    submitted = order()
    assert shop.deliver(message(submitted), message(submitted)) == []
    assert len(shop.orders()) == 1
    assert shop.letters() == []


def test_an_order_in_another_json_spelling_is_the_same_order(shop: Shop) -> None:
    submitted = order(notes="é")
    shop.place(submitted)
    spelled = json.dumps(dict(reversed(submitted.items())), ensure_ascii=False, indent=3)
    assert shop.deliver(message(spelled)) == []
    assert shop.letters() == []


def test_a_redelivery_after_a_change_of_the_order_changes_nothing(shop: Shop) -> None:
    submitted = order()
    shop.place(submitted)
    reply = shop.ask(
        "move_order", "PATCH", "/orders/{orderID}", {"status": "packed"}, orderID=submitted["orderID"]
    )
    assert reply.status == 200
    before = shop.orders()
    assert shop.deliver(message(submitted)) == []
    assert shop.orders() == before


def test_another_order_with_the_same_id_is_a_dead_letter(shop: Shop) -> None:
    first = order()
    before = shop.place(first)
    other = message(order(first["orderID"], notes="other"))
    assert shop.deliver(other) == []
    (letter,) = shop.letters()
    assert letter["body"] == other["body"]
    assert "other content is stored already" in letter["reason"]
    assert shop.orders()[first["orderID"]] == before


def test_a_number_and_the_same_text_make_different_orders(shop: Shop) -> None:
    """All three are invalid, but they are not the same order."""
    first = order(notes=1)
    assert (
        shop.deliver(message(first), message(first | {"notes": 1.0}), message(first | {"notes": "1.0"})) == []
    )
    assert len(shop.letters()) == 2


def test_another_writing_of_the_same_order_is_no_second_order(shop: Shop) -> None:
    first = order(customer={"name": "José", "email": "jose@shop.example", "company": ""}, notes="a\r\nb ")
    second = first | {
        "customer": {"name": "Jose\u0301 ", "email": "\ufeffjose@shop.example"},
        "notes": "a\nb",
    }
    assert shop.deliver(message(first), message(second), message(first)) == []
    assert len(shop.orders()) == 1
    assert shop.letters() == []


@pytest.mark.parametrize("erased", [False, True])
def test_an_order_of_a_release_without_normal_forms_can_be_redelivered(shop: Shop, erased: bool) -> None:
    """Such a release stored the hash of the document as it was written, with its blanks and empty fields."""
    submitted = order(notes=" by the back door ", customer={"name": "Ann", "email": "a@b.c", "phone": ""})
    written = hashlib.sha256(strict_json.canonical(submitted).encode()).hexdigest()
    stored = shop.place(submitted) | {"submissionHash": written}
    shop.put("SHOP_ORDERS_TABLE", stored | ({"erasedAt": "2010-12-02T00:00:00.000Z"} if erased else {}))
    assert shop.deliver(message(submitted)) == []
    assert shop.letters() == []


def test_a_redelivery_does_not_restore_an_erased_order(shop: Shop) -> None:
    submitted = order()
    shop.place(submitted)
    path = {"orderID": submitted["orderID"]}
    assert shop.ask("delete_order", "DELETE", "/orders/{orderID}", claims=ADMIN, **path).status == 204
    before = shop.orders()
    assert shop.deliver(message(submitted)) == []
    assert shop.orders() == before
    assert shop.letters() == []
    assert shop.deliver(message(submitted | {"notes": "other"})) == []
    assert "was erased already" in shop.letters()[0]["reason"]


# ---- errors of AWS


def test_every_result_is_the_exact_dictionary_that_lambda_expects(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    """Lambda treats a missing, null or empty result as success, and then deletes failed messages too."""
    assert shop.call("write_orders", {"Records": []}) == {"batchItemFailures": []}
    assert shop.call("write_orders", {"Records": [message(order())]}) == {"batchItemFailures": []}
    assert shop.call("write_orders", {"Records": [message("?")]}) == {"batchItemFailures": []}
    break_aws("dynamodb", put_item=fault())
    failed = message(order())
    answer = shop.call("write_orders", {"Records": [failed]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed["messageId"]}]}


@pytest.mark.parametrize("error", [fault(), fault("ResourceNotFoundException"), UNREACHABLE, NO_RESPONSE])
@pytest.mark.parametrize("operation", ["put_item", "batch_get_item"])
def test_an_order_is_placed_when_the_table_recovers(
    shop: Shop, break_aws: Callable[..., None], operation: str, error: Exception
) -> None:
    submitted = message(order())
    break_aws("dynamodb", times=1, **{operation: error})
    assert shop.deliver(submitted) == [submitted["messageId"]]
    assert shop.letters() == []
    assert shop.deliver(submitted) == []
    assert [stored["status"] for stored in shop.orders().values()] == ["placed"]


def test_a_bug_fails_one_order_and_not_the_batch(shop: Shop) -> None:
    shop.put("SHOP_PRODUCTS_TABLE", {"sku": "BAD-1", "active": True})  # without price or currency
    bad, good = message(order(items=[{"sku": "BAD-1", "quantity": 1}])), message(order())
    assert shop.deliver(bad, good) == [bad["messageId"]]
    assert len(shop.orders()) == 1


def test_products_that_dynamodb_left_unread_are_read_again(shop: Shop, monkeypatch: Any) -> None:
    busy = _UnreadBatchClient(aws.dynamodb(), unread_calls=3)
    monkeypatch.setattr(aws, "dynamodb", lambda: busy)
    monkeypatch.setattr(batches, "PAUSES", (0, 0, 0, 0, 0))
    assert shop.place()["total"] == 3399
    assert busy.calls == 4


def test_an_order_is_retried_while_its_products_stay_unread(shop: Shop, monkeypatch: Any) -> None:
    """An order with unread products must not be rejected as if they were unknown."""
    monkeypatch.setattr(batches, "PAUSES", (0, 0, 0))
    busy = _UnreadBatchClient(aws.dynamodb(), unread_calls=99)
    monkeypatch.setattr(aws, "dynamodb", lambda: busy)
    submitted = message(order())
    assert shop.deliver(submitted) == [submitted["messageId"]]
    assert shop.orders() == {}


class _UnreadBatchClient:
    """A DynamoDB client that reads nothing of a batch in its first calls."""

    def __init__(self, client: Any, unread_calls: int) -> None:
        self._client, self._unread_calls, self.calls = client, unread_calls, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, **request: Any) -> Any:
        self.calls += 1
        if self.calls <= self._unread_calls:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        return self._client.batch_get_item(**request)


# ---- retries


def test_the_pause_between_tries_doubles_up_to_15_minutes() -> None:
    pauses = [order_queue.pause_seconds(receives) for receives in (1, 2, 3, 4, 8, 9, 20, 1000)]
    assert pauses == [5, 10, 20, 40, 640, 900, 900, 900]


def test_a_failed_message_stays_hidden_during_its_pause(shop: Shop, break_aws: Callable[..., None]) -> None:
    sqs, url = boto3.client("sqs"), shop.names["SHOP_ORDER_QUEUE_URL"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(order()))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    (record,) = shop.receive()
    assert len(shop.receive()) == 1  # visible again at once, because the timeout is 0
    (record,) = shop.receive()
    break_aws("dynamodb", put_item=fault())
    assert shop.deliver(record) == [record["messageId"]]
    assert shop.receive() == []
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})


def test_the_pause_of_a_message_depends_on_its_own_tries(shop: Shop, monkeypatch: Any) -> None:
    asked: list[Json] = []
    monkeypatch.setattr(aws, "dynamodb", lambda: _FailingClient())
    monkeypatch.setattr(aws, "sqs", lambda: _RecordingQueue(asked))
    shop.deliver(message(order(), receives=1), message(order(), receives=4))
    (request,) = asked
    assert [entry["VisibilityTimeout"] for entry in request["Entries"]] == [5, 40]
    assert [entry["Id"] for entry in request["Entries"]] == ["0", "1"]
    assert request["QueueUrl"] == shop.names["SHOP_ORDER_QUEUE_URL"]
    monkeypatch.undo()


class _FailingClient:
    """A client that raises an AWS error in every call."""

    def __getattr__(self, operation: str) -> Any:
        raise fault()


class _RecordingQueue:
    """An SQS client that records the requests that set the pause before a retry (visibility timeout)."""

    def __init__(self, asked: list[Json]) -> None:
        self._asked = asked

    def change_message_visibility_batch(self, **request: Any) -> Json:
        self._asked.append(request)
        return {}


@pytest.mark.parametrize("error", [fault("ReceiptHandleIsInvalid"), UNREACHABLE, NO_RESPONSE])
def test_a_pause_that_cannot_be_set_is_no_error(
    shop: Shop, break_aws: Callable[..., None], error: Exception
) -> None:
    break_aws("sqs", change_message_visibility_batch=error)
    break_aws("dynamodb", put_item=fault())
    failed = message(order())
    assert shop.deliver(failed) == [failed["messageId"]]


def test_no_order_is_begun_shortly_before_the_timeout(shop: Shop) -> None:
    batch = [message(order()), message(order())]
    assert shop.deliver(*batch, remaining_ms=3000) == [one["messageId"] for one in batch]
    assert shop.orders() == {}
