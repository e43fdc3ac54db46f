"""The OpenAPI 3.0.1 document of an API in `components/api_calls.py`. API Gateway imports this document.

API Gateway ignores some parts of such a document:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import api_logs
from components.api_calls import Answer, Api, Call
from components.gateway_responses import NOT_QUEUED, REFUSED_BY_QUEUE, error, gateway_responses

Document = dict[str, Any]

SCHEMAS = Path("lambdas/schemas.json")
API_SCHEMAS = Path("components/api_schemas.json")
ERROR_MODELS = ("Error", "ErrorDetail", "ErrorField")
VALIDATOR = "everything"
CORS_HEADERS = "Authorization,Content-Type,If-Match,If-None-Match"

# AWS does not document whether API Gateway ignores the charset when it chooses a template. With all usual
# spellings here, an order is queued either way. If the charset counts, the gateway does not validate such a
# body, because its content type has no model; the writer validates every order again.
JSON_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-8",
    "application/json; charset=UTF-8",
    "application/json;charset=UTF-8",
)

# The attributes that the gateway adds to an order: its sender, and the time of acceptance in milliseconds
# since 1970. The dead letters keep these attributes. `groups` is empty for an account in no group, `name` for
# one without a name, and SQS refuses an empty value with 400. The sender of a machine's order is its app
# client, whose name only the writer knows.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "staff": {
        "acceptedAt": "$context.requestTimeEpoch",
        "submittedBy": "$util.urlEncode($context.authorizer.claims.email)",
        "sub": "$util.urlEncode($context.authorizer.claims.sub)",
        "groups": "$util.urlEncode($context.authorizer.claims.get('cognito:groups'))",
    },
    "machine": {
        "acceptedAt": "$context.requestTimeEpoch",
        "sub": "$util.urlEncode($context.authorizer.claims.client_id)",
    },
    # A customer's name and address are those of the account, and never those of a body.
    "customer": {
        "acceptedAt": "$context.requestTimeEpoch",
        "submittedBy": "$util.urlEncode($context.authorizer.claims.email)",
        "sub": "$util.urlEncode($context.authorizer.claims.sub)",
        "name": "$util.urlEncode($context.authorizer.claims.name)",
        "emailVerified": "$util.urlEncode($context.authorizer.claims.email_verified)",
    },
}


def send_message(channel: str) -> str:
    """Return the form that API Gateway sends to SQS, with the channel as a constant.

    The form is one line, because a line break before & would become part of the previous value.
    """
    fields = [
        f"MessageAttribute.{at}.Name={name}"
        f"&MessageAttribute.{at}.Value.DataType=String&MessageAttribute.{at}.Value.StringValue={value}"
        for at, (name, value) in enumerate({"channel": channel, **ATTRIBUTES[channel]}.items(), start=1)
    ]
    # Encoded, because it is part of a header and of a line of JSON before anybody has checked it.
    noted = f"#set({api_logs.ORDER_ID} = $util.urlEncode($input.path('$.orderID')))"
    return noted + "&".join(["Action=SendMessage", "MessageBody=$util.urlEncode($input.body)", *fields])


@dataclass(frozen=True, kw_only=True)
class Targets:
    """ARNs and URIs of the resources that the document refers to.

    `functions` has the invoke ARN of each function in `Api.functions`. `cors_origin` is the value of the
    header Access-Control-Allow-Origin, or None for no such header. With `scopes`, a call takes access tokens
    with one of them, and otherwise ID tokens.
    """

    user_pool_arn: str
    queue_uri: str
    queue_role_arn: str
    functions: Mapping[str, str]
    cors_origin: str | None
    scopes: Sequence[str] = ()


def document(api: Api, targets: Targets, required_of_customer: Sequence[str] | None = None) -> Document:
    """Return the OpenAPI document of an API. `body_schemas` explains `required_of_customer`."""
    return {
        "openapi": "3.0.1",
        "info": {"title": api.title, "version": "1"},
        "paths": {path: _path(api, path, targets) for path in sorted({call.path for call in api.calls})},
        "components": {
            "schemas": schemas(required_of_customer),
            "securitySchemes": {api.channel: _authorizer(targets)},
        },
        "x-amazon-apigateway-request-validators": {
            VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-gateway-responses": {
            kind: _gateway_response(*response, targets)
            for kind, response in gateway_responses(api.channel).items()
        },
    }


def schemas(required_of_customer: Sequence[str] | None = None) -> Document:
    """Return the models: the schemas of the bodies that clients send, and those of an error."""
    return body_schemas(required_of_customer) | {name: api_schemas()[name] for name in ERROR_MODELS}


def body_schemas(required_of_customer: Sequence[str] | None = None) -> Document:
    """Return the schemas of the bodies that clients send.

    `required_of_customer` are the fields that an order must have about its customer, or None for all that
    the file requires.
    """
    models: Document = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    if required_of_customer is not None:
        models["Customer"]["required"] = list(required_of_customer)
    return models


def api_schemas() -> Document:
    """Return the schemas of the bodies that the API answers with."""
    answers: Document = json.loads(API_SCHEMAS.read_text(encoding="utf-8"))
    return answers


def operation_id(call: Call) -> str:
    """Return the unique name of a call."""
    return call.function or "queue_order"


def parameters(call: Call) -> list[Document]:
    """Return the parameters of a call. API Gateway checks only that the required ones are there."""
    path = [part.strip("{}") for part in call.path.split("/") if part.startswith("{")]
    return [
        *(_parameter("path", name, required=True) for name in path),
        *(_parameter("query", name) for name in call.query),
        *(_parameter("header", name) for name in call.headers),
    ]


def _parameter(place: str, name: str, *, required: bool = False) -> Document:
    return {"in": place, "name": name, "required": required, "schema": {"type": "string"}}


def request_body(call: Call) -> Document:
    """Return the body of a call that has one."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{call.body}"}}}
    return {"required": True, "content": content}


