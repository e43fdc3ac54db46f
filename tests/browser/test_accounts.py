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
from tests.browser.conftest import Json, OpenDesk, PlaceOrder, wait_until_known
from tests.browser.desk import Desk, Person
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
def read_code(open_desk: OpenDesk) -> Callable[[str], str]:
    """Read the code in the latest mail to an address, as a person does: on the mailbox's page."""

    def read(address: str) -> str:
        mailbox = open_desk()
        mailbox.goto("/mailbox")
        mail = mailbox.page.locator("details").filter(has_text=f"to {address}").first
        mail.evaluate("mail => (mail.open = true)")
        found = re.search(r"\b\d{6}\b", mail.inner_text())
        assert found, mail.inner_text()
        return found[0]

    return read


def sign_up(desk: Desk, email: str, password: str = PASSWORD) -> None:
    """Fill the first step and send it."""
    desk.page.get_by_label("E-mail").fill(email)
    desk.page.get_by_label("Password", exact=True).fill(password)
    desk.page.get_by_role("button", name="Create account").click()


def heading(page: Page, name: str) -> Any:
    return expect(page.get_by_role("heading", name=name, exact=True))


# -- what holds for each of these pages


def a_refused_sign_up(desk: Desk) -> None:
    desk.goto("/sign-up.html")
    sign_up(desk, "zoe", "short")
    expect(desk.page.locator("#error-summary")).to_be_visible()


def an_awaited_code(desk: Desk) -> None:
    desk.goto("/sign-up.html")
    sign_up(desk, an_address())
    heading(desk.page, "Enter the code").to_be_visible()


def a_forgotten_password(desk: Desk) -> None:
    desk.goto("/forgotten-password.html")
    desk.page.get_by_label("E-mail").fill(an_address())
    desk.page.get_by_role("button", name="Send the code").click()
    heading(desk.page, "Choose another password").to_be_visible()


def an_account_of_ones_own(desk: Desk) -> None:
    desk.goto("/account.html")
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.page.locator("#error-summary")).to_be_visible()


def the_keys(desk: Desk) -> None:
    desk.goto("/account.html")
    desk.page.get_by_role("button", name="Show the keys").click()
    expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def a_lost_network(desk: Desk) -> None:
    desk.goto("/account.html")
    heading(desk.page, "Your account").to_be_visible()
    desk.page.evaluate("dispatchEvent(new Event('unreachable'))")
    expect(desk.page.get_by_role("status").filter(has_text="does not answer")).to_be_visible()


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
    desk: Desk, staff: Person, scene: Callable[[Desk], None]
) -> None:
    desk.sign_in(staff)
    scene(desk)
    assert_accessible(desk)
    assert_nothing_sticks_out(desk)


def test_no_access_page_is_accessible_and_fits_every_width(desk: Desk, office: Office) -> None:
    desk.sign_in(office.employ(group=None))
    heading(desk.page, "No access yet").to_be_visible()
    assert_accessible(desk)
    assert_nothing_sticks_out(desk)


# -- a new account


def test_new_person_signs_up_gets_access_and_sees_orders(
    desk: Desk, office: Office, read_code: Callable[[str], str]
) -> None:
    email = an_address()
    desk.goto("/signed-out.html")
    desk.page.get_by_role("link", name="Create an account").click()
    sign_up(desk, email)
    heading(desk.page, "Enter the code").to_be_focused()
    expect(desk.page.get_by_role("main")).to_contain_text(f"on its way to {email}.")
    desk.page.get_by_label("Code").fill(read_code(email))
    desk.page.keyboard.press("Enter")
    heading(desk.page, "Your account is ready").to_be_visible()
    desk.page.get_by_role("link", name="Sign in").click()
    desk.give_credentials(email, PASSWORD)

    heading(desk.page, "No access yet").to_be_focused()
    expect(desk.page.get_by_role("main")).to_contain_text(email)
    expect(desk.page.get_by_role("navigation")).to_have_count(0)
    desk.page.get_by_role("button", name="Check again").click()
    expect(desk.page.get_by_text("Not yet.")).to_be_visible()

    office.let_in(email)
    desk.page.get_by_role("button", name="Check again").click()
    heading(desk.page, "Today").to_be_visible()
    desk.page.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()


