"""The best sellers: GET /reports/top-sellers equals what the orders say, after any changes of orders."""

import csv
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import figure_updates, product_sales, rebuild, sales_deltas, sales_folding
from lambdas.shop.documents import Order
from lambdas.shop.figure_updates import Addition
from lambdas.shop.rebuild_report import Report
from local import invoices
from tests.handlers.order_histories import assert_figures_match, erased, moved, put
from tests.handlers.product_sales import (
    Line,
    ask,
    assert_folded,
    best,
    deltas,
    edited,
    kept,
    only_full_batches,
    sold,
)
from tests.handlers.shop import ADMIN, Json, Shop, change, fault, product_item, submission

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT / "tests/data/online-retail-2010-12-01.csv"


def follow(shop: Shop, *states: Json | None) -> None:
    """Have the changes of an order from state to state followed."""
    shop.follow(*(change(*step) for step in pairwise(states)))


# ---- the trading day


@pytest.fixture
def waiting(shop: Shop) -> list[Json]:
    """The orders of the trading day as the queue has them, of which a third was accepted in November."""
    shop.stock()
    plan = invoices.plan(invoices.read(DAY))
    products = [product_item(one["sku"], one) for one in plan.products]
    shop.put_all("SHOP_PRODUCTS_TABLE", products)
    shop.pack()
    return [_accepted(invoice.order) for invoice in plan.invoices]


@pytest.fixture
def day(shop: Shop, waiting: list[Json]) -> list[Json]:
    """The stored orders of the trading day."""
    _store(shop, waiting)
    return list(shop.orders().values())


def _store(shop: Shop, waiting: list[Json]) -> None:
    for start in range(0, len(waiting), 10):
        shop.deliver(*waiting[start : start + 10])


def _accepted(order: Json) -> Json:
    return submission(order, acceptedAt="1291161599999" if _is_earlier(_number(order)) else "1291161600000")


def _number(order: Json) -> str:
    return str(order["notes"].split()[1])


def _is_earlier(number: str) -> bool:
    """Whether the order of an invoice was accepted in the last millisecond of November, and not after it."""
    return int(number) % 3 == 0


def _of_the_file() -> dict[str, Counter[tuple[str, str]]]:
    """Return the figures of each period, by figure and SKU, computed from the file alone."""
    with DAY.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    prices: dict[str, int] = {}
    for line in lines:
        if float(line["UnitPrice"]) > 0:
            prices.setdefault(line["StockCode"], round(float(line["UnitPrice"]) * 100))
    found = {period: Counter[tuple[str, str]]() for period in ("all", "2010-11", "2010-12")}
    in_order: set[tuple[str, str]] = set()
    for line in lines:
        number, sku, quantity = line["InvoiceNo"], line["StockCode"], int(line["Quantity"])
        if quantity < 0 or sku not in prices:
            continue
        for period in ("all", "2010-11" if _is_earlier(number) else "2010-12"):
            found[period]["units", sku] += quantity
            found[period]["revenue", sku] += quantity * prices[sku]
            found[period]["orders", sku] += (number, sku) not in in_order
        in_order.add((number, sku))
    return found


