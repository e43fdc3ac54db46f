"""The HTTP API, described once: the OpenAPI 3.0.1 document that API Gateway is built from.

What API Gateway takes of such a document, and what it ignores:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMAS = Path("lambdas/schemas.json")
AUTHORIZER = "staff"
VALIDATOR = "everything"
CORS_HEADERS = "Authorization,Content-Type,If-Match,If-None-Match"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the API. `function` is its handler in `lambdas/`; None goes straight to the queue."""

    path: str
    method: str
    does: str
    function: str | None
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str | None = None
    answers: Mapping[int, str]


LISTED = {200: "One page, and where the next begins"}
FOUND = {200: "What was asked for", 404: "There is none of that name"}
CHANGED = {404: "There is none of that name", 412: "Somebody else changed it first; the current one is here"}

CALLS = (
    Call(
        path="/orders",
        method="get",
        does="List and search orders",
        function="list_orders",
        query=("q", "status", "customer", "from", "to", "sort", "limit", "cursor"),
        answers=LISTED,
    ),
    Call(
        path="/orders",
        method="post",
        does="Queue an order",
        function=None,
        body="Order",
        answers={202: "Queued", 403: "Refused by the queue", 502: "Not queued"},
    ),
    Call(
        path="/orders/{orderID}",
        method="get",
        does="Get an order with its lines and history",
        function="get_order",
        answers=FOUND,
    ),
    Call(
        path="/orders/{orderID}",
        method="put",
        does="Edit an order while it is placed",
        function="replace_order",
        headers=("If-Match",),
        body="OrderEdit",
        answers={200: "Edited", 409: "No longer placed", 428: "If-Match is missing", **CHANGED},
    ),
    Call(
        path="/orders/{orderID}",
        method="patch",
        does="Move an order to its next status",
        function="move_order",
        headers=("If-Match",),
        body="StatusChange",
        answers={200: "Moved", 409: "Not from this status; the allowed ones are named", **CHANGED},
    ),
    Call(
        path="/orders/{orderID}",
        method="delete",
        does="Erase an order for good (admin)",
        function="delete_order",
        headers=("If-Match",),
        answers={204: "Erased", 403: "Admins only", **CHANGED},
    ),
    Call(
        path="/products",
        method="get",
        does="List and search the catalog",
        function="list_products",
        query=("q", "category", "limit", "cursor"),
        answers=LISTED,
    ),
    Call(
        path="/products/{sku}",
        method="get",
        does="Get a product",
        function="get_product",
        answers=FOUND,
    ),
    Call(
        path="/products/{sku}",
        method="put",
        does="Create or change a product",
        function="put_product",
        headers=("If-Match", "If-None-Match"),
        body="Product",
        answers={200: "Changed", 201: "Created", 412: "Not the version that was named"},
    ),
    Call(
        path="/products/{sku}",
        method="delete",
        does="Delete a product (admin)",
        function="delete_product",
        headers=("If-Match",),
        answers={204: "Deleted", 403: "Admins only", **CHANGED},
    ),
    Call(
        path="/customers",
        method="get",
        does="List and search customers, who ordered last first",
        function="list_customers",
        query=("q", "limit", "cursor"),
        answers=LISTED,
    ),
    Call(
        path="/customers/{email}",
        method="get",
        does="Get what the orders tell of a customer",
        function="get_customer",
        answers=FOUND,
    ),
    Call(
        path="/reports/activity",
        method="get",
        does="Orders and revenue by the quarter of an hour",
        function="get_activity",
        query=("from", "to"),
        answers={200: "The quarters that are not all zero"},
    ),
    Call(
        path="/reports/workload",
        method="get",
        does="How many orders there are of each status, and what waits in the dead letters",
        function="get_workload",
        answers={200: "The counts"},
    ),
)

# Every function that answers a call; the REST API must be given exactly these.
FUNCTIONS = tuple(sorted(call.function for call in CALLS if call.function))

# Gateway responses know variables and no logic. messageString brings its own quotes,
# validationErrorString does not.
MESSAGE = "$context.error.messageString"
VALIDATION = '"$context.error.validationErrorString"'

