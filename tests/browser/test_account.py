"""The account page: who is signed in, until when, and signing out everywhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import NEW_PASSWORD, Office, an_address, heading, sign_up
from tests.browser.conftest import OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_account_page_shows_address_group_and_session_times(tab: Tab, staff: Person, admin: Person) -> None:
    tab.sign_in(staff)
    tab.page.get_by_role("link", name=re.compile("Your account")).click()
    main = tab.page.get_by_role("main")
    expect(main).to_contain_text(staff.email)
    expect(main).to_contain_text("Staff: see and handle orders and products.")
    began, ends = main.locator("time").evaluate_all("times => times.map(time => Date.parse(time.dateTime))")
    assert ends - began == 12 * 3_600_000
    now = tab.page.evaluate("Date.now()")
    assert 0 <= now - began < 60_000
    tab.page.evaluate("sessionStorage.clear()")
    tab.sign_in(admin, "/account.html")
    expect(main).to_contain_text("Admin: see and handle orders and products, and erase them.")


def test_renewing_the_token_does_not_extend_the_session(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    times = "times => times.map(time => time.dateTime)"
    before = tab.page.get_by_role("main").locator("time").evaluate_all(times)
    tab.expire_token()
    with tab.page.expect_response("**/oauth2/token"):
        tab.page.reload()
    expect(tab.page.get_by_role("main").locator("time")).to_have_count(2)
    assert tab.page.get_by_role("main").locator("time").evaluate_all(times) == before
    tab.page.get_by_label("Present password").fill(staff.password)
    tab.page.get_by_label("New password").fill(NEW_PASSWORD)
    tab.end_session()
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()


def test_sign_out_everywhere_ends_other_browsers_at_their_next_renewal(
    tab: Tab, open_tab: OpenTab, office: Office
) -> None:
    person = office.employ()
    other = open_tab()
    other.sign_in(person, "/orders.html?status=placed")
    tab.sign_in(person, "/account.html")
    tab.page.get_by_role("button", name="Sign out everywhere").click()
    heading(tab.page, "You are signed out").to_be_visible()
    assert tab.page.evaluate("sessionStorage.length") == 0
    other.expire_token()
    other.page.reload()
    other.page.wait_for_url("**/oauth2/authorize?**")
    other.give_credentials(person.email, person.password)
    expect(other.page).to_have_url(f"{other.site_url}/orders.html?status=placed")


def test_failed_sign_out_everywhere_shows_an_error_and_stays(tab: Tab, office: Office) -> None:
    tab.sign_in(office.employ(), "/account.html")
    with tab.offline():
        tab.page.get_by_role("button", name="Sign out everywhere").click()
        expect(tab.page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    heading(tab.page, "Your account").to_be_visible()


def a_refused_sign_up(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    sign_up(tab, "zoe", "short")
    expect(tab.page.locator("#error-summary")).to_be_visible()


def an_awaited_code(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    sign_up(tab, an_address())
    heading(tab.page, "Enter the code").to_be_visible()


def a_forgotten_password(tab: Tab) -> None:
    tab.goto("/forgotten-password.html")
    tab.page.get_by_label("E-mail").fill(an_address())
    tab.page.get_by_role("button", name="Send the code").click()
    heading(tab.page, "Choose another password").to_be_visible()


def an_account_of_ones_own(tab: Tab) -> None:
    tab.goto("/account.html")
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.page.locator("#error-summary")).to_be_visible()


def the_keys(tab: Tab) -> None:
    tab.goto("/account.html")
    tab.page.get_by_role("button", name="Show the keys").click()
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def a_lost_network(tab: Tab) -> None:
    tab.goto("/account.html")
    heading(tab.page, "Your account").to_be_visible()
    tab.page.evaluate("dispatchEvent(new Event('unreachable'))")
    expect(tab.page.get_by_role("status").filter(has_text="does not answer")).to_be_visible()


@pytest.mark.parametrize(
    "scene",
    [
        a_refused_sign_up,
        an_awaited_code,
        a_forgotten_password,
        an_account_of_ones_own,
        the_keys,
        a_lost_network,
    ],
    ids=lambda scene: scene.__name__,
)
def test_account_pages_are_accessible_and_fit_every_width(
    tab: Tab, staff: Person, scene: Callable[[Tab], None]
) -> None:
    tab.sign_in(staff)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
