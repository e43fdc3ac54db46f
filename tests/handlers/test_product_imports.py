"""POST /products/batch: imports of products, each judged by itself, tried or written."""

import random
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from lambdas.platform import aws, tables
from lambdas.shop import catalog
from lambdas.shop.documents import Product
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, cancelled

pytestmark = pytest.mark.store


def pail(sku: str = "PAIL-1", **changes: Any) -> Json:
    """Return a product to import (a steel pail), with these fields changed."""
    base = {"name": "Steel Pail", "category": "Pails", "unitPrice": 300, "unit": "each", "active": True}
    return {"sku": sku, **base, **changes}


def send(shop: Shop, items: Any, **body: Any) -> Reply:
    return shop.ask("import_products", "POST", "/products/batch", {"items": items, **body})


def outcomes(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 200, reply.text
    return [(one["sku"], one["outcome"]) for one in reply.json["items"]]


def stored(shop: Shop) -> dict[str, Json]:
    return {item["sku"]: item for item in shop.all("SHOP_PRODUCTS_TABLE")}


def test_an_import_adds_changes_and_leaves_products(shop: Shop) -> None:
    send(shop, [pail("A"), pail("B")])
    reply = send(shop, [pail("A"), pail("B", unitPrice=350, description="10 l"), pail("C")])
    assert outcomes(reply) == [("A", "unchanged"), ("B", "changed"), ("C", "added")]
    price, text = {"field": "unitPrice", "from": 300, "to": 350}, {"field": "description", "to": "10 l"}
    assert [one.get("changes") for one in reply.json["items"]] == [None, [price, text], None]
    versions = {sku: item["version"] for sku, item in stored(shop).items() if sku in "ABC"}
    assert versions == {"A": 1, "B": 2, "C": 1}
    assert stored(shop)["B"]["unitPrice"] == 350
    assert stored(shop)["B"]["updatedBy"] == {"name": STAFF["email"], "sub": STAFF["sub"]}
    searched = shop.ask("list_products", "GET", "/products", query={"q": "steel pail"}).json["products"]
    assert [one["sku"] for one in searched] == ["A", "B", "C"]


def test_a_product_may_lose_its_description(shop: Shop) -> None:
    send(shop, [pail(description="10 l")])
    reply = send(shop, [pail(description="")])
    assert reply.json["items"][0]["changes"] == [{"field": "description", "from": "10 l"}]
    assert "description" not in stored(shop)["PAIL-1"]


def test_a_dry_run_says_the_same_and_writes_nothing(shop: Shop) -> None:
    send(shop, [pail("A")])
    items = [pail("A", unitPrice=1), pail("B"), pail("C", unitPrice=-1)]
    before = (shop.all("SHOP_PRODUCTS_TABLE"), shop.all("SHOP_TERMS_TABLE"))
    tried = send(shop, items, dryRun=True)
    assert (shop.all("SHOP_PRODUCTS_TABLE"), shop.all("SHOP_TERMS_TABLE")) == before
    assert send(shop, items, dryRun=False).json == tried.json
    assert outcomes(tried) == [("A", "changed"), ("B", "added"), ("C", "refused")]


def changes_of(reply: Reply) -> list[list[Json]]:
    """Return the changes of each item, as whoever tries an import sees them."""
    return [one.get("changes", []) for one in reply.json["items"]]


def test_a_product_that_somebody_changed_after_the_check_is_refused(shop: Shop) -> None:
    send(shop, [pail("A"), pail("B"), pail("C"), pail("D")])
    items = [pail(sku, unitPrice=400) for sku in "ABCDE"]
    seen = changes_of(send(shop, items, dryRun=True))
    send(shop, [pail("A", unitPrice=350), pail("B", unitPrice=400), pail("C", name="Pail of steel")])
    send(shop, [pail("E")])
    reply = send(shop, items, expected=seen)
    assert outcomes(reply) == [
        ("A", "refused"), ("B", "unchanged"), ("C", "refused"), ("D", "changed"), ("E", "refused")
    ]  # fmt: skip
    assert reply.json["items"][0]["fields"] == [
        {"path": "sku", "message": "was changed by somebody else after the check; check the file again"}
    ]
    prices = {sku: item["unitPrice"] for sku, item in stored(shop).items() if sku in "ABCDE"}
    assert prices == {"A": 350, "B": 400, "C": 300, "D": 400, "E": 300}
    assert stored(shop)["C"]["name"] == "Pail of steel"
    assert outcomes(send(shop, items, expected=changes_of(send(shop, items, dryRun=True)))) == [
        ("A", "changed"), ("B", "unchanged"), ("C", "changed"), ("D", "unchanged"), ("E", "changed")
    ]  # fmt: skip


def test_prices_only_do_not_mind_a_change_of_another_field(shop: Shop) -> None:
    send(shop, [pail("A")])
    items = [{"sku": "A", "unitPrice": 400}]
    seen = changes_of(send(shop, items, dryRun=True, partial=True))
    send(shop, [pail("A", name="Pail of steel")])
    assert outcomes(send(shop, items, expected=seen, partial=True)) == [("A", "changed")]
    assert (stored(shop)["A"]["name"], stored(shop)["A"]["unitPrice"]) == ("Pail of steel", 400)


def test_a_product_that_somebody_deleted_after_the_check_is_refused(shop: Shop) -> None:
    send(shop, [pail("A")])
    seen = changes_of(send(shop, [pail("A", unitPrice=400)], dryRun=True))
    aws.dynamodb().delete_item(TableName=shop.names["SHOP_PRODUCTS_TABLE"], Key={"sku": {"S": "A"}})
    assert outcomes(send(shop, [pail("A", unitPrice=400)], expected=seen)) == [("A", "refused")]
    assert "A" not in stored(shop)


def test_a_row_that_is_refused_anyway_keeps_its_own_faults(shop: Shop) -> None:
    reply = send(shop, [pail("A", unitPrice=-1)], expected=[[]])
    assert [fault["path"] for fault in reply.json["items"][0]["fields"]] == ["unitPrice"]


@pytest.mark.parametrize("expected", [[], [[], []]])
def test_what_somebody_has_seen_needs_an_entry_for_each_item(shop: Shop, expected: list[Any]) -> None:
    reply = send(shop, [pail("A")], expected=expected)
    assert (reply.status, reply.fields) == (
        400,
        {"expected": f"must have an entry for each of the 1 items, got {len(expected)}"},
    )
    assert "A" not in stored(shop)


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({**pail(), "sku": None}, "sku"),
        (pail(sku="a b"), "sku"),
        (pail(sku="batch"), "sku"),
        (pail(unitPrice="3.00"), "unitPrice"),
        (pail(unitPrice=1.5), "unitPrice"),
        (pail(name=" "), "name"),
        (pail(currency="gbp"), "currency"),
        (pail(active=1), "active"),
        (pail(colour="red"), "colour"),
        ({"sku": "PAIL-1", "unitPrice": 1}, "name"),
        ({}, "sku"),
        ("PAIL-1", ""),
        (None, ""),
        ([], ""),
        (7, ""),
    ],
)
def test_a_bad_product_is_refused_alone_with_field_and_rule(shop: Shop, item: Any, path: str) -> None:
    reply = send(shop, [pail("A"), item, pail("B")])
    assert [outcome for _, outcome in outcomes(reply)] == ["added", "refused", "added"]
    faults = {fault["path"]: fault["message"] for fault in reply.json["items"][1]["fields"]}
    assert path in faults
    assert faults[path]


