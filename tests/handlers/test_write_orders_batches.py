"""The function write_orders: a batch is read together and stored side by side, and each order fails alone."""

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
        self.puts: list[str] = []  # the order IDs of the calls that were answered
        self.before_read: Callable[[list[str]], object] = id
        self.before_put: Callable[[str], object] = id
        self.after_put: Callable[[str], object] = id
        self.unread: set[str] = set()

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

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


def test_the_products_of_a_batch_are_read_in_one_call(shop: Shop, client: Client) -> None:
    orders = [order() for _ in TEN]
    assert shop.deliver(*batch(orders)) == []
    assert client.reads == [["MOP-1", "SOAP-5L"]]
    assert sorted(client.puts) == sorted(one["orderID"] for one in orders)


def test_the_orders_of_a_batch_are_stored_side_by_side(shop: Shop, client: Client) -> None:
    meeting = Barrier(len(TEN))
    client.before_put = lambda _: meeting.wait(10)
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
    shop: Shop, client: Client, at: int, error: Exception
) -> None:
    orders = [order() for _ in TEN]
    records = batch(orders)
    client.before_put = raise_for(orders[at]["orderID"], error)
    assert shop.deliver(*records) == [records[at]["messageId"]]
    assert shop.orders().keys() == {one["orderID"] for one in orders} - {orders[at]["orderID"]}
    client.before_put = id
    assert shop.deliver(records[at]) == []
    assert len(shop.orders()) == len(TEN)


def test_failed_messages_are_returned_in_the_order_of_the_batch(shop: Shop, client: Client) -> None:
    twice, once = order(), order()
    records = batch([twice, once, order(), twice])

    def fail(order_id: str) -> None:
        if order_id in (twice["orderID"], once["orderID"]):
            raise fault()

    client.before_put = fail
    assert shop.deliver(*records) == [records[at]["messageId"] for at in (0, 1, 3)]


def test_orders_whose_answers_were_lost_are_recognised(shop: Shop, client: Client) -> None:
    orders = [order() for _ in TEN]
    records, lost = batch(orders), {one["orderID"] for one in orders[::2]}

    def lose(order_id: str) -> None:
        if order_id in lost:
            raise NO_RESPONSE

    client.after_put = lose
    assert shop.deliver(*records) == [record["messageId"] for record in records[::2]]
    before = shop.orders()
    assert shop.deliver(*records) == []
    assert shop.orders() == before
    assert len(before) == len(TEN)
    assert shop.letters() == []


@pytest.mark.parametrize("step", ["before_put", "after_put"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_batch_cut_off_halfway_is_finished_when_redelivered(
    shop: Shop, client: Client, step: str, at: int
) -> None:
    orders = [order() for _ in range(3)]
    records = batch(orders)
    setattr(client, step, raise_for(orders[at]["orderID"], SystemExit()))  # like the kill of a process
    with pytest.raises(SystemExit):
        shop.deliver(*records)
    setattr(client, step, id)
    assert shop.deliver(*records) == []
    assert shop.orders().keys() == {one["orderID"] for one in orders}
    assert shop.letters() == []


# ---- the same order ID twice


def test_the_first_of_two_orders_with_one_id_is_stored(shop: Shop, client: Client) -> None:
    """The second waits for the first, however long that takes, while the others go on."""
    first = order()
    second = first | {"notes": "other"}
    others = [order() for _ in range(8)]
    stored = Event()

    def hold_back(order_id: str) -> None:
        if order_id == first["orderID"] and not client.puts.count(order_id):
            assert stored.wait(10)

    def count(order_id: str) -> None:
        if len(client.puts) == len(others):
            stored.set()

    client.before_put, client.after_put = hold_back, count
    assert shop.deliver(*batch([first, *others, second])) == []
    assert "notes" not in shop.orders()[first["orderID"]]
    (letter,) = shop.letters()
    assert json.loads(letter["body"]) == second
    assert "other content is stored already" in letter["reason"]


def test_the_first_of_two_orders_with_one_id_counts_without_its_answer(shop: Shop, client: Client) -> None:
    first = order()
    records = batch([first, first | {"notes": "other"}, first])
    client.after_put = raise_for(first["orderID"], NO_RESPONSE)
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


def times(*milliseconds: int) -> Callable[[], int]:
    """Return a function that returns these numbers in turn, and the last one for ever."""
    left = list(milliseconds)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_no_products_are_read_shortly_before_the_timeout(shop: Shop, client: Client) -> None:
    valid, invalid = message(order()), message(order(items=[]))
    assert shop.deliver(valid, invalid, remaining_ms=6_900) == [valid["messageId"]]
    assert client.reads == []
    assert [stored["status"] for stored in shop.orders().values()] == ["rejected"]


def test_no_order_is_stored_if_the_reading_took_too_long(shop: Shop, client: Client) -> None:
    records = batch([order() for _ in TEN])
    assert shop.deliver(*records, remaining_ms=times(10_000, 4_900)) == [one["messageId"] for one in records]
    assert len(client.reads) == 1
    assert shop.orders() == {}


def test_orders_are_stored_after_a_slow_reading(shop: Shop, client: Client) -> None:
    """Otherwise no order would be stored while each read takes 4 s."""
    assert shop.deliver(*batch([order() for _ in TEN]), remaining_ms=times(10_000, 6_000)) == []
    assert len(shop.orders()) == len(TEN)


@pytest.mark.usefixtures("no_pauses")
def test_unread_products_are_not_read_again_without_time(shop: Shop, client: Client) -> None:
    client.unread = {"SOAP-5L"}
    needs, mop = message(order()), message(of_sku("MOP-1"))
    assert shop.deliver(needs, mop, remaining_ms=times(10_000, 6_900)) == [needs["messageId"]]
    assert len(client.reads) == 1
    assert len(shop.orders()) == 1


def test_the_second_order_of_an_id_is_left_when_time_runs_out(shop: Shop, client: Client) -> None:
    first = order()
    records, left = batch([first, first]), [10_000]

    def take_long(_: str) -> None:
        left[0] = 4_900

    client.after_put = take_long
    assert shop.deliver(*records, remaining_ms=lambda: left[0]) == [records[1]["messageId"]]


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
