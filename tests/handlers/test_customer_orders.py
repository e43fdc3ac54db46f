"""Orders of customers of the storefront, from the queue to the table and the dead letters."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.shop import order_anonymity, pricing
from tests.handlers.customer_calls import OTHER, listed, read, send
from tests.handlers.personal_traces import export, exported
from tests.handlers.shop import (
    ADMIN,
    CATALOG,
    CUSTOMER,
    GATEWAY,
    OPERATOR,
    Json,
    Reply,
    Shop,
    customer_order,
    fault,
    message,
    of_customer,
    order,
    product_item,
    submission,
)
from tests.handlers.test_redrive import mended
from tests.handlers.test_redrive import send as send_again

pytestmark = pytest.mark.store

TOTAL = customer_order()["agreedTotal"]


def test_an_order_of_a_customer_names_its_account_and_channel(shop: Shop) -> None:
    stored = send(shop)
    assert (stored["status"], stored["channel"]) == ("placed", "customer")
    assert (stored["accountID"], stored["submittedBy"]) == (CUSTOMER["sub"], CUSTOMER["email"])
    assert stored["customer"] == {"name": "Ann Miller", "email": "Ann@Example.org"}
    assert (stored["customerEmail"], stored["agreedTotal"]) == ("ann@example.org", TOTAL)
    (entry,) = stored["history"]
    assert (entry["by"], entry["sub"]) == (CUSTOMER["email"], CUSTOMER["sub"])
    assert entry["at"] == stored["createdAt"] == "2010-12-01T08:26:00.123Z"


def test_an_order_keeps_what_the_customer_wrote_beside_the_account(shop: Shop) -> None:
    customer = {"company": "Café Ünal", "phone": "0117 1", "address": "1 Quay\nBristol"}
    texts: Json = {"reference": "PO 17", "notes": "Ring twice", "collection": True}
    stored = send(shop, customer_order(customer=customer, **texts))
    assert stored["customer"] == customer | {"name": "Ann Miller", "email": "Ann@Example.org"}
    assert {name: stored[name] for name in texts} == texts


def test_an_order_that_breaks_the_schema_keeps_what_can_be_read(shop: Shop) -> None:
    texts: Json = {"reference": "PO 17", "notes": "Ring twice", "collection": True}
    stored = send(shop, customer_order(**texts, agreedTotal="much"))
    assert stored["status"] == "rejected"
    assert {name: stored[name] for name in texts} == texts
    assert stored["customer"]["name"] == "Ann Miller"


def test_an_order_that_is_delivered_has_no_mark_of_a_collection(shop: Shop) -> None:
    assert "collection" not in send(shop, customer_order(collection=False))


@pytest.mark.parametrize(
    "forged",
    [
        {"customer": {"name": "Bob Baker", "email": "bob@example.org"}},
        {"customer": {"email": "bob@example.org"}},
        {"customer": {"name": "\u202eBob"}},
    ],
)
def test_name_and_address_of_the_account_replace_those_of_the_body(shop: Shop, forged: Json) -> None:
    """The schema of the gateway refuses them, and nothing depends on that."""
    stored = send(shop, customer_order(**forged))
    assert stored["customer"] == {"name": "Ann Miller", "email": "Ann@Example.org"}


@pytest.mark.parametrize(
    "forged",
    [
        {"accountID": OTHER["sub"]},
        {"channel": "staff"},
        {"submittedBy": "staff@shop.example"},
        {"status": "delivered"},
        {"number": 1},
        {"currency": "JPY"},
        {"total": 1},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_no_other_field_of_a_customers_body_is_taken(shop: Shop, forged: Json) -> None:
    stored = send(shop, customer_order(**forged))
    (field,) = forged
    assert stored["status"] == "rejected"
    assert [one["path"] for one in stored["rejectionReasons"]] == [field]
    assert (stored["accountID"], stored["channel"]) == (CUSTOMER["sub"], "customer")
    assert (stored["submittedBy"], stored["currency"]) == (CUSTOMER["email"], "GBP")
    assert stored["number"] != 1


def reasons(stored: Json) -> dict[str, str]:
    return {one["path"]: one["message"] for one in stored.get("rejectionReasons", [])}


def test_a_customer_can_give_no_discount(shop: Shop) -> None:
    discount = {"kind": "discount", "amount": -1000}
    stored = send(shop, customer_order(charges=[discount], agreedTotal=TOTAL - 1000))
    assert reasons(stored) == {"charges": "can be added by staff only"}


def test_a_customer_cannot_order_below_the_price_of_the_catalog(shop: Shop) -> None:
    stored = send(shop, customer_order(agreedTotal=TOTAL - 1))
    assert stored["status"] == "rejected"
    assert reasons(stored)["agreedTotal"].endswith(pricing.LOOK_AT_PRICES)


def test_a_customers_order_without_an_agreed_total_is_rejected(shop: Shop) -> None:
    submitted = customer_order()
    del submitted["agreedTotal"]
    assert reasons(send(shop, submitted)) == {"agreedTotal": "is required"}


def with_minimum(shop: Shop, least: int) -> None:
    shop.put("SHOP_PRODUCTS_TABLE", product_item("MOP-1", CATALOG["MOP-1"] | {"minQuantity": least}))


def test_a_customer_must_order_the_minimum_quantity_of_a_product(shop: Shop) -> None:
    with_minimum(shop, 3)
    stored = send(shop)
    assert reasons(stored) == {"items[0].quantity": "must be at least 3 of MOP-1, got 2"}
    both = [{"sku": "MOP-1", "quantity": 2}, {"sku": "MOP-1", "quantity": 1}]
    assert send(shop, customer_order(items=both, agreedTotal=3 * 1250))["status"] == "placed"


def test_staff_may_sell_less_than_the_minimum_quantity(shop: Shop) -> None:
    with_minimum(shop, 3)
    assert shop.place()["status"] == "placed"


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"email_verified": "false"}, "the e-mail address of the customer's account must be verified"),
        ({"email_verified": "True "}, "the e-mail address of the customer's account must be verified"),
        ({"name": ""}, "the customer's account must have a name"),
    ],
)
def test_an_account_that_is_not_proved_or_nameless_orders_nothing(
    shop: Shop, claim: Json, reason: str
) -> None:
    assert shop.deliver(of_customer(customer_order(), CUSTOMER | claim)) == []
    assert shop.orders() == {}
    (letter,) = shop.letters()
    assert letter["reason"] == reason


def test_a_message_that_only_claims_to_be_of_a_customer_is_an_operators(shop: Shop) -> None:
    submitted = order()
    sent = of_customer(submitted)["messageAttributes"]
    claims = {name: one["stringValue"] for name, one in sent.items()}
    assert shop.deliver(message(submitted, sender=OPERATOR, **claims)) == []
    stored = shop.orders()[submitted["orderID"]]
    assert (stored["channel"], stored.get("accountID")) == ("operator", None)
    assert read(shop, submitted["orderID"]).status == 404


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë Müller-Łukasiewicz", "Zoë Müller-Łukasiewicz"),
        ("Zoe\u0308", "Zoë"),
        ("محمد علي", "محمد علي"),
        ("  Ann \u202e Miller ", "Ann  Miller"),
    ],
)
def test_a_customers_name_is_stored_in_its_normal_form(shop: Shop, name: str, shown: str) -> None:
    stored = send(shop, claims=CUSTOMER | {"name": name})
    assert stored["customer"]["name"].split() == shown.split()


def test_a_name_that_the_shop_cannot_store_rejects_the_order(shop: Shop) -> None:
    """Cognito takes names of 2,048 characters."""
    stored = send(shop, claims=CUSTOMER | {"name": "x" * 201})
    assert stored["status"] == "rejected"
    assert list(reasons(stored)) == ["customer.name"]
    assert stored["accountID"] == CUSTOMER["sub"]


def test_the_same_order_of_a_customer_twice_is_stored_once(shop: Shop) -> None:
    submitted = customer_order()
    assert shop.deliver(of_customer(submitted), of_customer(submitted)) == []
    assert shop.deliver(of_customer(submitted)) == []
    assert len(shop.orders()) == 1
    assert shop.letters() == []


def test_a_repeated_order_is_the_same_one_after_the_account_was_renamed(shop: Shop) -> None:
    """A browser may repeat its order with a token that was made in between."""
    submitted = customer_order(customer={"phone": "0117 1"})
    send(shop, submitted)
    renamed = CUSTOMER | {"name": "Ann Baker", "email": "ann@example.org"}
    assert send(shop, submitted, renamed)["customer"]["name"] == "Ann Miller"
    assert shop.letters() == []


def test_another_order_under_the_same_id_is_a_dead_letter(shop: Shop) -> None:
    first = send(shop)
    changed = customer_order(first["orderID"], notes="one more thing")
    assert shop.deliver(of_customer(changed)) == []
    assert shop.orders()[first["orderID"]] == first
    (letter,) = shop.letters()
    assert "with other content" in letter["reason"]


@pytest.mark.parametrize("batch", [True, False])
def test_the_order_of_another_customer_under_the_same_id_changes_and_shows_nothing(
    shop: Shop, batch: bool
) -> None:
    """Also with the very same lines: an order that was accepted is never dropped."""
    submitted = customer_order()
    if batch:
        assert shop.deliver(of_customer(submitted), of_customer(submitted, OTHER)) == []
    else:
        send(shop, submitted)
        assert shop.deliver(of_customer(submitted, OTHER)) == []
    stored = shop.orders()[submitted["orderID"]]
    assert stored["accountID"] == CUSTOMER["sub"]
    assert read(shop, submitted["orderID"], OTHER).status == 404
    (letter,) = shop.letters()
    assert (letter["sub"], letter["name"]) == (OTHER["sub"], OTHER["name"])


def test_an_order_of_staff_with_the_same_content_is_another_one(shop: Shop) -> None:
    submitted = customer_order(customer={"name": "Ann Miller", "email": "Ann@Example.org"})
    send(shop, submitted)
    assert shop.deliver(submission(submitted)) == []
    assert len(shop.letters()) == 1


def test_one_of_two_orders_that_arrive_at_once_is_stored(shop: Shop, break_aws: Callable[..., None]) -> None:
    """The answer of the first write is lost, and SQS delivers the order again."""
    submitted = customer_order()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.new_orders.store", lambda *_: (_ for _ in ()).throw(fault()))
        sent = of_customer(submitted)
        assert shop.deliver(sent) == [sent["messageId"]]
    assert shop.deliver(of_customer(submitted), of_customer(submitted)) == []
    assert len(shop.orders()) == 1


def given_up(shop: Shop, submitted: Json) -> Json:
    """Have an order fail at its last try; return its letter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.order_queue.on_last_try", lambda _message: True)
        patch.setattr("lambdas.shop.new_orders.store", lambda *_: 1 / 0)
        assert shop.deliver(of_customer(submitted)) == []
    (letter,) = shop.keep().values()
    return letter


