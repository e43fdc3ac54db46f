"""Every task of docs/staff-guide.md, done once by the keyboard alone: no mouse, no script that clicks."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from local.api import Api
from tests.browser.accounts import NEW_PASSWORD, PASSWORD, Office
from tests.browser.conftest import Json, OpenTab, PlaceOrder, orders_of, wait_until_known
from tests.browser.screenshots import IMAGES, take
from tests.browser.tab import Person, Tab
from tests.browser.test_one_order import edit_elsewhere

pytestmark = pytest.mark.browser

GUIDE = Path(__file__).resolve().parents[2] / "docs/staff-guide.md"
NO_TASK = {"What the messages mean"}
MOST_TABS = 90

WALKS: dict[str, Callable[..., Any]] = {}


def walks(task: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a test as the walk of one task of the guide."""

    def mark(test: Callable[..., Any]) -> Callable[..., Any]:
        WALKS[task] = test
        return test

    return mark


def test_every_task_of_the_guide_is_walked_and_no_other() -> None:
    headings = set(re.findall(r"^## (.+)$", GUIDE.read_text(), re.M))
    assert set(WALKS) == headings - NO_TASK


def test_the_pictures_of_the_guide_are_those_that_the_script_takes(
    chromium: Browser, outputs: Json, staff: Person, tmp_path: Path
) -> None:
    take(chromium, outputs, staff, tmp_path)
    taken = {path.name for path in tmp_path.iterdir()}
    assert taken == set(re.findall(r"\(images/(.+?)\)", GUIDE.read_text()))
    assert taken == {path.name for path in IMAGES.iterdir()}


