"""Sending an order: it is stored once whatever happens, and the page shows its progress to the end."""

import pytest
from playwright.sync_api import Request, expect

from local.api import Api
from tests.browser.conftest import Json, changed_product, orders_of, withdrawn
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


NOT_FOUND = {"error": {"code": "not_found", "message": "no such order"}}


def sent_orders(tab: Tab) -> list[Json]:
    """A list that collects the orders that the page sends from now on."""
    orders: list[Json] = []

    def collect(sent: Request) -> None:
        if sent.method == "POST" and sent.url.endswith("/api/orders"):
            orders.append(sent.post_data_json or {})

    tab.page.on("request", collect)
    return orders


def test_a_sent_order_is_shown_queued_and_then_placed(filled: Tab, customer: Json) -> None:
    held = filled.hold("**/api/orders/*")
    filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    expect(filled.button("Send order")).to_be_disabled()
    held[0].fulfill(status=404, json=NOT_FOUND)
    filled.let_through("**/api/orders/*")
    placed = filled.progress("Placed")
    expect(placed).to_contain_text("£19.47")
    expect(placed).to_contain_text(customer["name"])
    filled.inside(placed).follow("Open the order")
    filled.sees_heading("Timeline")


def test_a_price_that_fell_meanwhile_is_shown_after_sending_and_saving(filled: Tab, admin_api: Api) -> None:
    with changed_product(admin_api, "BT-BLEACH", unitPrice=600):
        filled.send()
        placed = filled.progress("Placed")
        expect(placed).to_contain_text("(BT-BLEACH): price £6.49 → £6.00")
        expect(placed).to_contain_text("Total: £19.47 → £18.00")
    filled.inside(placed).follow("Open the order")
    filled.press("Edit")
    filled.add_line("browsertest gloves", "2")
    with changed_product(admin_api, "BT-GLOVES", unit="carton"):
        filled.press("Save changes")
        filled.sees_alert("Saved, but these lines are not as the form showed them:")
    filled.sees("(BT-GLOVES): unit box → carton")


def test_an_order_that_became_dearer_is_sent_again_at_the_new_prices(
    filled: Tab, customer: Json, admin_api: Api
) -> None:
    sent = sent_orders(filled)
    rejected = filled.progress("Rejected")
    with changed_product(admin_api, "BT-BLEACH", unitPrice=700):
        filled.send()
        expect(rejected).to_contain_text("Prices rose since you saw them: you saw £19.47, now it is £21.00.")
        expect(rejected).to_contain_text("(BT-BLEACH): price £6.49 → £7.00")
    assert_accessible(filled)
    filled.resize(320, 800)
    assert_nothing_sticks_out(filled)
    (stored,) = orders_of(admin_api, customer)
    with changed_product(admin_api, "BT-BLEACH", unitPrice=690):
        filled.goto(address(stored))
        filled.sees("Agreed total is GBP 19.47, but the order comes to GBP 21.00")
        filled.follow("Fix and send again as a new order")
        expect(filled.css("#running-total")).to_have_text("£20.70")
        expect(filled.error_summary()).to_be_hidden()
        filled.goto("/new-order.html")
        expect(rejected).to_contain_text("(BT-BLEACH): price £6.49 → £7.00")
        filled.press("Fix and send again as a new order")
        expect(filled.css("#running-total")).to_have_text("£21.00")
        expect(filled.error_summary()).to_be_hidden()
        expect(filled.button("Send order")).to_be_focused()
        filled.send()
        expect(filled.progress("Placed")).to_contain_text("(BT-BLEACH): price £7.00 → £6.90")
    assert [order["agreedTotal"] for order in sent] == [1947, 2100]
    orders = orders_of(admin_api, customer)
    assert [(order["status"], order["total"]) for order in orders] == [("placed", 2070), ("rejected", 0)]


def test_another_order_can_be_taken_while_one_is_still_queued(filled: Tab) -> None:
    filled.answer("**/api/orders/*", status=404, json=NOT_FOUND)
    filled.send()
    filled.inside(filled.progress("Queued")).press("Take another order")
    expect(filled.product_search()).to_be_focused()
    expect(filled.field("E-mail")).to_have_value("")


@pytest.mark.parametrize("way", ["button", "reload"])
def test_the_next_order_starts_with_an_empty_form(filled: Tab, way: str) -> None:
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    if way == "button":
        filled.press("Take another order")
    else:
        filled.reload()
    expect(filled.product_search()).to_be_focused()
    expect(filled.field("E-mail")).to_have_value("")
    expect(filled.css("#line-rows tr")).to_have_count(0)


def test_rejected_order_shows_reasons_and_is_resent_as_new_order(
    filled: Tab, customer: Json, admin_api: Api
) -> None:
    filled.add_line("browsertest gloves", "2")
    with withdrawn(admin_api, "BT-GLOVES"):
        filled.send()
        expect(filled.progress("Rejected")).to_be_visible()
    expect(filled.error_at("items[1].sku")).to_contain_text("BT-GLOVES")
    expect(filled.error_at("items[0].sku")).to_be_hidden()
    filled.press("Fix and send again as a new order")
    filled.press("Remove Browsertest gloves, box of 100")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    orders = orders_of(admin_api, customer)
    assert [order["status"] for order in orders] == ["placed", "rejected"]