def show(shop: Shop, letter: Json) -> Json:
    return shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter["id"]).json


def deliver_again(shop: Shop) -> Json:
    """Deliver what was sent again; return the one order."""
    assert shop.deliver(*shop.receive()) == []
    (stored,) = shop.orders().values()
    return stored


def test_a_dead_letter_of_a_customer_shows_the_customer_and_no_fault(shop: Shop) -> None:
    """Its body has no name, and staff have to know whom to call."""
    letter = given_up(shop, customer_order(customer={"phone": "0117 1"}))
    shown = show(shop, letter)
    assert (shown["channel"], shown["customerName"]) == ("customer", "Ann Miller")
    assert shown["submittedBy"] == CUSTOMER["email"]
    assert shown["order"]["customer"] == {"phone": "0117 1", "name": "Ann Miller", "email": "Ann@Example.org"}
    assert shown["faults"] == []


def test_an_order_that_is_sent_again_stays_the_customers(shop: Shop) -> None:
    letter = given_up(shop, customer_order())
    assert send_again(shop, letter).status == 202
    stored = deliver_again(shop)
    assert (stored["status"], stored["channel"]) == ("placed", "customer")
    assert stored["accountID"] == CUSTOMER["sub"]
    assert stored["createdAt"] == "2010-12-01T08:26:00.123Z"
    assert read(shop, stored["orderID"]).status == 200


