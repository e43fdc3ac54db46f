"""Simulate the conflicts between the readers of the orders stream, by default with 200 new orders a second.

Run: `python -m bench.conflicts [orders per second] [seconds]`. The command needs no system and no network,
and prints the same at every run.
Unit: transactions that a conflict cancelled, in percent of all calls; calls for each transaction that was to
be made; batches that failed and were delivered again; and the lag, which is the seconds from an order's
arrival in the stream until figures, customers and search have it.
Reference: in the same run, the same code with one transaction for each order, whose tallies are in the
order's own shard, and without repetition after a conflict. A line between shows the repetition alone.

The program's own code runs: each reader calls the function `update_views` in a thread of its own, on a clock
that all threads share and that only simulated calls advance. A fake client stands for DynamoDB. The model
assumes:

- The stream has SHARDS open shards, as operate.md says of a new table. Lambda runs one invocation for each
  shard, with at most BATCH_SIZE records (`components/stream.py`), and asks an empty shard four times a second
  (Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"). After a failure, Lambda delivers both
  halves of the batch again, one after the other, each after such a pause.
- A call takes as long as Alex DeBrie measured from a Lambda function ("DynamoDB Transactions Performance
  Testing", 2020, alexdebrie.com; the constant QUANTILES has his milliseconds). A transaction lies between his
  of 5 and of 25 writes, and a cancelled one takes as long as another. He measured no reads, so a read takes
  as long as his put of one item.
- Before each call the function computes for OWN_WORK_S.
- A transaction that succeeds has its items for itself from its call until its answer. In truth it has them
  for a part of that time, so there are fewer conflicts than shown here. A transaction or a plain write that
  meets such an item is refused (DynamoDB Developer Guide, "Transaction conflict handling").
- Orders arrive at random moments, from CUSTOMERS customers. In the worst case one customer sends all of them.
"""

from __future__ import annotations

import heapq
import itertools
import math
import os
import random
import sys
import threading
import uuid
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError

from lambdas.handlers import update_views
from lambdas.platform import aws, batches, log, tables
from lambdas.platform.access import Person
from lambdas.platform.errors import OutOfTimeError
from lambdas.shop import customer_details, figure_updates, order_changes, orders
from lambdas.shop.order_journal import Change

Json = dict[str, Any]
Key = tuple[str, str]

SHARDS, BATCH_SIZE, POLL_S, TIMEOUT_S = 4, 10, 0.25, 60
CUSTOMERS = 1000
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
TRANSIENT_ERRORS: tuple[type[Exception], ...] = (*order_changes.TRANSIENT_ERRORS, OutOfTimeError)
TABLES = ("ORDERS", "TALLIES", "CUSTOMERS", "TERMS")


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
        self._items: dict[Key, Json] = {}
        self.transactions = self.conflicts = self.plain_conflicts = 0

    def get_item(self, **request: Any) -> Json:
        self._take("put")
        item = self._items.get(_key(request))
        return {"Item": dict(item)} if item else {}

    def query(self, **_: Any) -> Json:
        """Answer the count of rows that the search has not packed yet: too few for a block."""
        self._take("put")
        return {"Count": 0, "Items": []}

    def update_item(self, **request: Any) -> None:
        key = _key(request)
        is_held = self._held[key] > 0
        self._take("put")
        if is_held:
            self.plain_conflicts += 1
            raise _error("TransactionConflictException")
        item, values = self._items[key], request["ExpressionAttributeValues"]
        if item.get("latest") != values.get(":was"):
            raise _error("ConditionalCheckFailedException")
        item.update({name[1:]: value for name, value in values.items() if name != ":was"})

    def transact_write_items(self, *, TransactItems: list[Json]) -> None:  # noqa: N803 - boto3's name
        """Apply all writes or none."""
        writes = [(kind, write) for entry in TransactItems for kind, write in entry.items()]
        keys = [_key(write) for _, write in writes]
        self.transactions += 1
        codes = ["TransactionConflict" if self._held[key] else "None" for key in keys]
        if set(codes) != {"None"}:
            self.conflicts += 1
            self._take_transaction(len(keys))
            raise _error("TransactionCanceledException", codes)
        self._held.update(keys)
        self._take_transaction(len(keys))
        self._held.subtract(keys)
        known = [kind == "Put" and key in self._items for key, (kind, _) in zip(keys, writes, strict=True)]
        if any(known):
            codes = ["ConditionalCheckFailed" if one else "None" for one in known]
            raise _error("TransactionCanceledException", codes)
        for key, (kind, write) in zip(keys, writes, strict=True):
            self._items[key] = write["Item"] if kind == "Put" else self._items.get(key, {}) | _added(write)

    def _take(self, name: str) -> None:
        self._clock.sleep(OWN_WORK_S + _quantile(QUANTILES[name], self._chance.random()))

    def _take_transaction(self, writes: int) -> None:
        share = self._chance.random()
        few, many = (_quantile(QUANTILES[f"transaction of {size}"], share) for size in (5, 25))
        self._clock.sleep(few + (many - few) * (min(max(writes, 5), 25) - 5) / 20)
        self._clock.sleep(OWN_WORK_S)


def _key(request: Json) -> Key:
    """Return the table and key of a write. Only rows of the journal are put, with their keys in the item."""
    key = request.get("Key") or {name: request["Item"][name] for name in ("term", "listKey")}
    return request["TableName"], "|".join(part["S"] for part in key.values())