def test_sign_up_errors_are_shown_at_their_fields(desk: Desk) -> None:
    desk.goto("/sign-up.html")
    desk.page.get_by_role("button", name="Create account").click()
    assert desk.error_lines() == ["E-mail is missing.", "Password is missing."]
    expect(desk.page.locator("#error-summary")).to_be_focused()
    sign_up(desk, "zoe")
    assert desk.error_lines() == ["E-mail must be an address such as anna@shop.example."]
    sign_up(desk, an_address(), "short")
    expect(desk.error_at("password")).to_have_text(
        "Password is too weak. It needs at least 12 characters, "
        "with a capital letter, a small letter and a digit."
    )
    expect(desk.page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")


def test_wrong_code_is_refused_and_another_can_be_sent(desk: Desk, read_code: Callable[[str], str]) -> None:
    email = an_address()
    desk.goto("/sign-up.html")
    sign_up(desk, email)
    desk.page.get_by_label("Code").fill("000000")
    desk.page.get_by_role("button", name="Confirm").click()
    expect(desk.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    desk.page.get_by_role("button", name="Send a new code").click()
    expect(desk.page.get_by_text("a new one is on its way")).to_be_visible()
    expect(desk.page.locator("#error-summary")).to_be_hidden()
    desk.page.get_by_label("Code").fill(f" {read_code(email)} ")
    desk.page.get_by_role("button", name="Confirm").click()
    heading(desk.page, "Your account is ready").to_be_visible()


def test_code_can_be_entered_after_a_reload_or_elsewhere(
    desk: Desk, open_desk: OpenDesk, read_code: Callable[[str], str]
) -> None:
    email = an_address()
    desk.goto("/sign-up.html")
    sign_up(desk, email)
    heading(desk.page, "Enter the code").to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_role("main")).to_contain_text(f"on its way to {email}.")

    elsewhere = open_desk()  # on the phone, say: Cognito knows the address, this browser does not
    elsewhere.goto("/sign-up.html")
    sign_up(elsewhere, email)
    expect(elsewhere.error_at("email")).to_have_text("E-mail has an account already.")
    elsewhere.page.get_by_role("button", name="enter the code").click()
    elsewhere.page.get_by_label("Code").fill(read_code(email))
    elsewhere.page.get_by_role("button", name="Confirm").click()
    heading(elsewhere.page, "Your account is ready").to_be_visible()

    desk.page.get_by_label("Code").fill("000000")
    desk.page.get_by_role("button", name="Confirm").click()
    assert desk.error_lines() == ["This account is confirmed already. Sign in."]


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
def test_each_cognito_error_has_its_own_message(desk: Desk, error: str, told: str) -> None:
    """What the emulator never says: the answer is AWS's, put in its place."""
    desk.goto("/sign-up.html")
    sign_up(desk, an_address())
    heading(desk.page, "Enter the code").to_be_visible()
    refuse(desk, "ConfirmSignUp", error)
    desk.page.get_by_label("Code").fill("123456")
    desk.page.get_by_role("button", name="Confirm").click()
    assert desk.error_lines() == [told]


def test_sign_up_without_network_can_be_sent_again(desk: Desk) -> None:
    desk.goto("/sign-up.html")
    with desk.offline():
        sign_up(desk, an_address())
        assert desk.error_lines() == [
            "The sign-in service cannot be reached. Check the connection, then try again."
        ]
    desk.page.get_by_role("button", name="Create account").click()
    heading(desk.page, "Enter the code").to_be_visible()


def test_fields_have_autocomplete_values_for_password_managers(desk: Desk) -> None:
    """WCAG 1.3.5, and what password managers and phones go by."""
    desk.goto("/sign-up.html")
    fills = "fields => fields.map(field => [field.name, field.autocomplete])"
    assert desk.page.locator("input[name]").evaluate_all(fills) == [
        ["email", "username"],
        ["password", "new-password"],
        ["code", "one-time-code"],
    ]
    desk.goto("/forgotten-password.html")
    assert desk.page.locator("input[name]").evaluate_all(fills) == [
        ["email", "username"],
        ["email", "username"],
        ["code", "one-time-code"],
        ["password", "new-password"],
    ]


@pytest.mark.parametrize("page", ["sign-up", "forgotten-password"])
def test_form_waits_for_its_script_and_keeps_typed_text(desk: Desk, page: str) -> None:
    module: list[Route] = []
    desk.page.route(f"**/pages/{page}.js", lambda route: module.append(route))
    desk.page.goto(f"{desk.site_url}/{page}.html", wait_until="commit")
    email = desk.page.get_by_label("E-mail")
    email.fill(address := an_address())
    for button in desk.page.locator("form .button.primary").all():
        expect(button).to_be_disabled()
    email.press("Enter")
    desk.page.wait_for_timeout(200)
    expect(email).to_have_value(address)
    assert desk.page.url == f"{desk.site_url}/{page}.html"
    module[0].continue_()
    expect(desk.page.locator("form .button.primary").first).to_be_enabled()
    expect(email).to_have_value(address)


def test_password_is_shown_only_on_request(desk: Desk) -> None:
    desk.goto("/sign-up.html")
    password = desk.page.get_by_label("Password", exact=True)
    expect(password).to_have_attribute("type", "password")
    desk.page.get_by_label("Show the password").check()
    expect(password).to_have_attribute("type", "text")


# -- passwords


def test_forgotten_password_is_replaced_with_a_code(
    desk: Desk, office: Office, read_code: Callable[[str], str]
) -> None:
    person = office.employ()
    desk.goto("/signed-out.html")
    desk.page.get_by_role("link", name="Forgotten your password?").click()
    desk.page.get_by_label("E-mail").fill(person.email)
    desk.page.get_by_role("button", name="Send the code").click()
    heading(desk.page, "Choose another password").to_be_focused()
    desk.page.reload()  # after reading the mail in this tab, say
    expect(desk.page.get_by_text(person.email)).to_be_visible()
    desk.page.get_by_label("Code").fill("000000")
    desk.page.get_by_label("New password").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.error_at("code")).to_have_text("Code is not the one from the mail. The latest mail counts.")
    desk.page.get_by_label("Code").fill(read_code(person.email))
    desk.page.get_by_label("New password").fill("short")
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.error_at("password")).to_contain_text("New password is too weak. It needs at least 12")
    desk.page.get_by_label("New password").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Change password").click()
    heading(desk.page, "Your password is changed").to_be_visible()
    desk.page.get_by_role("link", name="Sign in").click()
    desk.give_credentials(person.email, person.password)
    expect(desk.page.get_by_text("Incorrect username or password")).to_be_visible()
    desk.page.get_by_label("Username").fill(person.email)
    desk.page.get_by_label("Password").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    heading(desk.page, "Today").to_be_visible()


