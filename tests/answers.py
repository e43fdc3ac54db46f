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
    described = _responses()[operation]
    response = described.get(str(status)) or described[f"{status // 100}XX"]
    if "content" not in response:
        assert body == ""
        return
    schema = response["content"]["application/json"]["schema"]
    jsonschema.Draft4Validator(schema | {"components": _document()["components"]}).validate(json.loads(body))


@functools.cache
def _document() -> Json:
    """Return the document. JSON Schema has no `nullable`, so a nullable type becomes a list of two types."""
    return cast(Json, json.loads(api_reference.document(), object_hook=_with_null))


def _with_null(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]} if schema.pop("nullable", False) else schema


@functools.cache
def _responses() -> dict[str, Json]:
    """Return the described responses of each call by its `operationId`, the module of its handler."""
    calls = [call for path in _document()["paths"].values() for call in path.values()]
    return {call["operationId"]: call["responses"] for call in calls}
