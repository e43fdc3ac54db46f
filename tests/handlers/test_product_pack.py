"""The pack of the catalog in its table: written with each product, by many at once, and read by everybody."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import pytest

from lambdas.platform import aws, batches, tables, times
from lambdas.shop import catalog_changes, product_lists, product_pack, product_search, rebuild_pack
from lambdas.shop.documents import Product
from lambdas.shop.rebuild_report import Report
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, cancelled, fault, product_item

pytestmark = pytest.mark.store

PATH = "/products/{sku}"
# SKUs of the first part.
TWINS = [sku for sku in map("T-{}".format, range(3000)) if product_pack.part_of(sku) == "00"][:20]


def pail(**changes: Any) -> Json:
    base = {"name": "Steel Pail", "category": "Pails", "unitPrice": 300, "unit": "each", "active": True}
    return base | changes


def put(shop: Shop, sku: str, **changes: Any) -> Reply:
    return shop.ask("put_product", "PUT", PATH, pail(**changes), sku=sku)


def delete(shop: Shop, sku: str) -> Reply:
    return shop.ask("delete_product", "DELETE", PATH, claims=ADMIN, sku=sku)


def found(shop: Shop, **query: str) -> list[str]:
    page = shop.ask("list_products", "GET", "/products", query=query).json
    assert page["count"] == len(page["products"])
    return [product["sku"] for product in page["products"]]


def assert_pack_is_right(shop: Shop) -> None:
    products = cast(list[Product], shop.all("SHOP_PRODUCTS_TABLE"))
    assert shop.packed() == product_pack.lines_of(products)


@pytest.fixture
def other_instance(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a search by another instance of the function, which keeps the pack in a memory of its own."""
    memory = product_lists._Memory()

    def ask(shop: Shop, **query: str) -> list[str]:
        with monkeypatch.context() as patch:
            patch.setattr(product_lists, "_memory", memory)
            return found(shop, **query)

    return ask


def test_each_change_is_found_at_once_by_every_instance(
    shop: Shop, other_instance: Callable[..., list[str]]
) -> None:
    shop.empty_catalog()

    def both(**query: str) -> list[str]:
        mine = found(shop, **query)
        assert other_instance(shop, **query) == mine
        return mine

    assert both(q="pail") == []
    put(shop, "A-1", description="For windows")
    assert both(q="pail") == both(q="windows") == both(category="Pails") == both() == ["A-1"]
    put(shop, "A-1", name="Zinc tub", category="Tubs")
    assert both(q="pail") == both(q="windows") == both(category="Pails") == []
    assert both(q="zinc") == both(q="tubs", active="true") == ["A-1"]
    put(shop, "A-1", name="Zinc tub", category="Tubs", active=False)
    assert (both(q="zinc", active="true"), both(q="zinc", active="false")) == ([], ["A-1"])
    put(shop, "B-1", name="Zinc tub", category="Tubs")
    delete(shop, "A-1")
    assert both(q="zinc") == both(category="Tubs") == ["B-1"]
    assert_pack_is_right(shop)


def test_a_change_of_price_alone_is_sorted_at_once_by_every_instance(
    shop: Shop, other_instance: Callable[..., list[str]]
) -> None:
    shop.empty_catalog()
    for sku, price in (("A-1", 300), ("B-1", 200)):
        put(shop, sku, unitPrice=price)
    assert found(shop, sort="cheapest") == other_instance(shop, sort="cheapest") == ["B-1", "A-1"]
    assert found(shop, sort="latest-change")[0] == other_instance(shop, sort="latest-change")[0] == "B-1"
    time.sleep(0.002)  # a change has the time of its millisecond
    put(shop, "A-1", unitPrice=100)
    assert found(shop, sort="cheapest") == other_instance(shop, sort="cheapest") == ["A-1", "B-1"]
    assert found(shop, sort="latest-change") == other_instance(shop, sort="latest-change") == ["A-1", "B-1"]
    assert_pack_is_right(shop)


