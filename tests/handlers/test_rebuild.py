"""The rebuild: all that is derived from orders is right afterwards, whatever was wrong or came in."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, tables, times
from lambdas.shop import (
    order_blocks,
    order_journal,
    order_packer,
    order_packing,
    order_table,
    product_pack,
    product_sales,
    rebuild,
    rebuild_blocks,
    sales_folding,
)
from lambdas.shop.documents import Order, Product
from lambdas.shop.rebuild_ledger import Fingerprints
from lambdas.shop.rebuild_report import Report
from tests.handlers.order_histories import assert_views_match, put, without_erased
from tests.handlers.order_lists import found
from tests.handlers.product_sales import assert_folded, items, sold
from tests.handlers.shop import Json, Shop, change, fault, with_keys

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses", "small_steps")]

TABLES = ("SHOP_TALLIES_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_SALES_TABLE", "SHOP_TERMS_TABLE")
WRITES = (
    "batch_execute_statement",
    "batch_write_item",
    "put_item",
    "transact_write_items",
    "update_item",
)
HISTORY = {"term": "product-history#MOP-1", "listKey": "2010-12-01T08:00:00.000Z#000000001", "event": "added"}
ANN, MAE, LUKASZ = (
    {"name": name, "email": f"{name.lower()}@shop.example"} for name in ("Ann", "Mae", "Lukasz")
)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have steps of two orders, and blocks of few orders."""
    monkeypatch.setattr(rebuild, "PAGE", 2)
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1)
    monkeypatch.setattr(order_packing, "_SAMPLE", 1)
    monkeypatch.setattr(order_packing, "_PAUSES", (0,) * 2)
    monkeypatch.setattr(order_blocks, "_CHUNK", 2)