# type -> (status, code, message). No status of our own on the two defaults: it would replace every other.
GATEWAY_RESPONSES: Mapping[str, tuple[int | None, str, str]] = {
    "DEFAULT_4XX": (None, "bad_request", MESSAGE),
    "DEFAULT_5XX": (None, "internal_error", '"Something failed on our side. Try again in a moment."'),
    "BAD_REQUEST_BODY": (400, "bad_request", VALIDATION),
    "BAD_REQUEST_PARAMETERS": (400, "bad_request", MESSAGE),
    "UNAUTHORIZED": (401, "unauthorized", '"Sign in: this call needs a valid ID token."'),
    "EXPIRED_TOKEN": (401, "unauthorized", '"Sign in again: this token has expired."'),
    "ACCESS_DENIED": (403, "forbidden", MESSAGE),
    "INVALID_SIGNATURE": (401, "unauthorized", '"Sign in: this call needs a valid ID token."'),
    # What API Gateway says of a path or method that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", '"There is no such call: check path and method."'),
    "RESOURCE_NOT_FOUND": (404, "not_found", '"There is no such call: check path and method."'),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type", '"Send Content-Type: application/json."'),
    "THROTTLED": (429, "too_many_requests", '"Too many requests at once. Wait a moment and try again."'),
    "QUOTA_EXCEEDED": (429, "too_many_requests", '"Too many requests. Wait a moment and try again."'),
    "INTEGRATION_TIMEOUT": (504, "internal_error", '"No answer in time. Try again in a moment."'),
}

