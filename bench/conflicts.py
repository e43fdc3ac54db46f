"""Simulate the conflicts between the readers of the orders stream, by default with 200 new orders a second.

Run: `python -m bench.conflicts [orders per second] [seconds]` for more numbers than the rows of `make bench`.
The command needs no system and no network, and prints the same at every run.
Unit: transactions that a conflict cancelled, in percent of all calls; writes of customers that another reader
had changed since they were read; batches that failed and were delivered again; and the lag, which is the
seconds from an order's arrival in the stream until figures, customers, search and best sellers have it.
Reference: in the same run, for fewer seconds, the same code with one transaction for each order, whose
tallies are in the order's own shard, and without repetition after a conflict. A line between shows the
program with the customers of a batch in its transaction.

The program's own code runs: each reader calls the function `update_views` in a thread of its own, on a clock
that all threads share and that only simulated calls advance. A fake client stands for DynamoDB. The model
assumes:

- The stream has SHARDS open shards, as operate.md says of a new table. Lambda runs one invocation for each
  shard, with at most BATCH_SIZE records (`components/stream.py`), and asks an empty shard four times a second
  (Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"). After a failure, Lambda delivers both
  halves of the batch again, one after the other, each after such a pause.
- A call takes as long as Alex DeBrie measured from a Lambda function ("DynamoDB Transactions Performance
  Testing", 2020, alexdebrie.com; the constant QUANTILES has his milliseconds). A transaction takes longer
  with each write, in a straight line through his of 5 and of 25 writes, and a cancelled one takes as long as
  another. He measured no reads, so a read takes as long as his put of one item, and a read of many items, or
  a batch of statements, as his batch of as many writes.
- Before each call the function computes for OWN_WORK_S.
- A transaction that succeeds has its items for itself from its call until its answer. In truth it has them
  for a part of that time, so there are fewer conflicts than shown here. A transaction that meets such an item
  is refused (DynamoDB Developer Guide, "Transaction conflict handling").
- Orders arrive at random moments, from CUSTOMERS customers. In the worst case one customer sends all of them.
"""

from __future__ import annotations

import heapq
import itertools
import math
import os
import random
import re
import sys
import threading
import uuid
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError

from bench.results import Row, Target
from lambdas.handlers import update_views
from lambdas.platform import aws, batches, log, side_by_side, tables
from lambdas.platform.access import Person
from lambdas.shop import (
    customer_updates,
    figure_updates,
    figures,
    new_orders,
    order_changes,
    order_origin,
    sales_folding,
    tallies,
)
from lambdas.shop.order_journal import Change

Json = dict[str, Any]
Key = tuple[str, str]
Design = Callable[[ExitStack], None]
"""Replaces choices of the program by others."""

SHARDS, BATCH_SIZE, POLL_S, TIMEOUT_S = 4, 40, 0.25, 60
RATE, SECONDS = 200, 20
# Of the rows of `make bench`. The readers conflict until each has a shard of the tallies, which takes some
# seconds, and a spike lasts for minutes. The reference falls behind more and more, so SECONDS favour it.
LONG_SECONDS = 100
CUSTOMERS = 1000
LINES = 22  # of an order of the trading day in tests/data, without lines of the same product
# A call costs boto3 and the function about 1 ms of a whole processor. The function has 512 MB, and Lambda
# gives a whole processor at 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory").
OWN_WORK_S = 0.001 * 1769 / 512
SHARES = (0.0, 0.5, 0.9, 0.95, 0.99, 1.0)
QUANTILES = {
    "put": (5.47, 7.55, 11.3, 13.2, 16.2, 29.0),
    "batch of 25": (7.96, 10.2, 16.0, 18.0, 27.6, 76.4),
    "transaction of 5": (19.4, 25.3, 30.7, 36.4, 92.5, 218.0),
    "transaction of 25": (23.5, 32.1, 40.5, 47.2, 97.5, 258.0),
}
# The quantiles of calls by the number of writes or reads in a call.
BATCHES = {1: QUANTILES["put"], 25: QUANTILES["batch of 25"]}
TRANSACTIONS = {5: QUANTILES["transaction of 5"], 25: QUANTILES["transaction of 25"]}
# The keys of each table, in the order of their names.
KEYS = {
    "ORDERS": ("orderID",),
    "TALLIES": ("slot", "tally"),
    "CUSTOMERS": ("email",),
    "SALES": ("period", "product"),
    "TERMS": ("listKey", "term"),
}
STATEMENT = re.compile(
    r"(?:INSERT INTO|UPDATE|DELETE FROM) \"(?P<table>\w+)\"(?: VALUE {(?P<new>.*)})?"
    r"(?P<sets>(?: SET \S+ = \?)*)(?P<removes>(?: REMOVE \S+)*)(?: WHERE (?P<condition>.*))?"
)
NAME = re.compile(r"['\"](\S+?)['\"]")