@pytest.mark.parametrize("changes", [{"name": "Zinc tub"}, {"unitPrice": 1}, {"unit": "box"}])
def test_every_change_writes_product_history_part_and_version(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, changes: Json
) -> None:
    put(shop, TWINS[0])
    time.sleep(0.002)  # a change has the time of its millisecond
    write, made = tables.transact, list[int]()

    def count(writes: list[Json]) -> None:
        made.append(len(writes))
        write(writes)

    monkeypatch.setattr(tables, "transact", count)
    put(shop, TWINS[0], **changes)
    put(shop, TWINS[0], **changes)
    assert made == [4], "the second one changes nothing"


def _store_lines_of_before(shop: Shop) -> None:
    """Store the pack as an earlier release has written it."""
    for row in shop.all("SHOP_TERMS_TABLE"):
        if row["term"].startswith("catalog#"):
            lines = [line.rsplit("\t", 2)[0] for line in product_pack.unpack(row["lines"])]
            old = {product_pack.sku_of(line): line for line in lines}
            shop.put("SHOP_TERMS_TABLE", row | {"lines": product_pack.fit("", old)[1]})


def test_a_pack_of_an_earlier_release_is_read_changed_and_made_anew(shop: Shop) -> None:
    shop.empty_catalog()
    for sku, price in ((TWINS[0], 300), (TWINS[1], 200), (TWINS[2], 100)):
        put(shop, sku, unitPrice=price)
    _store_lines_of_before(shop)
    assert found(shop, q="pail", sort="cheapest") == sorted(TWINS[:3])
    put(shop, TWINS[0], unitPrice=301)
    assert found(shop, q="pail", sort="cheapest") == [TWINS[0], *sorted(TWINS[1:3])]
    assert found(shop, q="pail", sort="dearest") == [TWINS[0], *sorted(TWINS[1:3])]
    report = Report()
    assert set(rebuild_pack.correct(report)) == {"products"}
    assert report.wrong["search"] == 2
    assert found(shop, sort="cheapest") == [TWINS[2], TWINS[1], TWINS[0]]
    assert_pack_is_right(shop)


def test_each_part_has_its_version(shop: Shop) -> None:
    versions = {part: f"of {part}" for part in product_pack.PARTS}
    for part, version in versions.items():
        shop.put("SHOP_TERMS_TABLE", {"term": "catalog-versions", "listKey": part, "version": version})
    assert product_pack.read_versions() == versions


