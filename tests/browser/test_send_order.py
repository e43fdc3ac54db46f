"""Sending an order: it is sent once whatever happens, and followed until it is placed or rejected."""

import json

import pytest
from playwright.sync_api import Page, Request, Route, expect

from local.api import Api
from tests.browser.conftest import Json, orders_of
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def sent_bodies(page: Page) -> list[Json]:
    """Collect what is sent to the queue from now on."""
    bodies: list[Json] = []

    def collect(sent: Request) -> None:
        if sent.method == "POST" and sent.url.endswith("/api/orders"):
            bodies.append(sent.post_data_json or {})

    page.on("request", collect)
    return bodies


def test_a_sent_order_is_shown_queued_and_then_placed(filled: Tab, customer: Json) -> None:
    held: list[Route] = []
    filled.page.route("**/api/orders/*", lambda route: held.append(route))
    filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    expect(filled.page.get_by_role("button", name="Send order")).to_be_disabled()
    held[0].fulfill(status=404, body='{"error":{"code":"not_found","message":"no such order"}}')
    filled.page.unroute("**/api/orders/*")
    placed = filled.progress("Placed")
    expect(placed).to_contain_text("£19.47")
    expect(placed).to_contain_text(customer["name"])
    placed.get_by_role("link", name="Open the order").click()
    expect(filled.page.get_by_role("heading", name="Timeline")).to_be_visible()


def test_another_order_can_be_taken_while_one_is_still_queued(filled: Tab) -> None:
    still_queued = json.dumps({"error": {"code": "not_found", "message": "no such order"}})
    filled.page.route("**/api/orders/*", lambda route: route.fulfill(status=404, body=still_queued))
    filled.send()
    filled.progress("Queued").get_by_role("button", name="Take another order").click()
    expect(filled.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    expect(filled.page.get_by_label("E-mail")).to_have_value("")


@pytest.mark.parametrize("way", ["button", "reload"])
def test_the_next_order_starts_with_an_empty_form(filled: Tab, way: str) -> None:
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    if way == "button":
        filled.page.get_by_role("button", name="Take another order").click()
    else:
        filled.page.reload()
    expect(filled.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    expect(filled.page.get_by_label("E-mail")).to_have_value("")
    expect(filled.page.locator("#line-rows tr")).to_have_count(0)


def test_rejected_order_shows_reasons_and_is_resent_as_new_order(
    filled: Tab, customer: Json, admin_api: Api
) -> None:
    filled.add_line("browsertest gloves", "2")
    # Withdrawn from sale between the picking and the sending.
    gloves = admin_api.call("GET", "/products/BT-GLOVES").document
    product = {key: gloves[key] for key in ("name", "category", "unitPrice", "unit")}
    assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "active": False}).status == 200
    try:
        filled.send()
        expect(filled.progress("Rejected")).to_be_visible()
    finally:
        assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "active": True}).status == 200
    expect(filled.error_at("items[1].sku")).to_contain_text("BT-GLOVES")
    expect(filled.error_at("items[0].sku")).to_be_hidden()
    filled.page.get_by_role("button", name="Fix and send again as a new order").click()
    filled.page.get_by_role("button", name="Remove Browsertest gloves").click()
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    orders = orders_of(admin_api, customer)
    assert [order["status"] for order in orders] == ["placed", "rejected"]


def test_a_double_click_sends_one_order(filled: Tab, customer: Json, admin_api: Api) -> None:
    bodies = sent_bodies(filled.page)
    filled.page.get_by_role("button", name="Send order").evaluate(
        "button => (button.click(), button.click())"
    )
    expect(filled.progress("Placed")).to_be_visible()
    assert len(bodies) == 1
    assert len(orders_of(admin_api, customer)) == 1


def test_order_lost_by_the_network_is_sent_again_automatically(
    filled: Tab, customer: Json, admin_api: Api
) -> None:
    bodies = sent_bodies(filled.page)
    with filled.offline():
        filled.send()
        expect(filled.progress("The connection was lost")).to_be_visible()
        expect(filled.page.get_by_label("E-mail")).to_be_disabled()  # what was sent is what is sent again
    expect(filled.progress("Placed")).to_be_visible()
    assert len({body["orderID"] for body in bodies}) == 1
    assert len(orders_of(admin_api, customer)) == 1


