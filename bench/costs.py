"""Count what 1,000 orders use on AWS, beside the bare pipeline, and multiply by AWS's prices.

The orders are those of the trading day in tests/data. Each function of both pipelines runs in this process,
against an emulator that only stores. The calls are counted, and their capacity follows from the size of the
items that they write and read. An order counts from its acceptance to its mail and figures; later moves do
not. A batch is as large as the event source mapping allows in a spike, or one order on a quiet day.

Prices are those of us-east-1 without the free tier, each for a million: REST API $3.50, SQS $0.40, SNS
$0.50 and $20 for mails, Lambda $0.20, DynamoDB $0.625 for write units and $0.125 for read units, X-Ray $5
for traces. Lambda on arm64 costs $0.0000133334 a GB-second, and logs $0.50 a GB. A PublishBatch counts as
one publish, because it is up to ten times cheaper (SNS Developer Guide, "Amazon SNS message batching").

Assumptions: a function computes as long as here on a whole processor, and has as much of one as its memory
gives: 1,769 MB are a whole one (Lambda Developer Guide, "Configure Lambda function memory"). A call takes
as long as its kind in AWS_CALLS. Lambda's own log lines of an invocation have PLATFORM_LOG_BYTES. X-Ray
records the first invocation of a second and 5 % of the others (X-Ray Developer Guide, "Configuring sampling
rules"): 5 % in a spike, all on a quiet day. A batch costs one receive and one delete. Not counted: storage,
backups, the polling of an empty queue, the packing of the search, which begins after 1,000 orders, and what
staff read.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import boto3

from bench import bare
from bench.aws_writer import order_time
from bench.capacity import Table
from bench.metering import LEDGER, SALES, Meter, Usage
from bench.results import Row, Section, Target, number
from lambdas.platform import aws as clients
from lambdas.platform import tables
from local import invoices
from local.emulator import Emulator
from tests.graph.graph import Graph
from tests.handlers.conftest import declared_environment, declared_tables
from tests.handlers.shop import KEYS, SETTINGS, Json, Shop, change, product_item, submission

ROOT = Path(__file__).resolve().parent.parent
DAY = ROOT / "tests/data/online-retail-2010-12-01.csv"
ORDERS = 1000
MILLION, GB = 1e6, 1e9
PLATFORM_LOG_BYTES = 600
WHOLE_PROCESSOR_MB = 1769
BARE_BATCHES = {"store": 10, "announce": 100}  # Lambda's defaults
BARE_TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "orderID", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "orderID", "KeyType": "HASH"}],
}
# Tables by the name of their partition key. The product ledger is a part of the search table. Product sales
# are a table and a part of the tallies.
TABLES = {
    "orderID": "orders table with its indexes",
    "counter": "order numbers",
    "notificationID": "ledger of mails",
    "tally": "tallies",
    "email": "customers table with its index",
    "term": "search table",
    LEDGER: "product ledger",
    SALES: "product sales",
}
# Twelve, and one for the numbers, which are drawn once a batch and so for each order of a batch of one.
MAX_WRITES = 13
FUNCTIONS = ("write_orders", "notify", "update_views")
# The order of the first calls, which take longer. Its customer orders nothing else.
WARM_UP = {
    "orderID": "00000000-0000-4000-8000-000000000000",
    "customer": {"name": "Warm-up", "email": "warm-up@example.org"},
}
PLENTY_MS = 60_000
SAMPLED_IN_A_SPIKE = 0.05
USD_PER_MAIL = 20 / MILLION
QUEUES = ("SHOP_ORDER_QUEUE_URL", "SHOP_ORDER_DLQ_URL", "SHOP_NOTIFICATION_DLQ_URL", "SHOP_VIEWS_DLQ_URL")


@dataclass(frozen=True)
class Bill:
    """US dollars by part for ORDERS orders; writes, units and milliseconds of each function for one order."""

    parts: dict[str, float]
    mails: float
    writes: float
    median_writes: float  # of an order alone, without those for the product ledger and product sales
    units: float
    units_of_table: dict[str, float]
    order_ms: dict[str, float]

    @property
    def total(self) -> float:
        """The sum of all parts, without the mails."""
        return sum(self.parts.values())


def rows() -> Iterator[Row | Section]:
    """Yield the total of each kind of day, the write units, and a table of all parts."""
    plan = invoices.plan(invoices.read(DAY))
    orders = [invoice.order for invoice in plan.invoices]
    with _laboratory() as laboratory:
        bills = {
            "in a spike": laboratory.bills(orders, plan.products, in_spike=True),
            "on a quiet day": laboratory.bills(orders, plan.products, in_spike=False),
        }
    for name, (ours, bare_bill) in bills.items():
        yield Row(
            name=f"cost of {ORDERS:,} orders {name}, without mails",
            value=ours.total * 100,
            unit="cents",
            reference=bare_bill.total * 100,
            against="bare pipeline",
        )
    ours, bare_bill = bills["on a quiet day"]
    yield Row(
        name="item writes an order with those of indexes, without the product ledger and product sales, "
        "median of the trading day, each order alone",
        value=ours.median_writes,
        unit="writes",
        reference=bare_bill.median_writes,
        against="bare pipeline",
        target=Target("≤", MAX_WRITES, of="value"),
    )
    ours, bare_bill = bills["in a spike"]
    for function, milliseconds in ours.order_ms.items():
        yield Row(
            name=order_time(function),
            value=milliseconds,
            unit="ms",
            reference=bare_bill.order_ms["store"],
            against="the bare pipeline's writer",
        )
    units = {"": ours.units} | {f", {name}": of_table for name, of_table in ours.units_of_table.items()}
    for which, value in units.items():
        yield Row(
            name=f"write units an order in a spike{which}",
            value=value,
            unit="units",
            reference=bare_bill.units,
            against="bare pipeline",
        )
    yield Section(f"Cost of {ORDERS:,} orders", _text(bills))


@contextmanager
def _laboratory() -> Iterator[Laboratory]:
    """Start an emulator, and send the clients of this process there."""
    with bare.emulator() as aws:
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        os.environ |= {**keys, "AWS_DEFAULT_REGION": bare.REGION, "AWS_ENDPOINT_URL": aws.url}
        yield Laboratory(aws)


class Laboratory:
    """Runs the functions of both pipelines, and counts what they use."""

    def __init__(self, aws: Emulator) -> None:
        self._aws, self._program = aws, Graph("dev")
        self._tables: dict[str, Table] = {}
        self._store = aws.client("dynamodb")
        boto3.setup_default_session()
        vars(clients)["session"] = lambda: boto3.DEFAULT_SESSION._session  # the meter sees both pipelines
        self._meter = Meter(boto3.DEFAULT_SESSION, self._tables, self._store)
        self._topic = aws.client("sns").create_topic(Name="orders")["TopicArn"]

    def bills(self, orders: Sequence[Json], products: Sequence[Json], *, in_spike: bool) -> tuple[Bill, Bill]:
        """Return what the orders cost with the program and with the bare pipeline, in new tables."""
        label = "spike" if in_spike else "quiet"
        shop = self._open_shop(label, products)
        sizes = self._batch_sizes() if in_spike else dict.fromkeys(FUNCTIONS, 1)
        sampled = SAMPLED_IN_A_SPIKE if in_spike else 1.0
        ours = self._run_program(shop, orders, sizes)
        bare_sizes = BARE_BATCHES if in_spike else dict.fromkeys(BARE_BATCHES, 1)
        theirs = self._run_bare(label, orders, bare_sizes)
        return (
            _bill(ours, len(orders), sizes["write_orders"], self._memory(), sampled),
            _bill(theirs, len(orders), bare_sizes["store"], self._memory(), 0),  # traces are off by default
        )

    def _run_program(self, shop: Shop, orders: Sequence[Json], sizes: Mapping[str, int]) -> Usage:
        self._process(shop, [orders[0] | WARM_UP], sizes)
        return self._process(shop, orders, sizes)

    def _process(self, shop: Shop, orders: Sequence[Json], sizes: Mapping[str, int]) -> Usage:
        usage = self._meter.usage = Usage()
        for batch in _batches(orders, sizes["write_orders"]):
            with self._meter.invocation("write_orders"):
                assert shop.deliver(*map(submission, batch)) == []
        stored = [change(None, self._stored(shop, order)) for order in orders]
        for batch in _batches(stored, sizes["notify"]):
            with self._meter.invocation("notify"):
                shop.announce(*batch, remaining_ms=PLENTY_MS)
        for batch in _batches(stored, sizes["update_views"]):
            with self._meter.invocation("update_views"):
                shop.follow(*batch, remaining_ms=PLENTY_MS)
        assert not usage.calls["sqs.SendMessage"], "the functions made dead letters"
        return usage

    def _run_bare(self, label: str, orders: Sequence[Json], sizes: Mapping[str, int]) -> Usage:
        name = f"bare-{label}"
        self._create(name, BARE_TABLE)
        os.environ |= {"TABLE": name, "TOPIC": self._topic}
        store, announce = (importlib.import_module(f"bench.bare.{one}") for one in ("store", "announce"))
        vars(store)["table"] = boto3.resource("dynamodb").Table(name)  # the module is imported only once
        messages = [{"body": json.dumps(order)} for order in orders]
        with redirect_stdout(StringIO()):
            store.handler({"Records": messages[:1]}, None)  # a first call takes longer
        usage = self._meter.usage = Usage()
        for batch in _batches(messages, sizes["store"]):
            with self._meter.invocation("store"):
                store.handler({"Records": batch}, None)
        items = self._store.scan(TableName=name)["Items"][: len(orders)]
        records = [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in items]
        for batch in _batches(records, sizes["announce"]):
            with self._meter.invocation("announce"):
                announce.handler({"Records": batch}, None)
        return usage

    def _open_shop(self, label: str, products: Sequence[Json]) -> Shop:
        names = {
            variable: self._create(f"{KEYS[variable]}-{label}", shape)
            for variable, shape in declared_tables(self._program).items()
        }
        sqs = self._aws.client("sqs")
        names |= {one: sqs.create_queue(QueueName=one)["QueueUrl"] for one in QUEUES}
        shop = Shop(names | SETTINGS | {"SHOP_TOPIC_ARN": self._topic}, declared_environment(self._program))
        items = [tables.attributes(product_item(one["sku"], one)) for one in products]
        for batch in _batches(items, 25):
            requests = [{"PutRequest": {"Item": item}} for item in batch]
            self._store.batch_write_item(RequestItems={names["SHOP_PRODUCTS_TABLE"]: requests})
        return shop

    def _create(self, name: str, shape: Mapping[str, Any]) -> str:
        self._store.create_table(TableName=name, **shape)
        self._tables[name] = Table.of(shape)
        return name

    def _stored(self, shop: Shop, order: Json) -> Json:
        key = {"orderID": {"S": order["orderID"]}}
        found = self._store.get_item(TableName=shop.names["SHOP_ORDERS_TABLE"], Key=key)["Item"]
        return tables.record(found)

    def _batch_sizes(self) -> dict[str, int]:
        """Return the batch size that the program declares for each function.

        A function that also takes what admins send again has a second mapping, with smaller batches.
        """
        sizes = Counter[str]()
        for mapping in self._program.all("lambda.EventSourceMapping"):
            (function,) = self._program.sources(mapping.name, "functionName")
            module = self._program.inputs(function)["handler"].split(".")[-2]
            sizes[module] = max(sizes[module], int(mapping.inputs["batchSize"]))
        return sizes

    def _memory(self) -> int:
        """Return the memory in MB of the functions, which all have the same."""
        (memory,) = {
            self._program.inputs(name)["memorySize"]
            for mapping in self._program.all("lambda.EventSourceMapping")
            for name in self._program.sources(mapping.name, "functionName")
        }
        return int(memory)


def _bill(usage: Usage, orders: int, queue_batch: int, memory_mb: int, sampled: float) -> Bill:
    """Return the bill for ORDERS orders of a usage by `orders` orders."""
    seconds = {
        function: cpu_s * WHOLE_PROCESSOR_MB / memory_mb + usage.waiting_s[function]
        for function, cpu_s in usage.cpu_s.items()
    }
    gb_s = sum(seconds.values()) * memory_mb / 1024
    log_bytes = usage.log_bytes + usage.invocations * PLATFORM_LOG_BYTES
    sns_calls = sum(count for call, count in usage.calls.items() if call.startswith("sns."))
    parts = {
        "API Gateway: calls": orders * 3.50 / MILLION,
        "SQS: calls": (orders + 2 * math.ceil(orders / queue_batch)) * 0.40 / MILLION,
        "Lambda: invocations": usage.invocations * 0.20 / MILLION,
        "Lambda: time": gb_s * 0.0000133334,
        "DynamoDB: writes": usage.written.units * 0.625 / MILLION,
        "DynamoDB: reads": usage.read_units * 0.125 / MILLION,
        "SNS: publishes": sns_calls * 0.50 / MILLION,
        "CloudWatch: logs": log_bytes * 0.50 / GB,
        "X-Ray: traces": usage.invocations * sampled * 5 / MILLION,
    }
    scale = ORDERS / orders
    return Bill(
        parts={name: usd * scale for name, usd in parts.items()},
        mails=usage.published * USD_PER_MAIL * scale,
        writes=usage.written.writes / orders,
        median_writes=statistics.median(map(sum, zip(*usage.writes.values(), strict=False))),
        units=usage.written.units / orders,
        units_of_table={
            TABLES[table.partition("-")[0]]: units / orders
            for table, units in usage.units_of_table.items()
            if table.partition("-")[0] in TABLES
        },
        order_ms={function: one / orders * 1000 for function, one in seconds.items()},
    )


def _text(bills: Mapping[str, tuple[Bill, Bill]]) -> str:
    """Return the bills as a Markdown table in US cents."""
    columns = [(name, bill) for name, pair in bills.items() for bill in pair]
    names = [f"{'bare' if place % 2 else 'ours'} {name}" for place, (name, _) in enumerate(columns)]
    lines = [["US cents", *names], ["---"] * (len(names) + 1)]
    lines += [[part, *(_cents(bill.parts[part]) for _, bill in columns)] for part in columns[0][1].parts]
    lines += [["**Sum**", *(f"**{_cents(bill.total)}**" for _, bill in columns)]]
    lines += [["SNS: a mail to one address", *(_cents(bill.mails) for _, bill in columns)]]
    lines += [["Item writes an order", *(number(bill.writes) for _, bill in columns)]]
    lines += [["Write units an order", *(number(bill.units) for _, bill in columns)]]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cents(usd: float) -> str:
    return f"{usd * 100:.3f}"


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
