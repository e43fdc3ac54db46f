"""Passwords: forgotten, set at the first sign-in, changed on the account page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import NEW_PASSWORD, Office, an_address, heading, refuse
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_forgotten_password_is_replaced_with_a_code(
    tab: Tab, office: Office, read_code: Callable[[str], str]
) -> None:
    person = office.employ()
    tab.goto("/signed-out.html")
    tab.page.get_by_role("link", name="Forgotten your password?").click()
    tab.page.get_by_label("E-mail").fill(person.email)
    tab.page.get_by_role("button", name="Send the code").click()
    heading(tab.page, "Choose another password").to_be_focused()
    tab.page.reload()  # after reading the mail in this tab, say
    expect(tab.page.get_by_text(person.email)).to_be_visible()
    tab.page.get_by_label("Code").fill("000000")
    tab.page.get_by_label("New password").fill(NEW_PASSWORD)
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    tab.page.get_by_label("Code").fill(read_code(person.email))
    tab.page.get_by_label("New password").fill("short")
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.error_at("password")).to_contain_text("New password is too weak. It needs at least 12")
    tab.page.get_by_label("New password").fill(NEW_PASSWORD)
    tab.page.get_by_role("button", name="Change password").click()
    heading(tab.page, "Your password is changed").to_be_visible()
    tab.page.get_by_role("link", name="Sign in").click()
    tab.give_credentials(person.email, person.password)
    expect(tab.page.get_by_text("Incorrect username or password")).to_be_visible()
    tab.page.get_by_label("Username").fill(person.email)
    tab.page.get_by_label("Password").fill(NEW_PASSWORD)
    tab.page.get_by_role("button", name="Sign in").click()
    heading(tab.page, "Today").to_be_visible()


def test_forgotten_password_never_reveals_whether_an_account_exists(tab: Tab, office: Office) -> None:
    seen = []
    for address in (office.employ().email, office.invite().email, an_address()):
        tab.goto("/forgotten-password.html")
        tab.page.get_by_label("E-mail").fill(address)
        tab.page.get_by_role("button", name="Send the code").click()
        heading(tab.page, "Choose another password").to_be_visible()
        tab.page.get_by_role("button", name="Send a new code").click()
        expect(tab.page.locator("#resent")).not_to_be_empty()
        tab.page.get_by_label("Code").fill("000000")
        tab.page.get_by_label("New password").fill(NEW_PASSWORD)
        tab.page.get_by_role("button", name="Change password").click()
        assert tab.error_lines() == ["Code is not the one from the mail. The latest mail counts."]
        seen.append(tab.page.get_by_role("main").inner_text().replace(address, "ADDRESS"))
        tab.page.get_by_role("button", name="Another address").click()
    assert seen == [seen[0]] * 3


@pytest.mark.parametrize(
    "error",
    [
        "InvalidParameterException",
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
    ],
)
def test_cognito_errors_about_an_account_are_not_revealed(tab: Tab, error: str) -> None:
    """AWS says these of accounts that are not there, never used, or not confirmed; the emulator does not."""
    refuse(tab, "ForgotPassword", error)
    refuse(tab, "ConfirmForgotPassword", error)
    tab.goto("/forgotten-password.html")
    tab.page.get_by_label("E-mail").fill(an_address())
    tab.page.get_by_role("button", name="Send the code").click()
    heading(tab.page, "Choose another password").to_be_visible()
    tab.page.get_by_label("Code").fill("000000")
    tab.page.get_by_label("New password").fill(NEW_PASSWORD)
    tab.page.get_by_role("button", name="Change password").click()
    assert tab.error_lines() == ["Code is not the one from the mail. The latest mail counts."]


def test_first_sign_in_after_an_invitation_sets_a_new_password(tab: Tab, office: Office) -> None:
    person = office.invite()
    tab.goto("/orders.html?status=packed")
    tab.give_credentials(person.email, person.password)
    heading(tab.page, "Set a new password").to_be_visible()
    for password, told in (("short", "did not conform with policy"), (NEW_PASSWORD, None)):
        tab.page.get_by_label("New password", exact=True).fill(password)
        tab.page.get_by_label("Confirm new password").fill(password)
        tab.page.get_by_role("button", name="Update password").click()
        if told:
            expect(tab.page.get_by_text(told)).to_be_visible()
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")
    heading(tab.page, "Orders").to_be_visible()


def test_failed_sign_in_links_to_forgotten_password(tab: Tab) -> None:
    tab.goto("/callback.html?error=access_denied")
    heading(tab.page, "You could not be signed in").to_be_visible()
    tab.page.get_by_role("link", name="Forgotten your password?").click()
    heading(tab.page, "Forgotten password").to_be_visible()


def test_changing_the_password_needs_the_present_one(tab: Tab, office: Office) -> None:
    person = office.employ()
    tab.sign_in(person, "/account.html")
    tab.page.get_by_label("Present password").fill("not-it-1A-really")
    tab.page.get_by_label("New password").fill(NEW_PASSWORD)
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.error_at("present")).to_have_text("Present password is not right.")
    tab.page.get_by_label("Present password").fill(person.password)
    tab.page.get_by_role("button", name="Change password").click()
    expect(tab.page.get_by_text("Your password is changed.")).to_be_visible()
    expect(tab.page.get_by_label("Present password")).to_have_value("")
    tab.page.get_by_role("button", name="Sign out here").click()
    heading(tab.page, "You are signed out").to_be_visible()
    tab.sign_in(Person(person.email, NEW_PASSWORD))
