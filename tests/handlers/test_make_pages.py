"""The pages of the storefront: made from each change, by one invocation at a time, whole after any cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from lambdas.platform import aws, leases, times
from lambdas.shop import (
    letter_content,
    letters,
    page_files,
    page_making,
    page_marks,
    page_state,
    page_upkeep,
    storefront_addresses,
    storefront_index,
    storefront_law,
    storefront_pages,
)
from lambdas.shop.product_search import Listed
from tests.handlers.shop import ADMIN, Json, Shop, fault, product_item
from tests.handlers.storefront import Front, record
from tests.storefront import SHOP

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

OWN = {storefront_addresses.own_page_key(name) for name in storefront_addresses.OWN_PAGES}
FIXED = OWN | {
    "index.html",
    "search.html",
    "not-found.html",
    "search/index.json",
    "sitemap.xml",
    "robots.txt",
}
MOP = {"p/MOP-1.html", "p/MOP-1.json", "c/mops.html"}
SOAP = {"p/SOAP-5L.html", "p/SOAP-5L.json", "c/soap.html"}
EURO = {"p/EURO-1.html", "p/EURO-1.json", "c/sponges.html"}
FAR_LATER_MS = 10_000_000


@pytest.fixture
def front(shop: Shop) -> Iterator[Front]:
    """The storefront of the sample products, with every page."""
    shop.pack()
    made = Front(shop)
    made.look()
    yield made
    made.empty()


def logged(capsys: pytest.CaptureFixture[str], event: str) -> list[Json]:
    """Return the log lines of an event."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] == event]


# ---- what is made


def test_the_first_look_makes_every_page_of_what_is_on_sale(front: Front) -> None:
    assert front.files().keys() == FIXED | MOP | SOAP | EURO
    assert front.marks() == []


