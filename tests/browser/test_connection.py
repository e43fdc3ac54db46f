"""A lost connection: how pages show it, and what they do once it is back."""

import re

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, wait_until_known
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

WHERE = """() => [
    document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("body > :not(p)")].map((part) => part.getBoundingClientRect().y),
]"""


def test_offline_notice_moves_nothing_and_goes_once_online(tab: Tab, staff: Person) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 300})  # it scrolls, so that any more height shows
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    before = tab.page.evaluate(WHERE)
    banner = tab.page.get_by_role("status").filter(has_text="You are offline")
    with tab.offline():
        expect(banner).to_be_visible()
        assert tab.page.evaluate(WHERE) == before
        tab.page.locator("#order-rows a").first.click(trial=True)
    expect(banner).to_have_count(0)
    expect(tab.page.locator("#announcement")).to_have_text("You are connected again.")


def test_unreachable_server_is_shown_until_it_responds(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.route(tab.site_url + "/**", lambda route: route.abort("connectionrefused"))
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = tab.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_request(lambda request: request.method == "HEAD"):
        expect(banner).to_be_visible()
    tab.page.unroute_all()
    expect(banner).to_have_count(0)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()  # without "Try again"


def test_late_response_to_an_older_request_keeps_the_notice(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    older: list[Route] = []
    tab.page.route("**/api/reports/workload", lambda route: older.append(route))
    with tab.page.expect_request("**/api/reports/workload"):
        tab.page.reload()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.route(tab.site_url + "/**", lambda route: route.abort("connectionrefused"))
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = tab.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_response("**/api/reports/workload"):
        older[0].continue_()
    tab.page.wait_for_timeout(200)
    expect(banner).to_be_visible()


@pytest.mark.parametrize("page", ["today", "orders", "order", "customers", "customer"])
def test_failed_page_loads_once_the_connection_is_back(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api, page: str
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer)
    path = {
        "today": "/",
        "order": f"/order.html?id={order['orderID']}",
        "customer": f"/customer.html?email={customer['email']}",
    }.get(page, f"/{page}.html")
    tab.sign_in(staff, "/account.html")
    failed = tab.page.get_by_role("alert").filter(has_text="The server cannot be reached")
    for by_itself in (True, False):
        tab.page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
        tab.goto(path)
        expect(failed).to_be_visible()
        asked = calls(tab)
        tab.page.unroute("**/api/**")
        if by_itself:
            with tab.offline():
                pass
        else:
            tab.page.get_by_role("button", name="Try again").click()
        expect(tab.page.get_by_role("main")).to_contain_text(
            order["orderID"][:8] if page != "customers" else customer["name"]
        )
        expect(failed).to_be_hidden()
        tab.settle()
        assert len(asked) == len(set(asked)) > 0, asked


def calls(tab: Tab) -> list[str]:
    """What the page asks the API from now on."""
    found: list[str] = []
    tab.page.on("request", lambda request: found.append(request.url) if "/api/" in request.url else None)
    return found
