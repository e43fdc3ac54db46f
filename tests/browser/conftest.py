"""Fixtures of the browser tests: a browser, people who sign in, products and orders."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from local.api import Api, open_api
from tests.browser.accounts import Office
from tests.browser.browser import launch
from tests.browser.orders import address, wait_for
from tests.browser.tab import Person, Tab

Json = dict[str, Any]
OpenTab = Callable[..., Tab]
PlaceOrder = Callable[..., Json]
PlaceOrders = Callable[[list[Json]], None]

HOSTILE = '<img src=x onerror=alert(1)> O’Neill & "Söhne" 🧽'
PRODUCTS: dict[str, Json] = {
    "BT-BLEACH": {"name": "Browsertest bleach 5 L", "unitPrice": 649, "unit": "bottle", "active": True},
    "BT-GLOVES": {"name": "Browsertest gloves, box of 100", "unitPrice": 799, "unit": "box", "active": True},
    "BT-HOSTILE": {"name": f"Browsertest zero {HOSTILE}", "unitPrice": 100, "unit": "piece", "active": True},
    "BT-RETIRED": {"name": "Browsertest retired mop", "unitPrice": 425, "unit": "piece", "active": False},
}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def outputs(system: Any) -> Json:
    found: Json = system.outputs
    return found


@pytest.fixture(scope="session")
def staff(outputs: Json) -> Person:
    return Person(**outputs["local"]["staff"])


@pytest.fixture(scope="session")
def admin(outputs: Json) -> Person:
    return Person(**outputs["local"]["admin"])


@pytest.fixture(scope="session")
def admin_api(outputs: Json, admin: Person) -> Api:
    """The API, signed in as an admin. The catalog contains the PRODUCTS."""
    api = open_api(outputs, admin.email, admin.password)
    for sku, product in PRODUCTS.items():
        assert api.call("PUT", f"/products/{sku}", {"category": "Browser tests", **product}).status in (
            200,
            201,
        )
    return api


# The buttons ignore presses for a second after a change (site/assets/lib/pause.js).
SHORT_PAUSES = """const setLater = window.setTimeout;
window.setTimeout = (call, ms, ...values) => setLater(call, ms === 1000 ? 50 : ms, ...values);"""


@pytest.fixture
def whole_pauses() -> None:
    """Leave the pauses after a press as long as in the shop, for a test that presses again in them."""


@pytest.fixture
def open_tab(
    request: pytest.FixtureRequest, chromium: Browser, outputs: Json, admin_api: Api
) -> Iterator[OpenTab]:
    """Open tabs, each in a fresh browser context. The test fails if the browser complained in one of them.

    The person prefers reduced motion, because a browser without a graphics card works hard at animations.
    """
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def open_one(**options: Any) -> Tab:
        contexts.append(chromium.new_context(**{"locale": "en-GB", "reduced_motion": "reduce", **options}))
        if "whole_pauses" not in request.fixturenames:
            contexts[-1].add_init_script(SHORT_PAUSES)
        tabs.append(Tab(contexts[-1].new_page(), outputs["siteUrl"]))
        return tabs[-1]

    yield open_one
    for context in contexts:
        context.close()
    assert [complaint for tab in tabs for complaint in tab.complaints] == []


@pytest.fixture
def tab(open_tab: OpenTab) -> Tab:
    """One tab in which nobody is signed in."""
    return open_tab()


@pytest.fixture
def customer() -> Json:
    """A customer whom no other test uses."""
    return new_customer()


@pytest.fixture
def place_order(admin_api: Api, customer: Json) -> PlaceOrder:
    """Send orders of the test's customer to the API. Return each order once it is placed or rejected."""

    def place(items: list[Json] | None = None, **fields: Any) -> Json:
        return placed(admin_api, fields.pop("customer", customer), items, **fields)

    return place


@pytest.fixture
def open_order(tab: Tab, staff: Person, place_order: PlaceOrder) -> Json:
    """A placed order, open in the tab of a member of staff."""
    order = place_order(notes="Leave at the back door")
    tab.sign_in(staff, address(order))
    tab.sees_heading("Timeline")
    return order


@pytest.fixture(scope="session")
def sought(admin_api: Api) -> Json:
    """An order that the search already finds. Only its customer's name, company and e-mail contain `mark`."""
    mark = uuid.uuid4().hex[:8]
    names = {"name": f"Zoë Quill{mark}", "company": f"Söhne Feather{mark} Ltd"}
    order = placed(admin_api, {**names, "email": f"post{mark}@mill.example"})
    wait_for(lambda: bool(admin_api.call("GET", f"/orders?q=quill{mark}").document["orders"]))
    return {**order, "mark": mark}


