"""Requests of the REST API, and answers to them: one shape for errors, one place that maps them."""

import base64
import functools
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lambdas.platform import access, aws, json_schema, log, strict_json
from lambdas.platform.errors import (
    BadRequestError,
    Fault,
    ForbiddenError,
    PreconditionFailedError,
    PreconditionRequiredError,
    RequestError,
    UnsupportedMediaTypeError,
    summary,
)

Answer = dict[str, Any]

MAX_PAGE, DEFAULT_PAGE = 100, 50
_MAX_FAULTS = 100
_ETAG = re.compile(r'(?:W/)?(["]?)(\d{1,15})\1', re.ASCII)


@dataclass(frozen=True)
class Request:
    """A request as the gateway hands it over (proxy integration, version 1)."""

    event: dict[str, Any]

    @property
    def claims(self) -> dict[str, str]:
        """The claims of the ID token, which the gateway's authorizer has verified."""
        return (self.event["requestContext"].get("authorizer") or {}).get("claims") or {}

    @property
    def groups(self) -> frozenset[str]:
        """The groups of the user pool that the signed-in person is in."""
        return access.groups(self.claims.get("cognito:groups") or "")

    @property
    def person(self) -> str:
        """The signed-in person's address, for the history."""
        return self.claims.get("email") or self.claims.get("sub") or "unknown"

    @property
    def route(self) -> str:
        """Method and path of the operation, for the log."""
        return f"{self.event['httpMethod']} {self.event['resource']}"

    def path(self, name: str) -> str:
        """Return a path parameter, decoded."""
        return unquote((self.event.get("pathParameters") or {}).get(name) or "")

    def query(self, name: str) -> str:
        """Return a query parameter without the blanks around it, or an empty text."""
        return ((self.event.get("queryStringParameters") or {}).get(name) or "").strip()

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of its name."""
        headers = self.event.get("headers") or {}
        return next((value for key, value in headers.items() if key.lower() == name.lower()), None)

    @property
    def limit(self) -> int:
        """How many items a page may have at most. Raises BadRequestError."""
        text = self.query("limit") or str(DEFAULT_PAGE)
        number = int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 0
        if not 1 <= number <= MAX_PAGE:
            raise refused("limit", f"must be a number from 1 to {MAX_PAGE}, got {strict_json.shown(text)}")
        return number

    def json(self, schema: str) -> dict[str, Any]:
        """Return the body, which holds to the schema of that name.

        Raises UnsupportedMediaTypeError, BadRequestError.
        """
        self._require_json()
        try:
            document = strict_json.parse(self._text())
        except ValueError as error:  # NotJsonError, or bytes that are neither base64 nor UTF-8
            raise BadRequestError(f"the body must be JSON: {error}") from error
        faults = list(islice(json_schema.faults(schema, document), _MAX_FAULTS))
        if faults:
            raise BadRequestError(summary(faults), faults)
        checked: dict[str, Any] = document
        return checked

    def require_version(self, version: int, **current: Any) -> None:
        """Raise PreconditionFailedError unless If-Match is absent or names this version."""
        given = self.header("If-Match")
        tags = [tag.strip() for tag in (given or "*").split(",")]
        named = {match[2] for match in map(_ETAG.fullmatch, tags) if match}
        if "*" not in tags and str(version) not in named:
            raise PreconditionFailedError(f"this is version {version} now, not {given}", **current)

    def require_if_match(self) -> None:
        """Raise PreconditionRequiredError unless there is an If-Match."""
        if not self.header("If-Match"):
            raise PreconditionRequiredError("say in If-Match which version this change is made to")

    def _require_json(self) -> None:
        given = self.header("Content-Type") or "application/json"  # the gateway's own default
        if given.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaTypeError("the body must be application/json")

    def _text(self) -> str:
        body: str = self.event.get("body") or ""
        return base64.b64decode(body).decode() if self.event.get("isBase64Encoded") else body


def signed_in(
    rule: Callable[[Request], Answer],
) -> Callable[[dict[str, Any], Any], Answer]:
    """Make a Lambda handler of a rule for members of staff or admin."""
    return _handler(rule, access.may_use_orders, "your account must be in one of the groups staff and admin")


def for_admins(rule: Callable[[Request], Answer]) -> Callable[[dict[str, Any], Any], Answer]:
    """Make a Lambda handler of a rule for members of admin."""
    return _handler(rule, access.may_erase, "your account must be in the group admin")


def answer(status: int, content: Any = None, **headers: str) -> Answer:
    """Make an answer of JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
        | _cors()
        | named,
        "body": "" if content is None else json.dumps(content, ensure_ascii=False),
    }


def etag(version: int) -> str:
    """Write an item's version as an entity tag."""
    return f'"{version}"'


def refused(path: str, message: str) -> BadRequestError:
    """Make the error for one field or parameter."""
    return BadRequestError(f"{path} {message}", [Fault(path, message)])


def _handler(
    rule: Callable[[Request], Answer], allowed: Callable[[frozenset[str]], bool], demand: str
) -> Callable[[dict[str, Any], Any], Answer]:
    @functools.wraps(rule)
    def handler(event: dict[str, Any], context: Any) -> Answer:
        request = Request(event)
        known = {"route": request.route, "requestID": context.aws_request_id, **_subject(request)}
        try:
            result = _answered(rule, request, allowed, demand)
        except Exception as error:
            log.failure("request.failed", error, code=aws.error_code(error), **known)
            raise
        log.event("request.answered", status=result["statusCode"], **known)
        return result

    return handler


def _answered(
    rule: Callable[[Request], Answer],
    request: Request,
    allowed: Callable[[frozenset[str]], bool],
    demand: str,
) -> Answer:
    try:
        if not allowed(request.groups):
            raise ForbiddenError(demand)
        return rule(request)
    except RequestError as error:
        return answer(error.status, {"error": _shape(error), **error.current})


def _shape(error: RequestError) -> dict[str, Any]:
    fields = {"fields": [fault._asdict() for fault in error.faults]} if error.faults else {}
    return {"code": error.code, "message": error.message, **fields}


def _subject(request: Request) -> dict[str, str]:
    return {name: request.path(name) for name in ("orderID", "sku") if request.path(name)}


def _cors() -> dict[str, str]:
    origin = os.environ.get("SHOP_CORS_ORIGIN")
    if not origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "ETag",
        "Vary": "Origin",
    }
