"""The search of the storefront finds what the desk's finds, in the same sequence, in a small index."""

import csv
import gzip
import json
import random
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from lambdas.platform.errors import BadRequestError
from lambdas.shop import product_pack, product_search, search, storefront_index, storefront_prices
from lambdas.shop.documents import Product
from tests.handlers.test_search_words import WRITINGS
from tests.imports import ROOT
from tests.site.deno import evaluate
from tests.storefront import product

RANKING = "../storefront/assets/ranking.js"
DAY = ROOT / "tests/data/online-retail-2010-12-01.csv"
VARIANTS = ("", " SMALL", " LARGE", " RED", " BLUE", " SET OF 2", " REFILL", " 5 L")  # of each of 1,300 names
CATEGORIES = ("Floor care", "Mops & Buckets", "Surface cleaners", "Küche", "O’Neill’s own", "洗剤")
SPECIAL = [
    product("MOP", name="Zebra broom", category="Brooms"),
    product("MOP-1", name="Flat mop"),
    product("PAD_2.", name="Polishing pad", description="Use it after the mop, not before"),
    product("ZZ-9", name="A pad_2 holder"),
    product("JRS", name="J R Smith Jones"),
    product("PAD-3", name="Scrubbing pad", description="For moped riders, 5 L, Café Élite’s o’neill-type"),
    product("CJK-1", name="業務用洗剤", category="洗剤", description="浴室の掃除に"),
    product("CJK-2", name="床の掃除用ブラシ"),
    product("E-1", name="𝒜 🧽 ½ ﬁne ΣΊΣΥΦΟΣ straße İstanbul ŉ x"),
    product("R-1", name="منظف ارضـيات קרצוף"),
    *(product(f"W-{at}", name=name) for at, name in enumerate(WRITINGS)),
]
QUERIES = [
    "mop", "MOP", "MOP-1", "mop-1 flat", "pad_2", "PAD_2.", "“pad-3”.", "pad mop", "o'neill", "oneill",
    "neill type", "掃除", "浴室 洗剤", "除用", "ﬁne", "fine", "σισυφος", "ΣΊΣΥΦΟΣ", "STRASSE",
    "istanbul", "İSTANBUL", "1⁄2", "½", "🧽", "منظف", "ارضيات", "𝒜", "a", "ŉ", "ʼn",
    "5l", "5 l", "x@y", "cafe elite", "ΣΙΣ", "jrsmithjones", "jrsmith", "zzz", "mop zzz", "-", "", "   ",
    *(query for queries in WRITINGS.values() for query in queries),
]  # fmt: skip


@cache
def _lines_of_day() -> list[tuple[str, str, int]]:
    """Return SKU, name and price in pence of each product of the trading day."""
    with DAY.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Description"].strip()]
    found = {row["StockCode"]: (row["Description"].strip(), row["UnitPrice"]) for row in rows}
    return [(sku, name, round(float(price) * 100)) for sku, (name, price) in sorted(found.items())]


def catalog(size: int, described: bool = False) -> list[Product]:
    """Return products with the names of the trading day, in some variants."""
    words = (ROOT / "docs/staff-guide.md").read_text(encoding="utf-8").split()
    chance = random.Random("descriptions")
    every = [
        product(
            f"{sku}-{at}" if at else sku,
            name=name + variant,
            unitPrice=price + at,
            category=CATEGORIES[len(name) % len(CATEGORIES)],
            vatClass="standard",
            **({"description": " ".join(chance.choices(words, k=15))} if described else {}),
        )
        for at, variant in enumerate(VARIANTS)
        for sku, name, price in _lines_of_day()
    ]
    assert len(every) >= size
    return every[:size]


def index_of(products: Iterable[Product]) -> bytes:
    return storefront_index.changed(None, {one["sku"]: one for one in products})


def found_by_desk(part: product_search.Part, query: str) -> list[str]:
    try:
        words = tuple(search.parse_query(query, search.PRODUCT))
    except BadRequestError:
        return []  # it has no word
    found = part.find(words, "", None) if words else (0,)
    return [sku for _, sku in part.after(found, product_search.RELEVANCE, "")]


def queries_for(products: list[Product]) -> list[str]:
    """Return whole words, beginnings, SKUs, and two or three of them together."""
    chance = random.Random("storefront")
    texts = [f"{one['sku']} {one['name']} {one['category']} {one.get('description', '')}" for one in products]
    made: list[str] = []
    while len(made) + len(QUERIES) < 500:
        words = chance.choices(chance.choice(texts).split(), k=chance.choice((1, 1, 1, 2, 3)))
        made.append(" ".join(word[: chance.randint(1, 9)] for word in words))
    return QUERIES + made


def test_shop_finds_the_same_products_in_the_same_sequence_as_the_desk() -> None:
    products = [*SPECIAL, *catalog(1600, described=True)]
    part = product_search.Part("1", sorted(product_pack.lines_of(products).values()))
    queries = queries_for(products)
    assert len(queries) == 500
    index = json.loads(index_of(products))
    assert index["complete"]
    expression = "value.queries.map(module.searchIn(value.index))"
    [places] = evaluate(RANKING, expression, [{"index": index, "queries": queries}])
    found = {query: [index["sku"][at] for at in one] for query, one in zip(queries, places, strict=True)}
    assert sum(map(bool, found.values())) > 400
    different = {
        query: (found[query][:5], desk[:5])
        for query in queries
        if found[query] != (desk := found_by_desk(part, query))
    }
    assert different == {}


def test_index_of_ten_thousand_products_stays_below_300_kb() -> None:
    """Their names and prices take 77 KB. Descriptions of 15 words would make 530 KB, and are left out."""
    index = index_of(catalog(10_000, described=True))
    found = json.loads(index)
    assert (found["complete"], len(found["sku"])) == (False, 10_000)
    assert len(gzip.compress(index, 6)) < 100_000


PRICES: list[tuple[int, str, str | None]] = [
    (649, "GBP", "standard"),
    (1, "GBP", "standard"),
    (3, "EUR", "reduced"),
    (0, "USD", "standard"),
    (123_456_789, "GBP", "reduced"),
    (5, "JPY", "standard"),
    (1_000, "JPY", "zero"),
    (1_234_567, "BHD", "standard"),
    (7, "BHD", "exempt"),
    (250, "CHF", None),
]


@pytest.mark.parametrize("rates", [{"standard": 2000, "reduced": 550}, {"standard": 2000}, {}])
def test_results_show_the_same_prices_as_the_other_pages(rates: dict[str, int]) -> None:
    products = [
        product(f"P-{at:02}", name=f"P {at:02}", unitPrice=price, currency=currency, **vat_class(name))
        for at, (price, currency, name) in enumerate(PRICES)
    ]
    index = json.loads(index_of(products))
    expression = "value.index.sku.map((_, at) => module.cardOf(value.index, at, value.rates))"
    [cards] = evaluate(RANKING, expression, [{"index": index, "rates": rates}])
    expected = [storefront_prices.price(one, rates) for one in products]
    assert [(card["net"], card["gross"], card["note"]) for card in cards] == [
        (price.net, price.gross, price.note) for price in expected
    ]
    assert [(card["sku"], card["unit"]) for card in cards] == [(one["sku"], one["unit"]) for one in products]


def vat_class(name: str | None) -> dict[str, Any]:
    return {"vatClass": name} if name else {}