@pytest.mark.thorough
def test_the_trading_day_has_the_best_sellers_of_its_file(
    shop: Shop, day: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream comes twice, in shuffled batches of which some are full."""
    monkeypatch.setitem(shop.names, "SHOP_VIEWS_BATCH_SIZE", "12")
    chance = random.Random(1)
    for _ in range(2):
        chance.shuffle(day)
        waiting = [change(None, order) for order in day]
        while waiting:
            size = chance.choice([5, 12, 12])
            shop.follow(*waiting[:size])
            waiting = waiting[size:]
    shop.follow(change(None, day[0]))
    assert deltas(shop) == []
    _assert_as_in_the_file(shop)


def _assert_as_in_the_file(shop: Shop) -> None:
    for period, figures in _of_the_file().items():
        for by in ("units", "revenue"):
            skus = sorted({sku for _, sku in figures}, key=lambda sku: (-figures[by, sku], sku))[:20]
            wanted = [(sku, *(figures[name, sku] for name in ("units", "revenue", "orders"))) for sku in skus]
            assert best(shop, period=period, by=by) == wanted, (period, by)


@pytest.mark.thorough
def test_a_rebuild_in_the_middle_of_the_trading_day_leaves_it_exact(
    shop: Shop, waiting: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders are stored at each step, and followed afterwards: all of them, in shuffled batches."""
    monkeypatch.setattr(rebuild, "PAGE", 10)
    left = waiting[60:]
    _store(shop, waiting[:60])
    shop.follow(*(change(None, order) for order in list(shop.orders().values())[:40]))
    for _ in rebuild.steps(Report()):
        _store(shop, left[:5])
        left = left[5:]
    assert left == []
    records = [change(None, order) for order in shop.orders().values()]
    random.Random(2).shuffle(records)
    for start in range(0, len(records), 30):
        shop.follow(*records[start : start + 30])
    shop.follow(records[0])
    _assert_as_in_the_file(shop)
    assert_figures_match(shop, list(shop.orders().values()))
    assert deltas(shop) == []


@pytest.mark.thorough
def test_a_rebuild_of_the_trading_day_ends_in_the_same_rows(shop: Shop, day: list[Json]) -> None:
    """Nothing is lost before the first rebuild, and every table before the second."""
    for start in range(0, len(day), 30):
        shop.follow(*(change(None, order) for order in day[start : start + 30]))
    shop.follow(change(None, day[0]))
    _assert_rebuilt_without(shop, [(), REBUILT])


@pytest.mark.thorough
def test_a_rebuild_makes_each_lost_table_anew(shop: Shop, waiting: list[Json]) -> None:
    _store(shop, waiting[:20])
    shop.follow(*(change(None, order) for order in shop.orders().values()))
    _assert_rebuilt_without(shop, [(table,) for table in REBUILT])


def _assert_rebuilt_without(shop: Shop, losses: Iterable[Sequence[str]]) -> None:
    """Assert that a rebuild restores all rows, each time after these tables were lost."""
    before = {name: _comparable(name, shop.all(name)) for name in REBUILT}
    for lost in losses:
        for table in lost:
            shop._empty(table)
        for _ in rebuild.steps(Report()):
            pass
        assert {name: _comparable(name, shop.all(name)) for name in REBUILT} == before, lost


REBUILT = ("SHOP_TALLIES_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_SALES_TABLE", "SHOP_TERMS_TABLE")
# These may differ: how often a row was written, the change that its details are from, a mark's expiry.
VARYING = ("version", "counted", "latest", "fold", "expiresAt")


def _comparable(table: str, rows: list[Json]) -> Any:
    """Return rows without what may differ. Of figures, only the sum of the shards counts.

    The announcement of a save is no view, and is missing until somebody saves.
    """
    views = [row for row in rows if row.get("term") != "catalog"]
    kept = [{name: value for name, value in row.items() if name not in VARYING} for row in views]
    if table != "SHOP_TALLIES_TABLE":
        return sorted(kept, key=lambda row: str(sorted(row.items())))
    sums = Counter[tuple[str, str, str]]()
    for row in kept:
        key = (row.pop("tally").rpartition("#")[0], row.pop("slot"))
        sums.update({(*key, name): value for name, value in row.items() if isinstance(value, int)})
    return Counter({key: value for key, value in sums.items() if value})


# ---- the changes of orders


STATES: dict[str, list[Json]] = {
    "another quantity": [sold(("A", 1, 10)), edited(sold(), ("A", 2, 20))],
    "another price": [sold(("A", 1, 10)), edited(sold(), ("A", 1, 5))],
    "another product": [sold(("A", 1, 10)), edited(sold(), ("B", 1, 5), ("C", 1, 1))],
    "two lines of a product": [sold(("A", 1, 10), ("A", 2, 20))],
    "one of two lines less": [sold(("A", 1, 10), ("A", 2, 20)), edited(sold(), ("A", 2, 20))],
    "packed": [sold(("A", 1, 10)), moved(sold(("A", 1, 10)), "packed")],
    "cancelled": [sold(("A", 1, 10)), moved(sold(("A", 1, 10)), "cancelled")],
    "cancelled and back": [
        sold(("A", 1, 10)),
        moved(sold(("A", 1, 10)), "cancelled"),
        moved(sold(("A", 1, 10)), "placed"),
    ],
    "rejected": [sold(("A", 1, 10), status="rejected")],
    "erased": [sold(("A", 1, 10)), erased(sold())],
    "cancelled and erased": [sold(("A", 1, 10), status="cancelled"), erased(sold())],
    "another currency": [sold(("A", 1, 10), currency="EUR")],
    "free goods": [sold(("A", 3, 0))],
}


@pytest.mark.parametrize("case", STATES)
@pytest.mark.parametrize("together", [True, False])
def test_best_sellers_follow_each_change_of_an_order(shop: Shop, case: str, together: bool) -> None:
    first, *rest = STATES[case]
    same = {name: first[name] for name in ("orderID", "createdAt", "currency", "listKey")}
    history = [None, *(one | same | {"version": at} for at, one in enumerate([first, *rest], 1))]
    other = sold(("A", 2, 7), ("B", 1, 1))
    follow(shop, None, other)
    for _ in range(2):  # the same changes again
        if together:
            follow(shop, *history)
        else:
            for step in pairwise(history):
                follow(shop, *step)
        last = history[-1]
        assert last
        assert_folded(shop, [last, other])


def test_a_rejected_line_without_amounts_adds_nothing(shop: Shop) -> None:
    rejected = sold(status="rejected") | {"items": [{"sku": "X", "quantity": 2}]}
    follow(shop, None, rejected)
    assert shop.all("SHOP_SALES_TABLE") == []
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []


def random_history(chance: random.Random) -> list[Json | None]:
    """Return the states of an order whose lines and status change at random."""

    def lines() -> list[Line]:
        return [
            (chance.choice("ABCDE"), chance.randint(1, 9), chance.randint(0, 99))
            for _ in range(chance.randint(1, 4))
        ]

    at = f"2026-{chance.choice(['10', '11'])}-20T09:{chance.randint(0, 59):02}:00.000Z"
    last = sold(*lines(), at=at, status=chance.choice(["placed", "placed", "rejected"]))
    states: list[Json | None] = [None, last]
    for _ in range(chance.randint(0, 4)):
        step = chance.choice(["edit", "placed", "packed", "cancelled", "erase"])
        if step == "erase":
            return [*states, erased(last)]
        last = edited(last, *lines()) if step == "edit" else moved(last, step)
        states.append(last)
    return states


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(4))
def test_best_sellers_match_any_histories_delivered_in_batches_and_again(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    histories = [random_history(chance) for _ in range(12)]
    waiting = [list(pairwise(states)) for states in histories]
    changes = []
    while any(waiting):
        changes.append(change(*chance.choice([steps for steps in waiting if steps]).pop(0)))
    while changes:
        size = chance.randint(1, 8)
        for _ in range(chance.choice([1, 2])):
            shop.follow(*changes[:size])
        # After a failure, Lambda delivers a batch again in other parts.
        changes = changes[chance.randint(1, size) :] if size < len(changes) else []
    assert_folded(shop, [one for states in histories if (one := states[-1])])


@pytest.mark.thorough
def test_an_order_of_1000_lines_becomes_one_of_1000_other_products(shop: Shop) -> None:
    before = sold(*((f"OLD-{at:036}", 100_000, 10**12) for at in range(1000)))
    after = edited(before, *((f"NEW-{at:036}", 100_000, 10**12) for at in range(1000)))
    follow(shop, None, before)
    with only_full_batches(shop):
        follow(shop, before, after)
    [delta] = deltas(shop)
    assert 100_000 < len(delta["content"]) < sales_deltas.MAX_BYTES
    follow(shop, None, sold(("A", 1, 1), status="rejected"))
    assert_folded(shop, [after])


def test_changes_too_large_for_one_delta_are_split() -> None:
    """DynamoDB takes 400 KB, and these orders have 1 MB together."""
    orders = [
        cast(Order, sold(*((f"{of}{at:039}", 9999, 10**14 + at) for at in range(1000)))) for of in range(15)
    ]
    sales = [product_sales.difference(None, order) for order in orders]
    additions = {str(at): Addition({}, {}, one) for at, one in enumerate(sales)}
    parts = list(figure_updates._parts(additions))
    assert [name for part in parts for name in part] == list(additions)
    together: list[product_sales.Sales] = [
        sum((one.sales for one in part.values()), Counter()) for part in parts
    ]
    assert [len(product_sales.text(one)) <= sales_deltas.MAX_BYTES for one in together] == [True] * 4


# ---- when deltas are folded


@pytest.fixture
def batches_of_three(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shop.names, "SHOP_VIEWS_BATCH_SIZE", "3")


@pytest.mark.usefixtures("batches_of_three")
def test_a_full_batch_leaves_its_delta_to_the_next_that_is_not_full(shop: Shop) -> None:
    orders = [sold(("A", at, at)) for at in range(1, 8)]
    for part in (orders[:3], orders[3:6]):
        shop.follow(*(change(None, order) for order in part))
    assert len(deltas(shop)) == 2
    assert ask(shop).json["items"] == []
    follow(shop, None, orders[6])
    assert_folded(shop, orders)


@pytest.mark.usefixtures("batches_of_three")
@pytest.mark.parametrize(("age", "folded"), [(0.5, True), (4, False)])
def test_a_full_batch_is_folded_unless_the_reader_is_behind(shop: Shop, age: float, folded: bool) -> None:
    """Behind a new change there is no other one yet, so the batch may be the last for a while."""
    orders = [sold(("A", at, at)) for at in range(1, 4)]
    records = [change(None, order) for order in orders]
    for record, older in zip(records, (100, 50, 0), strict=True):
        record["dynamodb"]["ApproximateCreationDateTime"] = float(int(time.time() - age - older))
    shop.follow(*records)
    assert bool(deltas(shop)) is not folded
    assert bool(kept(shop)) is folded


@pytest.mark.usefixtures("batches_of_three")
def test_a_full_batch_of_records_without_a_time_waits(shop: Shop) -> None:
    """Somebody gave records to the function by hand."""
    records = [change(None, sold(("A", at, at))) for at in range(1, 4)]
    for record in records:
        del record["dynamodb"]["ApproximateCreationDateTime"]
    shop.follow(*records)
    assert len(deltas(shop)) == 1


@pytest.mark.usefixtures("batches_of_three")
def test_more_deltas_than_a_fold_takes_are_folded_in_several(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_deltas, "MAX_AT_ONCE", 2)
    orders = [sold(("A", at, at)) for at in range(1, 16)]
    for start in range(0, 15, 3):
        shop.follow(*(change(None, order) for order in orders[start : start + 3]))
    assert len(deltas(shop)) == 5
    shop.follow(change(None, orders[0]))
    assert_folded(shop, orders)
    assert {row["fold"] for row in shop.all("SHOP_SALES_TABLE")} == {3}


def test_an_invocation_with_nothing_to_fold_makes_few_calls_for_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = sold(("A", 1, 1))
    follow(shop, None, order)
    calls = recorded_calls(monkeypatch)
    monkeypatch.setenv("SHOP_TALLIES_TABLE", shop.names["SHOP_TALLIES_TABLE"])
    sales_folding.fold(lambda: None)
    assert Counter(name for name, _, _ in calls) == {"get_item": 1, "query": 4}


def test_a_row_gets_a_fold_even_if_its_sums_are_zero(shop: Shop) -> None:
    """A helper that came when some deltas were gone would add the others to a row without the fold."""
    order = sold(("A", 1, 10))
    with only_full_batches(shop):
        follow(shop, None, order)
        follow(shop, order, moved(order, "cancelled"))
    assert len(deltas(shop)) == 2
    follow(shop, None, sold(("B", 1, 1)))
    rows = {row["product"]: row for row in shop.all("SHOP_SALES_TABLE") if row["period"] == "GBP#all"}
    assert rows["A"] == {
        "product": "A",
        "period": "GBP#all",
        "fold": 1,
        "units": 0,
        "revenue": 0,
        "orders": 0,
    }
    assert best(shop) == [("B", 1, 1, 1)]


def test_a_transient_error_of_a_fold_has_the_batch_delivered_again(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    order = sold(("A", 1, 10))
    put(shop, order)
    break_aws("dynamodb", put_item=fault(), times=1)
    with pytest.raises(ClientError):
        follow(shop, None, order)
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    follow(shop, None, order)
    assert_folded(shop, [order])


@pytest.mark.parametrize("code", ["ThrottlingError", "ConditionalCheckFailed"])
def test_rows_that_stay_busy_have_the_batch_delivered_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    order = sold(("A", 1, 10)) | {"customer": {"name": "Ann"}}
    del order["customerEmail"]
    with monkeypatch.context() as patch:
        patch.setattr(batches, "execute", lambda statements: [code] * len(statements))
        with pytest.raises(batches.BusyError):
            follow(shop, None, order)
    follow(shop, None, order)
    assert_folded(shop, [order])


@pytest.mark.parametrize("error", ["a refused row", "a fault in the code"])
def test_an_error_that_no_retry_mends_stops_best_sellers_only(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: str
) -> None:
    """The records are counted and no dead letters. The deltas wait until a fold succeeds."""
    order, later = sold(("A", 1, 10)), sold(("A", 1, 5))
    row = product_sales.row

    def broken(*_: Any) -> Any:
        if error == "a fault in the code":
            raise KeyError("units")
        return row("", "GBP#all", Counter(), 1)

    for one in (order, later):
        put(shop, one)
    with monkeypatch.context() as patch:
        patch.setattr(product_sales, "row", broken)
        follow(shop, None, order)
        follow(shop, None, later)
    logged = [line for line in capsys.readouterr().out.splitlines() if "sales.failed" in line]
    assert len(logged) == 2
    assert shop.letters("SHOP_VIEWS_DLQ_URL") == []
    assert_figures_match(shop, [order, later])
    assert len(deltas(shop)) == 2
    follow(shop, None, order)
    assert_folded(shop, [order, later])


def test_a_fold_out_of_time_goes_on_at_the_next_delivery(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sales_folding, "_CHUNK", 1)
    order = sold(("A", 1, 10), ("B", 1, 1))
    for checks in range(5, 9):
        left = [60_000] * checks
        with pytest.raises(OutOfTimeError):
            shop.follow(change(None, order), remaining_ms=partial(_take, left))
    assert 0 < len(kept(shop)) <= 4
    follow(shop, None, order)
    assert_folded(shop, [order])


def _take(left: list[int]) -> int:
    return left.pop() if left else 39_999


# ---- the report


def recorded_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Json, Json]]:
    """Record the name, request and answer of each call from now on."""
    client, calls = aws.dynamodb(), list[tuple[str, Json, Json]]()

    class Recording:
        def __getattr__(self, name: str) -> Any:
            def call(**request: Any) -> Any:
                answer = getattr(client, name)(**request)
                calls.append((name, request, answer))
                return answer

            return call

    monkeypatch.setattr(aws, "dynamodb", lambda: Recording())
    return calls


