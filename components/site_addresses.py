"""The code of the CloudFront functions for addresses, of the desk's site and of the storefront."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from components import site_files

SOURCE = Path("site/viewer-request.js")
STOREFRONT_SOURCE = Path("site/storefront/viewer-request.js")
PAGE = "_not-found.html"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
MAX_BYTES = 10 * 1024


def code(files: Sequence[str], assets: str, security_headers: Mapping[str, str]) -> str:
    """Return the code of the desk's function, which answers addresses without a file.

    `files` are the names of all files of the site outside the folder `assets`.

    The function itself sets the security headers, because AWS does not document whether CloudFront adds them
    to the responses of a function. Raises ValueError if the code is too long for CloudFront.
    """
    html = site_files.renderer()(PAGE, {"assets": f"/{assets}"})
    headers = {
        "content-type": site_files.content_type(PAGE),
        "cache-control": "no-cache",
        **security_headers,
    }
    not_found = {
        "statusCode": 404,
        "statusDescription": "Not Found",
        "headers": {name: {"value": value} for name, value in headers.items()},
        "body": {"encoding": "text", "data": html},
    }
    text = f"const FILES = {json.dumps(files)};\nconst NOT_FOUND = {json.dumps(not_found)};\n" + _source(
        SOURCE
    )
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"a CloudFront function has at most {MAX_BYTES} bytes, got {len(text.encode())}")
    return text


def storefront_code(_: Mapping[str, str]) -> str:
    """Return the code of the storefront's function, which sends no response and so needs no headers."""
    return _source(STOREFRONT_SOURCE)


def _source(file: Path) -> str:
    """Return the source without its comments, which would need a fourth of the space."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith(("//", "/*")))
