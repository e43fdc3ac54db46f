"""Every task of docs/staff-guide.md, done once by the keyboard alone."""

import csv
import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect

from local import emulator
from local.api import Api
from tests.browser.accounts import NEW_PASSWORD, PASSWORD, Office, new_address
from tests.browser.conftest import Json, OpenTab, PlaceOrder, orders_of, placed, wait_until_known
from tests.browser.orders import address, edit_elsewhere, move_elsewhere, wait_for
from tests.browser.screenshots import IMAGES, take
from tests.browser.tab import Person, Tab, number_of
from tests.browser.test_product_files import image, sheet
from tests.browser.words import Name

pytestmark = pytest.mark.browser

GUIDE = Path(__file__).resolve().parents[2] / "docs/staff-guide.md"
NO_TASK = {"What the messages mean"}
MAX_TABS = 90

WALKS: dict[str, Callable[..., Any]] = {}


def walks(task: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a test that does one task of the guide. `task` is the heading of the task."""

    def mark(test: Callable[..., Any]) -> Callable[..., Any]:
        WALKS[task] = test
        return test

    return mark


def test_every_task_of_the_guide_has_a_test() -> None:
    headings = set(re.findall(r"^## (.+)$", GUIDE.read_text(), re.M))
    assert set(WALKS) == headings - NO_TASK


def test_the_guide_shows_the_pictures_that_the_script_takes(
    chromium: Browser, outputs: Json, staff: Person, tmp_path: Path
) -> None:
    take(chromium, outputs, staff, tmp_path)
    taken = {path.name for path in tmp_path.iterdir()}
    assert taken == set(re.findall(r"\(images/(.+?)\)", GUIDE.read_text()))
    assert taken == {path.name for path in IMAGES.iterdir()}


class KeyboardTab(Tab):
    """A tab used by keyboard alone: the Tab key moves to each button, link and field."""

    def reach(self, wanted: Locator) -> None:
        """Press Tab until this element has the focus."""
        expect(wanted).to_be_visible()
        found = wanted.element_handle()  # because looking for it by its role at each press takes long
        for _ in range(MAX_TABS):
            is_reached, is_shown = found.evaluate("(it) => [it === document.activeElement, it.isConnected]")
            if is_reached:
                return
            if not is_shown:  # the page has made it anew
                found = wanted.element_handle()
            self.key("Tab")
        raise AssertionError(f"{MAX_TABS} presses of Tab do not reach {wanted}")

    def enter(self, wanted: Locator) -> None:
        """Move the focus to this element and press Enter."""
        self.reach(wanted)
        self.key("Enter")

    def press(self, name: Name) -> None:
        self.enter(self.button(name))

    def follow(self, name: Name) -> None:
        self.enter(self.link(name))

    def fill(self, label: Name, text: str) -> None:
        self.reach(self.field(label))
        self.key("ControlOrMeta+a")
        self.type(text)

    def submit(self, button: str) -> None:
        """Press Enter in a form once its button is enabled, because Enter does nothing before."""
        expect(self.button(button)).to_be_enabled()
        self.key("Enter")

    def give_credentials(self, email: str, password: str) -> None:
        self.arrives_at_sign_in()
        self.fill("Username", email)
        self.fill("Password", password)
        self.key("Enter")


@pytest.fixture
def tab(open_tab: OpenTab) -> Iterator[KeyboardTab]:
    """A tab for the keyboard alone. The test fails if a mouse button was pressed."""
    opened = open_tab(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    tab = KeyboardTab(opened.page, opened.site_url)
    tab.page.add_init_script("addEventListener('mousedown', () => console.error('a mouse'), true)")
    mice: list[str] = []
    tab.page.on("console", lambda message: mice.append(message.text) if message.text == "a mouse" else None)
    yield tab
    assert mice == []


@walks("Sign in for the first time")
def test_the_temporary_password_is_replaced_at_the_first_sign_in(tab: KeyboardTab, office: Office) -> None:
    person = office.invite()
    tab.goto("/")
    tab.give_credentials(person.email, person.password)
    tab.fill("New password", PASSWORD)
    if tab.field("Confirm", exact=False).count():
        tab.reach(tab.field("Confirm", exact=False))
        tab.type(PASSWORD)
    tab.key("Enter")
    tab.sees_heading("Today")


@walks("See how the day is going")
def test_todays_figures_are_read_and_a_latest_order_opened(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff, "/")
    tab.sees_heading("Latest orders")
    tab.enter(tab.text("As a table").first)
    expect(tab.find("table").first).to_be_visible()
    tab.follow(number_of(order))
    tab.arrives_at(re.compile(order["orderID"]))


@walks("Find an order")
def test_an_order_is_found_by_number(tab: KeyboardTab, staff: Person, place_order: PlaceOrder) -> None:
    order, other = place_order(), place_order()
    tab.sign_in(staff, "/orders.html")
    tab.sees_order(order)
    tab.key("/")
    tab.type(number_of(order))
    tab.key("Enter")
    expect(tab.row(other)).to_be_hidden()
    tab.sees_order(order)
    tab.press("Save view")
    tab.fill("Name", "The one I look for")
    tab.key("Enter")
    tab.sees_link("The one I look for")


@walks("Pack, ship and deliver an order")
def test_an_order_is_moved_from_placed_to_delivered(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    order = place_order()
    tab.replace_clock()
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(order)
    tab.key("j")
    expect(tab.row(order)).to_be_focused()
    tab.key("Enter")
    for step, button in (("Packed", "shipped"), ("Shipped", "delivered")):
        tab.sees_heading("Timeline")
        tab.advance(1100)  # a second press of the e key within a second is ignored
        tab.key("e")
        tab.sees_button(f"Mark as {button}")
        assert step.lower() == admin_api.call("GET", f"/orders/{order['orderID']}").document["status"]
    tab.advance(1100)
    tab.press("Mark as delivered")
    tab.sees_no("button", "Mark as delivered")
    assert admin_api.call("GET", f"/orders/{order['orderID']}").document["status"] == "delivered"


@walks("Take a step back")
def test_a_packed_order_goes_back_to_placed_at_once_and_later(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    for undo in (True, False):
        tab.key("e")
        expect(tab.button("Mark as shipped")).to_be_enabled()
        if undo:
            tab.press("Undo")
        else:
            tab.press("Back to placed …")
            tab.fill("Why does it go back?", "A bottle leaks")
            tab.press("Back to placed")
        expect(tab.button("Mark as packed")).to_be_enabled()
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert [entry["to"] for entry in stored["history"]] == ["placed", "packed"] * 2 + ["placed"]
    assert stored["history"][-1]["note"] == "A bottle leaks"


@walks("Move many orders at once")
def test_two_orders_move_together(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    orders = [place_order(), place_order()]
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(orders[0])
    tab.key("j", "x", "j", "x")
    tab.sees("2 orders selected")
    tab.key("e")
    expect(tab.button("Move 2 orders")).to_be_focused()
    tab.key("Enter")
    tab.sees("2 of 2: 2 moved")
    assert {order["status"] for order in orders_of(admin_api, customer)} == {"packed"}


@walks("Take an order")
def test_an_order_is_taken_for_a_known_customer(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    place_order()
    wait_until_known(admin_api, customer)
    tab.sign_in(staff, "/orders.html")
    tab.key("n")
    expect(tab.product_search()).to_be_focused()
    tab.add_line("browsertest bleach", "3")
    tab.fill("Name", customer["email"].partition("@")[0])
    expect(tab.option(customer["email"])).to_be_visible()
    tab.key("ArrowDown", "Enter")
    expect(tab.field("E-mail")).to_have_value(customer["email"])
    tab.press("Send order")
    expect(tab.progress("Placed")).to_be_visible()
    assert [order["lineCount"] for order in orders_of(admin_api, customer)] == [1, 2]


@walks("Delivery, a discount, or something without SKU")
def test_delivery_and_a_discount_are_added_by_keyboard(
    tab: KeyboardTab, staff: Person, customer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    tab.add_line("browsertest bleach", "2")
    tab.fill("Name", customer["name"])
    tab.fill("E-mail", customer["email"])
    tab.press("Add a charge")
    tab.fill("Amount of charge 1", "5")
    tab.press("Add a charge")
    expect(tab.field("Charge 2")).to_be_focused()
    tab.type("Disc")
    tab.fill("Text of charge 2", "The last one leaked")
    tab.fill("Amount of charge 2", "10 %")
    tab.key("Enter")
    expect(tab.product_search()).to_be_focused()
    tab.key("Control+Enter")
    expect(tab.progress("Placed")).to_be_visible()
    (order,) = orders_of(admin_api, customer)
    assert (order["total"], order["chargeTotal"]) == (1298 + 500 - 130, 500 - 130)


@walks("Park an order")
def test_an_order_is_parked_opened_again_and_sent(
    tab: KeyboardTab, staff: Person, customer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    tab.add_line("browsertest bleach", "2")
    tab.fill("Name", customer["name"])
    tab.fill("Company", customer["email"])
    tab.key("Alt+p")
    tab.type(customer["email"])
    tab.key("Enter")
    expect(tab.field("Company")).to_have_value("")
    parked_list = tab.css("#parked-list")
    expect(parked_list).to_be_visible()
    if not parked_list.evaluate("list => list.open"):
        tab.enter(parked_list.locator("summary"))
    tab.follow(customer["email"])
    expect(tab.field("Quantity of Browsertest bleach 5 L")).to_have_value("2")
    tab.fill("E-mail", customer["email"])
    tab.key("Control+Enter")
    expect(tab.progress("Placed")).to_be_visible()
    assert len(orders_of(admin_api, customer)) == 1


@walks("Paste lines from a spreadsheet")
def test_lines_are_pasted_from_a_spreadsheet(tab: KeyboardTab, staff: Person) -> None:
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    copied = "BT-BLEACH\t4\nBT-GLOVES\t2\nNOT-OURS\t1"
    tab.evaluate("(text) => navigator.clipboard.writeText(text)", copied)
    tab.press("Paste lines …")
    tab.reach(tab.field("Rows from a spreadsheet"))
    tab.key("ControlOrMeta+v")
    expect(tab.button("Add 2 lines")).to_be_enabled()
    tab.press("Add 2 lines")
    expect(tab.css("#line-rows tr")).to_have_count(2)


@walks("Put a rejected order right")
def test_a_rejected_order_is_corrected_and_sent_as_a_new_one(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    lines: list[Json] = [{"sku": "NOT-OURS", "quantity": 1}, {"sku": "BT-BLEACH", "quantity": 2}]
    order = place_order(lines)
    tab.sign_in(staff, address(order))
    tab.follow("Fix and send again as a new order")
    tab.press("Remove NOT-OURS")
    tab.press("Send order")
    expect(tab.progress("Placed")).to_be_visible()
    assert [one["status"] for one in orders_of(admin_api, customer)] == ["placed", "rejected"]


@walks("What could not be processed")
def test_a_dead_letter_is_found_mended_and_sent(
    tab: KeyboardTab, admin: Person, admin_api: Api, outputs: Json
) -> None:
    name = f"Walk {uuid.uuid4().hex[:8]}"
    items = [{"sku": "BT-BLEACH", "quantity": "two"}]
    order = {"customer": {"name": name, "email": "walk@shop.example"}, "items": items, "giftWrap": True}
    sqs = emulator.client("sqs", outputs["local"]["endpointUrl"], outputs["region"])
    for body in (json.dumps(order), f"no order {name}"):
        sqs.send_message(QueueUrl=outputs["orderQueueUrl"], MessageBody=body)
    letters: list[Json] = []

    def are_kept() -> bool:
        letters[:] = admin_api.call("GET", "/dead-letters?source=orders&state=open").document["deadLetters"]
        return {one["advice"] for one in letters} >= {"no-order-id", "not-json"} and name in str(letters)

    wait_for(are_kept)
    tab.sign_in(admin, "/")
    tab.follow(re.compile("orders? did not arrive$"))
    tab.follow(name)
    tab.follow("Mend and send")
    tab.sees_heading("What to put right")
    tab.reach(tab.css("#quantity-0"))
    tab.key("ControlOrMeta+a")
    tab.type("2")
    tab.key("Enter")
    tab.key("ControlOrMeta+Enter")
    tab.follow("Open the order")
    tab.follow("The dead letter")
    expect(tab.css(".letter-state")).to_have_text("Sent again")
    unreadable = next(one for one in letters if one["advice"] == "not-json")
    tab.goto(f"/dead-letter.html?id={unreadable['id']}")
    tab.press("Discard …")
    tab.type("Told by phone")
    tab.press("Discard")
    expect(tab.css(".letter-state")).to_have_text("Discarded")
    tab.key("u")
    tab.sees_heading("Dead letters")
    tab.reach(tab.css("#accounting summary"))
    tab.key("Enter")
    expect(tab.css('[data-slot="dead"]')).to_have_text(re.compile("[0-9]+"))
    tab.press("Count again")
    tab.sees("Every accepted order is in one place.")


@walks("Change an order")
def test_two_people_change_an_order_and_one_chooses_a_version(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order(notes="Ring twice")
    tab.sign_in(staff, address(order))
    tab.press("Edit")
    tab.fill("For packing and delivery", "Side door")
    edit_elsewhere(admin_api, order, notes="Front door")
    tab.press("Save changes")
    dialog = tab.dialog("Someone else changed this order")
    group = dialog.group("Notes")
    tab.reach(group.find("radio").first)
    tab.key("ArrowDown")
    expect(group.field("Yours", exact=False)).to_be_checked()
    tab.enter(dialog.button("Save what is chosen"))
    expect(dialog.locator).to_be_hidden()
    tab.sees_heading("Timeline")
    assert admin_api.call("GET", f"/orders/{order['orderID']}").document["notes"] == "Side door"


@walks("Write a comment on an order")
def test_a_comment_is_written_in_the_timeline(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.fill("Comment", "The gate is locked after five")
    tab.key("Control+Enter")
    expect(tab.css(".timeline .quote").first).to_have_text("The gate is locked after five")
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert (stored["status"], stored["history"][-1]["event"]) == ("placed", "commented")


@walks("Send a mail to the shop again")
def test_the_mail_about_an_order_is_sent_again(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder
) -> None:
    tab.sign_in(staff, address(place_order()))
    tab.enter(tab.css("#mails summary"))
    rows, sent = tab.css("#mail-rows > li"), re.compile(r"Sent .* to orders@shop\.example")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("New order")
    expect(rows.first).to_contain_text(sent)
    tab.press("Send again: New order")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text(f"Sent again by {staff.email}")
    expect(rows.last).to_contain_text(sent, timeout=20_000)
    expect(rows.last.locator("button")).to_be_hidden()
    tab.sees("Mail sent again")


@walks("Label orders")
def test_an_order_is_tagged_and_assigned(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    tab.key("t")
    tab.fill("Assigned to", "van 2")
    tab.fill("Tags, with commas between them", "rush")
    tab.key("Enter")
    tab.sees_link("rush")
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert (stored["tags"], stored["assignee"]) == (["rush"], "van 2")
    wait_for(lambda: order["orderID"] in str(admin_api.call("GET", "/orders?label=rush").document))
    tab.follow("rush")
    tab.sees_heading("Orders labelled rush")
    tab.sees_order(order)


@walks("Cancel an order")
def test_an_order_is_cancelled_with_a_reason(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.press("Cancel order …")
    tab.fill("Why is it cancelled?", "Ordered twice")
    tab.press("Cancel the order")
    tab.sees_no("button", "Cancel order …")
    stored = admin_api.call("GET", f"/orders/{order['orderID']}").document
    assert (stored["status"], stored["history"][-1]["note"]) == ("cancelled", "Ordered twice")


@walks("Print the packing slip and the invoice")
def test_packing_slip_and_invoice_are_printed_by_keys(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    tab.evaluate(
        """() => {
            window.printed = [];
            window.print = () => printed.push(document.documentElement.outerHTML);
        }"""
    )
    tab.key("p")
    tab.page.wait_for_function("() => printed.length === 1")
    tab.key("i")
    tab.page.wait_for_function("() => printed.length === 2")
    slip, invoice = tab.evaluate("printed")
    assert slip != invoice


@walks("Print the papers of many orders")
def test_slips_of_selected_orders_are_printed_by_keys(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    orders = [place_order(), place_order()]
    tab.page.add_init_script("window.print = () => {}")
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(orders[0])
    tab.key("j", "x", "j", "x")
    tab.sees("2 orders selected")
    tab.key("p")
    tab.sees_heading("Print 2 orders")
    expect(tab.button("Packing slips")).to_be_focused()
    tab.key("Enter")
    expect(tab.css("#papers > .packing-slip")).to_have_count(2)


@walks("Look up a customer")
def test_a_customer_is_found_and_orders_again(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    place_order()
    wait_until_known(admin_api, customer)
    tab.sign_in(staff, "/customers.html")
    tab.key("/")
    tab.type(customer["email"].partition("@")[0])
    tab.key("Enter")
    found = tab.find("main").get_by_role("link").filter(has_text=customer["name"])
    expect(found).to_have_count(1)
    tab.enter(found)
    tab.follow("New order for this customer")
    expect(tab.field("E-mail")).to_have_value(customer["email"])


@walks("Write a note on a customer")
def test_a_note_on_a_customer_is_written_by_keys(
    tab: KeyboardTab, staff: Person, admin_api: Api, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer, orders=1)
    tab.sign_in(staff, address(order))
    tab.follow("All about this customer")
    tab.press("Write a note")
    tab.type("Pays late")
    tab.press("Save note")
    tab.sees("Pays late")
    tab.goto(address(order))
    tab.sees("Note: Pays late")


@walks("Merge two addresses of one customer")
def test_two_addresses_of_a_customer_are_merged_by_keys(
    tab: KeyboardTab, admin: Person, admin_api: Api, place_order: PlaceOrder, customer: Json
) -> None:
    other = customer | {"email": f"office-{customer['email']}"}
    for one in (customer, other):
        place_order(customer=one)
        wait_until_known(admin_api, one, orders=1)
    tab.sign_in(admin, f"/customer.html?email={customer['email']}")
    tab.press("Merge into another customer …")
    tab.reach(tab.field("The customer who stays"))
    tab.type(other["email"])
    expect(tab.option(other["email"])).to_be_visible()
    tab.key("ArrowDown", "Enter")
    tab.press("Move 1 order")
    tab.arrives_at(f"/customer.html?email={other['email'].replace('@', '%40')}")
    wait_until_known(admin_api, other, orders=2)


@walks("Give somebody their data, or erase it")
def test_a_customer_is_exported_and_erased_by_keys(
    tab: KeyboardTab, admin: Person, admin_api: Api, customer: Json
) -> None:
    order = placed(admin_api, customer)
    move_elsewhere(admin_api, order, "cancelled", note="Not needed")
    wait_until_known(admin_api, customer, orders=1)
    tab.sign_in(admin, f"/customer.html?email={customer['email']}")
    tab.press("Download everything")
    tab.sees("1 order saved:")
    tab.press("Erase this customer …")
    tab.sees("1 rejected or cancelled order")
    tab.type("Asked by letter")
    tab.key("Tab")
    tab.type("ERASE")
    tab.press("Erase for good")
    tab.sees("Nothing is kept under this address any more.")
    tab.press("Close")
    tab.arrives_at("/customers.html")


@walks("What sells best?")
def test_the_best_sellers_are_found_by_keys(tab: KeyboardTab, staff: Person) -> None:
    tab.sign_in(staff, "/sales.html")
    tab.follow("Best sellers")
    tab.follow("By revenue")
    tab.arrives_at("/best-sellers.html?by=revenue")
    tab.follow("All time")
    tab.sees_heading("All time")


@walks("Look after the products")
def test_a_product_is_added_and_changed_by_keys(tab: KeyboardTab, staff: Person, admin_api: Api) -> None:
    sku = f"SG-{uuid.uuid4().hex[:12]}"
    tab.sign_in(staff, "/products.html")
    tab.follow("New product")
    expect(tab.field("SKU")).to_be_focused()
    texts = {"SKU": sku, "Name": f"Pail {sku}", "Category": "Pails", "Price": "6.29", "Unit": "piece"}
    for label, text in texts.items():
        tab.fill(label, text)
    tab.key("Enter")
    tab.arrives_at(f"/product.html?sku={sku}")
    tab.fill("Price", "6.49")
    tab.key("Enter")
    tab.inside("#history").says("Price: £6.29 → £6.49")
    tab.goto("/products.html")
    tab.key("/")
    tab.type(sku)
    expect(tab.css("#product-rows tr:not(.skeleton)")).to_have_count(1)
    tab.enter(tab.link(f"Pail {sku}"))
    tab.reach(tab.field("Sold"))
    tab.key("Space")
    tab.press("Save changes")
    tab.sees("Not sold", exact=True)
    assert admin_api.call("GET", f"/products/{sku}").document["active"] is False


@walks("Add an image and a safety data sheet")
def test_an_image_and_a_sheet_are_added_by_keys(tab: KeyboardTab, staff: Person, admin_api: Api) -> None:
    sku = f"SG-{uuid.uuid4().hex[:12]}"
    plain = {"name": f"Mop {sku}", "category": "Mops", "unitPrice": 649, "unit": "each", "active": True}
    admin_api.call("POST", "/products", {"sku": sku, **plain})
    # Between two files, Playwright would hand the chooser back to the browser, and that can come late.
    tab.page.on("filechooser", lambda _: None)
    tab.sign_in(staff, f"/product.html?sku={sku}")

    def choose(kind: str, file: FilePayload) -> None:
        tab.reach(tab.css(f"#choose-{kind}"))
        tab.page.wait_for_load_state("networkidle")  # the picture of an upload before may still load
        with tab.page.expect_file_chooser() as chooser:
            tab.key("Space")
        chooser.value.set_files(file)
        expect(tab.css(f"#{kind}-status")).to_contain_text("Uploaded (")

    choose("image", image())
    tab.fill("Alternative text", "A flat mop")
    choose("safetyDataSheet", sheet())
    tab.fill("Version of the sheet", "3")
    tab.reach(tab.field("Date of the sheet"))
    tab.type("02032024")
    tab.press("Save changes")
    tab.inside("#history").says("Safety data sheet: added")
    saved = admin_api.call("GET", f"/products/{sku}").document
    assert (saved["imageText"], saved["safetyDataSheetVersion"]) == ("A flat mop", "3")
    assert saved["safetyDataSheetDate"] in ("2024-03-02", "2024-02-03"), "as the browser's language has it"


@walks("Recall a product")
def test_the_recall_list_is_opened_by_keys(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, admin_api: Api, customer: Json
) -> None:
    place_order()
    wait_until_known(admin_api, customer)
    tab.sign_in(staff, "/product.html?sku=BT-BLEACH")
    tab.enter(tab.css("#sold summary"))
    tab.follow("Recall list")
    expect(tab.css("#recall-rows tr").first).to_be_visible()


@walks("Change many products at once")
def test_prices_of_many_products_are_raised_by_keys(tab: KeyboardTab, staff: Person, admin_api: Api) -> None:
    category = f"Guide-{uuid.uuid4().hex[:12]}"
    skus = [f"SG-{uuid.uuid4().hex[:12]}" for _ in range(3)]
    plain = {"category": category, "unitPrice": 100, "unit": "each", "active": True}
    items = [{"sku": sku, "name": f"Cloth {sku}", **plain} for sku in skus]
    admin_api.call("POST", "/products/batch", {"items": items})
    tab.sign_in(staff, f"/products.html?category={category}")
    tab.reach(tab.field("Select all on this page"))
    tab.key("Space")
    tab.press("Change …")
    dialog = tab.inside("#change-dialog")
    tab.reach(dialog.field("Amount"))
    tab.type("4 %")
    tab.key("Enter")
    dialog.says("3 products: 3 to change")
    tab.enter(dialog.button("Change 3 products"))
    dialog.says("3 products: 3 changed")
    tab.key("Enter")
    expect(tab.css("#product-rows .col-price")).to_have_text(["£1.04"] * 3)


def _new_product(admin_api: Api, price: int) -> str:
    sku = f"SG-{uuid.uuid4().hex[:12]}"
    plain = {"name": f"Cloth {sku}", "unitPrice": price, "unit": "each", "active": True}
    admin_api.call("POST", "/products", {"sku": sku, "category": f"Of {sku}", **plain})
    return sku


@walks("Import a price list")
def test_pasted_prices_are_checked_and_imported_by_keys(
    tab: KeyboardTab, staff: Person, admin_api: Api
) -> None:
    sku = _new_product(admin_api, 100)
    tab.sign_in(staff, "/products.html")
    tab.follow("Import")
    tab.enter(tab.css("#paste summary"))
    tab.reach(tab.css("#paste-text"))
    tab.type(f"SKU;Price\n{sku};1,08\nSG-NOT-OURS;2")
    tab.press("Read the rows")
    tab.press("Check 2 rows")
    expect(tab.css("#summary")).to_contain_text("2 rows: 1 to change, 1 refused.")
    tab.press("To change 1")
    expect(tab.css("#row-list")).to_contain_text("Price: £1.00 → £1.08")
    tab.press("Import 1 product")
    expect(tab.css("#summary")).to_contain_text("Imported. 2 rows: 1 changed, 1 refused.")
    tab.reach(tab.button("Download the refused rows"))
    with tab.page.expect_download():
        tab.key("Enter")
    assert admin_api.call("GET", f"/products/{sku}").document["unitPrice"] == 108


@walks("Export the catalog")
def test_the_products_that_are_found_are_exported(
    tab: KeyboardTab, staff: Person, admin_api: Api, tmp_path: Path
) -> None:
    sku = _new_product(admin_api, 100)
    tab.sign_in(staff, f"/products.html?category=Of {sku}")
    expect(tab.css("#product-rows tr:not(.skeleton)")).to_have_count(1)
    tab.reach(tab.button("Export"))
    with tab.page.expect_download() as download:
        tab.key("Enter")
    download.value.save_as(tmp_path / "products.csv")
    with (tmp_path / "products.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["SKU"], row["Price"]) for row in csv.DictReader(file)] == [(sku, "1.00")]


@walks("Export to a spreadsheet")
def test_the_filtered_orders_are_exported_to_a_file(
    tab: KeyboardTab, staff: Person, place_order: PlaceOrder, customer: Json, tmp_path: Path
) -> None:
    orders = [place_order(), place_order()]
    tab.sign_in(staff, f"/orders.html?customer={customer['email']}")
    tab.sees_order(orders[0])
    tab.reach(tab.button("Export"))
    with tab.page.expect_download() as download:
        tab.key("Enter")
    download.value.save_as(tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {order["orderID"] for order in orders} == {row["Order ID"] for row in csv.DictReader(file)}


@walks("How was the week?")
def test_sales_of_a_week_are_shown_beside_the_week_before(tab: KeyboardTab, staff: Person) -> None:
    tab.sign_in(staff, "/")
    tab.follow("Sales of other days, weeks and months")
    tab.sees_heading("Sales")
    tab.follow("Week")
    tab.follow("Previous week")
    expect(tab.heading(re.compile("^Week "), exact=False)).to_be_visible()
    tab.sees("Compared with all of Week")
    tab.enter(tab.css("#rows a").first)
    tab.sees("Compared with all of ")
    expect(tab.css("#rows tr").first).to_contain_text("–")


@walks("Use the keyboard")
def test_the_list_of_keys_opens_and_closes(tab: KeyboardTab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html")
    tab.key("?")
    expect(tab.find("dialog")).to_contain_text("Next order")
    tab.key("Escape")
    tab.sees_no("dialog")


@walks("Choose a new password when you forgot yours")
def test_a_forgotten_password_is_replaced(
    tab: KeyboardTab, office: Office, read_code: Callable[[str], str]
) -> None:
    person = office.employ()
    tab.goto("/signed-out.html")
    tab.follow("Forgotten your password?")
    tab.fill("E-mail", person.email)
    tab.submit("Send the code")
    tab.sees_heading("Choose another password")
    tab.reach(tab.field("Code"))
    tab.type(read_code(person.email))
    tab.reach(tab.field("New password"))
    tab.type(NEW_PASSWORD)
    tab.submit("Change password")
    tab.sees_heading("Your password is changed")
    tab.sign_in_on_hosted_page(Person(person.email, NEW_PASSWORD), "/")
    tab.sees_heading("Today")


@walks("Look after who has access")
def test_a_colleague_is_invited_promoted_and_shut_out_by_keys(
    tab: KeyboardTab, open_tab: OpenTab, admin: Person, read_first_password: Callable[[str], str]
) -> None:
    email = new_address()
    tab.sign_in(admin, "/account.html")
    tab.follow("People")
    tab.press("Invite somebody")
    tab.fill("E-mail", email)
    tab.submit("Send the invitation")
    tab.dialog("Invite somebody").says("is on its way")
    tab.press("Close")

    colleague = open_tab()
    colleague.goto("/")
    colleague.give_credentials(email, read_first_password(email))
    colleague.fill("New password", PASSWORD)
    if colleague.field("Confirm", exact=False).count():
        colleague.field("Confirm", exact=False).fill(PASSWORD)
    colleague.key("Enter")
    colleague.sees_heading("Today")

    tab.press(email)
    dialog = tab.dialog(email)
    tab.reach(tab.field("Admin: also erase, and manage accounts"))
    tab.key("Space")
    tab.press("Save")
    dialog.says("Saved.")
    colleague.expire_token()
    colleague.goto("/people.html")
    colleague.sees_button(admin.email)

    tab.press("Disable")
    dialog.says("Nobody can sign in with the account")
    tab.press("Disable")
    dialog.says("Disabled.")
    tab.press("Close")
    colleague.expire_token()
    colleague.reload()
    colleague.arrives_at_sign_in()
    tab.reload()
    expect(tab.find("row", email, exact=False)).to_contain_text("Disabled")


@walks("Connect a shop")
def test_a_shop_is_connected_gets_a_new_secret_and_is_stopped_by_keys(
    tab: KeyboardTab, admin: Person
) -> None:
    name = f"Walk {uuid.uuid4().hex[:8]}"
    tab.sign_in(admin, "/account.html")
    tab.follow("Connected shops")
    tab.press("Connect a shop")
    tab.fill("Name of the shop", name)
    tab.submit("Connect")
    dialog = tab.dialog("Connect a shop")
    dialog.says("The secret is not shown again")
    tab.press("Copy Client secret")
    tab.press("I have copied it")

    tab.press(name)
    dialog = tab.dialog(name)
    tab.press("New secret")
    dialog.says("The old one works until you remove it.")
    tab.press("I have copied it")
    tab.press("Remove the old secret")
    tab.press("Remove the secret")
    dialog.says("The secret is removed.")
    tab.press("Disable")
    tab.press("Disable")
    dialog.says("Disabled.")
    tab.press("Delete")
    tab.press("Delete")
    tab.sees_no("button", name)


@walks("Tell a shop what became of its orders")
def test_a_webhook_is_set_up_tried_switched_off_and_deleted_by_keys(
    tab: KeyboardTab, admin: Person, admin_api: Api
) -> None:
    name = f"Walk {uuid.uuid4().hex[:8]}"
    shop = admin_api.call("POST", "/shops", {"name": name}).document
    tab.sign_in(admin, "/connected-shops.html")
    tab.press(name)
    tab.follow("Webhook and deliveries")
    tab.sees_heading(f"Webhook of {name}")
    tab.fill("Address for events", "http://127.0.0.1:1025/events")
    tab.submit("Set up")
    tab.sees("The secret is not shown again.")
    tab.press("I have copied it")
    tab.sees("Sends", exact=True)
    tab.press("Send a test event")
    tab.sees("A test event is on its way.")
    tab.press("New secret")
    tab.press("I have copied it")
    tab.press("Remove the old secret")
    tab.press("Remove the secret")
    tab.sees("The secret is removed.")
    tab.press("Switch off")
    tab.press("Switch it off")
    tab.sees("Switched off.")
    tab.press("Switch on")
    tab.sees("It sends again.")
    tab.press("Delete")
    tab.press("Delete it")
    tab.sees_button("Set up")
    assert admin_api.call("DELETE", f"/shops/{shop['id']}").status == 204
