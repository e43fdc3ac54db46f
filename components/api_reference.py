"""The OpenAPI 3.0 document of the API for the people and tools that call it. The site serves it.

It says more than the document for API Gateway (`components/openapi.py`): the body of every answer, the errors
of every call, and the rules of the parameters. API Gateway supports only part of that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from components.api_calls import CALLS, Answer, Call
from components.openapi import (
    AUTHORIZER,
    Document,
    api_schemas,
    operation_id,
    parameters,
    request_body,
    schemas,
)

FILE = "openapi.json"
ERRORS: Mapping[str, Answer] = {
    "400": Answer("A parameter or the body breaks a rule"),
    "401": Answer("There is no valid ID token"),
    "403": Answer("The account is in neither group, staff or admin"),
    "429": Answer("Too many requests at once"),
    "5XX": Answer("Something failed on our side"),
}
BODY_ERRORS: Mapping[str, Answer] = {
    "413": Answer("The body has more than 10 MB", "GatewayError"),
    "415": Answer("The body is not JSON"),
}
_TEXT: Document = {"type": "string"}
# The parameters of the calls: what each means, and its schema or the name of its schema.
PARAMETERS: Mapping[str, tuple[str, str | Document]] = {
    "q": ("Only what has all these words. Orders: #1042 is only the order of this number", "Words"),
    "status": ("Only orders of this status", "Status"),
    "settled": ("With status=rejected: only orders that are dealt with, or only the others", "YesOrNo"),
    "label": (
        "Only orders with exactly this tag or assignee; capital letters make no difference",
        "Labels/properties/assignee",
    ),
    "customer": ("Only orders of this e-mail address", _TEXT),
    "category": ("Only products of this category", _TEXT),
    "active": ("Only products that are active, or only the others", "TrueOrFalse"),
    "from": ("From this moment on", "Moment"),
    "to": ("Up to and with this moment", "Moment"),
    "edges": ("Where the parts begin, and where the last one ends", "Edges"),
    "period": ("Of all time, which is the default, or of this month in UTC", "SalesPeriod"),
    "by": ("What is ranked: units, which is the default, or revenue", "SalesRank"),
    "sort": ("Order of the list. By total only without q, label, customer, from and to", "SortOrder"),
    "limit": ("Maximum number of items on the page", "PageSize"),
    "cursor": ("The nextCursor of an earlier answer", _TEXT),
    "If-Match": ("The version to change, as its ETag or its number, or * for any", _TEXT | {"example": "*"}),
    "If-None-Match": ("* creates a product and never changes one", _TEXT | {"enum": ["*"]}),
    "orderID": ("The ID that the client gave the order", _TEXT),
    "sku": ("The SKU of the product", "Product/properties/sku"),
    "email": ("The customer's e-mail address", _TEXT),
    "id": ("The ID of the dead letter", _TEXT),
    "source": ("Only dead letters of this source", "DeadLetterSource"),
    "state": ("Only dead letters in this state", "DeadLetterState"),
    "reason": ("Why it is discarded, for its history; at most 500 characters", _TEXT),
    "sub": ("The ID of the account in the user pool", "Sub"),
    "shopID": ("The ID of the connected shop", "ShopID"),
    "secretID": ("The ID of a secret of the shop", _TEXT),
}
# The parameters that have another meaning in one call, by its function.
OWN_PARAMETERS: Mapping[tuple[str | None, str], tuple[str, str | Document]] = {
    ("get_also_bought", "limit"): ("Maximum number of products", "AlsoBoughtSize"),
    ("list_products", "q"): ("Only what has all these words in SKU, name, category or description", "Words"),
    ("list_products", "sort"): (
        "Order of the list: by name, or with q by relevance, unless it is named",
        "ProductSort",
    ),
    ("list_people", "q"): ("Only accounts whose e-mail address begins with this, or that of this ID", _TEXT),
    ("list_people", "limit"): ("Maximum number of accounts on the page", "PeopleSize"),
    ("get_top_sellers", "limit"): ("Maximum number of products", "PageSize"),
}
_DESCRIPTION = (
    "Orders, products and customers of the shop, for signed-in members of the groups staff and admin. "
    "A change names the version that it is made to in If-Match. The same order can be sent again."
)
_SECURITY_SCHEME: Document = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "description": "The ID token of a signed-in person",
}


def document(required_of_customer: Sequence[str] | None = None, calls: Sequence[Call] = CALLS) -> str:
    """Return the document of these calls as JSON with sorted keys.

    `openapi.body_schemas` explains `required_of_customer`.
    """
    described: Document = {
        "openapi": "3.0.3",
        "info": {"title": "Order desk", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/api"}],
        "paths": {path: _path(path, calls) for path in sorted({call.path for call in calls})},
        "components": {
            "schemas": schemas(required_of_customer) | api_schemas(),
            "securitySchemes": {AUTHORIZER: _SECURITY_SCHEME},
        },
    }
    return json.dumps(described, sort_keys=True, ensure_ascii=False)


def _path(path: str, calls: Sequence[Call]) -> Document:
    return {call.method: _operation(call) for call in calls if call.path == path}


def _operation(call: Call) -> Document:
    answers = {str(status): answer for status, answer in call.answers.items()}
    everywhere = {**ERRORS, **(BODY_ERRORS if call.body else {})}
    return {
        "operationId": operation_id(call),
        "summary": call.summary,
        "parameters": [_parameter(call, one) for one in parameters(call)],
        **({"requestBody": request_body(call)} if call.body else {}),
        "responses": {
            status: _response(answer) for status, answer in sorted({**everywhere, **answers}.items())
        },
        "security": [{AUTHORIZER: []}],
    }


def _parameter(call: Call, parameter: Document) -> Document:
    name = parameter["name"]
    text, schema = OWN_PARAMETERS.get((call.function, name)) or PARAMETERS[name]
    return {
        **parameter,
        "description": text,
        "required": parameter["required"] or name in call.required,
        "schema": _reference(schema) if isinstance(schema, str) else schema,
        # The functions read an empty parameter as an absent one.
        **({"allowEmptyValue": True} if parameter["in"] == "query" else {}),
    }


def _response(answer: Answer) -> Document:
    content = (
        {"content": {"application/json": {"schema": _reference(answer.schema)}}} if answer.schema else {}
    )
    return {"description": answer.text, **content}


def _reference(schema: str) -> Document:
    return {"$ref": f"#/components/schemas/{schema}"}
