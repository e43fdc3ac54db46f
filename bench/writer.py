"""Measure the function `write_orders` at a store that answers each call in 5.7 ms.

Run: `python -m bench writer`. The command starts the store.
Unit: milliseconds of an order, by the clock and of the process's processor time, in batches of ten with two
lines each; milliseconds of an order of 1,000 lines.
References: a bare put of each message, one after another, at the same store, in turn with the function; and
1,000 orders of one line.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3

from bench import slow_store
from bench.results import Row, Target
from lambdas.handlers import write_orders
from lambdas.platform import aws

DELAY_MS = 5.7
BATCH = 10
BATCHES, ROUNDS = 20, 7
LINES, LONG_ROUNDS = 1000, 3
# A put of its own for each order and a read before it took 2.8 times the processor time of a bare put.
MAX_CPU = 1.4
GATEWAY_ROLE = "AROAGATEWAY"
SETTINGS = {
    "SHOP_CURRENCY": "GBP",
    "SHOP_REQUIRED_OF_CUSTOMER": "name email",
    "SHOP_MAX_RECEIVE_COUNT": "20",
    "SHOP_GATEWAY_ROLE_ID": GATEWAY_ROLE,
    "SHOP_SEAL_KEY": "0123456789abcdef",
    "SHOP_NUMBERS_TABLE": "numbers",
    "SHOP_ORDERS_TABLE": "orders",
    "SHOP_PRODUCTS_TABLE": "products",
    "SHOP_SHOPS_TABLE": "shops",
    "SHOP_LETTERS_TABLE": "letters",
    "SHOP_ORDER_QUEUE_URL": "https://sqs.example/1/orders",
    "SHOP_ORDER_DLQ_URL": "https://sqs.example/1/dead-letters",
}
CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 10_000)

Batch = list[dict[str, Any]]


@dataclass(frozen=True)
class Cost:
    """Milliseconds by the clock, and of processor time."""

    ms: float
    cpu_ms: float


def rows() -> Iterator[Row]:
    """Yield the writer's time and processor time, and the time of an order with many lines."""
    with slow_store.running(DELAY_MS), patch.dict(os.environ, SETTINGS):
        bare = boto3.client("dynamodb")
        ours, puts = _costs(_write, lambda batch: _put(bare, batch), _batches(BATCHES, lines=2), ROUNDS)
        long, short = _long_and_short()
        assert str(aws.dynamodb().meta.endpoint_url) == os.environ["AWS_ENDPOINT_URL"]
    name, against = f"writer at a store of {DELAY_MS} ms, an order of two lines", "a bare put"
    yield Row(
        name=name,
        value=ours.ms,
        unit="ms",
        reference=puts.ms,
        against=against,
        target=Target("≤", 3, "value"),
    )
    yield Row(
        name=f"{name}: processor time",
        value=ours.cpu_ms,
        unit="ms",
        reference=puts.cpu_ms,
        against=against,
        target=Target("≤", MAX_CPU),
    )
    yield Row(
        name=f"writer, an order of {LINES:,} lines",
        value=long,
        unit="ms",
        reference=short,
        against=f"{LINES:,} orders of one line",
        target=Target("≤", 0.1),
    )


def _costs(
    one: Callable[[Batch], object], other: Callable[[Batch], object], batches: Sequence[Batch], rounds: int
) -> tuple[Cost, Cost]:
    """Return the median costs of an order for both, measured in turn after a run to warm up."""
    _run(one, batches), _run(other, batches)
    measured = [(_run(one, batches), _run(other, batches)) for _ in range(rounds)]
    orders = sum(map(len, batches))
    first, second = (
        Cost(*(statistics.median(values) / orders for values in zip(*costs, strict=True)))
        for costs in zip(*measured, strict=True)
    )
    return first, second


def _long_and_short() -> tuple[float, float]:
    """Return the milliseconds of one order of LINES lines and of LINES orders of one line."""
    long, short = [_messages(1, LINES)], _batches(LINES // BATCH, lines=1)
    _run(_write, long)
    measured = [(_run(_write, long)[0], _run(_write, short)[0]) for _ in range(LONG_ROUNDS)]
    first, second = (statistics.median(values) for values in zip(*measured, strict=True))
    return first, second


def _run(action: Callable[[Batch], object], batches: Sequence[Batch]) -> tuple[float, float]:
    with contextlib.redirect_stdout(io.StringIO()):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        for batch in batches:
            action(batch)
        return (time.perf_counter() - begun) * 1000, (time.process_time() - begun_cpu) * 1000


def _write(batch: Batch) -> None:
    answer = write_orders.handler({"Records": batch}, CONTEXT)
    if answer["batchItemFailures"]:
        raise RuntimeError("the writer could not store an order, so its time is not that of an order")


def _put(client: Any, batch: Batch) -> None:
    for message in batch:
        item = {"orderID": {"S": message["messageId"]}, "order": {"S": message["body"]}}
        client.put_item(TableName="orders", Item=item)


def _batches(count: int, lines: int) -> list[Batch]:
    return [_messages(BATCH, lines) for _ in range(count)]


def _messages(count: int, lines: int) -> Batch:
    return [_message(_order(range(place * lines, (place + 1) * lines))) for place in range(count)]


def _order(products: range) -> dict[str, Any]:
    return {
        "orderID": str(uuid.uuid4()),
        "customer": {"name": "Ann O’Hara", "email": "ann@example.org", "address": "1 High Street"},
        "items": [{"sku": f"FC-{number}", "quantity": 2} for number in products],
        "notes": "Ring twice.",
    }


def _message(order: dict[str, Any]) -> dict[str, Any]:
    said = {"channel": "staff", "acceptedAt": "1291191960123", "submittedBy": "a@b.example", "sub": "1"}
    said["groups"] = "staff"
    return {
        "messageId": order["orderID"],
        "receiptHandle": "none",
        "body": json.dumps(order),
        "attributes": {
            "SentTimestamp": said["acceptedAt"],
            "ApproximateReceiveCount": "1",
            "SenderId": f"{GATEWAY_ROLE}:gateway",
        },
        "messageAttributes": {
            name: {"stringValue": text, "dataType": "String"} for name, text in said.items()
        },
    }