class Simulation:
    """A clock for threads, of which one runs at a time: the one whose pause ends first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._numbers = itertools.count()
        self._errors: list[BaseException] = []

    def sleep(self, seconds: float) -> None:
        """Pause this thread for some simulated seconds, while the other threads run."""
        turn = self._enter(seconds)
        self._wake_next()
        turn.acquire()

    def run(self, tasks: list[Callable[[], None]]) -> None:
        """Run each task in a thread until all have ended. Raises the first error of a task."""
        threads = [threading.Thread(target=self._run, args=(task, self._enter(0))) for task in tasks]
        for thread in threads:
            thread.start()
        self._wake_next()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _enter(self, seconds: float) -> threading.Semaphore:
        turn = threading.Semaphore(0)
        heapq.heappush(self._waiting, (self.now + seconds, next(self._numbers), turn))
        return turn

    def _wake_next(self) -> None:
        if self._waiting:
            self.now, _, turn = heapq.heappop(self._waiting)
            turn.release()

    def _run(self, task: Callable[[], None], turn: threading.Semaphore) -> None:
        turn.acquire()
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - `run` raises it
            self._errors.append(error)
        self._wake_next()


class Database:
    """The operations of DynamoDB that `update_views` calls, with their duration and their conflicts."""

    def __init__(self, clock: Simulation, chance: random.Random) -> None:
        self._clock, self._chance = clock, chance
        self._held = Counter[Key]()
        self._tables: dict[str, dict[str, Json]] = {name.lower(): {} for name in KEYS}
        self._waits: list[float] | None = None  # of the calls that are made side by side
        self.transactions = self.conflicts = self.failed_conditions = 0

    def get_item(self, **request: Any) -> Json:
        self._take(BATCHES, 1)
        item = self._stored(_key(request))
        return {"Item": dict(item)} if item else {}

    def put_item(self, **request: Any) -> None:
        """Write the state of the folds if it has the version that the condition names."""
        self._take(BATCHES, 1)
        key, values = _key(request), request.get("ExpressionAttributeValues", {})
        if self._stored(key).get("version") != values.get(":was"):
            raise _error("ConditionalCheckFailedException")
        self._store(key, request["Item"])

    def query(self, **request: Any) -> Json:
        """Answer the deltas of product sales, or the rows that the search has to pack: none."""
        self._take(BATCHES, 1)
        tally = request["ExpressionAttributeValues"].get(":partition")
        rows = self._tables["tallies"].values() if request["TableName"] == "tallies" else ()
        found = [one for one in rows if one["tally"] == tally]
        return {
            "Count": 0,
            "Items": sorted(found, key=lambda one: str(one["slot"]["S"]))[: request.get("Limit")],
        }

    def batch_get_item(self, *, RequestItems: Json) -> Json:  # noqa: N803 - boto3's name
        [(table, request)] = RequestItems.items()
        self._take(BATCHES, len(request["Keys"]))
        keys = [_key({"TableName": table, "Key": key}) for key in request["Keys"]]
        return {"Responses": {table: [dict(item) for key in keys if (item := self._stored(key))]}}

    def batch_write_item(self, *, RequestItems: Json) -> Json:  # noqa: N803 - boto3's name
        """Delete deltas of product sales, or put rows of the product ledger, which nothing reads here."""
        [(table, requests)] = RequestItems.items()
        self._take(BATCHES, len(requests))
        for one in requests:
            if "DeleteRequest" in one:
                self._tables[table].pop(_key({"TableName": table, **one["DeleteRequest"]})[1], None)
        return {}

    def batch_execute_statement(self, *, Statements: list[Json]) -> Json:  # noqa: N803 - boto3's name
        self._take(BATCHES, len(Statements))
        codes = [self._execute(one["Statement"], list(one["Parameters"])) for one in Statements]
        of_customers = sum("customers" in one["Statement"] for one in Statements)
        self.failed_conditions += sum(code != "" for code in codes[:of_customers])
        return {"Responses": [{"Error": {"Code": code}} if code else {} for code in codes]}

    def _execute(self, statement: str, values: list[Json]) -> str:
        """Write one customer or product; return the code of the error or an empty text."""
        parts = STATEMENT.fullmatch(statement)
        assert parts, statement
        new, sets = NAME.findall(parts["new"] or ""), NAME.findall(parts["sets"])
        changes = {name: values.pop(0) for name in (*new, *sets)}
        known = {name: values.pop(0) for name in NAME.findall(parts["condition"] or "")}
        key = _key({"TableName": parts["table"], "Item": changes | known})
        stored = self._stored(key)
        if new and stored:
            return "DuplicateItem"
        if any(stored.get(name) != value for name, value in known.items()):
            return "ConditionalCheckFailed"
        gone = NAME.findall(parts["removes"])
        self._store(key, {name: value for name, value in (stored | changes).items() if name not in gone})
        return ""

    def transact_write_items(self, *, TransactItems: list[Json]) -> None:  # noqa: N803 - boto3's name
        """Apply all writes or none."""
        writes = [(kind, write) for entry in TransactItems for kind, write in entry.items()]
        keys = [_key(write) for _, write in writes]
        self.transactions += 1
        codes = ["TransactionConflict" if self._held[key] else "None" for key in keys]
        if set(codes) != {"None"}:
            self.conflicts += 1
            self._take(TRANSACTIONS, len(keys))
            raise _error("TransactionCanceledException", codes)
        self._held.update(keys)
        self._take(TRANSACTIONS, len(keys))
        self._held.subtract(keys)
        known = [
            kind == "Put" and self._stored(key) != {} for key, (kind, _) in zip(keys, writes, strict=True)
        ]
        if any(known):
            codes = ["ConditionalCheckFailed" if one else "None" for one in known]
            raise _error("TransactionCanceledException", codes)
        for key, (kind, write) in zip(keys, writes, strict=True):
            self._store(key, write["Item"] if kind == "Put" else self._stored(key) | _added(write))

    def _stored(self, key: Key) -> Json:
        """Return an item, or an empty one if there is none."""
        table, name = key
        return self._tables[table].get(name, {})

    def _store(self, key: Key, item: Json) -> None:
        table, name = key
        self._tables[table][name] = item

    def side_by_side(self, call: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Make calls side by side: the function computes for each in turn, and waits for all together."""
        for start in range(0, len(items), aws.CONNECTIONS):
            waits: list[float] = []
            self._waits = waits
            results = [call(item) for item in items[start : start + aws.CONNECTIONS]]
            self._waits = None
            self._clock.sleep(len(waits) * OWN_WORK_S + max(waits, default=0))
            yield from results

    def _take(self, quantiles: Mapping[int, tuple[float, ...]], writes: int) -> None:
        wait = _duration(quantiles, writes, self._chance.random())
        if self._waits is None:
            self._clock.sleep(OWN_WORK_S)
            self._clock.sleep(wait)
        else:
            self._waits.append(wait)


