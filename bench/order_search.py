"""Measure pages of the lists, and searches, with 100,000 orders beside 1,000 orders.

Run: `python -m bench order_search`. The module runs an emulator in its own process.
Unit: milliseconds of processor time of a call, function and emulator together, as the median of CALLS calls.
The calls with many and with few orders take turns.
Reference: the same call with 1,000 orders in tables of their own.

The tables are filled, by the emulator's own function, with what the program's functions write: the orders,
the rows of the journal, the blocks that the packer makes after each 1,000 orders, and each customer with the
latest order.
"""

from __future__ import annotations

import os
import random
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, cast
from unittest.mock import patch

import boto3
from ministack.services import dynamodb

from bench.results import Row, Target
from lambdas.platform import aws, tables
from lambdas.platform.access import Person
from lambdas.platform.listing import LAST_KEY
from lambdas.shop import customers, new_orders, order_journal, order_packing, order_table, search_table
from lambdas.shop.documents import Order, OrderContent
from lambdas.shop.order_journal import Change
from lambdas.shop.order_origin import Origin
from tests.graph.graph import Graph
from tests.handlers.conftest import ACCOUNT, AWS_ENVIRONMENT, declared_environment, declared_tables
from tests.handlers.in_process import InProcessEmulator
from tests.handlers.shop import KEYS, Json, Shop, request

MANY, FEW = 100_000, 1000
NEW = 400  # orders that are not packed, with many orders as with few, because a search reads all of them
CALLS = 15
LARGEST_RATIO = 1.1
SETTINGS = {"SHOP_CURRENCY": "GBP"}
BEGUN_MS = 1_291_191_960_000
NAMES = ("Maria", "Amara", "Jon", "Leila", "Tomasz", "Ingrid", "Chen", "Priya")
SURNAMES = ("Okafor", "Miller", "Silva", "Novak", "Haddad", "Berg", "Wei", "Rossi", "Dubois", "Kaya")
COMPANIES = ("Riverside Hotel", "Northgate Offices", "Harbour Cafe", "Elm Street School", "City Gym")
PRODUCTS = ("Thick bleach 5 L", "Microfibre mop", "Bin liners 90 L", "Hand soap lemon", "Glass cleaner")
LINE = {"unit": "each", "quantity": 1, "unitPrice": 100, "lineTotal": 100}
RARE = "zwetschgenkuchen"
SEARCHES = {
    "a page of the list": "",
    "a search of a common word": "miller",
    "a search of a rare word": RARE,
    "a search of a part of a phone number": "9460042",
    "a search of a product": "microfibre mop",
}


def rows() -> Iterator[Row]:
    """Yield a row for each call."""
    with _laboratory() as shops:
        few, many = shops[FEW], shops[MANY]
        for module, path in (("list_orders", "/orders"), ("list_customers", "/customers")):
            for what, query in SEARCHES.items():
                if module == "list_customers" and "product" in what:
                    continue  # a customer is not found by products
                value, reference = _milliseconds(many, few, module, path, query)
                yield Row(
                    name=f"{path[1:]}: {what}, with {MANY:,} orders",
                    value=value,
                    unit="ms",
                    reference=reference,
                    against=f"with {FEW:,} orders",
                    target=Target("≤", LARGEST_RATIO),
                )


def _milliseconds(many: Shop, few: Shop, module: str, path: str, query: str) -> tuple[float, float]:
    event = request("GET", path, query={"q": query, "limit": "50"} if query else {"limit": "50"})
    found: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(CALLS):
        for at, shop in enumerate((many, few)):
            begun = time.process_time()  # also of the threads that read side by side
            answer = shop.call(module, event)
            found[at].append((time.process_time() - begun) * 1000)
            assert answer["statusCode"] == 200, answer
    return statistics.median(found[0]), statistics.median(found[1])


