"""The schema validator, compared with the jsonschema package, and the rules that are stricter there."""

import copy
import json
import random
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft4Validator

from lambdas.platform import json_schema

PRODUCT: dict[str, Any] = {
    "sku": "A",
    "name": "Mop",
    "category": "Mops",
    "unitPrice": 0,
    "currency": "GBP",
    "unit": "each",
    "active": False,
    "description": "",
}
SAMPLES: dict[str, Any] = {
    "Order": {
        "orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11",
        "customer": {"name": "Ann", "email": "ann@example.org", "company": "", "phone": "1", "address": "x"},
        "items": [{"sku": "A-1", "quantity": 1}, {"sku": "B", "quantity": 100_000}],
        "charges": [
            {"kind": "delivery", "amount": 0},
            {"kind": "other", "text": "Mop", "amount": 10_000_000},
        ],
        "reference": "r" * 64,
        "notes": "n",
        "collection": True,
        "agreedTotal": 1_000_000_200_000_000,
    },
    "CustomerOrder": {
        "orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11",
        "customer": {"company": "", "phone": "1", "address": "x"},
        "items": [{"sku": "A-1", "quantity": 1}],
        "reference": "r" * 64,
        "notes": "n",
        "collection": False,
        "agreedTotal": 0,
    },
    "DeliverTo": {"company": "x", "phone": "1", "address": "x"},
    "CartContent": {
        "lines": [{"sku": "A", "quantity": 100_000, "ticked": True, "name": "", "unitPrice": 10_000_000}],
        "order": {
            "orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11",
            "items": [{"sku": "A", "quantity": 1}],
            "agreedTotal": 1,
        },
    },
    "CartLine": {"sku": "A", "quantity": 1, "ticked": False, "name": "Mop", "unitPrice": 0},
    "SavedLists": {"lists": [{"name": "Weekly", "lines": [{"sku": "A", "quantity": 1, "name": "Mop"}]}] * 50},
    "SavedList": {"name": "Weekly", "lines": [{"sku": "A", "quantity": 1, "name": "Mop"}] * 200},
    "ListLine": {"sku": "A", "quantity": 1, "name": "Mop"},
    "AddressBook": {"addresses": [{"name": "Kitchen", "address": "1 Quay"}] * 20},
    "BookedAddress": {"name": "Kitchen", "company": "x", "phone": "1", "address": "1 Quay"},
    "OrderEdit": {
        "customer": {"name": "A", "email": "a@b.c"},
        "items": [{"sku": "A", "quantity": 2}],
        "charges": [{"kind": "discount", "amount": -10_000_000}],
        "reference": "PO-7",
    },
    "Charge": {"kind": "discount", "text": "t" * 120, "amount": -1},
    "Customer": {"name": "Ann", "email": "ann@example.org", "company": "x"},
    "Item": {"sku": "A", "quantity": 3},
    "OrderChange": {"status": "packed", "note": "n", "comment": "c"},
    "OtherCustomer": {"email": "ann@example.org"},
    "CustomerChange": {"note": "pays late"},
    "Erasure": {"reason": "asked on the phone", "dryRun": True, "discardDeadLetters": True, "cursor": "c"},
    "Invitation": {"email": "ann@example.org", "group": "staff"},
    "PersonChange": {"groups": ["staff", "admin"], "enabled": False},
    "NewShop": {"name": "Web shop"},
    "WebhookAddress": {"url": "https://shop.example/events", "state": "off"},
    "ShopChange": {"name": "Zoë’s & Co", "state": "disabled"},
    "Settlement": {"replacedBy": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11", "undone": True},
    "Labels": {"tags": ["rush"], "assignee": "Bob"},
    "DeliveryDetails": {"address": "x", "phone": "", "notes": "n"},
    "Draft": {"name": "Hotel", "content": {"customer": {}, "items": []}},
    "DraftContent": {
        "customer": {"name": " Ann", "email": "ann@"},
        "filled": {"name": ""},
        "items": [{"sku": "A", "quantity": "2x", "name": "Mop", "unit": "each", "unitPrice": 1}],
        "charges": [{"kind": "other", "text": "", "amount": "?"}],
        "reference": "r",
        "notes": "n",
        "left": "A\t1\n",
        "replaces": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11",
    },
    "DraftCustomer": {"name": "", "email": "", "company": "", "phone": "", "address": ""},
    "DraftCharge": {"kind": "discount", "text": "", "amount": "10 %"},
    "DraftLine": {"sku": "A", "quantity": "", "currency": "GBP"},
    "MailAgain": {"event": "placed"},
    "Redrive": {"body": {"orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"}, "note": "n"},
    "Product": PRODUCT,
    "NewProduct": PRODUCT,
    "ProductFile": {"kind": "image", "contentType": "image/png", "size": 10_000_000, "sha256": "0" * 64},
    "ProductBatch": {
        "dryRun": True,
        "items": [PRODUCT, None, "x"],
        "expected": [[{"field": "name"}], [], []],
    },
}
STRANGE_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 100_000, 100_001, 10_000_001, 10**40, 1.0, Decimal("1.0"), Decimal("2.5"),
    "", " ", "a", "a@b.c", "a b@c.d", "é" * 200, "🧹" * 200, "x" * 201, "x" * 2001, "GBP", "gbp", "packed",
    "-", "x\u00a0", [], [1], {}, {"sku": "A"}, {"sku": "A", "quantity": 1}, {"": 1},
    [{"sku": "A", "quantity": 1}] * 1001,
]  # fmt: skip
FIELDS = ["orderID", "customer", "items", "notes", "name", "email", "sku", "quantity", "status", "note", "x"]


