"""The normal forms of text: every writing of one text becomes one, and nothing invisible is left of it."""

import json
import random
import re
import time
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import json_schema, text
from lambdas.shop import customers, order_journal, order_table, submissions
from lambdas.shop.order_journal import Change
from tests.graph.graph import ROOT
from tests.nasty_texts import NASTY_TEXTS, NastyText

FORMS = [text.line, text.lines, text.key, text.mailbox]
LETTERS = (
    "ab@. \t\r\n\x00\x1c\x85\xad\u0301\u0323\u0341e\u00e9\u0130\u1100\u1161\u11a8\u200b\u200c\u200d\u2011"
    "\u2126\u212b\u2800\u3000\u3002\u3164\ufb01\ufe0f\ufeff\uff20\uff41\U0001d15f\U0001d41a\U0001f3f4"
    "\U000e0067\U000e007f"
)


@pytest.mark.parametrize("nasty", NASTY_TEXTS, ids=lambda nasty: f"{nasty.field}: {nasty.about}")
def test_a_nasty_text_gets_its_normal_form_or_is_refused(nasty: NastyText) -> None:
    document = text.normalise({nasty.field: nasty.text})
    found = document.get(nasty.field, "")
    is_refused = bool(found or nasty.normal is None) and not json_schema.is_valid(
        nasty.schema, nasty.field, found
    )
    assert (None if is_refused else found) == nasty.normal


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("nasty", NASTY_TEXTS, ids=lambda nasty: f"{nasty.field}: {nasty.about}")
def test_a_submitted_order_has_the_normal_form_or_a_fault_at_the_field(nasty: NastyText) -> None:
    customer = {"name": "Ann", "email": "ann@shop.example"}
    item = {"sku": "MOP-1", "quantity": 1}
    place: dict[str, Any] = item if nasty.field == "sku" else customer
    order: dict[str, Any] = {"orderID": str(uuid.UUID(int=0)), "customer": customer, "items": [item]}
    (order if nasty.field == "notes" else place)[nasty.field] = nasty.text
    submission = submissions.read(json.dumps(order))
    path = {"notes": "notes", "sku": "items[0].sku"}.get(nasty.field, f"customer.{nasty.field}")
    assert {fault.path for fault in submission.faults} == (set() if nasty.normal is not None else {path})
    if nasty.normal is not None:
        content: Any = submission.document
        found = {"notes": content, "sku": content["items"][0]}.get(nasty.field, content["customer"])
        assert found.get(nasty.field, "") == nasty.normal


@pytest.mark.parametrize("letter", ["a", "é", "\u20ac", "\U00020000", "\u0130", "\u023a"])
def test_every_key_of_an_index_fits_into_1024_bytes(letter: str) -> None:
    email = f"{letter * 235}@{'x' * 10}.ex"
    assert json_schema.is_valid("Customer", "email", email)
    assert not json_schema.is_valid("Customer", "email", f"x{email}")
    at, order_id = "2010-12-01T08:26:00.123Z", str(uuid.UUID(int=0))
    customer = {"name": letter * 200, "email": email, "company": letter * 200}
    order: Any = {
        "orderID": order_id,
        "createdAt": at,
        "status": "delivered",
        "total": 0,
        "customer": customer,
    }
    keys = order_table.index_keys(order)
    key = keys["customerEmail"]
    journal_key = order_journal.key(Change(None, order | keys | {"version": 1}))
    assert journal_key
    found = [*keys.values(), *customers.index_keys(key, at).values(), *journal_key]
    assert max(len(str(one).encode()) for one in found) <= 1024


