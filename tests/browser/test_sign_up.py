"""Creating an account: the form, its errors, the code from the mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accounts import PASSWORD, Office, an_address, heading, refuse, sign_up
from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_new_person_signs_up_gets_access_and_sees_orders(
    tab: Tab, office: Office, read_code: Callable[[str], str]
) -> None:
    email = an_address()
    tab.goto("/signed-out.html")
    tab.page.get_by_role("link", name="Create an account").click()
    sign_up(tab, email)
    heading(tab.page, "Enter the code").to_be_focused()
    expect(tab.page.get_by_role("main")).to_contain_text(f"on its way to {email}.")
    tab.page.get_by_label("Code").fill(read_code(email))
    tab.page.keyboard.press("Enter")
    heading(tab.page, "Your account is ready").to_be_visible()
    tab.page.get_by_role("link", name="Sign in").click()
    tab.give_credentials(email, PASSWORD)

    heading(tab.page, "No access yet").to_be_focused()
    expect(tab.page.get_by_role("main")).to_contain_text(email)
    expect(tab.page.get_by_role("navigation")).to_have_count(0)
    tab.page.get_by_role("button", name="Check again").click()
    expect(tab.page.get_by_text("Not yet.")).to_be_visible()

    office.let_in(email)
    tab.page.get_by_role("button", name="Check again").click()
    heading(tab.page, "Today").to_be_visible()
    tab.page.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()


def test_sign_up_errors_are_shown_at_their_fields(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    tab.page.get_by_role("button", name="Create account").click()
    assert tab.error_lines() == ["E-mail is missing.", "Password is missing."]
    expect(tab.page.locator("#error-summary")).to_be_focused()
    sign_up(tab, "zoe")
    assert tab.error_lines() == ["E-mail must be an address such as anna@shop.example."]
    sign_up(tab, an_address(), "short")
    expect(tab.error_at("password")).to_have_text(
        "Password is too weak. It needs at least 12 characters, "
        "with a capital letter, a small letter and a digit."
    )
    expect(tab.page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")


def test_wrong_code_is_refused_and_another_can_be_sent(tab: Tab, read_code: Callable[[str], str]) -> None:
    email = an_address()
    tab.goto("/sign-up.html")
    sign_up(tab, email)
    tab.page.get_by_label("Code").fill("000000")
    tab.page.get_by_role("button", name="Confirm").click()
    expect(tab.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    tab.page.get_by_role("button", name="Send a new code").click()
    expect(tab.page.get_by_text("a new one is on its way")).to_be_visible()
    expect(tab.page.locator("#error-summary")).to_be_hidden()
    tab.page.get_by_label("Code").fill(f" {read_code(email)} ")
    tab.page.get_by_role("button", name="Confirm").click()
    heading(tab.page, "Your account is ready").to_be_visible()


def test_code_can_be_entered_after_a_reload_or_elsewhere(
    tab: Tab, open_tab: OpenTab, read_code: Callable[[str], str]
) -> None:
    email = an_address()
    tab.goto("/sign-up.html")
    sign_up(tab, email)
    heading(tab.page, "Enter the code").to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_role("main")).to_contain_text(f"on its way to {email}.")

    elsewhere = open_tab()  # on the phone, say: Cognito knows the address, this browser does not
    elsewhere.goto("/sign-up.html")
    sign_up(elsewhere, email)
    expect(elsewhere.error_at("email")).to_have_text("E-mail has an account already.")
    elsewhere.page.get_by_role("button", name="enter the code").click()
    elsewhere.page.get_by_label("Code").fill(read_code(email))
    elsewhere.page.get_by_role("button", name="Confirm").click()
    heading(elsewhere.page, "Your account is ready").to_be_visible()

    tab.page.get_by_label("Code").fill("000000")
    tab.page.get_by_role("button", name="Confirm").click()
    assert tab.error_lines() == ["This account is confirmed already. Sign in."]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ExpiredCodeException", "Code is no longer good. Have a new one sent."),
        ("LimitExceededException", "Too many attempts. Wait a quarter of an hour, then try again."),
        ("TooManyFailedAttemptsException", "Too many attempts. Wait a quarter of an hour, then try again."),
        ("CodeDeliveryFailureException", "The mail with the code could not be sent. Check the address."),
        ("InternalErrorException", "What Cognito says itself."),
    ],
)
def test_each_cognito_error_has_its_own_message(tab: Tab, error: str, told: str) -> None:
    """What the emulator never says: the answer is AWS's, put in its place."""
    tab.goto("/sign-up.html")
    sign_up(tab, an_address())
    heading(tab.page, "Enter the code").to_be_visible()
    refuse(tab, "ConfirmSignUp", error)
    tab.page.get_by_label("Code").fill("123456")
    tab.page.get_by_role("button", name="Confirm").click()
    assert tab.error_lines() == [told]


def test_sign_up_without_network_can_be_sent_again(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    with tab.offline():
        sign_up(tab, an_address())
        assert tab.error_lines() == [
            "The sign-in service cannot be reached. Check the connection, then try again."
        ]
    tab.page.get_by_role("button", name="Create account").click()
    heading(tab.page, "Enter the code").to_be_visible()


def test_fields_have_autocomplete_values_for_password_managers(tab: Tab) -> None:
    """WCAG 1.3.5, and what password managers and phones go by."""
    tab.goto("/sign-up.html")
    fills = "fields => fields.map(field => [field.name, field.autocomplete])"
    assert tab.page.locator("input[name]").evaluate_all(fills) == [
        ["email", "username"],
        ["password", "new-password"],
        ["code", "one-time-code"],
    ]
    tab.goto("/forgotten-password.html")
    assert tab.page.locator("input[name]").evaluate_all(fills) == [
        ["email", "username"],
        ["email", "username"],
        ["code", "one-time-code"],
        ["password", "new-password"],
    ]


@pytest.mark.parametrize("page", ["sign-up", "forgotten-password"])
def test_form_waits_for_its_script_and_keeps_typed_text(tab: Tab, page: str) -> None:
    module: list[Route] = []
    tab.page.route(f"**/pages/{page}.js", lambda route: module.append(route))
    tab.page.goto(f"{tab.site_url}/{page}.html", wait_until="commit")
    email = tab.page.get_by_label("E-mail")
    email.fill(address := an_address())
    for button in tab.page.locator("form .button.primary").all():
        expect(button).to_be_disabled()
    email.press("Enter")
    tab.page.wait_for_timeout(200)
    expect(email).to_have_value(address)
    assert tab.page.url == f"{tab.site_url}/{page}.html"
    module[0].continue_()
    expect(tab.page.locator("form .button.primary").first).to_be_enabled()
    expect(email).to_have_value(address)


def test_password_is_shown_only_on_request(tab: Tab) -> None:
    tab.goto("/sign-up.html")
    password = tab.page.get_by_label("Password", exact=True)
    expect(password).to_have_attribute("type", "password")
    tab.page.get_by_label("Show the password").check()
    expect(password).to_have_attribute("type", "text")
