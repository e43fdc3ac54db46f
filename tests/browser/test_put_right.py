"""Rejected orders that are put right as a new order, or marked as dealt with."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, decided, orders_of
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import address, timeline, wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser

FIX = "Fix and send again as a new order"
API_ORDER = "**/api/orders/*"


@pytest.fixture
def rejected(place_order: PlaceOrder) -> Json:
    return place_order([{"sku": "NOT-OURS", "quantity": 1}, {"sku": "BT-BLEACH", "quantity": 2}])


def put_right(tab: Tab) -> None:
    """Send the rejected order on the page again as a new order, without the unknown product."""
    tab.follow(FIX)
    expect(tab.css("#error-summary")).to_be_visible()
    tab.press("Remove NOT-OURS")
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()


def successor_of(api: Api, rejected: Json) -> Json:
    """The order that replaces a rejected one, as the API shows it."""
    wait_for(lambda: "replacedBy" in decided(api, rejected["orderID"]))
    return decided(api, decided(api, rejected["orderID"])["replacedBy"]["orderID"])


def lose_link(tab: Tab) -> None:
    """Make the call fail that links the two orders."""
    tab.page.route(
        API_ORDER,
        lambda route: route.fulfill(status=502) if route.request.method == "PATCH" else route.continue_(),
    )


def test_a_rejected_order_and_its_successor_link_to_each_other(
    tab: Tab, staff: Person, admin_api: Api, rejected: Json
) -> None:
    tab.sign_in(staff, address(rejected))
    put_right(tab)
    tab.sees(f"It replaces the rejected order {number_of(rejected)}")
    successor = successor_of(admin_api, rejected)
    tab.inside(tab.progress("Placed")).follow("Open the order")
    tab.sees(f"Replaces the rejected order {number_of(rejected)}")
    assert timeline(tab) == ["Replaces a rejected order", "Placed"]
    tab.follow(number_of(rejected))
    tab.sees(f"Put right as order {number_of(successor)}")
    assert timeline(tab) == ["Put right as a new order", "Rejected"]
    expect(tab.find("heading", level=1)).to_contain_text("dealt with")
    expect(tab.button("Dealt with …")).to_be_hidden()
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    assert_accessible(tab)


def test_a_second_fix_is_asked_about_with_the_first_one(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, rejected: Json
) -> None:
    tab.sign_in(staff, address(rejected))
    put_right(tab)
    successor = successor_of(admin_api, rejected)
    tab.goto(address(rejected))
    tab.follow(FIX)
    question = tab.dialog("Put it right a second time?")
    question.says(re.compile(f"{number_of(rejected)} was put right already as order {number_of(successor)}"))
    assert_accessible(tab)
    question.press("See what was done")
    tab.sees_title(re.compile(number_of(successor)))
    assert len(orders_of(admin_api, customer)) == 2
    tab.goto(address(rejected))
    tab.follow(FIX)
    tab.dialog("Put it right a second time?").press("Go on with another order")
    tab.press("Remove NOT-OURS")
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 3
    assert successor_of(admin_api, rejected)["orderID"] == successor["orderID"]


def test_an_order_that_a_colleague_put_right_meanwhile_is_not_sent_unasked(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, rejected: Json, place_order: PlaceOrder
) -> None:
    tab.sign_in(staff, address(rejected))
    tab.follow(FIX)
    expect(tab.css("#error-summary")).to_be_visible()
    body = {"settled": {"replacedBy": place_order()["orderID"]}}
    assert admin_api.call("PATCH", f"/orders/{rejected['orderID']}", body).status == 200
    tab.press("Remove NOT-OURS")
    tab.send()
    tab.sees_dialog("Put it right a second time?")
    tab.key("Escape")
    expect(tab.button("Send order")).to_be_enabled()
    assert len(orders_of(admin_api, customer)) == 2


def test_a_link_that_fails_is_repeated_after_a_reload(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, rejected: Json
) -> None:
    tab.sign_in(staff, address(rejected))
    lose_link(tab)
    put_right(tab)
    tab.sees_alert(re.compile("It is not linked to the rejected order"))
    tab.press("Try again")
    tab.sees_alert(re.compile("It is not linked to the rejected order"))
    tab.let_through(API_ORDER)
    tab.reload()
    tab.sees(f"It replaces the rejected order {number_of(rejected)}")
    assert successor_of(admin_api, rejected)["status"] == "placed"
    assert len(orders_of(admin_api, customer)) == 2
    tab.reload()
    expect(tab.css("#progress")).to_be_hidden()


@pytest.fixture
def offer(admin_api: Api) -> Callable[[bool], None]:
    """Sell the product BT-FLEETING, or sell it no longer."""

    def put(active: bool) -> None:
        product = {"name": "Browsertest fleeting mop", "category": "Browser tests", "unitPrice": 500}
        answer = admin_api.call("PUT", "/products/BT-FLEETING", {**product, "unit": "each", "active": active})
        assert answer.status in (200, 201)

    return put


def test_a_second_rejection_stays_open_until_its_product_is_sold_again(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, rejected: Json, offer: Callable[[bool], None]
) -> None:
    offer(True)
    tab.sign_in(staff, address(rejected))
    tab.follow(FIX)
    expect(tab.css("#error-summary")).to_be_visible()
    tab.press("Remove NOT-OURS")
    tab.add_line("browsertest fleeting", "2")
    offer(False)
    tab.send()
    expect(tab.progress("Rejected")).to_be_visible()
    tab.sees(f"It replaces the rejected order {number_of(rejected)}")
    tab.press(FIX)
    # The form has the reason of the rejection, and looks the product up again before it is sent.
    with tab.page.expect_response("**/api/products/BT-FLEETING"):
        tab.send()
    expect(tab.button("Send order")).to_be_enabled()
    tab.sees_errors(["Line 2: BT-FLEETING is no longer sold"])
    assert len(orders_of(admin_api, customer)) == 2
    offer(True)
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    second = successor_of(admin_api, rejected)
    tab.sees(f"It replaces the rejected order {number_of(second)}")
    assert successor_of(admin_api, second)["status"] == "placed"


def test_a_product_that_is_not_sold_keeps_an_order_from_being_sent_again(
    tab: Tab, staff: Person, admin_api: Api, customer: Json, place_order: PlaceOrder
) -> None:
    """The check of the products takes a moment, and Send waits for it."""
    skus = ("NOT-OURS", "BT-BLEACH", "BT-RETIRED")
    rejected = place_order([{"sku": sku, "quantity": 2} for sku in skus])
    tab.hold("**/api/products/NOT-OURS")
    tab.sign_in(staff, address(rejected))
    with tab.page.expect_request("**/api/products/NOT-OURS"):
        tab.follow(FIX)
    expect(tab.css("#running-total")).to_have_text(re.compile(r" \+ \?$"))
    tab.send()
    tab.let_through("**/api/products/NOT-OURS")
    after_send = tab.error_summary().filter(has_text="There is a problem")  # hidden, it has the same title
    expect(after_send).to_be_visible()
    tab.sees_errors(
        [
            "Line 1: NOT-OURS is not in the catalog",
            "Line 3: BT-RETIRED is no longer sold",
        ]
    )
    tab.press("Remove NOT-OURS")
    assert tab.error_summary().get_by_role("listitem").filter(visible=True).all_inner_texts() == [
        "Line 2: BT-RETIRED is no longer sold"
    ]
    tab.press("Remove Browsertest retired mop")
    expect(tab.error_summary()).to_be_hidden()
    tab.press("Undo")
    expect(tab.error_summary()).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1
    tab.press("Remove Browsertest retired mop")
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()


def test_an_order_is_dealt_with_by_hand_and_leaves_needs_attention(
    tab: Tab, staff: Person, rejected: Json, place_order: PlaceOrder
) -> None:
    other = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    tab.sign_in(staff, "/")
    panel = tab.region("Needs attention")
    panel.sees_link(re.compile(number_of(rejected)))
    panel.follow(number_of(rejected))
    tab.press("Dealt with …")
    question = tab.dialog("Nothing left to do?")
    question.fill("Why is nothing left to do?", "Customer phoned: not needed")
    question.press("Dealt with")
    expect(tab.find("heading", level=1)).to_contain_text("dealt with")
    tab.sees("Customer phoned: not needed")
    assert timeline(tab) == ["Dealt with", "Rejected"]
    tab.goto("/")
    panel.sees_link(re.compile(number_of(other)))
    panel.sees_not(number_of(rejected))
    panel.follow(re.compile("rejected orders? to deal with"))
    expect(tab.field("Rejected orders")).to_have_value("no")
    tab.sees_order(other)
    expect(tab.row(rejected)).to_have_count(0)
    tab.choose("Rejected orders", "Dealt with")
    tab.press("Show")
    expect(tab.row(rejected).locator(".col-status")).to_have_text(re.compile(r"Rejected\s+dealt with"))
    expect(tab.row(other)).to_have_count(0)
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    tab.goto(f"/customer.html?email={rejected['customer']['email']}")
    expect(tab.css("tr").filter(has_text=number_of(rejected))).to_contain_text("dealt with")


def test_an_order_that_was_dealt_with_is_taken_up_again_by_keyboard(
    tab: Tab, staff: Person, admin_api: Api, rejected: Json
) -> None:
    settled = {"settled": {}, "note": "Customer phoned: not needed"}
    assert admin_api.call("PATCH", f"/orders/{rejected['orderID']}", settled).status == 200
    tab.sign_in(staff, address(rejected))
    expect(tab.button("Dealt with …")).to_be_hidden()
    tab.button("Not dealt with …").focus()
    tab.key("Enter")
    tab.sees_dialog("Something left to do?")
    assert_accessible(tab)
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    tab.type("They need it after all")
    tab.reload()
    expect(tab.field("Why is something left to do?")).to_have_value("They need it after all")
    tab.lose_answers(API_ORDER, times=1)
    tab.dialog("Something left to do?").press("Not dealt with")
    tab.sees_alert("The server cannot be reached")
    tab.press("Not dealt with …")
    tab.dialog("Something left to do?").press("Not dealt with")
    expect(tab.find("heading", level=1)).not_to_contain_text("dealt with")
    expect(tab.css("#notice")).to_be_hidden()
    assert timeline(tab) == ["Not dealt with", "Dealt with", "Rejected"]
    tab.sees("They need it after all")
    expect(tab.button("Dealt with …")).to_be_visible()
    expect(tab.button("Not dealt with …")).to_be_hidden()
    tab.goto("/")
    tab.region("Needs attention").sees_link(re.compile(number_of(rejected)))


def test_an_order_that_was_put_right_meanwhile_stays_dealt_with(
    tab: Tab, staff: Person, admin_api: Api, rejected: Json, place_order: PlaceOrder
) -> None:
    path = f"/orders/{rejected['orderID']}"
    assert admin_api.call("PATCH", path, {"settled": {}, "note": "Not needed"}).status == 200
    tab.sign_in(staff, address(rejected))
    tab.press("Not dealt with …")
    tab.fill("Why is something left to do?", "They need it")
    body = {"settled": {"replacedBy": place_order()["orderID"]}}
    assert admin_api.call("PATCH", path, body).status == 200
    tab.dialog("Something left to do?").press("Not dealt with")
    tab.sees_alert("Your change was not made.")
    tab.sees("Put right as order")
    expect(tab.button("Not dealt with …")).to_be_hidden()
