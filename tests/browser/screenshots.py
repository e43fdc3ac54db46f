"""Take the pictures of README and the guides from a running site: `python -m tests.browser.screenshots`."""

import argparse
import json
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.browser import launch
from tests.browser.tab import Person, Tab

IMAGES = Path("docs/images")


def take(browser: Browser, outputs: dict[str, object], person: Person, images: Path) -> None:
    """Write every picture, as the person sees the site."""
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
    expect(tab.page.get_by_role("heading", name="Latest orders")).to_be_visible()
    tab.page.wait_for_load_state("networkidle")


def orders(tab: Tab) -> None:
    """The list."""
    tab.goto("/orders.html")
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.wait_for_load_state("networkidle")


def selection(tab: Tab) -> None:
    """The list with orders that can be moved together."""
    for number in (2, 3, 4):  # placed, packed, shipped
        tab.page.get_by_role("checkbox", name="Select order").nth(number).check()
    expect(tab.page.get_by_role("button", name="Clear selection")).to_be_visible()


def new_order(tab: Tab) -> None:
    """A new order in the middle of being taken."""
    tab.goto("/new-order.html")
    tab.add_line("soap", "12")
    tab.add_line("gloves", "4")
    tab.page.get_by_label("Name", exact=True).press_sequentially("amara")
    expect(tab.page.get_by_role("option").first).to_be_visible()


def order(tab: Tab) -> None:
    """An order that has come some of its way."""
    tab.goto("/orders.html?status=shipped")
    tab.page.locator("#order-rows a").first.click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()


def main() -> None:
    """Read which site runs from its state, and take the pictures."""
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
