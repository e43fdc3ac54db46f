"""The program's numbers and texts, which must not repeat a limit or pattern of lambdas/schemas.json."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.graph.graph import ROOT
from tests.imports import nodes

SOURCES = [ROOT / "__main__.py", *(ROOT / "components").glob("*.py")]
SCHEMAS = json.loads((ROOT / "lambdas/schemas.json").read_text())
# Numbers in a file that equal a limit by accident.
OTHER_MEANINGS = {
    "accounting": {60},  # seconds
    "alarms": {30, 60, 1000},  # minutes, seconds, and milliseconds in a second
    "api_reference": {500},  # characters of the reason of a discarded dead letter, which is in no body
    "api_calls": {200},  # an HTTP status
    "customer_mails": {60},  # seconds
    "customer_user_pool": {30},  # days
    "openapi": {60},  # seconds
    "order_notifications": {60},  # seconds
    "order_pipeline": {20, 1000},  # tries of a message, and AWS's own limits of a queue and a mapping
    "order_views": {60},  # seconds
    "queues": {60, 1000},  # seconds, and AWS's own limit of tries of a message
    "retention": {60},  # minutes
    "settings": {30, 50, 60, 100, 120},  # days, mails a day, and percents
    "site_distribution": {500},  # an HTTP status
    "site_files": {60},  # seconds
    "storefront": {100},  # changes of a batch
    "stream": {60},  # seconds
    "webhooks": {60},  # seconds
    "table": {20},  # AWS's own limit of indexes
}


def test_no_number_of_the_program_copies_a_limit_of_the_schemas() -> None:
    """Numbers up to 12 are too common to be copies."""
    found = {limit for key in ("maxLength", "maximum", "maxItems") for limit in _values(SCHEMAS, key)}
    limits = {limit for limit in found if limit > 12}
    copies = {file.stem: limits & set(_numbers(file)) for file in SOURCES}
    assert {name: numbers for name, numbers in copies.items() if numbers} == OTHER_MEANINGS


def test_no_text_of_the_program_copies_a_pattern_of_the_schemas() -> None:
    patterns = {_without_anchors(pattern) for pattern in _values(SCHEMAS, "pattern")}
    assert not [text for file in SOURCES for text in _texts(file) if _without_anchors(text) in patterns]


def _values(schema: Any, key: str) -> Iterator[Any]:
    """Return the values of a keyword in a schema and in the schemas of its properties and items."""
    children = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and not isinstance(schema.get(key, {}), dict):
        yield schema[key]
    for child in children:
        yield from _values(child, key)


def _numbers(file: Path) -> Iterator[int]:
    """Return the numbers in the code of a source file and in its texts."""
    for node in nodes(file):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value
    yield from (int(number) for text in _texts(file) for number in re.findall(r"\b\d+\b", text))


def _texts(file: Path) -> Iterator[str]:
    for node in nodes(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _without_anchors(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")
