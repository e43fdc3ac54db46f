"""The network between a tab and the API: methods to watch requests and to make them fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from re import Pattern
from typing import Any

from playwright.sync_api import Page, Request, Route


class Network:
    """The requests of one tab.

    The parameter `url` is a pattern for `Page.route`, such as `**/api/orders/*`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._watches = False
        self._under_way: set[Request] = set()

    def watch_requests(self) -> None:
        """Count the requests under way from now on. Only some tabs do so, because each request takes time."""
        if not self._watches:
            self._watches = True
            self.page.on("request", lambda request: self._under_way.add(request))
            self.page.on("requestfinished", lambda request: self._under_way.discard(request))
            self.page.on("requestfailed", lambda request: self._under_way.discard(request))

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Disconnect the tab from the network inside the `with` block."""
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)

    def answer(self, url: str, **answer: Any) -> None:
        """Answer requests instead of the API, with arguments of `Route.fulfill`: status, json, body."""
        self.page.route(url, lambda route: route.fulfill(**answer))

    def answer_error(self, url: str) -> None:
        """Answer requests instead of the API, with an internal error and the message "Try later"."""
        error = {"code": "internal_error", "message": "Try later"}
        self.answer(url, status=502, json={"error": error})

    def hold(self, url: str | Pattern[str]) -> list[Route]:
        """Hold requests back and collect them in the returned list. `continue_()` sends one to the API."""
        held: list[Route] = []
        self.page.route(url, lambda route: held.append(route))
        return held

    def lose_requests(self, url: str, reason: str = "failed", times: int | None = None) -> None:
        """Make all requests, or the first `times`, fail before the API. `reason` is for `Route.abort`."""
        self.page.route(url, lambda route: route.abort(reason), times=times)

    def lose_answers(self, url: str, times: int | None = None) -> None:
        """Drop the answers to requests other than GET, after the requests have reached the API."""
        self.page.route(url, _lose_answer, times=times)

    def let_through(self, url: str) -> None:
        """Undo `answer`, `hold` or a `lose_…` method for the same pattern."""
        self.page.unroute(url)

    def requests(self, part: str = "") -> list[str]:
        """A list that collects the requested URLs, from now on, that contain `part`."""
        urls: list[str] = []
        self.page.on("request", lambda sent: urls.append(sent.url) if part in sent.url else None)
        return urls

    def settle(self) -> None:
        """Wait until every request is answered, also those that the page sends because of an answer.

        Call `watch_requests` or `replace_clock` before the page opens.
        """
        assert self._watches, "settle does not know the requests of this tab"
        quiet = 0
        while quiet < 5:
            self.page.evaluate("null")
            quiet = 0 if self._under_way else quiet + 1


def _lose_answer(route: Route) -> None:
    if route.request.method == "GET":
        return route.continue_()
    route.fetch()
    return route.abort("connectionreset")
