"""Search and sort order of the list of orders, also when search terms are outdated."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches, listing
from lambdas.shop import orders, search
from tests.handlers.shop import Json, Reply, Shop, change, new_order, with_keys

pytestmark = pytest.mark.store

ANN = {"name": "Ann-Marie O’Neill", "email": "Ann@Example.org", "company": "Miller & Söhne (Leeds)"}
LUKASZ = {"name": "Łukasz Groß", "email": "lg+desk@hotel.example", "company": "Hôtel Élysée"}


def stored(minute: int = 0, customer: Json = ANN, total: int = 100, status: str = "placed") -> Json:
    """Return an order placed on 1 December 2010 at 08:MM, as the table contains it."""
    at = f"2010-12-01T08:{minute:02}:00.000Z"
    content = {"customer": customer, "items": []}
    made = new_order(content, at=at)
    made |= {"status": status, "total": total, "submissionHash": "x"}
    return with_keys(made)


def store(shop: Shop, *some: Json) -> list[Json]:
    """Store orders and their search terms."""
    shop.put_all("SHOP_ORDERS_TABLE", some)
    shop.follow(*(change(None, one) for one in some))
    return list(some)


def get(shop: Shop, **query: str) -> Reply:
    named = {name.rstrip("_"): value for name, value in query.items()}
    return shop.ask("list_orders", "GET", "/orders", query=named)


def found(shop: Shop, **query: str) -> list[str]:
    """Return the order IDs of every page of the list."""
    ids, cursor = [], ""
    for _ in range(100):
        content = get(shop, **query, cursor=cursor).json
        ids += [order["orderID"] for order in content["orders"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return ids
    raise AssertionError("the cursors never end")


def ids(some: list[Json]) -> list[str]:
    return [one["orderID"] for one in some]


# ---- search


@pytest.mark.parametrize(
    "search",
    [
        "ann",
        "ANN-MARIE",
        "marie",
        "an",
        "ann ma o'ne",
        "neill",
        "ann@example.org",
        "ann@ex",
        "exam",
        "miller & sohne",
        "Söhne, Miller",
        "(leeds)",
        "so mi a",
    ],
)
def test_a_search_finds_orders_by_the_beginnings_of_words(shop: Shop, search: str) -> None:
    ann, _ = store(shop, stored(customer=ANN), stored(customer=LUKASZ))
    assert found(shop, q=search) == [ann["orderID"]]


@pytest.mark.parametrize(
    "search", ["lukasz", "Łukasz", "GROSS", "groß", "hotel elysee", "lg+desk", "lg+desk@"]
)
def test_a_search_ignores_accents_and_case(shop: Shop, search: str) -> None:
    _, lukasz = store(shop, stored(customer=ANN), stored(customer=LUKASZ))
    assert found(shop, q=search) == [lukasz["orderID"]]


@pytest.mark.parametrize("search", ["org", "eill", "ann lukasz", "annx", "miller sohnes", "nobody"])
def test_a_search_finds_no_orders_without_all_its_words(shop: Shop, search: str) -> None:
    store(shop, stored(customer=ANN), stored(customer=LUKASZ))
    assert found(shop, q=search) == []


def test_an_order_is_found_by_the_beginning_of_its_id(shop: Shop) -> None:
    one, _ = store(shop, stored(1), stored(2))
    for length in (2, 3, 4, 7, 8, 20, 36):
        assert one["orderID"] in found(shop, q=one["orderID"][:length].upper())
    assert found(shop, q=f"#{one['orderID'][:13]}") == [one["orderID"]]


@pytest.mark.parametrize("limit", ["1", "3", "100"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_found_orders_are_sorted_by_time_over_all_pages(shop: Shop, sort: str, limit: str) -> None:
    mine = store(shop, *(stored(minute // 2, (ANN, LUKASZ)[minute % 3 == 0]) for minute in range(14)))
    wanted = [one for one in mine if one["customer"] == ANN]
    wanted.sort(key=lambda one: str(one["listKey"]), reverse=sort == "newest")
    assert found(shop, q="mill", sort=sort, limit=limit) == ids(wanted)


def test_a_search_combines_with_status_customer_and_period(shop: Shop) -> None:
    some = [stored(at, status=("placed", "packed")[at % 2]) for at in range(6)]
    other = stored(3, ANN | {"email": "other@example.org"})
    store(shop, *some, other)
    assert found(shop, q="ann", status="packed") == ids([some[5], some[3], some[1]])
    assert found(shop, q="ann", customer="OTHER@example.org") == [other["orderID"]]
    period = {"from_": "2010-12-01T08:02:00Z", "to": "2010-12-01T08:04:00Z"}
    assert set(found(shop, q="ann", **period)) == set(ids([*some[2:5], other]))
    assert found(shop, q="ann", status="placed", customer="ann@example.org", **period) == ids(
        [some[4], some[2]]
    )


def test_outdated_search_terms_find_no_order(shop: Shop) -> None:
    gone, renamed, same = store(shop, stored(1), stored(2), stored(3))
    key = {"orderID": {"S": gone["orderID"]}}
    aws.dynamodb().delete_item(TableName=shop.names["SHOP_ORDERS_TABLE"], Key=key)
    shop.put("SHOP_ORDERS_TABLE", renamed | {"customer": LUKASZ})
    erased = stored(4)
    store(shop, erased)
    shop.put("SHOP_ORDERS_TABLE", {"orderID": erased["orderID"], "erasedAt": "2010-12-02T00:00:00.000Z"})
    assert found(shop, q="miller") == [same["orderID"]]


def test_a_listed_order_has_the_same_fields_in_every_list(shop: Shop) -> None:
    store(shop, stored())
    (plain,) = get(shop).json["orders"]
    for query in (
        {"q": "ann"},
        {"sort": "largest"},
        {"sort": "oldest"},
        {"sort": "largest", "status": "placed"},
    ):
        assert get(shop, **query).json["orders"] == [plain]
    assert not {"totalKey", "listKey", "listShard", "statusShard", "customerEmail"} & plain.keys()


@pytest.mark.parametrize("search", ["a", "x y", "&", "a" * 101, "& - a"])
def test_a_search_too_short_or_too_long_is_400(shop: Shop, search: str) -> None:
    reply = get(shop, q=search)
    assert (reply.status, list(reply.fields)) == (400, ["q"])


def test_a_search_of_blanks_lists_every_order(shop: Shop) -> None:
    (one,) = store(shop, stored())
    assert found(shop, q="   ") == [one["orderID"]]


@pytest.mark.parametrize("search", ["' OR 1=1", "<script>", "%25%00", "🧹🧹", "#words :word0", "a" * 100])
def test_a_search_for_code_or_symbols_finds_nothing(shop: Shop, search: str) -> None:
    store(shop, stored())
    reply = get(shop, q=search)
    assert reply.status in (200, 400)
    assert not reply.json.get("orders")


def test_a_search_reads_no_more_rows_than_it_shows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    store(shop, *(stored(minute) for minute in range(8)), *(stored(minute, LUKASZ) for minute in range(8)))
    calls = _RecordingClient(aws.dynamodb())
    monkeypatch.setattr(aws, "dynamodb", lambda: calls)
    assert get(shop, q="lukasz").status == 200
    assert [name for name, _ in calls.made] == ["query"] * 4 + ["batch_get_item"]
    assert sum(answer["ScannedCount"] for name, answer in calls.made if name == "query") == 8


class _RecordingClient:
    """A DynamoDB client that records each call and its response."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.made: list[tuple[str, Json]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            answer = getattr(self._client, operation)(**request)
            self.made.append((operation, answer))
            return answer

        return call


