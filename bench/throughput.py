"""`python -m bench.throughput [orders]`: orders a second through the whole local system.

The reference is the emulator's own SQS in the same run: the same bodies sent straight into a queue that
nobody reads, by as many clients. The system must be running (`make local`).
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

CLIENTS = 8
WAIT_SECONDS = 120


def bodies(count: int) -> list[dict[str, Any]]:
    """Orders of three lines each, new at every run."""
    items = [{"sku": sku, "quantity": 2} for sku in ("FC-107", "TO-107", "FC-107")]
    customer = {"name": "Bench", "email": "bench@example.org"}
    return [{"orderID": str(uuid.uuid4()), "customer": customer, "items": items} for _ in range(count)]


def a_second(send: Callable[[dict[str, Any]], object], orders: list[dict[str, Any]]) -> float:
    """How many calls a second CLIENTS threads get through."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(send, orders))
    return len(orders) / (time.perf_counter() - begun)


def seconds_until_stored(api: Api, order_id: str) -> float:
    """How long until the order that was sent last can be read."""
    begun = time.perf_counter()
    while api.call("GET", f"/orders/{order_id}").status == 404:
        if time.perf_counter() - begun > WAIT_SECONDS:
            raise TimeoutError(f"order {order_id} was not stored within {WAIT_SECONDS} s")
        time.sleep(0.05)
    return time.perf_counter() - begun


def main(argv: list[str]) -> None:
    """Print orders accepted a second, the reference, their ratio, and when the last one was stored."""
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
    aside = sqs.create_queue(QueueName="bench-aside")["QueueUrl"]
    orders = bodies(int(argv[0]) if argv else 500)
    straight = a_second(
        lambda order: sqs.send_message(QueueUrl=aside, MessageBody=json.dumps(order)), bodies(len(orders))
    )
    accepted = a_second(lambda order: api.call("POST", "/orders", order), orders)
    stored = seconds_until_stored(api, orders[-1]["orderID"])
    sqs.delete_queue(QueueUrl=aside)
    print(f"POST /orders {accepted:.0f}/s, SQS alone {straight:.0f}/s, ratio {accepted / straight:.2f}")
    print(f"the last of {len(orders)} was stored {stored:.1f} s after it was accepted")


if __name__ == "__main__":
    main(sys.argv[1:])
