"""The list by keyboard alone."""

import re

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def orders(tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json) -> list[Json]:
    """Three placed orders, newest first, on the screen of somebody who keeps the hands on the keys."""
    placed = [place_order() for _ in range(3)][::-1]
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    expect(tab.row(placed[0])).to_be_visible()
    return placed


def press(tab: Tab, *keys: str) -> None:
    for key in keys:
        tab.page.keyboard.press(key)


def test_j_and_k_move_a_visible_focus_and_enter_opens(tab: Tab, orders: list[Json]) -> None:
    press(tab, "j")
    expect(tab.row(orders[0])).to_be_focused()
    for _ in range(3):  # held down
        tab.page.keyboard.down("j")
    tab.page.keyboard.up("j")
    expect(tab.row(orders[2])).to_be_focused()
    press(tab, "k")
    expect(tab.row(orders[1])).to_be_focused()
    ring = tab.row(orders[1]).evaluate("(row) => getComputedStyle(row).outlineStyle")
    assert ring == "solid"
    press(tab, "Enter")
    expect(tab.page).to_have_url(re.compile(orders[1]["orderID"]))


def test_one_row_is_where_tab_comes_back_to(tab: Tab, orders: list[Json]) -> None:
    press(tab, "j", "j")
    expect(tab.row(orders[1])).to_be_focused()
    press(tab, "Tab")
    expect(tab.row(orders[1]).get_by_role("checkbox")).to_be_focused()
    press(tab, "Shift+Tab")
    expect(tab.row(orders[1])).to_be_focused()
    assert tab.page.locator("#order-rows tr[tabindex='0']").count() == 1


def test_x_selects_and_e_moves_what_is_selected(tab: Tab, orders: list[Json], admin_api: Api) -> None:
    press(tab, "j", "x", "j", "x")
    expect(tab.page.get_by_text("2 orders selected")).to_be_visible()
    press(tab, "e")
    expect(tab.page.get_by_role("button", name="Move 2 orders")).to_be_focused()
    press(tab, "Enter")
    expect(tab.page.get_by_text("2 of 2: 2 moved")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Close")).to_be_focused()
    press(tab, "Enter")
    expect(tab.row(orders[1])).to_be_focused()
    expect(tab.row(orders[0])).to_contain_text("Packed")
    expect(tab.row(orders[2])).to_contain_text("Placed")


def test_x_again_takes_it_out_of_the_selection(tab: Tab, orders: list[Json]) -> None:
    press(tab, "j", "x")
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()
    press(tab, "x")
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()


def test_e_moves_the_focused_order_one_step_and_says_so(tab: Tab, orders: list[Json]) -> None:
    press(tab, "j", "e")
    expect(tab.page.locator("#list-note")).to_have_text(f"Order {orders[0]['orderID'][:8]}: Moved to packed")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    expect(tab.row(orders[0])).to_be_focused()
    expect(tab.row(orders[1])).to_contain_text("Placed")


def test_e_does_nothing_to_an_order_that_somebody_else_moved_first(
    tab: Tab, orders: list[Json], admin_api: Api, admin: Person
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    assert admin_api.call("PATCH", path, {"status": "packed"}).status == 200
    press(tab, "j", "e")
    expect(tab.page.locator("#list-note")).to_contain_text(f"Not moved: changed by {admin.email}, Packed now")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_a_key_that_is_held_down_moves_one_step_only(tab: Tab, orders: list[Json], admin_api: Api) -> None:
    press(tab, "j")
    expect(tab.row(orders[0])).to_be_focused()
    for _ in range(4):
        tab.page.keyboard.down("e")
    tab.page.keyboard.up("e")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    tab.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_e_hit_twice_is_meant_once_and_a_little_later_it_is_the_next_step(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    tab.page.clock.install()
    tab.page.clock.pause_at(tab.page.evaluate("Date.now() + 1000"))
    press(tab, "j", "e")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    tab.page.clock.run_for(250)
    press(tab, "e", "j", "e")
    expect(tab.row(orders[1])).to_contain_text("Packed")
    press(tab, "k")
    expect(tab.row(orders[0])).to_be_focused()
    tab.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"
    tab.page.clock.run_for(400)
    press(tab, "e")
    expect(tab.row(orders[0])).to_contain_text("Shipped")


def test_a_step_whose_answer_was_lost_is_found_to_be_done_when_e_is_pressed_again(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    tab.lose_answers(f"**/api{path}")
    press(tab, "j", "e")
    expect(tab.page.locator("#list-note")).to_contain_text("Failed: The server cannot be reached")
    tab.page.unroute(f"**/api{path}")
    press(tab, "e")
    expect(tab.page.locator("#list-note")).to_contain_text("Moved to packed")
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_e_again_before_the_answer_is_there_moves_no_further(
    tab: Tab, orders: list[Json], admin_api: Api
) -> None:
    held: list[Route] = []
    tab.page.route("**/api/orders/*", lambda route: held.append(route))
    press(tab, "j", "e", "e", "x")  # the last is done when all before it are
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()
    for route in held:
        route.continue_()
    expect(tab.row(orders[0])).to_contain_text("Packed")
    assert len(held) == 1
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_letters_typed_into_a_field_are_letters(tab: Tab, orders: list[Json]) -> None:
    listed = tab.page.url
    taken = tab.page.get_by_label("Taken")
    taken.focus()
    tab.page.keyboard.type("in the last 3")
    expect(taken).to_have_value("month")
    expect(tab.page).to_have_url(listed)
    taken.blur()
    press(tab, "/")
    search = tab.page.get_by_role("searchbox", name="Search orders")
    expect(search).to_be_focused()
    tab.page.keyboard.type("jxe")
    expect(search).to_have_value("jxe")
    expect(tab.page.locator("#bulk-bar")).to_be_hidden()


def test_the_help_lists_every_key_of_the_list(tab: Tab, orders: list[Json]) -> None:
    press(tab, "?")
    listed = tab.page.get_by_role("dialog", name="Keyboard").locator("kbd")
    expect(listed.first).to_be_visible()
    assert {"/", "n", "j", "k", "Enter", "x", "e", "?"} <= set(listed.all_inner_texts())
