"""Images and safety data sheets: the URL of an upload, and what a product may name."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.session import Session

from lambdas.platform import aws, times
from lambdas.shop import product_files
from tests.handlers.conftest import FaultyClient
from tests.handlers.shop import CATALOG, STAFF, Json, Reply, Shop

pytestmark = pytest.mark.store

IMAGE, SHEET, OTHER_SHEET = b"RIFF....WEBP", b"%PDF-1.7 one", b"%PDF-1.7 two"
MOP = CATALOG["MOP-1"]


def named(content: bytes, ending: str) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.{ending}"


WITH_IMAGE: Json = {"image": named(IMAGE, "webp"), "imageText": "A flat mop"}
WITH_SHEET: Json = {
    "safetyDataSheet": named(SHEET, "pdf"),
    "safetyDataSheetVersion": "3",
    "safetyDataSheetDate": "2024-03-02",
}


def file(content: bytes = IMAGE, kind: str = "image", content_type: str = "image/webp", **other: Any) -> Json:
    sha256 = hashlib.sha256(content).hexdigest()
    return {"kind": kind, "contentType": content_type, "size": len(content), "sha256": sha256, **other}


def ask(shop: Shop, body: Json, sku: str = "MOP-1", **given: Any) -> Reply:
    return shop.ask("upload_product_file", "POST", "/products/{sku}/files", body, sku=sku, **given)


def put(shop: Shop, content: Json, sku: str = "MOP-1") -> Reply:
    return shop.ask("put_product", "PUT", "/products/{sku}", content, sku=sku)


def upload(shop: Shop, name: str) -> None:
    aws.s3().put_object(Bucket=shop.names["SHOP_FILES_BUCKET"], Key=f"files/{name}", Body=b"x")


@pytest.fixture
def uploaded(shop: Shop) -> Shop:
    """A shop with the image and the sheet in its bucket."""
    upload(shop, WITH_IMAGE["image"])
    upload(shop, WITH_SHEET["safetyDataSheet"])
    return shop


@pytest.mark.parametrize(
    ("kind", "content_type", "size", "ending"),
    [
        ("image", "image/webp", 500_000, "webp"),
        ("image", "image/jpeg", 1, "jpg"),
        ("image", "image/png", 1, "png"),
        ("safetyDataSheet", "application/pdf", 10_000_000, "pdf"),
    ],
)
def test_an_upload_is_signed_for_one_type_size_and_content(
    shop: Shop, kind: str, content_type: str, size: int, ending: str
) -> None:
    answer = ask(shop, file(kind=kind, content_type=content_type, size=size)).json
    assert answer["file"] == named(IMAGE, ending)
    url = urlsplit(answer["url"])
    assert url.path == f"/product-files/files/{answer['file']}"
    query = parse_qs(url.query)
    assert set(query["X-Amz-SignedHeaders"][0].split(";")) == {
        "cache-control", "content-length", "content-type", "host", "x-amz-checksum-sha256",
    }  # fmt: skip
    assert query["X-Amz-Expires"] == [str(answer["expiresIn"])] == ["300"]
    assert answer["headers"] == {
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=31536000, immutable",
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(IMAGE).digest()).decode(),
    }


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_the_url_names_bucket_and_region_as_the_pages_policy_does(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """A page may send files to the regional host only. In us-east-1, boto3 prefers another one."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("SHOP_FILES_BUCKET", "files-1")
    monkeypatch.setattr(aws, "session", Session)
    monkeypatch.setattr(aws, "s3", aws.s3.__wrapped__)
    url = product_files.upload(file())["url"]
    assert url.startswith(f"https://files-1.s3.{region}.amazonaws.com/files/{named(IMAGE, 'webp')}?")


@pytest.mark.parametrize(
    ("wrong", "path", "message"),
    [
        ({"kind": "video"}, "kind", 'must be one of image, safetyDataSheet, got "video"'),
        (
            {"contentType": "text/html"},
            "contentType",
            'must be one of image/webp, image/jpeg, image/png, application/pdf, got "text/html"',
        ),
        (
            {"contentType": "application/pdf"},
            "contentType",
            'must be one of image/webp, image/jpeg, image/png, got "application/pdf"',
        ),
        (
            {"kind": "safetyDataSheet"},
            "contentType",
            'must be one of application/pdf, got "image/webp"',
        ),
        ({"size": 500_001}, "size", "must be at most 500000, got 500001"),
        ({"size": 0}, "size", "must be at least 1, got 0"),
        (
            {"kind": "safetyDataSheet", "contentType": "application/pdf", "size": 10_000_001},
            "size",
            "must be at most 10000000, got 10000001",
        ),
        (
            {"sha256": "A" * 64},
            "sha256",
            f'must be the SHA-256 of the content in 64 hexadecimal digits, got "{"A" * 59}…',
        ),
        ({"name": "x.html"}, "name", "is not a field that is known here"),
    ],
)
def test_another_kind_type_or_size_is_refused(shop: Shop, wrong: Json, path: str, message: str) -> None:
    reply = ask(shop, {**file(), **wrong})
    assert (reply.status, reply.fields) == (400, {path: message})


