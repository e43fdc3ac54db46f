"""Customers as their orders know them: the list with its search, one of them, the way to a new order."""

import json
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder, orders_of
from tests.browser.looks import OVERLAPS, assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

UNSOLD = ("rejected", "cancelled")


@pytest.fixture
def buyer(admin_api: Api, customer: Json, place_order: PlaceOrder) -> Json:
    """A customer of four orders: one cancelled, one rejected."""
    customer |= {
        "name": f"Zoë {uuid.uuid4().hex[:8]} Quill",
        "company": f"Fjord {uuid.uuid4().hex[:8]} Hôtel",
        "phone": "020 7946 0101",
        "address": "1 Quay\nPort",
    }
    place_order()
    place_order([{"sku": "NOT-OURS", "quantity": 1}])
    cancelled = place_order()
    change = {"status": "cancelled", "note": "Not needed"}
    assert admin_api.call("PATCH", f"/orders/{cancelled['orderID']}", change).status == 200
    place_order([{"sku": "BT-BLEACH", "quantity": 200}])
    known(admin_api, customer, orders=4, sales=2)
    return customer


def known(api: Api, customer: Json, **figures: int) -> None:
    """Wait until the figures have caught up with the customer's orders."""

    def caught_up() -> bool:
        answer = api.call("GET", f"/customers/{customer['email']}")
        return answer.status == 200 and {name: answer.document[name] for name in figures} == figures

    wait_for(caught_up)


def total_of(orders: list[Json]) -> str:
    """What the orders come to that were neither rejected nor cancelled."""
    return f"£{sum(order['total'] for order in orders if order['status'] not in UNSOLD) / 100:,.2f}"


def search(tab: Tab, text: str) -> None:
    tab.page.get_by_role("searchbox", name="Search customers").fill(text)


def names(tab: Tab) -> list[str]:
    return tab.page.locator("#customer-rows th a").all_inner_texts()


def page_of(customer: Json) -> str:
    return f"/customer.html?email={customer['email']}"


# -- the list


def test_latest_buyer_is_first_with_order_count_and_total(
    tab: Tab, staff: Person, buyer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/")
    tab.page.get_by_role("link", name="Customers").click()
    first = tab.page.locator("#customer-rows tr").first
    expect(first).to_contain_text(buyer["name"])
    orders = orders_of(admin_api, buyer)
    cells = first.get_by_role("cell")
    expect(cells.nth(0)).to_have_text(buyer["email"])
    assert cells.nth(1).inner_text() == str(len(orders))
    assert cells.nth(2).inner_text() == total_of(orders)
    assert first.locator("time").get_attribute("datetime") == orders[0]["createdAt"]


@pytest.mark.parametrize(
    "typed",
    [
        lambda buyer: buyer["name"].split()[1].upper(),
        lambda buyer: f"zoe {buyer['name'].split()[1][:5]}",
        lambda buyer: f"hotel {buyer['company'].split()[1]}",
        lambda buyer: buyer["email"],
    ],
    ids=["name", "without accents", "company", "e-mail"],
)
def test_a_customer_is_found_while_typing(
    tab: Tab, staff: Person, buyer: Json, typed: Callable[[Json], str]
) -> None:
    tab.sign_in(staff, "/customers.html")
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()
    tab.page.keyboard.press("/")
    expect(tab.page.get_by_role("searchbox")).to_be_focused()
    tab.page.keyboard.type(typed(buyer))
    expect(tab.page.locator("#customer-rows a")).to_have_text([buyer["name"]])
    tab.page.go_back()
    expect(tab.page).to_have_url(f"{tab.site_url}/customers.html")
    expect(tab.page.get_by_role("searchbox")).to_have_value("")
    tab.page.go_forward()
    tab.page.reload()
    expect(tab.page.locator("#customer-rows a")).to_have_text([buyer["name"]])
    expect(tab.page.get_by_role("searchbox")).to_have_value(typed(buyer))


def test_customer_search_without_result_links_to_all_customers(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customers.html")
    search(tab, "nobody at all")
    expect(tab.page.get_by_role("heading", name="No customer matches")).to_be_visible()
    expect(tab.page.get_by_text("“nobody at all”")).to_be_visible()
    tab.page.get_by_role("link", name="Show all customers").click()
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()


@pytest.mark.parametrize("typed", ["z", "-- ."])
def test_customer_search_needs_two_letters_or_digits(
    tab: Tab, staff: Person, buyer: Json, typed: str
) -> None:
    tab.sign_in(staff, f"/customers.html?q={buyer['email']}")
    expect(tab.page.locator("#customer-rows a")).to_have_text([buyer["name"]])
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    search(tab, typed)
    expect(tab.page.locator("#customers")).to_contain_text("Type at least two letters or digits of one word.")
    expect(tab.page.locator("#customer-rows")).to_be_hidden()
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="No customer matches")).to_be_visible()
    assert asked == []
    tab.page.get_by_role("link", name="Show all customers").click()
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()