def test_a_double_click_sends_one_order(filled: Tab, customer: Json, admin_api: Api) -> None:
    sent = sent_orders(filled)
    filled.button("Send order").evaluate("button => (button.click(), button.click())")
    expect(filled.progress("Placed")).to_be_visible()
    assert len(sent) == 1
    assert len(orders_of(admin_api, customer)) == 1


def test_order_lost_by_the_network_is_sent_again_automatically(
    filled: Tab, customer: Json, admin_api: Api
) -> None:
    sent = sent_orders(filled)
    with filled.offline():
        filled.send()
        expect(filled.progress("The connection was lost")).to_be_visible()
        expect(filled.field("E-mail")).to_be_disabled()  # so that the retry sends the same order
    expect(filled.progress("Placed")).to_be_visible()
    assert len({order["orderID"] for order in sent}) == 1
    assert len(orders_of(admin_api, customer)) == 1


def test_order_is_sent_again_once_the_server_responds(filled: Tab, customer: Json, admin_api: Api) -> None:
    filled.lose_requests(filled.site_url + "/**", "connectionrefused")
    filled.send()
    expect(filled.progress("The connection was lost")).to_be_visible()
    filled.let_through(filled.site_url + "/**")
    expect(filled.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1


def send_and_lose_response(filled: Tab) -> None:
    """Send the order so that the API receives it, but the page gets no response."""
    filled.lose_answers("**/api/orders")
    filled.send()
    expect(filled.progress("The connection was lost")).to_be_visible()
    filled.let_through("**/api/orders")


def test_order_with_a_lost_response_is_placed_once(filled: Tab, customer: Json, admin_api: Api) -> None:
    sent = sent_orders(filled)
    send_and_lose_response(filled)
    filled.reload()  # must not send another order
    expect(filled.progress("Placed")).to_be_visible()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


@pytest.mark.parametrize("status", [403, 429])
def test_form_of_an_unanswered_order_stays_disabled_when_resending_fails(
    filled: Tab, customer: Json, admin_api: Api, status: int
) -> None:
    send_and_lose_response(filled)
    refusal = {"error": {"code": "refused", "message": "not now"}}
    filled.answer("**/api/orders", status=status, json=refusal)
    filled.press("Send again")
    expect(filled.progress("The connection was lost")).to_contain_text("not now")
    expect(filled.field("E-mail")).to_be_disabled()
    filled.let_through("**/api/orders")
    filled.press("Send again")
    expect(filled.progress("Placed")).to_be_visible()
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


def test_order_with_a_lost_response_is_resent_after_signing_in(
    filled: Tab, staff: Person, customer: Json, admin_api: Api
) -> None:
    sent = sent_orders(filled)
    send_and_lose_response(filled)
    filled.end_session()
    filled.press("Send again")
    filled.sign_in_again(staff)
    expect(filled.progress("Placed")).to_be_visible()
    assert sent[0] == sent[-1]
    assert [order["version"] for order in orders_of(admin_api, customer)] == [1]


def test_duplicated_tab_sends_an_order_of_its_own(filled: Tab, customer: Json, admin_api: Api) -> None:
    with filled.page.context.expect_page() as opened:
        filled.evaluate("window.open(location.href)")  # which copies the draft, as "Duplicate tab" does
    copy = Tab(opened.value, filled.site_url)
    expect(copy.field("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    copy.fill("Quantity of Browsertest bleach 5 L", "9")
    copy.send()
    expect(copy.progress("Placed")).to_contain_text("£58.41")
    assert [order["total"] for order in orders_of(admin_api, customer)] == [5841, 1947]


def test_order_refused_by_the_gateway_stays_in_the_form(filled: Tab) -> None:
    refusal = {"error": {"code": "bad_request", "message": "Invalid request body"}}
    filled.answer("**/api/orders", status=400, json=refusal)
    filled.send()
    filled.sees_errors(["Invalid request body"])
    filled.let_through("**/api/orders")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()


def test_order_queued_for_long_shows_that_it_takes_longer(filled: Tab) -> None:
    filled.answer("**/api/orders/*", status=404, json=NOT_FOUND)
    filled.replace_clock()
    filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    for _ in range(15):
        filled.page.clock.run_for(3000)
        filled.settle()
    filled.sees("This takes longer than usual")


@pytest.mark.parametrize("through", ["a lost network", "a reload"])
def test_progress_of_a_queued_order_survives_reload_and_lost_network(
    filled: Tab, customer: Json, admin_api: Api, through: str
) -> None:
    held = filled.hold("**/api/orders/*")
    with filled.page.expect_request("**/api/orders/*"):
        filled.send()
    expect(filled.progress("Queued")).to_be_visible()
    if through == "a reload":
        filled.reload()
        filled.let_through("**/api/orders/*")
    else:
        with filled.offline():
            held[0].abort("internetdisconnected")
            filled.let_through("**/api/orders/*")
            expect(filled.find("status").filter(has_text="You are offline")).to_be_visible()
    expect(filled.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1
