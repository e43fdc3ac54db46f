"""What holds for every page: accessible in light and dark, at any width, and a small first visit."""

import gzip
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Response, Route, expect

from components.site_files import pages
from local.api import Api
from tests.browser.conftest import Json, OpenTab, PlaceOrder, wait_until_known
from tests.browser.tab import Person, Tab
from tests.browser.test_one_order import edit_elsewhere

pytestmark = pytest.mark.browser

Scene = Callable[[Tab], None]

# Pairs of cells whose texts lie over each other.
OVERLAPS = """(row) => {
    const box = (cell) => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        const { left, right, top, bottom, width } = text.getBoundingClientRect();
        const end = cell.querySelector(".clip") ? cell.getBoundingClientRect().right : Infinity;
        return { left, right: Math.min(right, end), top, bottom, width };
    };
    const boxes = [...row.children].map(box).filter((one) => one.width > 0);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meet(a, b)).map((b) => [a, b]));
}"""


def the_list(tab: Tab) -> None:
    tab.goto("/orders.html")
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.get_by_role("button", name="Filter").click()


def nothing_found(tab: Tab) -> None:
    tab.goto("/orders.html?customer=nobody@nowhere.example")
    expect(tab.page.get_by_role("heading", name="No order matches")).to_be_visible()


def a_failure(tab: Tab) -> None:
    tab.page.route("**/api/orders?**", lambda route: route.fulfill(status=502))
    tab.goto("/orders.html")
    expect(tab.page.get_by_role("heading", name="The orders could not be loaded")).to_be_visible()


def a_new_order(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.add_line("browsertest", "2")
    tab.page.get_by_role("combobox", name="Add a product").fill("browsertest")
    expect(tab.page.get_by_role("option").first).to_be_visible()


def a_refused_form(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.add_line("browsertest bleach", "0")
    tab.send()
    expect(tab.page.locator("#error-summary")).to_be_visible()


def an_ended_session(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.end_session()
    tab.page.get_by_role("combobox", name="Add a product").fill("bleach")
    expect(tab.page.get_by_role("dialog")).to_be_visible()


def signed_out(tab: Tab) -> None:
    tab.goto("/signed-out.html")


def a_failed_sign_in(tab: Tab) -> None:
    tab.goto("/callback.html?error=access_denied")
    expect(tab.page.get_by_role("heading", name="You could not be signed in")).to_be_visible()


def no_such_order(tab: Tab) -> None:
    tab.goto("/order.html?id=00000000-0000-4000-8000-000000000000")
    expect(tab.page.get_by_role("heading", name="No such order")).to_be_visible()


SCENES: list[Scene] = [
    the_list, nothing_found, a_failure, a_new_order, a_refused_form, an_ended_session, no_such_order,
    signed_out, a_failed_sign_in,
]  # fmt: skip


@pytest.fixture
def order_scenes(place_order: PlaceOrder, admin_api: Api) -> list[Scene]:
    """One order in every state it can be looked at in."""
    order = place_order(notes="Ring twice")
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])

    def shown(tab: Tab, which: Json = order) -> None:
        tab.goto(f"/order.html?id={which['orderID']}")
        expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()

    def a_rejected_order(tab: Tab) -> None:
        shown(tab, rejected)

    def cancelling(tab: Tab) -> None:
        shown(tab)
        tab.page.get_by_role("button", name="Cancel order").click()

    def editing(tab: Tab) -> None:
        shown(tab)
        tab.page.get_by_role("button", name="Edit").click()

    def choosing(tab: Tab) -> None:
        tab.page.get_by_label("For packing and delivery").fill("Side door")
        edit_elsewhere(admin_api, order, notes="Front door")
        tab.page.get_by_role("button", name="Save changes").click()
        expect(tab.page.get_by_role("dialog")).to_be_visible()

    return [shown, a_rejected_order, cancelling, editing, choosing]


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ]


def assert_accessible(tab: Tab) -> None:
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(tab.page) == [], scheme


def assert_nothing_sticks_out(tab: Tab) -> None:
    for width in (320, 390, 768, 3840):
        tab.page.set_viewport_size({"width": width, "height": 800})
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} px"
    tab.page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_page_passes_axe_in_light_and_dark_and_fits_from_320_px_to_4k(
    tab: Tab, admin: Person, scene: Scene
) -> None:
    tab.sign_in(admin)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


@pytest.mark.parametrize("page", pages())
def test_every_page_passes_axe_whatever_it_has_to_show(tab: Tab, staff: Person, page: str) -> None:
    """Pages without what their address should name, too; their richer states are in the tests of each."""
    tab.sign_in(staff)
    tab.goto(f"/{page}")
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    tab.page.wait_for_load_state("networkidle")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


