"""A new customer of the shop on the whole system: cart, sign-up, order, cancellation and deletion."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.api import Api
from tests.browser.orders import wait_for

pytestmark = pytest.mark.browser

PASSWORD = "Correct-horse-1"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_a_new_customer_signs_up_orders_cancels_and_leaves(
    page: Page, outputs: dict[str, Any], admin_api: Api, read_code: Callable[[str], str]
) -> None:
    shop, email = outputs["shopUrl"], f"new-{uuid.uuid4().hex[:12]}@home.example"
    path = f"{shop}/p/BT-BLEACH"  # a product of `admin_api`
    wait_for(lambda: page.request.get(path).ok)
    page.goto(path)
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.get_by_role("link", name="Cart, 1 product").click()
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
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("button", name="Add an address")).to_be_visible()
    page.go_back()  # the hosted pages are not in the way
    page.wait_for_url(f"{shop}/checkout")
    page.get_by_role("button", name="Add an address").click()
    page.get_by_label("Name of the address").fill("Office")
    page.get_by_label("Street").fill("1 Quay Street")
    page.get_by_role("button", name="Save address").click()
    expect(page.get_by_role("radio", name="Office")).to_be_checked()
    page.get_by_label("PO number").fill("PO 7")
    page.get_by_role("button", name="Order and pay by invoice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Order #\d+"))
    for text in ("Placed", "Zoë Ångström", "1 Quay Street", "PO 7", "£6.49"):
        expect(page.get_by_text(text).first).to_be_visible()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    expect(page.locator("h1 + .status")).to_have_text("Cancelled")
    page.goto(f"{shop}/account")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(page.get_by_role("link", name="Cart", exact=True)).to_be_visible()
