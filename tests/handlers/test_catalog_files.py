"""Files of the catalog, from their bytes to the table: what is named, mended, stopped and done again."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from lambdas.platform import tables
from local import catalog_file, load_catalog
from local.api import Api, ApiError, ApiResponse
from local.catalog_titles import FAULT
from tests.handlers.shop import Json, Shop

pytestmark = pytest.mark.store

HEAD = "SKU,Name,Category,Price,Currency,Unit,Sold,Description"


class ShopApi:
    """The API of a shop in this process. It fails from the call of this number on, if there is one."""

    def __init__(self, shop: Shop, fails_from: int = 0) -> None:
        self._shop = shop
        self._left = fails_from or -1

    def call(self, method: str, path: str, body: Json | None = None) -> ApiResponse:
        if method == "GET":
            return ApiResponse(200, self._shop.ask("list_products", "GET", "/products").json)
        self._left -= 1
        if self._left == 0:
            raise ApiError("the line is cut")
        reply = self._shop.ask("import_products", method, path, body)
        return ApiResponse(reply.status, reply.json)


class Desk:
    """A folder with files of the catalog, and the shop into which they are loaded."""

    def __init__(self, shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.shop = shop
        self._folder = folder
        self._capsys = capsys

    def load(self, text: str, *, dry_run: bool = False, fails_from: int = 0) -> tuple[int, str]:
        """Load a file, and return the exit status and what was printed."""
        path = self._folder / "list.csv"
        path.write_text(text, encoding="utf-8", newline="")
        file = catalog_file.read(path)
        assert file
        wanted = load_catalog.Wanted(dry_run, self._folder / "refused.csv", "")
        status = load_catalog.load(cast(Api, ShopApi(self.shop, fails_from)), file, wanted)
        lines = self._capsys.readouterr().out.splitlines()
        return status, "\n".join(line for line in lines if not line.startswith("{"))  # without the logs

    @property
    def refused_text(self) -> str:
        """The file of refused rows."""
        return (self._folder / "refused.csv").read_text(encoding="utf-8-sig")

    @property
    def refused(self) -> list[list[str]]:
        """The cells of the file of refused rows."""
        return list(csv.reader(io.StringIO(self.refused_text, newline="")))

    def stored(self) -> dict[str, Json]:
        return {item["sku"]: item for item in self.shop.all("SHOP_PRODUCTS_TABLE")}


@pytest.fixture
def desk(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(shop, tmp_path, capsys)


def rows_of(number: int) -> list[str]:
    return [f"N-{at:05},Pail {at},Pails,{1 + at / 100:.2f},GBP,each,yes," for at in range(number)]


BAD = [
    ("Price", "1,234"),
    ("Price", "1E5"),
    ("Price", "-1"),
    ("Price", ""),
    ("Price", "999999.00"),
    ("SKU", "1.23E+11"),
    ("SKU", "a b"),
    ("SKU", "N-00000"),
    ("Name", ""),
    ("Sold", "perhaps"),
]


def with_bad(rows: list[str], places: range) -> tuple[list[str], dict[int, str]]:
    """Return rows of which those at these places break a rule, and the column of each bad row of the file."""
    spoiled, columns = list(rows), {}
    for at, place in enumerate(places):
        column, cell = BAD[at % len(BAD)]
        cells = rows[place].split(",")
        cells[HEAD.split(",").index(column)] = cell
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="").writerow(cells)
        spoiled[place] = text.getvalue()
        columns[place + 2] = column
    return spoiled, columns


@pytest.mark.thorough
def test_of_10000_rows_exactly_the_50_bad_ones_are_named_with_row_field_and_rule(desk: Desk) -> None:
    rows, columns = with_bad(rows_of(10_000), range(150, 10_000, 199))
    assert len(columns) == 50
    status, out = desk.load("\n".join([HEAD, *rows]), dry_run=True)
    assert status == 1
    named = [line.strip() for line in out.splitlines() if line.startswith("  row ") and "': " in line]
    found = {int(line.split()[1].strip(",:")): line.split(", ", 1)[1].split(" '")[0] for line in named}
    assert found == columns
    assert "10000 rows: 9950 added, 0 changed, 0 unchanged, 50 refused. Nothing was written" in out
    assert not any(sku.startswith("N-") for sku in desk.stored())


def test_the_report_names_columns_and_joins_several_faults_of_a_row(desk: Desk) -> None:
    _, out = desk.load("Code,Preis,Active\nNEW-1,1,yes\nB-2,x,perhaps\n")
    assert "row 2, Code 'NEW-1': is not in the catalog, and a new product also needs Name, Category" in out
    assert "row 3, Preis 'x': must be an amount such as 1234.50; Active 'perhaps': must be yes or no" in out
    assert desk.refused[1][0].endswith("a new product also needs Name, Category, Unit")


def test_refused_rows_are_mended_and_imported_again_and_no_product_is_doubled(desk: Desk) -> None:
    good = rows_of(300)
    rows, columns = with_bad(good, range(20, 300, 28))
    assert "290 added, 0 changed, 0 unchanged, 10 refused" in desk.load("\n".join([HEAD, *rows]))[1]
    header, *refused = desk.refused
    assert header == [FAULT, *HEAD.split(",")]
    assert [row[0].split(":")[0] for row in refused] == [*columns.values()]
    mended = [["mended", *good[place - 2].split(",")] for place in columns]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *mended])
    status, out = desk.load(text.getvalue())
    assert (status, "10 rows: 10 added, 0 changed, 0 unchanged, 0 refused." in out) == (0, True)
    assert desk.refused == [header]
    once = {sku: item for sku, item in desk.stored().items() if sku.startswith("N-")}
    assert len(once) == 300
    assert {item["version"] for item in once.values()} == {1}
    assert "300 unchanged, 0 refused" in desk.load("\n".join([HEAD, *good]))[1]


@pytest.mark.thorough
def test_an_import_that_stopped_in_the_middle_ends_the_same_when_it_is_done_again(desk: Desk) -> None:
    text = "\n".join([HEAD, *rows_of(220)])
    status, out = desk.load(text, fails_from=3)
    assert status == 1
    assert "220 rows: 170 added, 0 changed, 0 unchanged, 0 refused, 50 not done." in out
    assert "row 102 (N-00100): the line is cut" in out
    status, out = desk.load(text)
    assert (status, "50 added, 0 changed, 170 unchanged" in out) == (0, True)
    done = [item for sku, item in desk.stored().items() if sku.startswith("N-")]
    assert Counter(item["version"] for item in done) == {1: 220}


def test_a_list_of_prices_changes_prices_only_and_adds_nothing(desk: Desk) -> None:
    before = desk.stored()
    text = "Artikelnr.;Preis\nMOP-1;13,00\nSOAP-5L;8,99\nNEW-1;5,00\n"
    _, tried = desk.load(text, dry_run=True)
    assert "row 2, MOP-1: Price 12.50 → 13.00" in tried
    assert desk.stored() == before
    status, out = desk.load(text)
    assert status == 1
    rule = "is not in the catalog, and a new product also needs Name, Category, Unit, Sold"
    assert f"row 4, Artikelnr. 'NEW-1': {rule}" in out
    assert "3 rows: 0 added, 1 changed, 1 unchanged, 1 refused." in out
    after = desk.stored()
    assert {sku for sku in after if after[sku] != before[sku]} == {"MOP-1"}
    assert (after["MOP-1"]["unitPrice"], after["MOP-1"]["name"]) == (1300, "Flat mop")
    assert "NEW-1;5,00" in desk.refused_text


def test_a_text_that_was_encoded_twice_is_refused_unless_the_catalog_has_just_that(desk: Desk) -> None:
    text = "SKU,Name\nMOP-1,MÃ¼ller\n"
    status, out = desk.load(text)
    assert (status, "“Müller” is encoded twice" in out) == (1, True)
    assert desk.stored()["MOP-1"]["name"] == "Flat mop"
    _, out = desk.load(f"{HEAD}\nNEW-1,MÃ¼ller,Mops,2,GBP,each,yes,\n")
    assert "1 rows: 0 added, 0 changed, 0 unchanged, 1 refused." in out
    body = {"items": [{"sku": "MOP-1", "name": "MÃ¼ller"}], "partial": True}
    desk.shop.ask("import_products", "POST", "/products/batch", body)
    status, out = desk.load(text)
    assert (status, "1 unchanged, 0 refused" in out) == (0, True)


def test_a_limit_of_prices_is_named_in_money(desk: Desk) -> None:
    _, out = desk.load("SKU,Price\nMOP-1,999999.00\n")
    assert "row 2, Price '999999.00': must be at most 100000.00" in out


def test_refused_rows_are_written_so_that_no_spreadsheet_changes_them(desk: Desk) -> None:
    desk.load('SKU;Price;Notes\n00123;1,234;=1+1\nA;-1;"x;y"\nB;;2.50\n')
    assert [line.partition(";")[2] for line in desk.refused_text.splitlines()] == [
        "SKU;Price;Notes",
        "'00123;'1,234;'=1+1",
        'A;\'-1;"x;y"',
        "B;;2.50",
    ]


def test_a_row_that_somebody_changes_meanwhile_is_among_the_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = tables.transact

    def write_after_another(writes: list[Json]) -> None:
        monkeypatch.setattr(tables, "transact", write)
        body: Any = {"items": [{"sku": "MOP-1", "unitPrice": 1}], "partial": True}
        desk.shop.ask("import_products", "POST", "/products/batch", body)
        write(writes)

    monkeypatch.setattr(tables, "transact", write_after_another)
    status, out = desk.load("SKU,Price\nMOP-1,14.00\n")
    assert (status, "changed or removed meanwhile" in out) == (1, True)
    assert desk.stored()["MOP-1"]["unitPrice"] == 1
    assert desk.refused[1][1:] == ["MOP-1", "14.00"]
