"""The function write_orders: a batch is read and stored in two calls, and each order fails alone."""

import json
import time
from collections.abc import Callable, Sequence
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.platform import aws, side_by_side, tables
from tests.handlers.shop import CATALOG, Json, Shop, fault, message, order, product_item

pytestmark = pytest.mark.store

NO_RESPONSE = ReadTimeoutError(endpoint_url="https://dynamodb")
TEN = range(10)


class Client:
    """A DynamoDB client that lets a test act before and after each of the writer's calls, in its thread."""

    def __init__(self) -> None:
        self._client = aws.dynamodb()
        self._lock = Lock()
        self.reads: list[list[str]] = []  # the SKUs of each call
        self.batches: list[list[str]] = []  # the order IDs of each call for a batch
        self.puts: list[str] = []  # the order IDs of the calls that were answered
        self.before_batch: Callable[[list[str]], object] = id
        self.after_batch: Callable[[list[str]], object] = id
        self.refused: dict[str, str] = {}  # error codes of statements, by order ID
        self.before_read: Callable[[list[str]], object] = id
        self.before_put: Callable[[str], object] = id
        self.after_put: Callable[[str], object] = id
        self.unread: set[str] = set()
        self.drawn = Event()

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def update_item(self, **request: Any) -> Json:
        answer: Json = self._client.update_item(**request)
        self.drawn.set()
        return answer

    def batch_get_item(self, RequestItems: Json) -> Json:  # noqa: N803 - boto3's own name
        ((table, wanted),) = RequestItems.items()
        skus = [key["sku"]["S"] for key in wanted["Keys"]]
        with self._lock:
            self.reads.append(skus)
        self.before_read(skus)
        return self._answer(table, wanted)

    def _answer(self, table: str, wanted: Json) -> Json:
        left, kept = ([one for one in wanted["Keys"] if (one["sku"]["S"] in self.unread) is is_left]
                      for is_left in (True, False))  # fmt: skip
        answer: Json = {"Responses": {}}
        if kept:
            answer = self._client.batch_get_item(RequestItems={table: {**wanted, "Keys": kept}})
        return {**answer, "UnprocessedKeys": {table: {**wanted, "Keys": left}} if left else {}}

    def batch_execute_statement(self, Statements: list[Json]) -> Json:  # noqa: N803 - boto3's own name
        order_ids = [statement["Parameters"][0]["S"] for statement in Statements]
        self.batches.append(order_ids)
        self.before_batch(order_ids)
        kept = [
            one for one, order_id in zip(Statements, order_ids, strict=True) if order_id not in self.refused
        ]
        answers = (
            iter(self._client.batch_execute_statement(Statements=kept)["Responses"]) if kept else iter(())
        )
        self.after_batch(order_ids)
        refusals = {order_id: {"Error": {"Code": code}} for order_id, code in self.refused.items()}
        return {"Responses": [refusals.get(order_id) or next(answers) for order_id in order_ids]}

    def put_item(self, **request: Any) -> Any:
        order_id = request["Item"]["orderID"]["S"]
        self.before_put(order_id)
        answer = self._client.put_item(**request)
        with self._lock:
            self.puts.append(order_id)
        self.after_put(order_id)
        return answer


