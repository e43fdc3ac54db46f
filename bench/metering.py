"""Count the AWS calls of functions that run in this process, and what DynamoDB charges for them."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, NamedTuple

import boto3

from bench import capacity
from bench.aws_latency import mean_of_slowest
from bench.capacity import Cost, Item, Table

# The kinds of calls, and which of the measured calls in conflicts.py they take as long as. No measurement
# of SNS was found, so a call of SNS counts as a large transaction, which is the slowest call that was
# measured.
AWS_CALLS = {
    "dynamodb": "put",
    "transaction": "transaction of 25",
    "sns": "transaction of 25",
    "sqs": "put",
}
UNCHARGED = {"FilterExpression", "ProjectionExpression", "Select"}  # parts of a query that read no less
LEDGER = "sold"  # the begin of the keys of the product ledger, and the name under which it is counted
SALES = "sales"  # the name under which product sales are counted: their rows, deltas and folds
LOG_OVERHEAD = 26  # bytes that CloudWatch adds to each event: CloudWatch Logs API Reference, PutLogEvents


@dataclass
class Usage:
    """The calls, writes and time that some invocations used."""

    invocations: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    written: Cost = field(default_factory=Cost)
    product_writes: int = 0  # for the product ledger and product sales
    # Of each invocation, without those for the product ledger and product sales.
    writes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    units_of_table: Counter[str] = field(default_factory=Counter)  # and of LEDGER and SALES
    read_units: float = 0.0
    published: int = 0
    log_bytes: int = 0
    cpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # by function
    waiting_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # at AWS latencies


class Span(NamedTuple):
    """When a call began and ended, and its kind in AWS_CALLS."""

    begun: float
    ended: float
    kind: str


class Meter:
    """Counts the calls of every client of a boto3 session."""

    def __init__(self, session: boto3.Session, tables: Mapping[str, Table], store: Any) -> None:
        """Take the session, the tables by name, and a client of another session to read items with."""
        self._tables, self._store = tables, store
        self._images: dict[str, Item | None] = {}
        self._lock = threading.Lock()
        self._spans: list[Span] = []
        self._own_cpu_s = 0.0
        self.usage = Usage()
        session.events.register_first("before-call", self._before)
        session.events.register_first("after-call", self._after)

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """Count the block as one invocation of a function."""
        self._spans, self._own_cpu_s, log = [], 0.0, StringIO()
        begun, written = time.process_time(), self._other_writes()
        with redirect_stdout(log):
            yield
        self.usage.cpu_s[function] += time.process_time() - begun - self._own_cpu_s
        self.usage.writes[function].append(self._other_writes() - written)
        self.usage.invocations += 1
        self.usage.waiting_s[function] += waiting_s(self._spans)
        lines = log.getvalue().splitlines()
        self.usage.log_bytes += sum(len(line.encode()) + LOG_OVERHEAD for line in lines)

    def _other_writes(self) -> int:
        """Return the number of writes so far without those for the product ledger and product sales."""
        return self.usage.written.writes - self.usage.product_writes

    def _before(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["bench"] = time.perf_counter(), params["body"]

    def _after(self, parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
        begun, body = context["bench"]
        begun_cpu, service = time.thread_time(), model.service_model.service_name
        with self._lock:
            kind = service if service == "sns" or not model.name.startswith("Transact") else "transaction"
            request = json.loads(body) if service == "dynamodb" else {}
            # No measurement of a batch of statements was found: it counts as its writes side by side.
            writes = len(request.get("Statements", [kind]))
            self._spans += [Span(begun, time.perf_counter(), kind)] * writes
            self.usage.calls[f"{service}.{model.name}"] += 1
            if service == "dynamodb":
                self._add_capacity(model.name, request, parsed)
            if service == "sns":
                self.usage.published += len(parsed.get("Successful", [None]))
            self._own_cpu_s += time.thread_time() - begun_cpu

    def _add_capacity(self, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        for table, key in capacity.keys_written(operation, request, self._tables):
            place = f"{table} {json.dumps(key, sort_keys=True)}"
            before, after = self._images.get(place), self._read(table, key)
            self._images[place] = after
            shape, in_transaction = self._tables[table], operation.startswith("Transact")
            cost = capacity.write_cost(shape, before, after, in_transaction=in_transaction)
            self.usage.written += cost
            part = part_of(key)
            self.usage.product_writes += cost.writes if part else 0
            self.usage.units_of_table[part or table] += cost.units
        if operation == "Query" and UNCHARGED & request.keys():
            answer = self._store.query(**charged(request))
        self.usage.read_units += read_units(operation, request, answer)

    def _read(self, table: str, key: Item) -> Item | None:
        found: Item | None = self._store.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return found


def part_of(key: Item) -> str:
    """Return LEDGER or SALES for the key of their items, and an empty text for others."""
    if key.get("term", {}).get("S", "").startswith(f"{LEDGER}#"):
        return LEDGER
    return SALES if "product" in key or key.get("tally", {}).get("S", "").startswith("sales-") else ""


def charged(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query for all that DynamoDB charges: what is read before a filter, a projection, a count."""
    condition = query["KeyConditionExpression"]
    parts = ("ExpressionAttributeNames", "ExpressionAttributeValues")
    kept = {name: value for name, value in query.items() if name not in {*UNCHARGED, *parts}}
    for part in parts:
        used = {name: at for name, at in query.get(part, {}).items() if re.search(rf"{name}\b", condition)}
        kept |= {part: used} if used else {}
    return kept


def read_units(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "BatchGetItem":
        return sum(
            capacity.read_units(capacity.item_bytes(item), consistent=wanted.get("ConsistentRead", False))
            for table, wanted in request["RequestItems"].items()
            for item in _found_or_missing(answer["Responses"].get(table, []), len(wanted["Keys"]))
        )
    consistent = request.get("ConsistentRead", False)
    if operation == "GetItem":
        return capacity.read_units(capacity.item_bytes(answer.get("Item", {})), consistent=consistent)
    if operation == "Query":
        size = sum(map(capacity.item_bytes, answer["Items"]))
        return capacity.read_units(size, consistent=consistent)
    return 0.0


def _found_or_missing(items: list[Item], wanted: int) -> list[Item]:
    """Return the items, and an empty one for each that was not found, because a miss costs a unit too."""
    return [*items, *[{}] * (wanted - len(items))]


def waiting_s(spans: Iterable[Span]) -> float:
    """Return how long the calls take on AWS.

    A call that begins before the first call of its round has ended is made side by side with it. A round
    takes as long as its slowest call.
    """
    rounds: list[list[Span]] = []
    for span in sorted(spans, key=lambda one: one.begun):
        if not rounds or span.begun >= min(one.ended for one in rounds[-1]):
            rounds.append([])
        rounds[-1].append(span)
    return sum(max(_slowest_s(kind, calls) for kind, calls in _kinds(one).items()) for one in rounds)


def _kinds(calls: Iterable[Span]) -> Counter[str]:
    return Counter(call.kind for call in calls)


def _slowest_s(kind: str, calls: int) -> float:
    return mean_of_slowest(AWS_CALLS[kind], calls)