@pytest.fixture(scope="session")
def place_orders(system: Any) -> PlaceOrders:
    """Put many orders into the queue, ten in one call. They are not stored yet."""

    def place(orders: list[Json]) -> None:
        lines = [{"sku": "BT-BLEACH", "quantity": 1}]
        bodies = [json.dumps({"orderID": str(uuid.uuid4()), "items": lines, **order}) for order in orders]
        for first in range(0, len(bodies), 10):
            system.send_to_queue(*bodies[first : first + 10])

    return place


@pytest.fixture(scope="session")
def regular(admin_api: Api, place_orders: PlaceOrders) -> Json:
    """A customer with more orders than two answers of the API contain. `orders` is the number of orders."""
    regular: Json = {"name": "Regina Regular", "email": f"regina-{uuid.uuid4().hex[:12]}@hotel.example"}
    place_orders([{"customer": regular}] * 220)
    wait_for(lambda: len(orders_of(admin_api, regular)) == 220)
    return {**regular, "orders": 220}


@pytest.fixture
def form(tab: Tab, staff: Person) -> Tab:
    """The empty form of a new order, opened by a member of staff."""
    tab.sign_in(staff, "/new-order.html")
    expect(tab.product_search()).to_be_focused()
    return tab


@pytest.fixture
def filled(form: Tab, customer: Json) -> Tab:
    """The form of a new order with one line and a customer."""
    form.add_line("browsertest bleach", "3")
    form.fill_customer(Name=customer["name"], E_mail=customer["email"])
    return form


@pytest.fixture
def office(outputs: Json) -> Office:
    return Office(outputs)


@pytest.fixture
def read_mail(system: Any) -> Callable[[str, str], str]:
    """Wait for a mail about an account, and find a pattern in the latest one to an address."""

    def read(address: str, pattern: str) -> str:
        wait_for(lambda: bool(system.account_mails(address)))
        text = system.account_mails(address)[-1]["BodyText"]
        found = re.search(pattern, text)
        assert found, text
        return found[1]

    return read


@pytest.fixture
def read_code(read_mail: Callable[[str, str], str]) -> Callable[[str], str]:
    """Read the code in the latest mail to an address."""
    return lambda address: read_mail(address, r"\b(\d{6})\b")


@pytest.fixture
def read_first_password(read_mail: Callable[[str, str], str]) -> Callable[[str], str]:
    """Read the password in the latest invitation to an address."""
    return lambda address: read_mail(address, r"with the password (\S+)\. It works once")


@contextmanager
def changed_product(api: Api, sku: str, **fields: Any) -> Iterator[None]:
    """Change one of the PRODUCTS for a while."""
    product = {"category": "Browser tests", **PRODUCTS[sku]}
    assert api.call("PUT", f"/products/{sku}", {**product, **fields}).status == 200
    try:
        yield
    finally:
        assert api.call("PUT", f"/products/{sku}", product).status == 200


def withdrawn(api: Api, sku: str) -> AbstractContextManager[None]:
    """Take one of the PRODUCTS out of sale for a while."""
    return changed_product(api, sku, active=False)


def new_customer() -> Json:
    """A customer without orders."""
    return {"name": "Maria Okafor", "email": f"maria-{uuid.uuid4().hex[:12]}@hotel.example"}


def sent(api: Api, customer: Json, items: list[Json] | None = None, **fields: Any) -> str:
    """Send an order to the API, and return its ID while it is still queued."""
    lines = items or [{"sku": "BT-BLEACH", "quantity": 2}, {"sku": "BT-GLOVES", "quantity": 1}]
    order = {"orderID": str(uuid.uuid4()), "customer": customer, "items": lines, **fields}
    assert api.call("POST", "/orders", order).status == 202
    found: str = order["orderID"]
    return found


def placed(api: Api, customer: Json, items: list[Json] | None = None, **fields: Any) -> Json:
    """Send an order to the API, and return it once it is placed or rejected."""
    return decided(api, sent(api, customer, items, **fields))


def decided(api: Api, order_id: str) -> Json:
    """Wait until a sent order is placed or rejected, and return it."""
    for _ in range(400):
        answer = api.call("GET", f"/orders/{order_id}")
        if answer.status == 200:
            return answer.document
        time.sleep(0.05)
    raise AssertionError(f"order {order_id} is still queued after 20 s")


def wait_until_known(api: Api, customer: Json, **figures: int) -> None:
    """Wait until the API returns a customer with these figures, such as `orders=2`."""
    for _ in range(400):
        answer = api.call("GET", f"/customers/{customer['email']}")
        if answer.status == 200 and figures.items() <= answer.document.items():
            return
        time.sleep(0.05)
    raise AssertionError(f"{customer['email']} is not known with {figures} after 20 s")


def orders_of(api: Api, customer: Json) -> list[Json]:
    """Every order of a customer, newest first."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"customer={customer['email']}&limit=100&cursor={cursor}"
        page = api.call("GET", f"/orders?{query}").document
        found, cursor = found + page["orders"], page["nextCursor"]
    return found
