"""The reference of an order: the number that its customer or the sending shop gave it."""

import json
from typing import Any

import pytest

from lambdas.shop import mail
from tests.handlers.order_lists import get, ids
from tests.handlers.shop import MACHINE, Json, Shop, change, of_machine, order, submission

pytestmark = pytest.mark.store

PATH = "/orders/{orderID}"


def place(shop: Shop, **fields: Any) -> Json:
    """Have an order with these fields stored and found by searches; return it."""
    stored = shop.place(order(**fields))
    shop.follow(change(None, stored))
    return stored


def put(shop: Shop, stored: Json, **changes: Any) -> Json:
    edited = {name: stored[name] for name in ("customer", "items")} | changes
    edited["items"] = [{"sku": one["sku"], "quantity": one["quantity"]} for one in edited["items"]]
    reply = shop.ask(
        "replace_order", "PUT", PATH, edited, headers={"If-Match": "*"}, orderID=stored["orderID"]
    )
    assert reply.status == 200, reply.text
    return reply.json


@pytest.mark.parametrize("send", [submission, of_machine])
def test_an_order_of_every_channel_keeps_its_reference(shop: Shop, send: object) -> None:
    submitted = order(reference="  PO 4500\t17 ")
    assert callable(send)
    assert shop.deliver(send(submitted)) == []
    assert shop.orders()[submitted["orderID"]]["reference"] == "PO 4500 17"


@pytest.mark.parametrize("query", ["WEB-2026/0815", "web-2026/0815", "0815", "web"])
def test_an_order_is_found_by_its_whole_reference_and_by_parts(shop: Shop, query: str) -> None:
    place(shop)
    wanted = place(shop, reference="WEB-2026/0815")
    (listed,) = get(shop, q=query).json["orders"]
    assert (listed["orderID"], listed["reference"]) == (wanted["orderID"], "WEB-2026/0815")


def test_the_list_of_orders_shows_references(shop: Shop) -> None:
    wanted = place(shop, reference="PO-7")
    listed = get(shop).json["orders"]
    assert (ids(listed), listed[0]["reference"]) == ([wanted["orderID"]], "PO-7")


def test_an_edit_changes_the_reference_and_the_history_says_so(shop: Shop) -> None:
    stored = place(shop, reference="PO-7")
    edited = put(shop, stored, reference="PO-8")
    assert edited["reference"] == "PO-8"
    assert edited["history"][-1]["changes"] == [{"field": "Reference", "from": "PO-7", "to": "PO-8"}]
    assert "reference" not in put(shop, stored, reference=" ")


def test_a_reference_of_several_lines_or_65_letters_is_refused_or_made_one(shop: Shop) -> None:
    longest = place(shop, reference="r" * 64)
    assert len(longest["reference"]) == 64
    assert place(shop, reference="PO\n7")["reference"] == "PO 7"
    rejected = place(shop, reference="r" * 65)
    assert [one["path"] for one in rejected["rejectionReasons"]] == ["reference"]
    assert "reference" not in rejected
    kept = place(shop, reference="PO-9", notes="n" * 2001)
    assert (kept["status"], kept["reference"]) == ("rejected", "PO-9")


def test_the_mail_names_the_reference_under_the_number(shop: Shop) -> None:
    stored = place(shop, reference="PO\u202e-7")
    body = mail.compose(stored, "https://desk.example").body  # type: ignore[arg-type]
    lines = [line for line in body.splitlines() if line.startswith(("Order:", "Reference:", "Customer:"))]
    assert [line.partition(":")[0] for line in lines] == ["Order", "Reference", "Customer"]
    without = mail.compose(place(shop), "https://desk.example").body  # type: ignore[arg-type]
    assert "Reference" not in without


def test_the_shop_that_sent_it_reads_its_own_reference(shop: Shop) -> None:
    submitted = order(reference="WEB-1")
    shop.deliver(of_machine(submitted))
    reply = shop.ask("get_inbox_order", "GET", PATH, claims=MACHINE, orderID=submitted["orderID"])
    assert reply.json["reference"] == "WEB-1"


def test_the_same_order_with_another_reference_is_another_order(shop: Shop) -> None:
    """It is never dropped silently."""
    stored = place(shop, reference="PO-7")
    other = order(stored["orderID"], reference="PO-8")
    assert shop.deliver(submission(other)) == []
    (letter,) = shop.letters()
    assert json.loads(letter["body"])["reference"] == "PO-8"
