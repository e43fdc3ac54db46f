"""The search of orders that are packed into blocks, compared with a search through all orders."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, cast
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches, leases, listing, tables, times
from lambdas.shop import order_blocks, order_journal, order_packer, order_packing, order_search, search
from lambdas.shop.documents import Order
from lambdas.shop.order_journal import Change
from tests.handlers.order_histories import edited, erased, moved, searched, stored, texts_of
from tests.handlers.order_lists import SmallPagesClient, found, get, ids
from tests.handlers.shop import Json, Shop, change, fault

pytestmark = [
    pytest.mark.store,
    pytest.mark.usefixtures("no_pauses", "small_blocks"),
]

ANN, MAE, LUKASZ, GONE = 0, 1, 2, 3  # PEOPLE; only orders that are erased have the last one
_STEP = 3  # calls between two that are interrupted
QUERIES = ("ann", "ann miller", "oneill hotel", "example", "groß")


@pytest.fixture
def small_blocks(packed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each new order counted, and let a search read few blocks first."""
    monkeypatch.setattr(order_search, "_FIRST_BLOCKS", 2)


@pytest.fixture
def terms(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose table of search terms the test itself reads and writes."""
    monkeypatch.setenv("SHOP_TERMS_TABLE", shop.names["SHOP_TERMS_TABLE"])
    shop.mark_written("SHOP_TERMS_TABLE")
    return shop


def expected(left: list[Json], query: str) -> list[str]:
    """Return the IDs of the orders that match, the newest first, by reading all orders."""
    wanted = search.parse_query(query, search.ORDER)
    matching = [one for one in left if search.matches(search.order_words(cast(Order, one)), wanted)]
    return [one["orderID"] for one in sorted(matching, key=lambda one: str(one["listKey"]), reverse=True)]


def assert_exact(shop: Shop, left: list[Json], limit: str = "5", queries: tuple[str, ...] = QUERIES) -> None:
    """Searches find exactly the orders that match, and so do the rows have words of exactly these orders."""
    for query in [*queries, *(one["orderID"][:6] for one in left[:1])]:
        wanted = expected(left, query)
        assert found(shop, q=query, limit=limit) == wanted, query
        assert found(shop, q=query, limit=limit, sort="oldest") == wanted[::-1], query
    assert_rows_exact(shop, left)


def assert_rows_exact(shop: Shop, left: list[Json]) -> None:
    """The journal has the words of all orders, and no row has a word of an erased order."""
    assert searched(shop) == texts_of(left)
    assert not [row for row in shop.all("SHOP_TERMS_TABLE") if "gross" in str(row) or "jürgen" in str(row)]


def order_at(minute: int, person: int = ANN) -> Json:
    return stored(f"2026-11-20T{9 + minute // 60:02}:{minute % 60:02}:00.000Z", person)


def place(shop: Shop, order: Json) -> Json:
    return follow(shop, None, order)


def follow(shop: Shop, before: Json | None, after: Json) -> Json:
    """Store a change of an order and deliver it."""
    shop.put("SHOP_ORDERS_TABLE", after)
    shop.follow(change(before, after))
    return after


def blocks(shop: Shop) -> set[str]:
    return {row["listKey"] for row in shop.all("SHOP_TERMS_TABLE") if row["term"] == order_blocks.KEYS}


def pack_until(order: Json) -> None:
    """Pack the orders up to this one into a block."""
    closing = order_blocks.end_of(order["createdAt"])
    assert order_packer.write(order_packing.read_state(), closing)


def late(shop: Shop) -> list[Json]:
    return [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"] == order_packing.LATE]


def test_a_few_packed_late_erased_and_recent_orders_are_found(terms: Shop) -> None:
    left = [place(terms, order_at(minute)) for minute in range(1, 8)]
    assert len(blocks(terms)) > 1
    left[1] = follow(terms, left[1], edited(left[1], LUKASZ, 5))
    left.append(place(terms, order_at(0)))
    follow(terms, left[2], erased(left[2]))
    assert_exact(terms, [*left[:2], *left[3:]], "2", ("ann miller", "oneill hotel"))


def test_only_the_holder_of_the_lease_writes_blocks(terms: Shop) -> None:
    place(terms, order_at(0))
    closing = order_blocks.end_of(order_at(0)["createdAt"])
    with order_packer._lease(order_packing.read_state(), closing):
        assert not order_packer.write(order_packing.read_state(), closing)
        with pytest.raises(leases.LeaseTakenError):
            order_packer._set_packed("the holder of a lease that has expired", closing)
    assert blocks(terms) == set()


def test_a_block_that_failed_is_completed_with_the_orders_that_came_late(terms: Shop) -> None:
    left, closing = [place(terms, order_at(0))], order_blocks.end_of(order_at(5)["createdAt"])
    with suppress(RuntimeError), order_packer._lease(order_packing.read_state(), closing):
        left.append(place(terms, order_at(1)))
        assert len(late(terms)) == 1
        raise RuntimeError("a call failed")
    assert order_packing.pack_if_due(order_journal.partitions())
    assert order_packing.read_state() == (closing, closing)
    assert late(terms) == []
    assert_exact(terms, left)


def test_an_erasure_cut_off_before_the_words_is_completed_by_a_retry(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its number, the words of the erased order would stay in the block."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    left = [place(terms, order_at(0)), place(terms, order_at(1, GONE))]
    gone = left.pop()
    pack_until(gone)
    with monkeypatch.context() as patch:
        patch.setattr(order_blocks, "write", Mock(side_effect=fault(operation="BatchWriteItem")))
        with pytest.raises(ClientError):
            follow(terms, gone, erased(gone))
    follow(terms, gone, erased(gone))
    assert_exact(terms, left, queries=("ann",))


def test_changes_of_several_blocks_reach_their_own_blocks(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure of an order in the last block also adds the late row of an order in the first."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    left = [place(terms, order_at(0)), place(terms, order_at(1, GONE))]
    for order in left:
        pack_until(order)
    assert len(blocks(terms)) == 2
    gone = left.pop()
    left[0] = follow(terms, left[0], edited(left[0], LUKASZ, 5))
    assert len(late(terms)) == 1
    follow(terms, gone, erased(gone))
    assert late(terms) == []
    assert_exact(terms, left, queries=("ann", "oneill hotel"))


def test_orders_keep_their_numbers_in_a_block_that_was_cut_off(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that were written have these numbers. Without them, an erased order would leave its words."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    left = [place(terms, order_at(minute)) for minute in (0, 2)]
    gone = place(terms, order_at(3, GONE))
    with monkeypatch.context() as patch:
        patch.setattr(order_packer, "_set_packed", Mock(side_effect=fault(operation="UpdateItem")))
        with pytest.raises(ClientError):
            pack_until(gone)
    left.append(order_at(1))
    for order in (left[-1], erased(gone)):
        terms.put("SHOP_ORDERS_TABLE", order)
    terms.follow(change(None, left[-1]), change(gone, erased(gone)))
    assert_exact(terms, left, queries=("ann",))


def test_an_erased_order_leaves_no_late_row_behind_many_others(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    monkeypatch.setattr(order_packer, "_MAX_LATE", 1)
    left = [place(terms, order_at(minute)) for minute in range(2)]
    pack_until(left[-1])
    left, gone = [follow(terms, left[0], edited(left[0], LUKASZ, 5))], left[1]
    gone = follow(terms, gone, edited(gone, GONE, 5))
    assert len(late(terms)) == 2
    follow(terms, gone, erased(gone))
    assert_exact(terms, left, queries=("oneill hotel",))


def test_a_shard_that_one_query_cannot_count_is_packed(terms: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1000)
    for minute in range(9):
        place(terms, order_at(minute))
    assert not order_packing.pack_if_due(order_journal.partitions())
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: SmallPagesClient(client))
    assert order_packing.pack_if_due(order_journal.partitions())
    assert blocks(terms)


@pytest.mark.thorough
def test_packed_orders_are_found_newest_and_oldest_first(terms: Shop) -> None:
    left = [place(terms, order_at(minute, minute % 3)) for minute in range(18)]
    assert len(blocks(terms)) > 3
    for limit in ("1", "4", "100"):
        assert_exact(terms, left, limit, ("ann", "oneill hotel"))
    period = {"from_": left[3]["createdAt"], "to": left[12]["createdAt"]}
    wanted = expected(left[3:13], "ann")
    assert found(terms, q="ann", limit="2", **period) == wanted
    assert found(terms, q="ann", limit="2", sort="oldest", **period) == wanted[::-1]


@pytest.mark.thorough
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_rare_word_is_found_in_more_blocks_than_one_page_reads(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """All blocks have words with the same first letters, so the search reads a row of each."""
    rare = (1, 12, 23)
    left = [
        place(terms, order_at(minute) | ({"notes": "Mint"} if minute in rare else {})) for minute in range(24)
    ]
    assert len(blocks(terms)) > 8
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: SmallPagesClient(client))
    monkeypatch.setattr(listing, "_MAX_READS", 1)
    wanted = expected(left, "mint")
    assert found(terms, q="mint", sort=sort) == (wanted if sort == "newest" else wanted[::-1])


@pytest.mark.thorough
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_orders_packed_between_two_pages_are_found_once(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """The first page ends where the journal was read to, in front of an order that may match."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1000)
    left = [place(terms, order_at(minute)) for minute in range(20)]
    monkeypatch.setattr(order_search, "_MAX_CHUNKS", 1)
    monkeypatch.setattr(listing, "_MAX_READS", 1)
    with monkeypatch.context() as patch:
        client = aws.dynamodb()
        patch.setattr(aws, "dynamodb", lambda: SmallPagesClient(client))
        first = get(terms, q="ann", sort=sort).json
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1)
    while order_packing.pack_if_due(order_journal.partitions()):
        pass
    assert blocks(terms)
    rest = list[str]()
    cursor = first["nextCursor"]
    while cursor:
        page = get(terms, q="ann", sort=sort, cursor=cursor).json
        rest, cursor = [*rest, *ids(page["orders"])], page["nextCursor"]
    wanted = expected(left, "ann")
    assert [*ids(first["orders"]), *rest] == (wanted if sort == "newest" else wanted[::-1])


