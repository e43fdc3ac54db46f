"""The list of orders: what is in it, how it is narrowed down, and every state it can be in."""

import json
import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

API_LIST = "**/api/orders**"


def refuse(route: Route) -> None:
    route.fulfill(
        status=502,
        content_type="application/json",
        body='{"error":{"code":"internal_error","message":"Try later"}}',
    )


def status_link(tab: Tab, status: str) -> Locator:
    return tab.page.get_by_role("navigation", name="Status").get_by_role("link", name=status)


def numbers(tab: Tab) -> list[str]:
    return tab.page.locator("#order-rows th").all_inner_texts()


def test_the_newest_order_is_on_top_with_customer_lines_total_and_status(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    older, newer = place_order(), place_order()
    tab.sign_in(staff)
    expect(tab.row(newer)).to_be_visible()
    assert numbers(tab)[:2] == [newer["orderID"][:8], older["orderID"][:8]]
    cells = tab.row(newer).get_by_role("cell").all_inner_texts()
    assert [cells[index] for index in (3, 4, 5)] == ["2", "£20.97", "Placed"]
    assert cells[2].startswith("Maria Okafor")


def test_a_status_is_chosen_by_a_link_and_survives_reload_and_back(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    placed, packed = place_order(), place_order()
    assert admin_api.call("PATCH", f"/orders/{packed['orderID']}", {"status": "packed"}).status == 200
    tab.sign_in(staff)
    status_link(tab, "Packed").click()
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")
    expect(tab.row(packed)).to_be_visible()
    expect(tab.row(placed)).to_have_count(0)
    tab.page.reload()
    expect(tab.row(packed)).to_be_visible()
    expect(tab.row(placed)).to_have_count(0)
    expect(status_link(tab, "Packed")).to_have_attribute("aria-current", "true")
    tab.page.go_back()
    expect(tab.row(placed)).to_be_visible()


def test_customer_and_dates_narrow_the_list_down(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.page.get_by_role("button", name="Filter").click()
    tab.page.get_by_label("Customer’s e-mail").fill(customer["email"].upper())
    tab.page.get_by_label("Taken").select_option("Between two dates")
    tab.page.get_by_label("From").fill("2020-01-01")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page.locator("#order-rows a")).to_have_text([order["orderID"][:8]])
    tab.page.get_by_label("To, that day included").fill("2020-12-31")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    tab.page.get_by_label("To, that day included").fill("")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.row(order)).to_be_visible()
    tab.page.get_by_label("From").fill("2999-01-01")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    tab.page.get_by_role("link", name="Show all orders").click()
    expect(tab.row(order)).to_be_visible()


def test_today_as_the_last_day_includes_today(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    today = tab.page.evaluate("new Intl.DateTimeFormat('sv').format(new Date())")
    tab.goto(f"/orders.html?from={today}&to={today}")
    expect(tab.row(order)).to_be_visible()


def test_paging_goes_on_and_back_and_survives_a_reload(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(tab.page.locator("#order-rows a")).to_have_count(50)
    pages = [numbers(tab)]
    expect(tab.page.get_by_role("link", name="Previous page")).to_be_hidden()
    for _ in range(4):
        tab.page.get_by_role("link", name="Next page").click()
        expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
        pages.append(numbers(tab))
    assert [len(page) for page in pages] == [50, 50, 50, 50, 20]
    assert len({number for page in pages for number in page}) == regular["orders"]
    expect(tab.page.get_by_role("link", name="Next page")).to_be_hidden()
    tab.page.reload()
    expect(tab.page.locator("#order-rows a")).to_have_count(20)
    tab.page.get_by_role("link", name="Previous page").click()
    expect(tab.page.locator("#order-rows a")).to_have_count(50)
    assert numbers(tab) == pages[3]
    status_link(tab, "Placed").click()  # another view begins at its first page
    expect(tab.page).to_have_url(re.compile(r"\?status=placed&customer=[^&]+$"))
    expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    tab.page.get_by_role("link", name="Next page").click()
    expect(tab.page).to_have_url(re.compile("cursor="))
    search(tab).fill("regina")
    expect(tab.page).to_have_url(re.compile(r"\?status=placed&q=regina&customer=[^&]+$"))


def test_it_reads_on_until_a_page_is_full_when_answers_hold_less(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    asked: list[str] = []

    def answer_a_few(route: Route) -> None:
        asked.append(route.request.url)
        orders = [an_order(f"{len(asked):08}-{number}") for number in range(0 if len(asked) == 1 else 20)]
        route.fulfill(json={"orders": orders, "nextCursor": f"after-{len(asked)}"})

    tab.page.route(API_LIST, answer_a_few)
    status_link(tab, "Packed").click()
    expect(tab.page.locator("#order-rows a")).to_have_count(60)
    limits = [parse_qs(urlsplit(url).query)["limit"][0] for url in asked]
    cursors = [parse_qs(urlsplit(url).query).get("cursor", [""])[0] for url in asked]
    assert (limits, cursors) == (["50", "50", "30", "10"], ["", "after-1", "after-2", "after-3"])
    expect(tab.page.get_by_role("link", name="Next page")).to_have_attribute("href", re.compile("after-4"))


def an_order(order_id: str) -> Json:
    customer = {"name": "Maria Okafor", "email": "maria@hotel.example"}
    made = {"status": "packed", "version": 2, "createdAt": "2026-01-31T09:30:00.000Z", "lineCount": 1}
    return {"orderID": order_id, "customer": customer, **made, "total": 100, "currency": "GBP"}


def test_whoever_comes_back_from_an_order_goes_on_at_its_row(tab: Tab, staff: Person, regular: Json) -> None:
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    row = tab.page.locator("#order-rows tr").nth(30)
    row.get_by_role("link").click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    tab.page.go_back()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()


# Searching.


@pytest.fixture
def sought(place_order: PlaceOrder, customer: Json, admin_api: Api) -> Json:
    """An order that nobody else's words lead to, once the search knows of it."""
    mark = uuid.uuid4().hex[:8]
    names = {"name": f"Zoë Quill{mark}", "company": f"Söhne Feather{mark} Ltd"}
    customer |= {**names, "email": f"post{mark}@mill.example"}
    order = place_order()
    wait_for(lambda: bool(admin_api.call("GET", f"/orders?q=quill{mark}").document["orders"]))
    return {**order, "mark": mark}


def search(tab: Tab) -> Locator:
    return tab.page.get_by_role("searchbox", name="Search orders")


def test_an_order_is_found_by_its_number_and_by_name_company_and_mail_of_the_customer(
    tab: Tab, staff: Person, sought: Json, place_order: PlaceOrder
) -> None:
    mark = sought["mark"]
    tab.sign_in(staff)
    for words in (
        sought["orderID"], sought["orderID"][:8].upper(), f"QUILL{mark}", f"zoe quill{mark[:4]}",
        f"feather{mark} sohne", f"post{mark}@mill.example",
    ):  # fmt: skip
        search(tab).fill(words)
        expect(tab.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
        search(tab).fill("")
        expect(tab.page).to_have_url(f"{tab.site_url}/orders.html")
        expect(tab.page.locator("#order-rows code").nth(1)).to_be_visible()


def stop_the_clock(tab: Tab) -> None:
    """From now on nothing that the page waits for comes by itself; the clock has to be installed."""
    tab.page.clock.pause_at(tab.page.evaluate("Date.now() / 1000 + 1"))


def test_a_search_waits_for_a_pause_in_typing_and_survives_reload_and_back(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.page.clock.install()
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").nth(1)).to_be_visible()
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    search(tab).focus()
    stop_the_clock(tab)
    for letter in f"quill{sought['mark']}":
        tab.page.keyboard.type(letter)
        tab.page.clock.run_for(200)
    tab.page.clock.run_for(200)
    expect(tab.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    assert len(asked) == 1
    tab.page.clock.resume()
    expect(tab.page).to_have_url(re.compile(rf"\?q=quill{sought['mark']}$"))
    tab.page.reload()
    expect(tab.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    expect(search(tab)).to_have_value(f"quill{sought['mark']}")
    tab.page.go_back()
    expect(tab.page.locator("#order-rows a").nth(1)).to_be_visible()
    expect(search(tab)).to_have_value("")


def test_enter_searches_at_once_and_every_search_is_a_step_back(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.page.clock.install()
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").nth(1)).to_be_visible()
    stop_the_clock(tab)  # no pause in typing ever ends
    for words in ("nobodyofthatname", f"quill{sought['mark']}"):
        search(tab).fill(words)
        search(tab).press("Enter")
        expect(tab.page).to_have_url(re.compile(words))
    expect(tab.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    tab.page.go_back()
    expect(tab.page.get_by_text("Nothing was found for “nobodyofthatname”")).to_be_visible()


@pytest.mark.parametrize("typed", ["z", "J. K.", "--", "🧽"])
def test_what_has_no_word_is_not_searched_for_and_says_what_to_type_instead(
    tab: Tab, staff: Person, sought: Json, typed: str
) -> None:
    tab.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    expect(tab.row(sought)).to_be_visible()
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url) if "/orders?" in request.url else None)
    search(tab).fill(typed)
    expect(tab.page.locator("#orders")).to_contain_text("Type at least two letters or digits of one word.")
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(tab.page.locator("#order-rows")).to_be_hidden()
    search(tab).press("Enter")
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(search(tab)).to_have_value(typed)
    assert asked == []
    tab.page.go_back()
    expect(tab.row(sought)).to_be_visible()
    expect(search(tab)).to_have_value(f"quill{sought['mark']}")


def test_a_search_that_is_longer_than_any_is_told_so(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, f"/orders.html?q={'quill' * 21}")
    expect(tab.page.locator("#orders")).to_contain_text("Type 100 characters at most.")


def test_a_search_goes_together_with_a_status(tab: Tab, staff: Person, sought: Json, admin_api: Api) -> None:
    tab.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    expect(tab.row(sought)).to_be_visible()
    status_link(tab, "Packed").click()
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    status_link(tab, "Placed").click()
    expect(tab.row(sought)).to_be_visible()
    expect(search(tab)).to_have_value(f"quill{sought['mark']}")


# Sorting.


def header(tab: Tab, name: str) -> Locator:
    return tab.page.locator("#orders thead th").filter(has_text=name)


def test_the_headers_sort_by_time_and_by_total(
    tab: Tab, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    dearest = place_order([{"sku": "BT-GLOVES", "quantity": 100_000}])
    place_order([{"sku": "BT-HOSTILE", "quantity": 1}])
    tab.sign_in(staff)
    expect(header(tab, "Taken")).to_have_attribute("aria-sort", "descending")
    for name, sort, direction in (
        ("Taken", "oldest", "ascending"), ("Total", "largest", "descending"),
        ("Total", "smallest", "ascending"),
    ):  # fmt: skip
        header(tab, name).get_by_role("link").click()
        expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?sort={sort}")
        expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
        expect(header(tab, name)).to_have_attribute("aria-sort", direction)
        shown = tab.page.locator("#order-rows tr").evaluate_all(
            "(rows, taken) => rows.map(({ order }) => (taken ? order.createdAt : order.total))",
            name == "Taken",
        )
        assert len(shown) == 50
        assert shown == sorted(shown, reverse=direction == "descending")
    header(tab, "Total").get_by_role("link").click()
    expect(tab.row(dearest)).to_be_visible()
    status_link(tab, "Placed").click()
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=placed&sort=largest")
    expect(tab.row(dearest)).to_be_visible()


def test_where_a_sort_cannot_be_had_the_header_is_plain_and_says_why(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.sign_in(staff, "/orders.html?sort=largest")
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    search(tab).fill(f"quill{sought['mark']}")
    expect(tab.row(sought)).to_be_visible()
    expect(tab.page).to_have_url(re.compile(r"\?q=[^&]+$"))
    expect(header(tab, "Total").get_by_role("link")).to_have_count(0)
    expect(header(tab, "Total")).to_have_attribute("title", re.compile("can only be sorted by time"))
    header(tab, "Taken").get_by_role("link").click()
    expect(tab.page).to_have_url(re.compile("sort=oldest"))
    expect(tab.row(sought)).to_be_visible()


# Counts, times, customers.


def tally(tab: Tab, status: str) -> int:
    text = status_link(tab, status).locator(".tally").inner_text()
    return int(text.replace(",", ""))


def test_every_status_says_how_many_orders_it_has(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    wait_for(lambda: admin_api.call("GET", f"/orders?q={order['orderID']}").document["orders"] != [])
    counts = admin_api.call("GET", "/reports/workload").document["counts"]
    tab.sign_in(staff)
    expect(status_link(tab, "All").locator(".tally")).not_to_be_empty()
    assert {status: tally(tab, status.capitalize()) for status in counts} == counts
    assert tally(tab, "All") == sum(counts.values())


def test_counts_of_the_whole_shop_are_not_shown_beside_a_part_of_it(
    tab: Tab, staff: Person, customer: Json
) -> None:
    tab.sign_in(staff)
    expect(status_link(tab, "All").locator(".tally")).not_to_be_empty()
    search(tab).fill(customer["email"])
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(status_link(tab, "All").locator(".tally")).to_be_hidden()


def test_a_time_is_chosen_in_words_and_stays_so_in_the_address(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.page.get_by_role("button", name="Filter").click()
    for words, name in (("Today", "today"), ("In the last 7 days", "week"), ("In the last 30 days", "month")):
        tab.page.get_by_label("Taken").select_option(words)
        tab.page.get_by_role("button", name="Show").click()
        expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?period={name}")
        expect(tab.row(order)).to_be_visible()
    tab.page.get_by_label("Taken").select_option("Yesterday")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_label("Taken")).to_have_value("yesterday")
    tab.page.get_by_role("link", name="Clear").click()
    expect(tab.row(order)).to_be_visible()


def test_a_filter_that_cannot_be_says_why_at_its_field_and_so_does_its_address(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.page.get_by_role("button", name="Filter").click()
    tab.page.get_by_label("Taken").select_option("Between two dates")
    tab.page.get_by_label("From").fill("2026-03-02")
    tab.page.get_by_label("To, that day included").fill("2026-03-01")
    tab.page.get_by_role("button", name="Show").click()
    expect(tab.page.get_by_text("From must not be after To")).to_be_visible()
    expect(tab.page.get_by_label("From")).to_be_focused()
    expect(tab.page.get_by_label("From")).to_have_accessible_description("From must not be after To")
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(tab.page.get_by_role("button", name="Try again")).to_be_hidden()
    tab.page.reload()
    expect(tab.page.get_by_text("From must not be after To")).to_be_visible()
    tab.page.get_by_label("From").fill("2026-03-01")
    expect(tab.page.get_by_text("From must not be after To")).to_be_hidden()
    tab.page.get_by_label("Taken").select_option("At any time")
    email = tab.page.get_by_label("Customer’s e-mail")
    for typed in ("a@b", "Maria"):
        email.fill(typed)
        email.press("Enter")
        expect(tab.page).to_have_url(re.compile(typed.replace("@", "%40")))
        expect(email).to_have_accessible_description(re.compile("an e-mail address such as name@example.org"))
        expect(email).to_be_focused()
    email.fill(customer["email"])
    email.press("Enter")
    expect(tab.row(order)).to_be_visible()
    expect(tab.page.get_by_text("e-mail address such as")).to_be_hidden()


def test_known_customers_are_offered_while_their_mail_is_typed(
    tab: Tab, staff: Person, sought: Json, customer: Json, admin_api: Api
) -> None:
    wait_for(lambda: bool(admin_api.call("GET", f"/customers?q=quill{sought['mark']}").document["customers"]))
    tab.sign_in(staff)
    tab.page.get_by_role("button", name="Filter").click()
    tab.page.get_by_label("Customer’s e-mail").click()
    tab.page.keyboard.type(f"quill{sought['mark']}")
    offered = tab.page.locator("#known-customers option")
    expect(offered).to_have_attribute("value", customer["email"])
    expect(offered).to_have_text(f"{customer['name']}, {customer['company']}")


def wait_for(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to hold within 20 s")


def test_loading_moves_nothing_on_the_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    held: list[Route] = []
    tab.page.route(API_LIST, lambda route: held.append(route))
    tab.watch_shifts()
    tab.page.reload()
    expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "true")
    expect(tab.page.locator("#order-rows .skeleton").first).to_be_visible()
    awaited = tab.page.locator("#order-rows tr").nth(1).bounding_box()
    held[0].continue_()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    assert tab.page.locator("#order-rows tr").nth(1).bounding_box() == awaited
    assert tab.shifted() < 0.01


def test_a_failure_is_shown_and_can_be_tried_again(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff)
    tab.page.route(API_LIST, refuse)
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="The orders could not be loaded")).to_be_visible()
    expect(tab.page.get_by_text("Try later")).to_be_visible()
    stop_the_clock(tab)  # the next look would load the list by itself
    tab.page.unroute(API_LIST)
    tab.page.get_by_role("button", name="Try again").click()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()


def test_no_network_is_said_and_can_be_tried_again(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    stop_the_clock(tab)  # nothing looks whether it is back
    tab.page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    status_link(tab, "Packed").click()
    expect(tab.page.get_by_text("The server cannot be reached")).to_be_visible()
    tab.page.unroute("**/api/**")
    tab.page.get_by_role("button", name="Try again").click()
    expect(tab.page.get_by_text("The server cannot be reached")).to_be_hidden()


def test_a_shop_without_orders_is_shown_the_way_to_the_first(tab: Tab, staff: Person) -> None:
    nothing = json.dumps({"orders": [], "nextCursor": None})
    tab.page.route(API_LIST, lambda route: route.fulfill(body=nothing, content_type="application/json"))
    tab.sign_in(staff)
    expect(tab.page.get_by_role("heading", name="No orders yet")).to_be_visible()
    tab.page.get_by_role("link", name="Take the first order").click()
    expect(tab.page.get_by_role("heading", name="New order")).to_be_visible()


def test_a_session_that_has_ended_is_said_and_leads_back_to_the_same_view(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.end_session()
    status_link(tab, "Packed").click()
    tab.sign_in_again(staff)
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")


def test_markup_in_a_name_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": "<script>alert(2)</script>"}
    order = place_order()
    tab.sign_in(staff)
    expect(tab.row(order)).to_contain_text(HOSTILE)
    expect(tab.row(order)).to_contain_text("<script>alert(2)</script>")
    assert tab.page.locator("main img, main script").count() == 0
