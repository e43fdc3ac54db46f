"""Accounts as people have them: made, let in, forgotten, ended; and what the keys and the connection do."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from components.site_files import TEMPLATES
from local import emulator
from local.api import Api
from tests.browser.conftest import Json, OpenTab, PlaceOrder, wait_until_known
from tests.browser.tab import Person, Tab
from tests.browser.test_design import assert_accessible, assert_nothing_sticks_out

pytestmark = pytest.mark.browser

PASSWORD = "Mop-and-bucket-1"
NEW_PASSWORD = "Bucket-and-mop-2"


class Office:
    """The shop's admin at AWS's own tools."""

    def __init__(self, outputs: Json) -> None:
        self._cognito = emulator.client("cognito-idp", outputs["local"]["endpointUrl"], outputs["region"])
        self._pool = outputs["userPoolId"]

    def let_in(self, email: str, group: str = "staff") -> None:
        """As docs/operate.md says."""
        self._cognito.admin_add_user_to_group(UserPoolId=self._pool, Username=email, GroupName=group)

    def invite(self, group: str | None = "staff") -> Person:
        """An account with a first password that works once."""
        person = Person(an_address(), "First-password-1")
        attributes = [{"Name": "email", "Value": person.email}, {"Name": "email_verified", "Value": "true"}]
        account = {"UserPoolId": self._pool, "Username": person.email}
        self._cognito.admin_create_user(
            **account, UserAttributes=attributes, TemporaryPassword=person.password
        )
        if group:
            self.let_in(person.email, group)
        return person

    def shut_out(self, email: str, group: str = "staff") -> None:
        """Out of the group again."""
        self._cognito.admin_remove_user_from_group(UserPoolId=self._pool, Username=email, GroupName=group)

    def employ(self, group: str | None = "staff") -> Person:
        """An account that has been used."""
        person = self.invite(group)
        self._cognito.admin_set_user_password(
            UserPoolId=self._pool, Username=person.email, Password=PASSWORD, Permanent=True
        )
        return Person(person.email, PASSWORD)


def an_address() -> str:
    return f"zoe-{uuid.uuid4().hex[:12]}@shop.example"


@pytest.fixture
def office(outputs: Json) -> Office:
    return Office(outputs)


@pytest.fixture
def read_code(open_tab: OpenTab) -> Callable[[str], str]:
    """Read the code in the latest mail to an address, as a person does: on the mailbox's page."""

    def read(address: str) -> str:
        mailbox = open_tab()
        mailbox.goto("/mailbox")
        mail = mailbox.page.locator("details").filter(has_text=f"to {address}").first
        mail.evaluate("mail => (mail.open = true)")
        found = re.search(r"\b\d{6}\b", mail.inner_text())
        assert found, mail.inner_text()
        return found[0]

    return read


def sign_up(tab: Tab, email: str, password: str = PASSWORD) -> None:
    """Fill the first step and send it."""
    tab.page.get_by_label("E-mail").fill(email)
    tab.page.get_by_label("Password", exact=True).fill(password)
    tab.page.get_by_role("button", name="Create account").click()


def heading(page: Page, name: str) -> Any:
    return expect(page.get_by_role("heading", name=name, exact=True))


# -- what holds for each of these pages


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


def test_no_access_page_is_accessible_and_fits_every_width(tab: Tab, office: Office) -> None:
    tab.sign_in(office.employ(group=None))
    heading(tab.page, "No access yet").to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


# -- a new account


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


# -- passwords


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


# -- one's own account


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


def test_losing_access_while_working_shows_no_access(tab: Tab, office: Office) -> None:
    person = office.employ()
    tab.sign_in(person)
    office.shut_out(person.email)
    tab.expire_token()
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    heading(tab.page, "No access yet").to_be_visible()
    expect(tab.page.locator("#order-rows a").first).to_be_hidden()


def pages_for_work() -> list[str]:
    """Every page that one has to be let in for."""
    signed_in = [
        page for page in TEMPLATES.glob("[!_]*.html") if '{% extends "base.html" %}' in page.read_text()
    ]
    return sorted(f"/{page.name}" for page in signed_in if page.name != "account.html")


@pytest.mark.parametrize("path", pages_for_work())
def test_every_page_shows_no_access_without_a_group(tab: Tab, office: Office, path: str) -> None:
    tab.goto(path)
    person = office.employ(group=None)
    tab.give_credentials(person.email, person.password)
    heading(tab.page, "No access yet").to_be_visible()
    expect(tab.page.get_by_role("alert")).to_have_count(0)
    expect(tab.page.get_by_role("main").get_by_role("heading")).to_have_count(1)
    tab.page.get_by_role("button", name="Sign out").click()
    heading(tab.page, "You are signed out").to_be_visible()


# -- keys