def test_a_list_reads_all_consistently(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a product is not found right after it was saved. The emulator knows no other reads."""
    put(shop, TWINS[0])
    monkeypatch.setattr(product_lists, "_memory", product_lists._Memory())
    client, asked = aws.dynamodb(), list[tuple[str, Any]]()

    class Recording:
        def __getattr__(self, name: str) -> Any:
            def call(**request: Any) -> Any:
                wanted = request.get("RequestItems", {"": request}).values()
                asked.extend((name, one.get("ConsistentRead")) for one in wanted)
                return getattr(client, name)(**request)

            return call

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Recording())
        assert TWINS[0] in found(shop, q="pail")
    assert set(asked) == {("query", True), ("batch_get_item", True)}


def create(shop: Shop, sku: str) -> None:
    shop.ask("create_product", "POST", "/products", pail(sku=sku))


def bring(shop: Shop, sku: str) -> None:
    shop.ask("import_products", "POST", "/products/batch", {"items": [pail(sku=sku, unitPrice=1)]})


def rebuild(shop: Shop, _: str) -> None:
    shop.put("SHOP_TERMS_TABLE", {"term": "catalog-versions", "listKey": "00", "version": "wrong"})
    list(rebuild_pack.correct(Report()))


@pytest.mark.parametrize(
    ("known", "save"),
    [(False, create), (False, put), (True, put), (True, delete), (True, bring), (True, rebuild)],
)
def test_a_save_is_announced_before_it_is_made(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, known: bool, save: Callable[[Shop, str], object]
) -> None:
    shop.empty_catalog()
    if known:
        put(shop, TWINS[0], name="Old")
    for row in _announcements(shop):
        shop.put("SHOP_TERMS_TABLE", row | {"until": 1})
    monkeypatch.setattr(product_pack, "_announced", {})
    write, left = tables.transact, list[int]()

    def look(writes: list[Json]) -> None:
        left.extend(row["until"] - times.now_ms() for row in _announcements(shop))
        write(writes)

    monkeypatch.setattr(tables, "transact", look)
    save(shop, TWINS[0])
    assert len(left) == 1
    assert left[0] > product_pack.SAVE_MS


def test_a_correction_that_outlasts_its_announcement_is_announced_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.empty_catalog()
    shop.put("SHOP_PRODUCTS_TABLE", product_item(TWINS[0], pail()))
    monkeypatch.setattr(product_pack, "_announced", {})
    write, late = tables.transact, times.now_ms() + 3 * product_pack.SAVE_MS

    def slow(writes: list[Json]) -> None:
        write(writes)
        monkeypatch.setattr(times, "now_ms", lambda: late)

    monkeypatch.setattr(tables, "transact", slow)
    list(rebuild_pack.correct(Report()))
    (row,) = _announcements(shop)
    assert row["until"] > late


def test_the_rows_of_a_new_pack_announce_themselves() -> None:
    """A list that was quiet before compares its parts."""
    (row,) = product_pack.rows([])
    assert row["until"] > times.now_ms() + product_pack.SAVE_MS


def _announcements(shop: Shop) -> list[Json]:
    return [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"] == "catalog"]


def test_few_saves_of_a_process_are_announced(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_pack, "_announced", {})
    store, announced = tables.put, list[Json]()

    def note(table: str, new: Json) -> None:
        announced.append(new)
        store(table, new)

    monkeypatch.setattr(tables, "put", note)
    start, later = times.now_ms(), 0
    monkeypatch.setattr(times, "now_ms", lambda: start + later)
    for later in (0, 1, product_pack.SAVE_MS, product_pack.SAVE_MS + 1, product_pack.SAVE_MS + 2):
        put(shop, TWINS[0], unitPrice=later + 1)
    assert [row["until"] - start for row in announced] == [30_000, product_pack.SAVE_MS + 1 + 30_000]


def test_a_list_reads_only_once_while_nobody_saves(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, other_instance: Callable[..., list[str]]
) -> None:
    monkeypatch.setattr(product_pack, "_announced", {})
    put(shop, TWINS[0])
    (row,) = _announcements(shop)
    shop.put("SHOP_TERMS_TABLE", row | {"until": times.now_ms() - 1})
    assert other_instance(shop, q="pail") == [TWINS[0]]
    asked = _count_calls(monkeypatch)
    assert other_instance(shop, q="pail") == [TWINS[0]]
    assert other_instance(shop, q="nothing") == []
    assert asked == ["batch_get_item"] * 2
    monkeypatch.setattr(product_pack, "_announced", {})
    put(shop, TWINS[1])
    assert other_instance(shop, q="pail") == sorted(TWINS[:2])


def _count_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    client, asked = aws.dynamodb(), list[str]()

    class Recording:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(client, name)

    monkeypatch.setattr(aws, "dynamodb", Recording)
    return asked


def _between_read_and_write(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Do something once, after a change has read its part and before it writes."""
    write = tables.transact

    def write_after(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        meanwhile()
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda shop: put(shop, TWINS[1]),
        lambda shop: put(shop, TWINS[2], name="Zinc tub"),
        lambda shop: delete(shop, TWINS[2]),
        lambda shop: put(shop, TWINS[2], unitPrice=1),
    ],
)
@pytest.mark.parametrize("mine", ["added", "renamed", "deleted"])
def test_a_write_of_the_same_part_in_between_is_not_lost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, mine: str, meanwhile: Callable[[Shop], Reply]
) -> None:
    shop.empty_catalog()
    put(shop, TWINS[2])
    if mine != "added":
        put(shop, TWINS[0])
    _between_read_and_write(monkeypatch, lambda: meanwhile(shop))
    reply = delete(shop, TWINS[0]) if mine == "deleted" else put(shop, TWINS[0], name="Mine")
    assert reply.status == {"added": 201, "renamed": 200, "deleted": 204}[mine]
    assert_pack_is_right(shop)
    assert found(shop, q="mine") == ([] if mine == "deleted" else [TWINS[0]])


