"""The list of customers with its search, and the page of one customer."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Route, expect

from local.api import Api
from tests.browser.conftest import (
    HOSTILE,
    Json,
    OpenTab,
    PlaceOrder,
    PlaceOrders,
    orders_of,
    placed,
    wait_until_known,
)
from tests.browser.looks import OVERLAPS, assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import move_elsewhere, wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser

UNSOLD = ("rejected", "cancelled")


def new_buyer(api: Api) -> Json:
    """A customer with four orders: one cancelled, one rejected."""
    buyer = {
        "email": f"zoe-{uuid.uuid4().hex[:12]}@hotel.example",
        "name": f"Zoë {uuid.uuid4().hex[:8]} Quill",
        "company": f"Fjord {uuid.uuid4().hex[:8]} Hôtel",
        "phone": "020 7946 0101",
        "address": "1 Quay\nPort",
    }
    placed(api, buyer)
    placed(api, buyer, [{"sku": "NOT-OURS", "quantity": 1}])
    move_elsewhere(api, placed(api, buyer), "cancelled", note="Not needed")
    placed(api, buyer, [{"sku": "BT-BLEACH", "quantity": 200}])
    wait_until_known(api, buyer, orders=4, sales=2)
    return buyer


@pytest.fixture(scope="module")
def buyer(admin_api: Api) -> Json:
    """A customer with four orders, for tests that change nothing about the customer."""
    return new_buyer(admin_api)


def total_of(orders: list[Json]) -> str:
    """The total of the orders that are neither rejected nor cancelled."""
    return f"£{sum(order['total'] for order in orders if order['status'] not in UNSOLD) / 100:,.2f}"


def search(tab: Tab, text: str) -> None:
    tab.find("searchbox", "Search customers").fill(text)


def links(tab: Tab) -> Locator:
    """The links in the list: each customer's name is one."""
    return tab.css("#customer-rows a")


def names(tab: Tab) -> list[str]:
    return tab.css("#customer-rows th a").all_inner_texts()


def page_of(customer: Json) -> str:
    return f"/customer.html?email={customer['email']}"


# -- the list


def test_latest_buyer_is_first_with_order_count_and_total(tab: Tab, staff: Person, admin_api: Api) -> None:
    buyer = new_buyer(admin_api)
    tab.sign_in(staff, "/")
    tab.follow("Customers")
    first = tab.css("#customer-rows tr").first
    expect(first).to_contain_text(buyer["name"])
    orders = orders_of(admin_api, buyer)
    cells = first.get_by_role("cell")
    expect(cells.nth(0)).to_have_text(buyer["email"])
    assert cells.nth(1).inner_text() == str(len(orders))
    assert cells.nth(2).inner_text() == total_of(orders)
    assert first.locator("time").get_attribute("datetime") == orders[0]["createdAt"]


def test_a_customer_is_found_while_typing(tab: Tab, staff: Person, buyer: Json) -> None:
    mark = buyer["name"].split()[1]
    tab.become(staff)
    for typed in (
        mark.upper(),
        f"zoe {mark[:5]}",  # without accents
        f"hotel {buyer['company'].split()[1]}",
        buyer["email"],
    ):
        tab.goto("/customers.html")
        expect(links(tab).nth(1)).to_be_visible()
        tab.key("/")
        expect(tab.find("searchbox")).to_be_focused()
        tab.type(typed)
        expect(links(tab)).to_have_text([buyer["name"]])
        tab.back()
        tab.arrives_at("/customers.html")
        expect(tab.find("searchbox")).to_have_value("")
        tab.page.go_forward()
        tab.reload()
        expect(links(tab)).to_have_text([buyer["name"]])
        expect(tab.find("searchbox")).to_have_value(typed)