def test_question_mark_lists_keys_and_n_opens_a_new_order(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.keyboard.press("?")
    listed = tab.page.get_by_role("dialog", name="Keyboard")
    expect(listed).to_contain_text("New order")
    tab.page.keyboard.press("n")
    expect(tab.page).to_have_url(f"{tab.site_url}/account.html")  # the dialog is open
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("n")
    expect(tab.page).to_have_url(f"{tab.site_url}/new-order.html")


def test_slash_opens_the_order_search_from_another_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_role("heading", name="Your account", exact=True).click()
    tab.page.keyboard.press("/")
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html")
    search = tab.page.locator("[data-search]")
    expect(search).to_be_focused()
    expect(search).to_have_value("")


NOT_TAKEN = """(pressed) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...pressed }))"""


def test_keys_do_nothing_in_fields_or_with_modifiers(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_label("Present password").focus()
    tab.page.keyboard.type("n/?")
    expect(tab.page.get_by_label("Present password")).to_have_value("n/?")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.page.get_by_role("heading", name="Your account", exact=True).click()
    tab.page.evaluate("document.body.dispatchEvent(new Event('keydown', { bubbles: true }))")  # autofill
    for held in ("ctrlKey", "metaKey", "altKey"):
        assert tab.page.evaluate(NOT_TAKEN, {"key": "n", held: True}), held
    assert not tab.page.evaluate(NOT_TAKEN, {"key": "n"})


def test_single_keys_can_be_switched_off_and_on(tab: Tab, staff: Person) -> None:
    """WCAG 2.1.4: who dictates would press them by speaking."""
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_role("button", name="Show the keys").click()
    expect(tab.page.get_by_label("Single keys work in this browser")).to_be_checked()
    tab.page.get_by_label("Single keys work in this browser").uncheck()
    tab.page.get_by_role("button", name="Close").click()
    tab.page.reload()
    heading(tab.page, "Your account").to_be_visible()
    expect(tab.page.locator("#account")).to_be_visible()
    tab.page.keyboard.press("?")
    tab.page.keyboard.press("n")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    expect(tab.page).to_have_url(f"{tab.site_url}/account.html")
    tab.page.get_by_role("button", name="Show the keys").click()
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    expect(tab.page.get_by_label("Single keys work in this browser")).not_to_be_checked()
    tab.page.get_by_label("Single keys work in this browser").check()
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


# -- the connection

WHERE = """() => [
    document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("body > :not(p)")].map((part) => part.getBoundingClientRect().y),
]"""


def test_offline_notice_moves_nothing_and_goes_once_online(tab: Tab, staff: Person) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 300})  # it scrolls, so that any more height shows
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    before = tab.page.evaluate(WHERE)
    banner = tab.page.get_by_role("status").filter(has_text="You are offline")
    with tab.offline():
        expect(banner).to_be_visible()
        assert tab.page.evaluate(WHERE) == before
        tab.page.locator("#order-rows a").first.click(trial=True)
    expect(banner).to_have_count(0)
    expect(tab.page.locator("#announcement")).to_have_text("You are connected again.")


def test_unreachable_server_is_shown_until_it_responds(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.route(tab.site_url + "/**", lambda route: route.abort("connectionrefused"))
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = tab.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_request(lambda request: request.method == "HEAD"):
        expect(banner).to_be_visible()
    tab.page.unroute_all()
    expect(banner).to_have_count(0)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()  # without "Try again"


def test_late_response_to_an_older_request_keeps_the_notice(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    older: list[Route] = []
    tab.page.route("**/api/reports/workload", lambda route: older.append(route))
    with tab.page.expect_request("**/api/reports/workload"):
        tab.page.reload()
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.route(tab.site_url + "/**", lambda route: route.abort("connectionrefused"))
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = tab.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with tab.page.expect_response("**/api/reports/workload"):
        older[0].continue_()
    tab.page.wait_for_timeout(200)
    expect(banner).to_be_visible()


@pytest.mark.parametrize("page", ["today", "orders", "order", "customers", "customer"])
def test_failed_page_loads_once_the_connection_is_back(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api, page: str
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer)
    path = {
        "today": "/",
        "order": f"/order.html?id={order['orderID']}",
        "customer": f"/customer.html?email={customer['email']}",
    }.get(page, f"/{page}.html")
    tab.sign_in(staff, "/account.html")
    failed = tab.page.get_by_role("alert").filter(has_text="The server cannot be reached")
    for by_itself in (True, False):
        tab.page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
        tab.goto(path)
        expect(failed).to_be_visible()
        asked = calls(tab)
        tab.page.unroute("**/api/**")
        if by_itself:
            with tab.offline():
                pass
        else:
            tab.page.get_by_role("button", name="Try again").click()
        expect(tab.page.get_by_role("main")).to_contain_text(
            order["orderID"][:8] if page != "customers" else customer["name"]
        )
        expect(failed).to_be_hidden()
        tab.settle()
        assert len(asked) == len(set(asked)) > 0, asked


def calls(tab: Tab) -> list[str]:
    """What the page asks the API from now on."""
    found: list[str] = []
    tab.page.on("request", lambda request: found.append(request.url) if "/api/" in request.url else None)
    return found


def refuse(tab: Tab, operation: str, error: str) -> None:
    """Let Cognito answer an operation with an error of AWS's."""
    answer = {"__type": f"com.amazonaws.cognito#{error}", "message": "What Cognito says itself."}

    def handle(route: Any) -> None:
        if route.request.headers.get("x-amz-target", "").endswith(f".{operation}"):
            route.fulfill(status=400, json=answer, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    tab.page.route("**/*", handle)
