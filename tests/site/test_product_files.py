"""The rules for files of a product before they are uploaded, and how the page names them."""

from __future__ import annotations

from typing import Any

import pytest

from lambdas.shop import product_files
from tests.site.deno import evaluate

RULES, NAMES = "catalog/file-rules.js", "catalog/file-names.js"
WORDS, CLAIMS = "catalog/words.js", "catalog/claims.js"
SHEET_FAULT = """(() => {
    const start = Uint8Array.from(value.start, (one) => one.charCodeAt(0));
    try { module.requireSheet(value.size, start); return "" } catch (error) { return error.message }
})()"""


def test_page_and_functions_have_the_same_maximum_sizes() -> None:
    (found,) = evaluate(RULES, "module.MAX_SIZES", [None])
    assert found == {name: kind.max_size for name, kind in product_files.KINDS.items()}


def test_the_long_side_of_an_image_has_at_most_1200_pixels() -> None:
    sizes = [(3000, 2000), (2000, 3000), (1200, 1200), (1201, 1), (40, 30), (5000, 1), (1250, 999)]
    fitted = evaluate(RULES, "Object.values(module.fitted(...value))", sizes)
    assert fitted == [[1200, 800], [800, 1200], [1200, 1200], [1200, 1], [40, 30], [1200, 1], [1200, 959]]


NO_PDF = "must be a PDF, and this file is none"


@pytest.mark.parametrize(
    ("start", "size", "fault"),
    [
        ("%PDF-1.7", 10_000_000, ""),
        ("\xef\xbb\xbf" + " " * 1000 + "%PDF-1.4", 2000, ""),
        (" " * 1024 + "%PDF-1.4", 2000, NO_PDF),
        ("PK\x03\x04", 2000, NO_PDF),
        ("", 0, NO_PDF),
        ("%PDF-1.7", 10_000_001, "must have at most 10 MB, got 10,000,001 bytes"),
    ],
)
def test_a_sheet_is_a_pdf_of_at_most_10_mb(start: str, size: int, fault: str) -> None:
    assert evaluate(RULES, SHEET_FAULT, [{"start": start, "size": size}]) == [fault]


def test_sizes_are_told_in_words() -> None:
    sizes = [1, 1499, 240_100, 999_499, 1_400_000, 10_000_000]
    found = evaluate(RULES, "module.sizeInWords(value)", sizes)
    assert found == ["1 KB", "1 KB", "240 KB", "999 KB", "1.4 MB", "10 MB"]


def test_a_hash_has_two_digits_for_each_byte() -> None:
    assert evaluate(RULES, "module.hex(Uint8Array.from(value).buffer)", [[0, 10, 255]]) == ["000aff"]


def test_a_sheet_is_named_with_what_is_known_of_it() -> None:
    known = [["3", "2026-03-02"], ["", ""], ["3", ""], ["", "2026-03-02"]]
    assert evaluate(NAMES, "module.sheetInWords(...value)", known) == [
        "Safety data sheet, version 3, 2 March 2026 (PDF)",
        "Safety data sheet (PDF)",
        "Safety data sheet, version 3 (PDF)",
        "Safety data sheet, 2 March 2026 (PDF)",
    ]


def test_a_changed_file_is_told_in_words_and_not_by_its_name() -> None:
    one, other, two = "a" * 64 + ".webp", "b" * 64 + ".webp", "c" * 64 + ".pdf"
    changes: list[dict[str, Any]] = [
        {"field": "image", "to": one},
        {"field": "image", "from": one, "to": other},
        {"field": "safetyDataSheet", "from": one},
        {"field": "safetyDataSheetVersion", "from": "1", "to": "2"},
    ]
    assert evaluate(WORDS, "module.changeInWords(value, 'GBP')", changes) == [
        "Image: added",
        "Image: replaced",
        "Safety data sheet: removed",
        "Version of the sheet: 1 → 2",
    ]
    products = [
        ["image", {"image": one, "imageText": "A blue canister"}],
        ["safetyDataSheet", {"image": one, "imageText": "A blue canister"}],
        ["safetyDataSheet", {"safetyDataSheet": two, "safetyDataSheetVersion": "3"}],
    ]
    shown = evaluate(NAMES, "module.fileInWords(...value)", products)
    assert shown == [
        "“A blue canister”",
        "none",
        "Safety data sheet, version 3 (PDF)",
    ]


IMAGE = {"image": "a" * 64 + ".webp", "imageText": "A canister"}
OTHER = {"image": "b" * 64 + ".webp", "imageText": "A bottle"}


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "both"),
    [
        (IMAGE, OTHER, OTHER, []),
        (
            IMAGE | {"imageText": "A blue canister"},
            OTHER,
            IMAGE | {"imageText": "A blue canister"},
            ["image"],
        ),
        (IMAGE | {"imageText": "A blue canister"}, IMAGE, IMAGE | {"imageText": "A blue canister"}, []),
        ({}, OTHER, {}, ["image"]),
        (OTHER, OTHER, OTHER, []),
    ],
)
def test_a_file_never_gets_the_description_of_another(
    mine: dict[str, str], theirs: dict[str, str], merged: dict[str, str], both: list[str]
) -> None:
    """Somebody else has put `theirs` in place of IMAGE meanwhile."""
    (found,) = evaluate(
        "catalog/typed-product.js",
        "module.merge(...value)",
        [[IMAGE, {"name": "x"} | mine, {"name": "x"} | theirs]],
    )
    assert {name: value for name, value in found["merged"].items() if name != "name"} == merged
    assert [one["field"] for one in found["both"]] == both


@pytest.mark.parametrize(
    ("label", "needed"),
    [
        ({"signalWord": "Danger"}, True),
        ({"pictograms": "GHS05"}, True),
        ({"hazardStatements": "P102 Keep out of reach.\nH319 Causes irritation."}, True),
        ({"hazardStatements": "EUH208 Contains limonene."}, True),
        ({"hazardStatements": "P102 Keep out of reach of children."}, False),
        ({"ufi": "N1QV-R02N-J00M-WQD5"}, False),
        ({"hazardStatements": " ", "signalWord": ""}, False),
        ({}, False),
    ],
)
def test_a_classified_product_needs_a_sheet(label: dict[str, str], needed: bool) -> None:
    assert evaluate(CLAIMS, "module.needsSheet(value)", [label]) == [needed]


@pytest.mark.parametrize(
    ("types", "in_field", "taken"),
    [
        (["Files"], True, True),
        (["text/html", "Files"], True, True),
        (["text/plain", "text/html", "Files"], True, False),
        (["text/plain", "text/html", "Files"], False, True),
    ],
)
def test_cells_pasted_into_a_field_are_no_image(types: list[str], in_field: bool, taken: bool) -> None:
    data = {"types": types, "files": [{"type": "text/csv"}, {"type": "image/png"}], "in": in_field}
    found = evaluate(NAMES, "module.pastedImage(value, value.in)?.type ?? null", [data])
    assert found == ["image/png" if taken else None]