@pytest.mark.parametrize("form", FORMS)
def test_the_normal_form_of_a_normal_form_is_the_same(form: Callable[[str], str]) -> None:
    chance = random.Random(form.__name__)
    for _ in range(3000):
        given = "".join(chance.choice(LETTERS) for _ in range(chance.randrange(9)))
        normal = form(given)
        assert form(normal) == normal == unicodedata.normalize("NFC", normal), ascii(given)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.Bell@Shop.Example", "anna.bell@shop.example"),
        ("\u202aanna@shop.example\u202c", "anna@shop.example"),
        ("info@xn--bcher-kva.example", "INFO@B\u00dcCHER.example"),
        ("info@XN--BCHER-KVA.example", "info@bu\u0308cher.example"),
        ("\u212aate@shop.example", "kate@shop.example"),
        ("\u0391\u039d\u039d\u0391\u03a3@shop.example", "\u03b1\u03bd\u03bd\u03b1\u03c2@shop.example"),
    ],
)
def test_two_spellings_of_one_address_are_one_mailbox(one: str, other: str) -> None:
    assert text.mailbox(one) == text.mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strau\u00df@shop.example", "strauss@shop.example"),
        ("jos\u00e9@shop.example", "jose@shop.example"),
        ("\u0131lker@shop.example", "ilker@shop.example"),
        ("anna@xn--.example", "anna@.example"),
        ("anna@xn--shop-.example", "anna@shop.example"),
        ("anna@xn--a-qgn.example", "anna@a\u200b.example"),
    ],
)
def test_addresses_of_different_people_are_different_mailboxes(one: str, other: str) -> None:
    assert text.mailbox(one) != text.mailbox(other)


def test_the_gateway_refuses_names_of_characters_that_are_never_seen() -> None:
    """The pattern of a name has the same characters as the normal form, as far as 16 bits reach."""
    pattern = re.compile(json_schema.SCHEMAS["Customer"]["properties"]["name"]["pattern"])
    assert [
        mark for mark in map(chr, range(0x10000)) if bool(pattern.search(mark)) != bool(text.line(mark))
    ] == []


def test_normalising_a_document_keeps_values_and_drops_empty_details() -> None:
    document = {
        "orderID": "x",
        "customer": {"name": " ", "email": " A@b.c", "company": "\u200b", "phone": "", "address": "1\r\n2"},
        "items": [{"sku": "\ufeffA", "quantity": 1}, None, True, 1.5],
        "notes": " ",
    }
    assert text.normalise(document) == {
        "orderID": "x",
        "customer": {"name": "", "email": "A@b.c", "address": "1\n2"},
        "items": [{"sku": "A", "quantity": 1}, None, True, 1.5],
    }
    assert text.normalise([None, " a "]) == [None, "a"]


def test_every_optional_text_that_may_be_empty_is_dropped_if_it_is() -> None:
    """Otherwise a company of blanks would be an empty company, and a page would show its heading alone."""
    models = json.loads((ROOT / "lambdas/schemas.json").read_text())
    optional = {
        name
        for schema, model in models.items()
        if not schema.startswith("Draft")  # the content of a draft stays as typed
        for name, field in model.get("properties", {}).items()
        if name not in model.get("required", [])
        and field.get("type") == "string"
        and not field.keys() & {"pattern", "enum"}
    }
    assert {"company", "notes", "description"} <= optional
    assert text.normalise(dict.fromkeys(optional, "\u200b ")) == {}
    assert text.normalise({"name": " "}) == {"name": ""}


def test_the_content_of_a_draft_stays_as_typed() -> None:
    content = {"customer": {"name": " Ann\u200b", "company": ""}, "left": "A\t1\n", "notes": " "}
    assert text.normalise({"name": " Ann ", "content": content}) == {"name": "Ann", "content": content}


def test_deeply_nested_documents_are_left_as_they_are() -> None:
    nested: object = " "
    for _ in range(100_000):
        nested = [nested]
    assert text.normalise(nested) is not None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "unit", ["\u200d", "\u0301", " ", "a\u200d", "\U000e0067", "\U0001f3f4\U000e0067", "."]
)
def test_the_time_for_a_long_text_grows_with_its_length_only(form: Callable[[str], str], unit: str) -> None:
    short, long = (min(_seconds(form, f"a{unit * count}a") for _ in range(3)) for count in (2_000, 20_000))
    assert long < 50 * max(short, 0.0005)


def _seconds(form: Callable[[str], str], given: str) -> float:
    started = time.thread_time()
    form(given)
    return time.thread_time() - started


def test_text_longer_than_any_field_is_not_composed() -> None:
    """Python orders the accents of one letter in a time that grows with the square of their number."""
    accents = "e" + "\u0301\u0323" * 100_000
    assert text.normalise({"notes": accents}) == {"notes": accents}