@pytest.fixture
def client(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The client that the writer uses."""
    made = Client()
    monkeypatch.setattr(aws, "dynamodb", lambda: made)
    return made


@pytest.fixture
def alone(client: Client) -> Client:
    """The client that the writer uses, which refuses calls for a batch, so that each order is tried alone."""
    client.before_batch = refuse(fault(operation="BatchExecuteStatement"))
    return client


def refuse(error: BaseException) -> Callable[[object], None]:
    """Return a step of a client that raises an error."""

    def step(_: object) -> None:
        raise error

    return step


def raise_for(order_id: str, error: BaseException) -> Callable[[str], None]:
    """Return a step of a client that raises an error for one order."""

    def step(given: str) -> None:
        if given == order_id:
            raise error

    return step


def of_sku(*skus: str) -> Json:
    return order(items=[{"sku": sku, "quantity": 1} for sku in skus])


def batch(orders: Sequence[Any], **more: Any) -> list[Json]:
    return [message(one, **more) for one in orders]


# ---- calls


def test_a_batch_is_read_in_one_call_and_stored_in_another(
    shop: Shop, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = [order() for _ in TEN]
    assert shop.deliver(*batch(orders)) == []
    assert client.reads == [["MOP-1", "SOAP-5L"]]
    assert client.batches == [[one["orderID"] for one in orders]]
    assert client.puts == []
    assert {stored["status"] for stored in shop.orders().values()} == {"placed"}
    assert all(json.loads(line)["new"] for line in capsys.readouterr().out.splitlines())


def test_orders_that_are_tried_alone_are_stored_side_by_side(shop: Shop, alone: Client) -> None:
    meeting = Barrier(len(TEN))
    alone.before_put = lambda _: meeting.wait(10)
    assert shop.deliver(*batch([order() for _ in TEN])) == []
    assert len(shop.orders()) == len(TEN)


def test_a_batch_of_invalid_orders_reads_no_products(shop: Shop, client: Client) -> None:
    assert shop.deliver(message(order(items=[])), message("?")) == []
    assert client.reads == []
    assert [stored["status"] for stored in shop.orders().values()] == ["rejected"]


def test_more_than_a_hundred_products_are_read_side_by_side(shop: Shop, client: Client) -> None:
    meeting = Barrier(2)
    client.before_read = lambda _: meeting.wait(10)
    (stored,) = _store(shop, of_sku(*(f"NONE-{at}" for at in range(150))))
    assert sorted(map(len, client.reads)) == [50, 100]
    assert len(stored["rejectionReasons"]) == 150


def _store(shop: Shop, *orders: Json) -> list[Json]:
    assert shop.deliver(*batch(orders)) == []
    return [shop.orders()[one["orderID"]] for one in orders]


# ---- faults of one order


@pytest.mark.parametrize("error", [fault(), NO_RESPONSE, KeyError("a bug")], ids=["refused", "silent", "bug"])
@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_failed_write_of_one_order_leaves_nine_stored(
    shop: Shop, alone: Client, at: int, error: Exception
) -> None:
    orders = [order() for _ in TEN]
    records = batch(orders)
    alone.before_put = raise_for(orders[at]["orderID"], error)
    assert shop.deliver(*records) == [records[at]["messageId"]]
    assert shop.orders().keys() == {one["orderID"] for one in orders} - {orders[at]["orderID"]}
    alone.before_put = id
    assert shop.deliver(records[at]) == []
    assert len(shop.orders()) == len(TEN)


def test_failed_messages_are_returned_in_the_order_of_the_batch(shop: Shop, alone: Client) -> None:
    twice, once = order(), order()
    records = batch([twice, once, order(), twice])

    def fail(order_id: str) -> None:
        if order_id in (twice["orderID"], once["orderID"]):
            raise fault()

    alone.before_put = fail
    assert shop.deliver(*records) == [records[at]["messageId"] for at in (0, 1, 3)]


def test_orders_whose_answers_were_lost_are_recognised(shop: Shop, alone: Client) -> None:
    orders = [order() for _ in TEN]
    records, lost = batch(orders), {one["orderID"] for one in orders[::2]}

    def lose(order_id: str) -> None:
        if order_id in lost:
            raise NO_RESPONSE

    alone.after_put = lose
    assert shop.deliver(*records) == [record["messageId"] for record in records[::2]]
    before = shop.orders()
    assert shop.deliver(*records) == []
    assert shop.orders() == before
    assert len(before) == len(TEN)
    assert shop.letters() == []


@pytest.mark.parametrize("step", ["before_put", "after_put"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_batch_cut_off_halfway_is_finished_when_redelivered(
    shop: Shop, alone: Client, step: str, at: int
) -> None:
    orders = [order() for _ in range(3)]
    records = batch(orders)
    setattr(alone, step, raise_for(orders[at]["orderID"], SystemExit()))  # like the kill of a process
    with pytest.raises(SystemExit):
        shop.deliver(*records)
    setattr(alone, step, id)
    assert shop.deliver(*records) == []
    assert shop.orders().keys() == {one["orderID"] for one in orders}
    assert shop.letters() == []


# ---- faults of the call for a batch


@pytest.mark.parametrize("step", ["before_batch", "after_batch"])
@pytest.mark.parametrize("error", [fault(), NO_RESPONSE, KeyError("a bug")], ids=["refused", "silent", "bug"])
def test_orders_are_tried_alone_after_a_failed_call_for_the_batch(
    shop: Shop, client: Client, step: str, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a call whose answer was lost, they are found to be stored."""
    orders = [order() for _ in TEN]
    setattr(client, step, refuse(error))
    assert shop.deliver(*batch(orders)) == []
    assert shop.orders().keys() == {one["orderID"] for one in orders}
    assert len(client.puts) == (len(TEN) if step == "before_batch" else 0)
    assert shop.letters() == []
    first, *events = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["event"], first["error"]) == ("orders.not_added", type(error).__name__)
    assert {event["new"] for event in events} == {step == "before_batch"}


