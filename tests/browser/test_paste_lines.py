"""Lines pasted from a spreadsheet: shown before they are added, and no row lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, decided, orders_of
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.words import Part

pytestmark = pytest.mark.browser


@pytest.fixture
def form(open_tab: OpenTab, staff: Person) -> Tab:
    """The empty form of a new order in a browser that may use the clipboard."""
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    return tab


@pytest.fixture
def mixed_case(admin_api: Api) -> Iterator[str]:
    """A product whose SKU has capital and small letters."""
    product = {"name": "Browsertest mixed", "category": "Browser tests", "unitPrice": 100, "unit": "box"}
    assert admin_api.call("PUT", "/products/Bt-Mixed", {**product, "active": True}).status in (200, 201)
    yield "Bt-Mixed"
    assert admin_api.call("DELETE", "/products/Bt-Mixed").status == 204


def paste(tab: Tab, text: str) -> Part:
    """Paste a text where the focus is. Return the dialog once every row is looked up."""
    tab.paste(text)
    return preview_dialog(tab)


def preview_dialog(tab: Tab) -> Part:
    """The dialog with the preview of the pasted rows, once every row is looked up."""
    dialog = tab.dialog("Paste lines")
    expect(dialog.find("status")).not_to_be_empty()
    expect(tab.css("#paste-looking")).to_be_hidden()
    return dialog


def preview(dialog: Part) -> list[str]:
    """The text of each row of the preview."""
    return [" ".join(row.inner_text().split()) for row in dialog.find("row").all()[1:]]


def lines(tab: Tab) -> list[tuple[str, str]]:
    """The order's lines: SKU and quantity."""
    rows = tab.css("#line-rows tr")
    return [
        (row.locator("[data-slot=sku]").inner_text(), row.locator("input").input_value())
        for row in rows.all()
    ]


def test_pasted_spreadsheet_rows_become_lines_after_a_preview(
    form: Tab, customer: Json, admin_api: Api
) -> None:
    dialog = paste(form, "BT-BLEACH\t3\nBT-GLOVES\t12\nBT-HOSTILE\t1\n")
    assert preview(dialog) == [
        "1 BT-BLEACH Browsertest bleach 5 L 3 bottle £19.47",
        "2 BT-GLOVES Browsertest gloves, box of 100 12 box £95.88",
        f"3 BT-HOSTILE Browsertest zero {HOSTILE} 1 piece £1.00",
    ]
    assert lines(form) == []
    dialog.press("Add 3 lines")
    expect(dialog.locator).to_be_hidden()
    expect(form.product_search()).to_be_focused()
    expect(form.css("#running-total")).to_have_text("£116.35")
    form.fill_customer(Name=customer["name"], E_mail=customer["email"])
    form.send()
    expect(form.progress("Placed")).to_be_visible()
    stored = decided(admin_api, orders_of(admin_api, customer)[0]["orderID"])
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-BLEACH", 3),
        ("BT-GLOVES", 12),
        ("BT-HOSTILE", 1),
    ]


def test_lines_are_pasted_by_keyboard_alone(form: Tab) -> None:
    form.key("Tab")
    expect(form.button("Paste lines …")).to_be_focused()
    form.key("Enter")
    expect(form.field("Rows from a spreadsheet")).to_be_focused()
    form.type("BT-BLEACH 3")
    form.key("Enter")
    form.type("bt-gloves 4")
    add = form.button("Add 2 lines")
    expect(add).to_be_enabled()
    for _ in range(3):
        form.key("Tab")
    expect(add).to_be_focused()
    form.key("Enter")
    expect(form.css("#line-rows tr")).to_have_count(2)
    assert lines(form) == [("BT-BLEACH", "3"), ("BT-GLOVES", "4")]


def test_invalid_pasted_rows_keep_their_row_number_until_fixed(form: Tab) -> None:
    dialog = paste(
        form,
        "Article no.;Name;Quantity\n"
        "BT-BLEACH;Bleach, 5 L;3\n"
        "NOT-OURS;Unknown;1\n"
        "\n"
        "BT-GLOVES;Gloves;1e2\n"
        "BT-GLOVES;Gloves;\n"
        "BT-GLOVES;Gloves;0\n"
        "BT-GLOVES;Gloves;100001\n"
        "BT-RETIRED;Mop;1\n"
        f'"{HOSTILE.replace(chr(34), chr(34) * 2)}";x;2\n',
    )
    wrong = preview(dialog)[:-1]
    for row, (number, reason) in zip(
        wrong,
        [
            (3, "NOT-OURS;Unknown;1 is not in the catalog 1"),
            (5, "quantity must be a whole number in digits, got 1e2"),
            (6, "has no quantity"),
            (7, "quantity must be at least 1, got 0"),
            (8, "quantity must be at most 100,000, got 100,001"),
            (9, "is no longer sold 1 piece"),
            (10, "x;2 is not in the catalog 2"),
        ],
        strict=True,
    ):
        assert row.startswith(f"{number} ")
        assert row.endswith(reason)
    assert form.css("dialog img").count() == 0
    expect(dialog.find("status")).to_have_text(
        "Row 1 holds titles: SKU in “Article no.”, quantity in “Quantity”."
        " 1 line to add, 7 rows to put right."
    )
    dialog.press("Add 1 line")
    expect(dialog.find("status")).to_contain_text("1 row added to the order. What is left:")
    field = form.field("Rows from a spreadsheet")
    assert len(field.input_value().splitlines()) == 8  # the titles and the seven wrong rows
    field.fill("Article no.;Name;Quantity\nBT-GLOVES;Gloves;100")
    dialog.press("Add 1 line")
    expect(dialog.locator).to_be_hidden()
    assert lines(form) == [("BT-BLEACH", "3"), ("BT-GLOVES", "100")]


