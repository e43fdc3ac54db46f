"""A product as it is typed, and an edit that meets another one."""

import json
from typing import Any

import pytest

from lambdas.platform.json_schema import SCHEMAS
from lambdas.shop import catalog
from tests.site.deno import evaluate
from tests.site.test_new_prices import CONTENT, PAIL

TYPED = {
    "sku": " pail-02 ",
    "name": " Steel pail\t",
    "category": "Pails",
    "unit": "piece",
    "unitPrice": "£6.49",
    "description": "",
    "active": True,
}


def document(values: dict[str, Any], base: dict[str, Any] | None = None) -> dict[str, Any]:
    expression = "module.documentOf(value.values, value.base, 'GBP')"
    (found,) = evaluate("catalog/typed-product.js", expression, [{"values": values, "base": base}])
    return dict(found)


def faults(content: dict[str, Any], *, is_new: bool = True) -> list[tuple[str, str]]:
    expression = "module.faultsOf(value.content, value.isNew, 'GBP')"
    given = {"content": content, "isNew": is_new}
    (found,) = evaluate("catalog/faults.js", expression, [given])
    return [(fault["path"], fault["message"]) for fault in found]


def test_new_product_has_its_sku_and_texts_in_normal_form() -> None:
    assert document(TYPED) == {
        "sku": "pail-02",
        "name": "Steel pail",
        "category": "Pails",
        "unit": "piece",
        "unitPrice": 649,
        "active": True,
    }
    assert faults(document(TYPED)) == []


def test_edited_product_keeps_what_the_form_does_not_have_and_loses_a_blank_description() -> None:
    (values,) = evaluate("catalog/typed-product.js", "module.valuesOf(value)", [PAIL])
    typed = {name: values[name] for name in TYPED}
    assert typed["unitPrice"] == "6.49"
    assert document(typed, PAIL) == {**CONTENT, "description": "Holds 12 litres."}
    assert document({**typed, "description": " "}, PAIL) == CONTENT
    assert faults(document(typed, PAIL), is_new=False) == []


def test_blank_fields_are_required() -> None:
    blank = dict.fromkeys(TYPED, " ") | {"active": True}
    assert [path for path, _ in faults(document(blank))] == ["sku", "name", "category", "unitPrice", "unit"]


def test_faults_of_a_price_are_in_the_words_of_the_form() -> None:
    assert faults(document({**TYPED, "unitPrice": "6,4,9"})) == [
        ("unitPrice", 'must be an amount such as 5.00, got "6,4,9"')
    ]
    assert faults(document({**TYPED, "unitPrice": "100001"})) == [
        ("unitPrice", "must be at most £100,000.00, got £100,001.00")
    ]


def test_a_stored_product_is_as_asked_if_nothing_differs_that_staff_decide() -> None:
    expression = "module.isAsAsked(value, " + json.dumps(PAIL) + ")"
    described = {**CONTENT, "description": "Holds 12 litres."}
    asked = [described, CONTENT, {**described, "unitPrice": 650}, {**described, "sku": "PAIL-02"}]
    assert evaluate("catalog/products.js", expression, asked) == [True, False, False, False]


def test_fields_that_only_one_of_two_people_changed_are_merged() -> None:
    mine = {**CONTENT, "unitPrice": 700, "name": "Pail"}
    theirs = {**PAIL, "unitPrice": 720, "category": "Buckets", "version": 5}
    theirs.pop("description")
    base = {"base": PAIL, "mine": {**mine, "description": "Holds 12 litres."}, "theirs": theirs}
    (found,) = evaluate(
        "catalog/typed-product.js", "module.merge(value.base, value.mine, value.theirs)", [base]
    )
    assert found["merged"] == {**mine, "category": "Buckets"}
    assert [change["field"] for change in found["taken"]] == ["category", "description"]
    assert found["both"] == [{"field": "unitPrice", "mine": 700, "theirs": 720}]


HAZARDOUS = {
    "packSize": 12,
    "netContent": "2.5 kg",
    "minQuantity": 6,
    "vatClass": "standard",
    "signalWord": "Danger",
    "pictograms": "GHS05, GHS07",
    "hazardStatements": "H314 Causes severe burns.\nP280 Wear protective gloves.\nEUH031 Toxic gas.",
    "ufi": "N1QV-R02N-J00M-WQD5",
}