def test_a_mended_order_stays_the_customers_whatever_the_admin_writes(shop: Shop) -> None:
    """The admin answers for the price and the minimum quantity."""
    with_minimum(shop, 3)
    letter = given_up(shop, customer_order())
    body = order(customer_order()["orderID"], customer={"name": "Bob", "email": "bob@example.org"})
    body |= {"orderID": letter["orderID"], "notes": "as agreed by phone"}
    sent = send_again(shop, letter, body=body)
    assert sent.status == 202, sent.text
    stored = deliver_again(shop)
    assert (stored["status"], stored["accountID"]) == ("placed", CUSTOMER["sub"])
    assert stored["customer"] == {"name": "Ann Miller", "email": "Ann@Example.org"}
    (_, mending) = stored["history"]
    assert [one["field"] for one in mending["changes"]] == ["Notes"]


def test_a_mended_order_needs_no_name_because_the_account_has_it(shop: Shop) -> None:
    letter = given_up(shop, customer_order())
    sent = send_again(shop, letter, body=mended(letter) | {"notes": "as agreed by phone"})
    assert sent.status == 202, sent.text
    assert deliver_again(shop)["customer"]["name"] == "Ann Miller"


def erase(shop: Shop, email: str) -> Reply:
    """Make one call of the erasure, which discards no dead letter."""
    body = {"reason": "asked by letter"}
    return shop.ask("erase_customer", "POST", "/customers/{email}/erasure", body, claims=ADMIN, email=email)


