"""Rules that exist both in Python and in JavaScript accept the same documents, status steps and searches."""

import json
import random
from typing import Any, cast

import pytest

from lambdas.platform import json_schema, strict_json
from lambdas.platform.errors import BadRequestError
from lambdas.shop import mail, order_status, pricing, search
from lambdas.shop.documents import Charge, Line
from tests.site.deno import evaluate

GOOD = {
    "orderID": "0b5f7d1e-9c1c-4d8e-8a52-6b1f2f0f4c11",
    "customer": {"name": "Maria", "email": "maria@hotel.example", "address": "1 Quay\nPort"},
    "items": [{"sku": "BLE-5L", "quantity": 1}, {"sku": "GLV-M", "quantity": 100000}],
    "charges": [{"kind": "discount", "amount": -1}, {"kind": "other", "text": "Mop", "amount": 10**7}],
    "notes": "Ring twice 🧽",
    "agreedTotal": 10**15,
}
NASTY: list[Any] = [
    None, True, False, 0, -1, 1, 1.5, 100001, 10**15, "", " ", "x", "A" * 58, "A" * 59, "x" * 2001,
    "🧽" * 201, "é" * 300, "maria@hotel", "a@b.c\n", "line\nbreak", "tab\there", "\u2028", "\u00a0", "\u200b",
    "\x7f", "\ud83e", 'quo"te', "back\\slash", "ABC-1", "-ABC", [], {}, [1, [2]], {"a": {"b": 1}}, ["x"] * 3,
    "placed", "PLACED",
]  # fmt: skip
FIELDS = ["sku", "quantity", "extra", "näme", "", "a b", "x" * 41, "new\nline", "name", "🧽"]


def spoil(chance: random.Random, document: Any) -> Any:
    """A copy of a document with one random change: a value replaced, a field added or removed."""
    if isinstance(document, dict) and document and chance.random() < 0.75:
        changed = dict(document)
        name = chance.choice([*document, chance.choice(FIELDS)])
        action = chance.random()
        if action < 0.2:
            changed.pop(name, None)
        elif action < 0.4 or name not in document:
            changed[name] = chance.choice(NASTY)
        else:
            changed[name] = spoil(chance, document[name])
        return changed
    if isinstance(document, list) and document and chance.random() < 0.75:
        index = chance.randrange(len(document))
        return [*document[:index], spoil(chance, document[index]), *document[index + 1 :]]
    return chance.choice(NASTY)


def documents() -> list[tuple[str, Any]]:
    """Pairs of schema name and document: a valid order, every nasty value, many random changes."""
    chance = random.Random("order desk")
    tries: list[tuple[str, Any]] = [("Order", GOOD), ("Order", {**GOOD, "items": [GOOD["items"]] * 1001})]
    tries += [("Order", {**GOOD, "notes": value}) for value in NASTY]
    tries += [("OrderEdit", value) for value in NASTY]
    for _ in range(600):
        document: Any = GOOD
        for _ in range(chance.randint(1, 4)):
            document = spoil(chance, document)
        tries.append(("Order", document))
    tries += [("OrderChange", {"status": value, "note": value}) for value in NASTY]
    tries += [("OrderChange", {"details": value}) for value in NASTY]
    tries += [("OrderChange", {"comment": value}) for value in NASTY]
    tries += [("OrderChange", {"details": {"phone": value, "notes": value}}) for value in NASTY]
    tries += [
        ("Product", {"name": value, "unitPrice": value, "active": value, "currency": value})
        for value in NASTY
    ]
    return tries


def test_page_and_lambda_functions_find_the_same_faults() -> None:
    tries = documents()
    on_the_page = evaluate("lib/json-schema.js", "module.validate(...value)", tries)
    of_the_functions = [
        [fault._asdict() for fault in json_schema.faults(name, strict_json.parse(json.dumps(document)))]
        for name, document in tries
    ]
    assert sum(map(bool, of_the_functions)) > 500
    for (name, document), ours, theirs in zip(tries, on_the_page, of_the_functions, strict=True):
        assert ours == theirs, (name, document)


def test_page_and_lambda_functions_allow_the_same_status_steps() -> None:
    steps = "({ next: module.nextStep, cancellable: module.cancellable })"
    [page] = evaluate("order/status.js", steps, [None])
    offered = {
        status: {step["to"]} | ({"cancelled"} if status in page["cancellable"] else set())
        for status, step in page["next"].items()
    }
    assert offered == {status: set(targets) for status, targets in order_status.NEXT.items() if targets}


def test_page_and_mail_name_a_product_with_the_same_unit() -> None:
    line = {"sku": "MOP", "quantity": 4, "name": "Mop head", "unitPrice": 1995, "lineTotal": 7980}
    lines = [line | {"unit": unit} for unit in ("pack of 5", "box of 6 x 1 L", "each", "EACH", "pair", "")]
    lines.append(line | {"name": "דלי", "unit": "box"})
    named = evaluate("lib/units.js", "module.productOf(value)", [line, *lines])
    assert named == [mail.product_of(cast(Line, one)) for one in (line, *lines)]
    assert named[:2] == ["Mop head", "Mop head, pack of 5"]


