"""Measure what a mail costs in the function `notify`, which sees to it that no order has two mails.

A batch of the stream's records is announced, against an emulator that only stores.
Unit: milliseconds for one order of a batch of ten, the median of 15 batches.
Reference: the bare pipeline's function, which publishes a mail for each record and remembers nothing.
"""

from __future__ import annotations

import importlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from types import SimpleNamespace
from typing import Any

from bench import bare
from bench.pairs import pairs
from bench.results import Row, Target
from local.emulator import Emulator
from tests.graph.graph import Graph
from tests.handlers.conftest import declared_tables
from tests.handlers.shop import Json, change, new_order

BATCH, MAX_RUNS = 10, 20
CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000)


def rows() -> Iterator[Row]:
    """Yield the time of an order in the function beside that of the reference."""
    with bare.emulator() as aws:
        _set_environment(aws)
        ours, theirs = pairs(*_runs()).medians_ms
    yield Row(
        name="notifier, an order of a batch of ten",
        value=ours / BATCH,
        unit="ms",
        reference=theirs / BATCH,
        against="bare publish",
        target=Target("≤", 1.0),
    )


def _runs() -> tuple[Callable[[], None], Callable[[], None]]:
    """Return the function and the reference, each with the next batch of records at every call."""
    modules = ("lambdas.handlers.notify", "bench.bare.announce")
    handlers = [importlib.import_module(module).handler for module in modules]  # they make clients
    batches = iter([[_record() for _ in range(BATCH)] for _ in range(2 * MAX_RUNS)])

    def run(handler: Callable[[Json, Any], object]) -> None:
        with redirect_stdout(StringIO()):
            handler({"Records": next(batches)}, CONTEXT)

    return partial(run, handlers[0]), partial(run, handlers[1])


def _record() -> Json:
    line = {"sku": "TO-107", "name": "Towel", "unit": "each", "quantity": 2}
    line |= {"unitPrice": 100, "lineTotal": 200}
    content = {"customer": {"name": "Ann Miller", "email": "ann@example.org"}, "items": [line]}
    return change(None, new_order(content, at="2010-12-01T08:00:00.000Z", order_id=str(uuid.uuid4())))


def _set_environment(aws: Emulator) -> None:
    """Make a ledger, and a topic with a queue, and send the clients of this process there."""
    shape = declared_tables(Graph("dev"))["SHOP_NOTIFICATIONS_TABLE"]
    aws.client("dynamodb").create_table(TableName="ledger", **shape)
    topic = aws.client("sns").create_topic(Name="orders")["TopicArn"]
    queue = aws.client("sqs").create_queue(QueueName="mails")["QueueUrl"]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"])
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": bare.REGION,
        "AWS_ENDPOINT_URL": aws.url,
        "SHOP_NOTIFICATIONS_TABLE": "ledger",
        "SHOP_SITE_URL": "https://desk.example",
        "SHOP_TOPIC_ARN": topic,
        "TOPIC": topic,
    }