def test_a_letter_that_arrived_after_all_is_no_open_question(shop: Shop) -> None:
    """The order of the letter is known by the fingerprint that the writer stored."""
    submitted = customer_order()
    letter = given_up(shop, submitted)
    send(shop, submitted)
    assert send_again(shop, letter).status == 202
    stored = deliver_again(shop)
    assert stored["version"] == 1
    move(shop, stored, "packed", "shipped")
    assert erase(shop, CUSTOMER["email"]).json["anonymised"] == 1


def test_a_letter_is_about_its_account_whomever_the_body_names(shop: Shop) -> None:
    forged = customer_order(customer={"name": "Bob", "email": OTHER["email"]})
    letter = given_up(shop, forged)
    assert [one["id"] for one in exported(shop, CUSTOMER["email"])["deadLetters"]] == [letter["id"]]
    assert export(shop, OTHER["email"]).status == 404


def test_the_letter_of_an_operator_keeps_no_claims_of_customers(shop: Shop) -> None:
    """SQS takes 10 attributes, and a letter that is sent again has two more."""
    sent = of_customer("no JSON")["messageAttributes"] | submission("")["messageAttributes"]
    claims = {name: one["stringValue"] for name, one in sent.items()}
    assert len(claims) == 7
    assert shop.deliver(message("no JSON", sender=OPERATOR, **claims)) == []
    (letter,) = shop.letters()
    kept = {"channel", "acceptedAt", "submittedBy", "sub", "groups"}
    assert letter.keys() == {*kept, "body", "reason", "sourceMessageId", "seal", "operator"}


def test_the_seal_of_an_earlier_release_still_holds(shop: Shop) -> None:
    """A dead letter may wait for 14 days while a release goes out."""
    from lambdas.shop import order_seal

    claims = {"channel": "staff", "acceptedAt": "1291191960123", "submittedBy": "a@shop.example", "sub": "1"}
    body = json.dumps(order())
    said = [body, *(claims.get(name) for name in ("channel", "acceptedAt", "submittedBy", "sub", "groups"))]
    assert order_seal.with_seal(body, claims)["seal"] == _hmac(said)


