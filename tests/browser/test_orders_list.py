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
    desk.page.get_by_label("To, that day included").fill("")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.row(order)).to_be_visible()
    desk.page.get_by_label("From").fill("2999-01-01")
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


def test_paging_goes_on_and_back_and_survives_a_reload(desk: Desk, staff: Person, regular: Json) -> None:
    desk.sign_in(staff, f"/orders.html?customer={regular['email']}")
    expect(desk.page.locator("#order-rows a")).to_have_count(50)
    pages = [numbers(desk)]
    expect(desk.page.get_by_role("link", name="Previous page")).to_be_hidden()
    for _ in range(4):
        desk.page.get_by_role("link", name="Next page").click()
        expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "false")
        pages.append(numbers(desk))
    assert [len(page) for page in pages] == [50, 50, 50, 50, 20]
    assert len({number for page in pages for number in page}) == regular["orders"]
    expect(desk.page.get_by_role("link", name="Next page")).to_be_hidden()
    desk.page.reload()
    expect(desk.page.locator("#order-rows a")).to_have_count(20)
    desk.page.get_by_role("link", name="Previous page").click()
    expect(desk.page.locator("#order-rows a")).to_have_count(50)
    assert numbers(desk) == pages[3]
    tab(desk, "Placed").click()  # another view begins at its first page
    expect(desk.page).to_have_url(re.compile(r"\?status=placed&customer=[^&]+$"))
    expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    desk.page.get_by_role("link", name="Next page").click()
    expect(desk.page).to_have_url(re.compile("cursor="))
    search(desk).fill("regina")
    expect(desk.page).to_have_url(re.compile(r"\?status=placed&q=regina&customer=[^&]+$"))