def _change_randomly(document: Any, chance: random.Random) -> Any:
    """Return the document with one random value replaced, added or removed."""
    if isinstance(document, list) and document and chance.random() < 0.7:
        index = chance.randrange(len(document))
        return [*document[:index], _change_randomly(document[index], chance), *document[index + 1 :]]
    if not isinstance(document, dict) or chance.random() < 0.1:
        return copy.deepcopy(chance.choice(STRANGE_VALUES))
    field = chance.choice([*document, chance.choice(FIELDS)])
    if field in document and chance.random() < 0.3:
        return {name: value for name, value in document.items() if name != field}
    return document | {field: _change_randomly(document.get(field), chance)}


def _documents(seed: int, count: int) -> Iterator[tuple[str, Any]]:
    chance = random.Random(seed)
    for _ in range(count):
        name = chance.choice(list(SAMPLES))
        document = SAMPLES[name]
        for _ in range(chance.randrange(4)):
            document = _change_randomly(document, chance)
        yield name, document


def _paths(error: Any) -> Iterator[str]:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    if error.validator == "required":
        yield from (
            f"{path}.{name}" for name in error.validator_value if f"'{name}' is a req" in error.message
        )
    elif error.validator == "additionalProperties":
        others = error.instance.keys() - error.schema["properties"].keys()
        yield from (f"{path}.{name}" if name else f'{path}.""' for name in others)
    else:
        yield path


@pytest.mark.parametrize("seed", range(8))
def test_the_validator_finds_the_same_faults_as_the_jsonschema_package(seed: int) -> None:
    validators = {
        name: Draft4Validator(
            {"$ref": f"#/components/schemas/{name}", "components": {"schemas": json_schema.SCHEMAS}}
        )
        for name in SAMPLES
    }
    verdicts = []
    for name, document in _documents(seed, 500):
        expected = {
            path.removeprefix(".")
            for error in validators[name].iter_errors(document)
            for path in _paths(error)
        }
        found = {fault.path for fault in json_schema.faults(name, document)}
        assert found == expected, (name, document)
        verdicts.append(not expected)
    assert 50 < sum(verdicts) < 450  # many documents are valid and many are not


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_document_is_valid(name: str) -> None:
    assert list(json_schema.faults(name, SAMPLES[name])) == []