def _added(write: Json) -> Json:
    """Return the key and the attributes of an ADD. Only whether they are there means something here."""
    names, values = write["ExpressionAttributeNames"], write["ExpressionAttributeValues"]
    key: Json = write["Key"]
    return key | {name: values[f":{place[1:]}"] for place, name in names.items()}


def _error(code: str, reasons: list[str] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}}
    return ClientError(response | {"CancellationReasons": [{"Code": one} for one in reasons or []]}, "Write")


def _quantile(milliseconds: tuple[float, ...], share: float) -> float:
    """Return the seconds that this share of the calls does not exceed, interpolated."""
    at = max(bisect_left(SHARES, share), 1)
    low, high = milliseconds[at - 1], milliseconds[at]
    return (low + (high - low) * (share - SHARES[at - 1]) / (SHARES[at] - SHARES[at - 1])) / 1000


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
        except TRANSIENT_ERRORS:
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
    plain_conflicts: int
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
            f"{self.plain_conflicts} plain writes refused, {self.batches_again} batches delivered again, "
            f"lag {self.lags[len(self.lags) // 2]:.1f} s in the median and {self.lags[-1]:.1f} s at most, "
            f"{len(self.lags) / self.seconds:.0f} orders a second"
        )


def simulate(rate: float, seconds: float, customers: int, *, batched: bool, repeated: bool) -> Result:
    """Simulate a spike of new orders until all are processed."""
    random.seed(1)
    chance, clock = random.Random(2), Simulation()
    database = Database(clock, chance)
    streams = _streams(rate, seconds, customers, chance)
    readers = [Reader(clock, stream) for stream in streams]
    with _program(clock, database, batched=batched, repeated=repeated):
        clock.run([reader.run for reader in readers])
    lags = sorted(lag for reader in readers for lag in reader.lags)
    failures = sum(reader.failures for reader in readers)
    return Result(
        transactions=database.transactions,
        conflicts=database.conflicts,
        plain_conflicts=database.plain_conflicts,
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
    line = {"sku": "MOP-1", "quantity": 1, "name": "Mop", "unitPrice": 900, "lineTotal": 900}
    content: Any = {
        "customer": {"name": f"Ann {customer}", "email": f"{customer}@x.example"},
        "items": [line],
    }
    sender = Person("staff@shop.example", "1")
    origin = orders.Origin(channel="staff", sender=sender, accepted_at=1_291_191_960_000 + int(at * 1000))
    order = orders.new(order_id, content, [], origin, currency="GBP")
    image = tables.attributes(order)
    return {
        "eventID": order_id,
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"orderID": {"S": order_id}}, "NewImage": image},
    }


@contextmanager
def _program(clock: Simulation, database: Database, *, batched: bool, repeated: bool) -> Iterator[None]:
    """Replace clock and database of the program by simulated ones.

    Without `batched` and `repeated`, the program writes as the reference does.
    """
    simulated = SimpleNamespace(sleep=clock.sleep, monotonic=lambda: clock.now)
    with ExitStack() as patches:
        names = {f"SHOP_{name}_TABLE": name.lower() for name in TABLES}
        patches.enter_context(patch.dict(os.environ, names))
        for module in (tables, batches, customer_details):
            patches.enter_context(patch.object(module, "time", simulated))
        for function in ("event", "failure"):
            patches.enter_context(patch.object(log, function, lambda *_, **__: None))
        patches.enter_context(patch.object(update_views, "_send_to_dead_letters", _raise))
        patches.enter_context(patch.object(aws, "dynamodb", lambda: database))
        if not repeated:
            patches.enter_context(patch.object(tables, "CONTENTION_PAUSES", ()))
        if not batched:
            _count_each_order(patches)
        yield


def _raise(_: Json, error: Exception) -> None:
    raise error  # no order of this simulation is refused


def _count_each_order(patches: ExitStack) -> None:
    """Replace the choices of the program by those of the reference."""
    shard = threading.local()
    count = order_changes.count

    def count_in_own_shard(changes: list[Change]) -> None:
        [(before, after)] = changes
        order = after or before
        shard.own = order["listShard"] if order else ""
        count(changes)

    own = SimpleNamespace(choice=lambda _: shard.own)
    patches.enter_context(patch.object(order_changes, "count", count_in_own_shard))
    patches.enter_context(patch.object(figure_updates, "random", own))
    patches.enter_context(patch.object(update_views, "_runs", lambda records: [[one] for one in records]))


def main(argv: list[str]) -> None:
    """Print the results of program, reference and the step between, and the ratios of the first two."""
    rate, seconds = (float(argv[0]) if argv else 200.0), (float(argv[1]) if len(argv) > 1 else 20.0)
    for customers in (CUSTOMERS, 1):
        print(f"{rate:.0f} orders a second for {seconds:.0f} s, {customers} customers:")
        reference = simulate(rate, seconds, customers, batched=False, repeated=False)
        between = simulate(rate, seconds, customers, batched=False, repeated=True)
        program = simulate(rate, seconds, customers, batched=True, repeated=True)
        for name, result in {
            "a transaction an order (reference)": reference,
            "the same, repeated after a conflict": between,
            "a transaction a batch, repeated (program)": program,
        }.items():
            print(f"  {name}: {result}")
        print(
            f"  program / reference: conflicts {program.conflicts / max(reference.conflicts, 1):.3f}, "
            f"batches again {program.batches_again / max(reference.batches_again, 1):.3f}, "
            f"largest lag {program.lags[-1] / reference.lags[-1]:.2f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
