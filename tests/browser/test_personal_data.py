"""The export and the erasure of a customer on their page."""

import csv
import io
import json
import re
import time
import uuid

import pytest
from playwright.sync_api import Download, expect

from local.api import Api
from tests.browser.conftest import Json, orders_of, placed, wait_until_known
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import move_elsewhere
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser

WIDTHS = (320, 1280)


@pytest.fixture
def buyer(admin_api: Api) -> Json:
    """A customer with a delivered order and a rejected one."""
    mark = uuid.uuid4().hex[:8]
    buyer = {"email": f"zoe-{mark}@hotel.example", "name": f"=Zoë {mark}", "address": "1 Quay"}
    placed(admin_api, buyer, [{"sku": "NOT-OURS", "quantity": 1}])
    sold = placed(admin_api, buyer)
    for status in ("packed", "shipped", "delivered"):
        move_elsewhere(admin_api, sold, status)
    wait_until_known(admin_api, buyer, orders=2, sales=1)
    return buyer


def page_of(customer: Json) -> str:
    return f"/customer.html?email={customer['email']}"


def text_of(download: Download) -> str:
    return download.path().read_bytes().decode("utf-8-sig")


def test_everything_of_a_customer_is_downloaded_as_json_and_csv(
    tab: Tab, admin: Person, buyer: Json, admin_api: Api
) -> None:
    files: list[Download] = []
    tab.sign_in(admin, page_of(buyer))
    tab.page.on("download", lambda one: files.append(one))
    tab.press("Download everything")
    tab.sees(re.compile("2 orders saved:"))
    tab.page.wait_for_timeout(200)
    (whole, table) = (text_of(one) for one in files)
    assert [re.sub(r"\d", "0", one.suggested_filename) for one in files] == [
        "customer-data-0000-00-00.json",
        "customer-data-0000-00-00.csv",
    ]
    read = json.loads(whole)
    assert next(iter(read)) == "about"
    assert f"about {buyer['email']}," in read["about"]
    assert read["customer"]["email"] == buyer["email"]
    assert admin.email not in whole + table
    assert {one["orderID"] for one in read["orders"]} == {
        one["orderID"] for one in orders_of(admin_api, buyer)
    }
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == sum(len(one["items"]) for one in read["orders"])
    assert {row["Delivery name"] for row in rows} == {f"'{buyer['name']}"}  # no formula


def letter_of(api: Api, order: Json) -> Json:
    """Send other content under the ID of an order; return its dead letter."""
    again = {"orderID": order["orderID"], "customer": order["customer"], "notes": "and a mop"}
    items = [{"sku": one["sku"], "quantity": one["quantity"]} for one in order["items"]]
    assert api.call("POST", "/orders", again | {"items": items}).status == 202
    for _ in range(400):
        found = api.call("GET", "/dead-letters?source=orders&state=open").document["deadLetters"]
        for one in found:
            if one.get("orderID") == order["orderID"]:
                return dict(one)
        time.sleep(0.05)
    raise AssertionError(f"order {order['orderID']} has no dead letter after 20 s")


def test_a_customer_is_erased_after_a_reason_and_a_typed_word(
    tab: Tab, admin: Person, buyer: Json, admin_api: Api
) -> None:
    view = f"/orders.html?customer={buyer['email'].replace('@', '%40')}"
    other = {"name": "Open", "address": "/orders.html?status=placed"}
    views, key = json.dumps([{"name": "Hers", "address": view}, other]), f"order-desk:views:{admin.email}"
    kept = next(one for one in orders_of(admin_api, buyer) if one["status"] == "delivered")
    letter = letter_of(admin_api, admin_api.call("GET", f"/orders/{kept['orderID']}").document)
    tab.sign_in(admin, page_of(buyer))
    tab.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, views])
    tab.press("Erase this customer …")
    tab.sees("1 shipped or delivered order")
    tab.sees("1 rejected or cancelled order")
    for width in WIDTHS:
        tab.resize(width)
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)
    tab.press("Erase for good")
    tab.sees("Tick the box to discard")
    box = tab.field("Discard the order that did not arrive, too")
    expect(box).to_be_focused()
    link = tab.link(re.compile(f"Order {kept['orderID'][:8]} of "))
    expect(link).to_have_attribute("href", f"/dead-letter.html?id={letter['id']}")
    box.check()
    tab.press("Erase for good")
    tab.sees("Say why.")
    expect(tab.field("Why is the customer erased?")).to_be_focused()
    tab.fill("Why is the customer erased?", "asked by letter")
    tab.press("Erase for good")
    tab.sees("Type ERASE, in capital letters.")
    tab.fill("Type ERASE to confirm", "ERASE")
    tab.press("Erase for good")
    tab.sees("Nothing is kept under this address any more.")
    expect(tab.css("#erase-whom")).to_have_text(buyer["email"])
    tab.sees("search for the name too")
    tab.sees("1 order kept without the person, 1 order erased, 1 dead letter emptied.")
    assert_accessible(tab)
    tab.press("Close")
    tab.arrives_at("/customers.html")
    assert json.loads(tab.page.evaluate("(key) => localStorage.getItem(key)", key)) == [other]
    tab.goto(page_of(buyer))
    tab.sees_heading("No such customer")
    tab.press("Erase this customer …")
    tab.sees("Nothing is kept under this address.")
    assert_accessible(tab)
    tab.goto(f"/order.html?id={kept['orderID']}")
    tab.sees("Erased customer")
    expect(tab.css("#back")).to_be_hidden()
    tab.follow("Duplicate")
    expect(tab.css("#quantity-0")).to_have_value(re.compile("[0-9]+"))
    expect(tab.css("#customer-name")).to_have_value("")


def test_an_order_that_is_owed_refuses_the_erasure_with_a_link(
    tab: Tab, staff: Person, admin: Person, admin_api: Api
) -> None:
    buyer = {"email": f"mae-{uuid.uuid4().hex[:8]}@hotel.example", "name": "Mae"}
    order = placed(admin_api, buyer)
    wait_until_known(admin_api, buyer, orders=1)
    tab.sign_in(staff, page_of(buyer))
    tab.sees_heading("So far")
    expect(tab.css("#personal-data")).to_be_hidden()
    tab.become(admin)
    tab.goto(page_of(buyer))
    tab.press("Erase this customer …")
    tab.sees("The shop still owes goods.")
    for width in WIDTHS:
        tab.resize(width)
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)
    tab.follow(f"{number_of(order)} is placed")
    tab.sees_heading(re.compile(number_of(order)))