CHARGES: list[list[dict[str, Any]]] = [
    [],
    [{"kind": "delivery", "amount": 0}],
    [{"kind": "delivery", "amount": 500}, {"kind": "other", "amount": 4000, "text": "Used mop trolley"}],
    [{"kind": "discount", "amount": -629, "text": "10 % off"}, {"kind": "discount", "amount": -100}],
    [{"kind": "discount", "amount": -6291}],
    [
        {"kind": "discount", "amount": -6292},
        {"kind": "discount", "amount": -1},
        {"kind": "delivery", "amount": 1},
    ],
    [{"kind": "discount", "amount": 0}, {"kind": "delivery", "amount": -1}],
    [{"kind": "other", "amount": -1}],
]


def test_page_and_lambda_functions_name_and_sum_charges_alike() -> None:
    known = "[value.map(module.chargeLabel), module.sumOfCharges(value)]"
    wanted = [
        [list(map(pricing.labelled_charge, charges)), pricing.charge_total(charges)]
        for charges in cast(list[list[Charge]], CHARGES)
    ]
    assert evaluate("lib/charges.js", known, CHARGES) == wanted
    assert wanted[2] == [["Delivery", "Used mop trolley (no SKU)"], 4500]


def test_page_and_lambda_functions_refuse_the_same_charges() -> None:
    paths = 'module.chargeFaults(value, 6291, "GBP").map(({ path }) => path)'
    mop = {"name": "Mop", "unit": "", "unitPrice": 6291, "currency": "GBP", "active": True}
    items, products = cast(Any, [{"sku": "MOP", "quantity": 1}]), cast(Any, {"MOP": mop})
    judged = (pricing.price(items, products, "GBP", cast(list[Charge], charges))[1] for charges in CHARGES)
    refused = [[fault.path for fault in faults] for faults in judged]
    assert evaluate("lib/charges.js", paths, CHARGES) == refused
    assert refused[4:] == [
        [],
        ["charges[1].amount"],
        ["charges[0].amount", "charges[1].amount"],
        ["charges[0].amount", "charges[0].text"],
    ]


@pytest.mark.parametrize("amount", [0, 1, 500, -629, -123456789])
def test_page_and_history_write_amounts_alike(amount: int) -> None:
    written = "module.money(value, 'GBP')"
    assert evaluate("lib/format.js", written, [amount]) == [pricing.short_amount(amount, "GBP")]


@pytest.mark.parametrize(
    ("is_admin", "allowed"), [(False, order_status.PREVIOUS_FOR_STAFF), (True, order_status.PREVIOUS)]
)
def test_page_and_lambda_functions_allow_the_same_steps_back(is_admin: bool, allowed: dict[str, str]) -> None:
    step = f"module.stepBack(value, {{ isAdmin: {str(is_admin).lower()} }}) ?? null"
    targets = evaluate("order/status.js", step, [{"status": status} for status in order_status.NEXT])
    offered = zip(order_status.NEXT, targets, strict=True)
    assert {status: target for status, target in offered if target} == allowed
    erased = [{"status": status, "anonymisedAt": "2026-11-20T09:00:00.000Z"} for status in order_status.NEXT]
    assert not any(evaluate("order/status.js", step, erased))


def test_only_remarks_since_a_version_count_as_no_change() -> None:
    events = ["placed", "commented", "moved", "labelled", "printed"]
    current = {"version": 5, "history": [{"event": event} for event in events]}
    only = f"module.hasOnlyRemarks({{ version: value }}, {json.dumps(current)})"
    assert evaluate("order/status.js", only, [1, 2, 3, 4, 5, 6]) == [False, False, True, True, True, True]


SEARCHES = [
    "", "z", "zz", "J. K.", "J. Ko", "-- .", "a-", "a-b", "_a_", "a_b", "%", "..", "🧽", "🧽🧽", "é",
    "e\u0301", "éa", "½", "①", "中", "中文", "한", "が", "ﬁ", "𝔸", "𝔸b", "1", "12", "'n", "it's", " a ",
    "a\u00a0b", "ك", "कि", "x" * 100, "x" * 101, "xy" + "🧽" * 98, "xy" + "🧽" * 99,
]  # fmt: skip


def is_refused(text: str, kind: str) -> bool:
    """Whether the Lambda functions refuse to search for this text."""
    try:
        search.parse_query(text, kind)
    except BadRequestError:
        return True
    return False


def test_page_and_lambda_functions_refuse_the_same_searches() -> None:
    refused = "[module.unsearchable(value), module.unsearchable(value, 1)].map(Boolean)"
    on_the_page = evaluate("lib/api.js", refused, SEARCHES)
    kinds = (search.ORDER, search.PRODUCT)
    for text, ours in zip(SEARCHES, on_the_page, strict=True):
        assert ours == [is_refused(text, kind) for kind in kinds], text


def test_both_count_the_same_orders_as_sales() -> None:
    found = evaluate("list/sale.js", "module.isSale({ status: value })", order_status.NEXT)
    wanted = [order_status.is_sale(status) for status in order_status.NEXT]
    assert found == wanted