def test_the_number_of_a_wrong_row_leads_to_its_text(form: Tab) -> None:
    rows = [f"BT-BLEACH;{number}" for number in range(1, 90)]
    rows[59] = "BT-BLEACH;many"
    dialog = paste(form, "\n".join(rows))
    dialog.button("Go to row 60").press("Enter")
    field = form.field("Rows from a spreadsheet")
    expect(field).to_be_focused()
    selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert field.evaluate(selected) == "BT-BLEACH;many"
    shown = "field => [field.scrollTop, field.scrollTop + field.clientHeight]"
    top, bottom = field.evaluate(shown)
    line = field.evaluate("field => parseFloat(getComputedStyle(field).lineHeight)")
    assert top <= 59 * line < bottom
    form.type("BT-GLOVES;2")
    dialog.says("2 lines to add, 0 rows to put right.")


def test_the_summary_is_current_while_products_are_looked_up(form: Tab) -> None:
    dialog = paste(form, "BT-BLEACH 3\nNOT-OURS 1")
    dialog.says("1 line to add, 1 row to put right.")
    held = form.hold("**/api/products**")
    dialog.press("Add 1 line")
    dialog.says("1 row added to the order. What is left: 0 lines to add, 1 row to put right.")
    form.field("Rows from a spreadsheet").fill("BT-GLOVES 1")
    expect(form.css("#paste-looking")).to_be_visible()
    expect(dialog.find("status")).to_be_empty()
    for route in held:
        route.continue_()
    dialog.says("1 line to add, 0 rows to put right.")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_buttons_of_the_paste_dialog_stay_in_the_window(form: Tab, width: int, height: int) -> None:
    form.resize(width, height)
    rows = [f"BT-BLEACH;{number}" for number in range(1, 60)] + [f"NOT-OURS {number}" for number in range(20)]
    dialog = paste(form, "\n".join(["SKU;Quantity", *rows]))
    expect(dialog.button("Close")).to_be_in_viewport(ratio=1)
    expect(form.css("#paste-add")).to_be_in_viewport(ratio=1)
    expect(form.css("#paste-preview")).to_be_in_viewport(ratio=1)


def test_leftover_rows_are_kept_and_prevent_sending_the_order(form: Tab, customer: Json) -> None:
    form.fill_customer(Name=customer["name"], E_mail=customer["email"])
    form.product_search().focus()
    dialog = paste(form, "BT-BLEACH 3\nNOT-OURS 1")
    dialog.press("Add 1 line")
    form.key("Escape")
    form.reload()
    form.send()
    form.sees_errors(["Pasted rows must be added to the order, or discarded"])
    form.press("Look at them")
    assert preview(preview_dialog(form)) == ["1 NOT-OURS 1 is not in the catalog 1"]
    form.press("Close")
    form.press("Discard them")
    expect(form.error_summary()).to_be_hidden()
    form.send()
    expect(form.progress("Placed")).to_contain_text("£19.47")


def test_pasted_rows_and_a_line_of_one_product_become_one_line(form: Tab, mixed_case: str) -> None:
    form.add_line("BT-GLOVES", "5")
    form.product_search().focus()
    dialog = paste(form, f"bt-bleach 3\nBT-GLOVES 1\nBT-BLEACH 4\n{mixed_case.upper()} 2")
    assert preview(dialog) == [
        "1 BT-BLEACH written bt-bleach Browsertest bleach 5 L rows 1, 3: 3 + 4 = 7 3 bottle £45.43",
        "2 BT-GLOVES Browsertest gloves, box of 100 5 on the order already 1 box £7.99",
        "3 BT-BLEACH Browsertest bleach 5 L counted with row 1 4 bottle",
        "4 Bt-Mixed written BT-MIXED Browsertest mixed 2 box £2.00",
    ]
    dialog.press("Add 3 lines")
    expect(dialog.locator).to_be_hidden()
    assert lines(form) == [("BT-GLOVES", "6"), ("BT-BLEACH", "7"), ("Bt-Mixed", "2")]