def _key(request: Json) -> Key:
    """Return the table and key of a write."""
    table = request["TableName"]
    key = request.get("Key") or request["Item"]
    return table, "|".join(key[name]["S"] for name in KEYS[table.upper()])


def _added(write: Json) -> Json:
    """Return the key and the attributes of an ADD. Only whether they are there means something here."""
    names, values = write["ExpressionAttributeNames"], write["ExpressionAttributeValues"]
    key: Json = write["Key"]
    return key | {name: values[f":{place[1:]}"] for place, name in names.items()}


def _error(code: str, reasons: list[str] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}}
    return ClientError(response | {"CancellationReasons": [{"Code": one} for one in reasons or []]}, "Write")


def _duration(quantiles: Mapping[int, tuple[float, ...]], writes: int, share: float) -> float:
    """Return the seconds that this share of the calls with so many writes does not exceed."""
    (few, short), (many, long) = ((size, _quantile(of_size, share)) for size, of_size in quantiles.items())
    return (short + (long - short) * (max(writes, few) - few) / (many - few)) / 1000


def _quantile(milliseconds: tuple[float, ...], share: float) -> float:
    """Return the milliseconds that this share of the calls does not exceed, interpolated."""
    at = max(bisect_left(SHARES, share), 1)
    low, high = milliseconds[at - 1], milliseconds[at]
    return low + (high - low) * (share - SHARES[at - 1]) / (SHARES[at] - SHARES[at - 1])