@pytest.mark.parametrize("code", ["ThrottlingError", "ValidationError", "InternalServerError"])
def test_an_order_that_the_call_for_the_batch_refuses_is_tried_alone(
    shop: Shop, client: Client, code: str
) -> None:
    orders = [order() for _ in range(3)]
    refused = orders[1]["orderID"]
    client.refused = {refused: code}
    assert shop.deliver(*batch(orders)) == []
    assert client.puts == [refused]
    assert len(shop.orders()) == len(orders)


def test_an_order_that_is_refused_twice_fails_alone(shop: Shop, client: Client) -> None:
    orders = [order() for _ in range(3)]
    records, refused = batch(orders), orders[1]["orderID"]
    client.refused = {refused: "ThrottlingError"}
    client.before_put = raise_for(refused, fault())
    assert shop.deliver(*records) == [records[1]["messageId"]]
    assert shop.orders().keys() == {orders[0]["orderID"], orders[2]["orderID"]}


@pytest.mark.parametrize("step", ["before_batch", "after_batch"])
def test_a_batch_cut_off_in_its_call_is_finished_when_redelivered(
    shop: Shop, client: Client, step: str
) -> None:
    orders = [order() for _ in range(3)]
    records = batch(orders)
    setattr(client, step, refuse(SystemExit()))  # like the kill of a process
    with pytest.raises(SystemExit):
        shop.deliver(*records)
    setattr(client, step, id)
    assert shop.deliver(*records) == []
    assert shop.orders().keys() == {one["orderID"] for one in orders}
    assert shop.letters() == []


def test_an_order_that_is_too_large_is_left_out_of_the_call(shop: Shop, client: Client) -> None:
    large = order(items=[{"sku": "MOP-1", "quantity": 0, "x": "y" * 500}] * 1000)
    orders = [order(), large, order()]
    assert shop.deliver(*batch(orders)) == []
    assert client.batches == [[orders[0]["orderID"], orders[2]["orderID"]]]
    (letter,) = shop.letters()
    assert "must fit into 380,000 bytes" in letter["reason"]


def test_a_single_order_needs_no_call_for_a_batch(shop: Shop, client: Client) -> None:
    assert shop.deliver(message(order()), message("?")) == []
    assert client.batches == []
    assert len(client.puts) == 1


# ---- the same order ID twice


def test_the_call_for_a_batch_has_the_first_of_two_orders_with_one_id(shop: Shop, client: Client) -> None:
    first, other = order(), order()
    second = first | {"notes": "other"}
    assert shop.deliver(*batch([first, other, second, other])) == []
    assert client.batches == [[first["orderID"], other["orderID"]]]
    assert "notes" not in shop.orders()[first["orderID"]]
    (letter,) = shop.letters()
    assert json.loads(letter["body"]) == second


def test_an_order_that_is_stored_with_other_content_fails_alone_in_a_batch(
    shop: Shop, client: Client
) -> None:
    stored = order()
    before = shop.place(stored)
    assert shop.deliver(*batch([order(), stored | {"notes": "other"}, stored])) == []
    assert shop.orders()[stored["orderID"]] == before
    assert len(shop.orders()) == 2
    assert len(shop.letters()) == 1


def test_the_first_of_two_orders_with_one_id_is_stored(shop: Shop, alone: Client) -> None:
    """The second waits for the first, however long that takes, while the others go on."""
    first = order()
    second = first | {"notes": "other"}
    others = [order() for _ in range(8)]
    stored = Event()

    def hold_back(order_id: str) -> None:
        if order_id == first["orderID"] and not alone.puts.count(order_id):
            assert stored.wait(10)

    def count(order_id: str) -> None:
        if len(alone.puts) == len(others):
            stored.set()

    alone.before_put, alone.after_put = hold_back, count
    assert shop.deliver(*batch([first, *others, second])) == []
    assert "notes" not in shop.orders()[first["orderID"]]
    (letter,) = shop.letters()
    assert json.loads(letter["body"]) == second
    assert "other content is stored already" in letter["reason"]