def test_only_a_word_of_recent_orders_is_looked_up_in_few_blocks_first(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that no recent order has is rare, so all blocks are looked up at once."""
    left = [place(terms, order_at(at) | ({"notes": "Mint"} if at == 1 else {})) for at in range(9)]
    looks, blocks_of = list[int](), order_search._blocks

    def look(wanted: order_search.Search, newest: str, count: int) -> tuple[list[str], str | None]:
        looks.append(count)
        return blocks_of(wanted, newest, count)

    monkeypatch.setattr(order_search, "_blocks", look)
    assert found(terms, q="mint") == [left[1]["orderID"]]
    assert looks == [0]
    assert found(terms, q="ann", limit="50") == expected(left, "ann")
    assert looks[1:] == [2, 0]
    assert found(terms, q="mint", to=left[2]["createdAt"]) == [left[1]["orderID"]]
    assert looks[3] == 2


def test_a_search_that_only_recent_orders_match_ends_with_them(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor would lead to an empty page, because no block has the word."""
    monkeypatch.setattr(order_search, "_FIRST_BLOCKS", 20)
    for minute in range(9):
        place(terms, order_at(minute))
    assert blocks(terms)
    recent = place(terms, order_at(9) | {"notes": "Mint"})
    for sort in ("newest", "oldest"):
        page = get(terms, q="mint", sort=sort).json
        assert (ids(page["orders"]), page["nextCursor"]) == ([recent["orderID"]], None), sort


def test_only_the_lines_with_the_word_of_a_query_are_parsed() -> None:
    """A row may have a thousand lines, and a query may have many words of one row."""
    row = {"entries": "\nan 7\nann 0 2\nanna 1 2\nbob is not parsed\njoanna 3"}
    assert order_blocks.numbers(row, "ann") == {0, 1, 2}
    assert order_blocks.numbers(row, "joan") == {3}
    assert order_blocks.numbers(row, "annab") == order_blocks.numbers(None, "ann") == set()


def test_a_search_reads_few_orders_before_it_reads_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TERMS_TABLE", "terms")
    chunks = [([f"{at:03}" for at in range(30)], "030"), ([f"{at:03}" for at in range(30, 400)], None)]
    monkeypatch.setattr(order_search, "_chunks", lambda *_: iter(chunks))
    reads = list[int]()

    def read(matching: Callable[[str], bool]) -> int:
        def match(keys: list[str]) -> list[tuple[str, str]]:
            reads.append(len(keys))
            return [(key, key) for key in keys if matching(key)]

        reads.clear()
        return len(order_search.read_page(order_search.Search(purpose="", words=[]), 40, "", match, 100)[0])

    assert read(lambda _: True) == 40
    assert reads == [30, 20]
    assert read(lambda key: key in ("003", "399")) == 2
    assert reads == [30, 78, 100, 100, 92]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_search_goes_past_an_order_with_more_rows_than_a_page_reads(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1000)
    left = [place(terms, order_at(minute)) for minute in range(3)]
    for total in range(4):
        left[1] = follow(terms, left[1], edited(left[1], (MAE, ANN)[total % 2], total))
    client = aws.dynamodb()
    monkeypatch.setattr(aws, "dynamodb", lambda: SmallPagesClient(client))
    wanted = expected(left, "ann")
    assert found(terms, q="ann", limit="1", sort=sort) == (wanted if sort == "newest" else wanted[::-1])


@pytest.mark.thorough
def test_an_order_erased_during_a_search_does_not_end_it(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [place(terms, order_at(minute)) for minute in range(18)]
    packed = [order for order in left if order["listKey"] <= order_packing.read_state().packed]
    gone = left.pop(len(packed) - 1)  # in the block that is read first
    keys_of = order_blocks._keys_of

    def erase_first(numbers: set[tuple[str, int]]) -> list[str]:
        follow(terms, gone, erased(gone))
        return keys_of(numbers)

    monkeypatch.setattr(order_blocks, "_keys_of", erase_first)
    monkeypatch.setattr(order_search, "_MAX_ORDERS", 1)
    assert found(terms, q="ann") == expected(left, "ann")


@pytest.mark.thorough
def test_late_changes_are_found_before_and_after_they_are_merged(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [place(terms, order_at(minute)) for minute in range(2, 20)]
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    left[0] = follow(terms, left[0], edited(left[0], LUKASZ, 5))
    left[1] = follow(terms, left[1], moved(left[1], "packed"))
    left.append(place(terms, order_at(1, LUKASZ)))
    assert len(late(terms)) == 2
    assert_exact(terms, left)
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1)
    while order_packing.pack_if_due(order_journal.partitions()):
        pass
    assert late(terms) == []
    assert_exact(terms, left)


@pytest.mark.thorough
@pytest.mark.parametrize("is_merged", [False, True])
def test_labels_are_found_in_blocks_and_in_late_changes(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, is_merged: bool
) -> None:
    bobs = [place(terms, order_at(at) | {"assignee": ("Bob", "bobby")[at % 2]}) for at in range(12)][::2]
    assert len(blocks(terms)) > 2
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    follow(terms, bobs[2], erased(bobs[2]))
    packed = follow(terms, bobs[0], moved(bobs[0], "packed"))
    follow(terms, bobs[1], moved(bobs[1], "placed") | {"assignee": "Eve"})
    assert len(late(terms)) == 2
    if is_merged:
        monkeypatch.setattr(order_packing, "MAX_ROWS", 1)
        while order_packing.pack_if_due(order_journal.partitions()):
            pass
        assert late(terms) == []
    monkeypatch.setattr(order_search, "_MAX_ORDERS", 2)
    left = ids([packed, *bobs[3:]])
    for limit in ("1", "5"):
        assert found(terms, label="BOB", limit=limit) == left[::-1]
        assert found(terms, label="bob", limit=limit, sort="oldest") == left
        assert found(terms, label="bob", limit=limit, status="placed") == left[:0:-1]
        assert found(terms, label="bob", limit=limit, status="packed") == left[:1]


@pytest.mark.thorough
def test_an_erased_order_leaves_its_block_and_its_late_row(
    terms: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [place(terms, order_at(minute)) for minute in range(18)]
    monkeypatch.setattr(order_packing, "MAX_ROWS", 50)
    gone = [follow(terms, left[at], edited(left[at], GONE, 5)) for at in (0, 1)]
    assert found(terms, q="groß") == [gone[1]["orderID"], gone[0]["orderID"]]
    for order in gone:
        follow(terms, order, erased(order))
    assert_exact(terms, left[2:])
    shown = [row for row in terms.all("SHOP_TERMS_TABLE") if not row["term"].startswith("journal#")]
    assert gone[0]["orderID"] not in str(shown)


@pytest.mark.thorough
def test_a_block_is_not_larger_than_its_rows_may_be(terms: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_packer, "_MAX_ROW_BYTES", 40)
    left = [place(terms, order_at(minute, minute % 2)) for minute in range(18)]
    assert len(blocks(terms)) > 6
    assert_exact(terms, left, queries=("ann", "example"))


@pytest.mark.thorough
def test_orders_whose_words_do_not_fit_match_each_query(terms: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search reads such orders, so it stays exact."""
    monkeypatch.setattr(order_journal, "MAX_TEXT_BYTES", 130)
    large = [place(terms, order_at(minute, minute % 3)) for minute in range(9)]
    monkeypatch.setattr(order_packer, "_FULL_ROW_BYTES", 30)
    full = [place(terms, order_at(minute, minute % 3)) for minute in range(9, 18)]
    left = [*large, *full]
    left[2] = follow(terms, left[2], edited(left[2], ANN, 5))
    rows = [
        row for row in terms.all("SHOP_TERMS_TABLE") if row["term"] == order_blocks.term(order_blocks.ANY)
    ]
    assert rows
    for query in QUERIES:
        assert found(terms, q=query, limit="4") == expected(left, query)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(4))
def test_a_search_is_exact_after_any_history_of_orders(terms: Shop, seed: int) -> None:
    """Orders are placed, edited, moved and erased in a mixed sequence, and some changes arrive twice."""
    chance = random.Random(seed)
    left: dict[str, Json] = {}
    records: list[Json] = []
    for _ in range(40):
        before, after = _step(chance, list(left.values()))
        terms.put("SHOP_ORDERS_TABLE", after)
        left.pop(after["orderID"], None)
        if "erasedAt" not in after:
            left[after["orderID"]] = after
        records.append(change(before, after))
        if chance.random() < 0.5:
            for _ in range(chance.choice([1, 1, 2])):
                terms.follow(*records)
            records = []
    terms.follow(*records)
    assert_exact(terms, list(left.values()), queries=("ann", "oneill hotel", "groß"))


def _step(chance: random.Random, left: list[Json]) -> tuple[Json | None, Json]:
    """Return an order before and after a random change. The last person has only orders that are erased."""
    doomed = [order for order in left if order["customer"]["name"].startswith("J")]
    if doomed and chance.random() < 0.5:
        return doomed[0], erased(doomed[0])
    if not left or chance.random() < 0.6:
        return None, order_at(chance.randrange(200), chance.randrange(3))
    order = chance.choice(left)
    if chance.random() < 0.3:
        return order, moved(order, "packed")
    if chance.random() < 0.2:
        return order, edited(order, GONE, 5)
    return order, edited(order, chance.randrange(3), 5) if order not in doomed else erased(order)


def _prepared(shop: Shop) -> list[Json]:
    """Store orders, of which some are packed and the next new one begins another block."""
    orders = [order_at(minute, GONE if minute in (1, 7) else ANN) for minute in range(9)]
    shop.put_all("SHOP_ORDERS_TABLE", orders)
    shop.put_all("SHOP_TERMS_TABLE", [order_journal.row(_step_of(None, order)) for order in orders])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order_packing, "MAX_ROWS", 0)
        patch.setattr(order_packer, "_MAX_ORDERS", 4)
        order_packing.pack_if_due(order_journal.partitions())
    assert len(blocks(shop)) == 2  # rows with keys of four orders
    return orders


def _prepared_again(shop: Shop) -> Iterator[list[Json]]:
    """Yield the orders of `_prepared` as often as wanted, with the same rows each time."""
    orders = _prepared(shop)
    rows = shop.all("SHOP_TERMS_TABLE")
    while True:
        yield orders
        shop.clear()
        shop.put_all("SHOP_ORDERS_TABLE", orders)
        shop.put_all("SHOP_TERMS_TABLE", rows)


@pytest.fixture
def packing_is_due(small_blocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each new order begin a block, in whichever shard it is."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 0)


def _changes(orders: list[Json]) -> dict[str, tuple[Json | None, Json]]:
    """Return changes of packed orders, of orders that are about to be packed, and of new ones."""
    return {
        "a packed order is edited": (orders[0], edited(orders[0], LUKASZ, 5)),
        "an order that is about to be packed is edited": (orders[5], edited(orders[5], LUKASZ, 5)),
        "a packed order is erased": (orders[1], erased(orders[1])),
        "an order that is about to be packed is erased": (orders[7], erased(orders[7])),
        "a late order is placed between packed ones": (None, order_at(2, LUKASZ)),
        "a late order is placed between others": (None, order_at(6, LUKASZ)),
        "others pack": (None, order_at(20)),
    }


def _left(orders: list[Json], *changed: Json) -> list[Json]:
    """Return the orders that are left after changes, without those of the last person."""
    by_id = {order["orderID"]: order for order in [*orders, *changed]}
    return [order for order in by_id.values() if "erasedAt" not in order]


def _step_of(before: Json | None, after: Json) -> Change:
    return Change(cast(Order, before), None if "erasedAt" in after else cast(Order, after))


def _follow_in_search(*steps: Change) -> None:
    """Do what update_views does with changes, without customers and figures, which other tests interrupt."""
    for step in steps:
        with suppress(tables.ConditionFailedError):  # delivered again
            tables.transact([order_journal.write_of(step)])
    order_packing.follow(steps)


def _assert_found(shop: Shop, left: list[Json]) -> None:
    """Check the rows and one search in each direction, in half the calls of `assert_exact`."""
    assert found(shop, q="ann", limit="100") == expected(left, "ann")
    assert found(shop, q="oneill hotel", limit="100", sort="oldest") == expected(left, "oneill hotel")[::-1]
    assert_rows_exact(shop, left)


def _deliver(*steps: Change) -> bool:
    """Deliver changes; return whether they were processed, and need not be delivered again."""
    try:
        _follow_in_search(*steps)
    except batches.BusyError:
        return False
    return True


@contextmanager
def _interrupted(
    monkeypatch: pytest.MonkeyPatch, at: int, interruption: Callable[[], None]
) -> Iterator[None]:
    """Call a function before call number `at` of DynamoDB."""
    client, made = aws.dynamodb(), count()

    class Interrupted:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            if next(made) == at:
                with monkeypatch.context() as patch:
                    patch.setattr(aws, "dynamodb", lambda: client)
                    interruption()
            return getattr(client, name)(**request)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Interrupted())
        yield


@pytest.mark.thorough
@pytest.mark.usefixtures("packing_is_due")
@pytest.mark.parametrize("case", sorted(_changes([order_at(0)] * 9)))
def test_a_change_between_two_steps_of_the_packer_is_found(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """The change comes just before each third call of the packer, in each case before others."""
    first = sorted(_changes([order_at(0)] * 9)).index(case) % _STEP
    for at, orders in zip(count(first, _STEP), _prepared_again(terms), strict=False):
        (before, after), (_, new) = _changes(orders)[case], _changes(orders)["others pack"]
        if after["orderID"] == new["orderID"]:
            after = order_at(21)
        for state in (after, new):
            terms.put("SHOP_ORDERS_TABLE", state)
        late, packing = _step_of(before, after), _step_of(None, new)
        done = list[bool]()

        def interruption(late: Change = late, done: list[bool] = done) -> None:
            done.append(_deliver(late))

        with _interrupted(monkeypatch, at, interruption):
            assert _deliver(packing) or done
        _follow_in_search(packing)
        if not all(done) or not done:
            _follow_in_search(late)
        _erase_the_last_person(terms, orders, after)
        left = [one for one in _left(orders, after, new) if one["customer"]["name"][0] != "J"]
        _assert_found(terms, left)
        if not done:
            break


def _erase_the_last_person(shop: Shop, orders: list[Json], *changed: Json) -> None:
    gone = [order for order in _left(orders, *changed) if order["customer"]["name"].startswith("J")]
    for order in gone:
        shop.put("SHOP_ORDERS_TABLE", erased(order))
    _follow_in_search(*(_step_of(order, erased(order)) for order in gone))


@pytest.mark.thorough
@pytest.mark.usefixtures("packing_is_due")
@pytest.mark.parametrize("kind", ["error", "killed"])
def test_a_packer_cut_off_at_a_call_is_completed_by_a_retry(
    terms: Shop, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """After an error the invocation releases the lease. Without time for that, the lease ends by itself."""
    first = 0 if kind == "error" else 1
    for at, orders in zip(count(first, _STEP), _prepared_again(terms), strict=False):
        cases = _changes(orders)
        steps = [cases[case] for case in sorted(cases) if "late" not in case]
        for _, after in steps:
            terms.put("SHOP_ORDERS_TABLE", after)
        changes = [_step_of(*step) for step in steps]
        happened = _cut_off(monkeypatch, at, changes, kind)
        if not _deliver(*changes):  # the release of the lease failed
            with monkeypatch.context() as later:
                later.setattr(times, "now_ms", lambda: time.time_ns() // 1_000_000 + 100_000)
                _follow_in_search(*changes)
        _assert_found(terms, _left(orders, *(after for _, after in steps)))
        if not happened:
            break


def _cut_off(monkeypatch: pytest.MonkeyPatch, at: int, changes: list[Change], kind: str) -> bool:
    """Deliver changes and let call number `at` fail, or each call from then on; return whether one failed."""
    client, made, failed = aws.dynamodb(), count(), list[str]()

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            number = next(made)
            if number == at or (kind == "killed" and number > at):
                failed.append(name)
                raise fault(operation=name)
            return getattr(client, name)(**request)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Failing())
        patch.setattr(order_packer, "_LEASE_MS", -1 if kind == "killed" else 90_000)
        with suppress(*aws.AWS_ERRORS):
            _follow_in_search(*changes)
    return bool(failed)


@pytest.mark.thorough
def test_an_erasure_waits_for_the_lease_and_is_delivered_again(terms: Shop) -> None:
    orders = _prepared(terms)
    state = order_packing.read_state()
    terms.put("SHOP_ORDERS_TABLE", erased(orders[1]))
    erasure = _step_of(orders[1], erased(orders[1]))
    with order_packer._lease(state, state.closing):
        assert not order_packer.write(state, state.closing)
        with pytest.raises(batches.BusyError, match="written by others"):
            _follow_in_search(erasure)
    _follow_in_search(erasure)
    _erase_the_last_person(terms, orders, erased(orders[1]))
    assert_exact(terms, [order for order in orders if order["customer"]["name"][0] != "J"], queries=("groß",))
