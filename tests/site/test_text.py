"""The page gives every nasty text the same normal form as the functions, and the same verdict."""

import json
import random
import re
from typing import Any

import pytest
from jsonschema import Draft4Validator

from lambdas.platform import json_schema, text
from lambdas.shop import search
from tests.nasty_texts import NASTY_TEXTS
from tests.site.deno import evaluate

LETTERS = (
    "ab@. \t\r\n\x00\x1c\x1f\x85\xad\u0301\u0323\u0341e\u00e9\u0130\u1100\u1161\u11a8\u200b\u200c\u200d\u2011"
    "\u2028\u212b\u2800\u3000\u3002\u3164\ufb01\ufe0f\ufeff\uff20\uff41\U0001d15f\U0001d41a\U0001f3f4\U0001f468"
    "\U000e0067\U000e007f\U000e0101"
)


def test_page_and_functions_give_text_the_same_normal_form() -> None:
    chance = random.Random("order desk")
    texts = [nasty.text for nasty in NASTY_TEXTS]
    texts += ["".join(chance.choice(LETTERS) for _ in range(chance.randrange(9))) for _ in range(3000)]
    forms = "[module.line(value), module.lines(value), module.key(value)]"
    for given, ours in zip(texts, evaluate("lib/text.js", forms, texts), strict=True):
        assert ours == [text.line(given), text.lines(given), text.key(given)], ascii(given)


def test_page_and_functions_normalise_documents_alike() -> None:
    documents: list[Any] = [{nasty.field: nasty.text} for nasty in NASTY_TEXTS]
    documents += [
        {"customer": {"name": " ", "company": " ", "phone": 1}, "items": [{"sku": " A"}, None, [[" a"]]]},
        {"details": {"phone": " ", "notes": "\u200b", "address": " a "}, "note": " "},
        {"name": " a ", "content": {"left": " A\t1\n", "customer": {"company": " "}}},
        {"comment": " a\tb\r\nc\u202e \u0301\n"}, {"comment": " "},
        {"note": "x" * 4000 + " ", "description": "\U0001f3f4" * 4000 + " ", "status": ""},
        [" a", {"x": {"y": {"z": " deep "}}}], " a ", None, 1.5, True, "",
    ]  # fmt: skip
    assert evaluate("lib/text.js", "module.normalise(value)", documents) == [
        text.normalise(document) for document in documents
    ]


def test_suggested_products_are_narrowed_by_the_letters_that_the_search_compares() -> None:
    texts = [
        "O’Brien",
        "Smith-Jones",
        "Élite 5 l",
        "山田",
        "Groß",
        "GROẞ",
        "Łukasz Ørsted",
        "Σίσυφος",
        "İı",
        "ﬁlm",
        "ʿAlī Saʾīd Oʼahu",
        "Əliyev Ŋgũgĩ",
        "مـحـمـد",
    ]
    assert evaluate("lib/letters.js", "module.letters(value)", texts) == [
        "".join(letter for letter in search.fold(one) if letter.isalnum()) for one in texts
    ]


def test_page_refuses_exactly_the_nasty_texts_without_a_normal_form() -> None:
    tries = [[nasty.schema, nasty.field, text.normalise({nasty.field: nasty.text})] for nasty in NASTY_TEXTS]
    faults = "module.validate(value[0], value[2]).then((found) => found.map(({ path }) => path))"
    for nasty, found in zip(NASTY_TEXTS, evaluate("lib/json-schema.js", faults, tries), strict=True):
        assert (nasty.field in found) == (nasty.normal is None), nasty


# API Gateway's validator writes its messages like the Java library json-schema-validator, which matches with
# Rhino: JavaScript without the flag "u". So each half of a surrogate pair is a character there.
ENGINES = {"JavaScript": "u", "Rhino": ""}


def test_the_gateway_accepts_every_normal_form_in_each_dialect_of_patterns() -> None:
    tries = [
        [json_schema.SCHEMAS[nasty.schema]["properties"][nasty.field].get("pattern", ""), nasty.normal, flags]
        for nasty in NASTY_TEXTS
        for flags in ENGINES.values()
        if nasty.normal
    ]
    assert all(evaluate("lib/text.js", "new RegExp(value[0], value[2]).test(value[1])", tries))


def test_no_pattern_needs_a_feature_that_a_dialect_lacks() -> None:
    """Only JavaScript has `\\u{…}`, and `\\d` or `\\w` may match more than ASCII."""
    written = json.dumps(json_schema.SCHEMAS)
    patterns = [json.loads(found) for found in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', written)]
    assert len(patterns) > 5
    for pattern in patterns:
        assert pattern.isascii()
        assert not re.search(r"\\[^us.]|\\u\{|\(\?", pattern), pattern


# Text that the gateway accepts as it is written although it has no normal form. The functions reject the
# order.
PASSES = {
    ("email", "no local part"),
    ("email", "a label of nothing visible"),
    ("email", "Braille blank inside"),
    ("email", "half a surrogate pair"),
    ("email", "noncharacter U+FFFE"),
    ("email", "noncharacter U+FFFF"),
    ("name", "tag letters only"),
    ("name", "half a surrogate pair"),
    ("name", "noncharacter"),
    ("notes", "noncharacter"),
}


def test_the_gateway_refuses_text_without_normal_form_and_mends_no_key() -> None:
    """The gateway sees text as it was written. It refuses some keys that the page would have mended."""
    verdicts = [
        (Draft4Validator(json_schema.SCHEMAS[one.schema]["properties"][one.field]).is_valid(one.text), one)
        for one in NASTY_TEXTS
    ]
    assert {(one.field, one.about) for ok, one in verdicts if ok and one.normal is None} == PASSES
    refused = {one.field for ok, one in verdicts if not ok and one.normal and len(one.text) < 200}
    assert refused == {"email", "sku"}


@pytest.mark.parametrize(
    ("customer", "shown"),
    [
        ({"company": "Harbour Hotel", "name": "Anna"}, "Harbour Hotel"),
        ({"company": "", "name": "Anna"}, "Anna"),
        ({"company": " \u200b", "name": "Anna"}, "Anna"),
        ({"name": "\u200b"}, "a@shop.example"),
        ({}, "a@shop.example"),
    ],
)
def test_a_customer_is_shown_by_the_first_visible_text(customer: dict[str, str], shown: str) -> None:
    customer["email"] = "a@shop.example"
    assert evaluate("lib/format.js", "module.customerName(value)", [customer]) == [shown]
