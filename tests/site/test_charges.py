"""Charges on the pages: amounts as they are typed, rows of papers and files, differences of versions."""

from typing import Any

import pytest

from tests.site.deno import evaluate

Json = dict[str, Any]

DELIVERY: Json = {"kind": "delivery", "amount": 500}
DISCOUNT: Json = {"kind": "discount", "amount": -629, "text": "The last one leaked"}
TROLLEY: Json = {"kind": "other", "amount": 4000, "text": "Used mop trolley"}
LINE: Json = {"sku": "PAIL-01", "name": "Steel pail", "quantity": 2, "unitPrice": 649, "lineTotal": 1298}
ORDER: Json = {
    "orderID": "a0000000-0000-4000-8000-00000000000a",
    "number": 1042,
    "createdAt": "2026-01-31T09:30:00.000Z",
    "status": "placed",
    "currency": "GBP",
    "customer": {"name": "Maria", "email": "maria@hotel.example"},
    "items": [LINE],
    "charges": [DELIVERY, DISCOUNT, TROLLEY],
    "submittedBy": "staff@shop.example",
}
PLAIN = {name: value for name, value in ORDER.items() if name != "charges"}


# ---- typed amounts

WRITTEN = {
    "5": 500, "5.00": 500, "5.0": 500, "5.": None, "£5": 500, "£ 5.50": 550, "5 £": 500, "GBP 5": 500,
    " 5 ": 500, ".5": 50, "0": 0, "1,000": 100_000, "1,000.50": 100_050, "1000.5": 100_050, "12.34": 1234,
    "": None, " ": None, "£": None, ".": None, "five": None, "5.005": None, "1,00": None, "5,5": None,
    "-5": None, "5-": None, "1e2": None, "0x5": None, "€5": None, "5%": None, "£-5": None, "5.5.5": None,
}  # fmt: skip


def test_amounts_are_understood_as_people_write_them() -> None:
    found = evaluate("lib/amount.js", 'module.amountIn(value, "GBP") ?? null', WRITTEN)
    assert dict(zip(WRITTEN, found, strict=True)) == WRITTEN


def test_amounts_have_no_more_digits_than_their_currency() -> None:
    cases = [["5", "JPY"], ["5.0", "JPY"], ["5.001", "KWD"], ["¥5", "JPY"], ["$5", "USD"], ["US$5", "USD"]]
    found = evaluate("lib/amount.js", "module.amountIn(...value) ?? null", cases)
    assert found == [5, None, 5001, 5, 500, 500]


def test_a_stored_amount_is_typed_as_it_was_understood() -> None:
    cases = [[0, "GBP"], [5, "GBP"], [123_456, "GBP"], [7, "JPY"], [5001, "KWD"]]
    typed = evaluate("lib/amount.js", "module.asTyped(...value)", cases)
    assert typed == ["0.00", "0.05", "1234.56", "7", "5.001"]
    again = [[text, currency] for text, (_, currency) in zip(typed, cases, strict=True)]
    assert evaluate("lib/amount.js", "module.amountIn(...value)", again) == [amount for amount, _ in cases]


AMOUNTS: list[tuple[str, str, int | None, int | None]] = [
    ("delivery", "5", 6291, 500),
    ("delivery", "5", None, 500),
    ("delivery", "10 %", 6291, None),
    ("other", "10%", 6291, None),
    ("delivery", "-5", 6291, None),
    ("discount", "5", 6291, -500),
    ("discount", "-5", 6291, -500),
    ("discount", "\u22125.00", 6291, -500),
    ("discount", "10%", 6291, -629),
    ("discount", "10 %", 6291, -629),
    ("discount", "2.5 %", 6291, -157),
    ("discount", "2,5 %", 6291, -157),
    ("discount", "50 %", 1299, -650),
    ("discount", "100 %", 6291, -6291),
    ("discount", "101 %", 6291, None),
    ("discount", "10 %", None, None),
    ("discount", "0 %", 6291, 0),
    ("discount", "%", 6291, None),
    ("discount", "", 6291, None),
]


def test_a_discount_may_be_a_share_of_the_lines() -> None:
    values = [[{"kind": kind, "amount": amount}, lines] for kind, amount, lines, _ in AMOUNTS]
    found = evaluate(
        "order/amounts.js", 'module.amountOf(value[0], value[1] ?? undefined, "GBP") ?? null', values
    )
    assert found == [amount for *_, amount in AMOUNTS]


def test_lines_have_a_sum_once_every_quantity_is_understood() -> None:
    def line(quantity: str, price: int | None = 649) -> Json:
        return {"quantity": quantity} | ({"unitPrice": price} if price is not None else {})

    cases = [[], [line("2")], [line("2"), line("1,000", 1)], [line("2"), line("x")], [line("2", None)]]
    assert evaluate("order/amounts.js", "module.linesTotal(value) ?? null", cases) == [
        0,
        1298,
        2298,
        None,
        None,
    ]