def test_shop_without_customers_links_to_a_new_order(tab: Tab, staff: Person) -> None:
    nothing: Json = {"customers": [], "nextCursor": None}
    tab.page.route("**/api/customers?*", lambda route: route.fulfill(json=nothing))
    tab.sign_in(staff, "/customers.html")
    expect(tab.page.get_by_role("heading", name="No customers yet")).to_be_visible()
    expect(tab.page.get_by_role("link", name="Take the first order")).to_be_visible()


def test_paging_goes_to_earlier_customers_and_back(tab: Tab, staff: Person, admin_api: Api) -> None:
    word = f"crowd{uuid.uuid4().hex[:8]}"
    crowd = [{"name": f"{word} {number}", "email": f"{word}-{number}@hotel.example"} for number in range(53)]
    for one in crowd:
        order = {
            "orderID": str(uuid.uuid4()),
            "customer": one,
            "items": [{"sku": "BT-BLEACH", "quantity": 1}],
        }
        assert admin_api.call("POST", "/orders", order).status == 202
    for one in crowd:
        known(admin_api, one, orders=1)
    tab.sign_in(staff, f"/customers.html?q={word}")
    expect(tab.page.locator("#customer-rows a")).to_have_count(50)
    first_page = names(tab)
    expect(tab.page.get_by_role("link", name="Previous page")).to_be_hidden()
    tab.page.get_by_role("link", name="Next page").click()
    expect(tab.page.locator("#customer-rows a")).to_have_count(3)
    assert sorted(first_page + names(tab)) == sorted(one["name"] for one in crowd)
    expect(tab.page.get_by_role("link", name="Next page")).to_be_hidden()
    tab.page.reload()
    expect(tab.page.locator("#customer-rows a")).to_have_count(3)
    tab.page.get_by_role("link", name="Previous page").click()
    expect(tab.page.locator("#customer-rows a")).to_have_count(50)
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
    expect(tab.page.locator("#customer-rows a")).to_have_text(["Ann"])


def test_late_response_to_an_older_search_is_ignored(tab: Tab, staff: Person, buyer: Json) -> None:
    tab.sign_in(staff, "/customers.html")
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()
    held: list[Route] = []
    tab.page.route("**/api/customers?*q=amara&*", lambda route: held.append(route))
    with tab.page.expect_request("**/api/customers?*q=amara&*"):
        search(tab, "amara")
    search(tab, buyer["email"])
    expect(tab.page.locator("#customer-rows a")).to_have_text([buyer["name"]])
    nothing = json.dumps({"customers": [], "nextCursor": None})
    for route in held:
        route.fulfill(body=nothing, content_type="application/json")
    tab.page.wait_for_timeout(200)
    expect(tab.page.locator("#customer-rows a")).to_have_text([buyer["name"]])


def test_failed_customer_list_can_be_loaded_again(tab: Tab, staff: Person) -> None:
    tab.answer_error("**/api/customers?*")
    tab.sign_in(staff, "/customers.html")
    expect(tab.page.get_by_role("heading", name="The customers could not be loaded")).to_be_visible()
    expect(tab.page.get_by_text("Try later")).to_be_visible()
    tab.page.unroute("**/api/customers?*")
    tab.page.get_by_role("button", name="Try again").click()
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()


def test_loading_the_customers_moves_nothing(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customers.html")
    held: list[Route] = []
    tab.page.route("**/api/customers?*", lambda route: held.append(route))
    tab.watch_shifts()
    tab.page.reload()
    expect(tab.page.locator("#customer-rows .skeleton").first).to_be_visible()
    awaited = tab.page.locator("#customer-rows tr").nth(1).bounding_box()
    wait_for_held(tab, held)
    held[0].continue_()
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()
    assert tab.page.locator("#customer-rows tr").nth(1).bounding_box() == awaited
    assert tab.shifted() < 0.01


def wait_for_held(tab: Tab, held: list[Route]) -> None:
    while not held:
        tab.page.wait_for_timeout(50)


def test_sign_in_after_an_ended_session_returns_to_the_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customers.html")
    expect(tab.page.locator("#customer-rows a").first).to_be_visible()
    tab.end_session()
    search(tab, "amara")
    tab.sign_in_again(staff)
    expect(tab.page).to_have_url(f"{tab.site_url}/customers.html?q=amara")
    expect(tab.page.get_by_role("searchbox")).to_have_value("amara")
    tab.page.route("**/api/customers/*", lambda route: route.fulfill(status=401, body="{}"))
    somebody = {"email": "nobody@nowhere.example"}
    tab.goto(page_of(somebody))
    dialog = tab.page.get_by_role("dialog", name="Your session has ended")
    dialog.get_by_role("button", name="Sign in again").click()
    tab.page.unroute("**/api/customers/*")
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page).to_have_url(tab.site_url + page_of(somebody))


