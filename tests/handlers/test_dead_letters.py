"""Dead letters: how they are kept, listed and shown."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from lambdas.platform import aws
from lambdas.shop import letter_advice, letters
from lambdas.shop.documents import Letter
from tests.handlers.shop import (
    ADMIN,
    GATEWAY,
    Json,
    Reply,
    Shop,
    change,
    fault,
    message,
    order,
    submission,
)

pytestmark = pytest.mark.store

ACCEPTED = "2010-12-01T08:26:00.123Z"
ORDER_DLQ = "arn:aws:sqs:eu-west-1:1:order-dead-letters"


def get(shop: Shop, letter_id: str) -> Json:
    return shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter_id).json


def listed(shop: Shop, **query: str) -> Json:
    return shop.ask("list_dead_letters", "GET", "/dead-letters", query=query).json


def redrive(shop: Shop, letter_id: str, body: Any = None, **more: Any) -> Reply:
    asked = {} if body is None else {"body": body}
    path = "/dead-letters/{id}/redrive"
    return shop.ask("redrive_dead_letter", "POST", path, asked, claims=ADMIN, id=letter_id, **more)


def only(letters: dict[str, Json]) -> Json:
    (letter,) = letters.values()
    return letter


# ---- kept


def test_an_order_without_a_usable_id_is_kept_with_its_reason_and_origin(shop: Shop) -> None:
    sent = submission(json.dumps(order() | {"orderID": "17"}))
    assert shop.deliver(sent) == []
    letter = only(shop.keep())
    assert letter["id"] == f"orders-{sent['messageId']}"
    assert (letter["state"], letter["source"], letter["tries"], letter["version"]) == ("open", "orders", 1, 1)
    assert (letter["advice"], letter["acceptedAt"]) == ("no-order-id", ACCEPTED)
    assert (letter["channel"], letter["submittedBy"]) == ("staff", "staff@shop.example")
    assert letter["customerName"] == "Ann Miller"
    assert letter["body"] == sent["body"]
    assert "orderID" not in letter
    (entry,) = letter["history"]
    assert (entry["by"], entry["event"], entry["reason"]) == ("Order desk", "received", letter["reason"])


def test_a_message_that_was_sent_to_the_dead_letters_twice_is_one_letter(shop: Shop) -> None:
    """The writer sends it again if it was cut off before it could say that it was done."""
    sent = submission("?")
    for _ in range(2):
        assert shop.deliver(sent) == []
    letter = only(shop.keep())
    assert len(letter["history"]) == 1


def test_what_sqs_moved_itself_has_no_reason_and_is_believed_by_its_sender(shop: Shop) -> None:
    moved = submission(order()) | {"eventSourceARN": ORDER_DLQ}
    shop.call("keep_dead_letters", {"Records": [moved]})
    letter = only(shop.keep())
    assert (letter["reason"], letter["advice"], letter["tries"]) == ("", "no-reason", 20)
    assert (letter["channel"], letter["submittedBy"]) == ("staff", "staff@shop.example")
    assert letter["id"] == f"orders-{moved['messageId']}"


def test_an_operators_letter_says_so_whatever_it_claims(shop: Shop) -> None:
    claims: Json = {"channel": "staff", "submittedBy": "boss@shop.example", "acceptedAt": "1275379200000"}
    shop.call("keep_dead_letters", {"Records": [message(order(), **claims) | {"eventSourceARN": ORDER_DLQ}]})
    letter = only(shop.keep())
    assert (letter["channel"], letter["submittedBy"]) == ("operator", "operator")
    assert letter["acceptedAt"] == ACCEPTED


def test_a_letter_that_cannot_be_stored_stays_in_its_queue_and_the_others_are_kept(
    shop: Shop, break_aws: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    records = [submission("?") | {"eventSourceARN": ORDER_DLQ} for _ in range(3)]
    break_aws("dynamodb", times=1, put_item=fault())
    answer = shop.call("keep_dead_letters", {"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": records[0]["messageId"]}]}
    assert len(shop.keep()) == 2
    assert '"dead_letter.not_kept"' in capsys.readouterr().out
    assert shop.call("keep_dead_letters", {"Records": records}) == {"batchItemFailures": []}
    assert len(shop.keep()) == 3


def test_the_largest_message_is_kept(shop: Shop) -> None:
    """SQS counts bytes, and quotes and line breaks are longer in JSON."""
    body = '"\\\n' * (240 * 1024 // 3)
    shop.call("keep_dead_letters", {"Records": [submission(body) | {"eventSourceARN": ORDER_DLQ}]})
    assert only(shop.keep())["body"] == body


HOSTILE = [
    "null",
    "[]",
    '{"customer": "x", "orderID": {}}',
    '{"customer": {"name": 5}, "items": {"a": 1e400}}',
    '{"customer": {"name": "' + "x" * 5000 + '"}}',
    '{"a": ' * 500 + "1" + "}" * 500,
    '{"quantity": 1.5}',
    '{"a": "\\ud800"}',
    '{"\\ud800": 1}',
    '{"customer": {"name": "\\ud800Ann"}}',
    '{"eventID": "12345678", "eventName": "\\ud800", "dynamodb": {"NewImage": {"status": {"S": "\\ud800"}}}}',
    '{"eventID": "12345678", "eventName": [1], "dynamodb": {"Keys": {"orderID": {"S": "\\ud800"}}}}',
    '{"eventID": "12345678", "dynamodb": {"Keys": {"orderID": {"S": "' + "x" * 2100 + '"}}}}',
    '{"eventID": "1234567", "dynamodb": {"NewImage": {"customer": {"M": {"name": {"S": "\\ud800"}}}}}}',
]


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("queue", ["order-dead-letters", "notification-dead-letters", "view-dead-letters"])
def test_whatever_the_content_is_it_is_kept_and_shown(shop: Shop, body: str, queue: str) -> None:
    record = message(body) | {"eventSourceARN": f"arn:aws:sqs:eu-west-1:1:{queue}"}
    assert shop.call("keep_dead_letters", {"Records": [record]}) == {"batchItemFailures": []}
    (letter,) = listed(shop)["deadLetters"]
    shown = shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter["id"])
    read = json.loads(shown.text.encode(), parse_constant=pytest.fail)  # a browser reads no Infinity
    assert read["body"] == body


EXCERPTS = {
    "four canisters, please\n\nregards": "four canisters, please",
    '{"customer": {"email": "bo@shop.example", "vip": "yes"}, "ref": "A 1"}': "bo@shop.example",
    '{"notes": "Ring", "customer": {"phone": "555-0100", "company": "Hotel"}}': "Hotel",
    '{"notes": "Ring", "customer": {"address": "1 Quay", "phone": "555-0100"}}': "555-0100",
    '{"items": [{"sku": "MOP-1"}], "notes": "--"}': "MOP-1",
    '{"notes": "Ring twice", "items": []}': "Ring twice",
    '{"quantity": 1.5}': '{"quantity": 1.5}',
    '{"a": "\\ud800x"}': "x",
    "x" * 5000: "x" * 80,
}


@pytest.mark.parametrize("body", EXCERPTS)
def test_a_letter_without_customer_and_order_is_listed_with_its_first_text(shop: Shop, body: str) -> None:
    shop.call("keep_dead_letters", {"Records": [message(body) | {"eventSourceARN": ORDER_DLQ}]})
    (letter,) = listed(shop)["deadLetters"]
    assert letter["excerpt"].startswith(EXCERPTS[body])
    assert len(letter["excerpt"]) <= 80
    assert "excerpt" not in letters.without_content(cast(Letter, only(shop.keep())))  # it may name a person


@pytest.mark.parametrize("fields", [{"orderID": str(uuid.uuid4())}, {"customer": {"name": "Bo"}}])
def test_a_letter_that_names_order_or_customer_has_no_excerpt(shop: Shop, fields: Json) -> None:
    shop.call("keep_dead_letters", {"Records": [message(fields) | {"eventSourceARN": ORDER_DLQ}]})
    (letter,) = listed(shop)["deadLetters"]
    assert "excerpt" not in letter


# ---- changes of the stream


def test_a_change_without_a_mail_is_kept_under_its_event(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = shop.place()
    record = change(None, stored)
    monkeypatch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
    shop.announce(record)
    shop.announce(record)
    letter = only(shop.keep("SHOP_NOTIFICATION_DLQ_URL"))
    assert letter["id"] == f"notifications-{record['eventID']}"
    assert (letter["advice"], letter["orderID"]) == ("mail", stored["orderID"])
    assert (letter["customerName"], letter["acceptedAt"]) == ("Ann Miller", stored["createdAt"])
    shown = get(shop, letter["id"])
    assert shown["change"] == {"event": "INSERT", "number": stored["number"], "to": "placed"}
    assert shown["stored"] == {
        "orderID": stored["orderID"], "number": stored["number"], "status": "placed"
    }  # fmt: skip


def _positions(stream: str, shard: str, first: str, last: str) -> str:
    """Return what Lambda writes about a batch that it gave up (Developer Guide, "Discarding records")."""
    info = {"shardId": shard, "startSequenceNumber": first, "endSequenceNumber": last, "batchSize": 2}
    context = {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 31}
    return json.dumps({"requestContext": context, "DDBStreamBatchInfo": info | {"streamArn": stream}})


class _Stream:
    """A stream whose shard has some changes, read two records at a time."""

    def __init__(self, records: list[Json]) -> None:
        self._records = records

    def get_shard_iterator(self, **request: Any) -> Json:
        assert request["ShardIteratorType"] == "AT_SEQUENCE_NUMBER"
        assert (request["StreamArn"], request["ShardId"]) == ("arn:stream", "shard-1")
        numbers = [one["dynamodb"]["SequenceNumber"] for one in self._records]
        if request["SequenceNumber"] not in numbers:
            raise fault("TrimmedDataAccessException", "GetShardIterator")
        return {"ShardIterator": str(numbers.index(request["SequenceNumber"]))}

    def get_records(self, ShardIterator: str) -> Json:  # noqa: N803 - as boto3 names it
        start = int(ShardIterator)
        more = {"NextShardIterator": str(start + 2)} if start + 2 < len(self._records) else {}
        return {"Records": self._records[start : start + 2], **more}


@pytest.fixture
def given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """Seven changes in a stream, numbered from 10 to 70. The third and fourth announce nothing."""
    orders = [shop.place() for _ in range(5)]
    records = [change(None, one) for one in orders]
    records[2:2] = [change(one, one | {"version": 2}) for one in orders[:2]]
    for at, record in enumerate(records, 1):
        record["dynamodb"]["SequenceNumber"] = str(at * 10)
        # boto3 has a time where Lambda has a number.
        record["dynamodb"]["ApproximateCreationDateTime"] = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    monkeypatch.setattr(aws, "streams", lambda: _Stream(records))
    return records


def test_positions_in_the_stream_become_a_letter_for_each_change(shop: Shop, given_up: list[Json]) -> None:
    record = message(_positions("arn:stream", "shard-1", "20", "60"))
    shop.call("keep_dead_letters", {"Records": [record | {"eventSourceARN": "a:b:view-dead-letters"}]})
    kept = shop.keep()
    assert set(kept) == {f"views-{one['eventID']}" for one in given_up[1:6]}
    assert {(one["tries"], one["advice"], one["state"]) for one in kept.values()} == {(31, "gave-up", "open")}
    letter = kept[f"views-{given_up[1]['eventID']}"]
    kept_change = json.loads(letter["body"])["dynamodb"]
    assert kept_change["NewImage"] == given_up[1]["dynamodb"]["NewImage"]
    assert kept_change["ApproximateCreationDateTime"] == 1291191960.0


def test_positions_are_read_from_the_stream_of_the_table(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    table = aws.dynamodb().describe_table(TableName=shop.names["SHOP_ORDERS_TABLE"])["Table"]
    stream, client = table["LatestStreamArn"], aws.streams()
    monkeypatch.setitem(shop.names, "SHOP_ORDERS_STREAM", stream)
    shards = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    iterators = {
        shard["ShardId"]: client.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]
        for shard in shards
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    }
    ours = {shop.place()["orderID"] for _ in range(4)}
    placed = {shard: client.get_records(ShardIterator=at)["Records"] for shard, at in iterators.items()}
    shard, records = max(placed.items(), key=lambda pair: len(pair[1]))
    first, last = (records[at]["dynamodb"]["SequenceNumber"] for at in (0, -1))
    record = message(_positions(stream, shard, first, last))
    shop.call("keep_dead_letters", {"Records": [record | {"eventSourceARN": "a:view-dead-letters"}]})
    kept = shop.keep().values()
    assert len(kept) == len(records) > 0
    for letter in kept:
        change = json.loads(letter["body"])["dynamodb"]
        assert change["NewImage"]["orderID"]["S"] == letter["orderID"]
        assert letter["orderID"] in ours
        assert isinstance(change["ApproximateCreationDateTime"], float)


def test_positions_of_mails_become_letters_of_the_changes_that_are_announced(
    shop: Shop, given_up: list[Json]
) -> None:
    record = message(_positions("arn:stream", "shard-1", "20", "60"))
    record["eventSourceARN"] = "a:b:notification-dead-letters"
    for _ in range(2):
        shop.call("keep_dead_letters", {"Records": [record]})
    assert set(shop.keep()) == {f"notifications-{given_up[at]['eventID']}" for at in (1, 4, 5)}


def test_positions_that_the_stream_has_no_more_are_kept_as_such(shop: Shop, given_up: list[Json]) -> None:
    assert given_up
    record = message(_positions("arn:stream", "shard-1", "5", "6")) | {
        "eventSourceARN": "a:view-dead-letters"
    }
    shop.call("keep_dead_letters", {"Records": [record]})
    letter = only(shop.keep())
    assert (letter["id"], letter["advice"]) == (f"views-{record['messageId']}", "positions")
    refused = redrive(shop, letter["id"])
    assert (refused.status, refused.error["code"]) == (409, "conflict")


INFO = {"shardId": "shard-1", "startSequenceNumber": "1", "endSequenceNumber": "2", "streamArn": "arn"}


@pytest.mark.parametrize(
    "document",
    [
        {"DDBStreamBatchInfo": INFO},
        {"DDBStreamBatchInfo": INFO, "requestContext": {"approximateInvokeCount": "many"}},
        {"DDBStreamBatchInfo": INFO, "requestContext": {"approximateInvokeCount": 3}},
        {"DDBStreamBatchInfo": INFO | {"streamArn": None}, "requestContext": {"approximateInvokeCount": 3}},
        {"DDBStreamBatchInfo": {"shardId": "x"}, "requestContext": {"approximateInvokeCount": 3}},
        {"DDBStreamBatchInfo": "x"},
        {"eventID": "x" * 3000, "dynamodb": {}},
        {"eventID": {"a": 1}, "dynamodb": {}},
        {"eventID": "../a?b#c%", "dynamodb": {"Keys": {"orderID": {"S": 5}}, "NewImage": [1]}},
    ],
)
def test_a_message_of_an_unknown_form_is_kept_and_can_be_discarded(shop: Shop, document: Json) -> None:
    record = message(document) | {"eventSourceARN": "a:view-dead-letters"}
    assert shop.call("keep_dead_letters", {"Records": [record]}) == {"batchItemFailures": []}
    letter = only(shop.keep())
    assert letter["id"] == f"views-{record['messageId']}"
    assert get(shop, letter["id"])["body"] == record["body"]
    path = "/dead-letters/{id}"
    answer = shop.ask("delete_dead_letter", "DELETE", path, claims=ADMIN, id=letter["id"])
    assert answer.status == 204


def test_positions_of_another_stream_are_kept_without_a_call(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper may read the present stream only, so that AWS would refuse the call at every try."""
    monkeypatch.setattr(aws, "streams", lambda: None)
    record = message(_positions("arn:former", "shard-1", "20", "60")) | {
        "eventSourceARN": "a:view-dead-letters"
    }
    shop.call("keep_dead_letters", {"Records": [record]})
    assert only(shop.keep())["advice"] == "positions"