def test_an_order_passes_axe_in_light_and_dark_and_fits_from_320_px_to_4k(
    tab: Tab, admin: Person, order_scenes: list[Scene]
) -> None:
    tab.sign_in(admin)
    for scene in order_scenes:
        scene(tab)
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)


def test_no_text_of_a_row_lies_over_another(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    expect(tab.row(order)).to_be_visible()
    for width in (320, 390, 768, 1280):
        tab.page.set_viewport_size({"width": width, "height": 800})
        assert tab.row(order).evaluate(OVERLAPS) == [], f"at {width} px"


def test_a_first_visit_to_the_list_takes_12_requests_and_40_kb_at_most(
    tab: Tab, open_tab: OpenTab, staff: Person
) -> None:
    tab.sign_in(staff)
    session = tab.page.evaluate("sessionStorage.getItem('order-desk:session')")
    visitor = open_tab()
    visitor.page.add_init_script(f"sessionStorage.setItem('order-desk:session', {session!r})")
    answers: list[Response] = []
    visitor.page.on("response", lambda answer: answers.append(answer))
    visitor.goto("/orders.html")
    expect(visitor.page.locator("#order-rows a").first).to_be_visible()
    visitor.page.wait_for_load_state("networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers}
    assert all(url.startswith(visitor.site_url) for url in sizes)
    assert [answer.url for answer in answers if answer.status != 200] == []
    assert len(answers) <= 12, sorted(sizes)
    assert sum(sizes.values()) <= 40_000, sizes


def test_loading_moves_nothing(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer)
    tab.sign_in(staff)
    tab.watch_shifts()
    held: list[Route] = []
    tab.page.route("**/api/**", lambda route: held.append(route))
    for path, sign in (
        (f"/order.html?id={order['orderID']}", "Timeline"),
        (f"/customer.html?email={customer['email']}", "So far"),
        ("/new-order.html", "New order"),
    ):
        tab.goto(path)
        tab.page.wait_for_timeout(300)  # a moment in which it looks as it does while loading
        while held or tab.page.locator("[aria-busy=true]").count():
            while held:
                held.pop().continue_()
            tab.page.wait_for_timeout(100)
        expect(tab.page.get_by_role("heading", name=sign, exact=True)).to_be_visible()
        assert tab.shifted() < 0.01, path


def test_the_strict_policy_is_sent_and_a_violation_would_be_noticed(tab: Tab) -> None:
    answer = tab.page.goto(f"{tab.site_url}/signed-out.html")
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert not re.search("unsafe-|data:|\\*", policy)
    tab.page.evaluate("document.body.setAttribute('style', 'color: red')")
    tab.page.wait_for_timeout(100)
    assert len(tab.complaints) == 1
    tab.complaints.clear()


def test_the_first_tab_stop_skips_to_the_content(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("main")).to_be_focused()


def test_a_page_is_light_or_dark_as_one_wants_it(tab: Tab) -> None:
    tab.goto("/signed-out.html")
    lightest = "(body) => Math.max(...getComputedStyle(body).backgroundColor.match(/\\d+/g))"
    shown = []
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        shown.append(tab.page.locator("body").evaluate(lightest))
    assert shown[0] > 200
    assert shown[1] < 55


def test_nothing_moves_for_who_wants_less_motion(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.page.route("**/api/**", lambda _: None)
    tab.page.reload()
    expect(tab.page.locator("#order-rows .skeleton").first).to_be_visible()
    moving = "document.getAnimations().length"
    assert tab.page.evaluate(moving) > 0
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.page.evaluate(moving) == 0


def test_the_site_has_icons_of_its_own(tab: Tab) -> None:
    tab.goto("/signed-out.html")
    for kind, media in (("icon", "image/svg+xml"), ("apple-touch-icon", "image/png")):
        address = tab.page.locator(f"link[rel={kind}]").get_attribute("href")
        answer = tab.page.request.get(f"{tab.site_url}{address}")
        assert answer.ok, address
        assert answer.headers["content-type"].startswith(media)


def test_list_and_order_print_without_what_one_presses(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.row(order).get_by_role("checkbox").check()
    expect(tab.page.get_by_text("1 order selected")).to_be_visible()
    tab.page.emulate_media(media="print")
    expect(tab.row(order)).to_be_visible()
    for role in ("button", "checkbox", "searchbox", "navigation"):
        expect(tab.page.get_by_role(role)).to_have_count(0)
    tab.goto(f"/order.html?id={order['orderID']}")
    expect(tab.page.get_by_role("table", name="Lines")).to_be_visible()
    expect(tab.page.get_by_role("button")).to_have_count(0)
