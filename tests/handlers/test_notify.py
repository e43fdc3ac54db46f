"""The function notify: one mail for each order placed, rejected or cancelled, even if records repeat."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from lambdas.platform import aws, batches, times
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import ledger, mail
from lambdas.shop.documents import Order
from lambdas.shop.ledger import Owner
from tests.handlers.shop import ADMIN, Json, Shop, change, fault, message, order

pytestmark = pytest.mark.store

UNREACHABLE = EndpointConnectionError(endpoint_url="https://sns")
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://sns")
NO_FAILURES: Json = {"batchItemFailures": []}


@pytest.fixture
def placed(shop: Shop) -> Json:
    """An order that was just placed."""
    return shop.place()


def test_a_placed_order_is_mailed(shop: Shop, placed: Json) -> None:
    assert shop.announce(change(None, placed)) == NO_FAILURES
    (letter,) = shop.mails()
    assert letter["Subject"] == f"New order #{placed['number']} from Ann Miller: GBP 33.99, 2 lines"
    assert f"https://desk.example/order.html?id={placed['orderID']}" in letter["Message"]


def test_a_rejected_order_is_mailed_with_its_reasons(shop: Shop) -> None:
    rejected = shop.place(order(items=[{"sku": "OLD-1", "quantity": 1}]))
    shop.announce(change(None, rejected))
    (letter,) = shop.mails()
    assert letter["Subject"] == f"Order #{rejected['number']} rejected: Ann Miller (1 reason)"
    assert "  Line 1: OLD-1 is no longer sold\n" in letter["Message"]


def test_a_cancelled_order_is_mailed_with_its_note(shop: Shop, placed: Json) -> None:
    path = {"orderID": placed["orderID"]}
    shop.ask("move_order", "PATCH", "/orders/{orderID}", {"status": "cancelled", "note": "why"}, **path)
    shop.announce(change(placed, shop.orders()[placed["orderID"]]))
    (letter,) = shop.mails()
    assert letter["Subject"].startswith(f"Order #{placed['number']} cancelled")
    assert "cancelled by staff@shop.example. Note: why" in letter["Message"]


def test_quotes_markup_and_emoji_reach_the_mail_unchanged(shop: Shop) -> None:
    name = 'O\'Brien & Söhne <script>alert("1")</script> 🧹'
    shop.announce(change(None, shop.place(order(customer={"name": name, "email": "a@b.c"}, notes=name))))
    (letter,) = shop.mails()
    assert letter["Message"].count(name) == 2


def test_other_changes_of_an_order_are_not_mailed(shop: Shop, placed: Json) -> None:
    """The function checks each record again, in case the filter of the event source mapping lets it pass."""
    packed, cancelled = placed | {"status": "packed"}, placed | {"status": "cancelled"}
    tombstone = {"orderID": placed["orderID"], "erasedAt": "…"}
    not_mailed = [
        change(placed, packed),
        change(packed, placed | {"version": 3}),
        change(cancelled, cancelled | {"version": 9}),
        change(None, cancelled),
        change(cancelled, tombstone),
        change(tombstone, None),
        change(placed, None),
        change(None, tombstone),
    ]
    assert shop.announce(*not_mailed) == NO_FAILURES
    assert shop.mails() == []
    assert shop.letters("SHOP_NOTIFICATION_DLQ_URL") == []
    assert shop.all("SHOP_NOTIFICATIONS_TABLE") == []


def test_an_order_moved_back_to_placed_is_not_announced_again(shop: Shop, placed: Json) -> None:
    path = {"orderID": placed["orderID"]}
    states = [placed]
    for body in ({"status": "packed"}, {"status": "placed", "note": "the wrong box"}):
        assert shop.ask("move_order", "PATCH", "/orders/{orderID}", body, **path).status == 200
        states.append(shop.orders()[placed["orderID"]])
    records = [change(before, after) for before, after in zip([None, *states], states, strict=False)]
    shop.announce(records[-1])  # the ledger has no mail of this order yet
    assert shop.mails() == []
    shop.announce(*records)
    assert [letter["Subject"][:9] for letter in shop.mails()] == ["New order"]
    (entry,) = shop.all("SHOP_NOTIFICATIONS_TABLE")
    assert entry["notificationID"] == f"{placed['orderID']}#placed"


# ---- repeated deliveries


def test_a_batch_delivered_again_is_mailed_once(shop: Shop) -> None:
    batch = [change(None, shop.place()) for _ in range(3)]
    assert shop.announce(*batch) == NO_FAILURES
    before = shop.all("SHOP_NOTIFICATIONS_TABLE")
    assert shop.announce(*batch) == NO_FAILURES
    assert shop.announce(*batch, *batch) == NO_FAILURES
    assert len(shop.mails()) == 3
    assert shop.all("SHOP_NOTIFICATIONS_TABLE") == before


def test_the_same_event_in_two_records_is_mailed_once(shop: Shop, placed: Json) -> None:
    assert shop.announce(change(None, placed, "first"), change(None, placed, "second")) == NO_FAILURES
    assert len(shop.mails()) == 1


def test_placing_and_cancelling_an_order_sends_two_mails(shop: Shop, placed: Json) -> None:
    cancelled = placed | {"status": "cancelled"}
    assert shop.announce(change(None, placed), change(placed, cancelled)) == NO_FAILURES
    assert [letter["Subject"][:9] for letter in shop.mails()] == ["New order", "Order #10"]


def test_ledger_entries_say_when_and_to_whom_for_400_days(shop: Shop, placed: Json) -> None:
    shop.announce(change(None, placed))
    (entry,) = shop.all("SHOP_NOTIFICATIONS_TABLE")
    assert entry["notificationID"] == f"{placed['orderID']}#placed"
    assert entry.keys() == {"notificationID", "sentAt", "to", "expiresAt"}
    assert entry["to"] == ["orders@shop.example", "boss@shop.example"]
    assert entry["expiresAt"] - times.now_ms() / 1000 == pytest.approx(400 * 24 * 3600, abs=60)


def test_a_crash_between_lease_and_mail_loses_no_mail(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    record = change(None, placed)

    def kill() -> Any:
        raise SystemExit  # not an Exception, like the kill of a process

    with monkeypatch.context() as patch:
        patch.setattr(aws, "sns", kill)
        with pytest.raises(SystemExit):
            shop.announce(record)
    assert shop.mails() == []
    assert shop.announce(record) == NO_FAILURES
    assert len(shop.mails()) == 1


def test_an_expired_lease_of_another_record_does_not_block_a_mail(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    """Two invocations work on two records of the same event, and the first crashes."""
    assert claim(placed, Owner("the other record", "1")) is None
    with pytest.raises(ledger.StillLeasedError):
        shop.announce(change(None, placed))
    assert shop.mails() == []
    assert shop.letters("SHOP_NOTIFICATION_DLQ_URL") == []
    later = times.now_ms() + 91_000
    monkeypatch.setattr(times, "now_ms", lambda: later)
    assert shop.announce(change(None, placed)) == NO_FAILURES
    assert len(shop.mails()) == 1


@pytest.mark.parametrize("other", [Owner("one record", "another invocation"), Owner("another record", "1")])
def test_of_two_invocations_at_once_only_one_sends_a_mail(
    shop: Shop, placed: Json, monkeypatch: Any, other: Owner
) -> None:
    """Both read the ledger before the other one takes the lease."""
    record, read = change(None, placed, "one record"), ledger.read

    def read_before_the_other(ids: Any) -> dict[str, Any]:
        before = read(ids)
        monkeypatch.setattr(ledger, "read", read)
        assert claim(placed, other) is None
        return before

    monkeypatch.setattr(ledger, "read", read_before_the_other)
    with pytest.raises(ledger.StillLeasedError):
        shop.announce(record)
    assert shop.mails() == []
    ledger.mark_sent({f"{placed['orderID']}#placed": []}, times.now())
    assert shop.announce(record) == NO_FAILURES
    assert shop.mails() == []


def test_of_two_takeovers_of_a_lease_only_one_succeeds(shop: Shop, placed: Json) -> None:
    assert claim(placed, Owner("record", "crashed")) is None
    known = ledger.read([f"{placed['orderID']}#placed"])
    assert claim(placed, Owner("record", "second"), known) is None
    assert isinstance(claim(placed, Owner("record", "third"), known), ledger.StillLeasedError)


def test_a_lease_whose_answer_was_lost_is_recognised(shop: Shop, placed: Json) -> None:
    """boto3 repeats the call, and the repetition finds the entry of the first call."""
    assert claim(placed, Owner("record", "1")) is None
    assert claim(placed, Owner("record", "1")) is None


def claim(order: Json, owner: Owner, known: dict[str, Any] | None = None) -> Exception | None:
    """Take the lease of an order's first mail, and return the error if there is one."""
    mail_id = f"{order['orderID']}#placed"
    return ledger.claim({mail_id: owner}, known or {}, times.now_ms()).get(mail_id)