def test_the_first_of_two_orders_with_one_id_counts_without_its_answer(shop: Shop, alone: Client) -> None:
    first = order()
    records = batch([first, first | {"notes": "other"}, first])
    alone.after_put = raise_for(first["orderID"], NO_RESPONSE)
    assert shop.deliver(*records) == [records[0]["messageId"]]
    assert len(shop.letters()) == 1
    assert "notes" not in shop.orders()[first["orderID"]]


# ---- faults of the products


@pytest.mark.usefixtures("no_pauses")
def test_an_unread_product_fails_only_the_orders_that_need_it(shop: Shop, client: Client) -> None:
    client.unread = {"SOAP-5L"}
    needs, mop, invalid, last = order(), of_sku("MOP-1"), order(items=[]), of_sku("SOAP-5L")
    records = batch([needs, mop, invalid])
    malformed, last_try = message("?"), message(last, receives=20)
    assert shop.deliver(*records, malformed, last_try) == [records[0]["messageId"]]
    stored = {one["orderID"]: one["status"] for one in shop.orders().values()}
    assert stored == {mop["orderID"]: "placed", invalid["orderID"]: "rejected"}
    reasons = {letter["body"]: letter["reason"] for letter in shop.letters()}
    assert "must be JSON" in reasons["?"]
    assert reasons[json.dumps(last)] == "given up after 20 tries: BusyError"


@pytest.mark.usefixtures("no_pauses")
def test_only_unread_products_are_read_again(shop: Shop, client: Client) -> None:
    client.unread = {"SOAP-5L"}

    def recover(skus: list[str]) -> None:
        if skus == ["SOAP-5L"]:
            client.unread = set()

    client.before_read = recover
    assert shop.deliver(*batch([order(), of_sku("MOP-1")])) == []
    assert client.reads == [["MOP-1", "SOAP-5L"], ["SOAP-5L"]]
    assert {stored["status"] for stored in shop.orders().values()} == {"placed"}


@pytest.mark.usefixtures("no_pauses")
def test_an_error_after_a_part_was_read_concerns_only_the_rest(shop: Shop, client: Client) -> None:
    client.unread = {"SOAP-5L"}

    def fail(skus: list[str]) -> None:
        if skus == ["SOAP-5L"]:
            raise fault(operation="BatchGetItem")

    client.before_read = fail
    records = batch([order(), of_sku("MOP-1")])
    assert shop.deliver(*records) == [records[0]["messageId"]]


@pytest.mark.parametrize("failing", ["A", "Z"])
def test_an_error_of_one_of_several_reads_fails_only_its_orders(
    shop: Shop, client: Client, failing: str
) -> None:
    """Orders of 100 lines, so that each call reads the products of one order."""

    def fail(skus: list[str]) -> None:
        if skus[0].startswith(failing):
            raise fault(operation="BatchGetItem")

    client.before_read = fail
    orders = [of_sku(*(f"{letter}-{at:03}" for at in range(100))) for letter in "AMZ"]
    records = batch(orders)
    assert shop.deliver(*records) == [records["AMZ".index(failing)]["messageId"]]
    assert len(shop.orders()) == 2


@pytest.mark.parametrize("poison", [{"unitPrice": {"N": "12.5"}}, {"name": {"SS": ["a"]}}], ids=str)
def test_a_product_that_cannot_be_parsed_fails_only_its_orders(shop: Shop, poison: Json) -> None:
    products = shop.names["SHOP_PRODUCTS_TABLE"]
    item = tables.attributes(product_item("BAD-1", CATALOG["MOP-1"])) | poison
    aws.dynamodb().put_item(TableName=products, Item=item)
    bad, good = message(of_sku("BAD-1", "MOP-1")), message(order())
    try:
        assert shop.deliver(good, bad) == [bad["messageId"]]
    finally:
        aws.dynamodb().delete_item(TableName=products, Key={"sku": item["sku"]})
    assert [stored["status"] for stored in shop.orders().values()] == ["placed"]


# ---- time


def time_that_reading_takes(client: Client, left_ms: int) -> Callable[[], int]:
    """Return the time left of 10 s, which is `left_ms` as soon as products are read.

    The numbers are drawn beside the reading, and here before it ends.
    """
    left = [10_000]

    def take_long(_: object) -> None:
        assert client.drawn.wait(10)
        left[0] = left_ms

    client.before_read = take_long
    return lambda: left[0]


