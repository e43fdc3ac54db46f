"""Take the pictures of README and the guides from a running site: `python -m tests.browser.screenshots`."""

import argparse
import base64
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FilePayload, expect, sync_playwright

from tests.browser.browser import launch
from tests.browser.letters import Letters, letter, order_letter
from tests.browser.tab import Person, Tab

IMAGES = Path("docs/images")
DRAW_CANISTER = """() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1200, height: 900 });
    const context = canvas.getContext("2d");
    const boxes = [["#f4f6f6", 0, 0, 1200, 900], ["#23303a", 430, 90, 130, 90],
        ["#1d5f9e", 340, 170, 520, 660], ["#184f85", 620, 210, 190, 110], ["#f4f6f6", 665, 245, 100, 40],
        ["#ffffff", 400, 400, 400, 320], ["#0b6b66", 400, 400, 400, 70], ["#c9d3d6", 440, 520, 320, 26],
        ["#c9d3d6", 440, 580, 250, 26]];
    for (const [color, ...box] of boxes) {
        context.fillStyle = color;
        context.fillRect(...box);
    }
    return canvas.toDataURL("image/png").split(",")[1];
}"""


def take(browser: Browser, outputs: dict[str, Any], person: Person, images: Path) -> None:
    """Sign in and write every picture into the folder `images`. An admin sees the last ones."""
    admin = Person(**outputs["local"]["admin"])
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    tab = Tab(context.new_page(), str(outputs["siteUrl"]))
    tab.sign_in(person)
    pictures = (
        *(today, sales, orders, selection, printing, labels, new_order, parking, order, customer),
        *(products, product, product_files, import_products, best_sellers),
    )
    for picture in pictures:
        picture(tab)
        save(tab, picture, images)
    tab.become(admin)
    for picture in (dead_letters, mend_letter, people, connected_shops, webhook, erase_customer):
        picture(tab)
        save(tab, picture, images)
    context.close()


def save(tab: Tab, picture: Callable[[Tab], None], images: Path) -> None:
    """Write what the tab shows into a file with the name of the picture's function."""
    tab.page.screenshot(path=images / f"{picture.__name__.replace('_', '-')}.png")


def today(tab: Tab) -> None:
    """The first page, with its figures."""
    tab.goto("/")
    tab.sees_heading("Latest orders")
    tab.page.wait_for_load_state("networkidle")


def sales(tab: Tab) -> None:
    """The sales of this week beside the week before."""
    tab.goto("/sales.html")
    tab.link("Week").click()
    tab.sees_heading("Revenue by day")
    tab.page.wait_for_load_state("networkidle")


def orders(tab: Tab) -> None:
    """The list of orders."""
    tab.goto("/orders.html")
    tab.sees_orders()
    tab.page.wait_for_load_state("networkidle")


def selection(tab: Tab) -> None:
    """The list with three selected orders."""
    for number in (2, 3, 4):  # placed, packed, shipped
        tab.find("checkbox", "Select order", exact=False).nth(number).check()
    tab.sees_button("Clear selection")


def printing(tab: Tab) -> None:
    """The choice of papers for the selected orders."""
    tab.press("Print selected")
    tab.sees_button("Pick list")


def labels(tab: Tab) -> None:
    """The dialog for labels of the selected orders."""
    tab.inside("#print-dialog").press("Cancel")
    tab.press("Labels …")
    tab.field("Assign to").fill("Bob")
    tab.field("Add tags, with commas between them").fill("urgent")


def new_order(tab: Tab) -> None:
    """The form of a new order, partly filled."""
    tab.goto("/new-order.html")
    tab.add_line("soap", "12")
    tab.add_line("gloves", "4")
    tab.press("Add a charge")
    tab.field("Amount of charge 1").fill("5")
    tab.field("Name").press_sequentially("amara")
    expect(tab.css("#customer-name-options li").first).to_be_visible()


def parking(tab: Tab) -> None:
    """The question for the name of an order that is parked."""
    tab.key("Escape")
    tab.press("Park")
    expect(tab.field("Park it as")).to_be_focused()


def order(tab: Tab) -> None:
    """A shipped order."""
    tab.goto("/orders.html?status=shipped")
    tab.css("#order-rows th a").first.click()
    tab.sees_heading("Timeline")


def customer(tab: Tab) -> None:
    """The customer of that order."""
    tab.link("All about this customer").click()
    tab.sees_button("Write a note")
    tab.page.wait_for_load_state("networkidle")