def test_many_people_who_save_products_of_one_part_at_once_all_succeed(shop: Shop) -> None:
    shop.empty_catalog()
    replies: dict[str, int] = {}

    def save(sku: str) -> None:
        replies[sku] = put(shop, sku, name=f"Pail {sku}").status

    threads = [threading.Thread(target=save, args=[sku], daemon=True) for sku in TWINS[:6]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert replies == dict.fromkeys(TWINS[:6], 201)
    assert_pack_is_right(shop)


@pytest.mark.usefixtures("no_pauses")
def test_a_part_that_others_write_at_every_try_is_busy_and_nothing_is_saved(
    shop: Shop, break_aws: Callable[..., None]
) -> None:
    shop.empty_catalog()
    put(shop, TWINS[0])
    refused = cancelled("None", "None", "ConditionalCheckFailed", "None")
    break_aws("dynamodb", transact_write_items=refused, times=len(catalog_changes.PAUSES) - 1)
    assert put(shop, TWINS[0], name="Zinc tub").status == 200
    break_aws("dynamodb", transact_write_items=refused, times=len(catalog_changes.PAUSES))
    with pytest.raises(batches.BusyError):
        put(shop, TWINS[0], name="Iron tub")
    assert found(shop, q="zinc") == [TWINS[0]]
    assert_pack_is_right(shop)


def test_the_pauses_between_two_tries_grow_and_are_random(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, break_aws: Callable[..., None]
) -> None:
    """Otherwise those who met at a part would meet again."""
    drawn, slept = list[tuple[float, float]](), list[float]()

    def draw(*bounds: float) -> float:
        drawn.append((bounds[0], bounds[1]))
        return bounds[1] / 2

    monkeypatch.setattr("lambdas.shop.catalog_changes.random.uniform", draw)
    monkeypatch.setattr("lambdas.shop.catalog_changes.time.sleep", slept.append)
    refused = cancelled("None", "None", "ConditionalCheckFailed", "None")
    break_aws("dynamodb", transact_write_items=refused, times=2)
    assert put(shop, TWINS[0]).status == 201
    assert drawn == [(0, longest) for longest in catalog_changes.PAUSES[:3]]
    assert slept == [longest / 2 for longest in catalog_changes.PAUSES[:3]]
    assert list(catalog_changes.PAUSES) == sorted(catalog_changes.PAUSES)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("is_new", [True, False])
def test_a_save_whose_answer_was_lost_is_no_conflict(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    """The second try fails by the conditions of the product and of its part."""
    if not is_new:
        put(shop, TWINS[0])
    write = tables.transact

    def write_twice(writes: list[Json]) -> None:
        write(writes)
        write(writes)

    monkeypatch.setattr(tables, "transact", write_twice)
    assert put(shop, TWINS[0], name="Zinc tub").json["version"] == (1 if is_new else 2)
    assert delete(shop, TWINS[0]).status == 204
    assert found(shop, q="zinc") == []


@pytest.mark.parametrize("module", [product_pack, tables], ids=["read", "transact"])
def test_a_save_that_is_cut_off_leaves_product_and_pack_as_they_were(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    shop.empty_catalog()
    put(shop, TWINS[0])

    def fail(_: Any) -> Any:
        raise fault()

    with monkeypatch.context() as patch:
        patch.setattr(module, "read" if module is product_pack else "transact", fail)
        with pytest.raises(type(fault())):
            put(shop, TWINS[0], name="Zinc tub")
    assert found(shop, q="steel") == [TWINS[0]]
    assert_pack_is_right(shop)
    assert put(shop, TWINS[0], name="Zinc tub").json["version"] == 2
    assert_pack_is_right(shop)


def _import(shop: Shop, who: Json, items: list[Json]) -> Counter[str]:
    body = {"items": items}
    reply = shop.ask("import_products", "POST", "/products/batch", body, claims=who).json
    return Counter(one["outcome"] for one in reply["items"])


@pytest.mark.thorough
def test_an_import_into_one_part_does_not_collide_with_itself(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.empty_catalog()
    read = product_pack.read

    def read_slowly(part: str) -> product_pack.Part:
        found = read(part)
        time.sleep(0.02)  # for another write of the part to come in between
        return found

    monkeypatch.setattr(product_pack, "read", read_slowly)
    monkeypatch.setattr(catalog_changes, "PAUSES", (0,))  # a single try
    assert _import(shop, STAFF, [pail(sku=sku) for sku in TWINS]) == {"added": len(TWINS)}
    assert_pack_is_right(shop)


def test_two_imports_into_one_part_at_once_both_finish(shop: Shop) -> None:
    shop.empty_catalog()
    done: list[Counter[str]] = []
    parts = (TWINS[:10], TWINS[10:])
    threads = [
        threading.Thread(
            target=lambda mine=mine: done.append(_import(shop, STAFF, [pail(sku=one) for one in mine]))
        )
        for mine in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [{"added": 10}] * 2
    assert_pack_is_right(shop)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("call", ["query", "get_item", "batch_get_item", "transact_write_items"])
def test_products_saved_while_a_rebuild_corrects_their_part_are_right(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Products of the part are saved before each such call of the rebuild, each time in another way."""
    shop.empty_catalog()
    for sku in TWINS[:4]:
        put(shop, sku)
    row = next(row for row in shop.all("SHOP_TERMS_TABLE") if row["term"] == "catalog#00")
    lines = product_pack.lines_of(
        [cast(Product, product_item(sku, pail(name="Wrong"))) for sku in TWINS[2:5]]
    )
    shop.put("SHOP_TERMS_TABLE", row | {"lines": product_pack.fit("00", lines)[1]})
    client, saved, has_scanned = aws.dynamodb(), list[Reply](), list[str]()

    class Saving:
        def __getattr__(self, name: str) -> Any:
            if name == call and has_scanned and len(saved) < 8:
                with monkeypatch.context() as patch:
                    patch.setattr(aws, "dynamodb", lambda: client)
                    saved.append(_save_some(shop, len(saved)))
            return getattr(client, name)

    monkeypatch.setattr(aws, "dynamodb", lambda: Saving())
    report = Report()
    for step in rebuild_pack.correct(report):
        has_scanned.append(step)
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    assert len(saved) > 0
    assert {reply.status for reply in saved} <= {200, 201, 204}
    assert report.wrong.keys() == {"search"}
    assert_pack_is_right(shop)


def _save_some(shop: Shop, number: int) -> Reply:
    """Rename a product, add one, delete one, or change a price."""
    match number % 4:
        case 0:
            return put(shop, TWINS[0], name=f"Name {number}")
        case 1:
            return put(shop, TWINS[5 + number])
        case 2:
            return delete(shop, TWINS[2 + number // 4])
    return put(shop, TWINS[1], unitPrice=number)


def test_a_check_names_wrong_lines_and_writes_nothing(shop: Shop) -> None:
    shop.stock()
    (row, *_) = [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith("catalog#")]
    shop.put("SHOP_TERMS_TABLE", row | {"lines": product_pack.fit("", {})[1]})
    before = shop.all("SHOP_TERMS_TABLE")
    report = Report(is_check=True)
    assert set(rebuild_pack.correct(report)) == {"products"}
    assert report.wrong["search"] >= 1
    assert shop.all("SHOP_TERMS_TABLE") == before


@pytest.mark.parametrize("is_check", [True, False])
def test_a_product_saved_after_it_was_looked_at_is_not_wrong(shop: Shop, is_check: bool) -> None:
    shop.stock()
    report = Report(is_check=is_check)
    steps = rebuild_pack.correct(report)
    next(steps)
    put(shop, TWINS[0])
    put(shop, "MOP-1", name="Renamed")
    after = shop.all("SHOP_TERMS_TABLE")
    assert set(steps) == {"products"}
    assert not report.wrong
    assert shop.all("SHOP_TERMS_TABLE") == after


def test_a_part_that_is_too_large_keeps_names_and_categories(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.empty_catalog()
    put(shop, TWINS[0], description="For windows")
    monkeypatch.setattr(product_pack, "MAX_BYTES", 100)
    put(shop, TWINS[1], description="For walls and ceilings of every kind")
    assert found(shop, q="pail") == found(shop, q="pails") == sorted(TWINS[:2])
    assert (found(shop, q="windows"), found(shop, q="walls")) == ([], [])


@pytest.mark.parametrize("sort", ["price", "NAME", "relevance"])
def test_an_unknown_sort_is_400_with_the_field(shop: Shop, sort: str) -> None:
    reply = shop.ask("list_products", "GET", "/products", query={"sort": sort})
    rule = "another one without q" if sort == "relevance" else f"one of {', '.join(product_search.SORTS)}"
    assert reply.fields == {"sort": f'must be {rule}, got "{sort}"'}
