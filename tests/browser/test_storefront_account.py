"""Cart, checkout and orders in a browser: one order each, whatever the customer and the network do.

The shop is in this process, with an API of one account. `test_storefront_walk.py` uses the whole system.
"""

import json
import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.looks import COLOUR_RULES, violations
from tests.browser.storefront import URL, Shop, files, sign_in, stored
from tests.handlers.test_storefront_pages import HOSTILE

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
LINE = {"sku": "M-1", "quantity": 2, "ticked": True, "name": "Mop 01", "unitPrice": 649}
LATER = {"sku": "M-2", "quantity": 1, "ticked": False, "name": "Mop 02", "unitPrice": 649}
OpenPage = Callable[[str], Page]


@pytest.fixture(scope="module")
def content() -> dict[str, bytes]:
    return files()


@pytest.fixture
def shop(content: dict[str, bytes]) -> Shop:
    """A shop whose one account has a line to order and one for later."""
    made = Shop(content)
    made.cart = {"version": 1, "lines": [LINE, LATER]}
    return made


@pytest.fixture
def context(chromium: Browser, shop: Shop) -> Iterator[BrowserContext]:
    made = shop.open(chromium, viewport=WIDE, reduced_motion="reduce")
    yield made
    made.close()


@pytest.fixture
def open_page(context: BrowserContext) -> Iterator[OpenPage]:
    """Open a page in which the customer is signed in."""
    faults: list[str] = []

    def open_one(address: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{URL}/signed-out.html")
        sign_in(page)
        page.goto(URL + address)
        return page

    yield open_one
    assert faults == []


def press(page: Page) -> None:
    page.get_by_role("button", name="Order and pay by invoice").click()


def sees_the_order(page: Page) -> None:
    page.wait_for_url("**/order?id=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Order #1001")


def assert_one_order(shop: Shop) -> None:
    assert len({json.dumps(one) for one in shop.sent}) == 1
    assert shop.cart["lines"] == [LATER]
    assert "order" not in shop.cart


def cut_once(shop: Shop, call: str, *, after: bool) -> None:
    """Cut the network once at a call, before or after the shop does what it asks for."""

    def cut(route: Route, name: str) -> bool:
        if name != call:
            return False
        shop.cuts.remove(cut)
        if after:
            shop.respond(route)
        route.abort()
        return True

    shop.cuts.append(cut)


def test_a_guest_fills_the_cart_and_a_change_is_said_at_its_line(context: BrowserContext, shop: Shop) -> None:
    page = context.new_page()
    page.goto(f"{URL}/c/mops")
    page.get_by_role("button", name="Add to cart Mop 07").click()
    page.goto(f"{URL}/p/FULL")
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Quantity").press("Enter")
    expect(page.locator(".said")).to_have_text("At least 3.")
    page.get_by_label("Quantity").fill("100001")
    page.get_by_label("Quantity").press("Enter")
    expect(page.locator(".said")).to_have_text("At most 100,000.")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    expect(page.get_by_role("link", name="Cart, 2 products")).to_be_visible()
    other = context.new_page()
    other.goto(f"{URL}/cart")
    expect(other.locator(".sums .sum dd")).to_have_text("£31.15")
    other.get_by_label("Quantity of Glass cleaner").fill("1")
    other.get_by_label("Quantity of Glass cleaner").press("Tab")
    expect(other.get_by_text("At least 3 in an order.")).to_be_visible()
    checkout = other.get_by_role("complementary").get_by_text("Go to checkout")
    expect(checkout).not_to_have_attribute("href", "/checkout")
    other.get_by_role("status").get_by_role("link", name="Glass cleaner").click()
    expect(other.locator("#line-FULL")).to_be_focused()
    other.get_by_role("button", name="Order 3", exact=True).click()
    expect(checkout).to_have_attribute("href", "/checkout")
    for typed, address in (("3x", None), ("3", "/checkout")):
        other.get_by_label("Quantity of Glass cleaner").fill(typed)
        other.get_by_label("Quantity of Glass cleaner").press("Tab")
        if address:
            expect(checkout).to_have_attribute("href", address)
        else:
            expect(other.get_by_text("Type a whole number from 1 to 100,000.")).to_be_visible()
            expect(checkout).not_to_have_attribute("href", "/checkout")
    other.get_by_role("button", name="Remove Mop 07").click()
    expect(page.get_by_role("link", name="Cart, 1 product")).to_be_visible()
    other.get_by_role("link", name="Go to checkout").click()
    expect(other.get_by_role("heading", name="Please sign in")).to_be_visible()
    assert shop.calls == []


def test_a_guests_cart_is_the_accounts_after_the_sign_in(context: BrowserContext, shop: Shop) -> None:
    page = context.new_page()
    page.goto(f"{URL}/c/mops")
    for name in ("Mop 07", "Mop 01"):
        page.get_by_role("button", name=f"Add to cart {name}").click()
    sign_in(page)
    page.goto(f"{URL}/cart")
    expect(page.locator(".line")).to_have_count(3)
    expect(page.get_by_label("Quantity of Mop 01")).to_have_value("1")
    kept = [(one["sku"], one["quantity"], one["ticked"]) for one in shop.cart["lines"]]
    assert kept == [("M-7", 1, True), ("M-1", 1, True), ("M-2", 1, False)]
    with page.expect_response("**/api/account/cart"):
        page.get_by_label("Order Mop 07").uncheck()
    assert [one["ticked"] for one in shop.cart["lines"]] == [False, True, False]
    expect(page.get_by_text("2 lines are not ticked.")).to_be_visible()
    with page.expect_response("**/api/account/cart"):
        page.get_by_role("button", name="Tick all lines").click()
    assert all(one["ticked"] for one in shop.cart["lines"])
    expect(page.get_by_role("button", name="Tick all lines")).to_be_hidden()
    page.goto(f"{URL}/c/mops")
    with page.expect_response("**/api/account/cart"):
        page.get_by_role("button", name="Add to cart Glass cleaner").first.click()
    assert [(one["sku"], one["quantity"]) for one in shop.cart["lines"]][3:] == [("FULL", 3)]


def test_two_tabs_and_a_double_press_make_one_order(open_page: OpenPage, shop: Shop) -> None:
    first, second = open_page("/checkout"), open_page("/checkout")
    for page in (first, second):
        expect(page.get_by_role("button", name="Order and pay by invoice")).to_be_enabled()
    first.get_by_role("button", name="Order and pay by invoice").dblclick()
    sees_the_order(first)
    press(second)
    expect(second.get_by_text("No line of your cart is ticked.")).to_be_visible()
    first.goto(f"{URL}/checkout")
    expect(first.get_by_text("No line of your cart is ticked.")).to_be_visible()
    assert_one_order(shop)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_network_cut_at_each_call_makes_one_order(open_page: OpenPage, shop: Shop, after: bool) -> None:
    page = open_page("/checkout")
    page.get_by_label("PO number").fill("PO 7")
    for call in ("PUT /account/cart", "POST /orders"):
        cut_once(shop, call, after=after)
    press(page)
    sees_the_order(page)
    expect(page.get_by_text("PO 7")).to_be_visible()
    assert_one_order(shop)


def test_a_text_that_cannot_be_sent_is_named_before_the_order_is_written(
    open_page: OpenPage, shop: Shop
) -> None:
    page = open_page("/checkout")
    page.get_by_label("Notes").fill("Back \ufffe door")
    press(page)
    told = page.get_by_role("alert").filter(has_text="Your notes: a character cannot be sent. Type the text")
    expect(told).to_be_visible()
    expect(page.get_by_label("Notes")).to_be_focused()
    assert (shop.sent, "order" in shop.cart) == ([], False)
    page.get_by_label("Notes").fill("Back door")
    press(page)
    sees_the_order(page)
    assert_one_order(shop)


@pytest.mark.parametrize("way", ["reload", "back", "another device"])
def test_an_order_that_was_left_while_it_was_sent_is_made_once(
    open_page: OpenPage, chromium: Browser, shop: Shop, way: str
) -> None:
    """The shop does not answer, and the customer looks again."""
    page = open_page("/cart")
    page.get_by_role("link", name="Go to checkout").click()

    hung = []

    def hang(route: Route, name: str) -> bool:
        hung.extend([route] if name == "POST /orders" else [])
        return name == "POST /orders"

    shop.cuts.append(hang)
    press(page)
    while not hung:
        page.wait_for_timeout(20)
    shop.cuts.clear()
    if way == "reload":
        page.reload()
    elif way == "back":
        page.go_back()
    else:
        page = shop.open(chromium).new_page()
        page.goto(f"{URL}/signed-out.html")
        sign_in(page)
        page.goto(f"{URL}/cart")
    sees_the_order(page)
    assert_one_order(shop)
    page.reload()
    sees_the_order(page)
    assert_one_order(shop)
    if way == "another device":
        page.context.close()


def test_an_order_that_was_cut_off_goes_on_after_the_sign_in(
    open_page: OpenPage, context: BrowserContext, shop: Shop
) -> None:
    """The session ends after the order was written into the cart, and the customer comes back."""
    page = open_page("/checkout")
    page.get_by_label("Notes").fill("Back door")

    def end(route: Route, name: str) -> bool:
        if name == "POST /orders":
            route.fulfill(status=401, json={"message": "Unauthorized"})
        return name == "POST /orders"

    shop.cuts.append(end)
    press(page)
    page.wait_for_url("**/hosted/oauth2/authorize?*")
    assert shop.cart["order"]["notes"] == "Back door"
    shop.cuts.clear()
    sees_the_order(open_page("/cart"))  # it might also be another device
    assert_one_order(shop)


def test_a_late_order_is_sent_or_taken_out_as_its_customer_says(open_page: OpenPage, shop: Shop) -> None:
    order = {"orderID": str(uuid4()), "items": [{"sku": "M-1", "quantity": 2}], "agreedTotal": 1298}
    late = {"order": order, "orderedAt": "2026-11-03T09:00:00.000Z", "isLate": True}
    shop.cart.update(late)
    page = open_page("/checkout")
    expect(page.get_by_role("heading", name="Your order of 3 November was not sent.")).to_be_focused()
    expect(page.get_by_text("It has 1 product and comes to £12.98 without VAT.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Back to the cart").click()
    page.wait_for_url("**/cart")
    expect(page.get_by_label("Quantity of Mop 01")).to_have_value("2")
    assert (shop.sent, "order" in shop.cart) == ([], False)
    shop.cart.update(late)
    held: list[Route] = []
    page.route("**/product/*", lambda route: held.append(route))  # prices come after the question
    page.reload()
    expect(page.get_by_role("heading", name="was not sent.")).to_be_visible()
    for route in held:
        with page.expect_response("**/product/*"):
            route.fallback()
    page.unroute("**/product/*")
    page.get_by_role("button", name="Send it now").dblclick()
    sees_the_order(page)
    assert_one_order(shop)


def test_a_phone_leads_from_the_top_of_a_long_cart_and_to_a_line_that_cannot_be_ordered(
    open_page: OpenPage, shop: Shop
) -> None:
    lines = [{**LINE, "sku": f"M-{at}", "name": f"Mop {at:02}"} for at in range(20)]
    shop.cart["lines"] = [*lines, {**LINE, "sku": "GONE-1", "name": "Old mop"}]
    page = open_page("/checkout")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("alert").get_by_role("link", name="Old mop").click()
    expect(page.locator("#line-GONE-1")).to_be_focused()
    page.get_by_role("button", name="Remove Old mop").click()
    expect(page.locator("h1")).to_be_focused()
    expect(page.get_by_role("link", name="Go to checkout").first).to_be_in_viewport()


def test_products_for_which_the_cart_has_no_room_are_named_once(
    open_page: OpenPage, context: BrowserContext, shop: Shop
) -> None:
    small = {key: page.replace(b'data-lines="500"', b'data-lines="2"') for key, page in shop.files.items()}
    shop.files = small  # a cart has room for two products
    guest = context.new_page()
    guest.goto(f"{URL}/p/M-7")
    guest.get_by_role("button", name="Add to cart", exact=True).click()
    expect(guest.get_by_role("link", name="Cart, 1 product")).to_be_visible()
    page = open_page("/cart")
    expect(page.get_by_text("It had no room for all of these: Mop 02.")).to_be_visible()
    assert [(one["sku"], one["ticked"]) for one in shop.cart["lines"]] == [("M-7", True), ("M-1", False)]
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.get_by_label("Quantity of Mop 07")).to_be_visible()
    expect(page.get_by_text("Mop 02")).to_have_count(0)


def test_an_order_is_cancelled_once_asked_and_its_lines_go_back_into_the_cart(
    open_page: OpenPage, shop: Shop
) -> None:
    page = open_page("/checkout")
    page.get_by_label("I collect it").check()
    press(page)
    sees_the_order(page)
    expect(page.get_by_text("You collect it")).to_be_visible()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    expect(page.locator("h1 + .status")).to_have_text("Cancelled")
    page.get_by_role("button", name="Order again").click()
    expect(page.get_by_label("Quantity of Mop 01")).to_have_value("2")
    page.goto(f"{URL}/orders")
    page.get_by_role("link", name="Order #1001").click()
    expect(page.locator("h1 + .status")).to_have_text("Cancelled")
    (order,) = shop.sent
    assert order["collection"] is True
    assert "customer" not in order


# A press before the page has read the rows, and one while the page is being left.
TYPE_AND_PRESS = """(text) => {
  const field = document.getElementById("rows-text");
  field.value = text;
  field.dispatchEvent(new Event("input"));
  document.getElementById("put").click();
}"""


def test_pasted_rows_and_a_list_of_the_cart_are_put_into_the_cart(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/quick-order")
    page.get_by_label("One product a row").fill("m-1 5\n3 x FULL\nGONE-1 2")
    page.get_by_role("button", name="Put 2 products into the cart").click()
    expect(page.get_by_label("One product a row")).to_have_value("GONE-1 2")
    page.get_by_label("One product a row").fill("M-7 3")
    expect(page.get_by_role("button", name="Put 1 product into the cart")).to_be_enabled()
    page.evaluate(TYPE_AND_PRESS, "M-7 4")
    expect(page.locator("#rows")).to_contain_text("4 ×")
    page.get_by_role("button", name="Put 1 product into the cart").dblclick()
    page.wait_for_url("**/cart")
    expect(page.get_by_label("Quantity of Mop 07")).to_have_value("4")
    page.goto(f"{URL}/lists")
    page.get_by_label("Name of the list").fill("Weekly")
    page.get_by_role("button", name="Save the list").dblclick()
    expect(page.get_by_role("heading", name="Weekly")).to_be_visible()
    quantities = {one["sku"]: one["quantity"] for one in shop.lists["lists"][0]["lines"]}
    assert (len(shop.lists["lists"]), quantities) == (1, {"M-1": 5, "M-2": 1, "FULL": 3, "M-7": 4})
    shop.cart = {"version": shop.cart["version"] + 1, "lines": []}
    page.get_by_role("button", name="Put into the cart Weekly").click()
    expect(page.locator("#lines > li")).to_have_count(4)
    page.goto(f"{URL}/lists")
    page.get_by_role("button", name="Delete Weekly").click()
    page.get_by_role("button", name="Delete the list").click()
    expect(page.get_by_text("No lists yet")).to_be_visible()


def test_an_earlier_order_is_added_and_printed_with_its_sheets(open_page: OpenPage, shop: Shop) -> None:
    items = [{"sku": "M-1", "quantity": 2}, {"sku": "FULL", "quantity": 3}]
    shop.earlier = [stored({"orderID": str(uuid4()), "items": items, "agreedTotal": 5 * 649}, 0)]
    page = open_page("/orders")
    page.get_by_role("button", name="Add orders of this address").click()
    expect(page.locator("#earlier").get_by_text("One order is added.")).to_be_visible()
    page.get_by_role("link", name="Order #1001").click()
    expect(page.get_by_role("link", name="Glass cleaner").last).to_have_attribute(
        "href", re.compile("[.]pdf$")
    )
    assert violations(page) == []
    page.emulate_media(media="print")
    paper = page.locator("body").inner_text()
    for text in ("Brook & Daughters", "Order #1001", "2 March 2026", "Anna", "£32.45", "£6.49", "£38.94"):
        assert text in paper
    assert not {"Order again", "Cancel the order", "Safety data sheets", "Steps"} & set(paper.splitlines())


def test_an_order_goes_to_the_address_that_was_typed_whatever_other_tabs_do(
    open_page: OpenPage, context: BrowserContext, shop: Shop
) -> None:
    page = open_page("/checkout")
    page.get_by_role("button", name="Add an address").click()
    page.get_by_label("Name of the address").fill("Kitchen")
    page.get_by_label("Street, town").fill("2 Hill Road")
    page.get_by_label("Company").fill("Söhne")
    page.get_by_label("Company").press("Enter")
    expect(page.get_by_label("Kitchen")).to_be_checked()
    added = {"name": "Depot", "address": "3 Dock"}
    shop.addresses = {"version": 7, "addresses": [added, *shop.addresses["addresses"]]}
    page.reload()
    expect(page.get_by_label("Kitchen")).to_be_checked()
    other = context.new_page()  # without a session, because each tab has its own
    other.goto(f"{URL}/p/M-7")
    other.get_by_role("button", name="Add to cart", exact=True).click()
    expect(page.get_by_role("link", name="Cart, 3 products")).to_be_visible()
    press(page)
    sees_the_order(page)
    (order,) = shop.sent
    assert order["customer"] == {"company": "Söhne", "address": "2 Hill Road"}
    names = [one["name"] for one in shop.addresses["addresses"]]
    assert names == ["Kitchen", "Depot", "Office"], "the next order finds the address of the last one first"
    expect(page.get_by_role("link", name="Cart, 2 products")).to_be_visible()
    page.goto(f"{URL}/cart")
    expect(page.get_by_label("Quantity of Mop 07")).to_have_value("1")


def test_an_account_is_changed_and_left_with_nothing_of_it_in_the_browser(
    open_page: OpenPage, context: BrowserContext, shop: Shop
) -> None:
    shop.addresses["addresses"] += [{"name": "Depot", "address": "3 Dock"}]
    asked: list[str] = []

    def answer(route: Route) -> None:
        request = route.request
        asked.append(request.headers.get("x-amz-target", request.post_data or "").rpartition(".")[2])
        route.fulfill(status=400 if "oauth2" in request.url else 200, json={"error": "invalid_grant"})

    for address in ("**/cognito", "**/hosted/oauth2/token"):
        context.route(address, answer)
    page = open_page("/account")
    page.get_by_label("Name", exact=True).first.fill("Anna\u200b  Jones ")
    with page.expect_request(
        "**/hosted/oauth2/token"
    ) as renewed:  # orders have the name that is in the token
        page.get_by_role("button", name="Change name").click()
    assert "grant_type=refresh_token" in (renewed.value.post_data or "")
    page.wait_for_url("**/hosted/oauth2/authorize?*")  # the stub refuses to renew it
    page = open_page("/account")
    asked.clear()
    page.get_by_role("button", name="Remove Office").click()
    expect(page.get_by_text("1 Quay Street").and_(page.locator("#addresses *"))).to_have_count(0)
    assert shop.addresses["addresses"] == [{"name": "Depot", "address": "3 Dock"}]
    page.get_by_label("Your e-mail address").fill("other@home.example")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("alert").get_by_text("is not the one of this account.")).to_be_visible()
    assert "DELETE /account" not in shop.calls
    page.evaluate("localStorage.setItem('shop:sent', '[]')")
    page.goto(f"{URL}/cart")
    expect(page.get_by_role("link", name="Cart, 2 products")).to_be_visible()
    page.goto(f"{URL}/account")
    page.get_by_role("button", name="Sign out on all devices").click()
    page.wait_for_url("**/hosted/logout?*")
    assert asked == ["GlobalSignOut", "RevokeToken"]
    page.goto(f"{URL}/signed-out.html")
    left = page.evaluate(
        "[Object.keys(localStorage), localStorage.getItem('shop:cart'), sessionStorage.length]"
    )
    assert left == [["shop:cart"], '{"base":null,"changed":[],"lines":[]}', 0]


def go_to(page: Page, control: Locator) -> None:
    """Press Tab until the focus is on a control."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if control.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {control}")


def use(page: Page, name: str) -> None:
    """Reach a button by Tab, and press it."""
    go_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def escape(page: Page, opener: Locator) -> None:
    """Close a dialog. The page learns of it a moment after the focus is back."""
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")


def hears(page: Page, text: str) -> None:
    expect(page.locator("#announcement")).to_have_text(text)


def test_quick_order_and_lists_are_used_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/quick-order")
    rows = page.get_by_label("One product a row")
    go_to(page, rows)
    page.keyboard.type("m-1 5\nGONE-1 2")
    hears(page, "One product found. One row cannot be ordered.")
    use(page, "Put 1 product into the cart")
    hears(page, "1 product is in the cart.")
    expect(rows).to_be_focused()
    page.goto(f"{URL}/lists")
    for name in ("Weekly", "Monthly"):
        go_to(page, page.get_by_label("Name of the list"))
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        hears(page, f"{name} is saved.")
        page.get_by_role("main").get_by_role("link", name="Quick order").focus()
    use(page, "Rename Weekly")
    escape(page, page.get_by_role("button", name="Rename Weekly"))
    page.keyboard.press("Enter")
    page.keyboard.type("Fortnightly")
    page.keyboard.press("Enter")
    hears(page, "The list is called Fortnightly now.")
    expect(page.get_by_role("button", name="Rename Fortnightly")).to_be_focused()
    use(page, "Delete Fortnightly")
    escape(page, page.get_by_role("button", name="Delete Fortnightly"))
    page.keyboard.press("Enter")
    use(page, "Delete the list")
    hears(page, "Fortnightly is deleted.")
    expect(page.get_by_role("heading", name="Lists", exact=True)).to_be_focused()
    go_to(page, page.locator("summary"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mop 01")).to_be_visible()


def test_account_and_orders_are_used_by_keyboard_alone(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/account")
    use(page, "Add an address")
    escape(page, page.get_by_role("button", name="Add an address"))
    page.keyboard.press("Enter")
    shed = {"name": "Shed", "address": "2 Dock"}
    shop.addresses = {"version": 5, "addresses": [*shop.addresses["addresses"], shed]}
    page.get_by_label("Name of the address").fill("Yard")
    page.get_by_label("Street, town and postcode").fill("4 Dock")
    save = page.get_by_role("button", name="Save address")
    save.click()
    expect(page.get_by_text("The addresses were changed on another device.")).to_be_visible()
    save.click()
    expect(page.get_by_role("button", name="Change Yard")).to_be_visible()
    assert [one["name"] for one in shop.addresses["addresses"]] == ["Office", "Shed", "Yard"]
    page.locator("#cart").focus()
    use(page, "Change Office")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Kitchen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Change Kitchen")).to_be_focused()
    shop.addresses = {"version": 9, "addresses": [{"name": "Depot", "address": "3 Dock"}]}
    use(page, "Remove Kitchen")
    expect(page.locator('[data-slot="addressTrouble"]')).to_contain_text("changed on another device.")
    expect(page.get_by_role("heading", name="Addresses")).to_be_focused()
    use(page, "Remove Depot")
    hears(page, "Depot is removed.")
    expect(page.get_by_role("heading", name="Addresses")).to_be_focused()

    for at in range(14):
        items = [{"sku": "M-1", "quantity": 1}]
        order = stored({"orderID": str(uuid4()), "items": items, "agreedTotal": 649}, at)
        shop.orders[order["orderID"]] = order
    page.goto(f"{URL}/orders")
    go_to(page, page.get_by_role("link", name="Order #1012"))
    shop.orders[list(shop.orders)[11]]["status"] = "packed"
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the page looks again
    expect(page.get_by_text("Packed")).to_be_visible()
    expect(page.get_by_role("link", name="Order #1012")).to_be_focused()
    use(page, "Show older orders")
    expect(page.get_by_role("link", name="Order #1002")).to_be_focused()
    page.keyboard.press("Enter")
    cancel = page.get_by_role("button", name="Cancel the order")
    go_to(page, cancel)
    page.keyboard.press("Enter")
    escape(page, cancel)
    page.keyboard.press("Enter")
    go_to(page, page.get_by_role("dialog").get_by_role("button", name="Cancel the order"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Order #1002")).to_be_focused()


def test_the_sheets_of_all_orders_are_in_one_list(open_page: OpenPage, shop: Shop) -> None:
    bought = [["M-1"], *([["FULL", "M-1"]] * 11), ["FULL"], ["FULL"]]
    for at, skus in enumerate(bought):
        items = [{"sku": sku, "quantity": 1} for sku in skus]
        one = stored({"orderID": str(uuid4()), "items": items, "agreedTotal": 649}, at)
        shop.orders[one["orderID"]] = {**one, "createdAt": f"2026-03-{at + 1:02}T09:00:00.000Z"}
    first = next(iter(shop.orders.values()))
    first["items"] += [{**first["items"][0], "sku": "GONE-1", "name": "Wax"}]
    last = list(shop.orders.values())[-1]
    last["status"] = "cancelled"
    moved = list(shop.orders)[5]  # it is another customer's since the list was read

    def cut(route: Route, name: str) -> bool:
        if name == f"GET /orders/{moved}":
            route.fulfill(status=404, json={"error": {"message": "there is no such order"}})
        return name == f"GET /orders/{moved}"

    shop.cuts.append(cut)
    page = open_page("/orders")
    page.get_by_role("main").get_by_role("link", name="Safety data sheets").click()
    sheet, gone = page.locator("#sheets li"), page.locator("#gone li")
    expect(sheet).to_have_text(["Glass cleaner (PDF) version 3.1 of 1 March 2026, last bought 13 March 2026"])
    expect(page.get_by_text("These are from your last 12 orders, back to 3 March 2026.")).to_be_visible()
    expect(page.locator("#without li")).to_have_text(["Mop 01 M-1, last bought 12 March 2026"])
    expect(gone).to_have_count(0)
    use(page, "Look through older orders")
    expect(gone).to_have_text(["Wax GONE-1, last bought 1 March 2026"])
    hears(page, "These are from all of your 14 orders, back to 1 March 2026.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    reads = [one for one in shop.calls if one.startswith("GET /orders/")]
    assert len(reads) == len(set(reads)) == 13


HOSTILE_ID = str(uuid4())
PAGES = [
    "/cart", "/checkout", "/orders", "/order?id=unknown", "/account", "/lists", "/quick-order",
    "/safety-data-sheets", f"/order?id={HOSTILE_ID}", "/sign-up", "/forgotten-password",
    "/callback.html", "/signed-out.html",
]  # fmt: skip


def test_every_own_page_is_accessible_and_fits_a_phone(open_page: OpenPage, shop: Shop) -> None:
    long = {**LINE, "sku": "LONG", "name": "W" * 120}
    gone = {**LINE, "sku": "GONE-1", "name": "No longer sold"}
    evil = {**LINE, "sku": "BAD", "name": HOSTILE}
    shop.cart["lines"] += [long, gone, evil]
    shop.addresses["addresses"] += [dict.fromkeys(("name", "company", "address", "phone"), HOSTILE)]
    shop.lists["lists"] = [{"name": HOSTILE, "lines": [{"sku": "BAD", "quantity": 1, "name": HOSTILE}]}]
    order = {"orderID": HOSTILE_ID, "items": [{"sku": "BAD", "quantity": 1}], "agreedTotal": 649}
    typed = {"reference": HOSTILE, "notes": HOSTILE, "customer": {"company": HOSTILE, "address": HOSTILE}}
    shop.orders[HOSTILE_ID] = stored({**order, **typed}, 0)
    for address in PAGES:
        page = open_page(address)
        expect(page.locator("h1:visible").first).to_be_visible()
        expect(page.locator('[data-when="loading"]:visible')).to_have_count(0)
        assert violations(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert violations(page, runOnly=COLOUR_RULES) == [], address
        for width in (320, 390, 800):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} at {width} px"
        assert re.search("noindex", page.content())
        assert page.locator('img[src="x"]').count() == 0, address