def fill(shop: Shop, count: int) -> None:
    """Store rows and products without orders."""
    shop.put_all(
        "SHOP_SALES_TABLE",
        [
            product_sales.row(f"P-{at:04}", "GBP#all", {"units": 1 + at, "revenue": at, "orders": 1}, 1)
            for at in range(count)
        ],
    )


@pytest.mark.thorough
def test_the_report_costs_the_same_with_30_products_and_with_3000(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for count in (30, 3000):
        fill(shop, count)
        with monkeypatch.context() as patch:
            calls = recorded_calls(patch)
            listed = best(shop)
        assert [sku for sku, *_ in listed] == [f"P-{count - at:04}" for at in range(1, 21)]
        ranking = [answer for _, request, answer in calls if "IndexName" in request]
        found[count] = (len(ranking), len(calls))
        assert sum(answer["ScannedCount"] for answer in ranking) <= 48
    assert found[3000] <= found[30]
    assert found[30][0] <= 8


def test_equal_products_are_in_the_order_of_their_sku(shop: Shop) -> None:
    skus = [f"{letter}-{at}" for letter in "aBC" for at in range(9)]
    follow(shop, None, sold(*((sku, 5, 50) for sku in skus)))
    for by in ("units", "revenue"):
        assert [sku for sku, *_ in best(shop, by=by, limit="100")] == sorted(skus)


def test_free_goods_are_last_by_revenue(shop: Shop) -> None:
    follow(shop, None, sold(("FREE", 9, 0), ("DEAR", 1, 1)))
    assert [sku for sku, *_ in best(shop)] == ["FREE", "DEAR"]
    assert [sku for sku, *_ in best(shop, by="revenue")] == ["DEAR", "FREE"]


def test_the_largest_figures_keep_their_order(shop: Shop) -> None:
    follow(shop, None, sold(("A", 10**8, 10**15), ("B", 10**8 - 1, 10**15 - 1), ("C", 9, 9)))
    for by in ("units", "revenue"):
        assert [sku for sku, *_ in best(shop, by=by)] == ["A", "B", "C"]


def test_months_are_those_of_utc(shop: Shop) -> None:
    last, first = (
        sold(("A", 1, 1), at="2026-11-30T23:59:59.999Z"),
        sold(("B", 1, 1), at="2026-12-01T00:00:00Z"),
    )
    follow(shop, None, last)
    follow(shop, None, first)
    assert best(shop, period="2026-11") == [("A", 1, 1, 1)]
    assert best(shop, period="2026-12") == [("B", 1, 1, 1)]
    assert best(shop, period="2025-12") == []


def test_the_report_says_what_was_asked_for(shop: Shop) -> None:
    empty = {"period": "all", "by": "units", "currency": "GBP", "items": []}
    assert ask(shop).json == empty
    given = {"period": "2026-11", "by": "revenue"}
    assert ask(shop, **given, limit="1").json == empty | given
    follow(shop, None, sold(*((f"A-{at:02}", 1, 1) for at in range(30))))
    assert [len(ask(shop, **one).json["items"]) for one in ({}, {"limit": "7"}, {"limit": "100"})] == [
        20,
        7,
        30,
    ]


def test_a_product_has_its_name_of_today_or_of_its_latest_order(shop: Shop) -> None:
    orders = [
        sold(("MOP-1", 3, 1), ("GONE", 2, 1), at="2026-11-20T09:00:00.000Z"),
        sold(("GONE", 0, 0), ("NAMELESS", 1, 1), at="2026-11-21T09:00:00.000Z"),
    ]
    orders[1]["items"][0]["name"] = "Gone by then"
    for one in orders:
        put(shop, one)
        follow(shop, None, one)
    put(shop, edited(orders[1], ("GONE", 0, 0)) | {"items": orders[1]["items"][:1]})
    names = {one["sku"]: one["name"] for one in ask(shop).json["items"]}
    assert names == {"MOP-1": "Flat mop", "GONE": "Gone by then", "NAMELESS": "NAMELESS"}


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        *(
            ({"period": text}, "period", "must be all or a month such as 2026-01, got ")
            for text in (
                "2026",
                "2026-13",
                "2026-00",
                "2026-1",
                "ALL",
                "2026-01-01",
                "２０２６-01",
                "2026-01#0",
            )
        ),
        *(({"by": text}, "by", "must be units or revenue, got ") for text in ("orders", "Units", "x")),
        *(
            ({"limit": text}, "limit", "must be a number from 1 to 100, got ")
            for text in ("0", "101", "x", "-1", "1.5")
        ),
    ],
)
def test_a_bad_parameter_is_400_with_its_name_value_and_rule(
    shop: Shop, query: dict[str, str], field: str, message: str
) -> None:
    reply = ask(shop, **query)
    assert reply.status == 400
    assert reply.fields[field].startswith(message)
    assert query[field] in reply.fields[field]


def test_only_staff_and_admins_see_the_report(shop: Shop) -> None:
    for claims, status in ((ADMIN, 200), ({"email": "x@shop.example", "sub": "9"}, 403)):
        assert shop.ask("get_top_sellers", "GET", "/reports/top-sellers", claims=claims).status == status
