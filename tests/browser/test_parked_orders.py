"""Parked orders: put aside, opened at another desk, sent. Leaving with unsent work asks."""

import uuid

import pytest
from playwright.sync_api import Dialog, expect

from local.api import Api, open_api
from tests.browser.conftest import Json, OpenTab, orders_of
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.words import Part

pytestmark = pytest.mark.browser


@pytest.fixture
def name() -> str:
    """A name that no other parked order has."""
    return f"Hotel Sonne {uuid.uuid4().hex[:8]}"


@pytest.fixture
def staff_api(outputs: Json, staff: Person) -> Api:
    return open_api(outputs, staff.email, staff.password)


def parked(tab: Tab, name: str) -> Part:
    """The row of a parked order."""
    expect(tab.css("#parked-list")).to_be_visible()
    tab.css("#parked-list").evaluate("list => (list.open = true)")
    return tab.inside(tab.css("#parked-rows li").filter(has_text=name))


def park(tab: Tab, name: str) -> None:
    """Park the order on the page by the keyboard, under another name than the offered one."""
    tab.key("Alt+p")
    expect(tab.field("Park it as")).to_be_focused()
    tab.type(name)
    with tab.page.expect_navigation():
        tab.key("Enter")
    expect(parked(tab, name).css("a")).to_be_visible()


def test_a_parked_order_is_opened_and_sent_at_another_desk(
    filled: Tab, open_tab: OpenTab, staff: Person, admin: Person, name: str, customer: Json, admin_api: Api
) -> None:
    filled.press("Park")
    expect(filled.field("Park it as")).to_have_value(customer["name"])
    filled.press("Cancel")
    filled.key("?")  # the focus is back on the button
    filled.dialog("Keyboard").says("Park the order")
    filled.key("Escape")
    park(filled, name)
    expect(filled.field("E-mail")).to_have_value("")
    expect(filled.product_search()).to_be_focused()
    expect(filled.css("#parked-rows")).to_contain_text("1 line")
    other = open_tab(viewport={"width": 390, "height": 800})
    other.sign_in(admin, "/new-order.html")
    expect(other.product_search()).to_be_focused()
    expect(other.css("#parked-rows li").filter(has_text=name)).to_have_count(0)
    desk = open_tab(viewport={"width": 390, "height": 800})
    desk.sign_in(staff, "/new-order.html")
    desk.watch_requests()
    parked(desk, name).follow(name)
    expect(desk.css("#parked-open")).to_contain_text(name)
    expect(desk.css("#running-total")).to_have_text("£19.47")
    desk.fill("Phone", "123")
    expect(desk.css("#parked-open")).to_contain_text("Saved on the server")
    desk.send()
    expect(desk.progress("Placed")).to_be_visible()
    desk.press("Take another order")
    expect(desk.product_search()).to_be_focused()
    desk.settle()
    filled.reload()
    expect(filled.product_search()).to_be_focused()
    expect(filled.css("#parked-rows li").filter(has_text=name)).to_have_count(0)
    assert [order["customer"]["phone"] for order in orders_of(admin_api, customer)] == ["123"]


def test_a_sent_order_whose_draft_is_left_is_not_sent_again(
    filled: Tab, name: str, customer: Json, admin_api: Api
) -> None:
    park(filled, name)
    parked(filled, name).follow(name)
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    address = filled.page.url.removeprefix(filled.site_url)
    filled.watch_requests()
    filled.lose_requests("**/api/drafts/*")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    filled.evaluate("localStorage.clear()")  # as in another browser, which does not know what was sent
    filled.let_through("**/api/drafts/*")
    filled.goto(address)
    filled.sees("This parked order was sent before.")
    expect(filled.progress("Placed")).to_be_visible()
    expect(filled.button("Send order")).to_be_hidden()
    filled.goto("/new-order.html")
    expect(filled.product_search()).to_be_focused()
    filled.settle()
    expect(filled.css("#parked-rows li").filter(has_text=name)).to_have_count(0)
    assert len(orders_of(admin_api, customer)) == 1


def test_a_draft_that_could_not_be_deleted_is_deleted_at_the_next_visit(
    filled: Tab, name: str, staff_api: Api
) -> None:
    park(filled, name)
    parked(filled, name).follow(name)
    expect(filled.css("#parked-open")).to_contain_text(name)
    filled.lose_requests("**/api/drafts/*")
    filled.send()
    expect(filled.progress("Placed")).to_be_visible()
    assert name in names_of_drafts(staff_api)
    filled.let_through("**/api/drafts/*")
    filled.watch_requests()
    filled.press("Take another order")
    expect(filled.product_search()).to_be_focused()
    filled.settle()
    assert name not in names_of_drafts(staff_api)


def names_of_drafts(api: Api) -> list[str]:
    return [draft["name"] for draft in api.call("GET", "/drafts").document["drafts"]]


def test_changes_without_a_connection_are_saved_when_it_is_back(filled: Tab, name: str) -> None:
    park(filled, name)
    parked(filled, name).follow(name)
    expect(filled.css("#parked-open")).to_contain_text(name)
    with filled.offline():
        with filled.page.expect_event("requestfailed", lambda request: "/api/drafts/" in request.url):
            filled.fill("Phone", "456")
        expect(filled.css("#parked-open")).to_contain_text("Not saved on the server yet")
    expect(filled.css("#parked-open")).to_contain_text("Saved on the server")
    filled.reload()
    expect(filled.field("Phone")).to_have_value("456")