def test_a_text_of_the_shop_comes_and_goes_with_its_edition(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    for edition, law in (("2", {"terms": "Within two days."}), ("3", {"privacy": "Nobody."}), ("4", {})):
        monkeypatch.setitem(front.shop.names, "SHOP_STOREFRONT_EDITION", edition)
        monkeypatch.setattr(storefront_law, "read", lambda law=law: law)
        front.look()
        made = front.files()
        assert made.keys() - FIXED - MOP - SOAP - EURO == {f"{name}.html" for name in law}
        assert all(text in made[f"{name}.html"] for name, text in law.items())


def test_a_page_is_html_that_cloudfront_keeps_for_5_s(front: Front) -> None:
    head = front.head("p/MOP-1.html")
    assert head["ContentType"] == "text/html; charset=utf-8"
    assert head["CacheControl"] == "public, max-age=0, s-maxage=5"
    assert front.head("robots.txt")["ContentType"].startswith("text/plain")
    assert front.head("sitemap.xml")["ContentType"].startswith("application/xml")


def test_a_new_price_is_on_every_page_that_shows_it(front: Front) -> None:
    front.follow(front.save("MOP-1", unitPrice=1999))
    pages = front.files()
    assert {key for key, text in pages.items() if "19.99" in text or '"unitPrice":1999' in text} == MOP
    assert "1999" in pages["search/index.json"]
    assert front.marks() == []


def test_a_change_makes_no_page_of_another_product(front: Front) -> None:
    front.shop.put("SHOP_PRODUCTS_TABLE", product_item("SOAP-5L", {"name": "No record of this"}))
    front.follow(front.save("MOP-1", unitPrice=1999))
    assert "No record of this" not in front.file("p/SOAP-5L.html")


@pytest.mark.parametrize("way", ["deleted", "inactive"])
def test_a_product_that_is_no_longer_sold_loses_its_pages(front: Front, way: str) -> None:
    change = front.remove("MOP-1") if way == "deleted" else front.save("MOP-1", active=False)
    front.follow(change)
    assert front.files().keys() == FIXED | SOAP | EURO
    assert "MOP-1" not in front.file("sitemap.xml") + front.file("search/index.json")


def test_a_product_that_moves_is_in_its_new_category_only(front: Front) -> None:
    front.follow(front.save("MOP-1", category="Soap"))
    assert "c/mops.html" not in front.files()
    assert "Flat mop" in front.file("c/soap.html")
    assert "Mops" not in front.file("index.html")


def test_a_change_of_a_product_that_is_not_on_sale_marks_nothing(front: Front) -> None:
    before = product_item("OLD-1", {"name": "Old", "active": False})
    assert page_marks.of_change(record(before, {**before, "name": "Older"})["dynamodb"]) == set()


def test_surplus_pages_of_a_category_are_deleted(front: Front) -> None:
    skus = [f"M-{number:02}" for number in range(24)]
    front.follow(*(front.save(sku, name=f"Mop {sku}", category="Mops", unitPrice=1) for sku in skus))
    assert {"c/mops.html", "c/mops/2.html"} <= front.files().keys()
    front.follow(front.remove("M-00"))
    assert "c/mops/2.html" not in front.files()
    assert "c/mops.html" in front.files()
    assert page_state.categories()["Mops"] == 1


def test_products_deleted_together_leave_no_page_of_their_category(front: Front) -> None:
    skus = [f"M-{number:02}" for number in range(60)]
    front.follow(*(front.save(sku, name=f"Mop {sku}", category="Poles", unitPrice=1) for sku in skus))
    assert "c/poles/3.html" in front.files()
    front.follow(*(front.remove(sku) for sku in skus))
    assert front.files().keys() == FIXED | MOP | SOAP | EURO


def test_a_product_without_a_known_change_has_no_date_in_the_sitemap() -> None:
    """A line of an earlier release lacks it."""
    listed = [Listed("flat mop #MOP-1", "Mops", -1), Listed("pole #POLE-1", "Mops", 0)]
    stock = page_making.Stock(SHOP, {"Mops": listed}, {}, {})
    dates = [date for _, _, date in page_making._dated(stock)]
    assert dates == ["", "1970-01-01T00:00:00.000Z"]


# ---- marks and the lease


def test_a_change_while_its_page_is_made_is_on_the_page_in_the_end(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change comes after the product was read, and before the mark is deleted."""
    put, came = page_files.put, list[str]()

    def late(key: str, content: str | bytes) -> None:
        if key == "p/MOP-1.html" and not came:
            came.append(key)
            page_marks.put(page_marks.of_change(front.save("MOP-1", unitPrice=4321)["dynamodb"]))
        put(key, content)

    monkeypatch.setattr(page_files, "put", late)
    front.follow(front.save("MOP-1", unitPrice=1999))
    assert "43.21" in front.file("p/MOP-1.html")
    assert front.marks() == []


def test_while_another_invocation_makes_pages_a_change_is_only_marked(front: Front) -> None:
    with page_state.lease().hold(page_state.LEASE_MS):
        front.follow(front.save("MOP-1", unitPrice=1999))
        assert "19.99" not in front.file("p/MOP-1.html")
        assert page_marks.product("MOP-1") in front.marks()
    front.look()
    assert "19.99" in front.file("p/MOP-1.html")


def test_a_mark_that_comes_while_the_lease_ends_is_not_left(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other invocation finds the lease taken, and the holder has looked for the last time."""
    update, came = leases.Lease.update, list[str]()

    def releasing(lease: leases.Lease, condition: str, *given: Any, **more: Any) -> None:
        if more.get("gone") == ("owner", "until") and not came:
            came.append(condition)
            page_marks.put(page_marks.of_change(front.save("SOAP-5L", unitPrice=4321)["dynamodb"]))
        update(lease, condition, *given, **more)

    monkeypatch.setattr(leases.Lease, "update", releasing)
    front.follow(front.save("MOP-1", unitPrice=1999))
    assert came
    assert "43.21" in front.file("p/SOAP-5L.html")


def test_the_lease_of_an_invocation_that_was_killed_ends_by_itself(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_state.lease().update("attribute_exists(term)", {"owner": "killed", "until": times.now_ms() + 1000})
    front.follow(front.save("MOP-1", unitPrice=1999))
    assert "19.99" not in front.file("p/MOP-1.html")
    now = times.now_ms()
    monkeypatch.setattr(times, "now_ms", lambda: now + FAR_LATER_MS)
    front.look()
    assert "19.99" in front.file("p/MOP-1.html")


def _steps(front: Front) -> list[Json]:
    """Make changes of all kinds, and return their records."""
    return [
        front.save("MOP-1", category="Soap", unitPrice=1999),
        front.save("NEW-1", name="Newest", category="Poles", unitPrice=5),
        front.remove("EURO-1"),
        front.save("SOAP-5L", active=False),
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["error", "killed"])
@pytest.mark.parametrize("begun_by", ["changes", "edition"])
def test_an_invocation_cut_off_at_a_write_leaves_the_same_files_in_the_end(
    front: Front, monkeypatch: pytest.MonkeyPatch, kind: str, begun_by: str
) -> None:
    """After an error the invocation goes on. Without another write, its lease ends by itself.

    Lambda delivers the changes again only if their marks could not be written.
    """
    wanted: dict[str, str] = {}
    for at in count(-1):
        _begin_again(front)
        records = _steps(front)
        if begun_by == "edition":
            monkeypatch.setitem(front.shop.names, "SHOP_STOREFRONT_EDITION", f"edition {at}")
            records = []
        with monkeypatch.context() as patch:
            failed = _cut_off(patch, at, kind)
            with suppress(*aws.AWS_ERRORS):
                front.follow(*records) if records else front.look()
        with monkeypatch.context() as patch:
            later = times.now_ms() + FAR_LATER_MS
            patch.setattr(times, "now_ms", lambda later=later: later)
            front.follow(*records) if records and at == 0 else front.look()
        assert front.marks() == [], at
        wanted = wanted or front.files()
        assert front.files() == wanted, at
        if at >= 0 and not failed:
            break


def _begin_again(front: Front) -> None:
    front.empty()
    for table in ("SHOP_TERMS_TABLE", "SHOP_PRODUCTS_TABLE"):
        front.shop._empty(table)
    front.shop.stock()
    _sell(front.shop, "SOAP-5L", 3)
    front.look()


def _cut_off(patch: pytest.MonkeyPatch, at: int, kind: str) -> list[str]:
    """Make write number `at` fail, or each write from then on; return the failed ones. None fails for -1."""
    made, failed = count(), list[str]()
    writes = ("update_item", "batch_write_item", "batch_execute_statement", "put_object", "delete_object")

    class Failing:
        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            return lambda **request: self._call(name, request)

        def _call(self, name: str, request: Json) -> Any:
            number = next(made) if name in writes else -2
            if at >= 0 and (number == at or (kind == "killed" and number > at)):
                failed.append(name)
                raise fault(operation=name)
            return getattr(self._client, name)(**request)

    for client in ("dynamodb", "s3"):
        failing = Failing(getattr(aws, client)())
        patch.setattr(aws, client, lambda failing=failing: failing)
    return failed


# ---- time, failures, order


def test_pages_that_do_not_fit_one_invocation_are_made_by_the_next(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_marks, "_ROUND", 20)
    skus = [f"M-{number:02}" for number in range(40)]
    changes = [front.save(sku, name=f"Mop {sku}", category="Poles", unitPrice=1) for sku in skus]
    left = iter([90_000, 90_000, 90_000])
    front.follow(*changes, remaining_ms=lambda: next(left, 59_000))
    assert front.marks()
    front.look()
    assert {f"p/{sku}.html" for sku in skus} <= front.files().keys()
    assert front.marks() == []


def test_what_people_changed_is_made_before_what_is_made_anew(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_marks, "_ROUND", 8)
    page_upkeep.mark_all()
    front.follow(front.save("SOAP-5L", unitPrice=4321), remaining_ms=iter([90_000] * 2 + [1] * 9).__next__)
    assert "43.21" in front.file("p/SOAP-5L.html")
    assert page_marks.product("MOP-1") in front.marks()


def test_a_page_that_fails_keeps_its_mark_and_no_other_back(
    front: Front, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    render = storefront_pages.product

    def failing(shop: Any, product: Any, together: Any) -> str:
        if product["sku"] == "MOP-1":
            raise ValueError("Jane Doe")
        return render(shop, product, together)

    changes = [front.save(sku, unitPrice=1999) for sku in ("MOP-1", "SOAP-5L")]
    with monkeypatch.context() as patch:
        patch.setattr(storefront_pages, "product", failing)
        capsys.readouterr()
        front.follow(*changes)
    assert front.marks() == [page_marks.product("MOP-1")]
    assert "19.99" in front.file("p/SOAP-5L.html")
    (line,) = logged(capsys, "page.failed")
    assert (line["page"], line["level"], line["error"]) == ("p/MOP-1", "ERROR", "ValueError")
    front.look()
    assert "19.99" in front.file("p/MOP-1.html")


def test_pages_that_fail_are_tried_once_in_an_invocation(
    front: Front, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: Any) -> str:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(page_marks, "_ROUND", 1)
    monkeypatch.setattr(storefront_pages, "product", failing)
    page_marks.put(map(page_marks.product, ("EURO-1", "MOP-1", "SOAP-5L")))
    left = iter([90_000] * 20)
    capsys.readouterr()
    front.look(remaining_ms=lambda: next(left, 1))
    failed = [line["page"] for line in logged(capsys, "page.failed")]
    assert failed == ["p/EURO-1", "p/MOP-1", "p/SOAP-5L"]


def poison_index(monkeypatch: pytest.MonkeyPatch, sku: str) -> None:
    """Make a product fail that is put into the search index."""
    change_index = storefront_index.changed

    def failing(index: bytes | None, products: Any) -> bytes:
        if sku in products:
            raise ValueError("poison")
        return change_index(index, products)

    monkeypatch.setattr(storefront_index, "changed", failing)


@pytest.mark.usefixtures("front")
def test_a_product_that_the_index_cannot_have_keeps_no_other_out(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison_index(monkeypatch, "MOP-1")
    front.follow(*(front.save(sku, unitPrice=4321) for sku in ("MOP-1", "SOAP-5L")))
    assert front.marks() == [page_marks.indexed("MOP-1")]
    assert "4321" in front.file("search/index.json")


def test_one_product_that_the_index_cannot_have_costs_no_write_for_each_other(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand products make it large, and a hundred writes of it would outlast the function."""
    put, written = page_files.put, list[str]()

    def noting(key: str, content: str | bytes) -> None:
        written.append(key)
        put(key, content)

    poison_index(monkeypatch, "M-00")
    monkeypatch.setattr(page_files, "put", noting)
    front.follow(*(front.save(f"M-{at:02}", name=f"Mop {at}", unitPrice=1) for at in range(9)))
    assert written.count("search/index.json") == 1
    assert front.marks() == [page_marks.indexed("M-00")]


def test_a_product_that_the_index_cannot_have_leaves_an_index_of_all_others(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison_index(monkeypatch, "MOP-1")
    front.empty()
    page_marks.put([page_marks.INDEX])
    front.look()
    assert front.marks() == [page_marks.indexed("MOP-1")]
    assert storefront_index.skus(front.file("search/index.json").encode()) == ["SOAP-5L", "EURO-1"]


@pytest.mark.usefixtures("front")
def test_an_index_that_fails_with_every_product_is_not_replaced_by_an_empty_one(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_index = storefront_index.changed

    def failing(index: bytes | None, products: Any) -> bytes:
        if products:
            raise ValueError("a fault of ours")
        return change_index(index, products)

    monkeypatch.setattr(storefront_index, "changed", failing)
    before = front.file("search/index.json")
    page_marks.put([page_marks.INDEX])
    front.look()
    assert front.file("search/index.json") == before
    assert front.marks() == [page_marks.INDEX]


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"sku": ["MOP-1"]}', b"\xff{"])
def test_an_index_that_is_missing_or_of_another_release_is_made_whole(
    front: Front, content: bytes | None
) -> None:
    before = front.file("search/index.json")
    page_files.delete("search/index.json")
    if content is not None:
        page_files.put("search/index.json", content)
    front.follow(front.save("MOP-1", unitPrice=1999))
    assert front.file("search/index.json") == before.replace("1250", "1999") != before
    assert front.marks() == []


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey"])
def test_s3_may_say_of_a_missing_file_that_it_is_forbidden(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """S3 answers so if the role may not list the bucket."""
    monkeypatch.setenv("SHOP_PAGES_BUCKET", "pages")
    monkeypatch.setattr(aws, "s3", lambda: SimpleNamespace(get_object=Mock(side_effect=fault(code))))
    assert page_files.read("search/index.json") is None


def test_an_error_of_s3_is_no_missing_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PAGES_BUCKET", "pages")
    monkeypatch.setattr(aws, "s3", lambda: SimpleNamespace(get_object=Mock(side_effect=fault("SlowDown"))))
    with pytest.raises(aws.AWS_ERRORS):
        page_files.read("search/index.json")


def test_a_mark_of_another_release_is_deleted(front: Front, capsys: pytest.CaptureFixture[str]) -> None:
    page_marks.put(["brands", "brands/Brook"])
    capsys.readouterr()
    front.look()
    assert front.marks() == []
    assert [line["page"] for line in logged(capsys, "page.unknown")] == ["brands", "brands"]


def test_a_look_that_fails_keeps_no_mark_waiting(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(owner: str) -> None:
        raise ValueError(owner)

    front.save("MOP-1", unitPrice=1999)
    page_marks.put([page_marks.product("MOP-1")])
    monkeypatch.setattr(page_upkeep, "_renew_best", failing)
    with pytest.raises(ValueError, match=r"^[0-9a-f]{32}$"):
        front.look()
    assert "19.99" in front.file("p/MOP-1.html")


def test_a_mark_of_15_minutes_is_logged(
    front: Front, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page_marks.put(["p/OF-NOTHING"])
    now = times.now_ms()
    for minutes, lines in ((14, 0), (16, 1)):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(times, "now_ms", lambda m=minutes: now + m * 60_000)
            front.look(remaining_ms=1)
        assert len(logged(capsys, "pages.late")) == lines


@pytest.mark.usefixtures("front")
def test_late_marks_begin_with_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = times.now_ms()
    for name, minutes in (("p/B", 0), ("p/A", 1), ("p/C", 2), (None, 30)):
        monkeypatch.setattr(times, "now_ms", lambda m=minutes: now + m * 60_000)
        if name:
            page_marks.put([name])
    assert [mark.name for mark in page_upkeep.late()] == ["p/B", "p/A", "p/C"]


# ---- editions, best sellers, companions


@pytest.mark.parametrize("name", ["SHOP_STOREFRONT_EDITION", "SHOP_STOREFRONT", "SHOP_PAGES_BUCKET"])
def test_another_look_shop_or_bucket_is_another_edition(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("SHOP_STOREFRONT_EDITION", "SHOP_STOREFRONT", "SHOP_PAGES_BUCKET"):
        monkeypatch.setenv(each, "before")
    before = page_state.edition()
    monkeypatch.setenv(name, "after")
    assert page_state.edition() != before


def test_another_edition_makes_every_page_anew_and_the_same_one_none(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = front.files()
    front.empty()
    front.look()
    assert front.files() == {}
    monkeypatch.setitem(front.shop.names, "SHOP_STOREFRONT_EDITION", "2")
    front.look()
    assert front.files() == before


def test_another_edition_takes_the_pages_of_a_lost_category_away(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.remove("MOP-1")  # without a record
    monkeypatch.setitem(front.shop.names, "SHOP_STOREFRONT_EDITION", "2")
    front.look()
    assert front.files().keys() == FIXED | SOAP | EURO


def test_pages_that_the_release_before_makes_during_an_update_are_made_anew(front: Front) -> None:
    """Lambda may still start the release before after the new one has marked every page."""
    page_state.lease().update("attribute_exists(term)", {"edition": "of the other release"})
    before = front.files()
    front.empty()
    front.follow(front.save("MOP-1", name="Flat mop"))
    assert front.files().keys() == before.keys()


def _sell(shop: Shop, sku: str, units: int, month: str = "") -> None:
    month = f"GBP#{month or times.now()[:7]}"
    row = {"product": sku, "period": month, "units": units, "revenue": 1, "orders": 1, "fold": 1}
    keys = {"rankShard": f"{month}#0", "unitsRank": f"{10**6 - units}#{sku}", "revenueRank": f"1#{sku}"}
    shop.put("SHOP_SALES_TABLE", row | keys)


def test_what_sells_best_is_on_the_first_page_and_that_of_its_category(front: Front) -> None:
    _sell(front.shop, "MOP-1", 3)
    _sell(front.shop, "OLD-1", 5)  # not on sale
    assert "/p/MOP-1" not in front.file("index.html")
    front.look()
    assert "/p/MOP-1" in front.file("index.html")
    assert page_state.best() == {"": ["MOP-1"], "Mops": ["MOP-1"]}


def test_a_best_seller_that_is_no_longer_sold_leaves_the_first_page_at_once(front: Front) -> None:
    _sell(front.shop, "MOP-1", 3)
    front.look()
    front.follow(front.save("MOP-1", active=False))
    assert "/p/MOP-1" not in front.file("index.html")


def test_best_sellers_are_those_of_two_months_and_few(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    sold = (("A", 3, "12"), ("A", 3, "01"), ("B", 5, "01"), ("D", 4, "01"), ("C", 4, "12"), ("E", 9, "11"))
    for sku, units, month in sold:
        front.save(sku, name=f"Pole {sku}", category="Poles", unitPrice=1)
        _sell(front.shop, sku, units, f"{2010 if month == '01' else 2009}-{month}")
    monkeypatch.setattr(times, "now", lambda: "2010-01-31T12:00:00.000Z")
    monkeypatch.setattr(page_upkeep, "BEST_OF_ALL", 3)
    monkeypatch.setattr(page_upkeep, "BEST_OF_CATEGORY", 2)
    front.look()
    assert page_state.best() == {"": ["A", "B", "C"], "Poles": ["A", "B"]}


@pytest.mark.parametrize(
    ("now", "months"),
    [("2010-01-31", ["2009-12", "2010-01"]), ("2010-12-01", ["2010-11", "2010-12"])],
)
def test_the_month_before_january_is_december(
    monkeypatch: pytest.MonkeyPatch, now: str, months: list[str]
) -> None:
    monkeypatch.setattr(times, "now", lambda: f"{now}T12:00:00.000Z")
    assert page_upkeep._months() == months


@pytest.mark.usefixtures("front")
def test_a_product_that_was_deleted_since_it_sold_has_no_companions() -> None:
    assert page_upkeep._companions("GONE-1") == []


def test_best_sellers_that_stay_the_same_make_no_page(front: Front) -> None:
    _sell(front.shop, "MOP-1", 3)
    front.look()
    front.empty()
    _sell(front.shop, "MOP-1", 4)
    front.look()
    assert front.files() == {}


def test_what_is_bought_together_is_looked_up_once_a_day(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sell(front.shop, "MOP-1", 3)
    monkeypatch.setattr(page_upkeep, "_companions", lambda sku: ["SOAP-5L"] if sku == "MOP-1" else [])
    front.look()
    assert "/p/SOAP-5L" not in front.file("p/MOP-1.html")
    later = times.now_ms() + 24 * 3_600_000
    monkeypatch.setattr(times, "now_ms", lambda: later)
    front.look()
    assert "/p/SOAP-5L" in front.file("p/MOP-1.html")
    assert front.marks() == []


def _bought_together(front: Front, patch: pytest.MonkeyPatch) -> None:
    _sell(front.shop, "MOP-1", 3)
    patch.setattr(page_upkeep, "_companions", lambda sku: ["SOAP-5L"] if sku == "MOP-1" else [])
    later = times.now_ms() + 24 * 3_600_000
    patch.setattr(times, "now_ms", lambda: later)
    front.look()
    assert "/p/SOAP-5L" in front.file("p/MOP-1.html")


def test_a_new_price_is_on_the_page_of_what_is_bought_together(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bought_together(front, monkeypatch)
    front.follow(front.save("SOAP-5L", unitPrice=4321))
    assert "43.21" in front.file("p/MOP-1.html")


def test_a_product_that_is_no_longer_sold_is_on_no_page_as_bought_together(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bought_together(front, monkeypatch)
    front.follow(front.save("SOAP-5L", active=False))
    assert "/p/SOAP-5L" not in front.file("p/MOP-1.html")


def test_companions_of_many_products_are_looked_up_by_several_looks(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[str]()

    def companions(sku: str) -> list[str]:
        looked.append(sku)
        return []

    monkeypatch.setattr(page_upkeep, "_GROUP", 2)
    monkeypatch.setattr(page_upkeep, "_companions", companions)
    for number, sku in enumerate(("A", "B", "C", "D", "E")):
        _sell(front.shop, sku, 9 - number)
    later = times.now_ms() + 24 * 3_600_000
    monkeypatch.setattr(times, "now_ms", lambda: later)
    found = []
    for _ in range(4):
        front.look()
        found.append("".join(sorted(looked)))
    assert found == ["AB", "ABCD", "ABCDE", "ABCDE"]


# ---- dead letters


def _letter(front: Front) -> Json:
    (letter,) = front.shop.keep("SHOP_PAGES_DLQ_URL").values()
    return letter


def _send_again(front: Front, letter: Json) -> Json:
    path = "/dead-letters/{id}/redrive"
    reply = front.shop.ask("redrive_dead_letter", "POST", path, {}, claims=ADMIN, id=letter["id"])
    assert reply.status == 202, reply.text
    (sent,) = front.shop.letters("SHOP_PAGES_AGAIN_URL")
    return {"Records": [{"eventSource": "aws:sqs", "body": sent["body"]}]}


@pytest.mark.parametrize(("name", "excerpt"), [("Bad", "Bad (BAD-1)"), ("", "BAD-1")])
def test_the_letter_of_a_product_is_known_by_name_and_sku_or_its_sku_alone(name: str, excerpt: str) -> None:
    body = json.dumps(record(None, product_item("BAD-1", {"name": name})))
    assert letter_content.known(letters.PAGES, body) == {"excerpt": excerpt}


def test_a_record_that_cannot_be_read_becomes_a_dead_letter_and_the_rest_is_made(front: Front) -> None:
    broken = record(None, product_item("BAD-1", {"name": "Bad"}))
    front.follow(broken, front.save("MOP-1", unitPrice=1999))
    assert "19.99" in front.file("p/MOP-1.html")
    letter = _letter(front)
    assert (letter["source"], letter["id"]) == ("pages", f"pages-{broken['eventID']}")
    assert letter["reason"].startswith("no page could be made of this: KeyError")
    assert letter["excerpt"] == "Bad (BAD-1)"
    shown = front.shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", claims=ADMIN, id=letter["id"]).json
    assert shown["change"] == {"event": broken["eventName"], "sku": "BAD-1"}


def test_positions_that_are_sent_again_make_every_page_anew(front: Front) -> None:
    """The stream may have lost the changes by then."""
    positions = {"requestContext": {"approximateInvokeCount": 7}, "DDBStreamBatchInfo": {"shardId": "1"}}
    aws.sqs().send_message(QueueUrl=front.shop.names["SHOP_PAGES_DLQ_URL"], MessageBody=json.dumps(positions))
    letter = _letter(front)
    assert (letter["tries"], letter["advice"]) == (7, "gave-up")
    front.empty()
    front.shop.call("make_pages", _send_again(front, letter), 290_000)
    assert front.files().keys() == FIXED | MOP | SOAP | EURO