def test_forgotten_password_never_reveals_whether_an_account_exists(desk: Desk, office: Office) -> None:
    seen = []
    for address in (office.employ().email, office.invite().email, an_address()):
        desk.goto("/forgotten-password.html")
        desk.page.get_by_label("E-mail").fill(address)
        desk.page.get_by_role("button", name="Send the code").click()
        heading(desk.page, "Choose another password").to_be_visible()
        desk.page.get_by_role("button", name="Send a new code").click()
        expect(desk.page.locator("#resent")).not_to_be_empty()
        desk.page.get_by_label("Code").fill("000000")
        desk.page.get_by_label("New password").fill(NEW_PASSWORD)
        desk.page.get_by_role("button", name="Change password").click()
        assert desk.error_lines() == ["Code is not the one from the mail. The latest mail counts."]
        seen.append(desk.page.get_by_role("main").inner_text().replace(address, "ADDRESS"))
        desk.page.get_by_role("button", name="Another address").click()
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
def test_cognito_errors_about_an_account_are_not_revealed(desk: Desk, error: str) -> None:
    """AWS says these of accounts that are not there, never used, or not confirmed; the emulator does not."""
    refuse(desk, "ForgotPassword", error)
    refuse(desk, "ConfirmForgotPassword", error)
    desk.goto("/forgotten-password.html")
    desk.page.get_by_label("E-mail").fill(an_address())
    desk.page.get_by_role("button", name="Send the code").click()
    heading(desk.page, "Choose another password").to_be_visible()
    desk.page.get_by_label("Code").fill("000000")
    desk.page.get_by_label("New password").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Change password").click()
    assert desk.error_lines() == ["Code is not the one from the mail. The latest mail counts."]


