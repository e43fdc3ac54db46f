"""Orders with the total that their sender showed: placed at that price or a lower one, rejected above it."""

from typing import Any, cast

import pytest

from lambdas.platform import json_schema
from lambdas.shop import mail
from lambdas.shop.documents import Order
from tests.handlers.shop import (
    ADMIN,
    CATALOG,
    Json,
    Reply,
    Shop,
    change,
    message,
    order,
    product_item,
    submission,
)

SHOWN = 2 * 1250 + 899  # the total of `order()` at the prices of the catalog
PATH = "/orders/{orderID}"


def reprice(shop: Shop, sku: str = "MOP-1", **fields: Any) -> None:
    """Change a product of the catalog. Without a change of its own, each mop costs £1.00 more."""
    shop.put("SHOP_PRODUCTS_TABLE", product_item(sku, CATALOG[sku] | (fields or {"unitPrice": 1350})))


def read(shop: Shop, order_id: str) -> Json:
    return shop.ask("get_order", "GET", PATH, orderID=order_id).json


def reasons(stored: Json) -> dict[str, str]:
    return {reason["path"]: reason["message"] for reason in stored["rejectionReasons"]}


def dearer(agreed: str, total: str) -> dict[str, str]:
    said = f"is {agreed}, but the order comes to {total} at the prices of the catalog"
    return {"agreedTotal": f"{said}: agree on that total with the customer, then send a new order"}


def edit(shop: Shop, stored: Json, **content: Any) -> Reply:
    body = {"customer": order()["customer"], "items": stored["items"], **content}
    body["items"] = [{name: line[name] for name in ("sku", "quantity")} for line in body["items"]]
    headers = {"If-Match": str(stored["version"])}
    return shop.ask("replace_order", "PUT", PATH, body, headers=headers, orderID=stored["orderID"])


# ---- the verdict


@pytest.mark.store
def test_an_order_at_its_agreed_total_is_placed_and_says_it(shop: Shop) -> None:
    stored = shop.place(order(agreedTotal=SHOWN))
    assert (stored["status"], stored["total"]) == ("placed", SHOWN)
    assert read(shop, stored["orderID"])["agreedTotal"] == SHOWN


@pytest.mark.store
def test_an_order_is_placed_at_a_lower_price_than_agreed(shop: Shop) -> None:
    reprice(shop, unitPrice=1000)
    stored = shop.place(order(agreedTotal=SHOWN))
    assert (stored["status"], stored["total"], stored["agreedTotal"]) == ("placed", SHOWN - 500, SHOWN)


@pytest.mark.store
def test_a_dearer_line_is_made_up_for_by_a_cheaper_one(shop: Shop) -> None:
    reprice(shop)
    reprice(shop, "SOAP-5L", unitPrice=699)
    stored = shop.place(order(agreedTotal=SHOWN))
    assert (stored["status"], stored["total"]) == ("placed", SHOWN)


@pytest.mark.store
def test_an_order_that_became_dearer_is_rejected_with_both_totals(shop: Shop) -> None:
    reprice(shop)
    stored = read(shop, shop.place(order(agreedTotal=SHOWN))["orderID"])
    assert (stored["status"], stored["total"], stored["agreedTotal"]) == ("rejected", 0, SHOWN)
    assert reasons(stored) == dearer("GBP 33.99", "GBP 35.99")
    assert [line["unitPrice"] for line in stored["items"]] == [1350, 899], "its page shows the prices of now"


@pytest.mark.store
def test_a_penny_more_than_agreed_rejects_an_order(shop: Shop) -> None:
    assert reasons(shop.place(order(agreedTotal=SHOWN - 1))) == dearer("GBP 33.98", "GBP 33.99")


@pytest.mark.store
def test_an_agreed_total_of_nothing_is_a_total_as_any(shop: Shop) -> None:
    free = shop.place(order(agreedTotal=0, charges=[{"kind": "discount", "amount": -SHOWN}]))
    assert (free["status"], free["total"]) == ("placed", 0)
    assert reasons(shop.place(order(agreedTotal=0))) == dearer("GBP 0.00", "GBP 33.99")


@pytest.mark.store
@pytest.mark.parametrize("send", [submission, message])
def test_an_order_without_an_agreed_total_takes_every_price(shop: Shop, send: Any) -> None:
    """The loader and other programs send none, and neither does an operator."""
    reprice(shop)
    assert shop.deliver(send(order())) == []
    (stored,) = shop.orders().values()
    assert (stored["status"], stored["total"]) == ("placed", SHOWN + 200)
    assert "agreedTotal" not in stored


@pytest.mark.store
def test_an_operators_agreed_total_counts_too(shop: Shop) -> None:
    assert shop.deliver(message(order(agreedTotal=1))) == []
    assert [stored["status"] for stored in shop.orders().values()] == ["rejected"]


@pytest.mark.store
def test_charges_and_discounts_are_part_of_the_agreed_total(shop: Shop) -> None:
    charges = [{"kind": "delivery", "amount": 500}, {"kind": "discount", "amount": -250}]
    assert shop.place(order(agreedTotal=SHOWN + 250, charges=charges))["status"] == "placed"
    reprice(shop, unitPrice=1251)
    late = shop.place(order(agreedTotal=SHOWN + 250, charges=charges))
    assert reasons(late) == dearer("GBP 36.49", "GBP 36.51")
    assert late["charges"] == charges, "whoever sends it again needs them"