def test_files_are_of_existing_products_and_from_staff_only(shop: Shop) -> None:
    assert ask(shop, file(), sku="NO-1").status == 404
    assert ask(shop, file(), claims={"sub": "3"}).status == 403


def test_who_may_upload_which_file_is_logged(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    ask(shop, file())
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "product.upload" in line]
    known = {"sku": "MOP-1", "file": named(IMAGE, "webp"), "size": len(IMAGE), "sub": STAFF["sub"]}
    assert [{name: one[name] for name in known} for one in logged] == [known]


def test_a_product_keeps_its_files_and_their_history(uploaded: Shop) -> None:
    assert put(uploaded, {**MOP, **WITH_IMAGE, **WITH_SHEET}).status == 200
    stored = uploaded.ask("get_product", "GET", "/products/{sku}", sku="MOP-1").json
    assert (WITH_IMAGE | WITH_SHEET).items() <= stored.items()
    history = uploaded.ask("list_product_history", "GET", "/products/{sku}/history", sku="MOP-1").json
    (changed,) = history["history"]
    assert [one["field"] for one in changed["changes"]] == [*WITH_IMAGE, *WITH_SHEET]


@pytest.mark.parametrize("wrong", [WITH_IMAGE, WITH_SHEET])
def test_a_file_that_is_not_uploaded_is_refused_by_every_write(shop: Shop, wrong: Json) -> None:
    name = next(iter(wrong))
    fault = f'has not been uploaded, got "{"0" * 59}…'
    content = {**MOP, **wrong, name: wrong[name].replace(wrong[name][:64], "0" * 64)}
    assert put(shop, content).fields == {name: fault}
    new = {"sku": "NEW-1", **content}
    assert shop.ask("create_product", "POST", "/products", new).fields == {name: fault}
    for dry_run in (True, False):
        body = {"items": [new], "dryRun": dry_run}
        (verdict,) = shop.ask("import_products", "POST", "/products/batch", body).json["items"]
        assert (verdict["outcome"], verdict["fields"]) == ("refused", [{"path": name, "message": fault}])
    assert shop.ask("get_product", "GET", "/products/{sku}", sku="NEW-1").status == 404


@pytest.mark.parametrize("code", ["403", "404"])
def test_aws_answers_403_for_a_missing_file_and_the_emulator_404(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """The functions may not list the bucket."""
    refuse(monkeypatch, code)
    assert put(shop, {**MOP, **WITH_IMAGE}).fields["image"].startswith("has not been uploaded")


def test_another_error_of_s3_is_no_verdict_on_a_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "503")
    with pytest.raises(aws.AWS_ERRORS, match="503"):
        product_files.faults({**MOP, **WITH_IMAGE}, None)
    assert product_files.faults({**MOP, **WITH_IMAGE}, {**MOP, **WITH_IMAGE}) == [], (
        "no lookup of a known one"
    )


def refuse(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    error = aws.error_of({"Code": code}, "HeadObject")
    client = FaultyClient(boto3.client("s3"), {"head_object": error}, times=10)
    monkeypatch.setattr(aws, "s3", lambda: client)


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        ({"image": WITH_IMAGE["image"]}, "imageText", "is required with image"),
        ({"imageText": "A mop"}, "imageText", 'must not be there without image, got "A mop"'),
        (
            {**WITH_SHEET, "safetyDataSheetVersion": ""},
            "safetyDataSheetVersion",
            "is required with safetyDataSheet",
        ),
        (
            {"safetyDataSheetDate": "2026-03-02"},
            "safetyDataSheetDate",
            'must not be there without safetyDataSheet, got "2026-03-02"',
        ),
        (
            {**WITH_SHEET, "safetyDataSheetDate": "2999-02-30"},
            "safetyDataSheetDate",
            'must be a day of the calendar, got "2999-02-30"',
        ),
        (
            {**WITH_SHEET, "safetyDataSheetDate": "2.3.2026"},
            "safetyDataSheetDate",
            'must be a day such as 2026-03-31, got "2.3.2026"',
        ),
        (
            {**WITH_SHEET, "safetyDataSheetVersion": "v" * 21},
            "safetyDataSheetVersion",
            "must have at most 20 characters, got 21",
        ),
        (
            {**WITH_IMAGE, "image": named(SHEET, "pdf")},
            "image",
            "must be the name of an uploaded image: the SHA-256 of its content in hexadecimal digits, and "
            f'webp, jpg or png, got "{named(SHEET, "pdf")[:59]}…',
        ),
    ],
)
def test_a_file_comes_with_all_that_describes_it(
    uploaded: Shop, content: Json, path: str, message: str
) -> None:
    reply = put(uploaded, {**MOP, **content})
    assert (reply.status, reply.fields) == (400, {path: message})


