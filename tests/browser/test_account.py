"""The account page: the signed-in person, the times of the session, and signing out everywhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import NEW_PASSWORD, Office, new_address, sign_up
from tests.browser.conftest import OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_account_page_shows_address_group_and_session_times(tab: Tab, staff: Person, admin: Person) -> None:
    tab.sign_in_on_hosted_page(staff)
    tab.follow(re.compile("Your account"))
    main = tab.inside("main")
    main.says(staff.email)
    main.says("Staff: see and handle orders.")
    began, ends = main.css("time").evaluate_all("times => times.map(time => Date.parse(time.dateTime))")
    assert ends - began == 12 * 3_600_000
    now = tab.evaluate("Date.now()")
    assert 0 <= now - began < 60_000
    tab.evaluate("sessionStorage.clear()")
    tab.sign_in(admin, "/account.html")
    main.says("Admin: see and handle orders, erase them, and manage accounts.")


def test_renewing_the_token_does_not_extend_the_session(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    times = tab.inside("main").css("time")
    read = "times => times.map(time => time.dateTime)"
    before = times.evaluate_all(read)
    tab.expire_token()
    with tab.page.expect_response("**/oauth2/token"):
        tab.reload()
    expect(times).to_have_count(2)
    assert times.evaluate_all(read) == before
    tab.fill("Current password", staff.password)
    tab.fill("New password", NEW_PASSWORD)
    tab.end_session()
    tab.press("Change password")
    tab.sees_dialog("Your session has ended")


def test_sign_out_everywhere_ends_other_browsers_at_their_next_renewal(
    tab: Tab, open_tab: OpenTab, office: Office
) -> None:
    person = office.employ()
    other = open_tab()
    other.sign_in(person, "/orders.html?status=placed")
    tab.sign_in(person, "/account.html")
    tab.press("Sign out everywhere")
    tab.sees_heading("You are signed out")
    assert tab.evaluate("sessionStorage.length") == 0
    other.expire_token()
    other.reload()
    other.arrives_at_sign_in()
    other.give_credentials(person.email, person.password)
    other.arrives_at("/orders.html?status=placed")


def test_failed_sign_out_everywhere_shows_an_error_on_the_page(tab: Tab, office: Office) -> None:
    tab.sign_in(office.employ(), "/account.html")
    with tab.offline():
        tab.press("Sign out everywhere")
        tab.sees_alert("cannot be reached")
    tab.sees_heading("Your account")


def refused_sign_up(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    sign_up(tab, "zoe", "short")
    expect(tab.error_summary()).to_be_visible()


def waiting_for_the_code(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    sign_up(tab, new_address())
    tab.sees_heading("Enter the code")


def forgotten_password(tab: Tab) -> None:
    tab.goto("/forgotten-password.html")
    tab.fill("E-mail", new_address())
    tab.press("Send the code")
    tab.sees_heading("Choose another password")


def refused_password_change(tab: Tab) -> None:
    tab.goto("/account.html")
    tab.press("Change password")
    expect(tab.error_summary()).to_be_visible()


def keyboard_dialog(tab: Tab) -> None:
    tab.goto("/account.html")
    tab.press("Show the keys")
    tab.sees_dialog("Keyboard")


def unreachable_server(tab: Tab) -> None:
    tab.goto("/account.html")
    tab.sees_heading("Your account")
    tab.evaluate("dispatchEvent(new Event('unreachable'))")
    expect(tab.find("status").filter(has_text="does not answer")).to_be_visible()


@pytest.mark.parametrize(
    "scene",
    [
        refused_sign_up,
        waiting_for_the_code,
        forgotten_password,
        refused_password_change,
        keyboard_dialog,
        unreachable_server,
    ],
    ids=lambda scene: scene.__name__,
)
def test_account_pages_are_accessible_and_fit_any_width(
    tab: Tab, staff: Person, scene: Callable[[Tab], None]
) -> None:
    tab.become(staff)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
