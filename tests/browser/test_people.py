"""The page on which admins manage accounts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.accounts import PASSWORD, Office, new_address, sign_up
from tests.browser.conftest import OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def open_person(tab: Tab, email: str) -> None:
    """Open the dialog of a person in the list."""
    tab.press(email)
    tab.sees_dialog(email)


def test_admin_invites_promotes_and_disables_a_colleague(tab: Tab, admin: Person) -> None:
    email = new_address()
    tab.sign_in(admin, "/account.html")
    tab.inside("main").follow("People")
    tab.press("Invite somebody")
    dialog = tab.dialog("Invite somebody")
    tab.press("Send the invitation")
    tab.sees_errors(["E-mail is missing."])
    assert_accessible(tab)
    tab.fill("E-mail", email)
    listed = tab.hold("**/api/people?*")  # the next invitation does not wait for the list
    tab.press("Send the invitation")
    dialog.says(f"The invitation to {email} is on its way.")
    expect(dialog.find("textbox", "Address of this site")).to_have_value(f"{tab.site_url}/")
    dialog.press("Invite another")
    tab.fill("E-mail", email)
    tab.press("Send the invitation")
    expect(tab.error_summary()).to_contain_text("this address has an account already, which is invited")
    listed[0].continue_()
    tab.let_through("**/api/people?*")
    dialog.press("Cancel")

    open_person(tab, email)
    dialog = tab.dialog(email)
    dialog.says(f"Invited on this page by {admin.email}")
    expect(dialog.css("#change-rows .event")).to_have_text(["Invited as Staff"])
    dialog.press("Send the invitation again")
    dialog.says("The invitation is on its way.")
    dialog.tick("Admin: also erase, and manage accounts")
    dialog.press("Save")
    dialog.says("Saved.")
    assert_accessible(tab)
    dialog.press("Disable")
    dialog.says("What is open stays usable for 16 minutes at most.")
    dialog.press("Back")
    expect(dialog.heading(email)).to_be_focused()
    dialog.press("Disable")
    dialog.press("Disable")
    dialog.says("Disabled.")
    dialog.text("Changes", exact=True).click()
    expect(dialog.css("#change-rows .event").first).to_have_text("Disabled")
    dialog.press("Enable")
    dialog.says("Enabled.")
    expect(dialog.heading(email)).to_be_focused()
    dialog.press("Disable")
    dialog.press("Disable")
    dialog.says("Disabled.")
    dialog.press("Close")
    expect(tab.button(email)).to_be_focused()
    cells = tab.find("row", email, exact=False).locator("td")
    expect(cells).to_have_text(["Admin, staff", "Disabled", "Last sign-in: –"])


def test_waiting_person_is_let_in_only_by_the_typed_address(
    tab: Tab, open_tab: OpenTab, admin: Person, read_code: Callable[[str], str]
) -> None:
    email = new_address()
    newcomer = open_tab()
    newcomer.goto("/sign-up.html")
    sign_up(newcomer, email)
    newcomer.fill("Code", read_code(email))
    newcomer.key("Enter")
    newcomer.sees_heading("Your account is ready")

    tab.sign_in(admin, f"/people.html?q={email[:12]}")
    open_person(tab, email)
    dialog = tab.dialog(email)
    dialog.says("Waits to be let in")
    dialog.tick("Staff: see and handle orders and the catalog")
    dialog.press("Save")
    expect(dialog.field("Type the e-mail address of the person you asked")).to_be_focused()
    assert_accessible(tab)
    dialog.press("Let in")
    dialog.says("This is another address than that of the account.")
    dialog.fill("Type the e-mail address of the person you asked", email.upper())
    dialog.press("Let in")
    dialog.says("Saved.")
    newcomer.sign_in(Person(email, PASSWORD), "/")
    newcomer.sees_heading("Latest orders")


def test_last_sign_in_is_shown_after_a_sign_in(
    tab: Tab, open_tab: OpenTab, admin: Person, admin_api: Api, office: Office
) -> None:
    person = office.employ()
    query = f"?q={person.email[:12]}"
    open_tab().sign_in_on_hosted_page(person)
    wait_for(lambda: "lastSignInAt" in admin_api.call("GET", f"/people{query}").document["people"][0])
    tab.sign_in(admin, f"/people.html{query}")
    row = tab.find("row", person.email, exact=False)
    expect(row).to_contain_text("Signed up, or made in AWS")
    expect(row.locator("time")).to_have_count(1)


@pytest.mark.parametrize(
    "answer", [lambda route: route.abort(), lambda _: None], ids=["failed", "unanswered"]
)
def test_a_sign_in_neither_waits_for_its_record_nor_fails_with_it(
    tab: Tab, office: Office, answer: Callable[[Route], None]
) -> None:
    tab.page.route("**/api/sign-ins", answer)
    tab.sign_in_on_hosted_page(office.employ())
    tab.sees_orders()


def test_own_account_and_groups_of_the_configuration_are_fixed(
    tab: Tab, admin: Person, staff: Person
) -> None:
    tab.sign_in(admin, "/people.html")
    open_person(tab, admin.email)
    dialog = tab.dialog(admin.email)
    dialog.says("You cannot take admin from yourself, so that one admin always remains.")
    expect(dialog.field("Admin: also erase, and manage accounts")).to_be_disabled()
    dialog.sees_no("button", "Disable")
    dialog.press("Close")
    open_person(tab, staff.email)
    dialog = tab.dialog(staff.email)
    dialog.says("The configuration gives Staff. It is taken away in staffEmails.")
    expect(dialog.field("Staff: see and handle orders and the catalog")).to_be_disabled()
    dialog.sees_button("Disable")


def test_states_of_the_page(tab: Tab, open_tab: OpenTab, admin: Person, staff: Person) -> None:
    tab.become(admin)
    assert_small_first_visit(tab, "/people.html")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.fill("Search people", "nobody-begins-so")
    tab.sees_heading("Nobody found")
    assert_accessible(tab)
    tab.follow("Show everybody")
    tab.sees_button(admin.email)
    tab.answer_error("**/api/people?**")
    tab.reload()
    tab.sees_heading("The accounts could not be loaded")
    tab.let_through("**/api/people?**")
    tab.press("Try again")
    open_person(tab, staff.email)
    tab.end_session()
    tab.dialog(staff.email).press("Sign out everywhere")
    tab.sees_dialog("Your session has ended")

    clerk, asked = open_tab(), []
    clerk.page.on("request", lambda request: asked.append(request.url))
    clerk.sign_in(staff, "/people.html")
    clerk.sees_heading("Only admins see who has an account")
    clerk.sees_no("button", "Invite somebody")
    assert not [url for url in asked if "/api/" in url]
    assert_accessible(clerk)
    clerk.goto("/account.html")
    clerk.sees_heading("Keyboard")
    clerk.sees_no("heading", "People")


def test_former_admin_sees_that_only_admins_see_accounts(tab: Tab, admin: Person) -> None:
    tab.answer("**/api/people?**", status=403, json={"error": {"code": "forbidden", "message": "No."}})
    tab.sign_in(admin, "/people.html")
    tab.sees_heading("Only admins see who has an account")
    tab.sees_no("button", "Invite somebody")
