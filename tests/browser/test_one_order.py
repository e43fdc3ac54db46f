"""The page of one order: content, link to copy, duplicate, erasure, and the page of a rejected order."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder, decided
from tests.browser.orders import address, timeline
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def test_an_order_shows_lines_totals_customer_notes_and_timeline(
    tab: Tab, open_order: Json, admin: Person
) -> None:
    rows = tab.inside(tab.find("table", "Lines")).find("row")
    first = rows.nth(1)
    expect(first).to_contain_text("Browsertest bleach 5 L")
    assert first.get_by_role("cell").all_inner_texts() == ["BT-BLEACH", "£6.49", "2\nbottle", "£12.98"]
    expect(rows.last).to_contain_text("£20.97")
    brief = tab.inside("#reading > .brief")
    brief.sees("£20.97 2 lines, 3 pieces and packs in all")
    brief.sees("Leave at the back door")
    tab.sees_link(open_order["customer"]["email"])
    assert timeline(tab) == ["Placed"]
    expect(tab.css("[data-slot=history]")).to_contain_text(admin.email)
    expect(tab.css("[data-slot=history] time")).to_have_attribute("datetime", open_order["createdAt"])
    taken = tab.css(".page-head").filter(has_text=admin.email)
    expect(taken.locator("time")).to_have_attribute("datetime", open_order["createdAt"])


@pytest.mark.parametrize("link", ["/order.html", "/order.html?id=nonsense%2F..%2F<b>"])
def test_an_unknown_order_address_shows_no_such_order(tab: Tab, staff: Person, link: str) -> None:
    tab.sign_in(staff, link)
    tab.sees_heading("No such order")


def test_an_order_links_to_its_customers_page(tab: Tab, open_order: Json) -> None:
    link = tab.link("All about this customer")
    expect(link).to_have_attribute(
        "href", f"/customer.html?email={open_order['customer']['email'].replace('@', '%40')}"
    )


def test_markup_in_every_text_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE, "phone": "<b>1</b>", "address": HOSTILE}
    order = place_order([{"sku": "BT-HOSTILE", "quantity": 1}], notes=HOSTILE)
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    assert tab.css("#reading").inner_text().count(HOSTILE) == 5
    assert tab.css("main :not(.shop) > img, main script, main b").count() == 0
    tab.press("Edit")
    expect(tab.field("Name")).to_have_value(HOSTILE)
    expect(tab.css("#line-rows")).to_contain_text(HOSTILE)


def test_a_rejected_order_shows_reasons_and_becomes_a_new_order(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    lines = [
        {"sku": "BT-BLEACH", "quantity": 2},
        {"sku": "BT-RETIRED", "quantity": 1},
        {"sku": "NOT-OURS", "quantity": 1},
    ]
    rejected = place_order(lines, notes="Mind the step")
    tab.sign_in(staff, address(rejected))
    reasons = tab.css(".rejection li")
    expect(reasons).to_contain_text(
        [
            "Line 2, Browsertest retired mop: BT-RETIRED is no longer sold",
            "Line 3: NOT-OURS is not in the catalog",
        ]
    )
    tab.follow("Fix and send again as a new order")
    expect(tab.error_at("items[1].sku")).to_have_text("SKU BT-RETIRED is no longer sold")
    expect(tab.error_summary()).to_contain_text("Line 3: NOT-OURS is not in the catalog")
    tab.press("Remove NOT-OURS")
    tab.press("Remove Browsertest retired mop")
    tab.send()
    tab.inside(tab.progress("Placed")).follow("Open the order")
    tab.sees("Mind the step")
    assert decided(admin_api, rejected["orderID"])["status"] == "rejected"


def test_each_line_shows_its_unit_on_the_form_and_the_page(form: Tab, customer: Json) -> None:
    form.add_line("browsertest gloves", "4")
    quantity = form.field("Quantity of Browsertest gloves, box of 100")
    expect(quantity).to_have_accessible_description("box")
    expect(form.css("#line-rows .line-unit")).to_have_text("box")
    form.fill_customer(Name=customer["name"], E_mail=customer["email"])
    form.send()
    form.inside(form.progress("Placed")).follow("Open the order")
    expect(form.css("#reading .lines .line-unit")).to_have_text("box")
    form.press("Edit")
    expect(form.css("#line-rows .line-unit")).to_have_text("box")
    form.press("Discard changes")
    form.follow("Duplicate")
    expect(form.css("#line-rows .line-unit")).to_have_text("box")


def test_a_duplicate_has_the_customer_and_lines_at_current_prices(
    tab: Tab, open_order: Json, admin_api: Api
) -> None:
    gloves = admin_api.call("GET", "/products/BT-GLOVES").document
    product = {key: gloves[key] for key in ("name", "category", "unit", "active")}
    assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, "unitPrice": 1000}).status == 200
    try:
        tab.follow("Duplicate")
        expect(tab.css("#running-total")).to_have_text("£22.98")
    finally:
        price = {"unitPrice": gloves["unitPrice"]}
        assert admin_api.call("PUT", "/products/BT-GLOVES", {**product, **price}).status == 200
    expect(tab.field("E-mail")).to_have_value(open_order["customer"]["email"])
    expect(tab.field("For packing and delivery")).to_have_value("")
    expect(tab.css("#origin")).to_contain_text(number_of(open_order))
    tab.send()
    tab.inside(tab.progress("Placed")).follow("Open the order")
    tab.sees_heading("Timeline")
    assert open_order["orderID"] not in tab.page.url


def test_prices_that_arrive_while_typing_keep_text_and_focus(tab: Tab, open_order: Json) -> None:
    held = tab.hold("**/api/products/*")
    tab.follow("Duplicate")
    quantity = tab.field("Quantity of Browsertest bleach 5 L")
    quantity.click()
    quantity.press("End")
    tab.type("4")
    for route in held:
        route.fulfill(json={**route.fetch().json(), "unitPrice": 500, "name": "Browsertest bleach, new can"})
    # 24 bottles of bleach and 1 box of gloves, each at £5
    expect(tab.css("#running-total")).to_have_text("£125.00")
    tab.type("1n")
    expect(tab.field("Quantity of Browsertest bleach, new can").first).to_have_value("241n")
    expect(tab.field("Quantity of Browsertest bleach, new can").first).to_be_focused()


def test_a_copied_link_is_confirmed(open_tab: OpenTab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.sign_in(staff, address(order))
    copied = "navigator.clipboard.readText()"
    tab.press("Copy link")
    tab.sees_button("Link copied")
    expect(tab.css("#announcement")).to_have_text("The link to this order is copied.")
    assert tab.evaluate(copied) == tab.site_url + address(order)
    tab.reload()
    tab.sees_button("Copy link")
    tab.evaluate("navigator.clipboard.writeText('')")
    tab.key("c")
    tab.sees_button("Link copied")
    assert tab.evaluate(copied) == tab.site_url + address(order)


def test_a_link_the_browser_refuses_to_copy_is_shown(tab: Tab, open_order: Json) -> None:
    refuse = "Promise.reject(new DOMException('not allowed', 'NotAllowedError'))"
    tab.evaluate(f"() => {{ navigator.clipboard.writeText = () => {refuse}; }}")
    tab.press("Copy link")
    expect(tab.dialog("Copy this link").locator).to_be_visible()
    link = tab.field("Link to this order")
    expect(link).to_be_focused()
    expect(link).to_have_value(tab.site_url + address(open_order))
    assert tab.evaluate("getSelection().toString()") == tab.site_url + address(open_order)


def test_staff_see_no_erase_button(tab: Tab, open_order: Json) -> None:
    tab.sees_no("button", "Erase order")


def test_an_admin_erases_an_order_after_confirming(tab: Tab, admin: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(admin, address(order))
    tab.press("Erase order …")
    tab.press("Keep the order")
    tab.press("Erase order …")
    tab.press("Erase for good")
    tab.sees_heading("Orders")
    tab.goto(address(order))
    tab.sees_heading("No such order")
