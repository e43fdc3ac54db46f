"""The files of the storefront in their bucket."""

import os

from lambdas.platform import aws

# CloudFront keeps a page for so many seconds, so that any number of views reach the bucket once in that time,
# and a change is seen soon. A browser asks each time.
CACHE_CONTROL = "public, max-age=0, s-maxage=5"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}
# S3 answers for a missing file with the first if the role may not list the bucket, else with the second.
_MISSING = ("AccessDenied", "NoSuchKey")


def put(key: str, content: str | bytes) -> None:
    """Write a file. Raises the errors of boto3."""
    aws.s3().put_object(
        **_file(key),
        Body=content.encode() if isinstance(content, str) else content,
        ContentType=_TYPES[key.rpartition(".")[2]],
        CacheControl=CACHE_CONTROL,
    )


def read(key: str) -> bytes | None:
    """Return the content of a file, or None if there is none. Raises the errors of boto3."""
    try:
        content: bytes = aws.s3().get_object(**_file(key))["Body"].read()
    except aws.AWS_ERRORS as error:
        if aws.error_code(error) in _MISSING:
            return None
        raise
    return content


def delete(key: str) -> None:
    """Delete a file, which may be gone already. Raises the errors of boto3."""
    aws.s3().delete_object(**_file(key))


def bucket() -> str:
    """Return the name of the bucket."""
    return os.environ["SHOP_PAGES_BUCKET"]


def _file(key: str) -> dict[str, str]:
    return {"Bucket": bucket(), "Key": key}
