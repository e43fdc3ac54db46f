"""Charges of an order: delivery, a discount in per cent, and goods without a SKU."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, orders_of
from tests.browser.orders import address, edit_elsewhere
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

DELIVERY: Json = {"kind": "delivery", "amount": 500}
TROLLEY: Json = {"kind": "other", "amount": 4000, "text": "Used mop trolley"}


def charge(tab: Tab, number: int, kind: str, amount: str, text: str = "") -> None:
    """Add a charge, the first one with number 1, and leave its amount with Enter."""
    tab.press("Add a charge")
    expect(tab.field(f"Charge {number}")).to_be_focused()
    tab.field(f"Charge {number}").select_option(kind)
    tab.field(f"Text of charge {number}").fill(text)
    tab.field(f"Amount of charge {number}").fill(amount)
    tab.key("Enter")
    expect(tab.product_search()).to_be_focused()


def total(tab: Tab) -> str:
    return tab.css("#running-total").inner_text()


def test_an_order_with_discount_and_delivery_is_sent_edited_and_invoiced(
    filled: Tab, admin_api: Api, customer: Json
) -> None:
    tab = filled
    charge(tab, 1, "Discount", "10 %", "The last one leaked")
    tab.sees("10 % of £19.47")
    assert total(tab) == "£17.52"
    charge(tab, 2, "Delivery", "£5")
    tab.add_line("browsertest gloves", "1")
    tab.sees("10 % of £27.46")
    assert total(tab) == "£29.71"
    tab.press("Send order")
    expect(tab.progress("Placed")).to_contain_text("£29.71")
    (order,) = orders_of(admin_api, customer)
    tab.goto(address(order))
    expect(tab.css("#order .charges tr")).to_have_text(
        ["Lines £27.46", "The last one leaked discount-£2.75", "Delivery £5.00"]
    )
    expect(tab.css(".entry-changes li")).to_have_text(
        ["The last one leaked (discount): added, -£2.75", "Delivery: added, £5.00"]
    )
    tab.press("Edit")
    expect(tab.field("Amount of charge 1")).to_have_value("2.75")
    tab.press("Remove Delivery")
    charge(tab, 2, "No SKU", "40", "Used mop trolley")
    tab.press("Save changes")
    expect(tab.css("[data-slot=order-total]")).to_have_text("£64.71")
    tab.page.emulate_media(media="print")
    expect(tab.css("#invoice [data-slot=invoice-charges] tr")).to_have_text(
        ["Lines£27.46", "The last one leaked-£2.75", "Used mop trolley£40.00"]
    )
    expect(tab.css("#packing-slip [data-slot=slip-lines]")).to_contain_text("Used mop trolley")
    expect(tab.css("#packing-slip")).not_to_contain_text("leaked")
    expect(tab.css("#packing-slip [data-slot=counted]")).to_have_text(
        "2 lines, 4 pieces and packs in all, and 1 without SKU"
    )


def test_faulty_charges_are_shown_at_their_fields_and_kept(filled: Tab) -> None:
    tab = filled
    charge(tab, 1, "No SKU", "five")
    assert total(tab) == "£19.47 + ?"
    tab.sees("Not an amount such as 5.00")
    tab.press("Send order")
    expect(tab.error_at("charges[0].amount")).to_have_text(
        'Amount must be an amount such as 5.00, got "five"'
    )
    tab.reload()
    expect(tab.field("Amount of charge 1")).to_have_value("five")
    tab.field("Amount of charge 1").fill("5")
    charge(tab, 2, "Discount", "30")
    tab.press("Send order")
    tab.sees_errors(["Text of charge 1 is required"])
    tab.field("Text of charge 1").fill("Mop")
    tab.press("Send order")
    tab.sees_errors(["Amount of charge 2 must not make the total less than zero, which is -£5.53"])
    tab.press("Remove Discount")
    assert total(tab) == "£24.47"
    tab.press("Undo")
    expect(tab.field("Amount of charge 2")).to_have_value("30")
    assert total(tab) == "-£5.53"


def test_a_copy_of_an_order_has_its_charges(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order(charges=[DELIVERY, TROLLEY])
    tab.sign_in(staff, address(order))
    tab.link("Duplicate").click()
    expect(tab.field("Text of charge 2")).to_have_value("Used mop trolley")
    expect(tab.css("#running-total")).to_have_text("£65.97")


def test_charges_that_two_people_changed_are_chosen_one_by_one(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(charges=[DELIVERY, TROLLEY])
    tab.sign_in(staff, address(order))
    tab.press("Edit")
    tab.field("Amount of charge 1").fill("7")
    edit_elsewhere(admin_api, order, charges=[DELIVERY | {"amount": 600}, TROLLEY])
    tab.press("Save changes")
    dialog = tab.dialog("Someone else changed this order")
    expect(dialog.group("Delivery").locator).to_contain_text("£6.00")
    dialog.group("Delivery").field("Yours, changed from £5.00", exact=False).check()
    dialog.button("Save what is chosen").click()
    tab.sees_heading("Timeline")
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert stored["charges"] == [DELIVERY | {"amount": 700}, TROLLEY]
