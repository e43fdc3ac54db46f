"""What other tabs and other people do meanwhile: sign out elsewhere, erase the order one looks at."""

import re

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import PlaceOrder
from tests.browser.desk import Desk, Person

pytestmark = pytest.mark.browser


def test_signing_out_in_one_tab_ends_the_session_in_the_others(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    other = Desk(desk.page.context.new_page(), desk.site_url)
    other.sign_in(staff, "/new-order.html")
    desk.page.get_by_role("button", name="Sign out").click()
    expect(other.page.locator("#session-ended")).to_be_visible()
    assert other.page.evaluate("sessionStorage.getItem('order-desk:session')") is None


def test_an_order_that_was_erased_meanwhile_is_said_to_be_gone(
    desk: Desk, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    desk.sign_in(staff, f"/order.html?id={order['orderID']}")
    expect(desk.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert admin_api.call("DELETE", f"/orders/{order['orderID']}").status == 204
    desk.page.get_by_role("button", name=re.compile("packed", re.IGNORECASE)).click()
    expect(desk.page.locator("#order [data-when=missing]")).to_be_visible()


def test_a_callback_never_leads_to_another_site(desk: Desk, staff: Person) -> None:
    desk.goto("/orders.html")
    desk.page.wait_for_url("**/oauth2/authorize?**")
    desk.give_credentials(staff.email, staff.password)
    expect(desk.page.get_by_role("button", name="Sign out")).to_be_visible()
    desk.page.evaluate(
        """async () => {
            sessionStorage.clear();
            const page = document.querySelector("script[src]").src;
            const { signIn } = await import(new URL("../session.js", page));
            signIn("//elsewhere.example/");
        }"""
    )
    desk.give_credentials(staff.email, staff.password)
    expect(desk.page).to_have_url(f"{desk.site_url}/")
