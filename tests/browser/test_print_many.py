"""Packing slips, invoices and the pick list of many orders, printed as one document."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, decided, sent
from tests.browser.orders import edit_elsewhere, move_elsewhere, wait_for
from tests.browser.tab import Person, Tab, number_of
from tests.browser.words import Part

pytestmark = pytest.mark.browser

# Keeps what each print would have on paper, and leaves the papers on the page.
RECORD = """
window.printed = [];
window.print = () => window.printed.push({
  paper: document.documentElement.dataset.paper,
  texts: Array.from(document.querySelectorAll("#papers > .paper"), (one) => one.textContent),
});
"""


@pytest.fixture
def orders(admin_api: Api, customer: Json) -> list[Json]:
    """Three placed orders of this test's customer, newest first."""
    order_ids = [sent(admin_api, customer) for _ in range(3)]
    return [decided(admin_api, order_id) for order_id in reversed(order_ids)]


@pytest.fixture
def desk(tab: Tab, staff: Person, customer: Json, orders: list[Json]) -> Tab:
    """The list of this test's orders, with a printer that records."""
    tab.page.add_init_script(RECORD)
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_orders(len(orders))
    return tab


def dialog(tab: Tab) -> Part:
    return tab.inside("#print-dialog")


def printed(tab: Tab, count: int) -> Json:
    """Wait for this number of prints, and return the last one."""
    wait_for(lambda: tab.evaluate("window.printed.length") == count)
    last: Json = tab.evaluate("window.printed.at(-1)")
    return last | {"texts": [" ".join(text.split()) for text in last["texts"]]}


def test_placed_orders_are_packed_with_slips_and_pick_list_in_seven_presses(
    desk: Tab, orders: list[Json]
) -> None:
    """The two windows of the browser's printing are two more, whatever the number of orders."""
    desk.tick("Select all on this page")
    desk.press("Mark as packed")
    desk.press("Move 3 orders")
    desk.press("Print …")
    dialog(desk).press("Packing slips")
    slips = printed(desk, 1)
    assert slips["paper"] == "packing-slips"
    assert [number_of(order) in text for order, text in zip(orders, slips["texts"], strict=True)] == [
        True
    ] * 3
    desk.press("Print selected")
    dialog(desk).press("Pick list")
    [pick_list] = printed(desk, 2)["texts"]
    assert re.search(r"6\s*bottle\s*BT-BLEACH\s*Browsertest bleach 5 L", pick_list)
    assert all(f"{number_of(order)}: 2" in pick_list for order in orders)
    assert "2 products, 9 pieces and packs in all, for 3 orders" in pick_list


def test_each_paper_of_many_begins_on_a_page_of_its_own(desk: Tab) -> None:
    desk.press("Print")
    dialog(desk).sees_heading("Print 3 orders")
    dialog(desk).press("Invoices")
    invoices = printed(desk, 1)
    assert all("Invoice" in text and "£20.97" in text for text in invoices["texts"])
    desk.evaluate("window.addEventListener('afterprint', (event) => event.stopImmediatePropagation(), true)")
    assert desk.page.pdf(format="A4").count(b"/Type /Page\n") == 3


def test_the_papers_leave_the_page_after_printing(desk: Tab) -> None:
    desk.press("Print")
    dialog(desk).press("Packing slips")
    printed(desk, 1)
    logos = "Array.from(document.querySelectorAll('#papers img'), (one) => one.complete && one.naturalWidth)"
    assert [bool(width) for width in desk.evaluate(logos)] == [True] * 3
    desk.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(desk.css("#papers")).to_be_empty()
    expect(desk.css("html")).not_to_have_attribute("data-paper", re.compile(""))


def test_cancelled_orders_have_an_invoice_and_nothing_to_pack(
    desk: Tab, admin_api: Api, orders: list[Json]
) -> None:
    """Also one that somebody cancels while the choice is on screen."""
    move_elsewhere(admin_api, orders[0], "cancelled")
    desk.reload()
    desk.press("Print")
    dialog(desk).says("1 order cancelled or rejected: left out of packing slips and pick list.")
    move_elsewhere(admin_api, orders[1], "cancelled")
    dialog(desk).press("Pick list")
    [pick_list] = printed(desk, 1)["texts"]
    assert number_of(orders[2]) in pick_list
    assert not any(number_of(order) in pick_list for order in orders[:2])
    desk.press("Print")
    dialog(desk).press("Invoices")
    assert sum("Cancelled order" in text for text in printed(desk, 2)["texts"]) == 2


