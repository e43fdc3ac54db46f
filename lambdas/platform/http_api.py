"""Requests and answers of the REST API. All errors have one shape and are mapped to HTTP statuses here."""

import base64
import functools
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lambdas.platform import access, aws, json_schema, log, strict_json, text, times
from lambdas.platform.access import Person
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
from lambdas.platform.json_schema import Schema

Answer = dict[str, Any]

MAX_PAGE, DEFAULT_PAGE = 100, 50
_MAX_FAULTS = 100
_ETAG = re.compile(r'(?:W/)?(["]?)(\d{1,15})\1', re.ASCII)


@dataclass(frozen=True)
class Request:
    """A request as API Gateway passes it to a function (proxy integration, version 1)."""

    event: dict[str, Any]

    @property
    def claims(self) -> dict[str, str]:
        """The claims of the ID token, which the authorizer of the gateway has verified."""
        return (self.event["requestContext"].get("authorizer") or {}).get("claims") or {}

    @property
    def groups(self) -> frozenset[str]:
        """The groups of the signed-in person."""
        return access.groups(self.claims.get("cognito:groups") or "")

    @property
    def person(self) -> Person:
        """The signed-in person, whom the history of an order shows."""
        sub = self.claims.get("sub") or "unknown"
        return Person(self.claims.get("email") or sub, sub)

    @property
    def client(self) -> str:
        """The app client in the claims of an access token, or an empty text: an ID token has none."""
        return self.claims.get("client_id") or ""

    @property
    def route(self) -> str:
        """Method and path of the operation, for the log."""
        return f"{self.event['httpMethod']} {self.event['resource']}"

    def path(self, name: str) -> str:
        """Return a path parameter, decoded, in the normal form of a key."""
        return text.key(unquote((self.event.get("pathParameters") or {}).get(name) or ""))

    def query(self, name: str) -> str:
        """Return a query parameter in the normal form of a line, or an empty text."""
        return text.line(self._given(name))

    def choice(self, name: str, words: Sequence[str]) -> str:
        """Return a query parameter that must be one of two or more words, or an empty text for a blank one.

        Raises BadRequestError, also for a text in which nothing can be seen.
        """
        given = self._given(name)
        word = text.line(given)
        if given.strip() and word not in words:
            rule = f"one of {', '.join(words)}" if len(words) > 2 else " or ".join(words)
            raise field_error(name, f"must be {rule}, got {strict_json.shown(word or given)}")
        return word

    def _given(self, name: str) -> str:
        return (self.event.get("queryStringParameters") or {}).get(name) or ""

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of its name."""
        headers = self.event.get("headers") or {}
        return next((value for key, value in headers.items() if key.lower() == name.lower()), None)

    @property
    def limit(self) -> int:
        """The maximum number of items on the page. Raises BadRequestError."""
        return self.limit_up_to(MAX_PAGE, DEFAULT_PAGE)

    def limit_up_to(self, most: int, default: int) -> int:
        """Return the maximum number of items in the answer, from 1 to `most`. Raises BadRequestError."""
        given = self.query("limit") or str(default)
        number = int(given) if re.fullmatch(r"\d{1,6}", given, re.ASCII) else 0
        if not 1 <= number <= most:
            raise field_error("limit", f"must be a number from 1 to {most}, got {strict_json.shown(given)}")
        return number

    @property
    def period(self) -> tuple[str, str]:
        """The instants `from` and `to`, both included. An absent one is empty. Raises BadRequestError."""
        first = self._instant("from", times.first_instant)
        last = self._instant("to", times.last_instant)
        if first and last and first > last:
            given = f"{self.query('from')} and {self.query('to')}"
            raise field_error("from", f"must not be after to, got {given}")
        return first, last

    def json(
        self,
        schema: str,
        schemas: Mapping[str, Schema] | None = None,
        normalise: Callable[[Any], Any] = text.normalise,
    ) -> dict[str, Any]:
        """Return the body in its normal form, checked against the schema of this name.

        `schemas` are the schemas to use in place of those of the file.
        Raises UnsupportedMediaTypeError, BadRequestError.
        """
        self._require_json()
        try:
            document = normalise(strict_json.parse(self._text()))
        except ValueError as error:  # NotJsonError, invalid base64 or invalid UTF-8
            raise BadRequestError(f"the body must be JSON: {error}") from error
        faults = list(islice(json_schema.faults(schema, document, schemas), _MAX_FAULTS))
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
        """Raise PreconditionRequiredError if If-Match is absent."""
        if not self.header("If-Match"):
            raise PreconditionRequiredError("say in If-Match which version this change is made to")

    def _instant(self, name: str, parse: Callable[[str], str]) -> str:
        given = self.query(name)
        try:
            return parse(given) if given else ""
        except ValueError:
            example = "a date or an instant such as 2026-01-31 or 2026-01-31T09:30:00Z"
            raise field_error(name, f"must be {example}, got {strict_json.shown(given)}") from None

    def _require_json(self) -> None:
        given = self.header("Content-Type") or "application/json"  # the default of the gateway
        if given.partition(";")[0].strip().lower() != "application/json":
            raise UnsupportedMediaTypeError("the body must be application/json")

    def _text(self) -> str:
        body: str = self.event.get("body") or ""
        return base64.b64decode(body).decode() if self.event.get("isBase64Encoded") else body


def signed_in(
    rule: Callable[[Request], Answer],
) -> Callable[[dict[str, Any], Any], Answer]:
    """Turn a function of a request into a Lambda handler for members of staff or admin."""
    demand = "your account must be in one of the groups staff and admin"
    return _handler(rule, lambda request: access.may_use_orders(request.groups), demand)


def for_admins(rule: Callable[[Request], Answer]) -> Callable[[dict[str, Any], Any], Answer]:
    """Turn a function of a request into a Lambda handler for members of admin."""
    demand = "your account must be in the group admin"
    return _handler(rule, lambda request: access.may_erase(request.groups), demand)


def for_machines(rule: Callable[[Request], Answer]) -> Callable[[dict[str, Any], Any], Answer]:
    """Turn a function of a request into a Lambda handler for the machines of connected shops.

    The gateway has checked the pool and the scope of the token.
    """
    return _handler(rule, lambda request: bool(request.client), "the token must be that of a connected shop")


def for_customers(
    rule: Callable[[Request], Answer],
) -> Callable[[dict[str, Any], Any], Answer]:
    """Turn a function of a request into a Lambda handler for customers with a proved address and a name.

    The gateway has checked the pool of the token.
    """
    demand = (
        "your account needs a proved e-mail address and a name: "
        "prove the address by the code, add the name, then sign in again"
    )
    return _handler(rule, lambda request: access.may_be_customer(request.claims), demand)


def answer(status: int, content: Any = None, **headers: str) -> Answer:
    """Return an answer of JSON. Header names are given with underscores instead of hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
        | _cors()
        | named,
        "body": "" if content is None else json.dumps(content, ensure_ascii=False),
    }


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def field_error(path: str, message: str) -> BadRequestError:
    """Return the error for one invalid field or parameter."""
    return BadRequestError(f"{path} {message}", [Fault(path, message)])