class Trade:
    """A shop with orders whose changes are stored at once, and followed when a test says so."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.orders: dict[str, Json] = {}
        self.records: list[tuple[str, Json]] = []  # those not followed yet, in the sequence of the changes
        self.all: list[tuple[str, Json]] = []

    def new(self, name: str, customer: Json = ANN, hour: int = 9, **changes: Any) -> None:
        order = sold(("MOP-1", 2, 20), ("SOAP-5L", 1, 5), at=f"2026-11-20T{hour:02}:07:00.000Z")
        self._store(name, None, with_keys(order | {"customer": customer} | changes))

    def change(self, name: str, **changes: Any) -> None:
        before = self.orders[name]
        same = {name: value for name, value in before.items() if name != "customerEmail"}
        after = same | changes | {"version": before["version"] + 1, "updatedAt": times.now()}
        self._store(name, before, with_keys(after))

    def erase(self, name: str) -> None:
        before = self.orders[name]
        last = order_table.change_name(cast(Order, before), before["version"] + 1)
        tombstone = {"orderID": before["orderID"], "erasedAt": times.now(), "lastChange": last}
        self._store(name, before, tombstone)

    def _store(self, name: str, before: Json | None, after: Json) -> None:
        put(self.shop, after)
        self.orders[name] = after
        self.records.append((name, change(before, after)))
        self.all.append(self.records[-1])

    def follow(self) -> None:
        """Have all changes followed that were not yet."""
        self.shop.follow(*(record for _, record in self.records))
        self.records = []

    def deliver(self, chance: random.Random) -> None:
        """Deliver the changes that wait, those of an order in sequence, in batches of which some repeat."""
        waiting: dict[str, list[Json]] = {}
        for name, record in self.records:
            waiting.setdefault(name, []).append(record)
        mixed = []
        while waiting:
            name = chance.choice(sorted(waiting))
            mixed.append(waiting[name].pop(0))
            waiting = {name: left for name, left in waiting.items() if left}
        while mixed:
            size = chance.randint(1, 4)
            for _ in range(chance.choice([1, 2])):
                self.shop.follow(*mixed[:size])
            mixed = mixed[size:]
        self.records = []

    def assert_right(self) -> None:
        """Check everything against an independent computation from the orders."""
        self.shop.follow()  # an invocation folds what is left
        left = without_erased(*self.orders.values())
        assert_views_match(self.shop, left)
        assert_folded(self.shop, left)
        rows = self.shop.all("SHOP_TERMS_TABLE")
        ledger = {(row["term"], row["listKey"]) for row in rows if row["term"].startswith("sold#")}
        sales = [order for order in left if order["status"] not in ("rejected", "cancelled")]
        assert ledger == {
            (f"sold#{line['sku']}", order["listKey"]) for order in sales for line in order["items"]
        }
        for person in (ANN, MAE, LUKASZ):
            mine = [order for order in left if order["customer"]["email"] == person["email"]]
            mine.sort(key=lambda order: str(order["listKey"]), reverse=True)
            assert found(self.shop, q=person["name"]) == [order["orderID"] for order in mine]
        products = self.shop.all("SHOP_PRODUCTS_TABLE")
        assert self.shop.packed() == product_pack.lines_of(cast(list[Product], products))
        assert not [row for row in rows if row["term"].startswith("product#")], "rows of earlier releases"


def _sorted(rows: Any) -> list[Json]:
    # By the names of the fields, because a table may return them in any order.
    return sorted(rows, key=lambda row: sorted((name, str(value)) for name, value in row.items()))


@pytest.fixture
def trade(shop: Shop) -> Trade:
    """A shop with orders in blocks and in the journal, of which some have late changes."""
    return begun(shop)


def begun(shop: Shop) -> Trade:
    shop.stock()
    made = Trade(shop)
    for at in range(8):
        made.new(f"old{at}", (ANN, MAE, LUKASZ)[at % 3], hour=at)
    made.follow()
    made.change("old0", status="packed")
    made.change("old1", customer=LUKASZ)
    made.change("old2", items=items(("MOP-1", 7, 70)), total=70)
    made.change("old3", status="cancelled")
    made.erase("old4")
    made.follow()
    shop.put("SHOP_TERMS_TABLE", HISTORY)
    return made


def run(is_check: bool = False) -> Report:
    report = Report(is_check=is_check)
    for _ in rebuild.steps(report):
        pass
    return report


def test_nothing_is_written_where_nothing_is_wrong(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(row["term"] == order_blocks.KEYS for row in trade.shop.all("SHOP_TERMS_TABLE"))
    assert run().wrong.total() == 0  # packs what is due
    before = {table: _sorted(trade.shop.all(table)) for table in TABLES}
    for is_check in (True, False):
        report = run(is_check)
        assert (report.orders, report.wrong.total(), report.waiting) == (7, 0, set())
    assert {table: _sorted(trade.shop.all(table)) for table in TABLES} == before
    trade.assert_right()


def test_rows_of_an_earlier_release_count_in_the_figures(trade: Trade) -> None:
    """It had a row for each status."""
    shop = trade.shop
    earlier = {"tally": "status#1", "slot": "placed", "orders": 3}
    shop.put("SHOP_TALLIES_TABLE", earlier)
    assert +run().wrong == Counter(figures=1)
    counts = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    left = without_erased(*trade.orders.values())
    assert {status: number for status, number in counts.items() if number} == Counter(
        order["status"] for order in left
    )
    assert earlier in shop.all("SHOP_TALLIES_TABLE")
    assert run().wrong.total() == 0


# ---- orders that come in meanwhile


def at_work(trade: Trade) -> None:
    """Change orders in all ways."""
    trade.change("old5", status="packed")
    trade.change("old5", status="shipped")
    trade.change("old6", customer=MAE)
    trade.change("old7", items=items(("SOAP-5L", 3, 3)), total=3)
    trade.erase("old0")
    trade.new("new1", MAE, hour=11)
    trade.change("new1", status="cancelled")
    trade.new("new2", ANN, hour=12)
    trade.erase("new2")
    trade.new("new3", LUKASZ, hour=13)
    trade.change("new3", customer=ANN, notes="ring twice")


@pytest.mark.thorough
def test_orders_that_change_at_any_step_count_once(shop: Shop) -> None:
    for at in count():
        trade = begun(shop)
        if not _rebuild_with_changes(trade, at):
            assert at > 15
            return
        shop.clear()


def _rebuild_with_changes(trade: Trade, at: int) -> bool:
    """Rebuild, with changes of orders after the step of this number; return whether it came so far."""
    trade.change("old2", customer=ANN)
    trade.erase("old1")
    trade.new("waiting", MAE, hour=10)
    trade.change("waiting", status="packed")
    done = False
    for step, _ in enumerate(rebuild.steps(Report())):
        if step == at:
            at_work(trade)
            done = True
    chance = random.Random(at)
    trade.deliver(chance)
    trade.assert_right()
    if at % 4 == 0:  # what follows does not depend on the step, and takes a third of the time
        trade.records = list(trade.all)  # as after a restored position of the stream
        trade.shop.follow(*(record for _, record in trade.records[-12:]))
        trade.assert_right()
        assert run().wrong.total() == 0
    return done


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2))
def test_a_rebuild_after_each_few_changes_stays_exact(shop: Shop, seed: int) -> None:
    """Some changes are followed before, some are delivered afterwards, and each step has new ones."""
    chance = random.Random(seed)
    shop.stock()
    trade = Trade(shop)
    names = (f"order{at}" for at in count())
    for _ in range(3):
        for _ in rebuild.steps(Report()):
            for _ in range(chance.choice([0, 0, 1, 2])):
                _any_change(trade, chance, names)
        trade.deliver(chance)
        _any_change(trade, chance, names)
    trade.deliver(chance)
    trade.assert_right()


def _any_change(trade: Trade, chance: random.Random, names: Iterator[str]) -> None:
    living = [name for name, order in trade.orders.items() if "erasedAt" not in order]
    kind = chance.choice(["new", "new", "edit", "status", "customer", "erase"])
    name = chance.choice(living) if living else ""
    if kind == "new" or not name:
        trade.new(next(names), chance.choice([ANN, MAE, LUKASZ]), hour=chance.randrange(24))
    elif kind == "edit":
        total = chance.randint(1, 99)
        trade.change(name, items=items((chance.choice("AB"), 1, total)), total=total)
    elif kind == "status":
        trade.change(name, status=chance.choice(["placed", "packed", "cancelled"]))
    elif kind == "customer":
        trade.change(name, customer=chance.choice([ANN, MAE, LUKASZ]))
    else:
        trade.erase(name)


# ---- whatever was wrong


def _wrong_tallies(shop: Shop) -> None:
    for row in shop.all("SHOP_TALLIES_TABLE"):
        if row["tally"].startswith("quarter#"):
            shop.put("SHOP_TALLIES_TABLE", row | {"orders": 9, "revenue": -7})
    shop.put("SHOP_TALLIES_TABLE", {"tally": "status#2", "slot": "all", "placed": 4, "packed": -2})
    extra = {"tally": "quarter#GBP#3", "slot": "2020-01-01T00:00:00.000Z", "orders": 1}
    shop.put("SHOP_TALLIES_TABLE", extra)


def _wrong_sales(shop: Shop) -> None:
    nines = {"units": 9, "revenue": 9, "orders": 9}
    shop.put("SHOP_SALES_TABLE", product_sales.row("MOP-1", "GBP#all", nines, 99))
    shop.put("SHOP_SALES_TABLE", product_sales.row("EXTRA", "GBP#2026-11", nines, 1))
    (row,) = (
        one
        for one in shop.all("SHOP_SALES_TABLE")
        if (one["product"], one["period"]) == ("SOAP-5L", "GBP#all")
    )
    shop.put("SHOP_SALES_TABLE", row | {"unitsRank": "0#SOAP-5L"})


def _unfinished_fold(shop: Shop) -> None:
    shop.put("SHOP_TALLIES_TABLE", {**sales_folding.STATE_KEY, "version": 5, "deltas": ["gone"]})


_SLOT = "2026-11-20T00:00:00.000Z#x#000000001"


def _bad_delta(shop: Shop) -> None:
    key = {"tally": f"sales-delta#{tables.shard(_SLOT)}", "slot": _SLOT}
    shop.put("SHOP_TALLIES_TABLE", key | {"content": "{"})


def _bad_delta_in_a_fold(shop: Shop) -> None:
    _bad_delta(shop)
    shop.put("SHOP_TALLIES_TABLE", {**sales_folding.STATE_KEY, "version": 5, "deltas": [_SLOT]})


def _wrong_customers(shop: Shop) -> None:
    rows = {row["email"]: row for row in shop.all("SHOP_CUSTOMERS_TABLE")}
    ann = rows["ann@shop.example"]
    shop.put("SHOP_CUSTOMERS_TABLE", ann | {"orders": 40, "total:GBP": 1, "total:EUR": 5})
    shop.put("SHOP_CUSTOMERS_TABLE", rows["lukasz@shop.example"] | {"name": "Lucas"})
    next_change = order_table.change_name(cast(Order, _newest(shop)), 2)  # not made yet
    shop.put("SHOP_CUSTOMERS_TABLE", rows["mae@shop.example"] | {"counted": [next_change]})
    shop.put("SHOP_CUSTOMERS_TABLE", ann | {"email": "nobody@shop.example"})
    shop.put("SHOP_CUSTOMERS_TABLE", {"email": "empty@shop.example", "orders": 0, "version": 1})


def _newest(shop: Shop) -> Json:
    orders = [one for one in shop.orders().values() if "erasedAt" not in one]
    return max(orders, key=lambda one: str(one["listKey"]))


def _terms(shop: Shop, beginning: str) -> list[Json]:
    return [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith(beginning)]


def _delete_terms(rows: list[Json]) -> None:
    for row in rows:
        key = tables.attributes({"term": row["term"], "listKey": row["listKey"]})
        aws.dynamodb().delete_item(TableName=_TERMS[0], Key=key)


_TERMS = [""]


def _wrong_words(shop: Shop) -> None:
    rows = _terms(shop, "journal#")
    for row in rows[::2]:
        if "words" in row:
            shop.put("SHOP_TERMS_TABLE", row | {"words": " nothing"})
    orphan = {"listKey": "2026-11-20T03:00:00.000Z#gone#000000001", "words": " ann gone"}
    shop.put("SHOP_TERMS_TABLE", orphan | {"term": "journal#0"})
    _delete_terms([row for row in rows if row not in rows[::2]][:2])


def _wrong_marks(shop: Shop) -> None:
    """The table of orders was restored: the journal has changes that the orders have lost."""
    for order in shop.orders().values():
        if "erasedAt" not in order:
            later = order_table.change_name(cast(Order, order), order["version"] + 1)
            row = {"term": order_journal.partition(cast(Order, order)), "listKey": later}
            shop.put("SHOP_TERMS_TABLE", row | {"isErased": True})
            shop.put("SHOP_TERMS_TABLE", row | {"listKey": later[:-1] + "9", "words": " later"})
            if order["version"] > 1:
                now = order_table.change_name(cast(Order, order))
                shop.put("SHOP_TERMS_TABLE", row | {"listKey": now, "isErased": True})


def _wrong_blocks(shop: Shop) -> None:
    rows = _terms(shop, "order#")
    for row in rows[:4]:
        shop.put("SHOP_TERMS_TABLE", row | {"entries": "\nann 1 7"})
    _delete_terms(rows[4:9])
    shop.put("SHOP_TERMS_TABLE", rows[0] | {"term": "order#zz"})
    keys = _terms(shop, order_blocks.KEYS)
    shop.put("SHOP_TERMS_TABLE", keys[0] | {"keys": "2026-01-01T00:00:00.000Z#nobody"})
    twice = next(key for key in keys[-1]["keys"].split() if key != "-")
    shop.put("SHOP_TERMS_TABLE", keys[-1] | {"keys": f"{twice} {twice}"})


def _lost_blocks(shop: Shop) -> None:
    _delete_terms(_terms(shop, order_blocks.KEYS))


def _lost_state(shop: Shop) -> None:
    _delete_terms(_terms(shop, "search"))
    shop.put(
        "SHOP_TERMS_TABLE", {"term": "late", "listKey": "2026-01-01T00:00:00.000Z#nobody#1", "words": " x"}
    )


def _unfinished_block(shop: Shop) -> None:
    """A packer was cut off before it wrote its block, and still has the lease."""
    (state,) = _terms(shop, "search")
    closing = order_blocks.end_of(_newest(shop)["createdAt"])
    shop.put("SHOP_TERMS_TABLE", state | {"closing": closing, "owner": "x", "until": times.now_ms() + 90_000})


def _wrong_ledger(shop: Shop) -> None:
    _delete_terms(_terms(shop, "sold#MOP-1")[:2])
    shop.put("SHOP_TERMS_TABLE", {"term": "sold#MOP-1", "listKey": "2026-01-01T00:00:00.000Z#nobody"})
    shop.put("SHOP_TERMS_TABLE", {"term": "sold#GONE", "listKey": _newest(shop)["listKey"]})


def _wrong_pack(shop: Shop) -> None:
    """One part has a wrong line and one that nobody needs, one lacks a line, and one has another version."""
    wrong, lacking, other, *_ = (_part(shop, sku) for sku in ("MOP-1", "SOAP-5L", "OLD-1"))
    lines = [*product_pack.unpack(wrong["lines"]), "gone #GONE\tMops\t1\tgone\tmops"]
    _put_lines(shop, wrong, {product_pack.sku_of(line): line.replace("mop", "pail") for line in lines})
    _put_lines(shop, lacking, {})
    shop.put("SHOP_TERMS_TABLE", other | {"version": "other"})
    # A row of the prefixes that earlier releases had.
    shop.put("SHOP_TERMS_TABLE", {"term": "product#mo#1", "listKey": "flat mop #MOP-1", "identity": "MOP-1"})


def _part(shop: Shop, sku: str) -> Json:
    (row,) = _terms(shop, f"catalog#{product_pack.part_of(sku)}")
    return row


def _put_lines(shop: Shop, part: Json, lines: product_pack.Lines) -> None:
    shop.put("SHOP_TERMS_TABLE", part | {"lines": product_pack.fit("", lines)[1]})


def _emptied(table: str) -> Callable[[Shop], None]:
    return lambda shop: shop._empty(table)


WRECKS: dict[str, tuple[Callable[[Shop], None], set[str]]] = {
    "wrong tallies": (_wrong_tallies, {"figures"}),
    # The rows of sales have a later fold than the table knows.
    "lost tallies": (_emptied("SHOP_TALLIES_TABLE"), {"figures", "sales"}),
    "wrong sales": (_wrong_sales, {"sales"}),
    "lost sales": (_emptied("SHOP_SALES_TABLE"), {"sales"}),
    "an unfinished fold": (_unfinished_fold, set()),
    "a bad delta": (_bad_delta, set()),
    "a bad delta in a fold": (_bad_delta_in_a_fold, set()),
    "wrong customers": (_wrong_customers, {"customers"}),
    "lost customers": (_emptied("SHOP_CUSTOMERS_TABLE"), {"customers"}),
    "wrong words": (_wrong_words, {"search"}),
    "rows of a lost time": (_wrong_marks, {"search"}),
    "wrong blocks": (_wrong_blocks, {"search"}),
    "lost blocks": (_lost_blocks, {"search"}),
    "a lost state": (_lost_state, {"search"}),
    "an unfinished block": (_unfinished_block, set()),
    "a wrong ledger": (_wrong_ledger, {"ledger"}),
    "a wrong pack": (_wrong_pack, {"search"}),
    # Without marks, no order looks counted, so only the pack of the catalog is wrong.
    "lost terms": (_emptied("SHOP_TERMS_TABLE"), {"search"}),
}


def wreck(trade: Trade, kind: str) -> None:
    _TERMS[0] = trade.shop.names["SHOP_TERMS_TABLE"]
    WRECKS[kind][0](trade.shop)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", WRECKS)
def test_whatever_was_wrong_is_right_again_and_named(trade: Trade, kind: str) -> None:
    wreck(trade, kind)
    before = {table: _sorted(trade.shop.all(table)) for table in TABLES}
    expected = WRECKS[kind][1]
    if kind != "an unfinished block":
        assert {part for part, rows in run(is_check=True).wrong.items() if rows} == expected
    assert {table: _sorted(trade.shop.all(table)) for table in TABLES} == before
    assert {part for part, rows in run().wrong.items() if rows} == expected
    trade.assert_right()
    trade.shop.follow(*(record for _, record in trade.all[-6:]))  # delivered again
    trade.assert_right()
    trade.change("old7", status="cancelled")
    trade.new("later", MAE, hour=22)
    trade.follow()
    trade.assert_right()
    assert run().wrong.total() == 0
    assert _terms(trade.shop, "order#zz") == []
    keys = [key for row in _terms(trade.shop, order_blocks.KEYS) for key in row["keys"].split() if key != "-"]
    assert len(keys) == len(set(keys)), "no order is twice in the blocks"
    if kind != "lost terms":
        assert HISTORY in trade.shop.all("SHOP_TERMS_TABLE")


def test_a_block_with_far_too_many_orders_is_packed_anew(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys of the blocks between it and the first are lost."""
    _TERMS[0] = trade.shop.names["SHOP_TERMS_TABLE"]
    run()
    ends = sorted({row["listKey"].rpartition("~")[0] for row in _terms(trade.shop, order_blocks.KEYS)})
    keys = _terms(trade.shop, order_blocks.KEYS)
    _delete_terms([row for row in keys if row["listKey"].rpartition("~")[0] in ends[1:-1]])
    monkeypatch.setattr(rebuild_blocks, "MAX_ORDERS", 2)
    monkeypatch.setattr(order_packer, "_MAX_ORDERS", 2)
    report = run()
    assert report.wrong["search"]
    blocks = Counter(row["listKey"].rpartition("~")[0] for row in _terms(trade.shop, order_blocks.KEYS))
    assert len(blocks) > 1
    assert set(blocks.values()) == {1}, "each has one row of keys, which has two orders"
    assert {row["listKey"] for row in _terms(trade.shop, "order#")} <= blocks.keys()
    trade.assert_right()