@pytest.mark.parametrize("error", [fault(operation="BatchWriteItem"), batches.BusyError()])
def test_a_failed_mark_in_the_ledger_does_not_resend_the_mail(
    shop: Shop, placed: Json, monkeypatch: Any, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "mark_sent", fail)
        assert shop.announce(change(None, placed)) == NO_FAILURES
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in logged][-2:] == ["ledger.not_marked", "notification.sent_unmarked"]
    assert len(shop.mails()) == 1


def test_publishing_to_sns_is_tried_only_once(shop: Shop) -> None:
    """A retry after a late response would send the mail twice. So would a wait that is too short."""
    config = aws.sns().meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout == 10


# ---- errors


@pytest.mark.parametrize(
    "error", [UNREACHABLE, NO_RESPONSE, fault("Throttled", "Publish"), fault("AuthorizationError", "Publish")]
)
def test_an_sns_error_is_raised_after_the_batch_and_retried(
    shop: Shop, break_aws: Callable[..., None], error: Exception
) -> None:
    """The emulator ignores partial batch responses of streams, so the whole batch must be redelivered."""
    batch = [change(None, shop.place()) for _ in range(11)]
    break_aws("sns", times=1, publish_batch=error)
    with pytest.raises(type(error)):
        shop.announce(*batch)
    assert len(shop.mails()) == 1
    assert shop.announce(*batch) == NO_FAILURES
    assert len(shop.mails()) == 10
    assert shop.letters("SHOP_NOTIFICATION_DLQ_URL") == []


