"""The search of the list of orders, also with search terms that are outdated."""

from typing import Any

import pytest

from lambdas.platform import aws, listing
from lambdas.shop import search
from tests.handlers.order_lists import ANN, LUKASZ, SmallPagesClient, found, get, ids, store, stored
from tests.handlers.shop import Json, Shop
from tests.handlers.test_search_words import WRITINGS

pytestmark = pytest.mark.store


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
    assert [name for name, _ in calls.made] == ["get_item"] + ["query"] * 4 + ["batch_get_item"]
    assert sum(answer["Count"] for name, answer in calls.made if name == "query") == 8


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


@pytest.mark.thorough
def test_a_search_continues_after_an_empty_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may be empty although more orders follow, because other words filter the rows that were read."""
    last, *_ = store(shop, stored(0, ANN | {"name": "Annabel"}), *(stored(1 + at % 59) for at in range(60)))
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: SmallPagesClient(client))
    monkeypatch.setattr(listing, "_MAX_READS", 1)
    first = get(shop, q="example annab").json
    assert first["orders"] == []
    assert first["nextCursor"]
    assert found(shop, q="example annab") == [last["orderID"]]
    assert len(found(shop, q="ann exa", limit="10")) == 61


@pytest.mark.parametrize("name", ["O'Brien", "J Smith", "Smith-Jones", "A.B.C. Ltd", "山田 太郎"])
def test_orders_and_customers_are_found_in_each_writing(shop: Shop, name: str) -> None:
    order, _ = store(shop, stored(customer={"name": name, "email": "x@y.example"}), stored(customer=ANN))
    for query in WRITINGS[name]:
        assert found(shop, q=query) == [order["orderID"]], query
        listed = shop.ask("list_customers", "GET", "/customers", query={"q": query}).json
        assert [one["name"] for one in listed["customers"]] == [name], query


def test_the_worst_query_is_one_that_dynamodb_accepts(shop: Shop) -> None:
    """DynamoDB takes an expression of 4,096 bytes and 300 operators."""
    for query in (
        "ab-" + "-".join(map(chr, range(0x430, 0x450))),
        " ".join(f"{at}-b" for at in range(10, 30)),
    ):
        assert get(shop, q=query[:100]).status == 200
        condition, values = search.condition(search.parse_query(query[:100], search.ORDER))
        assert len(condition) < 4000
        assert len(values) < 200


def test_a_name_of_many_words_has_a_limited_number_of_rows(shop: Shop) -> None:
    wordy = ANN | {"name": " ".join(f"w{at:03}word" for at in range(60))}
    store(shop, stored(customer=wordy))
    assert found(shop, q="ann@example.org w000")
