"""Measure how many orders per second the whole local system accepts, with 500 orders by default.

Run: `python -m bench.throughput [orders]`, while the system is running (`make local`).
Unit: accepted calls per second with CONCURRENCY clients. A second line shows the seconds from the last call
until the last order is stored.
Reference: the emulator's SQS in the same run, with the same bodies sent directly to a queue without a reader,
by as many clients.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from local.api import Api, open_api

CONCURRENCY = 8
TIMEOUT_S = 120


def make_orders(count: int) -> list[dict[str, Any]]:
    """Return new orders of three lines each."""
    items = [{"sku": sku, "quantity": 2} for sku in ("FC-107", "TO-107", "FC-107")]
    customer = {"name": "Bench", "email": "bench@example.org"}
    return [{"orderID": str(uuid.uuid4()), "customer": customer, "items": items} for _ in range(count)]


def calls_per_second(send: Callable[[dict[str, Any]], object], orders: list[dict[str, Any]]) -> float:
    """Send the orders with CONCURRENCY threads, and return the calls per second."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CONCURRENCY) as clients:
        list(clients.map(send, orders))
    return len(orders) / (time.perf_counter() - begun)


def seconds_until_stored(api: Api, order_id: str) -> float:
    """Wait until an order can be read, and return the seconds."""
    begun = time.perf_counter()
    while api.call("GET", f"/orders/{order_id}").status == 404:
        if time.perf_counter() - begun > TIMEOUT_S:
            raise TimeoutError(f"order {order_id} was not stored within {TIMEOUT_S} s")
        time.sleep(0.05)
    return time.perf_counter() - begun


def main(argv: list[str]) -> None:
    """Print orders per second, the reference, their ratio, and the seconds until the last order is stored."""
    outputs = json.loads(Path(".local/outputs.json").read_text())
    staff = outputs["local"]["staff"]
    api = open_api(outputs, staff["email"], staff["password"])
    sqs = boto3.client(
        "sqs",
        endpoint_url=outputs["local"]["endpointUrl"],
        region_name=outputs["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    queue = sqs.create_queue(QueueName="bench-aside")["QueueUrl"]
    orders = make_orders(int(argv[0]) if argv else 500)
    direct = calls_per_second(
        lambda order: sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(order)),
        make_orders(len(orders)),
    )
    accepted = calls_per_second(lambda order: api.call("POST", "/orders", order), orders)
    stored = seconds_until_stored(api, orders[-1]["orderID"])
    sqs.delete_queue(QueueUrl=queue)
    print(f"POST /orders {accepted:.0f}/s, SQS alone {direct:.0f}/s, ratio {accepted / direct:.2f}")
    print(f"the last of {len(orders)} was stored {stored:.1f} s after it was accepted")


if __name__ == "__main__":
    main(sys.argv[1:])
