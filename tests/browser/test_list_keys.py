"""The list used by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import PAUSE_MS, move_elsewhere, search
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


@pytest.fixture
def orders(tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json) -> list[Json]:
    """Three placed orders of one customer, newest first, shown in the list."""
    placed = [place_order() for _ in range(3)][::-1]
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(placed[0])
    return placed


def test_j_and_k_move_a_visible_focus_and_enter_opens_an_order(tab: Tab, orders: list[Json]) -> None:
    tab.key("j")
    expect(tab.row(orders[0])).to_be_focused()
    for _ in range(3):  # a key held down repeats
        tab.page.keyboard.down("j")
    tab.page.keyboard.up("j")
    expect(tab.row(orders[2])).to_be_focused()
    tab.key("k")
    expect(tab.row(orders[1])).to_be_focused()
    ring = tab.row(orders[1]).evaluate("(row) => getComputedStyle(row).outlineStyle")
    assert ring == "solid"
    tab.key("Enter")
    tab.arrives_at(re.compile(orders[1]["orderID"]))


def test_tab_key_returns_to_the_row_last_focused(tab: Tab, orders: list[Json]) -> None:
    tab.key("j", "j")
    expect(tab.row(orders[1])).to_be_focused()
    tab.key("Tab")
    expect(tab.row(orders[1]).get_by_role("checkbox")).to_be_focused()
    tab.key("Shift+Tab")
    expect(tab.row(orders[1])).to_be_focused()
    assert tab.css("#order-rows tr[tabindex='0']").count() == 1


def test_x_key_selects_orders_and_e_key_moves_them(tab: Tab, orders: list[Json], admin_api: Api) -> None:
    tab.key("j", "x", "j", "x")
    tab.sees("2 orders selected")
    tab.key("e")
    expect(tab.button("Move 2 orders")).to_be_focused()
    tab.key("Enter")
    tab.sees("2 of 2: 2 moved")
    expect(tab.button("Close")).to_be_focused()
    expect(tab.button("Close")).to_be_enabled()
    tab.key("Enter")
    expect(tab.row(orders[1])).to_be_focused()
    expect(tab.row(orders[0])).to_contain_text("Packed")
    expect(tab.row(orders[2])).to_contain_text("Placed")


def test_pressing_the_x_key_again_unselects_the_order(tab: Tab, orders: list[Json]) -> None:
    tab.key("j", "x")
    tab.sees("1 order selected")
    tab.key("x")
    expect(tab.css("#bulk-bar")).to_be_hidden()


def test_e_key_moves_the_focused_order_one_step_with_a_note(tab: Tab, orders: list[Json]) -> None:
    tab.key("j", "e")
    note = f"Order {number_of(orders[0])}: Moved to packed Undo"
    expect(tab.css("#list-note")).to_have_text(note)
    expect(tab.row(orders[0])).to_contain_text("Packed")
    expect(tab.row(orders[0])).to_be_focused()
    expect(tab.row(orders[1])).to_contain_text("Placed")


def test_undo_in_the_note_moves_the_order_back(tab: Tab, orders: list[Json], admin_api: Api) -> None:
    tab.key("j", "e")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    tab.press("Undo")
    expect(tab.row(orders[0])).to_contain_text("Placed")
    expect(tab.row(orders[0])).to_be_focused()
    expect(tab.css("#list-note")).to_contain_text("Moved back to placed")
    tab.sees_no("button", "Undo")
    stored = admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document
    assert [entry["to"] for entry in stored["history"]] == ["placed", "packed", "placed"]


def test_e_key_does_not_move_an_order_moved_by_someone_else(
    tab: Tab, orders: list[Json], admin_api: Api, admin: Person
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    move_elsewhere(admin_api, orders[0], "packed")
    tab.key("j", "e")
    expect(tab.css("#list-note")).to_contain_text(f"Not moved: changed by {admin.email}, Packed now")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_holding_the_e_key_moves_an_order_one_step_only(tab: Tab, orders: list[Json], admin_api: Api) -> None:
    tab.watch_requests()
    tab.key("j")
    expect(tab.row(orders[0])).to_be_focused()
    for _ in range(4):
        tab.page.keyboard.down("e")
    tab.page.keyboard.up("e")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    tab.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_the_e_key_moves_an_order_again_only_after_a_pause(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    tab.replace_clock()
    tab.stop_clock()
    tab.key("j", "e")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    tab.page.clock.run_for(250)
    tab.key("e", "j", "e")
    expect(tab.row(orders[1])).to_contain_text("Packed")
    tab.key("k")
    expect(tab.row(orders[0])).to_be_focused()
    tab.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"
    tab.page.clock.run_for(PAUSE_MS)
    tab.key("e")
    expect(tab.row(orders[0])).to_contain_text("Shipped")


def test_pressing_the_e_key_again_after_a_lost_answer_moves_the_order(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    tab.lose_answers(f"**/api{path}")
    tab.key("j", "e")
    expect(tab.css("#list-note")).to_contain_text("Failed: The server cannot be reached")
    tab.let_through(f"**/api{path}")
    tab.key("e")
    expect(tab.css("#list-note")).to_contain_text("Moved to packed")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_pressing_the_e_key_again_before_the_answer_does_nothing(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    held = tab.hold("**/api/orders/*")
    tab.key("j", "e", "e", "x")  # the page handles x only after the keys before it
    tab.sees("1 order selected")
    for route in held:
        route.continue_()
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert len(held) == 1
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_letters_typed_into_a_field_do_not_act_as_keys(tab: Tab, orders: list[Json]) -> None:
    listed = tab.page.url
    taken = tab.field("Taken")
    taken.focus()
    tab.type("in the last 3")
    expect(taken).to_have_value("month")
    expect(tab.page).to_have_url(listed)
    taken.blur()
    tab.key("/")
    expect(search(tab)).to_be_focused()
    tab.type("jxe")
    expect(search(tab)).to_have_value("jxe")
    expect(tab.css("#bulk-bar")).to_be_hidden()


def test_the_help_lists_every_key_of_the_list(tab: Tab, orders: list[Json]) -> None:
    tab.key("?")
    listed = tab.find("dialog", "Keyboard").locator("kbd")
    expect(listed.first).to_be_visible()
    assert {"/", "n", "j", "k", "Enter", "x", "e", "?"} <= set(listed.all_inner_texts())
