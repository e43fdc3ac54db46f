"""The image and the safety data sheet of a product: how a browser uploads them, and what a product may name.

A file is named after its content, so its name is an address that never gets other content.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from lambdas.platform import aws, times
from lambdas.platform.errors import BadRequestError, Fault, summary
from lambdas.platform.strict_json import shown

Content = Mapping[str, Any]

# The fields that name a file, each with the fields that say what it is. A product has all of them or none.
DESCRIBED_BY = {
    "image": ("imageText",),
    "safetyDataSheet": ("safetyDataSheetVersion", "safetyDataSheetDate"),
}
EXPIRES_S = 300  # for a slow line; the signature takes one content only
CACHE_CONTROL = "public, max-age=31536000, immutable"  # one year, as the assets of the site
_FOLDER = "files"
# S3 answers HEAD of a missing file with 403 if the role may not list the bucket, and with 404 if it may.
_MISSING = ("403", "404")


class _Kind(NamedTuple):
    """The endings of a kind of file by their content type, and its maximum size in bytes."""

    endings: Mapping[str, str]
    max_size: int


KINDS = {
    "image": _Kind({"image/webp": "webp", "image/jpeg": "jpg", "image/png": "png"}, 500_000),
    "safetyDataSheet": _Kind({"application/pdf": "pdf"}, 10_000_000),
}


def upload(file: Mapping[str, Any]) -> dict[str, Any]:
    """Return the URL at which a browser may PUT a file, the headers to send with it, and its name.

    `file` is a document of the schema ProductFile. The signature of the URL covers the headers and the size,
    so that S3 refuses any other type, size or content. Raises BadRequestError.
    """
    kind, content_type, size = KINDS[file["kind"]], file["contentType"], file["size"]
    if faults := list(_upload_faults(kind, content_type, size)):
        raise BadRequestError(summary(faults), faults)
    name = f"{file['sha256']}.{kind.endings[content_type]}"
    checksum = base64.b64encode(bytes.fromhex(file["sha256"])).decode()
    signed = {"ContentType": content_type, "CacheControl": CACHE_CONTROL, "ChecksumSHA256": checksum}
    url = aws.s3().generate_presigned_url(
        "put_object", Params={**_object(name), "ContentLength": size, **signed}, ExpiresIn=EXPIRES_S
    )
    headers = {
        "Content-Type": content_type,
        "Cache-Control": CACHE_CONTROL,
        "x-amz-checksum-sha256": checksum,
    }
    return {"url": url, "headers": headers, "file": name, "expiresIn": EXPIRES_S}


def faults(content: Content, before: Content | None) -> list[Fault]:
    """Return the faults of the files in the content of a product, which is valid by its schema.

    What the product `before` has already, such as a file, is not looked at again. Raises the errors of boto3.
    """
    known = before or {}
    return [*_incomplete(content), *_impossible_day(content, known), *_not_uploaded(content, known)]


def _upload_faults(kind: _Kind, content_type: str, size: int) -> Iterator[Fault]:
    if content_type not in kind.endings:
        yield Fault("contentType", f"must be one of {', '.join(kind.endings)}, got {shown(content_type)}")
    if size > kind.max_size:
        yield Fault("size", f"must be at most {kind.max_size}, got {size}")


def _incomplete(content: Content) -> Iterator[Fault]:
    for name, others in DESCRIBED_BY.items():
        for other in others:
            if name in content and other not in content:
                yield Fault(other, f"is required with {name}")
            if other in content and name not in content:
                yield Fault(other, f"must not be there without {name}, got {shown(content[other])}")


def _impossible_day(content: Content, before: Content) -> Iterator[Fault]:
    day = content.get("safetyDataSheetDate")
    if day is None or day == before.get("safetyDataSheetDate"):
        return
    try:
        date.fromisoformat(day)
    except ValueError:
        yield Fault("safetyDataSheetDate", f"must be a day of the calendar, got {shown(day)}")
        return
    if day > times.latest_day():
        yield Fault("safetyDataSheetDate", f"must not be after today, got {shown(day)}")


def _not_uploaded(content: Content, before: Content) -> Iterator[Fault]:
    for field in DESCRIBED_BY:
        name = content.get(field)
        if name is not None and name != before.get(field) and not _is_uploaded(name):
            yield Fault(field, f"has not been uploaded, got {shown(name)}")


def _is_uploaded(name: str) -> bool:
    try:
        aws.s3().head_object(**_object(name))
    except aws.AWS_ERRORS as error:
        if aws.error_code(error) in _MISSING:
            return False
        raise
    return True


def _object(name: str) -> dict[str, str]:
    return {"Bucket": os.environ["SHOP_FILES_BUCKET"], "Key": f"{_FOLDER}/{name}"}