def test_customer_search_without_result_links_to_all_customers(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customers.html")
    search(tab, "nobody at all")
    tab.sees_heading("No customer matches")
    tab.sees("“nobody at all”")
    tab.follow("Show all customers")
    expect(links(tab).first).to_be_visible()


def test_customer_search_needs_two_letters_or_digits(tab: Tab, staff: Person, buyer: Json) -> None:
    tab.become(staff)
    for typed in ("z", "-- ."):
        tab.goto(f"/customers.html?q={buyer['email']}")
        expect(links(tab)).to_have_text([buyer["name"]])
        asked = tab.requests("/api/")
        search(tab, typed)
        tab.inside("#customers").says("Type at least two letters or digits of one word.")
        expect(tab.css("#customer-rows")).to_be_hidden()
        tab.reload()
        tab.sees_heading("No customer matches")
        assert asked == []
        tab.follow("Show all customers")
        expect(links(tab).first).to_be_visible()


def test_shop_without_customers_links_to_a_new_order(tab: Tab, staff: Person) -> None:
    tab.answer("**/api/customers?*", json={"customers": [], "nextCursor": None})
    tab.sign_in(staff, "/customers.html")
    tab.sees_heading("No customers yet")
    tab.sees_link("Take the first order")


def test_customers_are_paged_forward_and_back(
    tab: Tab, staff: Person, admin_api: Api, place_orders: PlaceOrders
) -> None:
    word = f"crowd{uuid.uuid4().hex[:8]}"
    customers = [
        {"name": f"{word} {number}", "email": f"{word}-{number}@hotel.example"} for number in range(53)
    ]
    place_orders([{"customer": customer} for customer in customers])
    found = f"/customers?q={word}&limit=100"
    wait_for(lambda: len(admin_api.call("GET", found).document["customers"]) == len(customers))
    tab.sign_in(staff, f"/customers.html?q={word}")
    expect(links(tab)).to_have_count(50)
    first_page = names(tab)
    expect(tab.link("Previous page")).to_be_hidden()
    tab.follow("Next page")
    expect(links(tab)).to_have_count(3)
    assert sorted(first_page + names(tab)) == sorted(customer["name"] for customer in customers)
    expect(tab.link("Next page")).to_be_hidden()
    tab.reload()
    expect(links(tab)).to_have_count(3)
    second = links(tab).nth(1)
    opened = second.inner_text()
    second.click()
    tab.sees_heading(opened)
    tab.inside("main").follow("Customers")
    expect(links(tab)).to_have_count(3)
    expect(tab.link(opened)).to_be_focused()
    tab.follow("Previous page")
    expect(links(tab)).to_have_count(50)
    assert names(tab) == first_page


def test_page_is_filled_from_several_short_responses(tab: Tab, staff: Person) -> None:
    def answer(route: Route) -> None:
        last = "cursor=more" in route.request.url
        row = {
            "email": "ann@a.example",
            "name": "Ann",
            "orders": 1,
            "sales": 1,
            "total": 5,
            "currency": "GBP",
        }
        row |= {"lastOrderAt": "2026-01-31T08:00:00.000Z", "lastOrderID": "x"}
        route.fulfill(json={"customers": [row] if last else [], "nextCursor": None if last else "more"})

    tab.page.route("**/api/customers?*", answer)
    tab.sign_in(staff, "/customers.html")
    expect(links(tab)).to_have_text(["Ann"])


def test_late_response_to_an_older_search_is_ignored(tab: Tab, staff: Person, buyer: Json) -> None:
    tab.sign_in(staff, "/customers.html")
    expect(links(tab).first).to_be_visible()
    held = tab.hold("**/api/customers?*q=amara&*")
    with tab.page.expect_request("**/api/customers?*q=amara&*"):
        search(tab, "amara")
    search(tab, buyer["email"])
    expect(links(tab)).to_have_text([buyer["name"]])
    for route in held:
        route.fulfill(json={"customers": [], "nextCursor": None})
    tab.wait(200)
    expect(links(tab)).to_have_text([buyer["name"]])


def test_failed_customer_list_can_be_loaded_again(tab: Tab, staff: Person) -> None:
    tab.answer_error("**/api/customers?*")
    tab.sign_in(staff, "/customers.html")
    tab.sees_heading("The customers could not be loaded")
    tab.sees("Try later")
    tab.let_through("**/api/customers?*")
    tab.press("Try again")
    expect(links(tab).first).to_be_visible()


def test_layout_does_not_shift_while_customers_load(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    held = tab.hold("**/api/customers?*")
    tab.watch_shifts()
    tab.goto("/customers.html")
    expect(tab.css("#customer-rows .skeleton").first).to_be_visible()
    second_row = tab.css("#customer-rows tr").nth(1)
    before = second_row.bounding_box()
    wait_for_held(tab, held)
    held[0].continue_()
    expect(links(tab).first).to_be_visible()
    assert second_row.bounding_box() == before
    assert tab.shifted() < 0.01


def wait_for_held(tab: Tab, held: list[Route]) -> None:
    """Wait until a request is held back."""
    while not held:
        tab.wait(50)


def test_sign_in_after_an_ended_session_returns_to_the_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customers.html")
    expect(links(tab).first).to_be_visible()
    tab.end_session()
    search(tab, "amara")
    tab.sign_in_again(staff)
    tab.arrives_at("/customers.html?q=amara")
    expect(tab.find("searchbox")).to_have_value("amara")
    tab.answer("**/api/customers/*", status=401, body="{}")
    somebody = {"email": "nobody@nowhere.example"}
    tab.goto(page_of(somebody))
    tab.dialog("Your session has ended").press("Sign in again")
    tab.let_through("**/api/customers/*")
    tab.give_credentials(staff.email, staff.password)
    tab.arrives_at(page_of(somebody))


# -- one customer


def test_customer_page_shows_contact_totals_and_orders(
    tab: Tab, staff: Person, buyer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/customers.html")
    search(tab, buyer["email"])
    tab.follow(buyer["name"])
    expect(tab.find("heading", buyer["name"], level=1)).to_be_visible()
    tab.sees_title(f"{buyer['name']} · Order desk")
    tab.inside(".page-head").says(buyer["company"])
    contact = tab.region("Contact")
    expect(contact.link(buyer["email"])).to_have_attribute("href", f"mailto:{buyer['email']}")
    expect(contact.link(buyer["phone"])).to_have_attribute("href", "tel:02079460101")
    contact.sees("1 Quay\nPort")
    orders = orders_of(admin_api, buyer)
    totals = tab.region("So far")
    expect(totals.find("definition")).to_have_text([str(len(orders)), total_of(orders)])
    totals.says("2 orders rejected or cancelled, and not in the total.")
    assert totals.css("time").get_attribute("datetime") == orders[0]["createdAt"]
    rows = tab.css("#order-rows tr")
    expect(rows.locator("code")).to_have_text([number_of(order) for order in orders])
    expect(rows.locator(".status")).to_have_text([order["status"].capitalize() for order in orders])
    expect(tab.css("main :is(input, textarea, select)").filter(visible=True)).to_have_count(0)
    totals.css("a").click()
    tab.sees_heading(re.compile(f"^Order {number_of(orders[0])}"))


def test_orders_of_a_customer_show_labels_notes_and_printed_slips(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    plain, full = place_order(), place_order(notes="Leave at the back door")
    for remark in ({"labels": {"assignee": "Bob", "tags": ["fragile"]}}, {"printed": "slip"}):
        assert admin_api.call("PATCH", f"/orders/{full['orderID']}", remark).status == 200
    wait_until_known(admin_api, customer, orders=2)
    tab.sign_in(staff, page_of(customer))
    expect(tab.row(full).locator(".chip")).to_have_text(["Bob", "fragile"])
    for mark in ("Slip printed", "Has notes"):
        expect(tab.row(full).get_by_title(mark)).to_be_visible()
        expect(tab.row(plain).get_by_title(mark)).to_be_hidden()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    for width in (320, 390, 768, 1280):
        tab.resize(width)
        assert tab.row(full).evaluate(OVERLAPS) == [], f"at {width} px"
    tab.row(full).get_by_role("link", name="fragile").click()
    tab.arrives_at("/orders.html?label=fragile")


def test_an_order_links_to_its_customer(tab: Tab, staff: Person, buyer: Json, admin_api: Api) -> None:
    tab.sign_in(staff, f"/order.html?id={orders_of(admin_api, buyer)[0]['orderID']}")
    tab.follow("All about this customer")
    expect(tab.find("heading", buyer["name"], level=1)).to_be_visible()


def test_new_order_for_a_customer_has_their_details(tab: Tab, staff: Person, admin_api: Api) -> None:
    buyer = new_buyer(admin_api)
    tab.sign_in(staff, page_of(buyer))
    tab.follow("New order for this customer")
    expect(tab.field("Name")).to_have_value(buyer["name"])
    for label, name in (
        ("E-mail", "email"),
        ("Company", "company"),
        ("Phone", "phone"),
        ("Address", "address"),
    ):
        expect(tab.field(label)).to_have_value(buyer[name])
    expect(tab.product_search()).to_be_focused()
    tab.add_line("browsertest bleach", "3")
    tab.reload()
    expect(tab.field("Name")).to_have_value(buyer["name"])
    expect(tab.css("#line-rows tr")).to_have_count(1)
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, buyer)) == 5


def test_new_order_for_an_unknown_customer_has_the_email(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/new-order.html?customer=nobody@nowhere.example")
    expect(tab.product_search()).to_be_focused()
    expect(tab.field("E-mail")).to_have_value("nobody@nowhere.example")
    expect(tab.field("Name")).to_have_value("")


def test_orders_of_a_customer_are_paged_forward_and_back(
    tab: Tab, staff: Person, regular: Json, admin_api: Api
) -> None:
    wait_until_known(admin_api, regular, orders=regular["orders"])
    tab.sign_in(staff, page_of(regular))
    expect(tab.css("#order-rows th a")).to_have_count(20)
    first_page = tab.css("#order-rows th a").all_inner_texts()
    tab.follow("Next page")
    expect(tab.css("#order-rows th a").first).not_to_have_text(first_page[0])
    second_page = tab.css("#order-rows th a").all_inner_texts()
    assert not set(first_page) & set(second_page)
    tab.follow("Next page")
    expect(tab.css("#order-rows th a").first).not_to_have_text(second_page[0])
    tab.follow("Previous page")
    expect(tab.css("#order-rows th a")).to_have_text(second_page)
    tab.follow("Previous page")
    expect(tab.css("#order-rows th a")).to_have_text(first_page)
    tab.back()
    expect(tab.css("#order-rows th a")).to_have_text(second_page)


def test_unknown_email_shows_no_such_customer(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customer.html?email=nobody@nowhere.example")
    tab.sees_heading("No such customer")
    tab.sees("nobody@nowhere.example")
    tab.goto("/customer.html")
    tab.sees_heading("No such customer")
    tab.follow("All customers")
    tab.arrives_at("/customers.html")


def test_failed_customer_page_can_be_loaded_again(tab: Tab, staff: Person, buyer: Json) -> None:
    tab.answer_error("**/api/customers/*")
    tab.sign_in(staff, page_of(buyer))
    tab.sees_heading("The customer could not be loaded")
    tab.let_through("**/api/customers/*")
    tab.press("Try again")
    tab.sees_heading(buyer["name"])


# -- markup and layout


@pytest.fixture
def hostile(admin_api: Api, place_order: PlaceOrder) -> Json:
    """A customer with markup in every detail."""
    email = f"markup-{uuid.uuid4().hex[:12]}@hotel.example"
    hostile = dict.fromkeys(("name", "company", "address"), HOSTILE) | {"phone": '"><b>1</b>', "email": email}
    place_order(customer=hostile)
    wait_until_known(admin_api, hostile, orders=1)
    return hostile


def test_markup_in_a_customers_details_is_shown_as_text(tab: Tab, staff: Person, hostile: Json) -> None:
    tab.sign_in(staff, f"/customers.html?q={hostile['email']}")
    row = tab.css("#customer-rows tr")
    expect(row.locator("th .clip")).to_have_text([HOSTILE, HOSTILE])
    tab.follow(HOSTILE)
    expect(tab.find("heading", HOSTILE, level=1)).to_be_visible()
    expect(tab.region("Contact").find("definition")).to_have_text([hostile["email"], '"><b>1</b>', HOSTILE])
    assert tab.css("main :is(img, b)").count() == 0
    tab.goto("/customers.html?q=<img src=x onerror=alert(1)>")
    expect(tab.css("#customers")).to_have_attribute("aria-busy", "false")
    assert tab.css("main img").count() == 0


def test_every_state_of_customer_pages_is_accessible_and_fits_any_width(
    open_tab: OpenTab, staff: Person, hostile: Json, buyer: Json
) -> None:
    tab = open_tab()
    tab.sign_in(staff, "/customers.html")
    states = {
        "/customers.html": links(tab).first,
        "/customers.html?q=nobody-at-all": tab.heading("No customer matches"),
        page_of(buyer): tab.region("Contact").locator,
        "/customer.html?email=nobody@nowhere.example": tab.heading("No such customer"),
    }
    for path, loaded in states.items():
        tab.goto(path)
        expect(loaded).to_be_visible()
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)
    tab.answer_error("**/api/customers**")
    for path in ("/customers.html", page_of(hostile)):
        tab.goto(path)
        tab.sees_button("Try again")
        assert_accessible(tab)
    tab.let_through("**/api/customers**")
    tab.hold("**/api/**")
    for path in ("/customers.html", page_of(buyer)):
        tab.goto(path)
        expect(tab.css(":is(.skeleton, .bone)").first).to_be_visible()
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)


# The number of cells that begin or end outside of their card, which clips them.
CLIPPED = """(card) => {
    const { left, right } = card.getBoundingClientRect();
    const cells = [...card.querySelectorAll("tbody :is(th, td)")].map((cell) => cell.getBoundingClientRect());
    return cells.filter((cell) => cell.width && (cell.left < left || cell.right > right)).length;
}"""


def test_row_text_is_neither_cut_off_nor_overlapping(
    tab: Tab, staff: Person, hostile: Json, buyer: Json
) -> None:
    tab.sign_in(staff, "/customers.html")
    for path in ("/customers.html", page_of(hostile), page_of(buyer)):
        tab.goto(path)
        expect(tab.css("tbody a").first).to_be_visible()
        for width in (320, 390, 768, 1280):
            tab.resize(width)
            assert tab.css(".card.list").evaluate(CLIPPED) == 0, f"{path} at {width} px"
            for row in tab.css("tbody tr").all()[:4]:
                assert row.evaluate(OVERLAPS) == [], f"{path} at {width} px"
