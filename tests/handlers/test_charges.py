"""Charges of orders: who may add them, what they add up to, and where history, mail and figures name them."""

import json
from typing import Any, cast

import pytest

from lambdas.platform.errors import Fault
from lambdas.shop import mail, pricing
from lambdas.shop.documents import Charge, Order
from tests.handlers.shop import GATEWAY, Json, Reply, Shop, change, message, new_order, order, submission

LINES = [{"sku": "MOP-1", "quantity": 2, "name": "Flat mop", "unitPrice": 1250, "lineTotal": 2500}]
CUSTOMER = {"name": "Ann Miller", "email": "ann@example.org"}
DELIVERY: Json = {"kind": "delivery", "amount": 500}
DISCOUNT: Json = {"kind": "discount", "amount": -250, "text": "The last one leaked"}
TROLLEY: Json = {"kind": "other", "amount": 4000, "text": "Used mop trolley"}
ALL = [DELIVERY, DISCOUNT, TROLLEY]

PATH = "/orders/{orderID}"


def judged(charges: list[Json], lines: tuple[str, ...] = ("MOP-1",)) -> tuple[int, dict[str, str]]:
    """Return the total of an order with two of each product, and the faults by path."""
    mop = {"name": "Flat mop", "unit": "each", "unitPrice": 1250, "currency": "GBP", "active": True}
    given = cast(list[Charge], charges)
    items = [{"sku": sku, "quantity": 2} for sku in lines]
    priced, faults = pricing.price(cast(Any, items), cast(Any, {"MOP-1": mop}), "GBP", given)
    return pricing.total(priced, given) if not faults else -1, dict(faults)


def edit(shop: Shop, stored: Json, **content: Any) -> Reply:
    body = {"customer": CUSTOMER, "items": [{"sku": "MOP-1", "quantity": 2}], **content}
    headers = {"If-Match": str(stored["version"])}
    return shop.ask("replace_order", "PUT", PATH, body, headers=headers, orderID=stored["orderID"])


# ---- the judge

TOTALS: list[tuple[list[Json], int]] = [
    ([], 2500),
    ([{"kind": "delivery", "amount": 0}], 2500),
    ([{"kind": "other", "amount": 0, "text": "Sample"}], 2500),
    ([DELIVERY], 3000),
    ([DELIVERY, DELIVERY], 3500),
    (ALL, 6750),
    ([{"kind": "discount", "amount": -2500}], 0),
    ([{"kind": "discount", "amount": -3000}, DELIVERY], 0),
    ([{"kind": "delivery", "amount": 10_000_000}], 10_002_500),
]


@pytest.mark.parametrize(("charges", "total"), TOTALS)
def test_the_total_is_the_sum_of_lines_and_charges(charges: list[Json], total: int) -> None:
    assert judged(charges) == (total, {})


FAULTS: list[tuple[list[Json], str, str]] = [
    ([{"kind": "delivery", "amount": -1}], "charges[0].amount", "must be at least 0 for delivery, got -1"),
    (
        [DELIVERY, {"kind": "other", "amount": -1, "text": "x"}],
        "charges[1].amount",
        "must be at least 0 for other, got -1",
    ),
    ([{"kind": "discount", "amount": 1}], "charges[0].amount", "must be below 0 for a discount, got 1"),
    ([{"kind": "discount", "amount": 0}], "charges[0].amount", "must be below 0 for a discount, got 0"),
    ([{"kind": "other", "amount": 1}], "charges[0].text", "is required"),
    (
        [{"kind": "discount", "amount": -2501}],
        "charges[0].amount",
        "must not make the total less than zero, which is GBP -0.01",
    ),
    (
        [{"kind": "discount", "amount": -2500}, {"kind": "discount", "amount": -750}, DELIVERY],
        "charges[1].amount",
        "must not make the total less than zero, which is GBP -2.50",
    ),
]


@pytest.mark.parametrize(("charges", "path", "rule"), FAULTS)
def test_a_wrong_sign_text_or_total_is_a_fault(charges: list[Json], path: str, rule: str) -> None:
    assert judged(charges) == (-1, {path: rule})


def test_faults_of_lines_and_charges_are_found_together() -> None:
    """Without the price of each line, nobody knows the total."""
    _, faults = judged([{"kind": "discount", "amount": 1}], ("MOP-1", "GONE"))
    assert list(faults) == ["items[1].sku", "charges[0].amount"]
    _, faults = judged([{"kind": "discount", "amount": -10_000_000}], ("GONE",))
    assert list(faults) == ["items[0].sku"]


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (500, "GBP", ("GBP 5.00", "£5.00")),
        (-629, "GBP", ("GBP -6.29", "-£6.29")),
        (-5, "GBP", ("GBP -0.05", "-£0.05")),
        (-123456, "CHF", ("CHF -1,234.56", "-CHF 1,234.56")),
        (-1200, "JPY", ("JPY -1,200", "-JPY 1,200")),
    ],
)
def test_amounts_below_zero_are_written_with_one_sign(
    amount: int, currency: str, written: tuple[str, str]
) -> None:
    assert (pricing.format_amount(amount, currency), pricing.short_amount(amount, currency)) == written


