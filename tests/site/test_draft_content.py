"""The stored content of a parked order, and when two contents count as the same."""

from typing import Any

import pytest

from lambdas.platform import json_schema
from tests.site.deno import evaluate

Json = dict[str, Any]

LINE: Json = {"sku": "MOP-1", "quantity": " 2x", "name": "Flat mop", "unit": "each", "unitPrice": 1250}
VALUES: Json = {
    "customer": {"name": "Hotel Sonne ", "email": "info@"},
    "filled": {"name": "Hotel"},
    "notes": "",
    "items": [{**LINE, "currency": "GBP", "lineTotal": 2500}, {"sku": "SOAP-5L", "quantity": ""}],
    "left": "MOP-1\t3\n",
}
CONTENT: Json = {**VALUES, "items": [{**LINE, "currency": "GBP"}, VALUES["items"][1]]}
REPLACES = "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"


def test_the_content_of_a_draft_is_valid_and_as_it_was_typed() -> None:
    orders = [{"values": VALUES}, {"values": VALUES, "replaces": REPLACES, "links": {"a": "b"}}]
    plain, correction = evaluate("order/draft-content.js", "module.contentOf(value)", orders)
    assert plain == CONTENT
    assert correction == {**CONTENT, "replaces": REPLACES}
    for content in (plain, correction):
        assert list(json_schema.faults("DraftContent", content)) == []


def test_a_stored_draft_becomes_an_order_that_keeps_its_id() -> None:
    draft = {"orderID": "1", "name": "Hotel", "version": 3, "content": {**CONTENT, "replaces": REPLACES}}
    (order,) = evaluate("order/draft-content.js", "module.orderOf(value)", [draft])
    assert order == {
        "stage": "writing",
        "values": CONTENT,
        "safe": draft["content"],
        "parked": {"orderID": "1", "name": "Hotel", "savedName": "Hotel", "version": 3},
        "replaces": REPLACES,
    }


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (CONTENT, True),
        (None, False),
        ({**CONTENT, "customer": {"email": "info@", "name": "Hotel Sonne ", "phone": ""}}, True),
        ({**CONTENT, "customer": {"name": "Hotel Sonne", "email": "info@"}}, False),
        ({**CONTENT, "items": [{**LINE, "name": "Mop", "unitPrice": 1}, CONTENT["items"][1]]}, True),
        ({**CONTENT, "items": [{**LINE, "quantity": "2"}, CONTENT["items"][1]]}, False),
        ({**CONTENT, "items": CONTENT["items"][::-1]}, False),
        ({**CONTENT, "notes": "Ring"}, False),
        ({**CONTENT, "reference": "PO-7"}, False),
        ({**CONTENT, "reference": ""}, True),
        ({**CONTENT, "left": ""}, False),
        ({**CONTENT, "replaces": REPLACES}, False),
        ({**CONTENT, "filled": {}}, True),
    ],
)
def test_contents_are_the_same_if_a_person_typed_the_same(other: Json | None, same: bool) -> None:
    pairs = [[CONTENT, other], [other, CONTENT]]
    assert evaluate("order/draft-content.js", "module.isSameContent(...value)", pairs) == [same, same]


@pytest.mark.parametrize(
    ("customer", "name"),
    [
        ({"name": " Ann Miller ", "company": "Sonne"}, "Ann Miller"),
        ({"name": "  ", "company": "Hotel Sonne"}, "Hotel Sonne"),
        ({"email": "ann@example.org"}, "Unnamed, 10:32"),
        ({"name": "🧽" * 30}, "🧽" * 20),
    ],
)
def test_a_parked_order_is_named_after_its_customer_or_the_time(customer: Json, name: str) -> None:
    expression = 'module.defaultName({ customer: value }, "10:32", 20)'
    assert evaluate("order/draft-content.js", expression, [customer]) == [name]
