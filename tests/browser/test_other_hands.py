"""What other tabs and other people do meanwhile: sign out elsewhere, erase the order one looks at."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import OpenTab, PlaceOrder, decided
from tests.browser.tab import Person, Tab
from tests.browser.test_sign_in import revokes

pytestmark = pytest.mark.browser


def test_signing_out_in_one_tab_ends_the_session_in_the_others(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    other = Tab(tab.page.context.new_page(), tab.site_url)
    other.sign_in(staff, "/new-order.html")
    with other.page.expect_request(revokes):  # each tab has tokens of its own
        tab.page.get_by_role("button", name="Sign out").click()
    expect(other.page.locator("#session-ended")).to_be_visible()
    assert other.page.evaluate("sessionStorage.getItem('order-desk:session')") is None


def test_two_people_at_two_desks_edit_one_order_and_nothing_of_either_is_lost(
    open_tab: OpenTab, staff: Person, admin: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(notes="Leave at the back door")
    first, second = open_tab(), open_tab()
    for one, person in ((first, staff), (second, admin)):
        one.sign_in(person, f"/order.html?id={order['orderID']}")
        one.page.get_by_role("button", name="Edit").click()
    first.page.get_by_label("Quantity of Browsertest bleach 5 L").fill("12")
    second.page.get_by_label("For packing and delivery").fill("Front door")
    second.add_line("BT-HOSTILE", "3")
    second.page.get_by_role("button", name="Save changes").click()
    expect(second.page.get_by_role("heading", name="Timeline")).to_be_visible()
    first.page.get_by_role("button", name="Save changes").click()
    dialog = first.page.get_by_role("dialog", name="Someone else changed this order")
    expect(dialog).to_contain_text(admin.email)
    expect(dialog.get_by_role("group", name="BT-HOSTILE")).to_contain_text("Now stored, added")
    dialog.get_by_role("button", name="Save what is chosen").click()  # each side's own changes are suggested
    expect(first.page.get_by_role("heading", name="Timeline")).to_be_visible()
    stored = decided(admin_api, order["orderID"])
    assert stored["notes"] == "Front door"
    assert [(item["sku"], item["quantity"]) for item in stored["items"]] == [
        ("BT-BLEACH", 12),
        ("BT-GLOVES", 1),
        ("BT-HOSTILE", 3),
    ]
    assert [entry["by"] for entry in stored["history"][1:]] == [admin.email, staff.email]
    second.page.get_by_role("button", name="Mark as packed").click()  # on what they saw last
    expect(second.page.locator("#notice")).to_contain_text(f"{staff.email} changed this order")
    expect(second.page.locator("#notice")).to_contain_text("Quantity 2 → Quantity 12")


def test_an_order_that_was_erased_meanwhile_is_said_to_be_gone(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert admin_api.call("DELETE", f"/orders/{order['orderID']}").status == 204
    tab.page.get_by_role("button", name=re.compile("packed", re.IGNORECASE)).click()
    expect(tab.page.locator("#order [data-when=missing]")).to_be_visible()


def test_a_callback_never_leads_to_another_site(tab: Tab, staff: Person) -> None:
    tab.goto("/orders.html")
    tab.page.wait_for_url("**/oauth2/authorize?**")
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page.get_by_role("button", name="Sign out")).to_be_visible()
    tab.page.evaluate(
        """async () => {
            sessionStorage.clear();
            const page = document.querySelector("script[src]").src;
            const { signIn } = await import(new URL("../lib/session.js", page));
            signIn("//elsewhere.example/");
        }"""
    )
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page).to_have_url(f"{tab.site_url}/")