def _handler(
    rule: Callable[[Request], Answer], allowed: Callable[[Request], bool], demand: str
) -> Callable[[dict[str, Any], Any], Answer]:
    @functools.wraps(rule)
    def handler(event: dict[str, Any], context: Any) -> Answer:
        request = Request(event)
        fields = {
            "route": request.route,
            "requestID": context.aws_request_id,
            "sub": request.person.sub,
            **_ids(request),
        }
        try:
            result = _call(rule, request, allowed, demand)
        except Exception as error:
            log.failure("request.failed", error, code=aws.error_code(error), **fields)
            raise
        log.event("request.answered", status=result["statusCode"], **fields)
        return result

    return handler


def _call(
    rule: Callable[[Request], Answer],
    request: Request,
    allowed: Callable[[Request], bool],
    demand: str,
) -> Answer:
    try:
        if not allowed(request):
            raise ForbiddenError(demand)
        return rule(request)
    except RequestError as error:
        return answer(error.status, {"error": _error_shape(error), **error.current})


def _error_shape(error: RequestError) -> dict[str, Any]:
    fields = {"fields": [fault._asdict() for fault in error.faults]} if error.faults else {}
    return {"code": error.code, "message": error.message, **fields}


def _ids(request: Request) -> dict[str, str]:
    """Return the valid IDs in the path. Any other text there may be a customer's name or e-mail address."""
    given = (("Order", "orderID"), ("Product", "sku"))
    return {
        name: request.path(name)
        for schema, name in given
        if json_schema.is_valid(schema, name, request.path(name))
    }


def _cors() -> dict[str, str]:
    origin = os.environ.get("SHOP_CORS_ORIGIN")
    if not origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "ETag",
        "Vary": "Origin",
    }