def test_first_sign_in_after_an_invitation_sets_a_new_password(desk: Desk, office: Office) -> None:
    person = office.invite()
    desk.goto("/orders.html?status=packed")
    desk.give_credentials(person.email, person.password)
    heading(desk.page, "Set a new password").to_be_visible()
    for password, told in (("short", "did not conform with policy"), (NEW_PASSWORD, None)):
        desk.page.get_by_label("New password", exact=True).fill(password)
        desk.page.get_by_label("Confirm new password").fill(password)
        desk.page.get_by_role("button", name="Update password").click()
        if told:
            expect(desk.page.get_by_text(told)).to_be_visible()
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html?status=packed")
    heading(desk.page, "Orders").to_be_visible()


def test_failed_sign_in_links_to_forgotten_password(desk: Desk) -> None:
    desk.goto("/callback.html?error=access_denied")
    heading(desk.page, "You could not be signed in").to_be_visible()
    desk.page.get_by_role("link", name="Forgotten your password?").click()
    heading(desk.page, "Forgotten password").to_be_visible()


# -- one's own account


def test_account_page_shows_address_group_and_session_times(desk: Desk, staff: Person, admin: Person) -> None:
    desk.sign_in(staff)
    desk.page.get_by_role("link", name=re.compile("Your account")).click()
    main = desk.page.get_by_role("main")
    expect(main).to_contain_text(staff.email)
    expect(main).to_contain_text("Staff: see and handle orders and products.")
    began, ends = main.locator("time").evaluate_all("times => times.map(time => Date.parse(time.dateTime))")
    assert ends - began == 12 * 3_600_000
    now = desk.page.evaluate("Date.now()")
    assert 0 <= now - began < 60_000
    desk.page.evaluate("sessionStorage.clear()")
    desk.sign_in(admin, "/account.html")
    expect(main).to_contain_text("Admin: see and handle orders and products, and erase them.")


def test_renewing_the_token_does_not_extend_the_session(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/account.html")
    times = "times => times.map(time => time.dateTime)"
    before = desk.page.get_by_role("main").locator("time").evaluate_all(times)
    desk.let_the_token_expire()
    with desk.page.expect_response("**/oauth2/token"):
        desk.page.reload()
    expect(desk.page.get_by_role("main").locator("time")).to_have_count(2)
    assert desk.page.get_by_role("main").locator("time").evaluate_all(times) == before
    desk.page.get_by_label("Present password").fill(staff.password)
    desk.page.get_by_label("New password").fill(NEW_PASSWORD)
    desk.end_session()
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()


def test_changing_the_password_needs_the_present_one(desk: Desk, office: Office) -> None:
    person = office.employ()
    desk.sign_in(person, "/account.html")
    desk.page.get_by_label("Present password").fill("not-it-1A-really")
    desk.page.get_by_label("New password").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.error_at("present")).to_have_text("Present password is not right.")
    desk.page.get_by_label("Present password").fill(person.password)
    desk.page.get_by_role("button", name="Change password").click()
    expect(desk.page.get_by_text("Your password is changed.")).to_be_visible()
    expect(desk.page.get_by_label("Present password")).to_have_value("")
    desk.page.get_by_role("button", name="Sign out here").click()
    heading(desk.page, "You are signed out").to_be_visible()
    desk.sign_in(Person(person.email, NEW_PASSWORD))


def test_sign_out_everywhere_ends_other_browsers_at_their_next_renewal(
    desk: Desk, open_desk: OpenDesk, office: Office
) -> None:
    person = office.employ()
    other = open_desk()
    other.sign_in(person, "/orders.html?status=placed")
    desk.sign_in(person, "/account.html")
    desk.page.get_by_role("button", name="Sign out everywhere").click()
    heading(desk.page, "You are signed out").to_be_visible()
    assert desk.page.evaluate("sessionStorage.length") == 0
    other.let_the_token_expire()
    other.page.reload()
    other.page.wait_for_url("**/oauth2/authorize?**")
    other.give_credentials(person.email, person.password)
    expect(other.page).to_have_url(f"{other.site_url}/orders.html?status=placed")