def erase_customer(tab: Tab) -> None:
    """The question before a customer of the sample trade is erased."""
    tab.goto("/customer.html?email=amara@riversidehotel.example")
    tab.press("Erase this customer …")
    tab.fill("Why is the customer erased?", "Asked by letter of 3 May")


def products(tab: Tab) -> None:
    """The catalog with three selected products."""
    tab.goto("/products.html")
    for number in (1, 2, 3):
        tab.find("checkbox", "Select", exact=False).nth(number).check()
    tab.sees_button("Change …")


def product(tab: Tab) -> None:
    """A product with its history. Its description is changed, but no price that another test may read."""
    tab.css("#product-rows a").nth(3).click()
    expect(tab.field("Name")).not_to_have_value("")
    tab.field("Description").fill("Ready to use, for every floor that takes water.")
    tab.press("Save changes")
    tab.inside("#saved").says("The changes are saved.")
    tab.css("#saved").evaluate("toast => { toast.hidden = true; }")
    tab.css("#sold summary").click()
    tab.page.wait_for_load_state("networkidle")
    tab.evaluate("scrollTo(0, 0)")


def product_files(tab: Tab) -> None:
    """The image and the sheet of the same product, before they are saved."""
    drawn = base64.b64decode(tab.evaluate(DRAW_CANISTER))
    sheet: FilePayload = {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 guide"}
    tab.css("#choose-image").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": drawn})
    expect(tab.css("#image-status")).to_contain_text("Uploaded")
    tab.field("Alternative text").fill("A blue canister of 5 litres with a white label")
    tab.css("#choose-safetyDataSheet").set_input_files(sheet)
    expect(tab.css("#safetyDataSheet-status")).to_contain_text("Uploaded")
    tab.field("Version of the sheet").fill("3.0")
    tab.field("Date of the sheet").fill("2026-03-02")
    tab.css("#image-area").evaluate("area => scrollTo(0, area.offsetTop - 80)")


def import_products(tab: Tab) -> None:
    """A price list of a supplier, checked and not imported."""
    tab.goto("/import.html")
    rows = ("SC-101;9,29", "SC-102;2,59", "SC-103;1E5", "SC-104;12,99", "SC-105;29,90", "SC-999;4,50")
    text = "\n".join(["Artikelnummer;Preis", *rows])
    tab.css("#file").set_input_files({"name": "prices.csv", "mimeType": "text/csv", "buffer": text.encode()})
    tab.press("Check 6 rows")
    expect(tab.css("#row-list tr").first).to_be_visible()
    tab.css("#columns-title").evaluate("title => title.scrollIntoView()")


def best_sellers(tab: Tab) -> None:
    """The best sellers of this month."""
    tab.goto("/best-sellers.html")
    expect(tab.css("#best-rows tr a").first).to_be_visible()


def dead_letters(tab: Tab) -> None:
    """A dead letter of each kind."""
    unknown = order_letter(
        advice="other",
        customer={"name": "Hotel Sonne", "email": "info@hotel-sonne.example"},
        items=[{"sku": "SC-101", "quantity": 4}, {"sku": "SC-103", "quantity": "two"}],
        notes="Please ring at the back door.",
        giftWrap=True,
    )
    unknown["reason"] = "giftWrap is not a field that is known here"
    unknown["faults"] = [
        {"path": "giftWrap", "message": "is not a field that is known here"},
        {"path": "items[1].quantity", "message": "must be a whole number, got 'two'"},
    ]
    Letters(
        tab,
        unknown,
        order_letter("id-taken", customer={"name": "Café Linde", "email": "bar@cafe-linde.example"}),
        order_letter("gave-up", customer={"name": "Ann Smith", "email": "ann@smith.example"}),
        letter(advice="not-json", body="four canisters, please", excerpt="four canisters, please"),
        letter("notifications", "mail", customerName="Town Hall", orderID=str(uuid.uuid4())),
        letter("views", "not-counted", customerName="Primary School", orderID=str(uuid.uuid4())),
    )
    tab.goto("/dead-letters.html")
    expect(tab.css("#letter-rows th a").first).to_be_visible()
    tab.css("#letter-rows input").nth(2).check()


def mend_letter(tab: Tab) -> None:
    """The first of these letters in the form that mends it."""
    tab.css("#letter-rows a").first.click()
    tab.follow("Mend and send")
    tab.sees_heading("What to put right")


def people(tab: Tab) -> None:
    """The accounts of a shop. They are made up, because those of a new system are only two."""
    at = {"createdAt": "2026-03-02T08:00:00.000Z", "changedAt": "2026-03-02T08:00:00.000Z"}
    page, configured = {"source": "page", "invitedBy": "maria@shop.example"}, {"source": "configuration"}
    rows: list[tuple[str, str, list[str], dict[str, Any]]] = [
        (
            "maria@shop.example",
            "active",
            ["admin"],
            {**configured, "lastSignInAt": "2026-11-27T07:58:00.000Z"},
        ),
        ("bob@shop.example", "active", ["staff"], {**page, "lastSignInAt": "2026-11-27T08:04:00.000Z"}),
        ("sian@shop.example", "invited", ["staff"], {**page, "invitationEndsAt": "2099-01-01T00:00:00.000Z"}),
        ("tom@shop.example", "disabled", ["staff"], {**page, "lastSignInAt": "2026-09-30T16:12:00.000Z"}),
        ("zoe@shop.example", "waiting", [], {"source": "other"}),
    ]
    shown = [
        {"sub": email, "email": email, "state": state, "groups": groups, "configuredGroups": [], **at, **more}
        for email, state, groups, more in rows
    ]
    tab.answer("**/api/people?**", json={"people": shown, "nextCursor": None})
    tab.goto("/people.html")
    tab.sees_button("zoe@shop.example")


def connected_shops(tab: Tab) -> None:
    """Two connected shops. They are made up, so that one of them is disabled."""
    at = "2026-10-05T08:00:00.000Z"
    secrets = [{"id": "a", "createdAt": at}, {"id": "b", "createdAt": "2026-11-27T08:10:00.000Z"}]
    shops = [
        {"id": "3n4b5", "name": "Market place", "state": "disabled", "createdAt": at, "secrets": secrets[:1]},
        {"id": "7o1r2", "name": "Web shop", "state": "active", "createdAt": at, "secrets": secrets},
    ]
    known = {"tokenUrl": "https://tokens.example/oauth2/token", "scope": "inbox/orders"}
    tab.answer("**/api/shops", json={"shops": [{**shop, "history": []} for shop in shops], **known})
    senders = {"3n4b5": {"orders": 4, "revenue": 0}, "7o1r2": {"orders": 63, "revenue": 0}}
    tab.answer("**/api/reports/activity?**", json={"slots": [{"senders": senders}]})
    tab.goto("/connected-shops.html")
    tab.sees_button("Web shop")


def webhook(tab: Tab) -> None:
    """The webhook of a shop whose server fails. It is made up, because failing takes hours."""
    order, at = "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11", "2026-11-27T08:10:00.000Z"
    known = {"orderID": order, "at": at, "lastAt": at}
    soon = (datetime.now(UTC) + timedelta(minutes=25)).isoformat()
    deliveries = [
        {"type": "order.shipped", "state": "waiting", "tries": 0, "nextAt": soon},
        {
            **{"type": "order.packed", "state": "waiting", "tries": 3, "nextAt": soon},
            **{"status": 503, "answer": "Closed for maintenance", "milliseconds": 212},
        },
        {"type": "order.placed", "state": "delivered", "tries": 1, "status": 204, "milliseconds": 48},
        {"type": "test", "state": "delivered", "tries": 1, "status": 204, "milliseconds": 61},
    ]
    rows = [
        {"id": str(number), "eventID": str(number), **known, **one} for number, one in enumerate(deliveries)
    ]
    del rows[-1]["orderID"]
    shown = {
        "url": "https://shop.example/order-desk/events",
        "state": "active",
        "failures": 3,
        "pausedUntil": soon,
        "secrets": [{"id": "a", "createdAt": "2026-10-05T08:00:00.000Z"}],
    }
    tab.answer("**/api/shops/*/webhook", json=shown)
    tab.answer("**/api/shops/*/deliveries*", json={"deliveries": rows, "nextCursor": None})
    tab.goto("/webhook.html?shop=7o1r2")
    tab.sees_heading("Webhook of Web shop")
    tab.page.wait_for_load_state("networkidle")


def main() -> None:
    """Take the pictures of the running system whose state folder is given by `--state`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="state of the running system (%(default)s)"
    )
    parser.add_argument("--into", type=Path, default=IMAGES, help="where the pictures go (%(default)s)")
    options = parser.parse_args()
    outputs = json.loads((options.state / "outputs.json").read_text(encoding="utf-8"))
    options.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        take(launch(playwright), outputs, Person(**outputs["local"]["staff"]), options.into)


if __name__ == "__main__":
    main()
