"""Tags and assignee on the page of an order, by keyboard, and on its packing slip."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, decided
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import address, sees_status, timeline
from tests.browser.tab import Person, Tab

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