def test_order_is_sent_again_once_the_server_responds(filled: Tab, customer: Json, admin_api: Api) -> None:
    filled.page.route(filled.site_url + "/**", lambda route: route.abort("connectionrefused"))
    filled.send()
    expect(filled.progress("The connection was lost")).to_be_visible()
    filled.page.unroute_all()
    expect(filled.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1


def send_without_an_answer(filled: Tab) -> None:
    """Send the order, which arrives without the page being told."""
    filled.lose_answers("**/api/orders")
    filled.send()
    expect(filled.progress("The connection was lost")).to_be_visible()
    filled.page.unroute("**/api/orders")


def test_order_with_a_lost_response_is_placed_once(filled: Tab, customer: Json, admin_api: Api) -> None:
    bodies = sent_bodies(filled.page)
    send_without_an_answer(filled)
    filled.page.reload()  # and even a reload does not make another order of it
    expect(filled.progress("Placed")).to_be_visible()
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


@pytest.mark.parametrize("status", [403, 429])
def test_order_with_a_lost_response_stays_locked_when_resending_fails(
    filled: Tab, customer: Json, admin_api: Api, status: int
) -> None:
    send_without_an_answer(filled)
    refusal = json.dumps({"error": {"code": "refused", "message": "not now"}})
    filled.page.route("**/api/orders", lambda route: route.fulfill(status=status, body=refusal))
    filled.page.get_by_role("button", name="Send again").click()
    expect(filled.progress("The connection was lost")).to_contain_text("not now")
    expect(filled.page.get_by_label("E-mail")).to_be_disabled()
    filled.page.unroute("**/api/orders")
    filled.page.get_by_role("button", name="Send again").click()
    expect(filled.progress("Placed")).to_be_visible()
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


def test_order_with_a_lost_response_is_resent_after_signing_in(
    filled: Tab, staff: Person, customer: Json, admin_api: Api
) -> None:
    bodies = sent_bodies(filled.page)
    send_without_an_answer(filled)
    filled.end_session()
    filled.page.get_by_role("button", name="Send again").click()
    filled.sign_in_again(staff)
    expect(filled.progress("Placed")).to_be_visible()
    assert bodies[0] == bodies[-1]
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


def test_duplicated_tab_sends_an_order_of_its_own(filled: Tab, customer: Json, admin_api: Api) -> None:
    with filled.page.context.expect_page() as opened:
        filled.page.evaluate("window.open(location.href)")  # as "Duplicate tab" does: the draft comes along
    copy = Tab(opened.value, filled.site_url)
    expect(copy.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    copy.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("9")
    copy.send()
    expect(copy.progress("Placed")).to_contain_text("£58.41")
    assert [order["total"] for order in orders_of(admin_api, customer)] == [5841, 1947]


def test_order_refused_by_the_gateway_stays_in_the_form(filled: Tab) -> None:
    refusal = '{"error":{"code":"bad_request","message":"the body is not what the gateway wants"}}'
    filled.page.route(
        "**/api/orders",
        lambda route: route.fulfill(status=400, content_type="application/json", body=refusal),
    )
    filled.send()
    assert filled.error_lines() == ["the body is not what the gateway wants"]
    filled.page.unroute("**/api/orders")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()


def test_order_queued_for_long_shows_that_it_takes_longer(filled: Tab) -> None:
    missing = '{"error":{"code":"not_found","message":"no such order"}}'
    filled.page.route("**/api/orders/*", lambda route: route.fulfill(status=404, body=missing))
    filled.page.clock.install()
    filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    for _ in range(15):
        filled.page.clock.run_for(3000)
        filled.settle()
    expect(filled.page.get_by_text("This takes longer than usual")).to_be_visible()


@pytest.mark.parametrize("through", ["a lost network", "a reload"])
def test_queued_order_is_followed_through_reload_and_lost_network(
    filled: Tab, customer: Json, admin_api: Api, through: str
) -> None:
    held: list[Route] = []
    filled.page.route("**/api/orders/*", lambda route: held.append(route))
    with filled.page.expect_request("**/api/orders/*"):
        filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    if through == "a reload":
        filled.page.unroute_all(behavior="ignoreErrors")
        filled.page.reload()
    else:
        with filled.offline():
            held[0].abort("internetdisconnected")
            filled.page.unroute("**/api/orders/*")
            expect(filled.page.get_by_role("status").filter(has_text="You are offline")).to_be_visible()
    expect(filled.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1
