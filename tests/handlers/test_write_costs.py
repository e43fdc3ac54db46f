"""The item writes of an order, those of index entries included, over one real trading day."""

import json
import statistics
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from bench import capacity, costs
from bench.capacity import Cost, Table
from lambdas.platform import aws, tables
from local import invoices
from tests.graph.graph import Graph
from tests.handlers.conftest import declared_tables
from tests.handlers.shop import Json, Shop, change, product_item, submission

pytestmark = [pytest.mark.thorough, pytest.mark.store]

DAY = Path(__file__).resolve().parents[1] / "data/online-retail-2010-12-01.csv"
BATCHES = {"deliver": 10, "announce": 10, "follow": 40}
# The kinds of the rows of the product ledger, and of product sales with their deltas and folds.
LEDGER = {"term sold"}
SALES = {"product", "product byRevenue", "product byUnits", "tally sales-delta", "tally sales-fold"}
Written = dict[str, Cost]


class WriteLog:
    """Adds up the cost of every write of a client, by kind of row."""

    def __init__(self, client: Any, shapes: Mapping[str, Json], store: Any) -> None:
        """Take the client, the arguments of CreateTable by table, and another client to read items with."""
        self._shapes, self._store = shapes, store
        self._tables = {name: Table.of(shape) for name, shape in shapes.items()}
        self._images: dict[str, Any] = {}
        self.written: Written = defaultdict(Cost)
        self._lock = threading.Lock()
        client.meta.events.register_first("before-call.dynamodb", self._before)
        client.meta.events.register_first("after-call.dynamodb", self._after)

    def _before(self, params: Json, context: Json, **_: Any) -> None:
        context["written"] = json.loads(params["body"])

    def _after(self, model: Any, context: Json, **_: Any) -> None:
        transacted = model.name.startswith("Transact")
        written = list(capacity.keys_written(model.name, context["written"], self._tables))
        with self._lock:
            for (table, key), after in zip(written, self._read(written), strict=True):
                place = f"{table} {json.dumps(key, sort_keys=True)}"
                before, self._images[place] = self._images.get(place), after
                for kind, cost in self._costs(table, before, after, transacted):
                    self.written[kind] += cost

    def _read(self, written: Sequence[tuple[str, Json]]) -> list[Json | None]:
        """Return the items that were written, as they are now."""
        wanted: Json = {table: {"Keys": [], "ConsistentRead": True} for table, _ in written}
        for table, key in written:
            wanted[table]["Keys"].append(key)
        answer = self._store.batch_get_item(RequestItems=wanted) if wanted else {"Responses": {}}
        assert not answer.get("UnprocessedKeys")
        items = [(table, item) for table, found in answer["Responses"].items() for item in found]
        return [
            next((item for at, item in items if at == table and key.items() <= item.items()), None)
            for table, key in written
        ]

    def _costs(self, table: str, before: Any, after: Any, transacted: bool) -> Iterator[tuple[str, Cost]]:
        whole, bare = self._tables[table], replace(self._tables[table], indexes=())
        own = capacity.write_cost(bare, before, after, in_transaction=transacted)
        yield kind_of(table, after or before), own
        for index, shape in zip(
            whole.indexes, self._shapes[table].get("GlobalSecondaryIndexes", []), strict=True
        ):
            cost = capacity.write_cost(
                replace(whole, indexes=(index,)), before, after, in_transaction=transacted
            )
            name = f"{table.split('-')[0]} {shape['IndexName']}"
            yield name, Cost(cost.writes - own.writes, cost.units - own.units)


def kind_of(table: str, item: Any) -> str:
    """Return the kind of a row: its table's key, and how the key of the row begins."""
    key = table.split("-")[0]
    start = item[key]["S"].split("#")[0] if key in ("tally", "term") else ""
    mark = "sent" if key == "notificationID" and "sentAt" in item else ""
    return " ".join(part for part in (key, start, mark) if part)


def count(written: Written) -> Counter[str]:
    """Return the item writes for the product ledger, for product sales, and all others."""
    counts: Counter[str] = Counter()
    for kind, cost in written.items():
        counts["ledger" if kind in LEDGER else "sales" if kind in SALES else "others"] += cost.writes
    return counts


