"""Measure searches of the catalog, and saves, with 10,000 and with 100,000 products.

Run: `python -m bench catalog_search`. The command starts its own system.
Unit: milliseconds of a call through the local gateway, from one client, as the median and as the 95th
percentile over all QUERIES, each in ROUNDS rounds. The calls take turns with the reference.
Reference of a search: reading one product (GetItem) through the same gateway. Reference of a save, which
renames a product: a save in the catalog before it is filled.

The tables are filled with what the program's functions write: products, and the pack of the catalog.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import urlencode

from bench.local_system import lift_throttles
from bench.results import ROOT, Row, Target
from lambdas.platform import tables
from lambdas.platform.tables import Record
from lambdas.shop import product_pack
from lambdas.shop.documents import Product
from local.api import Api, open_api
from tests.handlers.shop import Json, product_item
from tests.system import System

SIZES = (10_000, 100_000)
LIMIT = 15  # products that the new-order page asks for
ROUNDS = 6
SAVES = 40
LARGEST_RATIO = 1.5
WRITERS = 8
KINDS = ("mop", "bleach", "cloth", "gloves", "bucket", "soap", "cleaner", "liners", "brush", "descaler")
USES = ("floor", "glass", "kitchen", "bathroom", "window", "hand", "oven", "carpet", "toilet", "steel")
TRAITS = (
    "microfibre",
    "heavy duty",
    "lemon",
    "thick",
    "refill",
    "5 L",
    "90 L",
    "box of 100",
    "blue",
    "large",
)
# A description is fifteen words in a row of this text, which is as varied as any.
TEXT = (ROOT / "docs/staff-guide.md").read_text().split()
# Words, beginnings of 2 to 5 letters, SKUs, two words, misses, and words that only categories have.
QUERIES = (
    *("microfibre", "descaler", "colleague", "lemon", "keyboard"),
    *("mo", "bat", "micro", "des", "carp", "br", "glo"),
    *("BQ-00042", "bq-09999", "bq-000", "BQ-00512-X"),
    *("thick bleach", "floor mop", "blue gl", "mop 5l", "oven cle", "lemon soap refill", "mop keyboard"),
    *("zwetschgenkuchen", "qqq", "mop zzz"),
    *("range 17", "range steel"),
)


def rows() -> Iterator[Row]:
    """Yield the rows of searches and saves at each size."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder), save_interval_s=3600).start()
        try:
            yield from _rows(system)
        finally:
            system.stop()


def _rows(system: System) -> Iterator[Row]:
    api = open_api(system.outputs, **system.outputs["local"]["staff"])
    lift_throttles(system)
    before = _save_ms(api)
    stored = 0
    for size in SIZES:
        fill(system, size, stored)
        stored = size
        found, reference = _search_ms(api)
        for name, value in (("median", statistics.median(found)), ("95th percentile", _percentile(found))):
            yield Row(
                name=f"API: a search of {size:,} products, {name}",
                value=value,
                unit="ms",
                reference=statistics.median(reference) if name == "median" else _percentile(reference),
                against="reading one product",
                target=Target("≤", LARGEST_RATIO) if size == SIZES[-1] and name != "median" else None,
            )
        saved = _save_ms(api)
        found, reference = _search_ms(api)
        yield Row(
            name=f"API: a search of {size:,} products, median, within half a minute of a save",
            value=statistics.median(found),
            unit="ms",
            reference=statistics.median(reference),
            against="reading one product",
        )
        yield Row(
            name=f"API: a save of one of {size:,} products",
            value=saved,
            unit="ms",
            reference=before,
            against="before the catalog was filled",
        )


def _search_ms(api: Api) -> tuple[list[float], list[float]]:
    """Return the times of searches and of reads of a product, which take turns."""
    paths = [f"/products?{urlencode({'q': query, 'limit': LIMIT})}" for query in QUERIES]
    for path in paths[:3]:
        _get_ms(api, path)
    found, read = list[float](), list[float]()
    for at in range(ROUNDS):
        for number, path in enumerate(paths):
            found.append(_get_ms(api, path))
            read.append(_get_ms(api, f"/products/{_sku(number * ROUNDS + at)}"))
    return found, read


def _save_ms(api: Api) -> float:
    """Return the median time of a save that gives a product another name."""
    return statistics.median([_put_ms(api, f"Renamed {number}") for number in range(SAVES + 2)][2:])


def _get_ms(api: Api, path: str) -> float:
    begun = time.perf_counter()
    response = api.call("GET", path)
    assert response.status == 200, response
    return (time.perf_counter() - begun) * 1000


def _put_ms(api: Api, name: str) -> float:
    product = {"name": name, "category": "Range 1", "unitPrice": 100, "unit": "each", "active": True}
    begun = time.perf_counter()
    response = api.call("PUT", "/products/BQ-SAVED", product)
    assert response.status in (200, 201), response
    return (time.perf_counter() - begun) * 1000


def _percentile(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def fill(system: System, size: int, stored: int) -> None:
    """Add products until the catalog has this size beside those that it had, and write its pack.

    Nobody has saved for half a minute then, as far as the table says.
    """
    client = system.client("dynamodb")
    _write(
        client, system.outputs["productsTable"], [dict(_product(number)) for number in range(stored, size)]
    )
    products = [tables.record(item) for item in system.table("productsTable").values()]
    rows = _pack(system, cast(list[Product], products))
    _write(
        client,
        system.outputs["termsTable"],
        [row | ({"until": 1} if "until" in row else {}) for row in rows],
    )


def _pack(system: System, products: Sequence[Product]) -> list[Record]:
    with patch.dict(os.environ, {"SHOP_TERMS_TABLE": system.outputs["termsTable"]}):
        return product_pack.rows(products)


def _write(client: Any, table: str, items: Sequence[Record]) -> None:
    def put(part: Sequence[Record]) -> None:
        requests = [{"PutRequest": {"Item": tables.attributes(item)}} for item in part]
        client.batch_write_item(RequestItems={table: requests})

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(put, [items[at : at + 25] for at in range(0, len(items), 25)]))


def _sku(number: int) -> str:
    return f"BQ-{number:05}"


def _product(number: int) -> Product:
    """Return a product with a name of some words and a description of some fifteen."""
    chance = random.Random(number)
    kind, use = chance.choice(KINDS), chance.choice(USES)
    at = chance.randrange(len(TEXT) - 15)
    content: Json = {
        "name": f"{use} {kind} {' '.join(chance.sample(TRAITS, 2))} no. {number}".capitalize(),
        "category": f"Range {use} {number % 40}",
        "unitPrice": 100 + number % 900,
        "unit": "each",
        "active": chance.random() < 0.95,
        "description": " ".join(TEXT[at : at + 15]),
    }
    return cast(Product, product_item(_sku(number), content))