# -- one customer


def test_customer_page_shows_contact_totals_and_orders(
    tab: Tab, staff: Person, buyer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/customers.html")
    search(tab, buyer["email"])
    tab.page.get_by_role("link", name=buyer["name"]).click()
    expect(tab.page.get_by_role("heading", name=buyer["name"], level=1)).to_be_visible()
    expect(tab.page).to_have_title(f"{buyer['name']} · Order desk")
    expect(tab.page.locator(".page-head")).to_contain_text(buyer["company"])
    contact = tab.page.get_by_role("region", name="Contact")
    expect(contact.get_by_role("link", name=buyer["email"])).to_have_attribute(
        "href", f"mailto:{buyer['email']}"
    )
    expect(contact.get_by_role("link", name=buyer["phone"])).to_have_attribute("href", "tel:02079460101")
    expect(contact.get_by_text("1 Quay\nPort")).to_be_visible()
    orders = orders_of(admin_api, buyer)
    totals = tab.page.get_by_role("region", name="So far")
    expect(totals.get_by_role("definition")).to_have_text([str(len(orders)), total_of(orders)])
    expect(totals).to_contain_text("2 orders rejected or cancelled, and not in the total.")
    assert totals.locator("time").get_attribute("datetime") == orders[0]["createdAt"]
    rows = tab.page.locator("#order-rows tr")
    expect(rows.locator("code")).to_have_text([order["orderID"][:8] for order in orders])
    expect(rows.locator(".status")).to_have_text([order["status"].capitalize() for order in orders])
    assert tab.page.locator("main :is(input, textarea, select)").count() == 0
    totals.locator("a").click()
    expect(tab.page.get_by_role("heading", name=f"Order {orders[0]['orderID'][:8]}")).to_be_visible()


def test_an_order_links_to_its_customer(tab: Tab, staff: Person, buyer: Json, admin_api: Api) -> None:
    tab.sign_in(staff, f"/order.html?id={orders_of(admin_api, buyer)[0]['orderID']}")
    tab.page.get_by_role("link", name="All about this customer").click()
    expect(tab.page.get_by_role("heading", name=buyer["name"], level=1)).to_be_visible()


def test_new_order_for_a_customer_has_their_details(
    tab: Tab, staff: Person, buyer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, page_of(buyer))
    tab.page.get_by_role("link", name="New order for this customer").click()
    expect(tab.page.get_by_label("Name")).to_have_value(buyer["name"])
    for label, name in (
        ("E-mail", "email"),
        ("Company", "company"),
        ("Phone", "phone"),
        ("Address", "address"),
    ):
        expect(tab.page.get_by_label(label)).to_have_value(buyer[name])
    expect(tab.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    tab.add_line("browsertest bleach", "3")
    tab.page.reload()
    expect(tab.page.get_by_label("Name")).to_have_value(buyer["name"])
    expect(tab.page.locator("#line-rows tr")).to_have_count(1)
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, buyer)) == 5