def test_an_anonymised_order_has_no_words_of_before(trade: Trade) -> None:
    """The change that took the customer off the order was lost."""
    order_id = trade.orders["old5"]["orderID"]
    assert order_id in found(trade.shop, q="lukasz")
    trade.change("old5", customer={"name": "Erased customer"}, anonymisedAt=times.now())
    run()
    rows = [row for row in trade.shop.all("SHOP_TERMS_TABLE") if order_id in row["listKey"]]
    assert ["erased" in row["words"] for row in rows if "words" in row] == [True]
    assert order_id not in found(trade.shop, q="lukasz")
    assert found(trade.shop, q="erased customer") == [order_id]
    trade.records = []
    assert run().wrong.total() == 0


def test_fingerprints_differ_by_rows_and_not_by_their_sequence() -> None:
    def fingerprints(*keys: tuple[str, str]) -> Fingerprints:
        sums = Fingerprints()
        for key in keys:
            sums.add(key)
        return sums

    one, two, three = (("sold#MOP-1", f"2026-01-0{day}#x") for day in (1, 2, 3))
    rows = fingerprints(one, two, ("sold#PAIL-1", "x"))
    assert rows.differing(fingerprints(("sold#PAIL-1", "x"), two, one)) == []
    assert rows.differing(fingerprints(one, three, ("sold#PAIL-1", "x"))) == ["sold#MOP-1"]
    assert rows.differing(fingerprints(three, two, ("sold#PAIL-1", "x"))) == ["sold#MOP-1"]
    assert rows.differing(fingerprints(one, two)) == ["sold#PAIL-1"]


