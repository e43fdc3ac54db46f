"""Lost connections: the notice on each page, and pages that load once the connection is back."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, new_customer, placed, wait_until_known
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser

# The height of the page and the position of each of its parts.
POSITIONS = """() => [
    document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("body > :not(p)")].map((part) => part.getBoundingClientRect().y),
]"""


def test_offline_notice_moves_nothing_and_disappears_once_online(tab: Tab, staff: Person) -> None:
    tab.resize(1280, 300)  # so low that any added height moves a part
    tab.sign_in(staff)
    tab.sees_orders()
    before = tab.evaluate(POSITIONS)
    banner = tab.find("status").filter(has_text="You are offline")
    with tab.offline():
        expect(banner).to_be_visible()
        assert tab.evaluate(POSITIONS) == before
        tab.css("#order-rows th a").first.click(trial=True)
    expect(banner).to_have_count(0)
    expect(tab.css("#announcement")).to_have_text("You are connected again.")


def test_unreachable_server_is_shown_until_it_responds(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff)
    tab.sees_orders()
    tab.lose_requests(tab.site_url + "/**", "connectionrefused")
    tab.follow(re.compile("^Packed"))
    banner = tab.find("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_request(lambda request: request.method == "HEAD"):
        tab.look_for_server()
    expect(banner).to_be_visible()
    tab.settle()
    tab.let_through(tab.site_url + "/**")
    tab.look_for_server()
    expect(banner).to_have_count(0)
    tab.sees_orders()  # nobody pressed "Try again"


def test_late_response_to_an_older_request_does_not_remove_the_notice(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    held = tab.hold("**/api/reports/workload")
    with tab.page.expect_request("**/api/reports/workload"):
        tab.reload()
    tab.sees_orders()
    tab.lose_requests(tab.site_url + "/**", "connectionrefused")
    tab.follow(re.compile("^Packed"))
    banner = tab.find("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_response("**/api/reports/workload"):
        held[0].continue_()
    tab.wait(200)
    expect(banner).to_be_visible()


@pytest.fixture(scope="module")
def order(admin_api: Api) -> Json:
    """An order of a customer whom the list of customers already shows."""
    order = placed(admin_api, new_customer())
    wait_until_known(admin_api, order["customer"])
    return order


@pytest.mark.parametrize("page", ["today", "orders", "order", "customers", "customer"])
def test_failed_page_loads_once_the_connection_is_back(
    tab: Tab, staff: Person, order: Json, page: str
) -> None:
    customer = order["customer"]
    tab.watch_requests()
    path = {
        "today": "/",
        "order": f"/order.html?id={order['orderID']}",
        "customer": f"/customer.html?email={customer['email']}",
    }.get(page, f"/{page}.html")
    tab.sign_in(staff, "/account.html")
    failed = tab.find("alert").filter(has_text="The server cannot be reached")
    for automatically in (True, False):
        tab.lose_requests("**/api/**", "internetdisconnected")
        tab.goto(path)
        expect(failed).to_be_visible()
        asked = tab.requests("/api/")
        tab.let_through("**/api/**")
        if automatically:
            with tab.offline():
                pass
        else:
            tab.press("Try again")
        tab.inside("main").says(number_of(order) if page != "customers" else customer["name"])
        expect(failed).to_be_hidden()
        tab.settle()
        assert len(asked) == len(set(asked)) > 0, asked
