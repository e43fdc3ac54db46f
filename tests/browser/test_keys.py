"""Single keys that work on every page."""

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


def test_question_mark_lists_keys_and_n_opens_a_new_order(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.key("?")
    tab.dialog("Keyboard").says("New order")
    tab.key("n")
    tab.arrives_at("/account.html")  # the n key does nothing while the dialog is open
    tab.key("Escape")
    tab.key("n")
    tab.arrives_at("/new-order.html")


def test_slash_opens_the_order_search_from_another_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.heading("Your account").click()
    tab.key("/")
    tab.arrives_at("/orders.html")
    search = tab.css("[data-search]")
    expect(search).to_be_focused()
    expect(search).to_have_value("")


# Dispatch a key press. The result is false if the page handled the key.
PRESS = """(key) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...key }))"""


def test_keys_do_nothing_in_fields_or_with_modifiers(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/account.html")
    tab.field("Current password").focus()
    tab.type("n/?")
    expect(tab.field("Current password")).to_have_value("n/?")
    tab.sees_no("dialog")
    tab.heading("Your account").click()
    # Autofill dispatches events without a key.
    tab.evaluate("document.body.dispatchEvent(new Event('keydown', { bubbles: true }))")
    for held in ("ctrlKey", "metaKey", "altKey"):
        assert tab.evaluate(PRESS, {"key": "n", held: True}), held
    assert not tab.evaluate(PRESS, {"key": "n"})


def test_single_keys_can_be_switched_off_and_on(tab: Tab, staff: Person) -> None:
    """WCAG 2.1.4 asks for this switch, because dictated words would press single keys."""
    tab.sign_in(staff, "/account.html")
    tab.press("Show the keys")
    expect(tab.field("Single keys work in this browser")).to_be_checked()
    tab.field("Single keys work in this browser").uncheck()
    tab.press("Close")
    tab.reload()
    tab.sees_heading("Your account")
    expect(tab.css("#account")).to_be_visible()
    tab.key("?")
    tab.key("n")
    tab.sees_no("dialog")
    tab.arrives_at("/account.html")
    tab.press("Show the keys")
    tab.sees_dialog("Keyboard")
    expect(tab.field("Single keys work in this browser")).not_to_be_checked()
    tab.tick("Single keys work in this browser")
    tab.key("Escape")
    tab.key("?")
    tab.sees_dialog("Keyboard")