def test_it_reads_on_until_a_page_is_full_when_answers_hold_less(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    asked: list[str] = []

    def answer_a_few(route: Route) -> None:
        asked.append(route.request.url)
        orders = [an_order(f"{len(asked):08}-{number}") for number in range(0 if len(asked) == 1 else 20)]
        route.fulfill(json={"orders": orders, "nextCursor": f"after-{len(asked)}"})

    desk.page.route(API_LIST, answer_a_few)
    tab(desk, "Packed").click()
    expect(desk.page.locator("#order-rows a")).to_have_count(60)
    limits = [parse_qs(urlsplit(url).query)["limit"][0] for url in asked]
    cursors = [parse_qs(urlsplit(url).query).get("cursor", [""])[0] for url in asked]
    assert (limits, cursors) == (["50", "50", "30", "10"], ["", "after-1", "after-2", "after-3"])
    expect(desk.page.get_by_role("link", name="Next page")).to_have_attribute("href", re.compile("after-4"))


def an_order(order_id: str) -> Json:
    customer = {"name": "Maria Okafor", "email": "maria@hotel.example"}
    made = {"status": "packed", "version": 2, "createdAt": "2026-01-31T09:30:00.000Z", "lineCount": 1}
    return {"orderID": order_id, "customer": customer, **made, "total": 100, "currency": "GBP"}


def test_whoever_comes_back_from_an_order_goes_on_at_its_row(
    desk: Desk, staff: Person, regular: Json
) -> None:
    desk.sign_in(staff, f"/orders.html?customer={regular['email']}")
    row = desk.page.locator("#order-rows tr").nth(30)
    row.get_by_role("link").click()
    expect(desk.page.get_by_role("heading", name="Timeline")).to_be_visible()
    desk.page.go_back()
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


def search(desk: Desk) -> Locator:
    return desk.page.get_by_role("searchbox", name="Search orders")


def test_an_order_is_found_by_its_number_and_by_name_company_and_mail_of_the_customer(
    desk: Desk, staff: Person, sought: Json, place_order: PlaceOrder
) -> None:
    mark = sought["mark"]
    desk.sign_in(staff)
    for words in (
        sought["orderID"], sought["orderID"][:8].upper(), f"QUILL{mark}", f"zoe quill{mark[:4]}",
        f"feather{mark} sohne", f"post{mark}@mill.example",
    ):  # fmt: skip
        search(desk).fill(words)
        expect(desk.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
        search(desk).fill("")
        expect(desk.page).to_have_url(f"{desk.site_url}/orders.html")
        expect(desk.page.locator("#order-rows code").nth(1)).to_be_visible()


def stop_the_clock(desk: Desk) -> None:
    """From now on nothing that the page waits for comes by itself; the clock has to be installed."""
    desk.page.clock.pause_at(desk.page.evaluate("Date.now() / 1000 + 1"))


def test_a_search_waits_for_a_pause_in_typing_and_survives_reload_and_back(
    desk: Desk, staff: Person, sought: Json
) -> None:
    desk.page.clock.install()
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").nth(1)).to_be_visible()
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    search(desk).focus()
    stop_the_clock(desk)
    for letter in f"quill{sought['mark']}":
        desk.page.keyboard.type(letter)
        desk.page.clock.run_for(200)
    desk.page.clock.run_for(200)
    expect(desk.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    assert len(asked) == 1
    desk.page.clock.resume()
    expect(desk.page).to_have_url(re.compile(rf"\?q=quill{sought['mark']}$"))
    desk.page.reload()
    expect(desk.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    expect(search(desk)).to_have_value(f"quill{sought['mark']}")
    desk.page.go_back()
    expect(desk.page.locator("#order-rows a").nth(1)).to_be_visible()
    expect(search(desk)).to_have_value("")


def test_enter_searches_at_once_and_every_search_is_a_step_back(
    desk: Desk, staff: Person, sought: Json
) -> None:
    desk.page.clock.install()
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").nth(1)).to_be_visible()
    stop_the_clock(desk)  # no pause in typing ever ends
    for words in ("nobodyofthatname", f"quill{sought['mark']}"):
        search(desk).fill(words)
        search(desk).press("Enter")
        expect(desk.page).to_have_url(re.compile(words))
    expect(desk.page.locator("#order-rows code")).to_have_text([sought["orderID"][:8]])
    desk.page.go_back()
    expect(desk.page.get_by_text("Nothing was found for “nobodyofthatname”")).to_be_visible()


@pytest.mark.parametrize("typed", ["z", "J. K.", "--", "🧽"])
def test_what_has_no_word_is_not_searched_for_and_says_what_to_type_instead(
    desk: Desk, staff: Person, sought: Json, typed: str
) -> None:
    desk.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    expect(desk.row(sought)).to_be_visible()
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url) if "/orders?" in request.url else None)
    search(desk).fill(typed)
    expect(desk.page.locator("#orders")).to_contain_text("Type at least two letters or digits of one word.")
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(desk.page.locator("#order-rows")).to_be_hidden()
    search(desk).press("Enter")
    desk.page.reload()
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(search(desk)).to_have_value(typed)
    assert asked == []
    desk.page.go_back()
    expect(desk.row(sought)).to_be_visible()
    expect(search(desk)).to_have_value(f"quill{sought['mark']}")


def test_a_search_that_is_longer_than_any_is_told_so(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, f"/orders.html?q={'quill' * 21}")
    expect(desk.page.locator("#orders")).to_contain_text("Type 100 characters at most.")


def test_a_search_goes_together_with_a_status(
    desk: Desk, staff: Person, sought: Json, admin_api: Api
) -> None:
    desk.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    expect(desk.row(sought)).to_be_visible()
    tab(desk, "Packed").click()
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    tab(desk, "Placed").click()
    expect(desk.row(sought)).to_be_visible()
    expect(search(desk)).to_have_value(f"quill{sought['mark']}")


# Sorting.


def header(desk: Desk, name: str) -> Locator:
    return desk.page.locator("#orders thead th").filter(has_text=name)


def test_the_headers_sort_by_time_and_by_total(
    desk: Desk, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    dearest = place_order([{"sku": "BT-GLOVES", "quantity": 100_000}])
    place_order([{"sku": "BT-HOSTILE", "quantity": 1}])
    desk.sign_in(staff)
    expect(header(desk, "Taken")).to_have_attribute("aria-sort", "descending")
    for name, sort, direction in (
        ("Taken", "oldest", "ascending"), ("Total", "largest", "descending"),
        ("Total", "smallest", "ascending"),
    ):  # fmt: skip
        header(desk, name).get_by_role("link").click()
        expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?sort={sort}")
        expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "false")
        expect(header(desk, name)).to_have_attribute("aria-sort", direction)
        shown = desk.page.locator("#order-rows tr").evaluate_all(
            "(rows, taken) => rows.map(({ order }) => (taken ? order.createdAt : order.total))",
            name == "Taken",
        )
        assert len(shown) == 50
        assert shown == sorted(shown, reverse=direction == "descending")
    header(desk, "Total").get_by_role("link").click()
    expect(desk.row(dearest)).to_be_visible()
    tab(desk, "Placed").click()
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?status=placed&sort=largest")
    expect(desk.row(dearest)).to_be_visible()


def test_where_a_sort_cannot_be_had_the_header_is_plain_and_says_why(
    desk: Desk, staff: Person, sought: Json
) -> None:
    desk.sign_in(staff, "/orders.html?sort=largest")
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    search(desk).fill(f"quill{sought['mark']}")
    expect(desk.row(sought)).to_be_visible()
    expect(desk.page).to_have_url(re.compile(r"\?q=[^&]+$"))
    expect(header(desk, "Total").get_by_role("link")).to_have_count(0)
    expect(header(desk, "Total")).to_have_attribute("title", re.compile("can only be sorted by time"))
    header(desk, "Taken").get_by_role("link").click()
    expect(desk.page).to_have_url(re.compile("sort=oldest"))
    expect(desk.row(sought)).to_be_visible()


# Counts, times, customers.


def tally(desk: Desk, status: str) -> int:
    text = tab(desk, status).locator(".tally").inner_text()
    return int(text.replace(",", ""))


def test_every_status_says_how_many_orders_it_has(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    wait_for(lambda: admin_api.call("GET", f"/orders?q={order['orderID']}").document["orders"] != [])
    counts = admin_api.call("GET", "/reports/workload").document["counts"]
    desk.sign_in(staff)
    expect(tab(desk, "All").locator(".tally")).not_to_be_empty()
    assert {status: tally(desk, status.capitalize()) for status in counts} == counts
    assert tally(desk, "All") == sum(counts.values())


def test_counts_of_the_whole_shop_are_not_shown_beside_a_part_of_it(
    desk: Desk, staff: Person, customer: Json
) -> None:
    desk.sign_in(staff)
    expect(tab(desk, "All").locator(".tally")).not_to_be_empty()
    search(desk).fill(customer["email"])
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(tab(desk, "All").locator(".tally")).to_be_hidden()


def test_a_time_is_chosen_in_words_and_stays_so_in_the_address(
    desk: Desk, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    desk.sign_in(staff)
    desk.page.get_by_role("button", name="Filter").click()
    for words, name in (("Today", "today"), ("In the last 7 days", "week"), ("In the last 30 days", "month")):
        desk.page.get_by_label("Taken").select_option(words)
        desk.page.get_by_role("button", name="Show").click()
        expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?period={name}")
        expect(desk.row(order)).to_be_visible()
    desk.page.get_by_label("Taken").select_option("Yesterday")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_label("Taken")).to_have_value("yesterday")
    desk.page.get_by_role("link", name="Clear").click()
    expect(desk.row(order)).to_be_visible()


def test_a_filter_that_cannot_be_says_why_at_its_field_and_so_does_its_address(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    desk.sign_in(staff)
    desk.page.get_by_role("button", name="Filter").click()
    desk.page.get_by_label("Taken").select_option("Between two dates")
    desk.page.get_by_label("From").fill("2026-03-02")
    desk.page.get_by_label("To, that day included").fill("2026-03-01")
    desk.page.get_by_role("button", name="Show").click()
    expect(desk.page.get_by_text("From must not be after To")).to_be_visible()
    expect(desk.page.get_by_label("From")).to_be_focused()
    expect(desk.page.get_by_label("From")).to_have_accessible_description("From must not be after To")
    expect(desk.page.get_by_role("heading", name="No order matches")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Try again")).to_be_hidden()
    desk.page.reload()
    expect(desk.page.get_by_text("From must not be after To")).to_be_visible()
    desk.page.get_by_label("From").fill("2026-03-01")
    expect(desk.page.get_by_text("From must not be after To")).to_be_hidden()
    desk.page.get_by_label("Taken").select_option("At any time")
    email = desk.page.get_by_label("Customer’s e-mail")
    for typed in ("a@b", "Maria"):
        email.fill(typed)
        email.press("Enter")
        expect(desk.page).to_have_url(re.compile(typed.replace("@", "%40")))
        expect(email).to_have_accessible_description(re.compile("an e-mail address such as name@example.org"))
        expect(email).to_be_focused()
    email.fill(customer["email"])
    email.press("Enter")
    expect(desk.row(order)).to_be_visible()
    expect(desk.page.get_by_text("e-mail address such as")).to_be_hidden()


def test_known_customers_are_offered_while_their_mail_is_typed(
    desk: Desk, staff: Person, sought: Json, customer: Json, admin_api: Api
) -> None:
    wait_for(lambda: bool(admin_api.call("GET", f"/customers?q=quill{sought['mark']}").document["customers"]))
    desk.sign_in(staff)
    desk.page.get_by_role("button", name="Filter").click()
    desk.page.get_by_label("Customer’s e-mail").click()
    desk.page.keyboard.type(f"quill{sought['mark']}")
    offered = desk.page.locator("#known-customers option")
    expect(offered).to_have_attribute("value", customer["email"])
    expect(offered).to_have_text(f"{customer['name']}, {customer['company']}")


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
    desk.watch_shifts()
    desk.page.reload()
    expect(desk.page.locator("#orders")).to_have_attribute("aria-busy", "true")
    expect(desk.page.locator("#order-rows .skeleton").first).to_be_visible()
    awaited = desk.page.locator("#order-rows tr").nth(1).bounding_box()
    held[0].continue_()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    assert desk.page.locator("#order-rows tr").nth(1).bounding_box() == awaited
    assert desk.shifted() < 0.01


def test_a_failure_is_shown_and_can_be_tried_again(desk: Desk, staff: Person) -> None:
    desk.page.clock.install()
    desk.sign_in(staff)
    desk.page.route(API_LIST, refuse)
    desk.page.reload()
    expect(desk.page.get_by_role("heading", name="The orders could not be loaded")).to_be_visible()
    expect(desk.page.get_by_text("Try later")).to_be_visible()
    stop_the_clock(desk)  # the next look would load the list by itself
    desk.page.unroute(API_LIST)
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()


def test_no_network_is_said_and_can_be_tried_again(desk: Desk, staff: Person) -> None:
    desk.page.clock.install()
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    stop_the_clock(desk)  # nothing looks whether it is back
    desk.page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    tab(desk, "Packed").click()
    expect(desk.page.get_by_text("The server cannot be reached")).to_be_visible()
    desk.page.unroute("**/api/**")
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
    desk.sign_in_again(staff)
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