@pytest.mark.parametrize("checks", [0, 2, 3], ids=["the start", "the lease", "the mail"])
def test_no_mail_is_begun_shortly_before_the_timeout(
    shop: Shop, placed: Json, monkeypatch: Any, checks: int
) -> None:
    """After a timeout between publishing and marking as sent, the mail would be sent again."""
    time_left = iter([60_000] * checks)
    slow = SimpleNamespace(
        aws_request_id="request-1", get_remaining_time_in_millis=lambda: next(time_left, 41_000)
    )
    records = change(None, placed), change(None, shop.place())
    with monkeypatch.context() as patch:
        patch.setattr("tests.handlers.shop.context", lambda _: slow)
        with pytest.raises(OutOfTimeError):
            shop.announce(*records)
    assert shop.mails() == []
    assert shop.announce(*records) == NO_FAILURES
    assert len(shop.mails()) == 2


def test_no_dead_letter_is_sent_shortly_before_the_timeout(shop: Shop, placed: Json) -> None:
    malformed = change(None, placed | {"customer": None})
    with pytest.raises(OutOfTimeError):
        shop.announce(malformed, remaining_ms=41_000)
    assert shop.letters("SHOP_NOTIFICATION_DLQ_URL") == []


@pytest.mark.parametrize("operation", ["batch_get_item", "batch_execute_statement"])
def test_a_ledger_error_is_raised_and_the_mails_sent_later(
    shop: Shop, break_aws: Callable[..., None], operation: str
) -> None:
    batch = [change(None, shop.place()) for _ in range(2)]
    break_aws("dynamodb", times=1, **{operation: fault(operation=operation)})
    with pytest.raises(ClientError):
        shop.announce(*batch)
    assert shop.mails() == []
    assert shop.announce(*batch) == NO_FAILURES
    assert len(shop.mails()) == 2