# ---- orders as they are sent


@pytest.mark.store
def test_an_order_of_staff_has_its_charges_and_their_sum(shop: Shop) -> None:
    stored = shop.place(order(charges=ALL))
    lines = 2 * 1250 + 899
    assert (stored["status"], stored["charges"], stored["chargeTotal"]) == ("placed", ALL, 4250)
    assert (stored["total"], stored["lineCount"]) == (lines + 4250, 2)


@pytest.mark.store
def test_the_history_of_a_placed_order_names_its_charges(shop: Shop) -> None:
    (entry,) = shop.place(order(charges=[*ALL, DELIVERY]))["history"]
    assert entry["by"] == "staff@shop.example"
    assert entry["changes"] == [
        {"field": "Delivery", "to": "£5.00 + £5.00"},
        {"field": "The last one leaked (discount)", "to": "-£2.50"},
        {"field": "Used mop trolley (no SKU)", "to": "£40.00"},
    ]


@pytest.mark.store
@pytest.mark.parametrize("charges", [[], None])
def test_an_order_without_charges_is_stored_as_before(shop: Shop, charges: list[Json] | None) -> None:
    stored = shop.place(order() if charges is None else order(charges=charges))
    assert not stored.keys() & {"charges", "chargeTotal"}
    assert set(stored["history"][0]) == {"at", "by", "sub", "event", "to"}


@pytest.mark.store
@pytest.mark.parametrize(("charges", "path", "rule"), FAULTS[:4])
def test_an_order_with_a_faulty_charge_is_rejected(
    shop: Shop, charges: list[Json], path: str, rule: str
) -> None:
    stored = shop.place(order(charges=charges))
    assert (stored["status"], stored["total"]) == ("rejected", 0)
    assert stored["rejectionReasons"] == [{"path": path, "message": rule}]
    assert stored["charges"] == charges, "whoever puts the order right needs them"
    assert "chargeTotal" not in stored


@pytest.mark.store
@pytest.mark.parametrize(
    ("charge", "path"),
    [
        ({"kind": "tip", "amount": 1}, "charges[1].kind"),
        ({"kind": "delivery", "amount": 10_000_001}, "charges[1].amount"),
        ({"kind": "discount", "amount": -10_000_001}, "charges[1].amount"),
        ({"kind": "delivery", "amount": 1.5}, "charges[1].amount"),
        ({"kind": "delivery"}, "charges[1].amount"),
        ({"kind": "other", "amount": 1, "text": "\u200b"}, "charges[1].text"),
        ({"kind": "other", "amount": 1, "text": "x" * 121}, "charges[1].text"),
    ],
)
def test_a_charge_that_breaks_a_rule_rejects_the_order(shop: Shop, charge: Json, path: str) -> None:
    stored = shop.place(order(charges=[DELIVERY, charge]))
    assert [reason["path"] for reason in stored["rejectionReasons"]] == [path]


@pytest.mark.store
def test_more_than_twenty_charges_reject_the_order(shop: Shop) -> None:
    stored = shop.place(order(charges=[DELIVERY] * 20))
    assert (stored["status"], stored["chargeTotal"]) == ("placed", 10_000)
    (reason,) = shop.place(order(charges=[DELIVERY] * 21))["rejectionReasons"]
    assert reason == {"path": "charges", "message": "must have at most 20 entries, got 21"}


@pytest.mark.store
def test_charges_of_an_operators_message_are_rejected(shop: Shop) -> None:
    """Without charges, the same message is an order. Claims of a channel do not help."""
    assert shop.deliver(message(order(charges=[DELIVERY])), message(order(charges=[]))) == []
    forged = message(order(charges=[DISCOUNT]), channel="staff", groups="staff", submittedBy="x@y.example")
    assert shop.deliver(forged) == []
    by_status = {stored["status"]: stored for stored in shop.orders().values()}
    assert by_status["rejected"]["rejectionReasons"] == [
        {"path": "charges", "message": "can be added by staff only"}
    ]
    assert sorted(stored["status"] for stored in shop.orders().values()) == ["placed", "rejected", "rejected"]


@pytest.mark.store
def test_charges_of_another_channel_are_rejected(shop: Shop) -> None:
    sent = message(order(charges=[DELIVERY]), sender=GATEWAY, channel="machine")
    assert shop.deliver(sent) == []
    (stored,) = shop.orders().values()
    assert (stored["channel"], stored["status"]) == ("machine", "rejected")


@pytest.mark.store
def test_a_redelivered_order_is_stored_once_with_its_charges(shop: Shop) -> None:
    sent = order(charges=[DISCOUNT, {"kind": "delivery", "amount": 500, "text": ""}])
    stored = shop.place(sent)
    again = {
        **sent,
        "charges": [{"text": " The last one leaked ", "amount": -250, "kind": "discount"}, DELIVERY],
    }
    assert shop.deliver(submission(json.dumps(again))) == []
    assert (shop.orders()[sent["orderID"]], shop.letters()) == (stored, [])
    dearer = {**sent, "charges": [DELIVERY]}
    assert shop.deliver(submission(dearer)) == []
    assert len(shop.letters()) == 1, "the same ID with another discount is another order"