def test_pasted_rows_with_too_large_a_sum_cannot_be_added(form: Tab) -> None:
    form.add_line("BT-GLOVES", "7")
    form.product_search().focus()
    dialog = paste(form, "BT-BLEACH 5\nBT-BLEACH 99999\nBT-GLOVES 100000")
    too_much = "quantity must be at most 100,000, got"
    bleach, gloves = "Browsertest bleach 5 L", "Browsertest gloves, box of 100"
    assert preview(dialog) == [
        f"1 BT-BLEACH 5 {bleach} rows 1, 2: 5 + 99999 = 100004; {too_much} 100,004 in all 5 bottle",
        f"2 BT-BLEACH 99999 {bleach} counted with row 1; {too_much} 100,004 in all 99999 bottle",
        f"3 BT-GLOVES 100000 {gloves} 7 on the order already; {too_much} 100,007 in all 100000 box",
    ]
    expect(form.css("#paste-add")).to_be_disabled()


def test_pasting_a_name_and_a_number_searches_for_the_product(form: Tab) -> None:
    form.paste("bleach 5")
    expect(form.option(re.compile("BT-BLEACH"))).to_be_visible()
    form.sees_no("dialog")


# Answer the lookup of each product within the page, because Playwright takes a minute for them.
# `most` is how many lookups were under way at once, and `progress` has each value of the progress bar.
ANSWER_PRODUCTS = """() => {
    const [send, bar] = [window.fetch, document.getElementById("paste-progress")];
    let running = 0;
    Object.assign(window, { most: 0, progress: new Set(), tables: 0 });
    new MutationObserver(() => tables++).observe(document.getElementById("paste-right"), { childList: true });
    window.fetch = async (address, options) => {
        const sku = /\\/api\\/products\\/(P-\\d+)$/.exec(address)?.[1];
        if (!sku) return send(address, options);
        most = Math.max(most, ++running);
        progress.add(bar.value);
        await new Promise((resolve) => setTimeout(resolve, 10)); // so that all of them take over a second
        running--;
        return Response.json({ sku, name: `Product ${sku}`, unitPrice: 100, currency: "GBP", active: true });
    };
}"""


@pytest.mark.usefixtures("whole_pauses")  # the table of 1,000 rows waits for a second too
def test_1000_pasted_rows_are_looked_up_a_few_at_a_time(form: Tab) -> None:
    form.evaluate(ANSWER_PRODUCTS)
    dialog = paste(form, "\n".join(f"P-{number:04} {number + 1}" for number in range(1001)))
    expect(dialog.find("status")).to_have_text(
        "1,001 rows, and an order takes 1,000 lines at most: take some out."
    )
    expect(form.css("#paste-add")).to_be_disabled()
    form.key("ControlOrMeta+End", "Shift+Home", "Backspace", "Backspace")  # takes the last row out
    add = form.css("#paste-add")  # not by its role, for which Playwright looks at each of the thousand rows
    expect(add).to_have_text("Add 1,000 lines", timeout=60_000)
    add.click()
    expect(form.css("#line-count")).to_have_text("1,000 lines")
    expect(form.css("#running-total")).to_have_text("£500,500.00")
    assert 1 < form.evaluate("most") <= 6
    assert form.evaluate("progress.size") > 2
    assert form.evaluate("tables < progress.size")  # because it is laid out anew each time


def test_failed_product_lookup_of_a_row_can_be_repeated(form: Tab) -> None:
    form.lose_requests("**/api/products/BT-BLEACH", "connectionreset")
    dialog = paste(form, "BT-BLEACH 3\nBT-GLOVES 1")
    assert preview(dialog)[0] == "1 BT-BLEACH 3 could not be looked up 3"
    form.let_through("**/api/products/BT-BLEACH")
    dialog.press("Look up again")
    expect(dialog.button("Add 2 lines")).to_be_enabled()


def test_discarded_pasted_rows_can_be_brought_back(form: Tab) -> None:
    paste(form, "NOT-01 3").press("Close")
    form.press("Discard them")
    expect(form.css("#pasted")).to_be_hidden()
    form.press("Undo")
    form.press("Look at them")
    expect(form.field("Rows from a spreadsheet")).to_have_value("NOT-01 3")


def test_pasted_rows_survive_an_ended_session(form: Tab, staff: Person) -> None:
    form.end_session()
    form.paste("BT-BLEACH 3\nBT-GLOVES 1")
    form.sign_in_again(staff)
    form.press("Look at them")
    expect(form.button("Add 2 lines")).to_be_enabled()


def test_preview_and_leftover_rows_are_accessible_and_fit_any_width(form: Tab) -> None:
    dialog = paste(form, "SKU;Quantity\nBT-BLEACH;3\nbt-bleach;4\nNOT-OURS;1\nBT-HOSTILE;1e2")
    assert_accessible(form)
    assert_nothing_sticks_out(form)
    dialog.press("Add 1 line")
    form.key("Escape")
    form.sees_button("Look at them")
    assert_accessible(form)
    assert_nothing_sticks_out(form)