@pytest.fixture
def day(shop: Shop) -> list[Json]:
    """The orders of the trading day, as the loader sends them. Their products are in the catalog."""
    plan = invoices.plan(invoices.read(DAY))
    shop.put_all("SHOP_PRODUCTS_TABLE", [product_item(one["sku"], one) for one in plan.products])
    return [invoice.order for invoice in plan.invoices]


@pytest.fixture
def log(shop: Shop, day: list[Json], dev: Graph, resources: dict[str, str]) -> Iterator[WriteLog]:
    """The log of all writes of the functions, once the catalog is stored."""
    shapes = {resources[variable]: shape for variable, shape in declared_tables(dev).items()}
    client = boto3.client("dynamodb")
    with patch.object(aws, "dynamodb", lambda: client):
        yield WriteLog(client, shapes, boto3.client("dynamodb"))


def stored(shop: Shop, order: Json) -> Json:
    key = {"orderID": {"S": order["orderID"]}}
    return tables.record(aws.dynamodb().get_item(TableName=shop.names["SHOP_ORDERS_TABLE"], Key=key)["Item"])


def accepted(order: Json) -> Json:
    """Return the message of an order that the gateway accepted a minute after the invoice before it.

    The entry of a returning customer moves in the index by the latest order, so the moments must differ.
    """
    number = int(order["notes"].split()[1].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return submission(order, acceptedAt=str(1291191960123 - (536700 - number) * 60_000))


def run(shop: Shop, orders: Sequence[Json], sizes: Mapping[str, int]) -> None:
    """Store, announce and count orders, in batches of these sizes."""
    failed: list[str] = []
    in_batches(orders, sizes["deliver"], lambda batch: failed.extend(shop.deliver(*map(accepted, batch))))
    assert failed == []
    changes = [change(None, stored(shop, order)) for order in orders]
    in_batches(changes, sizes["announce"], lambda batch: shop.announce(*batch))
    in_batches(changes, sizes["follow"], lambda batch: shop.follow(*batch))


def in_batches(items: Sequence[Json], size: int, action: Callable[[Sequence[Json]], object]) -> None:
    for start in range(0, len(items), size):
        action(items[start : start + size])


def report(title: str, written: Written, orders: int) -> str:
    """Return a table of the writes and the write units of an order, by kind of row."""
    lines = [f"{title}: an order writes"]
    for kind, cost in sorted(written.items()):
        lines.append(f"{kind:28} {cost.writes / orders:6.2f} items {cost.units / orders:6.2f} units")
    total = sum(written.values(), Cost())
    lines.append(f"{'all':28} {total.writes / orders:6.2f} items {total.units / orders:6.2f} units")
    return "\n".join(lines)


def test_an_order_that_is_delivered_alone_costs_few_item_writes(
    shop: Shop, log: WriteLog, day: list[Json]
) -> None:
    writes = []
    for order in day:
        before = count(log.written)
        run(shop, [order], dict.fromkeys(BATCHES, 1))
        made = count(log.written) - before
        skus = {line["sku"] for line in order["items"]}
        sold = 0 if stored(shop, order)["status"] == "rejected" else len(skus)
        assert made["ledger"] == sold
        # The delta is written and deleted, the fold begins and ends. Each product has a row of the month and
        # one of all time, each with two index entries, of which a later order deletes the old ones.
        assert made["sales"] <= (4 + 2 * 5 * sold if sold else 0)
        assert made["sales"] >= (4 + 2 * 3 * sold if sold else 0)
        writes.append(made["others"])
    print(report("alone", log.written, len(day)))
    print("item writes of an order, and orders:", sorted(Counter(writes).items()))
    assert 10 < statistics.median(writes) <= costs.MAX_WRITES


def test_orders_in_full_batches_cost_fewer_item_writes(shop: Shop, log: WriteLog, day: list[Json]) -> None:
    run(shop, day, BATCHES)
    print(report("in batches", log.written, len(day)))
    made = count(log.written)
    assert 8 < made["others"] / len(day) < 10
    assert 0 < made["ledger"] <= sum(len(order["items"]) for order in day)
    # 16 of the last batch fold for all: few products are in one order only, so far fewer rows are written.
    assert 0 < made["sales"] < 5 * made["ledger"]
