"""A new customer of the shop on the whole system, from the first product to the deletion of the account."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from local.api import Api
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

PASSWORD = "Correct-horse-1"


@pytest.fixture
def device(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Open a page on a device of its own."""
    contexts = []

    def open_one() -> Page:
        contexts.append(chromium.new_context(locale="en-GB", reduced_motion="reduce"))
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def add_to_cart(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def sign_in_on_hosted_page(page: Page, email: str) -> None:
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()


def sees_order(page: Page, status: str) -> str:
    """Wait for the page of an order with this status, and return its number."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"Order #\d+"))
    expect(page.locator("h1 + .status")).to_have_text(status)
    return heading.inner_text().removeprefix("Order ")


def sold(api: Api, sku: str) -> int:
    """Return how many of a product were sold in all time, as the desk's best sellers say."""
    rows = api.call("GET", "/reports/top-sellers?by=units&limit=100").document["items"]
    return next((row["units"] for row in rows if row["sku"] == sku), 0)


def test_a_new_customer_orders_twice_from_two_devices_cancels_and_leaves(
    device: Callable[[], Page],
    outputs: dict[str, Any],
    admin_api: Api,
    staff: Person,
    tab: Tab,
    read_code: Callable[[str], str],
) -> None:
    shop, email = outputs["shopUrl"], f"new-{uuid.uuid4().hex[:12]}@home.example"
    first, before = device(), sold(admin_api, "BT-BLEACH")
    wait_until_made(first, shop)
    find_three_products(first, shop)
    sign_up(first, email, read_code)
    first.wait_for_url(f"{shop}/checkout")
    expect(first.get_by_role("button", name="Add an address")).to_be_visible()
    first.go_back()  # the hosted pages are not in the way
    first.wait_for_url(f"{shop}/checkout")

    second = device()
    second.goto(f"{shop}/account")
    second.get_by_role("button", name="Sign in").click()
    sign_in_on_hosted_page(second, email)
    second.wait_for_url(f"{shop}/account")
    second.locator("#cart").click()
    expect(second.locator("#lines > li")).to_have_count(3)
    second.get_by_role("link", name="Go to checkout").click()
    add_address(second)
    second.get_by_label("PO number").fill("PO 7")
    second.get_by_role("button", name="Order and pay by invoice").click()
    number = sees_order(second, "Placed")
    for text in ("Zoë Ångström", "1 Quay Street", "PO 7", "£6.49"):
        expect(second.get_by_text(text).first).to_be_visible()
    mail = mail_about(outputs, number)
    assert (mail["to"], "Zoë Ångström" in mail["html"]) == (email, True)

    first.goto(f"{shop}/orders")
    first.get_by_role("link", name=number).click()
    assert sees_order(first, "Placed") == number
    order_id = first.url.partition("?id=")[2]
    tab.sign_in(staff, f"/order.html?id={order_id}")
    tab.sees("channel storefront")
    tab.press("Mark as packed")
    wait_for(lambda: admin_api.call("GET", f"/orders/{order_id}").document["status"] == "packed")
    assert admin_api.call("GET", f"/orders/{order_id}").document["channel"] == "customer"
    first.reload()
    sees_order(first, "Packed")
    expect(first.get_by_role("button", name="Cancel the order")).to_be_hidden()
    wait_for(lambda: sold(admin_api, "BT-BLEACH") == before + 1)

    first.get_by_role("button", name="Order again").click()
    first.wait_for_url(f"{shop}/cart")
    first.get_by_role("link", name="Go to checkout").click()
    first.get_by_role("button", name="Order and pay by invoice").click()
    assert sees_order(first, "Placed") != number
    first.get_by_role("button", name="Cancel the order").click()
    first.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    sees_order(first, "Cancelled")
    wait_for(lambda: sold(admin_api, "BT-BLEACH") == before + 1)
    first.goto(f"{shop}/account")
    first.get_by_label("Your e-mail address").fill(email)
    first.get_by_role("button", name="Delete my account").click()
    expect(first.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(first.get_by_role("link", name="Cart", exact=True)).to_be_visible()


def wait_until_made(page: Page, shop: str) -> None:
    """Wait until a new system has made the pages of the walk."""
    own = ("/search", "/cart", "/checkout", "/order", "/orders", "/account", "/sign-up")
    made = dict.fromkeys(own, "<h1") | {
        "/p/BT-BLEACH": "Add to cart",
        "/c/floor-care": "Neutral floor cleaner",
        "/search/index.json": "Glass and mirror cleaner",
    }
    wait_for(lambda: all(text in page.request.get(shop + path).text() for path, text in made.items()))


def find_three_products(page: Page, shop: str) -> None:
    """Put a product into the cart from its page, from a search and from its category."""
    page.goto(f"{shop}/p/BT-BLEACH")
    add_to_cart(page, "Add to cart")
    page.get_by_role("searchbox").first.fill("glass mirror")
    page.get_by_role("searchbox").first.press("Enter")
    add_to_cart(page, "Add to cart Glass and mirror cleaner")
    page.goto(f"{shop}/c/floor-care")
    add_to_cart(page, "Add to cart Neutral floor cleaner")
    page.get_by_role("link", name="Cart, 3 products").click()


def sign_up(page: Page, email: str, read_code: Callable[[str], str]) -> None:
    """Create an account on the way to the checkout, and sign in with it."""
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Zoë Ångström")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    page.get_by_label("Code").fill(read_code(email))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Sign in").click()
    sign_in_on_hosted_page(page, email)


def add_address(page: Page) -> None:
    page.get_by_role("button", name="Add an address").click()
    page.get_by_label("Name of the address").fill("Office")
    page.get_by_label("Street").fill("1 Quay Street")
    page.get_by_role("button", name="Save address").click()
    expect(page.get_by_role("radio", name="Office")).to_be_checked()


def mail_about(outputs: dict[str, Any], number: str) -> dict[str, Any]:
    """Wait for the mail to the customer about a placed order."""
    url, found = f"{outputs['local']['mailboxUrl']}?to=customers", list[dict[str, Any]]()

    def is_there() -> bool:
        with urlopen(url, timeout=10) as answer:
            found[:] = [one for one in json.load(answer) if one["subject"] == f"We have your order {number}"]
        return bool(found)

    wait_for(is_there)
    return found[0]