@pytest.mark.store
@pytest.mark.parametrize(
    ("sku", "rule"), [("OLD-1", "OLD-1 is no longer sold"), ("GONE-1", "GONE-1 is not in the catalog")]
)
def test_a_product_that_is_not_sold_is_the_only_reason(shop: Shop, sku: str, rule: str) -> None:
    """Nobody knows the total of such an order, so its agreed total is no second reason."""
    reprice(shop)
    items = [{"sku": "MOP-1", "quantity": 2}, {"sku": sku, "quantity": 1}]
    stored = shop.place(order(agreedTotal=1, items=items))
    assert reasons(stored) == {"items[1].sku": rule}


@pytest.mark.store
@pytest.mark.parametrize(
    ("agreed", "rule"),
    [
        (-1, "must be at least 0, got -1"),
        (12.5, "must be a whole number, got 12.5"),
        ("3399", 'must be a whole number, got "3399"'),
        (10**15 + 2 * 10**8 + 1, "must be at most 1000000200000000, got 1000000200000001"),
    ],
)
def test_an_agreed_total_that_breaks_the_schema_rejects_the_order(shop: Shop, agreed: Any, rule: str) -> None:
    assert reasons(shop.place(order(agreedTotal=agreed))) == {"agreedTotal": rule}


def test_no_order_exceeds_the_largest_agreed_total() -> None:
    of = {name: schema["properties"] for name, schema in json_schema.SCHEMAS.items()}
    price, quantity = of["Product"]["unitPrice"]["maximum"], of["Item"]["quantity"]["maximum"]
    charges = of["Order"]["charges"]["maxItems"] * of["Charge"]["amount"]["maximum"]
    most = of["Order"]["items"]["maxItems"] * price * quantity + charges
    assert of["Order"]["agreedTotal"]["maximum"] == most < 2**53


# ---- the same order again


@pytest.mark.store
@pytest.mark.parametrize("later", [1000, 2000])
@pytest.mark.parametrize("verdict", ["placed", "rejected"])
def test_a_redelivery_after_another_price_keeps_the_verdict(shop: Shop, verdict: str, later: int) -> None:
    if verdict == "rejected":
        reprice(shop)
    sent = order(agreedTotal=SHOWN)
    stored = shop.place(sent)
    assert stored["status"] == verdict
    reprice(shop, unitPrice=later)
    assert shop.place(sent) == stored
    assert shop.letters() == []


@pytest.mark.store
@pytest.mark.parametrize("changes", [{"agreedTotal": SHOWN + 1}, {}])
def test_another_agreed_total_under_the_same_id_is_other_content(shop: Shop, changes: Json) -> None:
    sent = order(agreedTotal=SHOWN)
    stored = shop.place(sent)
    assert shop.place(order(sent["orderID"], **changes)) == stored
    assert len(shop.letters()) == 1


# ---- afterwards


@pytest.mark.store
@pytest.mark.parametrize("later", [{"unitPrice": 5000}, {"unitPrice": 1}, {"active": False}])
def test_a_change_of_the_catalog_never_touches_a_placed_order(shop: Shop, later: Json) -> None:
    stored = shop.place(order(agreedTotal=SHOWN))
    reprice(shop, **later)
    content = CATALOG["MOP-1"] | later
    changed = shop.ask("put_product", "PUT", "/products/{sku}", content, claims=ADMIN, sku="MOP-1")
    assert changed.status == 200
    assert shop.orders()[stored["orderID"]] == stored


@pytest.mark.store
def test_an_edit_keeps_the_prices_and_drops_the_agreed_total(shop: Shop) -> None:
    """The lines that were agreed keep their prices, and more of them may cost more than was agreed."""
    stored = shop.place(order(agreedTotal=SHOWN))
    reprice(shop)
    items = [{"sku": "MOP-1", "quantity": 3}, {"sku": "SOAP-5L", "quantity": 1}]
    edited = edit(shop, stored, items=items).json
    assert (edited["status"], edited["total"]) == ("placed", SHOWN + 1250)
    assert "agreedTotal" not in edited
    assert edit(shop, edited, agreedTotal=1).fields == {"agreedTotal": "is not a field that is known here"}


@pytest.mark.store
def test_another_address_keeps_the_agreed_total(shop: Shop) -> None:
    stored = shop.place(order(agreedTotal=SHOWN))
    body = {"details": {"address": "1 Quay"}}
    headers = {"If-Match": "1"}
    moved = shop.ask("move_order", "PATCH", PATH, body, headers=headers, orderID=stored["orderID"])
    assert moved.json["agreedTotal"] == SHOWN


@pytest.mark.store
def test_an_order_that_became_dearer_is_announced_in_plain_words(shop: Shop) -> None:
    reprice(shop)
    stored = shop.place(order(agreedTotal=SHOWN))
    shop.announce(change(None, stored))
    (letter,) = shop.mails()
    assert letter["Subject"].endswith("rejected: Ann Miller (1 reason)")
    assert mail.compose(cast(Order, stored), "https://desk.example").body == letter["Message"]
    assert letter["Message"].partition("Why\n")[2].splitlines()[:5] == [
        "  Agreed total is GBP 33.99, but the order comes to GBP 35.99 at the prices of the catalog:"
        " agree on that total with the customer, then send a new order",
        "",
        "Lines",
        "  2 x Flat mop (MOP-1) at GBP 13.50 = GBP 27.00",
        "  1 x Hand soap, 5 l (SOAP-5L) at GBP 8.99 = GBP 8.99",
    ]
