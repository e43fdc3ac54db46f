"""The image and the safety data sheet of a product: chosen, made smaller, uploaded and saved."""

import re
import struct
import uuid
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from local import sample
from local.api import Api
from tests.browser.conftest import Json, OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.test_products import change_elsewhere, new_product, page_of, stored

pytestmark = pytest.mark.browser

UPLOADS = re.compile(r".*/files/[0-9a-f]{64}\.\w+\?.*X-Amz-Signature=.*")
HAZARD = {"signalWord": "Danger", "hazardStatements": "H314 Causes severe skin burns and eye damage."}
PICTURE = "document.querySelector('#image-preview')"
# Give a file to a listener of the page as a drop or a paste does.
GIVEN = """([selector, kind, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "mop.png", { type: "image/png" }));
    const event = kind === "drop"
        ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
    document.querySelector(selector).dispatchEvent(event);
    return event.defaultPrevented;
}"""


def png(width: int, height: int) -> bytes:
    """Return a striped image."""
    row = b"\0" + b"".join(bytes((at * 255 // width, at * 7 % 255, 120)) for at in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b"")
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def image(width: int = 40, height: int = 30) -> FilePayload:
    return {"name": "mop.png", "mimeType": "image/png", "buffer": png(width, height)}


def sheet(text: str = "") -> FilePayload:
    content = f"%PDF-1.4 {text or uuid.uuid4()}".encode()
    return {"name": "sheet.pdf", "mimeType": "application/pdf", "buffer": content}


@pytest.fixture
def product(admin_api: Api) -> Json:
    return new_product(admin_api)


@pytest.fixture
def desk(tab: Tab, staff: Person, product: Json) -> Tab:
    """A tab of a staff member at the page of the product."""
    tab.become(staff)
    tab.goto(page_of(product))
    tab.sees_button("Save changes")
    return tab


def choose(tab: Tab, kind: str, file: FilePayload) -> None:
    tab.css(f"#choose-{kind}").set_input_files(file)


def choose_and_hold(tab: Tab, file: FilePayload) -> None:
    """Choose an image while calls for uploads are held back, and return when its call is held."""
    with tab.page.expect_request("**/api/products/*/files"):
        choose(tab, "image", file)
    tab.wait(100)  # the request is told before the route


def upload(tab: Tab, kind: str, file: FilePayload) -> None:
    choose(tab, kind, file)
    expect(tab.css(f"#{kind}-status")).to_contain_text("Uploaded (")


def test_a_large_image_is_made_smaller_uploaded_and_shown(
    desk: Tab, product: Json, admin_api: Api, open_tab: OpenTab, staff: Person
) -> None:
    upload(desk, "image", image(3000, 2000))
    expect(desk.css("#choose-image")).to_have_css("color", "rgba(0, 0, 0, 0)")  # not: no file chosen
    desk.press("Save changes")
    desk.follow("Alternative text is required")
    desk.type("A squeegee")
    desk.press("Save changes")
    expect(desk.region("History").locator).to_contain_text("Image: added")
    saved = stored(admin_api, product["sku"])
    assert re.fullmatch(r"[0-9a-f]{64}\.webp", saved["image"])
    assert saved["version"] == product["version"] + 1, "the image is one change, with its text"
    other = open_tab()
    other.become(staff)
    other.page.set_viewport_size({"width": 1280, "height": 2000})  # only shifts on screen count
    other.watch_shifts()
    other.goto(page_of(product))
    expect(other.find("img", "A squeegee")).to_have_attribute("src", f"/files/{saved['image']}")
    size = f"(await {PICTURE}.decode(), [{PICTURE}.naturalWidth, {PICTURE}.naturalHeight])"
    assert other.evaluate(f"(async () => {size})()") == [1200, 800]
    assert other.shifted() < 0.01
    box = other.css("#image-preview").bounding_box()
    assert box, "the box of an image has the same form before and after the image is there"
    assert (box["width"], box["height"]) == (320, 240)
    other.press("Remove image")
    other.press("Save changes")
    expect(other.region("History").locator).to_contain_text("Image: removed")
    assert "image" not in stored(admin_api, product["sku"])
    assert desk.complaints == other.complaints == []


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_an_image_can_be_dropped_or_pasted(desk: Tab, kind: str) -> None:
    desk.evaluate(GIVEN, ["#image-hint", kind, list(png(40, 30))])
    expect(desk.css("#image-status")).to_contain_text("Uploaded (")
    expect(desk.css("#image-preview")).to_be_visible()


def test_a_file_dropped_beside_the_areas_does_not_replace_the_page(desk: Tab) -> None:
    assert desk.evaluate(GIVEN, ["#title", "drop", list(png(40, 30))]), "the browser would open the file"
    expect(desk.css("#image-status")).to_be_empty()


def test_a_replaced_sheet_leads_to_the_recall_list(
    tab: Tab, staff: Person, admin_api: Api, product: Json
) -> None:
    dangerous = new_product(admin_api, **HAZARD)
    tab.become(staff)
    tab.goto(page_of(dangerous))
    expect(tab.css("#sheet-missing")).to_be_visible()
    first = sheet()
    upload(tab, "safetyDataSheet", first)
    expect(tab.css("#sheet-missing")).to_be_hidden()
    tab.press("Save changes")
    tab.sees_errors(["Version of the sheet is required", "Date of the sheet is required"])
    tab.fill("Version of the sheet", "3")
    tab.fill("Date of the sheet", "2999-01-01")
    tab.press("Save changes")
    tab.sees_errors(['Date of the sheet must not be after today, got "2999-01-01"'])
    tab.fill("Date of the sheet", "2024-03-02")
    tab.press("Save changes")
    expect(tab.region("History").locator).to_contain_text("Safety data sheet: added")
    expect(tab.css("#notice")).to_contain_text("Whoever got this product in the last 12 months must get")
    link = tab.link(re.compile(r"Safety data sheet, version 3, .*2024.* \(PDF\)"))
    file = stored(admin_api, dangerous["sku"])["safetyDataSheet"]
    expect(link).to_have_attribute("href", f"/files/{file}")
    answer = tab.page.request.get(f"{tab.site_url}/files/{file}")
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
        "application/pdf",
        "nosniff",
    )
    upload(tab, "safetyDataSheet", first)
    expect(tab.field("Version of the sheet")).to_have_value("3")
    upload(tab, "safetyDataSheet", sheet())
    expect(tab.field("Version of the sheet")).to_have_value("")
    tab.fill("Version of the sheet", "4")
    tab.fill("Date of the sheet", "2024-11-02")
    tab.press("Save changes")
    expect(tab.css("#notice")).to_contain_text("Whoever got this product in the last 12 months must get")
    expect(tab.css("#notice")).to_be_focused()
    expect(tab.region("History").locator).to_contain_text("Safety data sheet: replaced")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.follow("Recall list of the last 12 months")
    tab.arrives_at(f"/recall.html?sku={dangerous['sku']}")


@pytest.mark.parametrize(
    ("kind", "file", "message"),
    [
        (
            "image",
            {"name": "a.png", "mimeType": "image/png", "buffer": b"no image"},
            "Image must be an image that this browser can show, such as JPEG, PNG or WebP",
        ),
        (
            "safetyDataSheet",
            {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<html>"},
            "Safety data sheet must be a PDF, and this file is none",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused_and_nothing_typed_is_lost(
    desk: Tab, kind: str, file: FilePayload, message: str
) -> None:
    desk.fill("Name", "Half a name")
    choose(desk, kind, file)
    desk.sees_errors([message])
    expect(desk.field("Name")).to_have_value("Half a name")
    expect(desk.css(f"#{kind}-shown")).to_be_hidden()
    assert_accessible(desk)
    upload(desk, kind, image() if kind == "image" else sheet())
    expect(desk.css("#error-summary")).to_be_hidden()


def refuse_at_the_store(tab: Tab) -> None:
    tab.page.route(
        UPLOADS, lambda route: route.fulfill(status=403, headers={"Access-Control-Allow-Origin": "*"})
    )


def lose_at_the_store(tab: Tab) -> None:
    tab.page.route(UPLOADS, lambda route: route.abort())


def refuse_at_the_api(tab: Tab) -> None:
    tab.answer_error("**/api/products/*/files")


@pytest.mark.parametrize(
    ("fail", "message"),
    [
        (refuse_at_the_store, "Image was not uploaded: the store has refused it. Choose the file again"),
        (lose_at_the_store, "Image was not uploaded: the connection is lost. Choose the file again"),
        (refuse_at_the_api, re.compile("Image was not uploaded: ")),
    ],
)
def test_a_failed_upload_says_why_and_can_be_repeated(
    desk: Tab, fail: Callable[[Tab], None], message: str
) -> None:
    fail(desk)
    desk.fill("Name", "Half a name")
    choose(desk, "image", image())
    expect(desk.css("#error-list li")).to_have_text(message)
    expect(desk.css("#image-shown")).to_be_hidden()
    expect(desk.field("Name")).to_have_value("Half a name")
    desk.page.unroute_all()
    upload(desk, "image", image())


def test_an_ended_session_keeps_what_is_typed_and_uploaded(desk: Tab, staff: Person) -> None:
    upload(desk, "image", image())
    desk.fill("Alternative text", "A squeegee")
    desk.end_session()
    choose(desk, "safetyDataSheet", sheet())
    desk.sign_in_again(staff)
    expect(desk.find("img", "A squeegee")).to_be_visible()
    expect(desk.css("#safetyDataSheet-shown")).to_be_hidden()


def test_a_product_is_not_saved_in_the_middle_of_an_upload(desk: Tab, product: Json, admin_api: Api) -> None:
    held = desk.hold("**/api/products/*/files")
    choose(desk, "image", image())
    expect(desk.css("#image-status")).to_have_text("Preparing the file …")
    desk.press("Save changes")
    desk.sees_errors(["A file is still being uploaded. Save again in a moment."])
    held[0].continue_()
    expect(desk.css("#image-status")).to_contain_text("Uploaded (")
    assert stored(admin_api, product["sku"])["version"] == product["version"]


def test_only_the_last_chosen_image_gets_into_the_form(desk: Tab) -> None:
    held = desk.hold("**/api/products/*/files")
    choose_and_hold(desk, image(40))
    choose_and_hold(desk, image(50))
    early, late = held
    late.continue_()
    expect(desk.css("#image-status")).to_contain_text("Uploaded (")
    chosen = desk.css("#product-form [name=image]").input_value()
    with desk.page.expect_response(UPLOADS):
        early.continue_()
    desk.wait(200)
    expect(desk.css("#product-form [name=image]")).to_have_value(chosen)
    choose_and_hold(desk, image(60))
    desk.press("Remove image")
    expect(desk.css("#image-status")).to_be_empty()
    with desk.page.expect_response(UPLOADS):
        held[2].continue_()
    desk.wait(200)
    expect(desk.css("#image-shown")).to_be_hidden()
    expect(desk.css("#image-status")).to_be_empty()
    choose_and_hold(desk, image(70))
    choose_and_hold(desk, image(80))
    *_, early, late = held
    with desk.page.expect_response(UPLOADS):
        early.continue_()
    desk.wait(200)
    expect(desk.css("#cancel-image")).to_be_visible()
    late.continue_()
    expect(desk.css("#image-status")).to_contain_text("Uploaded (")


@pytest.mark.parametrize("where", ["**/api/products/*/files", UPLOADS])
def test_an_upload_that_stands_still_is_cancelled_and_leaves_the_form_as_it_was(
    desk: Tab, product: Json, admin_api: Api, where: str | re.Pattern[str]
) -> None:
    upload(desk, "image", image(40))
    chosen = desk.css("#product-form [name=image]").input_value()
    expect(desk.css("#cancel-image")).to_be_hidden()
    desk.fill("Alternative text", "A squeegee")
    desk.hold(where)
    with desk.page.expect_request(where) as sent:
        choose(desk, "image", image(50))
    assert_accessible(desk)
    with desk.page.expect_event("requestfailed", lambda request: request == sent.value, timeout=5000):
        desk.press("Cancel the upload of the image")
    expect(desk.css("#image-status")).to_have_text("The upload is cancelled.")
    expect(desk.css("#choose-image")).to_be_focused()
    expect(desk.css("#cancel-image")).to_be_hidden()
    expect(desk.css("#error-summary")).to_be_hidden()
    desk.press("Save changes")
    expect(desk.region("History").locator).to_contain_text("Image: added")
    assert stored(admin_api, product["sku"])["image"] == chosen


def test_a_new_product_gets_its_files_after_it_is_added(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    tab.goto("/product.html")
    tab.sees("An image and a safety data sheet can be added once the product is in the catalog.")
    expect(tab.css("#files")).to_be_hidden()


def test_of_two_images_one_is_taken_with_its_text(desk: Tab, product: Json, admin_api: Api) -> None:
    upload(desk, "image", image())
    desk.fill("Alternative text", "A mop")
    theirs = next(iter(sample.pictures()))
    change_elsewhere(admin_api, product, image=theirs, imageText="A canister")
    desk.press("Save changes")
    notice = desk.css("#notice")
    expect(notice).to_contain_text(re.compile("Image: theirs .*A canister.*, yours .*A mop"))
    expect(notice.get_by_role("link")).to_have_attribute("href", f"/files/{theirs}")
    assert_accessible(desk)
    notice.get_by_role("button", name="Take theirs: Image").click()
    expect(desk.field("Alternative text")).to_have_value("A canister")
    desk.press("Save changes")
    expect(notice).to_be_hidden()
    now = stored(admin_api, product["sku"])
    assert (now["image"], now["imageText"]) == (theirs, "A canister")