def test_a_sku_that_comes_twice_is_refused_the_second_time(shop: Shop) -> None:
    reply = send(shop, [pail("A"), pail("\u200bA", unitPrice=1), pail("A")])
    assert outcomes(reply) == [("A", "added"), ("A", "refused"), ("A", "refused")]
    assert reply.json["items"][1]["fields"] == [
        {"path": "sku", "message": 'must be in the import only once, got "A" again'}
    ]
    assert stored(shop)["A"]["unitPrice"] == 300


def test_products_without_a_sku_are_not_taken_for_the_same_one(shop: Shop) -> None:
    reply = send(shop, [{"name": "A"}, {"name": "B"}])
    assert outcomes(reply) == [("", "refused"), ("", "refused")]
    assert reply.json["items"][0]["fields"] == reply.json["items"][1]["fields"]


def test_a_bad_product_does_not_take_the_sku_from_a_good_one_before_it(shop: Shop) -> None:
    assert outcomes(send(shop, [pail("A"), pail("A", name="")])) == [("A", "added"), ("A", "refused")]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": {}}, "items"),
        ({"items": [pail()] * 101}, "items"),
        ({"items": [pail()], "dryRun": "yes"}, "dryRun"),
        ({"items": [pail()], "dryrun": True}, "dryrun"),
    ],
)
def test_a_body_that_is_no_list_of_products_is_400_and_writes_nothing(
    shop: Shop, body: Json, path: str
) -> None:
    reply = shop.ask("import_products", "POST", "/products/batch", body)
    assert reply.status == 400
    assert path in reply.fields
    assert "PAIL-1" not in stored(shop)


