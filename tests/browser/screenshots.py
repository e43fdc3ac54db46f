"""Take the pictures of README and the guides from a running site: `python -m tests.browser.screenshots`."""

import argparse
import json
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.browser import launch
from tests.browser.tab import Person, Tab

IMAGES = Path("docs/images")


def take(browser: Browser, outputs: dict[str, object], person: Person, images: Path) -> None:
    """Sign in and write every picture into the folder `images`."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    tab = Tab(context.new_page(), str(outputs["siteUrl"]))
    tab.sign_in(person)
    for picture in (today, orders, selection, new_order, order):
        picture(tab)
        tab.page.screenshot(path=images / f"{picture.__name__.replace('_', '-')}.png")
    context.close()


def today(tab: Tab) -> None:
    """The first page, with its figures."""
    tab.goto("/")
    tab.sees_heading("Latest orders")
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


def new_order(tab: Tab) -> None:
    """The form of a new order, partly filled."""
    tab.goto("/new-order.html")
    tab.add_line("soap", "12")
    tab.add_line("gloves", "4")
    tab.field("Name").press_sequentially("amara")
    expect(tab.find("option").first).to_be_visible()


def order(tab: Tab) -> None:
    """A shipped order."""
    tab.goto("/orders.html?status=shipped")
    tab.css("#order-rows th a").first.click()
    tab.sees_heading("Timeline")


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