def test_typed_charges_become_those_of_the_document_and_back() -> None:
    typed = [
        {"kind": "delivery", "text": "", "amount": "5"},
        {"kind": "discount", "text": "Leaked", "amount": "10 %"},
        {"kind": "other", "text": "Trolley", "amount": "£40"},
        {"kind": "other", "text": "", "amount": "forty"},
        {"kind": "other", "text": "", "amount": ""},
    ]
    made = 'module.chargesFor(value, [{ quantity: "2", unitPrice: 649 }], "GBP")'
    [found] = evaluate("order/amounts.js", made, [typed])
    assert found == [
        {"kind": "delivery", "text": "", "amount": 500},
        {"kind": "discount", "text": "Leaked", "amount": -130},
        {"kind": "other", "text": "Trolley", "amount": 4000},
        {"kind": "other", "text": "", "amount": "forty"},
        {"kind": "other", "text": ""},
    ]
    [back] = evaluate("order/amounts.js", 'module.typedCharges(value, "GBP")', [found[:3]])
    assert [one["amount"] for one in back] == ["5.00", "1.30", "40.00"]
    assert evaluate("order/amounts.js", 'module.typedCharges(value, "GBP")', [back]) == [back]


FAULTS: list[tuple[Json, str, str]] = [
    ({"kind": "delivery", "amount": "five"}, "amount", 'must be an amount such as 5.00, got "five"'),
    ({"kind": "delivery"}, "amount", "is required"),
    ({"kind": "delivery", "amount": 10_000_001}, "amount", "must be at most £100,000.00, got £100,000.01"),
    (
        {"kind": "discount", "amount": -10_000_001},
        "amount",
        "must be at least -£100,000.00, got -£100,000.01",
    ),
    ({"kind": "other", "amount": 1}, "text", "is required"),
    (
        {"kind": "discount", "amount": -1299},
        "amount",
        "must not make the total less than zero, which is -£0.01",
    ),
    ({"kind": "discount", "amount": 0}, "amount", "must be more than zero"),
]


def test_faults_of_amounts_are_in_the_words_of_the_form() -> None:
    asked = """module.faultsOf("OrderEdit",
        { customer: { name: "A", email: "a@b.c" }, items: [{ sku: "A", quantity: 2 }], charges: [value] },
        { items: [{ quantity: "2", unitPrice: 649, currency: "GBP" }], left: "" })"""
    found = evaluate("order/form-faults.js", asked, [charge for charge, *_ in FAULTS])
    assert found == [[{"path": f"charges[0].{field}", "message": text}] for _, field, text in FAULTS]


# ---- order page, papers and files


def test_charges_stand_between_the_sum_of_the_lines_and_the_total() -> None:
    unpriced = ORDER | {"items": [LINE, {"sku": "GONE", "quantity": 1}], "charges": [DELIVERY]}
    found = evaluate("lib/charges.js", "module.chargeRows(value)", [ORDER, PLAIN, unpriced])
    assert found[0] == [
        {"name": "Lines", "kind": "", "amount": "£12.98"},
        {"name": "Delivery", "kind": "", "amount": "£5.00"},
        {"name": "The last one leaked", "kind": "discount", "amount": "-£6.29"},
        {"name": "Used mop trolley", "kind": "no SKU", "amount": "£40.00"},
    ]
    assert (found[1], found[2][0]["amount"]) == ([], "–")


def test_only_goods_without_sku_are_packed_and_picked() -> None:
    other = ORDER | {"number": 1043, "charges": [TROLLEY | {"text": "Sample"}, DELIVERY, TROLLEY]}
    goods = "module.goodsWithoutSku(value).map(({ text }) => text)"
    assert evaluate("lib/charges.js", goods, [ORDER, PLAIN, other]) == [
        ["Used mop trolley"],
        [],
        ["Sample", "Used mop trolley"],
    ]
    [picked] = evaluate("list/pick-list.js", "module.pickGoods(value)", [[ORDER, PLAIN, other]])
    assert picked == [
        {"name": "Used mop trolley", "orders": "#1042"},
        {"name": "Sample", "orders": "#1043"},
        {"name": "Used mop trolley", "orders": "#1043"},
    ]


@pytest.mark.parametrize(("status", "sold"), [("placed", 1), ("cancelled", 0)])
def test_a_file_of_lines_has_a_row_for_each_charge(status: str, sold: int) -> None:
    cells = 'module.rowsOf("lines", value).map((row) => row.map((cell) => cell.value).slice(7, 14))'
    [rows, plain] = evaluate("list/columns.js", cells, [ORDER | {"status": status}, PLAIN])
    assert rows[1:] == [
        ["", "Delivery", "", 1, 500, 500, 500 * sold],
        ["", "The last one leaked", "", 1, -629, -629, -629 * sold],
        ["", "Used mop trolley", "", 1, 4000, 4000, 4000 * sold],
    ]
    assert plain == [["PAIL-01", "Steel pail", "", 2, 649, 1298, 1298]]