def test_failed_sign_out_everywhere_shows_an_error_and_stays(desk: Desk, office: Office) -> None:
    desk.sign_in(office.employ(), "/account.html")
    with desk.offline():
        desk.page.get_by_role("button", name="Sign out everywhere").click()
        expect(desk.page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    heading(desk.page, "Your account").to_be_visible()


def test_losing_access_while_working_shows_no_access(desk: Desk, office: Office) -> None:
    person = office.employ()
    desk.sign_in(person)
    office.shut_out(person.email)
    desk.let_the_token_expire()
    desk.page.get_by_role("link", name=re.compile("^Packed")).click()
    heading(desk.page, "No access yet").to_be_visible()
    expect(desk.page.locator("#order-rows a").first).to_be_hidden()


def pages_for_work() -> list[str]:
    """Every page that one has to be let in for."""
    signed_in = [
        page for page in TEMPLATES.glob("[!_]*.html") if '{% extends "base.html" %}' in page.read_text()
    ]
    return sorted(f"/{page.name}" for page in signed_in if page.name != "account.html")


@pytest.mark.parametrize("path", pages_for_work())
def test_every_page_shows_no_access_without_a_group(desk: Desk, office: Office, path: str) -> None:
    desk.goto(path)
    person = office.employ(group=None)
    desk.give_credentials(person.email, person.password)
    heading(desk.page, "No access yet").to_be_visible()
    expect(desk.page.get_by_role("alert")).to_have_count(0)
    expect(desk.page.get_by_role("main").get_by_role("heading")).to_have_count(1)
    desk.page.get_by_role("button", name="Sign out").click()
    heading(desk.page, "You are signed out").to_be_visible()


# -- keys


def test_question_mark_lists_keys_and_n_opens_a_new_order(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/account.html")
    desk.page.keyboard.press("?")
    listed = desk.page.get_by_role("dialog", name="Keyboard")
    expect(listed).to_contain_text("New order")
    desk.page.keyboard.press("n")
    expect(desk.page).to_have_url(f"{desk.site_url}/account.html")  # the dialog is open
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("n")
    expect(desk.page).to_have_url(f"{desk.site_url}/new-order.html")


def test_slash_opens_the_order_search_from_another_page(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/account.html")
    desk.page.get_by_role("heading", name="Your account", exact=True).click()
    desk.page.keyboard.press("/")
    expect(desk.page).to_have_url(f"{desk.site_url}/orders.html")
    search = desk.page.locator("[data-search]")
    expect(search).to_be_focused()
    expect(search).to_have_value("")


NOT_TAKEN = """(pressed) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...pressed }))"""


def test_keys_do_nothing_in_fields_or_with_modifiers(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff, "/account.html")
    desk.page.get_by_label("Present password").focus()
    desk.page.keyboard.type("n/?")
    expect(desk.page.get_by_label("Present password")).to_have_value("n/?")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.page.get_by_role("heading", name="Your account", exact=True).click()
    desk.page.evaluate("document.body.dispatchEvent(new Event('keydown', { bubbles: true }))")  # autofill
    for held in ("ctrlKey", "metaKey", "altKey"):
        assert desk.page.evaluate(NOT_TAKEN, {"key": "n", held: True}), held
    assert not desk.page.evaluate(NOT_TAKEN, {"key": "n"})


def test_single_keys_can_be_switched_off_and_on(desk: Desk, staff: Person) -> None:
    """WCAG 2.1.4: who dictates would press them by speaking."""
    desk.sign_in(staff, "/account.html")
    desk.page.get_by_role("button", name="Show the keys").click()
    expect(desk.page.get_by_label("Single keys work in this browser")).to_be_checked()
    desk.page.get_by_label("Single keys work in this browser").uncheck()
    desk.page.get_by_role("button", name="Close").click()
    desk.page.reload()
    heading(desk.page, "Your account").to_be_visible()
    expect(desk.page.locator("#account")).to_be_visible()
    desk.page.keyboard.press("?")
    desk.page.keyboard.press("n")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.page).to_have_url(f"{desk.site_url}/account.html")
    desk.page.get_by_role("button", name="Show the keys").click()
    expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    expect(desk.page.get_by_label("Single keys work in this browser")).not_to_be_checked()
    desk.page.get_by_label("Single keys work in this browser").check()
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


# -- the connection

WHERE = """() => [
    document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("body > :not(p)")].map((part) => part.getBoundingClientRect().y),
]"""


def test_offline_notice_moves_nothing_and_goes_once_online(desk: Desk, staff: Person) -> None:
    desk.page.set_viewport_size({"width": 1280, "height": 300})  # it scrolls, so that any more height shows
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    before = desk.page.evaluate(WHERE)
    banner = desk.page.get_by_role("status").filter(has_text="You are offline")
    with desk.offline():
        expect(banner).to_be_visible()
        assert desk.page.evaluate(WHERE) == before
        desk.page.locator("#order-rows a").first.click(trial=True)
    expect(banner).to_have_count(0)
    expect(desk.page.locator("#announcement")).to_have_text("You are connected again.")


def test_unreachable_server_is_shown_until_it_responds(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    desk.page.route(desk.site_url + "/**", lambda route: route.abort("connectionrefused"))
    desk.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = desk.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with desk.page.expect_request(lambda request: request.method == "HEAD"):
        expect(banner).to_be_visible()
    desk.page.unroute_all()
    expect(banner).to_have_count(0)
    expect(desk.page.locator("#order-rows a").first).to_be_visible()  # without "Try again"


def test_late_response_to_an_older_request_keeps_the_notice(desk: Desk, staff: Person) -> None:
    desk.sign_in(staff)
    older: list[Route] = []
    desk.page.route("**/api/reports/workload", lambda route: older.append(route))
    with desk.page.expect_request("**/api/reports/workload"):
        desk.page.reload()
    expect(desk.page.locator("#order-rows a").first).to_be_visible()
    desk.page.route(desk.site_url + "/**", lambda route: route.abort("connectionrefused"))
    desk.page.get_by_role("link", name=re.compile("^Packed")).click()
    banner = desk.page.get_by_role("status").filter(has_text="The server does not answer")
    expect(banner).to_be_visible()
    with desk.page.expect_response("**/api/reports/workload"):
        older[0].continue_()
    desk.page.wait_for_timeout(200)
    expect(banner).to_be_visible()


@pytest.mark.parametrize("page", ["today", "orders", "order", "customers", "customer"])
def test_failed_page_loads_once_the_connection_is_back(
    desk: Desk, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api, page: str
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer)
    path = {
        "today": "/",
        "order": f"/order.html?id={order['orderID']}",
        "customer": f"/customer.html?email={customer['email']}",
    }.get(page, f"/{page}.html")
    desk.sign_in(staff, "/account.html")
    failed = desk.page.get_by_role("alert").filter(has_text="The server cannot be reached")
    for by_itself in (True, False):
        desk.page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
        desk.goto(path)
        expect(failed).to_be_visible()
        asked = calls(desk)
        desk.page.unroute("**/api/**")
        if by_itself:
            with desk.offline():
                pass
        else:
            desk.page.get_by_role("button", name="Try again").click()
        expect(desk.page.get_by_role("main")).to_contain_text(
            order["orderID"][:8] if page != "customers" else customer["name"]
        )
        expect(failed).to_be_hidden()
        desk.settle()
        assert len(asked) == len(set(asked)) > 0, asked


def calls(desk: Desk) -> list[str]:
    """What the page asks the API from now on."""
    found: list[str] = []
    desk.page.on("request", lambda request: found.append(request.url) if "/api/" in request.url else None)
    return found


def refuse(desk: Desk, operation: str, error: str) -> None:
    """Let Cognito answer an operation with an error of AWS's."""
    answer = {"__type": f"com.amazonaws.cognito#{error}", "message": "What Cognito says itself."}

    def handle(route: Any) -> None:
        if route.request.headers.get("x-amz-target", "").endswith(f".{operation}"):
            route.fulfill(status=400, json=answer, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    desk.page.route("**/*", handle)