@dataclass
class Hands:
    """Two hands on a keyboard, and eyes on the screen."""

    tab: Tab

    def press(self, *keys: str) -> None:
        for key in keys:
            self.tab.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.tab.page.keyboard.type(text)

    def tab_to(self, wanted: Locator, key: str = "Tab") -> None:
        """Press Tab until something has the focus, as often as anybody would bear."""
        expect(wanted).to_be_visible()
        for _ in range(MOST_TABS):
            if wanted.evaluate("(element) => element === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"not reached by {MOST_TABS} times {key}: {wanted}")

    def press_on(self, wanted: Locator) -> None:
        """Go to a button or link, and press it."""
        self.tab_to(wanted)
        self.press("Enter")

    def send(self, button: str) -> None:
        """Press Enter in a form, which does nothing before its button is there to be pressed."""
        expect(self.button(button)).to_be_enabled()
        self.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Go to a field, and put a text in the place of what it holds."""
        self.tab_to(self.tab.page.get_by_label(label, exact=True))
        self.press("ControlOrMeta+a")
        self.type(text)

    def button(self, name: str) -> Locator:
        return self.tab.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.tab.page.get_by_role("link", name=name, exact=True)

    def heading(self, name: str) -> Any:
        return expect(self.tab.page.get_by_role("heading", name=name, exact=True))

    def sign_in(self, person: Person, path: str) -> None:
        self.tab.goto(path)
        self.tab.page.wait_for_url("**/oauth2/authorize?**")
        self.tab_to(self.tab.page.get_by_label("Username"))
        self.type(person.email)
        self.tab_to(self.tab.page.get_by_label("Password"))
        self.type(person.password)
        self.press("Enter")


@pytest.fixture
def hands(open_tab: OpenTab) -> Any:
    """A tab in which a mouse would be noticed."""
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    tab.page.add_init_script("addEventListener('mousedown', () => console.error('a mouse'), true)")
    mice: list[str] = []
    tab.page.on("console", lambda message: mice.append(message.text) if message.text == "a mouse" else None)
    yield Hands(tab)
    assert mice == []


@pytest.fixture
def at_work(hands: Hands, staff: Person) -> Callable[[str], Hands]:
    """Sign in, and be at a page."""

    def go(path: str) -> Hands:
        hands.sign_in(staff, path)
        expect(hands.tab.page.get_by_role("button", name="Sign out")).to_be_visible()
        return hands

    return go


@walks("Sign in for the first time")
def test_a_first_password_is_exchanged_for_ones_own(hands: Hands, office: Office) -> None:
    hands.sign_in(office.invite(), "/")
    hands.write("New password", PASSWORD)
    if hands.tab.page.get_by_label("Confirm").count():
        hands.tab_to(hands.tab.page.get_by_label("Confirm"))
        hands.type(PASSWORD)
    hands.press("Enter")
    hands.heading("Today").to_be_visible()


@walks("See how the day is going")
def test_todays_figures_are_read_and_followed(
    at_work: Callable[[str], Hands], place_order: PlaceOrder
) -> None:
    order = place_order()
    hands = at_work("/")
    hands.heading("Latest orders").to_be_visible()
    hands.press_on(hands.tab.page.get_by_text("As a table").first)
    expect(hands.tab.page.get_by_role("table").first).to_be_visible()
    hands.press_on(hands.tab.page.get_by_role("link", name=order["orderID"][:8]))
    expect(hands.tab.page).to_have_url(re.compile(order["orderID"]))


@walks("Find an order")
def test_an_order_is_found_by_number(at_work: Callable[[str], Hands], place_order: PlaceOrder) -> None:
    order, other = place_order(), place_order()
    hands = at_work("/orders.html")
    expect(hands.tab.row(order)).to_be_visible()
    hands.press("/")
    hands.type(order["orderID"][:8])
    hands.press("Enter")
    expect(hands.tab.row(other)).to_be_hidden()
    expect(hands.tab.row(order)).to_be_visible()
    hands.press_on(hands.button("Save view"))
    hands.write("Name", "The one I look for")
    hands.press("Enter")
    expect(hands.link("The one I look for")).to_be_visible()


@walks("Pack, ship and deliver an order")
def test_an_order_goes_its_way_by_e(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    order = place_order()
    hands = at_work(f"/orders.html?customer={customer['email']}")
    expect(hands.tab.row(order)).to_be_visible()
    hands.press("j")
    expect(hands.tab.row(order)).to_be_focused()
    hands.press("Enter")
    for step, button in (("Packed", "shipped"), ("Shipped", "delivered")):
        hands.heading("Timeline").to_be_visible()
        hands.tab.page.wait_for_timeout(1100)  # a second e at once is taken for the same key twice
        hands.press("e")
        expect(hands.button(f"Mark as {button}")).to_be_visible()
        assert step.lower() == admin_api.call("GET", f"/orders/{order['orderID']}").document["status"]
    hands.press_on(hands.button("Mark as delivered"))
    expect(hands.button("Mark as delivered")).to_be_hidden()
    assert admin_api.call("GET", f"/orders/{order['orderID']}").document["status"] == "delivered"


@walks("Move many orders at once")
def test_two_orders_move_together(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    orders = [place_order(), place_order()]
    hands = at_work(f"/orders.html?customer={customer['email']}")
    expect(hands.tab.row(orders[0])).to_be_visible()
    hands.press("j", "x", "j", "x")
    expect(hands.tab.page.get_by_text("2 orders selected")).to_be_visible()
    hands.press("e")
    expect(hands.button("Move 2 orders")).to_be_focused()
    hands.press("Enter")
    expect(hands.tab.page.get_by_text("2 of 2: 2 moved")).to_be_visible()
    assert {order["status"] for order in orders_of(admin_api, customer)} == {"packed"}


@walks("Take an order")
def test_an_order_is_taken_for_a_known_customer(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    place_order()
    wait_until_known(admin_api, customer)
    hands = at_work("/orders.html")
    hands.press("n")
    expect(hands.tab.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    hands.tab.add_line("browsertest bleach", "3")
    hands.write("Name", customer["email"].partition("@")[0])
    expect(hands.tab.page.get_by_role("option", name=customer["email"])).to_be_visible()
    hands.press("ArrowDown", "Enter")
    expect(hands.tab.page.get_by_label("E-mail")).to_have_value(customer["email"])
    hands.press_on(hands.button("Send order"))
    expect(hands.tab.progress("Placed")).to_be_visible()
    assert [order["lineCount"] for order in orders_of(admin_api, customer)] == [1, 2]


@walks("Paste lines from a spreadsheet")
def test_lines_are_pasted(at_work: Callable[[str], Hands]) -> None:
    hands = at_work("/new-order.html")
    expect(hands.tab.page.get_by_role("combobox", name="Add a product")).to_be_focused()
    copied = "BT-BLEACH\t4\nBT-GLOVES\t2\nNOT-OURS\t1"
    hands.tab.page.evaluate("(text) => navigator.clipboard.writeText(text)", copied)
    hands.press_on(hands.button("Paste lines …"))
    hands.tab_to(hands.tab.page.get_by_label("Rows from a spreadsheet"))
    hands.press("ControlOrMeta+v")
    add = hands.tab.page.get_by_role("button", name="Add 2 lines")
    expect(add).to_be_enabled()
    hands.press_on(add)
    expect(hands.tab.page.locator("#line-rows tr")).to_have_count(2)


@walks("Put a rejected order right")
def test_a_rejected_order_becomes_a_new_one(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    lines: list[Json] = [{"sku": "NOT-OURS", "quantity": 1}, {"sku": "BT-BLEACH", "quantity": 2}]
    order = place_order(lines)
    hands = at_work(f"/order.html?id={order['orderID']}")
    hands.press_on(hands.link("Fix and send again as a new order"))
    hands.press_on(hands.tab.page.get_by_role("button", name="Remove NOT-OURS"))
    hands.press_on(hands.button("Send order"))
    expect(hands.tab.progress("Placed")).to_be_visible()
    assert [one["status"] for one in orders_of(admin_api, customer)] == ["placed", "rejected"]


@walks("Change an order")
def test_two_change_one_order_and_one_chooses(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(notes="Ring twice")
    hands = at_work(f"/order.html?id={order['orderID']}")
    hands.press_on(hands.button("Edit"))
    hands.tab_to(hands.tab.page.get_by_label("For packing and delivery"))
    hands.press("ControlOrMeta+a")
    hands.type("Side door")
    edit_elsewhere(admin_api, order, notes="Front door")
    hands.press_on(hands.button("Save changes"))
    dialog = hands.tab.page.get_by_role("dialog", name="Someone else changed this order")
    group = dialog.get_by_role("group", name="Notes")
    hands.tab_to(group.get_by_role("radio").first)
    hands.press("ArrowDown")
    expect(group.get_by_label("Yours")).to_be_checked()
    hands.press_on(dialog.get_by_role("button", name="Save what is chosen"))
    expect(dialog).to_be_hidden()
    hands.heading("Timeline").to_be_visible()
    assert admin_api.call("GET", f"/orders/{order['orderID']}").document["notes"] == "Side door"


@walks("Cancel an order")
def test_an_order_is_cancelled_with_a_reason(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    hands = at_work(f"/order.html?id={order['orderID']}")
    hands.press_on(hands.button("Cancel order …"))
    hands.write("Why is it cancelled?", "Ordered twice")
    hands.press_on(hands.button("Cancel the order"))
    expect(hands.button("Cancel order …")).to_be_hidden()
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert (stored["status"], stored["history"][-1]["note"]) == ("cancelled", "Ordered twice")


@walks("Print the packing slip and the invoice")
def test_both_papers_are_printed_by_their_keys(
    at_work: Callable[[str], Hands], place_order: PlaceOrder
) -> None:
    order = place_order()
    hands = at_work(f"/order.html?id={order['orderID']}")
    hands.heading("Timeline").to_be_visible()
    hands.tab.page.evaluate(
        """() => {
            window.printed = [];
            window.print = () => printed.push(document.documentElement.outerHTML);
        }"""
    )
    hands.press("p")
    hands.tab.page.wait_for_function("() => printed.length === 1")
    hands.press("i")
    hands.tab.page.wait_for_function("() => printed.length === 2")
    slip, invoice = hands.tab.page.evaluate("printed")
    assert slip != invoice


@walks("Look up a customer")
def test_a_customer_is_found_and_orders_again(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    place_order()
    wait_until_known(admin_api, customer)
    hands = at_work("/customers.html")
    hands.press("/")
    hands.type(customer["email"].partition("@")[0])
    hands.press("Enter")
    found = hands.tab.page.get_by_role("main").get_by_role("link").filter(has_text=customer["name"])
    expect(found).to_have_count(1)
    hands.press_on(found)
    hands.press_on(hands.link("New order for this customer"))
    expect(hands.tab.page.get_by_label("E-mail")).to_have_value(customer["email"])


@walks("Export to a spreadsheet")
def test_what_the_filter_shows_becomes_a_file(
    at_work: Callable[[str], Hands], place_order: PlaceOrder, customer: Json, tmp_path: Path
) -> None:
    orders = [place_order(), place_order()]
    hands = at_work(f"/orders.html?customer={customer['email']}")
    expect(hands.tab.row(orders[0])).to_be_visible()
    hands.tab_to(hands.button("Export"))
    with hands.tab.page.expect_download() as download:
        hands.press("Enter")
    download.value.save_as(tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {order["orderID"] for order in orders} == {row["Order ID"] for row in csv.DictReader(file)}


@walks("Use the keyboard")
def test_the_keys_are_shown_and_let_go_of(at_work: Callable[[str], Hands]) -> None:
    hands = at_work("/orders.html")
    hands.press("?")
    dialog = hands.tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Next order")
    hands.press("Escape")
    expect(dialog).to_be_hidden()


@walks("Choose a new password when you forgot yours")
def test_a_forgotten_password_is_replaced(
    hands: Hands, office: Office, read_code: Callable[[str], str]
) -> None:
    person = office.employ()
    hands.tab.goto("/signed-out.html")
    hands.press_on(hands.link("Forgotten your password?"))
    hands.write("E-mail", person.email)
    hands.send("Send the code")
    hands.heading("Choose another password").to_be_visible()
    hands.tab_to(hands.tab.page.get_by_label("Code"))
    hands.type(read_code(person.email))
    hands.tab_to(hands.tab.page.get_by_label("New password"))
    hands.type(NEW_PASSWORD)
    hands.send("Change password")
    hands.heading("Your password is changed").to_be_visible()
    hands.sign_in(Person(person.email, NEW_PASSWORD), "/")
    hands.heading("Today").to_be_visible()
