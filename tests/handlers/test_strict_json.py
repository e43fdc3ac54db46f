"""Strict JSON: parsing, the canonical text of a document, and values shown in messages."""

import json
from decimal import Decimal
from typing import Any

import pytest

from lambdas.platform import strict_json
from lambdas.platform.strict_json import NotJsonError


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "NaN", "[Infinity]", "[-Infinity]", "'a'", "\ufeff1", "{} x"),
        pytest.param("9" * 5000, id="5,000 digits"),
        pytest.param("1e9999999999999999999", id="huge exponent"),
        pytest.param("[" * 99_999, id="deep nesting"),
    ],
)
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(NotJsonError, match=r"\w"):
        strict_json.parse(text)


def test_fractions_keep_their_digits() -> None:
    assert strict_json.parse("[0.1, 1.50, 1e400]") == [Decimal("0.1"), Decimal("1.50"), Decimal("1e400")]


def test_equal_documents_have_one_canonical_text() -> None:
    one = strict_json.parse('{"b": [1, "\\u00e9"], "a": null}')
    other = strict_json.parse(' {"a":null,"b":[1,"é"]}')
    assert strict_json.canonical(one) == strict_json.canonical(other) == '{"a":null,"b":[1,"\\u00e9"]}'


@pytest.mark.parametrize(
    ("one", "other"), [("1", '"1"'), ("1.5", '"1.5"'), ("1", "true"), ("1", "1.0"), ("[]", "{}")]
)
def test_different_documents_have_different_canonical_texts(one: str, other: str) -> None:
    assert strict_json.canonical(strict_json.parse(one)) != strict_json.canonical(strict_json.parse(other))


def test_half_a_surrogate_pair_has_a_canonical_text() -> None:
    strict_json.canonical(strict_json.parse('"\\ud83e"')).encode("ascii")


def test_a_document_nested_too_deeply_has_no_canonical_text() -> None:
    document: Any = []
    for _ in range(100_000):
        document = [document]
    with pytest.raises(NotJsonError, match="deeply"):
        strict_json.canonical(document)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (True, "true"),
        (None, "null"),
        ("é", '"é"'),
        (Decimal("1.50"), "1.50"),
        ([1, 2], "a list of 2"),
        ({}, "an object"),
        ("a\nb", '"a\\nb"'),
        ("\ud83e", '"\\ud83e"'),
        ("x" * 99, '"' + "x" * 59 + "…"),
    ],
)
def test_values_are_shown_short_and_on_one_line(value: Any, text: str) -> None:
    assert strict_json.shown(value) == text
    json.dumps(text, ensure_ascii=False).encode()