def test_a_sender_cannot_hide_a_message_behind_another_one(shop: Shop) -> None:
    first = submission("?")
    assert shop.deliver(first) == []
    shop.keep()
    hidden: Json = {"sourceMessageId": first["messageId"]}
    moved = message(order(), receives=20, **hidden) | {"eventSourceARN": ORDER_DLQ}
    shop.call("keep_dead_letters", {"Records": [moved]})
    assert len(shop.keep()) == 2


def test_positions_wait_in_their_queue_while_the_stream_cannot_be_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise fault("InternalServerError", "GetShardIterator")

    broken = type("Broken", (), {"get_shard_iterator": staticmethod(fail)})
    monkeypatch.setattr(aws, "streams", broken)
    record = message(_positions("arn:stream", "s", "5", "6")) | {"eventSourceARN": "a:view-dead-letters"}
    answer = shop.call("keep_dead_letters", {"Records": [record]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert shop.keep() == {}


# ---- listed and shown


def test_letters_are_listed_by_source_and_state_the_latest_first(shop: Shop) -> None:
    for body in ("a", "b"):
        assert shop.deliver(submission(body)) == []
        shop.keep()
    view = message("x") | {"eventSourceARN": "a:view-dead-letters"}
    shop.call("keep_dead_letters", {"Records": [view]})
    everything = listed(shop)["deadLetters"]
    assert [one["source"] for one in everything] == ["views", "orders", "orders"]
    received = [one["receivedAt"] for one in everything]
    assert received == sorted(received, reverse=True)
    assert [one["id"] for one in listed(shop, source="orders")["deadLetters"]] == [
        one["id"] for one in everything[1:]
    ]
    assert len(listed(shop, source="orders", state="open")["deadLetters"]) == 2
    assert listed(shop, state="sent") == {"deadLetters": [], "nextCursor": None}
    assert listed(shop, source="notifications")["deadLetters"] == []


def test_all_letters_are_on_some_page(shop: Shop) -> None:
    for number in range(7):
        assert shop.deliver(submission(str(number))) == []
    kept = shop.keep()
    found: list[str] = []
    cursor = ""
    while True:
        page = listed(shop, limit="2", cursor=cursor)
        found += [one["id"] for one in page["deadLetters"]]
        cursor = page["nextCursor"] or ""
        if not cursor:
            break
    assert (len(found), set(found)) == (7, set(kept))


@pytest.mark.parametrize("query", [{"source": "x"}, {"state": "closed"}, {"limit": "0"}, {"cursor": "x"}])
def test_a_wrong_filter_is_refused_by_name(shop: Shop, query: dict[str, str]) -> None:
    refused = shop.ask("list_dead_letters", "GET", "/dead-letters", query=query)
    assert (refused.status, set(refused.fields)) == (400, set(query))


def test_a_letter_shows_the_order_and_the_rules_that_it_breaks(shop: Shop) -> None:
    broken = order("x", items=[{"sku": "MOP-1", "quantity": 1.5}], colour="red")
    assert shop.deliver(submission(broken)) == []
    letter = get(shop, only(shop.keep())["id"])
    assert letter["order"] == broken
    assert {fault["path"] for fault in letter["faults"]} == {"orderID", "items[0].quantity", "colour"}
    assert letter["newOrderID"] != letter["order"]["orderID"]
    assert uuid.UUID(letter["newOrderID"])
    assert "attributes" not in letter
    assert "tokens" not in letter


@pytest.mark.parametrize("letter_id", ["orders-1", "x" * 2049])
def test_an_unknown_letter_is_not_found(shop: Shop, letter_id: str) -> None:
    """DynamoDB refuses to look for a key of more than 2,048 bytes."""
    assert shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter_id).status == 404
    assert redrive(shop, letter_id).status == 404
    gone = shop.ask("delete_dead_letter", "DELETE", "/dead-letters/{id}", claims=ADMIN, id=letter_id)
    assert gone.status == 404


REASONS = {
    "not-json": submission("{"),
    "no-order-id": submission("{}"),
    "too-large": submission(order(items=[{"sku": f"S{n:038}", "quantity": 100_000} for n in range(1000)])),
    "not-allowed": message(order(), sender=GATEWAY, channel="staff", groups="guests"),
}


@pytest.mark.parametrize("advice", REASONS)
def test_every_reason_of_the_writer_has_its_advice(
    shop: Shop, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if advice == "too-large":
        monkeypatch.setattr("lambdas.platform.tables.MAX_ITEM_BYTES", 50_000)
    assert shop.deliver(REASONS[advice]) == []
    monkeypatch.undo()
    letter = only(shop.keep())
    assert letter["advice"] == advice
    assert advice in letter_advice.ALL
    assert get(shop, letter["id"])["history"][0]["advice"] == advice


def test_an_order_that_was_tried_for_hours_says_how_often(shop: Shop, break_aws: Callable[..., None]) -> None:
    break_aws("dynamodb", times=1, put_item=fault())
    assert shop.deliver(submission(order(), receives=20)) == []
    letter = only(shop.keep())
    assert (letter["advice"], letter["tries"]) == ("gave-up", 20)
