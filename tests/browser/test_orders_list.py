"""The list of orders: what is in it, how it is narrowed down, and every state it can be in."""

import json
import time
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.desk import Desk, Person

pytestmark = pytest.mark.browser

API_LIST = "**/api/orders**"


def refuse(route: Route) -> None:
    route.fulfill(
        status=502,
        content_type="application/json",
        body='{"error":{"code":"internal_error","message":"Try later"}}',
    )


def tab(desk: Desk, status: str) -> Locator:
    return desk.page.get_by_role("navigation", name="Status").get_by_role("link", name=status)


def numbers(desk: Desk) -> list[str]:
    return desk.page.locator("#order-rows th").all_inner_texts()


def test_the_newest_order_is_on_top_with_customer_lines_total_and_status(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    older, newer = place_order(), place_order()
    desk.sign_in(staff)
    expect(desk.row(newer)).to_be_visible()
    assert numbers(desk)[:2] == [newer["orderID"][:8], older["orderID"][:8]]
    cells = desk.row(newer).get_by_role("cell").all_inner_texts()
    assert [cells[index] for index in (3, 4, 5)] == ["2", "£20.97", "Placed"]
    assert cells[2].startswith("Maria Okafor")


def test_a_status_is_chosen_by_a_link_and_survives_reload_and_back(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    placed, packed = place_order(), place_order()
    assert admin_api.call("PATCH", f"/orders/{packed['orderID']}", {"status": "packed"}).status == 200
    desk.sign_in(staff)
    tab(desk, "Packed").click()
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?status=packed")
    expect(desk.row(packed)).to_be_visible()
    expect(desk.row(placed)).to_have_count(0)
    desk.page.reload()
    expect(desk.row(packed)).to_be_visible()
    expect(desk.row(placed)).to_have_count(0)
    expect(tab(desk, "Packed")).to_have_attribute("aria-current", "true")
    desk.page.go_back()
    expect(desk.row(placed)).to_be_visible()


def test_customer_and_dates_narrow_the_list_down(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    desk.sign_in(staff)
    desk.page.get_by_role("button", name="Filter").click()
    desk.page.get_by_label("Customer’s e-mail").fill(customer["email"].upper())
    desk.page.get_by_label("Taken").select_option("Between two dates")
    desk.page.get_by_label("From").fill("2020-01-01")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.locator("#order-rows a")).to_have_text([order["orderID"][:8]])
    desk.page.get_by_label("To, that day included").fill("2020-12-31")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    desk.page.get_by_role("link", name="Show all orders").click()
    expect(desk.row(order)).to_be_visible()


def test_today_as_the_last_day_includes_today(desk: Desk, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    desk.sign_in(staff)
    today = desk.page.evaluate("new Intl.DateTimeFormat('sv').format(new Date())")
    desk.goto(f"/orders.html?from={today}&to={today}")
    expect(desk.row(order)).to_be_visible()


def test_paging_goes_to_older_orders_and_back(
    desk: Desk, staff: Person, customer: Json, admin_api: Api
) -> None:
    for _ in range(51):
        lines = [{"sku": "BT-BLEACH", "quantity": 1}]
        order: Json = {"orderID": str(uuid.uuid4()), "customer": customer, "items": lines}
        assert admin_api.call("POST", "/orders", order).status == 202
    wait_for(lambda: len(all_of(admin_api, customer)) == 51)
    desk.sign_in(staff, f"/orders.html?customer={customer['email']}")
    expect(desk.page.locator("#order-rows a")).to_have_count(50)
    first_page = numbers(desk)
    expect(desk.page.get_by_role("link", name="Previous page")).to_be_hidden()
    desk.page.get_by_role("link", name="Next page").click()
    expect(desk.page.locator("#order-rows a")).to_have_count(1)
    assert numbers(desk)[0] not in first_page
    expect(desk.page.get_by_role("link", name="Next page")).to_be_hidden()
    desk.page.reload()
    expect(desk.page.locator("#order-rows a")).to_have_count(1)
    desk.page.get_by_role("link", name="Previous page").click()
    expect(desk.page.locator("#order-rows a")).to_have_count(50)
    assert numbers(desk) == first_page


def all_of(api: Api, customer: Json) -> list[Json]:
    first = api.call("GET", f"/orders?customer={customer['email']}").document
    rest: list[Json] = []
    if first["nextCursor"]:
        rest = api.call("GET", f"/orders?customer={customer['email']}&cursor={first['nextCursor']}").document[
            "orders"
        ]
    return [*first["orders"], *rest]


def wait_for(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to hold within 20 s")


def test_loading_moves_nothing_on_the_page(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    held: list[Route] = []
    desk.page.route(API_LIST, lambda route: held.append(route))
    desk.page.add_init_script(
        """window.shifted = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((shift) => (shifted += shift.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    desk.page.reload()
    expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "true")
    expect(desk.page.locator("#order-rows .skeleton").first).to_be_visible()
    awaited = desk.page.locator("#order-rows tr").nth(1).bounding_box()
    held[0].continue_()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    assert desk.page.locator("#order-rows tr").nth(1).bounding_box() == awaited
    desk.page.wait_for_timeout(200)
    assert desk.page.evaluate("window.shifted") < 0.01


def test_a_failure_is_shown_and_can_be_tried_again(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    desk.page.route(API_LIST, refuse)
    desk.page.reload()
    expect(desk.page.get_by_role("heading", name="The orders could not be loaded")).to_be_visible()
    expect(desk.page.get_by_text("Try later")).to_be_visible()
    desk.page.unroute(API_LIST)
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()


def test_no_network_is_said_and_can_be_tried_again(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    with desk.offline():
        tab(desk, "Packed").click()
        expect(desk.page.get_by_text("The server cannot be reached")).to_be_visible()
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.page.get_by_text("The server cannot be reached")).to_be_hidden()


def test_a_shop_without_orders_is_shown_the_way_to_the_first(desk: Desk, staff: Person) -> None:
    nothing = json.dumps({"orders": [], "nextCursor": None})
    desk.page.route(API_LIST, lambda route: route.fulfill(body=nothing, content_type="application/json"))
    desk.sign_in(staff)
    expect(desk.page.get_by_role("heading", name="No orders yet")).to_be_visible()
    desk.page.get_by_role("link", name="Take the first order").click()
    expect(desk.page.get_by_role("heading", name="New order")).to_be_visible()


def test_a_session_that_has_ended_is_said_and_leads_back_to_the_same_view(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    desk.end_session()
    tab(desk, "Packed").click()
    desk.page.get_by_role("button", name="Sign in again").click()
    desk.give_credentials(staff.email, staff.password)
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?status=packed")


def test_markup_in_a_name_is_shown_as_text(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": "<script>alert(2)</script>"}
    order = place_order()
    desk.sign_in(staff)
    expect(desk.row(order)).to_contain_text(HOSTILE)
    expect(desk.row(order)).to_contain_text("<script>alert(2)</script>")
    assert desk.page.locator("main img, main script").count() == 0
