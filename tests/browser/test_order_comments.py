"""Comments in the timeline of an order, and what the timeline says about an edit."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, decided
from tests.browser.orders import edit_elsewhere, move_elsewhere, sees_status, timeline
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def comment_elsewhere(api: Api, order: Json, text: str) -> None:
    assert api.call("PATCH", f"/orders/{order['orderID']}", {"comment": text}).status == 200


def comments(api: Api, order: Json) -> list[str]:
    return [entry["note"] for entry in decided(api, order["orderID"])["history"] if "note" in entry]


def test_comments_are_added_with_the_button_or_the_keyboard(
    tab: Tab, open_order: Json, admin_api: Api, staff: Person
) -> None:
    tab.fill("Comment", f"{HOSTILE}\nsecond line")
    tab.press("Add comment")
    expect(tab.css(".timeline .quote").first).to_have_text(f"{HOSTILE}\nsecond line", use_inner_text=True)
    expect(tab.css(".timeline li").first).to_contain_text(staff.email)
    expect(tab.field("Comment")).to_have_value("")
    tab.field("Comment").focus()
    tab.type("No answer")
    tab.key("Control+Enter")
    expect(tab.css(".timeline .quote").first).to_have_text("No answer")
    assert timeline(tab) == ["Commented", "Commented", "Placed"]
    assert comments(admin_api, open_order) == [f"{HOSTILE}\nsecond line", "No answer"]
    expect(tab.field("Comment")).to_be_focused()
    tab.reload()
    expect(tab.field("Comment")).to_have_value("")


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_blank_comment_is_not_sent(tab: Tab, open_order: Json, admin_api: Api, text: str) -> None:
    tab.fill("Comment", text)
    tab.press("Add comment")
    expect(tab.field("Comment")).to_be_focused()
    assert decided(admin_api, open_order["orderID"])["version"] == 1


def test_a_typed_comment_survives_reload_failure_and_session_end(
    tab: Tab, open_order: Json, admin_api: Api, staff: Person
) -> None:
    tab.fill("Comment", "Ring twice")
    tab.reload()
    expect(tab.field("Comment")).to_have_value("Ring twice")
    tab.page.route("**/api/orders/*", lambda route: route.abort())
    tab.press("Add comment")
    tab.sees_alert("The server cannot be reached.")
    expect(tab.field("Comment")).to_have_value("Ring twice")
    tab.page.unroute("**/api/orders/*")
    tab.end_session()
    tab.press("Add comment")
    tab.sign_in_again(staff)
    expect(tab.field("Comment")).to_have_value("Ring twice")
    tab.press("Add comment")
    expect(tab.css(".timeline .quote").first).to_have_text("Ring twice")
    assert comments(admin_api, open_order) == ["Ring twice"]


def test_a_comment_after_a_colleagues_move_is_added_and_shows_the_move(
    tab: Tab, open_order: Json, admin_api: Api, admin: Person
) -> None:
    move_elsewhere(admin_api, open_order, "cancelled", note="Ordered twice")
    tab.fill("Comment", "They called")
    tab.press("Add comment")
    tab.sees_alert(f"{admin.email} changed this order in the meantime.")
    sees_status(tab, "Cancelled")
    assert timeline(tab) == ["Commented", "Cancelled", "Placed"]


def test_a_colleagues_comment_stops_neither_an_edit_nor_a_move(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    tab.press("Edit")
    tab.fill("Phone", "020 1")
    comment_elsewhere(admin_api, open_order, "one")
    tab.press("Save changes")
    tab.sees_link("020 1")
    comment_elsewhere(admin_api, open_order, "two")
    tab.press("Mark as packed")
    sees_status(tab, "Packed")
    expect(tab.css("#notice")).to_be_hidden()
    assert timeline(tab) == ["Packed", "Commented", "Edited", "Commented", "Placed"]


def test_a_paper_is_printed_without_the_comments(tab: Tab, open_order: Json, admin_api: Api) -> None:
    tab.evaluate("window.print = () => { window.printed = true; }")
    comment_elsewhere(admin_api, open_order, "ziggurat")
    tab.press("Print packing slip")
    tab.page.wait_for_function("window.printed")
    tab.page.emulate_media(media="print")
    assert "ziggurat" not in tab.css("body").inner_text()
    assert "Browsertest bleach" in tab.css("body").inner_text()


def test_the_timeline_lists_what_an_edit_changed(tab: Tab, open_order: Json, admin_api: Api) -> None:
    items = [{"sku": open_order["items"][0]["sku"], "quantity": 12}]
    customer = open_order["customer"] | {"address": HOSTILE}
    edit_elsewhere(admin_api, open_order, items=items, customer=customer, notes="")
    tab.reload()
    expect(tab.css(".entry-changes li")).to_have_text(
        [
            f"Address: added, {HOSTILE}",
            "Notes: removed, was Leave at the back door",
            "Browsertest bleach 5 L (BT-BLEACH): quantity 2 → quantity 12",
            "Browsertest gloves, box of 100 (BT-GLOVES): removed, was quantity 1",
        ]
    )
    assert timeline(tab) == ["Edited", "Placed"]
