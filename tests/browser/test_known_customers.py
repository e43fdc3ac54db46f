"""Suggestions of known customers in the order form. Choosing one never replaces typed text."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, placed, wait_until_known
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

FIELDS = ("Name", "E-mail", "Company", "Phone", "Address")


@pytest.fixture(scope="module")
def known_customer(admin_api: Api) -> Json:
    """A customer with two orders, whom the search already finds."""
    customer = {
        "email": f"soren-{uuid.uuid4().hex[:12]}@hotel.example",
        "name": f"Søren {uuid.uuid4().hex[:8]} Quill",
        "company": f"Fjord {uuid.uuid4().hex[:8]} Hotel",
        "phone": "020 7946 0101",
        "address": "1 Quay\nPort",
    }
    for _ in range(2):
        placed(admin_api, customer)
    wait_until_known(admin_api, customer, orders=2)
    return customer


def values(tab: Tab) -> list[str]:
    """The texts in the customer's fields."""
    return [tab.field(re.compile(f"^{label}")).input_value() for label in FIELDS]


def details(customer: Json) -> list[str]:
    """A customer's details, in the same sequence as FIELDS."""
    return [customer.get(name, "") for name in ("name", "email", "company", "phone", "address")]


@pytest.mark.parametrize(("label", "name"), [("Name", "name"), ("E-mail", "email"), ("Company", "company")])
def test_a_known_customer_is_chosen_by_arrow_keys_while_typing(
    form: Tab, known_customer: Json, label: str, name: str
) -> None:
    form.find("combobox", re.compile(f"^{label}")).focus()
    form.type(known_customer[name][:14].lower())
    option = form.option(known_customer["email"])
    expect(option).to_contain_text("2 orders")
    expect(option).to_have_attribute("aria-selected", "false")  # because typing alone chooses nobody
    form.key("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    form.key("Enter")
    assert values(form) == details(known_customer)
    expect(form.css("#announcement")).to_have_text(f"Filled in: {known_customer['name']}, 2 orders so far.")
    form.reload()
    expect(form.field("Name")).to_have_value(known_customer["name"])
    assert values(form) == details(known_customer)


def test_new_customer_can_be_typed_despite_suggestions(form: Tab, known_customer: Json) -> None:
    name = form.find("combobox", "Name")
    name.focus()
    form.type(known_customer["name"][:10])
    expect(form.find("option").first).to_be_visible()
    form.key("Enter")
    expect(name).to_have_value(known_customer["name"][:10])
    form.key("Escape")
    form.sees_no("option")
    form.key("Tab")
    expect(form.field("E-mail")).to_be_focused()
    expect(form.field("E-mail")).to_have_value("")


STUBBED: list[dict[str, Any]] = [
    {
        "name": "Ann Archer",
        "email": "ann@archer.example",
        "company": "Archer & Co",
        "phone": "1",
        "orders": 1,
    },
    {"name": HOSTILE, "email": "anna@bell.example", "address": HOSTILE, "orders": 30},
]


@pytest.fixture
def two_known(form: Tab) -> None:
    """Every customer search finds the same two customers."""
    form.answer("**/api/customers?*", json={"customers": STUBBED, "nextCursor": None})


def choose(tab: Tab, label: str, letters: str, email: str) -> None:
    """Type letters into a field and choose the customer with this address."""
    tab.find("combobox", label).fill(letters)
    tab.option(email).click()


@pytest.mark.usefixtures("two_known")
def test_choosing_another_customer_replaces_filled_in_fields_but_not_typed_ones(form: Tab) -> None:
    form.fill("Phone", "999")
    choose(form, "Name", "an", "ann@archer.example")
    assert values(form) == ["Ann Archer", "ann@archer.example", "Archer & Co", "999", ""]
    form.fill("Company", "Archer and daughters")
    form.reload()  # the page must still know which fields were typed
    expect(form.field("Name")).to_have_value("Ann Archer")
    choose(form, "E-mail", "anna", "anna@bell.example")
    assert values(form) == [HOSTILE, "anna@bell.example", "Archer and daughters", "999", HOSTILE]
    assert form.css("main img").count() == 0


@pytest.mark.usefixtures("two_known")
def test_field_error_disappears_when_a_chosen_customer_fills_the_field(form: Tab) -> None:
    form.send()
    expect(form.error_at("customer.email")).to_be_visible()
    choose(form, "Name", "an", "ann@archer.example")
    expect(form.error_at("customer.email")).to_be_hidden()


def test_customer_search_continues_after_an_empty_page(form: Tab) -> None:
    def answer(route: Route) -> None:
        last = "cursor=more" in route.request.url
        page = STUBBED[:1] if last else []
        route.fulfill(json={"customers": page, "nextCursor": None if last else "more"})

    form.page.route("**/api/customers?*", answer)
    choose(form, "Name", "an", "ann@archer.example")
    assert values(form)[0] == "Ann Archer"


def test_form_works_when_the_customer_search_fails(form: Tab) -> None:
    form.lose_requests("**/api/customers?*", "connectionreset")
    with form.page.expect_event("requestfailed"):
        form.fill("Name", "Maria")
    form.sees_no("listbox")
    expect(form.field("Name")).to_have_value("Maria")


def test_late_response_shows_no_suggestions_after_leaving_the_field(form: Tab) -> None:
    held = form.hold("**/api/customers?*")
    with form.page.expect_request("**/api/customers?*"):
        form.find("combobox", "Name").fill("an")
    form.field("Phone").focus()
    held[0].fulfill(json={"customers": STUBBED, "nextCursor": None})
    form.field("Phone").press_sequentially("020")
    form.sees_no("option")


@pytest.mark.usefixtures("two_known")
def test_suggested_customers_are_accessible_and_fit_any_width(form: Tab) -> None:
    form.find("combobox", "Name").fill("an")
    expect(form.find("option")).to_have_count(2)
    assert_accessible(form)
    assert_nothing_sticks_out(form)
