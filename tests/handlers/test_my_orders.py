"""The orders of a customer's account: read, listed and cancelled by nobody else."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import tables
from lambdas.shop import my_orders
from tests.handlers.customer_calls import OTHER, account, cancel, delete_account, listed, put_cart, read, send
from tests.handlers.shop import (
    ADMIN,
    CUSTOMER,
    MACHINE,
    STAFF,
    Json,
    Reply,
    Shop,
    customer_order,
    fault,
    of_machine,
    order,
)

pytestmark = pytest.mark.store


def patch(shop: Shop, order_id: str, **body: object) -> None:
    headers = {"If-Match": "*"}
    asked = shop.ask("move_order", "PATCH", "/orders/{orderID}", body, headers=headers, orderID=order_id)
    assert asked.status == 200, asked.text


def test_a_customer_reads_what_became_of_the_order(shop: Shop) -> None:
    texts: Json = {"reference": "PO 17", "notes": "Ring twice", "collection": True}
    stored = send(shop, customer_order(**texts))
    reply = read(shop, stored["orderID"])
    assert (reply.status, reply.headers["ETag"]) == (200, '"1"')
    same = ("number", "status", "createdAt", "currency", "items", "total", "lineCount", "agreedTotal", *texts)
    assert {name: reply.json[name] for name in same} == {name: stored[name] for name in same}
    assert reply.json["customer"] == {"name": "Ann Miller", "email": "Ann@Example.org"}
    assert reply.json["steps"] == [{"at": stored["createdAt"], "status": "placed"}]


def test_a_customer_learns_nothing_of_the_people_of_the_shop(shop: Shop) -> None:
    """Names of staff, comments, tags and the assignee are the shop's own, also where a call is refused."""
    stored = send(shop)
    patch(shop, stored["orderID"], comment="Secret comment")
    patch(shop, stored["orderID"], labels={"tags": ["secret tag"], "assignee": "Secret Van"})
    patch(shop, stored["orderID"], printed="slip")
    patch(shop, stored["orderID"], status="packed", note="Secret note")
    replies = [read(shop, stored["orderID"]), listed(shop), cancel(shop, stored["orderID"])]
    assert [reply.status for reply in replies] == [200, 200, 409]
    assert [one["status"] for one in replies[0].json["steps"]] == ["placed", "packed"]
    for reply in replies:
        words = ("ecret", STAFF["email"], CUSTOMER["sub"], "slip", "history")
        assert not [word for word in words if word in reply.text]


def test_a_customer_learns_why_the_order_is_rejected(shop: Shop) -> None:
    stored = send(shop, customer_order(items=[{"sku": "NONE-1", "quantity": 1}]))
    shown = read(shop, stored["orderID"]).json
    assert (shown["status"], shown["rejectionReasons"]) == ("rejected", stored["rejectionReasons"])


def test_the_list_has_the_orders_of_the_account_newest_first(shop: Shop) -> None:
    for claims in (CUSTOMER, OTHER, CUSTOMER, CUSTOMER):
        send(shop, claims=claims)
    shop.place()
    mine = [one for one in shop.orders().values() if one.get("accountID") == CUSTOMER["sub"]]
    keys = sorted((one["listKey"] for one in mine), reverse=True)
    first = listed(shop, limit="2").json
    rest = listed(shop, limit="2", cursor=first["nextCursor"]).json
    assert rest["nextCursor"] is None
    found = [*first["orders"], *rest["orders"]]
    assert [f"{one['createdAt']}#{one['orderID']}" for one in found] == keys
    assert not {"items", "notes", "steps", "accountID"} & found[0].keys()
    assert len(listed(shop, OTHER).json["orders"]) == 1


def test_a_cursor_is_of_one_account_and_one_list(shop: Shop) -> None:
    """Otherwise its position would be taken for one in the own list."""
    for _ in range(2):
        send(shop)
        send(shop, claims=OTHER)
    cursor = listed(shop, limit="1").json["nextCursor"]
    staffs = shop.ask("list_orders", "GET", "/orders", query={"limit": "1"}).json["nextCursor"]
    for claims, other in ((OTHER, cursor), (CUSTOMER, staffs), (CUSTOMER, "x"), (CUSTOMER, cursor + "A")):
        reply = listed(shop, claims, cursor=other)
        assert (reply.status, list(reply.fields)) == (400, ["cursor"])
    refused = shop.ask("list_orders", "GET", "/orders", query={"cursor": cursor})
    assert refused.status == 400


def of_others(shop: Shop) -> list[str]:
    """Return the IDs of orders that are not the customer's: another's, staff's, a machine's, and none."""
    staffs, machines = order(), order()
    shop.place(staffs)
    assert shop.deliver(of_machine(machines)) == []
    return [send(shop, claims=OTHER)["orderID"], staffs["orderID"], machines["orderID"], "no-id", ""]


@pytest.mark.parametrize("act", [read, cancel])
def test_all_but_the_own_orders_are_unknown_to_a_customer(shop: Shop, act: Callable[..., Reply]) -> None:
    """Otherwise a customer could ask which IDs exist."""
    unknown = act(shop, str(uuid.uuid4()))
    assert unknown.status == 404
    for order_id in of_others(shop):
        reply = act(shop, order_id)
        assert (reply.status, reply.text) == (404, unknown.text)
    assert {one["status"] for one in shop.orders().values()} == {"placed"}