def test_new_order_for_an_unknown_customer_has_the_email(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/new-order.html?customer=nobody@nowhere.example")
    expect(tab.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    expect(tab.page.get_by_label("E-mail")).to_have_value("nobody@nowhere.example")
    expect(tab.page.get_by_label("Name")).to_have_value("")


def test_orders_of_a_customer_are_paged_forward_and_back(
    tab: Tab, staff: Person, regular: Json, admin_api: Api
) -> None:
    known(admin_api, regular, orders=regular["orders"])
    tab.sign_in(staff, page_of(regular))
    expect(tab.page.locator("#order-rows a")).to_have_count(20)
    first_page = tab.page.locator("#order-rows a").all_inner_texts()
    tab.page.get_by_role("link", name="Next page").click()
    expect(tab.page.locator("#order-rows a").first).not_to_have_text(first_page[0])
    second_page = tab.page.locator("#order-rows a").all_inner_texts()
    assert not set(first_page) & set(second_page)
    tab.page.get_by_role("link", name="Next page").click()
    expect(tab.page.locator("#order-rows a").first).not_to_have_text(second_page[0])
    tab.page.get_by_role("link", name="Previous page").click()
    expect(tab.page.locator("#order-rows a")).to_have_text(second_page)
    tab.page.get_by_role("link", name="Previous page").click()
    expect(tab.page.locator("#order-rows a")).to_have_text(first_page)
    tab.page.go_back()
    expect(tab.page.locator("#order-rows a")).to_have_text(second_page)


def test_unknown_email_shows_no_such_customer(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/customer.html?email=nobody@nowhere.example")
    expect(tab.page.get_by_role("heading", name="No such customer")).to_be_visible()
    expect(tab.page.get_by_text("nobody@nowhere.example")).to_be_visible()
    tab.goto("/customer.html")
    expect(tab.page.get_by_role("heading", name="No such customer")).to_be_visible()
    tab.page.get_by_role("link", name="All customers").click()
    expect(tab.page).to_have_url(f"{tab.site_url}/customers.html")


def test_failed_customer_page_can_be_loaded_again(tab: Tab, staff: Person, buyer: Json) -> None:
    tab.answer_error("**/api/customers/*")
    tab.sign_in(staff, page_of(buyer))
    expect(tab.page.get_by_role("heading", name="The customer could not be loaded")).to_be_visible()
    tab.page.unroute("**/api/customers/*")
    tab.page.get_by_role("button", name="Try again").click()
    expect(tab.page.get_by_role("heading", name=buyer["name"])).to_be_visible()


# -- whatever it is called, however it is looked at


@pytest.fixture
def hostile(admin_api: Api, place_order: PlaceOrder) -> Json:
    """A customer whose every detail is markup."""
    email = f"markup-{uuid.uuid4().hex[:12]}@hotel.example"
    hostile = dict.fromkeys(("name", "company", "address"), HOSTILE) | {"phone": '"><b>1</b>', "email": email}
    place_order(customer=hostile)
    known(admin_api, hostile, orders=1)
    return hostile


def test_markup_in_a_customers_details_is_shown_as_text(tab: Tab, staff: Person, hostile: Json) -> None:
    tab.sign_in(staff, f"/customers.html?q={hostile['email']}")
    row = tab.page.locator("#customer-rows tr")
    expect(row.locator("th .clip")).to_have_text([HOSTILE, HOSTILE])
    tab.page.get_by_role("link", name=HOSTILE).click()
    expect(tab.page.get_by_role("heading", name=HOSTILE, level=1)).to_be_visible()
    expect(tab.page.get_by_role("region", name="Contact").get_by_role("definition")).to_have_text(
        [hostile["email"], '"><b>1</b>', HOSTILE]
    )
    assert tab.page.locator("main :is(img, b)").count() == 0
    search_for_markup = f"/customers.html?q={'<img src=x onerror=alert(1)>'}"
    tab.goto(search_for_markup)
    expect(tab.page.locator("#customers")).to_have_attribute("aria-busy", "false")
    assert tab.page.locator("main img").count() == 0


def test_every_state_is_accessible_and_fits_every_width(
    open_tab: OpenTab, staff: Person, hostile: Json, buyer: Json
) -> None:
    tab = open_tab()
    tab.sign_in(staff, "/customers.html")
    states = {
        "/customers.html": tab.page.locator("#customer-rows a").first,
        "/customers.html?q=nobody-at-all": tab.page.get_by_role("heading", name="No customer matches"),
        page_of(buyer): tab.page.get_by_role("region", name="Contact"),
        "/customer.html?email=nobody@nowhere.example": tab.page.get_by_role(
            "heading", name="No such customer"
        ),
    }
    for path, sign in states.items():
        tab.goto(path)
        expect(sign).to_be_visible()
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)
    tab.answer_error("**/api/customers**")
    for path in ("/customers.html", page_of(hostile)):
        tab.goto(path)
        expect(tab.page.get_by_role("button", name="Try again")).to_be_visible()
        assert_accessible(tab)
    tab.page.unroute("**/api/customers**")
    tab.page.route("**/api/**", lambda _: None)
    for path in ("/customers.html", page_of(buyer)):
        tab.goto(path)
        expect(tab.page.locator(":is(.skeleton, .bone)").first).to_be_visible()
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)


# Cells that begin or end outside of the card they are in: it clips them.
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
        expect(tab.page.locator("tbody a").first).to_be_visible()
        for width in (320, 390, 768, 1280):
            tab.page.set_viewport_size({"width": width, "height": 800})
            assert tab.page.locator(".card.list").evaluate(CLIPPED) == 0, f"{path} at {width} px"
            for row in tab.page.locator("tbody tr").all()[:4]:
                assert row.evaluate(OVERLAPS) == [], f"{path} at {width} px"
