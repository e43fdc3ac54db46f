"""Checks of documents by the part of JSON Schema draft 4 that schemas.json uses.

The models of the gateway are made from the same file. An unknown keyword is an error when this module is
loaded, because otherwise the gateway would enforce a rule that the functions ignore.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lambdas.platform.errors import Fault
from lambdas.platform.strict_json import shown

Schema = dict[str, Any]
Kind = type | tuple[type, ...]
Rule = Callable[[Schema, Any, Any, str], Iterator[Fault]]

_REFERENCE = "#/components/schemas/"
_TYPES: dict[str, tuple[type, str]] = {
    "object": (dict, "an object"),
    "array": (list, "a list"),
    "string": (str, "text"),
    "integer": (int, "a whole number"),
    "boolean": (bool, "true or false"),
}
_MAX_NAME = 40  # characters of a field's name in a path
_INVALID_CHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")


def faults(name: str, document: Any, schemas: Mapping[str, Schema] | None = None) -> Iterator[Fault]:
    """Yield the faults of a parsed JSON document, in the order of the schema `name`."""
    yield from _faults((schemas or SCHEMAS)[name], document, "")


def is_valid(name: str, field: str, value: Any) -> bool:
    """Whether a value is valid for one field of the schema `name`. False for unknown fields."""
    schema = SCHEMAS[name]["properties"].get(field)
    return schema is not None and next(_faults(schema, value, field), None) is None


def load(text: str) -> dict[str, Schema]:
    """Return the schemas in a JSON text by name. Raises ValueError for unsupported keywords."""
    schemas: dict[str, Schema] = json.loads(text)
    for name, schema in schemas.items():
        _check_known(schema, name, schemas)
    for schema in schemas.values():
        _resolve(schema, schemas)
    return schemas


def requiring(model: str, fields: Sequence[str]) -> dict[str, Schema]:
    """Return the schemas of the file, with these as the required fields of the schema `model`."""
    schemas: dict[str, Schema] = json.loads(_TEXT)
    schemas[model]["required"] = list(fields)
    return load(json.dumps(schemas))


def _resolve(schema: Schema, schemas: Mapping[str, Schema]) -> None:
    """Put the schemas that a schema refers to in place of its references."""
    if "$ref" in schema:
        schema.update(schemas[schema.pop("$ref").removeprefix(_REFERENCE)])
    for _, inner in _inner(schema):
        _resolve(inner, schemas)


def _check_known(schema: Schema, where: str, schemas: dict[str, Schema]) -> None:
    unknown = [keyword for keyword in schema if keyword not in _KEYWORDS]
    if unknown or schema.get("type", "object") not in _TYPES:
        raise ValueError(f"{where}: unknown keyword or type: {', '.join(unknown) or schema['type']}")
    if "$ref" in schema and (schema["$ref"].removeprefix(_REFERENCE) not in schemas or len(schema) > 1):
        raise ValueError(f"{where}: {schema['$ref']} names no schema, or does not stand alone")
    if schema.get("additionalProperties", False) is not False:
        raise ValueError(f"{where}: additionalProperties can only be false")
    for field, inner in _inner(schema):
        _check_known(inner, f"{where}.{field}", schemas)


def _inner(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    if "items" in schema:
        yield "items", schema["items"]


def _faults(schema: Schema, value: Any, path: str) -> Iterator[Fault]:
    wrong = _type_fault(schema, value, path) or _encoding_fault(value, path)
    if wrong:
        yield wrong
        return
    for keyword, rule in schema.items():
        yield from _KEYWORDS[keyword](schema, rule, value, path)


def _type_fault(schema: Schema, value: Any, path: str) -> Fault | None:
    if "type" not in schema:
        return None
    kind, words = _TYPES[schema["type"]]
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    return None if right else Fault(path, f"must be {words}, got {shown(value)}")


def _encoding_fault(value: Any, path: str) -> Fault | None:
    """Return a fault for half a surrogate pair ("\\ud800"), U+FFFE or U+FFFF, which UTF-8 or SQS refuses."""
    broken = isinstance(value, str) and _INVALID_CHARACTERS.search(value)
    return Fault(path, f"must be text of valid characters, got {shown(value)}") if broken else None


def _no_check(_schema: Schema, _rule: Any, _value: Any, _path: str) -> Iterator[Fault]:
    return iter(())


def _required(_schema: Schema, rule: list[str], value: Any, path: str) -> Iterator[Fault]:
    missing = (field for field in rule if field not in value) if isinstance(value, dict) else ()
    return (Fault(_joined(path, field), "is required") for field in missing)


def _properties(_schema: Schema, rule: dict[str, Schema], value: Any, path: str) -> Iterator[Fault]:
    known = [field for field in rule if field in value] if isinstance(value, dict) else []
    for field in known:
        yield from _faults(rule[field], value[field], _joined(path, field))


def _no_others(schema: Schema, _rule: bool, value: Any, path: str) -> Iterator[Fault]:
    allowed = schema.get("properties", {})
    others = (field for field in value if field not in allowed) if isinstance(value, dict) else ()
    return (Fault(_joined(path, field), "is not a field that is known here") for field in others)


def _items(_schema: Schema, rule: Schema, value: Any, path: str) -> Iterator[Fault]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        yield from _faults(rule, item, f"{path}[{index}]")


def _enum(_schema: Schema, rule: list[str], value: Any, path: str) -> Iterator[Fault]:
    if value not in rule:
        yield Fault(path, f"must be one of {', '.join(rule)}, got {shown(value)}")


def _pattern(schema: Schema, rule: str, value: Any, path: str) -> Iterator[Fault]:
    """Yield a fault for text that does not match. Text that is too long has a fault already."""
    short = isinstance(value, str) and len(value) <= schema.get("maxLength", len(value))
    if short and not _matches(rule, value):
        yield Fault(path, f"must be {schema.get('description', f'a match of {rule}')}, got {shown(value)}")


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern as in ECMA 262: a final $ matches only the end, not before a last line break."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


def _limit(
    kind: Kind,
    measure: Callable[[Any], Any],
    words: str,
    broken: Callable[[Any, Any], bool],
    nouns: tuple[str, str] = ("", ""),
) -> Rule:
    """Return a check that finds a fault in a value of this kind if `broken(measure(value), limit)`.

    `nouns` follow the limit in the message: for a limit of 1, and for any other.
    """

    def check(_schema: Schema, limit: int, value: Any, path: str) -> Iterator[Fault]:
        counts = isinstance(value, kind) and not isinstance(value, bool)
        if counts and broken(measure(value), limit):
            noun = nouns[0] if limit == 1 else nouns[1]
            yield Fault(path, f"must {words} {limit}{noun}, got {shown(measure(value))}")

    return check


def _itself(value: Any) -> Any:
    return value


def _joined(path: str, field: str) -> str:
    plain = len(field) <= _MAX_NAME and field.isprintable() and field != ""
    name = field if plain else json.dumps(field[:_MAX_NAME])
    return f"{path}.{name}" if path else name


_NUMBER = (int, Decimal)
_ENTRIES = (" entry", " entries")
_CHARACTERS = (" character", " characters")
_KEYWORDS: dict[str, Rule] = {
    "type": _no_check,
    "description": _no_check,
    "$ref": _no_check,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _no_others,
    "items": _items,
    "enum": _enum,
    "pattern": _pattern,
    "minItems": _limit(list, len, "have at least", operator.lt, _ENTRIES),
    "maxItems": _limit(list, len, "have at most", operator.gt, _ENTRIES),
    "minLength": _limit(str, len, "have at least", operator.lt, _CHARACTERS),
    "maxLength": _limit(str, len, "have at most", operator.gt, _CHARACTERS),
    "minimum": _limit(_NUMBER, _itself, "be at least", operator.lt),
    "maximum": _limit(_NUMBER, _itself, "be at most", operator.gt),
}

_TEXT = (Path(__file__).parents[1] / "schemas.json").read_text(encoding="utf-8")
SCHEMAS = load(_TEXT)
