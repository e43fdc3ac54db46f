"""Measure the whole local system against the bare pipeline on the same emulator.

Run: `python -m bench local_system`. The command starts its own systems.
Unit: orders per second that the API accepts while no function reads its queue; seconds from the first call
until the last of ORDERS orders is mailed, counted and found by a search; and milliseconds of processor time
that a save takes at two sizes of the shop.
Reference: the bare pipeline's gateway and queue, the bare pipeline until its last mail, and a small shop.
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bench.bare import REGION, pipeline
from bench.clients import post_all, wait_until
from bench.results import Row, Target
from local.emulator import ACCOUNT
from tests.system import System, active_skus

ORDERS = 2_000
PER_CUSTOMER = 5
TIMEOUT_S = 240
UNLIMITED = "100000"
SIZES = (1_000, 20_000)  # orders
ITEMS_PER_ORDER = 8
CHANGED = 200


def make_orders(count: int) -> list[dict[str, Any]]:
    """Return new orders of two lines each; PER_CUSTOMER of them come from the same customer."""
    items = [{"sku": sku, "quantity": 2} for sku in active_skus()[:2]]
    mark = uuid.uuid4().hex[:6]
    customers = [f"{mark}x{number // PER_CUSTOMER}" for number in range(count)]
    return [
        {
            "orderID": str(uuid.uuid4()),
            "customer": {"name": f"Bench {one}", "email": f"{one}@bench.example"},
            "items": items,
        }
        for one in customers
    ]


class Before(NamedTuple):
    """How many orders were mailed and counted before a measurement."""

    mailed: int
    counted: int


def lift_throttles(system: System) -> None:
    """Lift the throttles of both APIs of a system."""
    limits = [
        {"op": "replace", "path": f"/*/*/throttling/{name}", "value": UNLIMITED}
        for name in ("rateLimit", "burstLimit")
    ]
    for url in (system.outputs["apiUrl"], system.outputs["inboxUrl"]):
        *_, api, stage = (part for part in urlsplit(url).path.split("/") if part)
        system.client("apigateway").update_stage(restApiId=api, stageName=stage, patchOperations=limits)


class Shop:
    """A running local system whose APIs have no throttle."""

    def __init__(self, system: System) -> None:
        """Lift the throttles."""
        self._system = system
        self._inbox = system.outputs["inboxUrl"] + "/orders"
        self._url = system.outputs["apiUrl"] + "/orders"
        self._mailbox = system.folder / "state" / "mailbox.jsonl"
        self._read_bytes = self._mails = 0
        lift_throttles(system)

    def post(self, orders: list[dict[str, Any]]) -> float:
        """Send orders, and return the seconds until all are accepted."""
        return post_all(self._url, orders, {"Authorization": self._system.token("staff")})

    def post_as_machine(self, orders: list[dict[str, Any]]) -> float:
        """Send orders as the connected sample shop, and return the seconds until all are accepted."""
        machine = self._system.outputs["machine"]
        token = self._system.machine_token(machine["clientId"], machine["clientSecret"])
        return post_all(self._inbox, orders, {"Authorization": token})

    def wait(self, orders: list[dict[str, Any]], before: Before) -> float:
        """Return the seconds until the orders are mailed, counted and found."""
        last = orders[-1]["customer"]["name"].split()[-1]
        return (
            wait_until(lambda: self._mailed() >= before.mailed + len(orders), TIMEOUT_S, "mails")
            + wait_until(lambda: self._counted() >= before.counted + len(orders), TIMEOUT_S, "counts")
            + wait_until(lambda: self._found(last) == PER_CUSTOMER, TIMEOUT_S, "search")
        )

    def before(self) -> Before:
        """Return how many orders were mailed and counted until now."""
        return Before(self._mailed(), self._counted())

    def _mailed(self) -> int:
        """Count the lines of the mailbox, of which only new ones are read: with 20,000 mails it has 30 MB."""
        if self._mailbox.exists():
            with self._mailbox.open("rb") as file:
                file.seek(self._read_bytes)
                new = file.read()
            self._read_bytes += len(new)
            self._mails += new.count(b"\n")
        return self._mails

    def _counted(self) -> int:
        return sum(self._system.call("GET", "/reports/workload").document["counts"].values())

    def _found(self, word: str) -> int:
        found = self._system.call("GET", f"/orders?q={word}").document
        return len(next(value for value in found.values() if isinstance(value, list)))

    @contextmanager
    def without_writer(self) -> Iterator[None]:
        """Stop the writer for a while, so that orders wait in their queue."""
        functions = self._system.client("lambda")
        [mapping] = [
            one["UUID"]
            for one in functions.list_event_source_mappings()["EventSourceMappings"]
            if one["EventSourceArn"].endswith(self._system.outputs["orderQueueUrl"].rsplit("/", 1)[1])
        ]
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
        yield
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)

    def memory_mb(self) -> float:
        """Return the resident memory of the emulator's process."""
        state = json.loads((self._system.folder / "state" / "system.json").read_text())
        status = Path(f"/proc/{state['emulator']}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def shop() -> Iterator[Shop]:
    """Start a local system, warm it up with a few orders, and yield it."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder)).start()
        try:
            started = Shop(system)
            before, orders = started.before(), make_orders(PER_CUSTOMER)
            started.post(orders)
            started.wait(orders, before)
            yield started
        finally:
            system.stop()


def rows() -> Iterator[Row]:
    """Yield the rows of acceptance, of the whole pipeline and of saves."""
    with pipeline(readers=False) as bare:
        bare_accepted = ORDERS / post_all(bare.url, make_orders(ORDERS))
    with pipeline() as bare:
        bare_done = post_all(bare.url, make_orders(ORDERS)) + bare.wait_for_mails(ORDERS, TIMEOUT_S)
    with shop() as ours:
        before, orders = ours.before(), make_orders(ORDERS)
        with ours.without_writer():
            accepted = ORDERS / ours.post(orders)
        ours.wait(orders, before)
        before, orders = ours.before(), make_orders(ORDERS)
        done = ours.post(orders) + ours.wait(orders, before)
    yield Row(
        name="orders accepted, without a throttle",
        value=accepted,
        unit="a second",
        reference=bare_accepted,
        against="bare gateway and queue",
        target=Target("≥", 0.7),
    )
    yield Row(
        name=f"{ORDERS:,} orders placed, mailed, counted and searchable",
        value=done,
        unit="s",
        reference=bare_done,
        against="bare pipeline, mailed",
        target=Target("≤", 1.5),
    )
    small, large = (_save_ms(size) for size in SIZES)
    yield Row(
        name=f"a save of {CHANGED} changed orders among {SIZES[1]:,}",
        value=large,
        unit="ms of processor time",
        reference=small,
        against=f"among {SIZES[0]:,}",
    )


def _save_ms(orders: int) -> float:
    """Return the processor time of the emulator's fork for a save in which CHANGED orders are new."""
    os.environ["PERSIST_STATE"] = "1"  # read when the emulator is imported
    from ministack.services import dynamodb

    from local.emulator.snapshots import Snapshots

    dynamodb._tables.clear()
    table = {"items": defaultdict(dict), "pk_name": "id", "sk_name": "at", "TableName": "orders"}
    dynamodb._tables.set_scoped(ACCOUNT, REGION, "orders", table)
    with tempfile.TemporaryDirectory() as folder:
        snapshots = Snapshots(Path(folder))
        _change(table, orders)
        snapshots.save()
        _change(table, CHANGED)
        began = os.times()
        snapshots.save()
        ended = os.times()
    used = ended.children_user + ended.children_system - began.children_user - began.children_system
    return 1000 * used


def _change(table: dict[str, Any], orders: int) -> None:
    from ministack.services import dynamodb

    for number in range(orders * ITEMS_PER_ORDER):
        item = {
            "id": {"S": str(number)},
            "at": {"S": uuid.uuid4().hex},
            "items": {"L": [{"S": "x" * 90}] * 2},
        }
        dynamodb._set_item(table, str(number), "", item)
