"""Orders of customers without an e-mail address, on the pages of a shop that allows them."""

import json
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from components.openapi import body_schemas
from tests.browser.conftest import PlaceOrder
from tests.browser.orders import address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

WALK_IN = {"name": "Wanda Walk-in", "phone": "020 7946 0000"}


def test_a_shop_without_emails_sends_an_order_without_one(tab: Tab, staff: Person) -> None:
    """The gateway of this system requires the address, so the test reads what the form sends."""
    tab.answer("**/schemas.json", json=body_schemas(["name"]))
    tab.answer("**/api/orders", status=202, json={"status": "queued"})
    tab.sign_in(staff, "/new-order.html")
    tab.add_line("browsertest bleach", "2")
    tab.fill_customer(**{"Name": WALK_IN["name"], "Phone": WALK_IN["phone"]})
    with tab.page.expect_request(lambda sent: sent.method == "POST") as sent:
        tab.send()
    document: Any = sent.value.post_data_json
    assert document["customer"] == WALK_IN


def test_an_order_without_email_shows_name_and_phone_only(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    placed = place_order()

    def without_email(route: Route) -> None:
        answer = route.fetch()
        found: Any = answer.json()
        for one in found.get("orders", [found]):
            one["customer"] = WALK_IN
        route.fulfill(response=answer, body=json.dumps(found))

    tab.page.route("**/api/orders**", without_email)
    tab.sign_in(staff, address(placed))
    card = tab.css("section[aria-labelledby=order-customer-title]")
    expect(card).to_contain_text(WALK_IN["name"])
    expect(card).to_contain_text(WALK_IN["phone"])
    expect(card.get_by_text("E-mail")).to_be_hidden()
    expect(card.get_by_role("link", name="All about this customer")).to_have_count(0)
    tab.goto("/orders.html")
    expect(tab.row(placed)).to_contain_text(WALK_IN["phone"])
    expect(tab.row(placed)).not_to_contain_text("undefined")
