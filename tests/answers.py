"""The judge of every answer in the handler tests: the document that describes the API to its callers."""

from __future__ import annotations

import functools
import json
from typing import Any, cast

import jsonschema

from components import api_reference

Json = dict[str, Any]


def assert_described(operation: str, status: int, body: str) -> None:
    """Raise an error unless the document has this status for the call, and the body is as described."""
    described, components = _responses()[operation]
    response = described.get(str(status)) or described[f"{status // 100}XX"]
    if "content" not in response:
        assert body == ""
        return
    schema = response["content"]["application/json"]["schema"]
    jsonschema.Draft4Validator(schema | {"components": components}).validate(json.loads(body))


@functools.cache
def _documents() -> list[Json]:
    """Return the documents. JSON Schema has no `nullable`, so a nullable type becomes a list of two types."""
    inbox = api_reference.inbox_document("https://inbox.example", "https://token.example", "inbox/orders")
    storefront = api_reference.storefront_document("https://storefront.example")
    texts = (api_reference.document(), inbox, storefront)
    return [cast(Json, json.loads(text, object_hook=_with_null)) for text in texts]


def _with_null(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]} if schema.pop("nullable", False) else schema


@functools.cache
def _responses() -> dict[str, tuple[Json, Json]]:
    """Return the described responses of each call by its `operationId`, the module of its handler.

    The second part of each has the schemas of its document.
    """
    return {
        call["operationId"]: (call["responses"], document["components"])
        for document in _documents()
        for path in document["paths"].values()
        for call in path.values()
    }
