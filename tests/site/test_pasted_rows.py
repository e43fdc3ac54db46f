"""Pasted rows: a quantity is taken only if the row can be read in one way, and every row gets a result."""

import json
from typing import Any

import pytest

from tests.site.deno import evaluate

SEVERAL = "has several numbers, {}: leave only SKU and quantity"
NO_DIGITS = "quantity must be a whole number in digits, got {}"
BEHIND = "has “{}” behind the number {}: leave only SKU and quantity"
PRICE = "has a price, {}: leave only SKU and quantity"
UNREADABLE = "cannot be read, because row 1 has {}"

# A pasted text and its rows, each with the SKU and the quantity or fault.
ROWS: dict[str, list[tuple[str, object]]] = {
    # separators, line ends, quotation marks
    "A-1\t5": [("A-1", 5)],
    "A-1;5\r\nB-2;6\r\n": [("A-1", 5), ("B-2", 6)],
    "A-1, 5\rB-2 ,6": [("A-1", 5), ("B-2", 6)],
    "A-1   5\nB-2\u00a06": [("A-1", 5), ("B-2", 6)],
    '"A-1","5"\n"B ""2""",6': [("A-1", 5), ('B "2"', 6)],
    "A-1;Bleach 5 L;5": [("A-1", 5)],
    "A-1 Bleach 5": [("A-1", 5)],
    "A-1;007": [("A-1", 7)],
    "4711\t24": [("4711", 24)],
    "4711,24": [("4711", 24)],
    "\tA-1\t5\t\t": [("A-1", 5)],
    'A-1\t"Bleach,\n5 L"\t5\nB-2\tx\t6': [("A-1", 5), ("B-2", 6)],
    'A-1;"Bleach; 5 L";5': [("A-1", 5)],
    'A-1;"Tab\there";5': [("A-1", 5)],
    'A-1;"two ""2"" lines\r\nhere";5': [("A-1", 5)],
    # a stray quotation mark takes no other row
    '"A-1;5\nB-2;6': [('"A-1', 5), ("B-2", 6)],
    'A-1;"5\nB-2;"6': [("A-1", NO_DIGITS.format('"5')), ("B-2", NO_DIGITS.format('"6'))],
    'A-1;Pipe 3" wide;5\nB-2;6': [("A-1", 5), ("B-2", 6)],
    'A-1;"5\nB-2;6"': [("A-1", NO_DIGITS.format("5 B-2;6"))],
    # characters that nobody sees, or that look like others
    "\ufeffA-1\u200b\t\u202a5\u202c": [("A-1", 5)],
    "A\u00ad-1\t5": [("A-1", 5)],
    "A\u20131\t5": [("A-1", 5)],
    "\uff21-\uff11\t\uff12\uff14": [("A-1", 24)],
    "A-1;\u0663": [("A-1", NO_DIGITS.format("\u2068\u0663\u2069"))],
    # numbers that can mean something else
    "A-1\t1,200\t24": [("A-1", SEVERAL.format("1,200 and 24"))],
    "A-1\t24\t1,200": [("A-1", SEVERAL.format("24 and 1,200"))],
    "A-1 24 12.50": [("A-1", SEVERAL.format("24 and 12.50"))],
    "A-1 1,200 24": [("A-1", SEVERAL.format("1,200 and 24"))],
    "A-1;24;£3": [("A-1", SEVERAL.format("24 and £3"))],
    "A-1;24;12,50 €": [("A-1", SEVERAL.format("24 and 12,50 €"))],
    "A-1;5;6": [("A-1", SEVERAL.format("5 and 6"))],
    "A-1;10%;6": [("A-1", SEVERAL.format("10% and 6"))],
    "A-1;24;EUR 3": [("A-1", BEHIND.format("EUR 3", "24"))],
    "A-1;-5;6": [("A-1", SEVERAL.format("-5 and 6"))],
    "A-1;1/2;6": [("A-1", SEVERAL.format("1/2 and 6"))],
    "A-1;24pcs;6": [("A-1", SEVERAL.format("24pcs and 6"))],
    "A-1 Bleach 5 L 3": [("A-1", SEVERAL.format("5 and 3"))],
    "1. A-1 24": [("1.", "has two codes, 1. and A-1: leave only SKU and quantity")],
    "A-1 B-2 5": [("A-1", "has two codes, A-1 and B-2: leave only SKU and quantity")],
    "A-1\tOLD-77\t5": [("A-1", "has two codes, A-1 and OLD-77: leave only SKU and quantity")],
    "A-1, B-2 5": [("A-1", NO_DIGITS.format("B-2 5"))],
    "24 A-1 5": [("24", "has two codes, 24 and A-1: leave only SKU and quantity")],
    "A-1 2 dozen": [("A-1", BEHIND.format("dozen", "2"))],
    "A-1\t2\tcartons": [("A-1", BEHIND.format("cartons", "2"))],
    "A-1 24 pcs": [("A-1", BEHIND.format("pcs", "24"))],
    "A-1\t24 pcs": [("A-1", NO_DIGITS.format("24 pcs"))],
    "A-1 GBP 5": [("A-1", PRICE.format("GBP 5"))],
    "A-1 @ 5": [("A-1", PRICE.format("@ 5"))],
    "A-1\tBleach\t£\t5": [("A-1", PRICE.format("£ 5"))],
    "A-1 price: 5": [("A-1", PRICE.format("price: 5"))],
    "A-1 x5": [("A-1", NO_DIGITS.format("x5"))],
    "A-1 1,200": [("A-1", 1200)],
    "A-1\t1.200": [("A-1", NO_DIGITS.format("1.200"))],
    "A-1\t1 200": [("A-1", 1200)],
    "A-1\t1'200": [("A-1", 1200)],
    "A-1;24.0": [("A-1", NO_DIGITS.format("24.0"))],
    "A-1;24,0": [("A-1", NO_DIGITS.format("24,0"))],
    "A-1;1e2": [("A-1", NO_DIGITS.format("1e2"))],
    "A-1;0x10": [("A-1", NO_DIGITS.format("0x10"))],
    "A-1;-5": [("A-1", NO_DIGITS.format("-5"))],
    "A-1;+5": [("A-1", NO_DIGITS.format("+5"))],
    "A-1;£5": [("A-1", NO_DIGITS.format("£5"))],
    "A-1;½": [("A-1", NO_DIGITS.format("½"))],
    "A-1;0": [("A-1", "quantity must be at least 1, got 0")],
    "A-1;100001": [("A-1", "quantity must be at most 100,000, got 100,001")],
    "A-1": [("A-1", "has no quantity")],
    "A-1\t": [("A-1", "has no quantity")],
    # rows of mails
    "- A-1 5\n* B-2 6\n• C-3 7": [("A-1", 5), ("B-2", 6), ("C-3", 7)],
    "Hello,\n\nplease send\nA-1 5\nThank you": [
        ("Hello", "has no quantity"), ("please", NO_DIGITS.format("send")), ("A-1", 5),
        ("Thank", NO_DIGITS.format("you")),
    ],
    "24 x A-1\n24x A-1\n1000 × a-1": [("A-1", 24), ("A-1", 24), ("a-1", 1000)],
    "24 x 4711": [("24", "has two numbers, 24 and 4711: leave only SKU and quantity")],
    "A-1\t5\nTotal\t5": [("A-1", 5), ("Total", 5)],
    # titles
    "\ufeffSKU,Qty\nA-1,5": [("A-1", 5)],
    "Qty\tName\tSKU\n5\tBleach, 5 L\tA-1": [("A-1", 5)],
    "Product code Quantity\nA-1 5": [("A-1", 5)],
    "Qty SKU\n24 4711": [("4711", 24)],
    "Product\tSKU\tQty\nMop\tA-1\t5": [("A-1", 5)],
    "SKU;Amount;Qty\nA-1;1200;24": [("A-1", 24)],
    "SKU;Qty;Amount\nA-1;24;1,200": [("A-1", 24)],
    "Item;Description;Item no.;Price;Quantity (pcs)\nMop;blue;A-1;12.50;24": [("A-1", 24)],
    "Artikel;Artikel-Nr.;Menge\nMopp;A-1;24": [("A-1", 24)],
    "Référence\tDésignation\tQté\nA-1\tBalai\t24": [("A-1", 24)],
    "Código;Producto;Cantidad\nA-1;Fregona;24": [("A-1", 24)],
    "Codice;Prodotto;Quantità\nA-1;Mocio;24": [("A-1", 24)],
    "Indeks;Nazwa;Ilość\nA-1;Mop;24": [("A-1", 24)],
    "Varenr.;Navn;Antal\nA-1;Moppe;24": [("A-1", 24)],
    "Артикул;Название;Кол-во\nA-1;Швабра;24": [("A-1", 24)],
    "品番\t品名\t数量\nA-1\tモップ\t24": [("A-1", 24)],
    'SKU;"Name\nand colour";Qty\nA-1;blue;5': [("A-1", 5)],
    "SKU;Name;Qty\nA-1;Mop; blue;5": [("A-1", "has 4 cells below 3 titles")],
    "SKU;Name;Qty\nA-1;5": [("A-1", "has 2 cells below 3 titles")],
    "SKU;Name;Qty\nA-1 5": [("A-1 5", "has 1 cells below 3 titles")],
    "SKU;Qty;\nA-1;5;\nB-2;6": [("A-1", 5), ("B-2", 6)],
    "SKU;Name;Qty\n;Mop;5": [("", "has no SKU")],
    "SKU;Qty\nA-1;24.0\nB-2;2 pk": [("A-1", NO_DIGITS.format("24.0")), ("B-2", NO_DIGITS.format("2 pk"))],
    "SKU;Price\nA-1;24": [
        ("A-1", UNREADABLE.format("no title for the quantity: write Quantity above that column"))
    ],
    "SKU;Amount\nA-1;24": [
        ("A-1", UNREADABLE.format("no title for the quantity: write Quantity above that column"))
    ],
    "SKU;Menge;Anzahl\nA-1;24;2": [
        ("A-1", UNREADABLE.format("two titles for the quantity, Menge and Anzahl"))
    ],
    "SKU;SKU;Qty\nA-1;B-2;2": [("A-1", UNREADABLE.format("two titles for the SKU, SKU and SKU"))],
    "Name SKU Qty\nMop A-1 5": [
        ("Mop", UNREADABLE.format("titles between blanks: separate all cells by tabs"))
    ],
    "SKU;Qty\nA-1;5\nSKU;Qty\nB-2;6": [("A-1", 5), ("B-2", 6)],
    "SKU;Qty\nA-1;5\nQty;SKU\n6;4711": [
        ("A-1", 5),
        ("Qty", "has other titles than row 1: paste each table on its own"),
        ("6", "is below row 3: paste each table on its own"),
    ],
    "A-1;5\nSKU;Qty\nB-2;6": [("A-1", "is above the titles in row 2"), ("B-2", 6)],
}  # fmt: skip