def test_a_search_continues_after_an_empty_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may be empty although more orders follow, because other words filter the rows that were read."""
    last, *_ = store(shop, stored(0, ANN | {"name": "Annabel"}), *(stored(1 + at % 59) for at in range(60)))
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: _SmallPagesClient(client))
    monkeypatch.setattr(listing, "_MAX_READS", 1)
    first = get(shop, q="example annab").json
    assert first["orders"] == []
    assert first["nextCursor"]
    assert found(shop, q="example annab") == [last["orderID"]]
    assert len(found(shop, q="ann exa", limit="10")) == 61


class _SmallPagesClient:
    """A DynamoDB client that reads two items a query, as if items were very large."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def query(self, **request: Any) -> Any:
        return self._client.query(**{**request, "Limit": 2})


def test_a_name_of_many_words_makes_a_bounded_number_of_rows(shop: Shop) -> None:
    wordy = ANN | {"name": " ".join(f"w{at:03}word" for at in range(60))}
    store(shop, stored(customer=wordy))
    rows = [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith("order#")]
    assert len(rows) <= 3 * search._MAX_WORDS["order"]
    assert found(shop, q="ann@example.org w000")


# ---- sort


@pytest.mark.parametrize("limit", ["1", "3", "100"])
@pytest.mark.parametrize(("sort", "reverse"), [("largest", True), ("smallest", False)])
def test_orders_can_be_sorted_by_total(shop: Shop, sort: str, reverse: bool, limit: str) -> None:
    totals = [5, 100, 20, 100, 0, 1_000_000_000_000_000, 99]
    some = [stored(at, total=total, status=("placed", "packed")[at % 2]) for at, total in enumerate(totals)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    wanted = sorted(some, key=lambda one: (one["total"], one["orderID"]), reverse=reverse)
    assert found(shop, sort=sort, limit=limit) == ids(wanted)
    packed = [one for one in wanted if one["status"] == "packed"]
    assert found(shop, sort=sort, status="packed", limit=limit) == ids(packed)


def test_orders_can_be_sorted_oldest_first(shop: Shop) -> None:
    some = [stored(at, status=("placed", "packed")[at % 2]) for at in range(6)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    assert found(shop, sort="oldest", limit="2") == ids(some)
    assert found(shop, sort="oldest", status="packed", limit="2") == ids(some[1::2])
    assert found(shop, sort="oldest", customer="ann@example.org", limit="2") == ids(some)


def test_an_edited_or_moved_order_keeps_its_place_by_total(shop: Shop) -> None:
    small = shop.place()
    large = shop.place()
    lines = [{"sku": "MOP-1", "quantity": 1}]
    body = {"customer": large["customer"], "items": lines}
    edit = shop.ask(
        "replace_order",
        "PUT",
        "/orders/{orderID}",
        body,
        headers={"If-Match": '"1"'},
        orderID=large["orderID"],
    )
    assert edit.status == 200
    assert found(shop, sort="largest") == ids([small, large])
    move = shop.ask(
        "move_order", "PATCH", "/orders/{orderID}", {"status": "packed"}, orderID=small["orderID"]
    )
    assert move.status == 200
    assert found(shop, sort="smallest", status="packed") == [small["orderID"]]
    assert found(shop, sort="smallest", status="placed") == [large["orderID"]]


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "best"},
        {"sort": "Newest"},
        {"sort": "largest", "q": "ann"},
        {"sort": "smallest", "customer": "ann@example.org"},
        {"sort": "largest", "from_": "2010-12-01"},
        {"sort": "largest", "to": "2010-12-01"},
    ],
)
def test_a_sort_order_without_an_index_is_400(shop: Shop, query: Any) -> None:
    reply = get(shop, **query)
    assert (reply.status, list(reply.fields)) == (400, ["sort"])


