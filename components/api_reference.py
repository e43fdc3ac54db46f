"""The OpenAPI 3.0 document of each API for the people and tools that call it. The site serves them.

It says more than the document for API Gateway (`components/openapi.py`): the body of every answer, the errors
of every call, and the rules of the parameters. API Gateway supports only part of that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.api_calls import INBOX, STAFF_API, STOREFRONT, Answer, Api, Call
from components.openapi import (
    Document,
    api_schemas,
    operation_id,
    parameters,
    request_body,
    schemas,
)

FILE, INBOX_FILE, STOREFRONT_FILE = "openapi.json", "inbox-openapi.json", "storefront-openapi.json"
ERRORS: Mapping[str, Answer] = {
    "400": Answer("A parameter or the body breaks a rule"),
    "401": Answer("There is no valid ID token"),
    "403": Answer("The account is in neither group, staff or admin"),
    "429": Answer("Too many requests at once"),
    "5XX": Answer("Something failed on our side"),
}
INBOX_ERRORS: Mapping[str, Answer] = {
    **ERRORS,
    "401": Answer("There is no valid access token with the scope"),
    "403": Answer("The token is not that of a connected shop"),
}
STOREFRONT_ERRORS: Mapping[str, Answer] = {
    **ERRORS,
    "403": Answer("The account has no name yet, or its e-mail address is not proved"),
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
    "channel": ("Only orders that came this way", "Channel"),
    "shop": ("Only orders of this connected shop", "ShopID"),
    "category": ("Only products of this category", _TEXT),
    "active": ("Only products that are active, or only the others", "TrueOrFalse"),
    "from": ("From this moment on", "Moment"),
    "to": ("Up to and with this moment", "Moment"),
    "edges": ("Where the parts begin, and where the last one ends", "Edges"),
    "period": ("Of all time, which is the default, or of this month in UTC", "SalesPeriod"),
    "by": ("What is ranked: units, which is the default, or revenue", "SalesRank"),
    "sort": ("Order of the list. By total only without q, label, shop, customer, from and to", "SortOrder"),
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
    "secretID": ("The ID of a secret of the shop, or of its webhook", _TEXT),
    "deliveryID": ("The ID of the delivery", _TEXT),
}
_VERSION_OR_NONE: tuple[str, Document] = (
    "The version to change, as its ETag or its number, or 0 if none was stored yet",
    _TEXT | {"example": "0"},
)
# The parameters that have another meaning in one call, by its function.
OWN_PARAMETERS: Mapping[tuple[str | None, str], tuple[str, str | Document]] = {
    ("get_also_bought", "limit"): ("Maximum number of products", "AlsoBoughtSize"),
    ("list_products", "q"): ("Only what has all these words in SKU, name, category or description", "Words"),
    ("list_products", "sort"): (
        "Order of the list: by name, or with q by relevance, unless it is named",
        "ProductSort",
    ),
    ("list_people", "q"): ("Only accounts whose e-mail address begins with this, or that of this ID", _TEXT),
    ("list_my_orders", "limit"): ("Maximum number of orders on the page", "PageSize"),
    ("put_cart", "If-Match"): _VERSION_OR_NONE,
    ("put_addresses", "If-Match"): _VERSION_OR_NONE,
    ("put_lists", "If-Match"): _VERSION_OR_NONE,
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
_STOREFRONT_DESCRIPTION = (
    "Account, cart and orders of one customer, for the pages of the shop. A call is about the account of its "
    "token, and no parameter names another one. The same order can be sent again."
)
_INBOX_DESCRIPTION = (
    "The orders of a connected shop. The shop gives each order an ID of its own, and sends the same order "
    "again on any doubt: the same ID with the same content changes nothing. A token lasts one hour."
)


@dataclass(frozen=True, kw_only=True)
class _Described:
    """The parts of a document about one API that are not its calls."""

    api: Api
    url: str
    text: str
    errors: Mapping[str, Answer]
    scheme: Document
    scopes: Sequence[str]


def document(required_of_customer: Sequence[str] | None = None, api: Api = STAFF_API) -> str:
    """Return the document of the staff's API as JSON with sorted keys.

    `openapi.body_schemas` explains `required_of_customer`.
    """
    described = _Described(
        api=api, url="/api", text=_DESCRIPTION, errors=ERRORS, scheme=_SECURITY_SCHEME, scopes=()
    )
    return _text(described, required_of_customer)


def inbox_document(
    url: str, token_url: str, scope: str, required_of_customer: Sequence[str] | None = None
) -> str:
    """Return the document of the inbox at `url` as JSON with sorted keys."""
    flow = {"tokenUrl": token_url, "scopes": {scope: "Send orders, and read the sent ones"}}
    described = _Described(
        api=INBOX,
        url=url,
        text=_INBOX_DESCRIPTION,
        errors=INBOX_ERRORS,
        scheme={"type": "oauth2", "flows": {"clientCredentials": flow}},
        scopes=(scope,),
    )
    return _text(described, required_of_customer)


def storefront_document(url: str) -> str:
    """Return the document of the customers' API at `url` as JSON with sorted keys."""
    described = _Described(
        api=STOREFRONT,
        url=url,
        text=_STOREFRONT_DESCRIPTION,
        errors=STOREFRONT_ERRORS,
        scheme=_SECURITY_SCHEME | {"description": "The ID token of a signed-in customer"},
        scopes=(),
    )
    return _text(described, None)


def _text(described: _Described, required_of_customer: Sequence[str] | None) -> str:
    api = described.api
    known = schemas(required_of_customer) | api_schemas()
    paths = {path: _path(described, path) for path in sorted({call.path for call in api.calls})}
    whole: Document = {
        "openapi": "3.0.3",
        "info": {"title": api.title, "version": "1", "description": described.text},
        "servers": [{"url": described.url}],
        "paths": paths,
        "components": {
            "schemas": {name: known[name] for name in _named(paths, known)},
            "securitySchemes": {api.channel: described.scheme},
        },
    }
    return json.dumps(whole, sort_keys=True, ensure_ascii=False)


def _named(part: Any, known: Document) -> set[str]:
    """Return the names of the schemas that a part of the document refers to, directly or not."""
    found, new = set[str](), set(_references(part))
    while new:
        found |= new
        new = {name for one in new for name in _references(known[one])} - found
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, str) and part.startswith("#/components/schemas/"):
        yield part.split("/")[3]
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(child)


def _path(described: _Described, path: str) -> Document:
    return {call.method: _operation(described, call) for call in described.api.calls if call.path == path}


def _operation(described: _Described, call: Call) -> Document:
    answers = {str(status): answer for status, answer in call.answers.items()}
    everywhere = {**described.errors, **(BODY_ERRORS if call.body else {})}
    return {
        "operationId": operation_id(call),
        "summary": call.summary,
        "parameters": [_parameter(call, one) for one in parameters(call)],
        **({"requestBody": request_body(call)} if call.body else {}),
        "responses": {
            status: _response(answer) for status, answer in sorted({**everywhere, **answers}.items())
        },
        "security": [{described.api.channel: list(described.scopes)}],
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
