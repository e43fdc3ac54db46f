"""A low window, such as 1280 x 800 at a zoom of 200 %: no bar is over the focus, and lists begin in view."""

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import address
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

SIZES = [(640, 400), (1280, 800), (390, 844)]
# Return the name of the focused element if something else covers it, wholly or in part. A browser scrolls
# only to the first line of a field with several lines.
COVERED = """() => {
    const focused = document.activeElement;
    const { left, right, top, bottom } = focused.getBoundingClientRect();
    const low = focused.localName === "textarea" ? top + 20 : bottom - 3;
    const points = [left + 4, (left + right) / 2, right - 4].flatMap((x) => [[x, top + 3], [x, low]]);
    const isCovered = ([x, y]) => {
        const found = document.elementFromPoint(x, y);
        return found && !focused.contains(found) && !found.contains(focused);
    };
    if (bottom - top > innerHeight || !points.some(isCovered)) return "";
    return focused.id || focused.name || focused.outerHTML;
}"""


def covered(tab: Tab, key: str, presses: int) -> set[str]:
    """Press a key many times. Return the focused elements that were covered by others."""
    found = set()
    for _ in range(presses):
        tab.key(key)
        found.add(tab.evaluate(COVERED))
    return found - {""}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_focused_field_of_a_form_is_not_under_the_bar(
    tab: Tab, staff: Person, place_order: PlaceOrder, width: int, height: int
) -> None:
    order = place_order([{"sku": sku, "quantity": 2} for sku in ("BT-BLEACH", "BT-GLOVES") * 4])
    tab.resize(width, height)
    tab.sign_in(staff, address(order))
    tab.press("Edit")
    expect(tab.field("Name")).to_be_focused()
    tab.css("body").evaluate("body => { scrollTo(0, 0); document.activeElement.blur(); }")
    assert covered(tab, "Tab", 40) == set()
    assert covered(tab, "Shift+Tab", 30) == set()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_focused_row_of_the_list_is_not_under_the_bar(
    tab: Tab, staff: Person, regular: Json, width: int, height: int
) -> None:
    tab.resize(width, height)
    tab.sign_in(staff, f"/orders.html?customer={regular['email']}")
    tab.sees_orders(50)
    tab.css("#order-rows input").first.check()
    expect(tab.css("#bulk-bar")).to_be_visible()
    assert covered(tab, "Tab", 30) == set()
    assert covered(tab, "Shift+Tab", 20) == set()


@pytest.mark.parametrize("page", ["orders", "customers"])
def test_a_list_begins_on_the_first_screen_at_a_zoom_of_200_percent(
    tab: Tab, staff: Person, admin_api: Api, regular: Json, page: str
) -> None:
    tab.resize(640, 400)
    tab.sign_in(staff, f"/{page}.html")
    expect(tab.css("main tbody a").first).to_be_visible()
    expect(tab.css("main tbody tr").first).to_be_in_viewport(ratio=1)
