"""One tab of a real browser. The methods are named after the actions of a person at the site."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.browser.network import Network
from tests.browser.sessions import new_tokens
from tests.browser.words import Name, Words


def number_of(order: dict[str, Any]) -> str:
    """Return the number of a stored order as the pages show it."""
    return f"#{order['number']}"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    email: str
    password: str


WATCH_SHIFTS = """window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((shift) => (shifted += shift.value)))
      .observe({ type: "layout-shift", buffered: true });"""

# Keep tokens in the tab as site/assets/lib/session.js does.
KEEP_TOKENS = """({ IdToken: idToken, AccessToken: accessToken, RefreshToken: refreshToken, ExpiresIn }) => {
    const since = Date.now();
    const session = { since, idToken, accessToken, refreshToken, expiresAt: since + ExpiresIn * 1000 };
    sessionStorage.setItem("order-desk:session", JSON.stringify(session));
}"""

RETRY_MS = 4_500  # a little more than the page waits before it looks for the server again

SET_HIDDEN = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


class Tab(Words, Network):
    """One tab. `complaints` contains its script errors and CSP violations, as the browser reported them."""

    def __init__(self, page: Page, site_url: str) -> None:
        Words.__init__(self, page)
        Network.__init__(self, page)
        self.site_url = site_url
        self.complaints: list[str] = []
        self._tokens = ""
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    # -- addresses

    def goto(self, path: str) -> None:
        """Open an address of the site."""
        with self._tokens_put():
            self.page.goto(self.site_url + path)

    def open_without_waiting(self, path: str) -> None:
        """Open an address of the site, and return when the browser begins to read the page."""
        with self._tokens_put():
            self.page.goto(self.site_url + path, wait_until="commit")

    @contextmanager
    def _tokens_put(self) -> Iterator[None]:
        """Put the tokens of `become`, if any, into the tab before the scripts of the next page run."""
        if not self._tokens:
            yield
            return
        browser = self.page.context.new_cdp_session(self.page)
        browser.send("Page.enable")
        script = {"source": f"({KEEP_TOKENS})({self._tokens})"}
        added = browser.send("Page.addScriptToEvaluateOnNewDocument", script)
        yield
        browser.send("Page.removeScriptToEvaluateOnNewDocument", added)
        browser.detach()
        self._tokens = ""

    def reload(self) -> None:
        self.page.reload()

    def back(self) -> None:
        """Go back in the tab's history."""
        self.page.go_back()

    def arrives_at(self, address: Name) -> None:
        """Wait for an address: a path of the site, or a pattern that is found in the URL."""
        expect(self.page).to_have_url(self.site_url + address if isinstance(address, str) else address)

    def arrives_at_sign_in(self) -> None:
        """Wait for the hosted sign-in page."""
        self.page.wait_for_url("**/oauth2/authorize?**")

    def sees_title(self, title: Name) -> None:
        """Assert that the page has this title."""
        expect(self.page).to_have_title(title)

    # -- sessions

    def sign_in(self, person: Person, path: str = "/orders.html") -> None:
        """Open a page of the site as a person who has signed in before. Nobody sees the hosted page."""
        self.become(person)
        self.goto(path)
        self.sees_button("Sign out")

    def become(self, person: Person) -> None:
        """Begin a session of this person in the tab. The next call of `goto` opens a page with it."""
        self._tokens = json.dumps(new_tokens(self.site_url, person.email, person.password))

    def sign_in_on_hosted_page(self, person: Person, path: str = "/orders.html") -> None:
        """Open a page of the site, sign in on the hosted page, and return."""
        self.goto(path)
        self.give_credentials(person.email, person.password)
        self.sees_button("Sign out")

    def sign_in_again(self, person: Person) -> None:
        """Press the button in the dialog of an ended session, and sign in on the hosted page."""
        self.dialog("Your session has ended").press("Sign in again")
        self.give_credentials(person.email, person.password)

    def give_credentials(self, email: str, password: str) -> None:
        """Fill the hosted sign-in page."""
        self.arrives_at_sign_in()
        self.fill("Username", email)
        self.fill("Password", password)
        self.press("Sign in")

    def end_session(self) -> None:
        """Expire every token, so that the person has to sign in again."""
        self._change_session({"refreshToken": "expired", "expiresAt": 0})

    def expire_token(self) -> None:
        """Expire the access token only. The page renews it before its next call to the API."""
        self._change_session({"expiresAt": 0})

    def _change_session(self, changes: dict[str, Any]) -> None:
        self.evaluate(
            """(changes) => {
                const session = JSON.parse(sessionStorage.getItem("order-desk:session"));
                sessionStorage.setItem("order-desk:session", JSON.stringify({ ...session, ...changes }));
            }""",
            changes,
        )

    # -- keyboard, window, time

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as "Enter" or "Shift+Tab"."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        """Paste a text where the focus is. The tab needs permission to use the clipboard."""
        self.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.key("ControlOrMeta+v")

    def resize(self, width: int, height: int = 800) -> None:
        """Give the window this size in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def wait(self, milliseconds: float) -> None:
        self.page.wait_for_timeout(milliseconds)

    def replace_clock(self) -> None:
        """Give the page a clock that runs as usual and that `advance` can move forward.

        Such tests wait for requests, so the tab counts them too.
        """
        self.watch_requests()
        self.page.clock.install()

    def stop_clock(self) -> None:
        """Stop the page's timers from now on. Call `replace_clock` before this method."""
        self.page.clock.pause_at(self.evaluate("Date.now() / 1000 + 1"))

    def advance(self, milliseconds: int) -> None:
        """Move the page's clock forward at once. Each timer that becomes due fires once."""
        self.page.clock.fast_forward(milliseconds)

    def look_for_server(self) -> None:
        """Move the page's clock forward until the page looks for a server that did not answer."""
        self.settle()
        self.advance(RETRY_MS)

    def set_time(self, time: datetime) -> None:
        """Keep the page's clock at this time."""
        self.page.clock.set_fixed_time(time)

    def set_hidden(self, hidden: bool) -> None:
        """Make the page see its tab as hidden behind another tab, or as visible again."""
        self.evaluate(SET_HIDDEN, hidden)

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """The result of a JavaScript expression or function on the page."""
        return self.page.evaluate(script, argument)

    def watch_shifts(self) -> None:
        """Count layout shifts, beginning with the next page."""
        self.page.add_init_script(WATCH_SHIFTS)

    def shifted(self) -> float:
        """The sum of the layout shifts of this page since it was opened, as the browser measures them."""
        self.wait(200)  # the browser reports a shift a moment later
        found: float = self.evaluate("window.shifted")
        return found

    # -- the list

    def row(self, order: dict[str, Any]) -> Locator:
        """The order's row in the list."""
        return self.css("#order-rows tr").filter(has_text=number_of(order))

    def sees_order(self, order: dict[str, Any]) -> None:
        expect(self.row(order)).to_be_visible()

    def sees_orders(self, count: int | None = None) -> None:
        """Assert that the list shows this number of orders, or at least one."""
        orders = self.css("#order-rows th a")
        if count is None:
            expect(orders.first).to_be_visible()
        else:
            expect(orders).to_have_count(count)

    # -- the form

    def product_search(self) -> Locator:
        return self.find("combobox", "Add a product")

    def add_line(self, words: str, quantity: str) -> None:
        """Type words, choose the first product in the list, and type its quantity, all by keyboard."""
        self.product_search().focus()
        self.type(words)
        expect(self.find("option").first).to_be_visible()
        self.key("Enter")
        self.type(quantity)
        self.key("Enter")

    def fill_customer(self, **fields: str) -> None:
        """Fill the customer's fields by their labels, with `_` for a hyphen."""
        for label, value in fields.items():
            self.fill(label.replace("_", "-"), value)

    def send(self) -> None:
        """Send the order."""
        self.press("Send order")

    def progress(self, title: str) -> Locator:
        """The panel that shows the progress of a sent order, once it has this title."""
        return self.css("#progress").filter(has=self.heading(title, exact=False))

    def error_summary(self) -> Locator:
        return self.css("#error-summary")

    def sees_errors(self, lines: list[str]) -> None:
        """Wait until the error summary has these lines. An earlier one stays until the next check ends."""
        expect(self.error_summary().get_by_role("listitem")).to_have_text(lines)

    def error_at(self, field_path: str) -> Locator:
        """The message at one field, named by its path in the order."""
        return self.css(f'[data-field="{field_path}"] .field-error')