def test_nothing_is_printed_until_every_order_was_read(desk: Tab, orders: list[Json]) -> None:
    path = f"**/api/orders/{orders[1]['orderID']}"
    desk.page.route(
        path, lambda route: route.fulfill(status=500, json={"error": {"code": "x", "message": "Down."}})
    )
    desk.press("Print")
    dialog(desk).press("Packing slips")
    dialog(desk).says("Nothing was printed.")
    assert desk.evaluate("window.printed") == []
    desk.page.unroute(path)
    dialog(desk).press("Try again")
    assert len(printed(desk, 1)["texts"]) == 3


def test_selected_orders_are_printed_by_key_and_cancel_prints_nothing(desk: Tab, orders: list[Json]) -> None:
    desk.row(orders[1]).get_by_role("checkbox").check()
    desk.sees("1 order selected")
    desk.key("p")
    dialog(desk).sees_heading("Print 1 order")
    dialog(desk).press("Cancel")
    expect(desk.css("#print-dialog")).to_be_hidden()
    assert desk.evaluate("window.printed") == []
    desk.key("p")
    dialog(desk).press("Packing slips")
    [slip] = printed(desk, 1)["texts"]
    assert number_of(orders[1]) in slip


# ---- slips that were printed before


AFTER_PRINT = "window.dispatchEvent(new Event('afterprint'))"


def events(api: Api, order: Json) -> list[str]:
    history = api.call("GET", f"/orders/{order['orderID']}").document["history"]
    return [entry["event"] for entry in history]


def test_orders_remember_their_printed_slip_and_then_move(
    desk: Tab, admin_api: Api, orders: list[Json]
) -> None:
    desk.tick("Select all on this page")
    desk.press("Print selected")
    dialog(desk).press("Packing slips")
    printed(desk, 1)
    desk.evaluate(AFTER_PRINT)
    expect(desk.css("[title^='Slip printed']")).to_have_count(3)
    assert [events(admin_api, order)[-1] for order in orders] == ["printed"] * 3
    remark = {"comment": "by a colleague"}
    assert admin_api.call("PATCH", f"/orders/{orders[0]['orderID']}", remark).status == 200
    desk.press("Mark as packed")
    desk.inside("#bulk-dialog").press("Move 3 orders")
    desk.inside("#bulk-dialog").sees("3 of 3: 3 moved")


def test_slips_that_a_colleague_printed_are_named_and_left_out(
    desk: Tab, admin_api: Api, orders: list[Json]
) -> None:
    slip = {"printed": "slip"}
    assert admin_api.call("PATCH", f"/orders/{orders[1]['orderID']}", slip).status == 200
    desk.press("Print")
    dialog(desk).press("Packing slips")
    dialog(desk).says("1 of these 3 orders had a slip already.")
    dialog(desk).press("Leave out, print 2")
    texts = printed(desk, 1)["texts"]
    assert [number_of(order) in " ".join(texts) for order in orders] == [True, False, True]
    desk.press("Print")
    dialog(desk).press("Packing slips")
    dialog(desk).press("Print all 3")
    assert len(printed(desk, 2)["texts"]) == 3


def test_a_slip_is_not_recorded_if_its_order_was_edited_during_the_print(
    desk: Tab, admin_api: Api, orders: list[Json]
) -> None:
    desk.press("Print")
    dialog(desk).press("Packing slips")
    printed(desk, 1)
    edit_elsewhere(admin_api, orders[0], notes="Back door")
    move_elsewhere(admin_api, orders[1], "packed")
    desk.evaluate(AFTER_PRINT)
    expect(desk.css("#list-note")).to_contain_text(
        "That 1 slip of 3 went to the printer is not recorded: somebody changed the order during the print"
    )
    assert [events(admin_api, order)[-1] for order in orders] == ["edited", "printed", "printed"]


def test_a_slip_that_could_not_be_recorded_is_named(desk: Tab, orders: list[Json]) -> None:
    desk.press("Print")
    dialog(desk).press("Packing slips")
    printed(desk, 1)
    desk.answer_error(f"**/api/orders/{orders[1]['orderID']}")
    desk.evaluate(AFTER_PRINT)
    expect(desk.css("#list-note")).to_contain_text(
        "That 1 slip of 3 went to the printer is not recorded: Try later"
    )
    expect(desk.css("[title^='Slip printed']")).to_have_count(2)