class _laboratory:  # noqa: N801 - a context manager
    """Both shops, in one emulator."""

    def __enter__(self) -> dict[int, Shop]:
        os.environ |= AWS_ENVIRONMENT | SETTINGS
        boto3.setup_default_session()
        vars(aws)["session"] = lambda: boto3.DEFAULT_SESSION._session
        self._emulator = InProcessEmulator()
        self._emulator.serve(cast(boto3.Session, boto3.DEFAULT_SESSION), "dynamodb")
        program = Graph("dev")
        return {count: _shop(program, count) for count in (FEW, MANY)}

    def __exit__(self, *_: object) -> None:
        self._emulator.close()


def _shop(program: Graph, count: int) -> Shop:
    shapes, client = declared_tables(program), boto3.client("dynamodb")
    names = {variable: f"{KEYS[variable]}-{count}" for variable in shapes}
    for variable, shape in shapes.items():
        client.create_table(TableName=names[variable], **shape)
    shop = Shop(names | SETTINGS, declared_environment(program))
    chance = random.Random(1)
    with patch.dict(os.environ, names):
        for first in range(0, count, 1000):
            _fill([_order(chance, number) for number in range(first, min(first + 1000, count))])
            while order_packing.pack_if_due(order_journal.partitions()):
                pass
        packed = order_packing.read_state().packed
        new: int = sum(
            1 for term in order_journal.partitions() for _ in search_table.read_range(term, packed, LAST_KEY)
        )
        _fill([_order(chance, number) for number in range(count, count + NEW - new)])
    return shop


def _fill(made: Sequence[Order]) -> None:
    """Write what the functions write for new orders, straight into the emulator's tables."""
    for table, items in {
        order_table.name(): [dict(order) for order in made],
        search_table.name(): [order_journal.row(Change(None, order)) for order in made],
        customers.table(): list({row["email"]: row for row in map(_customer, made)}.values()),
    }.items():
        stored = dynamodb._tables.get_scoped(ACCOUNT, AWS_ENVIRONMENT["AWS_REGION"], table)
        for item in map(tables.attributes, items):
            partition, sort, _ = dynamodb._resolve_table_key_values(stored, item, True)
            dynamodb._set_item(stored, partition, sort, item)


def _order(chance: random.Random, number: int) -> Order:
    person = chance.randrange(40_000)
    name = f"{NAMES[person % len(NAMES)]} {SURNAMES[person % len(SURNAMES)]}"
    products = chance.sample(range(len(PRODUCTS)), 2)
    content: Json = {
        "customer": {
            "name": name,
            "company": f"{COMPANIES[person % len(COMPANIES)]} {person}",
            "email": f"{name.lower().replace(' ', '.')}.{person}@shop{person % 97}.example",
            "phone": f"+44 20 7{person:07}",
            "address": f"{person % 200} Station Road\nLeeds LS{person % 30} {person % 9}DY",
        },
        "notes": f"Please ring at gate {number % 50}" + (f", {RARE}" if number == FEW // 3 else ""),
        "items": [
            {
                "sku": f"SC-{at}",
                "name": PRODUCTS[at],
                "unit": "each",
                "quantity": 1,
                "unitPrice": 100,
                "lineTotal": 100,
            }
            for at in products
        ],
    }
    order_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    origin = Origin(channel="staff", sender=Person("staff", "1"), accepted_at=BEGUN_MS + number * 60_000)
    return new_orders.make(order_id, number, cast(OrderContent, content), [], origin, currency="GBP")


def _customer(order: Order) -> dict[str, Any]:
    details = {name: value for name, value in order["customer"].items() if name != "email"}
    email, at = order["customerEmail"], order["createdAt"]
    figures = {"orders": 1, "sales": 1, "total:GBP": order["total"]}
    latest = {"lastOrderAt": at, "lastOrderID": order["orderID"], "latest": f"{order['listKey']}#000000001"}
    return {"email": email, **details, **figures, **latest, **customers.index_keys(email, at)}
