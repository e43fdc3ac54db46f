"""The note on a customer: written on the customer's page, and shown wherever their orders are."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, OpenTab, PlaceOrder, wait_until_known
from tests.browser.orders import address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

NOTE = "Pays late.\nRing before delivery"


def write_note(tab: Tab, text: str) -> None:
    tab.press("Write a note")
    tab.fill("What colleagues should know", text)
    tab.press("Save note")


def test_a_note_is_written_and_shown_where_the_customer_is(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer, orders=1)
    tab.sign_in(staff, f"/customer.html?email={customer['email']}")
    write_note(tab, NOTE)
    card = tab.css("#note-card")
    expect(card).to_contain_text("Pays late.")
    expect(card).to_contain_text(f"By {staff.email}")
    tab.goto(address(order))
    expect(tab.css("#order-note")).to_have_text("Note: " + NOTE)
    tab.goto("/new-order.html")
    tab.fill("E-mail", customer["email"][:12])
    tab.option(customer["email"]).click()
    warning = tab.css("#form-note")
    expect(warning).to_have_text("Note: " + NOTE)
    tab.fill("E-mail", "somebody@else.example")
    expect(warning.get_by_text("Note")).to_be_hidden()


def test_two_people_who_write_a_note_see_each_other(
    open_tab: OpenTab, staff: Person, admin_api: Api, place_order: PlaceOrder, customer: Json
) -> None:
    """A new order of the customer meanwhile is no conflict."""
    place_order()
    wait_until_known(admin_api, customer, orders=1)
    mine, theirs = open_tab(), open_tab()
    for tab in (mine, theirs):
        tab.sign_in(staff, f"/customer.html?email={customer['email']}")
        tab.sees_button("Write a note")
    place_order()
    wait_until_known(admin_api, customer, orders=2)
    write_note(theirs, "Pays late")
    expect(theirs.css("#note-card")).to_contain_text("Pays late")
    write_note(mine, "Never pays")
    expect(mine.css("#note-problem")).to_contain_text("It is now: Pays late")
    mine.reload()
    expect(mine.field("What colleagues should know")).to_have_value("Never pays")
    mine.press("Save note")
    expect(mine.css("#note-card")).to_contain_text("Never pays")
    mine.press("Edit note")
    mine.fill("What colleagues should know", "")
    mine.press("Save note")
    expect(mine.css("#note-card")).to_contain_text("Nothing to know about this customer.")