@dataclass
class Reader:
    """Lambda's reader of one shard of the stream."""

    clock: Simulation
    waiting: deque[tuple[float, Json]]
    failures: int = 0
    lags: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Invoke the function with batches until every record is processed."""
        while self.waiting:
            batch: list[tuple[float, Json]] = []
            while self.waiting and self.waiting[0][0] <= self.clock.now and len(batch) < BATCH_SIZE:
                batch.append(self.waiting.popleft())
            if batch:
                self._deliver(batch)
            else:
                self.clock.sleep(POLL_S)

    def _deliver(self, batch: list[tuple[float, Json]]) -> None:
        end = self.clock.now + TIMEOUT_S
        context = SimpleNamespace(
            aws_request_id="bench", get_remaining_time_in_millis=lambda: (end - self.clock.now) * 1000
        )
        try:
            update_views.handler({"Records": [record for _, record in batch]}, context)
        except order_changes.TRANSIENT_ERRORS:
            self.failures += 1
            self.clock.sleep(POLL_S)
            half = math.ceil(len(batch) / 2)
            for part in (batch[:half], batch[half:]) if len(batch) > 1 else (batch,):
                self._deliver(part)
        else:
            self.lags += [self.clock.now - arrived for arrived, _ in batch]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The measurements of one simulation."""

    transactions: int
    conflicts: int
    failed_conditions: int
    batches_again: int
    lags: list[float]
    seconds: float

    @property
    def share(self) -> float:
        """The percentage of transactions that a conflict cancelled."""
        return 100 * self.conflicts / self.transactions

    def __str__(self) -> str:
        return (
            f"{self.conflicts} of {self.transactions} transactions cancelled ({self.share:.1f} %), "
            f"{self.transactions / (self.transactions - self.conflicts):.2f} calls each, "
            f"{self.failed_conditions} customers read again, {self.batches_again} batches delivered again, "
            f"lag {self.lags[len(self.lags) // 2]:.1f} s in the median and {self.lags[-1]:.1f} s at most, "
            f"{len(self.lags) / self.seconds:.0f} orders a second"
        )


def simulate(rate: float, seconds: float, customers: int, design: Design) -> Result:
    """Simulate a spike of new orders until all are processed."""
    random.seed(1)
    chance, clock = random.Random(2), Simulation()
    database = Database(clock, chance)
    streams = _streams(rate, seconds, customers, chance)
    readers = [Reader(clock, stream) for stream in streams]
    with _program(clock, database, design):
        clock.run([reader.run for reader in readers])
    lags = sorted(lag for reader in readers for lag in reader.lags)
    failures = sum(reader.failures for reader in readers)
    return Result(
        transactions=database.transactions,
        conflicts=database.conflicts,
        failed_conditions=database.failed_conditions,
        batches_again=failures,
        lags=lags,
        seconds=clock.now,
    )


def _streams(rate: float, seconds: float, customers: int, chance: random.Random) -> list[deque[Any]]:
    streams: list[deque[Any]] = [deque() for _ in range(SHARDS)]
    at = 0.0
    while (at := at + chance.expovariate(rate)) < seconds:
        order_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        streams[chance.randrange(SHARDS)].append((at, _record(order_id, at, chance.randrange(customers))))
    return streams


def _record(order_id: str, at: float, customer: int) -> Json:
    line = {"quantity": 1, "name": "Mop", "unitPrice": 900, "lineTotal": 900}
    content: Any = {
        "customer": {"name": f"Ann {customer}", "email": f"{customer}@x.example"},
        "items": [line | {"sku": f"MOP-{at}"} for at in range(LINES)],
    }
    sender = Person("staff@shop.example", "1")
    origin = order_origin.Origin(
        channel="staff", sender=sender, accepted_at=1_291_191_960_000 + int(at * 1000)
    )
    order = new_orders.make(order_id, customer, content, [], origin, currency="GBP")
    image = tables.attributes(order)
    return {
        "eventID": order_id,
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"orderID": {"S": order_id}}, "NewImage": image},
    }