def test_codes_and_numbers_are_read_as_people_type_them() -> None:
    typed = HAZARDOUS | {
        "packSize": " 12 ",
        "netContent": " 2,50KG",
        "minQuantity": "6",
        "pictograms": "ghs05;ghs07 ",
    }
    statements = " " + str(HAZARDOUS["hazardStatements"]).replace("\n", " \r\n\r\n ") + "\n"
    typed |= {"ufi": "n1qv\u2013r02n-j00m-wqd5", "hazardStatements": statements}
    found = document(TYPED | typed)
    assert {name: found[name] for name in HAZARDOUS} == HAZARDOUS
    assert faults(document(TYPED | HAZARDOUS)) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("P305 + P351 + P338 IF IN EYES: Rinse.", "P305 + P351 + P338 IF IN EYES: Rinse."),
        ("H314 - Causes burns", "H314 - Causes burns"),
        ("\u2022 H314 Burns\n- P280 Gloves\n\uf0b7\tP310 Call", "H314 Burns\nP280 Gloves\nP310 Call"),
        ("1. H302 Harmful\n2) P264 Wash", "H302 Harmful\nP264 Wash"),
        ("h 314 Burns\neuh\xa0066 Dry\np305+p351 if", "H314 Burns\nEUH066 Dry\nP305+P351 if"),
        ("h360Fd May harm\nH350i Inhaled", "H360Fd May harm\nH350i Inhaled"),
        ("H314 Causes burns and eye\ndamage.\nP280 Wear", "H314 Causes burns and eye damage.\nP280 Wear"),
        ("P305 + P351 +\n P338 IF IN EYES", "P305 + P351 + P338 IF IN EYES"),
        ("H314 Verursacht schwere Ver\xe4tzungen.", "H314 Verursacht schwere Ver\xe4tzungen."),
    ],
)
def test_statements_are_read_as_safety_data_sheets_have_them(typed: str, kept: str) -> None:
    found = document(TYPED | {"hazardStatements": typed})
    assert found["hazardStatements"] == kept
    assert faults(found) == []


@pytest.mark.parametrize(
    "typed", ["GHS 05 ghs\xa007", "GHS05/GHS07", "GHS05 + GHS07", "GHS05 und GHS07", "GHS05 and GHS07"]
)
def test_pictograms_are_read_with_any_blanks_and_separators(typed: str) -> None:
    assert document(TYPED | {"pictograms": typed})["pictograms"] == "GHS05, GHS07"


@pytest.mark.parametrize("typed", ["UFI: N1QV-R02N-J00M-WQD5", "ufi n1qv r02n j00m wqd5", "N1QVR02NJ00MWQD5"])
def test_a_ufi_is_read_as_labels_have_it(typed: str) -> None:
    assert document(TYPED | {"ufi": typed})["ufi"] == "N1QV-R02N-J00M-WQD5"


def test_fields_that_are_emptied_are_taken_off_the_product() -> None:
    base = PAIL | HAZARDOUS
    (values,) = evaluate("catalog/typed-product.js", "module.valuesOf(value)", [base])
    typed = {name: values[name] for name in (*TYPED, *HAZARDOUS)}
    assert document(typed, base) == {**CONTENT, "description": "Holds 12 litres.", **HAZARDOUS}
    assert document(typed | dict.fromkeys(HAZARDOUS, ""), base) == {
        **CONTENT,
        "description": "Holds 12 litres.",
    }


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        ("packSize", "0", "must be at least 1, got 0"),
        ("packSize", "a dozen", 'must be a whole number, got "a dozen"'),
        ("netContent", "1,000 ml", "must be the amount in one piece with ml, L, g, kg or m, such as 5 L"),
        ("netContent", "0 L", "must be the amount in one piece"),
        ("netContent", "0.0001 L", "must be the amount in one piece"),
        ("netContent", "6 x 1 L", "must be the amount in one piece"),
        ("minQuantity", "1.5", 'must be a whole number, got "1.5"'),
        ("pictograms", "GHS10", "must be codes of hazard pictograms such as GHS05, GHS07"),
        (
            "hazardStatements",
            "H319 Irritates.\nWear\u200b gloves.",
            "must begin each line with its code, such as H319, got \u201cWear gloves.\u201d",
        ),
        ("hazardStatements", "P280 Gloves. " * 200, "must have at most 2000 characters"),
        ("ufi", "N1QV-R02N-J00M", "must be a UFI"),
    ],
)
def test_faults_of_what_a_product_of_this_trade_has(field: str, text: str, rule: str) -> None:
    ((path, message),) = faults(document(TYPED | {field: text}))
    assert path == field
    assert message.startswith(rule)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Not\xa0toxic, non \u2013\xad toxic, safe\n for  pets", ["not toxic", "safe for pets"]),
        ("A Non\u2011Toxic, eco friendly cleaner", ["non-toxic", "eco friendly"]),
        ("Harmless. 100% safe! Not toxic", ["not toxic", "harmless", "100% safe"]),
        ("Safe for pets and children", ["safe for pets"]),
        ("Child-safe cap. Toxic to fish. Keep in a safe place.", []),
    ],
)
def test_claims_of_a_dangerous_product_are_found(text: str, claims: list[str]) -> None:
    found = [
        evaluate(
            "catalog/claims.js",
            "module.forbiddenClaims(value)",
            [{"name": "X", "description": text} | hazard],
        )
        for hazard in ({"signalWord": "Warning"}, {"ufi": "N1QV-R02N-J00M-WQD5"}, {"ufi": " "})
    ]
    assert found == [[claims], [claims], [[]]]


def test_every_field_of_the_schema_has_a_name_in_words() -> None:
    (labels,) = evaluate("catalog/words.js", "Object.keys(module.LABELS)", [None])
    assert set(labels) == set(catalog.CONTENT)
    assert set(catalog.CONTENT) == SCHEMAS["Product"]["properties"].keys() - {"sku"}
