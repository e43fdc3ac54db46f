"""Products that are often bought with the newest line of a new order."""

import uuid

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.browser.conftest import PlaceOrder
from tests.browser.looks import assert_nothing_sticks_out
from tests.browser.orders import wait_for
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def companions(admin_api: Api, place_order: PlaceOrder) -> dict[str, str]:
    """SKUs: `bucket` is on two orders with `mop` and on two with `sponge`, one of them with all three."""
    mark = uuid.uuid4().hex[:10]
    skus = {name: f"BO-{name}-{mark}" for name in ("mop", "bucket", "sponge")}
    for sku in skus.values():
        product = {"name": name_of(sku), "category": "Browser tests", "unitPrice": 500}
        assert (
            admin_api.call("PUT", f"/products/{sku}", {**product, "unit": "piece", "active": True}).status
            == 201
        )
    for names in (("mop", "bucket", "sponge"), ("mop", "bucket"), ("bucket", "sponge")):
        place_order([{"sku": skus[name], "quantity": 1} for name in names])
    wait_for(lambda: counts(admin_api, skus["mop"]) == [2, 1])
    wait_for(lambda: counts(admin_api, skus["bucket"]) == [2, 2])
    return skus


def name_of(sku: str) -> str:
    """A name that is too long for a button."""
    return f"{sku} {'x' * 80}"


def counts(api: Api, sku: str) -> list[int]:
    return [one["orders"] for one in api.call("GET", f"/products/{sku}/also-bought").document["items"]]


def offered(form: Tab) -> Locator:
    return form.css("#often-bought button")


def test_a_companion_is_offered_and_added_without_moving_the_form(
    form: Tab, companions: dict[str, str]
) -> None:
    form.product_search().fill(companions["mop"])
    with form.page.expect_response("**/also-bought?*") as asked:
        form.key("Enter")
        expect(form.css("#line-rows tr")).to_have_count(1)
        before = form.button("Add a charge").bounding_box()
    assert len(asked.value.json()["items"]) == 2
    expect(offered(form)).to_have_text([f"Add {name_of(companions['bucket'])}"])
    assert form.button("Add a charge").bounding_box() == before
    offered(form).press("Enter")
    expect(form.css("#line-rows tr").last).to_contain_text(companions["bucket"])
    expect(form.css("#line-rows tr").last.locator("input")).to_be_focused()
    expect(offered(form)).to_have_text([f"Add {name_of(companions['sponge'])}"])
    assert_nothing_sticks_out(form)


def test_a_companion_that_cannot_be_added_is_named(
    form: Tab, companions: dict[str, str], admin_api: Api
) -> None:
    form.product_search().fill(companions["mop"])
    form.key("Enter")
    expect(offered(form)).to_have_count(1)
    with form.offline():
        offered(form).click()
        expect(form.css("#often-bought")).to_contain_text("was not added: The server cannot be reached.")
    path = f"/products/{companions['bucket']}"
    product = admin_api.call("GET", path).document
    kept = {name: product[name] for name in ("name", "category", "unitPrice", "unit")}
    assert admin_api.call("PUT", path, {**kept, "active": False}).status == 200
    offered(form).click()
    expect(form.css("#often-bought")).to_contain_text("is no longer sold.")
    expect(form.css("#line-rows tr")).to_have_count(1)


def test_nothing_is_offered_where_the_offer_fails(form: Tab, companions: dict[str, str]) -> None:
    form.answer_error("**/also-bought?*")
    form.product_search().fill(companions["mop"])
    with form.page.expect_response("**/also-bought?*"):
        form.key("Enter")
    form.page.wait_for_timeout(100)
    expect(offered(form)).to_have_count(0)
    expect(form.error_summary()).to_be_hidden()


def test_a_late_answer_about_an_earlier_line_changes_no_offer(form: Tab, companions: dict[str, str]) -> None:
    held = form.hold("**/also-bought?*")
    for at, name in enumerate(("mop", "bucket"), start=1):
        form.product_search().fill(companions[name])
        with form.page.expect_request("**/also-bought?*"):
            form.key("Enter")
        expect(form.css("#line-rows tr")).to_have_count(at)
    held[1].continue_()
    expect(offered(form)).to_have_text([f"Add {name_of(companions['sponge'])}"])
    with form.page.expect_response(f"**/{companions['mop']}/also-bought?*"):
        held[0].continue_()
    form.wait(100)
    expect(offered(form)).to_have_text([f"Add {name_of(companions['sponge'])}"])
