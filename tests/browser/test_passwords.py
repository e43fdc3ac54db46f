"""Passwords: forgotten, set at the first sign-in, changed on the account page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import NEW_PASSWORD, Office, fail_cognito_call, new_address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_forgotten_password_is_replaced_with_a_code(
    tab: Tab, office: Office, read_code: Callable[[str], str]
) -> None:
    person = office.employ()
    tab.goto("/signed-out.html")
    tab.follow("Forgotten your password?")
    tab.fill("E-mail", person.email)
    tab.press("Send the code")
    expect(tab.heading("Choose another password")).to_be_focused()
    tab.reload()  # as if the person had read the mail in this tab and returned
    tab.sees(person.email)
    tab.fill("Code", "000000")
    tab.fill("New password", NEW_PASSWORD)
    tab.press("Change password")
    expect(tab.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    tab.fill("Code", read_code(person.email))
    tab.fill("New password", "short")
    tab.press("Change password")
    expect(tab.error_at("password")).to_contain_text("New password is too weak. It needs at least 12")
    tab.fill("New password", NEW_PASSWORD)
    tab.press("Change password")
    tab.sees_heading("Your password is changed")
    tab.follow("Sign in")
    tab.give_credentials(person.email, person.password)
    tab.sees("Incorrect username or password")
    tab.fill("Username", person.email)
    tab.fill("Password", NEW_PASSWORD)
    tab.press("Sign in")
    tab.sees_heading("Today")


def test_forgotten_password_never_reveals_whether_an_account_exists(tab: Tab, office: Office) -> None:
    seen = []
    for address in (office.employ().email, office.invite().email, new_address()):
        tab.goto("/forgotten-password.html")
        tab.fill("E-mail", address)
        tab.press("Send the code")
        tab.sees_heading("Choose another password")
        tab.press("Send a new code")
        expect(tab.css("#resent")).not_to_be_empty()
        tab.fill("Code", "000000")
        tab.fill("New password", NEW_PASSWORD)
        tab.press("Change password")
        tab.sees_errors(["Code is not the one from the mail. The latest mail counts."])
        seen.append(tab.inside("main").locator.inner_text().replace(address, "ADDRESS"))
        tab.press("Another address")
    assert seen == [seen[0]] * 3


ACCOUNT_ERRORS = (
    "InvalidParameterException", "NotAuthorizedException", "UserNotFoundException",
    "UserNotConfirmedException",
)  # fmt: skip


def test_cognito_errors_about_an_account_are_not_revealed(tab: Tab) -> None:
    """AWS returns these errors for missing, unused and unconfirmed accounts. The emulator never does."""
    tab.goto("/forgotten-password.html")
    for error in ACCOUNT_ERRORS:
        fail_cognito_call(tab, "ForgotPassword", error)
        fail_cognito_call(tab, "ConfirmForgotPassword", error)
        tab.fill("E-mail", new_address())
        tab.press("Send the code")
        tab.sees_heading("Choose another password")
        tab.fill("Code", "000000")
        tab.fill("New password", NEW_PASSWORD)
        tab.press("Change password")
        tab.sees_errors(["Code is not the one from the mail. The latest mail counts."])
        tab.press("Another address")


def test_first_sign_in_after_an_invitation_sets_a_new_password(tab: Tab, office: Office) -> None:
    person = office.invite()
    tab.goto("/orders.html?status=packed")
    tab.give_credentials(person.email, person.password)
    tab.sees_heading("Set a new password")
    for password, error in (("short", "did not conform with policy"), (NEW_PASSWORD, None)):
        tab.fill("New password", password)
        tab.fill("Confirm new password", password)
        tab.press("Update password")
        if error:
            tab.sees(error)
    tab.arrives_at("/orders.html?status=packed")
    tab.sees_heading("Orders")


def test_failed_sign_in_links_to_forgotten_password(tab: Tab) -> None:
    tab.goto("/callback.html?error=access_denied")
    tab.sees_heading("You could not be signed in")
    tab.follow("Forgotten your password?")
    tab.sees_heading("Forgotten password")


def test_changing_the_password_needs_the_present_one(tab: Tab, office: Office) -> None:
    person = office.employ()
    tab.sign_in(person, "/account.html")
    tab.fill("Current password", "not-it-1A-really")
    tab.fill("New password", NEW_PASSWORD)
    tab.press("Change password")
    expect(tab.error_at("present")).to_have_text("Current password is not right.")
    tab.fill("Current password", person.password)
    tab.press("Change password")
    tab.sees("Your password is changed.")
    expect(tab.field("Current password")).to_have_value("")
    tab.press("Sign out here")
    tab.sees_heading("You are signed out")
    tab.sign_in_on_hosted_page(Person(person.email, NEW_PASSWORD))