def test_notes_on_customers_are_kept(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = trade.shop
    rows = {row["email"]: row for row in shop.all("SHOP_CUSTOMERS_TABLE")}
    note = {"note": "pays late", "noteBy": "staff@shop.example", "noteAt": "2026-11-20T00:00:00.000Z"}
    shop.put("SHOP_CUSTOMERS_TABLE", rows["ann@shop.example"] | note | {"orders": 77})
    shop.put("SHOP_CUSTOMERS_TABLE", rows["mae@shop.example"] | note)
    run()
    trade.assert_right()
    rows = {row["email"]: row for row in shop.all("SHOP_CUSTOMERS_TABLE")}
    for email in ("ann@shop.example", "mae@shop.example"):
        assert {name: rows[email][name] for name in note} == note


def test_a_note_written_while_the_customer_is_corrected_is_kept(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = trade.shop
    (row,) = (row for row in shop.all("SHOP_CUSTOMERS_TABLE") if row["email"] == "ann@shop.example")
    wrong = row | {"orders": 77}
    shop.put("SHOP_CUSTOMERS_TABLE", wrong)
    client, done = aws.dynamodb(), list[str]()

    class Noting:
        def __getattr__(self, name: str) -> Any:
            if name == "batch_execute_statement" and not done:
                done.append(name)
                shop.put("SHOP_CUSTOMERS_TABLE", wrong | {"note": "x", "version": row["version"] + 1})
            return getattr(client, name)

    monkeypatch.setattr(aws, "dynamodb", lambda: Noting())
    run()
    trade.assert_right()
    assert done
    assert [one["note"] for one in shop.all("SHOP_CUSTOMERS_TABLE") if "note" in one] == ["x"]


def test_an_order_of_weeks_ago_that_waits_to_be_counted_counts_once(shop: Shop) -> None:
    """Its time is the one of its acceptance: it was loaded, or lay in a queue."""
    trade = Trade(shop)
    trade.new("loaded", createdAt="2010-12-01T08:26:00.000Z", updatedAt="2010-12-01T08:26:00.000Z")
    order = cast(Order, trade.orders["loaded"])
    # A row of the scripts of earlier releases, which counts for no change.
    earlier = order_journal.words_row(order) | {"listKey": order_table.change_name(order)[:-1] + "0"}
    shop.put("SHOP_TERMS_TABLE", earlier)
    run()
    trade.follow()
    trade.assert_right()


def test_old_orders_get_no_marks_that_nobody_needs(trade: Trade) -> None:
    order = trade.orders["old0"]
    put(trade.shop, order | {"updatedAt": "2010-12-01T08:26:00.000Z"})
    _TERMS[0] = trade.shop.names["SHOP_TERMS_TABLE"]
    _delete_terms([row for row in _terms(trade.shop, "journal#") if order["orderID"] in row["listKey"]])
    run()
    rows = [row for row in _terms(trade.shop, "journal#") if order["orderID"] in row["listKey"]]
    assert [row["listKey"][-1] for row in rows] == ["2"]
    assert "words" in rows[0]


def test_a_tombstone_of_an_earlier_release_is_left_alone(trade: Trade) -> None:
    tombstone = dict(trade.orders["old4"])
    del tombstone["lastChange"]
    put(trade.shop, tombstone)
    assert run().wrong.total() == 0
    trade.assert_right()


# ---- cut off


def _cut_off(monkeypatch: pytest.MonkeyPatch, at: int) -> bool:
    """Run a rebuild whose write of this number fails; return whether it made that write."""
    client, writes = aws.dynamodb(), count()

    class Failing:
        def __getattr__(self, name: str) -> Any:
            if name in WRITES and next(writes) == at:
                raise fault(operation=name)
            return getattr(client, name)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Failing())
        with suppress(ClientError):
            run()
            return False
    return True


KINDS = ("wrong tallies", "wrong sales", "wrong customers", "wrong words", "wrong blocks", "a wrong ledger")


@pytest.mark.thorough
@pytest.mark.parametrize("step", [7, 1])
@pytest.mark.parametrize("kinds", [KINDS, ("lost terms", "lost customers", "lost sales", "lost tallies")])
def test_a_rebuild_cut_off_at_any_write_is_completed_by_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: int, kinds: tuple[str, ...]
) -> None:
    for at in count(step=step):
        trade = begun(shop)
        for kind in kinds:
            wreck(trade, kind)
        trade.new("waiting", MAE, hour=10)
        trade.erase("old1")
        was_cut_off = _cut_off(monkeypatch, at)
        at_work(trade)
        run()
        trade.deliver(random.Random(at))
        trade.assert_right()
        if not was_cut_off:
            assert at > 15
            return
        shop.clear()
