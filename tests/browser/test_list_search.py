"""Searching and sorting the list of orders."""

import re

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.orders import search, status_link
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def shows_only(tab: Tab, order: Json) -> None:
    """Assert that the list shows this order and no other."""
    expect(tab.css("#order-rows code")).to_have_text([number_of(order)])


def test_an_order_is_found_by_number_name_company_and_e_mail(
    tab: Tab, staff: Person, sought: Json, place_order: PlaceOrder
) -> None:
    mark = sought["mark"]
    tab.sign_in(staff)
    for words in (
        sought["orderID"], sought["orderID"][:8].upper(), f"QUILL{mark}", f"zoe quill{mark[:4]}",
        f"feather{mark} sohne", f"post{mark}@mill.example",
    ):  # fmt: skip
        search(tab).fill(words)
        shows_only(tab, sought)
        search(tab).fill("")
        tab.arrives_at("/orders.html")
        expect(tab.css("#order-rows code").nth(1)).to_be_visible()


def test_a_search_waits_for_a_pause_and_survives_reload_and_back(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.replace_clock()
    tab.sign_in(staff)
    expect(tab.css("#order-rows th a").nth(1)).to_be_visible()
    asked = tab.requests("q=")
    search(tab).focus()
    tab.stop_clock()
    for letter in f"quill{sought['mark']}":
        tab.type(letter)
        tab.page.clock.run_for(200)
    tab.page.clock.run_for(200)
    shows_only(tab, sought)
    assert len(asked) == 1
    tab.page.clock.resume()
    tab.arrives_at(re.compile(rf"\?q=quill{sought['mark']}$"))
    tab.reload()
    shows_only(tab, sought)
    expect(search(tab)).to_have_value(f"quill{sought['mark']}")
    tab.back()
    expect(tab.css("#order-rows th a").nth(1)).to_be_visible()
    expect(search(tab)).to_have_value("")


def test_enter_searches_at_once_and_back_returns_to_each_search(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.replace_clock()
    tab.sign_in(staff)
    expect(tab.css("#order-rows th a").nth(1)).to_be_visible()
    tab.stop_clock()  # typing alone starts no search, because the timer for a pause is stopped
    for words in ("nobodyofthatname", f"quill{sought['mark']}"):
        search(tab).fill(words)
        search(tab).press("Enter")
        tab.arrives_at(re.compile(words))
    shows_only(tab, sought)
    tab.back()
    tab.sees("Nothing was found for “nobodyofthatname”")


def test_search_text_without_a_word_is_explained_and_not_searched(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    asked = tab.requests("/orders?")
    for typed in ("z", "J. K.", "--", "🧽"):
        tab.sees_order(sought)
        asked.clear()
        search(tab).fill(typed)
        expect(tab.css("#orders")).to_contain_text("Type at least two letters or digits of one word.")
        tab.sees_heading("No order matches")
        expect(tab.css("#order-rows")).to_be_hidden()
        search(tab).press("Enter")
        tab.reload()
        tab.sees_heading("No order matches")
        expect(search(tab)).to_have_value(typed)
        assert asked == []
        tab.back()
        tab.sees_order(sought)
        expect(search(tab)).to_have_value(f"quill{sought['mark']}")


def test_a_search_over_100_characters_is_refused(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, f"/orders.html?q={'quill' * 21}")
    expect(tab.css("#orders")).to_contain_text("Type 100 characters at most.")


def test_a_search_can_be_combined_with_a_status(
    tab: Tab, staff: Person, sought: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, f"/orders.html?q=quill{sought['mark']}")
    tab.sees_order(sought)
    status_link(tab, "Packed").click()
    tab.sees_heading("No order matches")
    status_link(tab, "Placed").click()
    tab.sees_order(sought)
    expect(search(tab)).to_have_value(f"quill{sought['mark']}")


# -- sorting


def header(tab: Tab, name: str) -> Locator:
    return tab.css("#orders thead th[data-sort]").filter(has_text=name)


def test_a_filter_pressed_before_the_pause_of_a_search_ends_keeps_its_text(tab: Tab, staff: Person) -> None:
    tab.replace_clock()
    tab.sign_in(staff, "/orders.html")
    tab.settle()
    tab.stop_clock()
    search(tab).press_sequentially("mop")
    status_link(tab, "Packed").click()
    tab.arrives_at("/orders.html?status=packed&q=mop")


def test_headers_sort_by_time_and_by_total(
    tab: Tab, staff: Person, regular: Json, place_order: PlaceOrder
) -> None:
    dearest = place_order([{"sku": "BT-GLOVES", "quantity": 100_000}])
    place_order([{"sku": "BT-HOSTILE", "quantity": 1}])
    tab.sign_in(staff)
    expect(header(tab, "Taken")).to_have_attribute("aria-sort", "descending")
    for name, sort, direction in (
        ("Taken", "oldest", "ascending"), ("Total", "largest", "descending"),
        ("Total", "smallest", "ascending"),
    ):  # fmt: skip
        header(tab, name).get_by_role("link").click()
        tab.arrives_at(f"/orders.html?sort={sort}")
        expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
        expect(header(tab, name)).to_have_attribute("aria-sort", direction)
        shown = tab.css("#order-rows tr").evaluate_all(
            "(rows, taken) => rows.map(({ order }) => (taken ? order.createdAt : order.total))",
            name == "Taken",
        )
        assert len(shown) == 50
        assert shown == sorted(shown, reverse=direction == "descending")
    header(tab, "Total").get_by_role("link").click()
    tab.sees_order(dearest)
    status_link(tab, "Placed").click()
    tab.arrives_at("/orders.html?status=placed&sort=largest")
    tab.sees_order(dearest)


def test_header_of_an_unavailable_sort_has_an_explanation_and_no_link(
    tab: Tab, staff: Person, sought: Json
) -> None:
    tab.sign_in(staff, "/orders.html?sort=largest")
    tab.sees_orders()
    search(tab).fill(f"quill{sought['mark']}")
    tab.sees_order(sought)
    tab.arrives_at(re.compile(r"\?q=[^&]+$"))
    expect(header(tab, "Total").get_by_role("link")).to_have_count(0)
    expect(header(tab, "Total")).to_have_attribute("title", re.compile("can only be sorted by time"))
    header(tab, "Taken").get_by_role("link").click()
    tab.arrives_at(re.compile("sort=oldest"))
    tab.sees_order(sought)