def test_no_header_or_parameter_names_another_account(shop: Shop) -> None:
    stored = send(shop)
    query = {"sub": CUSTOMER["sub"], "accountID": CUSTOMER["sub"], "customer": CUSTOMER["email"]}
    reply = shop.ask("list_my_orders", "GET", "/orders", claims=OTHER, query=query)
    assert reply.json["orders"] == []
    path = {"claims": OTHER, "headers": {"If-Match": '"1"'}, "orderID": stored["orderID"]}
    assert shop.ask("cancel_my_order", "POST", "/orders/{orderID}/cancel", query, **path).status == 404


NOT_CUSTOMERS: dict[str, Json | None] = {
    "none": None,
    "staff": STAFF,
    "admin": ADMIN,
    "machine": MACHINE,
    "not proved": CUSTOMER | {"email_verified": "false"},
    "without proof": {name: text for name, text in CUSTOMER.items() if name != "email_verified"},
    "nameless": {name: text for name, text in CUSTOMER.items() if name != "name"},
    "blank name": CUSTOMER | {"name": " \u202e "},
}


@pytest.mark.parametrize("claims", NOT_CUSTOMERS.values(), ids=NOT_CUSTOMERS)
def test_only_a_customer_with_a_proved_address_and_a_name_is_let_in(shop: Shop, claims: Json | None) -> None:
    stored = send(shop)
    replies = [
        account(shop, claims),
        put_cart(shop, {"lines": []}, claims=claims),
        listed(shop, claims),
        read(shop, stored["orderID"], claims),
        cancel(shop, stored["orderID"], claims),
        delete_account(shop, claims),
    ]
    assert {reply.status for reply in replies} == {403}
    assert "add the name, then sign in again" in replies[0].error["message"]
    assert shop.orders()[stored["orderID"]] == stored
    assert shop.all("SHOP_ACCOUNTS_TABLE") == []


@pytest.mark.parametrize("module", ["get_order", "list_orders", "move_order", "delete_order", "get_customer"])
def test_the_token_of_a_customer_does_nothing_at_the_api_of_staff(shop: Shop, module: str) -> None:
    path = {"claims": CUSTOMER, "orderID": send(shop)["orderID"], "email": "ann@example.org"}
    assert shop.ask(module, "GET", "/orders/{orderID}", {}, **path).status == 403


def test_a_customer_cancels_an_order_while_it_is_placed(shop: Shop) -> None:
    stored = send(shop)
    reply = cancel(shop, stored["orderID"])
    assert (reply.status, reply.headers["ETag"]) == (200, '"2"')
    assert [one["status"] for one in reply.json["steps"]] == ["placed", "cancelled"]
    entry = shop.orders()[stored["orderID"]]["history"][-1]
    assert (entry["by"], entry["sub"]) == (CUSTOMER["email"], CUSTOMER["sub"])


def test_a_cancelled_order_is_cancelled_again_without_another_step(shop: Shop) -> None:
    """The first answer was lost, or two tabs were open, and staff have remarked on it since."""
    stored = send(shop)
    cancel(shop, stored["orderID"])
    patch(shop, stored["orderID"], comment="a pity")
    again = cancel(shop, stored["orderID"])
    assert (again.status, again.json["version"], len(again.json["steps"])) == (200, 3, 2)


@pytest.mark.parametrize("status", ["packed", "cancelled"])
def test_an_order_that_staff_moved_cannot_be_cancelled(shop: Shop, status: str) -> None:
    stored = send(shop)
    patch(shop, stored["orderID"], status=status)
    reply = cancel(shop, stored["orderID"])
    assert (reply.status, list(reply.fields)) == (409, ["status"])
    assert shop.orders()[stored["orderID"]]["version"] == 2


def test_a_cancellation_that_meets_a_remark_of_staff_is_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = send(shop)
    real, remarks = my_orders.read, iter(["first", "second"])

    def read_then_remark(sub: str, order_id: str) -> object:
        found = real(sub, order_id)
        if word := next(remarks, ""):
            patch(shop, order_id, comment=word)
        return found

    monkeypatch.setattr(my_orders, "read", read_then_remark)
    reply = cancel(shop, stored["orderID"])
    assert (reply.status, reply.json["version"]) == (200, 4)


def test_a_cancellation_gives_up_without_showing_what_staff_wrote(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = send(shop)
    patch(shop, stored["orderID"], comment="Secret comment")

    def refuse(*_: object, **__: object) -> None:
        raise tables.ConditionFailedError

    monkeypatch.setattr(tables, "update", refuse)
    reply = cancel(shop, stored["orderID"])
    assert reply.status == 409
    assert reply.json.keys() == {"error"}
    assert "ecret" not in reply.text


def test_a_cancellation_whose_answer_is_lost_happened_once(
    shop: Shop, break_aws: Callable[..., None], no_pauses: None
) -> None:
    stored = send(shop)
    with pytest.MonkeyPatch.context() as patch_:
        real: Any = tables.update

        def update(*args: object, **given: object) -> None:
            real(*args, **given)
            raise fault("InternalServerError", "UpdateItem")

        patch_.setattr(tables, "update", update)
        with pytest.raises(Exception, match="InternalServerError"):
            cancel(shop, stored["orderID"])
    assert cancel(shop, stored["orderID"]).json["version"] == 2
