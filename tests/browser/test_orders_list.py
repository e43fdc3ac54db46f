"""The list of orders: its rows, statuses, counts and pages, and every state of loading."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.orders import API_LIST, move_elsewhere, search, status_link, wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def numbers(tab: Tab) -> list[str]:
    """The order numbers in the list, from top to bottom."""
    return tab.css("#order-rows th").all_inner_texts()


def test_the_newest_order_is_on_top_with_its_details(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    older, newer = place_order(), place_order()
    tab.sign_in(staff)
    tab.sees_order(newer)
    assert numbers(tab)[:2] == [number_of(newer), number_of(older)]
    cells = tab.row(newer).get_by_role("cell").all_inner_texts()
    assert [cells[index] for index in (3, 4, 5)] == ["2", "£20.97", "Placed"]
    assert cells[2].startswith("Maria Okafor")


def test_markup_in_a_name_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": "<script>alert(2)</script>"}
    order = place_order()
    tab.sign_in(staff)
    expect(tab.row(order)).to_contain_text(HOSTILE)
    expect(tab.row(order)).to_contain_text("<script>alert(2)</script>")
    assert tab.css("main img, main script").count() == 0


def test_a_chosen_status_survives_reload_and_back(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    placed, packed = place_order(), place_order()
    move_elsewhere(admin_api, packed, "packed")
    tab.sign_in(staff)
    status_link(tab, "Packed").click()
    tab.arrives_at("/orders.html?status=packed")
    tab.sees_order(packed)
    expect(tab.row(placed)).to_have_count(0)
    tab.reload()
    tab.sees_order(packed)
    expect(tab.row(placed)).to_have_count(0)
    expect(status_link(tab, "Packed")).to_have_attribute("aria-current", "true")
    tab.back()
    tab.sees_order(placed)


def test_going_back_from_an_order_returns_to_its_row(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    row = tab.css("#order-rows tr").nth(30)
    row.get_by_role("link").click()
    tab.sees_heading("Timeline")
    tab.back()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()


# -- counts


def tally(tab: Tab, status: str) -> int:
    """The number of orders beside a status link."""
    text = status_link(tab, status).locator(".tally").inner_text()
    return int(text.replace(",", ""))


def test_every_status_link_shows_its_number_of_orders(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    wait_for(lambda: admin_api.call("GET", f"/orders?q={order['orderID']}").document["orders"] != [])
    counts = admin_api.call("GET", "/reports/workload").document["counts"]
    tab.sign_in(staff)
    expect(status_link(tab, "All").locator(".tally")).not_to_be_empty()
    assert {status: tally(tab, status.capitalize()) for status in counts} == counts
    assert tally(tab, "All") == sum(counts.values())


def test_a_filtered_list_hides_the_counts_of_the_whole_shop(tab: Tab, staff: Person, customer: Json) -> None:
    tab.sign_in(staff)
    expect(status_link(tab, "All").locator(".tally")).not_to_be_empty()
    search(tab).fill(customer["email"])
    tab.sees_heading("No order matches")
    expect(status_link(tab, "All").locator(".tally")).to_be_hidden()


# -- pages


def test_paging_works_both_ways_and_survives_a_reload(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders(50)
    pages = [numbers(tab)]
    tab.sees_no("link", "Previous page")
    for _ in range(4):
        tab.follow("Next page")
        expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
        pages.append(numbers(tab))
    assert [len(page) for page in pages] == [50, 50, 50, 50, 20]
    assert len({number for page in pages for number in page}) == regular["orders"]
    tab.sees_no("link", "Next page")
    tab.reload()
    tab.sees_orders(20)
    tab.follow("Previous page")
    tab.sees_orders(50)
    assert numbers(tab) == pages[3]
    status_link(tab, "Placed").click()  # another status begins at its first page
    tab.arrives_at(re.compile(r"\?status=placed&customer=[^&]+$"))
    expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
    tab.follow("Next page")
    tab.arrives_at(re.compile("cursor="))
    search(tab).fill("regina")
    tab.arrives_at(re.compile(r"\?status=placed&q=regina&customer=[^&]+$"))


def test_short_answers_of_the_api_are_read_until_the_page_is_full(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    asked: list[str] = []

    def answer_a_few(route: Route) -> None:
        asked.append(route.request.url)
        orders = [an_order(f"{len(asked):08}-{number}") for number in range(0 if len(asked) == 1 else 20)]
        route.fulfill(json={"orders": orders, "nextCursor": f"after-{len(asked)}"})

    tab.page.route(API_LIST, answer_a_few)
    status_link(tab, "Packed").click()
    tab.sees_orders(60)
    limits = [parse_qs(urlsplit(url).query)["limit"][0] for url in asked]
    cursors = [parse_qs(urlsplit(url).query).get("cursor", [""])[0] for url in asked]
    assert (limits, cursors) == (["50", "50", "30", "10"], ["", "after-1", "after-2", "after-3"])
    expect(tab.link("Next page")).to_have_attribute("href", re.compile("after-4"))


def an_order(order_id: str) -> Json:
    """A row of the API's list of orders."""
    customer = {"name": "Maria Okafor", "email": "maria@hotel.example"}
    made = {"status": "packed", "version": 2, "createdAt": "2026-01-31T09:30:00.000Z", "lineCount": 1}
    return {"orderID": order_id, "customer": customer, **made, "total": 100, "currency": "GBP"}


