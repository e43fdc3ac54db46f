"""The card with the mails about an order."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_a_mail_that_failed_leads_to_its_dead_letter(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    at = order["createdAt"]
    letter = {"id": "notifications-1", "source": "notifications", "state": "open"}
    because = 'the address does not exist <img src="x">'
    mails = [
        {"event": "placed", "at": at, "state": "failed"},
        {
            **{"event": "placed", "at": at, "state": "bounced", "toCustomer": True},
            **{"cameBackAt": at, "because": because},
        },
        {"event": "shipped", "at": at, "state": "unwanted", "toCustomer": True, "cameBackAt": at},
    ]
    url = f"**/api/orders/{order['orderID']}/mails"
    tab.watch_requests()
    asked = tab.requests(url.removeprefix("**"))
    tab.answer_error(url)
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    tab.sees_heading("Timeline")
    assert asked == []  # nobody has opened the card
    tab.css("#mails summary").click()
    tab.sees_heading("The mails could not be loaded")
    tab.let_through(url)
    tab.answer(url, json={"mails": mails, "deadLetters": [letter]})
    tab.css("#mails").get_by_role("button", name="Try again").click()
    link = tab.css("#mail-rows a")
    expect(link).to_have_text("Why, and what to do")
    expect(link).to_have_attribute("href", "/dead-letter.html?id=notifications-1")
    to_customer = tab.css("#mail-rows li").filter(has_text="To the customer")
    bounced = rf"New order.*Did not arrive, .*: .*{re.escape(because)}"
    expect(to_customer.nth(0)).to_have_text(re.compile(bounced, re.DOTALL))
    unwanted = "Order shipped.*Marked as unwanted by the customer, "
    expect(to_customer.nth(1)).to_have_text(re.compile(unwanted, re.DOTALL))
    expect(to_customer.get_by_role("button")).to_have_count(0)  # a mail to a customer is not sent again
    assert_accessible(tab)
    read = len(asked)
    tab.css("#mails summary").click()
    expect(tab.css("#mail-rows")).to_be_hidden()
    tab.settle()
    assert len(asked) == read  # a card that is closed reads nothing
    assert_nothing_sticks_out(tab)
