"""Every page: accessible in light and dark, at any width, and few downloads for a first visit."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from components.site_files import pages
from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, wait_until_known
from tests.browser.looks import (
    OVERLAPS,
    assert_accessible,
    assert_nothing_sticks_out,
    assert_small_first_visit,
)
from tests.browser.orders import address, edit_elsewhere
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

Scene = Callable[[Tab], None]


def test_titles_and_main_buttons_of_all_pages_are_at_the_same_height(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, admin_api: Api
) -> None:
    order = place_order()
    wait_until_known(admin_api, customer)
    tab.sign_in(staff, "/")
    tops = {}
    lists, forms = (
        ["/", "/orders.html", "/customers.html", "/products.html", "/sales.html"],
        ["/new-order.html"],
    )
    for page in [*lists, *forms, address(order), f"/customer.html?email={customer['email']}"]:
        tab.goto(page)
        title = tab.css(".page-head h1")
        expect(title).to_be_visible()
        tops[page] = title.evaluate("title => title.getBoundingClientRect().top")
        for button in tab.css(".page-head .primary:visible").all():
            tops[f"button of {page}"] = button.evaluate("one => one.getBoundingClientRect().top")
    assert len(tops) == 13
    assert max(tops.values()) - min(tops.values()) <= 1, tops


def list_with_filter_open(tab: Tab) -> None:
    tab.goto("/orders.html")
    tab.sees_orders()
    tab.press("Filter")


def nothing_found(tab: Tab) -> None:
    tab.goto("/orders.html?customer=nobody@nowhere.example")
    tab.sees_heading("No order matches")


def orders_not_loaded(tab: Tab) -> None:
    tab.answer("**/api/orders?**", status=502)
    tab.goto("/orders.html")
    tab.sees_heading("The orders could not be loaded")


def a_new_order(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.add_line("browsertest", "2")
    tab.product_search().fill("browsertest")
    expect(tab.find("option").first).to_be_visible()


def a_refused_form(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.add_line("browsertest bleach", "0")
    tab.send()
    expect(tab.css("#error-summary")).to_be_visible()


def an_ended_session(tab: Tab) -> None:
    tab.goto("/new-order.html")
    tab.end_session()
    tab.product_search().fill("bleach")
    expect(tab.find("dialog")).to_be_visible()


def signed_out(tab: Tab) -> None:
    tab.goto("/signed-out.html")


def a_failed_sign_in(tab: Tab) -> None:
    tab.goto("/callback.html?error=access_denied")
    tab.sees_heading("You could not be signed in")


def no_such_order(tab: Tab) -> None:
    tab.goto("/order.html?id=00000000-0000-4000-8000-000000000000")
    tab.sees_heading("No such order")


SCENES: list[Scene] = [
    list_with_filter_open, nothing_found, orders_not_loaded, a_new_order, a_refused_form, an_ended_session,
    no_such_order, signed_out, a_failed_sign_in,
]  # fmt: skip


@pytest.fixture
def order_scenes(place_order: PlaceOrder, admin_api: Api) -> list[Scene]:
    """Scenes of an order: placed, rejected, being cancelled, being edited, and changed by two people."""
    order = place_order(notes="Ring twice")
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])

    def shown(tab: Tab, which: Json = order) -> None:
        tab.goto(address(which))
        tab.sees_heading("Timeline")

    def a_rejected_order(tab: Tab) -> None:
        shown(tab, rejected)

    def cancelling(tab: Tab) -> None:
        shown(tab)
        tab.press("Cancel order …")

    def editing(tab: Tab) -> None:
        shown(tab)
        tab.press("Edit")

    def choosing(tab: Tab) -> None:
        tab.fill("For packing and delivery", "Side door")
        edit_elsewhere(admin_api, order, notes="Front door")
        tab.press("Save changes")
        expect(tab.find("dialog")).to_be_visible()

    return [shown, a_rejected_order, cancelling, editing, choosing]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_page_state_is_accessible_and_fits_any_width(tab: Tab, admin: Person, scene: Scene) -> None:
    tab.become(admin)
    scene(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


@pytest.mark.parametrize("page", [*pages(), "no-such-page"])
def test_every_page_is_accessible_and_fits_any_width(tab: Tab, staff: Person, page: str) -> None:
    """The pages of one order and of one customer are opened without an ID. Other tests open them with one."""
    tab.become(staff)
    tab.goto(f"/{page}")
    expect(tab.find("heading", level=1)).to_be_visible()
    tab.page.wait_for_load_state("networkidle")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)


def test_an_order_is_accessible_and_fits_any_width(
    tab: Tab, admin: Person, order_scenes: list[Scene]
) -> None:
    tab.become(admin)
    for scene in order_scenes:
        scene(tab)
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)


@pytest.mark.parametrize(
    ("part", "scheme", "fault"),
    [
        ("<p style='color: light-dark(black, #444)'>Words</p>", "dark", "color-contrast"),
        ("<p style='color: light-dark(#bbb, white)'>Words</p>", "light", "color-contrast"),
        ("<img src='/icon.svg'>", "light", "image-alt"),
    ],
)
def test_the_check_finds_a_fault_of_either_scheme(tab: Tab, part: str, scheme: str, fault: str) -> None:
    both = "color-scheme: light dark; background: light-dark(white, black)"
    tab.page.set_content(f"<html lang='en' style='{both}'><title>T</title><main><h1>T</h1>{part}</main>")
    with pytest.raises(AssertionError, match=f"in the {scheme} scheme: .*{fault}"):
        assert_accessible(tab)


def test_texts_of_a_row_do_not_overlap(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.sees_order(order)
    for width in (320, 390, 768, 1280):
        tab.resize(width)
        assert tab.row(order).evaluate(OVERLAPS) == [], f"at {width} px"


def test_a_first_visit_takes_at_most_12_requests_and_40_kb(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    assert_small_first_visit(tab, "/orders.html")
    tab.sees_orders()


def test_layout_does_not_shift_while_a_page_loads(
    tab: Tab, admin: Person, place_order: PlaceOrder, customer: Json, admin_api: Api, outputs: Json
) -> None:
    order, shop = place_order(), outputs["machine"]["clientId"]
    wait_until_known(admin_api, customer)
    tab.become(admin)  # who sees the most
    tab.watch_shifts()
    held = tab.hold("**/api/**")
    for width, path, sign in (
        (1280, address(order), "Timeline"),
        (1280, f"/customer.html?email={customer['email']}", "So far"),
        (1280, "/new-order.html", "New order"),
        (1280, "/products.html", "Products"),
        (1280, "/product.html?sku=BT-BLEACH", "Browsertest bleach 5 L"),
        (1280, "/best-sellers.html", "Best sellers"),
        (1280, "/recall.html?sku=BT-BLEACH", "Recall list"),
        (390, f"/customer.html?email={customer['email']}", "So far"),
        (390, "/people.html", "People"),
        (390, "/connected-shops.html", "Connected shops"),
        (1280, f"/webhook.html?shop={shop}", "Deliveries"),
    ):
        tab.resize(width)
        tab.goto(path)
        tab.wait(300)  # time for the page to show its loading state
        while held or tab.css("[aria-busy=true]").count():
            while held:
                held.pop().continue_()
            tab.wait(100)
        tab.sees_heading(sign)
        assert tab.shifted() < 0.01, path


def test_strict_csp_is_sent_and_its_violations_are_noticed(tab: Tab) -> None:
    answer = tab.page.goto(f"{tab.site_url}/signed-out.html")
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert not re.search("unsafe-|data:|\\*", policy)
    tab.evaluate("document.body.setAttribute('style', 'color: red')")
    tab.wait(100)
    assert len(tab.complaints) == 1
    parse = "() => { try { document.body.innerHTML = '<p>'; } catch (error) { return error.name; } }"
    assert tab.evaluate(parse) == "TypeError", "Trusted Types forbid HTML in a text"
    tab.complaints.clear()


def test_the_first_tab_stop_skips_to_the_content(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.key("Tab")
    expect(tab.link("Skip to content")).to_be_focused()
    tab.key("Enter")
    expect(tab.find("main")).to_be_focused()


def test_a_page_follows_the_preferred_colour_scheme(tab: Tab) -> None:
    tab.goto("/signed-out.html")
    lightest = "(body) => Math.max(...getComputedStyle(body).backgroundColor.match(/\\d+/g))"
    shown = []
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        shown.append(tab.css("body").evaluate(lightest))
    assert shown[0] > 200
    assert shown[1] < 55


def test_nothing_moves_when_reduced_motion_is_preferred(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    tab.page.emulate_media(reduced_motion="no-preference")
    tab.hold("**/api/**")
    tab.goto("/orders.html")
    expect(tab.css("#order-rows .skeleton").first).to_be_visible()
    moving = "document.getAnimations().length"
    assert tab.evaluate(moving) > 0
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.evaluate(moving) == 0


def test_the_site_has_icons_of_its_own(tab: Tab) -> None:
    tab.goto("/signed-out.html")
    for kind, media in (("icon", "image/svg+xml"), ("apple-touch-icon", "image/png")):
        path = tab.css(f"link[rel={kind}]").get_attribute("href")
        answer = tab.page.request.get(f"{tab.site_url}{path}")
        assert answer.ok, path
        assert answer.headers["content-type"].startswith(media)


def test_list_and_order_print_without_controls(tab: Tab, staff: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.row(order).get_by_role("checkbox").check()
    tab.sees("1 order selected")
    tab.page.emulate_media(media="print")
    tab.sees_order(order)
    for role in ("button", "checkbox", "searchbox", "navigation"):
        tab.sees_no(role)
    tab.goto(address(order))
    expect(tab.find("table", "Lines")).to_be_visible()
    tab.sees_no("button")