# -- loading


def test_layout_does_not_shift_while_orders_load(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    held = tab.hold(API_LIST)
    tab.watch_shifts()
    tab.goto("/orders.html")
    expect(tab.css("#orders")).to_have_attribute("aria-busy", "true")
    expect(tab.css("#order-rows .skeleton").first).to_be_visible()
    awaited = tab.css("#order-rows tr").nth(1).bounding_box()
    held[0].continue_()
    tab.sees_orders()
    assert tab.css("#order-rows tr").nth(1).bounding_box() == awaited
    assert tab.shifted() < 0.01


def test_a_failed_load_is_shown_and_can_be_retried(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.answer_error(API_LIST)
    tab.sign_in(staff)
    tab.sees_heading("The orders could not be loaded")
    tab.sees("Try later")
    tab.stop_clock()  # so that the page cannot load the list again by itself
    tab.let_through(API_LIST)
    tab.press("Try again")
    tab.sees_orders()


def test_a_lost_network_is_shown_and_can_be_retried(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff)
    tab.sees_orders()
    tab.stop_clock()  # so that the page cannot find out by itself that the network is back
    tab.lose_requests("**/api/**", "internetdisconnected")
    status_link(tab, "Packed").click()
    tab.sees("The server cannot be reached")
    tab.let_through("**/api/**")
    tab.press("Try again")
    tab.sees_not("The server cannot be reached")


def test_an_empty_shop_links_to_the_new_order_form(tab: Tab, staff: Person) -> None:
    tab.answer(API_LIST, json={"orders": [], "nextCursor": None})
    tab.sign_in(staff)
    tab.sees_heading("No orders yet")
    tab.follow("Take the first order")
    tab.sees_heading("New order")


def test_signing_in_again_returns_to_the_same_list(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.sees_orders()
    tab.end_session()
    status_link(tab, "Packed").click()
    tab.sign_in_again(staff)
    tab.arrives_at("/orders.html?status=packed")


def test_the_list_says_how_many_orders_it_has_and_what_they_bring(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, place_order: PlaceOrder
) -> None:
    """A cancelled order brings nothing."""
    orders = [place_order() for _ in range(3)]
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    sums = tab.css("#sums")
    expect(sums).to_have_text("3 orders · £62.91")
    move_elsewhere(admin_api, orders[0], "cancelled")
    tab.reload()
    expect(sums).to_have_text("3 orders · £41.94 · 1 not sold")
    tab.row(orders[1]).get_by_role("checkbox").click()
    tab.row(orders[0]).get_by_role("checkbox").click()
    expect(tab.css("#selected-sum")).to_have_text("£20.97 · 1 not sold")


def test_a_list_of_several_pages_says_what_its_sum_is_of(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(tab.css("#sums")).to_have_text(re.compile(r"^50 orders on this page · £[\d,.]+"))
    tab.goto("/orders.html?status=placed")
    expect(tab.css("#sums")).to_have_text(re.compile(r"^50 of [\d,]+ orders on this page · £"))