def test_a_product_that_somebody_changed_meanwhile_is_refused_alone(shop: Shop, monkeypatch: Any) -> None:
    send(shop, [pail("A"), pail("B")])
    write = tables.transact

    def write_after_another(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        changed = pail("A", unitPrice=1)
        assert shop.ask("put_product", "PUT", "/products/{sku}", changed, sku="A").status == 200
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after_another)
    monkeypatch.setattr("lambdas.platform.side_by_side.call", map)  # one after the other: A is the first
    reply = send(shop, [pail("A", unitPrice=2), pail("B", unitPrice=2)])
    assert outcomes(reply) == [("A", "refused"), ("B", "changed")]
    assert "meanwhile" in reply.json["items"][0]["fields"][0]["message"]
    assert [stored(shop)[sku]["unitPrice"] for sku in "AB"] == [1, 2]


@pytest.mark.usefixtures("no_pauses")
def test_an_import_that_failed_in_the_middle_can_be_repeated(shop: Shop, break_aws: Any) -> None:
    items = [pail(f"P-{n}") for n in range(20)]
    broken = cancelled("TransactionConflict", "None")
    with pytest.MonkeyPatch.context() as patch:
        written = Counter[str]()
        write = tables.transact

        def write_seven(writes: list[Json]) -> None:
            written["writes"] += 1
            if written["writes"] > 7:
                raise broken
            write(writes)

        patch.setattr(tables, "transact", write_seven)
        with pytest.raises(type(broken)):
            send(shop, items)
    assert sum(sku.startswith("P-") for sku in stored(shop)) == 7
    assert Counter(outcome for _, outcome in outcomes(send(shop, items))) == {"unchanged": 7, "added": 13}
    assert Counter(outcome for _, outcome in outcomes(send(shop, items))) == {"unchanged": 20}


def test_many_products_with_more_search_rows_than_a_transaction_are_imported_at_once(shop: Shop) -> None:
    """Their further rows are written beside the transaction, in calls that could be side by side too."""
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 120)))
    replies = list[Reply]()

    def send_all() -> None:
        replies.append(send(shop, [pail(f"W-{number}", name=name) for number in range(2 * aws.CONNECTIONS)]))

    sending = threading.Thread(target=send_all, daemon=True)
    sending.start()
    sending.join(60)  # calls that wait for each other would never end
    assert {outcome for _, outcome in outcomes(replies[0])} == {"added"}


def test_admins_and_staff_may_import_and_nobody_else(shop: Shop) -> None:
    def status(claims: Json) -> int:
        body = {"items": [pail()]}
        return shop.ask("import_products", "POST", "/products/batch", body, claims=claims).status

    assert [status(who) for who in (ADMIN, STAFF, {"email": "x@y.example", "sub": "9"})] == [200, 200, 403]


# -- partial items


def test_a_partial_item_keeps_the_fields_that_it_leaves_out(shop: Shop) -> None:
    send(shop, [pail("A", description="10 l", currency="EUR"), pail("B")])
    before = stored(shop)
    reply = send(shop, [{"sku": "A", "unitPrice": 7}, {"sku": "B", "unitPrice": 300}], partial=True)
    assert outcomes(reply) == [("A", "changed"), ("B", "unchanged")]
    assert reply.json["items"][0]["changes"] == [{"field": "unitPrice", "from": 300, "to": 7}]
    kept = ("name", "category", "unit", "active", "description", "currency")
    assert [stored(shop)["A"][name] for name in kept] == [before["A"][name] for name in kept]
    assert stored(shop)["B"] == before["B"]


def test_a_partial_item_removes_a_description_by_null_and_not_by_leaving_it_out(shop: Shop) -> None:
    send(shop, [pail(description="10 l")])
    assert outcomes(send(shop, [{"sku": "PAIL-1"}], partial=True)) == [("PAIL-1", "unchanged")]
    reply = send(shop, [{"sku": "PAIL-1", "description": None}], partial=True)
    assert reply.json["items"][0]["changes"] == [{"field": "description", "from": "10 l"}]
    assert "description" not in stored(shop)["PAIL-1"]
    assert outcomes(send(shop, [pail(description=None)])) == [("PAIL-1", "refused")]


