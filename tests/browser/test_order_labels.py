"""Tags and assignee on the page of an order, by keyboard, on its packing slip, and in the list."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, decided
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import address, label_elsewhere, sees_status, status_link, timeline
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(tab: Tab, staff: Person, place_order: PlaceOrder) -> Json:
    order = place_order()
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    return order


def test_labels_are_edited_by_keyboard_beside_a_colleagues_tag(
    tab: Tab, opened: Json, admin_api: Api
) -> None:
    tab.key("t")
    expect(tab.field("Assigned to")).to_be_focused()
    assert_accessible(tab)
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)
    tag = {"labels": {"tags": ["fragile"]}}
    assert admin_api.call("PATCH", f"/orders/{opened['orderID']}", tag).status == 200
    tab.type("van 2")
    tab.key("Tab")
    tab.type("rush, cold")
    tab.key("Enter")
    expect(tab.css("#labels .chip")).to_have_text(["van 2", "fragile", "rush", "cold"])
    expect(tab.button("Tags and assignee")).to_be_focused()
    assert timeline(tab)[:2] == ["Labels changed"] * 2
    tab.press("Print packing slip")
    tab.page.emulate_media(media="print")
    slip = tab.css("#packing-slip header")
    expect(slip).to_contain_text("fragile, rush, cold")
    expect(slip).to_contain_text("van 2")
    tab.page.emulate_media(media="screen")
    tab.press("Mark as packed")
    sees_status(tab, "Packed")
    assert decided(admin_api, opened["orderID"])["tags"] == ["fragile", "rush", "cold"]


def test_a_refused_tag_is_explained_and_what_was_typed_stays(tab: Tab, opened: Json) -> None:
    tab.key("t")
    tab.fill("Tags, with commas between them", "x" * 31)
    tab.key("Enter")
    tab.sees_alert("A tag must have at most 30 characters")
    expect(tab.field("Tags, with commas between them")).to_have_value("x" * 31)
    tab.key("Escape")
    expect(tab.css("#labels-form")).to_be_hidden()
    tab.key("t")
    expect(tab.field("Tags, with commas between them")).to_have_value("")


IS_CLIPPED = "text => text.scrollWidth > text.clientWidth"


def test_a_click_on_a_label_lists_exactly_its_orders(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    name = f"Bob{uuid.uuid4().hex[:8]}"
    other = place_order(customer=customer | {"name": f"{name} Okafor"})
    mine = place_order()
    label_elsewhere(admin_api, other, {"tags": [f"{name}by"]})
    label_elsewhere(admin_api, mine, {"assignee": name})
    tab.sign_in(staff, f"/orders.html?q={name}")
    tab.sees_orders(2)
    tab.row(mine).get_by_role("link", name=f"Assigned to {name}").click()
    tab.sees_heading(f"Orders labelled {name}")
    expect(tab.css("#order-rows th a")).to_have_text([number_of(mine)])
    expect(tab.css("#filter")).to_be_hidden()
    expect(tab.find("searchbox", "Search orders")).to_have_value("")
    tab.press("Filter")
    expect(tab.field("Label")).to_have_value(name)
    status_link(tab, "Packed").click()
    tab.sees_heading("No order matches")
    tab.sees_heading(f"Orders labelled {name}")
    tab.follow("Clear")
    tab.sees_heading("Orders")
    tab.sees_no("heading", "labelled")


def test_a_label_is_typed_into_the_filter_in_any_case(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    tag = f"x{uuid.uuid4().hex[:28]}z"
    order = place_order()
    label_elsewhere(admin_api, order, {"tags": [tag]})
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(order)
    field = tab.field("Label")
    field.focus()
    offered = tab.css("#known-labels option")
    assert [one.get_attribute("value") for one in offered.all()] == [staff.email, tag]
    tab.type(tag.upper())
    tab.key("Enter")
    tab.arrives_at(re.compile(f"label={tag.upper()}"))
    expect(tab.css("#order-rows th a")).to_have_text([number_of(order)])
    assert_accessible(tab)
    for width in (1280, 390, 320):
        tab.resize(width, 800)
        assert_nothing_sticks_out(tab)


def test_a_label_that_is_too_long_is_explained_at_its_field(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, f"/orders.html?label={'x' * 61}")
    tab.sees("Label must have at most 60 characters")
    expect(tab.field("Label")).to_have_accessible_description(re.compile("must have at most 60 characters"))
    tab.region("Orders").sees("No orders are shown until the filter above is corrected.")


def test_labels_leave_a_long_email_whole_in_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    """Beside it as long as both fit, or below it."""
    customer["email"] = customer["email"].replace("hotel", "northern-lights-hotel")
    order = place_order()
    rows = []
    tab.resize(1280)
    tab.become(staff)
    for tags in (["fragile"], ["fragile", "hand to the night porter", "rush"]):
        labels = {"labels": {"assignee": "Bob", "tags": tags}}
        assert admin_api.call("PATCH", f"/orders/{order['orderID']}", labels).status == 200
        tab.goto(f"/orders.html?customer={customer['email']}")
        expect(tab.row(order).locator(".chip")).to_have_text(["Bob", *tags])
        email = tab.row(order).get_by_text(customer["email"]).first
        assert not email.evaluate(IS_CLIPPED)
        rows.append([one.bounding_box() for one in (email, tab.row(order).get_by_text("Bob"))])
    for (text, chip), is_beside in zip(rows, (True, False), strict=True):
        assert text
        assert chip
        assert (chip["x"] > text["x"] + text["width"]) == is_beside
        assert (chip["y"] >= text["y"] + text["height"]) != is_beside
    for width in (390, 1920):
        tab.resize(width)
        assert not tab.row(order).locator(".chip").first.evaluate(IS_CLIPPED), f"at {width} px"


def test_a_tablet_shows_whole_names_in_the_list(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    for width in (768, 820, 1024):
        tab.resize(width)
        assert not tab.row(order).get_by_text(customer["name"]).evaluate(IS_CLIPPED), f"at {width} px"
