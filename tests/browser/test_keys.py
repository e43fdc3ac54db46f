"""Single keys that work on every page."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import heading
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_question_mark_lists_keys_and_n_opens_a_new_order(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.keyboard.press("?")
    listed = tab.page.get_by_role("dialog", name="Keyboard")
    expect(listed).to_contain_text("New order")
    tab.page.keyboard.press("n")
    expect(tab.page).to_have_url(f"{tab.site_url}/account.html")  # the dialog is open
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("n")
    expect(tab.page).to_have_url(f"{tab.site_url}/new-order.html")


def test_slash_opens_the_order_search_from_another_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_role("heading", name="Your account", exact=True).click()
    tab.page.keyboard.press("/")
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html")
    search = tab.page.locator("[data-search]")
    expect(search).to_be_focused()
    expect(search).to_have_value("")


NOT_TAKEN = """(pressed) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...pressed }))"""


def test_keys_do_nothing_in_fields_or_with_modifiers(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_label("Present password").focus()
    tab.page.keyboard.type("n/?")
    expect(tab.page.get_by_label("Present password")).to_have_value("n/?")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.page.get_by_role("heading", name="Your account", exact=True).click()
    tab.page.evaluate("document.body.dispatchEvent(new Event('keydown', { bubbles: true }))")  # autofill
    for held in ("ctrlKey", "metaKey", "altKey"):
        assert tab.page.evaluate(NOT_TAKEN, {"key": "n", held: True}), held
    assert not tab.page.evaluate(NOT_TAKEN, {"key": "n"})


def test_single_keys_can_be_switched_off_and_on(tab: Tab, staff: Person) -> None:
    """WCAG 2.1.4: who dictates would press them by speaking."""
    tab.sign_in(staff, "/account.html")
    tab.page.get_by_role("button", name="Show the keys").click()
    expect(tab.page.get_by_label("Single keys work in this browser")).to_be_checked()
    tab.page.get_by_label("Single keys work in this browser").uncheck()
    tab.page.get_by_role("button", name="Close").click()
    tab.page.reload()
    heading(tab.page, "Your account").to_be_visible()
    expect(tab.page.locator("#account")).to_be_visible()
    tab.page.keyboard.press("?")
    tab.page.keyboard.press("n")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    expect(tab.page).to_have_url(f"{tab.site_url}/account.html")
    tab.page.get_by_role("button", name="Show the keys").click()
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    expect(tab.page.get_by_label("Single keys work in this browser")).not_to_be_checked()
    tab.page.get_by_label("Single keys work in this browser").check()
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("?")
    expect(tab.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
