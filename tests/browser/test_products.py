"""The catalog at the desk: the list of products, the page of one product, and changes of many at once."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, OpenTab, PlaceOrder
from tests.browser.looks import (
    OVERLAPS,
    assert_accessible,
    assert_nothing_sticks_out,
    assert_small_first_visit,
)
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def new_product(api: Api, **fields: object) -> Json:
    """Add a product of the test's own to the catalog."""
    sku = f"BP-{uuid.uuid4().hex[:12]}"
    plain = {"name": f"Squeegee {sku}", "category": "Panes", "unitPrice": 649, "unit": "each", "active": True}
    return dict(api.call("POST", "/products", {"sku": sku, **plain, **fields}).document)


def new_category(api: Api, number: int) -> str:
    """Add this number of products in a category of their own, and return the category."""
    category = f"Bulk-{uuid.uuid4().hex[:12]}"
    names = [f"Cloth {at:03} {category}" for at in range(number)]
    items = [{**_content(category), "sku": f"BB-{uuid.uuid4().hex[:12]}", "name": name} for name in names]
    for start in range(0, number, 50):
        api.call("POST", "/products/batch", {"items": items[start : start + 50]})
    return category


def _content(category: str) -> Json:
    return {"category": category, "unitPrice": 100, "unit": "each", "active": True}


def stored(api: Api, sku: str) -> Json:
    return dict(api.call("GET", f"/products/{sku}").document)


def in_category(api: Api, category: str) -> list[Json]:
    found: list[Json] = []
    cursor = ""
    while True:
        page = api.call("GET", f"/products?category={category}&limit=100&cursor={cursor}").document
        found += page["products"]
        cursor = page["nextCursor"]
        if not cursor:
            return found


def change_elsewhere(api: Api, product: Json, **fields: object) -> None:
    """Change a product as a colleague at another desk does."""
    content = {name: product[name] for name in ("name", "category", "unitPrice", "unit", "active")}
    headers = {"If-Match": f'"{product["version"]}"'}
    api.call("PUT", f"/products/{product['sku']}", {**content, **fields}, headers=headers)


def page_of(product: Json) -> str:
    return f"/product.html?sku={product['sku']}"


@pytest.fixture
def product(admin_api: Api) -> Json:
    return new_product(admin_api)


@pytest.fixture
def desk(tab: Tab, admin: Person) -> Tab:
    """A tab of an admin who watches the catalog."""
    tab.become(admin)
    return tab


# -- one product


def test_a_product_is_added_found_and_changed(tab: Tab, staff: Person, admin_api: Api) -> None:
    sku = f"BP-{uuid.uuid4().hex[:12]}"
    tab.sign_in(staff, "/")
    tab.follow("Products")
    tab.follow("New product")
    tab.press("Add product")
    tab.sees_errors([f"{label} is required" for label in ("SKU", "Name", "Category", "Price", "Unit")])
    for label, text in (("SKU", sku), ("Name", f"Bucket {sku}"), ("Category", "Pails"), ("Unit", "piece")):
        tab.fill(label, text)
    tab.fill("Price", "twelve")
    tab.field("Price").press("Enter")
    tab.sees_errors(['Price must be an amount such as 5.00, got "twelve"'])
    tab.fill("Price", "£12.50")
    tab.field("Price").press("Enter")
    tab.arrives_at(f"/product.html?sku={sku}")
    tab.sees_heading(f"Bucket {sku}")
    tab.region("History").says("Added")
    assert stored(admin_api, sku)["unitPrice"] == 1250
    tab.fill("Price", "13")
    tab.press("Save changes")
    history = tab.region("History").locator
    expect(history).to_contain_text("Price: £12.50 → £13.00")
    expect(history.get_by_role("listitem").first).to_contain_text(staff.email)
    expect(tab.button("Save changes")).to_be_focused()
    tab.sees_no("button", "Discard changes")
    tab.inside("#product").follow("Products")
    tab.find("searchbox", "Search products").fill(sku.lower())
    expect(tab.css("#product-rows tr:not(.skeleton)")).to_have_count(1)
    expect(tab.css("#product-rows .col-price")).to_have_text("£13.00")