def _hmac(said: list[Any]) -> str:
    import hashlib
    import hmac

    from tests.handlers.shop import SETTINGS

    return hmac.new(SETTINGS["SHOP_SEAL_KEY"].encode(), json.dumps(said).encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize("name", ["name", "emailVerified", "sub", "submittedBy"])
def test_a_changed_claim_breaks_the_seal_of_a_customers_letter(shop: Shop, name: str) -> None:
    given_up_as = customer_order()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.order_queue.on_last_try", lambda _message: True)
        patch.setattr("lambdas.shop.new_orders.store", lambda *_: 1 / 0)
        shop.deliver(of_customer(given_up_as))
    (letter,) = shop.letters()
    body = letter.pop("body")
    assert len(letter) <= 10  # as many attributes as SQS takes
    assert shop.deliver(message(body, sender=OPERATOR, **letter | {name: "true "})) == []
    assert [one["channel"] for one in shop.orders().values()] == ["operator"]


def test_an_order_of_the_gateways_role_is_a_customers(shop: Shop) -> None:
    submitted = customer_order()
    sent = of_customer(submitted)
    assert sent["attributes"]["SenderId"] == GATEWAY
    assert shop.deliver(sent) == []
    assert listed(shop).json["orders"][0]["orderID"] == submitted["orderID"]


def move(shop: Shop, stored: Json, *statuses: str) -> None:
    for status in statuses:
        path = {"headers": {"If-Match": "*"}, "orderID": stored["orderID"]}
        moved = shop.ask("move_order", "PATCH", "/orders/{orderID}", {"status": status}, **path)
        assert moved.status == 200


def test_an_anonymised_order_of_a_customer_names_nobody_but_staff(shop: Shop) -> None:
    stored = send(shop)
    move(shop, stored, "packed", "shipped", "delivered")
    assert erase(shop, CUSTOMER["email"]).json["anonymised"] == 1
    after = shop.orders()[stored["orderID"]]
    assert "accountID" not in after
    assert (after["submittedBy"], after["channel"]) == (order_anonymity.NAME, "customer")
    assert [one["by"] for one in after["history"][:2]] == [order_anonymity.NAME, "staff@shop.example"]
    text = json.dumps(after)
    assert CUSTOMER["sub"] not in text
    assert "example.org" not in text


@pytest.mark.parametrize("how", ["transfer", "edit"])
def test_an_order_that_another_customer_gets_leaves_its_account(shop: Shop, how: str) -> None:
    stored = send(shop)
    path = {"claims": ADMIN, "headers": {"If-Match": "*"}, "orderID": stored["orderID"]}
    customer = {"name": "Bob", "email": "bob@example.org"}
    if how == "transfer":
        body: Json = {"customer": {"email": "bob@example.org"}}
        assert shop.ask("move_order", "PATCH", "/orders/{orderID}", body, **path).status == 200
    else:
        body = {"customer": customer, "items": [{"sku": "MOP-1", "quantity": 1}]}
        assert shop.ask("replace_order", "PUT", "/orders/{orderID}", body, **path).status == 200
    assert "accountID" not in shop.orders()[stored["orderID"]]
    assert read(shop, stored["orderID"]).status == 404
    assert listed(shop).json["orders"] == []


def test_an_edit_by_staff_leaves_an_order_in_its_account(shop: Shop) -> None:
    stored = send(shop, customer_order(collection=True))
    path = {"headers": {"If-Match": "*"}, "orderID": stored["orderID"]}
    customer = {"name": "Ann M.", "email": "ann@example.org"}
    body = {"customer": customer, "items": [{"sku": "MOP-1", "quantity": 1}]}
    assert shop.ask("replace_order", "PUT", "/orders/{orderID}", body, **path).status == 200
    shown = read(shop, stored["orderID"]).json
    assert (shown["total"], shown["collection"]) == (1250, True)


def test_staff_do_not_see_the_id_of_the_account(shop: Shop) -> None:
    stored = send(shop)
    shown = shop.ask("get_order", "GET", "/orders/{orderID}", orderID=stored["orderID"])
    assert "accountID" not in shown.json
    assert shown.json["channel"] == "customer"