def test_totals_of_a_changed_price_are_compared_with_their_charges() -> None:
    shown = [{"sku": "PAIL-01", "name": "Steel pail", "quantity": "2", "unitPrice": 600}]
    order = ORDER | {"total": 1298 + 3871, "chargeTotal": 3871}
    assert evaluate("order/catalog-changes.js", "module.catalogChanges(...value)", [[shown, order]]) == [
        ["Steel pail (PAIL-01): price £6.00 → £6.49", "Total: £50.71 → £51.69"]
    ]


def test_reasons_for_a_rejection_name_the_charge() -> None:
    reasons = [
        ({"path": "charges[1].amount", "message": "must be below 0 for a discount, got 5"}, ORDER),
        ({"path": "charges[0].text", "message": "is required"}, ORDER | {"submitted": "{}"}),
        ({"path": "charges", "message": "can be added by staff only"}, ORDER),
    ]
    shown = "(({ where, message }) => `${where} ${message}`)(module.reasonOf(value[1], value[0]))"
    assert evaluate("order/reasons.js", shown, reasons) == [
        "Charge 2, The last one leaked: amount must be below 0 for a discount, got 5",
        "Charge 1: text is required",
        "Charges can be added by staff only",
    ]


# ---- two versions of an order


def test_charges_that_differ_are_shown_by_amount() -> None:
    edited = ORDER | {"charges": [DELIVERY | {"amount": 700}, TROLLEY, TROLLEY]}
    assert evaluate("order/differences.js", "module.changesSince(...value)", [[ORDER, edited]]) == [
        [
            "Delivery: £5.00 → £7.00",
            "Used mop trolley (no SKU): Not on the order → £40.00",
            "The last one leaked (discount): -£6.29 → Not on the order",
        ]
    ]


def test_typed_charges_are_the_stored_ones_if_they_mean_the_same() -> None:
    """A share counts as its amount. A form without charges has removed those that are stored."""
    typed = [
        {"kind": "delivery", "text": " ", "amount": "£5"},
        {"kind": "discount", "text": "The last one leaked ", "amount": "6.29"},
        {"kind": "other", "text": "Used mop trolley", "amount": "40.00"},
    ]
    lines = [LINE | {"quantity": "2", "currency": "GBP"}]
    form = {"customer": ORDER["customer"], "items": lines, "charges": typed}
    share = [typed[0], typed[1] | {"amount": "10 %"}, typed[2]]
    wrong = [typed[0] | {"amount": "five"}, *typed[1:]]
    found = evaluate(
        "order/differences.js",
        "module.differences(value[0], value[1], value[0]).map((one) => [one.label, one.own, one.other])",
        [
            [ORDER, form],
            [ORDER, form | {"charges": share}],
            [ORDER, form | {"charges": wrong}],
            [ORDER, form | {"charges": typed[:2]}],
            [PLAIN, form | {"charges": []}],
        ],
    )
    assert found == [
        [],
        [["The last one leaked (discount)", "-£1.30", "-£6.29"]],
        [["Delivery", "five", "£5.00"]],
        [["Used mop trolley (no SKU)", "", "£40.00"]],
        [],
    ]


def test_a_chosen_charge_is_taken_into_the_merged_order() -> None:
    """Theirs has no delivery but a trolley, mine has a dearer delivery and no trolley."""
    theirs = ORDER | {"charges": [DISCOUNT, TROLLEY]}
    mine = PLAIN | {"charges": [{"kind": "delivery", "text": "", "amount": "7"}, DISCOUNT]}
    merged = """(([base, mine, theirs]) => {
        const merged = { ...theirs };
        for (const { get, set } of module.differences(base, mine, theirs)) set(merged, get(mine), mine);
        return merged.charges;
    })(value)"""
    [charges] = evaluate("order/differences.js", merged, [[ORDER, mine, theirs]])
    assert charges == [DISCOUNT, {"kind": "delivery", "text": "", "amount": "7"}]


def test_a_parked_order_keeps_its_charges_as_typed() -> None:
    typed = [{"kind": "discount", "text": "Leaked", "amount": "10 %"}]
    values = {"customer": {}, "filled": {}, "notes": "", "items": [], "left": ""}
    kept = "module.contentOf({ values: value }).charges ?? null"
    assert evaluate("order/draft-content.js", kept, [values | {"charges": typed}, values]) == [typed, None]
    same = "module.isSameContent(...value)"
    others = [values | {"charges": [typed[0] | {"amount": "11 %"}]}, values, values | {"charges": typed}]
    pairs = [[values | {"charges": typed}, other] for other in others]
    assert evaluate("order/draft-content.js", same, pairs) == [False, False, True]
    assert evaluate("order/draft-content.js", same, [[values, values | {"charges": []}]]) == [True]