@pytest.mark.parametrize(
    ("code", "letters"), [("ThrottlingError", 0), ("InternalServerError", 0), ("ValidationError", 1)]
)
def test_a_lease_that_is_refused_stops_only_its_own_mail(
    shop: Shop, monkeypatch: Any, code: str, letters: int
) -> None:
    batch, execute = [change(None, shop.place()) for _ in range(3)], batches.execute
    with monkeypatch.context() as patch:
        patch.setattr(batches, "execute", lambda statements: [code, *execute(statements[1:])])
        if letters:
            assert shop.announce(*batch) == NO_FAILURES
        else:
            with pytest.raises(ClientError):
                shop.announce(*batch)
    assert len(shop.mails()) == 2
    assert len(shop.letters("SHOP_NOTIFICATION_DLQ_URL")) == letters
    assert shop.announce(*batch[1:]) == NO_FAILURES
    assert shop.mails() == []


MALFORMED: dict[str, Json] = {
    "a fraction": {"total": {"N": "1.5"}},
    "a set of strings": {"items": {"SS": ["a"]}},
    "text instead of a number": {"total": {"S": "many"}},
    "no customer": {"customer": {"NULL": True}},
    "lines that are no objects": {"items": {"L": [{"S": "x"}]}},
    "a line count that is a map": {"lineCount": {"M": {}}},
}


