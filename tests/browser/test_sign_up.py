"""Creating an account: the form, its errors, the code from the mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import PASSWORD, Office, fail_cognito_call, new_address, sign_up
from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_new_person_signs_up_gets_access_and_sees_orders(
    tab: Tab, office: Office, read_code: Callable[[str], str]
) -> None:
    email = new_address()
    tab.goto("/signed-out.html")
    tab.follow("Create an account")
    sign_up(tab, email)
    expect(tab.heading("Enter the code")).to_be_focused()
    tab.inside("main").says(f"on its way to {email}.")
    tab.fill("Code", read_code(email))
    tab.key("Enter")
    tab.sees_heading("Your account is ready")
    tab.follow("Sign in")
    tab.give_credentials(email, PASSWORD)

    expect(tab.heading("No access yet")).to_be_focused()
    tab.inside("main").says(email)
    tab.sees_no("navigation")
    tab.press("Check again")
    tab.sees("Not yet.")

    office.let_in(email)
    tab.press("Check again")
    tab.sees_heading("Today")
    tab.inside(tab.find("navigation", "Main")).follow("Orders")
    tab.sees_orders()


def test_sign_up_errors_are_shown_at_their_fields(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    tab.press("Create account")
    tab.sees_errors(["E-mail is missing.", "Password is missing."])
    expect(tab.error_summary()).to_be_focused()
    sign_up(tab, "zoe")
    tab.sees_errors(["E-mail must be an address such as anna@shop.example."])
    sign_up(tab, new_address(), "short")
    expect(tab.error_at("password")).to_have_text(
        "Password is too weak. It needs at least 12 characters, "
        "with a capital letter, a small letter and a digit."
    )
    expect(tab.field("Password")).to_have_attribute("aria-invalid", "true")


def test_wrong_code_is_refused_and_another_can_be_sent(tab: Tab, read_code: Callable[[str], str]) -> None:
    email = new_address()
    tab.goto("/sign-up.html")
    sign_up(tab, email)
    tab.fill("Code", "000000")
    tab.press("Confirm")
    expect(tab.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    tab.press("Send a new code")
    tab.sees("a new one is on its way")
    expect(tab.error_summary()).to_be_hidden()
    code = read_code(email)
    tab.fill("Code", f" {code[:3]} {code[3:]} ")
    tab.press("Confirm")
    tab.sees_heading("Your account is ready")


def test_code_can_be_entered_after_a_reload_or_in_another_browser(
    tab: Tab, open_tab: OpenTab, read_code: Callable[[str], str]
) -> None:
    email = new_address()
    tab.goto("/sign-up.html")
    sign_up(tab, email)
    tab.sees_heading("Enter the code")
    tab.reload()
    tab.inside("main").says(f"on its way to {email}.")

    elsewhere = open_tab()  # as on a phone: Cognito knows the address, but this browser does not
    elsewhere.goto("/sign-up.html")
    sign_up(elsewhere, email)
    expect(elsewhere.error_at("email")).to_have_text("E-mail has an account already.")
    elsewhere.press("enter the code")
    elsewhere.fill("Code", read_code(email))
    elsewhere.press("Confirm")
    elsewhere.sees_heading("Your account is ready")

    tab.fill("Code", "000000")
    tab.press("Confirm")
    tab.sees_errors(["This account is confirmed already. Sign in."])


CODE_ERRORS = (
    ("ExpiredCodeException", "Code is no longer good. Have a new one sent."),
    ("LimitExceededException", "Too many attempts. Wait a quarter of an hour, then try again."),
    ("TooManyFailedAttemptsException", "Too many attempts. Wait a quarter of an hour, then try again."),
    ("CodeDeliveryFailureException", "The mail with the code could not be sent. Check the address."),
    ("InternalErrorException", "What Cognito says itself."),
)


def test_each_cognito_error_has_its_own_message(tab: Tab) -> None:
    """AWS returns these errors. The emulator never does."""
    tab.goto("/sign-up.html")
    sign_up(tab, new_address())
    tab.sees_heading("Enter the code")
    for error, message in CODE_ERRORS:
        fail_cognito_call(tab, "ConfirmSignUp", error)
        tab.fill("Code", "123456")
        with tab.page.expect_response(lambda answer: answer.status == 400):
            tab.press("Confirm")
        tab.sees_errors([message])


def test_sign_up_without_network_can_be_sent_again(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    with tab.offline():
        sign_up(tab, new_address())
        tab.sees_errors(["The sign-in service cannot be reached. Check the connection, then try again."])
    tab.press("Create account")
    tab.sees_heading("Enter the code")


def test_fields_have_autocomplete_values_for_password_managers(tab: Tab) -> None:
    """WCAG 1.3.5 requires these values. Password managers and phones use them too."""
    tab.goto("/sign-up.html")
    autocomplete = "fields => fields.map(field => [field.name, field.autocomplete])"
    assert tab.css("input[name]").evaluate_all(autocomplete) == [
        ["email", "username"],
        ["password", "new-password"],
        ["code", "one-time-code"],
    ]
    tab.goto("/forgotten-password.html")
    assert tab.css("input[name]").evaluate_all(autocomplete) == [
        ["email", "username"],
        ["email", "username"],
        ["code", "one-time-code"],
        ["password", "new-password"],
    ]


@pytest.mark.parametrize("page", ["sign-up", "forgotten-password"])
def test_form_waits_for_its_script_and_keeps_typed_text(tab: Tab, page: str) -> None:
    module = tab.hold(f"**/pages/{page}.js")
    tab.page.goto(f"{tab.site_url}/{page}.html", wait_until="commit")
    email = tab.field("E-mail")
    email.fill(address := new_address())
    for button in tab.css("form .button.primary").all():
        expect(button).to_be_disabled()
    email.press("Enter")
    tab.wait(200)
    expect(email).to_have_value(address)
    assert tab.page.url == f"{tab.site_url}/{page}.html"
    module[0].continue_()
    expect(tab.css("form .button.primary").first).to_be_enabled()
    expect(email).to_have_value(address)


def test_password_is_shown_only_on_request(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    password = tab.field("Password")
    expect(password).to_have_attribute("type", "password")
    tab.tick("Show the password")
    expect(password).to_have_attribute("type", "text")
