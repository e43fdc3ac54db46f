"""Pages on paper: no text is cut, and nothing is printed over a text."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, wait_until_known
from tests.browser.looks import OVERLAPS
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

A4 = 703  # CSS pixels between margins of 12 mm
NAME = "Bartholomew Featherstonehaugh-Cholmondeley"
COMPANY = "Llanfairpwllgwyngyll Cleaning and Facilities Management Limited"

CUT = """() => [...document.querySelectorAll("main .clip")]
    .filter((text) => text.scrollWidth > text.clientWidth).map((text) => text.textContent)"""
STUCK = """() => [...document.body.querySelectorAll("*")].filter((part) => part.checkVisibility())
    .filter((part) => ["fixed", "sticky"].includes(getComputedStyle(part).position))
    .map((part) => part.className)"""


def on_paper(tab: Tab) -> None:
    tab.page.emulate_media(media="print")
    tab.resize(A4)


@pytest.mark.parametrize("page", ["orders", "customers"])
def test_the_printed_lists_cut_no_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api, page: str
) -> None:
    customer |= {"name": NAME, "company": COMPANY}
    place_order()
    wait_until_known(admin_api, customer, orders=1)
    search = f"/customers?q={customer['email']}"
    wait_for(lambda: bool(admin_api.call("GET", search).document["customers"]))
    query = {"orders": "customer", "customers": "q"}[page]
    tab.sign_in(staff, f"/{page}.html?{query}={customer['email']}")
    row = tab.css("main tbody tr").filter(has_text=NAME)
    expect(row).to_have_count(1)
    on_paper(tab)
    expect(tab.css("main thead")).to_be_visible()
    assert row.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert tab.evaluate(CUT) == []
    assert row.evaluate(OVERLAPS) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= A4


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/orders.html",
        "/new-order.html",
        "/customers.html",
        "/products.html",
        "/sales.html",
        "/account.html",
    ],
)
def test_nothing_is_printed_over_another_part_of_a_page(
    tab: Tab, staff: Person, regular: Json, path: str
) -> None:
    tab.sign_in(staff, path)
    if path == "/orders.html":
        tab.css("#order-rows input").first.check()
    on_paper(tab)
    tab.sees_no("button", "Send order")
    assert tab.evaluate(STUCK) == []


def test_the_scale_of_a_chart_is_drawn_above_its_bars(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/")
    expect(tab.css(".day-chart")).to_have_count(2)
    for chart in tab.css(".day-chart").all():
        assert chart.evaluate("chart => chart.lastElementChild.textContent").strip() != ""
        expect(chart.locator("> .scale:last-child text")).to_have_count(2)