def test_a_partial_item_keeps_the_hazard_label_and_null_removes_a_part_of_it(shop: Shop) -> None:
    label: Json = {"signalWord": "Danger", "ufi": "N1QV-R02N-J00M-WQD5", "packSize": 12}
    send(shop, [pail(**label)])
    send(shop, [{"sku": "PAIL-1", "unitPrice": 7, "ufi": None, "packSize": None}], partial=True)
    left = stored(shop)["PAIL-1"]
    assert {name: left.get(name) for name in label} == {"signalWord": "Danger", "ufi": None, "packSize": None}
    reply = send(shop, [{"sku": "PAIL-1", "unitPrice": None}], partial=True)
    assert outcomes(reply) == [("PAIL-1", "refused")]


def test_a_partial_item_removes_no_field_that_a_product_needs(shop: Shop) -> None:
    send(shop, [pail("A")])
    (one,) = send(shop, [{"sku": "A", "currency": None}], partial=True).json["items"]
    assert one["outcome"] == "refused"
    assert [fault["path"] for fault in one["fields"]] == ["currency"]


@pytest.mark.parametrize("price", [{}, {"unitPrice": 7}])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_price_in_another_currency_than_its_product_is_refused(
    shop: Shop, price: Json, dry_run: bool
) -> None:
    send(shop, [pail("A"), pail("B", currency="EUR"), pail("C")])
    before = stored(shop)
    items = [{"sku": "A", "currency": "EUR"}, {"sku": "B", "currency": "EUR"}, {"sku": "C"}]
    reply = send(shop, [item | price for item in items], partial=True, dryRun=dry_run)
    others = "changed" if price else "unchanged"
    assert outcomes(reply) == [("A", "refused"), ("B", others), ("C", others)]
    message = 'must be GBP, because prices alone change no currency; got "EUR"'
    assert reply.json["items"][0]["fields"] == [{"path": "currency", "message": message}]
    assert stored(shop)["A"] == before["A"]


@pytest.mark.parametrize("field", [{"name": "Steel Pail"}, {"active": True}, {"description": None}])
def test_an_import_of_further_fields_may_change_the_currency(shop: Shop, field: Json) -> None:
    send(shop, [pail("A")])
    item = {"sku": "A", "unitPrice": 350, "currency": "EUR", **field}
    assert outcomes(send(shop, [item], partial=True)) == [("A", "changed")]
    assert (stored(shop)["A"]["unitPrice"], stored(shop)["A"]["currency"]) == (350, "EUR")


def test_a_partial_item_of_an_unknown_sku_is_refused_unless_it_is_whole(shop: Shop) -> None:
    items = [{"sku": "NEW-1", "unitPrice": 7}, {"sku": "NEW-2", "unitPrice": "7", "unit": "each"}]
    reply = send(shop, [*items, pail("NEW-3", description=None)], partial=True)
    assert outcomes(reply) == [("NEW-1", "refused"), ("NEW-2", "refused"), ("NEW-3", "added")]
    first, second = (one["fields"] for one in reply.json["items"][:2])
    rule = 'is not in the catalog, and a new product also needs name, category, unit, active; got "NEW-1"'
    assert first == [{"path": "sku", "message": rule}]
    assert [fault["path"] for fault in second] == ["sku", "unitPrice"]
    assert "NEW-1" not in stored(shop)


def test_without_partial_an_item_that_leaves_out_fields_is_refused_as_ever(shop: Shop) -> None:
    send(shop, [pail("A")])
    reply = send(shop, [{"sku": "A", "unitPrice": 7}], partial=False)
    assert [fault["path"] for fault in reply.json["items"][0]["fields"]] == [
        "name",
        "category",
        "unit",
        "active",
    ]
    assert stored(shop)["A"]["unitPrice"] == 300


@pytest.mark.parametrize("item", [None, "A", 7, [], {}, {"sku": None}, {"sku": "a b", "unitPrice": 1}])
def test_a_partial_item_without_a_usable_sku_is_refused_by_the_schema(shop: Shop, item: Any) -> None:
    assert outcomes(send(shop, [item], partial=True)) == [("", "refused")]