# One line each: a line break before & would become a part of the value before it. An account in no
# group has an empty `groups`, which SQS refuses with 400.
SEND_MESSAGE = "&".join(
    (
        "Action=SendMessage",
        "MessageBody=$util.urlEncode($input.body)",
        "MessageAttribute.1.Name=submittedBy",
        "MessageAttribute.1.Value.DataType=String",
        "MessageAttribute.1.Value.StringValue=$util.urlEncode($context.authorizer.claims.email)",
        "MessageAttribute.2.Name=groups",
        "MessageAttribute.2.Value.DataType=String",
        "MessageAttribute.2.Value.StringValue="
        "$util.urlEncode($context.authorizer.claims.get('cognito:groups'))",
    )
)
REFUSED_BY_QUEUE = (
    "The queue refused this order: your account is in neither group, staff or admin, "
    "or the request is larger than 240 KiB, or it has a character that SQS refuses (U+FFFE, U+FFFF)."
)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the document's calls lead: ARNs and URIs, known once their resources are there.

    `functions` has the invoke ARN of each function in FUNCTIONS.
    """

    user_pool_arn: str
    queue_uri: str
    queue_role_arn: str
    functions: Mapping[str, str]
    cors_origin: str | None


def document(title: str, places: Places) -> Document:
    """The whole document. The schemas stand in `lambdas/schemas.json`, where functions and page read them."""
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "1"},
        "paths": {path: _path(path, places) for path in sorted({call.path for call in CALLS})},
        "components": {"schemas": schemas(), "securitySchemes": {AUTHORIZER: _authorizer(places)}},
        "x-amazon-apigateway-request-validators": {
            VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-gateway-responses": {
            kind: _gateway_response(*answer, places) for kind, answer in GATEWAY_RESPONSES.items()
        },
    }


def schemas() -> Document:
    """The models: the schemas of `lambdas/schemas.json`, and the one shape of an error."""
    models: Document = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    return {**models, **ERRORS}


def error(code: str, message: str) -> str:
    """The one error shape as a template; `message` is JSON or a variable that becomes JSON."""
    return f'{{"error":{{"code":"{code}","message":{message}}}}}'


ERRORS: Document = {
    "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/components/schemas/ErrorDetail"}},
    },
    "ErrorDetail": {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "fields": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorField"}},
        },
    },
    "ErrorField": {
        "type": "object",
        "required": ["path", "message"],
        "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
    },
}


def _path(path: str, places: Places) -> Document:
    calls = [call for call in CALLS if call.path == path]
    methods = {call.method: _operation(call, places) for call in calls}
    return {**methods, "options": _preflight(calls, places)}


def _operation(call: Call, places: Places) -> Document:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{call.body}"}}}
    return {
        "operationId": call.function or "queue_order",
        "summary": call.does,
        "parameters": list(_parameters(call)),
        **({"requestBody": {"required": True, "content": content}} if call.body else {}),
        "responses": {str(status): _answer(status, text) for status, text in call.answers.items()},
        # On each operation: security at the root is ignored. No scopes, for with them API Gateway
        # takes access tokens only, and those carry no e-mail.
        "security": [{AUTHORIZER: []}],
        "x-amazon-apigateway-request-validator": VALIDATOR,
        "x-amazon-apigateway-integration": _integration(call, places),
    }


def _parameters(call: Call) -> Iterator[Document]:
    for segment in call.path.split("/"):
        if segment.startswith("{"):
            yield _parameter("path", segment.strip("{}"), required=True)
    for name in call.query:
        yield _parameter("query", name)
    for name in call.headers:
        yield _parameter("header", name)


def _parameter(place: str, name: str, *, required: bool = False) -> Document:
    return {"in": place, "name": name, "required": required, "schema": {"type": "string"}}


def _answer(status: int, text: str) -> Document:
    shape = {"schema": {"$ref": "#/components/schemas/Error"}}
    content = {"content": {"application/json": shape}} if status >= 400 else {}
    return {
        "description": text,
        "headers": {"Access-Control-Allow-Origin": {"schema": {"type": "string"}}},
        **content,
    }


def _integration(call: Call, places: Places) -> Document:
    if call.function is None:
        return _queue_integration(places)
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": places.functions[call.function],
    }


def _queue_integration(places: Places) -> Document:
    return {
        "type": "aws",
        "httpMethod": "POST",
        "uri": places.queue_uri,
        "credentials": places.queue_role_arn,
        # With when_no_match, a body of another content type would go through unvalidated.
        "passthroughBehavior": "never",
        "requestParameters": {
            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
        },
        "requestTemplates": {"application/json": SEND_MESSAGE},
        # Only SQS's own success is one: an answer without a pattern would call a lost order queued.
        "responses": {
            r"2\d{2}": _queue_answer(202, '{"status":"queued"}', places),
            "400": _queue_answer(403, error("forbidden", json.dumps(REFUSED_BY_QUEUE)), places),
            "default": _queue_answer(
                502, error("internal_error", '"The order was not queued. Send it again."'), places
            ),
        },
    }


def _queue_answer(status: int, body: str, places: Places) -> Document:
    headers = {f"method.response.header.{name}": value for name, value in _cors(places).items()}
    return {
        "statusCode": str(status),
        "responseParameters": headers,
        "responseTemplates": {"application/json": body},
    }


def _preflight(calls: list[Call], places: Places) -> Document:
    methods = ",".join(sorted({call.method.upper() for call in calls} | {"OPTIONS"}))
    values = {
        **_cors(places),
        "Access-Control-Allow-Headers": f"'{CORS_HEADERS}'",
        "Access-Control-Allow-Methods": f"'{methods}'",
        "Access-Control-Max-Age": "'600'",
    }
    headers = {name: {"schema": {"type": "string"}} for name in values}
    answer = {
        "statusCode": "204",
        "responseParameters": {f"method.response.header.{name}": value for name, value in values.items()},
    }
    return {
        "summary": "What a browser asks before it calls from another origin",
        "responses": {"204": {"description": "What is allowed", "headers": headers}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "never",
            "requestTemplates": {"application/json": '{"statusCode":204}'},
            "responses": {"default": answer},
        },
    }


def _cors(places: Places) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": f"'{places.cors_origin}'"} if places.cors_origin else {}


def _authorizer(places: Places) -> Document:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
            "type": "cognito_user_pools",
            "providerARNs": [places.user_pool_arn],
            # For this long a token that was just revoked still passes.
            "authorizerResultTtlInSeconds": 60,
        },
    }


def _gateway_response(status: int | None, code: str, message: str, places: Places) -> Document:
    headers = {f"gatewayresponse.header.{name}": value for name, value in _cors(places).items()}
    return {
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": headers,
        "responseTemplates": {"application/json": error(code, message)},
    }
