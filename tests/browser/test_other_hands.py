"""Changes by other tabs and other people: a sign-out, an edit, an erased order."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.accounts import revokes
from tests.browser.conftest import OpenTab, PlaceOrder, decided
from tests.browser.orders import address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_signing_out_in_one_tab_ends_the_session_in_the_others(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    other = Tab(tab.page.context.new_page(), tab.site_url)
    other.sign_in(staff, "/new-order.html")
    with other.page.expect_request(revokes):  # each tab revokes its own tokens
        tab.press("Sign out")
    expect(other.css("#session-ended")).to_be_visible()
    assert other.evaluate("sessionStorage.getItem('order-desk:session')") is None


def test_two_people_edit_one_order_and_lose_no_change(
    open_tab: OpenTab, staff: Person, admin: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(notes="Leave at the back door")
    first, second = open_tab(), open_tab()
    for one, person in ((first, staff), (second, admin)):
        one.sign_in(person, address(order))
        one.press("Edit")
    first.fill("Quantity of Browsertest bleach 5 L", "12")
    second.fill("For packing and delivery", "Front door")
    second.add_line("BT-HOSTILE", "3")
    second.press("Save changes")
    second.sees_heading("Timeline")
    first.press("Save changes")
    dialog = first.dialog("Someone else changed this order")
    dialog.says(admin.email)
    dialog.group("BT-HOSTILE").says("Now stored, added")
    dialog.press("Save what is chosen")  # for each value, the side that changed it is already chosen
    first.sees_heading("Timeline")
    stored = decided(admin_api, order["orderID"])
    assert stored["notes"] == "Front door"
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-BLEACH", 12),
        ("BT-GLOVES", 1),
        ("BT-HOSTILE", 3),
    ]
    assert [entry["by"] for entry in stored["history"][1:]] == [admin.email, staff.email]
    second.press("Mark as packed")  # this tab does not show the other tab's edit yet
    expect(second.css("#notice")).to_contain_text(f"{staff.email} changed this order")
    expect(second.css("#notice")).to_contain_text("Quantity 2 → Quantity 12")


def test_an_order_erased_by_someone_else_is_shown_as_missing(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    assert admin_api.call("DELETE", f"/orders/{order['orderID']}").status == 204
    tab.press(re.compile("packed", re.IGNORECASE))
    expect(tab.css("#order [data-when=missing]")).to_be_visible()


def test_signing_in_never_leads_to_another_site(tab: Tab, staff: Person) -> None:
    tab.goto("/orders.html")
    tab.arrives_at_sign_in()
    tab.give_credentials(staff.email, staff.password)
    tab.sees_button("Sign out")
    tab.evaluate(
        """() => {
            const page = document.querySelector("script[src]").src;
            import(new URL("../lib/session.js", page)).then(({ signIn }) => {
                sessionStorage.clear();
                signIn("//elsewhere.example/");
            });
        }"""
    )
    tab.give_credentials(staff.email, staff.password)
    tab.arrives_at("/")
