"""The storefront in a browser: accessible, as narrow as a phone, and whole without JavaScript.

The browser gets the pages from this process, with the security headers of the shop. No system runs.
"""

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.looks import COLOUR_RULES, violations
from tests.browser.storefront import SHOP, Shop, files
from tests.handlers.test_storefront_pages import HOSTILE

pytestmark = pytest.mark.browser

PAGES = ("/", "/c/mops", "/c/mops/2", "/p/FULL/glass-cleaner", "/search", "/search?q=mop", "/gone", "/terms")
# Layout shifts that nothing the viewer did has caused.
SHIFTS = """() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => resolve(sum), 50));
})"""
OpenShop = Callable[..., Page]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(files())


@pytest.fixture
def open_shop(chromium: Browser, shop: Shop) -> Iterator[OpenShop]:
    """Open a page of the shop. A second page of the test shares what the browser keeps."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []  # what the browser refused or could not run

    def open_page(address: str, **options: Any) -> Page:
        if options or not contexts:
            contexts.append(shop.open(chromium, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.goto(SHOP.url + address)
        if "?q=" in address:
            expect(page.locator(".results .card").first).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "status of 404" not in fault] == []


def test_every_page_is_accessible_and_moves_nothing_while_it_loads(open_shop: OpenShop) -> None:
    for address in PAGES:
        page = open_shop(address, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        assert page.evaluate(SHIFTS) == 0, address
        assert violations(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert violations(page, runOnly=COLOUR_RULES) == [], address


def test_no_page_needs_sideways_scrolling_on_any_screen(open_shop: OpenShop) -> None:
    for address in (*PAGES, "/p/LONG", "/p/BAD", "/p/RTL"):
        page = open_shop(address)
        for width in (320, 390, 800, 1280, 1680):
            page.set_viewport_size({"width": width, "height": 900})
            needed = page.evaluate("document.documentElement.scrollWidth")
            assert needed <= width, f"{address} at {width} px"


def test_choice_of_prices_with_vat_holds_on_every_page(open_shop: OpenShop) -> None:
    page = open_shop("/p/FULL", viewport={"width": 1280, "height": 900})
    offer, switch = page.locator(".offer"), page.get_by_role("button", name="Prices inc VAT")
    before = offer.bounding_box()
    assert large(page) == "£6.49"
    expect(offer.locator(".piece")).to_have_text("£0.54 a piece", use_inner_text=True)
    page.get_by_text("Prices inc VAT").click()
    assert large(page) == "£7.79"
    expect(offer.locator(".piece")).to_have_text("£0.65 a piece", use_inner_text=True)
    assert offer.bounding_box() == before
    expect(switch).to_have_attribute("aria-pressed", "true")
    other = open_shop("/c/mops")
    assert large(other) == "£7.79"
    expect(other.get_by_role("button", name="Prices inc VAT")).to_have_attribute("aria-pressed", "true")
    other.get_by_role("button", name="Prices inc VAT").press("Enter")
    assert large(other) == "£6.49"
    page.wait_for_function("document.documentElement.dataset.vat === 'ex'")


def large(page: Page) -> str:
    """Return the first price that is shown larger than its words."""
    found: str = page.evaluate(
        """() => [...document.querySelectorAll(".price b")].find((price) =>
            parseFloat(getComputedStyle(price).fontSize) > 18).textContent"""
    )
    return found


def test_search_finds_while_somebody_types_and_keeps_its_address(open_shop: OpenShop) -> None:
    page = open_shop("/", viewport={"width": 1280, "height": 900})
    field, found = page.get_by_role("searchbox", name="Search products"), page.locator("#found")
    field.fill("mop 1")
    field.press("Enter")
    expect(found).to_have_text("12 products for “mop 1”")
    expect(page).to_have_url(f"{SHOP.url}/search?q=mop%201")
    field.press_sequentially("7")
    expect(found).to_have_text("1 product for “mop 17”")
    expect(page).to_have_url(f"{SHOP.url}/search?q=mop%2017")
    shown = "Mop 17 box of 12 M-17 £6.49 ex VAT £7.79 inc VAT Add to cart Mop 17"
    expect(page.locator(".results .card")).to_have_text([shown], use_inner_text=True)
    page.reload()
    page.get_by_role("link", name="Mop 17").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mop 17")
    page.go_back()
    expect(field).to_have_value("mop 17")
    field.fill("qqq")
    expect(found).to_have_text("Nothing found for “qqq”. Try fewer or shorter words.")
    expect(page.get_by_role("link", name="Mops 64 products")).to_be_visible()
    field.fill("mop")
    page.get_by_role("button", name="Show more").press("Enter")
    expect(page.locator(".results .card")).to_have_count(64)
    assert page.evaluate("document.activeElement.closest('li') === document.querySelectorAll('.card')[48]")


def test_shop_is_whole_without_javascript(open_shop: OpenShop) -> None:
    page = open_shop("/p/FULL", java_script_enabled=False)
    for text in ("£6.49 ex VAT", "£7.79 inc VAT", "£0.54 ex VAT £0.65 inc VAT a piece"):
        expect(page.locator(".offer").get_by_text(text)).to_be_visible()
    expect(page.get_by_role("button", name="Prices inc VAT")).to_have_count(0)
    page.get_by_role("searchbox").fill("mop")
    page.get_by_role("button", name="Search").click()
    expect(
        page.locator("noscript .notice")
    ).to_be_visible()  # not by text, because the driver reads none there
    page.get_by_role("link", name="Mops 64 products").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("64 products, page 2 of 3")).to_be_visible()
    for name in ("Terms and conditions", "Privacy", "Imprint", "Right of withdrawal"):
        page.get_by_role("contentinfo").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.get_by_role("heading", level=2)).to_have_text(HOSTILE)
        expect(page.locator("main").get_by_text("First line second line")).to_be_visible()


def test_first_visit_of_a_category_takes_at_most_60_kb(open_shop: OpenShop) -> None:
    page = open_shop("/gone", viewport={"width": 390, "height": 844})
    sizes: dict[str, int] = {}
    page.on("response", lambda one: sizes.update({one.url: len(gzip.compress(one.body(), 6))}))
    page.goto(f"{SHOP.url}/c/mops", wait_until="networkidle")
    assert all(url.startswith(SHOP.url) for url in sizes)
    without_images = {url: size for url, size in sizes.items() if "/files/" not in url}
    assert len(without_images) <= 5, "the page, its style, the switch, the cart and the icon"
    assert sum(without_images.values()) <= 60_000