NOON = 1772366400_000  # 2026-03-01T12:00:00.000Z, when it is the second in Auckland


@pytest.mark.parametrize(
    ("now_ms", "day", "is_right"),
    [
        (NOON, "2026-03-01", True),
        (NOON, "2026-03-02", True),
        (NOON, "2026-03-03", False),
        (NOON - 7_200_001, "2026-03-02", False),
        (NOON - 7_200_000, "2026-03-02", True),
        (NOON, "2030-01-01", False),
    ],
)
def test_a_sheet_is_not_of_a_day_that_has_begun_nowhere(
    uploaded: Shop, monkeypatch: pytest.MonkeyPatch, now_ms: int, day: str, is_right: bool
) -> None:
    monkeypatch.setattr(times, "now_ms", lambda: now_ms)
    reply = put(uploaded, {**MOP, **WITH_SHEET, "safetyDataSheetDate": day})
    assert reply.status == (200 if is_right else 400)
    if not is_right:
        assert reply.fields == {"safetyDataSheetDate": f'must not be after today, got "{day}"'}


def test_a_product_that_has_a_sheet_of_a_later_day_can_still_be_changed(
    uploaded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(times, "latest_day", lambda: "9999-12-31")
        put(uploaded, {**MOP, **WITH_SHEET, "safetyDataSheetDate": "2999-01-01"})
    body: Json = {"items": [{"sku": "MOP-1", "unitPrice": 7}], "partial": True}
    (verdict,) = uploaded.ask("import_products", "POST", "/products/batch", body).json["items"]
    assert verdict["outcome"] == "changed"
    body["items"][0]["safetyDataSheetDate"] = "2999-01-02"
    (verdict,) = uploaded.ask("import_products", "POST", "/products/batch", body).json["items"]
    assert [fault["path"] for fault in verdict["fields"]] == ["safetyDataSheetDate"]


def test_an_import_leaves_files_alone_and_can_remove_them(uploaded: Shop) -> None:
    put(uploaded, {**MOP, **WITH_IMAGE, **WITH_SHEET})

    def send(item: Json) -> Json:
        body = {"items": [{"sku": "MOP-1", **item}], "partial": True}
        (verdict,) = uploaded.ask("import_products", "POST", "/products/batch", body).json["items"]
        return dict(verdict)

    assert send(MOP)["outcome"] == "unchanged"
    assert [one["field"] for one in send({"unitPrice": 7})["changes"]] == ["unitPrice"]
    assert send({"image": None})["fields"] == [
        {"path": "imageText", "message": 'must not be there without image, got "A flat mop"'}
    ]
    removed = send({"image": None, "imageText": None})
    assert [(one["field"], one.get("to")) for one in removed["changes"]] == [
        ("image", None),
        ("imageText", None),
    ]
    stored = uploaded.ask("get_product", "GET", "/products/{sku}", sku="MOP-1").json
    assert WITH_SHEET.items() <= stored.items()
    assert "image" not in stored


def test_a_replaced_sheet_is_looked_up_and_a_kept_one_is_not(uploaded: Shop) -> None:
    put(uploaded, {**MOP, **WITH_SHEET})
    aws.s3().delete_object(
        Bucket=uploaded.names["SHOP_FILES_BUCKET"], Key=f"files/{WITH_SHEET['safetyDataSheet']}"
    )
    assert put(uploaded, {**MOP, **WITH_SHEET, "unitPrice": 1}).status == 200
    imported = {"items": [{"sku": "MOP-1", "unitPrice": 2}], "partial": True}
    (verdict,) = uploaded.ask("import_products", "POST", "/products/batch", imported).json["items"]
    assert verdict["outcome"] == "changed"
    other = {**WITH_SHEET, "safetyDataSheet": named(OTHER_SHEET, "pdf")}
    assert put(uploaded, {**MOP, **other}).status == 400
    upload(uploaded, other["safetyDataSheet"])
    assert put(uploaded, {**MOP, **other}).status == 200