def test_no_products_are_read_shortly_before_the_timeout(shop: Shop, client: Client) -> None:
    valid, invalid = message(order()), message(order(items=[]))
    assert shop.deliver(valid, invalid, remaining_ms=6_900) == [valid["messageId"]]
    assert client.reads == []
    assert [stored["status"] for stored in shop.orders().values()] == ["rejected"]


def test_no_order_is_stored_if_the_reading_took_too_long(shop: Shop, client: Client) -> None:
    records = batch([order() for _ in TEN])
    left = time_that_reading_takes(client, 4_900)
    assert shop.deliver(*records, remaining_ms=left) == [one["messageId"] for one in records]
    assert len(client.reads) == 1
    assert shop.orders() == {}


def test_orders_are_stored_after_a_slow_reading(shop: Shop, client: Client) -> None:
    """Otherwise no order would be stored while each read takes 4 s."""
    left = time_that_reading_takes(client, 6_000)
    assert shop.deliver(*batch([order() for _ in TEN]), remaining_ms=left) == []
    assert len(shop.orders()) == len(TEN)


@pytest.mark.usefixtures("no_pauses")
def test_unread_products_are_not_read_again_without_time(shop: Shop, client: Client) -> None:
    client.unread = {"SOAP-5L"}
    needs, mop = message(order()), message(of_sku("MOP-1"))
    left = time_that_reading_takes(client, 6_900)
    assert shop.deliver(needs, mop, remaining_ms=left) == [needs["messageId"]]
    assert len(client.reads) == 1
    assert len(shop.orders()) == 1


@pytest.mark.parametrize("step", ["after_batch", "after_put"])
def test_the_second_order_of_an_id_is_left_when_time_runs_out(shop: Shop, client: Client, step: str) -> None:
    """The orders that are stored by then are done."""
    first = order()
    others = [order()] if step == "after_batch" else []
    records, left = batch([first, first, *others]), [10_000]

    def take_long(_: object) -> None:
        left[0] = 4_900

    setattr(client, step, take_long)
    assert shop.deliver(*records, remaining_ms=lambda: left[0]) == [records[1]["messageId"]]
    assert len(client.batches) == len(others)


def test_every_message_without_time_is_returned_with_a_pause(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[Json] = []

    class Queue:
        def change_message_visibility_batch(self, **request: Any) -> Json:
            entries.extend(request["Entries"])
            return {}

    monkeypatch.setattr(aws, "sqs", Queue)
    records = batch([order(), order(items=[])], receives=3) + batch(["?"])
    assert shop.deliver(*records, remaining_ms=1_000) == [one["messageId"] for one in records]
    assert [entry["VisibilityTimeout"] for entry in entries] == [20, 20, 5]
    monkeypatch.undo()


# ---- threads


def test_an_error_is_raised_after_all_calls_have_ended() -> None:
    ended: list[int] = []
    released = Event()

    def act(at: int) -> None:
        if at == 0:
            released.set()
            raise SystemExit
        assert released.wait(10)
        time.sleep(0.02)  # so long that an error would be raised before
        ended.append(at)

    with pytest.raises(SystemExit):
        list(side_by_side.call(act, TEN))
    assert sorted(ended) == list(TEN)[1:]


def test_results_have_the_order_of_their_items() -> None:
    last = Event()

    def act(at: int) -> int:
        if at == TEN[-1]:
            last.set()
        assert last.wait(10)
        time.sleep(0.02 if at == 0 else 0)
        return at

    assert list(side_by_side.call(act, TEN)) == list(TEN)


def test_threads_make_one_client_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the client of SQS, if all messages of a first batch become dead letters."""
    meeting, making, made = Barrier(len(TEN)), Lock(), []

    def make(*_: Any, **__: Any) -> object:
        assert making.acquire(blocking=False), "boto3 cannot make clients in several threads at once"
        time.sleep(0.01)
        made.append(object())
        making.release()
        return made[-1]

    monkeypatch.setattr(aws, "_client", make)
    sqs = aws._shared(aws.sqs.__wrapped__)

    def get(_: int) -> object:
        meeting.wait(10)
        return sqs()

    assert set(side_by_side.call(get, TEN)) == set(made)
    assert len(made) == 1


def test_one_call_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "_threads", lambda: pytest.fail("a thread was needed"))
    assert list(side_by_side.call(str, [1])) == ["1"]
    assert list(side_by_side.call(str, [])) == []
