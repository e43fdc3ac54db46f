"""The import of products from a CSV file, and the export of the catalog."""

import csv
import io
import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.tab import Person, Tab
from tests.browser.test_products import in_category, new_category, new_product, stored

pytestmark = pytest.mark.browser

HEAD = ["SKU", "Name", "Category", "Price", "Currency", "Unit", "Sold", "Description"]


def row_of(sku: str, price: str = "2.50", **fields: str) -> list[str]:
    plain = {"Name": "Pail", "Category": "Pails", "Currency": "GBP", "Unit": "each", "Sold": "yes"}
    found = {"SKU": sku, "Price": price, "Description": "", **plain, **fields}
    return [found[name] for name in HEAD]


def text_of(*rows: list[str], separator: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def choose(tab: Tab, text: str | bytes, name: str = "list.csv") -> None:
    """Choose a file with this content."""
    content = text if isinstance(text, bytes) else text.encode()
    tab.css("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def new_sku() -> str:
    return f"IM-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def desk(tab: Tab, staff: Person) -> Tab:
    """The page of imports."""
    tab.become(staff)
    tab.goto("/import.html")
    return tab


def summary(tab: Tab, words: str) -> None:
    expect(tab.css("#summary")).to_contain_text(words)


def test_a_catalog_is_checked_imported_and_its_refused_rows_mended(
    tab: Tab, staff: Person, admin_api: Api, tmp_path: Path
) -> None:
    known = new_product(admin_api, unitPrice=200)
    added, bad = new_sku(), new_sku()
    tab.sign_in(staff, "/products.html")
    tab.follow("Import")
    changed = row_of(known["sku"], Name=known["name"], Category=known["category"])
    choose(tab, text_of(HEAD, changed, row_of(added, Name=HOSTILE), row_of(bad, "1,234"), row_of(added)))
    expect(tab.css("#mode")).to_contain_text("what the file does not have stays as it is.")
    tab.press("Check 4 rows")
    summary(tab, "Checked, and nothing is written yet. 4 rows: 1 to add, 1 to change, 2 refused.")
    assert tab.css("#row-list .col-row").all_inner_texts() == ["4", "5"]
    expect(tab.css("#row-list")).to_contain_text("Price “1,234” can be read in two ways")
    expect(tab.css("#row-list")).to_contain_text("must be in the file only once: row 3 has it")
    tab.press("To change 1")
    expect(tab.css("#row-list")).to_contain_text("Price: £2.00 → £2.50")
    tab.press("To add 1")
    assert tab.css("main :is(img, b)").count() == 0
    assert stored(admin_api, known["sku"]) == known
    tab.press("Import 2 products")
    summary(tab, "Imported. 4 rows: 1 added, 1 changed, 2 refused.")
    assert (stored(admin_api, known["sku"])["unitPrice"], stored(admin_api, added)["name"]) == (250, HOSTILE)
    with tab.page.expect_download() as download:
        tab.press("Download the refused rows")
    assert download.value.suggested_filename == "list refused.csv"
    download.value.save_as(tmp_path / "refused.csv")
    refused = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    tab.press("Choose another file")
    choose(tab, refused.replace("'1,234", "12.34").replace(added, new_sku()), "list refused.csv")
    tab.press("Check 2 rows")
    tab.press("Import 2 products")
    summary(tab, "Imported. 2 rows: 2 added.")
    assert stored(admin_api, bad)["unitPrice"] == 1234


def test_a_price_list_changes_prices_only_and_its_columns_are_remembered(desk: Tab, admin_api: Api) -> None:
    known = new_product(admin_api, unitPrice=200)
    text = text_of(
        ["Nummer", "Alt", "Neu"], [known["sku"], "2,00", "2,08"], ["NOT-OURS", "1", "1"], separator=";"
    )
    choose(desk, text)
    expect(desk.button("Check 2 rows")).to_be_disabled()
    expect(desk.css("#mode")).to_have_text("Choose the column with the SKU, by which products are found.")
    desk.choose("SKU", "0")
    desk.choose("Price", "2")
    expect(desk.css("#mode")).to_contain_text("Prices only")
    expect(desk.field("Price").locator("xpath=following-sibling::p")).to_have_text("2,08 · 1")
    desk.press("Check 2 rows")
    summary(desk, "1 to change, 1 refused.")
    expect(desk.css("#row-list")).to_contain_text("is not in the catalog, and a new product also needs Name")
    desk.press("Import 1 product")
    summary(desk, "1 changed, 1 refused.")
    assert stored(admin_api, known["sku"])["unitPrice"] == 208
    assert stored(admin_api, known["sku"])["name"] == known["name"]
    desk.reload()
    choose(desk, text.replace("2,08", "9,00"))
    expect(desk.field("SKU")).to_have_value("0")
    desk.press("Check 2 rows")
    expect(desk.css("#large-note")).to_contain_text("1 price would rise or fall by more than half.")
    desk.press("Import 1 product")
    desk.dialog("Import 1 product?").press("Look again")
    assert stored(admin_api, known["sku"])["unitPrice"] == 208
    desk.press("Import 1 product")
    desk.dialog("Import 1 product?").press("Import 1 product")
    summary(desk, "1 changed")
    assert stored(admin_api, known["sku"])["unitPrice"] == 900


def test_columns_that_are_changed_after_the_check_are_checked_again(desk: Tab, admin_api: Api) -> None:
    known = new_product(admin_api, unitPrice=200)
    choose(desk, text_of(["SKU", "Price", "Alt"], [known["sku"], "2.50", "1.90"]))
    desk.press("Check 1 row")
    summary(desk, "1 to change")
    desk.choose("Price", "2")
    expect(desk.css("#rows")).to_be_hidden()
    desk.press("Check 1 row")
    desk.press("Import 1 product")
    summary(desk, "1 changed")
    assert stored(admin_api, known["sku"])["unitPrice"] == 190


def test_a_file_that_cannot_be_read_is_said_to_be_so(desk: Tab) -> None:
    unread = "Promise.reject(new DOMException('', 'NotFoundError'))"
    desk.evaluate(f"() => {{ File.prototype.arrayBuffer = () => {unread}; }}")
    choose(desk, "SKU,Price\nA-1,2\n")
    expect(desk.css("#file-fault")).to_contain_text("This cannot be read: it is a folder, or it was moved")
    assert desk.complaints == []


def test_what_is_exported_is_unchanged_when_it_is_imported(desk: Tab, admin_api: Api, tmp_path: Path) -> None:
    category = new_category(admin_api, 120)
    new_product(admin_api, category=category, name="'=1+1", description="Two\nlines; and, more", active=False)
    desk.goto(f"/products.html?category={category}")
    with desk.page.expect_download() as download:
        desk.press("Export")
    assert re.fullmatch(r"products-found-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    download.value.save_as(tmp_path / "products.csv")
    desk.goto("/import.html")
    choose(desk, (tmp_path / "products.csv").read_bytes())
    desk.press("Check 121 rows")
    summary(desk, "121 rows: 121 unchanged.")
    expect(desk.css("#row-list tr")).to_have_count(50)
    desk.press("Next rows")
    desk.press("Next rows")
    expect(desk.css("#rows-shown")).to_have_text("101–121 of 121")
    assert {one["version"] for one in in_category(admin_api, category)} == {1}


def test_an_import_is_made_by_keyboard_only(desk: Tab, admin_api: Api) -> None:
    known = new_product(admin_api, unitPrice=200)
    desk.css("#file").focus()
    desk.key("Tab", "Enter", "Tab")
    desk.type(f"SKU\tPrice\n{known['sku']}\t2.10")
    desk.key("Tab", "Enter")
    expect(desk.css("#columns-title")).to_be_focused()
    desk.key(*["Tab"] * 10, "Enter")
    summary(desk, "1 to change")
    expect(desk.css("#summary")).to_be_focused()
    desk.key("Tab", "Enter")
    summary(desk, "1 changed")
    assert stored(admin_api, known["sku"])["unitPrice"] == 210


def test_an_import_that_was_stopped_goes_on_after_a_reload(desk: Tab, admin_api: Api) -> None:
    category = f"Stop-{uuid.uuid4().hex[:12]}"
    rows = [row_of(new_sku(), Category=category) for _ in range(260)]
    choose(desk, text_of(HEAD, *rows))
    desk.press("Check 260 rows")
    summary(desk, "260 to add")
    held = desk.hold("**/api/products/batch")
    desk.press("Import 260 products")
    desk.sees("Stopping or closing this page loses nothing")
    expect(desk.css("#progress")).to_be_visible()
    expect(desk.button("Choose another file")).to_be_disabled()
    expect(desk.field("Price")).to_be_disabled()
    choose(desk, "SKU,Price\nA-1,2\n", "other.csv")
    expect(desk.css("#file-note")).to_have_text("other.csv was not opened, because an import was running.")
    desk.press("Stop")
    for route in held:
        route.continue_()
    summary(desk, "Imported. 260 rows: 200 added, 60 not done.")
    desk.let_through("**/api/products/batch")
    calls = desk.requests("/products/batch")
    desk.evaluate("dispatchEvent(new Event('connected'))")  # only a person goes on with what a person stopped
    desk.wait(100)
    assert calls == []
    desk.press("Sign out")
    desk.sees("an import of products that is not finished")
    desk.press("Stay")
    desk.reload()
    summary(desk, "Checked, and nothing is written yet. 260 rows: 60 to add, 200 unchanged.")
    expect(desk.css("#file-note")).to_contain_text("The import of list.csv is not finished.")
    desk.press("Import 60 products")
    summary(desk, "Imported. 260 rows: 60 added, 200 unchanged.")
    assert [one["version"] for one in in_category(admin_api, category)] == [1] * 260
    desk.reload()
    expect(desk.css("#file")).to_be_visible()
    expect(desk.css("#file-note")).to_be_hidden()


def test_an_ended_session_and_lost_calls_leave_rows_that_are_imported_afterwards(
    desk: Tab, staff: Person, admin_api: Api
) -> None:
    category = f"Lost-{uuid.uuid4().hex[:12]}"
    rows = [row_of(new_sku(), Category=category) for _ in range(60)]
    choose(desk, text_of(HEAD, *rows))
    desk.press("Check 60 rows")
    summary(desk, "60 to add")
    desk.answer_error("**/api/products/batch")
    desk.press("Import 60 products")
    summary(desk, "Imported. 60 rows: 60 not done.")
    desk.let_through("**/api/products/batch")
    desk.end_session()
    desk.press("Try 60 rows again")
    desk.sign_in_again(staff)
    summary(desk, "60 rows: 60 to add.")
    desk.lose_answers("**/api/products/batch", times=1)
    desk.press("Import 60 products")
    summary(desk, "not done")
    expect(desk.css("#summary")).not_to_contain_text("not done")  # it goes on by itself
    summary(desk, "Imported. 60 rows: ")
    expect(desk.css("#retry")).to_be_hidden()
    assert [one["version"] for one in in_category(admin_api, category)] == [1] * 60


def test_rows_whose_check_failed_are_checked_before_anything_is_imported(desk: Tab) -> None:
    choose(desk, text_of(HEAD, *(row_of(new_sku()) for _ in range(60))))
    error = {"status": 502, "json": {"error": {"code": "internal_error", "message": "Try later"}}}
    desk.page.route("**/api/products/batch", lambda route: route.fulfill(**error), times=1)
    desk.press("Check 60 rows")
    summary(desk, "not checked")
    expect(desk.css("#write")).to_be_hidden()
    desk.css("#retry").click()
    summary(desk, "60 rows: 60 to add.")
    expect(desk.css("#write")).to_be_visible()


def test_a_person_says_which_of_two_columns_has_the_price(desk: Tab, admin_api: Api) -> None:
    sku = new_sku()
    choose(desk, f"SKU,Name,Category,Net price,List price,Unit,Sold\n{sku},Pail,Pails,2,3,each,yes\n")
    expect(desk.css("#mode")).to_contain_text(
        "Several columns could be the Price: “Net price” and “List price”"
    )
    expect(desk.button("Check 1 row")).to_be_disabled()
    desk.choose("Price", "4")
    expect(desk.css("#mode")).to_contain_text("Left out: “Net price”.")
    desk.press("Check 1 row")
    desk.press("Import 1 product")
    summary(desk, "1 added")
    assert stored(admin_api, sku)["unitPrice"] == 300


def test_every_step_is_accessible_and_fits_any_width(desk: Tab, admin_api: Api) -> None:
    rows = [row_of(new_product(admin_api)["sku"]), row_of(new_sku(), "x"), row_of("x" * 40)]
    states = {
        b"PK\x03\x04": desk.css("#file-fault"),
        "SKU;Name\nA-1;Müller".encode("cp1252"): desk.css("#encodings"),
        text_of(["Titles"], HEAD, *rows).encode(): desk.css("#check"),
    }
    assert_accessible(desk)
    for content, shown in states.items():
        desk.goto("/import.html")
        choose(desk, content)
        expect(shown).to_be_visible()
        assert_accessible(desk)
        assert_nothing_sticks_out(desk)
    desk.press("Check 3 rows")
    summary(desk, "1 refused")
    assert_accessible(desk)
    assert_nothing_sticks_out(desk)


def test_first_visit_of_imports_is_small(open_tab: OpenTab, staff: Person) -> None:
    tab = open_tab()
    tab.become(staff)
    assert_small_first_visit(tab, "/import.html")
