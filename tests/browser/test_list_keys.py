"""The list by keyboard alone."""

import re

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.desk import Desk, Person, lose_the_answer

pytestmark = pytest.mark.browser


@pytest.fixture
def orders(desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json) -> list[Json]:
    """Three placed orders, newest first, on the screen of somebody who keeps the hands on the keys."""
    placed = [place_order() for _ in range(3)][::-1]
    desk.sign_in(staff, f"/orders.html?customer={customer['email']}")
    expect(desk.row(placed[0])).to_be_visible()
    return placed


def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def test_j_and_k_move_a_visible_focus_and_enter_opens(desk: Desk, orders: list[Json]) -> None:
    press(desk, "j")
    expect(desk.row(orders[0])).to_be_focused()
    for _ in range(3):  # held down
        desk.page.keyboard.down("j")
    desk.page.keyboard.up("j")
    expect(desk.row(orders[2])).to_be_focused()
    press(desk, "k")
    expect(desk.row(orders[1])).to_be_focused()
    ring = desk.row(orders[1]).evaluate("(row) => getComputedStyle(row).outlineStyle")
    assert ring == "solid"
    press(desk, "Enter")
    expect(desk.page).to_have_url(re.compile(orders[1]["orderID"]))


def test_one_row_is_where_tab_comes_back_to(desk: Desk, orders: list[Json]) -> None:
    press(desk, "j", "j")
    expect(desk.row(orders[1])).to_be_focused()
    press(desk, "Tab")
    expect(desk.row(orders[1]).get_by_role("checkbox")).to_be_focused()
    press(desk, "Shift+Tab")
    expect(desk.row(orders[1])).to_be_focused()
    assert desk.page.locator("#order-rows tr[tabindex='0']").count() == 1


def test_x_selects_and_e_moves_what_is_selected(desk: Desk, orders: list[Json], admin_api: Api) -> None:
    press(desk, "j", "x", "j", "x")
    expect(desk.page.get_by_text("2 orders selected")).to_be_visible()
    press(desk, "e")
    expect(desk.page.get_by_role("button", name="Move 2 orders")).to_be_focused()
    press(desk, "Enter")
    expect(desk.page.get_by_text("2 of 2: 2 moved")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Close")).to_be_focused()
    press(desk, "Enter")
    expect(desk.row(orders[1])).to_be_focused()
    expect(desk.row(orders[0])).to_contain_text("Packed")
    expect(desk.row(orders[2])).to_contain_text("Placed")


def test_x_again_takes_it_out_of_the_selection(desk: Desk, orders: list[Json]) -> None:
    press(desk, "j", "x")
    expect(desk.page.get_by_text("1 order selected")).to_be_visible()
    press(desk, "x")
    expect(desk.page.locator("#bulk-bar")).to_be_hidden()


def test_e_moves_the_focused_order_one_step_and_says_so(desk: Desk, orders: list[Json]) -> None:
    press(desk, "j", "e")
    expect(desk.page.locator("#list-note")).to_have_text(f"Order {orders[0]['orderID'][:8]}: Moved to packed")
    expect(desk.row(orders[0])).to_contain_text("Packed")
    expect(desk.row(orders[0])).to_be_focused()
    expect(desk.row(orders[1])).to_contain_text("Placed")


def test_e_does_nothing_to_an_order_that_somebody_else_moved_first(
    desk: Desk, orders: list[Json], admin_api: Api, admin: Person
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    assert admin_api.call("PATCH", path, {"status": "packed"}).status == 200
    press(desk, "j", "e")
    expect(desk.page.locator("#list-note")).to_contain_text(
        f"Not moved: changed by {admin.email}, Packed now"
    )
    expect(desk.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_a_key_that_is_held_down_moves_one_step_only(desk: Desk, orders: list[Json], admin_api: Api) -> None:
    press(desk, "j")
    expect(desk.row(orders[0])).to_be_focused()
    for _ in range(4):
        desk.page.keyboard.down("e")
    desk.page.keyboard.up("e")
    expect(desk.row(orders[0])).to_contain_text("Packed")
    desk.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_e_hit_twice_is_meant_once_and_a_little_later_it_is_the_next_step(
    desk: Desk, orders: list[Json], admin_api: Api
) -> None:
    desk.page.clock.install()
    desk.page.clock.pause_at(desk.page.evaluate("Date.now() + 1000"))
    press(desk, "j", "e")
    expect(desk.row(orders[0])).to_contain_text("Packed")
    desk.page.clock.run_for(250)
    press(desk, "e", "j", "e")
    expect(desk.row(orders[1])).to_contain_text("Packed")
    press(desk, "k")
    expect(desk.row(orders[0])).to_be_focused()
    desk.settle()
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"
    desk.page.clock.run_for(400)
    press(desk, "e")
    expect(desk.row(orders[0])).to_contain_text("Shipped")


def test_a_step_whose_answer_was_lost_is_found_to_be_done_when_e_is_pressed_again(
    desk: Desk, orders: list[Json], admin_api: Api
) -> None:
    path = f"/orders/{orders[0]['orderID']}"
    desk.page.route(f"**/api{path}", lose_the_answer)
    press(desk, "j", "e")
    expect(desk.page.locator("#list-note")).to_contain_text("Failed: The server cannot be reached")
    desk.page.unroute(f"**/api{path}")
    press(desk, "e")
    expect(desk.page.locator("#list-note")).to_contain_text("Moved to packed")
    expect(desk.row(orders[0])).to_contain_text("Packed")
    assert admin_api.call("GET", path).document["status"] == "packed"


def test_e_again_before_the_answer_is_there_moves_no_further(
    desk: Desk, orders: list[Json], admin_api: Api
) -> None:
    held: list[Route] = []
    desk.page.route("**/api/orders/*", lambda route: held.append(route))
    press(desk, "j", "e", "e", "x")  # the last is done when all before it are
    expect(desk.page.get_by_text("1 order selected")).to_be_visible()
    for route in held:
        route.continue_()
    expect(desk.row(orders[0])).to_contain_text("Packed")
    assert len(held) == 1
    assert admin_api.call("GET", f"/orders/{orders[0]['orderID']}").document["status"] == "packed"


def test_letters_typed_into_a_field_are_letters(desk: Desk, orders: list[Json]) -> None:
    listed = desk.page.url
    taken = desk.page.get_by_label("Taken")
    taken.focus()
    desk.page.keyboard.type("in the last 3")
    expect(taken).to_have_value("month")
    expect(desk.page).to_have_url(listed)
    taken.blur()
    press(desk, "/")
    search = desk.page.get_by_role("searchbox", name="Search orders")
    expect(search).to_be_focused()
    desk.page.keyboard.type("jxe")
    expect(search).to_have_value("jxe")
    expect(desk.page.locator("#bulk-bar")).to_be_hidden()


def test_the_help_lists_every_key_of_the_list(desk: Desk, orders: list[Json]) -> None:
    press(desk, "?")
    listed = desk.page.get_by_role("dialog", name="Keyboard").locator("kbd")
    expect(listed.first).to_be_visible()
    assert {"/", "n", "j", "k", "Enter", "x", "e", "?"} <= set(listed.all_inner_texts())