def test_the_version_of_another_desk_is_offered_and_can_be_taken_back(
    filled: Tab, name: str, staff_api: Api
) -> None:
    park(filled, name)
    parked(filled, name).follow(name)
    expect(filled.css("#parked-open")).to_contain_text(name)
    path = f"/drafts/{filled.page.url.rpartition('=')[2]}"
    content = {**staff_api.call("GET", path).document["content"], "notes": "from the other desk"}
    changed = {"name": name, "content": content}
    assert staff_api.call("PUT", path, changed, headers={"If-Match": '"1"'}).status == 200
    filled.fill("For packing and delivery", "from this desk")
    filled.sees_alert("This parked order was saved at another desk")
    filled.press("Use that version")
    expect(filled.field("For packing and delivery")).to_have_value("from the other desk")
    filled.press("Undo")
    expect(filled.css("#parked-open")).to_contain_text("Saved on the server")
    assert staff_api.call("GET", path).document["content"]["notes"] == "from this desk"


def test_a_deleted_parked_order_can_be_brought_back(filled: Tab, name: str) -> None:
    park(filled, name)
    assert_accessible(filled)
    assert_nothing_sticks_out(filled)
    parked(filled, name).button(f"Delete {name}").press("Enter")
    expect(filled.css("#undo")).to_contain_text(f"The parked order {name} was deleted.")
    filled.press("Undo")
    parked(filled, name).follow(name)
    expect(filled.css("#running-total")).to_have_text("£19.47")


def test_leaving_unsent_work_by_a_link_asks_once(filled: Tab, customer: Json) -> None:
    filled.follow("Customers")
    filled.dialog("Leave this order?").press("Stay")
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    filled.follow("Customers")
    filled.dialog("Leave this order?").press("Leave")
    filled.arrives_at("/customers.html")
    filled.follow("New order")
    expect(filled.field("E-mail")).to_have_value(customer["email"])
    filled.follow("Customers")  # nothing more was typed
    filled.arrives_at("/customers.html")
    filled.follow("New order")
    filled.fill("Name", f"Park {customer['email']}")
    filled.follow("Orders")
    filled.dialog("Leave this order?").press("Park it")
    filled.arrives_at("/orders.html")
    filled.goto("/new-order.html")
    expect(parked(filled, f"Park {customer['email']}").css("a")).to_be_visible()
    expect(filled.field("E-mail")).to_have_value("")


def test_a_left_order_says_so_and_a_new_one_can_be_started(filled: Tab) -> None:
    left = filled.css("#left-order")
    expect(left).to_be_hidden()
    filled.follow("Customers")
    filled.dialog("Leave this order?").press("Leave")
    filled.arrives_at("/customers.html")
    filled.follow("New order")
    expect(left).to_contain_text("This is the order that you left on")
    expect(filled.product_search()).to_be_focused()
    filled.press("Start a new one")
    expect(filled.css("#undo")).to_contain_text("The order was discarded.")
    expect(filled.css("#line-rows tr")).to_have_count(0)
    expect(left).to_be_hidden()
    filled.press("Undo")
    expect(filled.field("Quantity of Browsertest bleach 5 L")).to_have_value("3")


def test_text_for_an_order_sent_at_another_desk_is_listed_on_its_page(
    filled: Tab, open_tab: OpenTab, staff: Person, name: str, customer: Json, admin_api: Api
) -> None:
    park(filled, name)
    parked(filled, name).follow(name)
    expect(filled.css("#parked-open")).to_contain_text(name)
    desk = open_tab()
    desk.sign_in(staff, filled.page.url.removeprefix(filled.site_url))
    desk.send()
    expect(desk.progress("Placed")).to_be_visible()
    filled.fill("For packing and delivery", "Ring the bell")
    filled.fill("Reference", " PO-7 ")
    filled.key("Control+Enter")
    sent = filled.dialog("Sent already")
    sent.says("What you typed here and that order does not have is listed on its page.")
    sent.press("Open the sent order")
    typed = ["Reference: (empty) → PO-7", "Notes: (empty) → Ring the bell"]
    expect(filled.css("#notice-list li")).to_have_text(typed)
    filled.press("Change this order")
    expect(filled.field("For packing and delivery")).to_have_value("Ring the bell")
    filled.press("Save changes")
    expect(filled.button("Save changes")).to_be_hidden()
    assert [order["orderID"] for order in orders_of(admin_api, customer)] == [
        filled.page.url.rpartition("=")[2]
    ]
    order = admin_api.call("GET", f"/orders/{filled.page.url.rpartition('=')[2]}").document
    assert (order["reference"], order["notes"]) == ("PO-7", "Ring the bell")


def test_the_browser_asks_before_a_tab_with_unsent_work_closes(form: Tab) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    form.page.on("dialog", stay)
    form.reload()
    assert asked == []
    form.fill("Name", "Ann")
    form.reload()
    assert asked == ["beforeunload"]
    form.fill("Name", "")
    form.reload()
    assert asked == ["beforeunload"]