@pytest.mark.parametrize("attribute", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_record_becomes_a_dead_letter_and_blocks_no_others(
    shop: Shop, placed: Json, attribute: Json
) -> None:
    """A dead letter from the stream itself has only positions, and a stream keeps records for one day."""
    malformed, good = change(None, shop.place()), change(None, placed)
    malformed["dynamodb"]["NewImage"] |= attribute
    assert shop.announce(malformed, good) == NO_FAILURES
    (letter,) = shop.letters("SHOP_NOTIFICATION_DLQ_URL")
    assert json.loads(letter["body"]) == malformed
    assert letter["sourceMessageId"] == malformed["eventID"]
    assert "no mail could be made of this" in letter["reason"]
    assert len(shop.mails()) == 1


@pytest.mark.parametrize("code", ["InvalidParameter", "InvalidParameterValue"])
@pytest.mark.parametrize("answer", ["an error of the mail", "an error of the batch"])
def test_a_mail_refused_by_sns_becomes_a_dead_letter(
    shop: Shop, placed: Json, monkeypatch: Any, code: str, answer: str
) -> None:
    record, others = change(None, placed), [change(None, shop.place()) for _ in range(2)]
    topic = RefusingTopic(aws.sns(), placed["orderID"], code, by_mail=answer == "an error of the mail")
    monkeypatch.setattr(aws, "sns", lambda: topic)
    assert shop.announce(others[0], record, others[1]) == NO_FAILURES
    (letter,) = shop.letters("SHOP_NOTIFICATION_DLQ_URL")
    assert json.loads(letter["body"]) == record
    assert code in letter["reason"]
    assert len(shop.mails()) == 2


def test_a_mail_that_sns_failed_to_send_is_sent_by_the_next_delivery(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    batch = [change(None, shop.place()), change(None, placed)]
    with monkeypatch.context() as patch:
        topic = RefusingTopic(aws.sns(), placed["orderID"], "InternalError", by_mail=True)
        patch.setattr(aws, "sns", lambda: topic)
        with pytest.raises(ClientError):
            shop.announce(*batch)
    assert len(shop.mails()) == 1
    assert shop.announce(*batch) == NO_FAILURES
    (letter,) = shop.mails()
    assert placed["orderID"] in letter["Message"]


def test_a_mail_without_a_result_is_sent_by_the_next_delivery(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    record = change(None, placed)
    with monkeypatch.context() as patch:
        topic = Mock(publish_batch=Mock(return_value={"Successful": [], "Failed": []}))
        patch.setattr(aws, "sns", lambda: topic)
        with pytest.raises(ClientError):
            shop.announce(record)
    assert shop.announce(record) == NO_FAILURES
    assert len(shop.mails()) == 1


class RefusingTopic:
    """SNS that refuses the mails about one order, in the result of the mail or as an error of the call."""

    def __init__(self, sns: Any, order_id: str, code: str, *, by_mail: bool) -> None:
        self._sns, self._order_id, self._code, self._by_mail = sns, order_id, code, by_mail

    def publish_batch(self, **request: Any) -> Json:
        entries = request.pop("PublishBatchRequestEntries")
        good = [one for one in entries if self._order_id not in one["Message"]]
        if good != entries and not self._by_mail:
            raise fault(self._code, "PublishBatch")
        refused = [{"Id": one["Id"], "Code": self._code} for one in entries if one not in good]
        sent = self._sns.publish_batch(PublishBatchRequestEntries=good, **request) if good else {}
        return {"Successful": sent.get("Successful", []), "Failed": refused}


def test_mails_are_sent_in_batches_that_sns_takes(shop: Shop, monkeypatch: Any) -> None:
    """A batch has ten mails and 256 KiB at most (SNS API Reference, PublishBatch)."""
    batch = [change(None, shop.place()) for _ in range(12)]
    sizes: list[list[int]] = []

    class Topic:
        def publish_batch(self, **request: Any) -> Json:
            entries = request["PublishBatchRequestEntries"]
            sizes.append([len(one["Message"].encode()) + len(one["Subject"]) for one in entries])
            return {"Successful": [{"Id": one["Id"]} for one in entries]}

    monkeypatch.setattr(aws, "sns", Topic)
    assert shop.announce(*batch) == NO_FAILURES
    assert [len(one) for one in sizes] == [10, 2]
    sizes.clear()
    monkeypatch.setattr(mail, "compose", lambda order, _: mail.Mail("s", order["orderID"] + "é" * 60_000))
    assert shop.announce(*(change(None, shop.place()) for _ in range(5))) == NO_FAILURES
    assert [len(one) for one in sizes] == [2, 2, 1]
    assert all(sum(one) <= 262_144 for one in sizes)


def test_a_text_message_has_the_subject_and_everything_else_the_body(shop: Shop, monkeypatch: Any) -> None:
    published: list[Json] = []

    class Topic:
        def publish_batch(self, **request: Any) -> Json:
            published.extend(request["PublishBatchRequestEntries"])
            return {"Successful": [{"Id": one["Id"]} for one in published]}

    monkeypatch.setattr(aws, "sns", Topic)
    placed = shop.place(order(customer={"name": "Søren 🧹", "email": "a@b.c"}))
    shop.announce(change(None, placed))
    (entry,) = published
    written = mail.compose(cast(Order, placed), "https://desk.example")
    assert json.loads(entry["Message"]) == {"default": written.body, "sms": written.subject}
    assert (entry["MessageStructure"], entry["Subject"]) == ("json", written.subject)


def test_a_batch_costs_few_calls_and_two_writes_a_mail(shop: Shop, monkeypatch: Any) -> None:
    """A second delivery costs one read and no write."""
    batch = [change(None, shop.place()) for _ in range(10)]
    calls = [CountedCalls(getattr(aws, name)()) for name in ("dynamodb", "sns")]
    for name, client in zip(("dynamodb", "sns"), calls, strict=True):
        monkeypatch.setattr(aws, name, lambda client=client: client)
    shop.announce(*batch)
    assert [client.made for client in calls] == [
        ["batch_get_item", "batch_execute_statement", "batch_write_item"],
        ["publish_batch"],
    ]
    shop.announce(*batch)
    assert [len(client.made) for client in calls] == [4, 1]
    assert calls[0].made[-1] == "batch_get_item"


class CountedCalls:
    """An AWS client that records the names of its calls."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.made: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        self.made.append(operation)
        return getattr(self._client, operation)


def test_the_reason_of_a_dead_letter_is_printable_and_short(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("\x00\ufffe\ud83e" + "x" * 500_000)

    monkeypatch.setattr(mail, "compose", fail)
    assert shop.announce(change(None, placed)) == NO_FAILURES
    reason = shop.letters("SHOP_NOTIFICATION_DLQ_URL")[0]["reason"]
    assert reason.isprintable()
    assert len(reason) == 1000


def test_a_record_that_triggers_a_bug_becomes_a_dead_letter(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    monkeypatch.setattr(mail, "compose", lambda *_: 1 / 0)
    assert shop.announce(change(None, placed)) == NO_FAILURES
    assert "ZeroDivisionError" in shop.letters("SHOP_NOTIFICATION_DLQ_URL")[0]["reason"]


def test_a_malformed_record_is_retried_if_its_dead_letter_is_not_sent(
    shop: Shop, placed: Json, break_aws: Callable[..., None]
) -> None:
    malformed = change(None, placed)
    malformed["dynamodb"]["NewImage"]["total"] = {"N": "1.5"}
    break_aws("sqs", times=1, send_message=UNREACHABLE)
    with pytest.raises(EndpointConnectionError):
        shop.announce(malformed)
    assert shop.announce(malformed) == NO_FAILURES
    assert len(shop.letters("SHOP_NOTIFICATION_DLQ_URL")) == 1


@pytest.mark.parametrize(("old", "new", "kept"), [(200_000, 50_000, "NewImage"), (1000, 300_000, "Keys")])
def test_a_dead_letter_of_a_large_record_keeps_images_that_fit(
    shop: Shop, placed: Json, old: int, new: int, kept: str
) -> None:
    malformed = change(placed, placed | {"status": "cancelled"})
    malformed["dynamodb"]["OldImage"]["notes"] = {"S": "x" * old}
    malformed["dynamodb"]["NewImage"] |= {"total": {"N": "1.5"}, "notes": {"S": "é" * (new // 6)}}
    malformed["dynamodb"]["NewImage"]["more"] = {"S": "x" * (new if kept == "Keys" else 100_000)}
    assert shop.announce(malformed) == NO_FAILURES
    (letter,) = shop.letters("SHOP_NOTIFICATION_DLQ_URL")
    assert kept in json.loads(letter["body"])["dynamodb"]
    assert json.loads(letter["body"])["eventName"] == "MODIFY"
    assert json.loads(letter["body"])["dynamodb"]["Keys"]["orderID"]["S"] == placed["orderID"]


def test_every_result_is_the_exact_dictionary_that_lambda_expects(shop: Shop, placed: Json) -> None:
    """Lambda retries the whole batch if an identifier is wrong, and treats an empty result as success."""
    assert shop.announce() == NO_FAILURES
    assert shop.announce(change(None, placed)) == NO_FAILURES
    assert shop.announce(change(placed, None)) == NO_FAILURES


def test_the_log_names_order_and_request_but_no_customer(
    shop: Shop, placed: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    malformed = change(None, placed | {"customer": "Ann Miller"})
    capsys.readouterr()
    shop.announce(change(None, placed), malformed)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["event"] == "notification.sent"
    assert all((line["orderID"], line["requestID"]) == (placed["orderID"], "request-1") for line in lines)
    assert "Ann" not in json.dumps(lines)
    assert "ann@" not in json.dumps(lines)


# ---- with a real stream


@pytest.mark.thorough
def test_records_of_a_real_table_stream_are_understood(shop: Shop) -> None:
    first = shop.place()
    shop.ask("move_order", "PATCH", "/orders/{orderID}", {"status": "cancelled"}, orderID=first["orderID"])
    shop.ask("delete_order", "DELETE", "/orders/{orderID}", claims=ADMIN, orderID=first["orderID"])
    shop.deliver(message(order(first["orderID"])))
    records = [
        one for one in _read_stream(shop) if one["dynamodb"]["Keys"]["orderID"]["S"] == first["orderID"]
    ]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "MODIFY"]
    assert shop.announce(*records) == NO_FAILURES
    assert shop.announce(*records) == NO_FAILURES
    assert [letter["Subject"][:9] for letter in shop.mails()] == ["New order", "Order #10"]


def _read_stream(shop: Shop) -> list[Json]:
    table = aws.dynamodb().describe_table(TableName=shop.names["SHOP_ORDERS_TABLE"])["Table"]
    streams, arn = boto3.client("dynamodbstreams"), table["LatestStreamArn"]
    records: list[Json] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        begin = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        records += _read_shard(streams, streams.get_shard_iterator(**begin)["ShardIterator"])
    return records


def _read_shard(streams: Any, iterator: str | None) -> list[Json]:
    records: list[Json] = []
    while iterator:
        page = streams.get_records(ShardIterator=iterator, Limit=1000)
        if not page["Records"]:
            break
        records += page["Records"]
        iterator = page.get("NextShardIterator")
    return records