# ---- edits


@pytest.mark.store
def test_an_edit_replaces_the_charges_and_says_so(shop: Shop) -> None:
    stored = shop.place(order(charges=[DELIVERY, DISCOUNT]))
    dearer = {"kind": "delivery", "amount": 700}
    edited = edit(shop, stored, charges=[dearer, TROLLEY]).json
    assert (edited["total"], edited["charges"]) == (2500 + 4700, [dearer, TROLLEY])
    assert edited["chargeTotal"] == 4700
    assert edited["history"][-1]["changes"][-3:] == [
        {"field": "Delivery", "from": "£5.00", "to": "£7.00"},
        {"field": "The last one leaked (discount)", "from": "-£2.50"},
        {"field": "Used mop trolley (no SKU)", "to": "£40.00"},
    ]


@pytest.mark.store
@pytest.mark.parametrize("content", [{}, {"charges": []}])
def test_an_edit_without_charges_removes_them(shop: Shop, content: Json) -> None:
    edited = edit(shop, shop.place(order(charges=ALL)), **content).json
    assert (edited["total"], edited.keys() & {"charges", "chargeTotal"}) == (2500, set())


@pytest.mark.store
@pytest.mark.parametrize(("charges", "path", "rule"), FAULTS)
def test_an_edit_is_refused_with_the_faults_of_a_new_order(
    shop: Shop, charges: list[Json], path: str, rule: str
) -> None:
    stored = shop.place()
    refused = edit(shop, stored, charges=charges)
    assert (refused.status, refused.fields) == (400, {path: rule})
    assert shop.orders()[stored["orderID"]] == stored


# ---- figures


@pytest.mark.store
def test_figures_equal_the_orders_after_edit_cancel_and_erasure(shop: Shop) -> None:
    def sums() -> tuple[int, int, int]:
        day = {"from": "2010-12-01", "to": "2010-12-01"}
        slots = shop.ask("get_activity", "GET", "/reports/activity", query=day).json["slots"]
        edges = {"edges": "2010-12-01,2010-12-02"}
        (sale,) = shop.ask("get_sales", "GET", "/reports/sales", query=edges).json["sales"]
        names = ("orders", "revenue", "charges")
        assert [sum(slot[name] for slot in slots) for name in names] == [sale[name] for name in names]
        return sale["orders"], sale["revenue"], sale["charges"]

    first, second = (shop.place(order(charges=charges)) for charges in (ALL, [DISCOUNT]))
    for placed in (first, second, first):  # each change counts once
        shop.follow(change(None, placed))
    assert sums() == (2, 2 * 3399 + 4000, 4000)
    edit(shop, first, charges=[DELIVERY])
    edited = shop.orders()[first["orderID"]]
    shop.follow(change(first, edited))
    assert sums() == (2, 3000 + 3399 - 250, 250)
    cancelled = edited | {"status": "cancelled", "version": 3}
    shop.follow(change(edited, cancelled))
    assert sums() == (1, 3399 - 250, -250)
    shop.follow(change(second, {"orderID": second["orderID"], "erasedAt": "2010-12-02T00:00:00.000Z"}))
    assert sums() == (0, 0, 0)


# ---- mail


def test_a_mail_lists_charges_below_the_lines() -> None:
    placed = new_order({"customer": CUSTOMER, "items": LINES, "charges": ALL}, at="2010-12-01T08:26:00.123Z")
    letter = mail.compose(cast(Order, placed), "https://desk.example")
    assert letter.subject.endswith("from Ann Miller: GBP 67.50, 1 line")
    assert letter.body.partition("Lines\n")[2].splitlines()[:7] == [
        "  2 x Flat mop (MOP-1) at GBP 12.50 = GBP 25.00",
        "",
        "Charges",
        "  Delivery = GBP 5.00",
        "  The last one leaked (discount) = GBP -2.50",
        "  Used mop trolley (no SKU) = GBP 40.00",
        "",
    ]


def test_a_rejection_mail_names_the_charge_from_one_on() -> None:
    _, faults = judged([DELIVERY, {"kind": "discount", "amount": 5}])
    reasons = [Fault(*fault) for fault in faults.items()]
    reasons.append(Fault("charges", "can be added by staff only"))
    rejected = new_order({"customer": CUSTOMER, "items": LINES}, reasons, at="2010-12-01T08:26:00.123Z")
    body = mail.compose(cast(Order, rejected), "https://desk.example").body
    assert "  Charge 2: amount must be below 0 for a discount, got 5\n" in body
    assert "  Charges can be added by staff only\n" in body


def test_the_text_of_a_charge_cannot_turn_the_words_of_a_mail() -> None:
    charge = TROLLEY | {"text": "עגלה\u202e\nx"}
    placed = new_order({"customer": CUSTOMER, "items": LINES, "charges": [charge]}, at="2010-12-01T08:26:00Z")
    body = mail.compose(cast(Order, placed), "https://desk.example").body
    assert "  \u2068עגלה x (no SKU)\u2069 = GBP 40.00\n" in body