def test_a_hazard_label_is_checked_kept_and_warned_of(desk: Tab, product: Json, admin_api: Api) -> None:
    desk.goto(page_of(new_product(admin_api, signalWord="Warning", description="Harmless")))
    expect(desk.field("Signal word")).to_have_value("Warning")
    claims = desk.css("#product-form .notice[data-optional]")
    expect(claims).to_contain_text("Please remove “harmless”")
    desk.goto(page_of(product))
    desk.fill("Description", "Non-toxic and mild")
    desk.css("#hazard summary").click()
    desk.fill("UFI", "N1QV")
    expect(claims).to_contain_text("Please remove “non-toxic” (CLP")
    desk.css("#hazard summary").click()
    desk.press("Save changes")
    desk.follow('UFI must be a UFI: 16 digits and capital letters, such as N1QV-R02N-J00M-WQD5, got "N1QV"')
    expect(desk.field("UFI")).to_be_focused()
    desk.type("-R02N-J00M-WQD5")
    desk.fill("Description", "Mild")
    expect(claims).to_be_hidden()
    desk.fill("Minimum quantity", "6")
    desk.press("Save changes")
    expect(desk.region("History").locator).to_contain_text("UFI: (empty) → N1QV-R02N-J00M-WQD5")
    desk.goto("/new-order.html")
    desk.product_search().fill(product["sku"])
    desk.key("Enter")
    expect(desk.field(f"Quantity of {product['name']}")).to_have_value("6")
    desk.type("5")
    desk.key("Enter")
    expect(desk.css("#line-rows .remark")).to_have_text("The minimum is 6")
    desk.field(f"Quantity of {product['name']}").fill("6")
    expect(desk.css("#line-rows .remark")).to_be_hidden()
    desk.product_search().focus()
    expect(desk.css("#line-rows .remark")).to_be_hidden()


def test_typed_changes_survive_a_reload_until_they_are_discarded(desk: Tab, product: Json) -> None:
    desk.goto(page_of(product))
    desk.fill("Name", "Half a na")
    desk.reload()
    expect(desk.field("Name")).to_have_value("Half a na")
    desk.press("Discard changes")
    expect(desk.field("Name")).to_have_value(product["name"])
    desk.reload()
    expect(desk.field("Name")).to_have_value(product["name"])


def test_a_sku_that_is_taken_is_refused_and_nothing_is_replaced(
    desk: Tab, product: Json, admin_api: Api
) -> None:
    desk.goto("/product.html")
    for label, text in (("SKU", product["sku"]), ("Name", "Mine"), ("Category", "C"), ("Unit", "each")):
        desk.fill(label, text)
    desk.fill("Price", "1")
    desk.press("Add product")
    desk.sees_alert(f"There is a product with the SKU {product['sku']} already")
    expect(desk.field("Name")).to_have_value("Mine")
    assert stored(admin_api, product["sku"]) == product


def test_a_product_whose_answer_was_lost_is_added_once(desk: Tab, admin_api: Api) -> None:
    sku = f"BP-{uuid.uuid4().hex[:12]}"
    desk.goto("/product.html")
    for label, text in (("SKU", sku), ("Name", "Once"), ("Category", "C"), ("Unit", "each"), ("Price", "1")):
        desk.fill(label, text)
    desk.lose_answers("**/api/products", times=1)
    desk.press("Add product")
    desk.sees_errors(["The server cannot be reached. Check the connection."])
    desk.press("Add product")
    desk.arrives_at(f"/product.html?sku={sku}")
    assert stored(admin_api, sku)["version"] == 1


