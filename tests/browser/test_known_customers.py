"""Customers who ordered before are offered while one types; what somebody typed is never replaced."""

import re
import time
import uuid
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

FIELDS = ("Name", "E-mail", "Company", "Phone", "Address")


@pytest.fixture
def known(admin_api: Api, place_order: PlaceOrder, customer: Json) -> Json:
    """A customer of two orders, whom the search knows; the figures follow the orders a moment later."""
    customer |= {
        "name": f"Søren {uuid.uuid4().hex[:8]} Quill",
        "company": f"Fjord {uuid.uuid4().hex[:8]} Hotel",
        "phone": "020 7946 0101",
        "address": "1 Quay\nPort",
    }
    place_order()
    place_order()
    for _ in range(100):
        answer = admin_api.call("GET", f"/customers/{customer['email']}")
        if answer.status == 200 and answer.document["orders"] == 2:
            return customer
        time.sleep(0.1)
    raise AssertionError("the customer of two orders is not known after 10 s")


def values(tab: Tab) -> list[str]:
    """What stands in the customer's fields."""
    return [tab.page.get_by_label(re.compile(f"^{label}")).input_value() for label in FIELDS]


def details(customer: Json) -> list[str]:
    return [customer.get(name, "") for name in ("name", "email", "company", "phone", "address")]


@pytest.mark.parametrize(("label", "name"), [("Name", "name"), ("E-mail", "email"), ("Company", "company")])
def test_a_known_customer_is_chosen_by_arrow_keys_while_typing(
    form: Tab, known: Json, label: str, name: str
) -> None:
    form.page.get_by_role("combobox", name=re.compile(f"^{label}")).focus()
    form.page.keyboard.type(known[name][:14].lower())
    option = form.page.get_by_role("option", name=known["email"])
    expect(option).to_contain_text("2 orders")
    expect(option).to_have_attribute("aria-selected", "false")  # typing alone chooses nobody
    form.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    form.page.keyboard.press("Enter")
    assert values(form) == details(known)
    expect(form.page.locator("#announcement")).to_have_text(f"Filled in: {known['name']}, 2 orders so far.")
    form.page.reload()
    expect(form.page.get_by_label("Name")).to_have_value(known["name"])
    assert values(form) == details(known)


def test_new_customer_can_be_typed_despite_suggestions(form: Tab, known: Json) -> None:
    name = form.page.get_by_role("combobox", name="Name")
    name.focus()
    form.page.keyboard.type(known["name"][:10])
    expect(form.page.get_by_role("option").first).to_be_visible()
    form.page.keyboard.press("Enter")
    expect(name).to_have_value(known["name"][:10])
    form.page.keyboard.press("Escape")
    expect(form.page.get_by_role("option")).to_have_count(0)
    form.page.keyboard.press("Tab")
    expect(form.page.get_by_label("E-mail")).to_be_focused()
    expect(form.page.get_by_label("E-mail")).to_have_value("")


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
def two_known(form: Tab) -> Tab:
    """The form, where whatever one types two customers are known."""
    form.page.route(
        "**/api/customers?*", lambda route: route.fulfill(json={"customers": STUBBED, "nextCursor": None})
    )
    return form


def choose(tab: Tab, label: str, letters: str, email: str) -> None:
    tab.page.get_by_role("combobox", name=label).fill(letters)
    tab.page.get_by_role("option", name=email).click()


def test_second_choice_replaces_filled_fields_but_not_typed_ones(two_known: Tab) -> None:
    two_known.page.get_by_label("Phone").fill("999")
    choose(two_known, "Name", "an", "ann@archer.example")
    assert values(two_known) == ["Ann Archer", "ann@archer.example", "Archer & Co", "999", ""]
    two_known.page.get_by_label("Company").fill("Archer and daughters")
    two_known.page.reload()  # who filled what is known even then
    expect(two_known.page.get_by_label("Name")).to_have_value("Ann Archer")
    choose(two_known, "E-mail", "anna", "anna@bell.example")
    assert values(two_known) == [HOSTILE, "anna@bell.example", "Archer and daughters", "999", HOSTILE]
    assert two_known.page.locator("main img").count() == 0


def test_field_error_disappears_when_a_choice_fills_the_field(two_known: Tab) -> None:
    two_known.send()
    expect(two_known.error_at("customer.email")).to_be_visible()
    choose(two_known, "Name", "an", "ann@archer.example")
    expect(two_known.error_at("customer.email")).to_be_hidden()


def test_search_continues_on_later_pages_after_an_empty_one(form: Tab) -> None:
    def answer(route: Route) -> None:
        last = "cursor=more" in route.request.url
        page = STUBBED[:1] if last else []
        route.fulfill(json={"customers": page, "nextCursor": None if last else "more"})

    form.page.route("**/api/customers?*", answer)
    choose(form, "Name", "an", "ann@archer.example")
    assert values(form)[0] == "Ann Archer"


def test_form_works_when_the_customer_search_fails(form: Tab) -> None:
    form.page.route("**/api/customers?*", lambda route: route.abort("connectionreset"))
    with form.page.expect_event("requestfailed"):
        form.page.get_by_label("Name").fill("Maria")
    expect(form.page.get_by_role("listbox")).to_have_count(0)
    expect(form.page.get_by_label("Name")).to_have_value("Maria")


def test_late_response_opens_no_list_after_leaving_the_field(form: Tab) -> None:
    held: list[Route] = []
    form.page.route("**/api/customers?*", lambda route: held.append(route))
    with form.page.expect_request("**/api/customers?*"):
        form.page.get_by_role("combobox", name="Name").fill("an")
    form.page.get_by_label("Phone").focus()
    held[0].fulfill(json={"customers": STUBBED, "nextCursor": None})
    form.page.get_by_label("Phone").press_sequentially("020")
    expect(form.page.get_by_role("option")).to_have_count(0)


def test_suggested_customers_are_accessible_and_fit_every_width(two_known: Tab) -> None:
    two_known.page.get_by_role("combobox", name="Name").fill("an")
    expect(two_known.page.get_by_role("option")).to_have_count(2)
    assert_accessible(two_known)
    assert_nothing_sticks_out(two_known)
