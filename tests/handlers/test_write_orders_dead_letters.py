"""The function write_orders: messages that cannot become orders are sent to the dead letters."""

import json
import uuid
from collections.abc import Callable

import pytest
from botocore.exceptions import EndpointConnectionError

from lambdas.platform import tables
from tests.handlers.shop import Shop, fault, message, order, submission

pytestmark = pytest.mark.store

UNREACHABLE = EndpointConnectionError(endpoint_url="https://sqs")
WITHOUT_ORDER_ID = {
    "text that is not JSON": "orderID=1",
    "a blank": " ",
    "a list": "[]",
    "a JSON text": '"order"',
    "a number": "12",
    "null": "null",
    "NaN": json.dumps(order()).replace(": 2", ": NaN"),
    "Infinity": json.dumps(order()).replace(": 2", ": -Infinity"),
    "a number of 5,000 digits": json.dumps(order()).replace(": 2", ": " + "9" * 5000),
    "a huge exponent": json.dumps(order()).replace(": 2", ": 1e999999999999999999999"),
    "deep nesting that never closes": '{"orderID": "x", "items": ' + "[" * 100_000,
    "deep nesting that parses": '{"orderID": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "no orderID": json.dumps({"customer": {"name": "A", "email": "a@b.c"}, "items": []}),
    "an empty orderID": json.dumps(order() | {"orderID": ""}),
    "an orderID in capitals": json.dumps(order(str(uuid.uuid4()).upper())),
    "an orderID with a line break": json.dumps(order(f"{uuid.uuid4()}\n")),
    "an orderID that is a number": json.dumps(order() | {"orderID": 17}),
}


@pytest.mark.parametrize("body", WITHOUT_ORDER_ID.values(), ids=WITHOUT_ORDER_ID.keys())
def test_a_message_without_a_valid_order_id_is_a_dead_letter(shop: Shop, body: str) -> None:
    malformed, good = submission(body, submittedBy="a@b.example"), message(order())
    assert shop.deliver(malformed, good) == []
    (letter,) = shop.letters()
    assert letter["body"] == body
    assert letter["sourceMessageId"] == malformed["messageId"]
    assert (letter["submittedBy"], letter["groups"]) == ("a@b.example", "staff")
    assert letter["reason"].startswith(("the order must be", "orderID must be"))
    assert [stored["status"] for stored in shop.orders().values()] == ["placed"]


def test_the_reason_of_a_dead_letter_is_printable_and_short(shop: Shop) -> None:
    body = json.dumps({"orderID": "\u0001\ufffe\ud800\n" + "x" * 5000})
    assert shop.deliver(message(body)) == []
    (letter,) = shop.letters()
    assert letter["reason"].isprintable()
    assert len(letter["reason"]) < 1001


def test_a_dead_letter_has_at_most_ten_attributes(shop: Shop) -> None:
    crowded = message("?", submittedBy="a@b.example")
    shown = crowded["messageAttributes"].pop("submittedBy")
    crowded["messageAttributes"] = {f"a{n}": shown for n in range(10)}
    assert shop.deliver(crowded) == []
    (letter,) = shop.letters()
    assert len(letter) == 1 + 10
    assert "reason" in letter


def test_a_dead_letter_keeps_binary_attributes(shop: Shop) -> None:
    record = message("?")
    record["messageAttributes"]["b"] = {"binaryValue": "AP8=", "dataType": "Binary"}
    assert shop.deliver(record) == []
    assert shop.letters()[0]["b"] == b"\x00\xff"


def test_an_order_too_large_for_dynamodb_is_a_dead_letter(shop: Shop) -> None:
    broken = order(items=[{"sku": "MOP-1", "quantity": 0, "x": "y" * 500}] * 1000)
    assert shop.deliver(message(broken)) == []
    (letter,) = shop.letters()
    assert "must fit into 380,000 bytes" in letter["reason"]
    assert shop.orders() == {}


def test_a_new_order_leaves_the_room_for_moves_unused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    fits, one_byte_more = order(notes="ab"), order(notes="abc")
    size = len(json.dumps(shop.place(order(notes="ab")), ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size)
    assert shop.deliver(submission(one_byte_more)) == []
    assert shop.deliver(submission(one_byte_more), submission(fits)) == []
    assert ["must fit" in letter["reason"] for letter in shop.letters()] == [True, True]
    assert fits["orderID"] in shop.orders()
    assert one_byte_more["orderID"] not in shop.orders()


def test_a_message_becomes_a_dead_letter_at_its_last_try(shop: Shop, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", put_item=fault(), batch_execute_statement=fault())
    almost, last = message(order(), receives=19), message(order(), receives=20, submittedBy="a@b.example")
    assert shop.deliver(almost, last) == [almost["messageId"]]
    (letter,) = shop.letters()
    assert letter["body"] == last["body"]
    assert letter["submittedBy"] == "a@b.example"
    assert letter["reason"] == "given up after 20 tries: ProvisionedThroughputExceededException"


def test_a_message_whose_dead_letter_is_not_sent_is_left_to_sqs(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    """SQS then moves the message to the dead letters itself, without a reason."""
    break_aws("dynamodb", put_item=fault())
    break_aws("sqs", send_message=fault("AccessDenied"))
    last = message(order(), receives=20)
    assert shop.deliver(last) == [last["messageId"]]


def test_a_message_is_retried_until_its_dead_letter_is_sent(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    break_aws("sqs", times=1, send_message=UNREACHABLE)
    malformed = message("?")
    assert shop.deliver(malformed) == [malformed["messageId"]]
    assert shop.deliver(malformed) == []
    assert len(shop.letters()) == 1
