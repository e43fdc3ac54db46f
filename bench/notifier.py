"""Measure what a mail costs in the function `notify`, by default for 200 orders in batches of ten.

Run: `python -m bench.notifier [orders]`. The command starts its own emulator.
Unit: milliseconds, milliseconds of the process's processor time, calls and item writes of an order.
Reference: a publish of its own for each order, with the same mail and no ledger, in turn with the function.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import boto3

from lambdas.handlers import notify
from lambdas.platform import aws, tables
from lambdas.shop import mail, order_table
from lambdas.shop.documents import Order
from local.emulator import ACCOUNT, Emulator, take_port

REGION = "eu-west-1"
BATCH = 10
CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000)
Json = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """What one order costs on average."""

    ms: float
    cpu_ms: float
    calls: float
    writes: float


def measure(count: int = 200, batch: int = BATCH) -> tuple[Cost, Cost]:
    """Return what an order costs the function, and what it costs the reference."""
    with TemporaryDirectory() as folder, _emulator(Path(folder)) as emulator, _resources(emulator):
        records = [_record(number) for number in range(count + batch)]
        parts = [records[start : start + batch] for start in range(0, len(records), batch)]
        ours, reference = Meter(), Meter()
        for action in (_announce, _publish):  # makes the clients and their connections
            action(parts[0])
        for part in parts[1:]:
            ours.run(lambda part=part: _announce(part))  # type: ignore[misc]
            reference.run(lambda part=part: _publish(part))  # type: ignore[misc]
        return ours.cost(count), reference.cost(count)


class Meter:
    """Adds up the time, the calls and the item writes of several runs."""

    def __init__(self) -> None:
        self._ms = self._cpu_ms = 0.0
        self._calls = self._writes = 0

    def run(self, action: Callable[[], object]) -> None:
        """Run an action and add its cost."""
        clients = [_Counted(aws.dynamodb()), _Counted(aws.sns())]
        with patch.object(aws, "dynamodb", lambda: clients[0]), patch.object(aws, "sns", lambda: clients[1]):
            begun, begun_cpu = time.perf_counter(), time.process_time()
            action()
            self._cpu_ms += (time.process_time() - begun_cpu) * 1000
            self._ms += (time.perf_counter() - begun) * 1000
        self._calls += sum(client.calls for client in clients)
        self._writes += sum(client.writes for client in clients)

    def cost(self, orders: int) -> Cost:
        """Return the sums, divided by the number of orders."""
        return Cost(self._ms / orders, self._cpu_ms / orders, self._calls / orders, self._writes / orders)


class _Counted:
    """An AWS client that counts its calls and their item writes."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls = self.writes = 0

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            self.calls += 1
            self.writes += _writes(operation, request)
            return getattr(self._client, operation)(**request)

        return call


def _writes(operation: str, request: Json) -> int:
    if operation == "batch_write_item":
        return sum(len(entries) for entries in request["RequestItems"].values())
    if operation == "batch_execute_statement":
        return len(request["Statements"])
    return int(operation in ("put_item", "update_item", "delete_item"))


def _announce(records: Sequence[Json]) -> None:
    notify.handler({"Records": records}, CONTEXT)


def _publish(records: Sequence[Json]) -> None:
    for record in records:
        order = cast(Order, tables.record(record["dynamodb"]["NewImage"]))
        letter = mail.compose(order, os.environ["SHOP_SITE_URL"])
        aws.sns().publish(TopicArn=os.environ["SHOP_TOPIC_ARN"], Subject=letter.subject, Message=letter.body)


def _record(number: int) -> Json:
    order: Json = {
        "orderID": str(uuid.uuid4()),
        "status": "placed",
        "customer": {"name": f"Customer {number}", "email": f"c{number}@shop.example"},
        "items": [
            {"sku": sku, "name": "Microfibre cloth", "unit": "each", "quantity": 2, "unitPrice": 100,
             "lineTotal": 200}
            for sku in ("FC-107", "TO-107")
        ],
        "createdAt": "2010-11-01T08:00:00.000Z",
        "submittedBy": "staff@shop.example",
        "total": 400,
        "lineCount": 2,
        "currency": "GBP",
    }  # fmt: skip
    order |= order_table.index_keys(cast(Order, order))
    images = {"Keys": {"orderID": {"S": order["orderID"]}}, "NewImage": tables.attributes(order)}
    return {"eventID": uuid.uuid4().hex, "eventName": "INSERT", "dynamodb": images}


@contextmanager
def _emulator(folder: Path) -> Iterator[Emulator]:
    emulator = Emulator(take_port(0), folder, REGION)
    try:
        emulator.wait()
        yield emulator
    finally:
        emulator.stop()


@contextmanager
def _resources(emulator: Emulator) -> Iterator[None]:
    """Make a ledger, and a topic with a queue, and set the environment of the function."""
    ledger = emulator.client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "notificationID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "notificationID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableName"]
    topic = emulator.client("sns").create_topic(Name="topic")["TopicArn"]
    emulator.client("sqs").create_queue(QueueName="mails")
    mails = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mails"
    emulator.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=mails)
    environment = {
        "AWS_ENDPOINT_URL": emulator.url,
        "SHOP_NOTIFICATIONS_TABLE": ledger,
        "SHOP_TOPIC_ARN": topic,
        "SHOP_SITE_URL": "https://desk.example",
    }
    session = boto3.Session("test", "test", region_name=REGION)
    clients = (aws.dynamodb, aws.sns)
    with patch.dict(os.environ, environment), patch.object(boto3, "DEFAULT_SESSION", session):
        for client in clients:
            client.cache_clear()
        try:
            with patch("builtins.print"):  # the log lines of the function
                yield
        finally:
            for client in clients:
                client.cache_clear()


def main(argv: list[str]) -> None:
    """Print the cost of an order in the function and of a bare publish."""
    ours, reference = measure(int(argv[0]) if argv else 200)
    for name, cost in (("notify", ours), ("a bare publish", reference)):
        print(
            f"{name}: {cost.ms:.2f} ms, {cost.cpu_ms:.2f} ms of processor time, {cost.calls:.2f} calls, "
            f"{cost.writes:.2f} item writes"
        )
    print(f"ratio {ours.ms / reference.ms:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