def _path(api: Api, path: str, targets: Targets) -> Document:
    calls = [call for call in api.calls if call.path == path]
    methods = {call.method: _operation(api, call, targets) for call in calls}
    return {**methods, **({"options": _preflight(calls, targets)} if api.for_pages else {})}


def _operation(api: Api, call: Call, targets: Targets) -> Document:
    return {
        "operationId": operation_id(call),
        "summary": call.summary,
        "parameters": parameters(call),
        **({"requestBody": request_body(call)} if call.body else {}),
        "responses": {str(status): _response(answer) for status, answer in call.answers.items()},
        # On each operation, because API Gateway ignores security at the root. The calls of staff are without
        # scopes: with scopes API Gateway accepts access tokens only, and those contain no e-mail address.
        "security": [{api.channel: list(targets.scopes)}],
        "x-amazon-apigateway-request-validator": VALIDATOR,
        "x-amazon-apigateway-integration": _integration(api, call, targets),
    }


def _response(answer: Answer) -> Document:
    """Return a method response. It has a model for errors only: API Gateway checks no body against it."""
    shape = {"schema": {"$ref": "#/components/schemas/Error"}}
    content = {"content": {"application/json": shape}} if answer.schema == "Error" else {}
    return {
        "description": answer.text,
        "headers": {"Access-Control-Allow-Origin": {"schema": {"type": "string"}}},
        **content,
    }


def _integration(api: Api, call: Call, targets: Targets) -> Document:
    if call.function is None:
        return _queue_integration(api.channel, targets)
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": targets.functions[call.function],
    }


def _queue_integration(channel: str, targets: Targets) -> Document:
    refused, *refusal = REFUSED_BY_QUEUE[channel]
    return {
        "type": "aws",
        "httpMethod": "POST",
        "uri": targets.queue_uri,
        "credentials": targets.queue_role_arn,
        # With when_no_match, API Gateway would send a body of another content type to SQS without validation.
        "passthroughBehavior": "never",
        "requestParameters": {
            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
        },
        "requestTemplates": dict.fromkeys(JSON_TYPES, send_message(channel)),
        # The 202 has a pattern, because without one API Gateway would also use it when SQS refuses an order.
        "responses": {
            r"2\d{2}": _queue_response(202, '{"status":"queued"}', targets),
            "400": _queue_response(refused, error(*refusal), targets),
            "default": _queue_response(502, error("internal_error", NOT_QUEUED), targets),
        },
    }


def _queue_response(status: int, body: str, targets: Targets) -> Document:
    headers = {f"method.response.header.{name}": value for name, value in _cors(targets).items()}
    return {
        "statusCode": str(status),
        "responseParameters": headers,
        "responseTemplates": {"application/json": body},
    }


def _preflight(calls: list[Call], targets: Targets) -> Document:
    methods = ",".join(sorted({call.method.upper() for call in calls} | {"OPTIONS"}))
    values = {
        **_cors(targets),
        "Access-Control-Allow-Headers": f"'{CORS_HEADERS}'",
        "Access-Control-Allow-Methods": f"'{methods}'",
        "Access-Control-Max-Age": "'600'",
    }
    headers = {name: {"schema": {"type": "string"}} for name in values}
    response = {
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
            "responses": {"default": response},
        },
    }


def _cors(targets: Targets) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": f"'{targets.cors_origin}'"} if targets.cors_origin else {}


def _authorizer(targets: Targets) -> Document:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
            "type": "cognito_user_pools",
            "providerARNs": [targets.user_pool_arn],
            # A revoked token is still accepted for this time.
            "authorizerResultTtlInSeconds": 60,
        },
    }


def _gateway_response(status: int | None, code: str, message: str, targets: Targets) -> Document:
    headers = {f"gatewayresponse.header.{name}": value for name, value in _cors(targets).items()}
    return {
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": headers,
        "responseTemplates": {"application/json": error(code, message)},
    }