def test_two_people_who_change_one_product_see_each_other(desk: Tab, product: Json, admin_api: Api) -> None:
    desk.goto(page_of(product))
    desk.fill("Price", "7")
    change_elsewhere(admin_api, product, unitPrice=720, category="Windows")
    desk.press("Save changes")
    notice = desk.css("#notice")
    expect(notice).to_contain_text("Price: theirs £7.20, yours £7.00.")
    expect(notice).to_contain_text("Category: Panes → Windows")
    expect(desk.field("Category")).to_have_value("Windows")
    assert stored(admin_api, product["sku"])["unitPrice"] == 720
    desk.press("Take theirs: Price £7.20")
    expect(desk.field("Price")).to_have_value("7.20")
    desk.fill("Price", "7.10")
    desk.press("Save changes")
    desk.region("History").says("Price: £7.20 → £7.10")
    expect(notice).to_be_hidden()
    now = stored(admin_api, product["sku"])
    assert (now["unitPrice"], now["category"], now["version"]) == (710, "Windows", 3)


def test_a_product_on_an_open_order_is_not_deleted_but_can_stop_being_sold(
    desk: Tab, product: Json, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order([{"sku": product["sku"], "quantity": 7}])
    wait_for(lambda: admin_api.call("GET", f"/products/{product['sku']}/orders").document["orders"])
    desk.goto(page_of(product))
    desk.css("#sold summary").click()
    sold = desk.css("#sold")
    expect(sold.get_by_role("row", name=number_of(order))).to_contain_text("7")
    desk.press("Delete product …")
    desk.dialog("Delete this product?").press("Delete")
    dialog = desk.dialog("It is still on an open order")
    expect(dialog.locator).to_contain_text(number_of(order))
    assert_accessible(desk)
    dialog.press("Stop selling it")
    desk.sees("Not sold", exact=True)
    assert stored(admin_api, product["sku"])["active"] is False


def test_an_admin_deletes_a_product_and_staff_cannot(
    desk: Tab, open_tab: OpenTab, staff: Person, product: Json, admin_api: Api
) -> None:
    colleague = open_tab()
    colleague.sign_in(staff, page_of(product))
    colleague.sees_heading(product["name"])
    colleague.sees_no("button", "Delete product …")
    desk.goto(page_of(product))
    desk.sees_heading(product["name"])
    change_elsewhere(admin_api, product, unitPrice=700)
    desk.press("Delete product …")
    desk.dialog("Delete this product?").press("Delete")
    desk.sees_alert("The product was not deleted: ")
    desk.reload()
    desk.press("Delete product …")
    desk.dialog("Delete this product?").press("Delete")
    desk.arrives_at("/products.html")
    assert admin_api.call("GET", f"/products/{product['sku']}").status == 404
    colleague.fill("Name", "Too late")
    colleague.press("Save changes")
    colleague.sees_alert("Somebody has deleted this product meanwhile.")
    expect(colleague.field("Name")).to_have_value("Too late")


# -- the list


def test_the_list_is_filtered_and_found_again(desk: Tab, admin_api: Api) -> None:
    category = new_category(admin_api, 53)
    first, *_ = in_category(admin_api, category)
    change_elsewhere(admin_api, first, active=False)
    desk.goto("/products.html")
    desk.css("#category").select_option(f"{category} (53)")
    rows = desk.css("#product-rows tr:not(.skeleton)")
    expect(rows).to_have_count(50)
    expect(desk.css("#sums")).to_have_text("53 found")
    desk.css("#sort").select_option("Dearest first")  # all have one price, so the sequence stays
    expect(desk.css("#products")).to_have_attribute("aria-busy", "false")
    desk.tick("Select all on this page")
    held = desk.hold("**/api/products?*sort=sku&limit=100*")
    with desk.page.expect_request("**/api/products?*sort=sku&limit=100*"):
        desk.press("Select all that this finds")
    desk.follow("Sold")
    expect(desk.css("#product-rows")).not_to_contain_text("Cloth 000")
    with desk.page.expect_response("**/api/products?*sort=sku&limit=100*"):
        held[0].continue_()
    expect(desk.css("#select-found")).to_be_enabled()
    desk.let_through("**/api/products?*sort=sku&limit=100*")
    desk.follow("All")
    expect(desk.css("#product-rows")).to_contain_text("Cloth 000")
    desk.sees("50 products selected", exact=True)
    desk.press("Clear selection")
    desk.follow("Next page")
    expect(rows).to_have_count(3)
    by_price = desk.css("#product-head").get_by_role("link", name="Price")
    expect(by_price).not_to_have_attribute("href", re.compile("cursor"))
    last = rows.last.get_by_role("link")
    last.click()
    desk.sees_heading(re.compile("Cloth 052"))
    desk.inside("#product").follow("Products")
    expect(rows.last.get_by_role("link")).to_be_focused()
    desk.css("#sort").select_option("By SKU")
    skus = sorted(one["sku"] for one in in_category(admin_api, category))
    expect(desk.css("#product-rows th .muted")).to_have_text(skus[:50])
    desk.follow("Not sold")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Cloth 000")
    expect(desk.css("#category option:checked")).to_have_text(f"{category} (1)")
    desk.find("searchbox", "Search products").fill("Cloth 001")
    desk.sees_heading("No product matches")
    desk.sees(f"Nothing was found for “Cloth 001” in the category {category} among those not sold.")
    desk.follow("Sold")
    expect(rows).to_have_count(1)
    desk.reload()
    expect(rows).to_have_count(1)
    expect(desk.css("#category")).to_have_value(category)
    expect(desk.css("#sort")).to_have_value("sku")
    desk.find("searchbox", "Search products").fill("%")
    expect(desk.css("#products")).to_contain_text("Type a letter or a digit.")
    expect(rows).to_have_count(0)


def test_the_list_is_sorted_by_price_and_last_change_from_its_head(desk: Tab, admin_api: Api) -> None:
    category = new_category(admin_api, 3)
    first, second, third = in_category(admin_api, category)
    for one, price in ((second, 50), (third, 300), (first, 200)):
        change_elsewhere(admin_api, one, unitPrice=price)
    rows, head = desk.css("#product-rows th .muted"), desk.css("#product-head")
    desk.goto(f"/products.html?category={category}")
    for link, direction, skus in (
        ("Price", "descending", [third, first, second]),
        ("Price", "ascending", [second, first, third]),
        ("Changed", "descending", [first, third, second]),
        ("Changed", "ascending", [second, third, first]),
    ):
        head.get_by_role("link", name=link).focus()
        desk.key("Enter")
        expect(rows).to_have_text([one["sku"] for one in skus])
        expect(head.get_by_role("columnheader", name=link)).to_have_attribute("aria-sort", direction)
        expect(head.locator("[aria-sort]")).to_have_count(1)
        expect(head.get_by_role("link", name=link)).to_be_focused()
    expect(desk.css("#sort")).to_have_value("earliest-change")
    changed = desk.css("#product-rows time").first
    changed.evaluate("(time) => (time.textContent = 'Dec 31, 2024, 11:59 PM')")
    for width in (1280, 768, 390):
        desk.page.set_viewport_size({"width": width, "height": 800})
        expect(changed).to_be_visible()
        assert changed.evaluate("({ parentElement: cell }) => cell.scrollWidth <= cell.offsetWidth")
    desk.css("#sort").select_option("Dearest first")
    expect(rows.first).to_have_text(third["sku"])
    assert_nothing_sticks_out(desk)
    assert_accessible(desk)
    desk.find("searchbox", "Search products").fill("Cloth")
    expect(desk.css("#sums")).to_have_text("3 found")
    expect(rows).to_have_text([one["sku"] for one in (third, first, second)])
    desk.css("#sort").select_option("Best match")
    expect(rows).to_have_text([one["sku"] for one in (first, second, third)])
    desk.find("searchbox", "Search products").fill("")
    expect(desk.css("#sort")).to_have_value("name")
    expect(desk.css("#sums")).to_have_text("3 found")
    expect(rows).to_have_text([one["sku"] for one in (first, second, third)])


# -- many products at once


@pytest.fixture
def bulk(desk: Tab, admin_api: Api) -> tuple[Tab, str]:
    """The list of a category of three products for £1.00, and the category."""
    category = new_category(admin_api, 3)
    desk.goto(f"/products.html?category={category}")
    expect(desk.css("#product-rows tr:not(.skeleton)")).to_have_count(3)
    return desk, category


def outcomes(tab: Tab) -> list[str]:
    return tab.css("#change-results .outcome").all_inner_texts()


def test_a_range_gets_new_prices_after_a_look_at_each(
    bulk: tuple[Tab, str], admin: Person, admin_api: Api
) -> None:
    tab, category = bulk
    boxes = tab.css("#product-rows input")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    tab.sees("3 products selected", exact=True)
    tab.press("Change …")
    dialog = tab.dialog("Change 3 products")
    dialog.press("Show what changes")
    expect(tab.css("#change-amount-error")).to_have_text("Amount is required")
    dialog.fill("Amount", "4 %")
    dialog.choose("Round the new price", "5")
    dialog.press("Show what changes")
    dialog.says("3 products: 3 to change")
    assert [one.strip() for one in outcomes(tab)] == ["£1.00 → £1.05"] * 3
    assert [one["unitPrice"] for one in in_category(admin_api, category)] == [100] * 3
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    dialog.press("Change 3 products")
    dialog.says("3 products: 3 changed")
    dialog.press("Close")
    expect(tab.css("#product-rows .col-price")).to_have_text(["£1.05"] * 3)
    expect(tab.css("#bulk-bar")).to_be_hidden()
    for one in in_category(admin_api, category):
        (latest, _) = admin_api.call("GET", f"/products/{one['sku']}/history").document["history"]
        assert latest["by"] == admin.email
        assert latest["changes"] == [{"field": "unitPrice", "from": 100, "to": 105}]


def test_a_product_that_somebody_changed_meanwhile_is_left_to_them(
    bulk: tuple[Tab, str], admin_api: Api
) -> None:
    tab, category = bulk
    tab.tick("Select all on this page")
    _, second, third = in_category(admin_api, category)
    change_elsewhere(admin_api, third, unitPrice=500)
    tab.follow("Sold")
    expect(tab.css("#product-rows .col-price").last).to_have_text("£5.00")
    tab.press("Change …")
    dialog = tab.dialog("Change 3 products")
    dialog.choose("How", "lower")
    dialog.fill("Amount", "0.10")
    dialog.press("Show what changes")
    change_elsewhere(admin_api, second, unitPrice=333)
    dialog.press("Change 3 products")
    dialog.says("3 products: 2 changed, 1 changed by someone else")
    expect(tab.css("#change-results li").first).to_contain_text("Someone else has changed it meanwhile.")
    assert [one["unitPrice"] for one in in_category(admin_api, category)] == [90, 333, 490]


def test_products_that_failed_stay_selected_and_are_tried_again(
    bulk: tuple[Tab, str], admin_api: Api
) -> None:
    tab, category = bulk
    tab.tick("Select all on this page")
    tab.press("Change …")
    dialog = tab.dialog("Change 3 products")
    dialog.tick("The category")
    dialog.fill("Category", f"{category}-new")
    dialog.press("Show what changes")
    tab.lose_requests("**/api/products/*", times=1)
    dialog.press("Change 3 products")
    dialog.says("3 products: 2 changed, 1 failed")
    expect(tab.css("#selected-count")).to_have_text("1 product selected")
    tab.lose_answers("**/api/products/*", times=1)
    dialog.press("Try 1 product again")
    dialog.says("3 products: 2 changed, 1 failed")
    dialog.press("Try 1 product again")
    dialog.says("3 products: 3 changed")
    dialog.press("Close")
    expect(tab.css("#main")).to_be_focused()
    assert in_category(admin_api, category) == []
    assert len(in_category(admin_api, f"{category}-new")) == 3


def test_changes_that_an_ended_session_left_are_offered_after_a_new_sign_in(
    bulk: tuple[Tab, str], admin: Person, admin_api: Api
) -> None:
    tab, category = bulk
    tab.tick("Select all on this page")
    tab.press("Change …")
    dialog = tab.dialog("Change 3 products")
    dialog.choose("How", "set")
    dialog.fill("Amount", "2")
    dialog.press("Show what changes")
    tab.end_session()
    dialog.press("Change 3 products")
    tab.sign_in_again(admin)
    dialog.says("3 products: 3 to change")
    assert [one["unitPrice"] for one in in_category(admin_api, category)] == [100] * 3
    dialog.press("Change 3 products")
    dialog.says("3 products: 3 changed")
    assert [one["unitPrice"] for one in in_category(admin_api, category)] == [200] * 3
    tab.reload()
    expect(tab.css("#product-rows .col-price")).to_have_text(["£2.00"] * 3)
    expect(tab.css("#bulk-bar")).to_be_hidden()


def test_everything_that_a_filter_finds_is_changed_at_once(desk: Tab, admin_api: Api) -> None:
    category = new_category(admin_api, 120)
    desk.goto(f"/products.html?category={category}")
    desk.follow("Next page")
    desk.tick(re.compile("Select Cloth 057"))
    desk.follow("Previous page")
    expect(desk.css("#product-rows")).to_contain_text("Cloth 000")
    desk.tick("Select all on this page")
    desk.sees("51 products selected, 50 of them on this page", exact=True)
    desk.lose_requests("**/api/products?*cursor=*", times=1)
    desk.press("Select all that this finds")
    desk.sees("Not all were selected.")
    desk.press("Select all that this finds")
    desk.sees("120 products selected, 50 of them on this page", exact=True)
    desk.sees_no("button", "Select all that this finds")
    desk.press("Change …")
    dialog = desk.dialog("Change 120 products")
    dialog.tick("Whether they are sold")
    dialog.press("Show what changes")
    dialog.says("120 products: 120 to change")
    held = desk.hold("**/api/products/*")
    dialog.press("Change 120 products")
    expect(desk.css('#change-results [data-outcome="moving"]')).to_have_count(4)
    dialog.press("Stop")
    for route in held:
        route.continue_()
    dialog.says("120 products: 4 changed, 116 not changed")
    desk.let_through("**/api/products/*")
    dialog.press("Try 116 products again")
    dialog.says("120 products: 120 changed")
    assert not any(one["active"] for one in in_category(admin_api, category))
    dialog.press("Close")
    desk.tick("Select all on this page")
    desk.sees_button("Select all that this finds")


# -- how it looks


def test_every_state_of_the_catalog_is_accessible_and_fits_any_width(
    desk: Tab, product: Json, admin_api: Api
) -> None:
    states = {
        "/products.html": desk.css("#product-rows a").first,
        "/products.html?q=nobody-at-all": desk.heading("No product matches"),
        page_of(product): desk.region("History").locator.get_by_role("listitem"),
        "/product.html": desk.button("Add product"),
        "/product.html?sku=NOT-OURS": desk.heading("No such product"),
    }
    for path, loaded in states.items():
        desk.goto(path)
        expect(loaded).to_be_visible()
        assert_accessible(desk)
        assert_nothing_sticks_out(desk)
    desk.goto("/products.html")
    for width in (320, 390, 768, 1280):
        desk.resize(width)
        for row in desk.css("#product-rows tr").all()[:4]:
            assert row.evaluate(OVERLAPS) == [], f"at {width} px"
    desk.answer_error("**/api/products**")
    for path in ("/products.html", page_of(product)):
        desk.goto(path)
        desk.sees_button("Try again")
        assert_accessible(desk)


def test_a_first_visit_of_the_catalog_is_small(open_tab: OpenTab, staff: Person, product: Json) -> None:
    for path in ("/products.html", page_of(product)):
        tab = open_tab()
        tab.become(staff)
        assert_small_first_visit(tab, path)


def test_an_export_that_fails_says_so_until_the_next_one(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/products.html")
    expect(tab.css("#product-rows th a").first).to_be_visible()
    tab.answer_error("**/api/products?*")
    tab.press("Export")
    fault = tab.css("#export-fault")
    expect(fault).to_be_visible()
    expect(fault).to_have_text("Not exported. Try later")
    tab.let_through("**/api/products?*")
    with tab.page.expect_download():
        tab.press("Export")
    expect(fault).to_be_hidden()
