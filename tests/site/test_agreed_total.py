"""The agreed total: the sum that the form shows, and the words for an order that became dearer."""

from typing import Any

from tests.site.deno import evaluate

Json = dict[str, Any]

PAIL: Json = {"sku": "PAIL-01", "quantity": 2, "name": "Steel pail", "unitPrice": 600, "lineTotal": 1200}
REASON = {"path": "agreedTotal", "message": "is GBP 10.00, but …"}
REJECTED: Json = {
    "status": "rejected",
    "total": 0,
    "currency": "GBP",
    "agreedTotal": 1000,
    "items": [PAIL],
    "rejectionReasons": [REASON],
}


def test_the_shown_total_has_every_line_and_charge() -> None:
    lines = [{"quantity": "2", "unitPrice": 649}, {"quantity": "1,000", "unitPrice": 1}]
    delivery = {"kind": "delivery", "text": "", "amount": "5"}
    discount = {"kind": "discount", "text": "", "amount": "10 %"}
    free = {"kind": "discount", "text": "", "amount": "100 %"}
    cases: list[Any] = [[[], []], [lines, []], [lines, [delivery, discount]], [lines, [free]]]
    found = evaluate("order/amounts.js", 'module.typedTotal(...value, "GBP")', cases)
    assert found == [{"known": known, "isWhole": True} for known in (0, 2298, 2298 + 500 - 230, 0)]


def test_a_total_is_not_whole_while_a_part_is_not_known() -> None:
    known = {"quantity": "2", "unitPrice": 649}
    charge = {"kind": "delivery", "text": "", "amount": "five"}
    share = {"kind": "discount", "text": "", "amount": "10 %"}
    cases: list[Any] = [
        [[known, {"quantity": "1"}], []],
        [[known, {"quantity": "x", "unitPrice": 1}], []],
        [[known], [charge]],
        [[known, {"quantity": "1"}], [share]],
    ]
    found = evaluate("order/amounts.js", 'module.typedTotal(...value, "GBP")', cases)
    assert found == [{"known": 1298, "isWhole": False}] * 4


def test_a_dearer_order_is_explained_with_both_totals() -> None:
    charges = [{"kind": "delivery", "amount": 500}, {"kind": "discount", "amount": -100}]
    said = "module.riseOf(module.dearer(value))"
    assert evaluate("order/agreed-total.js", said, [REJECTED, REJECTED | {"charges": charges}]) == [
        "Prices rose since you saw them: you saw £10.00, now it is £12.00.",
        "Prices rose since you saw them: you saw £10.00, now it is £16.00.",
    ]


def test_lines_of_a_dearer_order_are_compared_at_the_prices_of_now() -> None:
    shown = [PAIL | {"unitPrice": 500, "quantity": "2"}]
    (dearer,) = evaluate("order/agreed-total.js", "module.dearer(value)", [REJECTED])
    assert evaluate("order/catalog-changes.js", "module.catalogChanges(...value)", [[shown, dearer]]) == [
        ["Steel pail (PAIL-01): price £5.00 → £6.00", "Total: £10.00 → £12.00"]
    ]


def test_other_orders_are_not_dearer_than_agreed() -> None:
    """A broken agreed total is not stored, and an order of an earlier release has no reasons."""
    sold = {"path": "items[0].sku", "message": "PAIL-01 is no longer sold"}
    placed = {name: value for name, value in REJECTED.items() if name != "rejectionReasons"}
    broken = {name: value for name, value in REJECTED.items() if name != "agreedTotal"}
    others = [REJECTED | {"rejectionReasons": [sold]}, placed, broken]
    assert evaluate("order/agreed-total.js", "module.dearer(value) ?? null", others) == [None] * 3


def test_new_prices_leave_only_the_other_reasons_to_put_right() -> None:
    sold = {"path": "items[0].sku", "message": "PAIL-01 is no longer sold"}
    given = [[REASON], [sold, REASON], []]
    assert evaluate("order/agreed-total.js", "module.toPutRight(value)", given) == [[], [sold], []]


def test_lines_take_the_prices_of_the_rejected_order() -> None:
    """A line that the API could not price stays as it is."""
    taken = """(() => {
        let taken;
        const update = (found) => (taken = ["PAIL-01", "GONE"].map((sku) => found(sku) ?? null));
        new module.LineCheck({ update }).takePrices(value);
        return taken;
    })()"""
    rejected = REJECTED | {"items": [PAIL, {"sku": "GONE", "quantity": 1}]}
    [[pail, gone]] = evaluate("order/line-check.js", taken, [rejected])
    assert (pail["product"]["unitPrice"], pail["product"]["currency"], gone) == (600, "GBP", None)