@pytest.mark.parametrize("sku", ["a b", "", None, "x" * 41])
def test_a_partial_item_with_a_bad_sku_is_not_asked_for_fields_that_its_file_lacks(
    shop: Shop, sku: str | None
) -> None:
    item = {"unitPrice": 1} if sku is None else {"sku": sku, "unitPrice": 1}
    (one,) = send(shop, [item], partial=True).json["items"]
    assert [fault["path"] for fault in one["fields"]] == ["sku"]


# -- many rows, and two imports at once


def test_two_imports_at_once_leave_each_product_as_one_of_them_wrote_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One import of prices and one of whole products read the same catalog before either writes."""
    skus = [f"T-{number}" for number in range(30)]
    send(shop, [pail(sku) for sku in skus])
    prices = [{"sku": sku, "unitPrice": 1} for sku in skus]
    whole = [pail(sku, name="Tin Pail", unitPrice=2) for sku in skus]
    replies: dict[str, Reply] = {}
    both_have_read, read_many = threading.Barrier(2), catalog.read_many

    def read_with_the_other(wanted: Iterable[str]) -> dict[str, Product]:
        found = read_many(wanted)
        both_have_read.wait(60)
        return found

    def bring(who: Json, items: list[Json], partial: bool) -> None:
        body = {"items": items, "partial": partial}
        replies[who["email"]] = shop.ask("import_products", "POST", "/products/batch", body, claims=who)

    monkeypatch.setattr(catalog, "read_many", read_with_the_other)
    work = ((STAFF, prices, True), (ADMIN, whole, False))
    both = [threading.Thread(target=bring, args=each, daemon=True) for each in work]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    done = {who: dict(outcomes(reply)) for who, reply in replies.items()}
    written = {STAFF["email"]: ("Steel Pail", 1), ADMIN["email"]: ("Tin Pail", 2)}
    for sku, product in ((sku, stored(shop)[sku]) for sku in skus):
        by = product["updatedBy"]["name"]
        assert {who: outcomes_of[sku] for who, outcomes_of in done.items()} == {
            who: "changed" if who == by else "refused" for who in written
        }
        assert (product["version"], product["name"], product["unitPrice"]) == (2, *written[by])
        assert [(entry["event"], entry["by"]) for entry in _history(shop, sku)] == [
            ("changed", by),
            ("added", STAFF["email"]),
        ]


def _history(shop: Shop, sku: str) -> list[Json]:
    changes = shop.ask("list_product_history", "GET", "/products/{sku}/history", sku=sku).json["history"]
    return [dict(change) for change in changes]


_VALUES = ["", " ", "x", "é" * 61, -1, 0, 10_000_001, 1.5, True, None, [], {}, "2", "GBP", "\u202e", "1E5"]


def _mutated(chance: random.Random, number: int) -> Any:
    """Return a row of an import: good, partial, of a wrong type, doubled, or with a field too many."""
    item = pail(f"M-{number % 250}", unitPrice=chance.choice([300] * 9 + [number]))
    if chance.random() < 0.25:
        item[chance.choice([*item, "currency", "colour", "description"])] = chance.choice(_VALUES)
    if chance.random() < 0.25:
        for name in chance.sample(list(item), chance.randint(1, 5)):
            del item[name]
    if chance.random() < 0.02:
        item["sku"] = f"M-{(number + 1) % 250}"
    return item if chance.random() < 0.98 else chance.choice(_VALUES)


@pytest.mark.thorough
def test_each_of_10000_mutated_rows_gets_the_same_verdict_when_tried_and_when_written(shop: Shop) -> None:
    chance = random.Random(13)
    items = [_mutated(chance, number) for number in range(10_000)]
    found = Counter[tuple[bool, str]]()
    before = stored(shop)
    for start in range(0, len(items), 100):
        part, partial = items[start : start + 100], start % 300 != 0
        tried = send(shop, part, dryRun=True, partial=partial)
        written = send(shop, part, partial=partial)
        assert written.json == tried.json
        after = stored(shop)
        done = {sku for sku, outcome in outcomes(tried) if outcome in ("added", "changed")}
        assert {sku for sku in after if after[sku] != before.get(sku)} == done
        before = after
        found.update((partial, outcome) for _, outcome in outcomes(tried))
    every = {(kind, one) for kind in (True, False) for one in ("added", "changed", "unchanged", "refused")}
    assert found.keys() == every
    assert min(found.values()) > 50, found
