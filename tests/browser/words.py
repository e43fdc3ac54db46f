"""Methods by which the browser tests use a page and check what it shows."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

Name = str | re.Pattern[str]


class Words:
    """Methods for a page, or for a part of one: find an element, use an element, assert what is visible.

    A name is the whole name of a button, link, heading or field, and capital letters matter. `exact=False`
    or a regular expression matches a part of the name. `sees_not` and `sees_no` always match a part,
    because otherwise they would miss an element whose name became longer.
    """

    def __init__(self, scope: Page | Locator) -> None:
        self._scope = scope

    # -- find

    def find(self, role: Any, name: Name | None = None, *, exact: bool = True, **state: Any) -> Locator:
        """Elements with this ARIA role and, if given, this name. `state` narrows them, as in `level=1`."""
        return self._scope.get_by_role(role, name=name, exact=exact and name is not None, **state)

    def button(self, name: Name, *, exact: bool = True) -> Locator:
        return self.find("button", name, exact=exact)

    def link(self, name: Name, *, exact: bool = True) -> Locator:
        return self.find("link", name, exact=exact)

    def heading(self, name: Name, *, exact: bool = True) -> Locator:
        return self.find("heading", name, exact=exact)

    def option(self, name: Name) -> Locator:
        """The offered product or customer whose text contains this name."""
        return self.find("option", name, exact=False)

    def field(self, label: Name, *, exact: bool = True) -> Locator:
        """The field with this label. On the page, "(optional)" may follow the label."""
        if exact and isinstance(label, str):
            label = re.compile(rf"^\s*{re.escape(label)}(\s+\(optional\))?\s*$")
        return self._scope.get_by_label(label)

    def text(self, words: Name, *, exact: bool = False) -> Locator:
        return self._scope.get_by_text(words, exact=exact)

    def css(self, selector: str) -> Locator:
        """Elements by CSS selector. Use this method for elements without a role or name."""
        return self._scope.locator(selector)

    def dialog(self, name: Name) -> "Part":
        return Part(self.find("dialog", name))

    def region(self, name: Name) -> "Part":
        return Part(self.find("region", name))

    def group(self, name: Name) -> "Part":
        """The group of fields whose legend contains this name."""
        return Part(self.find("group", name, exact=False))

    def inside(self, part: str | Locator) -> "Part":
        """A part of the page, given as a locator or a CSS selector."""
        return Part(self.css(part) if isinstance(part, str) else part)

    # -- do

    def press(self, name: Name) -> None:
        """Click a button."""
        self.button(name).click()

    def follow(self, name: Name) -> None:
        """Click a link."""
        self.link(name).click()

    def fill(self, label: Name, text: str) -> None:
        """Replace the text of a field."""
        self.field(label).fill(text)

    def choose(self, label: Name, option: str) -> None:
        """Choose an option of a select field."""
        self.field(label).select_option(option)

    def tick(self, label: Name) -> None:
        """Tick a checkbox or choose a radio button."""
        self.field(label).check()

    # -- see

    def sees(self, words: Name, *, exact: bool = False) -> None:
        """Assert that exactly one visible element contains this text."""
        expect(self.text(words, exact=exact)).to_be_visible()

    def sees_heading(self, name: Name) -> None:
        expect(self.heading(name)).to_be_visible()

    def sees_dialog(self, name: Name) -> None:
        expect(self.find("dialog", name)).to_be_visible()

    def sees_button(self, name: Name) -> None:
        expect(self.button(name)).to_be_visible()

    def sees_link(self, name: Name) -> None:
        expect(self.link(name)).to_be_visible()

    def sees_alert(self, words: Name) -> None:
        """Assert that exactly one visible alert contains this text."""
        expect(self.find("alert").filter(has_text=words)).to_be_visible()

    def sees_not(self, words: Name) -> None:
        """Assert that no visible element contains this text."""
        expect(self.text(words).filter(visible=True)).to_have_count(0)

    def sees_no(self, role: Any, name: Name | None = None) -> None:
        """Assert that no visible element of this role has a name that contains this one."""
        expect(self.find(role, name, exact=False)).to_have_count(0)


class Part(Words):
    """A part of a page, such as a dialog, with the same methods. `locator` is for any other assertion."""

    def __init__(self, locator: Locator) -> None:
        super().__init__(locator)
        self.locator = locator

    def says(self, words: Name) -> None:
        """Assert that the text of the whole part contains these words."""
        expect(self.locator).to_contain_text(words)
