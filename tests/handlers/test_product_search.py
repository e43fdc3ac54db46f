"""The search of products: which are found, in which sequence, and how many. A fake store has the pack."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

import pytest

from lambdas.platform import times
from lambdas.platform.errors import BadRequestError
from lambdas.shop import product_lists, product_pack, product_search, search
from lambdas.shop.documents import Product
from lambdas.shop.product_lists import ProductPage, Wanted
from tests.handlers.shop import Json, product_item
from tests.handlers.test_search_words import WRITINGS


class Store:
    """A catalog in memory, in place of the two tables."""

    def __init__(self, products: Iterable[Json]) -> None:
        self.products: dict[str, Product] = {}
        self.versions: dict[str, str] = {}
        self.announced = 0  # as in a table in which no save was ever announced
        self.read: list[str] = []  # the parts that were read
        self.compared = 0  # how often the versions were read
        for product in products:
            self.save(product)

    def save(self, product: Json) -> None:
        self.products[product["sku"]] = cast(Product, product)
        self._touch(product["sku"])

    def delete(self, sku: str) -> None:
        del self.products[sku]
        self._touch(sku)

    def _touch(self, sku: str) -> None:
        part = product_pack.part_of(sku)
        self.versions[part] = f"{id(self)}-{int(self.versions.get(part, '-0').rpartition('-')[2]) + 1}"

    def read_packed(self, parts: list[str]) -> Any:
        self.read += parts
        for part in parts:
            mine = (one for sku, one in self.products.items() if product_pack.part_of(sku) == part)
            yield part, self.versions[part], product_pack.fit(part, product_pack.lines_of(mine))[1]

    def read_versions(self) -> dict[str, str]:
        self.compared += 1
        return dict(self.versions)

    def read_products(self, skus: Iterable[str]) -> tuple[dict[str, Product], int]:
        return {sku: self.products[sku] for sku in skus if sku in self.products}, self.announced

    def use(self, patch: pytest.MonkeyPatch) -> "Store":
        """Have the lists read this store, as a new instance of the function does."""
        patch.setattr(product_lists, "_memory", product_lists._Memory())
        patch.setattr(product_pack, "read_versions", self.read_versions)
        patch.setattr(product_pack, "read_packed", self.read_packed)
        patch.setattr(product_pack, "read_products", self.read_products)
        return self


def product(
    sku: str, name: str, category: str = "Other", description: str = "", active: bool = True, **more: Any
) -> Json:
    text = {"description": description} if description else {}
    content = {"name": name, "category": category, "active": active, "unitPrice": 100, **text, **more}
    return product_item(sku, content)


def page(query: str = "", limit: int = 100, cursor: str = "", **wanted: Any) -> ProductPage:
    words = tuple(search.parse_query(query, search.PRODUCT))
    sort = wanted.get("sort") or ("relevance" if words else "name")
    asked = Wanted(words, wanted.get("category", ""), wanted.get("active"), sort)
    return product_lists.read_page(asked, limit, cursor)


def found(query: str, **wanted: Any) -> list[str]:
    return [one["sku"] for one in page(query, **wanted).products]


SHELF = [
    product("MOP", "Zebra broom", "Brooms"),
    product("MOP-1", "Flat mop", "Floor"),
    product("HEAD-1", "Mop head", "Floor"),
    product("MOPED-1", "Cover for mopeds", "Vehicles"),
    product("PAD-1", "Floor pad", "Mops", "Fits every machine"),
    product("PAD-2", "Polishing pad", "Floor", "Use it after the mop, not before"),
    product("PAD-3", "Scrubbing pad", "Floor", "For moped riders"),
    product("BUCKET-1", "Bucket", "Pails", "For Café Élite’s own o’neill-type wringer, 5 L"),
    product("CJK-1", "業務用洗剤", "洗剤", "浴室の掃除に"),
    product("CJK-2", "床の掃除用ブラシ", "ブラシ"),
    product("OLD-1", "Old mop", "Floor", active=False),
]


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(SHELF).use(monkeypatch)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "skus"),
    [
        # The whole SKU, whole words of SKU and name, beginnings of them, words of texts, beginnings of these.
        ("mop", ["MOP", "MOP-1", "HEAD-1", "OLD-1", "MOPED-1", "PAD-2", "PAD-1", "PAD-3"]),
        ("MOP-1", ["MOP-1", "HEAD-1", "OLD-1", "MOPED-1", "PAD-1"]),
        ("1 mop", ["MOP-1", "HEAD-1", "OLD-1", "MOPED-1", "PAD-1"]),
        ("“moped-1”.", ["MOPED-1"]),
        ("mops", ["PAD-1"]),
        ("pad floor", ["PAD-1", "PAD-2", "PAD-3"]),
        ("pad moped", ["PAD-3"]),
        ("flo pad", ["PAD-1", "PAD-2", "PAD-3"]),
        ("cafe elite", ["BUCKET-1"]),
        ("oneill", ["BUCKET-1"]),
        ("o'neill", ["BUCKET-1"]),
        ("neill type", ["BUCKET-1"]),
        ("5l bucket", ["BUCKET-1"]),
        ("掃除", ["CJK-2", "CJK-1"]),
        ("洗剤", ["CJK-1"]),
        ("浴室 洗剤", ["CJK-1"]),
        ("除用", ["CJK-2"]),
        ("neil machine", []),
        ("ead", []),
    ],
)
def test_products_are_ranked_by_the_word_that_fits_worst(query: str, skus: list[str]) -> None:
    assert found(query) == skus
    assert page(query).found == len(skus)


@pytest.mark.usefixtures("shelf")
def test_pieces_of_japanese_words_are_found() -> None:
    assert (found("除用 用ブ"), found("室の 除に"), found("除用 除に")) == (["CJK-2"], ["CJK-1"], [])


@pytest.mark.usefixtures("shelf")
def test_filters_and_sorts_apply_to_what_a_search_finds() -> None:
    by_name = ["MOPED-1", "MOP-1", "PAD-1", "HEAD-1", "OLD-1", "PAD-2", "PAD-3", "MOP"]
    assert found("mop", sort="name") == by_name
    assert found("mop", sort="sku") == sorted(found("mop"))
    assert found("", sort="sku") == sorted(one["sku"] for one in SHELF)
    assert found("mop", category="Floor", active=True) == ["MOP-1", "HEAD-1", "PAD-2", "PAD-3"]
    assert found("mop", active=False) == ["OLD-1"]


def changed(hour: int) -> str:
    return f"2026-03-02T{hour:02}:00:00.000Z"


PRICED = [
    product("A", "Mop", "Floor", unitPrice=1000, updatedAt=changed(3)),
    product("B", "Broom", "Floor", unitPrice=999, updatedAt=changed(1)),
    product("C", "Brush", unitPrice=0, updatedAt="1999-12-31T23:59:59.999Z"),
    product("D", "Pad", unitPrice=10_000_000, updatedAt=changed(2)),
    product("E", "Bucket", "Floor", unitPrice=999, active=False, updatedAt=changed(1)),
]
SORTED = {
    "cheapest": ["C", "B", "E", "A", "D"],
    "dearest": ["D", "A", "B", "E", "C"],
    "latest-change": ["A", "D", "B", "E", "C"],
    "earliest-change": ["C", "B", "E", "D", "A"],
}


@pytest.mark.parametrize("sort", SORTED)
@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("parts", ["of their own", "one"])
def test_products_are_sorted_by_price_and_by_change_with_equal_ones_by_name(
    sort: str, limit: int, parts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parts == "one":
        monkeypatch.setattr(product_pack, "part_of", lambda _: "00")
    Store(PRICED).use(monkeypatch)
    assert _all_pages("", limit, "", None, sort, 5) == SORTED[sort]
    of_floor = [sku for sku in SORTED[sort] if sku in "ABE"]
    assert _all_pages("", limit, "Floor", None, sort, 3) == of_floor
    assert _all_pages("b", limit, "Floor", True, sort, 1) == ["B"]
    assert _all_pages("b", limit, "", None, sort, 3) == [sku for sku in SORTED[sort] if sku in "BCE"]


@pytest.mark.parametrize("sort", SORTED)
def test_products_whose_lines_are_of_an_earlier_release_are_sorted_last(
    sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, line_of = Store(PRICED), product_pack.line_of

    def of_before(one: Product | None) -> str:
        line = line_of(one)
        return line.rsplit("\t", 2)[0] if one and one["sku"] in "AB" else line

    monkeypatch.setattr(product_pack, "line_of", of_before)
    store.use(monkeypatch)
    for limit in (1, 2, 5):
        known = [sku for sku in SORTED[sort] if sku not in "AB"]
        assert _all_pages("", limit, "", None, sort, 5) == [*known, "B", "A"]  # these by name
    assert found("mop") == ["A"]


@pytest.mark.usefixtures("shelf")
def test_the_first_page_counts_categories_whatever_category_is_wanted() -> None:
    assert page("mop", category="Floor", limit=2).categories == {
        "Brooms": 1,
        "Floor": 5,
        "Mops": 1,
        "Vehicles": 1,
    }
    assert page(active=False).categories == {"Floor": 1}
    every = Counter(one["category"] for one in SHELF)
    assert page().categories == dict(sorted(every.items()))
    assert page("mop", limit=2, cursor=page("mop", limit=2).cursor or "").categories is None


def test_very_many_categories_are_those_with_most_products(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [at for at in range(1, 24) for _ in range(at)]
    Store(product(f"S-{at}", "Soap", f"C{of:02}") for at, of in enumerate(numbers)).use(monkeypatch)
    monkeypatch.setattr(product_lists, "MAX_CATEGORIES", 20)
    assert page().categories == {f"C{at:02}": at for at in range(4, 24)}


@pytest.mark.parametrize("name", WRITINGS)
def test_a_product_is_found_in_each_writing_of_name_category_and_description(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = [product("A", name), product("B", "x", name), product("C", "x", "y", name)]
    Store([*shelf, product("D", "Steel pail")]).use(monkeypatch)
    assert {query: found(query) for query in WRITINGS[name] if sorted(found(query)) != ["A", "B", "C"]} == {}


def test_every_piece_of_a_long_japanese_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 120)))
    Store([product("A", name), product("B", "Steel pail")]).use(monkeypatch)
    queries = [*name, *(name[at : at + 2] for at in range(119)), *(name[at : at + 9] for at in range(112))]
    assert [query for query in queries if found(query) != ["A"]] == []


def test_tabs_and_line_breaks_in_stored_texts_break_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = product("A", "Soap\tdish\x85\u2028", "Wet\nroom", "one\r\ntwo\tthree")
    Store([odd, product("B", "Soap")]).use(monkeypatch)
    assert (found("soap"), found("three"), found("room")) == (["B", "A"], ["A"], ["A"])


def test_a_sku_that_ends_with_a_sign_is_the_first_result_of_its_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Store([product("B-1", "A nut"), product("Nut.", "Zinc"), product("NUT-1", "Able")]).use(monkeypatch)
    assert found("nut.") == found("NUT") == ["Nut.", "B-1", "NUT-1"]


# ---- pages


@pytest.mark.usefixtures("shelf")
def test_a_cursor_is_refused_in_a_list_of_another_sort_or_ranking() -> None:
    of_mop, by_name = page("mop", limit=1).cursor or "", page(limit=1).cursor or ""
    for query, sort, cursor in (
        ("floor", "", of_mop),
        ("mop", "name", of_mop),
        ("", "", of_mop),
        ("", "sku", by_name),
        ("", "cheapest", by_name),
        ("", "dearest", page(sort="cheapest", limit=1).cursor or ""),
        ("mop", "", by_name),
    ):
        with pytest.raises(BadRequestError):
            page(query, sort=sort, cursor=cursor)
    assert page("mop", sort="name", cursor=by_name).products, "a filter may change, as in other lists"
    assert page("MÖP", cursor=of_mop).products


def test_products_deleted_after_their_part_was_read_are_replaced(shelf: Store) -> None:
    for sku in ("MOP", "HEAD-1", "PAD-1", "PAD-3"):
        del shelf.products[sku]
    assert found("mop", limit=3) == ["MOP-1", "OLD-1", "MOPED-1"]
    rest = page("mop", limit=3, cursor=page("mop", limit=3).cursor or "")
    assert ([one["sku"] for one in rest.products], rest.cursor) == (["PAD-2"], None)


def test_versions_are_not_asked_for_while_nobody_saves(shelf: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000
    monkeypatch.setattr(times, "now_ms", lambda: now)
    shelf.announced = now
    assert found("mop")
    assert found("mop")
    assert shelf.compared == 2, "the save may not have ended"
    now += 1
    assert found("mop")
    assert shelf.compared == 3, "it has ended, but not before the last look"
    for _ in range(3):
        assert found("mop")
        assert found("nothing") == []
    assert shelf.compared == 3
    shelf.announced = now + product_pack.SAVE_MS
    shelf.save(product("MOP-1", "Flat broom", "Floor"))
    assert "MOP-1" in found("broom")
    assert shelf.compared == 4


@pytest.mark.usefixtures("shelf")
def test_a_table_without_announcements_is_compared_each_time(shelf: Store) -> None:
    """An earlier release has written it, and its functions may still save."""
    for _ in range(3):
        assert found("mop")
    assert shelf.compared == 3


def test_only_the_parts_that_changed_are_read_again(shelf: Store) -> None:
    found("mop")
    shelf.read.clear()
    assert found("mop")
    assert shelf.read == []
    shelf.save(product("MOP-1", "Flat broom", "Floor"))
    assert "MOP-1" in found("broom")
    assert shelf.read == [product_pack.part_of("MOP-1")]


@pytest.mark.parametrize("version", ["", "0", "~"])
def test_a_part_of_any_other_version_is_read_again(shelf: Store, version: str) -> None:
    found("mop")
    part = product_pack.part_of("MOP-1")
    shelf.products["MOP-1"] = cast(Product, product("MOP-1", "Flat broom"))
    shelf.versions[part] = version
    assert "MOP-1" in found("broom")


def test_a_part_that_is_gone_is_forgotten(shelf: Store) -> None:
    """A table that was emptied or restored may lack it."""
    assert "MOP-1" in found("mop")
    del shelf.versions[product_pack.part_of("MOP-1")]
    assert "MOP-1" not in found("mop")
    assert page("mop").found == len(found("mop"))


def test_a_part_keeps_the_results_of_few_queries(shelf: Store) -> None:
    """A function lives for hours, and each letter that somebody types is a query."""
    for number in range(100):
        assert found("mop") != found(f"mop {number}", active=True, sort="sku")
    kept = [len(part._found) for part in product_lists._memory.parts.values()]
    assert max(kept) == product_search._KEPT
    assert len(product_lists._memory.counted) == product_lists._KEPT
    shelf.read.clear()
    assert found("mop")
    assert shelf.read == []


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.save(product("NEW-9", "Mop ring")),
        lambda store: store.delete("HEAD-1"),
        lambda store: store.save(product("HEAD-1", "Brush head")),
        lambda store: store.save(product("PAD-2", "Mop pad")),
    ],
)
def test_a_change_between_two_pages_repeats_no_other_product_and_leaves_none_out(
    shelf: Store, change: Any
) -> None:
    first = page("mop", limit=2)
    skus = [one["sku"] for one in first.products]
    assert skus == ["MOP", "MOP-1"]
    change(shelf)
    rest = found("mop", cursor=first.cursor or "")
    assert len(rest) == len(set(rest))
    assert not set(rest) & set(skus)
    untouched = {"OLD-1", "MOPED-1", "PAD-1", "PAD-3"}
    assert [sku for sku in rest if sku in untouched] == ["OLD-1", "MOPED-1", "PAD-1", "PAD-3"]


# ---- parts that are too large


def test_a_part_that_is_too_large_is_stored_without_descriptions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = product_pack.part_of("BUCKET-1")
    lines = product_pack.lines_of(cast(list[Product], SHELF))
    monkeypatch.setattr(product_pack, "MAX_BYTES", len(product_pack.fit(part, lines)[1]))
    assert product_pack.fit(part, lines)[0] == lines
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(product_pack, "MAX_BYTES", product_pack.MAX_BYTES - 1)
    shorter, packed = product_pack.fit(part, lines)
    assert product_pack.unpack(packed) == sorted(shorter.values())
    plain = [{name: value for name, value in one.items() if name != "description"} for one in SHELF]
    assert shorter == product_pack.lines_of(cast(list[Product], plain))
    assert '"event": "catalog.part_too_large", "level": "WARN"' in capsys.readouterr().out
    Store(SHELF).use(monkeypatch)
    monkeypatch.setattr(product_pack, "MAX_BYTES", 0)
    of_before = {sku: line.rsplit("\t", 2)[0] for sku, line in lines.items()}
    kept = {sku: line.rsplit("\t", 2)[0] for sku, line in shorter.items()}
    assert product_pack.fit(part, of_before)[0] == kept, "lines of an earlier release have two fields less"
    assert (found("bucket"), found("pails"), found("wringer")) == (["BUCKET-1"], ["BUCKET-1"], [])


# ---- against a plain reference


LETTERS = [
    "mop",
    "mops",
    "moped",
    "o'neill",
    "neill",
    "5",
    "l",
    "5l",
    "flat",
    "florist",
    "flöte",
    "3-ply",
    "a-b-c",
]
LETTERS += ["掃除", "掃除用", "床", "abc掃除", "pad", "pads", "x1", "x-1", "x.1"]


def _random_products(chance: random.Random, count: int) -> list[Json]:
    def text(most: int) -> str:
        return " ".join(chance.choices(LETTERS, k=chance.randint(1, most)))

    return [
        product(
            f"{chance.choice(['Mop', 'x', 'PAD', '5L', 'fl'])}{chance.choice('-._')}{number}",
            text(3),
            chance.choice(["Mops", "Pads", "床", "Flat things"]),
            chance.choice(["", text(6)]),
            active=chance.random() < 0.8,
            unitPrice=chance.choice([0, 99, 100, 999, 10_000_000]),
            updatedAt=changed(chance.randrange(24)),
        )
        for number in range(count)
    ]


def _expected(products: list[Json], query: str) -> list[tuple[int, str, str]]:
    """Return rank, key in the list by name, and SKU of the products that match, sorted; read plainly."""
    wanted = search.parse_query(query, search.PRODUCT)
    hits = []
    for one in products:
        names = search.product_words(cast(Product, one))
        texts = search.text_words(one["category"], one.get("description", ""))
        ranks = [_rank(word, names, texts) for word in wanted]
        if None not in ranks:
            is_sku = search.fold(one["sku"]).strip("._-") == " ".join(wanted)
            rank = 0 if is_sku else max(cast(list[int], ranks), default=0)
            hits.append((rank, f"{one['name'].lower()} #{one['sku']}", one["sku"]))
    return sorted(hits)


def _rank(word: str, names: list[str], texts: list[str]) -> int | None:
    ranks = []
    for reading in search.readings(word):
        parts = [
            1 if part in names else
            2 if any(_begins(one, part) for one in names) else
            3 if part in texts else
            4 if any(_begins(one, part) for one in texts) else None
            for part in reading
        ]  # fmt: skip
        if None not in parts:
            ranks.append(max(cast(list[int], parts)))
    return min(ranks, default=None)


def _begins(word: str, part: str) -> bool:
    return part in word if search.is_unspaced(part) else word.startswith(part)


@pytest.mark.thorough
@pytest.mark.parametrize(("seed", "block", "sparse"), [(0, 64, 8), (1, 2, 1), (2, 3, 1000)])
def test_every_page_equals_a_plain_reference(
    seed: int, block: int, sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With small blocks, as in large parts, and with all results as if they were few, or none."""
    monkeypatch.setattr(product_search, "_BLOCK", block)
    monkeypatch.setattr(product_search, "_SPARSE", sparse)
    chance = random.Random(seed)
    products = _random_products(chance, 300)
    Store(products).use(monkeypatch)
    for _ in range(60):
        words = chance.choices([*LETTERS, "m", "f", "nothing", *(one["sku"] for one in products[:9])], k=2)
        words = [word[: chance.choice([2, 3, 9])] for word in words[: chance.choice([0, 1, 1, 2])]]
        query = " ".join(words)
        category, active = chance.choice(["", "", "Mops"]), chance.choice([None, None, True])
        sort = chance.choice(["name", "sku", *SORTED, *(["relevance"] if query else [])])
        of_all = [
            hit
            for hit in _expected(products, query)
            if active in (None, next(one["active"] for one in products if one["sku"] == hit[2]))
        ]
        categories = {one["sku"]: one["category"] for one in products}
        stored = {one["sku"]: one for one in products}
        hits = [hit for hit in of_all if category in ("", categories[hit[2]])]
        if sort != "relevance":
            hits.sort(key=lambda hit: (hit[2].lower(), hit[2]) if sort == "sku" else (hit[1], ""))
        if sort in SORTED:
            field = "updatedAt" if sort.endswith("change") else "unitPrice"
            is_falling = sort in ("dearest", "latest-change")
            hits.sort(key=lambda hit: stored[hit[2]][field], reverse=is_falling)
        for limit in (1, 7, 100) if seed == 0 and len(hits) < 40 else (13, 100):
            assert _all_pages(query, limit, category, active, sort, len(hits)) == [hit[2] for hit in hits]
        first = page(query, category=category, active=active, sort=sort)
        assert first.categories == dict(sorted(Counter(categories[hit[2]] for hit in of_all).items()))


def _all_pages(
    query: str, limit: int, category: str, active: bool | None, sort: str, count: int
) -> list[str]:
    skus, cursor = list[str](), ""
    while True:
        part = page(query, limit, cursor, category=category, active=active, sort=sort)
        skus += [one["sku"] for one in part.products]
        assert part.found == count
        if part.cursor is None:
            return skus
        assert len(part.products) == limit, "a page that has a next one is full"
        assert len(skus) < count, "something follows"
        cursor = part.cursor
