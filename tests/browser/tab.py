"""A person at the site: one tab of a real browser, in the words of those who use it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route, expect


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    email: str
    password: str


WATCH_SHIFTS = """window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((shift) => (shifted += shift.value)))
      .observe({ type: "layout-shift", buffered: true });"""


def lose_the_answer(route: Route) -> None:
    """Let what is sent arrive, and keep from the page what was answered."""
    if route.request.method == "GET":
        return route.continue_()
    route.fetch()
    return route.abort("connectionreset")


@dataclass
class Tab:
    """One tab; `complaints` are the script errors and CSP violations that the browser reported in it."""

    page: Page
    site_url: str
    complaints: list[str] = field(default_factory=list)
    _under_way: set[Request] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", lambda request: self._under_way.add(request))
        self.page.on("requestfinished", lambda request: self._under_way.discard(request))
        self.page.on("requestfailed", lambda request: self._under_way.discard(request))

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def settle(self) -> None:
        """Return once every request is answered, those too that an answer leads to."""
        quiet = 0
        while quiet < 5:
            self.page.evaluate("null")
            quiet = 0 if self._under_way else quiet + 1

    # -- getting there

    def goto(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site_url + path)

    def sign_in(self, person: Person, path: str = "/orders.html") -> None:
        """Open a page of the site, sign in on the hosted page that comes up, and be back."""
        self.goto(path)
        self.give_credentials(person.email, person.password)
        expect(self.page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()

    def sign_in_again(self, person: Person) -> None:
        """Leave the dialog of an ended session for the hosted page, and sign in there."""
        dialog = self.page.get_by_role("dialog", name="Your session has ended")
        dialog.get_by_role("button", name="Sign in again").click()
        self.give_credentials(person.email, person.password)

    def give_credentials(self, email: str, password: str) -> None:
        """Fill the hosted sign-in page."""
        self.page.wait_for_url("**/oauth2/authorize?**")
        self.page.get_by_label("Username").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def end_session(self) -> None:
        """Let the tokens expire for good, as after a long lunch: the refresh token is no good either."""
        self.page.evaluate(
            """() => {
                const session = JSON.parse(sessionStorage.getItem("order-desk:session"));
                const ended = { ...session, refreshToken: "expired", expiresAt: 0 };
                sessionStorage.setItem("order-desk:session", JSON.stringify(ended));
            }"""
        )

    def let_the_token_expire(self) -> None:
        """Let a quarter of an hour pass: the next call renews the token."""
        self.page.evaluate(
            """() => {
                const session = JSON.parse(sessionStorage.getItem("order-desk:session"));
                sessionStorage.setItem("order-desk:session", JSON.stringify({ ...session, expiresAt: 0 }));
            }"""
        )

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Lose the network for a while."""
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)

    # -- what moves by itself

    def watch_shifts(self) -> None:
        """From the next page on, add up what moves on it."""
        self.page.add_init_script(WATCH_SHIFTS)

    def shifted(self) -> float:
        """How much has moved on this page since it was opened, as the browser measures it."""
        self.page.wait_for_timeout(200)  # it is told of a moment later
        found: float = self.page.evaluate("window.shifted")
        return found

    # -- the list

    def row(self, order: dict[str, Any]) -> Locator:
        """The order's row in the list."""
        return self.page.locator("#order-rows tr").filter(has_text=order["orderID"][:8])

    # -- the form

    def add_line(self, words: str, quantity: str) -> None:
        """Find a product by typing, take the first that is offered, type its quantity: keys only."""
        self.page.get_by_role("combobox", name="Add a product").focus()
        self.page.keyboard.type(words)
        expect(self.page.get_by_role("option").first).to_be_visible()
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(quantity)
        self.page.keyboard.press("Enter")

    def fill_customer(self, **fields: str) -> None:
        """Fill the customer's fields by their labels."""
        for label, value in fields.items():
            self.page.get_by_label(re.compile(f"^{label.replace('_', '-')}")).fill(value)

    def send(self) -> None:
        """Send the order."""
        self.page.get_by_role("button", name="Send order").click()

    def progress(self, title: str) -> Locator:
        """The panel that says how far a sent order is, once it has this title."""
        return self.page.locator("#progress").filter(has=self.page.get_by_role("heading", name=title))

    def error_lines(self) -> list[str]:
        """What the error summary says, line by line."""
        summary = self.page.locator("#error-summary")
        expect(summary).to_be_visible()
        return summary.get_by_role("listitem").all_inner_texts()

    def error_at(self, field_path: str) -> Locator:
        """The message at one field, named by its path in the order."""
        return self.page.locator(f'[data-field="{field_path}"] .field-error')