@contextmanager
def _program(clock: Simulation, database: Database, design: Design) -> Iterator[None]:
    """Replace clock and database of the program by simulated ones."""
    simulated = SimpleNamespace(sleep=clock.sleep, monotonic=lambda: clock.now)
    with ExitStack() as patches:
        names = {f"SHOP_{name}_TABLE": name.lower() for name in KEYS}
        patches.enter_context(patch.dict(os.environ, names | {"SHOP_VIEWS_BATCH_SIZE": str(BATCH_SIZE)}))
        for module in (tables, batches, customer_updates, sales_folding):
            patches.enter_context(patch.object(module, "time", simulated))
        patches.enter_context(patch.object(side_by_side, "call", database.side_by_side))
        for function in ("event", "failure"):
            patches.enter_context(patch.object(log, function, lambda *_, **__: None))
        patches.enter_context(patch.object(update_views, "_send_to_dead_letters", _raise))
        patches.enter_context(patch.object(aws, "dynamodb", lambda: database))
        design(patches)
        yield


def _raise(_: Json, error: Exception) -> None:
    raise error  # no order of this simulation is refused


def program(_: ExitStack) -> None:
    """Leave the program as it is."""


def a_transaction_for_each_order(patches: ExitStack) -> None:
    """Count each order alone, with its tallies in its own shard. Repeat and fold nothing."""
    apply, process = order_changes.apply, update_views._process

    def apply_in_own_shard(changes: list[Change], require_time: Callable[[], None]) -> None:
        [(_, after)] = changes
        figure_updates._reader.shard = after["listShard"] if after else ""
        apply(changes, require_time)

    def process_each(records: list[Any], context: Any) -> None:
        for record in records:
            process([record], context)

    patches.enter_context(patch.object(order_changes, "apply", apply_in_own_shard))
    patches.enter_context(patch.object(update_views, "_process", process_each))
    patches.enter_context(patch.object(update_views, "_fold", lambda _: None))
    patches.enter_context(patch.object(tables, "CONTENTION_PAUSES", ()))


def customers_in_the_transaction(patches: ExitStack) -> None:
    """Write the customers of a batch in its transaction, and not before it."""
    difference, key = figures.difference, tallies.key

    def with_customer(before: Any, after: Any) -> figures.Figures:
        customer = ("customer", after["customerEmail"])
        return difference(before, after) | {customer: Counter(orders=1)}

    def without_shard(shard: str, tally: str, slot: str) -> dict[str, str]:
        return {"tally": tally, "slot": slot} if tally == "customer" else key(shard, tally, slot)

    patches.enter_context(patch.object(figures, "difference", with_customer))
    patches.enter_context(patch.object(tallies, "key", without_shard))
    patches.enter_context(patch.object(customer_updates, "by_customer", lambda _: {}))


DESIGNS = (a_transaction_for_each_order, customers_in_the_transaction, program)


def rows() -> Iterator[Row]:
    """Yield the collisions and the lag of the program beside the reference, for many customers and one."""
    for customers in (CUSTOMERS, 1):
        own = simulate(RATE, LONG_SECONDS, customers, program)
        reference = simulate(RATE, SECONDS, customers, a_transaction_for_each_order)
        what = f"{SHARDS} shards, {RATE} orders a second, {customers:,} customer{'s' * (customers > 1)}"
        against = "a transaction for each order"
        yield Row(
            name=f"collisions, {what} (simulation)",
            value=own.share,
            unit="% of transactions",
            reference=reference.share,
            against=against,
            target=Target("<", 1, of="value") if customers > 1 else None,
        )
        yield Row(
            name=f"batches delivered again, {what} (simulation)",
            value=own.batches_again,
            unit="batches",
            reference=reference.batches_again,
            against=against,
            target=Target("≤", 0, of="value"),
        )
        yield Row(
            name=f"largest lag of the figures, {what} (simulation)",
            value=own.lags[-1],
            unit="s",
            reference=reference.lags[-1],
            against=against,
        )


def main(argv: list[str]) -> None:
    """Print the results of all designs, and the ratios of program and reference."""
    rate, seconds = (float(argv[0]) if argv else RATE), (float(argv[1]) if len(argv) > 1 else SECONDS)
    for customers in (CUSTOMERS, 1):
        print(f"{rate:.0f} orders a second for {seconds:.0f} s, {customers} customers:")
        results = [simulate(rate, seconds, customers, design) for design in DESIGNS]
        for design, result in zip(DESIGNS, results, strict=True):
            print(f"  {design.__name__.replace('_', ' ')}: {result}")
        reference, *_, own = results
        print(
            f"  program / reference: conflicts {own.conflicts / max(reference.conflicts, 1):.3f}, "
            f"batches again {own.batches_again / max(reference.batches_again, 1):.3f}, "
            f"largest lag {own.lags[-1] / reference.lags[-1]:.2f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
