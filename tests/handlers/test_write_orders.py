"""The function write_orders: messages of the order queue become orders, rejected orders or dead letters."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from lambdas.platform import aws, batches, strict_json, tables
from lambdas.shop import order_queue
from tests.handlers.shop import ADMIN, Json, Shop, fault, message, order, product_item

pytestmark = pytest.mark.store

UNREACHABLE = EndpointConnectionError(endpoint_url="https://dynamodb")
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://dynamodb")
AWKWARD = 'O\'Brien & Söhne <script>alert("1")</script> 🧹\u200d♀️ \\ \u0000\u0007\u2028 end'


# ---- placed


def test_an_order_is_placed_at_catalog_prices(shop: Shop) -> None:
    stored = shop.place(order(notes="by the back door"))
    assert stored["status"] == "placed"
    assert stored["version"] == 1
    assert stored["currency"] == "GBP"
    assert stored["items"] == [
        {"sku": "MOP-1", "quantity": 2, "name": "Flat mop", "unitPrice": 1250, "lineTotal": 2500},
        {"sku": "SOAP-5L", "quantity": 1, "name": "Hand soap", "unitPrice": 899, "lineTotal": 899},
    ]
    assert (stored["total"], stored["lineCount"], stored["notes"]) == (3399, 2, "by the back door")
    assert "submitted" not in stored
    assert "rejectionReasons" not in stored


def test_a_placed_order_has_its_sender_and_time_of_sending(shop: Shop) -> None:
    stored = shop.place()
    assert stored["createdAt"] == stored["updatedAt"] == "2010-12-01T08:26:00.123Z"
    assert stored["submittedBy"] == "staff@shop.example"
    entry = {"at": stored["createdAt"], "by": "staff@shop.example", "event": "placed", "to": "placed"}
    assert stored["history"] == [entry]


def test_a_placed_order_has_the_keys_of_every_index(shop: Shop) -> None:
    stored = shop.place()
    assert stored["listShard"] in {"0", "1", "2", "3"}
    assert stored["statusShard"] == f"placed#{stored['listShard']}"
    assert stored["listKey"] == f"2010-12-01T08:26:00.123Z#{stored['orderID']}"
    assert stored["customerEmail"] == "ann@example.org"
    assert stored["customer"]["email"] == "Ann@Example.org"


def test_orders_spread_over_all_four_shards(shop: Shop) -> None:
    assert shop.deliver(*(message(order()) for _ in range(40))) == []
    assert {stored["listShard"] for stored in shop.orders().values()} == {"0", "1", "2", "3"}


def test_an_order_sent_without_message_attributes_is_placed(shop: Shop) -> None:
    submitted = order()
    assert shop.deliver(message(submitted)) == []
    assert shop.orders()[submitted["orderID"]]["submittedBy"] == "queue"


@pytest.mark.parametrize("groups", ["staff", "admin", "staff,admin", "[staff]", "[staff admin]", "x,admin"])
def test_members_of_staff_or_admin_may_place_orders(shop: Shop, groups: str) -> None:
    assert shop.deliver(message(order(), submittedBy="a@b.example", groups=groups)) == []
    assert [stored["status"] for stored in shop.orders().values()] == ["placed"]


@pytest.mark.parametrize("groups", ["[]", "guests", "not-admin", "admins,staffing", "[not-staff x]"])
def test_an_order_by_somebody_in_neither_group_is_a_dead_letter(shop: Shop, groups: str) -> None:
    assert shop.deliver(message(order(), submittedBy="a@b.example", groups=groups)) == []
    assert shop.orders() == {}
    (letter,) = shop.letters()
    assert "staff and admin" in letter["reason"]
    assert letter["groups"] == groups


def test_the_same_sku_on_two_lines_stays_two_lines(shop: Shop) -> None:
    """BatchGetItem refuses a key that is given twice."""
    lines = [{"sku": "MOP-1", "quantity": 1}, {"sku": "MOP-1", "quantity": 3}]
    stored = shop.place(order(items=lines))
    assert [line["lineTotal"] for line in stored["items"]] == [1250, 3750]


def test_quotes_markup_and_control_characters_are_stored_unchanged(shop: Shop) -> None:
    customer = dict.fromkeys(("name", "company", "phone", "address"), AWKWARD[:50]) | {
        "email": "o'b+🧹@b.example"
    }
    stored = shop.place(order(customer=customer, notes=AWKWARD))
    assert (stored["customer"], stored["notes"]) == (customer, AWKWARD)


def test_empty_optional_fields_are_stored_empty(shop: Shop) -> None:
    customer = {"name": "A", "email": "a@b.c", "company": "", "phone": "", "address": ""}
    assert shop.place(order(customer=customer, notes=""))["customer"] == customer


def test_an_order_of_950_lines_is_priced_and_stored(shop: Shop) -> None:
    """A BatchGetItem reads at most 100 keys, and DynamoDB refuses an item above 400 KB."""
    product = {"name": "é" * 120, "category": "C", "unit": "each", "active": True, "unitPrice": 10_000_000}
    skus = [f"{n:03}".ljust(40, "x") for n in range(950)]
    shop.put_all("SHOP_PRODUCTS_TABLE", [product_item(sku, product) for sku in skus])
    stored = shop.place(order(items=[{"sku": sku, "quantity": 100_000} for sku in skus]))
    assert stored["total"] == 950 * 100_000 * 10_000_000
    assert 340_000 < len(json.dumps(stored, ensure_ascii=False).encode()) <= tables.MAX_ITEM_BYTES


# ---- rejected


def test_products_not_for_sale_reject_the_order_with_a_reason_each(shop: Shop) -> None:
    skus = ["MOP-1", "NONE-1", "OLD-1", "EURO-1"]
    stored = shop.place(order(items=[{"sku": sku, "quantity": 1} for sku in skus]))
    assert (stored["status"], stored["total"], stored["lineCount"]) == ("rejected", 0, 4)
    reasons = {reason["path"]: reason["message"] for reason in stored["rejectionReasons"]}
    assert list(reasons) == ["items[1].sku", "items[2].sku", "items[3].sku"]
    assert 'catalog, got "NONE-1"' in reasons["items[1].sku"]
    assert 'active product, got "OLD-1"' in reasons["items[2].sku"]
    assert 'priced in GBP, got "EURO-1" in EUR' in reasons["items[3].sku"]
    assert stored["items"][0]["unitPrice"] == 1250
    assert stored["items"][1] == {"sku": "NONE-1", "quantity": 1}
    assert stored["history"][0]["event"] == "rejected"


INVALID: dict[str, tuple[Json, str]] = {
    "quantity 0": ({"items": [{"sku": "MOP-1", "quantity": 0}]}, "items[0].quantity"),
    "a negative quantity": ({"items": [{"sku": "MOP-1", "quantity": -1}]}, "items[0].quantity"),
    "a boolean quantity": ({"items": [{"sku": "MOP-1", "quantity": True}]}, "items[0].quantity"),
    "a fractional quantity": ({"items": [{"sku": "MOP-1", "quantity": 1.5}]}, "items[0].quantity"),
    "a quantity as text": ({"items": [{"sku": "MOP-1", "quantity": "2"}]}, "items[0].quantity"),
    "a line with a price": (
        {"items": [{"sku": "MOP-1", "quantity": 1, "unitPrice": 1}]},
        "items[0].unitPrice",
    ),
    "no lines": ({"items": []}, "items"),
    "1,001 lines": ({"items": [{"sku": "MOP-1", "quantity": 1}] * 1001}, "items"),
    "lines that are no objects": ({"items": [1, None, []]}, "items[1]"),
    "no customer": ({"customer": None}, "customer"),
    "a bad e-mail address": ({"customer": {"name": "A", "email": "a@b"}}, "customer.email"),
    "a missing e-mail address": ({"customer": {"name": "A"}}, "customer.email"),
    "a blank name": ({"customer": {"name": " \t", "email": "a@b.c"}}, "customer.name"),
    "an unknown field": ({"discount": 10}, "discount"),
    "half a surrogate pair": ({"notes": "\ud83e"}, "notes"),
    "a character that SQS refuses": ({"notes": "\uffff"}, "notes"),
    "half a surrogate pair as a field name": ({"\ud83e": 1}, '"\\ud83e"'),
}


@pytest.mark.parametrize(("change", "path"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_order_from_the_queue_is_stored_as_rejected(shop: Shop, change: Json, path: str) -> None:
    submitted = message(order() | change)
    assert shop.deliver(submitted) == []
    (stored,) = shop.orders().values()
    assert (stored["status"], stored["total"], stored["version"]) == ("rejected", 0, 1)
    assert path in [reason["path"] for reason in stored["rejectionReasons"]]
    assert stored["submitted"] == submitted["body"]
    assert shop.letters() == []


def test_a_rejected_order_shows_its_readable_fields(shop: Shop) -> None:
    broken = order(
        customer={"name": "Ann", "email": 5, "fax": "1"}, items=[{"sku": "MOP-1", "quantity": 1}, "x"]
    )
    assert shop.deliver(message(broken)) == []
    (stored,) = shop.orders().values()
    assert stored["customer"] == {"name": "Ann", "email": ""}
    assert stored["items"] == [{"sku": "MOP-1", "quantity": 1}]
    assert "customerEmail" not in stored


def test_an_order_has_at_most_a_hundred_rejection_reasons(shop: Shop) -> None:
    assert shop.deliver(message(order(items=[{"sku": "MOP-1", "quantity": 0}] * 900))) == []
    (stored,) = shop.orders().values()
    assert len(stored["rejectionReasons"]) == 100


# ---- dead letters

WITHOUT_ORDER_ID = {
    "no JSON": "orderID=1",
    "a blank": " ",
    "a list": "[]",
    "a text": '"order"',
    "a number": "12",
    "null": "null",
    "NaN": json.dumps(order()).replace(": 2", ": NaN"),
    "Infinity": json.dumps(order()).replace(": 2", ": -Infinity"),
    "an endless number": json.dumps(order()).replace(": 2", ": " + "9" * 5000),
    "an endless exponent": json.dumps(order()).replace(": 2", ": 1e999999999999999999999"),
    "endless nesting": '{"orderID": "x", "items": ' + "[" * 100_000,
    "deep nesting that parses": '{"orderID": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "no orderID": json.dumps({"customer": {"name": "A", "email": "a@b.c"}, "items": []}),
    "an empty orderID": json.dumps(order() | {"orderID": ""}),
    "an orderID in capitals": json.dumps(order(str(uuid.uuid4()).upper())),
    "an orderID with a line break": json.dumps(order(f"{uuid.uuid4()}\n")),
    "an orderID that is a number": json.dumps(order() | {"orderID": 17}),
}


@pytest.mark.parametrize("body", WITHOUT_ORDER_ID.values(), ids=WITHOUT_ORDER_ID.keys())
def test_a_message_without_a_valid_order_id_is_a_dead_letter(shop: Shop, body: str) -> None:
    malformed, good = message(body, submittedBy="a@b.example", groups="staff"), message(order())
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


# ---- at least once


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
    """A transaction would refuse the batch, and its client token is valid for ten minutes only."""
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


def test_orders_with_number_and_text_in_a_field_differ(shop: Shop) -> None:
    """All three are invalid, but they are not the same order."""
    first = order(notes=1)
    assert (
        shop.deliver(message(first), message(first | {"notes": 1.0}), message(first | {"notes": "1.0"})) == []
    )
    assert len(shop.letters()) == 2


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


def test_every_result_is_the_exact_dictionary(shop: Shop, break_aws: Callable[..., None]) -> None:
    """Lambda takes no result, null or an empty list as success, and deletes the failed messages."""
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


def test_an_error_of_one_order_leaves_the_others_unaffected(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    batch = [message(order()) for _ in range(3)]
    break_aws("dynamodb", times=1, put_item=fault())
    assert shop.deliver(*batch) == [batch[0]["messageId"]]
    assert len(shop.orders()) == 2


def test_a_bug_fails_one_order_and_not_the_batch(shop: Shop) -> None:
    shop.put("SHOP_PRODUCTS_TABLE", {"sku": "BAD-1", "active": True})  # without price or currency
    bad, good = message(order(items=[{"sku": "BAD-1", "quantity": 1}])), message(order())
    assert shop.deliver(bad, good) == [bad["messageId"]]
    assert len(shop.orders()) == 1


def test_a_batch_cut_off_halfway_is_finished_when_redelivered(shop: Shop, monkeypatch: Any) -> None:
    batch = [message(order()) for _ in range(3)]
    written, put_new = [], tables.put_new

    def put_and_exit(*args: Any) -> None:
        put_new(*args)
        written.append(args)
        raise SystemExit  # not an Exception, like the kill of a process

    monkeypatch.setattr(tables, "put_new", put_and_exit)
    with pytest.raises(SystemExit):
        shop.deliver(*batch)
    monkeypatch.setattr(tables, "put_new", put_new)
    assert len(shop.orders()) == 1
    assert shop.deliver(*batch) == []
    assert len(shop.orders()) == 3


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
    """An SQS client that records the pauses it is given."""

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


def test_a_message_becomes_a_dead_letter_at_its_last_try(shop: Shop, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", put_item=fault())
    almost, last = message(order(), receives=19), message(order(), receives=20, submittedBy="a@b.example")
    assert shop.deliver(almost, last) == [almost["messageId"]]
    (letter,) = shop.letters()
    assert letter["body"] == last["body"]
    assert letter["submittedBy"] == "a@b.example"
    assert letter["reason"] == "given up after 20 tries: ProvisionedThroughputExceededException"


def test_a_message_whose_dead_letter_fails_is_left_to_sqs(shop: Shop, break_aws: Callable[..., None]) -> None:
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


def test_no_order_is_begun_shortly_before_the_timeout(shop: Shop) -> None:
    batch = [message(order()), message(order())]
    assert shop.deliver(*batch, remaining_ms=3000) == [one["messageId"] for one in batch]
    assert shop.orders() == {}


def test_publishing_to_sns_is_tried_only_once(shop: Shop) -> None:
    """A retry after a late response would send the mail twice."""
    assert aws.sns().meta.config.retries["total_max_attempts"] == 1


# ---- log


def test_the_log_names_order_and_request_but_no_customer(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = order(customer={"name": "Ann Miller", "email": "ann@b"}, notes="secret")
    shop.deliver(message(order(), submittedBy="staff@shop.example"), message(bad), message('"Ann Miller"'))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["order.placed", "order.rejected", "order.dead_lettered"]
    assert all(line["requestID"] == "request-1" for line in lines)
    assert lines[1]["orderID"] == bad["orderID"]
    for secret in ("Ann", "ann@", "secret", "staff@"):
        assert secret not in json.dumps(lines)


def test_an_error_is_logged_without_its_message(
    shop: Shop, break_aws: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    break_aws("dynamodb", put_item=strict_json.NotJsonError("Ann Miller"))
    shop.deliver(message(order()))
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["event"], first["level"], first["error"]) == ("order.failed", "ERROR", "NotJsonError")
    assert "Ann" not in json.dumps(first)