def test_a_cursor_of_another_sort_order_is_400(shop: Shop) -> None:
    store(shop, *(stored(at, total=at) for at in range(5)))
    lists: list[dict[str, str]] = [
        {"sort": "newest"},
        {"sort": "oldest"},
        {"sort": "largest"},
        {"sort": "smallest"},
        {"q": "ann"},
    ]
    cursors = [get(shop, **one, limit="2").json["nextCursor"] for one in lists]
    for mine, one in enumerate(lists):
        statuses = [get(shop, **one, cursor=cursor, limit="2").status for cursor in cursors]
        assert statuses == [200 if at == mine else 400 for at in range(len(lists))]


def test_a_cursor_of_another_search_shows_no_wrong_orders(shop: Shop) -> None:
    some = store(shop, *(stored(at, (ANN, LUKASZ)[at % 2]) for at in range(6)))
    cursor = get(shop, q="ann", limit="1").json["nextCursor"]
    after = get(shop, q="lukasz", cursor=cursor).json["orders"]
    assert {order["orderID"] for order in after} <= set(ids(some[1::2]))


# ---- batches


class _HalfBatchClient:
    """A DynamoDB client that processes only half of a batch, a number of times."""

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
        ((table, wanted),) = RequestItems.items()
        keys = wanted["Keys"]
        self.sizes.append(len(keys))
        kept = len(keys) // 2 if self._processes_half() else len(keys)
        answer: Json = {"Responses": {table: []}}
        if kept:
            answer = self._client.batch_get_item(RequestItems={table: {**wanted, "Keys": keys[:kept]}})
        left = {table: {**wanted, "Keys": keys[kept:]}} if keys[kept:] else {}
        return {**answer, "UnprocessedKeys": left}

    def _processes_half(self) -> bool:
        self._times -= 1
        return self._times >= 0


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tries follow each other without a pause."""
    monkeypatch.setattr(batches, "PAUSES", (0.0,) * len(batches.PAUSES))


def process_half(monkeypatch: pytest.MonkeyPatch, times: int) -> _HalfBatchClient:
    client = _HalfBatchClient(aws.dynamodb(), times)
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    return client


@pytest.mark.usefixtures("no_pauses")
def test_items_that_dynamodb_left_unwritten_are_written_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["anna", "berta", "clara", "dora", "emil", "frida", "gustav", "hanna"]
    one = stored(customer=ANN | {"name": " ".join(words)})
    shop.put("SHOP_ORDERS_TABLE", one)
    client = process_half(monkeypatch, 3)
    shop.follow(change(None, one))
    assert max(client.sizes) == 25
    for word in words:
        assert found(shop, q=word) == [one["orderID"]], word


@pytest.mark.usefixtures("no_pauses")
def test_items_that_dynamodb_left_unread_are_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    some = store(shop, *(stored(at) for at in range(6)))
    process_half(monkeypatch, 3)
    assert found(shop, q="ann") == ids(some)[::-1]


@pytest.mark.usefixtures("no_pauses")
def test_items_left_over_at_every_try_raise_busy_error(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    one = stored()
    shop.put("SHOP_ORDERS_TABLE", one)
    client = aws.dynamodb()
    process_half(monkeypatch, 1000)
    with pytest.raises(batches.BusyError, match="could not be written"):
        shop.follow(change(None, one))
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    shop.follow(change(None, one))
    assert found(shop, q="ann") == [one["orderID"]]
    process_half(monkeypatch, 1000)
    with pytest.raises(batches.BusyError, match="could not be read"):
        get(shop, q="ann")
    monkeypatch.setattr(aws, "dynamodb", lambda: client)


def test_more_than_100_orders_are_read_in_several_calls(shop: Shop) -> None:
    some = [stored(at % 60) for at in range(130)]
    shop.put_all("SHOP_ORDERS_TABLE", some)
    wanted = [*ids(some), str(uuid.uuid4())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_ORDERS_TABLE", shop.names["SHOP_ORDERS_TABLE"])
        assert [order["orderID"] for order in orders.read_many(wanted)] == ids(some)


def test_a_refused_read_raises_instead_of_an_empty_page(shop: Shop, break_aws: Any) -> None:
    store(shop, stored())
    break_aws("dynamodb", batch_get_item=ClientError({"Error": {"Code": "Throttling"}}, "BatchGetItem"))
    with pytest.raises(ClientError):
        get(shop, q="ann")