def parsed(*texts: str) -> list[dict[str, Any]]:
    return evaluate("order/pasted-rows.js", "module.parse(value)", texts)


def test_a_row_is_read_in_the_only_possible_way_or_refused() -> None:
    found = {
        text: [(row["sku"], row.get("quantity", row.get("fault"))) for row in result["rows"]]
        for text, result in zip(ROWS, parsed(*ROWS), strict=True)
    }
    assert found == ROWS


def test_a_row_keeps_the_number_of_its_first_line_and_its_whole_text() -> None:
    text = '\n SKU;Name;Qty\r\nA-1;"Bleach,\n5 L";5;\n\n\u200b\nB-2;;x\t'
    [result] = parsed(text)
    assert (result["titles"]["row"], result["titles"]["text"]) == (2, " SKU;Name;Qty")
    assert [(row["row"], row["text"]) for row in result["rows"]] == [
        (3, 'A-1;"Bleach,\n5 L";5;'),
        (7, "B-2;;x\t"),
    ]


def test_the_unit_of_a_row_is_its_own_or_that_of_the_quantitys_title() -> None:
    head = "SKU\tQty (dozen)\tUnit\n"
    found = parsed("SKU\tQty（boxes）\nA-1\t2", f"{head}A-1\t2\t", f"{head}A-1\t2\tbox", "SKU\tQty\nA-1\t2")
    assert [result["rows"][0].get("unit") for result in found] == ["boxes", "dozen", "box", None]


