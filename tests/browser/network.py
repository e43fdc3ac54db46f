"""The network between a tab and the API, as a test can break it and watch it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, Request, Route


class Network:
    """The requests of one tab.

    A URL is a pattern as `Page.route` takes it, such as `**/api/orders/*`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._under_way: set[Request] = set()
        page.on("request", lambda request: self._under_way.add(request))
        page.on("requestfinished", lambda request: self._under_way.discard(request))
        page.on("requestfailed", lambda request: self._under_way.discard(request))

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Have no network for a while."""
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)

    def answer(self, url: str, **answer: Any) -> None:
        """Answer requests in the API's place; `answer` is what `Route.fulfill` takes: status, json, body."""
        self.page.route(url, lambda route: route.fulfill(**answer))

    def answer_error(self, url: str) -> None:
        """Answer requests with the API's internal error, whose message is "Try later"."""
        error = {"code": "internal_error", "message": "Try later"}
        self.answer(url, status=502, json={"error": error})

    def hold(self, url: str) -> list[Route]:
        """Hold requests back. The returned list receives them; `continue_()` lets one go on."""
        held: list[Route] = []
        self.page.route(url, lambda route: held.append(route))
        return held

    def lose_requests(self, url: str, reason: str = "failed", times: int | None = None) -> None:
        """Let requests fail on their way, the first `times` or all; `reason` as `Route.abort` takes it."""
        self.page.route(url, lambda route: route.abort(reason), times=times)

    def lose_answers(self, url: str, times: int | None = None) -> None:
        """Let requests other than GET reach the API, but keep the answers from the page."""
        self.page.route(url, _lose_answer, times=times)

    def let_through(self, url: str) -> None:
        """End what `answer`, `hold` or one of the `lose_…` words does to requests of the same pattern."""
        self.page.unroute(url)

    def requests(self, part: str = "") -> list[str]:
        """The URLs that contain `part` and are requested from now on, in a list that grows."""
        urls: list[str] = []
        self.page.on("request", lambda sent: urls.append(sent.url) if part in sent.url else None)
        return urls

    def settle(self) -> None:
        """Return once every request is answered, and the requests that followed from its answer."""
        quiet = 0
        while quiet < 5:
            self.page.evaluate("null")
            quiet = 0 if self._under_way else quiet + 1


def _lose_answer(route: Route) -> None:
    if route.request.method == "GET":
        return route.continue_()
    route.fetch()
    return route.abort("connectionreset")
