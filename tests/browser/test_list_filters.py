"""The list of orders filtered by customer, dates and periods."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def test_customer_and_dates_filter_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.press("Filter")
    tab.fill("Customer", customer["email"].upper())
    tab.choose("Taken", "Between two dates")
    tab.fill("From", "2020-01-01")
    tab.press("Show")
    expect(tab.css("#order-rows th a")).to_have_text([number_of(order)])
    tab.fill("To (inclusive)", "2020-12-31")
    tab.press("Show")
    tab.sees_heading("No order matches")
    tab.fill("To (inclusive)", "")
    tab.press("Show")
    tab.sees_order(order)
    tab.fill("From", "2999-01-01")
    tab.press("Show")
    tab.sees_heading("No order matches")
    tab.follow("Show all orders")
    tab.sees_order(order)


def test_today_as_the_last_day_includes_today(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    today = tab.evaluate("new Intl.DateTimeFormat('sv').format(new Date())")
    tab.goto(f"/orders.html?from={today}&to={today}")
    tab.sees_order(order)


def test_a_chosen_period_is_kept_in_the_address(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.press("Filter")
    for words, name in (("Today", "today"), ("In the last 7 days", "week"), ("In the last 30 days", "month")):
        tab.choose("Taken", words)
        tab.press("Show")
        tab.arrives_at(f"/orders.html?period={name}")
        tab.sees_order(order)
    tab.choose("Taken", "Yesterday")
    tab.press("Show")
    tab.sees_heading("No order matches")
    tab.reload()
    expect(tab.field("Taken")).to_have_value("yesterday")
    tab.follow("Clear")
    tab.sees_order(order)


def test_text_that_is_typed_while_the_server_refuses_a_filter_is_kept(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.press("Filter")
    email = tab.field("Customer")
    email.fill("Maria")
    held = tab.hold("**/api/orders?*customer=Maria*")
    with tab.page.expect_request("**/api/orders?*customer=Maria*"):
        email.press("Enter")
    tab.wait(300)
    email.fill("maria@hotel.example")
    held[0].continue_()
    tab.region("Orders").sees("No orders are shown until the filter above is corrected.")
    expect(email).to_have_value("maria@hotel.example")


def test_an_impossible_filter_is_explained_at_its_field_only(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.press("Filter")
    tab.choose("Taken", "Between two dates")
    tab.fill("From", "2026-03-02")
    tab.fill("To (inclusive)", "2026-03-01")
    tab.press("Show")
    tab.sees("From must not be after To")
    expect(tab.field("From")).to_be_focused()
    expect(tab.field("From")).to_have_accessible_description("From must not be after To")
    tab.region("Orders").sees("No orders are shown until the filter above is corrected.")
    tab.sees_no("heading", "No order matches")
    tab.sees_no("button", "Try again")
    tab.reload()
    tab.sees("From must not be after To")
    tab.fill("From", "2026-03-01")
    tab.sees_not("From must not be after To")
    tab.choose("Taken", "At any time")
    email = tab.field("Customer")
    for typed in ("a@b", "Maria"):
        email.fill(typed)
        email.press("Enter")
        tab.arrives_at(re.compile(typed.replace("@", "%40")))
        expect(email).to_have_accessible_description(re.compile("an e-mail address such as name@example.org"))
        expect(email).to_have_accessible_description(re.compile("Choose a customer while you type a name"))
        expect(email).to_be_focused()
        tab.sees_no("heading", "No order matches")
    email.fill(customer["email"])
    email.press("Enter")
    tab.sees_order(order)
    tab.sees_not("e-mail address such as")


@pytest.mark.parametrize("query", ["status=lost", "sort=colour", "cursor=here"])
def test_a_mistake_in_the_address_is_named(tab: Tab, staff: Person, query: str) -> None:
    tab.sign_in(staff)
    tab.goto(f"/orders.html?{query}")
    tab.region("Orders").sees(f"The address of this list has a mistake: {query.partition('=')[0]} must be")
    tab.sees_no("heading", "No order matches")
    tab.follow("Show all orders")
    tab.sees_orders()


@pytest.mark.parametrize("typed", ["Quill{mark}", "zoë quill{mark}", "feather{mark}", "post{mark}@mill"])
def test_customer_filter_offers_known_customers_by_name(
    tab: Tab, staff: Person, sought: Json, admin_api: Api, typed: str
) -> None:
    customer = sought["customer"]
    wait_for(lambda: bool(admin_api.call("GET", f"/customers?q=quill{sought['mark']}").document["customers"]))
    tab.sign_in(staff)
    tab.press("Filter")
    field = tab.find("combobox", "Customer")
    field.click()
    tab.type(typed.format(mark=sought["mark"]))
    expect(tab.option(customer["email"])).to_contain_text(customer["name"])
    expect(tab.option(customer["email"])).to_contain_text(customer["company"])
    expect(tab.css("#filter .picker-list")).to_have_css("position", "absolute")
    tab.key("ArrowDown")
    tab.key("Enter")
    expect(field).to_have_value(customer["email"])
    tab.key("Enter")
    expect(tab.css("#order-rows th a")).to_have_text([number_of(sought)])


def test_choosing_a_customer_removes_the_error_at_the_filter(
    tab: Tab, staff: Person, sought: Json, admin_api: Api
) -> None:
    customer = sought["customer"]
    wait_for(lambda: bool(admin_api.call("GET", f"/customers?q=quill{sought['mark']}").document["customers"]))
    tab.sign_in(staff)
    tab.goto(f"/orders.html?customer=Quill{sought['mark']}")
    tab.sees("Customer must be an e-mail address")
    field = tab.find("combobox", "Customer")
    field.focus()
    tab.key("ArrowDown")
    tab.option(customer["email"]).click()
    expect(field).to_have_value(customer["email"])
    tab.sees_not("Customer must be an e-mail address")
    tab.press("Show")
    expect(tab.css("#order-rows th a")).to_have_text([number_of(sought)])