def test_long_pastes_with_stray_marks_are_read_in_time() -> None:
    quotes, brackets = parsed('"A-1;5\n' * 3000, "SKU\t" + "(" * 300_000 + "\nA-1\t5")
    assert (len(quotes["rows"]), len(brackets["rows"])) == (3000, 1)


PRODUCT = {"sku": "A-1", "name": "Mop", "unit": "box", "unitPrice": 100, "currency": "GBP", "active": True}


@pytest.mark.parametrize(
    ("row", "outcome", "why"),
    [
        ({"sku": "A-1", "quantity": 5, "unit": "Boxes"}, {"product": PRODUCT}, None),
        ({"sku": "A-1", "quantity": 5, "unit": ""}, {"product": PRODUCT}, None),
        (
            {"sku": "A-1", "quantity": 5, "unit": "dozen"},
            {"product": PRODUCT},
            "is sold by box, not by dozen",
        ),
        ({"sku": "A-1", "quantity": 5, "unit": "pcs"}, {"product": PRODUCT}, "is sold by box, not by pcs"),
        ({"sku": "A-1", "quantity": 5, "unit": "pcs"}, {"product": PRODUCT | {"unit": "each"}}, None),
        ({"sku": "A-1", "quantity": 5}, {"unknown": True}, "is not in the catalog"),
        (
            {"sku": "\u041cOP-1", "quantity": 5},
            {"unknown": True},
            "is not in the catalog: \u041c is the character U+041C",
        ),
    ],
)
def test_a_row_in_another_unit_or_alphabet_is_refused_with_the_reason(
    row: dict[str, Any], outcome: dict[str, Any], why: str | None
) -> None:
    judge = f"module.judge([value.row], new Map([[value.row.sku, value.outcome]]), {json.dumps([])})"
    [[result]] = evaluate("order/paste-results.js", judge, [{"row": row, "outcome": outcome}])
    assert (result["state"], result.get("why")) == ("wrong" if why else "good", why)