def test_every_schema_is_draft_4_and_has_a_sample() -> None:
    assert json_schema.SCHEMAS.keys() == SAMPLES.keys()
    for schema in json_schema.SCHEMAS.values():
        Draft4Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "object", "anyOf": []}, "anyOf"),
        ({"type": "string", "format": "email"}, "format"),
        ({"type": "number"}, "number"),
        ({"type": "object", "properties": {"a": {"oneOf": []}}}, "X.a"),
        ({"type": "array", "items": {"minimum": 1, "exclusiveMinimum": True}}, "exclusiveMinimum"),
        ({"$ref": "#/components/schemas/Nothing"}, "Nothing"),
        ({"$ref": "#/components/schemas/X", "maxLength": 3}, "alone"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "additionalProperties"),
    ],
)
def test_a_schema_with_an_unsupported_keyword_cannot_be_loaded(schema: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        json_schema.load(json.dumps({"X": schema}))


def test_every_object_in_the_schemas_forbids_additional_fields() -> None:
    """API Gateway keeps the old `additionalProperties` of a model if an update leaves the key out."""

    def objects(schema: Any) -> Iterator[Any]:
        if schema.get("type") == "object":
            yield schema
        for inner in [*schema.get("properties", {}).values(), schema.get("items")]:
            yield from objects(inner) if inner else ()

    found = [one for schema in json_schema.SCHEMAS.values() for one in objects(schema)]
    assert found
    assert all(one["additionalProperties"] is False for one in found)


@pytest.mark.parametrize(
    ("name", "change", "path", "message"),
    [
        ("Item", {"quantity": 0}, "quantity", "must be at least 1, got 0"),
        ("Item", {"quantity": 100_001}, "quantity", "must be at most 100000, got 100001"),
        ("Item", {"quantity": True}, "quantity", "must be a whole number, got true"),
        ("Item", {"quantity": "3"}, "quantity", 'must be a whole number, got "3"'),
        ("Item", {"quantity": Decimal("1.50")}, "quantity", "must be a whole number, got 1.50"),
        ("Item", {"sku": ["x"]}, "sku", "must be text, got a list of 1"),
        ("Item", {"price": 1}, "price", "is not a field that is known here"),
        ("Customer", {"email": "a@b"}, "email",
         'must be an e-mail address such as name@example.org, got "a@b"'),
        ("Customer", {"name": "x" * 201}, "name", "must have at most 200 characters, got 201"),
        ("Order", {"items": []}, "items", "must have at least 1 entry, got 0"),
        ("Order", {"customer": {}}, "customer.name", "is required"),
        ("OrderChange", {"status": "lost"}, "status", "must be one of placed, packed, shipped, "
         'delivered, cancelled, rejected, got "lost"'),
    ],
)  # fmt: skip
def test_a_fault_names_field_rule_and_value(name: str, change: Any, path: str, message: str) -> None:
    faults = {fault.path: fault.message for fault in json_schema.faults(name, SAMPLES[name] | change)}
    assert faults[path] == message


def _patterns(schema: Any) -> Iterator[str]:
    if "pattern" in schema:
        yield schema["pattern"]
    for inner in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        yield from _patterns(inner)


PATTERNS = sorted({one for schema in json_schema.SCHEMAS.values() for one in _patterns(schema)})


@pytest.mark.parametrize("unit", ["a", ".", "a.", "@", "a@", "@a.", " ", "-", "\u0300", "0-", "A.\n"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_time_of_a_pattern_does_not_grow_with_the_square_of_the_text(pattern: str, unit: str) -> None:
    """The gateway has its own validator, so the pattern itself has to be linear."""
    texts = [f"a@{unit * (count // len(unit))} " for count in (2_000, 20_000)]
    short, long = (min(_seconds(pattern, text) for _ in range(3)) for text in texts)
    assert long < 50 * max(short, 0.0005)


def _seconds(pattern: str, text: str) -> float:
    started = time.thread_time()
    re.search(pattern, text)
    return time.thread_time() - started


def test_text_that_is_too_long_never_reaches_a_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_schema, "_matches", lambda _pattern, text: len(text) <= 249)
    (fault,) = json_schema.faults("Customer", SAMPLES["Customer"] | {"email": "a@b." * 15_000})
    assert fault == ("email", "must have at most 249 characters, got 60000")


@pytest.mark.parametrize("value", ["A-1\n", "A-1\n\n", "\nA-1"])
def test_a_pattern_does_not_match_a_trailing_line_break(value: str) -> None:
    """In Python `$` also matches before a final line break; in JavaScript and API Gateway it does not."""
    assert not json_schema.is_valid("Item", "sku", value)


@pytest.mark.parametrize("json_text", ['"\\ud83e"', '"\\udfff"', '"\\ufffe"', '"\\uffff"'])
def test_text_with_half_surrogates_or_noncharacters_is_invalid(json_text: str) -> None:
    """JSON can contain half a surrogate pair, and SQS refuses two noncharacters."""
    text = json.loads(json_text)
    (fault,) = json_schema.faults("Order", SAMPLES["Order"] | {"notes": text})
    assert fault.path == "notes"
    fault.message.encode()


def test_an_unknown_field_name_is_shortened_and_printable() -> None:
    (fault,) = json_schema.faults("Item", SAMPLES["Item"] | {"\ud83e\n" + "x" * 500: 1})
    assert fault.path.isprintable()
    assert len(fault.path) < 80


def test_a_field_outside_the_schema_is_never_valid() -> None:
    assert not json_schema.is_valid("Item", "price", 1)
