"""The recall list of a product: everybody who got it since a date."""

import csv
import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import HOSTILE, Json, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.orders import move_elsewhere, wait_for
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def recalled(admin_api: Api, place_order: PlaceOrder, customer: Json) -> str:
    """The SKU of a product that two customers got, one of them twice, and for a third was cancelled."""
    sku = f"RC-{uuid.uuid4().hex[:12]}"
    plain = {"name": f"Recalled {sku}", "category": "Top", "unitPrice": 3, "unit": "each", "active": True}
    admin_api.call("POST", "/products", {"sku": sku, **plain})
    hostile = {
        "name": HOSTILE,
        "email": f"other-{customer['email']}",
        "phone": "020 1",
        "address": "1 Quay\nPort",
    }
    for one, quantity in ((customer, 2), (customer, 3), (hostile, 40)):
        place_order([{"sku": sku, "quantity": quantity}], customer=one)
    gone = place_order(
        [{"sku": sku, "quantity": 9}], customer=customer | {"email": f"third-{customer['email']}"}
    )
    move_elsewhere(admin_api, gone, "cancelled", note="Not needed")
    wait_for(lambda: len(admin_api.call("GET", f"/products/{sku}/orders").document["orders"]) == 3)
    return sku


def test_everybody_who_got_a_product_is_listed_and_exported(
    tab: Tab, staff: Person, recalled: str, customer: Json, tmp_path: Path
) -> None:
    tab.sign_in(staff, f"/product.html?sku={recalled}")
    tab.css("#sold summary").click()
    # Three pages of one order each.
    in_parts = lambda route: route.continue_(url=re.sub(r"limit=\d+", "limit=1", route.request.url))  # noqa: E731
    tab.page.route("**/orders?*limit=*", in_parts)
    tab.follow("Recall list")
    expect(tab.css(".toolbar p")).to_have_text("2 customers, 3 orders, 45 units")
    rows = tab.css("#recall-rows tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("020 1")
    expect(rows.last).to_contain_text(customer["email"])
    assert rows.last.locator(".number").all_inner_texts() == ["2", "5"]
    assert tab.css("main :is(img, b)").count() == 0
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    with tab.page.expect_download() as download:
        tab.press("Export")
    download.value.save_as(tmp_path / "recall.csv")
    with (tmp_path / "recall.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(one["E-mail"], one["Orders"], one["Quantity"]) for one in csv.DictReader(file)]
    assert found == [(f"other-{customer['email']}", "1", "40"), (customer["email"], "2", "5")]
    tab.field("Orders since").fill("2099-01-01")
    tab.sees("Nobody has got it since then.")
    tab.back()
    expect(rows).to_have_count(2)


def test_states_of_the_recall_list(tab: Tab, staff: Person, recalled: str) -> None:
    tab.become(staff)
    assert_small_first_visit(tab, f"/recall.html?sku={recalled}")
    tab.goto("/recall.html?sku=NOT-OURS")
    tab.sees_heading("No such product")
    assert_accessible(tab)
    tab.answer_error("**/api/products/**")
    tab.goto(f"/recall.html?sku={recalled}")
    tab.sees_button("Try again")
