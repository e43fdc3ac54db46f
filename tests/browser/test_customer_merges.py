"""A customer is merged into another one, on the customer's page."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, new_customer, orders_of, placed, wait_until_known
from tests.browser.looks import assert_accessible
from tests.browser.orders import address, move_elsewhere, wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def note(api: Api, customer: Json, text: str) -> None:
    path = f"/customers/{customer['email']}"
    assert api.call("PATCH", path, {"note": text}, {"If-Match": "*"}).status == 200


@pytest.fixture
def pair(admin_api: Api) -> tuple[Json, Json]:
    """A customer with three orders, and the same person with one order under another address."""
    old, kept = new_customer() | {"name": "Maria Old", "phone": "020 1"}, new_customer()
    orders = [placed(admin_api, old) for _ in range(3)]
    for status in ("packed", "shipped", "delivered"):
        move_elsewhere(admin_api, orders[0], status)
    placed(admin_api, kept)
    for customer, count in ((old, 3), (kept, 1)):
        wait_until_known(admin_api, customer, orders=count)
        note(admin_api, customer, f"note of {customer['name']}")
    return old, kept


def choose(tab: Tab, customer: Json) -> None:
    tab.press("Merge into another customer …")
    tab.fill("The customer who stays", customer["email"])
    tab.option(customer["email"]).click()


def test_a_merge_goes_on_after_a_fault_and_leads_to_the_other_customer(
    tab: Tab, admin: Person, admin_api: Api, pair: tuple[Json, Json]
) -> None:
    old, kept = pair
    first, _, last = orders_of(admin_api, old)
    tab.sign_in(admin, f"/customer.html?email={old['email']}")
    choose(tab, kept)
    dialog = tab.dialog("Merge into another customer")
    dialog.says("Maria Old")
    dialog.says("3 orders, £62.91")
    assert_accessible(tab)
    tab.answer_error(f"**/api/orders/{first['orderID']}")
    dialog.press("Move 3 orders")
    failures = dialog.css("#merge-failures li")
    expect(failures).to_have_count(1)
    expect(failures).to_contain_text("Try later")
    dialog.says("2 of 3 orders moved to Maria Okafor.")
    assert_accessible(tab)
    tab.let_through(f"**/api/orders/{first['orderID']}")
    dialog.press("Go on")
    tab.arrives_at(f"/customer.html?email={kept['email'].replace('@', '%40')}")
    wait_until_known(admin_api, kept, orders=4, sales=4)
    merged = admin_api.call("GET", f"/customers/{kept['email']}").document
    assert merged["note"] == "note of Maria Okafor\nnote of Maria Old"
    wait_for(lambda: admin_api.call("GET", f"/customers/{old['email']}").status == 404)
    tab.goto(address(last))
    expect(tab.css(".timeline .event").first).to_have_text("Given to another customer")
    tab.sees(f"E-mail: {old['email']} → {kept['email']}")
    tab.sees("020 1")


def test_a_stopped_merge_is_taken_up_again_later(
    tab: Tab, admin: Person, admin_api: Api, pair: tuple[Json, Json]
) -> None:
    old, kept = pair
    tab.sign_in(admin, f"/customer.html?email={old['email']}")
    choose(tab, kept)
    dialog = tab.dialog("Merge into another customer")
    held = tab.hold("**/api/orders?*")
    with tab.page.expect_request("**/api/orders?*"):
        dialog.press("Move 3 orders")
    dialog.press("Stop")
    held[0].continue_()
    dialog.says("0 of 3 orders moved")
    tab.let_through("**/api/orders?*")
    dialog.press("Close")
    choose(tab, kept)
    dialog.press("Move 3 orders")
    tab.arrives_at(f"/customer.html?email={kept['email'].replace('@', '%40')}")
    wait_until_known(admin_api, kept, orders=4)
    assert orders_of(admin_api, old) == []


def test_nobody_is_merged_into_themselves_and_staff_merge_nobody(
    tab: Tab, admin: Person, staff: Person, pair: tuple[Json, Json]
) -> None:
    old, _ = pair
    tab.sign_in(admin, f"/customer.html?email={old['email']}")
    choose(tab, old)
    tab.sees_alert("This is the same customer.")
    tab.sees_no("button", "Move 3 orders")
    tab.key("Escape")
    tab.become(staff)
    tab.reload()
    tab.goto(f"/customer.html?email={old['email']}")
    tab.sees_button("Edit note")
    tab.sees_no("button", "Merge into another customer")
